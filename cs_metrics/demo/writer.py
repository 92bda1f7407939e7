"""The demo company as files: CSV in one go, or Parquet in parts made side by side."""

import csv
import tempfile
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

from cs_metrics.demo.clock import WHOLE_MONTHS
from cs_metrics.demo.company import Totals, account_rows, company_rows
from cs_metrics.demo.contract import PARQUET_TYPES, tables
from cs_metrics.demo.life import make_account

CHUNK = 10_000


def wanted_tables(only: str | None) -> list[str]:
    """The tables to write: all of the contract, or those named, separated by commas."""
    names = list(tables())
    if not only:
        return names
    chosen = [name.strip() for name in only.split(",") if name.strip()]
    unknown = [name for name in chosen if name not in names]
    if unknown:
        raise ValueError(f"No such table: {', '.join(unknown)}. The contract has: {', '.join(names)}.")
    return chosen


@contextmanager
def csv_files(folder: Path, names):
    """A function that writes a row to the CSV file of its table; the files start with the contract's columns."""
    with ExitStack() as stack:
        write = {}
        for name in names:
            file = stack.enter_context(open(folder / f"{name}.csv", "w", encoding="utf-8", newline=""))
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(tables()[name])
            write[name] = writer.writerow
        yield write


def write_accounts(write, names, seed: int, size: int, months: int, indices) -> Totals:
    """Write the rows of some accounts."""
    totals, wanted = Totals(), set(names)
    for index in indices:
        account = make_account(seed, index, size, months)
        for name, row in account_rows(seed, size, account, wanted, totals):
            write[name](row)
    return totals


def write_csv(folder: Path, names, seed: int, size: int, months: int = WHOLE_MONTHS) -> None:
    """One CSV file a table."""
    folder.mkdir(parents=True, exist_ok=True)
    with csv_files(folder, names) as write:
        totals = write_accounts(write, names, seed, size, months, range(size))
        for name, row in company_rows(seed, size, set(names), totals, typed=False):
            write[name](row)


def write_parquet(folder: Path, names, seed: int, size: int, months: int = WHOLE_MONTHS, processes: int = 2) -> None:
    """One folder of Parquet parts a table; a part holds the rows of some thousand accounts, so memory stays small."""
    for name in names:
        (folder / name).mkdir(parents=True, exist_ok=True)
        for part in (folder / name).glob("part-*.parquet"):
            part.unlink()
    tasks = [
        (folder, names, seed, size, months, number, range(start, min(start + CHUNK, size)))
        for number, start in enumerate(range(0, size, CHUNK), 1)
    ]
    totals = Totals()
    with ProcessPoolExecutor(max_workers=processes) as pool:
        for part in pool.map(_write_part, tasks):
            totals.merge(part)
    with tempfile.TemporaryDirectory() as scratch:
        with csv_files(Path(scratch), names) as write:
            for name, row in company_rows(seed, size, set(names), totals, typed=True):
                write[name](row)
        _to_parquet(Path(scratch), folder, names, 0)


def _write_part(task) -> Totals:
    folder, names, seed, size, months, number, indices = task
    with tempfile.TemporaryDirectory() as scratch:
        with csv_files(Path(scratch), names) as write:
            totals = write_accounts(write, names, seed, size, months, indices)
        _to_parquet(Path(scratch), folder, names, number)
    return totals


def _to_parquet(scratch: Path, folder: Path, names, number: int) -> None:
    """Turn CSV files into a Parquet part of each table, with the contract's types; tables without rows are left out."""
    import duckdb

    with duckdb.connect(config={"threads": 1}) as connection:
        for name in names:
            types = {column: PARQUET_TYPES[kind] for column, kind in tables()[name].items()}
            rows = connection.read_csv(str(scratch / f"{name}.csv"), header=True, columns=types, auto_detect=False)
            if rows.limit(1).fetchone():
                rows.to_parquet(str(folder / name / f"part-{number:05d}.parquet"), compression="zstd")
