"""The questions of analyses/: each is answered by one query of public marts, whose question stands in its description.

`make ask QUESTION=name` prints one answer; `make questions` writes docs/questions.md with all of them for the demo.
"""

import json
import textwrap
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import duckdb
from tabulate import tabulate

from cs_metrics import ROOT
from cs_metrics.files import BuildError, Files, shown
from cs_metrics.terminal import visible, visible_lines

PAGE = ROOT / "docs" / "questions.md"
ASKED_BY = {"finance": "What a CFO asks", "customer_success": "What a customer success lead asks"}
SHARES = ("_rate", "_share", "_12m", "_6m", "_24m", "adoption_rate", "share_of_currency", "share_without_rep")
PLACES = 2
LARGE = 1000


@dataclass(frozen=True)
class Question:
    """A question, how its answer is read, and its query as dbt compiled it."""

    name: str
    folder: str
    question: str
    reading: str
    query: str


def ask(name: str | None, files: Files, target_path: Path) -> int:
    """Print the answer to one question; without a name, all questions."""
    if not files.working.exists():
        raise BuildError(f"{shown(files.working)} isn't there yet: `make build` first.")
    questions = compiled(files.working, target_path)
    asked = [question for question in questions if question.name == name]
    if not asked:
        print(f"There is no question {name!r}. These are:\n" if name else "make ask QUESTION=<name>")
        for folder, title in ASKED_BY.items():
            print(f"\n{title}")
            print(tabulate([[f"  {one.name}", one.question] for one in questions if one.folder == folder], tablefmt="plain"))
        return 1 if name else 0
    with connected(files) as database:
        said = f"{asked[0].question}\n{textwrap.fill(asked[0].reading, 120)}\n\n{answer(database, asked[0], 'simple')}"
        print(visible_lines(said))
    return 0


def write_page(files: Files, target_path: Path) -> int:
    """Write docs/questions.md from the built demo."""
    PAGE.write_text(page(files, target_path), encoding="utf-8")
    print(f"Written: {shown(PAGE)}")
    return 0


def page(files: Files, target_path: Path) -> str:
    """All questions with their answers, as Markdown."""
    questions = compiled(files.working, target_path)
    parts = [
        "# Questions, and their answers for the demo company\n\nWritten by `make questions`; a test holds it to what the demo "
        "gives. `make ask QUESTION=name` answers one of them from your own build, and its query, over public tables alone, is "
        "yours to copy. The demo company is as of 10 September 2026; money is in USD where no currency stands beside it."
    ]
    with connected(files) as database:
        for folder, title in ASKED_BY.items():
            parts.append(f"## {title}")
            for one in (one for one in questions if one.folder == folder):
                parts += [
                    f"### {one.question}",
                    f"[`{one.name}`](../analyses/{folder}/{one.name}.sql): {one.reading}",
                    answer(database, one, "github"),
                ]
    return "\n\n".join(parts) + "\n"


def compiled(warehouse: Path, target_path: Path) -> list[Question]:
    """The questions, in the order of their files, with the queries for a warehouse. dbt doesn't open it for this."""
    from cs_metrics.build import Progress, plain, run_dbt

    flags = ["--no-populate-cache", "--no-introspect"]
    result = run_dbt(["compile", "--select", "resource_type:analysis", *flags], warehouse, target_path, Progress(is_quiet=True))
    if not result.success:
        raise BuildError(f"dbt can't compile the questions: {plain(str(result.exception or 'see logs/dbt.log'))}")
    nodes = json.loads((target_path / "manifest.json").read_text(encoding="utf-8"))["nodes"].values()
    questions = []
    for node in nodes:
        if node["resource_type"] == "analysis" and node["package_name"] == "cs_metrics":
            question, mark, reading = node["description"].strip().partition("? ")
            questions.append(
                Question(node["name"], Path(node["original_file_path"]).parent.name, question + mark.strip(), reading, node["compiled_code"])
            )
    order = {name: place for place, name in enumerate(written_order())}
    return sorted(questions, key=lambda one: order[one.name])


def written_order() -> list[str]:
    """The questions' names in the order of their properties files."""
    lines = [line for folder in ASKED_BY for line in (ROOT / "analyses" / folder / f"_{folder}__analyses.yml").read_text().splitlines()]
    return [line.removeprefix("  - name: ") for line in lines if line.startswith("  - name: ")]


def connected(files: Files) -> duckdb.DuckDBPyConnection:
    """The working file, to read: it holds the view of all accounts' parts, which isn't published."""
    try:
        return duckdb.connect(str(files.working), read_only=True)
    except duckdb.Error as error:
        raise BuildError(files.advice(str(error)) or f"{shown(files.working)} can't be read: {error}") from error


def answer(database: duckdb.DuckDBPyConnection, question: Question, style: str) -> str:
    """The rows of the answer as a table."""
    result = database.execute(question.query)
    names = [column[0] for column in result.description]
    rows = result.fetchall()
    if not rows:
        return "No rows."
    columns = [written(name, cells) for name, cells in zip(names, zip(*rows))]
    sides = ["right" if any(is_number(cell) for cell in cells) else "left" for cells in zip(*rows)]
    return tabulate(list(zip(*columns)), headers=names, tablefmt=style, colalign=sides, disable_numparse=True)


def written(name: str, cells: tuple) -> list[str]:
    """A column's cells as people write them: rates in percent, large amounts in whole numbers, nothing as a dash."""
    numbers = [abs(cell) for cell in cells if is_number(cell)]
    decimals = 0 if all(number == int(number) for number in numbers) or max(numbers) >= LARGE else PLACES
    return [cell_of(name, cell, decimals) for cell in cells]


def cell_of(name: str, cell, decimals: int) -> str:
    """One cell."""
    if cell is None:
        return "-"
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if is_number(cell):
        if name.endswith(SHARES):
            return f"{cell:.1%}"
        return str(cell) if name.endswith("_year") else f"{cell:,.{decimals}f}"
    if isinstance(cell, datetime):
        return f"{cell:%Y-%m-%d}"
    if isinstance(cell, date) and cell.day == 1 and name.endswith(("month", "up_to")):
        return f"{cell:%Y-%m}"
    return visible(cell)


def is_number(cell) -> bool:
    """Whether a cell is right-aligned."""
    return isinstance(cell, (int, float, Decimal)) and not isinstance(cell, bool)
