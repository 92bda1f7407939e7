"""Where a rejected row stands in the files of a folder: file and line.

The row is looked for after the fact, by what the build knows of it: a value that was read as its type is the same as the
one in the file where both say the same number, day or word.
"""

import csv
import gzip
import sys
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from pathlib import Path

from cs_metrics import contract

TEXT_FILES = (".csv", ".tsv", ".txt", ".csv.gz", ".tsv.gz")
LARGEST = 200 * 2**20  # bytes; a larger file isn't read again for the sake of an example
DAY_LENGTH = 10


def place_of(folder: Path, table: str, row: dict) -> str | None:
    """The file and line of a row, as rejected_rows has it in row_json; None where it isn't found."""
    wanted = wanted_values(row)
    named = {name: value for name, value in wanted.items() if name in names_of(table) or name in (row.get("unreadable") or {})}
    for values in (wanted, named):
        for file in files_of(folder, table) if values else []:
            line = line_of(file, values)
            if line:
                return f"{file.name} line {line:,}"
    return None


def wanted_values(row: dict) -> dict[str, str]:
    """What the file should have in which column: the values that are there, and the one that couldn't be read.

    Yes and no are written in many ways.
    """
    values = {name: value for name, value in row.items() if name not in ("unreadable", "source_system")}
    values |= row.get("unreadable") or {}
    return {name: str(value).strip() for name, value in values.items() if value is not None and not isinstance(value, bool)}


def names_of(table: str) -> set[str]:
    """The part of a table's key that is text, which nothing on the way changes: an instant may be another zone's."""
    of_contract = contract.tables()[table]
    return {column.name for column in of_contract.columns if column.kind == "text" and column.name in of_contract.full_key}


def files_of(folder: Path, table: str) -> list[Path]:
    """The text files of a table: its own, the parts in a folder of its name."""
    named = [path for path in sorted(folder.iterdir()) if path.name.lower().partition(".")[0] == table]
    parts = [part for path in named if path.is_dir() for part in sorted(path.iterdir())]
    return [
        path for path in [*named, *parts]
        if path.is_file() and path.name.lower().endswith(TEXT_FILES) and path.stat().st_size <= LARGEST
    ]


def line_of(file: Path, wanted: dict[str, str]) -> int | None:
    """The line of the row that has the wanted values, all of those whose column the file has."""
    columns: list[str] = []
    places: dict[str, int] = {}
    for line, values in lines_of(file):
        if not columns:
            columns = [name.strip().lower() for name in values]
            places = {name: columns.index(name) for name in wanted if name in columns}
            if not places:
                return None
        elif len(values) == len(columns) and all(is_same(wanted[name], values[place]) for name, place in places.items()):
            return line
    return None


def lines_of(file: Path) -> Iterator[tuple[int, list[str]]]:
    """The rows of a text file, each with the line that it begins in; a file that is no table has none."""
    csv.field_size_limit(sys.maxsize)
    opened = gzip.open if file.suffix.lower() == ".gz" else open
    with opened(file, "rt", encoding="utf-8-sig", errors="replace", newline="") as text:
        first = text.readline()
        text.seek(0)
        reader = csv.reader(text, delimiter=max(",;\t|", key=first.count))
        begins = 1
        try:
            for values in reader:
                if values:
                    yield begins, values
                begins = reader.line_num + 1
        except csv.Error:
            return


def is_same(wanted: str, found: str) -> bool:
    """Whether a value as it was read and the one in the file are the same: as text, number or day."""
    found = found.strip()
    if found.casefold() == wanted.casefold():
        return True
    if "-" in wanted[1:] and wanted[:DAY_LENGTH] == found[:DAY_LENGTH]:
        return True
    number = as_number(wanted)
    return number is not None and number == as_number(found)


def as_number(text: str) -> Decimal | None:
    """A text as a number, where it is one."""
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None
