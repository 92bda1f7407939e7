"""Kaplan-Meier curves (macro kaplan_meier): as printed in textbooks, and to the last digit of exact fractions."""

import random
from collections import Counter
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest

from scratch import Warehouse

# Remission of leukaemia under 6-MP in weeks, + where the patient was in remission when last seen (Freireich and others,
# Blood 1963); the survival that textbooks print of it.
REMISSION = "6 6 6 6+ 7 9+ 10 10+ 11+ 13 16 17+ 19+ 20+ 22 23 25+ 32+ 32+ 34+ 35+".split()
PRINTED = {6: "0.857", 7: "0.807", 10: "0.753", 13: "0.690", 16: "0.627", 22: "0.538", 23: "0.448"}
LAST_AGE = 400
TYPED = """
select cohort, cast(age as bigint) as age, cast(is_event as boolean) as is_event, cast(weight as bigint) as weight
from given.lives
"""


def cohorts() -> dict[str, list[tuple[int, bool, int]]]:
    """Ages, whether the event happened then, and how many such; by cohort."""
    chance = random.Random(4)
    many = [(chance.randrange(LAST_AGE + 40), chance.random() < 0.7, chance.randrange(1, 9)) for _ in range(2000)]
    return {
        "remission": [(int(one.rstrip("+")), not one.endswith("+"), 1) for one in REMISSION],
        "every age": [(age, True, 1) for age in range(LAST_AGE + 1)] + [(LAST_AGE, False, 50)],
        "many": many,
        # 1/512 lies in the middle between two numbers of eight decimals.
        "halved nine times": [(age, True, 2 ** (8 - age)) for age in range(9)] + [(9, False, 1)],
        "all at once": [(0, True, 7)],
        "nothing happens": [(30, False, 3)],
        "too late": [(LAST_AGE + 1, True, 2)],
        "at the end": [(LAST_AGE, True, 1), (LAST_AGE + 1, True, 2)],
    }


def expected(rows: list[tuple[int, bool, int]]) -> list[tuple[int, int, int, Decimal]]:
    """The curve in fractions: age, at risk, events, survival to eight decimals."""
    left, events = Counter(), Counter()
    for age, is_event, weight in rows:
        left[age] += weight
        events[age] += weight * is_event
    survival, curve = Fraction(1), []
    for age in sorted(left):
        at_risk = sum(count for other, count in left.items() if other >= age)
        survival *= Fraction(at_risk - events[age], at_risk)
        if age <= LAST_AGE:
            rounded = (Decimal(survival.numerator) / survival.denominator).quantize(Decimal("1e-8"), ROUND_HALF_UP)
            curve.append((age, at_risk, events[age], rounded))
    return curve


@pytest.fixture(scope="module")
def curves(tmp_path_factory) -> dict[str, list[tuple]]:
    """What the macro makes of the cohorts."""
    warehouse = Warehouse(tmp_path_factory.mktemp("survival"))
    columns = ["cohort", "age", "is_event", "weight"]
    rows = [dict(zip(columns, (name, *row))) for name, of_cohort in cohorts().items() for row in of_cohort]
    warehouse.load("given", {"lives": (columns, rows)})
    macro = f"{{{{ kaplan_meier('lives', ['cohort'], {LAST_AGE}) }}}}"
    curve = warehouse.dbt("--quiet", "compile", "--inline", f"with lives as ({TYPED}), curve as ({macro}) select * from curve")
    found = {name: [] for name in cohorts()}
    for cohort, *row in warehouse.query(f"{curve} order by cohort, age"):
        found[cohort].append(tuple(row))
    return found


@pytest.mark.parametrize("cohort", cohorts())
def test_the_curve_is_that_of_exact_fractions(curves, cohort):
    """At each age those at risk, the events, and survival to the last digit."""
    assert curves[cohort] == expected(cohorts()[cohort])


def test_the_curve_is_as_printed(curves):
    """Survival falls where the textbook says, to what it says."""
    falls = {age: survival for age, _, events, survival in curves["remission"] if events}
    assert {age: f"{survival:.3f}" for age, survival in falls.items()} == PRINTED
