"""What can be seen of an export without knowing what it is: how full each column is, whether it is a key, what its values look like."""

import re
import unicodedata
from dataclasses import dataclass, field

import duckdb

from cs_metrics.operators import comparable
from cs_metrics.sources import Source, literal, quoted

FEW = 40
"""Columns with up to so many values have them listed."""
DATE = r"(\d{4}[-/.]\d{1,2}([-/.]\d{1,2})?|\d{1,2}[-/. ](\d{1,2}|[a-z]{3,9})[-/. ]\d{2,4}|[a-z]{3,9} \d{1,2},? \d{4})([t ].*)?"
NUMBER = r"[-+(]?([a-z]{1,3}\p{Sc}\s?|(eur|usd|gbp|chf|cad|aud) |[^\w-]{0,4})[\d.,'  ]*\d\)?\s?(%|[^\w]{1,3}|[a-z]{3})?"
YES = ("true", "t", "yes", "y", "1", "ja", "j", "wahr", "oui", "si")
NO = ("false", "f", "no", "n", "0", "nein", "falsch", "non")
LETTERS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
MOSTLY = 0.9


@dataclass
class Profile:
    """What the values of a column look like."""

    name: str
    type: str
    rows: int = 0
    filled: int = 0
    distinct: int = 0
    dates: int = 0
    numbers: int = 0
    flags: int = 0
    currencies: int = 0
    values: list[str] = field(default_factory=list)
    """All of them, the most frequent first, where there are few; as they are spelt."""

    @property
    def words(self) -> str:
        """Its name as it is compared."""
        return plain_words(self.name)

    @property
    def is_key(self) -> bool:
        """Whether each row has a value of its own."""
        return self.filled == self.rows > 0 and self.distinct == self.rows

    def fits(self, kind: str) -> bool:
        """Whether its values look like a kind of the contract; an empty column fits every kind."""
        if kind in ("date", "timestamp"):
            return self.dates >= MOSTLY * self.filled
        if kind in ("decimal", "integer", "rate"):
            return self.numbers >= MOSTLY * self.filled
        if kind == "boolean":
            return self.flags >= MOSTLY * self.filled
        return True


def profiles(connection: duckdb.DuckDBPyConnection, source: Source) -> dict[str, Profile]:
    """The profile of each column of a source, in one pass and one more for the values of those that have few."""
    found = {name: Profile(name, type_) for name, type_ in source.columns.items()}
    parts = ["count(*)"]
    for name, profile in found.items():
        value = comparable(quoted(name))
        parts += [f"count(*) filter (where {value} <> '')", f"count(distinct nullif({value}, ''))"]
        for pattern in (DATE, NUMBER, "|".join(YES + NO), "[a-z]{3}"):
            parts.append(f"count(*) filter (where regexp_full_match({value}, {literal(pattern)}))")
        profile.type = source.columns[name]
    ((rows, *counts),) = connection.execute(f"select {', '.join(parts)} from {source.scan}").fetchall()
    for profile, start in zip(found.values(), range(0, len(counts), 6), strict=True):
        profile.rows = rows
        profile.filled, profile.distinct, profile.dates, profile.numbers, profile.flags, profile.currencies = counts[start : start + 6]
        if 0 < profile.distinct <= FEW:
            value = f"trim(cast({quoted(profile.name)} as varchar))"
            listed = connection.execute(
                f"select {value} from {source.scan} where {value} <> '' group by 1 order by count(*) desc, 1"
            ).fetchall()
            profile.values = [text for (text,) in listed]
    return found


def share_found(connection: duckdb.DuckDBPyConnection, source: Source, column: str, other: Source, key: str) -> float:
    """The share of a column's values that are in another file's column."""
    own, theirs = comparable(quoted(column)), comparable(quoted(key))
    ((found, values),) = connection.execute(
        f"select count(*) filter (where value in (select {theirs} from {other.scan})), count(*) "
        f"from (select distinct {own} as value from {source.scan} where {own} <> '')"
    ).fetchall()
    return found / values if values else 0.0


def has_repeated(connection: duckdb.DuckDBPyConnection, source: Source, columns: list[str]) -> bool:
    """Whether two rows agree in all of some columns."""
    names = ", ".join(comparable(quoted(name)) for name in columns)
    ((rows, keys),) = connection.execute(f"select count(*), count(distinct row({names})) from {source.scan}").fetchall()
    return keys < rows


def plain_words(name: str) -> str:
    """A name as it is compared: words in ASCII and lowercase, with underscores between: `Kunden-Nr.` and `kundenNr` are kunden_nr."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", unicodedata.normalize("NFC", name.strip())).lower().translate(LETTERS)
    ascii_ = unicodedata.normalize("NFKD", spaced).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "_", ascii_).strip("_")
