"""Two engines' tables, row by row: which rows one has and the other hasn't, and which values differ, to the last digit."""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

SHOWN = 10


@dataclass(frozen=True)
class Table:
    """The rows of a table as an engine gives them."""

    columns: list[str]
    rows: list[tuple]


@dataclass
class Difference:
    """How one table differs between two engines; empty where it doesn't."""

    table: str
    lines: list[str] = field(default_factory=list)
    rows: int = 0

    def __str__(self) -> str:
        more = [f"... and {len(self.lines) - SHOWN:,} more"] if len(self.lines) > SHOWN else []
        return "\n  ".join([f"{self.table}: {len(self.lines):,} differences", *self.lines[:SHOWN], *more])


def compare(name: str, key: list[str], left: Table, right: Table, labels: tuple[str, str]) -> Difference:
    """The differences of a table whose rows are identified by key."""
    found = Difference(name, rows=len(left.rows))
    if left.columns != right.columns:
        found.lines.append(f"columns: {labels[0]} {', '.join(left.columns)}; {labels[1]} {', '.join(right.columns)}")
        return found
    rows_left, rows_right = (by_key(table, key, found, label) for table, label in zip((left, right), labels))
    for identity in sorted(rows_left.keys() | rows_right.keys()):
        where = ", ".join(f"{column}={value}" for column, value in zip(key, identity))
        if identity not in rows_right:
            found.lines.append(f"{where}: {labels[0]} only")
        elif identity not in rows_left:
            found.lines.append(f"{where}: {labels[1]} only")
        else:
            for column, a, b in zip(left.columns, rows_left[identity], rows_right[identity]):
                if a != b:
                    found.lines.append(f"{where}: {column} is {a} ({labels[0]}), {b} ({labels[1]})")
    return found


def by_key(table: Table, key: list[str], found: Difference, label: str) -> dict[tuple[str, ...], tuple[str, ...]]:
    """A table's rows as they are written, by what identifies them; a key that comes twice is a difference."""
    places = [table.columns.index(column) for column in key]
    rows: dict[tuple[str, ...], tuple[str, ...]] = {}
    for row in table.rows:
        values = tuple(map(written, row))
        identity = tuple(values[place] for place in places)
        if identity in rows:
            found.lines.append(f"{', '.join(identity)}: there twice ({label})")
        rows[identity] = values
    return rows


def written(value: object) -> str:
    """A value with its kind and every stored digit: 1.50 is not 1.5, and the text 1 is not the number."""
    if value is None:
        return "NULL"
    if isinstance(value, (bool, datetime, date)):
        return str(value)
    if isinstance(value, Decimal):
        return f"{value:f}"
    return repr(value)
