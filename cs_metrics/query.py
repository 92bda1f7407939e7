"""Answers `mf query` from what is published: its figures and, of the same build, the metrics as MetricFlow reads them."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import duckdb

from cs_metrics import ROOT
from cs_metrics.files import BuildError, Files, shown
from cs_metrics.publish import SEMANTICS, SEMANTICS_FILE


def query(files: Files, arguments: list[str]) -> int:
    """Run `mf query` with these arguments; its exit code.

    MetricFlow reads the metrics from the target folder of a project, so that it gets a project of this build's own.
    """
    if not files.published.exists():
        raise BuildError(f"{shown(files.published)} isn't there yet: `make build` first.")
    with tempfile.TemporaryDirectory() as folder:
        with duckdb.connect(str(files.published), read_only=True) as database:
            try:
                ((content,),) = database.execute(f"from {SEMANTICS}").fetchall()
            except duckdb.CatalogException:
                raise BuildError(f"{shown(files.published)} was published by an older version: `make build` first.") from None
        project = Path(folder)
        for name in ("dbt_project.yml", "profiles.yml"):
            shutil.copyfile(ROOT / name, project / name)
        (project / "target").mkdir()
        (project / "target" / SEMANTICS_FILE).write_text(content, encoding="utf-8")
        places = {
            "DBT_PROJECT_DIR": folder,
            "DBT_PROFILES_DIR": folder,
            "DBT_LOG_PATH": str(project / "logs"),
            "CS_METRICS_TARGET": "published",
            "CS_METRICS_DUCKDB": str(files.published),
        }
        command = [sys.executable, "-m", "cs_metrics.metricflow", "query", *arguments]
        return subprocess.run(command, env=os.environ | places).returncode
