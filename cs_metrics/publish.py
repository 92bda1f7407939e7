"""Publishes a build: its public marts go into a file of their own, which takes the place of the last one at once.

Who has the last one open goes on reading it; who opens the file finds all of one build, never some of two.
"""

import json
import os
import secrets
import shutil
from dataclasses import dataclass
from datetime import date, datetime, timezone
from pathlib import Path

import duckdb

from cs_metrics.dashboard.page import write_page
from cs_metrics.files import SNAPSHOT_TIME, Files, shown, wal_of
from cs_metrics.sources import literal, quoted
from cs_metrics.summary import SCHEMA

RECORD = f"{SCHEMA}.published_builds"
PERSONAL = ("kept", "masked", "left_out")  # what may become of personal columns, the more hidden the later
MASK_LENGTH = 16


@dataclass(frozen=True)
class Published:
    """What a published file says of itself."""

    as_of: date
    at: datetime

    def __str__(self) -> str:
        return f"figures as of {self.as_of}, built {self.at:%Y-%m-%d %H:%M} UTC"


def publish(
    files: Files, target_path: Path, keep: int, inputs: str, personal: str = PERSONAL[0], has_page: bool = True
) -> Published:
    """Put the public marts of the working file, and their page, in the place of what is published; the last `keep` are kept.

    Of those, the ones that show more of personal columns than this one go: who hides them doesn't want them lying beside it.
    """
    manifest = json.loads((target_path / "manifest.json").read_text(encoding="utf-8"))
    published = write_snapshot(files, public_marts(manifest), manifest["metadata"]["invocation_id"], inputs, personal)
    flush(files.unfinished)
    if has_page:
        write_page(files.unfinished_page, files.unfinished, files.working, files.published.stem)
    if keep > 0:
        keep_snapshot(files, published)
    if personal != PERSONAL[0]:
        remove_snapshots_that_show_more(files, personal)
    wal_of(files.published).unlink(missing_ok=True)  # of somebody who wrote into the published file: it belongs to that one
    os.replace(files.unfinished, files.published)
    put_page(files, has_page)
    flush(files.published.parent)
    for old in files.kept()[:-keep] if keep > 0 else files.kept():
        old.unlink()
    return published


def renew_page(files: Files, has_page: bool) -> None:
    """Write the page of what is published already, where it isn't there, or remove the one that isn't wanted."""
    if has_page and not files.page.exists():
        write_page(files.unfinished_page, files.published, files.working, files.published.stem)
        put_page(files, has_page)
    elif not has_page:
        put_page(files, has_page)


def put_page(files: Files, has_page: bool) -> None:
    """Put the page that was written in its place; without one, no page of older figures stays beside newer tables."""
    if has_page:
        os.replace(files.unfinished_page, files.page)
    else:
        files.page.unlink(missing_ok=True)


def public_marts(manifest: dict) -> list[dict]:
    """dbt's nodes of the models that anybody may read, but for those that say that they stay in the warehouse."""
    models = [node for node in manifest["nodes"].values() if node["resource_type"] == "model"]
    public = [node for node in models if node["config"].get("access", node.get("access")) == "public"]
    return [node for node in public if node["config"]["meta"].get("is_published", True)]


def write_snapshot(files: Files, marts: list[dict], invocation: str, inputs: str, personal: str) -> Published:
    """Copy the marts, as tables and with their descriptions, into the unfinished file.

    The working file is attached under its own name, up to the first dot, which its views know their tables by.
    """
    source = quoted(files.working.name.partition(".")[0])
    key = mask_key(files) if personal == "masked" else ""
    with duckdb.connect() as database:
        database.execute(f"set temp_directory = {literal(f'{files.unfinished}.tmp')}")
        database.execute(f"attach {literal(files.working)} as {source} (read_only)")
        database.execute(f"attach {literal(files.unfinished)} as unfinished")
        database.execute("use unfinished")
        for mart in marts:
            name = f"{quoted(mart['schema'])}.{quoted(mart['alias'])}"
            database.execute(f"create schema if not exists {quoted(mart['schema'])}")
            columns = columns_shown(database, f"{source}.{name}", mart, personal, key)
            database.execute(f"create table {name} as select {columns} from {source}.{name}")
            describe(database, name, mart)
        ((as_of,),) = database.execute(f"select max(as_of_date) from {SCHEMA}.source_freshness").fetchall()
        published = Published(as_of, datetime.now(timezone.utc).replace(tzinfo=None, microsecond=0))
        database.execute(
            f"create table {RECORD} "
            "(as_of_date date, published_at timestamp, invocation_id varchar, inputs varchar, personal_columns varchar)"
        )
        database.execute(f"insert into {RECORD} values (?, ?, ?, ?, ?)", [published.as_of, published.at, invocation, inputs, personal])
        database.execute("checkpoint unfinished")
        database.execute("use memory")
        database.execute("detach unfinished")
    return published


def columns_shown(database: duckdb.DuckDBPyConnection, table: str, mart: dict, personal: str, key: str) -> str:
    """The columns of a table in SQL: those that are personal (or undocumented, so that nobody knows) kept, masked or left out.

    A mask is the same text for the same value, in every table and build, so that it can be counted and joined; without the
    key nobody can try out whether a name they know is in it.
    """
    found = []
    for name in [column for column, *_ in database.execute(f"describe {table}").fetchall()]:
        column = mart["columns"].get(name)
        if personal == "kept" or (column and not column["config"]["meta"].get("is_personal")):
            found.append(quoted(name))
        elif personal == "masked":
            text = f"cast({quoted(name)} as varchar)"
            found.append(f"left(sha256({literal(key)} || sha256({literal(key)} || {text})), {MASK_LENGTH}) as {quoted(name)}")
    return ", ".join(found)


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


def keep_snapshot(files: Files, published: Published) -> None:
    """Keep what is about to be published under a name of its own: the same file, where the disk can do that."""
    files.snapshots.mkdir(exist_ok=True)
    name = f"{files.published.stem}_{published.as_of}_{published.at.strftime(SNAPSHOT_TIME)}{files.published.suffix}"
    snapshot = files.snapshots / name
    snapshot.unlink(missing_ok=True)
    try:
        os.link(files.unfinished, snapshot)
    except OSError:  # a disk without hard links
        unfinished = snapshot.with_name(f"{name}.unfinished")
        shutil.copyfile(files.unfinished, unfinished)
        os.replace(unfinished, snapshot)
    flush(files.snapshots)


def last_published(file: Path) -> str:
    """What is published, for people to read."""
    if not file.exists():
        return "nothing has been published yet"
    try:
        with duckdb.connect(str(file), read_only=True) as database:
            ((as_of, at),) = database.execute(f"select as_of_date, published_at from {RECORD}").fetchall()
    except duckdb.Error:  # it is of another making, or somebody writes to it
        return f"the file of {datetime.fromtimestamp(file.stat().st_mtime, timezone.utc):%Y-%m-%d %H:%M} UTC"
    return str(Published(as_of, at))


def published_inputs(file: Path) -> str | None:
    """The hash of what the published figures were made from; None where that isn't known."""
    if not file.exists():
        return None
    try:
        with duckdb.connect(str(file), read_only=True) as database:
            ((inputs,),) = database.execute(f"select inputs from {RECORD}").fetchall()
    except duckdb.Error:  # as in last_published
        return None
    return inputs


def remove_snapshots_that_show_more(files: Files, personal: str) -> None:
    """Those with more of personal columns than is chosen now."""
    for snapshot in files.kept():
        if PERSONAL.index(personal_in(snapshot)) < PERSONAL.index(personal):
            print(f"Removed {shown(snapshot)}: personal columns were {personal_in(snapshot)} in it, and are {personal} now.")
            snapshot.unlink()


def personal_in(file: Path) -> str:
    """What became of personal columns in a published file; one that doesn't say has them all."""
    with duckdb.connect(str(file), read_only=True) as database:
        try:
            ((personal,),) = database.execute(f"select personal_columns from {RECORD}").fetchall()
        except duckdb.Error:  # it was published before this could be chosen
            return PERSONAL[0]
    return personal


def flush(path: Path) -> None:
    """See to it that a file, or the names in a folder, are on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
