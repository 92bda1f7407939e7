"""Rows of accounts, subscriptions, discounts, invoices, users and rates that Hypothesis draws.

Small companies in which as much as possible goes wrong at once: instants at the edges of months and on 29 February,
terms that touch, overlap or leave gaps, pauses inside of trials, discounts that outlast items, several currencies.
Statuses that the dates contradict, or that need a date which is missing, and terms that take no time, several on a day.
What the contract rejects is drawn only where the oracle knows the rule (overlapping terms, a status that needs a date):
everything else that is rejected has tests of its own.
"""

from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from random import Random

from hypothesis import strategies as st

from oracle.company import AS_OF, Row, Tables, add_months, month_of, months_between

FIRST_MONTH = date(2023, 9, 1)
MONTHS = 20  # from September 2023 to April 2025, which is after the as-of date
CURRENCIES = ("USD", "USD", "EUR", "GBP")
PLANS = ("basic", "pro", None)
CODES = ("subscription", "subscription", "Subscription", "recurring", "seat", "Add-On", "committed_minimum", "usage", "setup_fee", "credit_adjustment", "mystery")
CLASSES = (None, None, None, "subscription", "services", "recurring_add_on", "no such class")
UNITS = ("month", "month", "month", "year", "quarter", "week", "day")
PRICES = tuple(Decimal(text) for text in ("100", "10", "1200", "99.99", "33.3333", "0", "0.01", "100.05", "2499.95", "20000", "-20"))
# What is sold by the million costs far less than a cent, and is billed with more decimals than a cent has.
LONG_PRICES = tuple(Decimal(text) for text in ("0.0000025", "0.00000000012345", "19.99999999999999", "-0.0000005", "0.00004999995"))
LONG_AMOUNTS = tuple(Decimal(text) for text in ("100.123457", "0.00004", "-7.654345", "0.000151"))
QUANTITIES = tuple(Decimal(text) for text in ("1", "1", "2", "10", "0", "2.5", "0.333333", "10000000", "4000000.4"))
TIMES = ((0, 0, 0, 0), (0, 0, 0, 1), (12, 0, 0, 0), (23, 59, 59, 999999))
OPEN_STATUSES = ("active", "active", "active", "past_due", "unpaid", "incomplete", "trialing", "trialing", "paused", "paused", "cancelled", "cancelled")
ENDED_STATUSES = ("cancelled", "cancelled", "cancelled", "cancelled", "active", "unpaid", "trialing", "paused", "incomplete")
OFFSETS = (None, None, None, timezone.utc, timezone(timedelta(hours=13)), timezone(-timedelta(hours=9, minutes=30)))


@st.composite
def instants(draw, first: int = 0, last: int = MONTHS - 1) -> datetime:
    """An instant, most often at the edge of a month."""
    month = add_months(FIRST_MONTH, draw(st.integers(first, last)))
    length = (add_months(month, 1) - month).days
    day = draw(st.sampled_from((1, 1, 15, length, length, min(29, length), 10)))
    at = datetime(month.year, month.month, day, *draw(st.sampled_from(TIMES)))
    return at.replace(tzinfo=draw(st.sampled_from(OFFSETS)))


def before(instant: datetime) -> st.SearchStrategy:
    """An instant some time before another one, or any at all."""
    return st.one_of(st.sampled_from((1, 31, 62, 200)).map(lambda days: instant - timedelta(days=days)), instants())


def ordered(*found: datetime | None) -> list[datetime | None]:
    """Instants in their order; what is empty comes last. Those without an offset are taken to be in UTC."""
    known = [one for one in found if one is not None]
    known.sort(key=lambda one: one if one.tzinfo else one.replace(tzinfo=timezone.utc))
    return known + [None] * (len(found) - len(known))


def maybe(values: st.SearchStrategy) -> st.SearchStrategy:
    """A value, or nothing."""
    return st.one_of(st.none(), values)


def add(draw, tables: Tables) -> None:
    """Put the rows of a company's billing into its tables."""
    tables["products"] = [
        {"product_id": f"p{number}", "product_name": f"Product {number % 2}", "charge_class": draw(st.sampled_from(CLASSES))}
        for number in range(draw(st.integers(1, 3)))
    ]
    tables["accounts"] = [account(draw, number) for number in range(draw(st.integers(1, 4)))]
    for name in ("subscriptions", "subscription_items", "subscription_pauses", "discounts", "invoices", "invoice_lines", "users"):
        tables[name] = []
    left = 6
    for number in range(draw(st.integers(1, 4))):
        left -= add_subscription(draw, tables, number, left)
        if not left:
            break
    one_currency_where_one_is_negative(tables)
    for number in range(draw(st.sampled_from((0, 1, 2, 3, 5)))):
        add_discount(draw, tables, number)
    for number in range(draw(st.integers(0, 3))):
        add_invoice(draw, tables, number)
    for number in range(draw(st.integers(0, 4))):
        began, ended = ordered(draw(instants()), draw(maybe(instants())))
        tables["users"].append(
            {"user_id": f"u{number}", "account_id": any_id(draw, tables, "accounts"), "activated_at": began, "deactivated_at": ended}
        )
    tables["exchange_rates"] = rates(draw, tables)


def one_currency_where_one_is_negative(tables: Tables) -> None:
    """With amounts of both signs in several currencies, whether an account pays could turn with a rate alone (D70)."""
    accounts = {row["subscription_id"]: row["account_id"] for row in tables["subscriptions"]}
    for account_id in {row["account_id"] for row in tables["accounts"]}:
        items = [row for row in tables["subscription_items"] if accounts[row["subscription_id"]] == account_id]
        if any(row["unit_amount"] < 0 for row in items):
            for row in items:
                row["currency"] = items[0]["currency"]


def any_id(draw, tables: Tables, table: str) -> str:
    """The id of one of the table's rows."""
    return draw(st.sampled_from([row[f"{table[:-1]}_id"] for row in tables[table]]))


def account(draw, number: int) -> Row:
    """An account, sometimes the company's own test account."""
    return {
        "account_id": f"a{number}",
        "created_at": datetime(2020, 1, 1),
        "country": draw(st.sampled_from(("DE", "US", None))),
        "region": draw(st.sampled_from(("North", None))),
        "employee_count": draw(st.sampled_from((None, 0, 1, 9, 10, 5000, "51-200", -3))),
        "currency": draw(st.sampled_from((None, "EUR", "USD"))),
        "is_test": draw(st.sampled_from((None, False, False, False, True))),
        "is_deleted": draw(st.sampled_from((None, True))),
    }


def add_subscription(draw, tables: Tables, number: int, left: int) -> int:
    """A subscription with items and pauses; how many terms it took."""
    name = f"s{number}"
    began, ended = ordered(draw(instants()), draw(maybe(instants())))
    status = draw(st.sampled_from(OPEN_STATUSES if ended is None else ENDED_STATUSES))
    row = {"subscription_id": name, "account_id": any_id(draw, tables, "accounts"), "status": status, "started_at": began, "ended_at": ended}
    if draw(st.integers(0, 2)) == 0:
        row["trial_started_at"], row["trial_ended_at"] = ordered(draw(st.sampled_from((began, draw(instants())))), draw(maybe(instants())))
    if draw(st.integers(0, 2)) == 0:
        row["cancel_requested_at"] = draw(before(ended)) if ended else draw(instants())
    if draw(st.integers(0, 2)) == 0:
        row["signed_at"] = draw(before(began))
    tables["subscriptions"].append(row)
    for paused in sorted({draw(instants()) for _ in range(draw(st.sampled_from((0, 0, 1, 2))))}, key=str):
        began_at, ended_at = ordered(paused, draw(maybe(instants())))
        pause = {"subscription_id": name, "paused_at": began_at, "resumed_at": ended_at}
        if not any(same_instant(other["paused_at"], began_at) for other in tables["subscription_pauses"] if other["subscription_id"] == name):
            tables["subscription_pauses"] += with_one_of_no_time(draw, pause, "paused_at", "resumed_at", {})
    took = 0
    for index in range(draw(st.integers(1, 2))):
        took += add_terms(draw, tables, row, f"{name}{'Ba'[index]}", min(3, left - took))
    return took


def same_instant(one: datetime, other: datetime) -> bool:
    """Whether two instants could be the same key in any zone."""
    return abs(one.replace(tzinfo=None) - other.replace(tzinfo=None)) < timedelta(days=2)


def add_terms(draw, tables: Tables, subscription: Row, item_id: str, most: int) -> int:
    """The terms of one item: they touch, or overlap, or leave a gap; how many there are."""
    if most < 1:
        return 0
    began, ended = subscription["started_at"], subscription["ended_at"]
    edges = ordered(*[draw(instants()) for _ in range(draw(st.integers(0, most - 1)))])
    starts = ordered(draw(st.sampled_from((began, began, began, draw(instants())))), *edges)
    starts = [one for index, one in enumerate(starts) if not any(same_instant(one, other) for other in starts[:index])]
    fixed = {"product_id": any_id(draw, tables, "products"), "currency": draw(st.sampled_from(CURRENCIES)), "charge_type": draw(st.sampled_from(CODES))}
    for index, start in enumerate(starts):
        following = starts[index + 1] if index + 1 < len(starts) else draw(st.sampled_from((None, ended)))
        end = draw(st.sampled_from((following, following, following, draw(maybe(instants())))))
        if end is not None:
            start, end = ordered(start, end)
        fixed |= {"product_id": any_id(draw, tables, "products")} if draw(st.integers(0, 3)) == 0 else {}
        fixed |= {"currency": draw(st.sampled_from(CURRENCIES))} if draw(st.integers(0, 5)) == 0 else {}
        row = {"item_id": item_id, "subscription_id": subscription["subscription_id"]} | fixed
        row |= {
            "plan_id": draw(st.sampled_from(PLANS)),
            "interval_unit": draw(st.sampled_from(UNITS)),
            "interval_count": draw(st.sampled_from((1, 1, 1, 2, 3, 7))),
            "unit_amount": draw(st.sampled_from(PRICES + LONG_PRICES)),
            "quantity": draw(st.sampled_from(QUANTITIES)),
            "valid_from": start,
            "valid_to": end,
        }
        tables["subscription_items"] += with_one_of_no_time(draw, row, "valid_from", "valid_to", {"quantity": Decimal("12")})
    return len(starts)


def with_one_of_no_time(draw, row: Row, start: str, end: str, other: Row) -> list[Row]:
    """The row, and seldom one that was in force for no time before it, as two changes on one day leave it."""
    return [row | other | {end: row[start]}, row] if draw(st.integers(0, 7)) == 0 else [row]


def add_discount(draw, tables: Tables, number: int) -> None:
    """A discount on a subscription or an item, which may end long before or after it."""
    items = tables["subscription_items"]
    item = draw(st.sampled_from(items))
    began, ended = ordered(draw(st.sampled_from((item["valid_from"], draw(instants())))), draw(maybe(instants())))
    duration = draw(st.sampled_from(("once", "forever", "repeating" if ended else "once", None)))
    on = draw(st.sampled_from(("item_id", "subscription_id")))
    row = {"discount_id": f"d{number}", on: item[on], "duration": duration, "valid_from": began, "valid_to": ended}
    if draw(st.booleans()):
        row["percent_off"] = draw(st.sampled_from([Decimal(text) for text in ("10", "33.333333", "50", "100", "0", "12.5")]))
    else:
        row["amount_off"] = draw(st.sampled_from([Decimal(text) for text in ("10", "0.01", "33.34", "5000")]))
        row["currency"] = item["currency"]
    tables["discounts"] += with_one_of_no_time(draw, row, "valid_from", "valid_to", {})


def add_invoice(draw, tables: Tables, number: int) -> None:
    """An invoice with lines that span months, credit, prorate, or have no period."""
    issued, currency = draw(instants()), draw(st.sampled_from(CURRENCIES))
    invoice = {"invoice_id": f"i{number}", "account_id": any_id(draw, tables, "accounts"), "issued_at": issued, "currency": currency}
    invoice["status"] = draw(st.sampled_from(("paid", "paid", "open", "uncollectible", "draft", "void")))
    tables["invoices"].append(invoice)
    for index in range(draw(st.integers(1, 3))):
        began, ended = ordered(draw(instants()), draw(instants())) if draw(st.integers(0, 3)) else (draw(maybe(instants())), None)
        tables["invoice_lines"].append(
            {
                "invoice_line_id": f"l{number}.{index}",
                "invoice_id": invoice["invoice_id"],
                "account_id": invoice["account_id"],
                "product_id": draw(st.sampled_from([None, "unknown", *(row["product_id"] for row in tables["products"])])),
                "charge_type": draw(st.sampled_from(CODES)),
                "amount": draw(st.sampled_from(PRICES + LONG_AMOUNTS + (Decimal("-99.99"), Decimal("0.0001"), Decimal("1234.5679")))),
                "tax_amount": draw(st.sampled_from((None, Decimal("19")))),
                "currency": currency,
                "service_start": began,
                "service_end": ended,
                "is_proration": draw(st.sampled_from((None, False, True))),
                "is_credit": draw(st.sampled_from((None, False, False, True))),
            }
        )


def rates(draw, tables: Tables) -> list[Row]:
    """Rates of every currency that occurs: early in each month, in its last seven days, and just before the as-of date.

    Of some currencies they begin when the first row needs one, come at month ends only, or leave months out. They follow from
    one drawn number, since hundreds of draws would be slow.
    """
    used = {row.get("currency") for name in ("subscription_items", "invoices", "discounts") for row in tables[name]}
    chance = Random(draw(st.integers(0, 2**32)))
    found = []
    for currency in sorted(used - {"USD", None}):
        decimals = chance.choice((8, 8, 16))
        level, days = Decimal(chance.choice(("1.1", "0.9", "1.25"))), {AS_OF - timedelta(days=chance.choice((0, 3, 6)))}
        for month in months_between(add_months(FIRST_MONTH, -9), add_months(FIRST_MONTH, MONTHS + 1)):
            days |= {add_months(month, 1) - timedelta(days=chance.choice((1, 1, 3, 7))), month + timedelta(days=2)}
        for day in sorted(kept_days(chance, days, first_use(tables, currency))):
            level += Decimal(chance.randint(-3 * 10 ** (decimals - 6), 3 * 10 ** (decimals - 6))).scaleb(-decimals)
            level += chance.choice((Decimal(0), Decimal("0.01"), Decimal("-0.02")))
            level = max(level, Decimal("0.05"))
            found.append({"rate_date": day, "from_currency": currency, "to_currency": "USD", "rate": level})
    return found


def kept_days(chance: Random, days: set[date], needed_from: date) -> set[date]:
    """The days of a currency's rates: all of them, or those of a feed with gaps."""
    kind = chance.choice(("whole", "whole", "late", "month ends", "gaps"))
    if kind == "late":
        return {day for day in days if day >= needed_from}
    if kind == "month ends":
        return {day for day in days if day.day > 20}
    if kind == "gaps":
        left_out = {month for month in months_between(needed_from, add_months(FIRST_MONTH, MONTHS)) if chance.random() < 0.4}
        return {day for day in days if month_of(day) not in left_out - {needed_from}}
    return days


def first_use(tables: Tables, currency: str) -> date:
    """The month of the first day that a row in the currency names, whatever the time zone."""
    ids = {row["subscription_id"] for row in tables["subscription_items"] if row["currency"] == currency}
    rows = [row for row in tables["subscriptions"] if row["subscription_id"] in ids]
    rows += [row for name in ("subscription_items", "invoices", "invoice_lines") for row in tables[name] if row["currency"] == currency]
    columns = ("valid_from", "started_at", "signed_at", "issued_at", "service_start")
    named = [row[column].date() for row in rows for column in columns if row.get(column)]
    return month_of(min(named, default=AS_OF) - timedelta(days=1))
