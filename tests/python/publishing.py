"""A small company that is built and published again and again, by the real command.

dbt's unit and generic tests are left out, because they take most of the time and write nothing.
"""

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import duckdb

from cs_metrics import ROOT
from cs_metrics.files import Files
from test_folder import FILES

COMMAND = f"""
import sys
sys.path.insert(0, {str(ROOT)!r})
from cs_metrics import build, cli
build.DBT_BUILD += ("--exclude", "test_type:unit", "test_type:generic")
sys.exit(cli.main(sys.argv[1:]))
"""
OF_EARLIER_BUILDS = {"published_builds", "first_reported_metrics", "metric_restatements"}
PRICE = "10.50"
AS_OF = "2026-09-10"


@dataclass(frozen=True)
class Company:
    """A company's files and its build, in a folder of a test's own."""

    folder: Path

    @property
    def files(self) -> Files:
        """The files of its build."""
        return Files(self.folder / "warehouse" / "small.duckdb")

    def write(self, price: str = PRICE) -> None:
        """Its four tables: three seats at a price a month, from January 2024 on."""
        data = self.folder / "export"
        data.mkdir(exist_ok=True)
        for name, text in FILES.items():
            (data / name).write_text(text.replace(PRICE, price), encoding="utf-8")

    def start(self, *arguments: str, **options) -> subprocess.Popen:
        """Begin to build it."""
        places = ["--warehouse", self.files.published, "--target-path", self.folder / "target", "--as-of", AS_OF]
        return subprocess.Popen(
            [sys.executable, "-c", COMMAND, "build", "--data", self.folder / "export", *map(str, [*places, *arguments])],
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            **options,
        )

    def build(self, *arguments: str, **options) -> tuple[int, str]:
        """Build it: the exit code, and what it said."""
        process = self.start(*arguments, **options)
        said, _ = process.communicate()
        return process.returncode, said

    def publish(self, price: str = PRICE, *arguments: str) -> None:
        """Build it with a price, successfully."""
        self.write(price)
        code, said = self.build(*arguments)
        assert code == 0, said


def mrr(file: Path) -> float:
    """August's MRR, by whoever opens the file now."""
    with duckdb.connect(str(file), read_only=True) as reader:
        return mrr_of(reader)


def mrr_of(reader: duckdb.DuckDBPyConnection) -> float:
    """August's MRR, by a reader who has the file open."""
    ((found,),) = reader.execute("select mrr from metrics.monthly_summary where month = date '2026-08-01'").fetchall()
    return float(found)


def tables(file: Path, like: Path | None = None) -> dict[str, list[tuple]]:
    """Every published table, its rows in order, but for those that tell of earlier builds; of a working file those of `like`."""
    with duckdb.connect(str(like or file), read_only=True) as reader:
        found = reader.execute("select table_name from duckdb_tables() where schema_name = 'metrics' order by all").fetchall()
        names = [name for (name,) in found if name not in OF_EARLIER_BUILDS]
    with duckdb.connect(str(file), read_only=True) as reader:
        return {name: reader.execute(f"from metrics.{name} order by all").fetchall() for name in names}
