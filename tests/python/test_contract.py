"""The input contract: which rows it takes, which it rejects, and why.

tests/python/data/contract/ has rows for every table with the outcome expected of each: the reason for which it is
rejected, or nothing. What holds for every table alike is made from the contract itself: a required column that is
empty, a value that can't be read, a day that can't be true.
"""

import json
import re
from collections import Counter
from datetime import datetime
from pathlib import Path

import pytest
import yaml

from cs_metrics import ROOT, contract
from cs_metrics.demo import PLANTED_EMPTIED, PLANTED_FAULTS
from scratch import Warehouse, read_csv

FAULTS = Path(__file__).parent / "data" / "contract"
TABLES = contract.tables()
EACH_TABLE = pytest.mark.parametrize("table", TABLES.values(), ids=list(TABLES))
NOT_KNOWN = "(not known)"
EXTRA = "x_owner"
UNREADABLE = {"date": "31/12/2024", "timestamp": "next week", "boolean": "maybe", "integer": "some", "decimal": "1,5", "price": "1,5", "rate": "~2"}
# Of the tables in which a made row's key names another row: what becomes of it when nothing else is wrong with it.
REFERS = {
    "subscription_pauses": "unknown subscription_id", "csm_assignments": "unknown account_id", "account_segments": "unknown account_id",
    "usage_events": "unknown account_id",
}
FORMATS = {"date": "%Y-%m-%d", "timestamp": "%Y-%m-%d %H:%M:%S"}


def rows_of(table: contract.Table) -> list[dict]:
    """The file's rows and those made from its first, each with the outcome expected of it."""
    rows = read_csv(FAULTS / f"{table.name}.csv")
    for column in table.columns:
        faults = [("", f"missing {column.name}")] if column.is_required else []
        if column.kind != "text":
            faults.append((UNREADABLE[column.kind], f"unreadable {column.name}"))
        if column.kind in FORMATS and column.name != "loaded_at":
            faults += [("1889-06-01", f"invalid {column.name}"), ("2124-01-01", f"invalid {column.name}")]
        for value, fault in faults:
            # A label's fault costs the label alone, and an end that far away is none.
            is_taken = column.is_label or (column.is_end and value == "2124-01-01")
            rows.append(made_row(table, rows[0], column.name, value, fault, REFERS.get(table.name, "") if is_taken else fault))
    return rows


def made_row(table: contract.Table, good: dict, column: str, value: str, fault: str, outcome: str) -> dict:
    """A good row under a key of its own, with one column changed."""
    key = next(one.name for one in table.columns if one.name in table.key and one.kind == "text")
    name = f"{fault} {value}".strip()
    return good | {key: name.upper() if key.endswith("currency") else name} | {column: value, "expected": outcome}


def key_of(table: contract.Table, row: dict) -> tuple:
    """The key of a row as the warehouse shows it."""
    return tuple(shown(column.kind, row.get(column.name)) for column in table.columns if column.name in table.full_key)


def shown(kind: str, value: str | None) -> str | None:
    """A value as the warehouse shows it: NULL where it can't be read."""
    if kind not in FORMATS or not value:
        return value or None
    try:
        return datetime.fromisoformat(value).strftime(FORMATS[kind])
    except ValueError:
        return None


@pytest.fixture(scope="module")
def checked(tmp_path_factory) -> Warehouse:
    """The contract's models, built over the rows of all tables."""
    warehouse = Warehouse(tmp_path_factory.mktemp("contract"))
    warehouse.load("raw", {name: (all_columns(table), rows_of(table)) for name, table in TABLES.items()})
    warehouse.dbt(
        "build", "--indirect-selection", "cautious", "--select", "+models/marts/quality", "--exclude", "data_quality_is_good_enough",
        native_data="source", as_of_date="2024-09-10", account_extra_columns=[EXTRA],
    )  # fmt: skip
    return warehouse


def all_columns(table: contract.Table) -> list[str]:
    """The columns of a native table, with the accounts' extension column."""
    return [*table.column_names, *([EXTRA] if table.name == "accounts" else [])]


@EACH_TABLE
def test_each_row_has_the_outcome_expected_of_it(checked, table):
    """Every row is there, accepted or with its reason."""
    expected = Counter((*key_of(table, row), row["expected"] or None) for row in rows_of(table) if row["expected"] != NOT_KNOWN)
    key = ", ".join(f"cast({column.name} as varchar)" for column in table.columns if column.name in table.full_key)
    found = Counter(checked.query(f"select {key}, rejection_reason from metrics_intermediate.checked_{table.name}"))
    assert found == expected


@EACH_TABLE
def test_the_file_has_a_row_for_every_reason(checked, table):
    """Every reason that the check's CASE can give."""
    compiled = checked.folder / "target" / "compiled" / "cs_metrics" / "models" / "intermediate" / "contract"
    reasons = set(re.findall(r"then '([a-z_ ]+)'", (compiled / f"checked_{table.name}.sql").read_text("utf-8")))
    named = {row["expected"] for name, one in TABLES.items() for row in rows_of(one) if name == table.name or is_of_keys(row)}
    assert reasons - {"unreadable "} <= named


def is_of_keys(row: dict) -> bool:
    """Whether the row's outcome is one of those that are found in the same way in every table."""
    return row["expected"] in ("superseded", "never in force", "conflicting versions", "duplicate row")


def test_a_rejected_row_can_be_read_back_as_json(checked):
    """Whatever its texts contain, and with the value that couldn't be read as the source has it."""
    rows = {
        (table, key, reason): json.loads(text)
        for table, key, reason, text in checked.query("select table_name, row_key, reason, row_json from metrics.rejected_rows")
    }
    (name,) = [row["account_name"] for row in read_csv(FAULTS / "accounts.csv") if row["account_id"] == "a8"]
    assert "\n" in name and "\t" in name
    assert rows["accounts", "account_id=a8", "unreadable is_test"] == {
        **dict.fromkeys(all_columns(TABLES["accounts"])),
        "billing_entity": "north",
        "account_id": "a8",
        "account_name": name,
        "created_at": "2024-01-01 09:00:00",
        "source_system": "native",
        "emptied": "invalid employee_count: -8\n",
        "unreadable": {"is_test": "perhaps"},
    }
    # A word is shown as the source has it, also where the contract knows it by another.
    assert rows["subscriptions", "subscription_id=s3", "invalid status"]["status"] == "Asleep"
    assert rows["subscriptions", "subscription_id=s12", "unknown account_id"]["status"] == "CANCELED"


def test_labels_that_could_not_be_taken_are_counted(checked):
    """By column and reason, over accepted rows, with an example; also of a row that has several."""
    found = {
        (table, column, reason): (rows, key, value)
        for table, column, reason, rows, key, value in checked.query(
            "select table_name, column_name, reason, row_count, example_key, example_value from metrics.emptied_values"
        )
    }
    assert found["accounts", "employee_count", "invalid"] == (1, "account_id=a11", "-1")
    assert found["accounts", "employee_count", "unreadable"] == (2, "account_id=a12", "51-200")
    assert found["accounts", "created_at", "unreadable"] == (2, "account_id=a12", "Spring, or so")
    # The zero of a system's clock stands for no date: it is emptied, but isn't counted as a fault.
    assert found["accounts", "created_at", "invalid"][0] == 2
    assert checked.query("select created_at from metrics_intermediate.contract_accounts where account_id = 'a14'") == [(None,)]
    assert found["accounts", EXTRA, "conflicting"] == (1, "account_id=a13", "Ada / Bea")
    assert ("accounts", EXTRA, "unreadable") not in found and ("accounts", "account_name", "conflicting") not in found
    assert found["invoices", "total_amount", "invalid"] == (1, "invoice_id=n4", "999999999999.500000")
    labels = {(name, column.name) for name, table in TABLES.items() for column in table.columns if column.is_label}
    assert {key[:2] for key in found} <= labels | {("accounts", EXTRA)}
    assert checked.query(
        "select account_name, created_at, employee_count from metrics_intermediate.contract_accounts where account_id = 'a12'"
    ) == [("Two that can't be read", None, None)]
    assert checked.query(
        f"select account_name, {EXTRA} from metrics_intermediate.contract_accounts where account_id = 'a13'"
    ) == [("Contradicted in a label", None)]


def test_every_word_of_the_vocabulary_is_taken(tmp_path):
    """In its own spelling, with a capital, with blanks and hyphens: a row each, and each comes out in the contract's words."""
    words = contract.vocabulary()
    columns = {column.vocabulary: (name, column.name) for name, table in TABLES.items() for column in table.columns if column.vocabulary}
    assert set(columns) == set(words)
    rows = {name: [] for name in TABLES}
    for vocabulary, (name, column) in columns.items():
        good = read_csv(FAULTS / f"{name}.csv")[0]
        key = next(one for one in TABLES[name].columns if one.name in TABLES[name].key and one.kind == "text").name
        for word in words[vocabulary]:
            for number, written in enumerate((word, word.upper(), f" {word.replace('_', ' ').title()} ", word.replace("_", "-"))):
                row = good | {key: f"{word} {number}", column: written, "ended_at": "", "valid_to": ""}
                row |= {"valid_to": "2024-08-01"} if vocabulary == "discount_duration" else {}
                rows[name].append(row)
    for name in ("accounts", "products"):
        rows[name] = [row for row in read_csv(FAULTS / f"{name}.csv") if row["expected"] == ""]
    rows["subscriptions"] += [row for row in read_csv(FAULTS / "subscriptions.csv") if row["subscription_id"] == "s1"]
    warehouse = Warehouse(tmp_path)
    warehouse.load("raw", {name: (all_columns(TABLES[name]), rows[name]) for name in TABLES})
    checks = [f"checked_{name}" for name, _ in columns.values()]
    warehouse.dbt("seed", "--select", "vocabulary", "charge_code_rules", "revenue_classes")
    warehouse.dbt(
        "run", "--select", *(f"+{check}" for check in checks), native_data="source", as_of_date="2024-09-10", account_extra_columns=[EXTRA]
    )
    for vocabulary, (name, column) in columns.items():
        key = TABLES[name].key[0]
        found = warehouse.query(f"select {key}, {column}, rejection_reason from metrics_intermediate.checked_{name}")
        expected = {(f"{word} {number}", meaning, None) for word, meaning in words[vocabulary].items() for number in range(4)}
        assert expected <= set(found), sorted(map(str, expected - set(found)))[:5]


def test_every_reason_has_an_example_and_the_right_form(checked):
    """Of each reason that a check can give, in every table; the counts are those of the rejected rows."""
    reasons = checked.query("select table_name, reason, row_count, example_key, example_value, expected from metrics.rejection_reasons")
    counted = checked.query("select table_name, reason, count(*) from metrics.rejected_rows group by all")
    assert Counter((table, reason, count) for table, reason, count, *_ in reasons) == Counter(counted)
    assert len(reasons) > 200
    assert [reason for reason in reasons if reason[-1].startswith("see the description")] == []
    forms = {(table, reason): (value, expected) for table, reason, _, _, value, expected in reasons}
    a_day = "a day or an instant from 1950 on, such as 2024-03-31 or 2024-03-31 14:30:00"
    statuses = "one of incomplete, trialing, active, past_due, paused, unpaid, cancelled"
    assert forms["subscriptions", "invalid status"][1] == statuses
    assert forms["subscriptions", "unreadable started_at"] == ("next week", a_day)
    assert forms["subscriptions", "unreadable ended_at"] == ("next week", f"{a_day}; or empty")
    assert forms["subscription_items", "unreadable unit_amount"][0] == "1,5"
    assert "with a decimal point" in forms["subscription_items", "unreadable unit_amount"][1]
    assert forms["subscription_items", "unknown product_id"][1] == "an accepted row of products with this product_id"
    assert forms["subscriptions", "missing status"] == (None, f"a value: {statuses}")
    assert forms["subscriptions", "ended_at before started_at"][1] == "ended_at on or after started_at; or empty"
    assert forms["acquisition_costs", "unknown currency"][0] == "XYZ"
    assert forms["acquisition_costs", "duplicate row"] == (None, "nothing to mend: another copy of the row counts")
    assert all(value for (_, reason), (value, _) in forms.items() if reason.startswith(("unreadable ", "invalid ", "unknown ")))


def test_a_status_that_dates_contradict_is_named_with_what_is_taken(checked):
    """One row a kind, with how many subscriptions there are and which is one of them."""
    name = "subscription_statuses_agree_with_dates"
    checked.dbt("compile", "--select", name, native_data="source", as_of_date="2024-09-10", account_extra_columns=[EXTRA])
    query = checked.folder / "target" / "compiled" / "cs_metrics" / "tests" / "singular" / f"{name}.sql"
    found = {row[0]: row[1:] for row in checked.query(query.read_text("utf-8"))}
    assert found == {
        "trialing without a date of the trial": ("a trial from started_at on that lasts", 1, "north: s40"),
        "trialing, and trial_ended_at has passed": ("a trial that lasts", 1, "north: s41"),
        "past its trial, and trial_ended_at is to come": ("a trial until then", 1, "north: s43"),
        "not cancelled, and ended_at has passed": ("in service until ended_at", 2, "north: s24"),
        "cancelled, and ended_at is to come": ("in service until ended_at", 1, "north: s44"),
        "cancelled without ended_at": ("in service until cancel_requested_at", 1, "north: s23"),
        "cancelled without a date": ("in service as long as the terms of its items", 1, "north: s25"),
        "cancelled, and its trial has no end": ("on trial until it ended", 1, "north: s45"),
    }


def test_extension_columns_of_accounts_flow_through(checked):
    """They are in the contract's view, and in the JSON of a rejected row."""
    assert checked.query(f"select {EXTRA} from metrics_intermediate.contract_accounts where account_id = 'a3'") == [("Ada",)]
    assert checked.query(
        f"select json_extract_string(row_json, '{EXTRA}') from metrics.rejected_rows"
        " where table_name = 'accounts' and reason = 'superseded' and row_key = 'account_id=a3'"
    ) == [("Bea",)]


def test_instants_are_wall_clock_in_the_reporting_time_zone(tmp_path):
    """Either side of midnight and of the clocks' change; what had arrived is judged by that clock too."""
    warehouse = Warehouse(tmp_path)
    accounts = {
        "winter": ("2024-01-01 04:59:59", "2024-01-01 05:00:00"),
        "summer": ("2024-07-01 03:59:59", "2024-07-01 04:00:00"),
        "just arrived": ("2024-07-01 04:00:00", "2024-09-11 03:59:59"),
        "not yet": ("2024-07-01 04:00:00", "2024-09-11 04:00:00"),
    }
    table = TABLES["accounts"]
    rows = [
        {"billing_entity": "north", "account_id": name, "created_at": created, "loaded_at": loaded}
        for name, (created, loaded) in accounts.items()
    ]
    warehouse.load("raw", {"accounts": (table.column_names, rows)})
    warehouse.dbt(
        "run", "--select", "+contract_accounts",
        native_data="source", as_of_date="2024-09-10", reporting_time_zone="America/New_York",
    )  # fmt: skip
    found = warehouse.query(
        "select account_id, cast(created_at as varchar), cast(loaded_at as varchar)"
        " from metrics_intermediate.contract_accounts order by loaded_at"
    )
    assert found == [
        ("winter", "2023-12-31 23:59:59", "2024-01-01 00:00:00"),
        ("summer", "2024-06-30 23:59:59", "2024-07-01 00:00:00"),
        ("just arrived", "2024-07-01 00:00:00", "2024-09-10 23:59:59"),
    ]


def test_the_rows_of_each_table_add_up(checked):
    """Rows in the source that have arrived = accepted + rejected, counted without the project's own test."""
    counted = dict(checked.query("select table_name, sum(row_count) from metrics.data_quality_summary group by 1"))
    rejected = dict(checked.query("select table_name, count(*) from metrics.rejected_rows group by 1"))
    for name, table in TABLES.items():
        known = [row for row in rows_of(table) if row["expected"] != NOT_KNOWN]
        assert counted[name] == len(known)
        assert rejected[name] == sum(row["expected"] != "" for row in known)


def test_the_demo_s_planted_faults_come_out_in_the_planted_numbers(demo):
    """Not one more and not one less, for each table and reason."""
    found: dict[str, dict[str, int]] = {name: {} for name in PLANTED_FAULTS}
    for table, reason, rows in demo.execute(
        "select table_name, reason, count(*) from metrics.rejected_rows group by all"
    ).fetchall():
        found[table][reason] = rows
    assert found == PLANTED_FAULTS


def test_the_demo_s_planted_labels_are_emptied_and_no_others(demo):
    """One row each."""
    found = demo.execute("select table_name, column_name, reason, row_count from metrics.emptied_values").fetchall()
    assert set(found) == {(table, column, reason, 1) for table, columns in PLANTED_EMPTIED.items() for column, reason in columns.items()}


def test_the_demo_s_rows_are_accepted_rejected_or_not_yet_known(demo):
    """Nothing of the demo company's files is lost."""
    counted = dict(
        demo.execute("select table_name, sum(row_count) from metrics.data_quality_summary group by all").fetchall()
    )
    for name in TABLES:
        rows = read_csv(ROOT / "seeds" / "demo" / f"{name}.csv")
        assert counted[name] == sum(row["loaded_at"] < "2026-09-11" for row in rows)


def test_the_systems_list_has_the_contract_s_tables():
    """macros/contract/systems.sql names each table once, in the contract's order."""
    text = (ROOT / "macros" / "contract" / "systems.sql").read_text("utf-8")
    assert re.findall(r"'(\w+)': \{'systems'", text) == list(TABLES)
    required = re.findall(r"'(\w+)': \{'systems'.*'is_required': true", text)
    assert required == [name for name, table in TABLES.items() if table.is_required]


def test_the_properties_files_follow_from_the_contract():
    """`python -m cs_metrics.contract --write` has been run since the contract was last changed."""
    for path, text in contract.properties().items():
        assert path.read_text("utf-8") == text, f"run: python -m cs_metrics.contract --write ({path.name} is out of date)"
        assert path.suffix == ".csv" or yaml.safe_load(text)["models"]
