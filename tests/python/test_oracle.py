"""The warehouse agrees with the oracle on every row of monthly_metrics, to the last stored digit.

`make test` draws 200 companies into two builds, of which one has groups, mergers and segments of the companies' own;
`make test-deep` thousands, in builds of other as-of dates, time zones and policies. A company that differs is made as small as it gets and printed as a scenario file.
"""

import os
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
import yaml
from scenarios import Scenario

from oracle import companies, shrink, warehouse
from oracle.company import AS_OF, Company, Figure, add_months, amount, is_provisional, named, ratio, rounded, stored
from oracle.revenue import GENERATIONS, after, book_of
from oracle.warehouse import Difference

COMPANIES = int(os.environ.get("ORACLE_COMPANIES", "200"))
BUILDS = int(os.environ.get("ORACLE_BUILDS", "1"))
FIRST = int(os.environ.get("ORACLE_FIRST", "0"))
# One company in so many is built with its group.
GROUPED = 8
CUSTOM = ("tier", "channel")
# What the builds of a deep test have, one after the other.
SETTINGS = (
    (AS_OF, "UTC", ("standard",)),
    (date(2025, 2, 28), "Pacific/Auckland", ("standard",)),
    (date(2024, 12, 31), "America/New_York", ("standard", "stripe")),
    (AS_OF, "Asia/Kolkata", ("standard",)),
)
SHOWN = 5


@pytest.mark.parametrize("number", range(FIRST, FIRST + BUILDS))
def test_the_warehouse_agrees_with_the_oracle(number: int, tmp_path: Path):
    """Every row of the metrics and dimensions that the oracle knows, and no other row of them."""
    drawn_by = companies.draw_companies(COMPANIES - COMPANIES // GROUPED, number)
    check([Company("drawn", tables, *SETTINGS[number % len(SETTINGS)]) for tables in drawn_by], tmp_path)


@pytest.mark.parametrize("number", range(FIRST, FIRST + BUILDS))
def test_the_warehouse_agrees_with_the_oracle_on_groups(number: int, tmp_path: Path):
    """Under a policy that counts groups beside one that doesn't, and by segments of the companies' own."""
    as_of_date, time_zone, _ = SETTINGS[number % len(SETTINGS)]
    both = ("standard", "standard_by_parent")
    drawn_by = companies.draw_companies(COMPANIES // GROUPED, number, with_groups=True)
    check([Company("drawn", tables, as_of_date, time_zone, both, CUSTOM) for tables in drawn_by], tmp_path)


def check(drawn: list[Company], tmp_path: Path) -> None:
    """Fail with what differs."""
    built = [named(company, f"company{index}") for index, company in enumerate(drawn)]
    found = warehouse.differences(built, warehouse.build(built, tmp_path / "all"))
    if found:
        pytest.fail(report(drawn, built, found, tmp_path), pytrace=False)


def report(drawn: list[Company], built: list[Company], found: list[Difference], place: Path) -> str:
    """What differs; of the company that is smallest, a scenario that shows it."""
    of_entities = warehouse.by_entity(found, built)
    lines = [f"{len(found)} rows differ, of {sum(entity is not None for entity in of_entities)} of {len(built)} companies."]
    owned = [index for index, company in enumerate(built) if company.entity in of_entities]
    if not owned:
        return "\n".join([*lines, "All of them are of segments that companies share:", *map(str, found[:SHOWN])])
    first = min(owned, key=lambda index: shrink.size(drawn[index].tables))
    lines += map(str, of_entities[built[first].entity][:SHOWN])
    if os.environ.get("ORACLE_SHRINK", "1") == "1":
        small = shrink.shrink(drawn[first], place / "shrink")
        alone = named(small, "small")
        last = shrink.compared([alone], place / "last").get("small", [])
        lines += ["", "The smallest company found that differs, with what the oracle says of it:", *map(str, last[:SHOWN])]
        lines += ["", shrink.scenario(small, f"oracle {first}", last)]
    return "\n".join(lines)


# --- the framework ---------------------------------------------------------------------------------------------------


def test_the_same_number_draws_the_same_companies_and_another_one_others():
    """A failure can be repeated, and 200 companies aren't one company 200 times."""
    first = companies.draw_companies(30)
    assert first == companies.draw_companies(30)
    assert first != companies.draw_companies(30, 1)
    assert len({repr(one["subscription_items"]) for one in first}) > 25


def test_what_is_drawn_has_everything_in_it():
    """What the companies are drawn for is there in a build's worth of them."""
    drawn = companies.draw_companies(200)
    terms = [row for one in drawn for row in one["subscription_items"]]
    assert {row["interval_unit"] for row in terms} == {"day", "week", "month", "quarter", "year"}
    assert {row["currency"] for row in terms} == {"USD", "EUR", "GBP"}
    assert any(row["unit_amount"] < 0 for row in terms) and any(row["unit_amount"] == 0 for row in terms)
    assert any((row["valid_from"].month, row["valid_from"].day) == (2, 29) for row in terms)
    assert any(row["valid_from"].tzinfo for row in terms)
    assert any(row.get("trial_started_at") for one in drawn for row in one["subscriptions"])
    assert {row["duration"] for one in drawn for row in one["discounts"]} == {"once", "repeating", "forever", None}
    assert any(row["is_credit"] for one in drawn for row in one["invoice_lines"])


def test_statuses_that_are_drawn_contradict_their_dates_in_every_way():
    """Each with and without its dates, and several rows of a day of which one takes no time."""
    drawn = companies.draw_companies(200)
    subscriptions = [row for one in drawn for row in one["subscriptions"]]
    assert {row["status"] for row in subscriptions} == {"incomplete", "trialing", "active", "past_due", "paused", "unpaid", "cancelled"}
    trials = [row for row in subscriptions if row["status"] == "trialing"]
    assert {bool(row.get("trial_ended_at")) for row in trials} == {bool(row.get("trial_started_at")) for row in trials} == {True, False}
    cancelled = [row for row in subscriptions if row["status"] == "cancelled"]
    assert {(bool(row.get("ended_at")), bool(row.get("cancel_requested_at"))) for row in cancelled} == {
        (True, True), (True, False), (False, True), (False, False),
    }  # fmt: skip
    assert {bool(row.get("ended_at")) for row in subscriptions if row["status"] == "paused"} == {True, False}
    pauses = [{row["subscription_id"] for row in one["subscription_pauses"]} for one in drawn]
    paused = [(row["subscription_id"], ids) for one, ids in zip(drawn, pauses) for row in one["subscriptions"] if row["status"] == "paused"]
    assert {name in ids for name, ids in paused} == {True, False}
    for table, start, end in (("subscription_items", "valid_from", "valid_to"), ("discounts", "valid_from", "valid_to")):
        keys = [[row.get("item_id"), row.get("discount_id"), row[start]] for one in drawn for row in one[table] if row[start] == row[end]]
        assert len(keys) > 10, table


def test_groups_that_are_drawn_have_everything_in_them():
    """What they are drawn for is there in a build's worth of them."""
    drawn = companies.draw_companies(50, with_groups=True)
    books = [book_of(Company("drawn", tables), "standard_by_parent") for tables in drawn]
    assert any(len(book.members(customer)) > 2 for book in books for customer in book.accounts)
    parents = [{row["account_id"]: row.get("parent_account_id") for row in one["accounts"]} for one in drawn]
    assert any(parent == "unheard of" for of_company in parents for parent in of_company.values())
    assert any(of_company.get(parent) == name for of_company in parents for name, parent in of_company.items())
    assert any(len(of_company) > GENERATIONS + 1 and "g5" in of_company for of_company in parents)
    assert sum("merged" in row["subscription_id"] for one in drawn for row in one["subscriptions"]) >= 5
    assert {row["segment_name"] for one in drawn for row in one["account_segments"]} == {"tier", "channel", "unused"}
    seats = [row["quantity"] for one in drawn for row in one["subscription_items"] if row["charge_type"] == "seat"]
    assert 0 in seats and 3 in seats


@pytest.mark.parametrize(
    ("exact", "decimals", "expected"),
    [("4.16875", 4, "4.1688"), ("-4.16875", 4, "-4.1688"), ("1/3", 6, "0.333333"), ("-2/3", 2, "-0.67"), ("0.5", 0, "1")],
)
def test_rounding_is_half_away_from_zero(exact, decimals, expected):
    """Once, and in whole numbers."""
    assert rounded(Fraction(exact), decimals) == Fraction(expected)


def test_what_is_stored_of_a_figure():
    """The value is that of the stored numerator and denominator; without a denominator there is none."""
    third = Fraction(1, 3)
    assert stored(ratio(third, 3, False, 3)) == (Fraction("0.333333"), 3, Fraction("0.111111"), 3, True, False)
    assert stored(ratio(1, 0, False, 30))[2:] == (None, 30, False, False)
    assert stored(amount(third, True)) == (Fraction("0.333333"), None, Fraction("0.333333"), None, False, True)
    assert warehouse.pooled([ratio(1, 2, False, 2), ratio(1, 4, False, 4)]) == Figure(Fraction(2), Fraction(6), third, 6, False)


def test_months():
    """A month is over at the end of its last day; a period ends on the month's last day where it hasn't got the day."""
    assert is_provisional(date(2025, 3, 1), date(2025, 3, 30)) and not is_provisional(date(2025, 3, 1), date(2025, 3, 31))
    assert add_months(date(2024, 1, 1), -1) == date(2023, 12, 1)
    assert after(datetime(2024, 1, 31, 12), "month", 1) == datetime(2024, 2, 29, 12)
    assert after(datetime(2024, 2, 29), "year", 1) == datetime(2025, 2, 28)
    assert after(datetime(2024, 1, 31), "week", 2) == datetime(2024, 2, 14)


def test_a_company_that_differs_is_made_small(tmp_path):
    """With a warehouse that is wrong wherever somebody pays 10 under a discount, nothing else is left."""
    tables = max(companies.draw_companies(40), key=shrink.size)
    tables["subscription_items"][0]["unit_amount"] = Decimal("10")
    item = tables["subscription_items"][0]["item_id"]
    tables["discounts"] = [{"discount_id": "d", "item_id": item, "percent_off": Decimal(5), "valid_from": datetime(2024, 1, 1)}]

    def differ(built: list[Company], place: Path) -> dict:
        return {one.entity: [True] for one in built if any(row["unit_amount"] == 10 for row in one.rows("subscription_items")) and one.rows("discounts")}

    small = shrink.shrink(Company("drawn", tables), tmp_path, differ)
    assert {table: len(rows) for table, rows in small.tables.items() if rows and table != "exchange_rates"} == {
        "products": 1, "accounts": 1, "subscriptions": 1, "subscription_items": 1, "discounts": 1,
    }  # fmt: skip
    assert "trial_ended_at" not in small.tables["subscriptions"][0]
    document = yaml.safe_load(shrink.scenario(small, "small", []))
    Scenario("found", "small", "{}", {"given": document["scenarios"]["small"]["given"]}).given
