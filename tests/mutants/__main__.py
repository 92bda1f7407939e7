"""Tries the planted faults and writes what caught which."""

import argparse
import gc
import multiprocessing
import sys
from collections import Counter
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess
from pathlib import Path

from .bases import all_bases
from .planted import KINDS, Mutant, read_mutants
from .trial import Loaded, Result, saved, try_mutant

PAGE = Path(__file__).with_name("RESULTS.md")
LONGEST_S = 900
ENOUGH = 0.95


def main() -> int:
    """0 when enough of the faults were caught."""
    options = read_options()
    mutants = read_mutants()
    chosen = [mutant for mutant in mutants if is_meant(mutant, options.only)]
    if not chosen:
        print(f"No fault has {' '.join(options.only)} in its name, kind or file.", file=sys.stderr)
        return 2
    done = {m.name: result for m in chosen if options.resume and (result := saved(m)) and result.caught_by}
    todo = [mutant for mutant in chosen if mutant.name not in done]
    print(f"{len(todo)} faults to try, {len(done)} known from before. Building what they start from ...", flush=True)
    bases = all_bases()
    print(f"They are kept in {bases[0].folder.parent}.", flush=True)
    for base in bases:
        process = multiprocessing.get_context("fork").Process(target=base.prepare)
        process.start()
        process.join()
        if process.exitcode:
            return 1
    loaded = [Loaded.of(base) for base in bases]
    for number, result in enumerate(tried(todo, loaded, options.jobs, options.quick), start=1):
        done[result.name] = result
        print(f"{number:>4} of {len(todo)}  {result.seconds:>6.1f} s  {result.name}: {said(result)}", flush=True)
    if len(chosen) == len(mutants):
        PAGE.write_text(page(mutants, done, options.quick), encoding="utf-8")
    caught = sum(bool(done[mutant.name].caught_by) for mutant in chosen)
    print(f"{caught} of {len(chosen)} caught.")
    return 0 if caught >= ENOUGH * len(chosen) else 1


def is_meant(mutant: Mutant, only: list[str]) -> bool:
    """Whether a fault is among those asked for."""
    return not only or any(text in f"{mutant.name} {mutant.kind} {mutant.file}" for text in only)


def read_options() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m mutants", description=__doc__)
    parser.add_argument("only", nargs="*", help="texts of which a fault has one in its name, kind or file")
    parser.add_argument("--jobs", type=int, default=1, help="how many at a time")
    parser.add_argument("--resume", action="store_true", help="don't try again what an earlier run saw caught")
    parser.add_argument("--quick", action="store_true", help="without the tests that build other companies than the bases'")
    return parser.parse_args()


def tried(mutants: list[Mutant], bases: list[Loaded], jobs: int, is_quick: bool):
    """The result of each, as it comes. Each is a process of its own, forked off this one, which has all there is to load."""
    fork = multiprocessing.get_context("fork")
    gc.freeze()  # So that a fork's garbage collector leaves alone what it shares.
    waiting, running = list(reversed(mutants)), {}
    while waiting or running:
        while waiting and len(running) < jobs:
            mutant = waiting.pop()
            process = fork.Process(target=try_mutant, args=(mutant, bases, is_quick))
            process.start()
            running[process.sentinel] = (mutant, process)
        ended = wait(list(running), timeout=LONGEST_S)
        for sentinel in ended or list(running):
            mutant, process = running.pop(sentinel)
            process.join(1 if ended else 0)
            yield outcome(mutant, process)


def outcome(mutant: Mutant, process: BaseProcess) -> Result:
    """What a process found; one that doesn't end is ended, and shows the fault as well as any test.

    Where the trial itself went wrong, which it has said, nothing caught the fault.
    """
    if process.is_alive():
        process.kill()
        process.join()
        result = Result(mutant.name, mutant.digest, "build", "doesn't end", seconds=LONGEST_S)
        result.save()
        return result
    return saved(mutant) if process.exitcode == 0 else Result(mutant.name, mutant.digest, check="the trial itself went wrong")


def said(result: Result) -> str:
    """A result in a few words."""
    if result.caught_by:
        return f"{result.caught_by} {result.check}"
    if result.check:
        return result.check
    return "SURVIVED" if result.changed_tables else "NO EFFECT on any table"


def page(mutants: list[Mutant], results: dict[str, Result], is_quick: bool) -> str:
    """The page of results."""
    untried = [mutant for mutant in mutants if mutant.name not in results]
    results = {mutant.name: Result(mutant.name, mutant.digest, check="not tried yet") for mutant in untried} | results
    caught = [mutant for mutant in mutants if results[mutant.name].caught_by]
    by_check = Counter(results[mutant.name].caught_by or "nothing" for mutant in mutants if mutant not in untried)
    cpu = sum(result.cpu_seconds for result in results.values())
    lines = [
        "# What caught which fault",
        "",
        "Written by `make mutants`; README.md says how the faults are tried. The check named is the first that turned red.",
        "",
        f"{len(mutants)} faults, {len(mutants) - len(untried)} of them tried, {len(caught)} caught: "
        + ", ".join(f"{count} by {check}" for check, count in by_check.most_common())
        + f". They took {cpu / 60:.0f} minutes of one core."
        + (" The tests that build other companies were tried for Stripe's faults only (`QUICK=1`)." if is_quick else ""),
        "",
        "| kind | faults | caught | what is meant |",
        "|---|---:|---:|---|",
    ]
    for kind, meant in KINDS.items():
        of_kind = [mutant for mutant in mutants if mutant.kind == kind]
        lines.append(f"| {kind} | {len(of_kind)} | {sum(mutant in caught for mutant in of_kind)} | {meant} |")
    lines += ["", "| fault | kind | what is wrong | caught by | CPU s |", "|---|---|---|---|---:|"]
    file = ""
    for mutant in mutants:
        result = results[mutant.name]
        if mutant.file != file:
            file = mutant.file
            lines.append(f"| **{file}** | | | | |")
        check = cell(result.check) if result.caught_by else f"**{said(result)}**"
        lines.append(f"| {mutant.name} | {mutant.kind} | {cell(mutant.wrong)} | {result.caught_by} {check} | {result.cpu_seconds:.0f} |")
    return "\n".join(lines) + "\n"


def cell(text: str) -> str:
    """A text for a table's cell."""
    return text.replace("|", "\\|").replace("\n", " ")


if __name__ == "__main__":
    sys.exit(main())
