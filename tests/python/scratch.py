"""Builds a part of the project over tables of a test's own, in a folder of its own."""

import csv
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import duckdb

from cs_metrics import ROOT


@dataclass(frozen=True)
class Warehouse:
    """A DuckDB file and dbt's files beside it, in a test's folder."""

    folder: Path

    @property
    def file(self) -> Path:
        """The DuckDB file."""
        return self.folder / "warehouse.duckdb"

    def load(self, schema: str, tables: dict[str, tuple[list[str], list[dict]]]) -> None:
        """Write tables, given as columns and rows, with every column as text; what a row lacks is NULL."""
        with duckdb.connect(str(self.file)) as connection:
            connection.execute(f"create schema if not exists {schema}")
            for name, (columns, rows) in tables.items():
                file = self.folder / f"{schema}.{name}.csv"
                with file.open("w", newline="", encoding="utf-8") as text:
                    writer = csv.DictWriter(text, columns, extrasaction="ignore")
                    writer.writeheader()
                    writer.writerows(rows)
                connection.execute(
                    f"create or replace table {schema}.{name} as select * from read_csv("
                    "?, all_varchar = true, header = true, delim = ',', quote = '\"', escape = '\"', nullstr = '')",
                    [str(file)],
                )

    def dbt(self, *arguments: str, **variables) -> str:
        """Run dbt on the file and give back what it said; a failure fails the test."""
        (self.folder / "profiles.yml").write_text((ROOT / "profiles.example.yml").read_text("utf-8"), encoding="utf-8")
        run = subprocess.run(
            [Path(sys.executable).with_name("dbt"), "--no-use-colors", *arguments, "--vars", json.dumps(variables)],
            cwd=ROOT,
            env=os.environ
            | {
                "CS_METRICS_TARGET": "duckdb",
                "CS_METRICS_DUCKDB": str(self.file),
                "DBT_PROFILES_DIR": str(self.folder),
                "DBT_TARGET_PATH": str(self.folder / "target"),
                "DBT_LOG_PATH": str(self.folder / "logs"),
            },
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        assert run.returncode == 0, run.stdout
        return run.stdout

    def query(self, sql: str) -> list[tuple]:
        """The rows of a query."""
        with duckdb.connect(str(self.file), read_only=True) as connection:
            return connection.execute(sql).fetchall()


def read_csv(path: Path) -> list[dict]:
    """The rows of a CSV file."""
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))
