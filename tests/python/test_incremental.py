"""Tables by account: after any batches of rows, a run that rebuilds what changed gives what a full refresh gives.

Random companies of the oracle, each a billing entity, to which the batches of some days happen: rows that are late,
changed, gone, delivered twice, moved to another account, dates that are reached, rates that are corrected, groups that
break up.
"""

import os
import shutil
from copy import deepcopy
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random

import duckdb
import pytest
from oracle.companies import draw_companies
from oracle.company import REPORTING_CURRENCY, Company, named
from oracle.warehouse import build

COMPANIES = int(os.environ.get("INCREMENTAL_COMPANIES", 30))
BATCHES = int(os.environ.get("INCREMENTAL_BATCHES", 2))
AS_OF = date(2025, 3, 3)
DAYS = 5  # from batch to batch
EVERYTHING = ("+int_changes__built", "+monthly_metrics", "+cohort_retention")
FROM_LEDGER = {"accounts", "account_segments", "subscriptions", "subscription_items", "subscription_pauses", "discounts", "exchange_rates"}
"""What tables by account are built from; of the others a row may change, and nobody is rebuilt."""
KEYS = {
    "subscriptions": "subscription_id", "subscription_items": "item_id", "invoices": "invoice_id", "invoice_lines": "invoice_line_id",
    "discounts": "discount_id", "subscription_pauses": None, "users": "user_id", "exchange_rates": None,
}  # fmt: skip


def batch(company: Company, random: Random, number: int) -> tuple[Company, set[str]]:
    """The company some days later: one to three of its rows are others; and the tables that they're in."""
    tables, changed = deepcopy(company.tables), set()
    for change in range(random.randint(1, 3)):
        names = [name for name in KEYS if tables.get(name)]
        table = random.choice(names)
        changed.add(table)
        rows = tables[table]
        row = random.choice(rows)
        kind = random.choice(["delete", "again", "change", "late", "move"])
        if kind == "delete" and len(rows) > 1:
            rows.remove(row)
        elif kind == "again":
            rows.append(dict(row))
        elif kind == "change":
            amend(row, random)
        elif kind == "late" and KEYS[table]:
            rows.append(row | {KEYS[table]: f"{row[KEYS[table]]} late {number} {change}"})
            amend(rows[-1], random)
        elif kind == "move" and "account_id" in row:
            row["account_id"] = random.choice(tables["accounts"])["account_id"]
    if random.random() < 0.2:
        child = random.choice(tables["accounts"])
        child["parent_account_id"] = random.choice(tables["accounts"])["account_id"]
        changed.add("accounts")
    return replace(company, tables=tables), changed


def amend(row: dict, random: Random) -> None:
    """Change an amount, a quantity or a date of a row."""
    columns = [name for name, value in row.items() if isinstance(value, (Decimal, datetime, date))]
    if columns:
        column = random.choice(columns)
        if isinstance(row[column], Decimal):
            row[column] += random.choice([1, 7])
        else:
            row[column] += timedelta(days=random.choice([-40, -1, 1, 40]))


def plain(accounts: dict[str, str | None], day: datetime) -> Company:
    """Accounts, each under its parent if it has one, with a price that begins on a day; their subscriptions began long before."""
    long_ago = day - timedelta(days=60)
    rows = {
        "products": [{"product_id": "p", "product_name": "P", "charge_class": "subscription"}],
        "accounts": [{"account_id": name, "created_at": long_ago, "parent_account_id": parent} for name, parent in accounts.items()],
        "subscriptions": [{"subscription_id": name, "account_id": name, "status": "active", "started_at": long_ago} for name in accounts],
        "subscription_items": [
            {
                "item_id": name, "subscription_id": name, "product_id": "p", "currency": REPORTING_CURRENCY, "charge_type": "subscription",
                "interval_unit": "month", "interval_count": 1, "unit_amount": Decimal(100), "quantity": Decimal(1),
                "valid_from": day, "valid_to": None,
            }
            for name in accounts
        ],
    }  # fmt: skip
    return Company("", rows)


def begins_tomorrow() -> Company:
    """A company whose only price begins as the day after the first as-of date does, and none of whose rows ever changes."""
    return plain({"a": None}, datetime(AS_OF.year, AS_OF.month, AS_OF.day) + timedelta(days=1))


def breaks_up() -> Company:
    """A group, of which one leaves and another is deleted; and an account by itself that is deleted."""
    return plain({"top": None, "leaves": "top", "deleted": "top", "alone": None}, datetime(AS_OF.year - 1, AS_OF.month, AS_OF.day))


def broken_up(company: Company, number: int) -> Company:
    """What the batch of a number makes of it; no row but the account's own changes, and no account but that one's."""
    tables = deepcopy(company.tables)
    if number == 0:
        next(row for row in tables["accounts"] if row["account_id"] == "leaves")["parent_account_id"] = None
    elif number == 1:
        tables["accounts"] = [row for row in tables["accounts"] if row["account_id"] not in ("deleted", "alone")]
    return replace(company, tables=tables)


def with_other_bills(tables: dict[str, list[dict]], random: Random) -> dict[str, list[dict]]:
    """The tables with other amounts billed, and without a user."""
    tables = deepcopy(tables)
    for line in tables.get("invoice_lines", []):
        line["amount"] += random.choice([1, 7])
    del tables.get("users", [])[:1]
    return tables


def has_foreign_price(company: Company) -> bool:
    """Whether an exchange rate bears on the company."""
    return any(item["currency"] != REPORTING_CURRENCY for item in company.rows("subscription_items"))


def reaches_a_date(company: Company, as_of: date) -> bool:
    """Whether something that was to come has come since the batch before; an end that a discount has by itself is one."""
    instants = [value for rows in company.tables.values() for row in rows for value in row.values() if isinstance(value, date)]
    days = [value.date() if isinstance(value, datetime) else value for value in instants]
    once = any(row["duration"] == "once" and not row.get("valid_to") for row in company.rows("discounts"))
    return once or any(as_of - timedelta(days=DAYS) < day <= as_of for day in days)


def tables_of(warehouse) -> dict[str, list[tuple]]:
    """All rows of all tables that the models have made, but for what is kept of builds."""
    with duckdb.connect(str(warehouse), read_only=True) as database:
        names = database.execute(
            """
            select table_schema || '.' || table_name, string_agg('"' || column_name || '"', ', ' order by column_name)
            from information_schema.columns
            where table_schema in ('metrics', 'metrics_intermediate') and table_name not similar to
                '(int_restatements__.*|int_changes__accounts|first_reported_metrics|metric_.*|published_builds)'
            group by all
            """
        ).fetchall()
        return {name: database.execute(f"select {columns} from {name} order by all").fetchall() for name, columns in names}


@pytest.fixture(scope="module")
def warehouses(tmp_path_factory):
    """The same rows in two warehouses: one that took batch after batch, one that was built anew; who was rebuilt, and how
    many when nothing but bills and users changed."""
    random = Random(7)
    as_of = AS_OF
    companies = [
        replace(named(Company("", tables), f"i{number}"), as_of_date=as_of, policies=("standard", "standard_by_parent", "stripe"))
        for number, tables in enumerate(draw_companies(COMPANIES, number=5))
    ]
    for entity, company in {"tomorrow": begins_tomorrow(), "group": breaks_up()}.items():
        companies.append(replace(named(company, entity), as_of_date=as_of, policies=companies[0].policies))
    place, anew = tmp_path_factory.mktemp("batches"), tmp_path_factory.mktemp("anew")
    warehouse = build(companies, place, select=EVERYTHING)
    rebuilt = []
    for number in range(BATCHES):
        as_of += timedelta(days=DAYS)
        touched = {}
        for place_in_list, company in enumerate(companies):
            if company.entity == "group":
                company, touched["group"] = broken_up(company, number), {"accounts"}
            elif random.random() < 0.5 and company.entity != "tomorrow":
                company, touched[company.entity] = batch(company, random, number)
            companies[place_in_list] = replace(company, as_of_date=as_of)
        shutil.rmtree(place / "data")
        warehouse = build(companies, place, select=EVERYTHING)
        with duckdb.connect(str(warehouse), read_only=True) as database:
            found = database.execute("select distinct billing_entity from metrics_intermediate.int_changes__accounts").fetchall()
        with_reason = {company.entity for company in companies if has_foreign_price(company) or reaches_a_date(company, as_of)}
        rebuilt.append((touched, with_reason, {entity for (entity,) in found}))
    companies = [replace(company, tables=with_other_bills(company.tables, random)) for company in companies]
    shutil.rmtree(place / "data")
    warehouse = build(companies, place, select=EVERYTHING)
    with duckdb.connect(str(warehouse), read_only=True) as database:
        ((rebuilt_for_bills,),) = database.execute("select count(*) from metrics_intermediate.int_changes__accounts").fetchall()
    return tables_of(warehouse), tables_of(build(companies, anew, select=EVERYTHING)), rebuilt, rebuilt_for_bills


def test_the_same_as_a_full_refresh(warehouses):
    """Every table, every row."""
    batches, anew, _, _ = warehouses
    assert batches.keys() == anew.keys()
    different = {name: (len(batches[name]), len(anew[name])) for name in anew if batches[name] != anew[name]}
    assert different == {}
    assert len(anew["metrics_intermediate.int_mrr__balances"]) > COMPANIES


def test_a_date_is_reached_by_the_run_after_its_day(warehouses):
    """What begins at the very end of an as-of date is to come then, and there in the next run, though no row has changed."""
    _, _, rebuilt, _ = warehouses
    assert "tomorrow" in rebuilt[0][2]


def test_who_did_not_change_is_not_touched(warehouses):
    """Who had no other rows is rebuilt only for a date that was reached, or a rate of a currency it pays in."""
    _, _, rebuilt, _ = warehouses
    for touched, with_reason, found in rebuilt:
        of_ledger = {entity for entity, tables in touched.items() if tables & FROM_LEDGER}
        assert of_ledger & found
        assert found <= of_ledger | with_reason
        assert len(found - {"group"}) < COMPANIES


def test_other_bills_and_users_rebuild_nobody(warehouses):
    """Use and bills of every day change no MRR, and so nobody's tables; what is made of them is anew all the same."""
    _, anew, _, rebuilt_for_bills = warehouses
    assert rebuilt_for_bills == 0
    assert anew["metrics_intermediate.int_revenue__account_months"], "nothing was billed"
