"""A company as rows of the input contract, a figure, and how both are stored.

A company is one billing entity. Its tables hold typed values, as a person would write them down: `str`, `int`,
`Decimal`, `bool`, `date`, `datetime`, or None for what is empty. A datetime without an offset is wall-clock time in
the company's time zone, which is source and reporting zone in one. `billing_entity` is not in the rows: the company
has it, and the build adds it.
"""

from dataclasses import dataclass, field, replace
from datetime import date, datetime, timezone
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

Row = dict[str, Any]
Tables = dict[str, list[Row]]
AS_OF = date(2025, 3, 15)
REPORTING_CURRENCY = "USD"
SMALL_SAMPLE_BELOW = 30

# Decimals that monthly_metrics stores.
STORED_DECIMALS = {"numerator": 6, "denominator": 6, "value": 8}

# Columns whose values must be one company's own, because dimensions are made of them over all companies of a build.
OWN_VALUES = {
    "accounts": ("country", "region", "industry"),
    "products": ("product_name",),
    "subscription_items": ("plan_id",),
    "account_segments": ("segment_value",),
    "acquisition_costs": ("channel", "segment_value"),
    "csms": ("csm_id",),
    "csm_assignments": ("csm_id",),
}
CURRENCY_COLUMNS = ("currency", "from_currency")
# Tables without a billing entity of their own: every company of a build brings its part.
SHARED_TABLES = ("exchange_rates", "csms")


@dataclass(frozen=True)
class Company:
    """One billing entity: its rows by table of the contract, and what the build knows of it besides."""

    entity: str
    tables: Tables = field(default_factory=dict)
    as_of_date: date = AS_OF
    time_zone: str = "UTC"
    policies: tuple[str, ...] = ("standard",)
    custom_segments: tuple[str, ...] = ()

    def rows(self, table: str) -> list[Row]:
        """The rows of a table; none where the company hasn't got it."""
        return self.tables.get(table, [])

    def wall_clock(self, value: datetime | None) -> datetime | None:
        """An instant as wall-clock time in the company's zone."""
        if value is None or value.tzinfo is None:
            return value
        return value.astimezone(ZoneInfo(self.time_zone)).replace(tzinfo=None)


class Key(NamedTuple):
    """Which row of monthly_metrics."""

    policy: str
    month: date
    metric: str
    dimension: str
    dimension_value: str


class Figure(NamedTuple):
    """A row of monthly_metrics, exact.

    A denominator that is None belongs to a metric that is no ratio, or to one that can't be had: then its value is None.
    """

    numerator: Fraction | None
    denominator: Fraction | None
    value: Fraction | None
    sample_size: int | None
    is_provisional: bool


Figures = dict[Key, Figure]


def amount(numerator, is_provisional: bool, sample_size: int | None = None) -> Figure:
    """A metric that is no ratio: its numerator is its value."""
    exact = None if numerator is None else Fraction(numerator)
    return Figure(exact, None, exact, sample_size, is_provisional)


def ratio(numerator, denominator, is_provisional: bool, sample_size: int | None = None) -> Figure:
    """A ratio; without a denominator, or with one of 0, there is none."""
    top, bottom = (None if part is None else Fraction(part) for part in (numerator, denominator))
    value = top / bottom if top is not None and bottom else None
    return Figure(top, bottom, value, sample_size, is_provisional)


def rounded(exact: Fraction | Decimal | int | None, decimals: int) -> Fraction | None:
    """Rounded once, half away from zero."""
    if exact is None:
        return None
    scaled = abs(Fraction(exact)) * 10**decimals
    whole = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    return Fraction(whole if exact >= 0 else -whole, 10**decimals)


def stored(figure: Figure) -> tuple:
    """The figure as monthly_metrics has it: numerator, denominator, value, sample size, small sample, provisional.

    Numerator and denominator are rounded first, and the value is theirs, so that whoever divides the two columns gets
    the third.
    """
    numerator = rounded(figure.numerator, STORED_DECIMALS["numerator"])
    denominator = rounded(figure.denominator, STORED_DECIMALS["denominator"])
    value = None if figure.value is None else numerator
    if figure.denominator is not None:
        value = rounded(numerator / denominator, STORED_DECIMALS["value"]) if numerator is not None and denominator else None
    return (
        numerator,
        denominator,
        value,
        figure.sample_size,
        figure.sample_size is not None and figure.sample_size < SMALL_SAMPLE_BELOW,
        figure.is_provisional,
    )


# --- months ------------------------------------------------------------------------------------------------------


def month_of(value: date | datetime) -> date:
    """The first day of the month that a day or an instant lies in."""
    return date(value.year, value.month, 1)


def in_utc(value: datetime) -> datetime:
    """An instant to compare others with; one that doesn't say its zone is taken for UTC."""
    return value if value.tzinfo else value.replace(tzinfo=timezone.utc)


def add_months(month: date, count: int) -> date:
    """The first day of the month so many months later."""
    index = month.year * 12 + month.month - 1 + count
    return date(index // 12, index % 12 + 1, 1)


def months_between(first: date, last: date) -> list[date]:
    """Each month from the first to the last, both included."""
    months = []
    while first <= last:
        months.append(first)
        first = add_months(first, 1)
    return months


def is_provisional(month: date, as_of_date: date) -> bool:
    """Whether the month isn't over at the end of the as-of date."""
    return as_of_date.toordinal() + 1 < add_months(month, 1).toordinal()


# --- one company among others --------------------------------------------------------------------------------------


def named(company: Company, entity: str) -> Company:
    """The company as a billing entity of that name, with segment values and currencies that are its own.

    Dimensions such as country are made over all companies of a build; with values of their own, companies can't
    disturb each other there. The reporting currency can't be anybody's own: its rows are pooled.
    """
    tables = {
        table: [{name: own(entity, table, name, value) for name, value in row.items()} for row in rows]
        for table, rows in company.tables.items()
    }
    return replace(company, entity=entity, tables=tables)


def own(entity: str, table: str, column: str, value: Any) -> Any:
    """A value as the entity's own, where it has to be."""
    if value is None or not isinstance(value, str):
        return value
    if column in CURRENCY_COLUMNS and value != REPORTING_CURRENCY:
        return f"{value} {entity}".upper()
    if column in OWN_VALUES.get(table, ()) and value != "*":
        return f"{entity}: {value}"
    return value


def as_text(value: Any) -> str:
    """A value as it stands in a CSV file."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def decimal_text(exact: Fraction | None, decimals: int) -> str:
    """An exact number for people to read."""
    if exact is None:
        return "NULL"
    whole = Decimal(exact.numerator) / Decimal(exact.denominator)
    return format(whole.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP).normalize(), "f")
