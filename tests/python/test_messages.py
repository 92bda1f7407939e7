"""What a build says of data that isn't right: reasons with an example and its place, tests with the rows that they found."""

import re
from pathlib import Path
from types import SimpleNamespace

import duckdb
import pytest

from conftest import run_build
from cs_metrics import cli, places, terminal
from cs_metrics.build import REJECTIONS, has_rejections, what_it_is_about
from cs_metrics.files import Files

CLEARS_THE_SCREEN = "\x1b[2J"
ITEM = "acme,{item},{subscription},core,{charge},month,1,100,1,USD,2024-01-05\n"
ITEMS = "billing_entity,item_id,subscription_id,product_id,charge_type,interval_unit,interval_count,unit_amount,quantity,currency,valid_from\n"
# A name with a line break moves the lines below it; a separator of its own in the second file.
FILES = {
    "accounts.csv": (
        "billing_entity,account_id,account_name,is_test,loaded_at\n"
        'acme,a1,"Fine\nand long",false,\n'
        f"acme,a2,{CLEARS_THE_SCREEN}Red,no,\n"
        "acme,a3,Later,false,2024-07-09\n"
        "acme,,No key,false,\n"
        "acme,a4,Who,perhaps,\n"
    ),
    "products.csv": "billing_entity,product_id,product_name\n",
    "subscriptions.csv": (
        "billing_entity;subscription_id;account_id;status;started_at;ended_at;loaded_at\n"
        f"acme;s1;a1;zombie{CLEARS_THE_SCREEN};2024-01-05;;\n"
        "acme;s2;a1;zombie;2024-01-05;;\n"
        "acme;s3;a9;active;2024-01-05;;\n"
        "acme;s4;a1;active;2024-01-05;2023-12-01;\n"
        "acme;s5;a1;active;2024-01-05;;2024-07-02\n"
        "acme;s6;a1;active;2024-01-05;;2024-07-02\n"
    ),
    "subscription_items.csv": ITEMS + ITEM.format(item="i1", subscription="s1", charge="subscription"),
}


@pytest.fixture(scope="module")
def scratch(tmp_path_factory) -> Path:
    """A folder with an export of many faults, and room for what is built of it."""
    folder = tmp_path_factory.mktemp("messages")
    (folder / "export").mkdir()
    for name, text in FILES.items():
        (folder / "export" / name).write_text(text, encoding="utf-8", newline="")
    return folder


def build(scratch: Path, *options: str) -> tuple[int, str]:
    """Build the export; the exit code and what it says."""
    run = run_build(
        "--data", scratch / "export", "--as-of", "2024-06-30", "--warehouse", scratch / "warehouse.duckdb",
        "--target-path", scratch / "target", "--no-dashboard", *options,
    )  # fmt: skip
    return run.returncode, run.stdout


@pytest.fixture(scope="module")
def failed(scratch) -> str:
    """What the build of the export says, in which no subscription is accepted."""
    code, said = build(scratch)
    assert code == 1, said
    return said


@pytest.fixture(scope="module")
def mended(failed, scratch) -> str:
    """What the next build says, with a product, a subscription that is right and items with charge codes that nobody knows."""
    with (scratch / "export" / "products.csv").open("a", encoding="utf-8") as file:
        file.write("acme,core,Core\n")
    with (scratch / "export" / "subscriptions.csv").open("a", encoding="utf-8") as file:
        file.write("acme;s7;a2;active;2024-01-05;;\n")
    with (scratch / "export" / "subscription_items.csv").open("a", encoding="utf-8") as file:
        for number in range(7):
            file.write(ITEM.format(item=f"j{number}", subscription="s7", charge=f"strange {number}"))
        file.write(ITEM.format(item="k", subscription="s7", charge="subscription"))
    code, said = build(scratch, "--vars", "{unclassified_tolerance: 1}")
    assert code == 0, said
    return said


@pytest.mark.parametrize(
    "line",
    [
        r"        2  subscriptions: invalid status, e.g. 'zombie\x1b[2J' in subscription_id=s1, subscriptions.csv line 2",
        "           expected: one of incomplete, trialing, active, past_due, paused, unpaid, cancelled",
        "        1  accounts: missing account_id, e.g. accounts.csv line 6",
        "           expected: a value: The account's key in the billing system",
        "        1  accounts: unreadable is_test, e.g. 'perhaps' in account_id=a4, accounts.csv line 7",
        "           expected: true or false; or empty",
        "        1  subscriptions: ended_at before started_at, e.g. '2023-12-01' in subscription_id=s4, subscriptions.csv line 5",
        "           expected: ended_at on or after started_at; or empty",
        "        1  subscriptions: unknown account_id, e.g. 'a9' in subscription_id=s3, subscriptions.csv line 4",
        "           expected: an accepted row of accounts with this account_id",
    ],
)
def test_a_build_that_fails_says_what_was_rejected_with_an_example_of_each(failed, line):
    """Value, key, file and line, and the right form."""
    assert line in failed.splitlines()


def test_a_required_table_that_is_rejected_as_a_whole_fails_however_small_it_is(failed):
    """With the reasons in one sentence."""
    assert re.search(
        r"^subscriptions: all 4 rows are rejected \(invalid status: 2, e\.g\. .*; expected: one of .*; "
        r"ended_at before started_at: 1; unknown account_id: 1\)\. Without this table there are no figures\.$",
        failed, re.MULTILINE,
    )  # fmt: skip
    assert "subscription_items: its only row is rejected (unknown subscription_id: 1" in failed
    assert "accounts: all" not in failed


def test_a_required_table_without_rows_fails(failed, mended):
    """Figures without it would take the place of good ones."""
    sentence = "products: it has no rows. Without this table there are no figures."
    assert sentence in failed.splitlines() and sentence not in mended
    assert "FAILED   data_quality_is_good_enough" in failed


def test_rows_that_arrived_later_are_counted(failed, mended):
    """In a build that fails and in one that doesn't."""
    for said, count in ((failed, 6), (mended, 7)):
        assert f"subscriptions: 2 of {count} rows are not yet known on 2024-06-30 (loaded_at is later)." in said.splitlines()
        assert "accounts: 1 of 5 rows are not yet known on 2024-06-30 (loaded_at is later)." in said.splitlines()


def test_rejected_rows_can_be_looked_at_after_a_build_that_failed(failed, scratch, capsys):
    """The message says how; all of them go into a file on request. The same command lists those of one table."""
    assert f"A look at rejected rows: make rejected DATA={scratch / 'export'}" in failed
    at = ["--data", str(scratch / "export"), "--warehouse", str(scratch / "warehouse.duckdb")]
    assert cli.main(["rejected", *at, "--table", "subscriptions"]) == 0
    said = capsys.readouterr().out
    assert "rejected rows of subscriptions" in said
    assert [line for line in said.splitlines() if line.startswith(("accounts", "subscription_items"))] == []
    assert "subscriptions.csv line 4" in said and '"account_id": "a9"' in said
    assert "\x1b" not in said
    assert cli.main(["rejected", *at, "--out", str(scratch / "rejected.csv")]) == 0
    ((rows,),) = duckdb.execute(f"select count(*) from read_csv('{scratch / 'rejected.csv'}')").fetchall()
    assert rows == 7


def test_a_warning_shows_what_its_test_is_about_and_the_first_rows_it_found(mended):
    """And how many more there are; the limits of data quality are printed once."""
    about, _, rest = mended.partition("WARNING  charge_codes_are_known")[2].partition("table_name")
    assert "Charge codes that no rule knows" in about
    found, _, more = rest.partition("and 2 more rows; its query: ")
    assert [line.split()[0] for line in found.splitlines()[2:7]] == ["subscription_items"] * 5
    assert found.count(",<revenue class>,<reason>") == 5 and "strange_" in found
    assert more
    assert "Got" not in mended.partition("Rejected rows:")[0]


def test_a_build_that_succeeds_shows_the_most_frequent_reasons_with_examples(mended):
    """Three of them."""
    lines = mended.partition("Rejected rows: ")[2].splitlines()
    assert lines[0].startswith("7 (metrics.rejected_rows); mend them at the source. The most frequent reasons:")
    assert "subscriptions: invalid status, e.g." in lines[1] and "subscriptions.csv line 2" in lines[1]
    assert lines[2].startswith("           expected: one of incomplete")
    assert "other tables and reasons (make rejected DATA=" in lines[7]


def test_no_control_character_of_the_data_reaches_the_terminal(failed, mended):
    """Nor anything else that a terminal obeys."""
    assert "\x1b" not in failed + mended
    assert r"zombie\x1b[2J" in failed


@pytest.mark.parametrize(
    "text, said",
    [
        ("plain ü 数据", "plain ü 数据"), ("\x1b]52;c;aGk=\x07", r"\x1b]52;c;aGk=\x07"), ("a\u202eb", r"a\u202eb"),
        ("a\u2028b\x85c", r"a\u2028b\x85c"), ("tab\there", r"tab\there"),
    ],
)  # fmt: skip
def test_what_a_terminal_would_obey_is_written_out(text, said):
    assert terminal.visible(text) == said


def test_a_flood_of_notices_ends_after_ten(capsys):
    """Two thousand columns that the contract doesn't have are ten lines and a number."""
    terminal.print_notices((f"column {number}" for number in range(2000)), "NOTE")
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "NOTE     column 0" and lines[9] == "NOTE     column 9"
    assert lines[10:] == ["         and 1,990 more"]


def test_a_table_has_its_long_cells_cut_and_its_numbers_on_the_right():
    assert terminal.table(["name", "count"], [["x" * 99, 5], [None, 12345]], indent=2).splitlines() == [
        f"  name{' ' * 56}    count", f"  {'-' * 60}  {'-' * 7}", f"  {'x' * 57}...        5", f"  -{' ' * 59}    12345",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text, row, place",
    [
        ("account_id,name\na,1\nb,2\n", {"account_id": "b"}, "accounts.csv line 3"),
        ("ACCOUNT_ID;Employee_Count\na;\nb;12.50\n", {"account_id": "b", "employee_count": 12.5}, "accounts.csv line 3"),
        ('account_id,account_name\na,"x\n\ny"\nb,z\n', {"account_id": "b", "account_name": "z"}, "accounts.csv line 5"),
        ("account_id,created_at\nb,2024-01-01\nb,soon\n", {"account_id": "b", "created_at": None, "unreadable": {"created_at": "soon"}}, "accounts.csv line 3"),
        ("account_id,created_at\nb,2024-01-01T23:30:00-08:00\n", {"account_id": "b", "created_at": "2024-01-02 07:30:00"}, "accounts.csv line 2"),
        ("id,name\nb,2\n", {"account_id": "b"}, None),
        ("account_id\na\n", {"account_id": "b"}, None),
        ("account_id\nb\n", {"account_id": None}, None),
    ],
)  # fmt: skip
def test_a_row_is_found_in_its_file(tmp_path, text, row, place):
    """By what can be compared; a file whose columns have other names has no place to tell."""
    (tmp_path / "accounts.csv").write_text(text, encoding="utf-8")
    with places.Places(tmp_path) as found:
        assert found.of("accounts", [row]) == place


def node_of(**values) -> SimpleNamespace:
    """A data test as dbt has it."""
    return SimpleNamespace(**{"description": "", "raw_code": "", "column_name": None, "attached_node": None} | values)


@pytest.mark.parametrize(
    "node, about",
    [
        (node_of(description="A sentence\nof two lines."), "A sentence of two lines."),
        (node_of(raw_code="{{ config(severity='warn') }}\n-- Codes that\n-- no rule knows.\nwith a as (select 1) -- not this\n"), "Codes that no rule knows."),
        (node_of(raw_code="select 1\n"), ""),
        (
            node_of(column_name="status", attached_node="model.cs_metrics.dim_accounts", test_metadata=SimpleNamespace(name="accepted_values", kwargs={"values": ["a"]})),
            "dim_accounts status: accepted_values (values: ['a'])",
        ),
    ],
)  # fmt: skip
def test_a_data_test_says_what_it_is_about(node, about):
    assert what_it_is_about(node) == about


@pytest.mark.parametrize(
    "statuses, says, is_built_again",
    [
        (dict.fromkeys(REJECTIONS, "success"), "", False),
        (dict.fromkeys(REJECTIONS, "success") | {"rejected_rows": "skipped"}, "", True),
        (dict.fromkeys(REJECTIONS, "success") | {"data_quality_alerts": "error"}, "No space left on device", False),
        ({}, "", False),
    ],
)
def test_rejected_rows_that_dbt_skipped_are_built(statuses, says, is_built_again, monkeypatch, tmp_path):
    """After a test that failed upstream, unless nothing was built or the machine is to blame; those of an older build say nothing of this one."""
    asked = []
    monkeypatch.setattr("cs_metrics.build.run_dbt", lambda arguments, *_: asked.append(arguments) or SimpleNamespace(success=True))
    (tmp_path / "build").mkdir()
    results = [SimpleNamespace(node=SimpleNamespace(name=name), status=status, message=says) for name, status in statuses.items()]
    has_them = has_rejections(SimpleNamespace(result=SimpleNamespace(results=results)), ["--vars", "{}"], Files(tmp_path / "x.duckdb"), tmp_path)
    assert bool(asked) is is_built_again
    assert has_them is (bool(statuses) and not says)
    if asked:
        assert {f"+{name}" for name in REJECTIONS} <= set(asked[0]) and "test" in asked[0]
