"""A build that is killed at any moment costs nothing: what people read is whole, and the next build is as good as any.

KILLS says how many builds are killed; `make test-faults` kills fifty. After every tenth the next one is let through and
compared with one that nobody disturbed.
"""

import os
import random
import signal
import subprocess
import time
from collections.abc import Callable
from datetime import date
from functools import cache

import duckdb
import pytest

from cs_metrics.books import read_books
from cs_metrics.dashboard.page import build_of_page
from cs_metrics.files import Files
from publishing import Company, tables

KILLS = int(os.environ.get("KILLS", 5))
LET_THROUGH_AFTER = min(10, KILLS)
PUBLISHING_S = 5  # about how long the tables and the page take to be written
LOW, HIGH = "10.50", "21.00"


@pytest.fixture(scope="module")
def clean(tmp_path_factory) -> Callable[[int, str], dict]:
    """What a build comes to that nobody disturbs, as of so many months after the first and at a price."""
    company = Company(tmp_path_factory.mktemp("clean"))

    @cache
    def found(month: int, price: str) -> dict[str, list[tuple]]:
        company.files.published.unlink(missing_ok=True)
        company.files.working.unlink(missing_ok=True)
        company.publish(price, "--as-of", day(month))
        return tables(company.files.published)

    assert found(0, LOW) != found(0, HIGH) != found(1, HIGH)
    return found


def day(month: int) -> str:
    """As of when a build is: a month closes from one to the next."""
    return date(2024 + month // 12, month % 12 + 1, 12).isoformat()


def other(price: str) -> str:
    """The price that isn't published."""
    return HIGH if price == LOW else LOW


def check_books(files: Files) -> None:
    """What is kept is of builds that readers had, snapshots are too, and no page lies beside another build's figures."""
    builds = [build.invocation_id for build in read_books(files.published).builds]
    with duckdb.connect(str(files.published), read_only=True) as reader:
        kept = {name for (name,) in reader.execute("select distinct build_id from books.int_restatements__first_figures").fetchall()}
    assert kept <= set(builds)
    assert build_of_page(files.page) in (None, builds[-1])
    assert {read_books(file).last.invocation_id for file in files.kept()} <= set(builds)


def kill(company: Company, month: int, moment: float, is_publishing: bool) -> bool:
    """Build, and kill it after so many seconds, or so long after it began to publish; False when it was over before."""
    process = company.start("--as-of", day(month), start_new_session=True)
    while is_publishing and process.poll() is None and not company.files.unfinished.exists():
        time.sleep(0.005)
    try:
        process.wait(moment)
        is_killed = False
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        is_killed = True
    process.communicate()
    return is_killed


def test_a_kill_at_any_moment_costs_nothing(clean, tmp_path):
    """Price and day change from build to build, so that each would publish other figures than the one before, and close a month."""
    source = random.Random(int(os.environ.get("FAULTS_SEED", 1)))
    company, month, price, killed, while_publishing = Company(tmp_path), 0, LOW, 0, 0
    started = time.monotonic()
    company.publish(price, "--as-of", day(month))
    seconds = time.monotonic() - started
    while killed < KILLS:
        wanted = month + 1, other(price)
        company.write(other(price))
        is_publishing = killed % 5 == 4
        if kill(company, month + 1, source.uniform(0, PUBLISHING_S if is_publishing else seconds), is_publishing):
            killed += 1
            while_publishing += is_publishing
        found = tables(company.files.published)
        if found != clean(month, price):
            assert found == clean(*wanted), f"after {killed} kills what is published is of no whole build"
            month, price = wanted
        check_books(company.files)
        if killed and killed % LET_THROUGH_AFTER == 0:
            month, price = month + 1, other(price)
            company.publish(price, "--as-of", day(month))
            assert tables(company.files.published) == clean(month, price)
            assert tables(company.files.working, company.files.published) == clean(month, price)
            check_books(company.files)
            assert not company.files.unfinished.exists()
    assert while_publishing > 0
