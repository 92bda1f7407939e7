"""Writes a proposal for a folder's mapping.yml, with a remark on every line.

The lines are written by hand, so that remarks stand where they belong. Names and values go into them through `scalar`, which
leaves quoting to the YAML library, and into remarks through `visible`. The text is read back before it is handed out.
"""

import re
import shlex
import sys
import tempfile
from pathlib import Path

import duckdb
import yaml

from cs_metrics.drafts import Draft, Proposer
from cs_metrics.folder import Choices, understand
from cs_metrics.mapping import NAME, PROPOSED
from cs_metrics.sources import read_sources
from cs_metrics.terminal import NOTICES_SHOWN, print_notices, visible

PLAIN = re.compile(r"[^\W\d]\w*(?:[ -]\w+)*|\d+(?: [^\W\d]\w*)?")
WORDS_OF_YAML = {"true", "false", "null", "yes", "no", "on", "off", "y", "n"}
FORMATS_ASKED = re.compile("(DATES|DECIMALS)=")
FORMATS_LINE = "# formats: {dates: day first, decimals: comma}           # decide: take away the first # and say how they are written"
WIDTH = 54
"""Where remarks begin, if the line isn't longer."""


def propose(folder: Path, entity: str | None = None) -> int:
    """Write a proposal into the folder, and say what is sure of it and what is not; 0 when there is one."""
    if not folder.is_dir():
        print(f"{folder} is not a folder. Expected: a folder with the exported files.", file=sys.stderr)
        return 1
    path = folder / NAME
    if path.exists():
        path = folder / PROPOSED
    if path.exists():
        print(
            f"{folder / NAME} and {PROPOSED} are there already, and neither is written over. Rename or remove one of them.", file=sys.stderr
        )
        return 1
    with tempfile.TemporaryDirectory() as work:
        found = read_sources(folder, Path(work))
        print_notices(found.problems, "PROBLEM")
        if not found.sources:
            print(f"{folder} has no file that can be read. Expected: CSV, TSV, Excel or Parquet.", file=sys.stderr)
            return 1
        with duckdb.connect() as connection:
            proposal = Proposer(connection, found.sources, entity or folder.resolve().name)
            text = proposal_text(proposal)
        path.write_text(text, encoding="utf-8")
        export = understand(folder, Path(work) / "again", Choices(mapping=path))
        if any(FORMATS_ASKED.search(problem) for problem in export.problems):
            path.write_text(text.replace("\ntables:\n", f"\n{FORMATS_LINE}\ntables:\n", 1), encoding="utf-8")
    print(summary(proposal))
    print_notices(export.problems, "TO DO")
    print(f"\nWritten: {path}. Look it through, correct it, and then:")
    if path.name == PROPOSED:
        print(f"  {NAME} stays as it is; take over from {PROPOSED} what you want.")
    print("\n".join(f"  make {command} DATA={shlex.quote(str(folder))}" for command in ("check", "build")))
    return 0


def proposal_text(proposer: Proposer) -> str:
    """The proposal as it is written."""
    lines = [
        "# What of this export is what of the input contract: proposed by `make map`, to be corrected by you.",
        "# Remarks: sure, likely, check (look at it), decide (only you can know). docs/own_export.md has all that can stand here.",
    ]
    lines += [f"# missing: {visible(line)}" for line in proposer.missing]
    lines += ["", remarked(f"entity: {scalar(proposer.entity)}", "check: the company or subsidiary that bills"), "tables:"]
    for table in proposer.tables:
        drafts = [draft for draft in proposer.drafts if draft.table.name == table]
        if drafts:
            lines.append(f"  {table}:")
        for draft in drafts:
            lines += block_lines(proposer, draft, is_listed=len(drafts) > 1)
    if proposer.left_out:
        lines.append("not_read:")
        lines += [f"  {scalar(name)}: {scalar(reason)}" for name, reason in proposer.left_out.items()]
    return "\n".join(lines) + "\n"


def block_lines(proposer: Proposer, draft: Draft, is_listed: bool) -> list[str]:
    """The lines of a block."""
    lines = [f"file: {scalar(draft.source.name)}"]
    if draft.one_row_per:
        lines.append(f"one_row_per: {flow(draft.one_row_per)}")
    lines.append("columns:")
    order = [*draft.table.column_names]
    for name in sorted(draft.entries, key=order.index):
        entry = draft.entries[name]
        if entry.is_gap:
            lines.append(f"  # {name}: ?  missing: {visible(entry.remark)}")
        else:
            lines.append(remarked(f"  {name}: {flow(entry.value)}", entry.remark, 4))
    unread = unread_columns(proposer, draft)
    if unread:
        keep = "; x_name: column keeps one of them" if draft.table.name == "accounts" else ""
        lines.append(f"  # not read: {visible(', '.join(unread))}{keep}")
    if is_listed:
        return [f"    {'- ' if place == 0 else '  '}{line}" for place, line in enumerate(lines)]
    return [f"    {line}" for line in lines]


def unread_columns(proposer: Proposer, draft: Draft) -> list[str]:
    """The columns of a file that no block reads, said at its last block."""
    last = [each for each in proposer.drafts if each.source is draft.source][-1]
    if last is not draft:
        return []
    texts = [
        flow(entry.value)
        for each in proposer.drafts
        for entry in each.entries.values()
        if each.source is draft.source or "lookup" in flow(entry.value)
    ]
    return [name for name in draft.source.columns if not any(re.search(rf"(?<!\w){re.escape(scalar(name))}(?!\w)", text) for text in texts)]


def summary(proposer: Proposer) -> str:
    """What was proposed, for the terminal."""
    lines = []
    for draft in proposer.drafts:
        levels = [entry.remark.split(":")[0] for entry in draft.entries.values() if not entry.is_gap]
        counts = ", ".join(
            f"{levels.count(level)} {what}" for level, what in (("check", "to check"), ("decide", "to decide")) if level in levels
        )
        lines.append(f"{draft.table.name:<20} {draft.source.name}: {len(levels)} columns{f', {counts}' if counts else ''}")
    left_out = [f"{'not read':<20} {visible(f'{name}: {reason}')}" for name, reason in proposer.left_out.items()]
    lines += left_out[:NOTICES_SHOWN]
    if len(left_out) > NOTICES_SHOWN:
        lines.append(f"{'not read':<20} and {len(left_out) - NOTICES_SHOWN:,} more files")
    lines += [f"{'missing':<20} {line}" for line in proposer.missing]
    decisions = [f"  {draft.table.name}.{name}: {entry.remark.removeprefix('decide: ')}" for draft in proposer.drafts
                 for name, entry in draft.entries.items() if entry.remark.startswith("decide")]  # fmt: skip
    return "\n".join([*lines, *(["To decide:", *decisions] if decisions else [])])


def scalar(value: object) -> str:
    """A value as YAML takes it in one line."""
    if value is None:
        return "~"
    if value is True:
        return "true"
    text = str(value)
    is_plain = PLAIN.fullmatch(text) or re.fullmatch(r"[\w-]+\.\w+", text)
    if is_plain and text.lower() not in WORDS_OF_YAML:
        return text
    # The library writes control characters as YAML's escapes; those that turn the direction of text are left to `visible`.
    return visible(yaml.safe_dump(text, default_style='"', allow_unicode=True, width=float("inf")).strip())


def flow(value: object) -> str:
    """A value, list or mapping as YAML takes it in one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{scalar(key)}: {flow(each)}" for key, each in value.items()) + "}"
    return f"[{', '.join(map(flow, value))}]" if isinstance(value, list) else scalar(value)


def remarked(line: str, remark: str, indent: int = 0) -> str:
    """A line with its remark."""
    return f"{line:<{WIDTH - indent}}  # {visible(remark)}"
