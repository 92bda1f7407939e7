"""What a build is made from: the files that are read are the files that are hashed, each under the path that it has."""

import os
from pathlib import Path

import duckdb
import pytest

from cs_metrics.folder import load
from cs_metrics.inputs import inputs_of
from cs_metrics.render import Project
from test_folder import FILES

GLOBS = ("abc[d]1", "ac*me", "a?c", "[!x]", "**", "x{y,z}", "back\\slash", "~", "%41")
"""Names of folders that would be patterns."""
NEIGHBOURS = ("abcd1", "acXme", "abc", "y", "some", "xy", "A")
"""Folders that those patterns would find."""


@pytest.fixture(autouse=True)
def data_alone(monkeypatch):
    """The project's own files don't matter here."""
    monkeypatch.setattr("cs_metrics.inputs.PROJECT", ())


def company(folder: Path, account: str) -> Path:
    """A company whose one account has this id, in CSV, in parts and in Parquet."""
    folder.mkdir()
    for name, text in FILES.items():
        (folder / name).write_text(text.replace("a1", account), encoding="utf-8")
    (folder / "usage_events").mkdir()
    (folder / "usage_events" / "part[1].csv").write_text(f"billing_entity,account_id,user_id,usage_date,feature,event_count\nnorth,{account},u,2024-01-02,f,1\n")
    users = f"select 'north' as billing_entity, '{account}' as account_id, 'u' as user_id, date '2024-01-01' as activated_at"
    duckdb.sql(users).write_parquet(str(folder / "users.parquet"))
    return folder


def test_a_path_is_no_pattern(tmp_path):
    for name in NEIGHBOURS:
        company(tmp_path / name, "theirs")
    for number, name in enumerate(GLOBS):
        warehouse = tmp_path / "warehouses" / str(number) / f"{name}.duckdb"
        loaded = load(company(tmp_path / name, "ours"), warehouse)
        assert loaded.rows == {"accounts": 2, "products": 1, "subscriptions": 1, "subscription_items": 1, "users": 1, "usage_events": 1}, name
        with duckdb.connect(str(warehouse), read_only=True) as database:
            for table, accounts in (("accounts", {"ours", "a2"}), ("users", {"ours"}), ("usage_events", {"ours"})):
                assert {account for (account,) in database.execute(f"select account_id from raw.{table}").fetchall()} == accounts, name


def test_a_seed_is_read_from_a_path_that_would_be_a_pattern(tmp_path):
    project = Project()
    seed = project.seeds["charge_code_rules"]
    for place, content in ((tmp_path / "abc" / "rules", b"charge_type,revenue_class,reason\n"), (tmp_path / "a[b]c" / "rules", seed.read_bytes())):
        place.mkdir(parents=True)
        (place / seed.name).write_bytes(content)
    project.seeds["charge_code_rules"] = place / seed.name
    with duckdb.connect() as connection:
        project.create(connection, "charge_code_rules", set())
        assert connection.execute("select count(*) > 0 from seeds.charge_code_rules").fetchall() == [(True,)]


def test_what_a_link_leads_to_is_hashed(tmp_path):
    folder, elsewhere = tmp_path / "export", tmp_path / "elsewhere"
    folder.mkdir()
    elsewhere.mkdir()
    (elsewhere / "part-1.parquet").write_text("914 rows")
    (tmp_path / "accounts.csv").write_text("one")
    (folder / "subscription_items").symlink_to(elsewhere)
    (folder / "accounts.csv").symlink_to(tmp_path / "accounts.csv")
    seen = [inputs_of(folder, {})]
    for file, text in ((elsewhere / "part-1.parquet", "10 rows"), (elsewhere / "part-2.parquet", "more"), (tmp_path / "accounts.csv", "two")):
        file.write_text(text)
        seen.append(inputs_of(folder, {}))
    link = tmp_path / "link"
    link.symlink_to(folder)
    (elsewhere / "part-1.parquet").write_text("9 rows")
    seen.append(inputs_of(folder, {}))
    assert len(set(seen)) == 5
    assert inputs_of(link, {}) != inputs_of(tmp_path / "nowhere", {}), "the folder itself may be a link"
    (elsewhere / "around").symlink_to(folder)
    assert inputs_of(folder, {}) == inputs_of(folder, {}), "links in a circle come to an end"


def test_no_two_folders_have_one_hash(tmp_path):
    seen = []
    for place, files in enumerate(({"a.csv": "1", "b.csv": "2"}, {"a.csv": "1export/b.csv2"}, {"a.csv": "", "1export": "/b.csv2"}, {})):
        folder = tmp_path / str(place) / "export"
        folder.mkdir(parents=True)
        for name, text in files.items():
            (folder / name.replace("/", "")).write_text(text)
        seen.append(inputs_of(folder, {}))
    (tmp_path / "0" / "export" / os.fsdecode(b"\xff.csv")).write_text("no UTF-8")
    seen += [inputs_of(tmp_path / "0" / "export", {}), inputs_of(tmp_path / "0" / "export", {"as_of": "2024-06-15"})]
    assert len(set(seen)) == len(seen)
