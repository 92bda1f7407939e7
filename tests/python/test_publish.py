"""Publishing is all or nothing: what people read is the last build in which all went well, whatever happens."""

import fcntl
import os
import resource
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from cs_metrics import ROOT
from cs_metrics.files import Files
from cs_metrics.publish import last_published
from publishing import AS_OF, Company, mrr, mrr_of, tables

LOW, HIGH = 31.5, 63.0
LIMIT = 3 * 2**20


@pytest.fixture(scope="module")
def company(tmp_path_factory) -> Company:
    """A company that is published at the low price."""
    company = Company(tmp_path_factory.mktemp("published"))
    company.publish()
    assert mrr(company.files.published) == LOW
    return company


def test_who_reads_goes_on_reading_while_the_next_build_is_published(company):
    """And who comes later finds the next one; the one before is kept."""
    files = company.files
    with duckdb.connect(str(files.published), read_only=True) as reader:
        before = files.kept()
        company.publish("21.00")
        assert mrr_of(reader) == LOW
        assert [mrr(file) for file in files.kept()] == [LOW, HIGH]
        assert files.kept()[:-1] == before
    assert mrr(files.published) == HIGH
    company.publish()
    assert mrr(files.published) == LOW


def test_the_same_again_is_not_built_again(company):
    """Data, project and choices are those of what is published; another as-of date is another build."""
    before = company.files.published.stat().st_mtime_ns
    code, said = company.build()
    assert code == 0
    assert f"Nothing has changed since the last build: figures as of {AS_OF}" in said and "Building" not in said
    assert company.files.published.stat().st_mtime_ns == before
    code, said = company.build("--vars", "{metric_policies: []}")
    assert code == 1 and "Building" in said


def test_what_is_published_is_the_public_marts_as_tables(company):
    """The same rows as in the working file, with their descriptions, and nothing else beside them."""
    files = company.files
    published, working = tables(files.published), tables(files.working, files.published)
    assert published == working
    assert sum(map(len, published.values())) > 100
    with duckdb.connect(str(files.published), read_only=True) as reader:
        assert reader.execute("select view_name from duckdb_views() where not internal").fetchall() == []
        assert reader.execute("select distinct schema_name from duckdb_tables() order by all").fetchall() == [("books",), ("metrics",)]
        assert reader.execute("select table_name from duckdb_tables() where comment is null").fetchall() == []
        ((comment,),) = reader.execute(
            "select comment from duckdb_columns() where table_name = 'source_freshness' and column_name = 'as_of_date'"
        ).fetchall()
        assert comment == "The as-of date of the build."
        assert reader.execute("select distinct as_of_date::varchar from metrics.published_builds").fetchall() == [(AS_OF,)]
        ((tags,),) = reader.execute("select tags from duckdb_databases() where path is not null").fetchall()
        assert tags["storage_version"] == "v1.0.0+", "older drivers of BI tools can't open it (docs/bi.md)"
    beside = {path.name for path in files.published.parent.iterdir()}
    assert beside == {"build", "snapshots", files.published.name, files.page.name}


def test_a_failed_test_leaves_the_last_good_figures(company):
    """Thirty accounts without an id are more than the sources may have."""
    files, before = company.files, tables(company.files.published)
    company.write("42.00")
    accounts = company.folder / "export" / "accounts.csv"
    lines = accounts.read_text("utf-8").splitlines()
    accounts.write_text("\n".join([*lines, *[",,nobody,"] * 30]) + "\n", encoding="utf-8")
    kept = files.kept()
    code, said = company.build()
    assert code == 1
    assert "FAILED   data_quality_is_good_enough" in said
    assert "fail  rejected_share, accounts of native, missing billing_entity: 30 rows" in said
    assert f"stays as it was: figures as of {AS_OF}, built" in said
    assert tables(files.published) == before and files.kept() == kept
    assert mrr(files.working) == 4 * LOW, "the build itself went on to its end"


def test_a_locked_file_is_said_before_anything_is_done(company):
    """Somebody has the working file open."""
    files, before = company.files, tables(company.files.published)
    hold = "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print('open', flush=True); sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", hold, files.working], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout.readline() == "open\n"
        code, said = company.build()
        holder.stdin.close()
    assert code == 1
    assert "is open in another program" in said and f"process {holder.pid}" in said
    assert f"opens {files.published}" in said
    assert "Building" not in said
    assert tables(files.published) == before


def test_two_builds_at_once_are_refused(company):
    """The second one says which is the first."""
    with open(company.files.lock, "r+", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        lock.truncate()
        lock.write(str(os.getpid()))
        lock.flush()
        code, said = company.build()
    assert code == 1
    assert f"is running (process {os.getpid()})" in said
    assert "WAREHOUSE=file.duckdb" in said


def test_a_full_disk_is_said_and_nothing_is_lost(company):
    """Here by a limit on the size of files; when there is room again, the next build goes through."""
    files, before = company.files, tables(company.files.published)
    files.working.unlink()
    company.write("21.00")
    code, said = company.build(preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (LIMIT, LIMIT)))
    assert code == 1
    assert "The disk is full, or a limit on the size of files is reached" in said
    assert f"stays as it was: figures as of {AS_OF}, built" in said
    assert tables(files.published) == before
    company.publish("21.00")
    assert mrr(files.published) == HIGH


@pytest.fixture
def small_disk(tmp_path):
    """A disk of a few megabytes, where this machine lets us have one."""
    place = tmp_path / "disk"
    place.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={LIMIT}", "tmpfs", place], capture_output=True).returncode != 0:
        pytest.skip("no disk can be mounted here")
    yield place
    subprocess.run(["umount", place], check=True)


def test_a_disk_that_is_really_full(small_disk, tmp_path):
    """The warehouse is on it."""
    company = Company(tmp_path)
    company.write()
    code, said = company.build("--warehouse", small_disk / "small.duckdb")
    assert code == 1
    assert "The disk is full" in said and "0 MiB are free" in said
    assert "nothing has been published yet" in said


def test_a_disk_that_can_only_be_read(small_disk, tmp_path):
    company = Company(tmp_path)
    company.write()
    subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
    code, said = company.build("--warehouse", small_disk / "small.duckdb")
    assert code == 1 and "Traceback" not in said
    assert "can't be written to" in said and "WAREHOUSE=file.duckdb" in said


def test_a_file_that_is_open_elsewhere_stops_no_command_with_a_trace(company):
    """What asks the working file while a build writes to it."""
    hold = "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print('open', flush=True); sys.stdin.read()"
    commands = (["explain", "mrr", "2026-08"], ["ask", "why_mrr_moved"], ["rejected"])
    with subprocess.Popen(
        [sys.executable, "-c", hold, company.files.working], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout.readline() == "open\n"
        for command in commands:
            done = subprocess.run(
                [sys.executable, "-m", "cs_metrics", *command, "--warehouse", company.files.published], cwd=ROOT, capture_output=True, text=True
            )
            assert done.returncode == 1 and "is open in another program" in done.stderr and "Traceback" not in done.stderr
        holder.stdin.close()


def test_who_reads_may_not_look_where_dbt_works(company):
    """All names are there, whatever is hidden in what is published."""
    assert company.files.working.parent.stat().st_mode & 0o077 == company.files.working.stat().st_mode & 0o077 == 0


def test_only_the_last_snapshots_are_kept(tmp_path):
    """By time, and only this warehouse's own."""
    files = Files(tmp_path / "a.duckdb")
    files.snapshots.mkdir()
    names = ["a_2026-09-10_20260911T080000Z", "a_2026-08-31_20260912T080000Z", "a_b_2026-09-10_20260911T080000Z", "a_2026-09-10"]
    for name in names:
        (files.snapshots / f"{name}.duckdb").touch()
    assert [path.stem for path in files.kept()] == names[:2]


def test_a_file_that_says_nothing_of_itself_is_named_by_its_time(tmp_path):
    """One that was made before there was publishing."""
    file = Path(tmp_path / "old.duckdb")
    assert last_published(file) == "nothing has been published yet"
    duckdb.connect(str(file)).close()
    os.utime(file, (0, 0))
    assert last_published(file) == "the file of 1970-01-01 00:00 UTC"
