"""The tools around the dbt project: set-up, build, loading a folder of files, the demo company."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
