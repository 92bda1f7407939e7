"""The files of a build: one that dbt works in, one that people read, the last few of the latter.

    warehouse/cs_metrics.duckdb                published: the public marts of the last build in which all went well
    warehouse/cs_metrics.html                  the dashboard: one page of what is published
    warehouse/snapshots/cs_metrics_....duckdb  the last of those, by as-of date and time; the newest is the same file
    warehouse/build/cs_metrics.duckdb          where dbt works: every table and view, of the build that is running too
"""

import fcntl
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb

from cs_metrics import ROOT

SNAPSHOT_TIME = "%Y%m%dT%H%M%SZ"
READ_ONLY = re.compile(r"Read-only file system|Permission denied|Operation not permitted", re.IGNORECASE)
LOCKED = re.compile(r"Could not set lock on file.*?(?:held in (?P<program>\S+) \(PID (?P<process>\d+)\)|$)", re.DOTALL)
DISK_FULL = re.compile(
    r"No space left on device|Disk quota exceeded|File too large|max_temp_directory_size|not enough disk space", re.IGNORECASE
)


class BuildError(Exception):
    """Why it can't be built here and now, and what to do about it."""


@dataclass(frozen=True)
class Files:
    """The files of a build, all beside the published one."""

    published: Path

    @property
    def working(self) -> Path:
        """The file that dbt works in. It stays from build to build and must keep its name: views have it in them."""
        return self.published.parent / "build" / self.published.name

    @property
    def lock(self) -> Path:
        """Held by the one build that may run; the system lets go of it when that ends, however it ends."""
        return self.working.with_name(f"{self.working.name}.lock")

    @property
    def mask_key(self) -> Path:
        """The key that masks of personal columns are made with."""
        return self.working.with_name(f"{self.working.name}.mask_key")

    @property
    def unfinished(self) -> Path:
        """What is to be published, while it is being written."""
        return self.published.with_name(f"{self.published.name}.unfinished")

    @property
    def page(self) -> Path:
        """The dashboard, one page of what is published."""
        return self.published.with_suffix(".html")

    @property
    def unfinished_page(self) -> Path:
        """The dashboard of what is to be published, while it is being written."""
        return self.page.with_name(f"{self.page.name}.unfinished")

    @property
    def snapshots(self) -> Path:
        """The folder of the snapshots that are kept."""
        return self.published.parent / "snapshots"

    def make_private(self) -> None:
        """Nobody but the owner opens the folder that dbt works in: it has all names, whatever is hidden in what is published."""
        self.working.parent.chmod(0o700)
        if self.working.exists():
            self.working.chmod(0o600)

    def kept(self) -> list[Path]:
        """The snapshots that are kept, the oldest first."""
        name = re.compile(rf"{re.escape(self.published.stem)}_\d{{4}}-\d\d-\d\d_(\d{{8}}T\d{{6}}Z){re.escape(self.published.suffix)}")
        found = [(match[1], path) for path in self.snapshots.glob("*") if (match := name.fullmatch(path.name))]
        return [path for _, path in sorted(found)]

    @contextmanager
    def alone(self) -> Iterator[None]:
        """No other build works here meanwhile, and what killed ones have left is gone."""
        self.working.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with open(self.lock, "a+", encoding="utf-8") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                lock.seek(0)
                raise BuildError(
                    f"Another build of {shown(self.published)} is running (process {lock.read().strip() or 'unknown'}). "
                    "Wait until it is over, or give this one a file of its own: WAREHOUSE=file.duckdb."
                ) from None
            lock.truncate(0)
            lock.write(str(os.getpid()))
            lock.flush()
            self.check_it_opens()
            self.make_private()
            self.remove_leftovers()
            try:
                yield
            finally:
                self.remove_leftovers()

    def remove_leftovers(self) -> None:
        """Remove what a build that was killed has left behind; the working file mends itself when it is opened."""
        for file in (self.unfinished, wal_of(self.unfinished), self.unfinished_page, *self.snapshots.glob(f"{self.published.stem}_*.unfinished")):
            file.unlink(missing_ok=True)
        for database in (self.working, self.unfinished):
            shutil.rmtree(f"{database}.tmp", ignore_errors=True)

    def check_it_opens(self) -> None:
        """The working file can be written to: nobody else has it open."""
        try:
            duckdb.connect(str(self.working)).close()
        except duckdb.Error as error:
            raise BuildError(self.advice(str(error)) or f"{shown(self.working)} can't be opened: {error}") from error

    def advice(self, said: str) -> str | None:
        """What to do about an error that the machine is to blame for, not the data; None for others."""
        if locked := LOCKED.search(said):
            by = f" ({locked['program']}, process {locked['process']})" if locked["process"] else ""
            return (
                f"{shown(self.working)} is open in another program{by}. Close it there, or wait until it is through, and try again; nothing is lost. "
                f"Who wants to read while it builds opens {shown(self.published)}."
            )
        if DISK_FULL.search(said):
            free = shutil.disk_usage(self.working.parent).free / 2**20
            return (
                f"The disk is full, or a limit on the size of files is reached: {free:,.0f} MiB are free in "
                f"{shown(self.working.parent)}. Make room there, or build elsewhere (WAREHOUSE=file.duckdb), and build again; "
                "nothing is lost."
            )
        if READ_ONLY.search(said):
            return f"{shown(self.published.parent)} can't be written to. Give yourself the right to, or build elsewhere: WAREHOUSE=file.duckdb."
        return None


def wal_of(database: Path) -> Path:
    """Where DuckDB keeps what isn't in the file yet."""
    return database.with_name(f"{database.name}.wal")


def shown(path: Path) -> str:
    """A path as a person would type it, from the project's root."""
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path)
