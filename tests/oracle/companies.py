"""Random small companies: what each domain draws, put together.

A domain is two modules: `companies_<domain>.py` with `add(draw, tables)`, which puts the domain's rows beside those
that are there already (revenue comes first: accounts, products, subscriptions), and `<domain>.py` with
`figures(company)` and `METRICS`, the names of all metrics that it answers for.
"""

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from oracle import (
    companies_economics,
    companies_groups,
    companies_revenue,
    companies_success,
    companies_usage,
    companies_voice,
    economics,
    revenue,
    success,
    usage,
    voice,
)
from oracle.company import Company, Figure, Figures, Key, Tables

DOMAINS = {"revenue": revenue, "voice": voice, "usage": usage, "success": success, "economics": economics}
ROWS = [
    companies_revenue.add, companies_success.add_payers, companies_voice.add, companies_usage.add, companies_success.add,
    companies_economics.add,
]  # fmt: skip


@st.composite
def tables(draw, with_groups: bool) -> Tables:
    """The rows of a small company, by table."""
    drawn: Tables = {}
    for add in [*ROWS, companies_groups.add] if with_groups else ROWS:
        add(draw, drawn)
    return drawn


def draw_companies(count: int, number: int = 0, with_groups: bool = False) -> list[Tables]:
    """So many companies' rows; the same ones for the same number within a process.

    Another process draws them again if it has read the same modules: Hypothesis draws constants that it finds in them.

    Each is drawn by itself, and Hypothesis' first example, the simplest one, is passed over: in one long run many
    examples are the one before with a small change.
    """
    return [draw_company(number * 1_000_000 + index, with_groups) for index in range(count)]


def draw_company(number: int, with_groups: bool = False) -> Tables:
    """A company's rows; the same ones for the same number within a process."""
    drawn: list[Tables] = []

    @seed(number)
    @settings(max_examples=2, database=None, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
    @given(tables(with_groups))
    def collect(one: Tables) -> None:
        drawn.append(one)

    collect()
    return drawn[-1]


def figures(company: Company) -> Figures:
    """Every figure that the oracle knows of the company."""
    found: Figures = {}
    for domain in DOMAINS.values():
        found.update(domain.figures(company))
    return found


def existing(found: Figures) -> Figures:
    """The figures that have a row, by what a domain's `is_there(figures by metric)` says of a segment's month.

    The company as a whole has rows for each month from its first on. All this is asked when the companies of a build
    are together, because they share some values.
    """
    there: Figures = {}
    for domain in DOMAINS.values():
        is_there = getattr(domain, "is_there", lambda of_value: True)
        of_values: dict[Key, dict[str, Figure]] = {}
        for key, figure in found.items():
            if key.metric in domain.METRICS:
                of_values.setdefault(key._replace(metric=""), {})[key.metric] = figure
        # Which reps have rows, success says itself.
        has_rows = {place for place, of_value in of_values.items() if place.dimension == "csm" or is_there(of_value)}
        begins = min((place.month for place in has_rows if place.dimension != "csm"), default=None)
        for place, of_value in of_values.items():
            if place in has_rows or (place.dimension == "all" and begins and place.month >= begins):
                there.update({place._replace(metric=metric): figure for metric, figure in of_value.items()})
    return there


def metrics() -> set[str]:
    """The metrics that the oracle answers for."""
    return {name for domain in DOMAINS.values() for name in domain.METRICS}
