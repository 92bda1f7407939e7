"""`python -m cs_metrics`."""

import sys

from cs_metrics.cli import main
from cs_metrics.terminal import guard

guard()
sys.exit(main())
