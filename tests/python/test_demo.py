"""The demo company: reproducible, small enough to commit, holding every situation, with faults in the stated numbers."""

import csv
import filecmp
import json
import subprocess
import sys
from collections import Counter, defaultdict
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path

import duckdb
import pytest
import yaml

from cs_metrics.demo import PLANTED_EMPTIED, PLANTED_FAULTS, PLANTED_UNCLASSIFIED, catalogue, engagement, facts
from cs_metrics.demo.__main__ import DEMO_ACCOUNTS, DEMO_SEED
from cs_metrics.demo.clock import DAY, HISTORY_START, add_months, at, stamp
from cs_metrics.demo.contract import SOURCES, tables
from cs_metrics.demo.faults import planted_faults
from cs_metrics.demo.life import Discount, Item, Subscription, Term, make_account, place
from cs_metrics.demo.seeds_yml import seeds_yml
from cs_metrics.demo.writer import write_csv, write_parquet

PROJECT = Path(__file__).resolve().parents[2]
SEEDS = PROJECT / "seeds" / "demo"
AS_OF_CUTOFF = "2026-09-11"


def read(folder: Path) -> dict[str, list[dict]]:
    """Each table's rows as dicts of text."""
    rows = {}
    for table in tables():
        with open(folder / f"{table}.csv", encoding="utf-8", newline="") as file:
            rows[table] = list(csv.DictReader(file))
    return rows


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Path:
    """The demo, made anew in another process, with its facts."""
    folder = tmp_path_factory.mktemp("demo")
    subprocess.run(
        [sys.executable, "-m", "cs_metrics.demo", "--out", folder, "--facts", folder / "facts.json"],
        cwd=PROJECT, check=True,
    )
    return folder


@pytest.fixture(scope="module")
def demo(made) -> dict[str, list[dict]]:
    return read(made)


@pytest.fixture(scope="module")
def healthy(demo) -> dict[str, list[dict]]:
    """The demo without the rows planted for faults, which all hang on keys that begin with X."""
    return {
        table: [row for row in rows if not any((value or "").startswith("X") for value in row.values())]
        for table, rows in demo.items()
    }


# --- the files ---------------------------------------------------------------------------------------------------


def test_the_committed_seeds_are_what_the_generator_writes(made):
    names = [f"{table}.csv" for table in tables()]
    same, differ, missing = filecmp.cmpfiles(made, SEEDS, names, shallow=False)
    assert (differ, missing) == ([], []), "write them anew: python -m cs_metrics.demo --out seeds/demo"


def test_the_seeds_properties_are_up_to_date():
    written = (SEEDS / "_demo__seeds.yml").read_text(encoding="utf-8")
    assert written == seeds_yml(), "python -m cs_metrics.demo --seeds-yml seeds/demo/_demo__seeds.yml"
    types = {seed["name"]: list(seed["config"]["column_types"]) for seed in yaml.safe_load(written)["seeds"]}
    assert types == {table: list(columns) for table, columns in tables().items()}


def test_headers_are_the_contracts_columns(demo):
    for table, columns in tables().items():
        assert list(demo[table][0]) == list(columns), table


def test_the_demo_is_small_enough_to_commit():
    assert sum(path.stat().st_size for path in SEEDS.glob("*.csv")) <= 4_500_000


def test_no_value_is_a_programs_word_for_nothing(demo):
    words = {"nan", "none", "null", "inf", "-inf"}
    for table, rows in demo.items():
        assert [row for row in rows if words & {value.lower() for value in row.values()}] == [], table


def test_another_seed_makes_another_company_of_the_same_kind(tmp_path):
    write_csv(tmp_path, list(tables()), seed=DEMO_SEED + 1, size=500)
    other = read(tmp_path)
    assert all(other.values())
    assert rejected(other) == PLANTED_FAULTS


def test_reps_of_a_large_company_are_in_order():
    rows = list(engagement.rep_rows(100_000))
    assert len({row.csm_id for row in rows}) == engagement.rep_count(100_000)
    assert all(row.valid_to is None or row.valid_from < row.valid_to for row in rows)


@pytest.mark.parametrize("size", [370, 1050, 2000, 10_000])
def test_no_subscription_starts_before_the_history(size):
    """There are no exchange rates before it, so the build of such a company would stop."""
    starts = [subscription.start for index in range(60) for subscription in make_account(DEMO_SEED, index, size).subscriptions]
    assert min(starts) >= HISTORY_START


def test_leaving_tables_out_changes_nothing_else(tmp_path):
    write_csv(tmp_path, ["invoice_lines"], seed=DEMO_SEED, size=DEMO_ACCOUNTS)
    assert [path.name for path in tmp_path.iterdir()] == ["invoice_lines.csv"]
    assert filecmp.cmp(tmp_path / "invoice_lines.csv", SEEDS / "invoice_lines.csv", shallow=False)


def test_parquet_holds_the_same_company_with_the_contracts_types(tmp_path):
    names = list(tables())
    write_csv(tmp_path / "csv", names, seed=3, size=40)
    write_parquet(tmp_path / "parquet", names, seed=3, size=40, processes=1)
    rows = read(tmp_path / "csv")
    for table in names:
        parquet = duckdb.read_parquet(str(tmp_path / "parquet" / table / "*.parquet"))
        unreadable = sum(n for reason, n in PLANTED_FAULTS[table].items() if reason.startswith("unreadable"))
        unreadable += list(PLANTED_EMPTIED.get(table, {}).values()).count("unreadable")
        assert len(parquet) == len(rows[table]) - unreadable, table
        assert parquet.columns == list(tables()[table])
    lines = duckdb.read_parquet(str(tmp_path / "parquet" / "invoice_lines" / "*.parquet"))
    assert [str(lines.types[lines.columns.index(name)]) for name in ("amount", "service_start", "is_credit")] == [
        "DECIMAL(18,4)", "TIMESTAMP", "BOOLEAN",
    ]
    amounts = [Decimal(row["amount"]) for row in rows["invoice_lines"] if row["amount"] not in ("", "fifty-nine")]
    assert lines.sum("amount").fetchone()[0] == sum(amounts)


@pytest.mark.parametrize(
    "options, says",
    [
        ([], "nothing to do"),
        (["--out", "x", "--only", "acounts"], "No such table: acounts"),
        (["--out", "x", "--accounts", "0"], "--accounts has to be 1 or more"),
        (["--out", "x", "--months", "99"], "--months has to be from 1 to 48"),
    ],
)
def test_wrong_options_are_answered_with_what_to_do(tmp_path, options, says):
    run = subprocess.run(
        [sys.executable, "-m", "cs_metrics.demo", *options], cwd=tmp_path, env={"PYTHONPATH": str(PROJECT)},
        capture_output=True, text=True,
    )
    assert run.returncode == 2
    assert says in run.stderr


# --- planted faults: a plain second implementation of the checks --------------------------------------------------

ACCEPTED = {
    "subscriptions": {"status": {"incomplete", "trialing", "active", "past_due", "paused", "unpaid", "cancelled"}},
    "subscription_items": {
        "interval_unit": {"day", "week", "month", "quarter", "year", "once"}, "interval_count": (1, 1200),
    },
    "discounts": {"duration": {"once", "repeating", "forever"}, "percent_off": (0, 100)},
    "invoices": {"status": {"draft", "open", "paid", "uncollectible", "void"}},
    "exchange_rates": {"rate": (Decimal("0.00000001"), 10**6)},
    "survey_responses": {"survey_type": {"relationship", "transactional", "csat"}, "score": "on the scale"},
    "csm_assignments": {"share": (Decimal("0.0001"), 1)},
    "usage_events": {"event_count": (0, 10**9)},
    "support_tickets": {"priority": {"low", "normal", "high", "urgent"}},
    "acquisition_costs": {"category": {"sales", "marketing"}},
}
ORDERED = {
    "subscriptions": [("started_at", "ended_at"), ("trial_started_at", "trial_ended_at")],
    "subscription_pauses": [("paused_at", "resumed_at")],
    "subscription_items": [("valid_from", "valid_to")],
    "discounts": [("valid_from", "valid_to")],
    "invoice_lines": [("service_start", "service_end")],
    "csms": [("valid_from", "valid_to")],
    "csm_assignments": [("valid_from", "valid_to")],
    "account_segments": [("valid_from", "valid_to")],
    "users": [("activated_at", "deactivated_at")],
    "support_tickets": [("opened_at", "closed_at")],
}
REFERENCES = {
    "subscriptions": [("account_id", "accounts")],
    "subscription_pauses": [("subscription_id", "subscriptions")],
    "subscription_items": [("subscription_id", "subscriptions"), ("product_id", "products")],
    "discounts": [("subscription_id", "subscriptions"), ("item_id", "subscription_items")],
    "invoices": [("account_id", "accounts")],
    "invoice_lines": [("invoice_id", "invoices"), ("account_id", "accounts")],
    "csm_assignments": [("account_id", "accounts"), ("csm_id", "csms")],
    "account_segments": [("account_id", "accounts")],
    "users": [("account_id", "accounts")],
    "usage_events": [("account_id", "accounts"), ("user_id", "users")],
    "support_tickets": [("account_id", "accounts")],
}
VALUED = {"subscription_items", "invoice_lines", "acquisition_costs", "revenue_costs"}
EXCLUSIVE = {
    "subscription_items": ["item_id"], "csms": ["csm_id"], "account_segments": ["account_id", "segment_name"],
}
READERS = {
    "integer": int, "decimal": Decimal, "price": Decimal, "rate": Decimal, "date": date.fromisoformat, "timestamp": datetime.fromisoformat,
    "boolean": {"true": True, "false": False}.__getitem__, "text": str,
}


def contract_details():
    """Key, required columns and labels of each table."""
    native = yaml.safe_load(SOURCES.read_text(encoding="utf-8"))["sources"][0]
    for table in native["tables"]:
        columns = {column["name"]: column.get("config", {}).get("meta", {}) for column in table["columns"]}
        entity = ["billing_entity"] if "billing_entity" in columns else []
        required = [name for name, meta in columns.items() if meta.get("required")]
        labels = {name for name, meta in columns.items() if meta.get("is_label")}
        yield table["name"], entity + table["config"]["meta"]["key"], required, labels


def is_readable(kind, value) -> bool:
    try:
        READERS[kind](value)
    except (ValueError, KeyError, InvalidOperation):
        return False
    return True


def rejected(demo) -> dict[str, dict[str, int]]:
    """How many rows of each table have to be rejected, by reason."""
    accepted, counts = {}, {}
    rated = {row["from_currency"] for row in demo["exchange_rates"]} | {"USD"}
    for table, key, required, labels in contract_details():
        known = [row for row in demo[table] if row["loaded_at"] < AS_OF_CUTOFF]
        rows = [{column: "" if column in labels else value for column, value in row.items()} for row in known]
        reasons = repeated_keys(rows, key)
        for number, row in enumerate(rows):
            reasons[number] = reasons.get(number) or reason_of(table, row, required, accepted, rated)
        if table in EXCLUSIVE:
            reasons |= overlapping_terms(EXCLUSIVE[table], rows, reasons)
        accepted[table] = [row for number, row in enumerate(rows) if not reasons[number]]
        if table == "invoices":
            keys = {(row["billing_entity"], row["invoice_id"]): row["currency"] for row in accepted[table]}
            accepted["currencies"] = keys
        for parents in REFERENCES.values():
            for column, parent in parents:
                if parent == table:
                    accepted[parent, column] = {(row.get("billing_entity"), row[column]) for row in accepted[table]}
        counts[table] = dict(Counter(filter(None, reasons.values())))
    return counts


def overlapping_terms(columns, rows, reasons) -> dict[int, str]:
    """The terms that begin inside an earlier one of the same thing."""
    taken, found = {}, {}
    terms = [number for number in range(len(rows)) if not reasons[number]]
    for number in sorted(terms, key=lambda number: rows[number]["valid_from"]):
        row = rows[number]
        thing = (row.get("billing_entity"), *(row[column] for column in columns))
        if row["valid_from"] < taken.get(thing, ""):
            found[number] = "overlapping terms"
        else:
            taken[thing] = row["valid_to"] or "9999"
    return found


def repeated_keys(rows, key) -> dict[int, str]:
    """The rows whose key comes more than once, except for the one that counts."""
    versions, reasons = defaultdict(list), {}
    for number, row in enumerate(rows):
        versions[tuple(row[column] for column in key)].append(number)
    for numbers in versions.values():
        newest = max(rows[number]["loaded_at"] for number in numbers)
        current = [number for number in numbers if rows[number]["loaded_at"] == newest]
        reasons |= {number: "superseded" for number in numbers if number not in current}
        if any(rows[number] != rows[current[0]] for number in current):
            reasons |= {number: "conflicting versions" for number in current}
        else:
            reasons |= {number: "duplicate row" for number in current[1:]}
    return reasons


def reason_of(table, row, required, accepted, rated) -> str | None:
    """The first reason why a row has to be rejected."""
    for column, kind in tables()[table].items():
        if row[column] and not is_readable(kind, row[column]):
            return f"unreadable {column}"
    for column in required:
        if not row[column]:
            return f"missing {column}"
    for column, values in ACCEPTED.get(table, {}).items():
        if not row[column]:
            continue
        if values == "on the scale":
            values = (Decimal(row["scale_min"]), Decimal(row["scale_max"]))
        if isinstance(values, set) and row[column] not in values:
            return f"invalid {column}"
        if isinstance(values, tuple) and not values[0] <= Decimal(row[column]) <= values[1]:
            return f"invalid {column}"
    for earlier, later in ORDERED.get(table, ()):
        if row[later] and row[earlier] and row[later] < row[earlier]:
            return f"{later} before {earlier}"
    for column, parent in REFERENCES.get(table, ()):
        entity = row["billing_entity"] if parent != "csms" else None
        if row[column] and (entity, row[column]) not in accepted[parent, column]:
            return f"unknown {column}"
    if table in VALUED and row["currency"] not in rated:
        return "unknown currency"
    if table == "invoice_lines" and row["currency"] != accepted["currencies"][row["billing_entity"], row["invoice_id"]]:
        return "invalid currency"
    return None


def test_faults_come_in_the_stated_numbers_and_nothing_healthy_is_faulty(demo):
    found = rejected(demo)
    assert found == PLANTED_FAULTS


def test_every_kind_of_fault_is_planted():
    reasons = {reason.split(" ")[0] for planted in PLANTED_FAULTS.values() for reason in planted}
    assert reasons >= {"missing", "unreadable", "unknown", "invalid", "overlapping", "duplicate", "superseded", "conflicting"}
    assert not any(reason.startswith("unreadable") for planted in planted_faults(typed=True).values() for reason in planted)


def test_unknown_charge_types_come_in_the_stated_numbers(demo):
    with open(PROJECT / "seeds" / "rules" / "charge_code_rules.csv", encoding="utf-8", newline="") as file:
        known = {row["charge_type"] for row in csv.DictReader(file)}
    for table, count in PLANTED_UNCLASSIFIED.items():
        assert sum(row["charge_type"] not in known for row in demo[table]) == count, table


# --- invoices ----------------------------------------------------------------------------------------------------


def test_every_invoice_total_is_the_sum_of_its_lines_and_their_tax(healthy):
    totals = defaultdict(Decimal)
    for line in healthy["invoice_lines"]:
        totals[line["billing_entity"], line["invoice_id"]] += Decimal(line["amount"]) + Decimal(line["tax_amount"])
    stated = {(one["billing_entity"], one["invoice_id"]): Decimal(one["total_amount"]) for one in healthy["invoices"]}
    assert stated == totals


def test_invoices_follow_from_the_subscriptions(healthy):
    """A whole period bills price x quantity of the terms in force when it opens, less what discounts took off."""
    terms = defaultdict(list)
    for row in healthy["subscription_items"]:
        terms[row["billing_entity"], row["item_id"]].append(row)
    checked = 0
    for line in healthy["invoice_lines"]:
        if line["charge_type"] in facts.RECURRING and line["is_proration"] == "false":
            at_start = [
                term
                for term in terms[line["billing_entity"], line["item_id"]]
                if term["valid_from"] <= line["service_start"] and not "" < term["valid_to"] <= line["service_start"]
            ]
            assert len(at_start) == 1
            listed = Decimal(at_start[0]["unit_amount"]) * Decimal(at_start[0]["quantity"])
            assert Decimal(line["amount"]) + Decimal(line["discount_amount"]) == listed
            assert Decimal(line["amount"]) >= 0
            checked += 1
    assert checked > 5000


def test_credits_are_negative_and_nothing_else_claims_to_be_one(healthy):
    for line in healthy["invoice_lines"]:
        if line["is_credit"] == "true":
            assert Decimal(line["amount"]) < 0
            assert line["charge_type"] in ("credit_note", "refund")


# --- every situation is there ------------------------------------------------------------------------------------


def count(rows, condition) -> int:
    return sum(1 for row in rows if condition(row))


def gaps(healthy):
    """Days between the end of an account's first subscription and the start of its next."""
    spells = defaultdict(list)
    for row in healthy["subscriptions"]:
        spells[row["billing_entity"], row["account_id"]].append((row["started_at"], row["ended_at"]))
    for ones in spells.values():
        for (_, ended), (started, _) in zip(sorted(ones), sorted(ones)[1:]):
            if ended and ended < started:
                yield (datetime.fromisoformat(started) - datetime.fromisoformat(ended)).days


def changes(healthy):
    """Each term of an item with the one before it."""
    terms = defaultdict(list)
    for row in healthy["subscription_items"]:
        terms[row["billing_entity"], row["item_id"]].append(row)
    for ones in terms.values():
        ones.sort(key=lambda row: row["valid_from"])
        yield from zip(ones, ones[1:])


def is_late(row, instant) -> bool:
    return row[instant] < "2026-09-11" and (
        datetime.fromisoformat(row["loaded_at"]) - datetime.fromisoformat(row[instant])
    ).days >= 14


MID_MONTH = slice(8, 10)
SITUATIONS = {
    "two billing entities": lambda d: len({row["billing_entity"] for row in d["accounts"]}) - 1,
    "the same key in both entities": lambda d: len(d["accounts"]) - len({row["account_id"] for row in d["accounts"]}),
    "three currencies": lambda d: len({row["currency"] for row in d["invoices"]}) - 2,
    **{
        f"a {name} plan": lambda d, unit=unit, number=number: count(
            d["subscription_items"], lambda row: (row["interval_unit"], row["interval_count"]) == (unit, number)
        )
        for name, unit, number in (
            ("weekly", "week", "1"), ("monthly", "month", "1"), ("quarterly", "quarter", "1"), ("annual", "year", "1"),
            ("two-year", "year", "2"),
        )
    },
    **{
        f"charge {code} on items": lambda d, code=code: count(d["subscription_items"], lambda row: row["charge_type"] == code)
        for code in ("subscription", "seat", "add_on", "committed_minimum")
    },
    **{
        f"charge {code} on lines": lambda d, code=code: count(d["invoice_lines"], lambda row: row["charge_type"] == code)
        for code in (
            "subscription", "seat", "add_on", "committed_minimum", "usage", "usage_overage", "setup_fee", "consulting",
            "training", "one_off_add_on", "credit_adjustment", "credit_note", "refund", "hardware", "pass_through", "trial",
        )
    },
    **{
        f"{duration} {column} on {of}": lambda d, duration=duration, column=column, of=of: count(
            d["discounts"], lambda row: row["duration"] == duration and row[column] and row[of]
        )
        for duration in ("once", "repeating", "forever")
        for column in ("percent_off", "amount_off")
        for of in ("subscription_id",)
    },
    "a percentage off one item": lambda d: count(d["discounts"], lambda row: row["percent_off"] and row["item_id"]),
    "an amount off one item": lambda d: count(d["discounts"], lambda row: row["amount_off"] and row["item_id"]),
    "all taken off for a while": lambda d: count(d["discounts"], lambda r: r["percent_off"] == "100.00" and r["valid_to"]),
    "all taken off for ever": lambda d: count(d["discounts"], lambda r: r["percent_off"] == "100.00" and not r["valid_to"]),
    "trials": lambda d: count(d["subscriptions"], lambda row: row["trial_ended_at"]),
    "a trial that runs": lambda d: count(d["subscriptions"], lambda row: row["status"] == "trialing"),
    "a trial that ended in nothing": lambda d: count(
        d["subscriptions"], lambda row: row["trial_ended_at"] and row["ended_at"] == row["trial_ended_at"]
    ),
    "never paid for": lambda d: count(d["subscriptions"], lambda row: row["status"] == "incomplete"),
    "a pause that is over": lambda d: count(d["subscription_pauses"], lambda row: row["resumed_at"]),
    "a pause that lasts": lambda d: count(d["subscription_pauses"], lambda row: not row["resumed_at"]),
    "paused": lambda d: count(d["subscriptions"], lambda row: row["status"] == "paused"),
    "past due": lambda d: count(d["subscriptions"], lambda row: row["status"] == "past_due"),
    "more seats in mid-month": lambda d: sum(
        Decimal(b["quantity"]) > Decimal(a["quantity"]) and b["valid_from"][MID_MONTH] != "01" for a, b in changes(d)
    ),
    "fewer seats": lambda d: sum(Decimal(b["quantity"]) < Decimal(a["quantity"]) for a, b in changes(d)),
    "a higher price": lambda d: sum(
        a["product_id"] == b["product_id"] and Decimal(b["unit_amount"]) > Decimal(a["unit_amount"]) for a, b in changes(d)
    ),
    "a higher plan": lambda d: sum((a["product_id"], b["product_id"]) == ("basic", "pro") for a, b in changes(d)),
    "a lower plan": lambda d: sum((a["product_id"], b["product_id"]) == ("pro", "basic") for a, b in changes(d)),
    "two changes on one day": lambda d: sum(a["valid_from"][:10] == b["valid_from"][:10] for a, b in changes(d)),
    "an add-on given up": lambda d: count(d["subscription_items"], lambda r: r["charge_type"] == "add_on" and r["valid_to"]),
    "a change that is known and to come": lambda d: count(
        d["subscription_items"], lambda row: row["valid_from"] > AS_OF_CUTOFF > row["loaded_at"]
    ),
    "cancelled at once": lambda d: count(
        d["subscriptions"], lambda row: row["ended_at"] and row["ended_at"] == row["cancel_requested_at"]
    ),
    "cancelled for the term's end": lambda d: count(
        d["subscriptions"], lambda row: "" < row["cancel_requested_at"] < row["ended_at"] < AS_OF_CUTOFF
    ),
    "cancelled for the future": lambda d: count(
        d["subscriptions"], lambda row: row["ended_at"] > AS_OF_CUTOFF > row["cancel_requested_at"] > ""
    ),
    "signed and not live": lambda d: count(
        d["subscriptions"], lambda row: "" < row["signed_at"] < AS_OF_CUTOFF < row["started_at"]
    ),
    "a return after one or two months": lambda d: sum(28 <= days <= 70 for days in gaps(d)),
    "a return after more than a year": lambda d: sum(days > 366 for days in gaps(d)),
    "joined and left within one month": lambda d: count(
        d["subscriptions"], lambda row: not row["trial_ended_at"] and row["started_at"][:7] == row["ended_at"][:7]
    ),
    "started on 29 February": lambda d: count(d["subscriptions"], lambda row: row["started_at"].startswith("2024-02-29")),
    "started on a 31st": lambda d: count(d["subscriptions"], lambda row: row["started_at"][MID_MONTH] == "31"),
    "started at a month's first instant": lambda d: count(
        d["subscriptions"], lambda row: row["started_at"].endswith("-01 00:00:00")
    ),
    "ended at a month's first instant": lambda d: count(
        d["subscriptions"], lambda row: row["ended_at"].endswith("-01 00:00:00")
    ),
    "all hours of the day": lambda d: len({row["started_at"][11:13] for row in d["subscriptions"]}) // 24,
    "an account in two currencies": lambda d: sum(
        len(currencies) > 1
        for currencies in {
            (row["billing_entity"], row["account_id"]): {
                other["currency"]
                for other in d["invoices"]
                if (other["billing_entity"], other["account_id"]) == (row["billing_entity"], row["account_id"])
            }
            for row in d["accounts"]
        }.values()
    ),
    **{
        f"{status} invoices": lambda d, status=status: count(d["invoices"], lambda row: row["status"] == status)
        for status in ("draft", "open", "paid", "uncollectible", "void")
    },
    "overdue invoices": lambda d: count(d["invoices"], lambda r: r["status"] == "open" and r["due_at"] < "2026-09-10"),
    "credit notes": lambda d: count(d["invoice_lines"], lambda row: row["is_credit"] == "true"),
    "taxes": lambda d: count(d["invoice_lines"], lambda row: row["tax_amount"] not in ("0.00", "")),
    "prorations charged": lambda d: count(d["invoice_lines"], lambda r: r["is_proration"] == "true" and r["amount"] > "0"),
    "prorations credited": lambda d: count(d["invoice_lines"], lambda r: r["is_proration"] == "true" and r["amount"] < "0"),
    "accounts under a parent": lambda d: count(d["accounts"], lambda row: row["parent_account_id"]),
    "a parent that isn't known": lambda d: count(d["accounts"], lambda row: row["parent_account_id"] == "A9999"),
    "test accounts": lambda d: count(d["accounts"], lambda row: row["is_test"] == "true"),
    "deleted accounts": lambda d: count(d["accounts"], lambda row: row["is_deleted"] == "true"),
    **{
        f"no {column}": lambda d, column=column: count(d["accounts"], lambda row: not row[column])
        for column in ("country", "region", "industry", "employee_count")
    },
    "late invoices": lambda d: count(d["invoices"], lambda row: is_late(row, "issued_at")),
    "late terms": lambda d: count(d["subscription_items"], lambda row: is_late(row, "valid_from")),
    "late answers": lambda d: count(d["survey_responses"], lambda row: is_late(row, "responded_at")),
    "terms not yet known": lambda d: count(d["subscription_items"], lambda row: row["loaded_at"] > AS_OF_CUTOFF),
    "invoices not yet known": lambda d: count(d["invoices"], lambda row: row["loaded_at"] > AS_OF_CUTOFF),
    **{
        f"segment {name} that changes": lambda d, name=name: count(
            d["account_segments"], lambda row: row["segment_name"] == name and row["valid_to"]
        )
        for name in ("tier", "territory")
    },
    **{
        f"{kind} answers from {low} to {high}": lambda d, kind=kind, low=low, high=high: count(
            d["survey_responses"], lambda row: (row["survey_type"], row["scale_min"], row["scale_max"]) == (kind, low, high)
        )
        for kind, low, high in (
            ("relationship", "0", "10"), ("relationship", "1", "10"), ("transactional", "0", "10"), ("csat", "1", "5"),
        )
    },
    "answers without a score": lambda d: count(d["survey_responses"], lambda row: not row["score"]),
    "comments": lambda d: len({row["comment"] for row in d["survey_responses"]}) - 10,
    "more invitations than answers": lambda d: len(d["survey_invitations"]) - len(d["survey_responses"]),
    "a rep whose hours change": lambda d: len(d["csms"]) - len({row["csm_id"] for row in d["csms"]}),
    "a rep who left": lambda d: len({r["csm_id"] for r in d["csms"]} - {r["csm_id"] for r in d["csms"] if not r["valid_to"]}),
    "shared accounts": lambda d: count(d["csm_assignments"], lambda row: row["share"]),
    "a change of reps": lambda d: count(d["csm_assignments"], lambda row: row["valid_to"]),
    "accounts without a rep": lambda d: len(d["accounts"]) - len(
        {(row["billing_entity"], row["account_id"]) for row in d["csm_assignments"]}
    ),
    "users who left": lambda d: count(d["users"], lambda row: row["deactivated_at"]),
    "open tickets": lambda d: count(d["support_tickets"], lambda row: not row["closed_at"]),
    "rated tickets": lambda d: count(d["support_tickets"], lambda row: row["satisfaction_score"]),
    "paid media": lambda d: count(d["acquisition_costs"], lambda row: row["is_paid_media"] == "true"),
    "costs that all entities share": lambda d: count(d["acquisition_costs"], lambda row: not row["billing_entity"]),
    "costs by segment": lambda d: count(d["acquisition_costs"], lambda row: row["segment_value"]),
    "costs of services": lambda d: count(d["revenue_costs"], lambda row: row["revenue_stream"] == "services"),
}


@pytest.mark.parametrize("situation", SITUATIONS)
def test_the_demo_holds(healthy, situation):
    assert SITUATIONS[situation](healthy) > 0


def test_a_rate_for_every_day_and_currency(healthy):
    days = defaultdict(set)
    for row in healthy["exchange_rates"]:
        days[row["from_currency"]].add(row["rate_date"])
    span = (date(2026, 9, 10) - date(2022, 9, 1)).days + 1
    assert {currency: len(days[currency]) for currency in ("EUR", "GBP")} == {"EUR": span, "GBP": span}


# --- the facts ---------------------------------------------------------------------------------------------------


def test_the_company_is_believable(made):
    months = json.loads((made / "facts.json").read_text())["months_closed"]
    to_usd = {"USD": 1, "EUR": Decimal("1.16"), "GBP": Decimal("1.34")}
    last = [row for row in months if row["month"] == "2026-08-01"]
    mrr = sum(Decimal(amount) * to_usd[currency] for row in last for currency, amount in row["mrr"].items())
    accounts = sum(row["paying_accounts"] for row in last)
    assert 300_000 < mrr < 600_000
    assert 1_000 < mrr / accounts < 2_000
    assert len({row["month"] for row in months}) == 48


def plain_subscription(interval, price, quantity=1) -> Subscription:
    """A subscription of one item from the launch on."""
    one = Subscription()
    one.status, one.interval, one.currency = "active", interval, "USD"
    one.start = one.paid_from = HISTORY_START
    one.end, one.pauses, one.discounts = None, [], []
    one.items = [Item("I1", "seat", Term(HISTORY_START, "pro", price, quantity, HISTORY_START))]
    return one


@pytest.mark.parametrize(
    "interval, cents, mrr",
    [
        (catalogue.YEAR, 1200_00, 100_0000),
        (catalogue.QUARTER, 90_00, 30_0000),
        (catalogue.TWO_YEARS, 240_000_00, 10_000_0000),
        (catalogue.MONTH, 10_00, 10_0000),
        (catalogue.WEEK, 84_00, 365_0000),
    ],
)
def test_facts_bring_a_price_to_one_month(interval, cents, mrr):
    assert facts.item_mrr(plain_subscription(interval, cents), HISTORY_START) == [mrr]


def test_facts_add_percentages_up_and_spread_an_amount():
    one = plain_subscription(catalogue.MONTH, 100_00)
    one.items.append(Item("I2", "add_on", Term(HISTORY_START, "api", 50_00, 1, HISTORY_START)))
    for item, basis_points, cents in ((None, 1000, None), (one.items[0], 2000, None), (None, None, 15_00)):
        one.discounts.append(Discount("D", item, basis_points, cents, "forever", HISTORY_START, None, None))
    # 100 - 30 % of 100 - 10 of the 15; 50 - 10 % of 50 - 5 of the 15
    assert facts.item_mrr(one, HISTORY_START) == [60_0000, 40_0000]


def test_facts_leave_out_trials_pauses_and_what_is_over():
    one = plain_subscription(catalogue.MONTH, 100_00)
    one.paid_from, one.end = HISTORY_START + 14 * DAY, HISTORY_START + 90 * DAY
    one.pauses = [(HISTORY_START + 30 * DAY, HISTORY_START + 40 * DAY)]
    paying = [bool(facts.item_mrr(one, HISTORY_START + day * DAY)) for day in (13, 14, 29, 30, 39, 40, 89, 90)]
    assert paying == [False, True, True, False, False, True, True, False]


# --- time and keys -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "start, months, expected",
    [
        ((2024, 1, 31), 1, "2024-02-29 00:00:00"),
        ((2024, 1, 31), 2, "2024-03-31 00:00:00"),
        ((2024, 2, 29), 12, "2025-02-28 00:00:00"),
        ((2024, 2, 29), 48, "2028-02-29 00:00:00"),
        ((2022, 12, 1), 1, "2023-01-01 00:00:00"),
    ],
)
def test_billing_periods_keep_the_day_where_the_month_has_it(start, months, expected):
    assert stamp(add_months(at(*start), months)) == expected


def test_accounts_are_numbered_without_gaps_in_each_entity():
    numbers = defaultdict(list)
    for index in range(1000):
        entity, number = place(index)
        numbers[entity].append(number)
    assert sorted(numbers["acme-us"]) == list(range(1, 601))
    assert sorted(numbers["acme-eu"]) == list(range(1, 401))
