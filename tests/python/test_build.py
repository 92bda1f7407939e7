"""`make build` from end to end: a folder gives what the demo's seeds give, the required tables are enough."""

import re
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from conftest import run_build
from cs_metrics import ROOT
from cs_metrics.build import TAKEN, BuildOptions, build, default_target, default_warehouse, warehouse_name
from cs_metrics.files import BuildError
from test_folder import FILES

DEMO_AS_OF = "2026-09-10"
DEMO_VARIABLES = "{custom_segments: [tier, territory, channel]}"
SEEDS = ROOT / "seeds" / "demo"
SAME = (
    "monthly_metrics", "monthly_summary", "fct_mrr_movements", "cohort_retention", "rejected_rows", "account_playbooks",
    "expansion_candidates", "account_health",
)


def build_folder(folder: Path, scratch: Path, *more: str) -> tuple[str, Path]:
    """What building the folder says, and the warehouse."""
    warehouse = scratch / "warehouse.duckdb"
    build = run_build(
        "--data", folder, "--as-of", DEMO_AS_OF, "--warehouse", warehouse, "--target-path", scratch / "target", *more
    )
    assert build.returncode == 0, build.stdout
    return build.stdout, warehouse


def test_a_folder_gives_the_same_figures_as_the_seeds(built, tmp_path):
    """The demo's own files, every other one as Parquet, built as a folder."""
    folder = tmp_path / "export"
    folder.mkdir()
    for number, seed in enumerate(sorted(SEEDS.glob("*.csv"))):
        if number % 2:
            duckdb.execute(
                f"copy (from read_csv('{seed}', all_varchar = true, header = true, nullstr = '')) "
                f"to '{folder / seed.stem}.parquet'"
            )
        else:
            (folder / seed.name).write_bytes(seed.read_bytes())
    _, warehouse = build_folder(folder, tmp_path, "--vars", DEMO_VARIABLES)
    with duckdb.connect() as both:
        both.execute(f"attach '{built / 'demo.duckdb'}' as demo (read_only)")
        both.execute(f"attach '{warehouse}' as folder (read_only)")
        different = {}
        for table in SAME:
            ((rows,),) = both.execute(f"select count(*) from demo.metrics.{table}").fetchall()
            ((surplus,),) = both.execute(
                f"select (select count(*) from (from demo.metrics.{table} except all from folder.metrics.{table}))"
                f"     + (select count(*) from (from folder.metrics.{table} except all from demo.metrics.{table}))"
            ).fetchall()
            assert rows > 0, f"{table} is empty, so that this proves nothing"
            different[table] = surplus
    assert different == dict.fromkeys(SAME, 0)


def test_the_required_tables_are_enough(tmp_path):
    """Three seats at 10.50 a month, from January 2024 on."""
    folder = tmp_path / "export"
    folder.mkdir()
    for name, text in FILES.items():
        (folder / name).write_text(text, encoding="utf-8")
    said, warehouse = build_folder(folder, tmp_path)
    assert "done without: subscription_pauses, discounts, invoices" in said
    assert str(warehouse) in said
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        figures = connection.execute(
            "select min(month)::varchar, count(*), min(mrr), max(mrr), max(accounts) from metrics.monthly_summary "
            "where policy = 'standard' and mrr > 0"
        ).fetchall()
        assert figures == [("2024-01-01", 33, 31.5, 31.5, 1)]
        # Without usage data there is no figure of usage, not even one of the seats that nobody uses.
        for table in ("account_usage", "daily_active_users"):
            assert connection.execute(f"select count(*) from metrics.{table}").fetchall() == [(0,)]
        usage = "('dau', 'mau', 'active_accounts', 'adoption_rate', 'feature_adoption_rate', 'time_to_value_days')"
        assert connection.execute(f"select count(*) from metrics.monthly_metrics where metric in {usage}").fetchall() == [(0,)]
        of_reps = connection.execute(
            "select count(*) from metrics.monthly_metrics "
            "where dimension = 'csm' or metric like '%_per_csm' or metric in ('csm_fte', 'assigned_arr', 'unassigned_arr')"
        ).fetchall()
        health = connection.execute(
            "select account_id, health_score, coverage, tenure_health from metrics.account_health"
        ).fetchall()
        playbooks = connection.execute("select account_id, touch_tier, csm_id from metrics.account_playbooks").fetchall()
    assert of_reps == [(0,)], "a company without reps has no figures of reps, no zeros either"
    assert playbooks == [("a1", "low", None)]
    assert health == [("a1", None, Decimal("0.1"), 100)], "how long it has paid is known, and too little for a score"


def test_a_folder_that_is_wrong_stops_the_build_before_dbt(tmp_path):
    build = run_build("--data", tmp_path, "--warehouse", tmp_path / "warehouse.duckdb")
    assert build.returncode == 1
    assert "accounts.csv: this required table is missing" in build.stdout
    assert "Building" not in build.stdout


def test_an_argument_that_is_no_date_is_refused():
    build = run_build("--as-of", "10.9.2026")
    assert build.returncode == 2
    assert "expected one like 2026-09-10" in build.stdout


def test_folders_never_share_a_file_or_what_dbt_compiles(tmp_path):
    """A name that loses letters has a hash of itself; of two folders with one name the second is refused (test_books)."""
    names = ["acme", "Acme", "acme 1", "acme-1", "acme_1", "数据", "客户", "ünï", "n", "data", "cs_metrics", "Cs Metrics", "temp", "main", "memory", "metrics", "raw"]
    files = [warehouse_name(tmp_path / name) for name in names]
    assert len(set(files) | {warehouse_name(None)}) == len(names) + 1
    assert not TAKEN & set(files)
    with pytest.raises(BuildError, match="can't be called temp.duckdb"):
        build(BuildOptions(warehouse=tmp_path / "temp.duckdb"))
    assert files[0] == "acme" and all(re.fullmatch(r"[a-z0-9_]+", file) for file in files)
    targets = [
        default_target("acme", default_warehouse("acme")), default_target("acme", tmp_path / "acme.duckdb"),
        default_target("acme", tmp_path / "other" / "acme.duckdb"), default_target("n", default_warehouse("n")),
    ]  # fmt: skip
    assert len(set(targets)) == len(targets)
