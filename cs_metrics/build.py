"""Builds the tables with dbt, shows how far it is, publishes them when all went well, and ends by saying where to look."""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
import textwrap
import time
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from cs_metrics import ROOT, folder
from cs_metrics.check import check_loaded
from cs_metrics.files import Files, shown
from cs_metrics.formats import Formats
from cs_metrics.inputs import inputs_of
from cs_metrics.publish import PERSONAL, last_published, publish, published_inputs, renew_page
from cs_metrics.summary import Source, closed_months, duration, print_problems, print_summary, slowest
from cs_metrics.terminal import cut, print_notices, print_over, table, visible, visible_lines

if TYPE_CHECKING:
    from dbt.cli.main import dbtRunnerResult

DEMO = "cs_metrics"
KEPT = 3
DBT_BUILD = ("build", "--exclude-resource-type", "unit_test")
"""Unit tests say nothing of a company's data: they belong to `make test`."""
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
    personal: str = PERSONAL[0]

    @property
    def source(self) -> Source:
        """Where the rows are from. Who hides personal columns doesn't want their values in a log."""
        return Source(self.data, self.personal == PERSONAL[0], folder.Choices(self.entity, self.mapping, self.formats))


def build(options: BuildOptions) -> int:
    """Build the demo company, or a folder of files, and publish it; 0 when all of it succeeded.

    Whatever goes wrong, what was published last stays.
    """
    name = warehouse_name(options.data)
    files = Files((options.warehouse or default_warehouse(name)).resolve())
    target_path = (options.target_path or ROOT / "target" / ("" if name == DEMO else name)).resolve()
    is_success, closed = False, closed_months(files.published)
    timing: list[str] = []
    try:
        with files.alone():
            is_success = run_build(options, files, target_path, timing)
    except (duckdb.Error, OSError) as error:
        advice = files.advice(str(error))
        if not advice:
            raise
        print(f"FAILED   {indented(plain(str(error)))}\n\n{advice}")
    finally:
        if not is_success:
            print(f"Nothing new is published. {shown(files.published)} stays as it was: {last_published(files.published)}.", flush=True)
    if is_success:
        print_summary(files, closed, timing, options.source)
    return 0 if is_success else 1


def run_build(options: BuildOptions, files: Files, target_path: Path, timing: list[str]) -> bool:
    """Load, build and test in the working file, and publish it; True when all of it succeeded.

    `timing` gets what took how long. What is published of the same data, project, variables and as-of date isn't built again.
    """
    as_of = options.as_of or (datetime.now(timezone.utc).date().isoformat() if options.data else None)
    choices = {"as_of": as_of, "entity": options.entity, "formats": str(options.formats), "personal": options.personal}
    inputs = inputs_of(options.data, choices | {"variables": options.variables, "dbt": DBT_BUILD}, options.mapping)
    if not options.full_refresh and files.working.exists() and published_inputs(files.published) == inputs:
        print(f"Nothing has changed since the last build: {last_published(files.published)}. FULL_REFRESH=1 builds it anew.")
        renew_page(files, options.has_page)
        return True
    variables: dict = {}
    if options.data:
        data = options.data

        def inspect(export: folder.Export, loaded: folder.LoadedFolder) -> None:
            print_loaded(data, loaded)
            check_loaded(files.working, export, loaded, as_of, options.variables)

        loaded = folder.load(data, files.working, options.entity, options.mapping, options.formats, inspect=inspect)
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
        publish(files, target_path, options.keep, inputs, options.personal, options.has_page)
    elif has_rejections(result, given, files, target_path):
        print_problems(files, options.source)
    return is_success


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
    """What a build's files are called: the demo company's, or the folder's own name."""
    if data is None:
        return DEMO
    name = re.sub(r"[^a-z0-9_]+", "_", data.resolve().name.lower()).strip("_") or "data"
    return f"{name}_data" if name == DEMO else name


def default_warehouse(name: str) -> Path:
    """The file that a build publishes."""
    return ROOT / "warehouse" / f"{name}.duckdb"


def indented(text: str) -> str:
    """Lines under a label such as FAILED."""
    return text.strip().replace("\n", "\n" + " " * 9)


def plain(text: str) -> str:
    """Text without the terminal's colours."""
    return re.sub(r"\033\[[0-9;]*m", "", text)
