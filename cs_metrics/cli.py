"""The command line: `python -m cs_metrics build`, `check`, `map`, `rejected`, `explain`, `ask`, `questions`, `docs`."""

import argparse
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

import duckdb
import yaml

from cs_metrics import ROOT, contract
from cs_metrics.ask import ask, write_page
from cs_metrics.build import KEPT, BuildOptions, build, default_warehouse, plain, warehouse_name, write_docs
from cs_metrics.check import check
from cs_metrics.explain import ExplainError, Question, explain
from cs_metrics.files import BuildError, Files
from cs_metrics.folder import Choices, FolderError
from cs_metrics.formats import DATES, DECIMALS, Formats, one_of
from cs_metrics.propose import propose
from cs_metrics.publish import PERSONAL
from cs_metrics.query import query
from cs_metrics.rejected import rejected
from cs_metrics.render import project_variables


def main(arguments: list[str] | None = None) -> int:
    """Run one command; its exit code."""
    parser = argparse.ArgumentParser(prog="python -m cs_metrics", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    add_build(commands)
    add_check(commands)
    add_map(commands)
    add_rejected(commands)
    add_explain(commands)
    add_ask(commands)
    add_query(commands)
    commands.add_parser("docs", help="write the documentation as one page").set_defaults(run=lambda _: write_docs())
    options = parser.parse_args(arguments)
    if bool(getattr(options, "withdraw", None)) != bool(getattr(options, "because", None)):
        parser.error("--withdraw and --because belong together (WITHDRAW=2026-10-25 BECAUSE='the wrong day')")
    try:
        return options.run(options)
    except (duckdb.IOException, duckdb.ConnectionException, OSError) as error:
        advice = built_files(options).advice(str(error)) if hasattr(options, "data") else None
        print(f"{options.command}: {plain(str(error)).strip()}{f'{chr(10)}{advice}' if advice else ''}", file=sys.stderr)
        return 1
    except FolderError as error:
        print(f"\nThe folder can't be built from:\n{error}", file=sys.stderr)
        return 1
    except BuildError as error:
        print(f"\nIt can't be built now. {error}", file=sys.stderr)
        return 1
    except ExplainError as error:
        print(error, file=sys.stderr)
        return 1


def add_build(commands) -> None:
    """`build`: the demo company, or a folder of files."""
    command = commands.add_parser("build", help="build the tables and run their tests")
    command.add_argument("--data", type=Path, metavar="FOLDER", help="the exported files")
    command.add_argument("--entity", metavar="NAME", help="billing entity of files that have no billing_entity column")
    add_formats(command)
    command.add_argument("--mapping", type=Path, metavar="FILE", help="what its files and columns are, if not its own mapping.yml")
    command.add_argument("--as-of", type=day, metavar="DATE", help="build what was known on that day")
    command.add_argument("--vars", type=variables, metavar="YAML", help="variables of the project, as dbt takes them")
    command.add_argument("--full-refresh", action="store_true", help="build incremental models anew")
    command.add_argument("--warehouse", type=Path, metavar="FILE", help="the DuckDB file to publish; dbt works in build/ beside it")
    command.add_argument("--keep", type=count, default=KEPT, metavar="N", help="published snapshots to keep (%(default)s)")
    command.add_argument("--no-dashboard", action="store_true", help="leave the dashboard's page out: it holds names of accounts")
    command.add_argument("--personal", choices=PERSONAL, help="personal columns in what is published (as before; at first kept)")
    command.add_argument("--withdraw", type=day, metavar="DATE", help="take back what was first reported as of that day, a mistake")
    command.add_argument("--because", metavar="TEXT", help="why it is taken back: it stays in metrics.published_builds")
    command.add_argument("--future", action="store_true", help="take an as-of date after today")
    command.add_argument("--accept-losses", action="store_true", help="publish though months have lost most of their accounts or MRR")
    command.add_argument("--same-company", action="store_true", help="the folder is of the company that the warehouse holds, though it is another")
    command.add_argument("--target-path", type=Path, metavar="FOLDER", help="where dbt leaves what it compiles")
    command.set_defaults(
        run=lambda options: build(
            BuildOptions(
                data=options.data,
                entity=options.entity,
                formats=Formats(options.dates, options.decimals),
                mapping=options.mapping,
                as_of=options.as_of,
                variables=options.vars,
                full_refresh=options.full_refresh,
                warehouse=options.warehouse,
                target_path=options.target_path,
                keep=options.keep,
                has_page=not options.no_dashboard,
                personal=options.personal,
                withdraw=options.withdraw,
                because=options.because,
                may_be_future=options.future,
                may_lose=options.accept_losses,
                is_same_company=options.same_company,
            )
        )
    )


def add_check(commands) -> None:
    """`check`: what a folder is, what is wrong with it, and which metrics it allows."""
    command = commands.add_parser("check", help="say what a folder's files are, what is wrong with them, and which metrics they allow")
    command.add_argument("--data", type=Path, metavar="FOLDER", required=True, help="the exported files")
    command.add_argument("--entity", metavar="NAME", help="billing entity of files that have no billing_entity column")
    command.add_argument("--mapping", type=Path, metavar="FILE", help="what its files and columns are, if not its own mapping.yml")
    add_formats(command)
    command.add_argument("--as-of", type=day, metavar="DATE", help="check what was known on that day")
    command.add_argument("--vars", type=variables, metavar="YAML", help="variables of the project, as dbt takes them")
    command.set_defaults(
        run=lambda options: check(
            options.data, Choices(options.entity, options.mapping, Formats(options.dates, options.decimals)), options.as_of, options.vars
        )
    )


def add_formats(command: argparse.ArgumentParser) -> None:
    """How dates and numbers are written, where the files leave it open."""
    command.add_argument("--dates", type=word_of(DATES), metavar="ORDER", help="day-first or month-first, where files leave it open")
    command.add_argument("--decimals", type=word_of(DECIMALS), metavar="SIGN", help="comma or point, where files leave it open")


def word_of(known: tuple[str, ...]) -> Callable[[str], str | None]:
    """Reads one of these words."""

    def read(text: str) -> str | None:
        try:
            return one_of(text, known)
        except ValueError as error:
            raise argparse.ArgumentTypeError(str(error)) from error

    return read


def add_map(commands) -> None:
    """`map`: a proposal of what a folder's files and columns are."""
    command = commands.add_parser("map", help="propose a mapping.yml for a folder whose files and columns have other names")
    command.add_argument("--data", type=Path, metavar="FOLDER", required=True, help="the exported files, as they are")
    command.add_argument("--entity", metavar="NAME", help="the billing entity of all rows (the folder's name)")
    command.set_defaults(run=lambda options: propose(options.data, options.entity))


def add_rejected(commands) -> None:
    """`rejected`: the rows that the last build didn't accept."""
    command = commands.add_parser("rejected", help="show the rejected rows of the last build, also of one that failed")
    command.add_argument("--table", metavar="NAME", choices=list(contract.tables()), help="a table of the input contract")
    command.add_argument("--out", type=Path, metavar="FILE", help="write all of them to this CSV file")
    command.add_argument("--data", type=Path, metavar="FOLDER", help="the folder that was built, where it isn't the demo")
    command.add_argument("--warehouse", type=Path, metavar="FILE", help="the published DuckDB file; its build is read in build/ beside it")
    command.set_defaults(run=lambda options: rejected(built_files(options), options.data, options.table, options.out))


def add_explain(commands) -> None:
    """`explain`: what a figure is made of."""
    command = commands.add_parser("explain", help="print what a figure is made of, down to rows of the sources")
    command.add_argument("metric", help="a metric of monthly_metrics, such as nrr_12m")
    command.add_argument("month", type=month, help="a month, such as 2026-08")
    command.add_argument("--policy", default="standard", help="the policy of the figure")
    command.add_argument("--account", help="the account to follow, or entity/account; else the one with the largest part")
    command.add_argument("--value", default="all", help="the feature, for a metric of features")
    command.add_argument("--data", type=Path, metavar="FOLDER", help="the folder that was built, where it isn't the demo")
    command.add_argument("--warehouse", type=Path, metavar="FILE", help="the published DuckDB file; its build is read in build/ beside it")
    command.set_defaults(
        run=lambda options: explain(
            Question(options.metric, options.month, options.policy, options.account, options.value),
            built_files(options).working,
        )
    )


def add_ask(commands) -> None:
    """`ask`: the answer to a question of analyses/; `questions`: all of them for the demo, as a page."""
    command = commands.add_parser("ask", help="answer a question of analyses/, or list them")
    command.add_argument("question", nargs="?", help="its name, such as why_mrr_moved")
    command.set_defaults(run=lambda options: ask(options.question, built_files(options), ROOT / "target" / "ask"))
    page = commands.add_parser("questions", help="write docs/questions.md from the built demo")
    page.set_defaults(run=lambda options: write_page(built_files(options), ROOT / "target" / "ask"))
    for one in (command, page):
        one.add_argument("--data", type=Path, metavar="FOLDER", help="the folder that was built, where it isn't the demo")
        one.add_argument("--warehouse", type=Path, metavar="FILE", help="the published DuckDB file; its build is read in build/ beside it")


def add_query(commands) -> None:
    """`query`: MetricFlow's, on what is published."""
    command = commands.add_parser("query", help="ask MetricFlow for metrics by period and segment; what follows is as for `mf query`")
    command.add_argument("--data", type=Path, metavar="FOLDER", help="the folder that was built, where it isn't the demo")
    command.add_argument("--warehouse", type=Path, metavar="FILE", help="the published DuckDB file")
    command.add_argument("rest", nargs=argparse.REMAINDER, metavar="...", help="after --: the arguments of `mf query`")
    command.set_defaults(run=lambda options: query(built_files(options), [one for one in options.rest if one != "--"]))


def built_files(options: argparse.Namespace) -> Files:
    """The files of the build that is asked about."""
    return Files((getattr(options, "warehouse", None) or default_warehouse(warehouse_name(options.data))).resolve())


def month(text: str) -> date:
    """The first day of a month like 2026-08."""
    try:
        return date.fromisoformat(f"{text[:7]}-01")
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is no month; expected one like 2026-08") from error


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
    known = list(project_variables())
    unknown = [f"{name}{contract.nearest(str(name), known)}" for name in values if name not in known]
    if unknown:
        raise argparse.ArgumentTypeError(f"the project has no variable {', '.join(unknown)}; its variables: {', '.join(known)}")
    return values
