"""Every model compiles with the macros of Spark, Snowflake, BigQuery and Redshift, and parses in its dialect.

dbt and the adapters are in an environment of their own (.venv-dialects, `make test-dialects`); nobody connects anywhere.
"""

import json
import os
import re
import shutil
import subprocess
from functools import cache
from pathlib import Path

import pytest
import sqlglot
from sqlglot import exp

from cs_metrics import ROOT
from cs_metrics.setup import STAND_IN

DBT = ROOT / ".venv-dialects" / "bin" / "dbt"
DIALECTS = ("spark", "snowflake", "bigquery", "redshift")
PARTS = ("macros", "models", "packages", "seeds", "tests", ".dbtignore", "dbt_project.yml")
# What isn't the default, so that every branch of a macro is compiled.
VARIABLES = {
    "native_data": "source",
    "billing_sources": ["native", "stripe"],
    "source_time_zone": "America/New_York",
    "reporting_time_zone": "Europe/Berlin",
    "metric_policies": ["standard", "stripe"],
    "custom_segments": ["tier"],
    "account_extra_columns": ["x_owner"],
    "history_starts": {"acme": "2023-01-01"},
    "fiscal_year_start_month": 2,
}
# Functions that sqlglot has no class for, and the dialect has.
KNOWN_FUNCTIONS = {"spark": {"assert_true"}}
# What one dialect says and the others don't understand.
FOREIGN = {
    "spark": r"\btry_to_|\bsafe_cast\b|\bconvert_timezone\b|::",
    "snowflake": r"\bsafe_cast\b|\bfrom_utc_timestamp\b|`",
    "bigquery": r"\btry_cast\b|\bconvert_timezone\b|\bat time zone\b|::|\bas text\b|\bvarchar\b",
    "redshift": r"\bsafe_cast\b|\bfrom_utc_timestamp\b|`|\bdiv\(",
}


@pytest.fixture(scope="module")
def project(tmp_path_factory) -> Path:
    """A copy of the project whose dbt_utils is the stand-in: the real one asks the warehouse while it compiles."""
    assert DBT.exists(), "the adapters are not installed: run `make test-dialects`"
    copy = tmp_path_factory.mktemp("project")
    for part in (ROOT / name for name in PARTS):
        (shutil.copytree if part.is_dir() else shutil.copy)(part, copy / part.name)
    shutil.copytree(STAND_IN, copy / "dbt_packages" / "dbt_utils")
    (copy / "packages.yml").write_text(f"packages:\n  - local: {STAND_IN.relative_to(ROOT)}\n")
    shutil.copy(Path(__file__).with_name("dialects.yml"), copy / "profiles.yml")
    return copy


@pytest.fixture(scope="module")
def compiled(project):
    """The compiled SQL of every model in a dialect, by the model's name."""

    @cache
    def of(dialect: str) -> dict[str, str]:
        target = project / f"target_{dialect}"
        run = subprocess.run(
            [
                DBT, "--no-use-colors", "compile", "--target", dialect, "--select", "resource_type:model",
                "--no-populate-cache", "--no-introspect", "--vars", json.dumps(VARIABLES),
            ],
            cwd=project,
            env=os.environ
            | {
                "DBT_PROFILES_DIR": str(project), "DBT_TARGET_PATH": str(target), "DBT_LOG_PATH": str(target),
                "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
            },
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        assert run.returncode == 0, run.stdout[-4000:]
        manifest = json.loads((target / "manifest.json").read_text("utf-8"))
        return {
            node["name"]: (target / "compiled" / "cs_metrics" / node["original_file_path"]).read_text("utf-8")
            for node in manifest["nodes"].values()
            if node["resource_type"] == "model"
        }

    return of


@pytest.mark.parametrize("dialect", DIALECTS)
def test_every_model_compiles_and_parses(compiled, dialect):
    """None is left out; each is one query, of functions that the dialect has."""
    models = compiled(dialect)
    assert set(models) == {file.stem for file in (ROOT / "models").rglob("*.sql")}
    problems = []
    for name, sql in sorted(models.items()):
        try:
            statements = sqlglot.parse(sql, dialect=dialect, error_level=sqlglot.ErrorLevel.RAISE)
        except sqlglot.errors.SqlglotError as error:
            problems.append(f"{name}: {error}")
            continue
        if len(statements) != 1 or not isinstance(statements[0], exp.Query):
            problems.append(f"{name}: {len(statements)} statements, of which the first is no query")
            continue
        unknown = {call.name.lower() for call in statements[0].find_all(exp.Anonymous)} - KNOWN_FUNCTIONS.get(dialect, set())
        foreign = {word.lower() for word in re.findall(FOREIGN[dialect], sql, re.IGNORECASE)}
        problems += [f"{name}: {what}, which {dialect} doesn't know" for what in sorted(unknown | foreign)]
    assert not problems, f"{len(problems)} found:\n" + "\n".join(problems)


def test_what_is_not_the_dialects_is_found():
    """The check can fail: broken SQL, and another engine's words."""
    for dialect in DIALECTS:
        with pytest.raises(sqlglot.errors.SqlglotError):
            sqlglot.parse("select from where (", dialect=dialect, error_level=sqlglot.ErrorLevel.RAISE)
        (query,) = sqlglot.parse("select no_such_function(a) from t", dialect=dialect)
        assert [call.name for call in query.find_all(exp.Anonymous)] == ["no_such_function"]
