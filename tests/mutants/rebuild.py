"""Builds again what a fault reaches, straight in DuckDB: dbt's own run of a model takes ten times as long as its query."""

import json
from dataclasses import dataclass
from functools import cached_property
from graphlib import TopologicalSorter
from pathlib import Path

import duckdb

# A fault that multiplies rows fails at these and is caught, before the machine is full.
LIMITS = {"memory_limit": "4GB", "max_temp_directory_size": "4GB"}


@dataclass(frozen=True)
class Red:
    """A check that turned red: of what kind it is, and which."""

    kind: str
    name: str


class Graph:
    """The nodes of a build as dbt left them in its manifest, with their compiled SQL."""

    def __init__(self, manifest: Path) -> None:
        nodes = json.loads(manifest.read_text(encoding="utf-8"))["nodes"]
        self.nodes = {key: node for key, node in nodes.items() if node["resource_type"] in ("model", "test")}
        self.code = {key: node.get("compiled_code") for key, node in self.nodes.items()}

    @cached_property
    def models(self) -> list[str]:
        """The models, each after those that it reads."""
        order = TopologicalSorter({key: self.parents(key) for key in self.nodes}).static_order()
        return [key for key in order if self.nodes[key]["resource_type"] == "model"]

    @cached_property
    def tests(self) -> list[str]:
        """The data tests that fail a build."""
        return [
            key for key, node in self.nodes.items()
            if node["resource_type"] == "test" and node["config"]["severity"].lower() == "error"
        ]

    def parents(self, key: str) -> list[str]:
        """The models that a node reads."""
        return [parent for parent in self.nodes[key]["depends_on"]["nodes"] if parent.startswith("model.")]


class Rebuild:
    """A copy of a base, in which some nodes have other SQL."""

    def __init__(self, graph: Graph, base: Path, copy: Path) -> None:
        self.graph = graph
        self.database = duckdb.connect(str(copy), config={"threads": 1} | LIMITS)
        self.database.execute(f"attach '{base}' as base (read_only)")
        self.differ: set[str] = set()

    def run(self, changed: dict[str, str]) -> Red | None:
        """Build what has other SQL and what reads tables that differ, then run its tests, up to the first that is red."""
        code = self.graph.code | changed
        for key in self.graph.models:
            if key in changed or self.differ & set(self.graph.parents(key)):
                try:
                    if self.build(self.graph.nodes[key], code[key]):
                        self.differ.add(key)
                except duckdb.Error as error:
                    return Red("build", f"{self.graph.nodes[key]['name']}: {str(error).splitlines()[0]}")
        for key in self.graph.tests:
            if key in changed or self.differ & set(self.graph.parents(key)):
                config = self.graph.nodes[key]["config"]
                is_red = f"select {config['fail_calc']} {config['error_if']} from ({code[key]}) as failures"
                if self.database.execute(is_red).fetchone()[0]:
                    return Red("data test", self.graph.nodes[key]["name"])
        return None

    def build(self, node: dict, code: str) -> bool:
        """Build a model; whether it has other rows than in the base. Of a view that is taken for granted."""
        relation = f'"{node["schema"]}"."{node["alias"]}"'
        if node["config"]["materialized"] == "view":
            self.database.execute(f"create or replace view {relation} as {code}")
            return True
        if node["config"]["materialized"] not in ("table", "incremental"):
            return node["config"]["materialized"] == "ephemeral"
        if node["contract"]["enforced"]:
            self.database.execute(f"create or replace table {relation} as select * from base.{relation} limit 0")
            self.database.execute(f"insert into {relation} by name {code}")
        else:
            self.database.execute(f"create or replace table {relation} as {code}")
        rows = "select count(*), sum(hash(t)) from {}{} as t"
        return self.fetch(rows.format("", relation)) != self.fetch(rows.format("base.", relation))

    def fetch(self, query: str) -> list[tuple]:
        """The rows of a query."""
        return self.database.execute(query).fetchall()

    @property
    def changed_tables(self) -> int:
        """How many tables have other rows than in the base."""
        return sum(self.graph.nodes[key]["config"]["materialized"] != "view" for key in self.differ)

    def close(self) -> None:
        """Give the file back."""
        self.database.close()
