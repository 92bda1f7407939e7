"""Parses the project with dbt v2, which takes no key that it doesn't know; a warning counts as an error.

v2 asks the dbt Hub for packages each time it parses. So that this works anywhere, it gets a copy of the project
whose packages.yml names our stand-in for dbt_utils.
"""

import os
import shutil
import subprocess
import sys

from cs_metrics import ROOT
from cs_metrics.setup import STAND_IN

COPY = ROOT / "target" / "v2"
DBT = ROOT / ".venv-v2" / "bin" / "dbt"
PARTS = ("analyses", "macros", "models", "packages", "seeds", "tests", ".dbtignore", "dbt_project.yml", "selectors.yml")


def main() -> int:
    """dbt v2's exit code."""
    shutil.rmtree(COPY, ignore_errors=True)
    COPY.mkdir(parents=True)
    for part in (ROOT / name for name in PARTS):
        if part.is_dir():
            shutil.copytree(part, COPY / part.name)
        elif part.exists():
            shutil.copy(part, COPY)
    shutil.copy(ROOT / "profiles.example.yml", COPY / "profiles.yml")
    (COPY / "packages.yml").write_text(f"packages:\n  - local: {STAND_IN.relative_to(ROOT)}\n")
    places = ["--project-dir", str(COPY), "--profiles-dir", str(COPY)]
    environment = os.environ | {"RUST_BACKTRACE": "0"}
    return subprocess.run([DBT, "parse", "--warn-error", *places], cwd=COPY, env=environment).returncode


if __name__ == "__main__":
    sys.exit(main())
