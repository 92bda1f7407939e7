"""The demo company's MRR, worked out twice: by the SQL, and month by month in plain Python by its generator."""

import json
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest

from cs_metrics import ROOT


@pytest.fixture(scope="module")
def facts(tmp_path_factory) -> list[dict]:
    """What the generator says of each entity's month: MRR per currency and paying accounts."""
    file: Path = tmp_path_factory.mktemp("facts") / "facts.json"
    subprocess.run([sys.executable, "-m", "cs_metrics.demo", "--facts", file], cwd=ROOT, check=True)
    return json.loads(file.read_text(encoding="utf-8"))["months_closed"]


def test_mrr_of_every_entity_month_and_currency(demo, facts):
    """To the last stored digit, in the currency that it is billed in."""
    built = {
        (entity, month.isoformat(), currency): mrr
        for entity, month, currency, mrr in demo.execute(
            """
            select balances.billing_entity, months.month, balances.currency, sum(balances.closing_mrr)
            from metrics_intermediate.int_calendar__months as months
            inner join metrics_intermediate.int_mrr__balances as balances
                on balances.month_from <= months.month and balances.month_to > months.month
            where balances.policy = 'standard' and not months.is_provisional
            group by all
            having sum(balances.closing_mrr) <> 0
            """
        ).fetchall()
    }
    expected = {
        (fact["billing_entity"], fact["month"], currency): Decimal(mrr) for fact in facts for currency, mrr in fact["mrr"].items()
    }
    assert len(expected) > 48 and len({currency for _, _, currency in expected}) == 3
    differ = {key: (expected.get(key), built.get(key)) for key in expected | built if expected.get(key) != built.get(key)}
    assert not differ, f"{len(differ)} of {len(expected)} differ, expected and built: {dict(list(sorted(differ.items()))[:5])}"


def test_paying_accounts_of_every_entity_and_month(demo, facts):
    """They are what monthly_metrics counts."""
    built = {
        (entity, month.isoformat()): count
        for entity, month, count in demo.execute(
            """
            select dimension_value, month, value from metrics.monthly_metrics
            where policy = 'standard' and metric = 'accounts' and dimension = 'billing_entity' and not is_provisional
            """
        ).fetchall()
    }
    expected = {(fact["billing_entity"], fact["month"]): fact["paying_accounts"] for fact in facts}
    assert len(expected) >= 2 * 47
    assert {key: count for key, count in built.items() if count} == expected
