"""What the domains draw their values from: few values, so that they meet, and nasty ones among them."""

from datetime import date, datetime, timedelta, timezone

from hypothesis import strategies as st

from oracle.company import AS_OF, REPORTING_CURRENCY, Row, Tables

# Month ends, 29 February, the day before and after the as-of date, days a year, 90, 30 and 7 days apart.
NASTY_DAYS = [
    datetime(2023, 12, 31), datetime(2024, 1, 1), datetime(2024, 1, 30), datetime(2024, 1, 31), datetime(2024, 2, 1),
    datetime(2024, 2, 28), datetime(2024, 2, 29), datetime(2024, 3, 1), datetime(2024, 3, 31), datetime(2024, 4, 1),
    datetime(2024, 5, 29), datetime(2024, 5, 30), datetime(2024, 6, 30), datetime(2024, 7, 1), datetime(2024, 12, 16),
    datetime(2024, 12, 31), datetime(2025, 1, 1), datetime(2025, 2, 14), datetime(2025, 2, 28), datetime(2025, 3, 1),
    datetime(2025, 3, 15), datetime(2025, 3, 16), datetime(2025, 3, 31), datetime(2025, 4, 2),
]  # fmt: skip
TIMES = [timedelta(), timedelta(), timedelta(hours=12), timedelta(hours=23, minutes=59, seconds=59), timedelta(microseconds=1)]
ZONES = [None, None, None, timezone.utc, timezone(timedelta(hours=2)), timezone(timedelta(hours=-8))]


def days(first: datetime = datetime(2023, 11, 1)) -> st.SearchStrategy[datetime]:
    """Midnights, from months before the first nasty day to some days after the as-of date."""
    length = (datetime.combine(AS_OF, datetime.min.time()) + timedelta(days=20) - first).days
    later = st.integers(0, length).map(lambda number: first + timedelta(days=number))
    return st.one_of(st.sampled_from([day for day in NASTY_DAYS if day >= first]), later)


@st.composite
def some_days(draw) -> list[datetime]:
    """A few days, most of them close to each other, so that rows fall into the same months and windows."""
    first = draw(days())
    close = draw(st.lists(st.integers(-100, 100), min_size=2, max_size=4))
    return [first, *(first + timedelta(days=number) for number in close), *draw(st.lists(days(), max_size=2))]


@st.composite
def instants(draw, of_days: list[datetime]) -> datetime:
    """Instants of some days, some of them with an offset."""
    return (draw(st.sampled_from(of_days)) + draw(st.sampled_from(TIMES))).replace(tzinfo=draw(st.sampled_from(ZONES)))


def arrivals() -> st.SearchStrategy[datetime | None]:
    """When a row arrived: mostly not said, seldom after the as-of date, or at one of two instants before it."""
    late = [datetime(2025, 3, 16), datetime(2025, 3, 20)]
    return st.sampled_from([None] * 12 + [datetime(2025, 3, 15, 23, 59, 59), datetime(2025, 3, 1)] + late)


def maybe(strategy: st.SearchStrategy, chances: int = 3) -> st.SearchStrategy:
    """A value, or nothing in one of so many cases."""
    return st.integers(0, chances).flatmap(lambda number: strategy if number else st.none())


@st.composite
def some(draw, row: st.SearchStrategy, key: str | None, most: int, again: bool = True) -> list[Row]:
    """A few rows, numbered where their key is a number; now and then with another version, or a copy, of one."""
    count = draw(st.integers(0, most))
    rows = draw(st.lists(row, min_size=count, max_size=count))
    for number, of_list in enumerate(rows, 1):
        of_list |= {key: f"{key[:3]}{number}"} if key else {}
    if again and rows and draw(st.integers(0, 4)) == 0:
        one, other = draw(st.sampled_from(rows)), draw(st.sampled_from(rows))
        kept = {key: one[key]} if key else {}
        arrival = draw(st.sampled_from([one.get("loaded_at"), datetime(2025, 3, 10), datetime(2025, 3, 17)]))
        rows.append(draw(st.sampled_from([one, other])) | kept | {"loaded_at": arrival})
    return rows


def valued_currencies(tables: Tables, needed_from: date = date.max) -> list[str]:
    """The reporting currency, and those that have rates from a day on: what is older would stop a company's build."""
    rates = [row for row in tables.get("exchange_rates", []) if row["rate_date"] <= needed_from]
    return [REPORTING_CURRENCY, *sorted({row["from_currency"] for row in rates})]
