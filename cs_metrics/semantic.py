"""The metrics of dbt's semantic layer, made from the catalogue (macros/definitions/metrics).

`python -m cs_metrics.semantic --write` writes them. What they are made of, the sums over rows of monthly_metrics, stands
with that model (models/marts/metrics/_metrics__models.yml).
"""

import argparse
import json
import os
import re
import sys
from pathlib import Path

import yaml
from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.cli.main import dbtRunner

from cs_metrics import ROOT

WRITTEN = ROOT / "models" / "marts" / "metrics" / "_metrics__semantic_metrics.yml"
HEADER = """\
# Written by `python -m cs_metrics.semantic --write` from the catalogue of metrics; don't edit it by hand.
#
# First what the metrics are made of: the numerator or denominator of one figure. Several months of it are added up, or it
# is that of the first or last of them. Of several segments it is the whole company's; where that isn't among them either,
# or several policies are, there is none: figures of segments overlap.
"""

OVER_MONTHS = {
    "sum": "the sum of its months",
    "first": "its first month's",
    "last": "its last month's",
}
SIDES = ("numerator", "denominator")
ABBREVIATIONS = {
    *("mrr", "arr", "arpa", "arpu", "arpc", "nrr", "grr", "fx", "ltv", "cac", "clv"),
    *("nps", "csat", "dau", "wau", "mau", "csm", "fte"),
}
MONEY = "{{ var('reporting_currency') }}"


def catalogue(target_path: Path | None = None) -> list[dict]:
    """The catalogue of metrics, as dbt has it; no warehouse is opened for it."""
    inline = "{{ tojson([var('reporting_currency'), metric_catalogue()]) }}"
    arguments = ["--log-level", "none", "--log-level-file", "none", "compile", "--quiet", "--inline", inline]
    places = ["--project-dir", str(ROOT), "--profiles-dir", str(ROOT), "--target", "duckdb"]
    os.chdir(ROOT)
    warehouse = os.environ.get("CS_METRICS_DUCKDB")
    os.environ["CS_METRICS_DUCKDB"] = ":memory:"
    try:
        result = dbtRunner().invoke([*arguments, *places, *(["--target-path", str(target_path)] if target_path else [])])
    finally:
        DuckDBConnectionManager.close_all_connections()
        os.environ.pop("CS_METRICS_DUCKDB") if warehouse is None else os.environ.update(CS_METRICS_DUCKDB=warehouse)
    if not result.success:
        raise RuntimeError(f"dbt can't read the catalogue of metrics: {result.exception}")
    currency, metrics = json.loads(result.result.results[0].node.compiled_code)
    return [metric | {"unit": MONEY if metric["unit"] == currency else metric["unit"]} for metric in metrics]


def over_months(metric: dict) -> list[str]:
    """How the numerator of several months is made, and the denominator, if the metric has one."""
    kinds = metric.get("over_months", "last")
    if isinstance(kinds, str):
        kinds = [kinds, kinds]
    return kinds if metric.get("denominator") else kinds[:1]


def part(kind: str, side: str) -> dict:
    """The numerator or denominator that metrics are made of: of one figure, never of several that overlap."""
    rows, company = f"{kind}_{side}_of_rows", f"{kind}_{side}_of_company"
    return {
        "name": f"{kind}_{side}",
        "label": f"Part of metrics: {side}, {OVER_MONTHS[kind]}",
        "description": f"The {side} of one metric (filter on it, or group by it); of several months {OVER_MONTHS[kind]}.",
        "type": "derived",
        "expr": f"case when companies_told = 1 then {company} when figures_told = 1 then {rows} end",
        "input_metrics": [Inline(name=name) for name in ("companies_told", "figures_told", company, rows)],
        "config": Inline(meta={"is_part": True}),
    }


def semantic_metric(metric: dict) -> dict:
    """A metric of the catalogue: a ratio of its numerator and denominator, or its numerator."""
    name, kinds = metric["name"], over_months(metric)
    inputs = [
        Inline(name=f"{kind}_{side}", alias=f"{name}_{side}", filter=f"{{{{ Dimension('segment__metric') }}}} = '{name}'")
        for side, kind in zip(SIDES, kinds)
    ]
    is_ratio = len(inputs) == 2
    return {
        "name": name,
        "label": label(name),
        "description": f"{{{{ doc('metric_{name}') }}}}\n\n{said(kinds)}\n",
        "type": "ratio" if is_ratio else "derived",
        **(dict(zip(SIDES, inputs)) if is_ratio else {"expr": f"{name}_numerator", "input_metrics": inputs}),
        "config": Inline(meta={"unit": metric["unit"], "over_months": dict(zip(SIDES, kinds))}),
    }


def said(kinds: list[str]) -> str:
    """What a figure of a quarter or a year is, for people."""
    if set(kinds) == {"last"}:
        return f"**Of a quarter or a year**: {OVER_MONTHS['last']}."
    if len(kinds) == 1 or kinds[0] == kinds[1]:
        return f"**Of a quarter or a year**: {'numerator and denominator are each the sum of its months' if kinds[1:] else OVER_MONTHS[kinds[0]]}."
    return f"**Of a quarter or a year**: the numerator is {OVER_MONTHS[kinds[0]]}, the denominator {OVER_MONTHS[kinds[1]]}."


def label(name: str) -> str:
    """A metric's name for people: nrr_12m is NRR 12m."""
    words = [word.upper() if word in ABBREVIATIONS else re.sub(r"^(\d+)pct$", r"\1 %", word) for word in name.split("_")]
    return " ".join(words)[0].upper() + " ".join(words)[1:]


def written(metrics: list[dict]) -> str:
    """The file with all metrics, given the catalogue."""
    parts = [part(kind, side) for kind in OVER_MONTHS for side in SIDES]
    document = {"version": 2, "metrics": [*parts, *map(semantic_metric, metrics)]}
    text = yaml.dump(document, Dumper=Dumper, sort_keys=False, width=1000, allow_unicode=True)
    return HEADER + text.replace("\n  - name:", "\n\n  - name:").replace("metrics:\n\n", "metrics:\n", 1)


class Inline(dict):
    """A mapping that is written on one line."""


class Dumper(yaml.SafeDumper):
    """YAML as the project's other files have it: items indented, text of several lines as such."""

    def increase_indent(self, flow=False, indentless=False):
        """Indent the items of a list."""
        return super().increase_indent(flow, False)

    def ignore_aliases(self, data):
        """Write everything out."""
        return True

    def text(self, text: str):
        """Text of several lines is a block; with quotes in it, it stands in double ones."""
        style = "|" if "\n" in text else '"' if "'" in text else None
        return self.represent_scalar("tag:yaml.org,2002:str", text, style=style)

    def inline(self, mapping: Inline):
        """A mapping on one line."""
        return self.represent_mapping("tag:yaml.org,2002:map", mapping, flow_style=True)


Dumper.add_representer(str, Dumper.text)
Dumper.add_representer(Inline, Dumper.inline)


def main() -> int:
    """Write the file, or say whether it is up to date."""
    parser = argparse.ArgumentParser(description="Metrics of the semantic layer from the catalogue.")
    parser.add_argument("--write", action="store_true", help="write them; without it, only say whether they are up to date")
    arguments = parser.parse_args()
    text = written(catalogue())
    if arguments.write:
        WRITTEN.write_text(text, encoding="utf-8")
    elif not WRITTEN.exists() or WRITTEN.read_text(encoding="utf-8") != text:
        print(f"{WRITTEN.relative_to(ROOT)} is out of date: python -m cs_metrics.semantic --write", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
