"""From an account's part of a figure to the rows behind it: movements, items, and rows of the input contract.

A trail says what to look up for the measures that a metric is made of. `own` holds the accounts that count as the one
asked for: itself, or its whole group under a policy by parent.
"""

import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb

from cs_metrics import contract
from cs_metrics.summary import SCHEMA

NO_ACCOUNT = "(no account)"
SQL = Path(__file__).parent / "lineage_sql"
GIVEN = f"""
with given as (
    select $policy as policy, $entity as billing_entity, $account as account_id,
        cast($opens as date) as opens, cast($month as date) as month, cast($closes as date) as closes,
        $formulas as formulas
),
own as (
    select given.*, ancestors.account_id as own_account_id
    from given
    inner join {SCHEMA}_intermediate.int_policies as policies using (policy)
    inner join {SCHEMA}_intermediate.int_accounts__ancestors as ancestors
        on ancestors.billing_entity = given.billing_entity
        and given.account_id
            = case policies.account_grain when 'parent' then ancestors.top_account_id else ancestors.account_id end
),
"""


@dataclass(frozen=True)
class Trail:
    """What to look up for measures that match a pattern: a query in lineage_sql/, and the table its rows are of."""

    measures: str
    query: str
    title: str
    table: str
    subjects: tuple[str, ...] = ()

    @property
    def key(self) -> list[str]:
        """The columns that tell the table's rows apart, where it is one of the input contract."""
        tables = contract.tables()
        return tables[self.table].full_key if self.table in tables else []

    def matches(self, subject: str, formulas: str) -> bool:
        """Whether the trail belongs to a metric of that subject and with those formulas."""
        if self.subjects and subject not in self.subjects:
            return False
        return any(re.fullmatch(self.measures, word) for word in re.findall(r"\w+", formulas))


@dataclass(frozen=True)
class Step:
    """The rows that a trail found."""

    trail: Trail
    columns: list[str]
    rows: list[tuple]


MRR = (
    r"(opening|closing|new|reactivation|expansion|contraction|churn|fx|pending|promoter|passive|detractor|assigned|paying)_mrr"
    r"|(then|now|kept)_mrr_\d+m|top_\w+_mrr|(opening|closing|new|reactivation|churn|assigned|joined_and_left)_accounts"
    r"|(opening|churn)_accounts_3m"
)
ITEMS = MRR + "|licensed_seats"
LINES = r"(recognised|recurring)_revenue"
PURCHASES = r"(purchase_amount|purchases|customer_months|lapsed_customers)_12m"
USE = (
    r"active_(users|accounts)|feature_accounts|user_days|(weekly|monthly)_users|minutes|timed_users|(top_\w+_)?event_count"
    r"|(started|reached)_accounts"
)
VOTES = r"nps\w*_(promoters|detractors|responses|passives)|(promoter|passive|detractor)_mrr|csat_\w+"

TRAILS = (
    Trail(MRR, "movements", "Movements", "fct_mrr_movements"),
    Trail(ITEMS, "items", "Items and their MRR", "int_mrr__item_mrr"),
    Trail(ITEMS, "subscription_items", "Terms of these items", "subscription_items"),
    Trail(ITEMS, "subscriptions", "Their subscriptions", "subscriptions"),
    Trail(MRR, "discounts", "Discounts on them", "discounts"),
    Trail(MRR, "subscription_pauses", "Pauses of them", "subscription_pauses"),
    Trail(LINES, "invoice_lines", "Billed lines", "invoice_lines"),
    Trail(PURCHASES, "purchases", "Purchases", "invoice_lines"),
    Trail(f"{MRR}|{LINES}|{PURCHASES}", "exchange_rates", "Rates at the ends of months", "exchange_rates"),
    Trail(r"(opening_)?users|licensed_seats", "users", "Users", "users"),
    Trail("user_days", "users", "Users", "users", subjects=("economics",)),
    Trail("(started|reached)_accounts", "accounts", "Start of the account", "accounts"),
    Trail(USE, "usage_events", "Days of use", "usage_events", subjects=("usage",)),
    Trail(VOTES, "survey_responses", "Answers", "survey_responses", subjects=("voice",)),
    Trail("(answered_)?invitations", "survey_invitations", "Invitations", "survey_invitations"),
    Trail("assigned_(mrr|accounts)", "csm_assignments", "Reps of the account", "csm_assignments"),
    Trail("csm_fte", "csms", "Reps on duty", "csms"),
    Trail("acquisition_cost", "acquisition_costs", "Costs of winning customers", "acquisition_costs"),
    Trail("paid_media_cost", "paid_media_costs", "Costs of paid media", "acquisition_costs"),
    Trail("recurring_cost", "revenue_costs", "Costs of recurring revenue", "revenue_costs"),
)


def window_months(formulas: str) -> int:
    """The months up to a figure's own that its measures look at: 12 for then_mrr_12m and for starts, else 1."""
    return max([1, *(int(months) for months in re.findall(r"_(\d+)m\b", formulas)), 12 * ("started_accounts" in formulas)])


def follow(
    database: duckdb.DuckDBPyConnection, subject: str, formulas: str, given: dict[str, str | date]
) -> list[Step]:
    """Every trail of a metric that finds rows; given: policy, entity, account, opens, month, closes."""
    steps = []
    for trail in TRAILS:
        if trail.matches(subject, formulas):
            found = database.execute(GIVEN + (SQL / f"{trail.query}.sql").read_text(encoding="utf-8"), given | {"formulas": formulas})
            columns, rows = [column for column, *_ in found.description], found.fetchall()
            if rows:
                steps.append(Step(trail, columns, rows))
    return steps
