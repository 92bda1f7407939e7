"""Loads a folder of exported files into DuckDB as the raw tables of the input contract.

Files are read (`sources`), mapped to tables and columns by mapping.yml or by their names (`mapping`), and their dates and numbers
brought to the contract's form (`formats`). Everything that can be known before is checked before anything is written, and all that
is wrong is said at once. Values are not judged here: what can't be read as its type becomes a rejected row in the build.
"""

import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import duckdb

from cs_metrics import contract
from cs_metrics.contract import Table, nearest
from cs_metrics.formats import DAYS, NUMBERS, Formats, Reading, currencies_of, judge, look
from cs_metrics.mapping import (
    NAME, PROPOSED, Mapping, MappingError, ambiguous_lookups, block_selection, fruitless_lookups, map_by_names, needs_order, problems_of_names, read_mapping,
    rows_of_no_block, selection, table_named,
)  # fmt: skip
from cs_metrics.render import Project
from cs_metrics.sources import Source, gist, quoted, read_sources
from cs_metrics.terminal import some

SCHEMA = "raw"
NAMED = 3
"""Currencies that a message names."""


class FolderError(Exception):
    """What is wrong with the folder, a line each, with what is expected."""


@dataclass
class LoadedFolder:
    """What came of loading a folder."""

    rows: dict[str, int] = field(default_factory=dict)
    without_tables: list[str] = field(default_factory=list)
    account_extra_columns: list[str] = field(default_factory=list)
    custom_segments: list[str] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Choices:
    """What is said of a folder besides what is in it."""

    entity: str | None = None
    """The billing entity of all rows of the files that have no such column."""
    mapping: Path | None = None
    """The mapping, where it isn't the folder's own mapping.yml."""
    formats: Formats = Formats()
    """How dates and numbers are written, where neither the values tell nor the mapping."""


@dataclass
class Export:
    """A folder as it is understood: what its files are, and what of them is what of the contract."""

    mapping: Mapping
    readings: dict[tuple[str, str, str], Reading] = field(default_factory=dict)
    """How dates and numbers are read, by file, column and `date` or `number`."""
    notices: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def written(self, source: Source, column: str, kind: str, _: Formats) -> str:
        """The SQL of a source's column in the contract's written form."""
        if source.columns[column] == "TIMESTAMP WITH TIME ZONE":
            return f"timezone('UTC', {quoted(column)})"
        reading = self.readings.get((source.name, column, form_of(kind)))
        return reading.sql(quoted(column)) if reading else quoted(column)

    def selection(self, table: str) -> str:
        """The query that brings the folder's files to a table of the contract."""
        return selection(self.mapping, table, self.written)


def load(
    folder: Path,
    warehouse: Path,
    entity: str | None = None,
    mapping: Path | None = None,
    formats: Formats = Formats(),
    inspect: Callable[[Export, LoadedFolder], None] | None = None,
) -> LoadedFolder:
    """Load the folder into schema `raw` of the warehouse, in place of what was there.

    `inspect` is called with what came of it while the clean copies of files, which it may read, are still there.
    """
    work = Path(f"{warehouse}.tmp")
    try:
        export = understand(folder, work, Choices(entity, mapping, formats))
        if export.problems:
            raise FolderError("\n".join(export.problems))
        warehouse.parent.mkdir(parents=True, exist_ok=True)
        with duckdb.connect(str(warehouse)) as database:
            loaded = write(export, database)
        if inspect:
            inspect(export, loaded)
        return loaded
    finally:
        shutil.rmtree(work, ignore_errors=True)


def understand(folder: Path, work: Path, choices: Choices) -> Export:
    """Read the folder's files and say what they are; clean copies of those that need them are made in the folder `work`."""
    tables = contract.tables()
    if not folder.is_dir():
        raise FolderError(
            f"{folder} is not a folder. Expected: a folder with files named after the contract's tables, "
            f"{', '.join(name for name, table in tables.items() if table.is_required)} at least, or with a {NAME}."
        )
    found = read_sources(folder, work)
    path = choices.mapping or folder / NAME
    has_mapping = choices.mapping is not None or path.exists()
    try:
        if has_mapping:
            mapping = read_mapping(path, folder, found.sources, tables, choices.entity)
        else:
            mapping = map_by_names(found.sources, tables, choices.entity)
    except MappingError as error:
        return Export(Mapping(), {}, found.notices, [*found.problems, *str(error).splitlines()])
    export = Export(mapping, {}, [*found.notices, *unread(mapping, tables, folder)])
    for stem, problem in found.unreadable:
        # A file that nothing would have read anyway stops nothing, nor does one without anything in it that can be done without.
        # One that a mapping names is missed there already.
        table = table_named(stem, tables)
        is_wanted = table is not None and table.name not in mapping.tables and not any(name in problem for name in mapping.not_read)
        is_needed = is_wanted and (table.is_required or stem not in found.empty)
        (export.problems if is_needed else export.notices).append(problem)
    export.problems += problems_of_names(mapping) + missing_tables(mapping, tables, [stem for stem, _ in found.unreadable])
    with duckdb.connect() as connection:
        try:
            read_formats(export, connection, choices.formats)
            if not export.problems:
                export.problems += ambiguous_lookups(mapping, connection)
                export.notices += [*fruitless_lookups(mapping, connection), *rows_of_no_block(mapping, connection)]
        except duckdb.Error as error:
            export.problems.append(f"A file can't be read. {gist(error)}")
    return export


def form_of(kind: str) -> str:
    """What formats tell apart: dates, numbers, and all else."""
    return "date" if kind in DAYS else "number" if kind in NUMBERS else "text"


def read_formats(export: Export, connection: duckdb.DuckDBPyConnection, declared: Formats) -> None:
    """Find out how the dates and numbers that the mapping reads are written."""
    kinds: dict[tuple[str, str], dict[str, str]] = {}
    formats: dict[tuple[str, str], dict[str, Formats]] = {}

    def note(source: Source, column: str, kind: str, own: Formats) -> str:
        if form_of(kind) != "text":
            kinds.setdefault((source.name, form_of(kind)), {}).setdefault(column, kind)
            of_file = formats.setdefault((source.name, form_of(kind)), {})
            of_file[column] = of_file.get(column, Formats()).or_else(own).or_else(declared)
        return quoted(column)

    for table in export.mapping.tables:
        selection(export.mapping, table, note)
    decisive = decisive_columns(export.mapping)
    sources = export.mapping.sources
    seen = {key: look(connection, sources[key[0]], columns, formats[key]) for key, columns in kinds.items()}
    for (name, form), columns in kinds.items():
        labels = frozenset(column for column in columns if (name, column) not in decisive)
        family = [one for (_, other), one in seen.items() if other == form and are_parts(one.source, sources[name])]
        found = judge(seen[name, form], family, labels)
        export.readings |= {(name, column, form): reading for column, reading in found.readings.items()}
        export.notices += found.notices
        export.problems += found.problems
    export.problems += contradicted_signs(export, connection)


def are_parts(one: Source, other: Source) -> bool:
    """Whether two files are parts of one export: they have the same columns, and only numbers tell their names apart."""
    return one.columns == other.columns and re.sub(r"\d+", "", one.stem) == re.sub(r"\d+", "", other.stem)


def contradicted_signs(export: Export, connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Amounts with a currency's sign in rows whose currency is another."""
    problems = []
    for block in export.mapping.blocks:
        read = {name for operator in block.columns.values() for name in operator.columns()}
        signs = {(name, reading.sign) for (file, name, _), reading in export.readings.items() if file == block.source.name and name in read}
        for name, sign in sorted((name, sign) for name, sign in signs if sign and currencies_of(sign)):
            columns = {"currency": block.columns["currency"]} if "currency" in block.columns else {}
            stated = block_selection(export.mapping, replace(block, columns=columns, one_row_per=()), export.written)
            rows = connection.execute(
                f"select distinct upper(trim(currency)) from ({stated}) where trim(currency) <> '' order by 1"
            ).fetchall()
            if others := [currency for (currency,) in rows if currency not in currencies_of(sign)]:
                stated_here = " and ".join(others[:NAMED])
                problems.append(
                    f"{block.source.name}: column {name}: all numbers have the sign {sign}, but currency is {stated_here}. "
                    "Expected: amounts without a sign, each in its row's currency."
                )
    return problems


def decisive_columns(mapping: Mapping) -> set[tuple[str, str]]:
    """The files' columns, by file and name, that something else than a label of the contract is read from."""
    found: set[tuple[str, str]] = set()

    def note(source: Source, column: str, *_: object) -> str:
        found.add((source.name, column))
        return quoted(column)

    for block in mapping.blocks:
        labels = {column.name for column in block.table.columns if column.is_label}
        columns = {name: operator for name, operator in block.columns.items() if name not in labels}
        block_selection(mapping, replace(block, columns=columns), note)
    return found


def write(export: Export, database: duckdb.DuckDBPyConnection) -> LoadedFolder:
    """Write the raw tables, in place of those that are there."""
    mapping = export.mapping
    loaded = LoadedFolder(account_extra_columns=mapping.extra_columns, notices=export.notices)
    loaded.without_tables = [name for name in contract.tables() if name not in mapping.tables]
    database.begin()
    database.execute(f"drop schema if exists {SCHEMA} cascade")
    database.execute(f"create schema {SCHEMA}")
    for name in mapping.tables:
        # In whatever order, or a part of what is written would be written twice; but a row's number is its place in the file.
        database.execute(f"set preserve_insertion_order = {needs_order(mapping, name)}")
        try:
            database.execute(f"create table {SCHEMA}.{name} as {export.selection(name)}")
        except duckdb.Error as error:
            database.rollback()
            files = ", ".join(dict.fromkeys(block.source.name for block in mapping.blocks_of(name)))
            raise FolderError(f"{files}: can't be read. {gist(error)}") from error
        ((loaded.rows[name],),) = database.execute(f"select count(*) from {SCHEMA}.{name}").fetchall()
    if "account_segments" in mapping.tables:
        find_custom_segments(database, loaded)
    database.commit()
    return loaded


def find_custom_segments(database: duckdb.DuckDBPyConnection, loaded: LoadedFolder) -> None:
    """Take note of the attributes in account_segments: every one becomes a dimension of the metrics, but for names that can't be one."""
    names = database.execute(
        f"select distinct trim(segment_name) from {SCHEMA}.account_segments where trim(segment_name) <> '' order by 1"
    ).fetchall()
    problem_of = Project().macro("segment_problem")
    for (name,) in names:
        problem = problem_of(name).strip()
        if problem:
            loaded.notices.append(f"account_segments: segment_name {name!r} becomes no dimension: {problem}. Rename it at the source.")
        else:
            loaded.custom_segments.append(name)


def missing_tables(mapping: Mapping, tables: dict[str, Table], unreadable: list[str]) -> list[str]:
    """Required tables that nothing feeds, except where their file is there and can't be read."""
    strangers = [mapping.sources[name].stem for name in mapping.unread_files()]
    problems = []
    for name, table in tables.items():
        if not table.is_required or name in mapping.tables or table in [table_named(stem, tables) for stem in unreadable]:
            continue
        required = ", ".join(column.name for column in table.columns if column.is_required)
        where = f"{name}.csv: this required table is missing"
        if mapping.place:
            where = f"{name}: {mapping.place} has no block for this required table"
        problems.append(f"{where}{nearest(name, strangers)}. Expected: {table.description} Required columns: {required}.")
    if problems and not mapping.place:
        problems[-1] += " If files have other names than the contract's tables, `make map DATA=folder` proposes what is what."
    return problems


def unread(mapping: Mapping, tables: dict[str, Table], folder: Path) -> list[str]:
    """What of the folder is not read: files and columns."""
    notices = []
    for name in mapping.unread_files():
        stem = mapping.sources[name].stem
        advice = f" or in {mapping.place}" if mapping.place else ""
        notices.append(f"{name}: no table of the contract{advice}{nearest(stem, list(tables))}, so it is not read.")
    notices += [f"{name}: left out by {mapping.place}: {reason}" for name, reason in mapping.not_read.items()]
    by_name = {block.source.name: block.table for block in mapping.blocks if not block.place}
    for file, columns in mapping.unread_columns().items():
        if file in by_name:
            table = by_name[file]
            notices += [
                f"{file}: column {column} is not in the contract{nearest(column, table.column_names)}, so it is not read."
                for column in columns
            ]
        elif columns:
            notices.append(f"{file}: columns that {mapping.place} doesn't name are not read: {some(columns)}.")
    if (folder / PROPOSED).exists() and not mapping.place:
        notices.append(f"{PROPOSED}: a proposal is not read. Look it through and call it {NAME}.")
    return notices
