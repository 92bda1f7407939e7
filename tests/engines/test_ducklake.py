"""DuckLake, its catalog in Postgres and its data in Parquet: the project builds there while ten readers read on."""

import dataclasses
import threading
from pathlib import Path

import duckdb
import pytest
from builds import COMPARED, Build, DuckDB, duckdb_table
from compare import Table, compare
from server import HOST, PIPELINE, Server

from cs_metrics.extensions import FOLDER

READERS = 10
PAUSE_S = 1.5
YESTERDAY, TODAY = "2026-08-31", "2026-09-10"
OF_EARLIER_BUILDS = {"first_reported_metrics", "metric_restatements"}  # the lake had one yesterday, the file hasn't
MARTS = ("monthly_metrics", "monthly_summary", "fct_mrr_movements")


class DuckLake(Build):
    """A build in DuckLake, with a catalog and a folder of its own."""

    def __init__(self, folder: Path, server: Server) -> None:
        lake = {"CS_METRICS_TARGET": "ducklake", "CS_METRICS_LAKE": str(folder / "lake"), "DUCKDB_EXTENSIONS": str(FOLDER)}
        super().__init__(folder, server.environment(server.create_database("lake")) | lake)
        object.__setattr__(self, "server", server)

    def connect(self) -> duckdb.DuckDBPyConnection:
        """A reader's connection, as from a process of its own."""
        connection = duckdb.connect(config={"extension_directory": str(FOLDER), "threads": 1})
        for name in ("ducklake", "postgres_scanner"):
            connection.load_extension(name)
        place = f"host={HOST} port={self.server.port} user={PIPELINE} password={self.server.passwords[PIPELINE]} dbname=lake"
        connection.execute(f"attach 'ducklake:postgres:{place}' as lake (read_only)")
        return connection


def published(connection: duckdb.DuckDBPyConnection) -> int:
    """The snapshot of the newest build that is whole."""
    return connection.execute("select max(snapshot_id) from lake.metrics.published_builds").fetchone()[0]


def table(connection: duckdb.DuckDBPyConnection, name: str, version: int) -> Table:
    """A mart as it was in a snapshot."""
    found = duckdb_table(connection, f"lake.metrics.{name} at (version => {version})", COMPARED.get(name, ""))
    return dataclasses.replace(found, rows=sorted(found.rows, key=str))


def new_mrr(connection: duckdb.DuckDBPyConnection, at: str = "") -> tuple:
    """What two marts say of the same thing."""
    return connection.execute(
        f"""
        select
            (select sum(amount) from lake.metrics.fct_mrr_movements {at} where movement_type = 'new'),
            (select sum(new_mrr) from lake.metrics.monthly_summary {at})
        """
    ).fetchone()


@pytest.fixture(scope="module")
def lake(server, tmp_path_factory) -> DuckLake:
    """The demo company as it was known yesterday."""
    assert FOLDER.is_dir(), "DuckDB's extensions are not installed: run `make ducklake`"
    built = DuckLake(tmp_path_factory.mktemp("lake"), server)
    built.dbt("build", "--resource-type", "seed", "model", as_of_date=YESTERDAY)
    return built


@pytest.fixture(scope="module")
def yesterday(lake) -> dict:
    """Yesterday's snapshot: its number, and what its marts hold."""
    with lake.connect() as connection:
        version = published(connection)
        return {"version": version} | {name: table(connection, name, version) for name in MARTS}


class Reader(threading.Thread):
    """Reads until it's told to stop, and remembers what it saw."""

    def __init__(self, lake: DuckLake, is_over: threading.Event) -> None:
        super().__init__()
        self.lake, self.is_over = lake, is_over
        self.reads, self.mixed_live, self.wrong, self.errors, self.versions = 0, 0, [], [], set()

    def run(self) -> None:
        try:
            with self.lake.connect() as connection:
                while not self.is_over.is_set():
                    self.read(connection)
                    self.is_over.wait(PAUSE_S)
        except duckdb.Error as error:
            self.errors.append(str(error))

    def read(self, connection: duckdb.DuckDBPyConnection) -> None:
        """In one transaction: the segments add up to the whole, and three tables are of one build."""
        connection.execute("begin")
        version = published(connection)
        at = f"at (version => {version})"
        whole, segments = connection.execute(
            f"""
            select sum(value) filter (dimension = 'all'), sum(value) filter (dimension = 'industry')
            from lake.metrics.monthly_metrics {at} where metric = 'mrr'
            """
        ).fetchone()
        summary, months = connection.execute(f"select sum(mrr), count(*) from lake.metrics.monthly_summary {at}").fetchone()
        moved, counted = new_mrr(connection, at)
        # The newest tables, whether or not their build is over: each of them is whole in itself.
        live, live_segments = connection.execute(
            """
            select sum(value) filter (dimension = 'all'), sum(value) filter (dimension = 'industry')
            from lake.metrics.monthly_metrics where metric = 'mrr'
            """
        ).fetchone()
        live_moved, live_counted = new_mrr(connection)
        connection.execute("commit")
        self.reads += 1
        self.mixed_live += abs(live_moved - live_counted) > 0.01
        self.versions.add((version, months))
        # Each value is rounded to six decimals, so sums of them may differ in the last ones.
        if whole != summary or not all(abs(a - b) < 0.01 for a, b in ((whole, segments), (moved, counted), (live, live_segments))):
            self.wrong.append((version, whole, segments, summary, moved, counted, live, live_segments))


def test_ten_readers_read_on_while_it_builds(lake, yesterday):
    """No error and no mixed state; in the end they see the new build."""
    is_over = threading.Event()
    readers = [Reader(lake, is_over) for _ in range(READERS)]
    for reader in readers:
        reader.start()
    try:
        lake.dbt("build", "--resource-type", "model", as_of_date=TODAY)
        while any(reader.is_alive() and len(reader.versions) < 2 for reader in readers) and not is_over.wait(0.5):
            if all(not reader.is_alive() for reader in readers):
                break
    finally:
        is_over.set()
        for reader in readers:
            reader.join()
    print(f"{sum(reader.reads for reader in readers)} reads by {READERS} readers")
    assert not [error for reader in readers for error in reader.errors]
    assert not [wrong for reader in readers for wrong in reader.wrong]
    # Who reads the newest tables instead does meet some of one build and some of the other, so there was something to see.
    assert sum(reader.mixed_live for reader in readers) > 0
    assert all(reader.reads > 5 for reader in readers)
    assert all(len(reader.versions) == 2 for reader in readers), "a reader didn't see both builds"
    assert len({seen for reader in readers for seen in reader.versions}) == 2


def test_yesterdays_snapshot_still_answers(lake, yesterday):
    """To the last row as it was; and today's is another."""
    with lake.connect() as connection:
        today = published(connection)
        assert today > yesterday["version"]
        for name in MARTS:
            assert table(connection, name, yesterday["version"]) == yesterday[name]
            assert table(connection, name, today) != yesterday[name]
        (files,) = connection.execute("select count(*) from glob(?)", [str(lake.folder / "lake" / "**" / "*.parquet")]).fetchone()
        assert files > 0


def test_the_figures_are_those_of_a_duckdb_file(lake, tmp_path):
    """The same marts, row by row."""
    file = DuckDB(tmp_path)
    file.dbt("build", "--resource-type", "seed", "model", as_of_date=TODAY)
    with lake.connect() as connection:
        version = published(connection)
        found = [
            compare(name, lake.marts[name], file.table(name), table(connection, name, version), ("DuckDB", "DuckLake"))
            for name in sorted(set(lake.marts) - OF_EARLIER_BUILDS)
        ]
    assert not [str(difference) for difference in found if difference.lines]


def test_a_build_that_failed_is_not_published(lake):
    """Readers stay with the last whole one."""
    with lake.connect() as connection:
        before = published(connection)
    lake.dbt("run", "--select", "dim_months", "int_policies", is_expected=False, as_of_date=TODAY, metric_policies=[])
    with lake.connect() as connection:
        assert published(connection) == before
