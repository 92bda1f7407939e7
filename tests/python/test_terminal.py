"""What a terminal is shown: nothing that it would obey, whatever is printed and however."""

import io
import subprocess
import sys

import pytest

from cs_metrics.terminal import Guarded, print_over, some, visible, visible_lines

EVIL = "\x1b[2J\x07\r\x9b\u202e\u2066\u2028\x85\x00\ud800"


def test_what_is_written_stays_in_its_line():
    stream = io.StringIO()
    guarded = Guarded(stream)
    assert guarded.write(f"a{EVIL}\nb\tc") == len(EVIL) + 5
    guarded.writelines(["é\n", EVIL])
    assert stream.getvalue() == f"a{visible(EVIL)}\nb       cé\n{visible(EVIL)}"
    assert stream.getvalue().replace("\n", "").isprintable()
    assert guarded.isatty() is False, "all else is the stream's own"


def test_lines_are_those_of_the_text_alone():
    assert visible_lines("a\rb\x0bc\u2028d\ne") == r"a\rb\x0bc\u2028d" + "\ne"


def test_the_progress_line_alone_moves_the_cursor(monkeypatch):
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stdout", Guarded(stream))
    print_over(f"12 of 722 {EVIL}")
    assert stream.getvalue() == f"\r\x1b[K12 of 722 {visible(EVIL)}"


@pytest.mark.parametrize("statement", ["raise ValueError(evil)", "print(evil)", "sys.exit(evil)", "print(evil, file=sys.stderr)"])
def test_nothing_gets_past_it(statement):
    script = f"import sys; from cs_metrics.terminal import guard; guard(); evil = {EVIL!r}; {statement}"
    said = subprocess.run([sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.STDOUT).stdout.decode("utf-8")
    assert r"\x1b[2J" in said and said.replace("\n", "").isprintable(), said


def test_many_names_are_a_few_and_a_count():
    assert some([]) == "none" and some(["a", "b"]) == "a, b"
    assert some([str(number) for number in range(2000)]) == "0, 1, 2, 3, 4, 5, 6, 7, 8, 9 and 1,990 more"
