"""Ten thousand corrupted rows in every table: each is accepted or rejected for the right reason, and nothing else changes.

The demo company is built once more with faulty and odd rows among its own; its tables have to be those of the demo to the
last digit. FAULTY_ROWS and FAULTS_SEED make other rows.
"""

import csv
import json
import os
from collections import Counter

import duckdb
import pytest

from cs_metrics import contract
from faults import NASTY, NOT_KNOWN, ODD, TABLES, Faults, Outcome
from scenarios import UNTESTED, invoke
from cs_metrics import folder as loader
from cs_metrics.formats import Formats

ROWS = int(os.environ.get("FAULTY_ROWS", 10_000))
SEED = int(os.environ.get("FAULTS_SEED", 1))
DEMO = ("acme-eu", "acme-us")
VARIABLES = {"as_of_date": "2026-09-10", "native_data": "source", "native_schema": "raw", "custom_segments": ["tier", "territory", "channel"]}
# Whole companies, which the odd entity is a part of; sources, which the rows are meant to change; and the accounts that
# are alike, who are looked for in all entities.
OF_ALL = {
    "monthly_summary", "benchmark_positions", "dim_csms", "dim_months", "rejected_rows", "rejection_reasons", "data_quality_summary",
    "data_quality_summary_v1", "emptied_values", "data_quality_alerts", "source_freshness", "dim_metrics", "metric_restatements", "published_builds",
}  # fmt: skip
EACH_TABLE = pytest.mark.parametrize("table", TABLES.values(), ids=list(TABLES))


@pytest.fixture(scope="module")
def made(demo) -> dict[str, list[Outcome]]:
    """The rows, made of the demo company's accepted ones."""
    return {name: Faults(table, good_rows(demo, table), SEED).make(ROWS) for name, table in TABLES.items()}


def good_rows(demo: duckdb.DuckDBPyConnection, table: contract.Table) -> list[dict]:
    """A table's accepted rows, as a source would write them; of those with terms, prices in dollars from 2023 on."""
    columns = ", ".join(f"coalesce(cast({column} as varchar), '') as {column}" for column in table.column_names)
    key = ", ".join(table.full_key)
    found = demo.execute(f"select {columns} from metrics_intermediate.contract_{table.name} order by {key} limit 20000")
    return [dict(zip(table.column_names, row)) for row in found.fetchall()]


@pytest.fixture(scope="module")
def corrupted(demo, made, tmp_path_factory) -> duckdb.DuckDBPyConnection:
    """The demo company's raw rows and these, built."""
    place = tmp_path_factory.mktemp("faults")
    (place / "data").mkdir()
    for name, table in TABLES.items():
        own = demo.execute(f"select {', '.join(table.column_names)} from metrics_demo.{name}").fetchall()
        with open(place / "data" / f"{name}.csv", "w", encoding="utf-8", errors="surrogateescape", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(table.column_names)
            writer.writerows(own)
            writer.writerows([outcome.row[column] for column in table.column_names] for outcome in made[name])
    loader.load(place / "data", place / "built.duckdb", formats=Formats(decimals="point"))
    invoke(["build", *UNTESTED], VARIABLES, place / "built.duckdb")
    with duckdb.connect(str(place / "built.duckdb"), read_only=True) as connection:
        yield connection


def outcomes(connection: duckdb.DuckDBPyConnection, table: str) -> Counter:
    """What became of the rows, by the instant of their arrival."""
    return Counter(
        connection.execute(
            f"select cast(loaded_at as varchar), coalesce(rejection_reason, 'accepted') from metrics_intermediate.checked_{table}"
        ).fetchall()
    )


def arrival(row: dict, reason: str) -> str | None:
    """A row's loaded_at as the warehouse shows it."""
    written = row["loaded_at"].removesuffix("Z").strip()
    if not written or reason == "unreadable loaded_at":
        return None
    shown = written if ":" in written else f"{written} 00:00:00"
    return shown.rstrip("0") if "." in shown else shown


@EACH_TABLE
def test_each_row_has_the_right_outcome(demo, corrupted, made, table):
    """Each faulty row its reason, each odd one accepted; and no row of the demo's another outcome than before."""
    expected = Counter(
        (arrival(outcome.row, outcome.expected), outcome.expected)
        for outcome in made[table.name]
        if outcome.expected != NOT_KNOWN
    )
    found, before = outcomes(corrupted, table.name), outcomes(demo, table.name)
    assert not before - found, "rows of the demo have another outcome"
    found -= before
    wrong = {str(key) for key in (found - expected) + (expected - found)}
    assert not wrong, f"{len(wrong)} arrivals and outcomes differ:\n" + "\n".join(sorted(wrong)[:20])
    assert len(made[table.name]) >= ROWS


def test_the_rows_are_counted(corrupted, demo, made):
    """Rows in = accepted + rejected, in the marts."""
    summary = dict(corrupted.execute("select table_name, sum(row_count) from metrics.data_quality_summary group by 1").fetchall())
    rejected = Counter(dict(corrupted.execute("select table_name, count(*) from metrics.rejected_rows group by 1").fetchall()))
    before = Counter(dict(demo.execute("select table_name, count(*) from metrics.rejected_rows group by 1").fetchall()))
    for name, rows in made.items():
        known = [outcome.expected for outcome in rows if outcome.expected != NOT_KNOWN]
        (own,) = demo.execute(f"select sum(row_count) from metrics.data_quality_summary where table_name = '{name}'").fetchone()
        assert summary[name] == own + len(known)
        assert rejected[name] == before[name] + sum(reason != "accepted" for reason in known)


def test_nothing_else_changes(demo, corrupted):
    """Every mart of the demo's entities, to the last digit."""
    differences, compared = [], 0
    for (mart,) in demo.execute("select table_name from duckdb_tables() where schema_name = 'metrics' order by 1").fetchall():
        if mart in OF_ALL:
            continue
        columns = [row[0] for row in demo.execute(f"describe metrics.{mart}").fetchall()]
        own = f"billing_entity in {DEMO}" if "billing_entity" in columns else f"dimension = 'billing_entity' and dimension_value in {DEMO}"
        query = f"select {', '.join(columns)} from metrics.{mart} where {own}"
        before, after = Counter(demo.execute(query).fetchall()), Counter(corrupted.execute(query).fetchall())
        assert before, f"{mart} has nothing to compare"
        compared += before.total()
        if before != after:
            differences.append(f"{mart}: {len(before - after)} gone, {len(after - before)} new, e.g. {list(((before - after) + (after - before)))[:2]}")
    assert not differences, "\n".join(differences)
    print(f"{compared:,} rows of marts compared")


def test_rejected_rows_can_be_read_back(corrupted):
    """Whatever their texts hold."""
    rows = corrupted.execute("select row_json from metrics.rejected_rows where reason not like 'unreadable%'").fetchall()
    texts = {value for (row,) in rows for value in json.loads(row).values() if isinstance(value, str)}
    for text in NASTY:
        if not {"\udce9", "\udcff", "\udcc0", "\x00"} & set(text):
            assert text in texts


def test_odd_rows_count(corrupted):
    """Those that are right are in the figures."""
    ((lines,),) = corrupted.execute(f"select count(*) from metrics.fct_revenue_lines where billing_entity = '{ODD}'").fetchall()
    ((months,),) = corrupted.execute(f"select count(*) from metrics.fct_mrr_movements where billing_entity = '{ODD}'").fetchall()
    assert lines > 0 and months > 0
