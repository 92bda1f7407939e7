"""What a build came to, on one screen: headline figures, rows, months, restatements, what to mend, time, where to look."""

import re
import shlex
import sys
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

import duckdb

from cs_metrics.files import Files, shown
from cs_metrics.folder import Choices
from cs_metrics.places import Places, rows_with_key
from cs_metrics.render import rows_of
from cs_metrics.terminal import cut, visible

SCHEMA = "metrics"
HEADLINES = {
    "mrr": "MRR",
    "arr": "ARR",
    "accounts": "accounts",
    "customer_churn_rate": "churn",
    "nrr_12m": "NRR 12m",
    "grr_12m": "GRR 12m",
}
MONTHS_SHOWN = 3
REASONS_SHOWN = 3
PROBLEMS_SHOWN = 10
VALUE_WIDTH = 60
CODES_SHOWN = 10
NO_KEY = re.compile(r"(?:, )?(?:\w+=(?:, |$))*")
NOTHING_TO_MEND = "nothing to mend"
MISSED = ("rejected_table", "empty_table")
"""Measures of data_quality_alerts that say of a required table that it has no accepted row."""
WITHOUT_FIGURES = " Without this table there are no figures."
RESTATED_SHOWN = 3
SLOWEST_SHOWN = 3


@dataclass(frozen=True)
class Source:
    """Where the rows of a build are from: a folder of files, or None; whether their values may be shown."""

    folder: Path | None = None
    shows_values: bool = True
    choices: Choices = Choices()
    """How the folder was read."""

    def command(self, table: str | None = None) -> str:
        """The command that shows rejected rows."""
        parts = [f"DATA={shlex.quote(str(self.folder))}"] if self.folder else []
        parts += [f"TABLE={table}"] if table else []
        return " ".join(["make rejected", *parts])


@dataclass(frozen=True)
class Reason:
    """A row of rejection_reasons, and where its example stands."""

    source_system: str
    table: str
    reason: str
    rows: int
    key: str
    value: str | None
    expected: str
    place: str | None

    def example(self, shows_values: bool = True) -> str:
        """The example as a phrase: its value, key, file and line, as far as they are known and may be shown."""
        value = f"'{cut(visible(plain_value(self.value)), VALUE_WIDTH)}'" if self.value is not None else ""
        key = "" if NO_KEY.fullmatch(self.key) else cut(visible(self.key), VALUE_WIDTH * 2)
        parts = [f"{value} in {key}" if value and key else value or key] if shows_values else []
        parts += [self.place] if self.place else []
        return ", ".join(part for part in parts if part)


def plain_value(value: str) -> str:
    """A value as people write it: a number without zeros at its end, a day without midnight."""
    return re.sub(r"(?<=^\d{4}-\d{2}-\d{2}) 00:00:00$|(?<=\d)\.0+$", "", re.sub(r"^([-+]?\d+\.\d*?[1-9])0+$", r"\1", value))


def print_summary(files: Files, closed_before: set, timing: list[str], source: Source) -> None:
    """Print what was built. `closed_before`: the months that were closed in what was published before; `timing`: what took long."""
    warehouse = files.published
    with duckdb.connect(str(warehouse), read_only=True) as database:
        tables = tables_of(database)
        if "monthly_summary" in tables:
            print_headlines(database)
        if "data_quality_summary" in tables:
            print_rows(database)
        if "source_freshness" in tables:
            for sentence in later_rows(database, SCHEMA).values():
                print(sentence)
        if "rejected_rows" in tables:
            print_rejected(files.working, source)
        print()
        if "dim_months" in tables:
            print_months(database, closed_before)
        if "metric_restatements" in tables:
            print_restated(database)
        print_rebuilt(files)
        if "fct_revenue_lines" in tables:
            print_unclassified(database)
    print_alerts(warehouse, source)
    for line in timing:
        print(line)
    print(f"\nWarehouse: {warehouse}")
    if files.page.exists():
        print(f"Dashboard: {files.page}")
    print(f"Working tables: {shown(files.working)}")
    if "monthly_summary" in tables:
        query = f"duckdb.connect('{warehouse}', read_only=True).sql('from {SCHEMA}.monthly_summary').show()"
        print(f'A look:    {sys.executable} -c "import duckdb; {query}"')
    print("Questions: make ask")
    print("Docs:      make docs")


def duration(seconds: float) -> str:
    """Minutes and seconds, such as 1:05."""
    return f"{int(seconds) // 60}:{int(seconds) % 60:02}"


def slowest(results: list, elapsed: float) -> list[str]:
    """How long a build took, and its slowest tables."""
    tables = [result for result in results if result.node.resource_type in ("model", "seed")]
    tests = sum(result.execution_time for result in results if result.node.resource_type == "test")
    longest = sorted(tables, key=lambda result: result.execution_time, reverse=True)[:SLOWEST_SHOWN]
    names = ", ".join(f"{result.node.name} {result.execution_time:.0f} s" for result in longest)
    work = sum(result.execution_time for result in tables)
    share = f" ({work / (work + tests):.0%} of the work tables, the rest tests)" if work + tests else ""
    return [f"Time:      {duration(elapsed)}{share}; slowest: {names}"]


def print_rows(database: duckdb.DuckDBPyConnection) -> None:
    """Rows of each table of the input contract: read, and rejected; in two columns."""
    rows = database.execute(
        f"""
        select table_name, sum(row_count)::bigint, sum(if(is_accepted, 0, row_count))::bigint
        from {SCHEMA}.data_quality_summary group by table_name having sum(row_count) > 0 order by table_name
        """
    ).fetchall()
    if not rows:
        return
    half = (len(rows) + 1) // 2
    header = f"{'table':<21}{'read':>10}{'accepted':>10}{'rejected':>10}"
    lines = [f"{name:<21}{read:>10,}{read - rejected:>10,}{rejected or '-':>10}" for name, read, rejected in rows]
    print("\n" + "    ".join([header] * min(2, len(rows))))
    for left, right in zip_longest(lines[:half], lines[half:], fillvalue=""):
        print(f"{left}    {right}".rstrip())


def closed_months(file: Path) -> set:
    """The months that are closed in a published file; none where there is no such file."""
    if not file.exists():
        return set()
    try:
        with duckdb.connect(str(file), read_only=True) as database:
            return {month for (month,) in database.execute(f"select month from {SCHEMA}.dim_months where is_closed").fetchall()}
    except duckdb.Error:  # it is of another making, or somebody writes to it
        return set()


def print_months(database: duckdb.DuckDBPyConnection, closed_before: set) -> None:
    """How many months are closed, which since the last build, and which isn't over."""
    rows = database.execute(f"select month, is_closed, is_provisional from {SCHEMA}.dim_months order by month").fetchall()
    closed = [month for month, is_closed, _ in rows if is_closed]
    newly = [month for month in closed if month not in closed_before] if closed_before else []
    is_open = [month for month, is_closed, is_provisional in rows if not is_closed and not is_provisional]
    provisional = [month for month, _, is_provisional in rows if is_provisional]
    parts = [f"{len(closed)} closed"]
    parts += [f"newly closed {months_of(newly)}"] if newly else []
    parts += [f"not closed yet {months_of(is_open)}"] if is_open else []
    parts += [f"provisional {months_of(provisional)}"] if provisional else []
    print(f"Months:    {', '.join(parts)}")


def months_of(months: list) -> str:
    """Months as 2026-08, or from the first to the last of several."""
    return f"{months[0]:%Y-%m}" if len(months) == 1 else f"{months[0]:%Y-%m} to {months[-1]:%Y-%m}"


def print_restated(database: duckdb.DuckDBPyConnection) -> None:
    """How many closed figures aren't what was first reported, and where MRR differs most."""
    ((figures, months),) = database.execute(
        f"""
        select count(distinct (policy, month, metric, dimension, dimension_value)), count(distinct month)
        from {SCHEMA}.metric_restatements
        """
    ).fetchall()
    print(f"Restated:  {f'{figures:,} figures of {months} closed months (metrics.metric_restatements)' if figures else 'nothing'}")
    largest = database.execute(
        f"""
        select month, metric, reason, first_value, current_value, value_part from {SCHEMA}.metric_restatements
        where policy = 'standard' and dimension = 'all' and metric in ('mrr', 'recognised_revenue') and value_part is not null
        order by abs(value_part) desc, month desc, metric, reason limit {RESTATED_SHOWN}
        """
    ).fetchall()
    units = database.execute(
        f"select first_unit, unit, count(*) from {SCHEMA}.metric_restatements where first_unit <> unit group by all order by all"
    ).fetchall()
    for first_unit, unit, count in units:
        print(f"           {count:,} of them were reported in {first_unit} and are in {unit} now (reporting currency): there is no difference")
    for month, metric, reason, first, current, part in largest:
        print(f"           {month:%Y-%m} {metric}: {figure('mrr', first)} -> {figure('mrr', current)}, of it {part:+,.0f} by {reason}")


def print_rebuilt(files: Files) -> None:
    """For how many accounts the tables by account were built anew."""
    with duckdb.connect(str(files.working), read_only=True) as database:
        places = database.execute(
            "select table_schema from information_schema.tables where table_name = 'int_changes__accounts' and table_catalog = current_database()"
        ).fetchall()
        if not places:
            return
        ((rebuilt,),) = database.execute(f'select count(*) from "{places[0][0]}".int_changes__accounts').fetchall()
        ((of_all,),) = database.execute(f'select count(*) from "{places[0][0]}".int_changes__sources').fetchall()
    print(f"Rebuilt:   {rebuilt:,} of {of_all:,} accounts")


def print_headlines(database: duckdb.DuckDBPyConnection) -> None:
    """The last whole months' headline figures of the standard policy."""
    rows = database.execute(
        f"""
        select month, {', '.join(HEADLINES)} from {SCHEMA}.monthly_summary
        where policy = 'standard' and not is_provisional
        order by month desc limit {MONTHS_SHOWN}
        """
    ).fetchall()
    print("\n" + f"{'month':<9}" + "".join(f"{label:>14}" for label in HEADLINES.values()))
    for month, *values in reversed(rows):
        cells = (figure(metric, value) for metric, value in zip(HEADLINES, values))
        print(f"{month:%Y-%m}  " + "".join(f"{cell:>14}" for cell in cells))


def figure(metric: str, value) -> str:
    """A figure as people write it: money and counts in whole numbers, rates in percent, nothing as a dash."""
    if value is None:
        return "-"
    return f"{value:,.0f}" if metric in ("mrr", "arr", "accounts") else f"{value:.1%}"


def print_rejected(file: Path, source: Source, most: int = REASONS_SHOWN) -> None:
    """How many rows were rejected, and the most frequent reasons, each with an example and what is expected."""
    reasons = read_reasons(file, source, most)
    count = sum(reason.rows for reason in reasons)
    what = f" ({SCHEMA}.rejected_rows); mend them at the source. The most frequent reasons:" if reasons else ""
    print(f"\nRejected rows: {count:,}{what}")
    for reason in reasons[:most]:
        example = reason.example(source.shows_values)
        print(f"{reason.rows:>9,}  {reason.table}: {reason.reason}{f', e.g. {example}' if example else ''}")
        print(f"{'':>9}  expected: {visible(reason.expected)}")
    if len(reasons) > most:
        print(f"{sum(reason.rows for reason in reasons[most:]):>9,}  other tables and reasons ({source.command()})")


def read_reasons(file: Path, source: Source, located: int) -> list[Reason]:
    """The reasons of rejected rows, those that need mending first, then the most frequent; the first ones with their place."""
    with duckdb.connect(str(file), read_only=True) as database, Places(source.folder, source.choices) as places:
        if not {"rejection_reasons", "rejected_rows"} <= tables_of(database):
            return []
        rows = database.execute(
            f"""
            select source_system, table_name, reason, row_count, example_billing_entity, example_key, example_value, expected
            from {SCHEMA}.rejection_reasons
            order by starts_with(expected, '{NOTHING_TO_MEND}'), row_count desc, table_name, reason, source_system
            """
        ).fetchall()
        reasons = []
        for number, (system, table, reason, count, entity, key, value, expected) in enumerate(rows):
            place = None
            if source.folder and number < located:
                place = places.of(table, rows_with_key(database, f"{SCHEMA}.rejected_rows", table, reason, key, entity))
            reasons.append(Reason(system, table, reason, count, key, value, expected, place))
    return reasons


def later_rows(database: duckdb.DuckDBPyConnection, schema: str) -> dict[str, str]:
    """Tables with rows that arrived after the as-of date, each with a sentence: it is the answer to where they have gone."""
    rows = database.execute(
        f"""
        select table_name, as_of_date, sum(rows_not_yet_known)::bigint, sum(row_count + rows_not_yet_known)::bigint
        from {schema}.source_freshness group by all having sum(rows_not_yet_known) > 0 order by 3 desc, 1
        """
    ).fetchall()
    return {
        table: f"{table}: {later:,} of {count:,} rows are not yet known on {as_of} (loaded_at is later)."
        for table, as_of, later, count in rows
    }


def print_problems(files: Files, source: Source) -> None:
    """What a build that failed knows of its data: rows that came later or were rejected, and limits that are exceeded."""
    with duckdb.connect(str(files.working), read_only=True) as database:
        if "source_freshness" in tables_of(database):
            print()
            for sentence in later_rows(database, SCHEMA).values():
                print(sentence)
    print_rejected(files.working, source, PROBLEMS_SHOWN)
    print_alerts(files.working, source)
    print(f"\nA look at rejected rows: {source.command()}")


def print_alerts(file: Path, source: Source) -> None:
    """Required tables without an accepted row, and the limits of the seed data_quality_thresholds that sources are beyond."""
    with duckdb.connect(str(file), read_only=True) as database:
        if not {"data_quality_alerts", "source_freshness"} <= tables_of(database):
            return
        alerts = rows_of(database, f"select * from {SCHEMA}.data_quality_alerts order by all")
        later = later_rows(database, SCHEMA)
    for alert in alerts:
        if alert["measure"] in MISSED:
            print("\n" + missed_table(alert, later, read_reasons(file, source, PROBLEMS_SHOWN), source))
    beyond = [alert for alert in alerts if alert["measure"] not in MISSED]
    if beyond:
        print("\nBeyond the limits of seeds/rules/data_quality_thresholds.csv:")
    for alert in beyond:
        print(f"  {alert['level']:<4}  {beyond_limit(alert)}")


def beyond_limit(alert: dict) -> str:
    """A row of data_quality_alerts that a limit is about, as a phrase."""
    value, limit = alert["value"], alert["fail_above" if alert["level"] == "fail" else "warn_above"]
    what = f"{value:.0f} days (limit {limit:.0f})"
    if alert["measure"].startswith("lost_"):
        what = f"{value:.1%} (limit {limit:.0%}); accounts without an accepted item: {alert['row_count']:,}"
    if alert["reason"]:
        what = f"{alert['reason']}: {alert['row_count']:,} rows, {value:.1%} of the table (limit {limit:.1%})"
    return f"{alert['measure']}, {alert['table_name']} of {visible(alert['source_system'])}{', ' if alert['reason'] else ': '}{what}"


def missed_table(alert: dict, later: dict[str, str], reasons: list[Reason], source: Source) -> str:
    """The sentence on a required table without an accepted row: why, each reason with its rows, and an example of the first."""
    table, count = alert["table_name"], alert["row_count"]
    if not count:
        return later.get(table, f"{table}: it has no rows.") + WITHOUT_FIGURES
    of_table = [reason for reason in reasons if reason.table == table]
    parts = [f"{reason.reason}: {reason.rows:,}" for reason in of_table]
    example = of_table[0].example(source.shows_values) if of_table else ""
    if example:
        parts[0] += f", e.g. {example}; expected: {visible(of_table[0].expected)}"
    all_of_it = f"all {count:,} rows are" if count > 1 else "its only row is"
    return f"{table}: {all_of_it} rejected ({'; '.join(parts)}).{WITHOUT_FIGURES}"


def tables_of(database: duckdb.DuckDBPyConnection) -> set[str]:
    """The tables that people read, as far as they are there."""
    names = database.execute("select table_name from information_schema.tables where table_schema = ?", [SCHEMA]).fetchall()
    return {name for (name,) in names}


def print_unclassified(database: duckdb.DuckDBPyConnection) -> None:
    """Billed lines whose charge code no rule knows."""
    rows = database.execute(
        f"""
        select charge_type, count(*) from {SCHEMA}.fct_revenue_lines where revenue_class = 'unclassified'
        group by charge_type order by charge_type
        """
    ).fetchall()
    codes = ", ".join(cut(visible(code), VALUE_WIDTH) for code, _ in rows[:CODES_SHOWN])
    more = f" and {len(rows) - CODES_SHOWN:,} more codes" if len(rows) > CODES_SHOWN else ""
    if rows:
        print(f"Unclassified billed lines: {sum(count for _, count in rows):,} ({codes}{more}); give these codes a row in seeds/rules/charge_code_rules.csv")
