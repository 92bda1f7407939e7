"""A month without an exchange rate: what it stops, what it says, and what it leaves alone.

Two small companies. One lacks no rate that a month needs, though its feeds stop, have gaps and know month ends only; all
of its accounts are there in all of their months. The other lacks some in every way there is, and isn't built.
"""

from datetime import date
from decimal import Decimal

import pytest

from cs_metrics import contract
from scratch import Warehouse

TABLES = contract.tables()
MODELS = (
    "--exclude-resource-type", "unit_test", "--indirect-selection", "cautious", "--select", "+int_metrics__mrr", "+int_metrics__account_totals",
)  # fmt: skip


def subscribed(account: str, currency: str, start: str, end: str | None = None, **more: str) -> tuple[dict, dict]:
    """A subscription of 100 a month and its item, which itself never ends; `more` is for the one that has the column."""
    status = "cancelled" if end else "active"
    subscription = {"subscription_id": account, "account_id": account, "status": status, "started_at": start, "ended_at": end}
    item = {
        "item_id": account, "subscription_id": account, "product_id": "seat", "charge_type": "subscription", "interval_unit": "month",
        "interval_count": "1", "unit_amount": "100", "quantity": "1", "currency": currency, "valid_from": start,
    }  # fmt: skip
    return tuple(row | {name: more[name] for name in more if name in columns_of(table)} for table, row in {
        "subscriptions": subscription, "subscription_items": item
    }.items())  # fmt: skip


def columns_of(table: str) -> list[str]:
    """The columns of a table of the contract."""
    return TABLES[table].column_names


def rates(currency: str, *days: str, loaded_at: str | None = None) -> list[dict]:
    """A currency's rates on some days: 1.01, 1.02, ..."""
    return [
        {"rate_date": day, "from_currency": currency, "to_currency": "USD", "rate": f"1.{number:02}", "loaded_at": loaded_at}
        for number, day in enumerate(days, 1)
    ]


def load(warehouse: Warehouse, subscriptions: list[tuple[dict, dict]], exchange_rates: list[dict], **more: list[dict]) -> None:
    """Load a company; accounts come by themselves, all but those named test* are customers."""
    names = dict.fromkeys(row["account_id"] for row, _ in subscriptions)
    rows = {
        "accounts": [{"account_id": name, "created_at": "2020-01-01", "is_test": str(name.startswith("test"))} for name in names],
        "products": [{"product_id": "seat", "product_name": "Seat"}],
        "subscriptions": [row for row, _ in subscriptions],
        "subscription_items": [item for _, item in subscriptions],
        "exchange_rates": exchange_rates,
    } | more
    tables = {name: (columns_of(name), [{"billing_entity": "acme"} | row for row in rows.get(name, [])]) for name in TABLES}
    warehouse.load("raw", tables)


# --- nothing that is needed is missing -------------------------------------------------------------------------------

MONTH_ENDS = ("2024-01-31", "2024-02-29", "2024-03-31", "2024-04-30", "2024-05-31")


@pytest.fixture(scope="module")
def complete(tmp_path_factory) -> tuple[Warehouse, str]:
    """A company that lacks no rate it needs, built as of 10 June; and what dbt said."""
    warehouse = Warehouse(tmp_path_factory.mktemp("complete"))
    load(
        warehouse,
        [
            subscribed("dollars", "USD", "2024-01-10"),
            subscribed("month ends", "EUR", "2024-01-10"),
            subscribed("feed stopped", "GBP", "2024-01-10"),
            subscribed("left before the gap", "NOK", "2024-01-10", "2024-02-10"),
            subscribed("came after the gap", "NOK", "2024-05-05"),
            subscribed("left before the end", "SEK", "2024-01-10", "2024-02-10"),
            subscribed("pays nothing", "CHF", "2023-01-10", unit_amount="0"),
            subscribed("pays nothing yet", "CHF", "2024-05-10"),
            subscribed("new in June", "DKK", "2024-06-05"),
            subscribed("test", "CHF", "2023-01-10"),
            subscribed("never began", "CHF", "2023-01-10", status="incomplete"),
            subscribed("ended first", "CHF", "2024-02-10", "2024-02-10"),
            subscribed("ended by its cancellation", "HKD", "2024-01-10", status="cancelled", cancel_requested_at="2024-02-10"),
            subscribed("asked but not cancelled", "USD", "2024-01-10", cancel_requested_at="2024-02-10"),
            subscribed("pays after its trial", "PLN", "2024-01-10", trial_started_at="2024-01-10", trial_ended_at="2024-05-10"),
            subscribed("on trial", "HUF", "2024-01-10", status="trialing"),
            subscribed("pays for no service", "HUF", "2024-01-10", charge_type="setup_fee"),
        ],
        [
            *rates("EUR", *MONTH_ENDS),
            *rates("GBP", *MONTH_ENDS, "2024-06-01", "2024-06-02"),
            *rates("NOK", "2024-01-31", "2024-02-29", "2024-05-31"),
            *rates("SEK", "2024-01-31", "2024-02-29"),
            *rates("CHF", "2024-05-31"),
            *rates("DKK", "2024-04-30"),
            *rates("HKD", "2024-01-31", "2024-02-29"),
            *rates("PLN", "2024-05-31"),
            *rates("HUF", "2023-06-30"),
        ],
    )
    said = warehouse.dbt("build", *MODELS, native_data="source", as_of_date="2024-06-10")
    return warehouse, said


def mrr_of(warehouse: Warehouse) -> dict[str, dict[str, Decimal]]:
    """MRR by account and month, as far as there is any."""
    found: dict = {}
    for account, month, mrr in warehouse.query(
        """
        select account_id, strftime(month, '%Y-%m'), value
        from (
            select balances.account_id, rates.month, round(balances.closing_mrr * rates.rate, 4) as value
            from metrics_intermediate.int_mrr__balances as balances
            inner join metrics_intermediate.contract_month_rates as rates
                on balances.currency = rates.currency and rates.month >= month_from and rates.month < month_to
        )
        where value <> 0
        order by 1, 2
        """
    ):
        found.setdefault(account, {})[month] = mrr
    return found


def amounts(text: str) -> dict[str, Decimal]:
    """What is written as `2024-01: 101, 2024-02: 102`."""
    return {month: Decimal(amount) for month, amount in (part.split(": ") for part in text.split(", "))}


def test_every_account_is_there_in_all_of_its_months(complete):
    """Rates at month ends, a feed that has stopped, gaps in which nobody pays: the months that need a rate have theirs."""
    warehouse, _ = complete
    every_month = "2024-01: 101, 2024-02: 102, 2024-03: 103, 2024-04: 104, 2024-05: 105"
    assert mrr_of(warehouse) == {
        "dollars": dict.fromkeys(amounts(every_month) | {"2024-06": 0}, Decimal(100)),
        "month ends": amounts(f"{every_month}, 2024-06: 105"),
        "feed stopped": amounts(f"{every_month}, 2024-06: 107"),
        "left before the gap": amounts("2024-01: 101"),
        "came after the gap": amounts("2024-05: 103, 2024-06: 103"),
        "left before the end": amounts("2024-01: 101"),
        "pays nothing yet": amounts("2024-05: 101, 2024-06: 101"),
        "new in June": amounts("2024-06: 101"),
        "ended by its cancellation": amounts("2024-01: 101"),
        "asked but not cancelled": dict.fromkeys(amounts(f"{every_month}, 2024-06: 0"), Decimal(100)),
        "pays after its trial": amounts("2024-05: 101, 2024-06: 101"),
    }
    rejected = "select count(*) from metrics_intermediate.checked_subscription_items where rejection_reason is not null"
    assert warehouse.query(rejected) == [(0,)]


def test_totals_have_no_hole_where_a_currency_has_none(complete):
    """The company's total is that of its accounts, in months as well in which a currency that nobody pays in has no rate."""
    warehouse, _ = complete
    total: dict[str, Decimal] = {}
    for months in mrr_of(warehouse).values():
        for month, mrr in months.items():
            total[month] = total.get(month, Decimal(0)) + mrr
    assert dict(
        warehouse.query(
            "select strftime(month, '%Y-%m'), closing_mrr from metrics_intermediate.int_metrics__mrr where dimension = 'all' order by 1"
        )
    ) == total


def test_the_month_that_is_not_over_takes_an_old_rate_with_a_warning(complete):
    """One from before the month's beginning and the days before it that a rate may be old."""
    warehouse, said = complete
    assert gaps(warehouse) == [
        (
            "DKK has no exchange rate after 2024-04-30; 2024-06 is the current month and is valued at that one: see whether the rates still come",
            True, 1, 1, 0, 0, 100,
        )
    ]  # fmt: skip
    assert "[WARNING]: in test exchange_rates_are_fresh" in said


# --- rates that are missing ------------------------------------------------------------------------------------------


def gaps(warehouse: Warehouse) -> list[tuple]:
    """What the gaps say, with the rows in them."""
    return warehouse.query(
        """
        select message, is_tolerated, accounts, subscription_items, invoice_lines, costs, amount::int
        from metrics_intermediate.contract_rate_gaps order by message
        """
    )


@pytest.fixture(scope="module")
def lacking(tmp_path_factory) -> tuple[Warehouse, str]:
    """A company that lacks rates, as of 10 September; and what dbt said when it stopped."""
    warehouse = Warehouse(tmp_path_factory.mktemp("lacking"))
    every_month = [f"2024-{month:02}-28" for month in range(1, 9)]
    subscription, item = subscribed("cut", "DKK", "2023-05-10")
    load(
        warehouse,
        [
            subscribed("dollars", "USD", "2024-01-10"),
            subscribed("euros", "EUR", "2024-01-10"),
            subscribed("pounds", "GBP", "2024-01-10", "2024-05-10"),
            subscribed("more pounds", "GBP", "2024-04-10", "2024-05-10"),
            subscribed("crowns", "NOK", "2024-01-10", "2024-03-10"),
            subscribed("mid month", "SEK", "2024-03-10", "2024-04-30"),
            subscribed("signed", "PLN", "2024-05-10", "2024-05-20", signed_at="2024-03-10"),
            (subscription | {"billing_entity": "cut off"}, item | {"billing_entity": "cut off"}),
            subscribed("to come", "AUD", "2024-10-05"),
            subscribed("billed", "USD", "2024-01-10", "2024-01-20"),
        ],
        [
            *rates("EUR", *every_month[:-1], "2024-08-21"),
            *rates("GBP", "2024-01-31", "2024-02-29", "2024-05-31"),
            # It arrives on the day after the as-of date.
            *rates("GBP", "2024-03-31", loaded_at="2024-09-11"),
            *rates("NOK", "2024-03-31"),
            *rates("SEK", "2024-03-15", "2024-04-15"),
            *rates("PLN", "2024-05-31"),
            *rates("DKK", "2024-03-31", *every_month[3:]),
            *rates("AUD", "2024-10-01"),
            *rates("JPY", "2024-01-31", "2024-03-31"),
            *rates("CHF", "2024-03-31", "2024-05-31"),
        ],
        accounts=[
            {"account_id": name, "created_at": "2020-01-01"}
            for name in ("dollars", "euros", "pounds", "more pounds", "crowns", "mid month", "signed", "to come", "billed")
        ]
        + [{"account_id": "cut", "created_at": "2020-01-01", "billing_entity": "cut off"}],
        products=[{"product_id": "seat", "product_name": "Seat", "billing_entity": entity} for entity in ("acme", "cut off")],
        invoices=[
            {"invoice_id": "1", "account_id": "billed", "status": "paid", "issued_at": "2024-01-10", "currency": "JPY"},
            {"invoice_id": "2", "account_id": "billed", "status": "draft", "issued_at": "2024-02-10", "currency": "JPY"},
        ],
        invoice_lines=[
            {"invoice_line_id": number, "invoice_id": invoice, "account_id": "billed", "charge_type": "usage", "currency": "JPY"} | of_line
            for number, (invoice, of_line) in enumerate(
                [
                    ("1", {"amount": "30", "service_start": "2024-01-10", "service_end": "2024-04-01"}),
                    ("1", {"amount": "-8", "service_start": "2024-01-10", "service_end": "2024-02-02"}),
                    ("1", {"amount": "5", "service_start": "2024-01-10", "service_end": "2024-02-01"}),
                    ("1", {"amount": "0", "service_start": "2024-01-10", "service_end": "2024-04-01"}),
                    ("2", {"amount": "7"}),
                ]
            )
        ],
        acquisition_costs=[{"cost_date": "2024-04-30", "category": "sales", "amount": "11", "currency": "CHF"}],
        revenue_costs=[{"cost_date": "2024-04-01", "revenue_stream": "recurring", "amount": "22", "currency": "CHF"}],
    )
    with pytest.raises(AssertionError) as stopped:
        warehouse.dbt(
            "build", *MODELS, native_data="source", as_of_date="2024-09-10", history_starts={"cut off": "2024-03-01"},
        )  # fmt: skip
    return warehouse, str(stopped.value)


def test_a_missing_rate_stops_the_build_before_anything_is_valued(lacking):
    """By a test that fails; what values money is skipped."""
    warehouse, said = lacking
    assert "[ERROR]: in test exchange_rates_are_complete" in said
    built = {
        name
        for (name,) in warehouse.query(
            "select table_name from information_schema.tables where table_schema = 'metrics_intermediate'"
        )
    }
    assert "contract_rate_gaps" in built
    assert not {"int_mrr__balances", "int_metrics__mrr", "int_metrics__account_totals"} & built


def test_each_gap_says_which_rate_is_missing_and_for_what(lacking):
    """Currency, months, the rates on either side, what to do; and the accounts, rows and amounts that need it."""
    advice = "add it to exchange_rates"
    warehouse, _ = lacking
    assert gaps(warehouse) == [
        ("AUD has no exchange rate before 2024-10-01; 2024-09 needs one of 2024-09-04 to 2024-09-10: " + advice, False, 1, 1, 0, 0, 100),
        (
            f"CHF has no exchange rate between 2024-03-31 and 2024-05-31; 2024-04 needs one of 2024-04-24 to 2024-04-30: {advice}, "
            "or raise exchange_rate_max_age_days to 31",
            False, 0, 0, 0, 2, 33,
        ),
        ("DKK has no exchange rate before 2024-03-31; 2024-02 needs one of 2024-02-23 to 2024-02-29: " + advice, False, 1, 1, 0, 0, 100),
        (
            f"EUR has no exchange rate after 2024-08-21; 2024-08 needs one of 2024-08-25 to 2024-08-31: {advice}, "
            "or raise exchange_rate_max_age_days to 11",
            False, 1, 1, 0, 0, 100,
        ),
        (
            "EUR has no exchange rate after 2024-08-21; 2024-09 is the current month and is valued at that one: see whether the rates still come",
            True, 1, 1, 0, 0, 100,
        ),
        (
            "GBP has no exchange rate between 2024-02-29 and 2024-05-31; 2024-03 to 2024-04 need one of the last 7 days of each month: "
            "add them to exchange_rates",
            False, 2, 2, 0, 0, 200,
        ),
        (
            f"JPY has no exchange rate between 2024-01-31 and 2024-03-31; 2024-02 needs one of 2024-02-23 to 2024-02-29: {advice}, "
            "or raise exchange_rate_max_age_days to 30",
            False, 1, 0, 2, 0, 38,
        ),
        (
            "NOK has no exchange rate before 2024-03-31; 2024-01 to 2024-02 need one of the last 7 days of each month: add them to "
            "exchange_rates",
            False, 1, 1, 0, 0, 100,
        ),
        (
            "PLN has no exchange rate before 2024-05-31; 2024-03 to 2024-04 need one of the last 7 days of each month: add them to "
            "exchange_rates",
            False, 1, 1, 0, 0, 100,
        ),
        (
            f"SEK has no exchange rate after 2024-04-15; 2024-04 needs one of 2024-04-24 to 2024-04-30: {advice}, "
            "or raise exchange_rate_max_age_days to 16",
            False, 1, 1, 0, 0, 100,
        ),
        (
            f"SEK has no exchange rate between 2024-03-15 and 2024-04-15; 2024-03 needs one of 2024-03-25 to 2024-03-31: {advice}, "
            "or raise exchange_rate_max_age_days to 17",
            False, 1, 1, 0, 0, 100,
        ),
    ]  # fmt: skip


def test_the_age_that_the_message_asks_for_is_enough(lacking):
    """Of EUR's rate of 21 August, 11 days before September; 10 aren't."""
    warehouse, _ = lacking
    for days, is_enough in ((10, False), (11, True)):
        warehouse.dbt(
            "run", "--select", "int_calendar__months", "contract_last_rates", "contract_rate_gaps", native_data="source",
            as_of_date="2024-09-10", exchange_rate_max_age_days=days,
        )  # fmt: skip
        found = "select first_month, last_month from metrics_intermediate.contract_rate_gaps where currency = 'EUR'"
        months = set(warehouse.query(found))
        # August's rate is as old on the first of September.
        assert months == (set() if is_enough else {(date(2024, 8, 1),) * 2, (date(2024, 9, 1),) * 2})
