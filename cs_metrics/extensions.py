"""Puts the DuckDB extensions that DuckLake needs where the profile `ducklake` looks for them.

They come as Python packages (`make ducklake` installs them), so that nothing is downloaded when dbt runs. DuckDB checks
each one's signature when it loads it.
"""

import sys

import duckdb

from cs_metrics.setup import VENV

FOLDER = VENV / "duckdb_extensions"
EXTENSIONS = ("ducklake", "postgres_scanner")


def main() -> int:
    """Install the extensions, and load each once."""
    try:
        from duckdb_extensions import import_extension
    except ImportError:
        print("The packages with DuckDB's extensions are not installed: run `make ducklake`.", file=sys.stderr)
        return 1
    with duckdb.connect(config={"extension_directory": str(FOLDER)}) as connection:
        for name in EXTENSIONS:
            import_extension(name, force_install=True, con=connection)
            connection.load_extension(name)
    return 0


if __name__ == "__main__":
    sys.exit(main())
