"""What a build is made from, as one hash: a build of the same things would give the same figures."""

import hashlib
import json
from pathlib import Path

from cs_metrics import ROOT

PROJECT = (
    "dbt_project.yml", "packages.yml", "profiles.yml", "requirements.lock", "cs_metrics", "dbt_packages", "macros", "models", "seeds",
    "tests/singular",
)  # fmt: skip
NOT_READ = {".pyc"}
PIECE = 1 << 20  # bytes


def inputs_of(data: Path | None, choices: dict, mapping: Path | None = None) -> str:
    """The SHA-256 of the project, the data, a mapping from elsewhere and what was chosen, such as the as-of date and variables."""
    whole = hashlib.sha256(json.dumps(choices, sort_keys=True, default=str).encode())
    for place in [*(ROOT / name for name in PROJECT), *(place for place in (data, mapping) if place)]:
        for file in [place] if place.is_file() else sorted(place.rglob("*")):
            if file.is_file() and file.suffix not in NOT_READ:
                whole.update(str(file.relative_to(place.parent)).encode())
                with file.open("rb") as content:
                    for piece in iter(lambda: content.read(PIECE), b""):
                        whole.update(piece)
    return whole.hexdigest()
