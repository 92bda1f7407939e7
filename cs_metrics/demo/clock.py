"""Time as whole seconds since 2022-01-01 00:00 UTC, and the months and billing periods made of them."""

from datetime import date, timedelta

DAY = 86_400
_FIRST_DAY = date(2022, 1, 1)
_DAYS = [_FIRST_DAY + timedelta(days=n) for n in range((date(2032, 1, 1) - _FIRST_DAY).days)]
_DATES = [day.isoformat() for day in _DAYS]
_TIMES = [f" {s // 3600:02d}:{s // 60 % 60:02d}:{s % 60:02d}" for s in range(DAY)]
_MONTH_OF_DAY = [(day.year - 2022) * 12 + day.month - 1 for day in _DAYS]
_FIRST = [n for n, day in enumerate(_DAYS) if day.day == 1]
_LENGTH = [after - first for first, after in zip(_FIRST, _FIRST[1:])]


def at(year: int, month: int, day: int, second: int = 0) -> int:
    """The instant of a calendar date and a second of that day."""
    return (date(year, month, day) - _FIRST_DAY).days * DAY + second


def stamp(instant: int | None) -> str | None:
    """An instant as text, nothing for nothing."""
    if instant is None:
        return None
    return _DATES[instant // DAY] + _TIMES[instant % DAY]


def day_of(instant: int) -> str:
    """The calendar date of an instant, as text."""
    return _DATES[instant // DAY]


def month_of(instant: int) -> int:
    """The month that an instant lies in, counted from January 2022."""
    return _MONTH_OF_DAY[instant // DAY]


def month_start(month: int) -> int:
    """The first instant of a month."""
    return _FIRST[month] * DAY


def month_name(month: int) -> str:
    """The month's first day, as text."""
    return _DATES[_FIRST[month]]


def days_in_month(month: int) -> int:
    """How many days the month has."""
    return _LENGTH[month]


def add_months(instant: int, months: int) -> int:
    """The same day and time some months later; the month's last day where it's too short for that day."""
    day, second = divmod(instant, DAY)
    month = _MONTH_OF_DAY[day]
    later = month + months
    return (_FIRST[later] + min(day - _FIRST[month], _LENGTH[later] - 1)) * DAY + second


def is_weekday(instant: int) -> bool:
    """Monday to Friday (2022-01-01 was a Saturday)."""
    return (instant // DAY + 5) % 7 < 5


HISTORY_START = at(2022, 9, 1)
FIRST_MONTH = month_of(HISTORY_START)
AS_OF = at(2026, 9, 10)
WHOLE_MONTHS = month_of(AS_OF) - FIRST_MONTH
NOW = AS_OF + 18 * 3600
"""The last moment that the demo knows of; rows that arrive later do so after the as-of date."""
