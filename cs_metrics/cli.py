"""The command line: `python -m cs_metrics build`, `docs`, `demo`."""

import argparse
import sys
from datetime import date
from pathlib import Path

import yaml

from cs_metrics.build import KEPT, BuildOptions, build, write_docs
from cs_metrics.files import BuildError
from cs_metrics.folder import FolderError


def main(arguments: list[str] | None = None) -> int:
    """Run one command; its exit code."""
    parser = argparse.ArgumentParser(prog="python -m cs_metrics", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    add_build(commands)
    commands.add_parser("docs", help="write the documentation as one page").set_defaults(run=lambda _: write_docs())
    options = parser.parse_args(arguments)
    try:
        return options.run(options)
    except FolderError as error:
        print(f"\nThe folder can't be built from:\n{error}", file=sys.stderr)
        return 1
    except BuildError as error:
        print(f"\nIt can't be built now. {error}", file=sys.stderr)
        return 1


def add_build(commands) -> None:
    """`build`: the demo company, or a folder of files."""
    command = commands.add_parser("build", help="build the tables and run their tests")
    command.add_argument("--data", type=Path, metavar="FOLDER", help="CSV or Parquet files named after the contract's tables")
    command.add_argument("--entity", metavar="NAME", help="billing entity of files that have no billing_entity column")
    command.add_argument("--as-of", type=day, metavar="DATE", help="build what was known on that day")
    command.add_argument("--vars", type=variables, metavar="YAML", help="variables of the project, as dbt takes them")
    command.add_argument("--full-refresh", action="store_true", help="build incremental models anew")
    command.add_argument("--warehouse", type=Path, metavar="FILE", help="the DuckDB file to publish; dbt works in build/ beside it")
    command.add_argument("--keep", type=count, default=KEPT, metavar="N", help="published snapshots to keep (%(default)s)")
    command.add_argument("--target-path", type=Path, metavar="FOLDER", help="where dbt leaves what it compiles")
    command.set_defaults(
        run=lambda options: build(
            BuildOptions(
                data=options.data,
                entity=options.entity,
                as_of=options.as_of,
                variables=options.vars,
                full_refresh=options.full_refresh,
                warehouse=options.warehouse,
                target_path=options.target_path,
                keep=options.keep,
            )
        )
    )


def day(text: str) -> str:
    """A date like 2026-09-10."""
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is no date; expected one like 2026-09-10") from error


def count(text: str) -> int:
    """A number such as 3."""
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is no number; expected one like {KEPT}")
    return int(text)


def variables(text: str) -> dict:
    """YAML that maps names to values, like {metric_policies: [standard, stripe]}."""
    try:
        values = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is not YAML: {error}") from error
    if not isinstance(values, dict):
        raise argparse.ArgumentTypeError(f"{text!r} maps nothing; expected like {{metric_policies: [standard, stripe]}}")
    return values
