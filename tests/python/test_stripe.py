"""Stripe's tables as the loader lays them out, brought to the contract."""

from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest
import yaml

from cs_metrics import ROOT, contract
from cs_metrics.demo import PLANTED_FAULTS
from scratch import Warehouse, read_csv

DATA = Path(__file__).parent / "data" / "stripe"
SAMPLE = ROOT.parent / "shared" / "data" / "fivetran_stripe"
LAYOUT = {
    table["name"]: [column["name"] for column in table["columns"]]
    for table in yaml.safe_load((ROOT / "models" / "staging" / "stripe" / "_stripe__sources.yml").read_text("utf-8"))[
        "sources"
    ][0]["tables"]
}
EXPECTED = sorted(path.stem for path in (DATA / "expected").glob("*.csv"))
AS_OF = "2026-09-10"


# --- A small company on Stripe, beside the demo company ---------------------------------------------------------------


@pytest.fixture(scope="module")
def beside_demo(tmp_path_factory) -> Warehouse:
    """The contract's models over two systems at once: the demo company's files, and a company on Stripe."""
    warehouse = Warehouse(tmp_path_factory.mktemp("stripe"))
    native = {
        name: (table.column_names, read_csv(ROOT / "seeds" / "demo" / f"{name}.csv"))
        for name, table in contract.tables().items()
    }
    months = [f"{year}-{month:02}-28" for year in (2024, 2025, 2026) for month in range(1, 13)]
    native["exchange_rates"][1].extend(
        {"rate_date": day, "from_currency": "JPY", "to_currency": "USD", "rate": "0.0065"} for day in [*months, AS_OF]
    )
    warehouse.load("raw", native)
    warehouse.load("stripe", {name: (columns, read_csv(DATA / f"{name}.csv")) for name, columns in LAYOUT.items()})
    warehouse.dbt(
        "build", "--exclude-resource-type", "unit_test", "--indirect-selection", "cautious", "--select", "+models/marts/quality", "+models/intermediate/contract",
        native_data="source", billing_sources=["native", "stripe"], as_of_date=AS_OF,
    )  # fmt: skip
    return warehouse


@pytest.mark.parametrize("table", EXPECTED)
def test_each_object_gives_the_contract_rows_expected_of_it(beside_demo, table):
    """All rows, accepted and rejected, in the columns of the file."""
    rows = read_csv(DATA / "expected" / f"{table}.csv")
    columns = list(rows[0])
    found = beside_demo.query(
        f"select {', '.join(columns)} from metrics_intermediate.checked_{table} where source_system = 'stripe'"
    )
    assert Counter(tuple(map(shown, row)) for row in found) == Counter(tuple(map(normal, row.values())) for row in rows)


def shown(value: object) -> str:
    """A value of the warehouse as the files write it."""
    if isinstance(value, bool):
        return str(value).lower()
    return normal("" if value is None else str(value))


def normal(text: str) -> str:
    """Text of a file, numbers without trailing zeros."""
    try:
        return str(Decimal(text).normalize() + 0)
    except ArithmeticError:
        return text


def test_what_stripe_s_lines_come_to_is_what_its_documents_ask_for(beside_demo):
    """To the last minor unit, for every invoice, credit note and refund."""
    assert beside_demo.query(
        """
        select invoice_id, total_amount, sum(amount + tax_amount)
        from metrics_intermediate.contract_invoices
        left join metrics_intermediate.contract_invoice_lines using (billing_entity, invoice_id)
        where billing_entity = 'stripe'
        group by all
        having total_amount is distinct from sum(amount + tax_amount)
        """
    ) == []


def test_the_other_system_s_rows_stay_as_they_are(beside_demo):
    """The demo's planted faults are the only ones of its system."""
    found: dict[str, dict[str, int]] = {}
    for table, reason, rows in beside_demo.query(
        "select table_name, reason, count(*) from metrics.rejected_rows where source_system = 'native' group by all"
    ):
        found.setdefault(table, {})[reason] = rows
    assert found == PLANTED_FAULTS


def test_the_documented_columns_are_the_real_ones(beside_demo):
    """Of Stripe's staging models, which the demo company's build doesn't have."""
    properties = yaml.safe_load((ROOT / "models" / "staging" / "stripe" / "_stripe__models.yml").read_text("utf-8"))
    documented = {model["name"]: {column["name"] for column in model["columns"]} for model in properties["models"]}
    real: dict[str, set[str]] = {}
    for table, column in beside_demo.query(
        "select table_name, column_name from information_schema.columns where table_name like 'stg_stripe%'"
    ):
        real.setdefault(table, set()).add(column)
    assert real == documented


# --- The loader's sample ----------------------------------------------------------------------------------------------

LOOKED_UP = "looked up by the rows that refer to it"
IN_HISTORY = "its subscription is read from the history"
IN_CREDIT_NOTE = "pays out a credit note"
APPLIED_ONCE = "applied to one invoice or checkout"
LISTED_TWICE = "is in subscription_discount too"


@pytest.fixture(scope="module")
def sample(tmp_path_factory) -> Warehouse:
    """The whole project, built over the loader's sample alone."""
    if not SAMPLE.is_dir():
        pytest.skip("the sample of the loader's layout is not beside this checkout (../shared/data/fivetran_stripe)")
    warehouse = Warehouse(tmp_path_factory.mktemp("sample"))
    tables = {name: read_csv(SAMPLE / f"{name}_data.csv") for name in LAYOUT}
    warehouse.load("stripe", {name: (list(rows[0]), rows) for name, rows in tables.items()})
    said = warehouse.dbt("run-operation", "find_absent", "--args", "{vendor: stripe}", billing_sources=["stripe"])
    absent = yaml.safe_load(next(line for line in said.splitlines() if line.startswith("stripe_absent")))
    systems = {f"{subject}_sources": [] for subject in ("crm", "survey", "usage", "finance")}
    # Its keys don't meet, so required tables are rejected as a whole, which a company's build would rightly stop at.
    warehouse.dbt(
        "build", "--exclude-resource-type", "unit_test", "--exclude", "data_quality_is_good_enough",
        billing_sources=["stripe"], native_data="source", as_of_date="2026-01-01", **systems, **absent,
    )  # fmt: skip
    return warehouse


def test_every_row_of_the_sample_is_accounted_for(sample):
    """Accepted, rejected with a reason, or of a kind that _stripe__docs.md says has no row of its own."""
    tables = {name: read_csv(SAMPLE / f"{name}_data.csv") for name in LAYOUT}
    outcomes = contract_rows(sample)
    found: dict[str, Counter] = {name: Counter() for name in tables}
    explained = set()
    for name, rows in tables.items():
        for row in rows:
            outcome = other_kind(name, row, tables)
            if outcome is None:
                target, key = place(name, row)
                matches = {
                    one: reason for one, reason in outcomes.items() if one[0] == target and f"{one[1]}:".startswith(f"{key}:")
                }
                assert matches, f"{name} {row}: neither in the contract nor explained"
                explained |= set(matches)
                outcome = ", ".join(sorted(set(matches.values())))
            found[name][outcome] += 1
    assert {name: sum(counts.values()) for name, counts in found.items()} == {name: len(rows) for name, rows in tables.items()}
    assert found == SAMPLE_OUTCOMES
    of_refunds = {("invoices", row["id"]) for row in tables["refund"]}
    assert set(outcomes) - explained <= of_refunds, "rows that come from nowhere"


def contract_rows(warehouse: Warehouse) -> dict[tuple[str, str], str]:
    """The outcome of every row, accepted or not, by its table and the first column of its key."""
    return {
        (table, key): reason
        for table in EXPECTED
        for key, reason in warehouse.query(
            f"select {contract.tables()[table].key[0]}, coalesce(rejection_reason, 'accepted')"
            f" from metrics_intermediate.checked_{table}"
        )
    }


def other_kind(table: str, row: dict, tables: dict[str, list[dict]]) -> str | None:
    """Why a row has none of its own in the contract; None where it must have one."""

    def ids(name: str, column: str = "id") -> set[str]:
        return {one[column] for one in tables[name]}

    if table in ("price", "plan", "coupon", "charge"):
        return LOOKED_UP
    if table == "subscription" and row["id"] in ids("subscription_history"):
        return IN_HISTORY
    if table == "refund" and row["id"] in ids("credit_note", "refund_id"):
        return IN_CREDIT_NOTE
    if table == "discount" and row["id"] in ids("subscription_discount"):
        return LISTED_TWICE
    if table == "discount" and (row["invoice_id"] or row["checkout_session_id"]):
        return APPLIED_ONCE
    return None


def place(table: str, row: dict) -> tuple[str, str]:
    """The contract's table and key that a row has to have come to."""
    targets = {
        "customer": "accounts",
        "product": "products",
        "subscription_history": "subscriptions",
        "subscription": "subscriptions",
        "subscription_item": "subscription_items",
        "subscription_discount": "discounts",
        "discount": "discounts",
        "invoice": "invoices",
        "credit_note": "invoices",
        "invoice_line_item": "invoice_lines",
        "credit_note_line_item": "invoice_lines",
        "refund": "invoice_lines",
    }
    return targets[table], row.get("unique_id") or row["id"]


SAMPLE_OUTCOMES = {
    "customer": {"accepted": 12},
    "product": {"accepted": 10},
    "price": {LOOKED_UP: 4},
    "plan": {LOOKED_UP: 13},
    "subscription": {IN_HISTORY: 2},
    "subscription_history": {"unknown account_id": 2},
    "subscription_item": {"missing product_id": 1, "unknown subscription_id": 13},
    "coupon": {LOOKED_UP: 10},
    "subscription_discount": {"missing percent_off": 3},
    "discount": {APPLIED_ONCE: 6, "missing percent_off": 2, "missing subscription_id": 2},
    "invoice": {"missing issued_at": 2},
    "invoice_line_item": {"missing account_id": 2, "unknown invoice_id": 1},
    "credit_note": {"missing account_id": 2},
    "credit_note_line_item": {"missing account_id": 2},
    "refund": {"missing account_id": 4},
    "charge": {LOOKED_UP: 16},
}
