"""What a build is made from, as one hash: a build of the same things would give the same figures."""

import hashlib
import json
import os
from collections.abc import Iterator
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
    whole = hashlib.sha256()
    # Each part has its length before it, or is as long as all others of its kind: no two sets of files put together the same bytes.
    add_text(whole, json.dumps(choices, sort_keys=True, default=str).encode())
    for place in [*(ROOT / name for name in PROJECT), *(place for place in (data, mapping) if place)]:
        for file in files_of(place):
            add_text(whole, os.fsencode(file.relative_to(place.parent)))
            whole.update(digest_of(file))
    return whole.hexdigest()


def digest_of(file: Path) -> bytes:
    """The SHA-256 of a file."""
    digest = hashlib.sha256()
    with file.open("rb") as content:
        for piece in iter(lambda: content.read(PIECE), b""):
            digest.update(piece)
    return digest.digest()


def add_text(whole, text: bytes) -> None:
    """Add a text of any length to a hash."""
    whole.update(len(text).to_bytes(8, "big") + text)


def files_of(place: Path, above: tuple[Path, ...] = ()) -> Iterator[Path]:
    """The files in a place, in the order of their names: through symbolic links too, as the loader reads them, but in no circle."""
    if place.is_dir():
        folder = place.resolve()
        if folder not in above:
            for inside in sorted(place.iterdir()):
                yield from files_of(inside, (*above, folder))
    elif place.is_file() and place.suffix not in NOT_READ:
        yield place
