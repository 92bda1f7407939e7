"""Writes the dashboard: one HTML page with its data, its script and the charting library in it, which asks no server for anything.

The library is Vega-Lite, as vl-convert-python bundles it. The page's policy (Content-Security-Policy) forbids requests, and forms
and links that lead elsewhere. Data gets into the page by `as_json` alone, but for its name and day, which the template escapes; the
script writes it as text (`make`).
"""

import json
import re
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import duckdb
import vl_convert
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markdown_it import MarkdownIt

from cs_metrics.dashboard import queries
from cs_metrics.sources import literal, quoted

FOLDER = Path(__file__).parent
HEAD = 2000
BUILD = re.compile(r'<meta name="build" content="([^"]*)">')
"""What a page says within so many characters from its beginning."""
SCRIPTS = ("format.js", "charts.js", "page.js")
ESCAPES = {ord(letter): f"\\u{ord(letter):04x}" for letter in "<>&\u2028\u2029"}


def write_page(place: Path, published: Path, working: Path, name: str) -> None:
    """Write the page of a published file; the accounts behind its figures are looked up in the working file."""
    with connection(published, working) as database:
        data = data_of(database, alias_of(working), name)
    place.write_text(page_of(data), encoding="utf-8")


def build_of_page(page: Path) -> str | None:
    """dbt's invocation of the build whose page it is; None where there is none, or it doesn't say."""
    if not page.is_file():
        return None
    with page.open(encoding="utf-8", errors="replace") as file:
        found = BUILD.search(file.read(HEAD))
    return found[1] if found else None


def connection(published: Path, working: Path | None = None) -> duckdb.DuckDBPyConnection:
    """Read the published tables; the working file's views know their tables by the name of their file."""
    database = duckdb.connect()
    database.execute(f"attach {literal(published)} as tables_of_page (read_only)")
    if working:
        database.execute(f"attach {literal(working)} as {quoted(alias_of(working))} (read_only)")
    database.execute("use tables_of_page")
    queries.prepare(database)
    return database


def alias_of(working: Path) -> str:
    """The name that the working file's tables have in its views."""
    return working.name.partition(".")[0]


def page_of(data: dict) -> str:
    """The page with its data."""
    templates = Environment(loader=FileSystemLoader(FOLDER), autoescape=True, undefined=StrictUndefined)
    return templates.get_template("page.html.j2").render(
        name=data["name"],
        as_of=data["as_of"],
        build=data["build"],
        library=vl_convert.javascript_bundle().replace("</script", "<\\/script"),
        style=(FOLDER / "page.css").read_text(encoding="utf-8"),
        scripts=[(FOLDER / script).read_text(encoding="utf-8") for script in SCRIPTS],
        data=as_json(data),
    )


def data_of(database: duckdb.DuckDBPyConnection, working: str, name: str) -> dict:
    """All that the page shows."""
    months = queries.months(database)
    policies = queries.policies(database)
    ((as_of, published_at, build),) = queries.build_of(database).rows
    metrics = metrics_of(database)
    return {
        "name": name,
        "as_of": as_of,
        "published_at": published_at,
        "build": build,
        "policies": policies,
        "months": [month for month, *_ in months.rows],
        "provisional": [is_provisional for _, is_provisional, _ in months.rows],
        "closed": [is_closed for *_, is_closed in months.rows],
        "metrics": metrics,
        "currency": next((metric["unit"] for metric in metrics.values() if metric["format"] == "money"), ""),
        "dimensions": dimensions_of(database),
        "figures": figures_of(database, len(months.rows)),
        "cohorts": cohorts_of(database),
        "contributions": contributions_of(database, working, policies, months, metrics),
        **{
            table.__name__: {"columns": found.columns, "rows": found.rows}
            for table in (
                queries.reasons, queries.forecast, queries.benchmarks, queries.restatements, queries.freshness, queries.rejections,
                queries.alerts,
            )
            for found in [table(database)]
        },
    }  # fmt: skip


def metrics_of(database: duckdb.DuckDBPyConnection) -> dict:
    """Label, format and definition of each metric that the build has."""
    markdown = MarkdownIt("commonmark", {"html": False})
    found = {}
    for metric, unit, is_split, numerator, denominator, definition in queries.definitions(database).rows:
        shown = queries.METRICS[metric]
        found[metric] = {
            "label": shown.label,
            "format": shown.format,
            "unit": unit,
            "is_split": is_split,
            "formulas": [numerator, denominator],
            "definition": markdown.render(definition),
        }
    return found


def dimensions_of(database: duckdb.DuckDBPyConnection) -> dict:
    """The values of each dimension that are shown, and how many there are."""
    found: dict[str, dict] = {}
    for dimension, value, _, places in queries.dimension_values(database).rows:
        found.setdefault(dimension, {"values": [], "places": places})["values"].append(value)
    return found


def figures_of(database: duckdb.DuckDBPyConnection, months: int) -> dict:
    """policy > dimension > value > metric > its months: from the first that it has, each month's value, with None for none."""
    found: dict = {}
    for policy, dimension, value, metric, places, values, small, *sides in queries.figures(database).rows:
        first = places[0]
        series = {"s": first, "v": spread(places, values)}
        if any(small):
            series["l"] = [place for place, is_small in zip(places, small) if is_small]
        if sides[0]:
            series |= {key: spread(places, side) for key, side in zip("npd", sides)}
        found.setdefault(policy, {}).setdefault(dimension, {}).setdefault(value, {})[metric] = series
    return found


def spread(places: list[int], values: list) -> list:
    """Values by month, with None for a month without."""
    by_place = dict(zip(places, values))
    return [by_place.get(place) for place in range(places[0], places[-1] + 1)]


def cohorts_of(database: duckdb.DuckDBPyConnection) -> dict:
    """policy > dimension > value > the cohorts: month, accounts and MRR at the start, what is left of both by months since then."""
    found: dict = {}
    for policy, dimension, value, *cohort, ages, accounts, mrr in queries.cohorts(database).rows:
        rows = found.setdefault(policy, {}).setdefault(dimension, {}).setdefault(value, [])
        rows.append([*cohort, ages[0], spread(ages, accounts), spread(ages, mrr)])
    return found


def contributions_of(
    database: duckdb.DuckDBPyConnection, working: str, policies: list[str], months: queries.Table, metrics: dict
) -> dict:
    """policy > metric > month > the accounts behind the company's figure."""
    recent = [month for month, *_ in months.rows[-queries.PART_MONTHS :]]
    explained = [metric for metric in queries.EXPLAINED if metric in metrics and metrics[metric]["is_split"]]
    found: dict = {policy: {} for policy in policies}
    for policy in policies if explained and recent else []:
        for metric, month, *part in queries.contributions(database, working, policy, explained, recent).rows:
            found[policy].setdefault(metric, {}).setdefault(month.isoformat(), []).append(part)
    return found


def as_json(data: dict) -> str:
    """Data as JSON that can stand in a script: no account's name ends it or begins another."""
    text = json.dumps(data, default=plain, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.translate(ESCAPES)


def plain(value) -> str | float:
    """Days and decimals in JSON."""
    if isinstance(value, datetime):
        return value.isoformat(timespec="minutes")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return float(value)
    raise TypeError(f"{value!r} is of no type that the page shows")
