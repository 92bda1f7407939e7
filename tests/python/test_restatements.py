"""A closed month keeps its figures as first reported; what changes later is a restatement with its reasons.

One small company, month by month as its bookkeeping would have it: a build on 10 August closes July, then something
happens at the source, and a build on 20 August shows what it did to the months that are closed.
"""

from copy import deepcopy
from decimal import Decimal

import pytest

from cs_metrics import contract
from scratch import Warehouse

TABLES = contract.tables()
ENTITY = "acme"
CLOSED_ON, LATER = "2024-08-10", "2024-08-20"
MODELS = ("build", "--exclude-resource-type", "test", "unit_test", "--select", "+models/marts/restatements", "dim_months", "+int_changes__built")
VARIABLES = {"native_data": "source", "metric_policies": ["standard"], "close_after_days": 10}

# 100 a month from January on, 200 from March on, 50 EUR from May on, 10 from February on;
# two bills in July.
COMPANY = {
    "accounts": [{"account_id": name, "created_at": "2024-01-01"} for name in ("ann", "bob", "eva", "dan")],
    "products": [{"product_id": "seat", "product_name": "Seat"}],
    "subscriptions": [
        {"subscription_id": name, "account_id": name, "status": "active", "started_at": start}
        for name, start in [("ann", "2024-01-10"), ("bob", "2024-03-10"), ("eva", "2024-05-10"), ("dan", "2024-02-10")]
    ],
    "subscription_items": [
        {
            "item_id": name, "subscription_id": name, "product_id": "seat", "charge_type": "subscription",
            "interval_unit": "month", "interval_count": "1", "unit_amount": amount, "quantity": "1", "currency": currency,
            "valid_from": start,
        }
        for name, start, amount, currency in [
            ("ann", "2024-01-10", "100", "USD"), ("bob", "2024-03-10", "200", "USD"), ("eva", "2024-05-10", "50", "EUR"),
            ("dan", "2024-02-10", "10", "USD"),
        ]
    ],
    "invoices": [
        {"invoice_id": "1", "account_id": "ann", "status": "paid", "issued_at": "2024-07-10", "currency": "USD"},
        {"invoice_id": "2", "account_id": "bob", "status": "open", "issued_at": "2024-07-12", "currency": "USD"},
    ],
    "invoice_lines": [
        {
            "invoice_line_id": number, "invoice_id": number, "account_id": name, "charge_type": charge_type,
            "amount": amount, "currency": "USD",
        }
        for number, name, charge_type, amount in [("1", "ann", "subscription", "100"), ("2", "bob", "consulting", "40")]
    ],
    "exchange_rates": [
        {"rate_date": day, "from_currency": "EUR", "to_currency": "USD", "rate": "1.1"}
        for day in ("2024-05-31", "2024-06-30", "2024-07-31", "2024-08-09", "2024-08-19")
    ],
}  # fmt: skip


def with_changed_rows(tables: dict) -> dict:
    """The company with a bill that was late, a price that was corrected and a subscription that was deleted."""
    tables = deepcopy(tables)
    tables["invoices"].append({"invoice_id": "9", "account_id": "ann", "status": "paid", "issued_at": "2024-06-20", "currency": "USD"})
    tables["invoice_lines"].append(COMPANY["invoice_lines"][0] | {"invoice_line_id": "9", "invoice_id": "9", "amount": "30"})
    tables["subscription_items"][1]["unit_amount"] = "180"
    for name in ("subscriptions", "subscription_items"):
        tables[name] = [row for row in tables[name] if row["subscription_id"] != "dan"]
    return tables


def company(warehouse: Warehouse, tables: dict, as_of: str, *more: str, **variables) -> None:
    """Load the company as its sources have it and build what was known on a day."""
    warehouse.load(
        "raw",
        {
            name: (list(table.column_names), [{"billing_entity": ENTITY} | row for row in tables.get(name, [])])
            for name, table in TABLES.items()
        },
    )
    warehouse.dbt("--quiet", *MODELS, *more, as_of_date=as_of, **(VARIABLES | variables))


def restated(warehouse: Warehouse, metric: str, dimension: str = "all") -> dict:
    """Of a metric: month and reason, with the first value, today's and the reason's part of the difference."""
    return {
        (month, reason): (first, now, part)
        for month, reason, first, now, part in warehouse.query(
            f"""
            select strftime(month, '%Y-%m'), reason, first_value, current_value, value_part
            from metrics.metric_restatements where metric = '{metric}' and dimension = '{dimension}'
            """
        )
    }


def money(*amounts) -> tuple:
    """Amounts as decimals."""
    return tuple(Decimal(str(amount)) for amount in amounts)


@pytest.fixture(scope="module")
def closed(tmp_path_factory) -> Warehouse:
    """The company as it was built when July had closed; tests build on it one after the other."""
    warehouse = Warehouse(tmp_path_factory.mktemp("restatements"))
    company(warehouse, COMPANY, CLOSED_ON)
    return warehouse


def test_a_month_closes_when_it_has_been_over_for_some_days(closed):
    """Ten, of which the tenth of August is the last."""
    assert closed.query("select strftime(max(month), '%Y-%m') from metrics.dim_months where is_closed") == [("2024-07",)]
    assert closed.query("select count(*) from metrics.metric_restatements") == [(0,)]
    kept = closed.query(
        "select strftime(max(month), '%Y-%m'), min(first_reported_on)::varchar, max(first_reported_on)::varchar from metrics.first_reported_metrics"
    )
    assert kept == [("2024-07", CLOSED_ON, CLOSED_ON)]


def test_nothing_new_is_no_restatement(closed):
    """A later as-of date, what happens in August, and payments of July's bills leave the closed months alone."""
    tables = deepcopy(COMPANY)
    tables["subscriptions"][0] |= {"status": "cancelled", "ended_at": "2024-08-17"}
    tables["invoices"][1]["status"] = "paid"
    tables["invoices"].append({"invoice_id": "3", "account_id": "ann", "status": "open", "issued_at": "2024-08-10", "currency": "USD"})
    tables["invoice_lines"].append(COMPANY["invoice_lines"][0] | {"invoice_line_id": "3", "invoice_id": "3"})
    company(closed, tables, LATER)
    assert closed.query("from metrics.metric_restatements") == []
    assert closed.query("select distinct month from metrics_intermediate.int_restatements__row_changes") == []


def test_a_late_row_a_changed_one_and_a_deleted_one(closed):
    """June's bill arrives late, bob's price is corrected from the beginning, dan's subscription is gone."""
    company(closed, with_changed_rows(COMPANY), LATER)
    assert restated(closed, "recognised_revenue") == {("2024-06", "late row"): money(0, 30, 30)}
    mrr = restated(closed, "mrr")
    begins = {"changed row": 3, "deleted row": 2}
    assert sorted(mrr) == sorted((f"2024-{month:02}", reason) for reason, first in begins.items() for month in range(first, 8))
    assert mrr["2024-07", "changed row"] == money(365, 335, -20)
    assert mrr["2024-07", "deleted row"] == money(365, 335, -10)
    assert restated(closed, "accounts")["2024-07", "deleted row"] == money(4, 3, -1)
    # A ratio goes from one value to the other reason by reason: 365 / 4, 345 / 4, 335 / 3.
    arpa = restated(closed, "arpa")
    assert arpa["2024-07", "changed row"] == money("91.25", "111.66666667", -5)
    assert arpa["2024-07", "deleted row"] == money("91.25", "111.66666667", "25.41666667")
    # A segment has the reasons of its month in one row: June's late bill bears on July too.
    assert restated(closed, "mrr", "currency") == {
        (f"2024-{month:02}", reason): money(first, now, now - first)
        for month, reason, first, now in [
            (2, "deleted row", 110, 100), (3, "changed row, deleted row", 310, 280), (4, "changed row, deleted row", 310, 280),
            (5, "changed row, deleted row", 310, 280), (6, "late row, changed row, deleted row", 310, 280),
            (7, "late row, changed row, deleted row", 310, 280),
        ]
    }


def test_a_line_that_is_late_on_a_bill_that_was_there(closed):
    """It has no service dates, so it bears on the month of its bill."""
    tables = deepcopy(COMPANY)
    tables["invoice_lines"].append(COMPANY["invoice_lines"][0] | {"invoice_line_id": "8", "amount": "25"})
    company(closed, tables, LATER)
    assert restated(closed, "recognised_revenue") == {("2024-07", "late row"): money(140, 165, 25)}


def test_a_payment_and_an_end_that_came_later_are_no_reason(closed):
    """A rate of July is corrected, July's bill is paid, ann leaves in August. Segments have all reasons of their month: the rate."""
    tables = deepcopy(COMPANY)
    tables["exchange_rates"][2]["rate"] = "1.2"
    tables["invoices"][1]["status"] = "paid"
    tables["subscriptions"][0] |= {"status": "cancelled", "ended_at": "2024-08-17"}
    company(closed, tables, LATER)
    assert set(restated(closed, "mrr", "currency")) == {("2024-07", "changed rate")}


def test_what_an_exchange_rate_did_is_told_apart_from_rows_where_it_can_be(closed):
    tables = with_changed_rows(COMPANY)
    tables["exchange_rates"][2]["rate"] = "1.2"
    company(closed, tables, LATER)
    mrr = restated(closed, "mrr")
    assert {key: part for key, (_, _, part) in mrr.items() if key[0] == "2024-07"} == {
        ("2024-07", "changed rate"): 5,
        ("2024-07", "changed row, changed rate"): -20,
        ("2024-07", "deleted row, changed rate"): -10,
    }
    assert ("2024-06", "changed row") in mrr


def test_the_parts_make_the_difference(closed):
    """For every figure, also where a ratio has nothing under its line. A rate of June bears on July's opening."""
    tables = with_changed_rows(COMPANY)
    tables["exchange_rates"][1]["rate"] = "1.15"
    company(closed, tables, LATER)
    assert restated(closed, "fx_mrr")["2024-07", "changed rate"] == money(0, "-2.5", "-2.5")
    wrong = closed.query(
        """
        select policy, month, metric, dimension, dimension_value from metrics.metric_restatements group by all
        having sum(numerator_part) <> coalesce(min(current_numerator), 0) - coalesce(min(first_numerator), 0)
            or sum(value_part) <> min(current_value) - min(first_value)
        """
    )
    assert wrong == []
    assert closed.query("select count(*) > 100 from metrics.metric_restatements") == [(True,)]


def test_a_full_refresh_keeps_what_was_reported(closed):
    before = closed.query("from metrics.first_reported_metrics order by all")
    company(closed, COMPANY, LATER, "--full-refresh")
    assert closed.query("from metrics.first_reported_metrics order by all") == before
    assert closed.query("from metrics.metric_restatements") == []


def test_a_charge_that_counts_otherwise_and_another_definition(closed):
    tables = deepcopy(COMPANY)
    tables["products"][0]["charge_class"] = "consulting"
    company(closed, tables, LATER)
    assert restated(closed, "mrr")["2024-07", "reclassified charge"] == money(365, 0, -365)
    company(closed, COMPANY, LATER)
    company(closed, COMPANY, LATER, history_starts={ENTITY: "2024-02-01"})
    gone = "select reason, first_value, current_value, numerator_part from metrics.metric_restatements where metric = 'new_mrr' and dimension = 'all'"
    assert closed.query(gone) == [("changed definition or policy", Decimal(100), None, Decimal(-100))], "January is before the history"
    types = "select distinct movement_type from metrics_intermediate.int_mrr__balances where month_from = '2024-01-01'"
    assert closed.query(types) == [("opening_balance",)], "ann was rebuilt, since another history is another definition"


def test_a_replay_of_the_past_knows_nothing_of_what_was_reported_later(closed):
    """On the ninth of July, June had been over for nine days."""
    company(closed, COMPANY, "2024-07-09")
    assert closed.query("select strftime(max(month), '%Y-%m') from metrics.dim_months where is_closed") == [("2024-05",)]
    assert closed.query("from metrics.metric_restatements") == []


# Who began with nothing but prices in dollars: no discounts, segments or rates.
FEW_TABLES = ["discounts", "account_segments", "exchange_rates"]
IN_DOLLARS = {
    name: [row for row in rows if not {"eva", "EUR"} & set(row.values())] for name, rows in COMPANY.items() if name not in FEW_TABLES
}


@pytest.fixture(scope="module")
def scant(tmp_path_factory) -> Warehouse:
    """The company in dollars, with few tables, as it was built when July had closed."""
    warehouse = Warehouse(tmp_path_factory.mktemp("scant"))
    company(warehouse, IN_DOLLARS, CLOSED_ON, without_tables=FEW_TABLES, custom_segments=[])
    return warehouse


def test_a_table_and_a_segment_more_are_no_other_definition(scant):
    """A discount of ann and a segment of dan come late, with the tables that they are in; bob's price is corrected."""
    tables = deepcopy(IN_DOLLARS)
    tables["subscription_items"][1]["unit_amount"] = "180"
    tables["discounts"] = [
        {"discount_id": "d", "subscription_id": "ann", "percent_off": "20", "duration": "forever", "valid_from": "2024-07-01"}
    ]
    tables["account_segments"] = [{"account_id": "dan", "segment_name": "tier", "segment_value": "gold", "valid_from": "2024-01-01"}]
    company(scant, tables, LATER, without_tables=["exchange_rates"], custom_segments=["tier"])
    mrr = restated(scant, "mrr")
    assert {key: part for key, (_, _, part) in mrr.items() if key[0] == "2024-07"} == {("2024-07", "late row"): -20, ("2024-07", "changed row"): -20}
    assert not [reason for (reason,) in scant.query("select distinct reason from metrics.metric_restatements") if "definition" in reason]
    assert scant.query(
        """
        select dimension_value, value from metrics.monthly_metrics
        where dimension = 'tier' and metric = 'mrr' and month = '2024-07-01' order by 1
        """
    ) == [("(none)", 260), ("gold", 10)], "accounts that nothing happened to were rebuilt with the segment"


def test_a_currency_more_is_no_other_definition(scant):
    """Eva, who pays in euros, comes late, with the table of rates."""
    tables = deepcopy(COMPANY)
    company(scant, tables, LATER, without_tables=FEW_TABLES[:2], custom_segments=[])
    assert restated(scant, "mrr")["2024-07", "late row, changed rate"] == money(310, 365, 55)
    assert scant.query("select distinct reason from metrics.metric_restatements") == [("late row, changed rate",)]


MORE_RATES = [
    COMPANY["exchange_rates"][0] | {"rate_date": day}
    for day in ("2024-01-31", "2024-02-29", "2024-03-31", "2024-04-30", "2024-08-31", "2024-09-09", "2024-09-30", "2024-10-09")
]


@pytest.fixture(scope="module")
def growing(tmp_path_factory) -> tuple[Warehouse, list]:
    """Four accounts where three are kept apart, then four, then three again, with changed rows; what was reported before that."""
    warehouse = Warehouse(tmp_path_factory.mktemp("growing"))
    tables = deepcopy(COMPANY)
    tables["exchange_rates"] += MORE_RATES
    tables["subscription_items"][0] |= {"unit_amount": "77.7777", "currency": "EUR"}
    tables["subscription_items"][2]["unit_amount"] = "33.3337"
    company(warehouse, tables, CLOSED_ON, restatement_accounts=3)
    company(warehouse, tables, "2024-09-10", restatement_accounts=4)
    before = warehouse.query("from metrics.first_reported_metrics order by all")
    tables = with_changed_rows(tables)
    tables["exchange_rates"][2]["rate"] = "1.12345678"
    company(warehouse, tables, "2024-10-10", restatement_accounts=3)
    return warehouse, before


@pytest.mark.parametrize("table", ["facts", "parts"])
def test_a_month_is_kept_by_group_while_there_are_too_many_accounts(table, growing):
    """And stays so when there are no longer; the other way round too."""
    warehouse, _ = growing
    kept = warehouse.query(
        f"""
        select distinct strftime(month, '%Y-%m'), account_id like '(group %)'
        from metrics_intermediate.int_restatements__first_{table} where account_id <> '(no account)' order by all
        """
    )
    assert kept == [(f"2024-{month:02}", month != 8) for month in range(1, 10)]


def test_figures_stay_as_first_reported_on_either_side_of_the_limit(growing):
    """The months before the last build."""
    warehouse, before = growing
    assert before and warehouse.query("from metrics.first_reported_metrics where month < '2024-09-01' order by all") == before


def test_months_of_groups_and_of_accounts_are_told_apart(growing):
    """July is kept by group, August by account, each as it was; September was reported with the rows as they are.

    At the other rate, ann's MRR is 1.8244143... more and eva's 0.7819018..., together 2.606316: the largest reason has the digit.
    """
    warehouse, _ = growing
    parts = {key: part for key, (_, _, part) in restated(warehouse, "mrr").items() if key[0] >= "2024-07"}
    assert parts == {
        ("2024-07", "changed rate"): Decimal("0.781901"),
        ("2024-07", "late row, changed rate"): Decimal("1.824414"),
        ("2024-07", "changed row, changed rate"): Decimal("-19.999999"),
        ("2024-07", "deleted row, changed rate"): -10,
        ("2024-08", "changed row, changed rate"): -20,
        ("2024-08", "deleted row, changed rate"): -10,
    }
    wrong = warehouse.query(
        """
        select policy, month, metric, dimension, dimension_value from metrics.metric_restatements group by all
        having sum(numerator_part) <> coalesce(min(current_numerator), 0) - coalesce(min(first_numerator), 0)
            or sum(denominator_part) <> coalesce(min(current_denominator), 0) - coalesce(min(first_denominator), 0)
            or sum(value_part) <> min(current_value) - min(first_value)
        """
    )
    assert wrong == []
