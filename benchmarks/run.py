"""Measures how fast the project is: `python -m benchmarks.run --sizes 10000 100000 --only ledger,build`.

    build      the whole build of each size: wall, CPU, peak memory, file size, each model
    ledger     MRR ledger and movements beside sql/spine.sql and sql/shortest.sql, equal totals
    periods    the same over 1.5M periods of 300,000 customers (sql/periods.sql)
    by_hand    the build beside sql/by_hand.sql, equal marts
    policies   two policies beside one, at --policies-size
    query      what dashboards ask of monthly_metrics
    demo       where the time of the demo's warm build goes
    check      `make check` of a folder of CSV files with over 100,000 rows, at --check-size

A part adds its figures to results.json and the tables of README.md are written anew; the other parts' figures stay.
Companies that aren't in the data folder yet are generated. Nothing but the machine's own speed is measured when it
has nothing else to do: run it alone.
"""

import argparse
import json
import os
import platform
import re
import statistics
import sys
import time
from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path

import duckdb

from benchmarks.measures import BenchmarkError, Usage, connect, megabytes, run_process, run_sql
from benchmarks.report import write_tables
from cs_metrics import ROOT, folder

HERE = Path(__file__).resolve().parent
RESULTS = HERE / "results.json"
PARTS = ("build", "ledger", "periods", "by_hand", "policies", "query", "demo", "check")
AS_OF = "2026-09-10"
SEGMENTS = ["tier", "territory"]
OTHER_WAYS = ("spine", "ended_spine", "shortest")
"""Files of sql/ that the ledger is measured against."""
PERIODS_CUSTOMERS = 300_000
BY_HAND = {
    "monthly_metrics": "int_metrics__values",
    **{name: name for name in (
        "fct_mrr_movements", "fct_revenue_lines", "cohort_retention", "invoice_tie_out", "monthly_tie_out", "dim_accounts",
        "dim_products", "rejected_rows",
    )},
}
"""What sql/by_hand.sql makes, and the model that it's compared with: of monthly_metrics the metrics of revenue_metrics()."""
NOT_COMPARED = {"rejected_rows": {"row_json", "copy_number"}}
"""A row as JSON is written another way by hand, and its copies are numbered by it."""


@dataclass
class Benchmark:
    """What is run, and where."""

    sizes: list[int]
    parts: list[str]
    data: Path
    work: Path
    policies_size: int
    check_size: int
    rounds: int
    memory: str
    threads: int
    built: dict[int, dict] = field(default_factory=dict)

    def warehouse(self, size: int) -> Path:
        """The DuckDB file of a size."""
        return self.work / f"accounts_{size}.duckdb"

    def target(self, size: int) -> Path:
        """Where dbt leaves what it compiles for a size."""
        return self.work / f"target_{size}"


def main() -> int:
    """Run the parts that were asked for; 0 when each of them did."""
    benchmark = read_options()
    benchmark.work.mkdir(parents=True, exist_ok=True)
    try:
        for part in benchmark.parts:
            if part == "periods":
                save(part, PERIODS_CUSTOMERS, run_periods(benchmark))
            elif part == "policies":
                save(part, benchmark.policies_size, run_policies(benchmark))
            elif part == "demo":
                save(part, "demo", run_demo(benchmark))
            elif part == "check":
                save(part, benchmark.check_size, run_check(benchmark))
            else:
                for size in benchmark.sizes:
                    save(part, size, BY_SIZE[part](benchmark, size))
    except (BenchmarkError, folder.FolderError, duckdb.Error) as error:
        print(f"\nFAILED   {error}", file=sys.stderr)
        return 1
    write_tables(json.loads(RESULTS.read_text(encoding="utf-8")), HERE / "README.md")
    return 0


def read_options() -> Benchmark:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.run", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000, 1_000_000], help="numbers of accounts")
    parser.add_argument("--only", default=",".join(PARTS), metavar="PARTS", help="these parts alone, separated by commas")
    parser.add_argument("--data", type=Path, default=ROOT / "target" / "benchmarks" / "data", help="where the companies are, or go")
    parser.add_argument("--work", type=Path, default=ROOT / "target" / "benchmarks", help="where the warehouses go")
    parser.add_argument("--policies-size", type=int, default=100_000, help="accounts for the part policies")
    parser.add_argument("--check-size", type=int, default=1_050, help="accounts for the part check")
    parser.add_argument("--rounds", type=int, default=5, help="of the ledger; the best one counts")
    parser.add_argument("--memory", default="6GB", help="DuckDB's memory_limit")
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    parts = [part.strip() for part in options.only.split(",") if part.strip()]
    unknown = sorted(set(parts) - set(PARTS))
    if unknown:
        parser.error(f"no such part: {', '.join(unknown)}. There are: {', '.join(PARTS)}")
    return Benchmark(
        sizes=sorted(options.sizes),
        parts=[part for part in PARTS if part in parts],
        data=options.data.resolve(),
        work=options.work.resolve(),
        policies_size=options.policies_size,
        check_size=options.check_size,
        rounds=options.rounds,
        memory=options.memory,
        threads=options.threads,
    )


# --- the parts -----------------------------------------------------------------------------------------------------


def run_build(benchmark: Benchmark, size: int) -> dict:
    """Build a size from its loaded tables, once in a run."""
    if size not in benchmark.built:
        warehouse, target = benchmark.warehouse(size), benchmark.target(size)
        rows = load(benchmark, size, warehouse)
        benchmark.built[size] = {"rows": rows, **build(benchmark, warehouse, target, ["standard"])}
    return benchmark.built[size]


def run_ledger(benchmark: Benchmark, size: int) -> dict:
    """All ways over a company's item intervals."""
    need_build(benchmark, size)
    with connect(benchmark.warehouse(size), benchmark.memory, benchmark.threads, read_only=True) as connection:
        return run_ways(benchmark, connection, compiled_model(benchmark.target(size), "int_mrr__balances"), f"{size:,} accounts")


def run_periods(benchmark: Benchmark) -> dict:
    """All ways over the periods of sql/periods.sql, in a file of their own."""
    size = benchmark.sizes[0]
    need_build(benchmark, size)
    changes, balances = (
        compiled_model(benchmark.target(size), model).replace(f'"{benchmark.warehouse(size).stem}".', "")
        for model in ("int_mrr__changes", "int_mrr__balances")
    )
    warehouse = benchmark.work / "periods.duckdb"
    warehouse.unlink(missing_ok=True)
    with connect(warehouse, benchmark.memory, benchmark.threads) as connection:
        connection.execute(f"set variable customers = {PERIODS_CUSTOMERS}")
        connection.execute((HERE / "sql" / "periods.sql").read_text(encoding="utf-8"))
        connection.execute(f"create view metrics_intermediate.int_mrr__changes as {changes}")
    with connect(warehouse, benchmark.memory, benchmark.threads, read_only=True) as connection:
        found = run_ways(benchmark, connection, balances, f"{PERIODS_CUSTOMERS:,} customers")
    warehouse.unlink()
    return found


def run_ways(benchmark: Benchmark, connection: duckdb.DuckDBPyConnection, balances: str, what: str) -> dict:
    """The ways to the movements of each month, by turns in one process; the best CPU of each counts.

    `balances` is our model as dbt compiled it. The totals of all have to be equal.
    """
    ways = {
        **{way: (HERE / "sql" / f"{way}.sql").read_text(encoding="utf-8") for way in OTHER_WAYS},
        "ours": own_ledger(balances),
    }
    best: dict[str, Usage] = {}
    for number in range(1, benchmark.rounds + 1):
        for way, sql in ways.items():
            usage = run_sql(connection, sql)
            show(f"ledger, {what}, round {number}: {way} {usage.cpu:.2f} s CPU")
            if way not in best or usage.cpu < best[way].cpu:
                best[way] = usage
            if number == 1:
                connection.execute(f"create temp table totals_{way} as from totals")
    for way in OTHER_WAYS:
        same_rows(connection, f"totals_{way}", "totals_ours", f"the movements of sql/{way}.sql and of the models")
    periods = one(connection, "select count(*) from metrics_intermediate.int_mrr__item_mrr")
    months = one(connection, "select count(*) from customer_months")
    return {"item_terms": periods, "spine_rows": months, **{way: usage.rounded() for way, usage in best.items()}}


def run_by_hand(benchmark: Benchmark, size: int) -> dict:
    """The marts that the script makes by dbt, the same ones by the script right after, and whether they're equal."""
    warehouse = benchmark.work / f"by_hand_{size}.duckdb"
    load(benchmark, size, warehouse)
    select = ["--select", *(f"+{model}" for model in BY_HAND.values())]
    ours = build(benchmark, warehouse, benchmark.work / "target_by_hand", ["standard"], select)
    with connect(warehouse, benchmark.memory, benchmark.threads) as connection:
        values = run_sql(connection, "create table metrics.monthly_metrics as from metrics_intermediate.int_metrics__values")
        connection.execute("checkpoint")
    log = benchmark.work / "logs" / f"by_hand_{size}.log"
    script = [sys.executable, "-m", "benchmarks.script", HERE / "sql" / "by_hand.sql", warehouse, benchmark.memory, benchmark.threads]
    usage = run_process(script, log, cwd=ROOT)
    show(f"by hand, {size:,} accounts: {usage.wall:.1f} s, {usage.cpu:.1f} s CPU, {usage.memory:,.0f} MiB")
    with connect(warehouse, benchmark.memory, benchmark.threads) as connection:
        rows = {mart: same_mart(connection, mart) for mart in BY_HAND}
    warehouse.unlink()
    slowest = sorted(json.loads(log.read_text(encoding="utf-8").splitlines()[-1]), key=lambda taken: -taken["cpu"])[:10]
    return {
        "by_hand": usage.rounded(),
        "ours": {"wall": ours["wall"] + values.wall, "cpu": ours["cpu"] + values.cpu, "memory": ours["memory"]},
        "rows": rows,
        "slowest_by_hand": slowest,
    }


def run_policies(benchmark: Benchmark) -> dict:
    """A build with one policy and one with two, each in a file of its own."""
    size, found = benchmark.policies_size, {}
    for policies in (["standard"], ["standard", "stripe"]):
        warehouse = benchmark.work / f"policies_{size}.duckdb"
        load(benchmark, size, warehouse)
        found["+".join(policies)] = build(benchmark, warehouse, benchmark.work / "target_policies", policies)
        warehouse.unlink()
    return found


QUERIES = {
    "MRR of 24 months by region": """
        select month, dimension_value, value from metrics.monthly_metrics
        where policy = 'standard' and metric = 'mrr' and dimension = 'region' and month >= date '2024-09-01'
        order by month, dimension_value""",
    "NRR and GRR of 24 months by industry": """
        select month, metric, dimension_value, value, sample_size, is_small_sample from metrics.monthly_metrics
        where policy = 'standard' and metric in ('nrr_12m', 'grr_12m') and dimension = 'industry' and month >= date '2024-09-01'
        order by month, metric, dimension_value""",
    "customer churn of 24 months by spend band": """
        select month, dimension_value, numerator, denominator, value from metrics.monthly_metrics
        where policy = 'standard' and metric = 'customer_churn_rate' and dimension = 'spend_band' and month >= date '2024-09-01'
        order by month, dimension_value""",
    "every metric of the last whole month": """
        select metric, value, unit, sample_size from metrics.monthly_metrics
        where policy = 'standard' and dimension = 'all' and month = date '2026-08-01'
        order by metric""",
    "the bridge of all months": """
        select month, opening_mrr, new_mrr, reactivation_mrr, expansion_mrr, contraction_mrr, churned_mrr, fx_mrr, mrr
        from metrics.monthly_summary where policy = 'standard' order by month""",
    "the ten countries with the most MRR": """
        select dimension_value, value from metrics.monthly_metrics
        where policy = 'standard' and metric = 'mrr' and dimension = 'country' and month = date '2026-08-01'
        order by value desc limit 10""",
}
REPEATS = 50


def run_query(benchmark: Benchmark, size: int) -> dict:
    """Each query as often as a dashboard with many viewers asks it, the first thing on a connection of its own."""
    need_build(benchmark, size)
    found, opening = {}, []
    for name, sql in QUERIES.items():
        taken, rows = [], 0
        for _ in range(REPEATS):
            start = time.perf_counter()
            with connect(benchmark.warehouse(size), benchmark.memory, benchmark.threads, read_only=True) as connection:
                connected = time.perf_counter()
                rows = len(connection.execute(sql).fetchall())
                taken.append(time.perf_counter() - connected)
            opening.append(connected - start)
        if not rows:
            raise BenchmarkError(f"The query {name!r} finds no rows at {size:,} accounts.")
        found[name] = {"rows": rows, **milliseconds(taken)}
        show(f"query, {size:,} accounts: {name} {found[name]['median_ms']} ms")
    return {"(opening a connection)": {"rows": 0, **milliseconds(opening)}, **found}


def milliseconds(taken: list[float]) -> dict[str, float]:
    """The median and the worst of some times in seconds."""
    return {"median_ms": round(statistics.median(taken) * 1000, 1), "worst_ms": round(max(taken) * 1000, 1)}


def run_demo(benchmark: Benchmark) -> dict:
    """The demo's build as `make build` runs it, the second time, and where its time goes by dbt's own log."""
    warehouse, target, logs = (benchmark.work / name for name in ("demo.duckdb", "target_demo", "logs"))
    command = [sys.executable, "-m", "cs_metrics", "build", "--warehouse", warehouse, "--target-path", target]
    environment = os.environ | {"DBT_LOG_PATH": str(logs / "demo"), "DBT_LOG_FILE_MAX_BYTES": str(2**30)}
    for attempt in ("cold", "warm"):
        (logs / "demo" / "dbt.log").unlink(missing_ok=True)
        warehouse.unlink(missing_ok=True)  # what is published isn't built again
        started = time.time()
        usage = run_process(command, logs / f"demo_{attempt}.log", cwd=ROOT, env=environment)
        show(f"demo, {attempt}: {usage.wall:.1f} s, {usage.cpu:.1f} s CPU")
    phases = demo_phases(logs / "demo" / "dbt.log", started, started + usage.wall)
    return {**usage.rounded(), "phases": phases, "nodes": node_seconds(target)}


def run_check(benchmark: Benchmark) -> dict:
    """What `make check` of a company's CSV files takes, the second time: Python has compiled its modules before."""
    data, logs = benchmark.data / f"csv_{benchmark.check_size}", benchmark.work / "logs"
    if not data.exists():
        show(f"generating {benchmark.check_size:,} accounts in {data} ...")
        command = [sys.executable, "-m", "cs_metrics.demo", "--out", data, "--accounts", benchmark.check_size]
        run_process(command, logs / f"generate_csv_{benchmark.check_size}.log", cwd=ROOT)
    log = logs / "check.log"
    for attempt in ("cold", "warm"):
        usage = run_process([sys.executable, "-m", "cs_metrics", "check", "--data", data, "--as-of", AS_OF], log, cwd=ROOT)
        show(f"check, {attempt}: {usage.wall:.1f} s, {usage.cpu:.1f} s CPU")
    (rows,) = re.findall(r"^Checked ([\d,]+) rows", log.read_text(encoding="utf-8"), re.MULTILINE)
    return {**usage.rounded(), "rows": int(rows.replace(",", ""))}


BY_SIZE = {"build": run_build, "ledger": run_ledger, "by_hand": run_by_hand, "query": run_query}


# --- companies and builds ------------------------------------------------------------------------------------------


def load(benchmark: Benchmark, size: int, warehouse: Path) -> dict[str, int]:
    """Load a company, generated where it isn't there yet, into a fresh warehouse; the rows of each table."""
    data = benchmark.data / str(size)
    if not (data / "products" / "part-00000.parquet").exists():  # the part that is written last
        if data.exists():
            raise BenchmarkError(f"{data} isn't whole: still being generated, or broken off. Remove it to have it made anew.")
        show(f"generating {size:,} accounts in {data} ...")
        command = [sys.executable, "-m", "cs_metrics.demo", "--out", data, "--format", "parquet", "--accounts", size]
        run_process(command, benchmark.work / "logs" / f"generate_{size}.log", cwd=ROOT)
    for file in (warehouse, warehouse.with_suffix(".duckdb.wal")):
        file.unlink(missing_ok=True)
    rows = folder.load(data, warehouse).rows
    show(f"loaded {size:,} accounts: {sum(rows.values()):,} rows")
    return rows


def build(benchmark: Benchmark, warehouse: Path, target: Path, policies: list[str], select: list[str] = []) -> dict:
    """All models and seeds, or those selected, by the real dbt in a process of its own, without tests.

    dbt has parsed the project before, as in every run but the first; what that took is told apart.
    """
    loaded = megabytes(warehouse)
    variables = {
        "native_data": "source",
        "native_schema": folder.SCHEMA,
        "as_of_date": AS_OF,
        "custom_segments": SEGMENTS,
        "metric_policies": policies,
    }
    dbt = [Path(sys.executable).with_name("dbt"), "--no-send-anonymous-usage-stats"]
    project = ["--vars", json.dumps(variables), "--project-dir", ROOT, "--profiles-dir", HERE, "--target-path", target]
    command = [*dbt, "build", "--exclude-resource-type", "test", "--exclude-resource-type", "unit_test", *select, *project]
    environment = os.environ | {
        "CS_METRICS_DUCKDB": str(warehouse),
        "BENCHMARK_MEMORY": benchmark.memory,
        "BENCHMARK_THREADS": str(benchmark.threads),
        "DBT_LOG_PATH": str(benchmark.work / "logs"),
    }
    parse = run_process([*dbt, "parse", *project], benchmark.work / "logs" / f"parse_{warehouse.stem}.log", cwd=ROOT, env=environment)
    usage = run_process(command, benchmark.work / "logs" / f"build_{warehouse.stem}.log", cwd=ROOT, env=environment)
    show(f"built {warehouse.stem}, {'+'.join(policies)}: {usage.wall:.1f} s, {usage.cpu:.1f} s CPU, {usage.memory:,.0f} MiB")
    results = json.loads((target / "run_results.json").read_text(encoding="utf-8"))
    models = {
        result["unique_id"].split(".")[-1]: round(result["execution_time"], 2)
        for result in results["results"]
        if result["unique_id"].startswith("model.")
    }
    return {**usage.rounded(), "parse_cpu": round(parse.cpu, 3), "file_mib": megabytes(warehouse), "loaded_mib": loaded, "models": models}


def need_build(benchmark: Benchmark, size: int) -> None:
    """A part that reads a built warehouse builds it where there is none."""
    if not (benchmark.warehouse(size).exists() and (benchmark.target(size) / "run_results.json").exists()):
        run_build(benchmark, size)


def compiled_model(target: Path, model: str) -> str:
    """A model's SQL as dbt compiled it."""
    return next((target / "compiled").rglob(f"{model}.sql")).read_text(encoding="utf-8")


def own_ledger(balances: str) -> str:
    """The models from the items' intervals to the accounts' movements, and the totals."""
    return f"""
        create or replace temp table own_balances as {balances};
        create or replace temp table totals as
        select
            policy,
            month_from as month,
            movement_type,
            sum(abs(account_closing_mrr - account_opening_mrr)) as amount,
            count(*) as accounts
        from own_balances
        where is_first_currency and movement_type not in ('none', 'opening_balance')
        group by all"""


# --- what has to be equal ------------------------------------------------------------------------------------------


def same_rows(connection: duckdb.DuckDBPyConnection, left: str, right: str, what: str) -> None:
    """Two tables hold the same rows."""
    differing = one(
        connection,
        f"select count(*) from ((from {left} except all from {right}) union all (from {right} except all from {left}))",
    )
    if differing or not one(connection, f"select count(*) from {left}"):
        raise BenchmarkError(f"{what}: {differing} rows differ, or there are none")


def same_mart(connection: duckdb.DuckDBPyConnection, mart: str) -> int:
    """A mart and the one by hand hold the same rows, whatever their order: as many, with the same sum of hashes."""
    columns = {
        name: kind
        for name, kind, *_ in connection.execute(f"describe metrics.{mart}").fetchall()
        if name not in NOT_COMPARED.get(mart, ())
    }
    values = ", ".join(f"cast({name} as {kind})" for name, kind in columns.items())
    count, ours = connection.execute(f"select count(*), sum(hash({values})) from metrics.{mart}").fetchone()
    count_by_hand, by_hand = connection.execute(f"select count(*), sum(hash({values})) from by_hand.{mart}").fetchone()
    if (count, ours) != (count_by_hand, by_hand) or not count:
        raise BenchmarkError(f"{mart}: {count:,} rows, by hand {count_by_hand:,}; they aren't the same")
    return count


def one(connection: duckdb.DuckDBPyConnection, sql: str):
    """The only value of a query."""
    return connection.execute(sql).fetchone()[0]


# --- dbt's own records ---------------------------------------------------------------------------------------------


def demo_phases(log: Path, started: float, ended: float) -> dict[str, float]:
    """The seconds from one of dbt's log lines to the next."""
    first: dict[str, float] = {}
    last: dict[str, float] = {}
    midnight = datetime.fromtimestamp(started, timezone.utc).replace(hour=0, minute=0, second=0, microsecond=0).timestamp()
    for line in log.read_text(encoding="utf-8").splitlines():
        found = re.search(r"(\d\d):(\d\d):(\d\d\.\d+) \[.*?: (Running with dbt|Found \d+ model|Began running node|Finished running node)", line)
        if found:
            hours, minutes, seconds, event = found.groups()
            at = midnight + int(hours) * 3600 + int(minutes) * 60 + float(seconds)
            at += 86400 if at < started - 1 else 0
            event = event.split()[0]
            first.setdefault(event, at)
            last[event] = at
    marks = [
        ("Python and imports", first["Running"]),
        ("parse", first["Found"]),
        ("connect, look at what's there", first["Began"]),
        ("nodes", last["Finished"]),
        ("end, summary", ended),
    ]
    phases, previous = {}, started
    for name, at in marks:
        phases[name] = round(at - previous, 2)
        previous = at
    return phases


def node_seconds(target: Path) -> dict[str, dict]:
    """Of each kind of node: how many, and the seconds that dbt's threads spent compiling and running them."""
    found: dict[str, dict] = {}
    for result in json.loads((target / "run_results.json").read_text(encoding="utf-8"))["results"]:
        kind = found.setdefault(result["unique_id"].split(".")[0], {"nodes": 0, "compile": 0.0, "all": 0.0})
        kind["nodes"] += 1
        kind["all"] = round(kind["all"] + result["execution_time"], 2)
        for timing in result["timing"]:
            if timing["name"] == "compile" and timing["completed_at"]:
                taken = datetime.fromisoformat(timing["completed_at"][:26].rstrip("Z")) - datetime.fromisoformat(
                    timing["started_at"][:26].rstrip("Z")
                )
                kind["compile"] = round(kind["compile"] + taken.total_seconds(), 2)
    return found


# --- results -------------------------------------------------------------------------------------------------------


def save(part: str, key: object, found: dict) -> None:
    """Put a part's figures into the results file, with the machine and versions that they are from."""
    results = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else {}
    results.setdefault(part, {})[str(key)] = {**found, "machine": machine()}
    RESULTS.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")


def machine() -> dict:
    """What was measured on, and how busy it was."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return {
        "cpus": os.cpu_count(),
        "memory_gib": round(memory, 1),
        "load": round(os.getloadavg()[0], 1),
        "python": platform.python_version(),
        "duckdb": duckdb.__version__,
        "day": datetime.now(timezone.utc).date().isoformat(),
    }


def show(text: str) -> None:
    """Say how far it is."""
    print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main())
