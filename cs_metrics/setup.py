"""Set-up: the environment from requirements.lock, the profile, the dbt packages.

Runs on any Python from 3.10 on with nothing installed. Each step is left out while what it was made from is
unchanged, so that a second run has nothing to do.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

from cs_metrics import ROOT

VENV = ROOT / ".venv"
LOCK = ROOT / "requirements.lock"
PROFILE = ROOT / "profiles.yml"
PROFILE_EXAMPLE = ROOT / "profiles.example.yml"
PACKAGES = ROOT / "packages.yml"
STAND_IN = ROOT / "packages" / "dbt_utils_stand_in"
INSTALLED_PACKAGE = ROOT / "dbt_packages" / "dbt_utils"


class SetupError(Exception):
    """Something that the person at the keyboard has to mend; the message says what."""


def main() -> int:
    """Do what isn't done yet."""
    try:
        set_up_environment()
        set_up_profile()
        set_up_packages()
    except SetupError as error:
        print(f"\nSet-up stopped. {error}", file=sys.stderr)
        return 1
    return 0


def set_up_environment() -> None:
    """Create .venv and install the pinned packages."""
    stamp = VENV / "installed"
    if is_stamped(stamp, [LOCK]):
        return
    version = ".".join(map(str, sys.version_info[:2]))
    print(f"Setting up .venv with Python {version}; this takes a minute, once ...", flush=True)
    shutil.rmtree(VENV, ignore_errors=True)
    run(
        [sys.executable, "-m", "venv", str(VENV)],
        "Python could not create a virtual environment. On Debian and Ubuntu: apt-get install python3-venv",
    )
    run(
        [str(VENV / "bin" / "python"), "-m", "pip", "install", "-qq", "--no-deps", "-r", str(LOCK)],
        "pip could not install requirements.lock (its own message is above). "
        "Check that this machine reaches a package index, or another Python: make PYTHON=python3.12",
    )
    write_stamp(stamp, [LOCK])


def set_up_profile() -> None:
    """Copy the example profile where there is none, or where the copy was never changed."""
    stamp = VENV / "profile"
    is_ours = not PROFILE.exists() or is_stamped(stamp, [PROFILE])
    if is_ours and not (PROFILE.exists() and PROFILE.read_bytes() == PROFILE_EXAMPLE.read_bytes()):
        shutil.copyfile(PROFILE_EXAMPLE, PROFILE)
    if is_ours:
        write_stamp(stamp, [PROFILE])


def set_up_packages() -> None:
    """Install the dbt packages; needs the environment's dbt, so the work is done by its Python."""
    stamp = VENV / "packages"
    made_from = [PACKAGES, *sorted(path for path in STAND_IN.rglob("*") if path.is_file())]
    if INSTALLED_PACKAGE.is_dir() and is_stamped(stamp, made_from):
        return
    run(
        [str(VENV / "bin" / "python"), "-m", "cs_metrics.packages"],
        "The dbt packages could not be installed (the message is above).",
    )
    write_stamp(stamp, made_from)


def run(command: list[str], advice: str) -> None:
    """Run a command in the project's root; a failure is said with what to do about it."""
    environment = os.environ | {"PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    if subprocess.run(command, cwd=ROOT, env=environment).returncode != 0:
        raise SetupError(advice)


def is_stamped(stamp: Path, made_from: list[Path]) -> bool:
    """Whether the stamp was written for these files as they are now."""
    return stamp.exists() and stamp.read_text() == digest(made_from)


def write_stamp(stamp: Path, made_from: list[Path]) -> None:
    """Remember what a step was made from."""
    stamp.write_text(digest(made_from))


def digest(paths: list[Path]) -> str:
    """One hash over the names and the content of some files, and where the project is (an environment can't be moved)."""
    content = hashlib.sha256(f"{ROOT}\n".encode())
    for path in paths:
        content.update(f"{path.relative_to(ROOT)}\n{path.stat().st_size}\n".encode())
        content.update(path.read_bytes())
    return content.hexdigest()


if __name__ == "__main__":
    sys.exit(main())
