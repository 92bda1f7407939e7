"""The input contract as the generator sees it: read from the dbt project, so that the two can't drift apart."""

from collections import namedtuple
from functools import lru_cache
from pathlib import Path

import yaml

SOURCES = Path(__file__).resolve().parents[2] / "models" / "staging" / "native" / "_native__sources.yml"

PARQUET_TYPES = {
    "text": "varchar",
    "integer": "bigint",
    "decimal": "decimal(18, 4)",
    "price": "decimal(18, 4)",
    "rate": "decimal(18, 8)",
    "boolean": "boolean",
    "date": "date",
    "timestamp": "timestamp",
}


@lru_cache(maxsize=1)
def tables() -> dict[str, dict[str, str]]:
    """Each contract table with its columns and their types, in the contract's order."""
    if not SOURCES.exists():
        raise FileNotFoundError(
            f"The input contract {SOURCES} isn't there: run the generator from a checkout of the whole project."
        )
    contract = yaml.safe_load(SOURCES.read_text(encoding="utf-8"))
    native = next(source for source in contract["sources"] if source["name"] == "native")
    return {
        table["name"]: {column["name"]: column["data_type"] for column in table["columns"]}
        for table in native["tables"]
    }


@lru_cache(maxsize=None)
def row_type(table: str):
    """A named tuple of the table's columns: a name that the contract doesn't have raises, one left out stays empty."""
    columns = list(tables()[table])
    return namedtuple(table, columns, defaults=[None] * len(columns))
