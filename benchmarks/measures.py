"""What a process, or a statement, takes: wall clock, CPU seconds, peak memory."""

import json
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import duckdb

LAUNCHER = Path(__file__).with_name("launch.py")


class BenchmarkError(Exception):
    """What went wrong, and where to look."""


@dataclass(frozen=True)
class Usage:
    """Seconds by the wall clock and of CPU; the peak of resident memory in MiB."""

    wall: float
    cpu: float
    memory: float = 0

    def rounded(self) -> dict:
        """As the results file has it."""
        return {name: round(value, 3) for name, value in asdict(self).items()}


def run_process(command: list, log: Path, **options) -> Usage:
    """Run a command to its end, its output in a file; its children's use counts too."""
    log.parent.mkdir(parents=True, exist_ok=True)
    report = log.with_suffix(".usage.json")
    launched = [sys.executable, LAUNCHER, report, *command]
    with open(log, "w", encoding="utf-8") as output:
        ended = subprocess.run([str(part) for part in launched], stdout=output, stderr=subprocess.STDOUT, **options)
    if ended.returncode != 0:
        raise BenchmarkError(f"{' '.join(map(str, command))[:200]} ended with {ended.returncode}; what it said is in {log}")
    return Usage(**json.loads(report.read_text(encoding="utf-8")))


def run_sql(connection: duckdb.DuckDBPyConnection, sql: str) -> Usage:
    """Run statements in this process, where CPU seconds are those of all of DuckDB's threads."""
    wall, cpu = time.monotonic(), time.process_time()
    connection.execute(sql)
    return Usage(time.monotonic() - wall, time.process_time() - cpu)


def connect(warehouse: Path, memory: str, threads: int, read_only: bool = False) -> duckdb.DuckDBPyConnection:
    """A connection with the limits that the benchmarks build with."""
    settings = {"memory_limit": memory, "threads": threads, "temp_directory": f"{warehouse}.tmp", "disabled_compression_methods": "fsst"}
    return duckdb.connect(str(warehouse), read_only=read_only, config=settings)


def megabytes(file: Path) -> float:
    """A file's size in MiB."""
    return round(file.stat().st_size / 2**20, 1)
