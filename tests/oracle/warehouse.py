"""Companies into one build, its figures out of it, and what differs from the oracle's.

Only this module knows the project: it loads rows and runs dbt the way the scenarios do.
"""

from collections import defaultdict
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import duckdb
from scenarios import TABLES, UNTESTED, invoke, load

from oracle import companies
from oracle.company import (
    SHARED_TABLES,
    STORED_DECIMALS,
    Company,
    Figure,
    Key,
    as_text,
    decimal_text,
    stored,
)

COLUMNS = (*STORED_DECIMALS, "sample_size", "is_small_sample", "is_provisional")
# Metrics whose figures of several companies together can't be had from each company's own.
NOT_POOLED = {name for domain in companies.DOMAINS.values() for name in getattr(domain, "NOT_POOLED", ())}


@dataclass(frozen=True)
class Difference:
    """A row of monthly_metrics that isn't what the oracle says; None is a row that isn't there."""

    key: Key
    expected: tuple | None
    got: tuple | None

    def __str__(self) -> str:
        return f"{', '.join(map(str, self.key))}\n    oracle    {shown(self.expected)}\n    warehouse {shown(self.got)}"


def shown(row: tuple | None) -> str:
    """A row for people to read."""
    if row is None:
        return "no row"
    numbers = [decimal_text(number, 8) if isinstance(number, Fraction) else str(number) for number in row]
    return ", ".join(f"{column} {number}" for column, number in zip(COLUMNS, numbers))


# --- building ------------------------------------------------------------------------------------------------------


def build(built: list[Company], place: Path, threads: int | None = None, select: tuple[str, ...] = ("+monthly_metrics",)) -> Path:
    """Build monthly_metrics, or what else is selected, of all companies at once; the DuckDB file."""
    rows = {table: [] for table in TABLES}
    for company in built:
        for table, of_table in company.tables.items():
            entity = {} if table in SHARED_TABLES else {"billing_entity": company.entity}
            rows[table] += [entity | {name: as_text(value) for name, value in row.items()} for row in of_table]
    warehouse, variables = load(rows, variables_of(built), place)
    threads_too = [f"--threads={threads}"] if threads else []
    invoke(["build", *UNTESTED, "--select", *select, *threads_too], variables, warehouse)
    return warehouse


def variables_of(built: list[Company]) -> dict:
    """What the build has to know; the same for all companies of a build."""
    first = built[0]
    assert all(settings_of(one) == settings_of(first) for one in built)
    zones = {"reporting_time_zone": first.time_zone, "source_time_zone": first.time_zone}
    return {
        "as_of_date": first.as_of_date.isoformat(), "metric_policies": list(first.policies), "custom_segments": list(first.custom_segments),
        "unclassified_tolerance": 1, **zones,
    }  # fmt: skip


def settings_of(company: Company) -> tuple:
    """What companies of a build have in common."""
    return (company.as_of_date, company.time_zone, company.policies, company.custom_segments)


# --- comparing -----------------------------------------------------------------------------------------------------


def figures_of_warehouse(warehouse: Path, metrics: set[str] | None = None) -> dict[Key, tuple]:
    """Every row of monthly_metrics, or those of some metrics."""
    with duckdb.connect(str(warehouse), read_only=True) as database:
        found = database.execute(
            f"select policy, month, metric, dimension, dimension_value, {', '.join(COLUMNS)} from metrics.monthly_metrics"
        ).fetchall()
    return {
        Key(*row[:5]): (*(None if number is None else Fraction(number) for number in row[5:8]), *row[8:])
        for row in found
        if metrics is None or row[2] in metrics
    }


def figures_of_oracle(built: list[Company]) -> dict[Key, tuple]:
    """The oracle's figures of all companies, as they are stored."""
    together: dict[Key, list[Figure]] = defaultdict(list)
    for company in built:
        for key, figure in companies.figures(company).items():
            together[key].append(figure)
    for domain in companies.DOMAINS.values():
        of_all = getattr(domain, "together", lambda companies: {})
        together |= {key: [figure] for key, figure in of_all(built).items()}
    existing = companies.existing({key: pooled(found) for key, found in together.items()})
    rows = {id(figure): stored(figure) for figure in existing.values()}  # the same figure stands for many segments
    return {key: rows[id(figure)] for key, figure in existing.items()}


def pooled(found: list[Figure]) -> Figure:
    """The figure of several companies that share a segment: numerators and denominators added up, then divided."""
    if len(found) == 1:
        return found[0]
    numerators, denominators, samples = ([getattr(one, part) for one in found] for part in ("numerator", "denominator", "sample_size"))
    numerator, denominator, sample = (None if None in part else sum(part) for part in (numerators, denominators, samples))
    if denominators[0] is None:
        return Figure(numerator, None, numerator, sample, found[0].is_provisional)
    return Figure(numerator, denominator, numerator / denominator if denominator else None, sample, found[0].is_provisional)


def is_compared(key: Key, dimensions: set[str]) -> bool:
    """Whether the oracle answers for the row."""
    return key.dimension in dimensions and not (key.metric in NOT_POOLED and is_pooled(key))


def is_pooled(key: Key) -> bool:
    """Whether companies share the segment: it isn't an entity, and its value isn't one company's own."""
    is_own = ": " in key.dimension_value or (key.dimension == "currency" and " " in key.dimension_value)
    return key.dimension not in ("billing_entity", "feature") and not is_own


def differences(built: list[Company], warehouse: Path) -> list[Difference]:
    """Every row that differs, or is on one side only."""
    expected = figures_of_oracle(built)
    got = figures_of_warehouse(warehouse, companies.metrics())
    dimensions = {key.dimension for key in expected}
    return [
        Difference(key, expected.get(key), got.get(key))
        for key in sorted(expected.keys() | got.keys())
        if is_compared(key, dimensions) and expected.get(key) != got.get(key)
    ]


def entity_of(difference: Difference, built: list[Company]) -> str | None:
    """Whose company the row is of; None where companies share it."""
    value = difference.key.dimension_value
    if difference.key.dimension == "currency":
        value = value.partition(" ")[2].lower()
    name = value.partition(":")[0]
    return name if any(company.entity == name for company in built) else None


def by_entity(found: list[Difference], built: list[Company]) -> dict[str | None, list[Difference]]:
    """The differences of each company; under None what companies share."""
    entities: dict[str | None, list[Difference]] = defaultdict(list)
    for difference in found:
        entities[entity_of(difference, built)].append(difference)
    return entities
