"""The dbt packages: from the dbt Hub where it answers, our stand-in for dbt_utils where it doesn't."""

import shutil
import subprocess
import sys
from pathlib import Path

import requests
from dbt.clients import registry

from cs_metrics.setup import INSTALLED_PACKAGE, ROOT, STAND_IN

HUB_TIMEOUT_S = 5
INSTALL_TIMEOUT_S = 180


def main() -> int:
    """Install what packages.yml names into dbt_packages/."""
    if hub_answers():
        print("Installing dbt_utils from the dbt Hub ...", flush=True)
        if install_from_hub():
            return 0
        print("The dbt Hub answered, but `dbt deps` failed (its last lines are above).")
    use_stand_in()
    print(
        f"No dbt Hub within reach: {STAND_IN.relative_to(ROOT)} stands in for dbt_utils "
        "(the same macros, as far as the project uses them). `.venv/bin/dbt deps` installs the real one later."
    )
    return 0


def hub_answers() -> bool:
    """Whether the dbt Hub can be reached; dbt itself would try for minutes before it gives up."""
    try:
        return requests.get(registry._get_url("dbt-labs/dbt_utils"), timeout=HUB_TIMEOUT_S).ok
    except requests.RequestException:
        return False


def install_from_hub() -> bool:
    """Run `dbt deps`; False, with the end of what it said, when that fails."""
    dbt = Path(sys.executable).with_name("dbt")
    try:
        deps = subprocess.run(
            [dbt, "--no-use-colors", "deps"],
            cwd=ROOT,
            timeout=INSTALL_TIMEOUT_S,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
    except subprocess.TimeoutExpired:
        print(f"`dbt deps` took longer than {INSTALL_TIMEOUT_S} seconds.")
        return False
    if deps.returncode != 0:
        print("\n".join(deps.stdout.strip().splitlines()[-5:]))
    return deps.returncode == 0


def use_stand_in() -> None:
    """Put our own small dbt_utils where dbt looks for the package."""
    shutil.rmtree(INSTALLED_PACKAGE, ignore_errors=True)
    shutil.copytree(STAND_IN, INSTALLED_PACKAGE)


if __name__ == "__main__":
    sys.exit(main())
