"""Set-up: the lock file, the profile, the dbt packages, and doing nothing twice."""

import re
import subprocess

import pytest
import requests

from cs_metrics import packages, setup


@pytest.fixture
def fresh(tmp_path, monkeypatch):
    """A project of three files, where nothing is set up; the commands that set-up would run are listed instead."""
    (tmp_path / "packages" / "stand_in").mkdir(parents=True)
    (tmp_path / "packages" / "stand_in" / "dbt_project.yml").write_text("name: dbt_utils\n")
    (tmp_path / "requirements.lock").write_text("duckdb==1.5.5\n")
    (tmp_path / "packages.yml").write_text("packages: []\n")
    (tmp_path / "profiles.example.yml").write_text("first\n")
    for name, value in {
        "ROOT": tmp_path,
        "VENV": tmp_path / ".venv",
        "LOCK": tmp_path / "requirements.lock",
        "PROFILE": tmp_path / "profiles.yml",
        "PROFILE_EXAMPLE": tmp_path / "profiles.example.yml",
        "PACKAGES": tmp_path / "packages.yml",
        "STAND_IN": tmp_path / "packages" / "stand_in",
        "INSTALLED_PACKAGE": tmp_path / "dbt_packages" / "dbt_utils",
    }.items():
        monkeypatch.setattr(setup, name, value)
        if hasattr(packages, name):
            monkeypatch.setattr(packages, name, value)
    return tmp_path


@pytest.fixture
def commands(fresh, monkeypatch):
    """The commands that set-up runs, instead of running them."""
    done = []

    def run(command, advice):
        done.append(command[1:4])
        (fresh / ".venv").mkdir(exist_ok=True)
        if "cs_metrics.packages" in command:
            packages.use_stand_in()

    monkeypatch.setattr(setup, "run", run)
    return done


ALL_STEPS = [["-m", "venv"], ["-m", "pip", "install"], ["-m", "cs_metrics.packages"]]


def names(commands):
    """The commands without where they work."""
    return [[word for word in command if "/" not in word] for command in commands]


def test_a_second_run_does_nothing(commands):
    assert setup.main() == 0
    assert names(commands) == ALL_STEPS
    commands.clear()
    assert setup.main() == 0
    assert commands == []


def test_what_changed_is_set_up_again(fresh, commands):
    setup.main()
    commands.clear()
    (fresh / "packages.yml").write_text("packages: [{package: dbt-labs/dbt_utils}]\n")
    setup.main()
    assert names(commands) == ALL_STEPS[2:]
    commands.clear()
    (fresh / "requirements.lock").write_text("duckdb==1.5.6\n")
    setup.main()
    assert names(commands) == ALL_STEPS


def test_a_failed_step_stops_set_up_with_advice(fresh, monkeypatch, capsys):
    monkeypatch.setattr(setup.subprocess, "run", lambda *_, **__: subprocess.CompletedProcess([], 1))
    assert setup.main() == 1
    assert "apt-get install python3-venv" in capsys.readouterr().err


def test_the_profile_follows_the_example_until_it_is_changed(fresh, commands):
    setup.main()
    (fresh / "profiles.example.yml").write_text("second\n")
    setup.main()
    assert (fresh / "profiles.yml").read_text() == "second\n"
    (fresh / "profiles.yml").write_text("mine\n")
    (fresh / "profiles.example.yml").write_text("third\n")
    setup.main()
    assert (fresh / "profiles.yml").read_text() == "mine\n"


def offline(*_, **__):
    """No way to the Hub."""
    raise requests.ConnectionError


def error_page(*_, **__):
    """Something answers, but not the Hub."""
    response = requests.Response()
    response.status_code = 503
    return response


@pytest.mark.parametrize("get", [offline, error_page])
def test_the_stand_in_is_used_where_the_hub_does_not_answer(fresh, monkeypatch, capsys, get):
    monkeypatch.setattr(packages.requests, "get", get)
    assert packages.main() == 0
    assert (fresh / "dbt_packages" / "dbt_utils" / "dbt_project.yml").exists()
    assert "stands in for dbt_utils" in capsys.readouterr().out


def test_the_stand_in_is_used_where_dbt_deps_fails(fresh, monkeypatch, capsys):
    monkeypatch.setattr(packages, "hub_answers", lambda: True)
    failed = subprocess.CompletedProcess([], 1, stdout="one\nthe reason\n")
    monkeypatch.setattr(packages.subprocess, "run", lambda *_, **__: failed)
    assert packages.main() == 0
    said = capsys.readouterr().out
    assert "the reason" in said and "stands in for dbt_utils" in said
    assert (fresh / "dbt_packages" / "dbt_utils" / "dbt_project.yml").exists()


def test_the_real_dbt_utils_is_used_where_the_hub_answers(fresh, monkeypatch, capsys):
    monkeypatch.setattr(packages, "hub_answers", lambda: True)
    monkeypatch.setattr(packages.subprocess, "run", lambda *_, **__: subprocess.CompletedProcess([], 0, stdout=""))
    assert packages.main() == 0
    assert "stands in" not in capsys.readouterr().out


def test_the_lock_pins_everything_and_holds_no_address():
    lines = [line for line in setup.LOCK.read_text().splitlines() if line and not line.lstrip().startswith("#")]
    offenders = [line for line in lines if not re.fullmatch(r"[a-z0-9.\-]+==[0-9][0-9a-z.+]*( ; .+)?", line)]
    assert not offenders
    assert "://" not in setup.LOCK.read_text()


def test_the_lock_pins_what_is_required():
    required = re.findall(r"^([a-z][a-z0-9-]*)", (setup.ROOT / "requirements.in").read_text(), flags=re.MULTILINE)
    pinned = re.findall(r"^([a-z0-9-]+)==", setup.LOCK.read_text(), flags=re.MULTILINE)
    assert set(required) <= set(pinned)
