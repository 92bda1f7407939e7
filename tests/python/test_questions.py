"""The questions of analyses/: what docs/questions.md prints is what the demo gives, from public tables alone."""

import pytest

from conftest import BUILT
from cs_metrics.ask import PAGE, compiled, page, written_order
from cs_metrics.files import Files


@pytest.fixture(scope="module")
def files(built) -> Files:
    """The built demo company."""
    return Files((built / "demo.duckdb").resolve())


@pytest.fixture(scope="module")
def written(files) -> str:
    """The page as the demo gives it."""
    return page(files, BUILT / "ask")


def test_the_answers_in_print_are_those_of_the_demo(written):
    """docs/questions.md can't drift: `make questions` writes it anew."""
    assert PAGE.read_text(encoding="utf-8") == written


def test_every_question_reads_public_tables_alone_and_none_is_empty_by_mistake(written, manifest):
    """An analysis depends on public models only; only the demo's restatements have no row, because it is built once."""
    public = {
        name for name, node in manifest["nodes"].items()
        if node["resource_type"] == "model" and node["config"].get("access") == "public"
    }
    analyses = [node for node in manifest["nodes"].values() if node["resource_type"] == "analysis"]
    offenders = {node["name"]: sorted(set(node["depends_on"]["nodes"]) - public) for node in analyses}
    assert {name: read for name, read in offenders.items() if read} == {}
    assert sorted(node["name"] for node in analyses) == sorted(written_order())
    empty = [part.split("`")[1] for part in written.split("\n### ") if part.rstrip().endswith("No rows.")]
    assert empty == ["what_was_restated"]


def test_every_question_is_one_and_says_how_its_answer_is_read(files):
    """A description begins with a question and goes on."""
    offenders = [one.name for one in compiled(files.working, BUILT / "ask") if not one.question.endswith("?") or not one.reading]
    assert offenders == []
