"""Data that others wrote, brought to the input contract and built in one go: does it come out as they say?

The data lies beside the checkout, in ../shared/data (its README says where it is from); without it these tests are
skipped. Each data set is a billing entity, mapped to the contract's tables here, as a newcomer would map an export.
"""

import csv
import json
from collections import Counter, defaultdict
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from scenarios import DEFAULTS, UNTESTED, invoke, load, run_data_tests

from cs_metrics import ROOT
from cs_metrics.folder import Choices, understand

DATA = ROOT.parent / "shared" / "data"
pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="../shared/data, the data that others wrote, is not there")

# What these two publish about themselves, as rows of the seed metric_policies beside its own.
PEER_POLICIES = {
    "polar": {"discounts": "all", "week_months_numerator": 52, "week_months_denominator": 12, "pauses": "in"},
    "kill_bill": {"discounts": "all", "week_months_numerator": 0, "day_months_numerator": 0},
}
VARIABLES = {
    "as_of_date": "2025-01-31", "metric_policies": ["standard", *PEER_POLICIES], "unclassified_tolerance": 1,
    "history_starts": {},
}


# --- mapping to the contract -------------------------------------------------------------------------------------


def rows_of(path: str) -> list[dict]:
    """A CSV file's rows."""
    with open(DATA / path, encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


class Entity:
    """A billing entity's rows of the contract, as they are added."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.tables: dict[str, list[dict]] = defaultdict(list)
        self.add("products", product_id="product", product_name="Product")

    def add(self, table: str, **row: object) -> None:
        """Add a row, with the same defaults as in scenarios."""
        self.tables[table].append(DEFAULTS.get(table, {}) | {"billing_entity": self.name} | row)

    def account(self, account_id: str, **row: object) -> None:
        """Add an account unless it is there."""
        if all(other["account_id"] != account_id for other in self.tables["accounts"]):
            self.add("accounts", account_id=account_id, **row)

    def subscribe(
        self, key: str, account_id: str, started_at: str, ended_at: str | None = None, terms: dict | None = None, **row: object
    ) -> None:
        """Add a subscription with one item."""
        row.setdefault("status", "cancelled" if ended_at else "active")
        self.add("subscriptions", subscription_id=key, account_id=account_id, started_at=started_at, ended_at=ended_at, **row)
        self.add("subscription_items", item_id=key, subscription_id=key, valid_from=started_at, **terms or {})


def mrr_playbook() -> Entity:
    """Periods of customers; the end date is exclusive already."""
    entity = Entity("mrr_playbook")
    for row in rows_of("mrr_playbook/subscription_periods.csv"):
        entity.account(row["customer_id"])
        entity.subscribe(
            row["subscription_id"], row["customer_id"], row["start_date"], row["end_date"], {"unit_amount": row["monthly_amount"]}
        )
    return entity


KILL_BILL_PERIODS = {"MONTHLY": "month", "ANNUAL": "year", "NO_BILLING_PERIOD": "once"}


def kill_bill() -> Entity:
    """An account for each price."""
    entity = Entity("kill_bill")
    for number, row in enumerate(rows_of("peer_killbill/mrr_normalisation.csv")):
        entity.account(f"price {number}")
        terms = {"unit_amount": row["price"], "interval_unit": KILL_BILL_PERIODS[row["billing_period"]]}
        entity.subscribe(f"price {number}", f"price {number}", "2024-01-01", terms=terms)
    return entity


def polar_cases() -> dict[str, dict]:
    """Polar's cases by name."""
    return {case["case"]: case for case in json.loads((DATA / "peer_polar" / "cases.json").read_text(encoding="utf-8"))}


def polar() -> list[Entity]:
    """An entity for each of Polar's cases that are about what this project measures so far; amounts are cents."""
    cases, entities = polar_cases(), []

    def entity(name: str) -> Entity:
        entities.append(Entity(f"polar {name}"))
        return entities[-1]

    def subscriptions(of: Entity, rows: list, **more: dict) -> None:
        for name, account, unit, count, cents, start, end, *_ in rows:
            of.account(account)
            terms = {"interval_unit": unit, "interval_count": count, "unit_amount": Decimal(cents) / 100}
            of.subscribe(name, account, start, end and end[:10], terms, **more.get(name, {}))

    subscriptions(entity("shared"), cases["values_day/shared"]["subscriptions"])
    subscriptions(entity("free"), cases["free_subscription"]["subscriptions"])
    subscriptions(entity("short"), cases["canceled_during_interval (month grain)"]["subscriptions"])
    # The end of s2 is scheduled when it starts.
    subscriptions(entity("committed"), cases["committed_mrr"]["subscriptions"], s2={"cancel_requested_at": "2024-02-01"})
    trial = {"trial_started_at": "2024-01-01", "trial_ended_at": "2024-03-01"}
    subscriptions(
        entity("trial"), cases["trial_excluded_from_mrr"]["subscriptions"], trialing=trial, trialing_canceling=trial
    )
    subscriptions(entity("discount"), cases["mrr_forever_discount"]["subscriptions"])
    entities[-1].add("discounts", discount_id="d1", subscription_id="s1", percent_off=50, valid_from="2024-01-01")
    subscriptions(entity("arpu"), cases["arpu"]["subscriptions"])
    interval = entity("interval")
    for name, unit, count, amount in cases["interval_count"]["subscriptions"]:
        interval.account(name)
        terms = {"interval_unit": unit, "interval_count": count, "unit_amount": amount}
        interval.subscribe(name, name, "2024-01-01", terms=terms)
    # Polar takes a month's mean of its payments' rates; the contract takes a rate for the month's end, so that mean.
    fx = entity("fx")
    in_currencies = cases["fx_multi_currency (per-currency per-month average of payment rates)"]
    for name, account, _, _, cents, currency in in_currencies["subscriptions"]:
        fx.account(account)
        fx.subscribe(name, account, "2024-01-01", "2024-03-01", {"unit_amount": cents / 100, "currency": f"{currency} POLAR"})
        entities[-1].tables["subscription_items"][-1]["valid_to"] = "2024-02-29"
    for day, rates in {"2024-01-31": {"EUR": 3, "GBP": 5}, "2024-02-29": {"EUR": 1, "GBP": 2}}.items():
        for currency, rate in rates.items():
            fx.add("exchange_rates", rate_date=day, from_currency=f"{currency} POLAR", rate=rate)
    # One account each: Polar counts subscriptions, this project accounts.
    churn = entity("churn")
    for name, _, _, _, cents, start, end, *cancelled in cases["churn_rate (month)"]["subscriptions"]:
        churn.account(name)
        requested = {"cancel_requested_at": cancelled[0].removeprefix("canceled_at ")} if cancelled else {}
        churn.subscribe(name, name, start, end, {"unit_amount": cents / 100}, **requested)
    seats = entity("seats")
    seats.account("c1")
    for user, *days in [("A", "2024-01-01"), ("B", "2024-01-20"), ("D", "2024-01-01", "2024-02-15"), ("E", "2024-02-15")]:
        seats.add("users", user_id=user, account_id="c1", activated_at=days[0], deactivated_at=days[1] if days[1:] else None)
    no_rate = entity("no rate")
    no_rate.account("c1")
    no_rate.subscribe("eur", "c1", "2024-01-01", terms={"unit_amount": 100, "currency": "EUR POLAR ALONE"})
    no_rate.add("exchange_rates", rate_date="2024-01-31", from_currency="EUR POLAR ALONE", rate=2)
    return entities


def ravenstack() -> Entity:
    """A seat holder isn't named, so the subscription stands for the user; churn events have no place in the contract."""
    entity = Entity("ravenstack")
    for row in rows_of("ravenstack/ravenstack_accounts.csv"):
        entity.add(
            "accounts", account_id=row["account_id"], account_name=row["account_name"], created_at=row["signup_date"],
            industry=row["industry"], country=row["country"],
        )
    account_of = {}
    for row in rows_of("ravenstack/ravenstack_subscriptions.csv"):
        key, start, is_annual = row["subscription_id"], row["start_date"], row["billing_frequency"] == "annual"
        account_of[key] = row["account_id"]
        trial = {"status": "trialing", "trial_started_at": start} if row["is_trial"] == "True" else {}
        terms = {
            "plan_id": row["plan_tier"], "quantity": row["seats"], "interval_unit": "year" if is_annual else "month",
            "unit_amount": f"{Decimal(row['arr_amount' if is_annual else 'mrr_amount']) / int(row['seats']):.6f}",
        }
        entity.subscribe(key, row["account_id"], start, row["end_date"] or None, terms, **trial)
        entity.add("users", user_id=key, account_id=row["account_id"], activated_at=start, deactivated_at=row["end_date"])
    for row in rows_of("ravenstack/ravenstack_feature_usage.csv"):
        key = row["subscription_id"]
        entity.add(
            "usage_events", usage_date=row["usage_date"], account_id=account_of[key], user_id=key,
            feature=row["feature_name"], event_count=row["usage_count"], minutes=f"{int(row['usage_duration_secs']) / 60:.6f}",
        )
    for row in rows_of("ravenstack/ravenstack_support_tickets.csv"):
        entity.add(
            "support_tickets", ticket_id=row["ticket_id"], account_id=row["account_id"], opened_at=row["submitted_at"],
            closed_at=row["closed_at"], satisfaction_score=row["satisfaction_score"],
            priority={"medium": "normal"}.get(row["priority"], row["priority"]),
        )
    return entity


def mavenflix() -> Entity:
    """A sign-up that was never paid for is an incomplete subscription."""
    entity = Entity("mavenflix")
    for number, row in enumerate(rows_of("mavenflix/subscription_cohort_analysis_data.csv")):
        key, is_paid = f"row {number}", row["was_subscription_paid"] == "Yes"
        entity.subscribe(
            key, row["customer_id"], row["created_date"], row["canceled_date"] or None,
            {"unit_amount": row["subscription_cost"], "interval_unit": row["subscription_interval"]},
            **({} if is_paid else {"status": "incomplete"}),
        )
    for customer in dict.fromkeys(row["account_id"] for row in entity.tables["subscriptions"]):
        entity.add("accounts", account_id=customer)
    return entity


def mattermost() -> Entity:
    """Answers to one survey over a year; nobody is named, and those who skipped the question have no score."""
    entity = Entity("mattermost")
    for row in rows_of("nps_mattermost/responses.csv"):
        entity.add(
            "survey_responses", response_id=row["response_id"], account_id=None, score=row["score"] or None,
            responded_at=row["responded_on"],
        )
    return entity


# --- the same by mapping files, their folders as they are ---------------------------------------------------------

MAPPED = ("mrr_playbook", "ravenstack", "mavenflix")
MAPPINGS = ROOT / "tests" / "python" / "data" / "mappings"


def mapped(name: str, work: Path) -> Entity:
    """A data set as its mapping.yml makes it of its folder."""
    entity = Entity(f"{name} mapped")
    entity.tables.clear()
    export = understand(DATA / name, work / name, Choices(entity.name, MAPPINGS / f"{name}.yml"))
    assert not export.problems, "\n".join(export.problems)
    with duckdb.connect() as connection:
        for table in export.mapping.tables:
            rows = connection.execute(export.selection(table))
            names = [column[0] for column in rows.description]
            entity.tables[table] = [dict(zip(names, row, strict=True)) for row in rows.fetchall()]
    return entity


# --- one build of them all ---------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def entities(tmp_path_factory) -> dict[str, Entity]:
    """The data sets by name."""
    by_mapping = [mapped(name, tmp_path_factory.mktemp("mapped")) for name in MAPPED]
    converted = [mrr_playbook(), kill_bill(), *polar(), ravenstack(), mavenflix(), mattermost()]
    return {entity.name: entity for entity in [*converted, *by_mapping]}


@pytest.fixture(scope="session")
def built(entities, tmp_path_factory) -> duckdb.DuckDBPyConnection:
    """Their tables: the seeds, then the peers' policies as further rows of one, then the rest with every data test."""
    tables = defaultdict(list)
    for entity in entities.values():
        for table, rows in entity.tables.items():
            for row in rows:
                shared = table == "exchange_rates"
                tables[table].append({k: v for k, v in row.items() if v is not None and not (shared and k == "billing_entity")})
    warehouse, variables = load(tables, VARIABLES, tmp_path_factory.mktemp("others"))
    invoke(["seed"], variables, warehouse)
    with duckdb.connect(str(warehouse)) as database:
        for policy, differs in PEER_POLICIES.items():
            values = {"policy": policy, "published_by": policy, **differs}
            changes = ", ".join(f"{value!r} as {name}" for name, value in values.items())
            database.execute(
                f"insert into metrics_seeds.metric_policies select * replace ({changes}) from metrics_seeds.metric_policies "
                "where policy = 'standard'"
            )
    invoke(["build", *UNTESTED, "--exclude-resource-type=seed"], variables, warehouse)
    found_wrong = run_data_tests(variables, warehouse)
    assert not found_wrong, found_wrong
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        yield connection


class Figures:
    """An entity's figures by month, as monthly_metrics has them."""

    def __init__(self, database: duckdb.DuckDBPyConnection, entity: str, policy: str = "standard") -> None:
        self.cells = {
            (f"{month:%Y-%m}", metric): value
            for month, metric, value in database.execute(
                "select month, metric, value from metrics.monthly_metrics "
                "where policy = ? and dimension = 'billing_entity' and dimension_value = ?",
                [policy, entity],
            ).fetchall()
        }

    def __call__(self, month: str, metric: str) -> Decimal:
        """The figure; 0 in a month that has no rows."""
        return self.cells.get((month, metric), Decimal(0))

    def total(self, metric: str) -> Decimal:
        """The sum over all months."""
        return sum(value for (_, name), value in self.cells.items() if name == metric)


def test_rows_in_are_rows_accepted_and_rejected(built, entities):
    """By entity and table; what is rejected is stated below, test by test."""
    rejected = Counter()
    for entity, table, count in built.execute(
        "select billing_entity, table_name, count(*) from metrics.rejected_rows group by all"
    ).fetchall():
        rejected[entity, table] = count
    differ = []
    for name, entity in entities.items():
        for table, rows in entity.tables.items():
            if table != "exchange_rates":
                ((accepted,),) = built.execute(
                    f"select count(*) from metrics_intermediate.contract_{table} where billing_entity = ?", [name]
                ).fetchall()
                if len(rows) != accepted + rejected[name, table]:
                    differ.append(f"{name}, {table}: {len(rows)} in, {accepted} accepted, {rejected[name, table]} rejected")
    assert not differ, "\n".join(differ)
    assert {entity for entity, _ in rejected} == {"ravenstack", "polar no rate"}


# --- mrr_playbook ------------------------------------------------------------------------------------------------


def test_mrr_playbook_in_total(built):
    figures = Figures(built, "mrr_playbook")
    amounts = {name: figures.total(f"{name}_mrr") for name in ("new", "reactivation", "expansion", "contraction", "churned")}
    assert amounts == {"new": 2295, "reactivation": 150, "expansion": 660, "contraction": 555, "churned": 2550}
    counts = dict(
        built.execute(
            "select movement_type, count(*) from metrics.fct_mrr_movements "
            "where policy = 'standard' and billing_entity = 'mrr_playbook' group by all"
        ).fetchall()
    )
    assert counts == {"new": 55, "reactivation": 3, "expansion": 30, "contraction": 27, "churn": 58}


def test_mrr_playbook_month_by_month(built):
    """Every month that the peer's own SQL has. Its months start in 2018, so it lacks customers 2, 3 and 4."""
    figures = Figures(built, "mrr_playbook")
    differ = []
    for row in rows_of("mrr_playbook/expected_monthly.csv"):
        month = row["date_month"][:7]
        theirs = {
            "mrr": row["mrr"], "accounts": row["customers"], "new_mrr": row["new_mrr"], "expansion_mrr": row["upgrade"],
            "contraction_mrr": row["downgrade"].lstrip("-"), "churned_mrr": row["churn"].lstrip("-"),
            "reactivation_mrr": row["reactivation"], "churned_accounts": row["churned_customers"],
        }
        differ += [
            f"{month} {name}: {value} there, {figures(month, name)} here" for name, value in theirs.items()
            if Decimal(value) != figures(month, name)
        ]
    assert not differ, "\n".join(differ)
    assert [figures(month, "mrr") for month in ("2017-08", "2017-09", "2017-10", "2017-11", "2018-11", "2019-06", "2019-11")] == [
        0, 75, 50, 0, 575, 1135, 1840]
    assert [figures(month, "new_mrr") for month in ("2017-09", "2017-10")] == [75, 25]
    assert [figures(month, "churned_mrr") for month in ("2017-10", "2017-11")] == [50, 50]


# --- Kill Bill ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("policy", ["standard", "kill_bill"])
def test_kill_bill_prices(built, policy):
    """All 63, to four decimals; a price without a period has no MRR."""
    theirs = {
        f"price {number}": Decimal(row["expected_mrr"])
        for number, row in enumerate(rows_of("peer_killbill/mrr_normalisation.csv"))
    }
    ours = dict(
        built.execute(
            "select account_id, amount from metrics.fct_mrr_movements where policy = ? and billing_entity = 'kill_bill'", [policy]
        ).fetchall()
    )
    assert len(theirs) == 63
    assert {key: ours.get(key, 0) for key in theirs} == theirs


# --- Polar -------------------------------------------------------------------------------------------------------

# What of the other cases is not here: orders and their value, active subscriptions and trial MRR are no metrics of this
# project (it counts accounts); costs per user and the cumulative margin are defined otherwise; rolling and yearly churn
# are no calendar months; the window that ends in mid-month is a scenario (calendar.yml), the time zone is too.
POLAR = [
    ("shared", "2024-01", "mrr", "183.33"), ("shared", "2024-02", "mrr", "183.33"), ("shared", "2024-05", "mrr", "183.33"),
    ("shared", "2024-06", "mrr", "283.33"), ("shared", "2024-12", "mrr", "283.33"),
    ("free", "2024-01", "mrr", "0"), ("free", "2024-06", "mrr", "0"),
    ("short", "2024-01", "accounts", "0"), ("short", "2024-01", "new_accounts", "0"), ("short", "2024-02", "accounts", "0"),
    ("committed", "2024-01", "mrr", "100"), ("committed", "2024-02", "mrr", "200"), ("committed", "2024-03", "mrr", "100"),
    ("committed", "2024-01", "committed_mrr", "100"), ("committed", "2024-02", "committed_mrr", "100"),
    ("committed", "2024-03", "committed_mrr", "100"),
    ("trial", "2024-01", "mrr", "100"), ("trial", "2024-02", "mrr", "100"), ("trial", "2024-03", "mrr", "200"),
    ("discount", "2024-01", "mrr", "50"), ("discount", "2024-02", "mrr", "50"),
    ("arpu", "2024-01", "mrr", "183.33"), ("arpu", "2024-01", "arpa", "91.67"), ("arpu", "2024-03", "arpa", "91.67"),
    ("interval", "2024-01", "mrr", "30833.33"),
    ("fx", "2024-01", "mrr", "800"), ("fx", "2024-01", "arpa", "400"),
    ("churn", "2024-01", "accounts", "2"), ("churn", "2024-01", "new_accounts", "2"),
    ("churn", "2024-02", "customer_churn_rate", "0"), ("churn", "2024-02", "accounts", "2"),
    ("churn", "2024-03", "customer_churn_rate", "0.5"), ("churn", "2024-03", "churned_accounts", "1"),
    ("churn", "2024-03", "accounts", "1"),
    ("seats", "2024-01", "users", "3"), ("seats", "2024-02", "users", "3"),
]


@pytest.mark.parametrize(("case", "month", "metric", "printed"), POLAR)
def test_polar(built, case, month, metric, printed):
    """Its expected figures, to the cent as it prints them, under its own row of metric_policies."""
    got = Figures(built, f"polar {case}", "polar")(month, metric)
    assert got.quantize(Decimal("0.01")) == Decimal(printed)


def test_polar_intervals(built):
    """30000 per 3 months, 240000 per 2 years and 5000 per 2 weeks, 52 to the year; 365 days to the year by standard."""
    amounts = defaultdict(dict)
    for policy, account, amount in built.execute(
        "select policy, account_id, amount from metrics.fct_mrr_movements where billing_entity = 'polar interval'"
    ).fetchall():
        amounts[policy][account] = amount
    assert amounts == {
        "polar": {"3mo": 10000, "2yr": 10000, "2wk": Decimal("10833.3333")},
        "standard": {"3mo": 10000, "2yr": 10000, "2wk": Decimal("10863.0952")},
        "kill_bill": {"3mo": 10000, "2yr": 10000},
    }


def test_polar_month_without_a_rate(built):
    """Polar then takes 1. Here the row is rejected, with the reason, and its MRR is missing and not wrong."""
    assert built.execute(
        "select table_name, reason from metrics.rejected_rows where billing_entity = 'polar no rate'"
    ).fetchall() == [("subscription_items", "missing exchange rate")]
    assert Figures(built, "polar no rate").total("mrr") == 0


# --- ravenstack and mavenflix: month by month, in plain Python ---------------------------------------------------


def month_ends(first: str, last: str) -> list[date]:
    """The last day of each month from the one of a day to the one of another."""
    ends, day = [], date.fromisoformat(first).replace(day=1)
    while day <= date.fromisoformat(last):
        following = (day + timedelta(days=31)).replace(day=1)
        ends.append(following - timedelta(days=1))
        day = following
    return ends


def expected_months(periods: list[tuple[str, str, str, int]], first: str, last: str) -> dict[str, dict]:
    """MRR and movements from (account, start, end, MRR), by looking at each month's last day, one after the other.

    Whoever ends on a day is no longer there at that day's end.
    """
    months, before, ever = {}, {}, set()
    for day in month_ends(first, last):
        now = Counter()
        for account, start, end, mrr in periods:
            if start <= day.isoformat() and (not end or end > day.isoformat()):
                now[account] += mrr
        now = {account: mrr for account, mrr in now.items() if mrr}
        arrived, gone = set(now) - set(before), set(before) - set(now)
        stayed = [now[account] - before[account] for account in set(now) & set(before)]
        kept = sum(min(now.get(account, 0), mrr) for account, mrr in before.items())
        months[f"{day:%Y-%m}"] = {
            "mrr": sum(now.values()), "accounts": len(now), "opening_mrr": sum(before.values()),
            "new_accounts": len(arrived - ever), "new_mrr": sum(now[account] for account in arrived - ever),
            "reactivated_accounts": len(arrived & ever), "reactivation_mrr": sum(now[account] for account in arrived & ever),
            "churned_accounts": len(gone), "churned_mrr": sum(before[account] for account in gone),
            "expansion_mrr": sum(change for change in stayed if change > 0),
            "contraction_mrr": -sum(change for change in stayed if change < 0),
            "grr_1m": (Decimal(kept) / sum(before.values())).quantize(Decimal("0.00000001")) if before else None,
        }
        before, ever = now, ever | set(now)
    return months


def differences(expected: dict[str, dict], figures: Figures) -> list[str]:
    """Where the built figures are others."""
    return [
        f"{month} {metric}: {value} expected, {figures(month, metric)} built"
        for month, metrics in expected.items()
        for metric, value in metrics.items()
        if figures(month, metric) != value
    ]


def test_ravenstack_month_by_month(built):
    """5,000 subscriptions; trials have no MRR, and an end on the day of the start is no service."""
    rows = rows_of("ravenstack/ravenstack_subscriptions.csv")
    paid = [row for row in rows if row["is_trial"] == "False"]
    periods = [(row["account_id"], row["start_date"], row["end_date"], int(row["mrr_amount"])) for row in paid]
    expected = expected_months(periods, "2023-01-01", "2025-01-31")
    assert len(rows) == 5000 and len(paid) == 4222
    assert all(sum(month[name] for month in expected.values()) for name in ("reactivated_accounts", "churned_accounts"))
    assert differences(expected, Figures(built, "ravenstack")) == []


def test_ravenstack_loses_nothing(built):
    """25,000 usage rows, 21 of them with an id that is there already but of another event; 3 pairs have one key."""
    usage = rows_of("ravenstack/ravenstack_feature_usage.csv")
    assert len(usage) - len({row["usage_id"] for row in usage}) == 21
    keys = Counter((row["usage_date"], row["subscription_id"], row["feature_name"]) for row in usage)
    repeated = sum(count for count in keys.values() if count > 1)
    rejected = built.execute(
        "select table_name, reason, count(*) from metrics.rejected_rows where billing_entity = 'ravenstack' group by all"
    ).fetchall()
    assert rejected == [("usage_events", "conflicting versions", repeated)] and repeated == 6
    ((events,),) = built.execute(
        "select sum(event_count) from metrics_intermediate.contract_usage_events where billing_entity = 'ravenstack'"
    ).fetchall()
    assert events == sum(
        int(row["usage_count"]) for row in usage
        if keys[row["usage_date"], row["subscription_id"], row["feature_name"]] == 1
    )
    ((tickets,),) = built.execute(
        "select count(*) from metrics_intermediate.contract_support_tickets where billing_entity = 'ravenstack'"
    ).fetchall()
    assert tickets == 2000


def test_mavenflix_month_by_month(built):
    """3,069 subscriptions at 39, of whom 133 were never paid for."""
    rows = rows_of("mavenflix/subscription_cohort_analysis_data.csv")
    paid = [row for row in rows if row["was_subscription_paid"] == "Yes"]
    periods = [(row["customer_id"], row["created_date"], row["canceled_date"], 39) for row in paid]
    expected = expected_months(periods, "2022-09-01", "2025-01-31")
    assert (len(rows), len(paid), len(rows) - len({row["customer_id"] for row in rows})) == (3069, 2936, 192)
    assert differences(expected, Figures(built, "mavenflix")) == []


def test_mavenflix_accounts_for_everyone(built):
    """Each of the 2,877 customers: seen at a month's end, joined and left within a month, or never in paid service."""
    rows = rows_of("mavenflix/subscription_cohort_analysis_data.csv")
    first_seen, passing, never = set(), set(), set()
    for row in rows:
        start, end = date.fromisoformat(row["created_date"]), row["canceled_date"] and date.fromisoformat(row["canceled_date"])
        if row["was_subscription_paid"] == "No" or end == start:
            never.add(row["customer_id"])
        elif end and (end.year, end.month) == (start.year, start.month):
            passing.add((row["customer_id"], start.replace(day=1)))
        else:
            first_seen.add(row["customer_id"])
    figures = Figures(built, "mavenflix")
    assert figures.total("new_accounts") == len(first_seen)
    short_stays = {
        (account, month) for account, month in built.execute(
            "select account_id, month from metrics_intermediate.int_mrr__short_stays "
            "where policy = 'standard' and billing_entity = 'mavenflix'"
        ).fetchall()
    }
    assert figures.total("joined_and_left_accounts") == len(short_stays)
    assert short_stays <= passing
    unseen = {customer for customer, _ in passing} - first_seen
    assert unseen <= {account for account, _ in short_stays}
    assert len(first_seen | unseen | never) == 2877


# --- by mapping --------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("name", MAPPED)
def test_a_mapped_folder_gives_the_same_figures(built, name):
    """Every figure of every month and policy, and no row rejected.

    Ravenstack's usage alone differs: two events of a subscription, a day and a feature conflict where each row is converted for
    itself, so that six are rejected; the mapping adds them up.
    """
    figures = [
        {
            (policy, month, metric): value
            for policy, month, metric, value in built.execute(
                "select policy, month, metric, value from metrics.monthly_metrics where dimension = 'billing_entity' and dimension_value = ?",
                [entity],
            ).fetchall()
        }
        for entity in (name, f"{name} mapped")
    ]
    differ = {key[2] for key in figures[0].keys() | figures[1].keys() if figures[0].get(key) != figures[1].get(key)}
    of_usage = {metric for (metric,) in built.execute("select metric from metrics.dim_metrics where subject = 'usage'").fetchall()}
    assert len(figures[1]) > 1000 and bool(differ) == (name == "ravenstack") and differ <= of_usage, differ - of_usage
    assert built.execute("select count(*) from metrics.rejected_rows where billing_entity = ?", [f"{name} mapped"]).fetchall() == [(0,)]


def test_ravenstack_mapped_counts_every_event(built):
    """All 25,000 rows of usage, in 24,997 days of a subscription with a feature."""
    usage = rows_of("ravenstack/ravenstack_feature_usage.csv")
    assert built.execute(
        "select count(*), sum(event_count) from metrics_intermediate.contract_usage_events where billing_entity = 'ravenstack mapped'"
    ).fetchall() == [(24997, sum(int(row["usage_count"]) for row in usage))]


# --- Mattermost's NPS --------------------------------------------------------------------------------------------


def test_mattermost_answers(built):
    """3,116 answers, 8 of them without a score; the classes as its data team publishes them."""
    assert built.execute(
        """
        select count(*), count(score) from metrics_intermediate.contract_survey_responses where billing_entity = 'mattermost'
        """
    ).fetchall() == [(3116, 3108)]
    figures = Figures(built, "mattermost")
    counts = [figures.total(f"nps_{name}") for name in ("responses", "promoters", "passives", "detractors")]
    assert counts == [3108, 1049, 871, 1188]


def test_mattermost_nps_of_the_year(built):
    """-4.47 from the months' numerators and denominators; the mean of the months' scores is another number."""
    ((score, mean, months),) = built.execute(
        """
        select 1.0 * sum(numerator) / sum(denominator), avg(value), count(*) from metrics.monthly_metrics
        where metric = 'nps' and policy = 'standard' and denominator > 0
            and dimension = 'billing_entity' and dimension_value = 'mattermost'
        """
    ).fetchall()
    assert (round(score, 2), months) == (-4.47, 10)
    assert round(mean, 2) != round(score, 2)


def test_mattermost_month_by_month(built):
    """Month, quarter to date and 90 days against the answers counted one by one."""
    answers = [
        (date.fromisoformat(row["responded_on"]), Decimal(row["score"]))
        for row in rows_of("nps_mattermost/responses.csv") if row["score"]
    ]
    figures = Figures(built, "mattermost")
    compared = 0
    for end in month_ends("2019-07-01", "2020-06-30"):
        starts = {
            "nps": end.replace(day=1),
            "nps_quarter": date(end.year, (end.month - 1) // 3 * 3 + 1, 1),
            "nps_rolling_90d": end - timedelta(days=89),
        }
        for metric, start in starts.items():
            scores = [score for day, score in answers if start <= day <= end]
            if not scores:
                assert figures.cells.get((f"{end:%Y-%m}", metric)) is None, (end, metric)
                continue
            promoters, detractors = sum(score >= 9 for score in scores), sum(score <= 6 for score in scores)
            expected = 100 * Decimal(promoters - detractors) / len(scores)
            got = figures(f"{end:%Y-%m}", metric)
            assert abs(got - expected) < Decimal("0.00000001"), (end, metric)
            share = Decimal(promoters + detractors) / len(scores)
            margin = 196 * ((share - (expected / 100) ** 2) / len(scores)).sqrt()
            assert abs(figures(f"{end:%Y-%m}", f"{metric}_margin_of_error") - margin) <= Decimal("0.00006"), (end, metric)
            compared += 1
    assert compared == 10 + 11 + 12  # September and October 2019 have no answers of their own, October no quarter yet
