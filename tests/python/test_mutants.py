"""The faults that `make mutants` plants can be planted, and there are enough of every kind and in every domain."""

from collections import Counter

import pytest
from mutants.planted import KINDS, read_mutants, text_of

MUTANTS = read_mutants()


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_the_fault_can_be_planted(mutant):
    """Its text is there, once, and is no comment; planting it changes it, and it says what is wrong."""
    text = text_of(mutant)
    assert text.count(mutant.old) == 1
    assert mutant.planted(text) != text
    line = text[: text.index(mutant.old)].splitlines()[-1] if not text.startswith(mutant.old) else ""
    assert not line.strip().startswith("--")
    assert mutant.kind in KINDS
    assert mutant.wrong and not mutant.wrong.endswith(".")


def test_no_fault_is_planted_twice():
    """Names are file names, and two faults of a file are different."""
    assert len({mutant.name for mutant in MUTANTS}) == len(MUTANTS)
    assert len({(mutant.file, mutant.old, mutant.new) for mutant in MUTANTS}) == len(MUTANTS)
    assert all(mutant.name.isidentifier() for mutant in MUTANTS)


def test_there_are_enough_of_every_kind():
    """Every kind several times, in macros and in models."""
    assert len(MUTANTS) >= 60
    few = {kind: count for kind, count in Counter(mutant.kind for mutant in MUTANTS).items() if count < 3}
    assert set(KINDS) == {mutant.kind for mutant in MUTANTS} and not few
    assert min(Counter(mutant.is_macro for mutant in MUTANTS).values()) >= 20


def test_every_domain_has_some():
    """Each folder of models that decides something."""
    domains = {path.parent.name for path in map(path_of, MUTANTS)}
    assert not {
        "contract", "accounts", "mrr", "retention", "revenue", "segments", "metrics", "users", "voice", "usage", "success",
        "economics", "outlook", "health", "stripe", "restatements", "changes", "quality",
    } - domains


def path_of(mutant):
    """The path of a fault's file."""
    from pathlib import Path

    return Path(mutant.file)
