"""Publishes a build: its public marts go into a file of their own, which takes the place of the last one at once.

Who has the last one open goes on reading it; who opens the file finds all of one build, never some of two.
"""

import json
import os
import secrets
import shutil
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path

import duckdb

from cs_metrics.books import BOOKS, READERS, Books, PublishedBuild, read_books, write_books
from cs_metrics.dashboard.page import build_of_page, write_page
from cs_metrics.files import SNAPSHOT_TIME, BuildError, Files, shown, wal_of
from cs_metrics.sources import literal, quoted
from cs_metrics.summary import SCHEMA

PERSONAL = ("kept", "masked", "left_out")  # what may become of personal columns, the more hidden the later
MASK_LENGTH = 16
UNFINISHED = "__unfinished"
"""What the file that is being written is attached as."""
SEMANTICS_FILE = "semantic_manifest.json"
SEMANTICS = f"{BOOKS}.semantic_manifest"
LOSS_LIMIT = 0.5
"""The share of a month's accounts or MRR that may go from one publication to the next without a word."""


@dataclass(frozen=True)
class Publication:
    """What is to be published, and how."""

    books: Books
    """The builds before it; those that are withdrawn with it are marked."""
    inputs: str
    keep: int = 3
    """How many snapshots are kept."""
    personal: str = PERSONAL[0]
    is_personal_chosen: bool = False
    """Whether what becomes of personal columns was said for this build; else it is as before, and no more may be shown."""
    personal_names: frozenset[str] = frozenset()
    """Columns and segments that are personal besides those marked."""
    has_page: bool = True
    may_lose: bool = False
    """Whether months may have lost most of what is published of them."""
    source: str | None = None
    entities: tuple[str, ...] = ()


def publish(files: Files, target_path: Path, publication: Publication) -> PublishedBuild:
    """Put the public marts of the working file, and their page, in the place of what is published.

    The file has all of a build in it: tables, books, what `make query` reads. Its page is away while the two are exchanged, so
    that no page lies beside figures of another build; the next build writes it where this one is stopped in between. Snapshots
    that show more of personal columns than this build go: who hides them doesn't want them lying beside it.
    """
    refuse_losses(files, publication)
    build = write_snapshot(files, target_path, publication)
    flush(files.unfinished)
    if publication.has_page:
        write_page(files.unfinished_page, files.unfinished, files.working, files.published.stem)
    if publication.personal != PERSONAL[0]:
        remove_snapshots_that_show_more(files, build)
    files.page.unlink(missing_ok=True)
    wal_of(files.published).unlink(missing_ok=True)  # of somebody who wrote into the published file: it belongs to that one
    os.replace(files.unfinished, files.published)
    if publication.has_page:
        os.replace(files.unfinished_page, files.page)
    flush(files.published.parent)
    keep_snapshot(files, build, publication.keep)
    return build


def mend(files: Files, build: PublishedBuild, has_page: bool, keep: int) -> None:
    """See to it that what is published has its page, of the same build, and its snapshot."""
    if not has_page:
        files.page.unlink(missing_ok=True)
    elif build_of_page(files.page) != build.invocation_id:
        write_page(files.unfinished_page, files.published, files.working, files.published.stem)
        os.replace(files.unfinished_page, files.page)
    keep_snapshot(files, build, keep)


def public_marts(manifest: dict) -> list[dict]:
    """dbt's nodes of the models that anybody may read, but for those that say that they stay in the warehouse."""
    models = [node for node in manifest["nodes"].values() if node["resource_type"] == "model"]
    public = [node for node in models if node["config"].get("access", node.get("access")) == "public"]
    return [node for node in public if node["config"]["meta"].get("is_published", True)]


def write_snapshot(files: Files, target_path: Path, publication: Publication) -> PublishedBuild:
    """Copy the marts, as tables and with their descriptions, and the books into the unfinished file.

    The working file is attached under its own name, up to the first dot, which its views know their tables by.
    """
    manifest = json.loads((target_path / "manifest.json").read_text(encoding="utf-8"))
    alias = files.working.name.partition(".")[0]
    source = quoted(alias)
    hiding = Hiding(publication.personal, publication.personal_names, mask_key(files) if publication.personal == "masked" else "")
    hidden: list[str] = []
    with duckdb.connect() as database:
        database.execute(f"set temp_directory = {literal(f'{files.working}.tmp')}")
        database.execute(f"attach {literal(files.working)} as {source} (read_only)")
        database.execute(f"attach {literal(files.unfinished)} as {UNFINISHED}")
        database.execute(f"use {UNFINISHED}")
        for mart in public_marts(manifest):
            name = f"{quoted(mart['schema'])}.{quoted(mart['alias'])}"
            database.execute(f"create schema if not exists {quoted(mart['schema'])}")
            columns = [column for column, *_ in database.execute(f"describe {source}.{name}").fetchall()]
            hidden += hiding.hidden(mart, columns)
            database.execute(f"create table {name} as {hiding.selection(mart, columns, f'{source}.{name}')}")
            describe(database, name, mart)
        refuse_to_show_more(publication, hidden, database)
        ((as_of,),) = database.execute(f"select max(as_of_date) from {SCHEMA}.source_freshness").fetchall()
        build = PublishedBuild(
            build_number=publication.books.last.build_number + 1 if publication.books.last else 1,
            as_of_date=as_of,
            published_at=now(),
            invocation_id=manifest["metadata"]["invocation_id"],
            inputs=publication.inputs,
            personal_columns=publication.personal,
            hidden_columns=tuple(hidden),
            source=publication.source,
            billing_entities=publication.entities,
        )
        keep_semantics(database, target_path)
        names = publication.personal_names if publication.personal != PERSONAL[0] else frozenset()
        write_books(database, alias, Books((*publication.books.builds, build)), names)
        database.execute(f"checkpoint {UNFINISHED}")
        database.execute("use memory")
        database.execute(f"detach {UNFINISHED}")
    return build


def keep_semantics(database: duckdb.DuckDBPyConnection, target_path: Path) -> None:
    """Keep the metrics as MetricFlow reads them beside their figures, where dbt has written them."""
    place = target_path / SEMANTICS_FILE
    if place.exists():
        database.execute(f"create schema if not exists {BOOKS}")
        database.execute(f"create table {SEMANTICS} (content varchar)")
        database.execute(f"comment on table {SEMANTICS} is 'The metrics as MetricFlow reads them (semantic_manifest.json), for `make query`.'")
        database.execute(f"insert into {SEMANTICS} values (?)", [place.read_text(encoding="utf-8")])


def now() -> datetime:
    """The time in UTC, to the second."""
    return datetime.now(timezone.utc).replace(tzinfo=None, microsecond=0)


@dataclass(frozen=True)
class Hiding:
    """What becomes of personal columns and segments: kept, masked or left out.

    A mask is the same text for the same value, in every table and build, so that it can be counted and joined; without the
    key nobody can try out whether a name they know is in it.
    """

    personal: str
    names: frozenset[str]
    key: str

    def is_personal(self, mart: dict, name: str) -> bool:
        """Whether a column is: marked, undocumented (nobody knows what is in it), or chosen; parent_account_id as account_id."""
        column = mart["columns"].get(name)
        is_chosen = any(name == chosen or name.endswith(f"_{chosen}") for chosen in self.names)
        return column is None or bool(column["config"]["meta"].get("is_personal")) or is_chosen

    def hidden(self, mart: dict, columns: list[str]) -> list[str]:
        """The columns and segments of a table that aren't shown, such as dim_accounts.account_name and monthly_metrics.csm."""
        if self.personal == PERSONAL[0]:
            return []
        segments = sorted(self.names) if {"dimension", "dimension_value"} <= set(columns) else []
        return [f"{mart['alias']}.{name}" for name in [*(one for one in columns if self.is_personal(mart, one)), *segments]]

    def selection(self, mart: dict, columns: list[str], table: str) -> str:
        """The query that reads a table as it is shown."""
        if self.personal == PERSONAL[0]:
            return f"select {', '.join(map(quoted, columns))} from {table}"
        has_segments = self.names and {"dimension", "dimension_value"} <= set(columns)
        of_segments = f"dimension in ({', '.join(map(literal, sorted(self.names)))})"
        shown_as = []
        for name in columns:
            if self.is_personal(mart, name):
                shown_as += [f"{self.mask(name)} as {quoted(name)}"] if self.personal == "masked" else []
            elif name == "dimension_value" and has_segments and self.personal == "masked":
                shown_as.append(f"case when {of_segments} then {self.mask(name)} else {quoted(name)} end as {quoted(name)}")
            else:
                shown_as.append(quoted(name))
        where = f" where not {of_segments}" if has_segments and self.personal == "left_out" else ""
        return f"select {', '.join(shown_as)} from {table}{where}"

    def mask(self, name: str) -> str:
        """The SQL of a column's mask."""
        return f"left(sha256({literal(self.key)} || sha256({literal(self.key)} || cast({quoted(name)} as varchar))), {MASK_LENGTH})"


def refuse_to_show_more(publication: Publication, hidden: list[str], database: duckdb.DuckDBPyConnection) -> None:
    """Stop where a column would be shown that was hidden in what is published, unless that was chosen in so many words."""
    last = publication.books.last
    if last is None or publication.is_personal_chosen:
        return
    tables = database.execute("select table_name || '.' || column_name from duckdb_columns() where database_name = ?", [UNFINISHED])
    there = {name for (name,) in tables.fetchall()}
    segments = {f"{mart}.{name}" for mart, _, name in (one.partition(".") for one in last.hidden_columns) if f"{mart}.dimension_value" in there}
    shown_now = sorted(name for name in last.hidden_columns if name not in hidden and (name in there or name in segments))
    if shown_now:
        raise BuildError(
            f"It would show what is hidden in {last}: {', '.join(shown_now[:10])}{' ...' if len(shown_now) > 10 else ''}. "
            "Mark it again (the variable personal_columns), or say what personal columns shall be: PERSONAL=kept, masked or left_out."
        )


def refuse_losses(files: Files, publication: Publication) -> None:
    """Stop where a month has less than half of the accounts or MRR that is published of it: that is rarely what happened."""
    if publication.may_lose or publication.books.last is None or not files.published.exists():
        return
    source = quoted(files.working.name.partition(".")[0])
    with duckdb.connect() as database:
        database.execute(f"attach {literal(files.working)} as {source} (read_only)")
        database.execute(f"attach {literal(files.published)} as {READERS} (read_only)")
        lost = database.execute(
            f"""
            with months as (
                select month, metric, any_value(unit) as unit, sum(numerator) as amount, is_published
                from (
                    select *, true as is_published from {READERS}.{SCHEMA}.monthly_metrics
                    union all by name
                    select *, false as is_published from {source}.{SCHEMA}.monthly_metrics
                )
                where policy = 'standard' and dimension = 'all' and metric in ('accounts', 'mrr')
                group by all
            )
            select before.month, before.metric, before.amount, coalesce(today.amount, 0)
            from months as before
            left join months as today
                on before.month = today.month and before.metric = today.metric and before.unit = today.unit and not today.is_published
            where before.is_published
                and (before.metric = 'accounts' or before.unit = (select any_value(unit) from months where metric = 'mrr' and not is_published))
                and before.amount > 0 and coalesce(today.amount, 0) < before.amount * {1 - LOSS_LIMIT}
                and before.month < date_trunc('month', ?::date)
            order by coalesce(today.amount, 0) / before.amount, before.month desc
            """,
            [publication.books.last.as_of_date],
        ).fetchall()
    if lost:
        month, metric, before, today = lost[0]
        months = len({month for month, *_ in lost})
        raise BuildError(
            f"{months} {'month has' if months == 1 else 'months have'} lost more than {LOSS_LIMIT:.0%} of the accounts or MRR that "
            f"{'is' if months == 1 else 'are'} published, most of all {month:%Y-%m}: {metric} {before:,.0f} -> {today:,.0f}. Look at rejected "
            "rows (make rejected) and at what the export lacks. If it is right, say so: ACCEPT_LOSSES=1."
        )


def mask_key(files: Files) -> str:
    """What masks are made with: drawn once, and kept where dbt works, beside the names themselves."""
    if not files.mask_key.exists():
        with open(os.open(files.mask_key, os.O_WRONLY | os.O_CREAT, 0o600), "w", encoding="utf-8") as file:
            file.write(secrets.token_hex())
    return files.mask_key.read_text(encoding="utf-8")


def describe(database: duckdb.DuckDBPyConnection, name: str, mart: dict) -> None:
    """Give a table and its columns their descriptions as comments."""
    if mart["description"]:
        database.execute(f"comment on table {name} is {literal(mart['description'].strip())}")
    columns = {column for column, *_ in database.execute(f"describe {name}").fetchall()}
    for column in mart["columns"].values():
        if column["description"] and column["name"] in columns:
            database.execute(f"comment on column {name}.{quoted(column['name'])} is {literal(column['description'].strip())}")


def keep_snapshot(files: Files, build: PublishedBuild, keep: int) -> None:
    """Keep what is published under a name of its own, and remove all but the last ones: the same file, where the disk can do that."""
    name = f"{files.published.stem}_{build.as_of_date}_{build.published_at.strftime(SNAPSHOT_TIME)}{files.published.suffix}"
    snapshot = files.snapshots / name
    if keep > 0 and not (snapshot.exists() and snapshot.stat().st_mtime_ns == files.published.stat().st_mtime_ns):
        files.snapshots.mkdir(exist_ok=True)
        unfinished = snapshot.with_name(f"{name}.unfinished")
        try:
            os.link(files.published, unfinished)
        except OSError:  # a disk without hard links
            shutil.copy2(files.published, unfinished)
        os.replace(unfinished, snapshot)
        flush(files.snapshots)
    others = [file for file in files.kept() if file != snapshot]
    for old in others[: len(others) - max(keep - 1, 0)] if keep > 0 else [*others, snapshot]:
        old.unlink(missing_ok=True)


def last_published(file: Path) -> str:
    """What is published, for people to read."""
    if not file.exists():
        return "nothing has been published yet"
    try:
        last = read_books(file).last
    except duckdb.Error:  # somebody writes to it
        last = None
    return str(last) if last else f"the file of {datetime.fromtimestamp(file.stat().st_mtime, timezone.utc):%Y-%m-%d %H:%M} UTC"


def remove_snapshots_that_show_more(files: Files, build: PublishedBuild) -> None:
    """Those in which personal columns are less hidden than in a build, or a column isn't that is hidden in it."""
    for snapshot in files.kept():
        last = read_books(snapshot).last
        was = (last.personal_columns if last else None) or PERSONAL[0]
        more = set(build.hidden_columns) - set(last.hidden_columns if last else ())
        if more or PERSONAL.index(was) < PERSONAL.index(build.personal_columns or PERSONAL[0]):
            what = f"personal columns were {was} in it" if was != build.personal_columns else f"it shows {', '.join(sorted(more)[:3])}"
            print(f"Removed {shown(snapshot)}: {what}, and what is published shows less now.")
            snapshot.unlink()


def flush(path: Path) -> None:
    """See to it that a file, or the names in a folder, are on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
