"""What a build came to, on one screen: headline figures, rows, months, restatements, what to mend, time, where to look."""

import sys
from itertools import zip_longest
from pathlib import Path

import duckdb

from cs_metrics.files import Files, shown

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
RESTATED_SHOWN = 3
SLOWEST_SHOWN = 3


def print_summary(files: Files, closed_before: set, timing: list[str]) -> None:
    """Print what was built. `closed_before`: the months that were closed in what was published before; `timing`: what took long."""
    warehouse = files.published
    with duckdb.connect(str(warehouse), read_only=True) as database:
        tables = tables_of(database)
        if "monthly_summary" in tables:
            print_headlines(database)
        if "data_quality_summary" in tables:
            print_rows(database)
        if "rejected_rows" in tables:
            print_rejected(database)
        print()
        if "dim_months" in tables:
            print_months(database, closed_before)
        if "metric_restatements" in tables:
            print_restated(database)
        print_rebuilt(files)
        if "fct_revenue_lines" in tables:
            print_unclassified(database)
    print_alerts(warehouse)
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


def print_rejected(database: duckdb.DuckDBPyConnection) -> None:
    """How many rows were rejected, and the most frequent reasons."""
    rows = database.execute(
        f"""
        select count(*), table_name, reason from {SCHEMA}.rejected_rows
        group by all order by 1 desc, 2, 3
        """
    ).fetchall()
    what = f" ({SCHEMA}.rejected_rows); mend them at the source. The most frequent reasons:" if rows else ""
    print(f"\nRejected rows: {sum(row[0] for row in rows):,}{what}")
    for count, table, reason in rows[:REASONS_SHOWN]:
        print(f"{count:>9,}  {table}: {reason}")
    if len(rows) > REASONS_SHOWN:
        print(f"{sum(row[0] for row in rows[REASONS_SHOWN:]):>9,}  other tables and reasons")


def print_alerts(file: Path) -> None:
    """The limits of the seed data_quality_thresholds that sources are beyond, where it is known."""
    with duckdb.connect(str(file), read_only=True) as database:
        if "data_quality_alerts" not in tables_of(database):
            return
        rows = database.execute(
            f"""
            select level, measure, source_system, table_name, reason, row_count, value, if(level = 'fail', fail_above, warn_above)
            from {SCHEMA}.data_quality_alerts order by all
            """
        ).fetchall()
    if rows:
        print("\nBeyond the limits of seeds/rules/data_quality_thresholds.csv:")
    for level, measure, system, table, reason, count, value, limit in rows:
        what = f"{count:,} rows, {value:.1%} of the table (limit {limit:.1%})" if reason else f"{value:.0f} days (limit {limit:.0f})"
        print(f"  {level:<4}  {measure}, {table} of {system}{f', {reason}' if reason else ''}: {what}")


def tables_of(database: duckdb.DuckDBPyConnection) -> set[str]:
    """The tables that people read, as far as they are there."""
    names = database.execute("select table_name from information_schema.tables where table_schema = ?", [SCHEMA]).fetchall()
    return {name for (name,) in names}


def print_unclassified(database: duckdb.DuckDBPyConnection) -> None:
    """Billed lines whose charge code no rule knows."""
    rows = database.execute(
        f"""
        select count(*), string_agg(distinct charge_type, ', ' order by charge_type)
        from {SCHEMA}.fct_revenue_lines where revenue_class = 'unclassified'
        """
    ).fetchall()
    ((count, codes),) = rows
    if count:
        print(f"Unclassified billed lines: {count:,} ({codes}); give these codes a row in seeds/rules/charge_code_rules.csv")
