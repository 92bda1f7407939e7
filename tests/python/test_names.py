"""Names are data: whatever a company calls its segments, accounts, codes, columns and files, it builds, and a terminal shows it as it is written."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
import yaml

from browser import browser
from conftest import run_build
from cs_metrics import ROOT
from cs_metrics.dashboard import page
from cs_metrics.render import Project, RenderError
from test_folder import FILES

AS_OF = "2024-06-15"
TAKEN = ("all", "billing_entity", "csm", "currency", "feature", "industry", "plan")
"""Dimensions that every build has, or their whole."""
WORK = (
    "account_id", "cut", "dimension", "group", "metric", "month", "month_from", "movement_type", "name", "order", "policy", "select", "spans", "user", "value",
)  # fmt: skip
"""Words of SQL, and columns, tables and CTEs of the project."""
UNREADABLE = ("Sales Rep", "tier\x1b[2J", "s" * 51, "größe")
EVIL = "\x1b]52;c;aGk=\x07 \x1b[2J\u202e\u2066\r\x9b31m"
"""Writes to the clipboard, clears the screen, turns the direction of the text, goes back to the line's start."""


APOSTROPHE = "O'Brien\\"
VARIABLES = json.dumps({"unclassified_tolerance": 1, "history_starts": {APOSTROPHE: "2024-03-01"}})


def segments(names: tuple[str, ...]) -> str:
    """A file of account_segments in which the one account has a value in each of these."""
    lines = [f'north,a1,"{name}",{place} of {len(names)},2024-01-01' for place, name in enumerate(names)]
    return "\n".join(["billing_entity,account_id,segment_name,segment_value,valid_from", *lines, ""])


def write(folder: Path, names: tuple[str, ...]) -> None:
    """A company with these segments, and with terminal sequences in every text that it may choose itself."""
    folder.mkdir(exist_ok=True)
    for name, text in FILES.items():
        (folder / name).write_text(text, encoding="utf-8")
    of_accounts = f'billing_entity,account_id,account_name,created_at,"x{EVIL}"\nnorth,a1,"Ann{EVIL}",2024-01-01,1\nnorth,a2,,2024-02-01,1\n'
    with (folder / "accounts.csv").open("w", encoding="utf-8", newline="") as file:
        file.write(of_accounts)
    for name, row in (
        ("accounts", "o1,Olive,2020-01-01,1"), ("products", "p1,Seats"), ("subscriptions", "t1,o1,active,2020-01-01"),
        ("subscription_items", "j1,t1,p1,seat,month,1,100,1,USD,2020-01-01"),
    ):  # fmt: skip
        with (folder / f"{name}.csv").open("a", encoding="utf-8", newline="") as file:
            file.write(f"{APOSTROPHE},{row}\n")
    with (folder / "subscriptions.csv").open("a", encoding="utf-8", newline="") as file:
        file.write(f'north,"s2{EVIL}",a2,"odd{EVIL}",2024-02-01\n')
    (folder / f"notes{EVIL.replace('/', '')}.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    (folder / "invoices.csv").write_text(
        "billing_entity,invoice_id,account_id,status,issued_at,currency\nnorth,n1,a1,paid,2024-02-01,USD\n", encoding="utf-8"
    )
    with (folder / "invoice_lines.csv").open("w", encoding="utf-8", newline="") as file:
        file.write(
            "billing_entity,invoice_line_id,invoice_id,account_id,charge_type,amount,currency,service_from,service_to\n"
            f'north,l1,n1,a1,"fee{EVIL}",10,USD,2024-02-01,2024-03-01\nnorth,l2,n1,a1,subscription,9000,USD,2024-02-01,2024-03-01\n'
        )
    (folder / "account_segments.csv").write_text(segments(names), encoding="utf-8")


def run(*arguments: str | Path) -> str:
    """What a command prints, on both streams, byte for byte."""
    done = subprocess.run([sys.executable, "-m", "cs_metrics", *map(str, arguments)], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return done.stdout.decode("utf-8", errors="surrogateescape")


def raw(said: str) -> list[str]:
    """The characters in it that a terminal obeys, or that turn the text's direction."""
    return sorted({repr(character) for character in said if character != "\n" and not character.isprintable()})


@pytest.fixture(scope="module")
def company(tmp_path_factory) -> tuple[Path, Path, str]:
    """The folder, the published file, and what the build said."""
    scratch = tmp_path_factory.mktemp("names")
    folder, warehouse = scratch / "export", scratch / "warehouse.duckdb"
    write(folder, WORK + TAKEN + UNREADABLE)
    build = run(
        "build", "--data", folder, "--as-of", AS_OF, "--warehouse", warehouse, "--target-path", scratch / "target",
        "--vars", VARIABLES,
    )  # fmt: skip
    assert warehouse.exists(), build
    return folder, warehouse, build


def figures(warehouse: Path) -> dict[str, str]:
    """The dimensions of the account's MRR that every build doesn't have, with their value."""
    with duckdb.connect(str(warehouse), read_only=True) as database:
        return dict(database.execute(
            "select dimension, any_value(dimension_value) from metrics.monthly_metrics where metric = 'mrr' and month = '2024-05-01' "
            "and dimension_value like '% of %' group by 1"
        ).fetchall())  # fmt: skip


def test_every_name_is_a_dimension_or_set_aside_with_a_notice(company):
    folder, warehouse, said = company
    names = WORK + TAKEN + UNREADABLE
    assert figures(warehouse) == {name: f"{names.index(name)} of {len(names)}" for name in WORK}
    checked = run("check", "--data", folder, "--as-of", AS_OF)
    for output in (said, checked):
        notices = [line for line in output.splitlines() if "becomes no dimension" in line]
        more = [line for line in output.splitlines() if line.endswith(" more") or "more," in line]
        assert len(notices) == len(TAKEN + UNREADABLE) or more, output
        assert "segment_name 'all' becomes no dimension: the name is taken by a dimension that every build has. Rename it" in output


def test_a_history_starts_for_an_entity_with_an_apostrophe(company):
    _, warehouse, _ = company
    with duckdb.connect(str(warehouse), read_only=True) as database:
        movements = database.execute(
            "select month::varchar, movement_type from metrics.fct_mrr_movements where billing_entity = ? and policy = 'standard'", [APOSTROPHE]
        ).fetchall()
    assert movements == [], "what it had when its history starts isn't new"


def test_no_command_prints_what_a_terminal_obeys(company, tmp_path):
    folder, warehouse, said = company
    built, other = ("--data", folder, "--warehouse", warehouse), tmp_path / "export"
    write(other, WORK)
    outputs = {
        "build": said,
        "check": run("check", "--data", folder, "--as-of", AS_OF),
        "map": run("map", "--data", other),
        "rejected": run("rejected", *built),
        "rejected of one table": run("rejected", *built, "--table", "accounts"),
        "explain": run("explain", "mrr", "2024-05", *built),
        "explain, no such account": run("explain", "mrr", "2024-05", "--account", EVIL, *built),
        "explain, no such metric": run("explain", f"mrr{EVIL}", "2024-05", *built),
        "ask": run("ask", "whom_do_we_depend_on", *built),
        "ask, no such question": run("ask", EVIL, *built),
        "no such folder": run("check", "--data", f"{folder}{EVIL.replace('/', '')}"),
    }
    assert {name: raw(output) for name, output in outputs.items()} == dict.fromkeys(outputs, [])
    for name in ("build", "check", "map", "rejected", "explain"):
        assert r"\x1b" in outputs[name], f"{name} shows nothing of the names, so that this proves nothing:\n{outputs[name]}"


def test_a_proposal_has_every_name_as_the_files_have_it(tmp_path):
    folder = tmp_path / "export"
    write(folder, WORK)
    (folder / "products.csv").write_text('billing_entity,product_id,product_name\nnorth,p1,Seats\n', encoding="utf-8")
    duckdb.execute(f"""copy (select 'north' as billing_entity, 'a1' as account_id, 'u1' as user_id, date '2024-01-01' as activated_at, 'x' as "user name\x85\u2028\u202e") to '{folder}/users.parquet'""")
    said = run("map", "--data", folder, "--entity", f"north{EVIL}")
    proposed = (folder / "mapping.yml").read_text(encoding="utf-8")
    assert raw(proposed) == [], "a file that is looked through in an editor or a terminal"
    assert yaml.load(proposed, Loader=yaml.BaseLoader)["entity"] == f"north{EVIL}", said
    said = run("check", "--data", folder, "--as-of", AS_OF, "--vars", VARIABLES)
    assert "Checked 28 rows" in said and said.count("FAILS") == 2, said
    assert "FAILS    lost_mrr, subscription_items of native: 76.0%" in said, "one of two items has a product that isn't there"


def test_the_semantic_layer_prints_nothing_of_it_either(tmp_path):
    """With a stand-in for `mf` that prints names as it finds them."""
    (tmp_path / "dbt_metricflow" / "cli").mkdir(parents=True)
    for package in ("dbt_metricflow", "dbt_metricflow/cli"):
        (tmp_path / package / "__init__.py").touch()
    (tmp_path / "dbt_metricflow" / "cli" / "main.py").write_text(
        f"import sys\n\ndef cli(**_):\n    print({EVIL!r}, 'ok')\n    sys.stderr.writelines([{EVIL!r}])\n    return 3\n"
    )
    done = subprocess.run(
        [sys.executable, "-m", "cs_metrics.metricflow"], cwd=ROOT, env=os.environ | {"PYTHONPATH": str(tmp_path)},
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    said = done.stdout.decode("utf-8")
    assert done.returncode == 3 and "ok" in said and said.count(r"\x1b[2J") == 2 and raw(said) == [], said


def test_the_page_holds_any_name(company, tmp_path):
    """Values that are properties of every object, and ones without a blank, on a small screen."""
    _, warehouse, _ = company
    with page.connection(warehouse, warehouse.parent / "build" / warehouse.name) as database:
        data = page.data_of(database, page.alias_of(warehouse), "n" * 300)
    names = ["constructor", "__proto__", "v" * 300]
    of_order = data["figures"]["standard"]["order"]
    (series, *_) = of_order.values()
    data["dimensions"]["order"] = {"values": names, "places": len(names)}
    of_order |= {"constructor": series, "v" * 300: series}
    data["contributions"]["standard"]["mrr"] = {month: [["e" * 300, "a" * 300, "n" * 300, 1, 1.5, None]] for month in map(str, data["months"])}
    place = tmp_path / "page.html"
    place.write_text(page.page_of(data), encoding="utf-8")
    assert "form-action 'none'; base-uri 'none'" in place.read_text("utf-8")
    with browser() as shown:
        for width in (1440, 420):
            shown.size(width, 1000)
            shown.open(place)
            shown.choose("dimension", "order")
            for name in names:
                shown.choose("value", name)
                assert shown.run("return document.documentElement.scrollWidth") <= width, f"{name[:20]} at {width}"
                assert shown.run("return document.querySelectorAll('section').length") > 5
            shown.choose("dimension", "all")
            shown.run("document.querySelector('.tile [data-metric=mrr]').click()")
            dialog = "document.getElementById('detail')"
            assert shown.run(f"return {dialog}.scrollWidth <= {dialog}.clientWidth")
            amount = "[data-part=numerator]"
            edges = shown.run(f"return [{dialog}.querySelector('{amount}').getBoundingClientRect().right, {dialog}.getBoundingClientRect().right]")
            assert edges[0] <= edges[1], "the amount is in sight without scrolling"
            assert shown.errors() == []


def test_other_segments_need_no_cleaning_up(company):
    folder, warehouse, _ = company
    others = ("tier", "movement_type", "order")
    (folder / "account_segments.csv").write_text(segments(others), encoding="utf-8")
    build = run_build(
        "--data", folder, "--as-of", AS_OF, "--warehouse", warehouse, "--target-path", warehouse.parent / "target",
        "--vars", VARIABLES,
    )  # fmt: skip
    assert build.returncode == 0, build.stdout
    assert figures(warehouse) == {name: f"{place} of 3" for place, name in enumerate(others)}
    with duckdb.connect(str(warehouse.parent / "build" / warehouse.name), read_only=True) as database:
        kept = database.execute(
            "select table_name, column_name from duckdb_columns() where column_name like 'segment\\_%' escape '\\' "
            "and table_name in ('int_segments__periods', 'int_retention__pairs') order by all"
        ).fetchall()
    columns = [f"segment_{name}" for name in sorted(others)]
    assert kept == [(table, column) for table in ("int_retention__pairs", "int_segments__periods") for column in columns]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("[industry]", "custom_segments has 'industry': the name is taken by a dimension that every build has"),
        ("[all]", "custom_segments has 'all': the name is taken"),
        ('["tier\\n"]', "it is not a name of lowercase letters, digits and _"),
        ("[Sales Rep]", "custom_segments has 'Sales Rep': it is not a name of lowercase letters, digits and _, at most 50 of them"),
        ("[1]", "custom_segments has '1': it is not a name"),
        ("[tier, tier]", "custom_segments has a name twice: tier, tier"),
        ("tier", "custom_segments is 'tier': it is a list of names, such as [tier, territory]"),
    ],
)
def test_custom_segments_that_a_person_sets_are_held_to_the_same(given, said):
    with pytest.raises(RenderError) as error:
        Project({"native_data": "source", "as_of_date": AS_OF, "custom_segments": yaml.safe_load(given)}).macro("check_variables")()
    assert said in str(error.value)


VALUES = ("O'Brien", "'; drop table t; --", "back\\slash", "\\' or 1=1 --", "line\nend", "{{ 1 + 1 }}", "")


def test_a_value_is_the_same_in_sql(tmp_path):
    project = Project()
    for value in VALUES:
        assert duckdb.execute(f"select {project.macro('as_text_literal')(value)}").fetchall() == [(value,)]
    assert project.macro("as_text_literals")(["a'b", 1]) == "'a''b', '1'"
    for engine in ("bigquery", "redshift", "snowflake", "spark"):
        assert project.macro(f"{engine}__escaped_backslashes")("a\\'b") == "a\\\\'b", "a backslash is an escape character there"


def test_no_variable_stands_between_quotation_marks_of_its_own():
    unescaped = re.compile(r"""'\{\{[^}]*\bvar\(|"'" ~ var\(""")
    files = [path for folder in ("analyses", "macros", "models", "tests/singular") for path in (ROOT / folder).rglob("*.sql")]
    found = [f"{path.relative_to(ROOT)}: {line.strip()}" for path in files for line in path.read_text("utf-8").splitlines() if unescaped.search(line)]
    assert files and found == []


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({"history_starts": {"north": "2024-01-01' as timestamp) end; drop schema raw"}}, "history_starts of 'north' is '2024-01-01' as timestamp"),
        ({"history_starts": {"north": "2024-01-01\n"}}, "write it as YYYY-MM-DD"),
        ({"history_starts": "2024-01-01"}, "history_starts is '2024-01-01': it maps billing entities to days"),
        ({"as_of_date": "2024-06-15\n"}, "as_of_date is"),
        ({"account_extra_columns": ["x_ok", "x_a, 1 as b"]}, "account_extra_columns has 'x_a, 1 as b'"),
        ({"reporting_currency": "US'D"}, "reporting_currency is 'US'D': it is the code of a currency"),
        ({"unclassified_tolerance": "0 or 1 = 1"}, "unclassified_tolerance is 0 or 1 = 1: it is a share, 0 to 1"),
        ({"small_sample_below": "30 or 1"}, "small_sample_below is '30 or 1': it is a whole number"),
        ({"bi_role": 'bi"; drop schema raw; --'}, "it is a name without quotation marks"),
        ({"exchange_rate_max_age_days": "7 --"}, "exchange_rate_max_age_days is '7 --': it is a whole number"),
    ],
)
def test_a_variable_that_is_no_value_of_its_kind_is_refused(variables, said):
    with pytest.raises(RenderError) as error:
        Project({"native_data": "source", "as_of_date": AS_OF, "custom_segments": [], **variables}).macro("check_variables")()
    assert said in str(error.value)
