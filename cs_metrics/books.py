"""The books of a company: the builds that readers have had, and what those have reported first.

They are in the published file, so that a build is in them from the moment on in which readers have it, and only then. The
working file's kept tables (`int_restatements__first_*`) are brought in line with them before each build: what a build kept that
nobody ever read goes, what the working file has lost comes back.
"""

import json
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path

import duckdb

from cs_metrics.files import BuildError, Files, shown
from cs_metrics.sources import literal, quoted
from cs_metrics.summary import SCHEMA
from cs_metrics.terminal import visible

RECORD = f"{SCHEMA}.published_builds"
BOOKS = "books"
READERS = "__published_for_readers"
"""What a published file is attached as: no warehouse has that name, while one may well be published.duckdb."""
KEPT_IN = f"{SCHEMA}_intermediate"
FIGURES = "int_restatements__first_figures"
BY_ACCOUNT = ("int_restatements__first_parts", "int_restatements__first_facts")
KEPT = (FIGURES, "int_restatements__first_inputs", *BY_ACCOUNT)
ABOUT = {
    "build_number": ("integer", "The builds of this file are numbered; the one with the highest number is published."),
    "as_of_date": ("date", "The build's as-of date."),
    "published_at": ("timestamp", "When readers got it, by the clock of the machine, in UTC."),
    "invocation_id": ("varchar", "dbt's invocation, as build_id in kept tables."),
    "inputs": ("varchar", "A hash of the data, the project and what was chosen."),
    "personal_columns": ("varchar", "What became of personal columns: kept, masked or left_out."),
    "hidden_columns": ("varchar", "The columns and segments that were masked or left out, as a JSON list."),
    "source": ("varchar", "A hash of the folder that it was built from; empty for the demo."),
    "billing_entities": ("varchar", "The billing entities in it, as a JSON list."),
    "withdrawn_at": ("timestamp", "When the figures that it was the first to report were withdrawn, in UTC; empty where they stand."),
    "withdrawn_because": ("varchar", "Why, in the words of who did it."),
    "withdrawn_figures": ("bigint", "How many figures were withdrawn."),
}
"""The columns of published_builds in a published file, each with its type and description."""


@dataclass(frozen=True)
class PublishedBuild:
    """A row of published_builds in a published file."""

    build_number: int
    as_of_date: date
    published_at: datetime
    invocation_id: str
    inputs: str | None = None
    personal_columns: str | None = None
    hidden_columns: tuple[str, ...] = ()
    source: str | None = None
    billing_entities: tuple[str, ...] = ()
    withdrawn_at: datetime | None = None
    withdrawn_because: str | None = None
    withdrawn_figures: int | None = None

    def __str__(self) -> str:
        return f"figures as of {self.as_of_date}, built {self.published_at:%Y-%m-%d %H:%M} UTC"


@dataclass(frozen=True)
class Books:
    """The builds that readers have had, the first one first."""

    builds: tuple[PublishedBuild, ...] = field(default_factory=tuple)

    @property
    def last(self) -> PublishedBuild | None:
        """What is published."""
        return self.builds[-1] if self.builds else None

    @property
    def standing(self) -> tuple[PublishedBuild, ...]:
        """Those whose figures weren't withdrawn."""
        return tuple(build for build in self.builds if build.withdrawn_at is None)


def read_books(file: Path) -> Books:
    """The books in a published file; empty ones where there is no file, or one that has none of this form."""
    if not file.exists():
        return Books()
    with duckdb.connect(str(file), read_only=True) as database:
        return books_of(database)


def books_of(database: duckdb.DuckDBPyConnection, catalog: str = "") -> Books:
    """The books in a published file that is open, or attached as `catalog`."""
    table = f"{catalog}.{RECORD}" if catalog else RECORD
    try:
        rows = database.execute(f"select {', '.join(ABOUT)} from {table} order by build_number").fetchall()
    except (duckdb.CatalogException, duckdb.BinderException):  # published by an older version, or not by this project
        return Books()
    builds = [PublishedBuild(*row) for row in rows]
    lists = ("hidden_columns", "billing_entities")
    return Books(tuple(replace(build, **{name: tuple(json.loads(getattr(build, name) or "[]")) for name in lists}) for build in builds))


def legacy_books(file: Path) -> Books:
    """The builds that a working file has noted itself: those of dbt alone, and of versions that had no books yet."""
    if not file.exists():
        return Books()
    with duckdb.connect(str(file), read_only=True) as database:
        try:
            rows = database.execute(
                f"select as_of_date, run_started_at, invocation_id from {RECORD} order by run_started_at, invocation_id"
            ).fetchall()
        except duckdb.CatalogException:
            return Books()
    return Books(tuple(PublishedBuild(number, *row) for number, row in enumerate(rows, 1)))


def reconcile(files: Files) -> Books:
    """Bring the working file in line with the books, and return them."""
    books = read_books(files.published)
    if not books.builds:
        return legacy_books(files.working)
    with duckdb.connect(str(files.working)) as database:
        database.execute(f"attach {literal(files.published)} as {READERS} (read_only)")
        note_builds(database, books)
        for table in restorable(database):
            restore(database, table, books)
        database.execute(f"detach {READERS}")
    return books


def note_builds(database: duckdb.DuckDBPyConnection, books: Books) -> None:
    """Let dbt know which builds stand: it takes what others have kept out of its tables."""
    database.execute(f"create schema if not exists {SCHEMA}")
    database.execute(
        f"create table if not exists {RECORD} (snapshot_id bigint, as_of_date date, run_started_at timestamp, invocation_id varchar)"
    )
    noted = {name for (name,) in database.execute(f"select invocation_id from {RECORD}").fetchall()}
    if noted == {build.invocation_id for build in books.standing}:
        return
    database.begin()
    database.execute(f"delete from {RECORD}")
    for build in books.standing:
        database.execute(f"insert into {RECORD} values (null, ?, ?, ?)", [build.as_of_date, build.published_at, build.invocation_id])
    database.commit()


def restorable(database: duckdb.DuckDBPyConnection) -> list[str]:
    """The kept tables that the attached published file has."""
    found = database.execute("select table_name from duckdb_tables() where database_name = ? and schema_name = ?", [READERS, BOOKS])
    names = {name for (name,) in found.fetchall()}
    return [table for table in KEPT if table in names]


def restore(database: duckdb.DuckDBPyConnection, table: str, books: Books) -> None:
    """Put a kept table back from the books where the working file lacks a row of a build that stands."""
    standing = [build.invocation_id for build in books.standing]
    counts = f"select build_id, count(*) from {{}} where build_id in (select unnest({literal_list(standing)})) group by all"
    kept = dict(database.execute(counts.format(f"{READERS}.{BOOKS}.{table}")).fetchall())
    try:
        found = dict(database.execute(counts.format(f"{KEPT_IN}.{table}")).fetchall())
    except duckdb.CatalogException:
        found = {}
    if all(found.get(build, 0) >= rows for build, rows in kept.items()):
        return
    database.execute(f"create schema if not exists {KEPT_IN}")
    database.execute(f"create or replace table {KEPT_IN}.{table} as from {READERS}.{BOOKS}.{table}")
    print(f"NOTE     {table}: what was reported first is taken from {Path(database_file(database)).name}.")


def database_file(database: duckdb.DuckDBPyConnection) -> str:
    """Where the attached published file is."""
    ((path,),) = database.execute("select path from duckdb_databases() where database_name = ?", [READERS]).fetchall()
    return path


def literal_list(values: list[str]) -> str:
    """Texts as a list in SQL."""
    return f"[{', '.join(map(literal, values))}]::varchar[]"


def withdraw(files: Files, books: Books, as_of: str, because: str, now: datetime) -> Books:
    """The books with what was first reported as of a day taken back; dbt forgets those figures, and the row says why.

    They are as before until a build with them is published.
    """
    mistaken = [build for build in books.standing if build.as_of_date.isoformat() == as_of]
    if not mistaken:
        days = ", ".join(dict.fromkeys(build.as_of_date.isoformat() for build in books.standing[-10:])) or "none"
        raise BuildError(f"Nothing that stands was published as of {as_of}, so nothing can be withdrawn. Published as of: {days}.")
    counts = figures_by_build(files)
    gone = {build.invocation_id for build in mistaken}
    withdrawn = tuple(
        replace(build, withdrawn_at=now, withdrawn_because=because, withdrawn_figures=counts.get(build.invocation_id, 0))
        if build.invocation_id in gone
        else build
        for build in books.builds
    )
    found = Books(withdrawn)
    with duckdb.connect(str(files.working)) as database:
        note_builds(database, found)
    figures = sum(counts.get(build, 0) for build in gone)
    print(f"NOTE     {figures:,} figures that were first reported as of {as_of} are withdrawn with this build: {because}")
    return found


def figures_by_build(files: Files) -> dict[str, int]:
    """How many figures each build was the first to report."""
    with duckdb.connect(str(files.working), read_only=True) as database:
        try:
            return dict(database.execute(f"select build_id, count(*) from {KEPT_IN}.{FIGURES} group by all").fetchall())
        except duckdb.CatalogException:
            return {}


def write_books(database: duckdb.DuckDBPyConnection, source: str, books: Books, personal: frozenset[str]) -> None:
    """Write the books into the file in use: the builds, and the kept tables of the attached working file `source`.

    Rows that need personal ids or segments to be told apart stay in the working file alone.
    """
    columns = ", ".join(f"{name} {kind}" for name, (kind, _) in ABOUT.items())
    database.execute(f"create table {RECORD} ({columns})")
    database.execute(f"comment on table {RECORD} is 'One row per build that readers have had.'")
    for name, (_, description) in ABOUT.items():
        database.execute(f"comment on column {RECORD}.{name} is {literal(description)}")
    for build in books.builds:
        values = [getattr(build, name) for name in ABOUT]
        values = [json.dumps(value) if isinstance(value, tuple) else value for value in values]
        database.execute(f"insert into {RECORD} values ({', '.join('?' * len(values))})", values)
    there = {
        name
        for (name,) in database.execute(
            "select table_name from duckdb_tables() where database_name = ? and schema_name = ?", [source, KEPT_IN]
        ).fetchall()
    }
    database.execute(f"create schema if not exists {BOOKS}")
    for table in KEPT:
        if table in there and not (personal & {"account_id"} and table in BY_ACCOUNT):
            of_segments = f" where dimension not in (select unnest({literal_list(sorted(personal))}))" if table == FIGURES and personal else ""
            database.execute(f"create table {BOOKS}.{table} as from {quoted(source)}.{KEPT_IN}.{table}{of_segments}")
            database.execute(f"comment on table {BOOKS}.{table} is 'For the next builds: what was first reported, as {KEPT_IN}.{table}.'")


def refuse_other_company(files: Files, books: Books, source: str | None, entities: tuple[str, ...] | None, is_same: bool) -> None:
    """Stop where a warehouse is another company's: made from another folder, or without any billing entity of this one."""
    last = books.last
    if last is None or is_same:
        return
    is_other_folder = last.source is not None and source != last.source
    is_strange = entities is not None and bool(last.billing_entities) and not set(entities) & set(last.billing_entities)
    if not is_other_folder and not is_strange:
        return
    was = f"from another folder, with the billing entities {', '.join(map(visible, last.billing_entities))}"
    if not is_other_folder:
        here = ", ".join(map(visible, entities or ()))
        was = f"with the billing entities {', '.join(map(visible, last.billing_entities))}, and none of them is in this export ({here})"
    raise BuildError(
        f"{shown(files.published)} was built {was}. Another company needs a file of its own: WAREHOUSE=file.duckdb. "
        "If it is the same company, say so: SAME_COMPANY=1."
    )
