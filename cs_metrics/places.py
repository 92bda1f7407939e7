"""Where a row of the contract stands in the files of a folder: file and line, or sheet and row.

The row is looked for after the fact, by what the contract knows of it, in the files as they were read and mapped: it is the
same as the one in the file where both say the same number, day or word.
"""

import json
import shutil
import tempfile
from decimal import Decimal
from pathlib import Path
from types import TracebackType

import duckdb

from cs_metrics import contract
from cs_metrics.folder import Choices, Export, FolderError, understand
from cs_metrics.mapping import FILE, ROW, selection
from cs_metrics.sources import line_of, literal, quoted

DAY_LENGTH = 10
CONFLICT = "conflicting versions"
CONFLICTING = 3
"""Rows of a conflict that are named at most."""


class Places:
    """Finds rows in a folder, which is read when the first is asked for; a context, because clean copies of files are made."""

    def __init__(self, folder: Path | None, choices: Choices = Choices()) -> None:
        self.folder = folder
        self.choices = choices
        self.export: Export | None = None
        self.work = Path(tempfile.mkdtemp(prefix="cs_metrics_places_"))

    def __enter__(self) -> "Places":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        shutil.rmtree(self.work, ignore_errors=True)

    def of(self, table: str, rows: list[dict]) -> str | None:
        """The places of rows, as rejected_rows has them in row_json; None where none is found."""
        if self.folder is None:
            return None
        try:
            if self.export is None:
                self.export = understand(self.folder, self.work, self.choices)
            with duckdb.connect() as connection:
                return places_in(connection, self.export, table, rows)
        except (FolderError, duckdb.Error, OSError):  # the folder has changed since; an example without a place will do
            return None


def rows_with_key(
    connection: duckdb.DuckDBPyConnection, relation: str, table: str, reason: str, key: str, entity: str | None
) -> list[dict]:
    """The first rows that are rejected for a reason and have a key: one, or those that conflict with each other."""
    rows = connection.execute(
        f"select distinct row_json from {relation} where table_name = ? and reason = ? and row_key = ? "
        f"and billing_entity is not distinct from ? and row_json is not null order by 1 limit {CONFLICTING if reason == CONFLICT else 1}",
        [table, reason, key, entity],
    ).fetchall()
    return [json.loads(content, parse_float=Decimal) for (content,) in rows]


def places_in(connection: duckdb.DuckDBPyConnection, export: Export, table: str, rows: list[dict]) -> str | None:
    """The places of rows of a table: `a.csv line 2 and b.csv line 3`; None where none is found."""
    places = dict.fromkeys(place_in(connection, export, table, row) for row in rows)
    return " and ".join(place for place in places if place) or None


def place_in(connection: duckdb.DuckDBPyConnection, export: Export, table: str, row: dict) -> str | None:
    """The place of a row of a table: of the first that has its values and no others, else its ids and what is unreadable in it."""
    if table not in export.mapping.tables:
        return None
    of_contract = contract.tables()[table]
    kinds = {column.name: column.kind for column in of_contract.columns}
    unreadable = {
        name: f"trim(cast({quoted(name)} as varchar)) = {literal(value)}" for name, value in (row.get("unreadable") or {}).items()
    }
    values = {name: same(name, kinds[name], row[name]) for name in kinds if row.get(name) is not None and name != "source_system"}
    nothing = {name: f"coalesce(trim(cast({quoted(name)} as varchar)), '') = ''" for name in kinds if row.get(name, "") is None}
    translated = {column.name for column in of_contract.columns if column.vocabulary or column.counts}
    untranslated = {name: condition for name, condition in values.items() if name not in translated}
    ids = {name: condition for name, condition in values.items() if kinds[name] == "text" and name in of_contract.full_key}
    rows = selection(export.mapping, table, export.written, has_origin=True)
    # A value that the contract takes for empty may be a placeholder in the file, and one that it has read be written otherwise there.
    for conditions in (nothing | values | unreadable, values | unreadable, untranslated | unreadable, ids | unreadable):
        if not conditions:
            continue
        found = connection.execute(
            f"select {quoted(FILE)}, {quoted(ROW)} from ({rows}) where {' and '.join(conditions.values())} order by all limit 1"
        ).fetchall()
        for name, number in found:
            source = export.mapping.sources[name]
            file, line = line_of(source, number)
            return f"{file} {'line' if source.dialect or source.parts else 'row'} {line:,}"
    return None


def same(name: str, kind: str, value: object) -> str:
    """SQL: a column of a file says what the contract has read; yes and no are written in many ways."""
    text = f"trim(cast({quoted(name)} as varchar))"
    if kind == "boolean":
        return "true"
    if kind in ("date", "timestamp"):
        return f"left({text}, {DAY_LENGTH}) = {literal(str(value)[:DAY_LENGTH])}"
    if kind == "text":
        return f"lower({text}) = lower({literal(value)})"
    return f"try_cast({text} as double) = cast({literal(value)} as double)"
