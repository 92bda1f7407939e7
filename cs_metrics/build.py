"""Builds the tables with dbt, shows how far it is, publishes them when all went well, and ends by saying where to look."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import sys
import textwrap
import time
from dataclasses import dataclass
from datetime import date, datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from cs_metrics import ROOT, folder
from cs_metrics.books import Books, reconcile, refuse_other_company, withdraw
from cs_metrics.check import check_loaded
from cs_metrics.files import BuildError, Files, shown
from cs_metrics.formats import Formats
from cs_metrics.inputs import inputs_of
from cs_metrics.publish import PERSONAL, Publication, last_published, mend, now, publish
from cs_metrics.render import project_variables
from cs_metrics.summary import Source, closed_months, duration, print_problems, print_summary, slowest
from cs_metrics.terminal import cut, print_notices, print_over, table, visible, visible_lines

if TYPE_CHECKING:
    from dbt.cli.main import dbtRunnerResult

DEMO = "cs_metrics"
KEPT = 3
DBT_BUILD = ("build", "--exclude-resource-type", "unit_test")
"""Unit tests say nothing of a company's data: they belong to `make test`."""
SOURCE_LENGTH = 16
TAKEN = {"main", "memory", "system", "temp", "raw", "books", *(f"metrics{part}" for part in ("", "_staging", "_intermediate", "_seeds"))}
"""Names of DuckDB's own databases and of our schemas: a file of that name couldn't be told from them in SQL."""
PROGRESS_EVERY_S = 10
FAILURES_SHOWN = 8
ROWS_SHOWN = 5
SENTENCE_WIDTH = 300
SHOWN_OTHERWISE = ("data_quality_is_good", "data_quality_is_good_enough")
"""Tests whose rows the summary prints, with more about them."""
REJECTIONS = ("rejected_rows", "rejection_reasons", "source_freshness", "data_quality_alerts")
"""What a build that fails tells of its data."""
FAILED = ("error", "fail", "runtime error", "partial success")


@dataclass(frozen=True)
class BuildOptions:
    """What to build, and where."""

    data: Path | None = None
    entity: str | None = None
    formats: Formats = Formats()
    mapping: Path | None = None
    as_of: str | None = None
    variables: dict | None = None
    full_refresh: bool = False
    warehouse: Path | None = None
    target_path: Path | None = None
    keep: int = KEPT
    has_page: bool = True
    personal: str | None = None
    """What becomes of personal columns; None is as in what is published."""
    withdraw: str | None = None
    """The as-of date of builds whose figures are no longer what was first reported."""
    because: str | None = None
    """Why they are withdrawn."""
    may_be_future: bool = False
    may_lose: bool = False
    is_same_company: bool = False

    def source(self, personal: str) -> Source:
        """Where the rows are from. Who hides personal columns doesn't want their values in a log."""
        return Source(self.data, personal == PERSONAL[0], folder.Choices(self.entity, self.mapping, self.formats))

    @property
    def as_of_date(self) -> str | None:
        """The as-of date that is asked for: with files today in UTC, if no other; the demo company has its own."""
        today_utc = datetime.now(timezone.utc).date().isoformat() if self.data else None
        return self.as_of or (self.variables or {}).get("as_of_date") or today_utc

    @property
    def personal_names(self) -> frozenset[str]:
        """The columns and segments that are personal besides those marked: the variable personal_columns."""
        return frozenset((self.variables or {}).get("personal_columns") or project_variables().get("personal_columns") or [])


def build(options: BuildOptions) -> int:
    """Build the demo company, or a folder of files, and publish it; 0 when all of it succeeded.

    Whatever goes wrong, what was published last stays.
    """
    refuse_future(options)
    name = warehouse_name(options.data)
    files = Files((options.warehouse or default_warehouse(name)).resolve())
    if files.published.stem.partition(".")[0].lower() in TAKEN:
        raise BuildError(f"A warehouse can't be called {files.published.name}: the name means something else in SQL. Give it another one.")
    target_path = (options.target_path or default_target(name, files.published)).resolve()
    is_success, closed, before = False, closed_months(files.published), last_published(files.published)
    timing: list[str] = []
    personal = PERSONAL[0]
    try:
        with files.alone():
            books = reconcile(files)
            personal = options.personal or (books.last and books.last.personal_columns) or PERSONAL[0]
            is_success = run_build(options, files, target_path, timing, books, personal)
    except (duckdb.Error, OSError) as error:
        advice = files.advice(str(error))
        if not advice:
            raise
        print(f"FAILED   {indented(plain(str(error)))}\n\n{advice}")
    finally:
        if not is_success:
            print_what_is_published(files, before)
    if is_success:
        print_summary(files, closed, timing, options.source(personal))
    return 0 if is_success else 1


def print_what_is_published(files: Files, before: str) -> None:
    """After a build that failed: whether readers have what they had."""
    published = last_published(files.published)
    if published == before:
        print(f"Nothing new is published. {shown(files.published)} stays as it was: {published}.", flush=True)
    else:
        print(f"The new figures are published all the same: {published}. The next build mends what is missing beside them.", flush=True)


def run_build(options: BuildOptions, files: Files, target_path: Path, timing: list[str], books: Books, personal: str) -> bool:
    """Load, build and test in the working file, and publish it; True when all of it succeeded.

    `timing` gets what took how long. What is published of the same data, project, variables and as-of date isn't built again.
    """
    as_of = options.as_of_date
    choices = {"as_of": as_of, "entity": options.entity, "formats": str(options.formats), "personal": personal, "withdraw": options.withdraw}
    inputs = inputs_of(options.data, choices | {"variables": options.variables, "dbt": DBT_BUILD}, options.mapping)
    source, entities = source_of(options.data), ()
    refuse_other_company(files, books, source, None, options.is_same_company)
    last = books.last
    if not options.full_refresh and files.working.exists() and last and last.inputs == inputs:
        print(f"Nothing has changed since the last build: {last}. FULL_REFRESH=1 builds it anew.")
        mend(files, last, options.has_page, options.keep)
        return True
    variables: dict = {}
    if options.data:
        data = options.data

        def inspect(export: folder.Export, loaded: folder.LoadedFolder) -> None:
            print_loaded(data, loaded)
            check_loaded(files.working, export, loaded, as_of, options.variables)

        loaded = folder.load(data, files.working, options.entity, options.mapping, options.formats, inspect=inspect)
        entities = entities_of(files.working)
        refuse_other_company(files, books, source, entities, options.is_same_company)
        variables |= {
            "native_data": "source",
            "native_schema": folder.SCHEMA,
            "without_tables": loaded.without_tables,
            "account_extra_columns": loaded.account_extra_columns,
            "custom_segments": loaded.custom_segments,
        }
    if as_of:
        variables["as_of_date"] = as_of
    variables |= options.variables or {}
    if options.withdraw:
        books = withdraw(files, books, options.withdraw, options.because or "", now())
    print_looking_back(books, as_of)

    expected = seconds_of_last_build(target_path)
    about = f"; the last build took {duration(expected)}" if expected else ""
    print(f"Building {options.data or 'the demo company'} (dbt reads the project first{about}) ...", flush=True)
    given = ["--vars", json.dumps(variables)]
    arguments = [*DBT_BUILD, *given] + (["--full-refresh"] if options.full_refresh else [])
    progress = Progress(expected)
    result = run_dbt(arguments, files.working, target_path, progress)
    progress.close()
    is_success = print_outcome(result, progress, files)
    timing += slowest(result.result.results, time.monotonic() - progress.started_at) if is_success else []
    if is_success:
        publication = Publication(
            books=books,
            inputs=inputs,
            keep=options.keep,
            personal=personal,
            is_personal_chosen=options.personal is not None,
            personal_names=options.personal_names,
            has_page=options.has_page,
            may_lose=options.may_lose,
            source=source,
            entities=entities,
        )
        publish(files, target_path, publication)
        reconcile(files)
    elif has_rejections(result, given, files, target_path):
        print_problems(files, options.source(personal))
    return is_success


def refuse_future(options: BuildOptions) -> None:
    """Stop where the as-of date is after today, in UTC and here: it closes months that aren't over."""
    as_of = options.as_of_date
    today_utc, today_here = datetime.now(timezone.utc).date(), date.today()
    if as_of and not options.may_be_future and date.fromisoformat(str(as_of)) > max(today_utc, today_here):
        raise BuildError(
            f"The as-of date {as_of} is after today ({today_utc}). Months that aren't over would close, and their figures be kept as "
            "first reported. If that is what you want, say so: FUTURE=1."
        )


def print_looking_back(books: Books, as_of: str | None) -> None:
    """Say what it means that something is published as of a later day already."""
    later = [build for build in books.standing if as_of and build.as_of_date > date.fromisoformat(str(as_of))]
    if later:
        day = max(build.as_of_date for build in later)
        print(
            f"NOTE     {as_of} is before {day}, as of which figures are published. What was first reported after {as_of} stays kept, and is "
            f"neither shown nor compared. If a later date was a mistake, take it back: WITHDRAW={day} BECAUSE='...'."
        )


def source_of(data: Path | None) -> str | None:
    """What tells one folder from another: a hash of where it is, so that what is published doesn't say it."""
    return hashlib.sha256(str(data.resolve()).encode()).hexdigest()[:SOURCE_LENGTH] if data else None


def entities_of(working: Path) -> tuple[str, ...]:
    """The billing entities of the accounts that were loaded."""
    with duckdb.connect(str(working), read_only=True) as database:
        rows = database.execute(
            f"select distinct trim(billing_entity) from {folder.SCHEMA}.accounts where trim(billing_entity) <> '' order by all"
        ).fetchall()
    return tuple(name for (name,) in rows)


def has_rejections(result: dbtRunnerResult, given: list[str], files: Files, target_path: Path) -> bool:
    """Whether this build's rejected rows are there: dbt skips them after a test that failed, so they are built then."""
    results = list(getattr(result.result, "results", None) or [])
    if not results or files.advice("\n".join(str(node.message) for node in results)):
        return False
    if set(REJECTIONS) <= {node.node.name for node in results if str(node.status) == "success"}:
        return True
    selected = [f"+{name}" for name in REJECTIONS]
    arguments = ["build", "--exclude-resource-type", "test", "unit_test", "--select", *selected, *given]
    return run_dbt(arguments, files.working, target_path, Progress(is_quiet=True)).success


def write_docs() -> int:
    """Write dbt's documentation of the demo company as one page."""
    files, target_path = Files(default_warehouse(DEMO).resolve()), ROOT / "target"
    if not files.published.exists() and build(BuildOptions()) != 0:
        return 1
    progress = Progress()
    with files.alone():
        result = run_dbt(["docs", "generate", "--static"], files.working, target_path, progress)
    if not result.success:
        print_outcome(result, progress, files)
        return 1
    without_places(target_path / "static_index.html", target_path)
    print(f"Documentation: open {target_path / 'static_index.html'} in a browser.")
    return 0


def without_places(page: Path, target_path: Path) -> None:
    """Take out of dbt's page where on this machine it was made, so that it can be handed on."""
    text = page.read_text(encoding="utf-8")
    for place, name in ((target_path, "target"), (ROOT, ".")):
        text = text.replace(str(place), name)
    page.write_text(text, encoding="utf-8")


def run_dbt(arguments: list[str], warehouse: Path, target_path: Path, progress: Progress) -> dbtRunnerResult:
    """Run dbt on a DuckDB file; it says nothing itself, its full log goes to logs/dbt.log."""
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager  # dbt takes seconds to import, and `check` does without
    from dbt.cli.main import dbtRunner

    warehouse.parent.mkdir(parents=True, exist_ok=True)
    os.environ["CS_METRICS_DUCKDB"] = str(warehouse)
    os.environ["CS_METRICS_PUBLISHES_LATER"] = "1"
    os.chdir(ROOT)
    flags = ["--log-level", "none", "--log-level-file", "debug", "--no-send-anonymous-usage-stats"]
    places = ["--project-dir", str(ROOT), "--profiles-dir", str(ROOT), "--target", "duckdb", "--target-path", str(target_path)]
    try:
        return dbtRunner(callbacks=[progress.on_event]).invoke([*flags, *arguments, *places])
    finally:
        DuckDBConnectionManager.close_all_connections()


def seconds_of_last_build(target_path: Path) -> float | None:
    """How long the last build that left its results here took; None where there is none, or it was stopped early."""
    try:
        last = json.loads((target_path / "run_results.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    is_whole = last["args"].get("which") == "build" and all(node["status"] not in (*FAILED, "skipped") for node in last["results"])
    return last["elapsed_time"] if is_whole else None


class Progress:
    """Shows how far dbt is, in which phase: on a terminal in one line, elsewhere now and then; nothing when quiet."""

    def __init__(self, expected: float | None = None, is_quiet: bool = False) -> None:
        self.expected = expected
        self.is_quiet = is_quiet
        self.started_at = time.monotonic()
        self.total = 0
        self.done = 0
        self.warnings: list[str] = []
        self.shown_at = time.monotonic()
        self.is_terminal = sys.stdout.isatty()

    def on_event(self, event) -> None:
        """Take note of one of dbt's events."""
        if event.info.name == "ConcurrencyLine":
            self.total = event.data.node_count
        elif event.info.name == "NodeFinished":
            self.done += 1
            self.show(event.data.node_info)
        elif event.info.level == "warn" and not event.data.DESCRIPTOR.fields_by_name.get("node_info"):
            self.warnings.append(plain(event.info.msg))

    def show(self, node) -> None:
        """Print how far it is, how long that took of about how long, and what was done last."""
        elapsed = time.monotonic() - self.started_at
        about = f" of about {duration(max(self.expected, elapsed))}" if self.expected else ""
        layer = "seeds" if node.resource_type == "seed" else node.node_path.partition("/")[0]
        phase = "tests" if node.resource_type == "test" else layer
        line = f"{self.done:>5} of {self.total}  {duration(elapsed)}{about}  {phase}: {node.node_name}"
        if self.is_quiet:
            return
        if self.is_terminal:
            print_over(line[: shutil.get_terminal_size().columns - 1])
        elif time.monotonic() - self.shown_at > PROGRESS_EVERY_S:
            self.shown_at = time.monotonic()
            print(line, flush=True)

    def close(self) -> None:
        """Clear the terminal's line."""
        if self.is_terminal and not self.is_quiet:
            print_over()


def print_outcome(result: dbtRunnerResult, progress: Progress, files: Files) -> bool:
    """Say what failed and what was warned about, with what to do next; True when nothing failed."""
    messages = [str(result.exception or "")]
    print_notices(progress.warnings, "WARNING", ", in logs/dbt.log")
    results = list(getattr(result.result, "results", None) or [])
    counts: dict[str, int] = {}
    for node in results:
        status = str(node.status)
        counts[status] = counts.get(status, 0) + 1
        messages.append(node.message or "")
        if status == "warn" or (status in FAILED and sum(counts.get(one, 0) for one in FAILED) <= FAILURES_SHOWN):
            print(f"{'WARNING' if status == 'warn' else 'FAILED':<8} {node.node.name}  ({node.node.original_file_path})")
            if status in ("warn", "fail") and node.node.resource_type == "test":
                print_found(node, files)
            else:
                print("         " + indented(visible_lines(plain(node.message or ""))))
    if result.success:
        print(", ".join(f"{count} {status}" for status, count in sorted(counts.items())))
        return True
    failed, skipped = sum(counts.get(one, 0) for one in FAILED), counts.get("skipped", 0)
    if failed > FAILURES_SHOWN:
        print(f"         and {failed - FAILURES_SHOWN} more, in logs/dbt.log")
    if results:
        print(f"\n{failed} failed and {skipped} weren't built because they need what failed; {len(results) - failed - skipped} are as they should be.")
    if result.exception:
        print(f"FAILED   dbt stopped: {visible_lines(plain(str(result.exception))).strip()}")
    elif not results:
        print("FAILED   dbt stopped before it built anything.")
    advice = files.advice("\n".join(messages))
    print(
        f"\n{advice}"
        if advice
        else "What to do: look at the rows that a test's query finds (mend them at the source, or raise the limit in its "
        "seed), or at the table's SQL; then build again. The whole log is logs/dbt.log."
    )
    return False


def print_found(result, files: Files) -> None:
    """What a data test that failed or warns is about, and the first rows that it found."""
    node = result.node
    about = what_it_is_about(node)
    if about:
        print("         " + indented(textwrap.fill(visible(about), 120)))
    if node.name in SHOWN_OTHERWISE:
        return
    with duckdb.connect(str(files.working), read_only=True) as database:
        found = database.execute(f"select * from ({node.compiled_code.rstrip().rstrip(';')}\n) as found limit {ROWS_SHOWN}")
        columns, rows = [name for name, *_ in found.description], found.fetchall()
    print()
    if len(columns) == 1:
        for (value,) in rows:
            print("         " + cut(visible(value), SENTENCE_WIDTH))
    else:
        print(table(columns, [list(row) for row in rows], indent=9))
    more = (result.failures or 0) - len(rows)
    print(f"         {f'and {more:,} more rows; ' if more > 0 else ''}its query: {shown(ROOT / node.compiled_path)}\n")


def what_it_is_about(node) -> str:
    """A data test in words: its description, the comment at the top of its query, or what it asks of which column."""
    if node.description:
        return " ".join(node.description.split())
    if metadata := getattr(node, "test_metadata", None):
        column = f" {node.column_name}" if node.column_name else ""
        given = {name: value for name, value in metadata.kwargs.items() if name not in ("model", "column_name")}
        of_what = ", ".join(f"{name}: {value}" for name, value in given.items())
        return f"{node.attached_node.rpartition('.')[2]}{column}: {metadata.name}{f' ({of_what})' if of_what else ''}"
    lines = re.search(r"^(--[^\n]*\n)+", re.sub(r"\{\{.*?\}\}|\{#.*?#\}", "", node.raw_code, flags=re.DOTALL).lstrip() + "\n")
    return " ".join(line.removeprefix("--").strip() for line in lines.group().splitlines()) if lines else ""


def print_loaded(data: Path, loaded: folder.LoadedFolder) -> None:
    """Say what was read from the folder, and what was not."""
    print_notices(loaded.notices, "NOTE")
    for name, rows in loaded.rows.items():
        print(f"{rows:>9,} rows  {name}")
    if loaded.without_tables:
        print(f"Not in {data}, so done without: {', '.join(loaded.without_tables)}.")


def warehouse_name(data: Path | None) -> str:
    """What a build's files are called: the demo company's, or the folder's own name; with a hash of it where letters are lost."""
    if data is None:
        return DEMO
    own = data.resolve().name
    name = re.sub(r"[^a-z0-9_]+", "_", own.lower()).strip("_") or "data"
    if name != own:
        name = f"{name}_{hashlib.sha256(own.encode()).hexdigest()[:6]}"
    return f"{name}_data" if name == DEMO or name in TAKEN else name


def default_warehouse(name: str) -> Path:
    """The file that a build publishes."""
    return ROOT / "warehouse" / f"{name}.duckdb"


def default_target(name: str, published: Path) -> Path:
    """Where dbt leaves what it compiles: a folder for each published file."""
    if published == default_warehouse(name).resolve():
        return ROOT / "target" / ("" if name == DEMO else name)
    return ROOT / "target" / f"{published.stem}_{hashlib.sha256(str(published).encode()).hexdigest()[:6]}"


def indented(text: str) -> str:
    """Lines under a label such as FAILED."""
    return text.strip().replace("\n", "\n" + " " * 9)


def plain(text: str) -> str:
    """Text without the terminal's colours."""
    return re.sub(r"\033\[[0-9;]*m", "", text)
