"""Draws docs/dashboard.png, the picture in the README: the demo's dashboard, as Chromium shows it.

    .venv/bin/python docs/shoot_dashboard.py
"""

import sys
from pathlib import Path

DOCS = Path(__file__).resolve().parent
sys.path.insert(0, str(DOCS.parent / "tests" / "python"))

from browser import browser  # noqa: E402

WIDTH, HEIGHT = 1200, 860


def main(page: Path) -> None:
    """Shoot the top of the page."""
    with browser() as shown:
        shown.scheme("light")
        shown.size(WIDTH, HEIGHT)
        shown.open(page)
        shown.shoot(DOCS / "dashboard.png", HEIGHT)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else DOCS.parent / "warehouse" / "cs_metrics.html")
