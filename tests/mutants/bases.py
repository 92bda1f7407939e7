"""Warehouses built with the unmodified project. A trial copies one and builds again only what its fault reaches."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import duckdb
from dbt.contracts.graph.manifest import Manifest
from scenarios import VARIABLES, Outcome, Scenario, ScenarioError, invoke, load, read_scenarios

from cs_metrics import ROOT

from .rebuild import Red

PLACE = ROOT / "target" / "mutants"
MADE_FROM = ("dbt_project.yml", "cs_metrics", "macros", "models", "seeds", "tests/singular", "tests/scenarios", "tests/python/scenarios.py")
# Tests of tests/python that are about the demo company's tables, which are there when a trial gets to them; and the
# others that are about figures, each with builds of its own.
OF_THE_DEMO = ["test_proof_demo.py", "test_usage.py"]
OF_OTHERS = ["test_survival.py", "test_contract.py", "test_proof_purchases.py", "test_stripe.py", "test_proof_others.py"]
# What doesn't show in a base (rows that are rejected, what a second build does): its tests, by a word in a fault's file.
OF_OTHER_BUILDS = {
    "restatement": ["test_restatements.py"], "int_calendar__months": ["test_restatements.py"], "kept_figures": ["test_publish.py"],
    "changes": ["test_incremental.py"], "adds_to_table": ["test_restatements.py"], "text_hash": ["test_restatements.py"],
    "/contract/": ["test_contract.py"],
}  # fmt: skip
# Puts a fault into a copy of the project.
Plant = Callable[[Path], None]


@dataclass(frozen=True)
class Base:
    """A warehouse of the unmodified project, in a folder of its own."""

    name: str

    @property
    def folder(self) -> Path:
        """Where it is kept."""
        return PLACE / "bases" / fingerprint() / self.name

    @property
    def warehouse(self) -> Path:
        """The DuckDB file."""
        return self.folder / "built.duckdb"

    @property
    def variables(self) -> dict:
        """What it was built with."""
        return json.loads((self.folder / "variables.json").read_text(encoding="utf-8"))

    def prepare(self) -> None:
        """Build it, with all its tests, unless that is done."""
        if (self.folder / "variables.json").exists():
            return
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        variables = self.load()
        invoke(["build"], variables, self.warehouse)
        if red := self.compare(self.warehouse, without_fault):
            raise RuntimeError(f"Without any fault, {red.kind} {red.name} is red")
        (self.folder / "variables.json").write_text(json.dumps(variables), encoding="utf-8")

    def manifest(self) -> Manifest:
        """What dbt has read of the project."""
        return Manifest.from_msgpack((self.folder / "target" / "partial_parse.msgpack").read_bytes())

    def load(self) -> dict:
        """Put the sources' rows into the warehouse; the variables to build it with."""
        raise NotImplementedError

    def compare(self, warehouse: Path, plant: Plant) -> Red | None:
        """The first check of what was built, beyond dbt's own tests, that is red."""
        raise NotImplementedError


@dataclass(frozen=True)
class Scenarios(Base):
    """All scenarios with the same variables."""

    scenarios: tuple[Scenario, ...]

    def load(self) -> dict:
        """Their rows."""
        rows: dict[str, list[dict]] = {}
        for scenario in self.scenarios:
            for table, of_table in scenario.given.items():
                rows.setdefault(table, []).extend(of_table)
        history = {s.entity: s.body["history_starts"] for s in self.scenarios if "history_starts" in s.body}
        own = json.loads(self.scenarios[0].variables)
        return load(rows, VARIABLES | own | {"history_starts": history}, self.folder)[1]

    def compare(self, warehouse: Path, plant: Plant) -> Red | None:
        """As in test_scenarios.py."""
        with duckdb.connect(str(warehouse), read_only=True) as database:
            for scenario in self.scenarios:
                try:
                    wrong = [check for check in Outcome(scenario, database).checks() if not check.is_right]
                except ScenarioError as error:
                    return Red("scenario", f"{scenario.entity}: {error}")
                if wrong:
                    return Red("scenario", f"{scenario.entity}: {wrong[0].where}, {wrong[0].what}")
        return None


@dataclass(frozen=True)
class Demo(Base):
    """The demo company."""

    @property
    def warehouse(self) -> Path:
        """Its tests look for a file of this name; a view has the file's name in it."""
        return self.folder / "demo.duckdb"

    def load(self) -> dict:
        """Its seeds are the project's own."""
        return {}

    def compare(self, warehouse: Path, plant: Plant) -> Red | None:
        """What its tests say, in a copy of the project in which it is built."""
        project = copy_project(warehouse.parent / "project", plant)
        built = project / "target" / "test"
        (built / "target").mkdir(parents=True)
        (built / "build").mkdir()
        shutil.copy2(warehouse, built / "build" / warehouse.name)
        shutil.copy(self.folder / "target" / "manifest.json", built / "target" / "manifest.json")
        red = first_red_of_pytest(project, OF_THE_DEMO)
        shutil.rmtree(project)
        return red


def all_bases() -> list[Base]:
    """In the order in which a trial goes through them: from that which catches most."""
    alike: dict[str, list[Scenario]] = {}
    for scenario in read_scenarios():
        alike.setdefault(scenario.variables, []).append(scenario)
    groups = sorted(alike.values(), key=len, reverse=True)
    return [*(Scenarios(f"scenarios_{number}", tuple(group)) for number, group in enumerate(groups, start=1)), Demo("demo_company")]


@cache
def fingerprint() -> str:
    """Changes when something does that a base is made from; taken once, so that a run keeps to the bases it began with."""
    digest = hashlib.sha256()
    for name in MADE_FROM:
        for file in sorted([ROOT / name, *(ROOT / name).rglob("*")]):
            if file.is_file() and file.suffix != ".pyc":
                digest.update(file.relative_to(ROOT).as_posix().encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()[:12]


def copy_project(folder: Path, plant: Plant) -> Path:
    """What pytest needs of the project, with a fault, in a folder of its own."""
    for name in ("cs_metrics", "macros", "models", "seeds", "tests"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in (".venv", "dbt_packages"):
        (folder / name).symlink_to((ROOT / name).resolve())
    for file in ROOT.iterdir():
        if file.is_file() and file.name != ".git":
            shutil.copy2(file, folder / file.name)
    plant(folder)
    return folder


def tests_of_other_builds(file: str) -> list[str]:
    """The tests that build what shows a fault in the file."""
    return [test for word, tests in OF_OTHER_BUILDS.items() if word in file for test in tests]


def without_fault(project: Path) -> None:
    """The project as it is."""


def first_red_of_pytest(project: Path, files: list[str]) -> Red | None:
    """The first test of some files that fails in a copy of the project."""
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-x", "-rfE", "--tb=no", *(f"tests/python/{file}" for file in files)],
        cwd=project,
        env={name: value for name, value in os.environ.items() if not name.startswith(("DBT_", "CS_METRICS_", "PYTHONPATH"))},
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    if run.returncode == 0:
        return None
    red = [line.split()[1] for line in run.stdout.splitlines() if line.startswith(("FAILED ", "ERROR "))]
    if not red:
        raise RuntimeError(f"pytest ended with {run.returncode}:\n{run.stdout}")
    return Red("pytest", red[0].removeprefix("tests/python/"))
