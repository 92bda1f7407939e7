"""What a build came to, in a few lines: headline figures, rejected rows, and where to look."""

import sys
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
REASONS_SHOWN = 8


def print_summary(files: Files) -> None:
    """Print the last whole months, what was rejected, what is unclassified, and where the tables are."""
    warehouse = files.published
    with duckdb.connect(str(warehouse), read_only=True) as database:
        tables = tables_of(database)
        if "monthly_summary" in tables:
            print_headlines(database)
        if "rejected_rows" in tables:
            print_rejected(database)
        if "fct_revenue_lines" in tables:
            print_unclassified(database)
    print_alerts(warehouse)
    print(f"\nWarehouse: {warehouse}")
    if files.page.exists():
        print(f"Dashboard: {files.page}")
    print(f"Working tables: {shown(files.working)}")
    if "monthly_summary" in tables:
        query = f"duckdb.connect('{warehouse}', read_only=True).sql('from {SCHEMA}.monthly_summary').show()"
        print(f'A look:    {sys.executable} -c "import duckdb; {query}"')
    print("Docs:      make docs")


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
    print(f"\nRejected rows: {sum(row[0] for row in rows):,}" + ("" if not rows else f" ({SCHEMA}.rejected_rows)"))
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
