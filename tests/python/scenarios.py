"""Scenarios: rows that are given, figures that have to come out, as data files in tests/scenarios/.

tests/scenarios/README.md says how such a file is written. Each scenario is a billing entity of its own, so that
all scenarios with the same variables go through one build and can't disturb each other.
"""

import csv
import json
import os
import re
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property
from pathlib import Path

import duckdb
import yaml

from cs_metrics import ROOT, contract, folder
from cs_metrics.build import Progress, plain, run_dbt

FILES = ROOT / "tests" / "scenarios"
VARIABLES = {
    "as_of_date": "2025-03-15",
    "metric_policies": ["standard", "standard_by_parent", "stripe"],
    "custom_segments": ["tier", "territory", "channel"],
    "unclassified_tolerance": 1,
}
TABLES = contract.tables()
# Public tables whose rows a scenario may list in full, and which of their columns tell its rows apart.
MARTS = {
    "nps_by_account": ("month", "account", "survey"),
    "nps_reasons": ("month", "nps_class", "theme"),
    "account_health": ("account",),
}
EXPECTED = {
    "figures", "movements", "cohorts", "lifetimes", "purchases", "revenue_lines", "rejected", "playbooks", "expansions",
    "forecasts", "contributions", *MARTS,
}
KEYS = {"about", "given", "history_starts", *EXPECTED}
EMPTY = "~"
# Notices that are expected: words.yml has a number of employees that can be read in two ways, and no other number of it tells.
EXPECTED_NOTICES = ("accounts.csv: column employee_count: '1,000' in line ",)
CAUSES = ("seats", "price", "plan", "add_on", "discount")

# What a row has where the scenario doesn't say. An id that isn't given is the table's name and the row's number.
DEFAULTS = {
    "accounts": {"created_at": "2020-01-01"},
    "subscriptions": {"account_id": "a", "status": "active"},
    "subscription_items": {
        "subscription_id": "a", "product_id": "product", "charge_type": "subscription", "interval_unit": "month",
        "interval_count": "1", "quantity": "1", "currency": "USD",
    },
    "subscription_pauses": {"subscription_id": "a"},
    "discounts": {"duration": "forever"},
    "invoices": {"account_id": "a", "status": "paid", "currency": "USD"},
    "invoice_lines": {"account_id": "a", "charge_type": "subscription", "currency": "USD"},
    "exchange_rates": {"to_currency": "USD"},
    "account_segments": {"account_id": "a", "valid_from": "2000-01-01"},
    "users": {"account_id": "a"},
    "usage_events": {"account_id": "a", "feature": "login", "event_count": "1"},
    "csms": {"fte": "1", "valid_from": "2000-01-01"},
    "csm_assignments": {"account_id": "a"},
    "revenue_costs": {"revenue_stream": "recurring", "currency": "USD"},
    "survey_responses": {
        "account_id": "a", "survey_id": "survey", "survey_type": "relationship", "scale_min": "0", "scale_max": "10",
    },
    "survey_invitations": {"account_id": "a", "survey_id": "survey"},
    "acquisition_costs": {"category": "marketing", "currency": "USD"},
    "support_tickets": {"account_id": "a"},
}
NUMBERED = {
    "discounts": "discount_id", "invoices": "invoice_id", "invoice_lines": "invoice_line_id", "users": "user_id",
    "survey_responses": "response_id", "survey_invitations": "invitation_id",
    "support_tickets": "ticket_id",
}
# Values of a segment that the scenario gives are made its own, so that the segment's figures are its figures.
OWN_VALUES = {
    "accounts": ("country", "region", "industry"), "products": ("product_name",), "subscription_items": ("plan_id",),
    "account_segments": ("segment_value",), "acquisition_costs": ("channel", "segment_value"),
    "csms": ("csm_id",), "csm_assignments": ("csm_id",),
}
DIMENSIONS = (
    "country", "region", "industry", "employee_band", "spend_band", "plan", "product", "currency", "tier", "territory",
    "channel", "csm",
)
NOT_OWN = ("employee_band", "spend_band")


class ScenarioError(Exception):
    """A scenario that isn't written as it has to be: where, what, and what is expected."""


# --- reading the files -------------------------------------------------------------------------------------------


class Text(yaml.BaseLoader):
    """YAML whose values are all text, as in a CSV file, and in which no key comes twice."""

    def construct_mapping(self, node, deep=False):
        keys = [self.construct_object(key) for key, _ in node.value]
        for key in keys:
            if keys.count(key) > 1:
                raise ScenarioError(f"{node.start_mark.name}: line {node.start_mark.line + 1}: {key} is there twice")
        return super().construct_mapping(node, deep)


@dataclass(frozen=True)
class Scenario:
    """A scenario as it stands in its file."""

    topic: str
    name: str
    variables: str
    body: dict

    @property
    def entity(self) -> str:
        """Its billing entity, which is its id for pytest too."""
        return f"{self.topic}." + re.sub(r"[^a-z0-9]+", "_", self.name.lower()).strip("_")

    @property
    def as_of_date(self) -> str:
        """The day whose knowledge its figures show."""
        return json.loads(self.variables).get("as_of_date", VARIABLES["as_of_date"])

    def error(self, message: str) -> ScenarioError:
        """Something that is wrong in it."""
        return ScenarioError(f"tests/scenarios/{self.topic}.yml: {self.name}: {message}")

    def own(self, dimension: str, value: str) -> str:
        """A segment's value as this scenario's own."""
        if dimension in NOT_OWN or value.startswith("("):
            return value
        return self.own_currency(value) if dimension == "currency" else f"{self.entity}: {value}"

    def own_currency(self, code: str) -> str:
        """A currency with exchange rates of its own, where the scenario gives any."""
        is_own = "exchange_rates" in self.body.get("given", {}) and code not in ("USD", EMPTY)
        return f"{code} {self.entity}".upper() if is_own else code

    def table(self, rows: list, what: str) -> list[dict]:
        """Rows that are written as maps, or as lists of which the first one names the columns."""
        if not isinstance(rows, list) or not rows:
            raise self.error(f"{what} holds no rows")
        header = rows[0] if isinstance(rows[0], list) else []
        table = []
        for row in rows[1:] if header else rows:
            if isinstance(row, list) and len(row) != len(header):
                raise self.error(f"{what}: {row} does not have the columns {header}")
            table.append(dict(zip(header, row)) if isinstance(row, list) else dict(row))
        return table

    def place(self, row: dict) -> tuple[str, str]:
        """The dimension and value that a row of figures is about: the scenario's entity where it names no segment."""
        segments = [name for name in row if name in DIMENSIONS]
        if len(segments) > 1:
            raise self.error(f"figures: {row} names several segments")
        return (segments[0], self.own(segments[0], row[segments[0]])) if segments else ("billing_entity", self.entity)

    def by_policy(self, key: str) -> dict[str, list[dict]]:
        """An expectation's rows by policy; without one they are those of the standard policy."""
        expected = self.body.get(key, {})
        if isinstance(expected, list):
            expected = {"standard": expected}
        return {policy: self.table(rows, f"{key} of {policy}") for policy, rows in expected.items()}

    @cached_property
    def given(self) -> dict[str, list[dict]]:
        """The scenario's rows of the contract's tables, with what it leaves unsaid filled in."""
        return contract_rows(self)


def read_scenarios() -> list[Scenario]:
    """Every scenario of every file."""
    scenarios = []
    for path in sorted(FILES.glob("*.yml")):
        # Text is a BaseLoader: it makes nothing but text, lists and maps.
        document = yaml.load(path.read_text(encoding="utf-8"), Loader=Text)  # noqa: S506
        if not set(document) <= {"about", "variables", "scenarios"} or not document.get("about"):
            raise ScenarioError(f"{path.name} has {', '.join(document)}. Expected: about, scenarios and perhaps variables")
        variables = json.dumps(document.get("variables", {}), sort_keys=True)
        for name, body in document["scenarios"].items():
            scenario = Scenario(path.stem, name, variables, body)
            if set(body) - KEYS or "given" not in body:
                raise scenario.error(f"it has {', '.join(body)}. Expected: given, and of {', '.join(sorted(KEYS))}")
            if not set(body) & EXPECTED:
                raise scenario.error("nothing is expected of it")
            scenarios.append(scenario)
    entities = [scenario.entity for scenario in scenarios]
    for scenario in scenarios:
        if entities.count(scenario.entity) > 1:
            raise scenario.error("another scenario has this name")
    return scenarios


# --- from shorthand to rows of the contract ----------------------------------------------------------------------


def contract_rows(scenario: Scenario) -> dict[str, list[dict]]:
    """What is given, as plain rows of the contract's tables."""
    tables: dict[str, list[dict]] = defaultdict(list)
    for table, rows in scenario.body["given"].items():
        if table not in TABLES:
            raise scenario.error(f"{table} is no table of the contract{contract.nearest(table, list(TABLES))}")
        for row in scenario.table(rows, table):
            for copy in repeated(row):
                add_row(scenario, tables, table, copy)
    add_referred_to(scenario, tables)
    for table, rows in tables.items():
        for row in rows:
            complete(scenario, table, row)
    return dict(tables)


def repeated(row: dict) -> list[dict]:
    """A row with `times` stands for as many accounts that are all alike."""
    times = int(row.pop("times", 1))
    if times == 1:
        return [row]
    return [row | {"account_id": f"{row['account_id']}{number}"} for number in range(1, times + 1)]


def add_row(scenario: Scenario, tables: dict, table: str, row: dict) -> None:
    """Add a row, and the rows that its shorthand stands for."""
    says_status = "status" in row
    row = DEFAULTS.get(table, {}) | row
    if table == "subscriptions":
        earlier = sum(other["account_id"] == row["account_id"] for other in tables[table])
        row.setdefault("subscription_id", row["account_id"] + (f" {earlier + 1}" if earlier else ""))
        if row.get("ended_at", EMPTY) != EMPTY and not says_status:
            row["status"] = "cancelled"
        own = {column.name for column in TABLES[table].columns}
        terms = {name: row.pop(name) for name in list(row) if name not in own}
        if terms:
            item = {"subscription_id": row["subscription_id"], "valid_from": row["started_at"]}
            add_row(scenario, tables, "subscription_items", item | terms)
    if table == "subscription_items":
        row.setdefault("item_id", row["subscription_id"])
    if table == "invoice_lines" and "issued_at" in row:
        row.setdefault("invoice_id", f"invoice {len(tables['invoices']) + 1}")
        invoice = {"invoice_id": row["invoice_id"], "issued_at": row.pop("issued_at")}
        invoice |= {name: row[name] for name in ("account_id", "currency")}
        invoice |= {"status": row.pop("invoice_status")} if "invoice_status" in row else {}
        add_row(scenario, tables, "invoices", invoice)
    if table == "exchange_rates" and "months" in row:
        first, last = month_range(row.pop("months"))
        for month in months_between(first, last):
            tables[table].append(row | {"rate_date": min(last_day(month), scenario.as_of_date)})
        return
    if table in NUMBERED:
        row.setdefault(NUMBERED[table], f"{NUMBERED[table][:-3]} {len(tables[table]) + 1}")
    tables[table].append(row)


def add_referred_to(scenario: Scenario, tables: dict) -> None:
    """Accounts, products, users and reps that rows refer to come by themselves, unless the scenario gives that table."""
    if "users" not in scenario.body["given"]:
        holders = {row["user_id"]: row["account_id"] for row in tables.get("usage_events", [])}
        tables["users"] += [{"user_id": user, "account_id": account, "activated_at": "2020-01-01"} for user, account in holders.items()]
    for table, column in (("accounts", "account_id"), ("products", "product_id"), ("csms", "csm_id")):
        if table in scenario.body["given"]:
            continue
        known = {}
        for rows in list(tables.values()):
            for row in rows:
                known[row.get(column, EMPTY)] = True
        for value in known:
            if value != EMPTY:
                tables[table].append(DEFAULTS.get(table, {}) | {column: value})


def complete(scenario: Scenario, table: str, row: dict) -> None:
    """Give a row its billing entity, and make the scenario's own what has to be."""
    if table == "products":
        row.setdefault("product_name", row["product_id"])
    if "billing_entity" in TABLES[table].column_names:
        row["billing_entity"] = scenario.entity
    for column in OWN_VALUES.get(table, ()):
        if column in row and (table != "products" or "products" in scenario.body["given"]):
            row[column] = scenario.own(column, row[column])
    for column in ("currency", "from_currency"):
        if column in row:
            row[column] = scenario.own_currency(row[column])
    for column, value in row.items():
        if column not in TABLES[table].column_names:
            raise scenario.error(f"{table} has no column {column}{contract.nearest(column, TABLES[table].column_names)}")
        row[column] = "" if value == EMPTY else value


# --- building ----------------------------------------------------------------------------------------------------


UNTESTED = ("--exclude-resource-type=unit_test", "--exclude-resource-type=test")


def load(rows: dict[str, list[dict]], variables: dict, place: Path) -> tuple[Path, dict]:
    """Load rows of the contract through a folder of CSV files; the DuckDB file, and the variables to build it with."""
    write_tables(rows, place / "data")
    loaded = folder.load(place / "data", place / "built.duckdb")
    unexpected = [notice for notice in loaded.notices if not notice.startswith(EXPECTED_NOTICES)]
    assert not unexpected, unexpected
    of_folder = {"native_data": "source", "native_schema": folder.SCHEMA, "without_tables": loaded.without_tables}
    return place / "built.duckdb", variables | of_folder


def invoke(arguments: list[str], variables: dict, warehouse: Path) -> None:
    """Run dbt; what it says of an error is the test's failure."""
    said: list[str] = []
    progress = Progress()
    progress.on_event = lambda event: said.append(plain(event.info.msg)) if event.info.level == "error" else None
    before, environment = Path.cwd(), dict(os.environ)
    try:
        result = run_dbt([*arguments, "--vars", json.dumps(variables)], warehouse, warehouse.parent / "target", progress)
    finally:
        os.chdir(before)
        os.environ.clear()
        os.environ.update(environment)
    assert result.success, f"dbt {arguments[0]} failed:\n" + ("\n".join(said) or str(result.exception))


def run_data_tests(variables: dict, warehouse: Path, *but: str) -> str:
    """What dbt's data tests, identities above all, find wrong in what was built; unit tests need no rows of ours.

    Scenarios may have more wrong rows than a company's sources are allowed. `but`: tests that are left out besides.
    """
    try:
        invoke(["test", "--exclude-resource-type=unit_test", "--exclude", "data_quality_is_good_enough", *but], variables, warehouse)
    except AssertionError as error:
        return str(error)
    return ""


def write_tables(rows: dict[str, list[dict]], data: Path) -> None:
    """A CSV file for each table."""
    data.mkdir(parents=True)
    for table, of_table in rows.items():
        columns = [name for name in TABLES[table].column_names if any(name in row for row in of_table)]
        required = [column.name for column in TABLES[table].columns if column.is_required and column.name not in columns]
        with open(data / f"{table}.csv", "w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, columns + required, restval="")
            writer.writeheader()
            writer.writerows(of_table)


def build_scenarios(scenarios: list[Scenario], place: Path) -> tuple[Path, str]:
    """One build for scenarios that have the same variables: the DuckDB file, and what dbt's data tests find wrong in it.

    Variables of the scenarios' own change no identity, so these are tested over the largest build alone.
    """
    rows: dict[str, list[dict]] = defaultdict(list)
    for scenario in scenarios:
        for table, of_table in scenario.given.items():
            rows[table] += of_table
    history = {s.entity: s.body["history_starts"] for s in scenarios if "history_starts" in s.body}
    own = json.loads(scenarios[0].variables)
    warehouse, variables = load(rows, VARIABLES | own | {"history_starts": history}, place)
    invoke(["build", *UNTESTED], variables, warehouse)
    return warehouse, "" if own else run_data_tests(variables, warehouse)


# --- comparing ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Check:
    """One figure: what was expected, what came out."""

    where: str
    what: str
    expected: object
    got: object
    is_right: bool


@dataclass
class Outcome:
    """What a scenario's entity has in a build."""

    scenario: Scenario
    database: duckdb.DuckDBPyConnection

    def checks(self) -> list[Check]:
        """Every expectation of the scenario against what came out."""
        found = [check for policy, rows in self.scenario.by_policy("figures").items() for check in self.figures(policy, rows)]
        for policy, rows in self.scenario.by_policy("movements").items():
            found += self.whole(f"{policy}, movements", rows, self.movements(policy), ("month", "account", "type"))
        for policy, rows in self.scenario.by_policy("cohorts").items():
            found += self.cohorts(policy, rows)
        for policy, rows in self.scenario.by_policy("playbooks").items():
            found += self.whole(f"{policy}, playbooks", rows, self.playbooks(policy), ("account",))
        for policy, rows in self.scenario.by_policy("expansions").items():
            there = self.expansions(policy, {row.get("account") for row in rows})
            found += self.whole(f"{policy}, expansions", rows, there, ("account", "product"))
        for policy, rows in self.scenario.by_policy("lifetimes").items():
            found += self.whole(f"{policy}, lifetimes", rows, self.lifetimes(policy), ("age",))
        for policy, rows in self.scenario.by_policy("purchases").items():
            found += self.whole(f"{policy}, purchases", rows, self.purchases(policy), ("account",))
        for policy, rows in self.scenario.by_policy("forecasts").items():
            found += self.forecasts(policy, rows)
        for policy, rows in self.scenario.by_policy("contributions").items():
            asked = {(row.get("month"), row.get("metric")) for row in rows}
            there = self.contributions(policy, asked)
            found += self.whole(f"{policy}, contributions", rows, there, ("month", "metric", "account"))
        if "revenue_lines" in self.scenario.body:
            rows = self.scenario.table(self.scenario.body["revenue_lines"], "revenue_lines")
            found += self.whole("revenue lines", rows, self.revenue_lines(), ("line",))
        for mart, key in MARTS.items():
            for policy, rows in self.scenario.by_policy(mart).items():
                found += self.whole(f"{mart} of {policy}", rows, self.mart(mart, policy), key)
        rows = self.scenario.body.get("rejected") or []
        rows = self.scenario.table(rows, "rejected") if rows else []
        return found + self.whole("rejected", rows, self.rejected(), ("table", "key", "reason"))

    def query(self, sql: str, *parameters) -> list[dict]:
        """Rows of a query as dicts."""
        cursor = self.database.execute(sql, parameters)
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row)) for row in cursor.fetchall()]

    @cached_property
    def metrics(self) -> dict:
        """Rows of monthly_metrics by policy, dimension, value, month and metric, as far as the scenario asks for them."""
        asked = {
            (policy, *self.scenario.place(row)) for policy, rows in self.scenario.by_policy("figures").items() for row in rows
        }
        found = defaultdict(dict)
        for policy, dimension, value in asked:
            rows = self.query(
                "select * from metrics.monthly_metrics where policy = ? and dimension = ? and dimension_value = ?",
                policy,
                dimension,
                value,
            )
            for row in rows:
                found[policy, dimension, value, f"{row['month']:%Y-%m}"][row["metric"]] = row
        return found

    @cached_property
    def known_metrics(self) -> set[str]:
        """The metrics that there are, which are the columns of monthly_summary."""
        return {row["column_name"] for row in self.query("describe metrics.monthly_summary")} - {"policy", "month"}

    def figures(self, policy: str, rows: list[dict]) -> list[Check]:
        """Expected figures; a cell `metric.column` is another column than the value."""
        checks = []
        for row in rows:
            dimension, value = self.scenario.place(row)
            cells = {name: text for name, text in row.items() if name not in ("month", dimension)}
            if not cells:
                raise self.scenario.error(f"figures: {row} names no metric")
            for month in months_between(*month_range(row["month"])):
                there = self.metrics.get((policy, dimension, value, month), {})
                for name, expected in cells.items():
                    metric, _, column = name.partition(".")
                    if metric not in self.known_metrics:
                        raise self.scenario.error(f"{metric} is no metric{contract.nearest(metric, list(self.known_metrics))}")
                    if there and metric not in there:
                        raise self.scenario.error(f"{metric} has no row in {month}")
                    got = there[metric][column or "value"] if there else "no row"
                    # A month in which a segment has nothing has no rows.
                    is_right = expected == "0" if not there else agrees(expected, got)
                    where = f"{policy}, {month}" + (f", {dimension} {row[dimension]}" if dimension in row else "")
                    checks.append(Check(where, name, expected, got, is_right))
        return checks

    def whole(self, where: str, rows: list[dict], there: list[dict], key: tuple[str, ...]) -> list[Check]:
        """Expected rows against all rows that are there: none may be missing, none too many."""
        for row in rows:
            if set(key) - set(row) or (there and set(row) - set(there[0])):
                known = ", ".join(there[0] if there else key)
                raise self.scenario.error(f"{where}: {row} has to have {', '.join(key)}; it may have {known}")
        expected, got = ({tuple(row[name] for name in key): row for row in side} for side in (rows, there))
        if len(expected) < len(rows) or len(got) < len(there):
            raise self.scenario.error(f"{where}: {key} does not tell the rows apart:\n{rows}\n{there}")
        checks = []
        for one in dict.fromkeys([*expected, *got]):
            row, other = expected.get(one), got.get(one)
            checks.append(Check(f"{where}, {', '.join(one)}", "row", row and "there", other and "there", bool(row and other)))
            if row and other:
                checks += [
                    Check(f"{where}, {', '.join(one)}", name, text, other[name], agrees(text, other[name]))
                    for name, text in row.items()
                    if name not in key
                ]
        return checks

    def movements(self, policy: str) -> list[dict]:
        """The entity's movements with their causes, which carry the sign of what they did to MRR."""
        sign = "case movement_type when 'contraction' then -1 else 1 end"
        causes = ", ".join(f"{cause}_amount * {sign} as {cause}" for cause in CAUSES)
        nothing = ", ".join(f"0 as {cause}" for cause in CAUSES)
        return self.query(
            f"""
            select
                strftime(month, '%Y-%m') as month, account_id as account, movement_type as type, amount,
                opening_mrr as opening, closing_mrr as closing, {causes}
            from metrics.fct_mrr_movements
            where policy = $1 and billing_entity = $2
            union all
            select
                strftime(month, '%Y-%m') as month, account_id as account, movement_type as type, closing_mrr as amount,
                0 as opening, closing_mrr as closing, {nothing}
            from metrics_intermediate.int_mrr__account_months
            where policy = $1 and billing_entity = $2 and movement_type = 'opening_balance'
            """,
            policy,
            self.scenario.entity,
        )

    def cohorts(self, policy: str, rows: list[dict]) -> list[Check]:
        """Expected cells of the cohort table; a cell that is ~ isn't there."""
        there = {
            (f"{row['cohort_month']:%Y-%m}", str(row["months_since_start"])): row
            for row in self.query(
                """
                select * from metrics.cohort_retention
                where policy = ? and dimension = 'billing_entity' and dimension_value = ?
                """,
                policy,
                self.scenario.entity,
            )
        }
        checks = []
        for row in rows:
            cell = there.get((row["cohort"], row["age"]))
            for name, expected in row.items():
                if name not in ("cohort", "age"):
                    got = cell[name] if cell else None
                    where = f"{policy}, cohort {row['cohort']}, age {row['age']}"
                    checks.append(Check(where, name, expected, got, agrees(expected, got)))
        return checks

    def playbooks(self, policy: str) -> list[dict]:
        """How the entity's accounts are looked after."""
        return self.query(
            """
            select
                account_id as account, mrr, touch_tier as touch, replace(csm_id, $2 || ': ', '') as csm, csm_share, is_new,
                first_mrr, arpa_new, arpa_multiple, onboarding_tier as onboarding, renews_on::text as renews_on
            from metrics.account_playbooks where policy = $1 and billing_entity = $2
            """,
            policy,
            self.scenario.entity,
        )

    def lifetimes(self, policy: str) -> list[dict]:
        """The entity's survival curve."""
        return self.query(
            """
            select age_months::text as age, at_risk, events, survival
            from metrics.customer_lifetimes
            where policy = ? and dimension = 'billing_entity' and dimension_value = ?
            """,
            policy,
            self.scenario.entity,
        )

    def expansions(self, policy: str, accounts: set) -> list[dict]:
        """All candidates of some of the entity's accounts."""
        rows = self.query(
            """
            select
                account_id as account, product_id as product, expansion_type as type, offer, rank_in_account as rank,
                rank_in_type, current_mrr as current, median_mrr as median, potential_mrr as potential, expected_mrr as
                expected, peer_share, peers, peers_with, peer_level as level
            from metrics.expansion_candidates where policy = ? and billing_entity = ?
            """,
            policy,
            self.scenario.entity,
        )
        return [row for row in rows if row["account"] in accounts]

    def purchases(self, policy: str) -> list[dict]:
        """The entity's accounts that bought something by itself."""
        return self.query(
            """
            select account_id as account, * exclude (policy, billing_entity, account_id)
            from metrics.customer_purchases where policy = ? and billing_entity = ?
            """,
            policy,
            self.scenario.entity,
        )

    def contributions(self, policy: str, asked: set) -> list[dict]:
        """The entity's parts of the figures asked for, by month and metric."""
        rows = self.query(
            """
            select strftime(month, '%Y-%m') as month, metric, account_id as account, numerator, denominator
            from metrics.metric_contributions
            where policy = ? and billing_entity = ? and list_contains(?, metric)
            """,
            policy,
            self.scenario.entity,
            sorted({metric for _, metric in asked}),
        )
        return [row for row in rows if (row["month"], row["metric"]) in asked]

    def forecasts(self, policy: str, rows: list[dict]) -> list[Check]:
        """Expected cells of the forecast table; a cell that is ~ is empty, or isn't there."""
        there = {
            f"{row['month']:%Y-%m}": row
            for row in self.query(
                """
                select * from metrics.mrr_forecast
                where policy = ? and dimension = 'billing_entity' and dimension_value = ?
                """,
                policy,
                self.scenario.entity,
            )
        }
        return [
            Check(f"{policy}, forecast {row['month']}", name, expected, got, agrees(expected, got))
            for row in rows
            for name, expected in row.items()
            if name != "month"
            for got in [there[row["month"]][name] if row["month"] in there else None]
        ]

    def revenue_lines(self) -> list[dict]:
        """The entity's part of the inclusion ledger."""
        return self.query(
            """
            select invoice_line_id as line, revenue_class, is_recurring, reason, amount
            from metrics.fct_revenue_lines where billing_entity = ?
            """,
            self.scenario.entity,
        )

    def mart(self, mart: str, policy: str) -> list[dict]:
        """The entity's rows of a public table; ids go by the name of what they identify, months are 2024-03."""
        rows = self.query(f"select * from metrics.{mart} where billing_entity = ?", self.scenario.entity)
        return [
            {name.removesuffix("_id"): f"{value:%Y-%m}" if name == "month" else value for name, value in row.items()}
            for row in rows
            if row.get("policy", policy) == policy
        ]

    def rejected(self) -> list[dict]:
        """The entity's rejected rows."""
        return self.query(
            """
            select table_name as "table", row_key as key, reason, count(*) as copies
            from metrics.rejected_rows where billing_entity = ? group by all
            """,
            self.scenario.entity,
        )


def agrees(expected: str, got: object) -> bool:
    """Whether a value is what was written: to the last digit, or a percentage to the digits that are written."""
    if expected == EMPTY or got is None:
        return expected == EMPTY and got is None
    if isinstance(got, bool):
        return expected == ("true" if got else "false")
    if isinstance(got, (Decimal, int)):
        if not expected.endswith("%"):
            return Decimal(expected.replace(",", "")) == got
        printed = Decimal(expected.rstrip("% "))
        return (Decimal(got) * 100).quantize(printed, ROUND_HALF_UP) == printed
    return expected == str(got)


def report(scenario: Scenario, checks: list[Check]) -> str:
    """What was given, and every expectation beside what came out, for people to read."""
    lines = [f"{scenario.name}  (tests/scenarios/{scenario.topic}.yml)"]
    lines += [scenario.body["about"]] if "about" in scenario.body else []
    lines.append("\ngiven")
    for table, rows in scenario.body["given"].items():
        lines += [f"  {table}", *(f"    {row}" for row in rows)]
    width = max(len(check.where) + len(check.what) for check in checks) + 2
    lines.append(f"\n{'expected':>{width + 20}}  got")
    for check in checks:
        mark = "" if check.is_right else "  <-- wrong"
        place = f"{check.where}  {check.what}"
        lines.append(f"{place:<{width}}{check.expected!s:>20}  {check.got!s}{mark}")
    return "\n".join(lines)


# --- months ------------------------------------------------------------------------------------------------------


def month_range(text: str) -> tuple[str, str]:
    """2024-03, or 2024-03..2024-06."""
    first, _, last = text.partition("..")
    for month in (first, last or first):
        datetime.strptime(month, "%Y-%m")
    if last and last <= first:
        raise ScenarioError(f"{text} is no span of months: the later one comes last")
    return first, last or first


def months_between(first: str, last: str) -> list[str]:
    """Each month from the first to the last."""
    months = [first]
    while months[-1] < last:
        months.append((date.fromisoformat(months[-1] + "-28") + timedelta(days=4)).isoformat()[:7])
    return months


def last_day(month: str) -> str:
    """The month's last day."""
    following = date.fromisoformat(month + "-28") + timedelta(days=4)
    return (following.replace(day=1) - timedelta(days=1)).isoformat()
