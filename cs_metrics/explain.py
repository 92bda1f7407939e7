"""What a figure is made of: `make explain METRIC=nrr_12m MONTH=2026-08`.

From the figure to its definition, its parts by account (metric_contributions), the figures that it is made of
(seed metric_components), and for one account to movements, items and the rows of the input contract.
"""

import re
import textwrap
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from difflib import get_close_matches
from pathlib import Path

import duckdb
from tabulate import tabulate

from cs_metrics import ROOT, lineage
from cs_metrics.summary import SCHEMA
from cs_metrics.terminal import some, visible, visible_lines

PARTS_SHOWN = 10
ROWS_SHOWN = 20
DOCS = ROOT / "models" / "marts" / "metrics"


class ExplainError(Exception):
    """A figure, month, policy or account that isn't there, with what there is."""


@dataclass(frozen=True)
class Question:
    """Which figure to explain, and for which account in the end; without one, for the one with the largest part."""

    metric: str
    month: date
    policy: str = "standard"
    account: str | None = None
    dimension_value: str = "all"


@dataclass(frozen=True)
class Figure:
    """A row of monthly_metrics beside the metric's formulas."""

    value: Decimal | None
    unit: str
    numerator: Decimal | None
    denominator: Decimal | None
    sample_size: int | None
    is_provisional: bool
    subject: str
    numerator_formula: str
    denominator_formula: str | None
    is_split: bool

    @property
    def formulas(self) -> str:
        """Both formulas as one text, to find measures in."""
        return f"{self.numerator_formula} / {self.denominator_formula or ''}"


@dataclass(frozen=True)
class Part:
    """An account's part of a figure."""

    entity: str
    account: str
    name: str | None
    numerator: Decimal | None
    denominator: Decimal | None


@dataclass(frozen=True)
class Component:
    """A figure that another one is made of, in one of its months."""

    metric: str
    month: date
    value: Decimal | None
    unit: str


@dataclass(frozen=True)
class Explanation:
    """A figure with all that was found behind it."""

    question: Question
    figure: Figure
    definition: str
    parts: list[Part]
    components: list[Component]
    followed: Part | None
    steps: list[lineage.Step]


def explain(question: Question, warehouse: Path) -> int:
    """Print what a figure is made of."""
    print(visible_lines(text_of(read(question, warehouse))))
    return 0


def read(question: Question, warehouse: Path) -> Explanation:
    """Look everything up."""
    if not warehouse.exists():
        raise ExplainError(f"There is no warehouse {warehouse}; `make build` makes one.")
    with duckdb.connect(str(warehouse), read_only=True) as database:
        figure = figure_of(database, question)
        parts = parts_of(database, question)
        followed = part_to_follow(question, parts)
        return Explanation(
            question=question,
            figure=figure,
            definition=definition_of(question.metric),
            parts=parts,
            components=components_of(database, question),
            followed=followed,
            steps=steps_of(database, question, figure, followed),
        )


def figure_of(database: duckdb.DuckDBPyConnection, question: Question) -> Figure:
    """The row of monthly_metrics; an error says what is wrong with the question."""
    row = database.execute(
        f"""
        select
            figures.value, figures.unit, figures.numerator, figures.denominator, figures.sample_size,
            figures.is_provisional, catalogue.subject, catalogue.numerator_formula, catalogue.denominator_formula,
            catalogue.is_split_by_account
        from {SCHEMA}.monthly_metrics as figures
        inner join {SCHEMA}.dim_metrics as catalogue using (metric)
        where figures.policy = ? and figures.month = ? and figures.metric = ? and figures.dimension_value = ?
            and figures.dimension in ('all', 'feature')
        """,
        [question.policy, question.month, question.metric, question.dimension_value],
    ).fetchone()
    if row is None:
        raise ExplainError(what_is_missing(database, question))
    return Figure(*row)


def what_is_missing(database: duckdb.DuckDBPyConnection, question: Question) -> str:
    """Why there is no such figure: the first thing in the question that isn't there, and what is."""
    metrics = column(database, f"select metric from {SCHEMA}.dim_metrics order by 1")
    if question.metric not in metrics:
        close = get_close_matches(question.metric.lower(), metrics, n=3)
        return f"There is no metric {question.metric!r}. " + (
            f"Did you mean {' or '.join(close)}?" if close else f"There are: {', '.join(metrics)}"
        )
    policies = column(database, f"select distinct policy from {SCHEMA}.monthly_metrics order by 1")
    if question.policy not in policies:
        return f"The warehouse has no policy {question.policy!r}. It has: {', '.join(policies)}"
    of_metric = f"from {SCHEMA}.monthly_metrics where metric = ? and policy = ? and dimension in ('all', 'feature')"
    given = [question.metric, question.policy]
    months = column(database, f"select distinct month {of_metric} order by 1", given)
    if not months:
        return f"The warehouse has no figures of {question.metric}: what it is made of isn't among the data."
    if question.month not in months:
        return (
            f"{question.metric} has no figure for {question.month:%Y-%m}. "
            f"Its months: {months[0]:%Y-%m} to {months[-1]:%Y-%m}"
        )
    values = column(database, f"select distinct dimension_value {of_metric} and month = ? order by 1", [*given, question.month])
    return f"{question.metric} has no figure for {question.dimension_value!r}. Say one with --value: {some([visible(value) for value in values])}"


def parts_of(database: duckdb.DuckDBPyConnection, question: Question) -> list[Part]:
    """The parts of a figure, the largest first."""
    rows = database.execute(
        f"""
        select parts.billing_entity, parts.account_id, accounts.account_name, parts.numerator, parts.denominator
        from {SCHEMA}.metric_contributions as parts
        left join {SCHEMA}.dim_accounts as accounts using (billing_entity, account_id)
        where parts.policy = ? and parts.month = ? and parts.metric = ? and parts.dimension_value = ?
        order by abs(coalesce(parts.numerator, 0)) desc, abs(coalesce(parts.denominator, 0)) desc, 1, 2
        """,
        [question.policy, question.month, question.metric, question.dimension_value],
    ).fetchall()
    return [Part(*row) for row in rows]


def part_to_follow(question: Question, parts: list[Part]) -> Part | None:
    """The part of the account asked for, else the largest one, an account's where there is any."""
    if question.account is None:
        of_accounts = [part for part in parts if part.account != lineage.NO_ACCOUNT]
        return next(iter(of_accounts or parts), None)
    found = [part for part in parts if question.account in (part.account, f"{part.entity}/{part.account}")]
    if len(found) > 1:
        names = ", ".join(f"{part.entity}/{part.account}" for part in found)
        several = f"Account {question.account!r} is one of several billing entities."
        raise ExplainError(f"{several} Say which: ACCOUNT=entity/account, of {names}.")
    if found:
        return found[0]
    close = get_close_matches(question.account, [part.account for part in parts], n=3)
    raise ExplainError(
        f"Account {question.account!r} has no part of {question.metric} in {question.month:%Y-%m}. "
        + (f"Did you mean {' or '.join(map(visible, close))}?" if close else f"{len(parts)} others have.")
    )


def components_of(database: duckdb.DuckDBPyConnection, question: Question) -> list[Component]:
    """The figures that this one is made of, in the seed's order, by month."""
    rows = database.execute(
        f"""
        select components.component, figures.month, figures.value, figures.unit
        from (select *, row_number() over () as place from {SCHEMA}_seeds.metric_components) as components
        inner join {SCHEMA}.monthly_metrics as figures
            on components.component = figures.metric
            and figures.month > cast(? as date) - to_months(components.months)
            and figures.month <= ?
        where components.metric = ? and figures.policy = ? and figures.dimension = 'all'
        order by components.place, figures.month
        """,
        [question.month, question.month, question.metric, question.policy],
    ).fetchall()
    return [Component(*row) for row in rows]


def steps_of(
    database: duckdb.DuckDBPyConnection, question: Question, figure: Figure, followed: Part | None
) -> list[lineage.Step]:
    """The rows behind the followed part."""
    if followed is None:
        return []
    month, back = question.month, lineage.window_months(figure.formulas) - 1
    opens = date(month.year - (back + 12 - month.month) // 12, (month.month - 1 - back) % 12 + 1, 1)
    ((closes,),) = database.execute(f"select closes_on from {SCHEMA}.dim_months where month = ?", [month]).fetchall()
    return lineage.follow(database, figure.subject, figure.formulas, {
        "policy": question.policy, "entity": followed.entity, "account": followed.account,
        "opens": opens, "month": month, "closes": closes,
    })


def definition_of(metric: str) -> str:
    """The metric's docs block, as it stands in dbt's documentation."""
    for file in sorted(DOCS.glob("*__docs.md")):
        block = re.search(rf"{{% docs metric_{metric} %}}(.*?){{% enddocs %}}", file.read_text(encoding="utf-8"), re.DOTALL)
        if block:
            return block.group(1).strip()
    return ""


def column(database: duckdb.DuckDBPyConnection, query: str, given: list | None = None) -> list:
    """The first column of a query."""
    return [row[0] for row in database.execute(query, given or []).fetchall()]


# --- as text -------------------------------------------------------------------------------------------------------


def text_of(explanation: Explanation) -> str:
    """An explanation as a person reads it."""
    sections = [
        text_of_figure(explanation),
        explanation.definition,
        text_of_parts(explanation),
        text_of_components(explanation.components),
    ]
    if explanation.steps:
        part = explanation.followed
        sections.append(visible(f"BEHIND {part.account}{f' ({part.name})' if part.name else ''}, {part.entity}"))
        sections += [text_of_step(step) for step in explanation.steps]
    return "\n\n".join(section for section in sections if section)


def text_of_figure(explanation: Explanation) -> str:
    """The figure, and how it comes of its numerator and denominator."""
    question, figure = explanation.question, explanation.figure
    of_value = "" if question.dimension_value == "all" else f" of {question.dimension_value}"
    lines = [f"{question.metric}{of_value} in {question.month:%B %Y}, policy {question.policy}: {plain(figure.value)} {figure.unit}"]
    if figure.is_provisional:
        lines.append("The month isn't over: the figure is provisional.")
    rows = [["numerator", plain(figure.numerator), figure.numerator_formula]]
    if figure.denominator_formula:
        rows.append(["denominator", plain(figure.denominator), figure.denominator_formula])
    if figure.sample_size is not None:
        rows.append(["sample", plain(figure.sample_size), ""])
    return "\n".join(lines) + "\n\n" + table([], rows, right=(1,))


def text_of_parts(explanation: Explanation) -> str:
    """The largest parts, and the others together, so that what is printed adds up to the figure."""
    parts, is_ratio = explanation.parts, explanation.figure.denominator_formula is not None
    if not parts:
        return "PARTS: no account has any."
    shown, others = parts[:PARTS_SHOWN], parts[PARTS_SHOWN:]
    rows = [[part.entity, part.account, part.name, part.numerator, part.denominator] for part in shown]
    if others:
        rows.append(["", f"{len(others)} others", "", *(total(others, side) for side in ("numerator", "denominator"))])
    rows.append(["", "together", "", *(total(parts, side) for side in ("numerator", "denominator"))])
    header = ["billing entity", "account", "name", "numerator"] + (["denominator"] if is_ratio else [])
    note = "" if explanation.figure.is_split else "\nIt doesn't split over accounts: look at what it is made of, below."
    return f"PARTS ({len(parts)})\n" + table(header, aligned([row[: len(header)] for row in rows], (3, 4)), right=(3, 4)) + note


def text_of_components(components: list[Component]) -> str:
    """The figures that it is made of, each of which can be explained in the same way."""
    if not components:
        return ""
    rows = [[component.metric, f"{component.month:%Y-%m}", plain(component.value), component.unit] for component in components]
    return "MADE OF (each can be explained like this one)\n" + table(["metric", "month", "value", "unit"], rows, right=(2,))


def text_of_step(step: lineage.Step) -> str:
    """The rows that a trail found, those of the input contract with the table and its key."""
    trail, count = step.trail, len(step.rows)
    has_key = all(name not in step.columns or any(row[step.columns.index(name)] is not None for row in step.rows) for name in trail.key[-1:])
    key = f", key {' + '.join(trail.key)}" if trail.key and has_key else ""
    more = f"\n... and {count - ROWS_SHOWN:,} more rows" if count > ROWS_SHOWN else ""
    rows = [[shown(cell) for cell in row] for row in step.rows[:ROWS_SHOWN]]
    numbers = [place for place in range(len(step.columns)) if any(is_number(row[place]) for row in step.rows)]
    return f"{trail.title}: {trail.table}{key} ({count:,})\n" + table(step.columns, rows, right=numbers) + more


def table(header: list[str], rows: list[list], right: tuple | list = ()) -> str:
    """Rows under their header, in columns."""
    width = len(rows[0]) if rows else len(header)
    sides = ["right" if place in right else "left" for place in range(width)]
    rows = [[visible(cell) if isinstance(cell, str) else cell for cell in row] for row in rows]
    return tabulate(rows, headers=[visible(name) for name in header], tablefmt="simple" if header else "plain", colalign=sides, disable_numparse=True)


def aligned(rows: list[list], places: tuple[int, ...]) -> list[list]:
    """The rows with the numbers of some columns as text, of each column with the same decimals."""
    for place in places:
        numbers = [row[place] for row in rows if len(row) > place and row[place] is not None]
        decimals = max((decimals_of(number) for number in numbers), default=0)
        for row in rows:
            if len(row) > place:
                row[place] = "" if row[place] is None else f"{row[place]:,.{decimals}f}"
    return rows


def total(parts: list[Part], side: str) -> Decimal | None:
    """The parts of the numerator or denominator added up."""
    amounts = [getattr(part, side) for part in parts]
    return None if all(amount is None for amount in amounts) else sum((amount or Decimal(0) for amount in amounts), Decimal(0))


def decimals_of(number: Decimal) -> int:
    """How many decimals a number needs."""
    return max(0, -Decimal(number).normalize().as_tuple().exponent)


def is_number(cell) -> bool:
    """Whether a cell is right-aligned."""
    return isinstance(cell, (int, Decimal)) and not isinstance(cell, bool)


def plain(number: Decimal | int | None) -> str:
    """A number with the decimals that it needs."""
    return "none" if number is None else f"{number:,.{decimals_of(Decimal(number))}f}"


def shown(cell) -> str:
    """A cell of a row behind a figure; nothing as a dash, a long text cut."""
    if cell is None:
        return "-"
    if is_number(cell):
        return plain(cell)
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    return textwrap.shorten(str(cell).removesuffix(" 00:00:00"), 40, placeholder="...")
