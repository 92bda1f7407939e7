"""The house's rules, over dbt's manifest and the built demo company: layers, names, documentation, YAML keys.

dbt-bouncer.yml holds what dbt-bouncer can say; here is the rest. Each test lists its offenders.
"""

import csv
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from cs_metrics import ROOT
from cs_metrics.setup import STAND_IN

OWN = "cs_metrics"
STOP_WORDS = {"a", "an", "of", "the", "this", "its", "row"}


@pytest.mark.skipif(sys.version_info < (3, 11), reason="dbt-bouncer needs Python 3.11")
def test_dbt_bouncer_finds_nothing(built):
    """Layer law, names, descriptions, contracts, keys and length, by dbt-bouncer.yml."""
    bouncer = subprocess.run(
        [Path(sys.executable).with_name("dbt-bouncer"), "run", "--show-all-failures"],
        cwd=ROOT,
        env=os.environ | {"DBT_PROJECT_DIR": str(built), "COLUMNS": "200"},
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    assert bouncer.returncode == 0, bouncer.stdout


def test_dbt_reads_the_project_without_a_warning(tmp_path):
    """A newcomer's first build says nothing that isn't theirs to mend."""
    parse = subprocess.run(
        [Path(sys.executable).with_name("dbt"), "--warn-error", "--no-use-colors", "parse", "--no-partial-parse"],
        cwd=ROOT,
        env=os.environ | {"DBT_TARGET_PATH": str(tmp_path / "target"), "DBT_LOG_PATH": str(tmp_path / "logs")},
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    assert parse.returncode == 0, parse.stdout


def test_only_staging_reads_the_demo_company(manifest):
    """Its seeds stand for sources."""
    nodes = manifest["nodes"]
    offenders = [
        f"{model['original_file_path']}: reads {nodes[seed]['original_file_path']}"
        for model in models(manifest)
        for seed in model["depends_on"]["nodes"]
        if seed.startswith("seed.") and "demo" in nodes[seed]["fqn"] and not is_in(model, "models/staging")
    ]
    assert_none(offenders)


def test_no_vendor_is_known_after_the_contract(manifest):
    """The systems that staging has folders for are not named in models behind the contract."""
    systems = "|".join(sorted(path.name for path in (ROOT / "models" / "staging").iterdir() if path.is_dir()))
    offenders = [
        f"{model['original_file_path']}:{number}: {line.strip()}"
        for model in models(manifest)
        if not is_in(model, "models/staging", "models/intermediate/contract")
        for number, line in enumerate(model["raw_code"].splitlines(), start=1)
        if re.search(rf"\b({systems})\b|stg_", line)
    ]
    assert_none(offenders)


def test_the_documented_columns_are_the_real_ones(manifest, demo):
    """Every column of every model and seed is documented, and nothing else is.

    The demo company's seeds are tables of the input contract: the contract's sources document them.
    """
    contract = {source["name"]: source for source in manifest["sources"].values() if source["source_name"] == "native"}
    real: dict[tuple[str, str], set[str]] = {}
    for schema, table, column in demo.execute(
        "select table_schema, table_name, column_name from information_schema.columns"
    ).fetchall():
        real.setdefault((schema, table), set()).add(column)
    offenders = []
    for node in [*models(manifest), *nodes_of(manifest, "seed")]:
        if node["config"]["materialized"] == "ephemeral":
            continue
        documented = set((contract[node["name"]] if is_in(node, "seeds/demo") else node)["columns"])
        built_columns = real.get((node["schema"], node["alias"]), set())
        offenders += [f"{node['name']}.{name}: not documented" for name in sorted(built_columns - documented)]
        offenders += [f"{node['name']}.{name}: not in the table" for name in sorted(documented - built_columns)]
    assert_none(offenders)


def test_every_column_has_a_description_of_its_own(manifest):
    """One that only repeats the column's name says nothing."""
    offenders = [
        f"{node['name']}.{column['name']}: {column['description']!r}"
        for node in [*models(manifest), *nodes_of(manifest, "seed"), *manifest["sources"].values()]
        for column in node["columns"].values()
        if words(column["description"]) <= words(column["name"])
    ]
    assert_none(offenders)


def test_everything_is_described(manifest):
    """Every model, seed, source table, source, group, exposure and question; every macro of ours and each of its arguments."""
    kinds = ("nodes", "sources", "exposures", "groups", "macros")
    described = [
        node for kind in kinds for node in manifest[kind].values()
        if node["package_name"] == OWN and node["resource_type"] not in ("test", "operation") and not is_variant(node)
    ]
    offenders = [node["unique_id"] for node in described if not (node.get("description") or "").strip()]
    offenders += [
        f"{node['unique_id']}({argument['name']})"
        for node in described if node["resource_type"] == "macro"
        for argument in node["arguments"] if not (argument["description"] or "").strip()
    ]
    offenders += [f"source {source['source_name']}" for source in manifest["sources"].values() if not source["source_description"].strip()]
    assert len(described) > 300
    assert_none(sorted(set(offenders)))


def test_every_variable_stands_in_the_readme():
    """dbt's docs have no page for variables: the README's table is theirs."""
    variables = yaml.safe_load((ROOT / "dbt_project.yml").read_text(encoding="utf-8"))["vars"][OWN]
    table = (ROOT / "README.md").read_text(encoding="utf-8").partition("## Variables")[2].partition("\n## ")[0]
    in_table = {name for line in table.splitlines() if line.startswith("| `") for name in re.findall(r"`(\w+)`", line.split("|")[1])}
    assert in_table == set(variables)


def test_the_links_of_the_docs_lead_somewhere(manifest):
    """Links inside dbt's docs name nodes that there are."""
    nodes = {**manifest["nodes"], **manifest["sources"], **manifest["exposures"], **manifest["macros"]}
    blocks = [block for block in manifest["docs"].values() if block["package_name"] == OWN]
    links = {(block["name"], link) for block in blocks for link in re.findall(r"\(#!/\w+/([^)#\s]+)", block["block_contents"])}
    assert links
    assert_none([f"{name}: {link}" for name, link in sorted(links) if link not in nodes])


def test_each_folder_has_one_properties_file_of_its_name(manifest):
    """models/x/y/ is described in _y__models.yml, seeds/z/ in _z__seeds.yml."""
    offenders = []
    for node in [*models(manifest), *nodes_of(manifest, "seed")]:
        folder = Path(node["original_file_path"]).parent
        expected = folder / f"_{folder.name}__{node['resource_type']}s.yml"
        described = (node["patch_path"] or "").removeprefix(f"{OWN}://")
        if described != expected.as_posix():
            offenders.append(f"{node['original_file_path']}: described in {described or 'no file'}, expected {expected}")
    assert_none(offenders)


def test_no_yaml_key_is_unknown():
    """A key that dbt doesn't know is most often misspelt; dbt itself passes it over on DuckDB."""
    from dbt.jsonschemas.jsonschemas import CustomDraft7Validator, project_schema, resources_schema

    properties, project = CustomDraft7Validator(resources_schema()), CustomDraft7Validator(project_schema())
    files = [(ROOT / "dbt_project.yml", project)]
    for name in ("analyses", "models", "macros", "seeds", "tests"):
        files += [(file, properties) for file in sorted((ROOT / name).rglob("*.yml")) if not is_ignored(file)]
    offenders = []
    for file, validator in files:
        for error in validator.iter_errors(yaml.safe_load(file.read_text(encoding="utf-8"))):
            place = ".".join(map(str, error.absolute_path))
            offenders.append(f"{file.relative_to(ROOT)}: {place}: {error.message[:200]}")
    assert_none(offenders)


def test_the_stand_in_is_what_the_project_uses_of_dbt_utils(manifest):
    """No macro of dbt_utils is used that the stand-in lacks, and the stand-in has none that isn't used."""
    definition = re.compile(r"\{%-?\s*(?:macro|test)\s+(\w+)")
    stand_in = {name for file in (STAND_IN / "macros").glob("*.sql") for name in definition.findall(file.read_text())}
    used = set(re.findall(r"dbt_utils\.(\w+)", "\n".join(own_files())))
    assert used == stand_in


def test_a_domain_shows_others_no_more_than_they_read(manifest):
    """A model is protected because a model or a test of another group reads it; else it is private. Marts are public."""
    nodes = manifest["nodes"]
    offenders = []
    for model in models(manifest):
        access = model["config"]["access"]
        children = [nodes[child] for child in manifest["child_map"][model["unique_id"]] if child in nodes]
        # A generic test belongs to the model that it is attached to.
        readers = {nodes.get(child.get("attached_node"), child)["config"].get("group") for child in children}
        if is_in(model, "models/marts"):
            offenders += [f"{model['name']}: is {access}, and a mart"] if access != "public" else []
        elif access == "public":
            offenders.append(f"{model['name']}: is public, and no mart")
        elif access == "protected" and readers <= {model["config"]["group"]}:
            offenders.append(f"{model['name']}: is protected, and read in its own group alone")
        if not model["config"]["group"]:
            offenders.append(f"{model['name']}: nobody owns it")
    assert_none(offenders)


def test_every_mart_has_a_use_a_domain_and_a_run(manifest):
    """In an exposure (but for a version that goes), and tagged with its group and with daily or monthly_close."""
    exposed = {node for exposure in manifest["exposures"].values() for node in exposure["depends_on"]["nodes"]}
    offenders = []
    for mart in (model for model in models(manifest) if is_in(model, "models/marts")):
        if mart["unique_id"] not in exposed and not mart["deprecation_date"]:
            offenders.append(f"{mart['alias']}: in no exposure")
        if mart["config"]["group"] not in mart["tags"] or not {"daily", "monthly_close"} & set(mart["tags"]):
            offenders.append(f"{mart['alias']}: tagged {mart['tags']}, of the group {mart['config']['group']}")
    assert_none(offenders)


def test_a_version_that_goes_says_when_and_the_name_stays_the_latest_ones(manifest):
    """An unversioned name is public for good: the latest version has it; older ones have a deprecation date."""
    versioned = [model for model in models(manifest) if model["version"]]
    assert versioned
    offenders = []
    for model in versioned:
        is_latest = model["version"] == model["latest_version"]
        if is_latest != (model["alias"] == model["name"]) or is_latest == bool(model["deprecation_date"]):
            offenders.append(f"{model['name']} v{model['version']}: table {model['alias']}, goes {model['deprecation_date']}")
    assert_none(offenders)


def test_each_selector_is_complete_to_build(manifest):
    """What a selection reads is in it, its marts are those of its tag, and it runs no test on what it doesn't build."""
    from dbt.cli.main import dbtRunner

    nodes = manifest["nodes"]
    selectors = yaml.safe_load((ROOT / "selectors.yml").read_text(encoding="utf-8"))["selectors"]
    groups = {model["config"]["group"] for model in models(manifest)}
    assert {selector["name"] for selector in selectors} == groups | {"daily", "monthly_close"}
    offenders = []
    places = ["--target-path", str(ROOT / "target" / "selectors"), "--profiles-dir", str(ROOT), "--target", "duckdb"]
    dbt = dbtRunner(manifest=dbtRunner().invoke(["-q", "parse", *places]).result)
    for name in (selector["name"] for selector in selectors):
        keys = ["--output", "json", "--output-keys", "unique_id"]
        listed = dbt.invoke(["-q", "ls", "--exclude-resource-type", "unit_test", "--selector", name, *keys, *places])
        assert listed.success, listed.exception
        chosen = {json.loads(line)["unique_id"] for line in listed.result}
        marts = {node for node in chosen if node in nodes and "marts" in nodes[node]["fqn"]}
        tagged = {model["unique_id"] for model in models(manifest) if name in model["tags"]}
        assert tagged
        offenders += [f"{name}: lacks {mart}" for mart in tagged - marts]
        read = {parent for node in chosen for parent in nodes.get(node, {}).get("depends_on", {}).get("nodes", [])}
        offenders += [f"{name}: lacks {node}" for node in read - chosen if node.startswith(("model.", "seed."))]
    assert_none(offenders)


def test_freshness_of_sources_has_the_limits_of_the_seed(manifest):
    """dbt reads its limits before there is a seed: they stand in both. Stripe's tables have those of what they become."""
    with open(ROOT / "seeds" / "rules" / "data_quality_thresholds.csv", encoding="utf-8") as file:
        seed = {row["table_name"]: row for row in csv.DictReader(file) if row["measure"] == "days_since_arrival" and row["table_name"] != "*"}
    native, others = {}, set()
    for source in manifest["sources"].values():
        warn, error = ((source["freshness"] or {}).get(limit) or {} for limit in ("warn_after", "error_after"))
        if not warn.get("count"):
            continue
        assert source["loaded_at_field"] and warn["period"] == error["period"] == "day" and error["count"] > warn["count"]
        if source["source_name"] == "native":
            native[source["name"]] = warn["count"]
            fails = seed[source["name"]]["fail_above"]
            assert not fails or float(fails) == error["count"]
        else:
            others.add(warn["count"])
    assert native == {table: float(row["warn_above"]) for table, row in seed.items()}
    assert others <= set(native.values())


def models(manifest: dict) -> list[dict]:
    """The project's models."""
    return nodes_of(manifest, "model")


def nodes_of(manifest: dict, resource_type: str) -> list[dict]:
    """The project's own nodes of a type, in the order of their names."""
    nodes = (
        node
        for node in manifest["nodes"].values()
        if node["resource_type"] == resource_type and node["package_name"] == OWN
    )
    return sorted(nodes, key=lambda node: node["name"])


def is_variant(node: dict) -> bool:
    """Whether a macro is a variant that dbt dispatches to; the macro that is called has the description."""
    return node["resource_type"] == "macro" and re.match(r"[a-z]+__", node["name"]) is not None


def is_in(node: dict, *folders: str) -> bool:
    """Whether a node's file is in one of the folders."""
    return any(node["original_file_path"].startswith(f"{folder}/") for folder in folders)


def is_ignored(file: Path) -> bool:
    """Whether .dbtignore keeps dbt from a file."""
    lines = (ROOT / ".dbtignore").read_text(encoding="utf-8").splitlines()
    return file.relative_to(ROOT).as_posix().startswith(tuple(line for line in lines if line and line[0] != "#"))


def words(text: str) -> set[str]:
    """The words of a name or a description that carry a meaning."""
    return set(re.findall(r"[a-z0-9]+", text.lower().replace("_", " "))) - STOP_WORDS


def own_files() -> list[str]:
    """The text of the project's SQL and YAML."""
    return [
        file.read_text(encoding="utf-8")
        for name in ("models", "macros", "seeds", "tests", "analyses")
        for file in (ROOT / name).rglob("*")
        if file.suffix in (".sql", ".yml")
    ]


def assert_none(offenders: list[str]) -> None:
    """Fail with the list of offenders, one a line."""
    assert not offenders, f"{len(offenders)} found:\n" + "\n".join(offenders)


def test_what_is_built_by_account_is_done_before_that_is_noted(manifest):
    """int_changes__built waits for every table by account; one that it didn't know of could be left behind."""
    nodes = manifest["nodes"]
    by_account = {name for name, node in nodes.items() if "built_by_account()" in node.get("raw_code", "")}
    noted_after = set(nodes["model.cs_metrics.int_changes__built"]["depends_on"]["nodes"]) - {"model.cs_metrics.int_changes__sources"}
    assert by_account
    assert noted_after == by_account


def test_what_is_built_by_account_is_rebuilt_for_all_that_it_reads(manifest):
    """What an account's tables are built from is in its fingerprint, and no more: use of every day would rebuild everyone."""
    contract = re.compile(r"model\.cs_metrics\.contract_(\w+)")
    shared = {"products", "exchange_rates", "month_rates"}  # hashes of their own in int_changes__sources

    def read(node: str) -> set[str]:
        """The contract's accepted tables above a node."""
        found = {match[1] for match in [contract.fullmatch(node)] if match}
        above = [] if found or node == "model.cs_metrics.int_changes__accounts" else manifest["parent_map"].get(node, [])
        return found.union(*map(read, above))

    by_account = [name for name, node in manifest["nodes"].items() if "built_by_account()" in node.get("raw_code", "")]
    fingerprints = manifest["macros"]["macro.cs_metrics.contract_of_tables_by_account"]["macro_sql"]
    assert set().union(*map(read, by_account)) - shared == set(re.findall(r"'(\w+)'", fingerprints))
