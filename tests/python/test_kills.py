"""A build that is killed at any moment costs nothing: what people read is whole, and the next build is as good as any.

KILLS says how many builds are killed; `make test-faults` kills fifty. After every tenth the next one is let through and
compared with one that nobody disturbed.
"""

import os
import random
import signal
import subprocess
import time

import pytest

from publishing import Company, tables

KILLS = int(os.environ.get("KILLS", 5))
LET_THROUGH_AFTER = min(10, KILLS)
PUBLISHING_S = 5  # about how long the tables and the page take to be written
LOW, HIGH = "10.50", "21.00"


@pytest.fixture(scope="module")
def clean(tmp_path_factory) -> dict[str, dict]:
    """What a build comes to that nobody disturbs, at each price."""
    found = {}
    for price in (LOW, HIGH):
        company = Company(tmp_path_factory.mktemp("clean"))
        company.publish(price)
        found[price] = tables(company.files.published)
    assert found[LOW] != found[HIGH]
    return found


def other(price: str) -> str:
    """The price that isn't published."""
    return HIGH if price == LOW else LOW


def kill(company: Company, moment: float, is_publishing: bool) -> bool:
    """Build, and kill it after so many seconds, or so long after it began to publish; False when it was over before."""
    process = company.start(start_new_session=True)
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
    """The price changes from build to build, so that each would publish something else than the one before."""
    source = random.Random(int(os.environ.get("FAULTS_SEED", 1)))
    company, published, killed, while_publishing = Company(tmp_path), LOW, 0, 0
    company.publish(published)
    published = other(published)
    started = time.monotonic()
    company.publish(published)
    seconds = time.monotonic() - started
    while killed < KILLS:
        wanted = other(published)
        company.write(wanted)
        is_publishing = killed % 5 == 4
        if kill(company, source.uniform(0, PUBLISHING_S) if is_publishing else source.uniform(0, seconds), is_publishing):
            killed += 1
            while_publishing += is_publishing
        found = tables(company.files.published)
        assert found in (clean[published], clean[wanted]), f"after {killed} kills what is published is of no whole build"
        published = wanted if found == clean[wanted] else published
        if killed and killed % LET_THROUGH_AFTER == 0:
            published = other(published)
            company.publish(published)
            assert tables(company.files.published) == clean[published]
            assert tables(company.files.working, company.files.published) == clean[published]
            assert not company.files.unfinished.exists()
    assert while_publishing > 0
