"""What the tests share: the demo company, built once, and dbt's manifest of it."""

import json
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from cs_metrics import ROOT

BUILT = ROOT / "target" / "test"
MADE_FROM = ("analyses", "dbt_project.yml", "macros", "models", "seeds", "tests/singular")
READ_BY_DBT = {".sql", ".yml", ".md", ".csv"}


def run_build(*arguments: str | Path) -> subprocess.CompletedProcess:
    """Run `python -m cs_metrics build`, as a person would."""
    return subprocess.run(
        [sys.executable, "-m", "cs_metrics", "build", *map(str, arguments)],
        cwd=ROOT,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )


@pytest.fixture(scope="session")
def built() -> Path:
    """The folder with the built demo company: published in demo.duckdb, all of its tables in build/; dbt's target/.

    `make test` builds it; it is built here when it isn't there or is older than what it is made from.
    """
    manifest = BUILT / "target" / "manifest.json"
    if not manifest.exists() or manifest.stat().st_mtime < last_change():
        build = run_build("--warehouse", BUILT / "demo.duckdb", "--target-path", BUILT / "target")
        assert build.returncode == 0, f"The demo company could not be built:\n{build.stdout}"
    return BUILT


@pytest.fixture(scope="session")
def demo(built: Path) -> duckdb.DuckDBPyConnection:
    """A connection to the demo company's tables, those that aren't published too."""
    with duckdb.connect(str(built / "build" / "demo.duckdb"), read_only=True) as connection:
        yield connection


@pytest.fixture(scope="session")
def manifest(built: Path) -> dict:
    """dbt's manifest of the demo company."""
    return json.loads((built / "target" / "manifest.json").read_text(encoding="utf-8"))


def last_change() -> float:
    """When something that the build is made from was last changed."""
    files = (file for name in MADE_FROM for file in [ROOT / name, *(ROOT / name).rglob("*")])
    return max(file.stat().st_mtime for file in files if file.suffix in READ_BY_DBT)
