"""Loads a folder of exported files, named after the tables of the input contract, into DuckDB.

`sources` reads the files whatever they are, `formats` says how dates and numbers are written in them. All that can be known
before anything is written is checked first, and all that is wrong is said at once. Values are not judged here: what can't be
read as its type becomes a rejected row in the build.
"""

import re
import shutil
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from cs_metrics import contract
from cs_metrics.contract import Table, nearest
from cs_metrics.formats import Formats, Reading, column_formats
from cs_metrics.sources import Source, Sources, gist, literal, plain_name, quoted, read_sources

SCHEMA = "raw"
ENTITY_COLUMN = "billing_entity"
EXTRA_COLUMN = re.compile(r"x_[a-z0-9_]+")
SEGMENT_NAME = re.compile(r"[a-z_][a-z0-9_]*")
PART = re.compile(r"(?P<table>.+?)_*(?:part_*)?\d[\d_]*")
"""A file of several for one table: subscriptions_2024, subscriptions_1, subscriptions_part_2."""
COPY = re.compile(r"(?:copy_of_)?(?P<table>.+?)_*(?:\(\d+\)|_copy)?")
"""What a browser or a desktop calls a second copy: subscriptions (1)."""


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
    files: list["File"] = field(default_factory=list)
    unread_columns: dict[str, list[str]] = field(default_factory=dict)


@dataclass
class File:
    """A source that a table is filled from: which of its columns are the contract's, and how they are read."""

    table: Table
    source: Source
    spelling: dict[str, str] = field(default_factory=dict)
    """Each column of the contract as the file spells it."""
    readings: dict[str, Reading] = field(default_factory=dict)
    """How the columns are written, as the file spells them."""


def load(folder: Path, warehouse: Path, entity: str | None = None, declared: Formats = Formats()) -> LoadedFolder:
    """Load every file of the folder into schema `raw` of the warehouse, in place of what was there.

    `entity` is the billing entity of all rows of the files that have no such column; `declared` says how dates and
    numbers are written, where that can't be known from the files.
    """
    work = Path(f"{warehouse}.tmp")
    try:
        loaded = plan(folder, work, entity, declared)
        warehouse.parent.mkdir(parents=True, exist_ok=True)
        with duckdb.connect(str(warehouse)) as database:
            write(database, loaded, entity)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return loaded


def plan(folder: Path, work: Path, entity: str | None = None, declared: Formats = Formats()) -> LoadedFolder:
    """What is to be loaded from a folder; clean copies of files that need them are in `work`."""
    tables = contract.tables()
    loaded = LoadedFolder()
    if not folder.is_dir():
        raise FolderError(
            f"{folder} is not a folder. Expected: a folder with files named after the contract's tables, "
            f"{', '.join(name for name, table in tables.items() if table.is_required)} at least."
        )
    sources = read_sources(folder, work)
    loaded.notices += sources.notices
    problems = list(sources.problems)
    loaded.files = take_by_name(sources, tables, loaded, problems)
    with duckdb.connect() as connection:
        for file in loaded.files:
            problems += match_columns(file, entity)
            kinds = {spelt: kind_of(file.table, name) for name, spelt in file.spelling.items()}
            found = column_formats(connection, file.source, kinds, declared)
            file.readings = found.readings
            loaded.notices += found.notices
            problems += found.problems
            loaded.account_extra_columns += extra_columns(file, loaded)
    taken = {file.table.name for file in loaded.files}
    problems += missing_tables(tables, taken, sources, loaded)
    if problems:
        raise FolderError("\n".join(problems))
    return loaded


def write(database: duckdb.DuckDBPyConnection, loaded: LoadedFolder, entity: str | None = None) -> None:
    """Write the raw tables that are planned, in place of those that are there."""
    database.execute("set preserve_insertion_order = false")  # or a part of what is written would be written twice
    database.begin()
    database.execute(f"drop schema if exists {SCHEMA} cascade")
    database.execute(f"create schema {SCHEMA}")
    for name in dict.fromkeys(file.table.name for file in loaded.files):
        files = [file for file in loaded.files if file.table.name == name]
        selects = [selection(file, loaded.account_extra_columns if name == "accounts" else [], entity) for file in files]
        try:
            database.execute(f"create table {SCHEMA}.{name} as {' union all '.join(selects)}")
        except duckdb.Error as error:
            database.rollback()
            raise FolderError(f"{', '.join(file.source.name for file in files)}: can't be read. {gist(error)}") from error
        ((loaded.rows[name],),) = database.execute(f"select count(*) from {SCHEMA}.{name}").fetchall()
    if "account_segments" in loaded.rows:
        find_custom_segments(database, loaded)
    database.commit()


def find_custom_segments(database: duckdb.DuckDBPyConnection, loaded: LoadedFolder) -> None:
    """Take note of the attributes in account_segments: every one becomes a dimension of the metrics."""
    names = database.execute(
        f"select distinct trim(segment_name) from {SCHEMA}.account_segments where trim(segment_name) <> '' order by 1"
    ).fetchall()
    for (name,) in names:
        if SEGMENT_NAME.fullmatch(name):
            loaded.custom_segments.append(name)
        else:
            loaded.notices.append(
                f"account_segments: segment_name {name!r} becomes no dimension. Expected: lowercase letters, digits and _."
            )


def take_by_name(sources: Sources, tables: dict[str, Table], loaded: LoadedFolder, problems: list[str]) -> list[File]:
    """The sources that are named after a table, or a part of one, each with its table."""
    exact: dict[str, list[Source]] = {}
    parts: dict[str, list[Source]] = {}
    for source in sources.sources:
        name = source.stem
        part = PART.fullmatch(name)
        copy = COPY.fullmatch(name)
        if name in tables:
            exact.setdefault(name, []).append(source)
        elif part and part["table"] in tables:
            parts.setdefault(part["table"], []).append(source)
        elif copy and copy["table"] in tables:
            exact.setdefault(copy["table"], []).append(source)
        else:
            loaded.notices.append(f"{source.name}: no table of the contract{nearest(name, list(tables))}, so it is not read.")
    files = []
    for name in [name for name in tables if name in exact or name in parts]:
        whole, numbered = exact.get(name, []), parts.get(name, [])
        stems = [source.stem for source in numbered]
        twice = next((source for source in numbered if stems.count(source.stem) > 1), None)
        if len(whole) > 1:
            problems.append(f"{whole[1].name}: {whole[0].name} is there too. Expected: one file for {name}; remove one.")
        elif whole and numbered:
            problems.append(
                f"{numbered[0].name}: {whole[0].name} is there too. Expected: {name} as a whole, or all of its parts in a folder {name}/; "
                "remove the one that is out of date."
            )
        elif twice:
            problems.append(f"{twice.name}: another file is called {twice.stem} too. Expected: each part of {name} once; remove one.")
        if numbered and not whole:
            loaded.notices.append(f"{name}: read from {', '.join(source.name for source in numbered)}, as parts of one table.")
        files += [File(tables[name], source) for source in whole or numbered]
    return files


def match_columns(file: File, entity: str | None) -> list[str]:
    """Note which columns of a file are the contract's; what is wrong with its header."""
    problems = []
    for spelt in file.source.columns:
        name = plain_name(spelt)
        if name in file.spelling:
            problems.append(f"{file.source.name}: columns {file.spelling[name]} and {spelt} are both {name}. Expected: one of them; rename the other.")
        elif name in file.table.column_names or is_extra(file.table, name):
            file.spelling[name] = spelt
    others = sorted(plain_name(spelt) for spelt in file.source.columns if plain_name(spelt) not in file.spelling)
    for column in file.table.columns:
        if column.name in file.spelling or not column.is_required or (column.name == ENTITY_COLUMN and entity):
            continue
        advice = nearest(column.name, others)
        if column.name == ENTITY_COLUMN:
            advice += " If all of it is one entity, name it instead: ENTITY=name (--entity name)."
        problems.append(
            f"{file.source.name}: the required column {column.name} is missing. "
            f"Expected: {column.name} ({column.kind}), {column.description}{advice}"
        )
    return problems


def is_extra(table: Table, name: str) -> bool:
    """Whether a column that the contract doesn't have is kept."""
    return table.name == "accounts" and EXTRA_COLUMN.fullmatch(name) is not None


def kind_of(table: Table, name: str) -> str:
    """The kind of a column's values; that of extra columns is text."""
    return next((column.kind for column in table.columns if column.name == name), "text")


def missing_tables(tables: dict[str, Table], taken: set[str], sources: Sources, loaded: LoadedFolder) -> list[str]:
    """Required tables that the folder lacks; the optional ones are noted as done without."""
    strangers = [source.stem for source in sources.sources if source.stem not in tables]
    problems = []
    for name, table in tables.items():
        if name in taken:
            continue
        if not table.is_required:
            loaded.without_tables.append(name)
            continue
        required = ", ".join(column.name for column in table.columns if column.is_required)
        problems.append(
            f"{name}: this required table is missing{nearest(name, strangers)}. "
            f"Expected: a file such as {name}.csv or {name}.xlsx. {table.description} Required columns: {required}."
        )
    return problems


def extra_columns(file: File, loaded: LoadedFolder) -> list[str]:
    """The file's columns that the contract doesn't have: those of accounts that start with x_ are kept."""
    for spelt in file.source.columns:
        if spelt not in file.spelling.values():
            advice = nearest(plain_name(spelt), file.table.column_names)
            loaded.unread_columns.setdefault(file.source.name, []).append(spelt)
            loaded.notices.append(f"{file.source.name}: column {spelt} is not in the contract{advice}, so it is not read.")
    return [name for name in file.spelling if is_extra(file.table, name) and name not in loaded.account_extra_columns]


def selection(file: File, extra: list[str], entity: str | None) -> str:
    """The query that brings a file to the contract's columns; those it lacks are NULL."""
    parts = []
    for name in [*file.table.column_names, *extra]:
        spelt = file.spelling.get(name)
        if spelt is not None:
            value = file.readings.get(spelt, Reading("text")).sql(quoted(spelt))
            if file.source.columns[spelt] == "TIMESTAMP WITH TIME ZONE":
                value = f"timezone('UTC', {value})"
        elif name == ENTITY_COLUMN and entity:
            value = literal(entity)
        else:
            value = "cast(null as varchar)"
        parts.append(f"{value} as {name}")
    return f"select {', '.join(parts)} from {file.source.scan}"
