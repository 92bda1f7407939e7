"""Two engines' tables, row by row: which rows one has and the other hasn't, and which values differ, to the last digit."""

from dataclasses import dataclass, field

SHOWN = 10


@dataclass(frozen=True)
class Table:
    """The rows of a table with every value as the engine writes it, all stored digits; a column's kind stands with it."""

    columns: list[str]
    kinds: list[str]
    rows: list[tuple[str | None, ...]]


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
    columns = [[f"{name} {kind}" for name, kind in zip(table.columns, table.kinds)] for table in (left, right)]
    if columns[0] != columns[1]:
        found.lines += [f"column {column}: {labels[0]} only" for column in columns[0] if column not in columns[1]]
        found.lines += [f"column {column}: {labels[1]} only" for column in columns[1] if column not in columns[0]]
        found.lines = found.lines or [f"columns in another order: {labels[0]} {columns[0]}, {labels[1]} {columns[1]}"]
        return found
    rows_left, rows_right = (by_key(table, key, found, label) for table, label in zip((left, right), labels))
    for identity in sorted(key for key in rows_left.keys() | rows_right.keys() if rows_left.get(key) != rows_right.get(key)):
        where = ", ".join(f"{column}={value}" for column, value in zip(key, identity))
        if identity not in rows_right:
            found.lines.append(f"{where}: {labels[0]} only")
        elif identity not in rows_left:
            found.lines.append(f"{where}: {labels[1]} only")
        else:
            for column, a, b in zip(left.columns, rows_left[identity], rows_right[identity]):
                if a != b:
                    found.lines.append(f"{where}: {column} is {shown(a)} ({labels[0]}), {shown(b)} ({labels[1]})")
    return found


def by_key(table: Table, key: list[str], found: Difference, label: str) -> dict[tuple[str, ...], tuple]:
    """A table's rows by what identifies them; a key that comes twice is a difference."""
    places = [table.columns.index(column) for column in key]
    rows = {tuple(shown(row[place]) for place in places): row for row in table.rows}
    if len(rows) < len(table.rows):
        found.lines.append(f"{len(table.rows) - len(rows):,} rows have the key of another ({label})")
    return rows


def shown(value: str | None) -> str:
    """A value, or that there is none."""
    return "NULL" if value is None else value
