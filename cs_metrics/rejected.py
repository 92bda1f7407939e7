"""Shows the rejected rows of the last build, also of one that failed, or writes them to a file."""

from pathlib import Path

import duckdb

from cs_metrics.files import Files, shown
from cs_metrics.sources import literal
from cs_metrics.summary import SCHEMA, Source, read_reasons, tables_of
from cs_metrics.terminal import table, visible

ROWS_SHOWN = 20
EXPECTED_WIDTH = 150
"""What is expected is no use without its end."""


def rejected(files: Files, folder: Path | None, of_table: str | None, target: Path | None) -> int:
    """Print the reasons with examples and the first rows, or write all rows as CSV."""
    if not files.working.exists():
        print(f"{shown(files.working)} isn't there: build first.")
        return 1
    with duckdb.connect(str(files.working), read_only=True) as database:
        if not {"rejection_reasons", "rejected_rows"} <= tables_of(database):
            print(f"The build in {shown(files.working)} came to no rejected rows: it stopped before.")
            return 1
        rows = database.table(f"{SCHEMA}.rejected_rows")
        rows = rows.filter(f"table_name = {literal(of_table)}") if of_table else rows
        rows = rows.order("table_name, reason, billing_entity, row_key, copy_number")
        if target:
            rows.write_csv(str(target), header=True)
            print(f"{len(rows):,} rejected rows: {target}")
            return 0
        first = rows.select("table_name, reason, billing_entity, row_key, row_json").limit(ROWS_SHOWN).fetchall()
        count = len(rows)
    reasons = [reason for reason in read_reasons(files.working, Source(folder), ROWS_SHOWN) if of_table in (None, reason.table)]
    print(f"{count:,} rejected rows{f' of {visible(of_table)}' if of_table else ''} in {shown(files.working)}")
    if not count:
        return 0
    print()
    print(table(
        ["table", "rows", "reason", "value", "key", "where", "expected"],
        [[reason.table, reason.rows, reason.reason, reason.value, reason.key, reason.place, reason.expected] for reason in reasons],
        width=EXPECTED_WIDTH,
    ))
    print()
    for name, reason, entity, key, content in first:
        print(f"{name}, {reason}: {visible(key)} ({visible(entity or 'all entities')})\n    {visible(content)}")
    if count > len(first):
        print(f"and {count - len(first):,} more; OUT=file.csv writes all of them")
    return 0
