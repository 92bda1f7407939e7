"""The Makefile: what stands in a variable reaches the program as it is written, and neither make nor the shell runs it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from cs_metrics import ROOT

HOSTILE = (
    '"; touch owned; "', "'; touch owned; '", "$(touch owned)", "$$(touch owned)", "`touch owned`", "$(shell touch owned)",
    "${shell touch owned}", "it's 5 o'clock", "a b  c", "* ?", "\\", "# no comment", "$HOME", "%", "-rf", "ü\x1b[2J", "two\nlines\ttabs",
)  # fmt: skip
VALUES = {
    "build": {
        "DATA": "--data", "ENTITY": "--entity", "MAPPING": "--mapping", "DATES": "--dates", "DECIMALS": "--decimals", "AS_OF": "--as-of",
        "VARS": "--vars", "KEEP": "--keep", "PERSONAL": "--personal", "WAREHOUSE": "--warehouse", "WITHDRAW": "--withdraw",
        "BECAUSE": "--because",
    },
    "check": {
        "DATA": "--data", "ENTITY": "--entity", "MAPPING": "--mapping", "DATES": "--dates", "DECIMALS": "--decimals", "AS_OF": "--as-of",
        "VARS": "--vars",
    },
    "map": {"DATA": "--data", "ENTITY": "--entity"},
    "rejected": {"DATA": "--data", "TABLE": "--table", "OUT": "--out", "WAREHOUSE": "--warehouse"},
    "explain": {"METRIC": "", "MONTH": "", "POLICY": "--policy", "ACCOUNT": "--account", "DATA": "--data", "WAREHOUSE": "--warehouse"},
    "ask": {"QUESTION": "", "DATA": "--data", "WAREHOUSE": "--warehouse"},
    "query": {"METRICS": "--metrics", "BY": "--group-by", "WHERE": "--where", "DATA": "--data", "WAREHOUSE": "--warehouse"},
}  # fmt: skip
"""Each target that takes variables, with the option that each of them is given as; without one it is an argument."""


@pytest.fixture(scope="module")
def programs(tmp_path_factory) -> Path:
    """A folder with a `python` that writes down what it is given."""
    folder = tmp_path_factory.mktemp("bin")
    program = folder / "python"
    program.write_text(f"#!{sys.executable}\nimport json, sys\nopen({str(folder / 'given')!r}, 'a').write(json.dumps(sys.argv[1:]) + '\\n')\n")
    program.chmod(0o755)
    return folder


def given(target: str, programs: Path, variables: dict[str, str], in_environment: bool = False) -> list[str]:
    """What the program of a target is given."""
    (programs / "given").write_text("")
    pairs = [] if in_environment else [f"{name}={value}" for name, value in variables.items()]
    run = subprocess.run(
        ["make", "--no-print-directory", target, f"bin={programs}", f"PYTHON={programs / 'python'}", *pairs],
        cwd=ROOT, env=os.environ | (variables if in_environment else {}), text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    assert run.returncode == 0, run.stdout
    calls = [json.loads(line) for line in (programs / "given").read_text().splitlines()]
    assert not (ROOT / "owned").exists(), f"{variables} ran a command"
    return calls[-1]


@pytest.fixture(autouse=True)
def nothing_owned():
    """The file that the commands in the values would make isn't there before, nor after."""
    (ROOT / "owned").unlink(missing_ok=True)
    yield
    (ROOT / "owned").unlink(missing_ok=True)


@pytest.mark.parametrize("target", VALUES)
def test_no_variable_is_evaluated(target, programs):
    options = VALUES[target]
    for place, value in enumerate(HOSTILE):
        variables = {name: f"{value}{name}" for name in options}
        arguments = given(target, programs, variables, in_environment=place % 2 == 1)
        for name, option in options.items():
            if option:
                assert f"{option}={variables[name]}" in arguments, arguments
            else:
                assert variables[name] in arguments[arguments.index("--") :], arguments


def test_what_is_not_set_is_not_given(programs):
    assert given("build", programs, {}) == ["-m", "cs_metrics", "build"]
    assert given("build", programs, {"DASHBOARD": "0", "FULL_REFRESH": "1"}) == ["-m", "cs_metrics", "build", "--full-refresh", "--no-dashboard"]
    assert given("ask", programs, {}) == ["-m", "cs_metrics", "ask", "--"]


def test_a_saved_question_and_the_mutants_that_are_named(programs):
    assert f"--saved-query={HOSTILE[0]}" in given("query", programs, {"SAVED": HOSTILE[0]})
    arguments = given("mutants", programs, {"ONLY": "one two $(touch owned)", "JOBS": "`touch owned`"})
    assert arguments[:3] == ["-m", "mutants", "--jobs=`touch owned`"]
    assert arguments[3:] == ["one", "two", "$(touch", "owned)"]


def test_the_app_listens_on_this_machine_and_reports_to_nobody():
    recipe = subprocess.run(["make", "--dry-run", "app"], cwd=ROOT, text=True, stdout=subprocess.PIPE, check=True).stdout
    (command,) = [line for line in recipe.splitlines() if "streamlit run" in line]
    assert "--server.address localhost" in command
    assert "--browser.gatherUsageStats false" in command
    assert "asks for no login" in recipe, "who shares it has to know"
