"""Random reps: who come, leave and change their time, accounts that are shared, handed over, or nobody's."""

from datetime import datetime, timedelta
from decimal import Decimal

from hypothesis import strategies as st

from oracle.company import Row, Tables
from oracle.drawn import arrivals, instants, maybe, some, some_days, valued_currencies

REPS = ["ann", "Bob", "cat"]
FTES = [Decimal(text) for text in ("1", "1", "1", "0.5", "0.6", "0", "0.333333", "2", "-0.5", "100.1", "10000.1")]
SHARES = [Decimal(text) for text in ("1", "0.5", "0.4", "0.25", "0.333333", "0.000001", "0.6", "0", "-1", "1.000001")]

LONG_AGO = datetime(2023, 1, 1)
PRICES = [Decimal(text) for text in ("100", "99.99", "250", "10.01", "1", "33.333333")]


@st.composite
def csms(draw, of_days: list[datetime]) -> Row:
    """A rep's time, from a few days to open-ended; terms of a rep may overlap."""
    valid_from = draw(st.one_of(st.just(LONG_AGO), instants(of_days)))
    return {
        "csm_id": draw(st.sampled_from(REPS)),
        "fte": draw(st.sampled_from(FTES)),
        "valid_from": valid_from,
        "valid_to": draw(maybe(ends(valid_from), 1)),
        "loaded_at": draw(arrivals()),
    }


@st.composite
def csm_assignments(draw, accounts: list[str], of_days: list[datetime]) -> Row:
    """A rep's part of an account; share is mostly left out."""
    valid_from = draw(st.one_of(st.just(LONG_AGO), instants(of_days)))
    return {
        "account_id": draw(st.sampled_from([*accounts * 4, "unheard of"])),
        "csm_id": draw(st.sampled_from([*REPS * 4, "unheard of"])),
        "share": draw(maybe(st.sampled_from(SHARES), 1)),
        "valid_from": valid_from,
        "valid_to": draw(maybe(ends(valid_from), 1)),
        "loaded_at": draw(arrivals()),
    }


def ends(start: datetime) -> st.SearchStrategy[datetime]:
    """An end on the same instant, at the edge of a month, or long after; seldom before the start."""
    near = [timedelta(), timedelta(days=1), timedelta(days=30), timedelta(days=31), timedelta(days=200), -timedelta(days=1)]
    following = (start.replace(day=1, hour=0, minute=0, second=0, microsecond=0) + timedelta(days=32)).replace(day=1)
    return st.one_of(st.sampled_from(near).map(lambda length: start + length), st.sampled_from([following, following - timedelta(seconds=1)]))


def add_payers(draw, tables: Tables) -> None:
    """Plain subscriptions, so that most accounts pay for some time whatever else was drawn."""
    product = tables["products"][0]["product_id"]
    owed = {row["subscription_id"] for row in tables["subscription_items"] if row["unit_amount"] < 0}
    below_zero = {row["account_id"] for row in tables["subscriptions"] if row["subscription_id"] in owed}
    for row in tables["accounts"]:
        # Amounts of both signs, in several currencies, are not to be drawn (D70).
        if row["account_id"] in below_zero:
            continue
        began = draw(st.sampled_from([None, datetime(2023, 10, 1), datetime(2023, 11, 30), datetime(2024, 2, 29, 12), datetime(2024, 9, 15)]))
        if began is None:
            continue
        ended = draw(maybe(st.sampled_from([timedelta(days=29), timedelta(days=152), timedelta(days=400)]), 1))
        name = f"plain {row['account_id']}"
        status = {"status": "cancelled", "ended_at": began + ended} if ended else {"status": "active"}
        tables["subscriptions"].append({"subscription_id": name, "account_id": row["account_id"], "started_at": began} | status)
        terms = {"item_id": name, "subscription_id": name, "product_id": product, "charge_type": "subscription", "quantity": Decimal(1)}
        period = {"interval_unit": "month", "interval_count": 1, "currency": draw(st.sampled_from(valued_currencies(tables, began.date())))}
        changed = began + timedelta(days=draw(st.sampled_from([31, 100])))
        for start, end in ((began, changed), (changed, None)):
            price = draw(st.sampled_from(PRICES))
            tables["subscription_items"].append(terms | period | {"unit_amount": price, "valid_from": start, "valid_to": end})


def add(draw, tables: Tables) -> None:
    """Reps, and the accounts that they have."""
    accounts = sorted({row["account_id"] for row in tables["accounts"]})
    of_days = draw(some_days())
    there = [rep for rep in REPS if draw(st.integers(0, 4))]
    whole = [{"csm_id": rep, "fte": draw(st.sampled_from(FTES[:6])), "valid_from": LONG_AGO} for rep in there]
    tables["csms"] = whole + draw(some(csms(of_days), None, 4))
    theirs = [(account_id, rep) for account_id in accounts for rep in there if draw(st.booleans())]
    held = [{"account_id": account_id, "csm_id": rep, "valid_from": LONG_AGO} for account_id, rep in theirs]
    for row in held + whole:
        row["valid_to"] = draw(maybe(st.sampled_from(of_days), 1))
    for row in held:
        row["share"] = draw(maybe(st.sampled_from(SHARES[:7]), 1))
    tables["csm_assignments"] = held + draw(some(csm_assignments(accounts, of_days), None, 6))
