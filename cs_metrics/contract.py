"""The input contract, read from its one definition, models/staging/native/_native__sources.yml.

`python -m cs_metrics.contract --write` writes what dbt's documentation says of the models that follow from it: native
staging, the checks, and what they accept.
"""

import argparse
import re
import sys
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

import yaml

from cs_metrics import ROOT

DEFINITION = ROOT / "models" / "staging" / "native" / "_native__sources.yml"
NATIVE_MODELS = ROOT / "models" / "staging" / "native" / "_native__models.yml"
CONTRACT_MODELS = ROOT / "models" / "intermediate" / "contract" / "_contract__models.yml"

HEADER = "# Written by `python -m cs_metrics.contract --write` from the input contract; don't edit it by hand.\n"

UNREADABLE = {
    "unreadable_column": "The first column whose value is there but can't be read as its type; empty when all can.",
    "unreadable_value": "That value, as the source has it.",
}
REJECTION = {
    "rejection_reason": "Why the row is rejected, the first reason that holds; empty for an accepted row.",
}

# Columns besides the contract's own that may hold what a person wrote or is called.
WITH_PERSONAL_DATA = {"unreadable_value", "row_key", "row_json"}

# What the check of a table finds out and keeps.
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

# Models of the contract that belong to no one table of it.
OTHERS = [
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
            "row_json": "The whole row as a JSON object; `unreadable` in it is the value that couldn't be read.",
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
        "name": "contract_month_rates",
        "description": (
            "One row a currency and month: the rate into the reporting currency at the month's end, the last one of the "
            "days before it that the variable exchange_rate_max_age_days allows. A month without such a rate has no row."
        ),
        "key": ["currency", "month"],
        "columns": {
            "currency": "The currency (ISO 4217); the reporting currency itself has the rate 1.",
            "month": "The month, as its first day.",
            "rate": "Units of the reporting currency that one unit of the currency buys.",
        },
    },
    {
        "name": "contract_rate_spans",
        "description": "One row a currency and stretch of months without a gap in its month-end rates.",
        "key": ["currency", "month_from"],
        "columns": {
            "currency": "The currency (ISO 4217).",
            "month_from": "The stretch's first month with a rate.",
            "month_to": "The first month after the stretch.",
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
    description: str


@dataclass(frozen=True)
class Table:
    """A contract table; its key is without the billing entity."""

    name: str
    is_required: bool
    description: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]

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
    (source,) = yaml.safe_load(DEFINITION.read_text(encoding="utf-8"))["sources"]
    return {table["name"]: _table(table) for table in source["tables"]}


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
        model_properties(other["name"], other["description"], other["columns"], key=other["key"]) for other in OTHERS
    ]
    return {NATIVE_MODELS: properties_file(native), CONTRACT_MODELS: properties_file(models)}


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
    columns = columns_of(table) | UNREADABLE | LOOKED_UP.get(table.name, {}) | REJECTION
    model = model_properties(f"checked_{table.name}", description, columns)
    return {"name": model["name"], "description": model["description"], "config": {"access": "private"}, "columns": model["columns"]}


def accepted_model(table: Table) -> dict:
    """The properties of contract_<table>, with its tests: the key, and what is required."""
    required = [column.name for column in table.columns if column.is_required]
    description = f"{table.grain}: the accepted rows of all enabled systems. {table.subject}"
    columns = columns_of(table) | LOOKED_UP.get(table.name, {})
    return model_properties(f"contract_{table.name}", description, columns, table.full_key, required)


def columns_of(table: Table) -> dict[str, str]:
    """The description of each column of a contract table."""
    return {column.name: column.description for column in table.columns}


def model_properties(
    name: str, description: str, columns: dict[str, str], key: list[str] | None = None, required: list[str] | None = None
) -> dict:
    """A model as a properties file has it."""
    model: dict = {"name": name, "description": description.strip()}
    if key:
        unique = {"arguments": {"combination_of_columns": key}}
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
            description=column["description"],
        )
        for column in definition["columns"]
    )
    return Table(
        name=definition["name"],
        is_required=_meta(definition).get("required", False),
        description=definition["description"],
        columns=columns,
        key=tuple(_meta(definition)["key"]),
    )


def _meta(definition: dict) -> dict:
    return definition.get("config", {}).get("meta", {})


if __name__ == "__main__":
    sys.exit(main())
