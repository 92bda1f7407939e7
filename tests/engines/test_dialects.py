"""Every model compiles with the macros of Spark, Snowflake, BigQuery and Redshift, and parses in its dialect.

dbt and the adapters are in an environment of their own (.venv-dialects, `make test-dialects`); nobody connects anywhere.
"""

import json
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
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
    "custom_segments": ["tier", "month", "order", "account_id", "user"],
    "account_extra_columns": ["x_owner"],
    "history_starts": {"O'Brien\\": "2023-01-01", "acme": "2023-01-01"},
    "stripe_billing_entity": "it's \\' -- ours",
    "fiscal_year_start_month": 2,
}
# Functions that sqlglot has no class for, and the dialect has.
KNOWN_FUNCTIONS = {"spark": {"assert_true", "conv"}, "redshift": {"strtol"}}
# What one dialect says and the others don't understand.
FOREIGN = {
    "spark": r"\btry_to_|\bsafe_cast\b|\bconvert_timezone\b|::",
    "snowflake": r"\bsafe_cast\b|\bfrom_utc_timestamp\b|`",
    "bigquery": r"\btry_cast\b|\bconvert_timezone\b|\bat time zone\b|::|\bas text\b|\bvarchar\b",
    "redshift": r"\bsafe_cast\b|\bfrom_utc_timestamp\b|`|\bdiv\(",
}
# The most digits that a decimal may have before and after the point; in the others they share 38.
DECIMALS = {("bigquery", "DECIMAL"): (29, 9), ("bigquery", "BIGDECIMAL"): (38, 38)}
# Columns of public marts that hold more than a name.
LONG = {"row_key", "row_json"}


@dataclass(frozen=True)
class Compiled:
    """What dbt made of the project for a dialect: each model's SQL, and the types that contracts give its columns."""

    models: dict[str, str]
    contracts: dict[str, dict[str, str]]


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
    """The project compiled for a dialect."""

    @cache
    def of(dialect: str) -> Compiled:
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
        models = [node for node in manifest["nodes"].values() if node["resource_type"] == "model"]
        return Compiled(
            {node["alias"]: (target / "compiled" / "cs_metrics" / node["original_file_path"]).read_text("utf-8") for node in models},
            {
                node["alias"]: {column["name"]: column["data_type"] for column in node["columns"].values()}
                for node in models
                if node["config"]["contract"]["enforced"]
            },
        )

    return of


@pytest.mark.parametrize("dialect", DIALECTS)
def test_every_model_compiles_and_parses(compiled, dialect):
    """None is left out; each is one query, of functions that the dialect has."""
    models = compiled(dialect).models
    assert set(models) == {file.stem for file in (ROOT / "models").rglob("*.sql")}
    problems = [f"{name}: {problem}" for name, sql in sorted(models.items()) for problem in problems_of(sql, dialect)]
    assert not problems, f"{len(problems)} found:\n" + "\n".join(problems)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_every_type_of_a_contract_fits(compiled, dialect):
    """Contracts name the types of the public marts' columns: none that the engine lacks, or that cuts values off."""
    contracts = compiled(dialect).contracts
    assert len(contracts) > 10
    problems = [
        f"{name}.{column} is {kind}: {problem}"
        for name, columns in contracts.items()
        for column, kind in columns.items()
        for problem in type_problems(exp.DataType.build(kind, dialect=dialect), dialect, is_long=column in LONG)
    ]
    assert not problems, "\n".join(problems)


def problems_of(sql: str, dialect: str) -> list[str]:
    """What a dialect doesn't take of a query."""
    try:
        statements = sqlglot.parse(sql, dialect=dialect, error_level=sqlglot.ErrorLevel.RAISE)
    except sqlglot.errors.SqlglotError as error:
        return [str(error)]
    if len(statements) != 1 or not isinstance(statements[0], exp.Query):
        return [f"{len(statements)} statements, of which the first is no query"]
    query = statements[0]
    unknown = {call.name.lower() for call in query.find_all(exp.Anonymous)} - KNOWN_FUNCTIONS.get(dialect, set())
    foreign = {word.lower() for word in re.findall(FOREIGN[dialect], sql, re.IGNORECASE)}
    # BigQuery compares the datetime that it gives with no timestamp and no date.
    uncast = [call.sql(dialect) for call in query.find_all(exp.DatetimeAdd) if not isinstance(call.parent, exp.Cast)]
    # They are taken at the very beginning of a query, if at all.
    recursive = ["a recursive query"] * any(part.args.get("recursive") for part in query.find_all(exp.With))
    return [f"{what}, which {dialect} doesn't know" for what in sorted(unknown | foreign)] + uncast + recursive + [
        f"a cast to {cast.to.sql(dialect)}: {problem}"
        for cast in query.find_all(exp.Cast)
        for problem in type_problems(cast.to, dialect, is_long=True)
    ]


def type_problems(kind: exp.DataType, dialect: str, is_long: bool) -> list[str]:
    """What a dialect doesn't take of a type; is_long: of a text that may be longer than a name."""
    if kind.this.name in ("DECIMAL", "BIGDECIMAL") and kind.expressions:
        precision, scale = (int(size.name) for size in kind.expressions)
        before, after = DECIMALS.get((dialect, kind.this.name), (38 - scale, 37))
        return [f"{dialect}'s has {before} digits before the point and {after} after it at most"] * (
            precision - scale > before or scale > after
        )
    if is_long and dialect == "redshift" and kind.this.name in ("TEXT", "VARCHAR") and not kind.expressions:
        return ["Redshift's has 256 bytes, and a cast cuts off what is longer"]
    return []


@pytest.mark.parametrize(
    ("dialect", "sql", "problem"),
    [(dialect, "select from where (", "") for dialect in DIALECTS]
    + [(dialect, "select no_such_function(a) from t", "no_such_function, which") for dialect in DIALECTS]
    + [(dialect, "select 1; select 2", "2 statements") for dialect in DIALECTS]
    + [(dialect, "select cast(a as decimal(40, 2)) from t", "36 digits") for dialect in ("spark", "snowflake", "redshift")]
    + [
        ("bigquery", "select cast(a as decimal(38, 12)) from t", "29 digits before the point and 9"),
        ("bigquery", "select a::date from t", "::, which"),
        ("bigquery", "select datetime_add(cast(a as datetime), interval 1 month) > b from t", "DATETIME_ADD"),
        ("redshift", "with recursive a as (select 1 as b union all select b from a) select b from a", "a recursive query"),
        ("redshift", "select cast(a as text) from t", "256 bytes"),
        ("spark", "select try_to_date(a) from t", "try_to_"),
        ("snowflake", "select safe_cast(a as date) from t", "safe_cast"),
    ],
)
def test_what_is_not_the_dialects_is_found(dialect, sql, problem):
    """The check can fail: broken SQL, another engine's words, types that don't fit."""
    found = problems_of(sql, dialect)
    assert found and problem in found[0]
