"""Says what a folder of exported files is, what is wrong with it, and which metrics it allows, in seconds and without dbt.

Files are read and mapped as `build` does it; their rows are judged by the project's own SQL of the contract, which `render`
makes of the models' files. What is called a problem here is therefore what the build rejects or fails for.
"""

import json
import re
import shlex
import shutil
import sys
import tempfile
import time
from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path

import duckdb

from cs_metrics.folder import SCHEMA, Choices, Export, FolderError, LoadedFolder, understand, write
from cs_metrics.places import place_in, places_in, rows_with_key
from cs_metrics.render import MODELS, Project, RenderError, rows_of
from cs_metrics.sources import literal
from cs_metrics.summary import MISSED, NOTHING_TO_MEND, WITHOUT_FIGURES, beyond_limit, later_rows, plain_value
from cs_metrics.terminal import NOTICES_SHOWN, cut, print_notices, visible

SHOWN = 20
"""Reasons of rejections that are printed, each with an example."""
CHECKED_BY_BUILD = 300_000
"""Rows up to which `build` checks them before it starts dbt; that takes a few seconds."""
TESTS = (
    "data_quality_is_good_enough", "data_quality_is_good", "charge_codes_are_known_enough", "charge_codes_are_known",
    "exchange_rates_are_complete", "exchange_rates_are_fresh", "contract_rows_are_plausible",
)  # fmt: skip
"""Data tests of the project that speak of what is in the files; what one says isn't said again by those after it."""
SAID_BEFORE = ("rejected_share", *MISSED)
"""Measures of the tests of data quality that are said table by table and reason by reason."""
VALUE_WIDTH = 60
CONSEQUENCE = re.compile("^unknown | in ")
"""Reasons that may follow from rejected rows of another table; they are said after the others."""
MENTIONED = re.compile("(?:an accepted row of|in) ([a-z_]+)")
"""That table, in what is expected."""


@dataclass(frozen=True)
class Group:
    """Metrics that need the same tables."""

    label: str
    tables: tuple[str, ...]
    metrics: tuple[str, ...]


REQUIRED = ("accounts", "products", "subscriptions", "subscription_items")
INVOICES = ("invoices", "invoice_lines")
GROUPS = (
    Group("MRR and ARR with their movements, customers, ARPA, churn, NRR, GRR, cohorts, concentration, forecast", REQUIRED, (
        "mrr", "arr", "committed_mrr", "opening_mrr", "new_mrr", "reactivation_mrr", "expansion_mrr", "contraction_mrr", "churned_mrr",
        "fx_mrr", "net_new_mrr", "accounts", "opening_accounts", "new_accounts", "reactivated_accounts", "churned_accounts",
        "joined_and_left_accounts", "arpa", "arpa_new", "customer_churn_rate", "gross_mrr_churn_rate", "net_mrr_churn_rate", "nrr_1m",
        "grr_1m", "nrr_12m", "grr_12m", "net_dollar_retention_difference", "quick_ratio", "customer_lifetime_months",
        "customer_lifetime_median_months", "arpa_new_slope_6m", "arpa_new_slope_12m", "top_1pct_mrr_share", "top_10pct_mrr_share",
        "top_n_accounts_mrr_share",
    )),
    Group("recognised revenue, ARPC, purchases and their lifetime value", INVOICES, (
        "recognised_revenue", "recurring_revenue", "non_recurring_revenue", "arpc", "average_purchase_value",
        "purchases_per_customer_year", "customer_lifespan_years", "clv",
    )),
    Group("users", ("users",), ("users", "average_users")),
    Group("ARPU", (*INVOICES, "users"), ("arpu", "arpu_daily")),
    Group("gross margin, LTV", (*INVOICES, "revenue_costs"), ("gross_margin", "ltv", "ltv_capped_60m", "ltv_survival")),
    Group("CAC", ("acquisition_costs",), ("cac", "cac_paid")),
    Group("CAC payback, LTV to CAC", ("acquisition_costs", *INVOICES, "revenue_costs"), ("cac_payback_months", "ltv_to_cac")),
    Group("NPS with its reasons, CSAT", ("survey_responses",), (
        "nps", "nps_transactional", "nps_rolling_90d", "nps_quarter", "nps_latest_answer", "nps_1_to_10", "nps_by_accounts",
        "nps_margin_of_error", "nps_transactional_margin_of_error", "nps_rolling_90d_margin_of_error", "nps_quarter_margin_of_error",
        "nps_responses", "nps_promoters", "nps_passives", "nps_detractors", "promoter_mrr_share", "passive_mrr_share",
        "detractor_mrr_share", "nps_mrr_coverage", "csat",
    )),
    Group("survey response rate", ("survey_invitations",), ("survey_response_rate",)),
    Group("usage, adoption, time to value", ("usage_events",), (
        "dau", "wau", "mau", "stickiness", "active_users", "active_accounts", "minutes_per_active_user", "adoption_rate",
        "time_to_value_days", "value_reached_rate", "top_1pct_usage_share", "top_10pct_usage_share", "top_1pct_account_usage_share",
        "top_10pct_account_usage_share", "top_n_account_usage_share", "feature_adoption_rate",
    )),
    Group("reps, total ARR per rep", ("csms",), ("csm_fte", "total_arr_per_csm")),
    Group("assigned ARR", ("csm_assignments",), ("assigned_arr", "unassigned_arr")),
    Group("ARR and accounts per rep", ("csms", "csm_assignments"), ("arr_per_csm", "accounts_per_csm")),
    Group("support in the accounts' health", ("support_tickets",), ()),
    Group("MRR after discounts", ("discounts",), ()),
    Group("pauses", ("subscription_pauses",), ()),
    Group("amounts in other currencies", ("exchange_rates",), ()),
    Group("segments of your own", ("account_segments",), ()),
)  # fmt: skip
"""What each metric of the catalogue is made of; a test holds it to the catalogue."""


@dataclass(frozen=True)
class Problem:
    """Something that the build rejects, warns of or fails for."""

    text: str
    level: str = ""
    """`fail` where the build isn't published because of it, `warn`, or nothing."""


@dataclass
class Report:
    """What came of a check."""

    export: Export | None = None
    loaded: LoadedFolder = field(default_factory=LoadedFolder)
    problems: list[Problem] = field(default_factory=list)
    nothing_to_mend: dict[str, int] = field(default_factory=dict)
    """Rows that are left out for a reason that is nothing to mend, such as further copies."""

    @property
    def is_refused(self) -> bool:
        """Whether a build would fail."""
        return any(problem.level == "fail" for problem in self.problems)


def check(data: Path, choices: Choices = Choices(), as_of: str | None = None, variables: dict | None = None) -> int:
    """Check a folder and print what came of it; 1 where a build of it would fail."""
    started = time.monotonic()
    work = Path(tempfile.mkdtemp(prefix="cs_metrics_check_"))
    report = Report()
    print(f"Reading {data} ...", file=sys.stderr, flush=True)
    try:
        report.export = understand(data, work, choices)
        report.problems += [Problem(problem, "fail") for problem in report.export.problems]
        if report.problems:
            print_files(report)
        else:
            with duckdb.connect() as connection:
                report.loaded = write(report.export, connection)
                print_files(report)
                print("Judging the rows ...", file=sys.stderr, flush=True)
                judge_rows(connection, report, as_of, variables, SCHEMA)
    except FolderError as error:
        report.problems += [Problem(line, "fail") for line in str(error).splitlines()]
    finally:
        shutil.rmtree(work, ignore_errors=True)
    print_problems(report)
    if report.loaded.rows:
        print_metrics(report)
    rows, seconds = sum(report.loaded.rows.values()), time.monotonic() - started
    done = f"Checked {rows:,} rows in {seconds:.1f} s."
    if not report.loaded.rows:
        done = f"No row was judged: reading stopped after {seconds:.1f} s."
    print(f"\n{done} {verdict(report, build_command(data, choices, as_of, variables))}")
    return 1 if report.is_refused else 0


def check_loaded(working: Path, export: Export, loaded: LoadedFolder, as_of: str | None, variables: dict | None) -> None:
    """What `build` says of a folder that it has loaded into the file `working`, before it starts dbt: problems only."""
    print_remarks(export)
    rows = sum(loaded.rows.values())
    if rows > CHECKED_BY_BUILD:
        print(f"{rows:,} rows are judged in the build; `make check` judges them before.")
        return
    report = Report(export, loaded)
    with duckdb.connect() as connection:
        connection.execute(f"attach {literal(working)} as built (read_only)")
        judge_rows(connection, report, as_of, variables, f"built.{SCHEMA}")
    print_problems(report)
    if report.is_refused:
        print("The build won't be published with these. Stop it and mend them, or let it run to look at the rejected rows.")


def build_command(data: Path, choices: Choices, as_of: str | None, variables: dict | None) -> str:
    """The command that builds what was checked, as it was checked."""
    formats = choices.formats
    given = {
        "DATA": data, "ENTITY": choices.entity, "MAPPING": choices.mapping, "DATES": (formats.dates or "").replace(" ", "-"),
        "DECIMALS": formats.decimals, "AS_OF": as_of, "VARS": json.dumps(variables) if variables else None,
    }  # fmt: skip
    return " ".join(["make build", *(f"{name}={shlex.quote(str(value))}" for name, value in given.items() if value)])


def verdict(report: Report, command: str) -> str:
    """The last sentence."""
    failing = sum(problem.level == "fail" for problem in report.problems)
    if failing:
        return f"It can't be built yet: {failing} {'problem' if failing == 1 else 'problems'} marked FAILS above."
    open_questions = len(report.export.mapping.to_decide) if report.export else 0
    stand = "remark `decide` still stands" if open_questions == 1 else "remarks `decide` still stand"
    settle = f"\n{open_questions} {stand} in {report.export.mapping.place}: remove each that is settled." if open_questions else ""
    return f"It can be built: {command}{settle}"


def judge_rows(connection: duckdb.DuckDBPyConnection, report: Report, as_of: str | None, variables: dict | None, schema: str) -> None:
    """Judge the loaded rows by the contract's own models, and run the data tests that speak of files."""
    loaded = report.loaded
    project = Project(
        {
            "native_data": "source",
            "native_schema": schema,
            "without_tables": loaded.without_tables,
            "account_extra_columns": loaded.account_extra_columns,
            "custom_segments": loaded.custom_segments,
            "as_of_date": as_of or datetime.now(timezone.utc).date().isoformat(),
        }
        | (variables or {})
    )
    made: set[str] = set()
    try:
        project.macro("check_variables")()
        for name in ("rejection_reasons", "data_quality_alerts"):
            project.create(connection, name, made)
        alerts = rows_of(connection, f"select * from {MODELS}.data_quality_alerts")
        report.problems += rejections(connection, report, alerts)
        report.problems += empty_and_late(connection, report, alerts)
        report.problems += tests(connection, report, project, made)
    except RenderError as error:
        report.problems.append(Problem(str(error), "fail"))


def rejections(connection: duckdb.DuckDBPyConnection, report: Report, alerts: list[dict]) -> list[Problem]:
    """Rejected rows by table and reason, the first with an example and its place."""
    levels = {(row["table_name"], row["reason"]): row["level"] for row in alerts if row["measure"] == "rejected_share"}
    lost = {row["table_name"] for row in alerts if row["measure"] == "rejected_table"}
    problems = []
    found = rows_of(connection, f"select * from {MODELS}.rejection_reasons order by row_count desc, table_name, reason")
    rejected = {row["table_name"] for row in found if not row["expected"].startswith(NOTHING_TO_MEND)}
    for row in sorted(found, key=lambda row: CONSEQUENCE.search(row["reason"]) is not None):
        name, reason = row["table_name"], row["reason"]
        if row["expected"].startswith(NOTHING_TO_MEND):
            report.nothing_to_mend[reason] = report.nothing_to_mend.get(reason, 0) + row["row_count"]
            continue
        said = example(connection, report, row) if len(problems) < SHOWN else ""
        text = f"{name}: {row['row_count']:,} of {report.loaded.rows.get(name, 0):,} rows rejected, {reason}"
        level = "fail" if name in lost else levels.get((name, reason), "")
        cause = next((each for each in MENTIONED.findall(row["expected"]) if each in rejected and CONSEQUENCE.search(reason)), None)
        also = f" Mend the rejected rows of {cause} first." if cause else ""
        problems.append(Problem(f"{text}: e.g. {said}. Expected: {row['expected']}.{also}" if said else f"{text}.{also}", level))
    return problems


def example(connection: duckdb.DuckDBPyConnection, report: Report, reason: dict) -> str:
    """An example of a rejected row: its value, its file and line, its key."""
    about = (reason["table_name"], reason["reason"], reason["example_key"], reason["example_billing_entity"])
    rows = rows_with_key(connection, f"{MODELS}.contract_rejected_rows", *about)
    place = places_in(connection, report.export, reason["table_name"], rows) if report.export else None
    value = repr(cut(plain_value(reason["example_value"]), VALUE_WIDTH)) if reason["example_value"] is not None else ""
    said = " in ".join(part for part in (value, place) if part)
    return f"{said} ({reason['example_key']})" if said else reason["example_key"]


def empty_and_late(connection: duckdb.DuckDBPyConnection, report: Report, alerts: list[dict]) -> list[Problem]:
    """Tables without rows, and rows that arrived after the as-of date, which count as not yet known."""
    missed = {alert["table_name"] for alert in alerts if alert["measure"] == "empty_table"}
    said = {name: f"{name}: the file has no rows." for name, rows in report.loaded.rows.items() if not rows}
    said |= later_rows(connection, MODELS)
    return [
        Problem(text + WITHOUT_FIGURES, "fail") if name in missed else Problem(text, "warn") for name, text in said.items()
    ]


def tests(connection: duckdb.DuckDBPyConnection, report: Report, project: Project, made: set[str]) -> list[Problem]:
    """What the project's data tests find, as severe as they are in the build."""
    problems, known = [], set()
    for name in TESTS:
        severity, found = project.failures(connection, name, made)
        level = "fail" if severity == "error" else "warn"
        said = []
        for row in found:
            about = (row.get("measure"), row.get("table_name"), row.get("charge_code"), row.get("message"))
            if row.get("measure") not in SAID_BEFORE and about not in known:
                known.add(about)
                said.append(found_by(connection, report, project, row | {"level": level}))
        problems += [Problem(text, level) for text in said[:NOTICES_SHOWN]]
        if len(said) > NOTICES_SHOWN:
            problems.append(Problem(f"{name.replace('_', ' ')}: and {len(said) - NOTICES_SHOWN} more", level))
    return problems


def found_by(connection: duckdb.DuckDBPyConnection, report: Report, project: Project, row: dict) -> str:
    """A row that a data test has found, as a sentence."""
    if "message" in row:
        return row["message"]
    if "measure" in row:
        return f"{beyond_limit(row)}."
    name, code, advice = row["table_name"], row["charge_code"], row["line_to_add"]
    is_code = f"{project.macro('word_of')('charge_type')} = {literal(code)}"
    ((written,),) = connection.execute(f"select min(charge_type) from {MODELS}.contract_{name} where {is_code}").fetchall()
    place = place_in(connection, report.export, name, {"charge_type": written}) if report.export else None
    if "<" in advice:
        advice = f"No rule knows it: add to seeds/rules/charge_code_rules.csv the line {advice}"
    rows = "1 row" if row["row_count"] == 1 else f"{row['row_count']:,} rows"
    example = f", e.g. {place}" if place else ""
    return f"{name}: charge code {written!r}, {rows}, {row['share_of_amount']:.1%} of the amount{example}. {advice}."


# --- printing ----------------------------------------------------------------------------------------------------


def print_files(report: Report) -> None:
    """What each file was taken for, and what of it isn't read."""
    export = report.export
    if export is None:
        return
    unread = export.mapping.unread_columns()
    lines = [("file", "table", "rows", "columns read", "taken as")]
    for block in export.mapping.blocks:
        name, columns = block.source.name, block.source.columns
        rows = report.loaded.rows.get(block.table.name)
        is_alone = len(export.mapping.blocks_of(block.table.name)) == 1
        lines.append((
            name, block.table.name, f"{rows:,}" if rows is not None and is_alone else "",
            f"{len(columns) - len(unread.get(name, []))} of {len(columns)}", block.source.taken_as,
        ))  # fmt: skip
    if len(lines) > 1:
        widths = [max(len(line[place]) for line in lines) for place in range(4)]
        for name, table, rows, columns, taken in lines:
            print(f"{visible(name):<{widths[0]}}  {table:<{widths[1]}}  {rows:>{widths[2]}}  {columns:<{widths[3]}}  {taken}")
    print_notices(export.notices, "NOTE")
    print_remarks(export)


def print_remarks(export: Export) -> None:
    """The remarks of a mapping that nobody has taken away: what is left to look at, and what nothing in the files tells."""
    print_notices(export.mapping.to_check, "CHECK", most=SHOWN)
    print_notices(export.mapping.to_decide, "DECIDE", most=SHOWN)


def print_problems(report: Report) -> None:
    """What is wrong, what stops a build first."""
    if report.problems:
        print()
    for level, label in (("fail", "FAILS"), ("warn", "WARNS"), ("", "REJECTS")):
        print_notices([problem.text for problem in report.problems if problem.level == level], label, most=SHOWN)
    if report.nothing_to_mend:
        print("Nothing to mend: " + ", ".join(f"{rows:,} {reason}" for reason, rows in sorted(report.nothing_to_mend.items())) + ".")


def print_metrics(report: Report) -> None:
    """Which metrics the tables allow."""
    there = set(report.loaded.rows)
    print("\nThese tables give: " + "; ".join(group.label for group in GROUPS if there.issuperset(group.tables)) + ".")
    lacking: dict[str, list[str]] = {}
    for group in GROUPS:
        if missing := [name for name in group.tables if name not in there and name != "invoice_lines"]:
            also = f" ({' and '.join(missing[1:])} too)" if missing[1:] else ""
            lacking.setdefault(missing[0], []).append(group.label + also)
    for missing_table, labels in lacking.items():
        print(f"No {missing_table}: no {', no '.join(labels)}.")
