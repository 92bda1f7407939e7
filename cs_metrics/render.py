"""Renders models of the project for DuckDB without dbt, so that `check` judges rows by the very SQL that the build judges them by.

dbt takes ten seconds to read the whole project; the contract's checks are a few dozen files of plain Jinja. This renders
those that are asked for and what they are made of: it knows the part of dbt's Jinja that they use (ref, source, var, config,
dispatch, return, the graph's sources) and takes macros of dbt itself from dbt's own files. A test holds its result to dbt's.
"""

import datetime
import importlib.util
import json
import re
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import duckdb
import jinja2
import yaml

from cs_metrics import ROOT
from cs_metrics.contract import LOADER
from cs_metrics.sources import literal, pattern, quoted

MACRO = re.compile(r"\{%-?\s*macro\s+(\w+)\s*\(")
MACRO_OF_DBT = "dbt_macro__"
"""dbt's own prefix: a macro of the same file is looked up like any other, so that `return` works there too."""
PROJECT = "cs_metrics"
SEEDS = "seeds"
MODELS = "models"


class MacroReturn(Exception):
    """What a macro returns by `return(...)`."""

    def __init__(self, value: Any) -> None:
        super().__init__()
        self.value = value


class RenderError(Exception):
    """What the project's own checks say of it, such as contradicting variables."""


class Project:
    """The project's models, seeds and macros, rendered for DuckDB with these variables."""

    def __init__(self, variables: dict | None = None) -> None:
        self.variables = project_variables() | (variables or {})
        self.models = {path.stem: path for path in (ROOT / "models").rglob("*.sql")}
        self.seeds = {path.stem: path for path in (ROOT / "seeds").rglob("*.csv")}
        self.tests = {path.stem: path for path in (ROOT / "tests" / "singular").glob("*.sql")}
        self.macros: dict[str, Path] = {}
        self.loaded: dict[Path, Any] = {}
        self.reads: list[str] = []
        self.configured: dict[str, Any] = {}
        """What the file that is rendered says in `config(...)`."""
        for place in macro_places():
            for path in sorted(place.rglob("*.sql")):
                self.macros |= dict.fromkeys(MACRO.findall(path.read_text(encoding="utf-8")), path)
        self.jinja = jinja2.Environment(extensions=["jinja2.ext.do"])
        self.jinja.filters["as_bool"] = bool
        self.jinja.filters["as_number"] = float
        self.jinja.globals |= {name: self.macro(name) for name in self.macros} | self.context()

    def context(self) -> dict[str, Any]:
        """What dbt gives to templates, as far as these models use it."""
        namespace = SimpleNamespace(**{name: self.macro(name) for name in self.macros})
        return {
            "var": self.var,
            "ref": self.ref,
            "source": lambda source, table: f"{self.var(f'{source}_schema')}.{quoted(table)}",
            "config": self.config,
            "return": self.give_back,
            "execute": True,
            "graph": {"sources": sources()},
            "adapter": SimpleNamespace(dispatch=self.dispatch, quote=quoted),
            "target": SimpleNamespace(type="duckdb", schema=MODELS, database=None, get=lambda name, default=None: default),
            "modules": SimpleNamespace(datetime=datetime, re=re),
            "run_started_at": datetime.datetime.now(datetime.timezone.utc),
            "exceptions": SimpleNamespace(raise_compiler_error=stop, warn=lambda message: ""),
            "env_var": lambda name, default="": default,
            "is_incremental": lambda: False,
            "tojson": json.dumps,
            "fromjson": json.loads,
            "log": lambda *args, **kwargs: "",
            "api": SimpleNamespace(
                Column=SimpleNamespace(translate_type=lambda kind: {"string": "text", "integer": "int"}.get(kind, kind))
            ),
            "dbt": namespace,
            "dbt_utils": namespace,
            PROJECT: namespace,
        }

    def macro(self, name: str) -> Callable[..., Any]:
        """A macro by its name, read from its file when it's first called."""

        def call(*args: Any, **kwargs: Any) -> Any:
            path = self.macros[name]
            if path not in self.loaded:
                text = MACRO.sub(lambda match: match[0].replace(match[1], MACRO_OF_DBT + match[1]), path.read_text(encoding="utf-8"))
                self.loaded[path] = self.jinja.from_string(text).module
            try:
                return getattr(self.loaded[path], MACRO_OF_DBT + name)(*args, **kwargs)
            except MacroReturn as returned:
                return returned.value

        return call

    def dispatch(self, name: str, package: str | None = None) -> Callable[..., Any]:
        """The macro of that name for DuckDB."""
        return self.macro(next(f"{engine}__{name}" for engine in ("duckdb", "default") if f"{engine}__{name}" in self.macros))

    def give_back(self, value: Any = None) -> None:
        """`return(...)` in a macro."""
        raise MacroReturn(value)

    def var(self, name: str, default: Any = None) -> Any:
        """A variable of the project."""
        return self.variables.get(name, default)

    def ref(self, *names: str, **_: Any) -> str:
        """A model or seed as SQL names it; takes note that it's read."""
        name = names[-1]
        self.reads.append(name)
        return f"{SEEDS if name in self.seeds else MODELS}.{name}"

    def config(self, *_: Any, **given: Any) -> str:
        """`config(...)` in a file; it takes note of what is said there."""
        self.configured |= given
        return ""

    def render(self, path: Path) -> tuple[str, list[str]]:
        """A file's SQL, and the models and seeds that it reads."""
        self.reads, self.configured = [], {}
        sql = self.jinja.from_string(path.read_text(encoding="utf-8")).render()
        return sql, list(dict.fromkeys(self.reads))

    def create(self, connection: duckdb.DuckDBPyConnection, name: str, made: set[str]) -> None:
        """Create a model or seed, and first what it reads; those in `made` are there."""
        if name in made:
            return
        made.add(name)
        if name in self.seeds:
            connection.execute(f"create schema if not exists {SEEDS}")
            connection.execute(f"create table {SEEDS}.{name} as select * from {seed_scan(self.seeds[name])}")
            return
        sql, reads = self.render(self.models[name])
        for other in reads:
            self.create(connection, other, made)
        connection.execute(f"create schema if not exists {MODELS}")
        # What a check has judged is read several times; all else once.
        kind = "table" if name.startswith(("checked_", "contract_month_rates", "contract_rate_spans")) else "view"
        connection.execute(f"create {kind} {MODELS}.{name} as {sql}")

    def failures(self, connection: duckdb.DuckDBPyConnection, test: str, made: set[str]) -> tuple[str, list[dict]]:
        """How severe a singular test is, `error` or `warn`, and the rows that it finds."""
        sql, reads = self.render(self.tests[test])
        severity = self.configured.get("severity", "error")
        for name in reads:
            self.create(connection, name, made)
        return severity, rows_of(connection, sql)


def project_variables() -> dict[str, Any]:
    """The project's variables with their defaults."""
    return yaml.safe_load((ROOT / "dbt_project.yml").read_text(encoding="utf-8"))["vars"][PROJECT]


def macro_places() -> list[Path]:
    """Where macros are, those that go before the others last: dbt's, its packages', the project's."""
    (include,) = importlib.util.find_spec("dbt.include").submodule_search_locations  # type: ignore[union-attr]
    return [
        Path(include) / "global_project" / "macros" / "utils",
        Path(include) / "global_project" / "macros" / "etc",
        Path(include) / "duckdb" / "macros" / "utils",
        *sorted(path / "macros" for path in (ROOT / "dbt_packages").iterdir()),
        ROOT / "macros",
    ]


def sources() -> dict[str, dict]:
    """The sources of the project as dbt's graph has them."""
    found = {}
    for path in (ROOT / "models").rglob("*__sources.yml"):
        for source in yaml.load(path.read_text(encoding="utf-8"), Loader=LOADER)["sources"]:
            for table in source["tables"]:
                columns = {column["name"]: with_config(column) for column in table.get("columns", [])}
                found[f"source.{PROJECT}.{source['name']}.{table['name']}"] = with_config(table) | {"columns": columns}
    return found


def with_config(definition: dict) -> dict:
    """A table or column with its `meta`, which may be empty."""
    config = definition.get("config") or {}
    return {"quote": None} | definition | {"config": config | {"meta": config.get("meta") or {}}}


def seed_scan(path: Path) -> str:
    """The SQL that reads a seed; its column types are dbt's where they are stated, else what DuckDB takes them for."""
    types: dict[str, str] = {}
    for properties in path.parent.glob("*__seeds.yml"):
        for seed in yaml.load(properties.read_text(encoding="utf-8"), Loader=LOADER).get("seeds", []):
            if seed["name"] == path.stem:
                types = (seed.get("config") or {}).get("column_types") or {}
    stated = {name: "varchar" if "{{" in kind else kind for name, kind in types.items()}
    listed = ", ".join(f"{literal(name)}: {literal(kind)}" for name, kind in stated.items())
    return f"read_csv({pattern(path)}, header = true, delim = ',', quote = '\"'{f', types = {{{listed}}}' if stated else ''})"


def rows_of(connection: duckdb.DuckDBPyConnection, sql: str) -> list[dict]:
    """A query's rows, each by column."""
    result = connection.execute(sql)
    names = [column[0] for column in result.description]
    return [dict(zip(names, row)) for row in result.fetchall()]


def stop(message: str) -> None:
    """What the project's macros refuse."""
    raise RenderError(message)
