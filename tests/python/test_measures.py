"""What the benchmarks say that a process took."""

import sys

import pytest
from benchmarks.measures import BenchmarkError, run_process

MIB = 2**20


def test_a_process_has_its_own_peak_memory_not_that_of_who_started_it(tmp_path):
    ballast = b"x" * (400 * MIB)
    small = run_process([sys.executable, "-c", "pass"], tmp_path / "small.log")
    large = run_process([sys.executable, "-c", f"b'x' * {200 * MIB}"], tmp_path / "large.log")
    assert len(ballast) == 400 * MIB
    assert small.memory < 100
    assert 200 < large.memory < 300


def test_a_process_that_fails_is_named_with_where_it_said_why(tmp_path):
    log = tmp_path / "failing.log"
    with pytest.raises(BenchmarkError, match=r"ended with 3; what it said is in .*failing\.log"):
        run_process([sys.executable, "-c", "print('no such month'); raise SystemExit(3)"], log)
    assert log.read_text(encoding="utf-8") == "no such month\n"
