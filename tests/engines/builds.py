"""Builds of the project on several engines, each in a folder of its own."""

import csv
import io
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import duckdb
from compare import Difference, Table, compare
from server import Server

from cs_metrics import ROOT

SCHEMA = "metrics"
NULL = r"\N"
COMPARED = {"metric_contributions": "where month in (date '2024-02-01', date '2026-08-01')"}
"""The rows of a mart that are compared, where all of them are too many: accounts x months x metrics, in a view."""


@dataclass(frozen=True)
class Build:
    """A build's folder: dbt's files and the log of its last run."""

    folder: Path
    environment: dict[str, str]

    def dbt(self, *arguments: str, is_expected: bool = True, **variables) -> str:
        """Run dbt and give back what it said; a failure, or one that didn't come, fails the test."""
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / "profiles.yml").write_text((ROOT / "profiles.example.yml").read_text("utf-8"), "utf-8")
        run = subprocess.run(
            [Path(sys.executable).with_name("dbt"), "--no-use-colors", *arguments, "--vars", json.dumps(variables)],
            cwd=ROOT,
            env=os.environ
            | self.environment
            | {
                "DBT_PROFILES_DIR": str(self.folder),
                "DBT_TARGET_PATH": str(self.folder / "target"),
                "DBT_LOG_PATH": str(self.folder / "logs"),
            },
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        assert (run.returncode == 0) is is_expected, run.stdout[-8000:]
        return run.stdout

    def build(self, *arguments: str, **variables) -> None:
        """Every seed, table and data test; unit tests have no data of an engine."""
        self.dbt("build", "--exclude-resource-type", "unit_test", *arguments, **variables)

    @property
    def marts(self) -> dict[str, list[str]]:
        """The public marts, and what identifies a row of each, from dbt's manifest."""
        manifest = json.loads((self.folder / "target" / "manifest.json").read_text("utf-8"))
        tables = {
            name: node["alias"]
            for name, node in manifest["nodes"].items()
            if node["resource_type"] == "model" and node["config"].get("access") == "public"
        }
        marts = dict.fromkeys(tables.values())
        for node in manifest["nodes"].values():
            metadata = node.get("test_metadata") or {}
            model = tables.get(node.get("attached_node"))
            if model not in marts:
                continue
            if metadata.get("name") == "unique_combination_of_columns":
                marts[model] = marts[model] or metadata["kwargs"]["combination_of_columns"]
            elif metadata.get("name") == "unique":
                marts[model] = [metadata["kwargs"]["column_name"]]
        without_key = [name for name, key in marts.items() if not key]
        assert marts and not without_key, f"no test says what identifies a row of {without_key}"
        return marts


class DuckDB(Build):
    """A build in a DuckDB file."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, {"CS_METRICS_TARGET": "duckdb", "CS_METRICS_DUCKDB": str(folder / "warehouse.duckdb")})

    @property
    def file(self) -> Path:
        """The DuckDB file."""
        return self.folder / "warehouse.duckdb"

    def table(self, name: str, schema: str = SCHEMA) -> Table:
        """A built table."""
        with duckdb.connect(str(self.file), read_only=True) as connection:
            return duckdb_table(connection, f'{schema}."{name}"', COMPARED.get(name, ""))


class Postgres(Build):
    """A build in a database of its own."""

    def __init__(self, folder: Path, server: Server, database: str) -> None:
        super().__init__(folder, server.environment(server.create_database(database)))
        object.__setattr__(self, "server", server)
        object.__setattr__(self, "database", database)

    def table(self, name: str, schema: str = SCHEMA) -> Table:
        """A built table."""
        with self.server.connect(database=self.database).cursor() as cursor:
            cursor.execute(
                "select attname, format_type(atttypid, atttypmod) from pg_attribute "
                "where attrelid = %s::regclass and attnum > 0 and not attisdropped order by attnum",
                [f'{schema}."{name}"'],
            )
            columns, kinds = zip(*cursor.fetchall())
            cursor.execute(f'select {as_text(columns)} from {schema}."{name}" {COMPARED.get(name, "")}')
            return Table(list(columns), [kind.removesuffix(" without time zone") for kind in kinds], cursor.fetchall())

    def copy_from(self, duck: DuckDB, schema: str) -> None:
        """Load a schema of a DuckDB file, whose columns are all text, as it is."""
        with duckdb.connect(str(duck.file), read_only=True) as source:
            names = source.execute("select table_name from duckdb_tables() where schema_name = ?", [schema]).fetchall()
            with self.server.connect("pipeline", self.database).cursor() as cursor:
                cursor.execute(f"create schema if not exists {schema}")
                for (name,) in names:
                    rows = source.execute(f'select * from {schema}."{name}"')
                    columns = [f'"{column[0]}" text' for column in rows.description]
                    text = io.StringIO()
                    csv.writer(text).writerows(
                        [NULL if value is None else value for value in row] for row in rows.fetchall()
                    )
                    text.seek(0)
                    cursor.execute(f'create table {schema}."{name}" ({", ".join(columns)})')
                    cursor.copy_expert(f"copy {schema}.\"{name}\" from stdin (format csv, null '{NULL}')", text)
                    cursor.execute(f'analyze {schema}."{name}"')


def duckdb_table(connection: duckdb.DuckDBPyConnection, place: str, condition: str = "") -> Table:
    """A table of DuckDB's, its kinds under the names that Postgres has for them."""
    columns, kinds = zip(*[row[:2] for row in connection.execute(f"describe select * from {place}").fetchall()])
    kinds = [kind.lower().replace("varchar", "text").replace("decimal", "numeric") for kind in kinds]
    return Table(list(columns), kinds, connection.execute(f"select {as_text(columns)} from {place} {condition}").fetchall())


def as_text(columns: list[str]) -> str:
    """Every column as the engine writes it."""
    return ", ".join(f'cast("{column}" as text)' for column in columns)


def differences(left: DuckDB, right: Build, labels: tuple[str, str]) -> list[Difference]:
    """Every public mart of two builds, compared; the ones that differ. Prints what was compared."""
    found = []
    for mart, key in sorted(left.marts.items()):
        difference = compare(mart, key, left.table(mart), right.table(mart), labels)
        print(f"{mart:<24}{difference.rows:>9,} rows  {'differs' if difference.lines else 'equal'}")
        if difference.lines:
            found.append(difference)
    return found
