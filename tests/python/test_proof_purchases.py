"""A company that sells without subscriptions: CDNOW's orders, as its customers' repeat buying is known in print.

6,919 orders of 2,357 customers, and what a peer makes of them up to 30 September 1997, from ../shared/data; without it
these tests are skipped. An order is an invoice with one line of goods; there are no subscriptions and no costs.
"""

import csv
from collections import Counter, defaultdict
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

import duckdb
import pytest
from scenarios import DEFAULTS, UNTESTED, invoke, load, run_data_tests

from cs_metrics import ROOT

DATA = ROOT.parent / "shared" / "data" / "cdnow"
pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="../shared/data, the data that others wrote, is not there")

ENTITY = "cdnow"
PEER_AS_OF, LAST_DAY = "1997-09-30", "1998-06-30"
METRICS = ("average_purchase_value", "purchases_per_customer_year", "customer_lifespan_years", "clv")


def rows_of(name: str) -> list[dict]:
    """A CSV file's rows."""
    with open(DATA / name, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def orders() -> list[tuple[str, date, Decimal]]:
    """Customer, day and amount of each order."""
    return [
        (str(int(row["sample_id"])), date.fromisoformat(row["date"]), Decimal(row["amount"])) for row in rows_of("cdnow_sample.csv")
    ]


def contract_rows() -> dict[str, list[dict]]:
    """The orders as rows of the input contract."""
    tables: dict[str, list[dict]] = defaultdict(list)

    def add(table: str, **row: object) -> None:
        tables[table].append(DEFAULTS.get(table, {}) | {"billing_entity": ENTITY} | row)

    add("products", product_id="cd", product_name="CDs")
    for customer in dict.fromkeys(customer for customer, _, _ in orders()):
        add("accounts", account_id=customer, created_at="1997-01-01")
    for number, (customer, day, amount) in enumerate(orders()):
        key = f"order {number}"
        add("invoices", invoice_id=key, account_id=customer, issued_at=day, total_amount=amount)
        add(
            "invoice_lines", invoice_line_id=key, invoice_id=key, account_id=customer, product_id="cd", amount=amount,
            charge_type="hardware",
        )
    return dict(tables) | {"subscriptions": [], "subscription_items": []}


@pytest.fixture(scope="session")
def as_of(tmp_path_factory):
    """The built tables as of a day; the last day is built whole, with every data test."""
    warehouses: dict[str, duckdb.DuckDBPyConnection] = {}

    def build(day: str) -> duckdb.DuckDBPyConnection:
        if day not in warehouses:
            warehouse, variables = load(contract_rows(), {"as_of_date": day}, tmp_path_factory.mktemp("cdnow"))
            selected = [] if day == LAST_DAY else ["--select", "+customer_purchases"]
            invoke(["build", *UNTESTED, *selected], variables, warehouse)
            if day == LAST_DAY:
                found_wrong = run_data_tests(variables, warehouse)
                assert not found_wrong, found_wrong
            warehouses[day] = duckdb.connect(str(warehouse), read_only=True)
        return warehouses[day]

    yield build
    for connection in warehouses.values():
        connection.close()


def test_frequency_recency_and_age_of_every_customer(as_of):
    """In weeks with two decimals, as the peer has them: all 2,357."""
    theirs = {
        row["ID"]: (int(Decimal(row["frequency"])), Decimal(row["recency"]), Decimal(row["T"]))
        for row in rows_of("cdnow_customers_summary.csv")
    }
    ours = {
        account: tuple(rest)
        for account, *rest in as_of(PEER_AS_OF).execute(
            "select account_id, frequency, recency_weeks, age_weeks from metrics.customer_purchases where policy = 'standard'"
        ).fetchall()
    }
    assert len(theirs) == 2357
    assert sum(frequency > 0 for frequency, _, _ in theirs.values()) > 900
    differ = [f"{key}: {theirs.get(key)} there, {ours.get(key)} here" for key in sorted(theirs | ours) if theirs.get(key) != ours.get(key)]
    assert not differ, f"{len(differ)} differ:\n" + "\n".join(differ[:20])


def expected_value(month: int) -> dict[str, Decimal | None]:
    """The factors of a month (year x 12 + month), by looking at each of its twelve months, one after the other."""
    def number(day: date) -> int:
        return day.year * 12 + day.month

    months = defaultdict(set)
    for customer, day, _ in orders():
        months[customer].add(number(day))
    window = range(month - 11, month + 1)
    bought = [amount for _, day, amount in orders() if number(day) in window]

    def is_customer(customer: str, at: int) -> bool:
        return any(at - 11 <= one <= at for one in months[customer])

    present = Counter()
    for customer in months:
        present["months"] += sum(is_customer(customer, at) for at in window)
        present["lapsed"] += sum(is_customer(customer, at - 1) and not is_customer(customer, at) for at in window)

    def ratio(numerator, denominator) -> Decimal | None:
        if not denominator:
            return None
        return (Decimal(numerator) / denominator).quantize(Decimal("1e-8"), ROUND_HALF_UP)

    return dict(zip(METRICS, (
        ratio(sum(bought), len(bought)), ratio(12 * len(bought), present["months"]),
        ratio(present["months"], 12 * present["lapsed"]), ratio(sum(bought), present["lapsed"]),
    )))


@pytest.mark.parametrize("month", ["1997-03", "1997-12", "1998-01", "1998-03", "1998-06"])
def test_lifetime_value_and_its_factors(as_of, month):
    """Worked out here in another way, month by month and customer by customer."""
    year, of_year = map(int, month.split("-"))
    ours = dict(
        as_of(LAST_DAY).execute(
            f"select metric, value from metrics.monthly_metrics where policy = 'standard' and dimension = 'all' "
            f"and month = date '{month}-01' and metric in {METRICS}"
        ).fetchall()
    )
    assert ours == expected_value(year * 12 + of_year)
    assert (ours["clv"] is None) == (month < "1998")


def test_what_has_no_source_has_no_rows(as_of):
    """No subscription and no cost: no CAC, no LTV, no share of MRR, no lifetime. What was bought is there."""
    metrics = {row[0] for row in as_of(LAST_DAY).execute("select distinct metric from metrics.monthly_metrics").fetchall()}
    absent = {
        "cac", "cac_paid", "cac_payback_months", "ltv_to_cac", "ltv", "ltv_capped_60m", "ltv_survival",
        "customer_lifetime_months", "top_1pct_mrr_share", "arpa_new_slope_6m", "arpu_daily", "gross_margin",
    }
    assert not absent & metrics
    assert set(METRICS) <= metrics
    ((revenue, lines),) = as_of(LAST_DAY).execute(
        "select (select sum(value) from metrics.monthly_metrics where metric = 'recognised_revenue' and dimension = 'all'), "
        "(select count(*) from metrics.fct_revenue_lines)"
    ).fetchall()
    assert lines == 6919
    assert revenue == sum(amount for _, _, amount in orders())
