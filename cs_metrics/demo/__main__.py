"""Writes the demo company: `python -m cs_metrics.demo --out FOLDER`."""

import argparse
import json
from pathlib import Path

from cs_metrics.demo import PLANTED_UNCLASSIFIED
from cs_metrics.demo.clock import WHOLE_MONTHS
from cs_metrics.demo.company import money_facts
from cs_metrics.demo.faults import planted_faults
from cs_metrics.demo.seeds_yml import seeds_yml
from cs_metrics.demo.writer import wanted_tables, write_csv, write_parquet

DEMO_ACCOUNTS, DEMO_SEED = 370, 11


def main() -> None:
    """Read the options and write what they ask for."""
    parser = argparse.ArgumentParser(prog="python -m cs_metrics.demo", description=__doc__)
    parser.add_argument("--out", type=Path, metavar="FOLDER", help="write the contract's tables here")
    parser.add_argument("--format", choices=("csv", "parquet"), default="csv", help="default: csv")
    parser.add_argument("--accounts", type=int, default=DEMO_ACCOUNTS, help=f"default: {DEMO_ACCOUNTS}, the committed demo")
    parser.add_argument("--seed", type=int, default=DEMO_SEED, help="another number makes another company")
    parser.add_argument("--months", type=int, default=WHOLE_MONTHS, help="accounts join in the last MONTHS months")
    parser.add_argument("--only", metavar="TABLES", help="these tables alone, separated by commas")
    parser.add_argument("--processes", type=int, default=2, help="for Parquet; default: 2")
    parser.add_argument("--facts", type=Path, metavar="FILE", help="write what has to come out, as JSON")
    parser.add_argument("--seeds-yml", type=Path, metavar="FILE", help="write the dbt properties of the demo seeds")
    options = parser.parse_args()
    if not (options.out or options.facts or options.seeds_yml):
        parser.error("nothing to do: name --out FOLDER, --facts FILE or --seeds-yml FILE")
    if options.accounts < 1:
        parser.error("--accounts has to be 1 or more")
    if not 1 <= options.months <= WHOLE_MONTHS:
        parser.error(f"--months has to be from 1 to {WHOLE_MONTHS}")
    company = {"seed": options.seed, "size": options.accounts, "months": options.months}
    if options.out:
        try:
            names = wanted_tables(options.only)
        except ValueError as error:
            parser.error(str(error))
        if options.format == "csv":
            write_csv(options.out, names, **company)
        else:
            write_parquet(options.out, names, **company, processes=options.processes)
    if options.facts:
        known = {
            **company,
            "planted_faults": planted_faults(typed=options.format == "parquet"),
            "planted_unclassified": PLANTED_UNCLASSIFIED,
            "months_closed": money_facts(**company),
        }
        options.facts.write_text(json.dumps(known, indent=1) + "\n", encoding="utf-8")
    if options.seeds_yml:
        options.seeds_yml.write_text(seeds_yml(), encoding="utf-8")


if __name__ == "__main__":
    main()
