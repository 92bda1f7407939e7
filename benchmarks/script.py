"""Runs a file of SQL statements, `python -m benchmarks.script FILE WAREHOUSE MEMORY THREADS`, and prints what each took.

A process of its own, so that its CPU and memory can be told apart.
"""

import json
import re
import sys
from pathlib import Path

import duckdb

from benchmarks.measures import connect, run_sql


def main() -> None:
    """Run the statements one by one."""
    script, warehouse, memory, threads = sys.argv[1:]
    taken = []
    with connect(Path(warehouse), memory, int(threads)) as connection:
        for statement in duckdb.extract_statements(Path(script).read_text(encoding="utf-8")):
            usage = run_sql(connection, statement)
            taken.append({"statement": gist(statement.query), **usage.rounded()})
        connection.execute("checkpoint")
    print(json.dumps(taken))


def gist(sql: str) -> str:
    """The first line of a statement that is no comment."""
    lines = [line.strip() for line in sql.strip().splitlines() if not line.lstrip().startswith("--")]
    return re.sub(r"\s+", " ", lines[0])[:80]


if __name__ == "__main__":
    main()
