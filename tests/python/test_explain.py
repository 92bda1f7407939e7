"""Explaining figures: what is printed adds up, down to rows that are in the input contract."""

import re
from collections import Counter
from datetime import date
from decimal import Decimal

import pytest

from cs_metrics import cli, contract
from cs_metrics.explain import PARTS_SHOWN, ExplainError, Explanation, Part, Question, definition_of, part_to_follow, read, text_of
from cs_metrics.files import Files

MONTH = date(2026, 8, 1)
# Of every kind of rows behind figures: movements, items, lines, users, use, answers, invitations, reps, costs.
METRICS = (
    "nrr_12m", "gross_margin", "cac_paid", "clv", "survey_response_rate", "nps", "arr_per_csm", "adoption_rate",
    "value_reached_rate", "contraction_mrr", "reactivation_mrr", "cac",
)


@pytest.fixture(scope="session")
def explained(built) -> dict[str, Explanation]:
    """The metrics' explanations."""
    return {metric: read(Question(metric, MONTH), Files(built / "demo.duckdb").working) for metric in METRICS}


@pytest.mark.parametrize("metric", METRICS)
def test_the_printed_parts_add_up_to_the_figure(metric, explained):
    """The numbers as a person reads them: the largest parts, the others together, and their sum."""
    explanation = explained[metric]
    lines = text_of(explanation).split("PARTS")[1].split("\n\n")[0].splitlines()[3:]
    rows = [[Decimal(cell.replace(",", "")) for cell in re.findall(r"(?<=  )-?[\d,]+(?:\.\d+)?(?=  |$)", line)] for line in lines]
    sides = [explanation.figure.numerator] + [explanation.figure.denominator] * (explanation.figure.denominator_formula is not None)
    assert len(rows) == min(len(explanation.parts), PARTS_SHOWN + 1) + 1
    assert [sum(row[-len(sides) + place] for row in rows[:-1]) for place in range(len(sides))] == sides
    assert rows[-1][-len(sides):] == sides


def test_rows_behind_a_figure_are_in_the_input_contract(explained, demo):
    """Each printed key of a contract table is there, once, with the system it came from."""
    tables, found = contract.tables(), Counter()
    for explanation in explained.values():
        for step in explanation.steps:
            if not step.trail.key:
                continue
            own = dict.fromkeys(tables[step.trail.table].full_key)
            found[step.trail.query] += len(step.rows)
            places = [step.columns.index(name) for name in own]
            for row in step.rows[:20]:
                condition = " and ".join(f"{name} is not distinct from ?" for name in own)
                assert demo.execute(
                    f"select count(*) from metrics_intermediate.contract_{step.trail.table} where {condition}",
                    [row[place] for place in places],
                ).fetchall() == [(1,)], (step.trail.table, row)
                assert row[step.columns.index("source_system")] == "native"
    assert set(found) == {
        "subscription_items", "subscriptions", "discounts", "subscription_pauses", "invoice_lines", "purchases",
        "exchange_rates", "users", "accounts", "usage_events", "survey_responses", "survey_invitations", "csm_assignments",
        "csms", "acquisition_costs", "paid_media_costs", "revenue_costs",
    }


def test_an_accounts_movements_lead_from_then_to_now(explained):
    """Of an account in dollars: what it paid then, and every movement of the window, give what it pays now."""
    explanation = explained["nrr_12m"]
    (movements,) = [step for step in explanation.steps if step.trail.query == "movements"]
    types, amounts = movements.columns.index("movement"), movements.columns.index("amount")
    changes = [-row[amounts] if row[types] in ("churn", "contraction") else row[amounts] for row in movements.rows]
    (items,) = [step for step in explanation.steps if step.trail.query == "items"]
    ends, mrr = items.columns.index("to month"), items.columns.index("mrr")
    now = sum(row[mrr] for row in items.rows if row[ends] is None or row[ends] > MONTH)
    assert changes
    assert explanation.followed.denominator + sum(changes) == explanation.followed.numerator == now


def test_a_metric_that_does_not_split_leads_to_others(built):
    """LTV : CAC is a quotient of two figures, which are explained on their own."""
    explanation = read(Question("ltv_to_cac", MONTH), Files(built / "demo.duckdb").working)
    assert [component.metric for component in explanation.components] == ["ltv", "cac"]
    assert [component.value for component in explanation.components] == pytest.approx(
        [explanation.figure.numerator, explanation.figure.denominator], abs=Decimal("0.000001")
    )
    assert not explanation.figure.is_split
    assert "ltv" in text_of(explanation).split("MADE OF")[1]


def test_every_metric_has_a_definition_and_a_way_on(built, demo):
    """All of the catalogue: a docs block, and parts of accounts or the metrics that it is made of."""
    rows = demo.execute(
        """
        select metric, is_split_by_account, metric in (select metric from metrics_seeds.metric_components)
        from metrics.dim_metrics
        """
    ).fetchall()
    assert len(rows) > 90
    assert [metric for metric, *_ in rows if not definition_of(metric)] == []
    assert [metric for metric, is_split, has_components in rows if not is_split and not has_components] == []


def test_parts_are_there_for_all_metrics(demo):
    """A test that parts add up holds over nothing, too: in 2026 all metrics that split have parts of accounts."""
    missing = demo.execute(
        """
        select metric from metrics.dim_metrics
        where is_split_by_account and metric not in (
            select metric from metrics.metric_contributions
            where month between date '2026-01-01' and date '2026-08-01' and account_id <> '(no account)'
        ) order by 1
        """
    ).fetchall()
    # A rep on duty is no account, and nobody was asked on a scale from 1 to 10 in 2026.
    assert [name for (name,) in missing] == ["csm_fte", "nps_1_to_10"]


@pytest.mark.parametrize(
    ("question", "says"),
    [
        (Question("nrr12", MONTH), "There is no metric 'nrr12'. Did you mean nrr_12m"),
        (Question("nrr_12m", date(2031, 1, 1)), "nrr_12m has no figure for 2031-01. Its months: "),
        (Question("nrr_12m", MONTH, policy="stripe"), "no policy 'stripe'. It has: standard"),
        (Question("nrr_12m", MONTH, account="A00822"), "Did you mean A0082"),
        (Question("feature_adoption_rate", MONTH), "Say one with --value: api_call, "),
    ],
)
def test_what_is_not_there_is_said(question, says, built):
    """With what was meant, or what there is."""
    with pytest.raises(ExplainError, match=re.escape(says)):
        read(question, Files(built / "demo.duckdb").working)


def test_an_account_of_several_entities_is_asked():
    """One of them was shown without a word."""
    parts = [Part(entity, "a1", None, Decimal(amount), None) for entity, amount in (("north", 2), ("south", 1))]
    with pytest.raises(ExplainError, match="Say which: ACCOUNT=entity/account, of north/a1, south/a1"):
        part_to_follow(Question("mrr", MONTH, account="a1"), parts)
    assert part_to_follow(Question("mrr", MONTH, account="south/a1"), parts) is parts[1]


def test_the_command_line(built, capsys):
    """A figure is printed; what is wrong is said in a line, without a traceback."""
    warehouse = ["--warehouse", str(built / "demo.duckdb")]
    assert cli.main(["explain", "mrr", "2026-08", "--account", "A0082", *warehouse]) == 0
    assert "mrr in August 2026, policy standard: " in (printed := capsys.readouterr().out)
    assert "subscription_items, key billing_entity + item_id + valid_from" in printed
    assert cli.main(["explain", "mmr", "2026-08", *warehouse]) == 1
    assert capsys.readouterr().err.startswith("There is no metric 'mmr'. Did you mean mrr")
    assert cli.main(["explain", "mrr", "2026-08", "--warehouse", str(built / "nothing.duckdb")]) == 1
    assert "`make build` makes one" in capsys.readouterr().err
