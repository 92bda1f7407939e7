"""`python -m cs_metrics`."""

import sys

from cs_metrics.cli import main

sys.exit(main())
