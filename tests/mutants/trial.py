"""One fault against one check after the other: unit tests, data tests, scenarios, and the other tests of figures."""

import json
import os
import resource
import shutil
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.cli.main import dbtRunner
from dbt.contracts.graph.manifest import Manifest

from cs_metrics import ROOT
from cs_metrics.build import FAILED

from .bases import OF_OTHERS, PLACE, Base, copy_project, first_red_of_pytest, tests_of_other_builds
from .planted import Mutant
from .rebuild import Graph, Rebuild, Red


@dataclass
class Result:
    """What came of a fault. Caught by nothing, it survived; changed_tables: in how many tables of the bases it shows."""

    name: str
    digest: str
    caught_by: str = ""
    check: str = ""
    changed_tables: int = 0
    nodes: int = 0
    seconds: float = 0
    cpu_seconds: float = 0

    @property
    def file(self) -> Path:
        """Where it is kept, for a run that goes on where another ended."""
        return PLACE / "results" / f"{self.name}.json"

    def save(self) -> None:
        """Keep it."""
        self.file.parent.mkdir(parents=True, exist_ok=True)
        self.file.write_text(json.dumps(asdict(self)), encoding="utf-8")


def saved(mutant: Mutant) -> Result | None:
    """What an earlier run found out about the same fault."""
    file = Result(mutant.name, mutant.digest).file
    result = Result(**json.loads(file.read_text(encoding="utf-8"))) if file.exists() else None
    return result if result and result.digest == mutant.digest else None


@dataclass
class Loaded:
    """A base with all that a trial needs of it in memory."""

    base: Base
    manifest: Manifest
    graph: Graph

    @classmethod
    def of(cls, base: Base) -> "Loaded":
        """Read a base's files."""
        return cls(base, base.manifest(), Graph(base.folder / "target" / "manifest.json"))


def try_mutant(mutant: Mutant, bases: list[Loaded], is_quick: bool) -> None:
    """Try a fault in a process of its own, whose manifests it changes, and keep what came of it."""
    started = time.monotonic()
    trial = Trial(mutant, is_quick)
    shutil.rmtree(trial.place, ignore_errors=True)
    trial.place.mkdir(parents=True)
    try:
        if red := trial.first_red(bases):
            trial.result.caught_by, trial.result.check = red.kind, red.name
    finally:
        shutil.rmtree(trial.place, ignore_errors=True)
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    trial.result.cpu_seconds = round(sum(one.ru_utime + one.ru_stime for one in used), 1)
    trial.result.seconds = round(time.monotonic() - started, 1)
    trial.result.save()


class Trial:
    """The checks that a fault goes through."""

    def __init__(self, mutant: Mutant, is_quick: bool) -> None:
        self.mutant = mutant
        self.is_quick = is_quick
        self.place = PLACE / "work" / mutant.name
        self.result = Result(mutant.name, mutant.digest)

    def first_red(self, bases: list[Loaded]) -> Red | None:
        """What caught the fault, if anything did."""
        is_unit_tested = False
        for loaded in bases:
            nodes = [key for key in self.mutant.plant_in_manifest(loaded.manifest) if key in loaded.graph.code]
            copy = self.place / loaded.base.name / loaded.base.warehouse.name
            copy.parent.mkdir()
            shutil.copy2(loaded.base.warehouse, copy)
            dbt = Dbt(loaded, copy)
            # A macro's fault is in few of the nodes that are made with it (in none where it takes a unit test's variables to
            # show), a model's is in the model.
            changed = self.changed(nodes, loaded, dbt) if self.mutant.is_macro else {}
            models = [loaded.manifest.nodes[key].name for key in changed or nodes if key.startswith("model.")]
            self.result.nodes = max(self.result.nodes, len(models))
            if models and not is_unit_tested:
                if red := dbt.run("test", "--resource-type=unit_test", "--select", *models):
                    return red
                is_unit_tested = True
            changed = changed if self.mutant.is_macro else self.changed(nodes, loaded, dbt)
            if changed and (red := self.red_of_tables(loaded, copy, changed)):
                return red
            copy.unlink()
        files = tests_of_other_builds(self.mutant.file)
        if not (self.is_quick and self.result.nodes):
            # The tests of the vendor that the fault's file is about go first.
            others = [name for name in OF_OTHERS if name not in files]
            files += sorted(others, key=lambda name: name.removeprefix("test_").removesuffix(".py") not in self.mutant.file)
        if not files:
            return None
        return first_red_of_pytest(copy_project(self.place / "project", self.mutant.plant_in_folder), files)

    def changed(self, nodes: list[str], loaded: Loaded, dbt: "Dbt") -> dict[str, str]:
        """The nodes whose SQL is another one with the fault, and that SQL."""
        if not nodes:
            return {}
        if red := dbt.run("compile", "--full-refresh", "--select", *(loaded.manifest.nodes[key].name for key in nodes)):
            raise RuntimeError(f"{self.mutant.name} can't be compiled: {red.name}")
        codes = {key: loaded.manifest.nodes[key].compiled_code for key in nodes}
        return {key: code for key, code in codes.items() if code and code != loaded.graph.code[key]}

    def red_of_tables(self, loaded: Loaded, copy: Path, changed: dict[str, str]) -> Red | None:
        """The first data test, scenario or test of the demo company that is red."""
        rebuild = Rebuild(loaded.graph, loaded.base.warehouse, copy)
        red = rebuild.run(changed)
        self.result.changed_tables += rebuild.changed_tables
        rebuild.close()
        if not red and rebuild.differ:
            red = loaded.base.compare(copy, self.mutant.plant_in_folder)
        return red


class Dbt:
    """dbt on a copy of a base, in this process, with the manifest that has the fault."""

    def __init__(self, loaded: Loaded, warehouse: Path) -> None:
        self.manifest = loaded.manifest
        self.variables = json.dumps(loaded.base.variables)
        self.warehouse = warehouse

    def run(self, command: str, *arguments: str) -> Red | None:
        """Run it up to the first that fails."""
        red: list[Red] = []

        def note(event) -> None:
            if event.info.name == "NodeFinished" and event.data.node_info.node_status in FAILED:
                is_test = event.data.node_info.node_status == "fail"
                red.append(Red("unit test" if is_test else "build", event.data.node_info.node_name))

        os.environ["CS_METRICS_DUCKDB"] = str(self.warehouse)
        target = self.warehouse.parent / "target"
        flags = ["--log-level=none", "--log-level-file=none", "--no-write-json", "--fail-fast", f"--log-path={target}"]
        places = ["--project-dir", str(ROOT), "--profiles-dir", str(ROOT), "--target=duckdb", "--target-path", str(target)]
        try:
            result = dbtRunner(manifest=self.manifest, callbacks=[note]).invoke(
                [*flags, command, *arguments, "--threads=1", "--vars", self.variables, *places]
            )
        finally:
            DuckDBConnectionManager.close_all_connections()
        if not red and not result.success:
            red.append(Red("build", str(result.exception).strip().splitlines()[0]))
        return red[0] if red else None
