"""What others call the contract's tables, columns and values: synonyms.yml, and how well a name fits."""

from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cached_property

import yaml

from cs_metrics import ROOT, contract
from cs_metrics.profiles import Profile

FILE = ROOT / "cs_metrics" / "synonyms.yml"
SAME, OWN, COMMON, WITHOUT_DECORATION, SIMILAR = 1.0, 0.95, 0.9, 0.15, 0.5
STEP = 0.004
"""What each place further back in a list costs."""
CLOSE = 0.88


@dataclass(frozen=True)
class Amount:
    """A column with a price."""

    profile: Profile
    period: str | None
    """month or year, where its name says so."""
    is_minor: bool
    """Its name says that it counts hundredths."""

    @property
    def is_total(self) -> bool:
        """Whether it is for all units together, as recurring revenue is."""
        return self.period is not None


class Synonyms:
    """The file, with questions to it."""

    def __init__(self) -> None:
        self.content = yaml.safe_load(FILE.read_text(encoding="utf-8"))

    @cached_property
    def tables(self) -> dict[str, dict]:
        """What the file says of each table."""
        return self.content["tables"]

    def needs(self, table: str) -> list[list[str]]:
        """What a file has to have to be proposed for a table."""
        return self.tables[table]["needs"]

    def supplied(self, table: str) -> dict[str, str]:
        """What all rows of a table are given where the file lacks it."""
        return self.content["supplied"].get(table, {})

    def table_score(self, table: str, words: str) -> int:
        """How well a file's name fits a table: 3 is the table's name, 2 ends in it, 1 has it in it, 0 not at all."""
        names = {*self.tables[table]["names"], singular(table)}
        parts = [singular(part) for part in words.split("_")]
        if "_".join(parts) in names:
            return 3
        if any("_".join(parts[start:]) in names for start in range(1, len(parts))):
            return 2
        return 1 if names & set(parts) else 0

    def names(self, table: str, column: str) -> dict[str, float]:
        """The names that a column of the contract goes by, each with how good it is."""
        own = self.tables.get(table, {}).get("columns", {}).get(column, [])
        common = self.content["columns"].get(column, [])
        scores = {name: COMMON - STEP * place for place, name in reversed(list(enumerate(common)))}
        scores |= {name: OWN - STEP * place for place, name in reversed(list(enumerate(own)))}
        return scores | {column: SAME}

    def column_score(self, table: str, column: str, words: str) -> float:
        """How well a name fits a column of the contract, 0 to 1."""
        names = self.names(table, column)
        if words in names:
            return names[words]
        bare = self.without_decoration(words, table)
        if bare in names:
            return names[bare] - WITHOUT_DECORATION
        together = {name.replace("_", ""): score for name, score in names.items()}
        for each, cost in ((words, STEP), (bare, WITHOUT_DECORATION)):
            if each.replace("_", "") in together:  # customerid, startDate
                return together[each.replace("_", "")] - cost
        if len(words) > 5 and SequenceMatcher(None, words, column).ratio() >= CLOSE:
            return SIMILAR
        return 0.0

    def without_decoration(self, words: str, table: str = "", more: list[str] | None = None) -> str:
        """A name without words that say nothing, such as the table's own and units."""
        left_out = {*self.content["decoration"], singular(table), *(more or [])}
        return "_".join(part for part in words.split("_") if singular(part) not in left_out and part not in left_out)

    def amount(self, profiles: list[Profile], period: str | None = None) -> Amount | None:
        """The column with the price; with `period` only one whose name says that it is for a month or a year."""
        minor = self.content["minor_units"]
        numbers = [profile for profile in profiles if profile.fits("decimal") and profile.filled]
        for each in [period] if period else self.content["amounts"]:
            for name in self.content["amounts"][each]:
                for profile in numbers:
                    if name in (profile.words, self.without_decoration(profile.words, more=minor)):
                        return Amount(profile, each, bool(set(minor) & set(profile.words.split("_"))))
        if period:
            return None
        scored = [
            (self.column_score("subscription_items", "unit_amount", self.without_decoration(profile.words, more=minor)), profile)
            for profile in numbers
        ]
        best, profile = max(scored, key=lambda pair: pair[0], default=(0, None))
        return Amount(profile, None, bool(set(minor) & set(profile.words.split("_")))) if profile and best > SIMILAR else None

    def minutes_divisor(self, words: str) -> str | None:
        """What a duration is divided by to be minutes, where its name says its unit."""
        return next((divisor for divisor, names in self.content["minutes"].items() if words in names), None)

    def flag(self, status: str, profiles: list[Profile]) -> tuple[Profile, str] | None:
        """The yes/no column that says a status, and the answer that means it."""
        ((answer, names),) = self.content["flags"][status].items()
        for name in names:
            for profile in profiles:
                if profile.words == name and profile.filled and profile.fits("boolean"):
                    return profile, answer
        return None

    @cached_property
    def values(self) -> dict[tuple[str, str], dict[str, str]]:
        """The meaning of each word that is known for a code column, by table and column: the seed vocabulary's, and the file's."""
        seed, several = contract.vocabulary(), contract.words_for_several()
        found = {}
        for table in contract.tables().values():
            for column in table.columns:
                words = {word: word if word in several else value for word, value in seed.get(column.vocabulary or "", {}).items()}
                lists = self.content["values"].get(f"{table.name}.{column.name}", {})
                found[table.name, column.name] = words | {word: value for value, words in lists.items() for word in [value, *words]}
        return found

    def known_values(self, table: str, column: str) -> dict[str, str]:
        """The contract's value for each word that is known for a code column; empty for other columns."""
        return self.values.get((table, column), {})


def singular(word: str) -> str:
    """A word without its plural, roughly: what tables are called is compared so."""
    if word.endswith("ies") and len(word) > 4:
        return f"{word[:-3]}y"
    return word[:-1] if word.endswith("s") and not word.endswith("ss") and len(word) > 3 else word
