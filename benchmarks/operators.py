"""Which of DuckDB's operators a model spends its CPU on: `python -m benchmarks.operators WAREHOUSE TARGET MODEL...`.

The warehouse is one that the part build has left in its work folder, the target folder the one beside it. Each model is
run again as a temporary table. An operator's seconds are those of its threads by the clock: on a busy machine more than
they work.
"""

import argparse
import json
import tempfile
from pathlib import Path

from benchmarks.measures import connect, run_sql

SHOWN = 6
TOLD = ("Conditions", "Groups", "Table", "Join Type", "Function", "Projections")


def main() -> None:
    """Print the costly operators of each model."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.operators", description=__doc__)
    parser.add_argument("warehouse", type=Path)
    parser.add_argument("target", type=Path)
    parser.add_argument("models", nargs="+", metavar="MODEL")
    parser.add_argument("--memory", default="6GB", help="DuckDB's memory_limit")
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    with connect(options.warehouse, options.memory, options.threads, read_only=True) as connection:
        for model in options.models:
            compiled = next((options.target / "compiled").rglob(f"{model}.sql")).read_text(encoding="utf-8")
            with tempfile.NamedTemporaryFile(suffix=".json") as file:
                connection.execute("pragma enable_profiling = 'json'")
                connection.execute(f"pragma profiling_output = '{file.name}'")
                usage = run_sql(connection, f"create or replace temp table profiled as {compiled}")
                connection.execute("pragma disable_profiling")
                profile = json.loads(Path(file.name).read_text(encoding="utf-8"))
            print(f"\n{model}: {usage.cpu:.2f} s CPU, {usage.wall:.2f} s")
            found = sorted(operators(profile), key=lambda one: -one["operator_timing"])
            for one in found[:SHOWN]:
                details = "; ".join(f"{name} {shown(one['extra_info'][name])}" for name in TOLD if name in one["extra_info"])
                print(f"  {one['operator_timing']:7.2f} s {one['operator_cardinality']:>12,} rows  {one['operator_name'].strip()}  {details}")


def operators(node: dict):
    """All operators of a profile."""
    if "operator_name" in node:
        yield node
    for child in node.get("children", ()):
        yield from operators(child)


def shown(value: object) -> str:
    """What an operator works on, short."""
    text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return text if len(text) <= 110 else text[:107] + "..."


if __name__ == "__main__":
    main()
