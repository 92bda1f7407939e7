"""Random costs in several currencies, negative ones and some of nobody's, and purchases beside subscriptions."""

from datetime import datetime, timedelta
from decimal import Decimal

from hypothesis import strategies as st

from oracle.company import Row, Tables
from oracle.drawn import arrivals, maybe, some, some_days, valued_currencies

AMOUNTS = [Decimal(text) for text in ("100", "1000", "0", "-50", "0.01", "33.3333", "99.9999", "20000")]
FIRST_RATES = datetime(2023, 7, 31)
COST_IDS = (None, "1", "2", None, "1", "3", None, None)
PURCHASED = ["hardware", "consulting", "training", "one_off_add_on", "hardware", "setup_fee", "usage"]


@st.composite
def acquisition_costs(draw, of_days: list[datetime], currencies: list[str], segments: list[str]) -> Row:
    """What was spent on winning customers."""
    return {
        "cost_date": draw(st.sampled_from(of_days)).date(),
        "category": draw(st.sampled_from(["sales", "marketing", "marketing", "other"])),
        "channel": draw(maybe(st.sampled_from(["search", "partner"]), 1)),
        "segment_value": draw(maybe(st.sampled_from(segments), 2)),
        "amount": draw(st.sampled_from(AMOUNTS)),
        "currency": draw(st.sampled_from([*currencies * 3, "XYZ"])),
        "is_paid_media": draw(st.sampled_from([None, False, True, True])),
        "loaded_at": draw(arrivals()),
    }


@st.composite
def revenue_costs(draw, of_days: list[datetime], currencies: list[str]) -> Row:
    """What delivering revenue cost."""
    return {
        "cost_date": draw(st.sampled_from(of_days)).date(),
        "revenue_stream": draw(st.sampled_from(["recurring", "recurring", "recurring", "services"])),
        "amount": draw(st.sampled_from(AMOUNTS)),
        "currency": draw(st.sampled_from([*currencies * 3, "XYZ"])),
        "loaded_at": draw(arrivals()),
    }


def with_ids(costs: list[Row]) -> list[Row]:
    """Some with an id, of which some share one; the first without an id is booked twice."""
    rows = [row | {"cost_id": COST_IDS[number % len(COST_IDS)]} for number, row in enumerate(costs)]
    return rows + [dict(row) for row in rows[:1]]


@st.composite
def purchases(draw, accounts: list[str], of_days: list[datetime], currencies: list[str]) -> tuple[Row, list[Row]]:
    """An invoice with things that are bought by themselves, among others; some months apart, some a year."""
    issued = draw(st.sampled_from(of_days)) - timedelta(days=draw(st.sampled_from([0, 0, 31, 365, 366, 396])))
    # There are no rates before that; and the first month of all is one in which something is billed.
    valued = currencies if issued >= FIRST_RATES else currencies[:1]
    both = {"account_id": draw(st.sampled_from(accounts)), "currency": draw(st.sampled_from(valued))}
    status = draw(st.sampled_from(["paid", "paid", "open", "uncollectible", "draft", "void"]))
    lines = [
        {
            "charge_type": draw(st.sampled_from(PURCHASED)),
            "amount": draw(st.sampled_from(AMOUNTS if issued >= FIRST_RATES else AMOUNTS[:2])),
            "is_credit": draw(st.sampled_from([None, False, False, True])),
        }
        for _ in range(draw(st.integers(1, 2)))
    ]
    return both | {"issued_at": issued, "status": status}, [both | line for line in lines]


@st.composite
def plain_revenue(draw, accounts: list[str], of_days: list[datetime], currencies: list[str]) -> tuple[Row, list[Row]]:
    """A subscription's invoice, so that recurring revenue has a margin."""
    both = {"account_id": draw(st.sampled_from(accounts)), "currency": draw(st.sampled_from(currencies))}
    line = {"charge_type": "subscription", "amount": draw(st.sampled_from(AMOUNTS))}
    return both | {"issued_at": draw(st.sampled_from(of_days)), "status": "paid"}, [both | line]


def add(draw, tables: Tables) -> None:
    """Costs, and purchases of the company's accounts."""
    accounts = sorted({row["account_id"] for row in tables["accounts"]})
    currencies, of_days = valued_currencies(tables), draw(some_days())
    began = [row["started_at"].replace(tzinfo=None) for row in tables["subscriptions"]]
    near = [day for day in of_days + began if day.year > 2022]
    segments = sorted({row["country"] for row in tables["accounts"] if row.get("country")} | {"basic", "nothing"})
    tables["acquisition_costs"] = with_ids(draw(some(acquisition_costs(near, currencies, segments), None, 8)))
    tables["revenue_costs"] = with_ids(draw(some(revenue_costs(near, currencies), None, 5)))
    billed = draw(some_tuples(purchases(accounts, of_days, currencies), 8)) + draw(some_tuples(plain_revenue(accounts, near, currencies), 4))
    for number, (invoice, lines) in enumerate(billed):
        tables["invoices"].append(invoice | {"invoice_id": f"buy {number}"})
        for index, line in enumerate(lines):
            tables["invoice_lines"].append(line | {"invoice_id": f"buy {number}", "invoice_line_id": f"buy {number}.{index}"})


def some_tuples(strategy: st.SearchStrategy, most: int) -> st.SearchStrategy[list]:
    """A few of them."""
    return st.integers(0, most).flatmap(lambda count: st.lists(strategy, min_size=count, max_size=count))
