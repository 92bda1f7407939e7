"""Postgres gives the same figures as DuckDB: every public mart, row by row, to the last stored digit."""

import csv
import json
from collections import defaultdict
from datetime import date
from pathlib import Path
from typing import NamedTuple

import duckdb
import pytest
from builds import DuckDB, Postgres, differences
from scenarios import VARIABLES, read_scenarios, write_tables
from scratch import Warehouse, read_csv
from server import PIPELINE
from test_stripe import DATA, LAYOUT

from cs_metrics import folder

ENGINES = ("DuckDB", "Postgres")
VALUES = Path(__file__).with_name("values.csv")
READABLE = {
    "text": "a", "date": "2024-01-05", "timestamp": "2024-01-05 10:00:00", "integer": "7", "decimal": "7.5", "price": "7.5",
    "rate": "1.1", "boolean": "true",
}
SPACES = " \t\n\v\f\r\u00a0\u3000\ufeff"
SCENARIOS = read_scenarios()
# Each of these came out differently once, or would without one of the macros: of two prices alike the smaller id counts,
# 'B' before 'a'; an id between spaces that don't break; amounts and rates that end in a tie, of either sign.
TRAPS = {
    "accounts": [
        {"billing_entity": "odd", "account_id": "x", "created_at": "2024-01-01"},
        {"billing_entity": "odd", "account_id": "y", "created_at": "2024-01-01", "country": "NZ"},
        {"billing_entity": "odd", "account_id": "\u00a0z\u3000", "created_at": "2024-01-01"},
    ],
    "products": [{"billing_entity": "odd", "product_id": "p", "product_name": "p"}],
    "subscriptions": [
        {"billing_entity": "odd", "subscription_id": account, "account_id": account, "status": "active", "started_at": "2024-01-05"}
        for account in ("x", "y", "z")
    ],
    "subscription_items": [
        {
            "billing_entity": "odd", "item_id": item, "subscription_id": account, "product_id": "p", "plan_id": f"plan of {item}",
            "charge_type": "subscription", "interval_unit": unit, "interval_count": "1", "unit_amount": amount,
            "quantity": quantity, "currency": currency, "valid_from": "2024-01-05",
        }
        for item, account, unit, amount, quantity, currency in (
            ("a", "x", "month", "10", "1", "USD"),
            ("B", "x", "month", "10", "1", "USD"),
            ("_", "x", "month", "10", "1", "USD"),
            ("É", "x", "month", "10", "1", "USD"),
            ("tie", "y", "year", "0.0006", "1", "EUR"),
            ("week", "y", "week", "9.99", "1", "EUR"),
            ("calls", "y", "month", "0.0000025", "10000000", "EUR"),
            ("long", "y", "month", "0.00000000000005", "999999000000.7", "EUR"),
            ("tie of a price", "y", "month", "0.00000050000001", "100.5", "EUR"),
            ("large", "z", "year", "125000000000.12345678901234", "1", "VND"),
            ("many", "z", "month", "-19.99999999999999", "1234.567891", "VND"),
        )
    ],
    "discounts": [
        {
            "billing_entity": "odd", "discount_id": "d", "item_id": "week", "percent_off": "33.333333", "duration": "forever",
            "valid_from": "2024-02-10",
        }
    ],
    "invoices": [
        {
            "billing_entity": "odd", "invoice_id": "i", "account_id": "y", "status": "paid", "issued_at": "2024-01-05",
            "currency": "EUR",
        }
    ],
    "invoice_lines": [
        {
            "billing_entity": "odd", "invoice_line_id": f"line {number}", "invoice_id": "i", "account_id": "y",
            "charge_type": "subscription", "amount": amount, "currency": "EUR", "service_start": "2024-01-01",
            "service_end": service_end,
        }
        for number, (amount, service_end) in enumerate(
            (
                ("0.00005", "2024-03-01"), ("-1.00005", "2024-03-01"), ("0.000151", "2024-03-31"), ("-7.654345", "2024-02-15"),
                ("1.00005", "2035-01-01"), ("99999999.999995", "2024-03-02"),
            )
        )
    ],
    "exchange_rates": [
        {"rate_date": date(year, month, 8).isoformat(), "from_currency": currency, "to_currency": "USD", "rate": rate}
        for year in (2024, 2025, 2026)
        for month in range(1, 13)
        for currency, rate in (
            ("EUR", f"1.0{7654321 * month * year % 10**6:06}5"), ("JPY", "0.00654321"), ("VND", f"0.0000{333333333333 // month:012}"),
        )
    ],
}
TRAPS_VARIABLES = {
    "as_of_date": "2026-09-10", "exchange_rate_max_age_days": 31, "billing_sources": ["native", "stripe"], "unclassified_tolerance": 1,
    "source_time_zone": "America/New_York", "reporting_time_zone": "Europe/Berlin",
}
STRIPE = {table: read_csv(DATA / f"{table}.csv") for table in LAYOUT}

class Both(NamedTuple):
    """A build on both engines, and its variables."""

    duckdb: DuckDB
    postgres: Postgres
    variables: dict


def assert_same(left: DuckDB, right: Postgres) -> None:
    """Fail with what differs, for people to read."""
    found = differences(left, right, ENGINES)
    assert not found, "\n\n" + "\n\n".join(map(str, found))


def build_both(
    server, place: Path, name: str, rows: dict[str, list[dict]], stripe: dict[str, list[dict]] | None = None, **variables
) -> Both:
    """Build the same rows of the contract's tables, and of Stripe's, on both engines."""
    duck = DuckDB(place / "duckdb")
    postgres = Postgres(place / "postgres", server, name)
    write_tables(rows, place / "data")
    duck.folder.mkdir()
    loaded = folder.load(place / "data", duck.file)
    variables |= {"native_data": "source", "native_schema": folder.SCHEMA, "without_tables": loaded.without_tables}
    postgres.copy_from(duck, folder.SCHEMA)
    if stripe:
        Warehouse(duck.folder).load("stripe", {name: (LAYOUT[name], of_table) for name, of_table in stripe.items()})
        postgres.copy_from(duck, "stripe")
    for engine in (duck, postgres):
        engine.dbt("build", "--resource-type", "seed", "model", **variables)
    return Both(duck, postgres, variables)


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
    both = build_both(server, tmp_path, name, rows, **given)
    assert_same(both.duckdb, both.postgres)


@pytest.fixture(scope="module")
def traps(server, tmp_path_factory) -> Both:
    """What engines take differently, in time zones of its own, and a company on Stripe beside it."""
    with server.connect().cursor() as cursor:
        cursor.execute("select 'a' < 'B'")
        assert cursor.fetchone() == (True,), "this server sorts by bytes, as DuckDB does"
    return build_both(server, tmp_path_factory.mktemp("traps"), "traps", TRAPS, STRIPE, **TRAPS_VARIABLES)


def test_what_engines_take_differently_is_the_same(traps):
    """The order of letters, ties, odd spaces, another vendor; and there is something to get wrong."""
    assert_same(traps.duckdb, traps.postgres)
    with duckdb.connect(str(traps.duckdb.file), read_only=True) as connection:
        plans = connection.execute(
            """
            select dimension_value from metrics.monthly_metrics
            where dimension = 'plan' and metric = 'accounts' and value = 1 and month = '2024-02-01'
            """
        ).fetchall()
        lines = connection.execute("select source_system, count(*) from metrics.fct_revenue_lines group by 1").fetchall()
    assert {plan for (plan,) in plans if plan.startswith("plan of")} == {"plan of B", "plan of week"}
    assert dict(lines)["native"] == len(TRAPS["invoice_lines"]) and dict(lines)["stripe"] > 10


def test_every_value_is_read_alike(traps):
    """What can be read, and as what, is the same on both engines: values.csv holds what sources write, and worse."""
    with VALUES.open(encoding="utf-8", newline="") as file:
        values = [(row["kind"], row["value"]) for row in csv.DictReader(file)]
    values += [
        (kind, written)
        for kind, value in READABLE.items()
        for space in SPACES
        for written in (f"{space}{value}", f"{value}{space}")
    ]
    kinds = sorted({kind for kind, _ in values})
    reads = ", ".join(
        f"case when kind = '{kind}' then cast({{{{ local_time(read_as('{kind}', 'value')) if '{kind}' == 'timestamp' "
        f"else read_as('{kind}', 'value') }}}} as {{{{ type_of('text') }}}}) end" for kind in kinds
    )
    inline = f"select kind, value, coalesce({reads}) from written order by 1, 2"
    # With the variables of those builds, so that dbt needn't parse the project anew.
    queries = [
        engine.dbt("--quiet", "compile", "--inline", inline, **traps.variables) for engine in (traps.duckdb, traps.postgres)
    ]
    with duckdb.connect() as connection:
        connection.execute("create table written (kind varchar, value varchar)")
        connection.executemany("insert into written values (?, ?)", values)
        on_duckdb = {(kind, value): read for kind, value, read in connection.execute(queries[0]).fetchall()}
    with traps.postgres.server.connect(PIPELINE, traps.postgres.database).cursor() as cursor:
        cursor.execute("create temporary table written (kind text, value text)")
        cursor.executemany("insert into written values (%s, %s)", values)
        cursor.execute(queries[1])
        on_postgres = {(kind, value): read for kind, value, read in cursor.fetchall()}
    different = [f"{key}: {on_duckdb[key]} (DuckDB), {on_postgres[key]} (Postgres)" for key in on_duckdb if on_duckdb[key] != on_postgres[key]]
    assert not different, "\n" + "\n".join(different)
    assert len(on_duckdb) == len(values) and sum(read is None for read in on_duckdb.values()) > 50
