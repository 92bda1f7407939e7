"""Postgres gives the same figures as DuckDB: every public mart, row by row, to the last stored digit."""

import csv
import json
from collections import defaultdict
from pathlib import Path

import duckdb
import pytest
from builds import DuckDB, Postgres, differences
from scenarios import VARIABLES, read_scenarios, write_tables
from server import PIPELINE

from cs_metrics import folder

ENGINES = ("DuckDB", "Postgres")
VALUES = Path(__file__).with_name("values.csv")
SCENARIOS = read_scenarios()
# What only a database with its own order of letters gets wrong: of two prices alike the smaller id counts, 'B' before 'a'.
ODD_ORDER = {
    "accounts": [{"billing_entity": "odd", "account_id": "x", "created_at": "2024-01-01"}],
    "products": [{"billing_entity": "odd", "product_id": "p", "product_name": "p"}],
    "subscriptions": [
        {"billing_entity": "odd", "subscription_id": "s", "account_id": "x", "status": "active", "started_at": "2024-01-05"}
    ],
    "subscription_items": [
        {
            "billing_entity": "odd", "item_id": item, "subscription_id": "s", "product_id": "p", "plan_id": f"plan of {item}",
            "charge_type": "subscription", "interval_unit": "month", "interval_count": "1", "unit_amount": "10",
            "quantity": "1", "currency": "USD", "valid_from": "2024-01-05",
        }
        for item in ("a", "B", "_", "É")
    ],
}


def assert_same(left: DuckDB, right: Postgres) -> None:
    """Fail with what differs, for people to read."""
    found = differences(left, right, ENGINES)
    assert not found, "\n\n" + "\n\n".join(map(str, found))


def build_both(server, place: Path, name: str, rows: dict[str, list[dict]], **variables) -> tuple[DuckDB, Postgres]:
    """Build the same rows of the contract's tables on both engines."""
    duck = DuckDB(place / "duckdb")
    postgres = Postgres(place / "postgres", server, name)
    write_tables(rows, place / "data")
    duck.folder.mkdir()
    loaded = folder.load(place / "data", duck.file)
    variables |= {"native_data": "source", "native_schema": folder.SCHEMA, "without_tables": loaded.without_tables}
    postgres.copy_from(duck)
    for engine in (duck, postgres):
        engine.dbt("build", "--resource-type", "seed", "model", **variables)
    return duck, postgres


def test_the_demo_company_is_the_same(duckdb_demo, postgres_demo):
    """Every public mart of the demo company, built with all data tests on both."""
    assert_same(duckdb_demo, postgres_demo)


def test_a_last_digit_that_differs_is_found(duckdb_demo, postgres_demo):
    """The comparison can fail: one digit, one row more and one row less are told."""
    with postgres_demo.server.connect(PIPELINE, postgres_demo.database).cursor() as cursor:
        changes = [
            "update metrics.monthly_metrics set value = value + 0.00000001 where policy = 'standard' and metric = 'grr_12m' "
            "and dimension = 'all' and month = '2026-08-01'",
            "update metrics.dim_products set product_id = product_id || ' ' where product_name = "
            "(select max(product_name) from metrics.dim_products where billing_entity = 'acme-us') and billing_entity = 'acme-us'",
        ]
        undo = [
            changes[0].replace("value + ", "value - "),
            "update metrics.dim_products set product_id = trim(product_id)",
        ]
        for change in changes:
            cursor.execute(change)
            assert cursor.rowcount == 1
        try:
            found = {difference.table: difference.lines for difference in differences(duckdb_demo, postgres_demo, ENGINES)}
        finally:
            for change in undo:
                cursor.execute(change)
    assert set(found) == {"monthly_metrics", "dim_products"}
    assert len(found["monthly_metrics"]) == 1 and "value is 0." in found["monthly_metrics"][0]
    assert sorted(line.rpartition(": ")[2] for line in found["dim_products"]) == ["DuckDB only", "Postgres only"]


@pytest.mark.parametrize("variables", sorted({scenario.variables for scenario in SCENARIOS}))
def test_the_scenarios_are_the_same(server, tmp_path, variables):
    """Every scenario's rows, given in the time zones that they ask for."""
    alike = [scenario for scenario in SCENARIOS if scenario.variables == variables]
    rows: dict[str, list[dict]] = defaultdict(list)
    for scenario in alike:
        for table, of_table in scenario.given.items():
            rows[table] += of_table
    history = {s.entity: s.body["history_starts"] for s in alike if "history_starts" in s.body}
    given = VARIABLES | json.loads(variables) | {"history_starts": history}
    name = f"scenarios_{sorted({s.variables for s in SCENARIOS}).index(variables)}"
    assert_same(*build_both(server, tmp_path, name, rows, **given))


def test_the_order_of_letters_makes_no_difference(server, tmp_path):
    """Postgres sorts 'a' before 'B' here, DuckDB doesn't."""
    with server.connect().cursor() as cursor:
        cursor.execute("select 'a' < 'B'")
        assert cursor.fetchone() == (True,)
    duck, postgres = build_both(server, tmp_path, "odd_order", ODD_ORDER, as_of_date="2024-03-15")
    assert_same(duck, postgres)
    plans = {row[0] for row in duckdb.connect(str(duck.file), read_only=True).execute(
        "select dimension_value from metrics.monthly_metrics where dimension = 'plan' and metric = 'accounts' and value = 1"
    ).fetchall()}
    assert plans == {"plan of B"}


def test_every_value_is_read_alike(server, tmp_path):
    """What can be read, and as what, is the same on both engines: values.csv holds what sources write, and worse."""
    with VALUES.open(encoding="utf-8", newline="") as file:
        values = [(row["kind"], row["value"]) for row in csv.DictReader(file)]
    kinds = sorted({kind for kind, _ in values})
    reads = ", ".join(
        f"case when kind = '{kind}' then cast({{{{ local_time(read_as('{kind}', 'value')) if '{kind}' == 'timestamp' "
        f"else read_as('{kind}', 'value') }}}} as {{{{ type_of('text') }}}}) end" for kind in kinds
    )
    inline = f"select kind, value, coalesce({reads}) from written order by 1, 2"
    duck, postgres = DuckDB(tmp_path / "duckdb"), Postgres(tmp_path / "postgres", server, "values")
    queries = [
        engine.dbt("--quiet", "compile", "--inline", inline, source_time_zone="America/New_York", reporting_time_zone="Europe/Berlin")
        for engine in (duck, postgres)
    ]
    with duckdb.connect() as connection:
        connection.execute("create table written (kind varchar, value varchar)")
        connection.executemany("insert into written values (?, ?)", values)
        on_duckdb = {(kind, value): read for kind, value, read in connection.execute(queries[0]).fetchall()}
    with server.connect(PIPELINE, postgres.database).cursor() as cursor:
        cursor.execute("create temporary table written (kind text, value text)")
        cursor.executemany("insert into written values (%s, %s)", values)
        cursor.execute(queries[1])
        on_postgres = {(kind, value): read for kind, value, read in cursor.fetchall()}
    different = [f"{key}: {on_duckdb[key]} (DuckDB), {on_postgres[key]} (Postgres)" for key in on_duckdb if on_duckdb[key] != on_postgres[key]]
    assert not different, "\n" + "\n".join(different)
    assert len(on_duckdb) == len(values) and sum(read is None for read in on_duckdb.values()) > 50
