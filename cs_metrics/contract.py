"""The input contract, read from its one definition, models/staging/native/_native__sources.yml.

`python -m cs_metrics.contract --write` writes what follows from it: what dbt's documentation says of native staging, the
checks and what they accept, and the seed of what each column expects.
"""

import argparse
import csv
import io
import re
import sys
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

import yaml

from cs_metrics import ROOT

DEFINITION = ROOT / "models" / "staging" / "native" / "_native__sources.yml"
VOCABULARY = ROOT / "seeds" / "rules" / "vocabulary.csv"
NATIVE_MODELS = ROOT / "models" / "staging" / "native" / "_native__models.yml"
CONTRACT_MODELS = ROOT / "models" / "intermediate" / "contract" / "_contract__models.yml"

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The same, ten times as fast, where PyYAML has it."""
COLUMNS_SEED = ROOT / "seeds" / "contract" / "contract_columns.csv"

# How a value has to be written to be read as its type.
READABLE = {
    "text": "text",
    "integer": "a whole number, such as 12",
    "decimal": "a number with a decimal point and no thousands separator, such as 1234.50",
    "price": "a number with a decimal point and no thousands separator, such as 0.0025",
    "rate": "a number with a decimal point and no thousands separator, such as 1.0842",
    "boolean": "true or false",
    "date": "a day from 1950 on, such as 2024-03-31",
    "timestamp": "a day or an instant from 1950 on, such as 2024-03-31 or 2024-03-31 14:30:00",
}
LIMITS = {"decimal": "at most 12 digits before the point", "price": "at most 12 digits before the point"}

HEADER = "# Written by `python -m cs_metrics.contract --write` from the input contract; don't edit it by hand.\n"

UNREADABLE = {
    "unreadable_column": "The first column whose value is there but can't be read as its type; empty when all can.",
    "unreadable_value": "That value, as the source has it.",
    "emptied": (
        "The row's labels that couldn't be taken and are empty therefore, a line each: the reason, the column, the value as "
        "the source has it. Empty where all could."
    ),
}
WRITTEN_WORD = {
    "written_word": "The word as the source has it, which the seed vocabulary may know by another.",
}
REJECTION = {
    "rejection_reason": "Why the row is rejected, the first reason that holds; empty for an accepted row.",
}

# Columns besides the contract's own that may hold what a person wrote or is called.
WITH_PERSONAL_DATA = {"unreadable_value", "emptied", "row_key", "rejected_value", "row_json", "example_key", "example_value"}

# The columns that a table's check adds to the contract's own.
LOOKED_UP = {
    "subscriptions": {
        "service_ended_at": (
            "When the service ends (exclusive), decision 93: ended_at, without it cancel_requested_at of a cancelled one. Empty where "
            "it goes on, or where a cancelled one ends with the terms of its items."
        ),
        "trial_from": "Start of the trial: trial_started_at, without it the start of the service. Empty where there is no trial.",
        "trial_to": "End of the trial (exclusive); empty where there is none, or it goes on: the status is trialing, whatever trial_ended_at says.",
    },
    "invoice_lines": {
        "invoice_status": "Its invoice's status; empty where the invoice isn't known.",
        "issued_at": "When its invoice was issued; empty where the invoice isn't known.",
        "is_test_account": "True when the one that is billed is one of the company's own test accounts.",
    },
}

MONTH_RATE = {
    "currency": "The currency (ISO 4217); the reporting currency itself has the rate 1.",
    "month": "The month, as its first day.",
    "rate": "Units of the reporting currency that one unit of the currency buys; 0 before the currency's first rate.",
    "rate_date": "The day that the rate is of; empty before the first one, and for the reporting currency.",
    "is_fresh": (
        "True when the rate is of the last exchange_rate_max_age_days days of the month; in the current month, of "
        "that month or of these days before it."
    ),
}

# Models of the contract that belong to no one table of it.
OTHERS = [
    {
        "name": "contract_rejection_costs",
        "description": (
            "One row per source system and measure: what its rejected subscription items cost. Superseded rows, second deliveries and "
            "terms that were never in force cost nothing."
        ),
        "key": ["source_system", "measure"],
        "columns": {
            "measure": (
                "lost_accounts: accounts none of whose items is accepted, of all with items. lost_mrr: the monthly amount of "
                "rejected items, of that of all items."
            ),
            "source_system": "The system that the items are from.",
            "lost_accounts": "How many accounts have no accepted item.",
            "share": "The share that is lost, 0 to 1.",
        },
    },
    {
        "name": "contract_rejected_rows",
        "description": (
            "One row a rejected row of any table of the contract, with the reason. The mart rejected_rows is made of it."
        ),
        "key": ["source_system", "billing_entity", "table_name", "row_key", "copy_number"],
        "columns": {
            "source_system": "The system that the row is from.",
            "billing_entity": "The billing entity of the row; empty for tables that all share.",
            "table_name": "The table of the input contract.",
            "row_key": "The row's key, for people to read: column=value, without the billing entity.",
            "copy_number": "Tells rejected rows with the same key apart: 1, 2, ...",
            "reason": "Why it is rejected; the mart rejected_rows lists the reasons.",
            "rejected_value": "The source's value in the column that the reason is about; empty where it is about none.",
            "row_json": "The whole row as a JSON object; `unreadable` in it is the value that couldn't be read.",
        },
    },
    {
        "name": "contract_emptied_values",
        "description": (
            "One row per source system, table, column and reason for which values of labels are empty in accepted rows: how "
            "many rows, and one of them. The mart emptied_values is made of it."
        ),
        "key": ["source_system", "table_name", "column_name", "reason"],
        "columns": {
            "source_system": "The system that the rows are from.",
            "table_name": "The table of the input contract.",
            "column_name": "The column, a label: its emptiness costs no figure but a breakdown by it.",
            "reason": "unreadable, invalid or conflicting; the mart says what each means.",
            "row_count": "Number of rows.",
            "example_key": "The key of one of them, for people to read: column=value, without the billing entity.",
            "example_value": "The source's value there; of conflicting ones the first and the last, by their order.",
        },
    },
    {
        "name": "contract_arrivals",
        "description": (
            "One row a source system, table of the contract, day of arrival and outcome: how many rows. What is known of "
            "the quality and the freshness of sources is made of it."
        ),
        "key": ["source_system", "table_name", "loaded_on", "reason"],
        "columns": {
            "source_system": "The system that the rows are from.",
            "table_name": "The table of the input contract.",
            "loaded_on": "The day that they arrived, in the reporting time zone; empty where the source doesn't say.",
            "reason": "accepted, or why they are rejected.",
            "row_count": "Number of rows.",
            "last_loaded_at": "The last arrival among them.",
            "last_business_date": (
                "The last day, up to the as-of date, that accepted ones tell of (`business_date` of the contract)."
            ),
        },
    },
    {
        "name": "contract_later_rows",
        "description": (
            "One row per source system and table of the contract with rows that aren't known on the as-of date: how many "
            "arrived after it."
        ),
        "key": ["source_system", "table_name"],
        "columns": {
            "source_system": "The system that the rows are from.",
            "table_name": "The table of the input contract.",
            "row_count": "Number of rows that arrived after the as-of date.",
        },
    },
    {
        "name": "contract_last_rates",
        "description": (
            "One row per currency and month: the last rate into the reporting currency that was known by the month's end, however "
            "old. Models that value amounts read contract_month_rates."
        ),
        "key": ["currency", "month"],
        "columns": MONTH_RATE,
    },
    {
        "name": "contract_month_rates",
        "description": (
            "One row per currency and month: the last rate into the reporting currency that was known by the month's end. Where a "
            "month's figures need one that isn't older than the variable exchange_rate_max_age_days allows, the test "
            "exchange_rates_are_complete has made sure of it before."
        ),
        "key": ["currency", "month"],
        "columns": MONTH_RATE,
    },
    {
        "name": "contract_valued_rows",
        "description": (
            "One row per subscription item's terms, invoice line and cost in another currency than the reporting one, with the "
            "months in which it is valued: an item while it is paid for, from its order on; a line from its invoice or its "
            "service's start, the earlier, to the later of its invoice and its last day of service; a cost in its month. "
            "Rows worth nothing, rows of test accounts and items that don't recur are left out."
        ),
        "columns": {
            "kind": "item, line or cost.",
            "billing_entity": "The billing entity of the row; empty for costs that all share.",
            "account_id": "The account; empty for costs.",
            "currency": "The row's currency (ISO 4217).",
            "amount": "Its amount in that currency; an item's is for one billing period, before discounts.",
            "month_from": "The first month in which it's valued, at most the as-of month.",
            "month_to": "The last such month, at most the as-of month.",
        },
    },
    {
        "name": "contract_rate_gaps",
        "description": (
            "One row per currency and gap between two of its exchange rates in which a month needs a rate: something in that "
            "currency is valued in it, and there is no rate, or only one older than the variable exchange_rate_max_age_days "
            "allows. The current month stands by itself. Tests stop the build for a gap, or warn."
        ),
        "key": ["currency", "last_rate_on", "is_tolerated"],
        "columns": {
            "currency": "The currency (ISO 4217).",
            "last_rate_on": "The day of the last rate before the gap; empty where there is none.",
            "next_rate_on": "The day of the next rate, be it after the as-of date; empty where there is none.",
            "is_tolerated": (
                "True for the current month, which is valued at the last rate all the same; false where the build stops."
            ),
            "first_month": "The first month that needs a rate, as its first day.",
            "last_month": "The last such month, as its first day.",
            "accounts": "Number of accounts whose items or lines are valued in these months.",
            "subscription_items": "Number of items' terms that are.",
            "invoice_lines": "Number of invoice lines that are.",
            "costs": "Number of costs that are.",
            "amount": "The sum of all these rows' amounts in the currency, without their signs; an item's is for one billing period.",
            "message": "The months without a rate, and the rates to add, as a sentence.",
        },
    },
]


@dataclass(frozen=True)
class Column:
    """A column of a contract table."""

    name: str
    kind: str
    is_required: bool
    is_personal: bool
    is_label: bool
    is_end: bool
    vocabulary: str | None
    minimum: int | None
    maximum: int | None
    description: str
    form: str = ""
    """The form of a value besides that it is readable: `0 to 100`."""
    sign: str | None = None
    """What may stand beside its numbers in an export: `currency` or `percent`."""
    counts: str | None = None
    """The column whose words, such as monthly, it counts."""


@dataclass(frozen=True)
class Table:
    """A contract table; its key is without the billing entity."""

    name: str
    is_required: bool
    description: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    shown_by: tuple[str, ...] = ()

    @property
    def may_lack_key(self) -> bool:
        """Whether a row may have no key: an id that the source may lack."""
        return not any(column.is_required for column in self.columns if column.name in self.key)

    @property
    def column_names(self) -> list[str]:
        """The names of the columns, in the contract's order."""
        return [column.name for column in self.columns]

    @property
    def full_key(self) -> list[str]:
        """The key with the billing entity, unless all entities share the table."""
        return [name for name in ("billing_entity",) if name in self.column_names] + list(self.key)

    @property
    def grain(self) -> str:
        """What a row is: the sentence of the description that says so, without its full stop."""
        return re.search(r"One row [^.]*", self.description).group()

    @property
    def subject(self) -> str:
        """The description without the grain."""
        return " ".join(self.description.replace(f"{self.grain}.", "").split())


def tables() -> dict[str, Table]:
    """Every table of the contract by its name, in the contract's order."""
    (source,) = yaml.load(DEFINITION.read_text(encoding="utf-8"), Loader=LOADER)["sources"]
    return {table["name"]: _table(table) for table in source["tables"]}


def vocabulary() -> dict[str, dict[str, str]]:
    """The words of each vocabulary with what they mean, from the seed: {'invoice_status': {'voided': 'void', ...}, ...}."""
    words: dict[str, dict[str, str]] = {}
    for row in vocabulary_rows():
        words.setdefault(row["vocabulary"], {})[row["word"]] = row["meaning"]
    return words


def words_for_several() -> set[str]:
    """The words of the seed that say several of a unit, such as p3m, so that the unit alone isn't what they mean."""
    return {row["word"] for row in vocabulary_rows() if row["multiple"] not in ("", "1")}


def vocabulary_rows() -> list[dict[str, str]]:
    """The seed vocabulary."""
    with VOCABULARY.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def allowed_words(column: Column) -> list[str]:
    """The contract's own words for a column, in the seed's order; none for a column without a vocabulary."""
    return list(dict.fromkeys(vocabulary().get(column.vocabulary or "", {}).values()))


def word_of(text: str) -> str:
    """A word as it is compared with the seed: in lower case, blanks and hyphens as underscores."""
    return text.strip(" ").lower().replace(" ", "_").replace("-", "_")


def nearest(name: str, known: list[str]) -> str:
    """`` (did you mean x?)`` where one of the known names is close, else nothing."""
    matches = get_close_matches(name.lower(), known, n=1)
    return f" (did you mean {matches[0]}?)" if matches else ""


def properties() -> dict[Path, str]:
    """The text of each properties file that follows from the contract."""
    contract = list(tables().values())
    native = [staging_model(table) for table in contract]
    models = [model for table in contract for model in (checked_model(table), accepted_model(table))]
    models += [
        model_properties(other["name"], other["description"], other["columns"], key=other.get("key")) for other in OTHERS
    ]
    return {
        NATIVE_MODELS: properties_file(native),
        CONTRACT_MODELS: properties_file(models),
        COLUMNS_SEED: columns_seed(contract),
    }


def columns_seed(contract: list[Table]) -> str:
    """The seed contract_columns: what each column expects, and the table that it refers to."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(["table_name", "column_name", "expected", "refers_to"])
    for table in contract:
        for column in table.columns:
            rows.writerow([table.name, column.name, expected_of(table, column), referred_table(table, column, contract)])
    return text.getvalue()


def expected_of(table: Table, column: Column) -> str:
    """The right form of a column's values, for people to read."""
    words = allowed_words(column)
    if column.kind == "text" and not words:
        return column.form or " ".join(column.description.split()).rstrip(".")
    limit = column.form or LIMITS.get(column.kind, "")
    form = f"one of {', '.join(words)}" if words else ", ".join(part for part in (READABLE[column.kind], limit) if part)
    return form if column.is_required else f"{form}; or empty"


def referred_table(table: Table, column: Column, contract: list[Table]) -> str:
    """The table that a column names a row of; nothing where it names none, or the row itself."""
    others = [other for other in contract if other.key[0] == column.name and other is not table]
    is_own_key = table.key == (column.name,)
    return min(others, key=lambda other: len(other.key)).name if others and not is_own_key else ""


def staging_model(table: Table) -> dict:
    """The properties of stg_native__<table>."""
    description = f"{table.grain} of the native table {table.name}, each value read as its type. {table.subject}"
    return model_properties(f"stg_native__{table.name}", description, columns_of(table) | UNREADABLE)


def checked_model(table: Table) -> dict:
    """The properties of checked_<table>."""
    description = (
        f"{table.grain}, of any enabled system, that is known on the as-of date; accepted or not, further copies and "
        f"versions included. {table.subject}"
    )
    has_words = any(column.vocabulary for column in table.columns)
    columns = columns_of(table) | UNREADABLE | (WRITTEN_WORD if has_words else {}) | LOOKED_UP.get(table.name, {}) | REJECTION
    model = model_properties(f"checked_{table.name}", description, columns)
    return {"name": model["name"], "description": model["description"], "config": {"access": "private"}, "columns": model["columns"]}


def accepted_model(table: Table) -> dict:
    """The properties of contract_<table>, with its tests: the key, and what is required."""
    required = [column.name for column in table.columns if column.is_required]
    description = f"{table.grain}: the accepted rows of all enabled systems. {table.subject}"
    columns = columns_of(table) | LOOKED_UP.get(table.name, {})
    where = f"{table.key[0]} is not null" if table.may_lack_key else None
    return model_properties(f"contract_{table.name}", description, columns, table.full_key, required, where)


def columns_of(table: Table) -> dict[str, str]:
    """The description of each column of a contract table."""
    return {column.name: column.description for column in table.columns}


def model_properties(
    name: str,
    description: str,
    columns: dict[str, str],
    key: list[str] | None = None,
    required: list[str] | None = None,
    where: str | None = None,
) -> dict:
    """A model as a properties file has it. `where`: the rows that have the key."""
    model: dict = {"name": name, "description": description.strip()}
    if key:
        unique: dict = {"arguments": {"combination_of_columns": key}}
        if where:
            unique["config"] = {"where": where}
        model["data_tests"] = [{"dbt_utils.unique_combination_of_columns": unique}]
    personal = personal_names()
    model["columns"] = [
        {"name": column, "description": meaning}
        | ({"config": {"meta": {"is_personal": True}}} if column in personal else {})
        | ({"data_tests": ["not_null"]} if column in (required or []) else {})
        for column, meaning in columns.items()
    ]
    return model


def personal_names() -> set[str]:
    """The names of columns that name a person, or may: in every table, because they keep their names on the way."""
    return WITH_PERSONAL_DATA | {column.name for table in tables().values() for column in table.columns if column.is_personal}


def properties_file(models: list[dict]) -> str:
    """The text of a properties file."""
    text = yaml.dump({"version": 2, "models": models}, Dumper=IndentedDumper, sort_keys=False, width=118, allow_unicode=True)
    return HEADER + text.replace("\n  - name:", "\n\n  - name:").replace("models:\n\n", "models:\n")


class IndentedDumper(yaml.SafeDumper):
    """Writes lists indented, as the other properties files have them."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        """Never without indentation."""
        super().increase_indent(flow, False)


def main() -> int:
    """Write the properties files, or say which of them are out of date."""
    parser = argparse.ArgumentParser(prog="python -m cs_metrics.contract", description=__doc__.splitlines()[0])
    parser.add_argument("--write", action="store_true", help="write the properties files that follow from the contract")
    is_writing = parser.parse_args().write
    stale = [path for path, text in properties().items() if not path.exists() or path.read_text("utf-8") != text]
    for path in stale:
        if is_writing:
            path.parent.mkdir(exist_ok=True)
            path.write_text(properties()[path], encoding="utf-8")
        print(f"{path.relative_to(ROOT)}: {'written' if is_writing else 'out of date'}")
    return 0 if is_writing or not stale else 1


def _table(definition: dict) -> Table:
    columns = tuple(
        Column(
            name=column["name"],
            kind=column["data_type"],
            is_required=_meta(column).get("required", False),
            is_personal=_meta(column).get("is_personal", False),
            is_label=_meta(column).get("is_label", False),
            is_end=_meta(column).get("is_end", False),
            vocabulary=_meta(column).get("vocabulary"),
            minimum=_meta(column).get("minimum"),
            maximum=_meta(column).get("maximum"),
            description=column["description"],
            form=_meta(column).get("form", ""),
            sign=_meta(column).get("sign"),
            counts=_meta(column).get("counts"),
        )
        for column in definition["columns"]
    )
    return Table(
        name=definition["name"],
        is_required=_meta(definition).get("required", False),
        description=definition["description"],
        columns=columns,
        key=tuple(_meta(definition)["key"]),
        shown_by=tuple(_meta(definition).get("shown_by", _meta(definition)["key"])),
    )


def _meta(definition: dict) -> dict:
    return definition.get("config", {}).get("meta", {})


if __name__ == "__main__":
    sys.exit(main())
