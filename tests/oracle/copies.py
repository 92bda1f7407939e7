"""The same company written down otherwise, or changed in a way whose effect is known."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal

from oracle.company import AS_OF, Row, Tables, add_months, in_utc, month_of

MONEY = ("unit_amount", "amount_off", "amount", "tax_amount")
IDS = {"account_id", "subscription_id", "item_id", "product_id", "discount_id", "invoice_id", "invoice_line_id", "user_id", "cost_id"}
BEFORE_ALL = date(2021, 12, 31)
FACTOR = 1000
LARGEST = Decimal(10) ** 12  # what a price x quantity stays below (D96)
SHIFT = 12  # months; a year, so that months keep their lengths but for a February


def each_row(tables: Tables, change: Callable[[str, Row], Row]) -> Tables:
    """The tables with every row changed."""
    return {table: [change(table, row) for row in rows] for table, rows in tables.items()}


def backwards(tables: Tables) -> Tables:
    """All rows in the opposite order."""
    return {table: rows[::-1] for table, rows in tables.items()}


def delivered_twice(tables: Tables) -> Tables:
    """Every row comes a second time; a cost without an id would be another one."""
    return {table: [*rows, *(row for row in rows if row.get("cost_id", "has another key"))] for table, rows in tables.items()}


def with_new_ids(tables: Tables) -> Tables:
    """Other ids in the same order, since ties go by it."""
    return each_row(tables, lambda _, row: {name: f"x{value}" if name in IDS and value else value for name, value in row.items()})


def split(tables: Tables) -> Tables:
    """Terms, pauses and discounts written down as two that touch."""
    halves = {
        "subscription_items": lambda row: in_two(row, "valid_from", "valid_to"),
        "subscription_pauses": lambda row: in_two(row, "paused_at", "resumed_at"),
        "discounts": lambda row: [row] if row["duration"] == "once" else with_own_ids(in_two(row, "valid_from", "valid_to")),
    }
    return tables | {table: [half for row in tables[table] for half in cut(row)] for table, cut in halves.items()}


def with_own_ids(halves: list[Row]) -> list[Row]:
    """A discount's key is its id alone."""
    return [row | {"discount_id": f"{row['discount_id']}.{number}"} for number, row in enumerate(halves)]


def in_two(row: Row, start: str, end: str) -> list[Row]:
    """The row until twenty days after its start, and from then on; itself where it doesn't last so long."""
    middle = row[start] + timedelta(days=20)
    if row[end] is not None and in_utc(row[end]) <= in_utc(middle):
        return [row]
    return [row | {end: middle}, row | {start: middle}]


def without_overlaps(tables: Tables) -> Tables:
    """Terms that begin before an earlier one of the item ends are left out: splitting them would change which is rejected."""
    kept: list[Row] = []
    for row in sorted(tables["subscription_items"], key=lambda row: in_utc(row["valid_from"])):
        earlier = [other for other in kept if other["item_id"] == row["item_id"]]
        if all(other["valid_to"] is not None and in_utc(other["valid_to"]) <= in_utc(row["valid_from"]) for other in earlier):
            kept.append(row)
    items = {row["item_id"] for row in kept}
    discounts = [row for row in tables["discounts"] if row.get("item_id") is None or row["item_id"] in items]
    return tables | {"subscription_items": kept, "discounts": discounts}


def times(tables: Tables) -> Tables:
    """Every amount so many times as high."""
    return each_row(tables, lambda _, row: {name: value * FACTOR if name in MONEY and value else value for name, value in row.items()})


def without_cents(tables: Tables) -> Tables:
    """Amounts that are rounded to nothing per month would be there once they are a thousand times as high.

    Items that would then be larger than the contract takes have a smaller quantity.
    """

    def enough(name: str, value: object) -> object:
        is_small = name in MONEY and isinstance(value, Decimal) and abs(value) < 1
        return value * 0 if is_small else value

    def changed(table: str, row: Row) -> Row:
        is_too_large = table == "subscription_items" and abs(row["unit_amount"] * row["quantity"]) * FACTOR >= LARGEST
        return {name: enough(name, value) for name, value in row.items()} | ({"quantity": Decimal(10)} if is_too_large else {})

    return each_row(tables, changed)


def beside_another(tables: Tables) -> Tables:
    """With an account more that shares no country, region, plan or product with the others."""
    began = datetime(2024, 1, 10)
    more = {
        "accounts": {"account_id": "other", "created_at": began, "country": "XX", "region": "Beside"},
        "products": {"product_id": "other", "product_name": "Other"},
        "subscriptions": {"subscription_id": "other", "account_id": "other", "status": "active", "started_at": began},
        "subscription_items": {
            "item_id": "other", "subscription_id": "other", "product_id": "other", "plan_id": "other", "charge_type": "subscription",
            "interval_unit": "month", "interval_count": 1, "unit_amount": Decimal(500), "quantity": Decimal(1), "currency": "USD",
            "valid_from": began,
        },
        "users": {"user_id": "other", "account_id": "other", "activated_at": began},
    }  # fmt: skip
    return tables | {table: [*tables[table], row] for table, row in more.items()}


def in_the_past(tables: Tables) -> Tables:
    """All of it half a year earlier, so that nothing is to come, and on no day that a month may not have; rates are there before it."""
    rates = sorted(tables["exchange_rates"], key=lambda row: row["rate_date"], reverse=True)
    first = [row | {"rate_date": BEFORE_ALL} for row in {row["from_currency"]: row for row in rates}.values()]
    return each_row(without_rates(tables), lambda _, row: moved(row | once_is_over(row), -6)) | {"exchange_rates": [*first, *tables["exchange_rates"]]}


def once_is_over(row: Row) -> Row:
    """A discount of one period of days would end in another month, a leap day earlier or later."""
    return {"duration": None} if row.get("duration") == "once" else {}


def a_year_earlier(tables: Tables) -> Tables:
    """The company of `in_the_past` once more, so many months earlier; rates as well, as far as they go."""
    rates = tables["exchange_rates"]
    earlier = [row | {"rate_date": as_far_from_the_end(row["rate_date"], -SHIFT)} for row in rates]
    last = max((row["rate_date"] for row in earlier), default=AS_OF)
    after = [row for row in rates if month_of(row["rate_date"]) > month_of(last)]
    return each_row(without_rates(tables), lambda _, row: moved(row, -SHIFT)) | {"exchange_rates": [*earlier, *after]}


def without_rates(tables: Tables) -> Tables:
    """All but the exchange rates."""
    return {table: rows for table, rows in tables.items() if table != "exchange_rates"}


def as_far_from_the_end(day: date, months: int) -> date:
    """A day moved by whole months, as many days before its month's end as it was: a rate holds for seven."""
    return add_months(month_of(day), months + 1) - (add_months(month_of(day), 1) - day)


def moved(row: Row, months: int) -> Row:
    """The row with all of its days moved by whole months, to the 28th at most."""

    def move(value: object) -> object:
        if not isinstance(value, date):
            return value
        month = add_months(month_of(value), months)
        return value.replace(year=month.year, month=month.month, day=min(value.day, 28))

    return {name: move(value) for name, value in row.items()}
