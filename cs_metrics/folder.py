"""Loads a folder of CSV and Parquet files, named after the tables of the input contract, into DuckDB.

A table is `<table>.csv`, `<table>.parquet` or a folder `<table>/` of Parquet parts. Everything that can be known
from the names and headers is checked before anything is written, and all that is wrong is said at once.
Values are not judged here: what can't be read as its type becomes a rejected row in the build.
"""

import codecs
import csv
import re
import shutil
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from cs_metrics import contract
from cs_metrics.contract import Table, nearest

SCHEMA = "raw"
ENTITY_COLUMN = "billing_entity"
EXTRA_COLUMN = re.compile(r"x_[a-z0-9_]+")
NO_CHARACTER = "\N{REPLACEMENT CHARACTER}"
CHUNK = 2**24
SEGMENT_NAME = re.compile(r"[a-z_][a-z0-9_]*")


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


@dataclass
class File:
    """A table's file, and what is in its header: the columns as they are spelt there, and their types."""

    table: Table
    path: Path
    scan: str
    header: dict[str, str] = field(default_factory=dict)


def load(folder: Path, warehouse: Path, entity: str | None = None) -> LoadedFolder:
    """Load every file of the folder into schema `raw` of the warehouse, in place of what was there.

    `entity` is the billing entity of all rows of the files that have no such column.
    """
    mended = Path(f"{warehouse}.tmp")
    try:
        return load_files(folder, warehouse, entity, mended)
    finally:
        shutil.rmtree(mended, ignore_errors=True)


def load_files(folder: Path, warehouse: Path, entity: str | None, mended: Path) -> LoadedFolder:
    """Load every file; copies of those whose text isn't UTF-8 throughout are made in the folder `mended`."""
    tables = contract.tables()
    loaded, problems = LoadedFolder(), []
    with duckdb.connect() as headers:
        files = find_files(folder, tables, loaded, problems)
        for file in list(files.values()):
            try:
                mend_text(file, mended, loaded)
                read_header(headers, file)
            except (duckdb.Error, OSError, ValueError) as error:
                problems.append(unreadable(file, error))
                continue
            problems += missing_columns(file, entity)
    problems += missing_tables(folder, tables, files, loaded)
    if problems:
        raise FolderError("\n".join(problems))

    warehouse.parent.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(str(warehouse)) as database:
        database.execute("set preserve_insertion_order = false")  # or a part of what is written would be written twice
        database.begin()
        database.execute(f"drop schema if exists {SCHEMA} cascade")
        database.execute(f"create schema {SCHEMA}")
        for file in files.values():
            extra = extra_columns(file, loaded)
            try:
                database.execute(f"create table {SCHEMA}.{file.table.name} as {selection(file, extra, entity)}")
            except duckdb.Error as error:
                database.rollback()
                raise FolderError(unreadable(file, error)) from error
            ((loaded.rows[file.table.name],),) = database.execute(
                f"select count(*) from {SCHEMA}.{file.table.name}"
            ).fetchall()
        if "account_segments" in files:
            find_custom_segments(database, loaded)
        database.commit()
    return loaded


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


def find_files(folder: Path, tables: dict[str, Table], loaded: LoadedFolder, problems: list[str]) -> dict[str, File]:
    """The file of each table that the folder has."""
    if not folder.is_dir():
        raise FolderError(
            f"{folder} is not a folder. Expected: a folder with files named after the contract's tables, "
            f"{', '.join(name for name, table in tables.items() if table.is_required)} at least."
        )
    files: dict[str, File] = {}
    for path in sorted(folder.iterdir()):
        scan = scan_of(path)
        if path.name.startswith("."):
            continue
        if scan is None:
            loaded.notices.append(f"{path.name}: neither CSV nor Parquet, so it is not read.")
            continue
        name = path.stem.lower()
        if name not in tables:
            loaded.notices.append(f"{path.name}: no table of the contract{nearest(name, list(tables))}, so it is not read.")
        elif name in files:
            problems.append(f"{path.name}: {files[name].path.name} is there too. Expected: one file for {name}; remove one.")
        else:
            files[name] = File(tables[name], path, scan)
    return files


def scan_of(path: Path) -> str | None:
    """The SQL that reads a file; None where it is no table."""
    if path.is_dir():
        parts = path / "*.parquet"
        return f"read_parquet({literal(parts)}, union_by_name = true)" if any(path.glob("*.parquet")) else None
    if path.suffix.lower() == ".parquet":
        return f"read_parquet({literal(path)})"
    if path.suffix.lower() == ".csv":
        return f"read_csv({literal(path)}"
    return None


def mend_text(file: File, mended: Path, loaded: LoadedFolder) -> None:
    """Where a CSV file has bytes that are no UTF-8, read a copy with a mark in their place, so that a few lines cost no build.

    A header with such bytes is another encoding, which read_header refuses.
    """
    if file.path.suffix.lower() != ".csv" or is_text(file.path):
        return
    mended.mkdir(parents=True, exist_ok=True)
    copy = mended / file.path.name
    damaged = 0
    with open(file.path, "rb") as lines, open(copy, "wb") as target:
        for line in lines:
            text = line.decode("utf-8", errors="replace").replace("\0", NO_CHARACTER).encode()
            damaged += text != line
            target.write(text)
    file.scan = f"read_csv({literal(copy)}"
    loaded.notices.append(
        f"{file.path.name}: {damaged:,} lines have bytes that are no UTF-8 text; {NO_CHARACTER} stands in their place. "
        "If the file is in another encoding, export it as UTF-8."
    )


def is_text(path: Path) -> bool:
    """Whether all of a file is UTF-8 without NUL characters."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    with open(path, "rb") as file:
        try:
            while chunk := file.read(CHUNK):
                if "\0" in decoder.decode(chunk):
                    return False
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True


def read_header(connection: duckdb.DuckDBPyConnection, file: File) -> None:
    """Take note of the file's columns and their types.

    A CSV file's header is read here and every column is text, so that nothing depends on what DuckDB would guess
    from the first rows: neither the separator nor the types, nor rows to skip.
    """
    if file.path.suffix.lower() == ".csv":
        with open(file.path, "rb") as lines:
            first = lines.readline().decode("utf-8-sig")
        separator = max(",;\t|", key=first.count)
        names = [name.strip() for name in next(csv.reader([first], delimiter=separator), [])]
        if not all(names) or not names or len({name.lower() for name in names}) < len(names):
            raise ValueError(f"Its first line holds no name, or a name twice: {first.strip()[:80]!r}")
        file.header = dict.fromkeys(names, "VARCHAR")
        columns = ", ".join(f"{literal(name)}: 'VARCHAR'" for name in names)
        file.scan += (
            f", auto_detect = false, columns = {{{columns}}}, header = true, delim = {literal(separator)}, "
            "quote = '\"', escape = '\"', nullstr = '')"
        )
        connection.execute(f"select count(*) from (select * from {file.scan} limit 1000)")
    else:
        file.header = {row[0]: row[1] for row in connection.execute(f"describe select * from {file.scan}").fetchall()}


def missing_columns(file: File, entity: str | None) -> list[str]:
    """What is wrong with a file's header."""
    spelt = {name.strip().lower() for name in file.header}
    others = sorted(spelt - set(file.table.column_names))
    problems = []
    for column in file.table.columns:
        if column.name in spelt or not column.is_required or (column.name == ENTITY_COLUMN and entity):
            continue
        advice = nearest(column.name, others)
        if column.name == ENTITY_COLUMN:
            advice += " If all of it is one entity, name it instead: ENTITY=name (--entity name)."
        problems.append(
            f"{file.path.name}: the required column {column.name} is missing. "
            f"Expected: {column.name} ({column.kind}), {column.description}{advice}"
        )
    return problems


def missing_tables(folder: Path, tables: dict[str, Table], files: dict[str, File], loaded: LoadedFolder) -> list[str]:
    """Required tables that the folder lacks; the optional ones are noted as done without."""
    strangers = [path.stem.lower() for path in folder.iterdir() if scan_of(path) and path.stem.lower() not in tables]
    problems = []
    for name, table in tables.items():
        if name in files:
            continue
        if not table.is_required:
            loaded.without_tables.append(name)
            continue
        required = ", ".join(column.name for column in table.columns if column.is_required)
        problems.append(
            f"{name}.csv or {name}.parquet: this required table is missing{nearest(name, strangers)}. "
            f"Expected: {table.description} Required columns: {required}."
        )
    return problems


def extra_columns(file: File, loaded: LoadedFolder) -> list[str]:
    """The file's columns that the contract doesn't have: those of accounts that start with x_ are kept."""
    kept = []
    for spelt in file.header:
        name = spelt.strip().lower()
        if name in file.table.column_names:
            continue
        if file.table.name == "accounts" and EXTRA_COLUMN.fullmatch(name):
            kept.append(name)
        else:
            advice = nearest(name, file.table.column_names)
            loaded.notices.append(f"{file.path.name}: column {spelt} is not in the contract{advice}, so it is not read.")
    if file.table.name == "accounts":
        loaded.account_extra_columns = kept
    return kept


def selection(file: File, extra: list[str], entity: str | None) -> str:
    """The query that brings a file to the contract's columns; those it lacks are NULL."""
    spelling = {name.strip().lower(): name for name in reversed(file.header)}
    parts = []
    for name in [*file.table.column_names, *extra]:
        if name in spelling:
            value = '"' + spelling[name].replace('"', '""') + '"'
            if file.header[spelling[name]] == "TIMESTAMP WITH TIME ZONE":
                value = f"timezone('UTC', {value})"
        elif name == ENTITY_COLUMN and entity:
            value = literal(entity)
        else:
            value = "cast(null as varchar)"
        parts.append(f"{value} as {name}")
    return f"select {', '.join(parts)} from {file.scan}"


def unreadable(file: File, error: Exception) -> str:
    """A file that can't be read: its name, the gist of the message, what is expected."""
    gist = re.split(r"\n+\s*(?:LINE \d+:|Possible |\* )", str(error))[0]
    lines = [line.strip() for line in gist.splitlines() if line.strip()]
    expected = (
        "Parquet" if "parquet" in file.scan else "comma-separated UTF-8 text with one header line of column names"
    )
    return f"{file.path.name}: can't be read. {'; '.join(lines[:3])}. Expected: {expected}."


def literal(value: object) -> str:
    """A SQL text literal."""
    return "'" + str(value).replace("'", "''") + "'"


def quoted(name: str) -> str:
    """A name in SQL."""
    return '"' + name.replace('"', '""') + '"'
