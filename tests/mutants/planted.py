"""The planted faults as they stand in mutants.yml, and how one gets into the project."""

import hashlib
from dataclasses import asdict, dataclass
from pathlib import Path

import yaml
from dbt.contracts.graph.manifest import Manifest

from cs_metrics import ROOT

FILE = Path(__file__).with_name("mutants.yml")
KINDS = {
    "branch order": "a CASE's branches in another order, or one that takes what isn't its own",
    "boundary": "< for <=, a day or a month too far",
    "join": "a key that is missing, an inner join for a left one",
    "sign": "added what is to be taken away",
    "filter": "rows in that don't count, or out that do",
    "denominator": "a rate of something else",
    "window": "a running sum or rank over the wrong rows or in the wrong order",
    "dedupe": "counted twice, or the wrong one of several",
    "time zone": "an instant on the wrong side of midnight",
    "rounding": "too early, too few digits, the wrong way",
    "value": "the wrong column, constant or default",
}


@dataclass(frozen=True)
class Mutant:
    """A fault: `old`, which occurs once in the file, becomes `new`."""

    name: str
    kind: str
    file: str
    old: str
    new: str
    wrong: str

    @property
    def is_macro(self) -> bool:
        """Whether it changes a macro rather than a model."""
        return self.file.startswith("macros/")

    @property
    def domain(self) -> str:
        """The folder that it changes something in."""
        return Path(self.file).parent.as_posix()

    @property
    def digest(self) -> str:
        """Changes when the fault does."""
        return hashlib.sha256(repr(asdict(self)).encode()).hexdigest()[:16]

    def planted(self, text: str) -> str:
        """A text that holds `old`, with the fault."""
        if text.count(self.old) != 1:
            raise ValueError(f"{self.name}: {self.old!r} occurs {text.count(self.old)} times in {self.file}, not once")
        return text.replace(self.old, self.new)

    def plant_in_folder(self, project: Path) -> None:
        """Write the fault into a copy of the project."""
        file = project / self.file
        file.write_text(self.planted(file.read_text(encoding="utf-8")), encoding="utf-8")

    def plant_in_manifest(self, manifest: Manifest) -> list[str]:
        """Put the fault into dbt's manifest: the ids of the nodes that are made with what it changes.

        Parsing the project anew takes longer than all the rest, and would find the same references.
        """
        if self.is_macro:
            changed = [macro for macro in manifest.macros.values() if self.is_in(macro) and self.old in macro.macro_sql]
            for macro in changed:
                macro.macro_sql = self.planted(macro.macro_sql)
            callers = with_callers(manifest, {macro.unique_id for macro in changed})
            return [key for key, node in manifest.nodes.items() if callers & set(node.depends_on.macros)]
        nodes = [node for node in manifest.nodes.values() if self.is_in(node)]
        for node in nodes:
            node.raw_code = self.planted(node.raw_code)
        return [node.unique_id for node in nodes]

    def is_in(self, part) -> bool:
        """Whether a macro or node is from the file."""
        return part.package_name == "cs_metrics" and part.original_file_path == self.file


def read_mutants() -> list[Mutant]:
    """All of mutants.yml, where they stand by file."""
    by_file = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return [Mutant(file=file, name=name, **fault) for file, faults in by_file.items() for name, fault in faults.items()]


def text_of(mutant: Mutant) -> str:
    """The file that it changes."""
    return (ROOT / mutant.file).read_text(encoding="utf-8")


def with_callers(manifest: Manifest, macros: set[str]) -> set[str]:
    """Macros and all that call them, and those that call these."""
    found = set(macros)
    while more := {key for key, macro in manifest.macros.items() if found & set(macro.depends_on.macros)} - found:
        found |= more
    return found
