"""Personal data: marked wherever it is, and hidden in what is published, where that is chosen.

The attacker here has the folder that BI reads, and not the one that dbt works in.
"""

import hashlib
import json
import re
from pathlib import Path

import duckdb
import pytest

from cs_metrics.contract import tables
from cs_metrics.files import BuildError, Files
from cs_metrics.books import read_books
from cs_metrics.publish import Publication, publish

SAYS_SO = re.compile(r"(^|_)(e?mail|phone|comment|first_name|last_name|full_name|account_name|csm_name|person_name)$")
NAMES = {
    "metrics_demo.accounts": "account_name",
    "metrics_demo.csms": "csm_name",
    "metrics_demo.survey_responses": "comment",
}
LONG_ENOUGH = 8  # shorter ones occur in words by chance


@pytest.fixture(scope="module")
def secrets_of(demo) -> set[str]:
    """What customers and reps are called in the demo, and what they wrote."""
    found = set()
    for table, column in NAMES.items():
        rows = demo.execute(f"select distinct {column} from {table} where length({column}) >= {LONG_ENOUGH}").fetchall()
        found |= {value for (value,) in rows}
    assert len(found) > 300
    return found


@pytest.fixture
def files(built, tmp_path) -> Files:
    """A warehouse of a test's own over the working file of the demo."""
    files = Files(tmp_path / "warehouse" / "demo.duckdb")
    files.working.parent.mkdir(parents=True)
    files.working.symlink_to(built / "build" / "demo.duckdb")
    return files


@pytest.fixture
def target(manifest, tmp_path) -> Path:
    """dbt's folder with a manifest of the marts with personal columns, and one without, which publishing needs."""
    marts = {
        mart["unique_id"]: mart
        for mart in public(manifest)
        if mart["alias"] in ("source_freshness", "monthly_metrics", "account_playbooks") or any(map(is_marked, mart["columns"].values()))
    }
    assert len(marts) > 3
    (tmp_path / "manifest.json").write_text(json.dumps({"nodes": marts, "metadata": manifest["metadata"]}), encoding="utf-8")
    return tmp_path


def lying_open(files: Files, secrets: set[str]) -> set[str]:
    """The secrets that are in any file for reading: in its bytes, or in any column of any table or comment."""
    found = set()
    for file in [files.published, *files.snapshots.iterdir()]:
        content = file.read_bytes()
        found |= {secret for secret in secrets if secret.encode() in content}
        found |= in_tables(file, secrets)
    return found


def in_tables(file: Path, secrets: set[str]) -> set[str]:
    """As whole values or within longer ones, by SQL, because a file may hold text compressed."""
    found = set()
    with duckdb.connect(str(file), read_only=True) as reader:
        columns = reader.execute(
            "select schema_name, table_name, column_name, data_type from duckdb_columns() where not internal"
        ).fetchall()
        for schema, table, column, kind in columns:
            if kind == "VARCHAR":
                values = reader.execute(f'select distinct "{column}" from {schema}.{table} where "{column}" is not null').fetchall()
                text = "\n".join(value for (value,) in values)
                found |= {secret for secret in secrets if secret in text}
        comments = reader.execute("select comment from duckdb_columns() union select comment from duckdb_tables()").fetchall()
        found |= {secret for secret in secrets for (comment,) in comments if comment and secret in comment}
    return found


def publish_as(files: Files, target: Path, personal: str, names: tuple[str, ...] = (), is_chosen: bool = True) -> None:
    """Publish the demo's marts with personal columns."""
    choices = {"personal": personal, "is_personal_chosen": is_chosen, "personal_names": frozenset(names)}
    publish(files, target, Publication(read_books(files.published), personal, has_page=False, **choices))


def test_nothing_personal_is_left_where_it_is_hidden(files, target, secrets_of):
    """Not in the published file, and not in an earlier snapshot that had it; kept, it would have been found."""
    publish_as(files, target, "kept")
    assert len(lying_open(files, secrets_of)) > 300, "an attack that finds nothing proves nothing"
    for personal in ("masked", "left_out"):
        publish_as(files, target, personal)
        assert lying_open(files, secrets_of) == set()
        assert len(files.kept()) == 1


def test_a_mask_is_stable_and_cannot_be_guessed(files, target, demo):
    """The same name has the same mask in each build and table; other warehouses have others; no key, no trying out."""
    publish_as(files, target, "masked")
    query = "select billing_entity, account_id, account_name from metrics.dim_accounts order by all"
    with duckdb.connect(str(files.published), read_only=True) as reader:
        first = reader.execute(query).fetchall()
    publish_as(files, target, "masked")
    with duckdb.connect(str(files.published), read_only=True) as reader:
        assert reader.execute(query).fetchall() == first
    named = demo.execute(query).fetchall()
    assert len({mask for *_, mask in first}) == len({name for *_, name in named}) > 300
    assert [name is None for *_, name in named] == [mask is None for *_, mask in first]
    masks = {mask for *_, mask in first}
    for *_, name in named:
        if name is not None:
            plain = {hashlib.new(kind, name.encode()).hexdigest()[: len(next(iter(masks)))] for kind in ("md5", "sha1", "sha256")}
            assert not masks & plain
    key = files.mask_key.read_text()
    assert files.mask_key.stat().st_mode & 0o077 == 0
    assert key.encode() not in files.published.read_bytes()
    files.mask_key.unlink()
    publish_as(files, target, "masked")
    with duckdb.connect(str(files.published), read_only=True) as reader:
        assert not masks & {mask for *_, mask in reader.execute(query).fetchall()}


def test_more_is_shown_only_when_it_is_said(files, target):
    """A choice that was forgotten, a mark that was taken away, a segment that isn't named any more."""
    publish_as(files, target, "masked", ("csm",))
    for personal, names, what in (("kept", ("csm",), "dim_accounts.account_name"), ("masked", (), "monthly_metrics.csm")):
        before = files.published.read_bytes()
        with pytest.raises(BuildError, match=rf"It would show what is hidden in .*{re.escape(what)}"):
            publish_as(files, target, personal, names, is_chosen=False)
        assert files.published.read_bytes() == before
        files.unfinished.unlink()
    publish_as(files, target, "masked", ("csm", "industry"), is_chosen=False)
    assert all("monthly_metrics.industry" in read_books(file).last.hidden_columns for file in files.kept()), "one shows industries"
    publish_as(files, target, "kept")


def test_ids_and_segments_can_be_personal(files, target, demo):
    """An account's id wherever it is, as the parent's too; a rep's as the value of a segment."""
    ids = {value for (value,) in demo.execute("select account_id from metrics.dim_accounts where length(account_id) > 4").fetchall()}
    assert len(ids) > 200
    reps = {value for (value,) in demo.execute("select distinct csm_id from metrics.dim_csms").fetchall()}
    names = ("account_id", "csm_id", "csm")
    publish_as(files, target, "kept", names)
    assert lying_open(files, ids) == ids and lying_open(files, reps) == reps
    publish_as(files, target, "masked", names)
    assert lying_open(files, ids) == set()
    with duckdb.connect(str(files.published), read_only=True) as reader:
        masks = {value for (value,) in reader.execute("select distinct csm_id from metrics.dim_csms").fetchall()}
        of_reps = "from metrics.monthly_metrics where dimension = 'csm'"
        assert masks & {value for (value,) in reader.execute(f"select distinct dimension_value {of_reps}").fetchall()}
        assert not reps & {value for (value,) in reader.execute(f"select distinct dimension_value {of_reps}").fetchall()}
        assert reader.execute("select count(*) from books.int_restatements__first_figures where dimension = 'csm'").fetchall() == [(0,)]
    publish_as(files, target, "left_out", names)
    with duckdb.connect(str(files.published), read_only=True) as reader:
        assert reader.execute(f"select count(*) {of_reps}").fetchall() == [(0,)]
        assert reader.execute("select count(*) > 1000 from metrics.monthly_metrics").fetchall() == [(True,)]


def test_left_out_columns_are_not_there(files, target, manifest):
    """All others are."""
    publish_as(files, target, "left_out")
    with duckdb.connect(str(files.published), read_only=True) as reader:
        rows = reader.execute("select table_name, column_name from duckdb_columns() where not internal").fetchall()
    published = {(table, column) for table, column in rows if table in {mart["alias"] for mart in public(manifest)}}
    documented = {(mart["alias"], name): column for mart in public(manifest) for name, column in mart["columns"].items()}
    documented = {key: column for key, column in documented.items() if key[0] in {table for table, _ in published}}
    assert published == {key for key, column in documented.items() if not is_marked(column)}
    assert len(documented) > len(published)


def test_what_is_personal_is_marked_everywhere(manifest):
    """By its name, by its description, and because it is marked in the input contract: in every table from sources to marts."""
    in_contract = {column.name for table in tables().values() for column in table.columns if column.is_personal}
    assert {"account_name", "csm_name", "comment", "description", "respondent_id", "user_id"} <= in_contract
    offenders = []
    for node in [*manifest["nodes"].values(), *manifest["sources"].values()]:
        if node["package_name"] != "cs_metrics" or node["resource_type"] not in ("model", "source"):
            continue
        for name, column in node["columns"].items():
            says_so = (SAYS_SO.search(name) and not name.startswith(("has_", "is_"))) or name in in_contract or "personal data" in column["description"].lower()
            if says_so and not is_marked(column):
                offenders.append(f"{node['name']}.{name}")
    assert not offenders, offenders


def test_what_is_personal_reaches_marts_in_marked_columns_alone(demo, manifest, secrets_of):
    """By what is in them: no other column of any public mart has a name or a comment of the demo."""
    offenders = []
    for mart in public(manifest):
        for name, column in mart["columns"].items():
            if is_marked(column) or column["data_type"] != "string":
                continue
            values = demo.execute(
                f"select distinct {name} from {mart['schema']}.{mart['alias']} where length({name}) >= {LONG_ENOUGH}"
            ).fetchall()
            text = "\n".join(value for (value,) in values)
            offenders += [f"{mart['alias']}.{name}: {secret}" for secret in secrets_of if secret in text][:1]
    assert not offenders, offenders


def public(manifest: dict) -> list[dict]:
    """The public marts that are published."""
    return [
        node
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model" and node["config"]["access"] == "public" and node["config"]["meta"].get("is_published", True)
    ]


def is_marked(column: dict) -> bool:
    """Whether a column is marked as personal."""
    return bool(column["config"]["meta"].get("is_personal"))
