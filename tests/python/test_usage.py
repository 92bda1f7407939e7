"""The demo company's usage, counted again from its accepted rows the slow and obvious way: sets of users, day by day."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from functools import cached_property
from math import ceil

import pytest

AS_OF = date(2026, 9, 10)
MONTHS = [
    date(2022, 9, 1), date(2023, 2, 1), date(2024, 2, 1), date(2025, 12, 1), date(2026, 7, 1), date(2026, 8, 1),
    date(2026, 9, 1),
]  # fmt: skip
NOT_ACTIVITY = {"api_call"}
NO_VALUE = {"login", "report_viewed", "api_call"}
TOP_N = 10


@dataclass
class Use:
    """The rows of one company, entity or country."""

    rows: list[dict] = field(default_factory=list)

    @cached_property
    def by_day(self) -> dict[date, set]:
        """Active users of each day."""
        days = defaultdict(set)
        for row in self.rows:
            if row["feature"] not in NOT_ACTIVITY:
                days[row["usage_date"]].add((row["billing_entity"], row["account_id"], row["user_id"]))
        return days

    def users(self, last: date, length: int) -> set:
        """Those who were active in so many days up to one."""
        return set().union(*(self.by_day.get(last - timedelta(days=back), set()) for back in range(length)))

    def month(self, month: date) -> dict[str, Fraction | None]:
        """The month's figures."""
        days = (min(following(month), AS_OF + timedelta(days=1)) - month).days
        last = month + timedelta(days=days - 1)
        rows = [row for row in self.rows if month <= row["usage_date"] <= last and row["feature"] not in NOT_ACTIVITY]
        user_days = sum(len(self.by_day.get(month + timedelta(days=day), ())) for day in range(days))
        by_user, by_account, minutes = Counter(), Counter(), defaultdict(list)
        for row in rows:
            account = (row["billing_entity"], row["account_id"])
            by_user[(*account, row["user_id"])] += row["event_count"]
            by_account[account] += row["event_count"]
            if row["minutes"] is not None:
                minutes[(*account, row["user_id"])].append(row["minutes"])
        mau = len(self.users(last, 30))
        return {
            "dau": Fraction(user_days, days),
            "wau": Fraction(len(self.users(last, 7))),
            "mau": Fraction(mau),
            "stickiness": Fraction(user_days, days * mau) if mau else None,
            "active_users": Fraction(len(by_user)),
            "active_accounts": Fraction(len(by_account)),
            "minutes_per_active_user": Fraction(sum(map(sum, minutes.values()))) / len(minutes) if minutes else None,
            "top_1pct_usage_share": top_share(by_user, ceil(len(by_user) * 0.01)),
            "top_10pct_usage_share": top_share(by_user, ceil(Fraction(len(by_user), 10))),
            "top_10pct_account_usage_share": top_share(by_account, ceil(Fraction(len(by_account), 10))),
            "top_n_account_usage_share": top_share(by_account, TOP_N),
        }


def top_share(usage: Counter, count: int) -> Fraction | None:
    """The part of the whole that those who use most have."""
    largest = sorted(usage.values(), reverse=True)
    return Fraction(sum(largest[:count]), sum(largest)) if largest else None


def following(month: date) -> date:
    """The month after it."""
    return (month + timedelta(days=32)).replace(day=1)


def rounded(value: Fraction | None) -> Decimal | None:
    """A figure with the eight decimals that are stored."""
    if value is None:
        return None
    return (Decimal(value.numerator) / value.denominator).quantize(Decimal("1e-8"), ROUND_HALF_UP)


@pytest.fixture(scope="module")
def rows(demo) -> list[dict]:
    """The accepted rows of accounts that are customers, with the account's country."""
    cursor = demo.execute(
        """
        select events.*, coalesce(accounts.country, '(unknown)') as country
        from metrics_intermediate.contract_usage_events as events
        inner join metrics_intermediate.contract_accounts as accounts using (billing_entity, account_id)
        where event_count > 0 and not coalesce(is_test, false)
        """
    )
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row)) for row in cursor.fetchall()]


@pytest.fixture(scope="module")
def parts(rows) -> dict[tuple[str, str], Use]:
    """The whole company, each entity, each country."""
    uses = defaultdict(Use)
    for row in rows:
        uses["all", "all"].rows.append(row)
        for dimension in ("billing_entity", "country"):
            uses[dimension, row[dimension]].rows.append(row)
    return uses


@pytest.fixture(scope="module")
def figures(demo) -> dict[tuple, Decimal | None]:
    """What monthly_metrics says, by dimension, value, month and metric."""
    return {
        tuple(row[:4]): row[4]
        for row in demo.execute(
            "select dimension, dimension_value, month, metric, value from metrics.monthly_metrics where policy = 'standard'"
        ).fetchall()
    }


@pytest.mark.parametrize("month", MONTHS, ids=str)
def test_active_users_time_and_concentration(parts, figures, month):
    """Of the company, its entities and its countries."""
    expected, empty = {}, {}
    for (dimension, value), use in parts.items():
        for metric, figure in use.month(month).items():
            key = (dimension, value, month, metric)
            (expected if key in figures else empty)[key] = rounded(figure)
    assert {key: figures[key] for key in expected} == expected
    assert not any(empty.values()), "figures that aren't 0 and have no row"
    assert len(expected) > 11 * 3


def test_active_users_of_every_day(demo, parts):
    """Of the company and its entities, from their first day to the as-of date."""
    built = defaultdict(dict)
    for dimension, value, day, *counts in demo.execute(
        "select dimension, dimension_value, day, dau, wau, mau from metrics.daily_active_users"
    ).fetchall():
        built[dimension, value][day] = tuple(counts)
    assert set(built) == {part for part in parts if part[0] != "country"}
    for part, days in built.items():
        use = parts[part]
        first = min(use.by_day)
        spine = [first + timedelta(days=number) for number in range((AS_OF - first).days + 1)]
        assert days == {day: tuple(len(use.users(day, length)) for length in (1, 7, 30)) for day in spine}


def test_features_among_active_accounts(figures, parts):
    """Each feature's accounts among those that were active."""
    for month in MONTHS:
        users = defaultdict(set)
        for row in parts["all", "all"].rows:
            if month <= row["usage_date"] < following(month):
                users[row["feature"]].add((row["billing_entity"], row["account_id"]))
        active = set().union(*(accounts for feature, accounts in users.items() if feature not in NOT_ACTIVITY))
        expected = {feature: rounded(Fraction(len(accounts & active), len(active))) for feature, accounts in users.items()}
        built = {value: figure for (dimension, value, of, _), figure in figures.items() if dimension == "feature" and of == month}
        assert {feature: figure for feature, figure in built.items() if figure} == {k: v for k, v in expected.items() if v}


def test_time_to_value_with_the_unreached(demo, figures, rows):
    """Accounts that started in the twelve months up to each month's end, by a curve in exact fractions."""
    first_day = {}
    reached = {}
    for row in sorted(rows, key=lambda row: row["usage_date"]):
        if row["feature"] not in NOT_ACTIVITY:
            first_day.setdefault(row["billing_entity"], row["usage_date"])
        if row["feature"] not in NO_VALUE:
            reached.setdefault((row["billing_entity"], row["account_id"]), row["usage_date"])
    starts = {
        (entity, account): started.date()
        for entity, account, started in demo.execute(
            "select billing_entity, account_id, created_at from metrics_intermediate.contract_accounts where not coalesce(is_test, false)"
        ).fetchall()
    }
    for month in MONTHS:
        end = following(month)
        begin = date(end.year - 1, end.month, 1)
        started = {key: day for key, day in starts.items() if begin <= day < min(end, AS_OF + timedelta(days=1)) and day >= first_day[key[0]]}
        by_then = {key for key in started if reached.get(key, AS_OF) < min(end, AS_OF)}
        assert figures["all", "all", month, "value_reached_rate"] == rounded(Fraction(len(by_then), len(started)))
        lives = [
            ((reached[key] if key in by_then else min(end, AS_OF + timedelta(days=1)) - timedelta(days=1)) - day, key in by_then)
            for key, day in started.items()
        ]
        survival, age = Fraction(1), None
        for candidate in sorted({age for age, is_event in lives if is_event}):
            at_risk = sum(age >= candidate for age, _ in lives)
            survival *= 1 - Fraction(sum(is_event for age, is_event in lives if age == candidate), at_risk)
            if survival <= Fraction(1, 2):
                age = Decimal(candidate.days)
                break
        assert figures["all", "all", month, "time_to_value_days"] == age, month


def test_seats(demo, parts):
    """Paid seats in force at the month's end, or else the account's users, in entities with usage data by then."""
    for month in MONTHS:
        end = min(following(month), AS_OF + timedelta(days=1))
        ((seats,),) = demo.execute(
            """
            with paid as (
                select subscriptions.billing_entity, subscriptions.account_id, sum(items.quantity) as seats
                from metrics_intermediate.contract_subscription_items as items
                inner join metrics_intermediate.contract_subscriptions as subscriptions using (billing_entity, subscription_id)
                where items.charge_type = 'seat' and subscriptions.status <> 'incomplete'
                    and greatest(
                        items.valid_from,
                        subscriptions.started_at,
                        coalesce(subscriptions.trial_ended_at, timestamp '1900-01-01')
                    ) < $1
                    and coalesce(items.valid_to, timestamp '9999-01-01') >= $1
                    and coalesce(subscriptions.ended_at, timestamp '9999-01-01') >= $1
                group by all
            ),
            held as (
                select billing_entity, account_id, count(*) as users
                from metrics_intermediate.contract_users
                where activated_at < $1 and coalesce(deactivated_at, timestamp '9999-01-01') >= $1
                group by all
            )
            select sum(case when coalesce(paid.seats, 0) > 0 then paid.seats else coalesce(held.users, 0) end)
            from metrics_intermediate.contract_accounts
            left join paid using (billing_entity, account_id)
            left join held using (billing_entity, account_id)
            where not coalesce(is_test, false) and list_contains($2, billing_entity)
            """,
            [end, [entity for (dimension, entity), use in parts.items() if dimension == "billing_entity" and min(use.by_day) < end]],
        ).fetchall()
        ((denominator,),) = demo.execute(
            "select denominator from metrics.monthly_metrics"
            " where metric = 'adoption_rate' and dimension = 'all' and policy = 'standard' and month = ?",
            [month],
        ).fetchall()
        assert denominator == seats, month
