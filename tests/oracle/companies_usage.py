"""Random usage: users who come and go on a day, use without users, features that don't count, days at the edges."""

from datetime import datetime, timedelta
from decimal import Decimal

from hypothesis import strategies as st

from oracle.company import Row, Tables
from oracle.drawn import arrivals, days, maybe, some, some_days

FEATURES = ["login", "login", "export", "export", "report_viewed", "api_call", "share", "*", "Login"]
EVENTS = [1, 1, 1, 2, 5, 40, 1000, 0, -1]
MINUTES = [Decimal(text) for text in ("0", "0.000001", "30", "59.5", "33.333333", "1440", "14400", "14400.000001", "-1")]


@st.composite
def users(draw, accounts: list[str], of_days: list[datetime]) -> Row:
    """A user; some are gone on the day on which they came."""
    activated = draw(st.sampled_from(of_days)) - timedelta(days=draw(st.sampled_from([0, 0, 31, 400])))
    stay = draw(maybe(st.sampled_from([timedelta(), timedelta(hours=8), timedelta(days=1), timedelta(days=29, hours=3)]), 1))
    return {
        "account_id": draw(st.sampled_from(accounts)),
        "activated_at": activated,
        "deactivated_at": None if stay is None else activated + stay,
    }


@st.composite
def usage_events(draw, accounts: list[str], holders: list[str], of_days: list[datetime]) -> Row:
    """A user's day with a feature; the user may be another account's, or nobody that is known."""
    return {
        "usage_date": draw(st.sampled_from(of_days)).date(),
        "account_id": draw(st.sampled_from([*accounts * 5, "unheard of"])),
        "user_id": draw(st.sampled_from([*holders * 5, "unheard of"])),
        "feature": draw(st.sampled_from(FEATURES)),
        "event_count": draw(st.sampled_from(EVENTS)),
        "minutes": draw(maybe(st.sampled_from(MINUTES), 2)),
        "loaded_at": draw(arrivals()),
    }


def add(draw, tables: Tables) -> None:
    """Users and their days, and accounts that start while usage is watched."""
    accounts = sorted({row["account_id"] for row in tables["accounts"]})
    of_days = draw(some_days())
    for row in tables["accounts"]:
        if draw(st.booleans()):
            row["created_at"] = draw(st.one_of(st.sampled_from(of_days), days())) + draw(st.sampled_from([timedelta(), timedelta(hours=23)]))
        elif draw(st.booleans()):
            row["created_at"] = draw(st.sampled_from([None, datetime(1970, 1, 1), datetime(1900, 1, 1)]))
    tables["users"] = tables.get("users", []) + draw(some(users(accounts, of_days), "user_id", 5, again=False))
    holders = [row["user_id"] for row in tables["users"]] or ["nobody"]
    near = [day + timedelta(days=number) for day in of_days for number in (0, 1, 6, 7, 29, 30)]
    tables["usage_events"] = draw(some(usage_events(accounts, holders, of_days + near), None, 25))
