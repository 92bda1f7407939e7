"""Small companies after public bug reports of other systems: every figure comes out as it should.

The folder lies beside the checkout, in ../shared/data/public_reports (its README says what each company is); without it these
tests are skipped. It is built as a person would build it: `make build DATA=folder AS_OF=2025-06-30`.
"""

import csv
import shutil
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from conftest import run_build

from cs_metrics import ROOT

REPORTS = ROOT.parent / "shared" / "data" / "public_reports"
EXPECTED = "expected_figures.csv"
AS_OF = "2025-06-30"
pytestmark = pytest.mark.skipif(not REPORTS.is_dir(), reason="../shared/data, the data that others wrote, is not there")


def expected_figures() -> list[dict]:
    """The right values, one row per company, metric and month; nothing where the folder isn't there."""
    if not REPORTS.is_dir():
        return []
    with (REPORTS / EXPECTED).open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def reports(tmp_path_factory) -> duckdb.DuckDBPyConnection:
    """The published tables of all companies in one build."""
    place: Path = tmp_path_factory.mktemp("reports")
    folder = place / "reports"
    shutil.copytree(REPORTS, folder, ignore=shutil.ignore_patterns(EXPECTED, "README.md"))
    published = place / "warehouse" / "reports.duckdb"
    build = run_build("--data", folder, "--as-of", AS_OF, "--warehouse", published, "--target-path", place / "target")
    assert build.returncode == 0, build.stdout
    with duckdb.connect(str(published), read_only=True) as connection:
        yield connection


@pytest.mark.parametrize("row", expected_figures(), ids=lambda row: f"{row['billing_entity']} {row['metric']} {row['month'][:7]}")
def test_figure(row, reports):
    """The figure of `monthly_metrics` is the right one; an empty one is a figure that isn't there or is 0."""
    found = reports.execute(
        "select value from metrics.monthly_metrics where policy = 'standard' and dimension = 'billing_entity' "
        "and dimension_value = ? and metric = ? and month = ?",
        [row["billing_entity"], row["metric"], row["month"]],
    ).fetchall()
    value = found[0][0] if found else None
    if row["value"]:
        assert value == Decimal(row["value"])
    else:
        assert not value


def test_every_company_has_right_values():
    """A company that is added to the folder without right values would prove nothing."""
    with (REPORTS / "accounts.csv").open(newline="", encoding="utf-8") as file:
        companies = {row["billing_entity"] for row in csv.DictReader(file)}
    assert companies == {row["billing_entity"] for row in expected_figures()}
