"""The smallest company that still differs from the warehouse, as a scenario file that can be kept.

Rows and values are left out as long as the difference stays. A build takes most of a minute, however many companies
are in it, so every round tries all its candidates in one build, each as a billing entity of its own.
"""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import yaml

from oracle import warehouse
from oracle.company import Company, Tables, as_text, named
from oracle.warehouse import Difference

Differ = Callable[[list[Company], Path], dict[str | None, list[Difference]]]
# What is left out: a row of a table (by its number), or one column of it.
Cut = tuple[str, int, str | None]
CANDIDATES = 150
ROUNDS = 6
KEYS = {"accounts": "account_id", "products": "product_id", "subscriptions": "subscription_id", "invoices": "invoice_id"}
# What a row can be without.
OPTIONAL = {
    "country", "region", "industry", "employee_count", "is_test", "is_deleted", "parent_account_id", "charge_class", "trial_started_at",
    "trial_ended_at", "cancel_requested_at", "ended_at", "signed_at", "plan_id", "valid_to", "duration", "resumed_at",
    "deactivated_at", "tax_amount", "service_start", "service_end", "is_proration", "is_credit",
}  # fmt: skip


def shrink(company: Company, place: Path, differ: Differ | None = None) -> Company:
    """The smallest company found, of one that isn't `named`; itself where nothing can be left out."""
    for number in range(ROUNDS):
        single = [[cut] for cut in cuts(company.tables)][:CANDIDATES]
        loose = [cut for (cut,) in still_differ(company, single, place / f"{number} one by one", differ or compared)]
        if not loose:
            break
        many = [part for count in (1, 2, 4, 8) for part in parts(loose, count)]
        found = still_differ(company, many + [[cut] for cut in loose], place / f"{number} together", differ or compared)
        company = replace(company, tables=min((without(company.tables, group) for group in found), key=size))
    return company


def still_differ(company: Company, groups: list[list[Cut]], place: Path, differ: Differ) -> list[list[Cut]]:
    """The groups of cuts after each of which there still is a difference."""
    candidates = [named(replace(company, tables=without(company.tables, group)), f"try{index}") for index, group in enumerate(groups)]
    found = differ(candidates, place) if candidates else {}
    return [group for group, candidate in zip(groups, candidates) if found.get(candidate.entity)]


def compared(built: list[Company], place: Path) -> dict[str | None, list[Difference]]:
    """The differences of each of the companies in a build of their own."""
    return warehouse.by_entity(warehouse.differences(built, warehouse.build(built, place)), built)


def parts(found: list, count: int) -> list[list]:
    """A list in so many parts."""
    length = -(-len(found) // count)
    return [found[start : start + length] for start in range(0, len(found), length)]


def cuts(tables: Tables) -> list[Cut]:
    """Everything that might be left out: rows first, then single values."""
    rows = [(table, index) for table, of_table in tables.items() if table != "exchange_rates" for index in range(len(of_table))]
    values = [(*place, name) for place in rows for name, value in tables[place[0]][place[1]].items() if value is not None]
    return [(*place, None) for place in rows] + [cut for cut in values if cut[2] in OPTIONAL]


def without(tables: Tables, left_out: list[Cut]) -> Tables:
    """The company without these rows and values; what hangs on a row goes with it."""
    left = {
        table: [
            {name: value for name, value in row.items() if (table, index, name) not in left_out}
            for index, row in enumerate(rows)
            if (table, index, None) not in left_out
        ]
        for table, rows in tables.items()
    }
    for table, key in KEYS.items():
        gone = {row[key] for row in tables.get(table, [])} - {row[key] for row in left.get(table, [])}
        left = {name: [row for row in rows if row.get(key) not in gone] for name, rows in left.items()}
    return left


def size(tables: Tables) -> tuple[int, int]:
    """How much there is to read."""
    rows = [row for table, rows in tables.items() if table != "exchange_rates" for row in rows]
    return len(rows), sum(value is not None for row in rows for value in row.values())


# --- as a scenario file ------------------------------------------------------------------------------------------------


def scenario(company: Company, name: str, differences: list[Difference]) -> str:
    """A scenario that expects what the oracle says, in the form of tests/scenarios."""
    used = {row.get("currency") for table, rows in company.tables.items() if table != "exchange_rates" for row in rows}
    given = {
        table: [{column: as_text(value) for column, value in row.items() if value is not None} for row in rows]
        for table, rows in company.tables.items()
        if table != "exchange_rates" and rows
    }
    rates = [row for row in company.rows("exchange_rates") if row["from_currency"] in used]
    if rates:
        given["exchange_rates"] = [{column: as_text(value) for column, value in row.items()} for row in rates]
    figures: dict[str, list[dict]] = {}
    for difference in differences:
        if difference.key.dimension == "billing_entity" and difference.expected:
            value = difference.expected[2]
            text = "~" if value is None else warehouse.decimal_text(value, 8)
            figures.setdefault(difference.key.policy, []).append({"month": f"{difference.key.month:%Y-%m}", difference.key.metric: text})
    body = {"given": given, "figures": figures}
    variables = {"as_of_date": company.as_of_date.isoformat()}
    if company.time_zone != "UTC":
        variables |= {"reporting_time_zone": company.time_zone, "source_time_zone": company.time_zone}
    if company.custom_segments:
        variables |= {"custom_segments": list(company.custom_segments)}
    document = {"about": "Found by the oracle.", "variables": variables, "scenarios": {name: body}}
    return yaml.safe_dump(document, sort_keys=False, default_flow_style=None, width=160, allow_unicode=True)
