"""Every scenario of tests/scenarios/ comes out as written, and together they hold what there is to hold."""

from decimal import Decimal

import duckdb
import pytest
from scenarios import (
    CAUSES,
    DIMENSIONS,
    MARTS,
    Outcome,
    Scenario,
    agrees,
    build_scenarios,
    month_range,
    months_between,
    read_scenarios,
    report,
)

SCENARIOS = read_scenarios()
MOVEMENTS = {"opening_balance", "new", "reactivation", "expansion", "contraction", "churn", "none"}


@pytest.fixture(scope="session")
def builds(tmp_path_factory) -> dict[str, duckdb.DuckDBPyConnection]:
    """The built tables for each set of variables; each is built when a test first asks for it."""
    return Builds(tmp_path_factory)


class Builds(dict):
    """Built tables by the variables they were built with."""

    def __init__(self, places) -> None:
        super().__init__()
        self.places = places
        self.failed: set[str] = set()
        self.found_wrong: dict[str, str] = {}

    def __missing__(self, variables: str) -> duckdb.DuckDBPyConnection:
        if variables in self.failed:
            pytest.fail("The tables could not be built; the first of these failures says why.", pytrace=False)
        alike = [scenario for scenario in SCENARIOS if scenario.variables == variables]
        self.failed.add(variables)
        warehouse, self.found_wrong[variables] = build_scenarios(alike, self.places.mktemp("scenarios"))
        self.failed.remove(variables)
        self[variables] = duckdb.connect(str(warehouse), read_only=True)
        return self[variables]


@pytest.fixture
def main_build(builds) -> duckdb.DuckDBPyConnection:
    """The build of the scenarios that have no variables of their own."""
    return builds["{}"]


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.entity)
def test_scenario(scenario: Scenario, builds):
    """Each expected figure, movement, class and rejection is there, and nothing else where all are listed."""
    checks = Outcome(scenario, builds[scenario.variables]).checks()
    if not all(check.is_right for check in checks):
        pytest.fail(report(scenario, checks), pytrace=False)
    values = [check for check in checks if check.what != "row"]
    assert len(values) == stated(scenario), f"{stated(scenario)} values are stated, {len(values)} were compared"


def stated(scenario: Scenario) -> int:
    """How many values the scenario states, counted without looking at what came out."""
    count = 0
    by_policy = {"figures": {"month"}, "movements": {"month", "account", "type"}, "cohorts": {"cohort", "age"}}
    by_policy |= {mart: set(key) for mart, key in MARTS.items()}
    by_policy |= {"playbooks": {"account"}, "expansions": {"account", "product"}}
    by_policy |= {"lifetimes": {"age"}, "purchases": {"account"}, "forecasts": {"month"}, "contributions": {"month", "metric", "account"}}
    for expectation, key in by_policy.items():
        for rows in scenario.by_policy(expectation).values():
            for row in rows:
                months = len(months_between(*month_range(row["month"]))) if expectation == "figures" else 1
                count += months * len(set(row) - key - (set(DIMENSIONS) if expectation == "figures" else set()))
    for expectation, key in {"revenue_lines": {"line"}, "rejected": {"table", "key", "reason"}}.items():
        for row in scenario.table(scenario.body[expectation], expectation) if expectation in scenario.body else []:
            count += len(set(row) - key)
    return count


def test_dbt_data_tests_hold_for_all_scenarios(main_build, builds):
    """The bridge closes, causes and segments add up, retention agrees with the bridge, and the rest of them."""
    assert not builds.found_wrong["{}"], builds.found_wrong["{}"]


def test_what_accounts_put_in_adds_up_in_all_months(main_build):
    """dbt's own test looks at two months; here are all of them, under every policy of the scenarios."""
    wrong, figures = main_build.execute(
        """
        with parts as (
            select policy, month, metric, dimension_value, sum(numerator) as numerator, sum(denominator) as denominator
            from metrics.metric_contributions group by all
        )
        select
            count(*) filter (
                coalesce(figures.numerator, 0) <> coalesce(parts.numerator, 0)
                or coalesce(figures.denominator, 0) <> coalesce(parts.denominator, 0)
            ),
            count(*)
        from metrics.monthly_metrics as figures
        left join parts using (policy, month, metric, dimension_value)
        where figures.dimension in ('all', 'feature')
        """
    ).fetchone()
    assert (wrong, figures > 10_000) == (0, True)


def test_every_movement_and_cause_is_there(main_build):
    """Figures that tie over nothing would prove nothing."""
    types = {row[0] for row in main_build.execute(
        "select distinct movement_type from metrics_intermediate.int_mrr__account_months"
    ).fetchall()}
    assert types == MOVEMENTS
    for cause in CAUSES:
        for sign in ("<", ">"):
            ((count,),) = main_build.execute(
                f"select count(*) from metrics_intermediate.int_mrr__movement_causes where {cause}_mrr {sign} 0"
            ).fetchall()
            assert count, f"no scenario has {cause} {sign} 0"
    ((ups, downs),) = main_build.execute(
        """
        select count(*) filter (value > 0), count(*) filter (value < 0) from metrics.monthly_metrics
        where metric = 'fx_mrr' and dimension = 'billing_entity'
        """
    ).fetchall()
    assert ups and downs, "no scenario has a rate that rises, or none that falls"


def test_a_company_without_surveys_has_no_figures_of_them(builds):
    """Not even zeros. Its other figures are there: the scenarios of a time zone give no surveys."""
    alike = next(s.variables for s in SCENARIOS if s.topic == "time_zone_auckland")
    assert not any("survey_responses" in s.given for s in SCENARIOS if s.variables == alike)
    metrics = {name for (name,) in builds[alike].execute("select distinct metric from metrics.monthly_metrics").fetchall()}
    assert "mrr" in metrics
    assert not {name for name in metrics if "nps" in name} | metrics & {
        "csat", "survey_response_rate", "promoter_mrr_share", "passive_mrr_share", "detractor_mrr_share"
    }
    for mart in ("nps_by_account", "nps_reasons"):
        assert builds[alike].execute(f"select count(*) from metrics.{mart}").fetchall() == [(0,)]


@pytest.mark.parametrize(
    ("written", "got", "is_right"),
    [
        ("66.7 %", "0.66666667", True),
        ("66.7 %", "0.66600000", False),
        ("1,045", "1045", True),
        ("~", "0", False),
        ("0", "0.0001", False),
    ],
)
def test_how_a_figure_is_compared(written, got, is_right):
    """To the last digit; a percentage to the digits that are printed."""
    assert agrees(written, Decimal(got)) is is_right
    assert not agrees(written, None) or written == "~"
