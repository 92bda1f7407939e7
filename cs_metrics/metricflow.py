"""`mf`, the command of dbt's semantic layer, as `query` runs it: names of segments that it prints pass `visible` too."""

import sys

from dbt_metricflow.cli.main import cli

from cs_metrics.terminal import guard

guard()
sys.exit(cli(prog_name="mf", color=False))
