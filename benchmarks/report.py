"""Writes the tables of README.md from results.json, between the markers of each part."""

import json
import math
import re
from pathlib import Path

HERE = Path(__file__).resolve().parent
SLOW_SECONDS = 1.0


def write_tables(results: dict, page: Path) -> None:
    """Put each part's tables between its markers; what stands outside of them stays."""
    text = page.read_text(encoding="utf-8")
    for part, tables in TABLES.items():
        if part not in results:
            continue
        begin, end = f"<!-- {part}: begin -->", f"<!-- {part}: end -->"
        if begin not in text or end not in text:
            raise ValueError(f"{page} has no place for {part}. Expected: the lines {begin} and {end}.")
        inside = "\n\n".join([*tables(results[part]), measured_on(results[part])])
        text = re.sub(f"{re.escape(begin)}.*{re.escape(end)}", lambda _: f"{begin}\n{inside}\n{end}", text, flags=re.S)
    page.write_text(text, encoding="utf-8")


def table(header: list[str], rows: list[list]) -> str:
    """A Markdown table."""
    lines = [header, ["---", *["---:"] * (len(header) - 1)], *rows]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines)


def by_size(found: dict) -> list[tuple[int, dict]]:
    """A part's results from the smallest size to the largest."""
    return sorted((int(size), result) for size, result in found.items())


def exponent(small: tuple[int, float], large: tuple[int, float]) -> str:
    """How a figure grows with the number of accounts: 1 is in proportion."""
    (few, before), (many, after) = small, large
    return f"{math.log(after / before) / math.log(many / few):.2f}" if before > 0 and after > 0 else ""


def build_tables(found: dict) -> list[str]:
    """Time, memory and file of the whole build, their growth, and the slow models."""
    sizes = by_size(found)
    figures = [
        ("item terms", lambda one: one["rows"]["subscription_items"], ",.0f"),
        ("invoice lines", lambda one: one["rows"]["invoice_lines"], ",.0f"),
        ("wall, s", lambda one: one["wall"], ",.1f"),
        ("CPU, s", lambda one: one["cpu"], ",.1f"),
        ("dbt's first parse of the project before, s CPU", lambda one: one.get("parse_cpu", math.nan), ",.1f"),  # older results don't say
        ("models alone, s of dbt's threads", lambda one: sum(one["models"].values()), ",.1f"),
        ("peak memory, MiB", lambda one: one["memory"], ",.0f"),
        ("file, MiB", lambda one: one["file_mib"], ",.0f"),
        ("of it loaded tables, MiB", lambda one: one["loaded_mib"], ",.0f"),
    ]
    pairs = list(zip(sizes, sizes[1:]))
    header = ["", *[f"{size:,} accounts" for size, _ in sizes], *[f"exponent {a:,} to {b:,}" for (a, _), (b, _) in pairs]]
    rows = [
        [name, *[format(get(one), style) for _, one in sizes], *[exponent((a, get(x)), (b, get(y))) for (a, x), (b, y) in pairs]]
        for name, get, style in figures
    ]
    largest = sizes[-1][1]["models"]
    slow = sorted((name for name in largest if largest[name] > SLOW_SECONDS), key=lambda name: -largest[name])
    models = [
        [
            f"`{name}`",
            *[f"{one['models'].get(name, 0):.2f}" for _, one in sizes],
            *[exponent((a, x["models"].get(name, 0)), (b, y["models"].get(name, 0))) for (a, x), (b, y) in pairs],
        ]
        for name in slow
    ]
    return [table(header, rows), f"Models above {SLOW_SECONDS:.0f} s at the largest size, in seconds:", table(header, models)]


def ledger_tables(found: dict, whose: str = "accounts") -> list[str]:
    """The ways, and their ratios; older results have no ended spine."""
    header = ["", "item intervals", "rows of (a)", "(a) spine, s CPU", "(b) shortest, s CPU", "ours, s CPU", "(a) / ours", "(a) ended / ours", "ours / (b)"]
    rows = []
    for size, one in by_size(found):
        ended = one.get("ended_spine", {"cpu": math.nan})
        spine, shortest, ours = (one[way] for way in ("spine", "shortest", "ours"))
        rows.append([
            f"{size:,} {whose}", f"{one['item_terms']:,}", f"{one['spine_rows']:,}",
            f"{spine['cpu']:.2f}", f"{shortest['cpu']:.2f}", f"{ours['cpu']:.2f}",
            f"**{spine['cpu'] / ours['cpu']:.1f}**", f"{ended['cpu'] / ours['cpu']:.1f}", f"**{ours['cpu'] / shortest['cpu']:.2f}**",
            ", ".join(f"{way['wall']:.2f}" for way in (spine, shortest, ours)),
        ])
    return [table([*header, "wall (a), (b), ours"], rows)]


def periods_tables(found: dict) -> list[str]:
    """The three ways over made-up periods."""
    return ledger_tables(found, "customers")


def by_hand_tables(found: dict) -> list[str]:
    """The build beside the script, and where the script's time goes."""
    header = ["", "ours, s CPU", "by hand, s CPU", "ratio", "ours, s wall", "by hand, s wall", "ratio", "ours, MiB", "by hand, MiB"]
    rows = []
    for size, one in by_size(found):
        ours, hand = one["ours"], one["by_hand"]
        rows.append([
            f"{size:,} accounts", f"{ours['cpu']:.1f}", f"{hand['cpu']:.1f}", f"**{ours['cpu'] / hand['cpu']:.2f}**",
            f"{ours['wall']:.1f}", f"{hand['wall']:.1f}", f"**{ours['wall'] / hand['wall']:.2f}**",
            f"{ours['memory']:,.0f}", f"{hand['memory']:,.0f}",
        ])
    size, largest = by_size(found)[-1]
    slowest = [[f"`{taken['statement']}`", f"{taken['cpu']:.2f}"] for taken in largest["slowest_by_hand"]]
    equal = ", ".join(f"{mart} {rows:,}" for mart, rows in largest["rows"].items())
    return [
        table(header, rows),
        f"Equal marts at {size:,} accounts, rows: {equal}.",
        f"The script's slowest statements at {size:,} accounts:",
        table(["statement", "s CPU"], slowest),
    ]


def check_tables(found: dict) -> list[str]:
    """The check of a folder."""
    header = ["", "rows", "wall, s", "CPU, s", "peak memory, MiB"]
    rows = [
        [f"{size:,} accounts", f"{one['rows']:,}", f"{one['wall']:.1f}", f"{one['cpu']:.1f}", f"{one['memory']:,.0f}"]
        for size, one in by_size(found)
    ]
    return [table(header, rows)]


def policies_tables(found: dict) -> list[str]:
    """One policy and two."""
    header = ["", "policies", "wall, s", "CPU, s", "peak memory, MiB", "file, MiB"]
    rows = []
    for size, one in by_size(found):
        both = [one["standard"], one["standard+stripe"]]
        for name, built in zip(("standard", "standard, stripe"), both):
            rows.append([f"{size:,} accounts", name, f"{built['wall']:.1f}", f"{built['cpu']:.1f}", f"{built['memory']:,.0f}", f"{built['file_mib']:,.0f}"])
        rows.append(["", "ratio", *[f"**{both[1][name] / both[0][name]:.2f}**" for name in ("wall", "cpu", "memory", "file_mib")]])
    return [table(header, rows)]


def query_tables(found: dict) -> list[str]:
    """Each query's median and worst."""
    sizes = by_size(found)
    header = ["", *[f"{size:,} accounts: rows, median, worst in ms" for size, _ in sizes]]
    names = [name for name in sizes[-1][1] if name != "machine"]
    rows = [
        [name, *[f"{one[name]['rows']:,}, **{one[name]['median_ms']}**, {one[name]['worst_ms']}" if name in one else "" for _, one in sizes]]
        for name in names
    ]
    return [table(header, rows)]


def demo_tables(found: dict) -> list[str]:
    """Where a warm build's time goes."""
    one = found["demo"]
    phases = [[name, f"{seconds:.1f}", f"{seconds / one['wall']:.0%}"] for name, seconds in one["phases"].items()]
    phases.append(["**all**", f"**{one['wall']:.1f}**", "100%"])
    nodes = [
        [kind.replace("_", " "), kinds["nodes"], f"{kinds['compile']:.1f}", f"{kinds['all'] - kinds['compile']:.1f}"]
        for kind, kinds in sorted(one["nodes"].items(), key=lambda pair: -pair[1]["all"])
    ]
    return [
        table(["phase", "wall, s", "share"], phases),
        "What the nodes' part is made of, in seconds of dbt's two threads:",
        table(["nodes", "number", "compile, s", "run, s"], nodes),
    ]


def measured_on(found: dict) -> str:
    """The machines and versions of a part's figures."""
    seen = {}
    for key, one in found.items():
        machine = one["machine"]
        text = (
            f"{machine['cpus']} cores, {machine['memory_gib']:.0f} GiB, Python {machine['python']}, DuckDB {machine['duckdb']}, "
            f"{machine['day']}, load average {machine['load']}"
        )
        seen.setdefault(text, []).append(f"{int(key):,}" if key.isdigit() else key)
    return "Measured on: " + "; ".join(f"{text} ({', '.join(keys)})" for text, keys in seen.items()) + "."


TABLES = {
    "build": build_tables,
    "ledger": ledger_tables,
    "periods": periods_tables,
    "by_hand": by_hand_tables,
    "policies": policies_tables,
    "query": query_tables,
    "demo": demo_tables,
    "check": check_tables,
}


if __name__ == "__main__":
    write_tables(json.loads((HERE / "results.json").read_text(encoding="utf-8")), HERE / "README.md")
