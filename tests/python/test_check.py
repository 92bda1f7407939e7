"""`make check`: what it says of a folder, and that it judges as the build does."""

import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
from test_build import DEMO_AS_OF, SEEDS
from test_folder import FILES
from workbook import write_workbook

from conftest import run_build
from cs_metrics import ROOT, cli
from cs_metrics.check import GROUPS
from cs_metrics.contract import tables
from cs_metrics.folder import Choices, understand, write
from cs_metrics.render import MODELS, Project

AS_OF = "2024-06-30"
ITEM = "north,{},s1,p1,seat,month,1,{},3,{},2024-01-01\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the required tables, one or two rows each."""
    path = tmp_path / "export"
    path.mkdir()
    for name, text in FILES.items():
        (path / name).write_text(text, encoding="utf-8")
    return path


def said(capsys, folder: Path, *options: str, code: int) -> str:
    """What `check` prints of a folder, and that it ends with this exit code."""
    assert cli.main(["check", "--data", str(folder), "--as-of", AS_OF, *options]) == code
    return capsys.readouterr().out


def test_a_good_folder_fits_on_a_screen(capsys, folder):
    text = said(capsys, folder, code=0)
    assert len(text.splitlines()) < 25
    assert "accounts.csv            accounts               2  4 of 4        CSV, commas" in text
    assert "These tables give: MRR and ARR with their movements" in text
    assert "No invoices: no recognised revenue, ARPC, purchases and their lifetime value, no ARPU (users too)" in text
    assert "Checked 5 rows in " in text and f"It can be built: make build DATA={folder} AS_OF={AS_OF}" in text
    assert "FAILS" not in text and "WARNS" not in text and "REJECTS" not in text


def test_each_problem_has_an_example_with_its_file_and_line(capsys, folder):
    items = folder / "subscription_items.csv"
    items.write_text(
        items.read_text()
        + ITEM.format("i2", "ten", "USD")
        + ITEM.format("i3", "", "USD")
        + ITEM.format("i4", "1", "XXX")
        + ITEM.format("i5", "1", "USD").replace("s1", "s9")
        + ITEM.format("i6", "1", "USD").replace("p1", "p9")
        + ITEM.format("i7", "1", "USD").replace("month", "moon")
        + ITEM.format("i9", "1", "USD") * 2
        + ITEM.format("i10", "1", "USD") + ITEM.format("i10", "2", "USD")
        + ITEM.format("i11", "1", "USD").replace("2024-01-01", "soon"),
        encoding="utf-8",
    )  # fmt: skip
    subscriptions = folder / "subscriptions.csv"
    subscriptions.write_text(
        subscriptions.read_text().replace("started_at\n", "started_at,ended_at\n").replace("2024-01-01\n", "2024-01-01,\n")
        + "north,s2,a9,active,2024-01-01,\nnorth,s3,a1,Wild,2024-01-01,\nnorth,s4,a1,active,2024-02-01,2024-01-01\n",
        encoding="utf-8",
    )
    text = said(capsys, folder, code=0)  # too few rows for a limit of the seed data_quality_thresholds
    for line in (
        "subscription_items: 1 of 12 rows rejected, unreadable unit_amount: e.g. 'ten' in subscription_items.csv line 3 "
        "(item_id=i2, valid_from=2024-01-01 00:00:00). Expected: a number with a decimal point",
        "missing unit_amount: e.g. subscription_items.csv line 4 (item_id=i3, ",
        "unknown currency: e.g. 'XXX' in subscription_items.csv line 5 (item_id=i4, ",
        "unknown subscription_id: e.g. 's9' in subscription_items.csv line 6 (item_id=i5, ",
        "unknown product_id: e.g. 'p9' in subscription_items.csv line 7 (item_id=i6, ",
        "invalid interval_unit: e.g. 'moon' in subscription_items.csv line 8 (item_id=i7, ",
        "2 of 12 rows rejected, conflicting versions: e.g. subscription_items.csv line 11 and subscription_items.csv line 12 (item_id=i10, ",
        "unreadable valid_from: e.g. 'soon' in subscription_items.csv line 13 (item_id=i11, valid_from=)",
        "subscriptions: 1 of 4 rows rejected, unknown account_id: e.g. 'a9' in subscriptions.csv line 3 (subscription_id=s2).",
        "invalid status: e.g. 'Wild' in subscriptions.csv line 4 (subscription_id=s3).",
        "ended_at before started_at: e.g. '2024-01-01' in subscriptions.csv line 5 (subscription_id=s4).",
        "Nothing to mend: 1 duplicate row.",
    ):
        assert line in text, f"{line}\n---\n{text}"


def test_a_row_without_an_id_is_found_by_all_of_its_values(capsys, folder):
    costs = [
        "north,2024-01-01,sales,10,USD",
        "north,2024-01-01,sales,11,USD",
        "north,2024-01-01,gifts,11,USD",
        "north,2024-01-01,sales,x,USD",
    ]
    (folder / "acquisition_costs.csv").write_text("billing_entity,cost_date,category,amount,currency\n" + "\n".join(costs) + "\n")
    text = said(capsys, folder, code=0)
    assert "invalid category: e.g. 'gifts' in acquisition_costs.csv line 4" in text
    assert "unreadable amount: e.g. 'x' in acquisition_costs.csv line 5" in text


def test_a_workbook_is_checked_to_its_row(capsys, tmp_path):
    folder = tmp_path / "export"
    folder.mkdir()
    sheets = {name.removesuffix(".csv"): [line.split(",") for line in text.splitlines()] for name, text in FILES.items()}
    sheets["subscription_items"] += [[], ITEM.format("i2", "ten", "USD").strip().split(",")]
    write_workbook(folder / "export.xlsx", sheets)
    text = said(capsys, folder, code=0)
    assert "export.xlsx / accounts            accounts               2  4 of 4        Excel" in text
    assert "unreadable unit_amount: e.g. 'ten' in export.xlsx / subscription_items row 4 (item_id=i2" in text


def test_charge_codes_without_a_rule_are_named(capsys, folder):
    """Once, with the first line that has one, as it is written there, and what to add where."""
    with open(folder / "subscription_items.csv", "a") as items:
        items.write(ITEM.format("i2", "1", "USD").replace("seat", "Fuel Surcharge"))
    sentence = (
        "subscription_items: charge code 'Fuel Surcharge', 1 row, 8.7% of the amount, e.g. subscription_items.csv line 3. No rule knows "
        "it: add to seeds/rules/charge_code_rules.csv the line fuel_surcharge,<revenue class>,<reason>."
    )
    text = said(capsys, folder, code=1)
    assert f"FAILS    {sentence}" in text and text.count("Fuel Surcharge") == 1
    assert f"WARNS    {sentence}" in said(capsys, folder, "--vars", "{unclassified_tolerance: 0.1}", code=0)


def test_a_required_table_without_an_accepted_row_fails(capsys, folder):
    (folder / "accounts.csv").write_text("billing_entity,account_id,created_at\nnorth,,2024-01-01\n", encoding="utf-8")
    text = said(capsys, folder, code=1)
    assert "FAILS    accounts: 1 of 1 rows rejected, missing account_id: e.g. accounts.csv line 2 (account_id=)" in text
    assert "It can't be built yet: " in text and "marked FAILS above." in text


@pytest.mark.parametrize("table", ["accounts", "products", "subscriptions", "subscription_items"])
def test_a_required_table_without_a_row_that_is_known_fails(capsys, folder, table):
    """A nightly export that failed would put no figures in the place of good ones."""
    path = folder / f"{table}.csv"
    header, *rows = path.read_text(encoding="utf-8").splitlines()
    path.write_text(header + "\n", encoding="utf-8")
    assert f"FAILS    {table}: the file has no rows. Without this table there are no figures." in said(capsys, folder, code=1)
    path.write_text("\n".join([f"{header},loaded_at", *(f"{row},2025-01-01" for row in rows)]) + "\n", encoding="utf-8")
    late = f"FAILS    {table}: {len(rows)} of {len(rows)} rows are not yet known on {AS_OF} (loaded_at is later). Without this table"
    assert late in said(capsys, folder, code=1)


def test_what_the_build_only_warns_of_is_a_warning(capsys, folder):
    """Rates that are three weeks old, in a month that isn't over: each test's own severity counts, as in the build."""
    (folder / "exchange_rates.csv").write_text("rate_date,from_currency,to_currency,rate\n2024-05-31,EUR,USD,1.1\n", encoding="utf-8")
    text = said(capsys, folder, "--as-of", "2024-06-20", code=0)
    assert "WARNS    days_since_business_date, exchange_rates of native: 20 days (limit 7)." in text and "FAILS" not in text


def test_rows_that_are_not_known_yet_and_empty_files_are_said(capsys, folder):
    (folder / "users.csv").write_text("billing_entity,user_id,account_id,activated_at,loaded_at\nnorth,u1,a1,2024-01-01,2025-01-01\n")
    (folder / "discounts.csv").write_text("billing_entity,discount_id,valid_from\n")
    text = said(capsys, folder, code=0)
    assert f"WARNS    users: 1 of 1 rows are not yet known on {AS_OF} (loaded_at is later)." in text
    assert "WARNS    discounts: the file has no rows." in text


def test_rows_without_values_are_not_rejected(capsys, folder):
    """And a row that lacks its key is found where it is, not where another has all that it says."""
    with open(folder / "accounts.csv", "a") as accounts:
        accounts.write("north,a3,,\nnorth,,,\n,,,\n,,,\n")
    text = said(capsys, folder, code=0)
    assert "NOTE     accounts.csv: 2 rows have separators and no values, such as line 6; they are not read." in text
    assert "accounts: 1 of 4 rows rejected, missing account_id: e.g. accounts.csv line 5 (account_id=)" in text


def test_a_file_with_nothing_in_it_stops_nothing_unless_it_is_needed(capsys, folder):
    (folder / "discounts.csv").write_bytes(b"")
    assert "NOTE     discounts.csv: can't be read. It is empty." in said(capsys, folder, code=0)
    (folder / "products.csv").write_bytes(b"\n")
    assert "FAILS    products.csv: can't be read. It is empty." in said(capsys, folder, code=1)


def test_what_is_not_read_is_said_and_long_lists_are_cut(capsys, folder):
    strange = ",".join(f"own{number}" for number in range(20))
    (folder / "accounts.csv").write_text(f"billing_entity,account_id,created_at,contry,{strange}\nnorth,a1,2024-01-01,FR{',' * 20}\n")
    (folder / "invoice.csv").write_text("id,name\n1,x\n")
    text = said(capsys, folder, code=0)
    assert "NOTE     invoice.csv: no table of the contract (did you mean invoices?), so it is not read." in text
    assert "NOTE     accounts.csv: column contry is not in the contract (did you mean country?), so it is not read." in text
    assert "         and 12 more" in text
    assert "accounts.csv            accounts               1  3 of 24" in text


def test_control_characters_do_not_reach_the_terminal(capsys, folder):
    (folder / "accounts.csv").write_text(
        "billing_entity,account_id,is_test,a\x1b[31mb\nnorth,a1,\x1b]52;c;aGk=\x07,x\nnorth,a2,false,\n"
    )
    text = said(capsys, folder, code=1)
    assert "\x1b" not in text and "\x07" not in text
    assert "a\\x1b[31mb" in text and "\\x1b]52" in text


def test_what_may_be_read_in_two_ways_is_asked_and_declared(capsys, folder):
    (folder / "subscriptions.csv").write_text("billing_entity;subscription_id;account_id;status;started_at\nnorth;s1;a1;active;01.02.2024\n")
    text = said(capsys, folder, code=1)
    assert "FAILS    subscriptions.csv: column started_at: '01.02.2024' in line 2 may be 1 February or 2 January" in text
    assert "DATES=day-first" in text
    said(capsys, folder, "--dates", "day-first", code=0)
    with pytest.raises(SystemExit):
        cli.main(["check", "--data", str(folder), "--dates", "dmy"])
    assert "'dmy' is not known. Expected one of: year-first, day-first, month-first" in capsys.readouterr().err


MAPPING = """
entity: north
tables:
  subscriptions:
    file: subscriptions.csv
    columns:
      subscription_id: subscription_id
      account_id: account_id  # likely: 100% of its values are in accounts.account_id
      status: {value: active}{remark}
      started_at: started_at
      ended_at: {lookup: accounts.csv, by: {subscription_id: account_id}, column: created_at}
"""


def test_what_is_expected_does_not_contradict_itself(capsys, folder):
    """A count that is missing may not be empty, and the zero of a clock is a day from 1950 on."""
    items = folder / "subscription_items.csv"
    items.write_text(
        items.read_text().replace("valid_from\n", "valid_from,valid_to\n").replace("2024-01-01\n", "2024-01-01,\n")
        + ITEM.format("i2", "1", "USD").replace("month,1", "month,").replace("01\n", "01,\n")
        + ITEM.format("i3", "1", "USD").replace("01\n", "01,1970-01-01\n"),
        encoding="utf-8",
    )
    text = said(capsys, folder, code=0)
    assert "missing interval_count: e.g. subscription_items.csv line 3 (item_id=i2, valid_from=2024-01-01 00:00:00). Expected: a value: a whole number" in text
    assert "1 or more, at most a century.\n" in text
    assert "invalid valid_to: e.g. '1970-01-01' in subscription_items.csv line 4" in text
    assert "Expected: another day, as this one is the zero of a clock and means that there is none; or empty." in text


def test_causes_stand_before_consequences_and_conflicts_name_both_places(capsys, folder):
    items, subscriptions = folder / "subscription_items.csv", folder / "subscriptions.csv"
    subscriptions.write_text(subscriptions.read_text() + "north,s2,a2,active,soon\n", encoding="utf-8")
    (folder / "subscription_items_1.csv").write_text(items.read_text() + ITEM.format("i2", "1.50", "USD").replace("month", "per month"), encoding="utf-8")
    other = ITEM.format("i2", "2", "USD").replace("month", "per month") + ITEM.format("i3", "1", "USD").replace("s1", "s2") * 2
    (folder / "subscription_items_2.csv").write_text(items.read_text().splitlines()[0] + "\n" + other, encoding="utf-8")
    items.unlink()
    discounts = "billing_entity,discount_id,subscription_id,percent_off,duration,valid_from\nnorth,d1,s1,-2,forever,2024-01-01\n"
    (folder / "discounts.csv").write_text(discounts, encoding="utf-8")
    text = said(capsys, folder, code=0)
    assert "conflicting versions: e.g. subscription_items_1.csv line 3 and subscription_items_2.csv line 2 (item_id=i2, " in text
    assert text.index("unreadable started_at") < text.index("unknown subscription_id")
    assert "Expected: an accepted row of subscriptions with this subscription_id. Mend the rejected rows of subscriptions first." in text
    assert "invalid percent_off: e.g. '-2' in discounts.csv line 2" in text


def test_the_last_line_builds_what_was_checked(capsys, folder):
    """With the options that were given, as a shell takes them."""
    spaced = folder.with_name("an export")
    folder.rename(spaced)
    variables = "{metric_policies: [standard]}"
    text = said(capsys, spaced, "--dates", "day-first", "--decimals", "point", "--entity", "north", "--vars", variables, code=0)
    assert text.endswith(
        f"make build DATA='{spaced}' ENTITY=north DATES=day-first DECIMALS=point AS_OF={AS_OF} VARS='{{\"metric_policies\": [\"standard\"]}}'\n"
    )


def test_a_folder_that_cannot_be_read_has_no_rows_that_were_checked(capsys, folder):
    (folder / "products.csv").unlink()
    assert "No row was judged: reading stopped after " in said(capsys, folder, code=1)


def test_rows_that_often_mean_something_else_are_warned_of(capsys, folder):
    """They count as they are written: a period that is counted twice, subscriptions without items, percent written as shares."""
    items, subscriptions = folder / "subscription_items.csv", folder / "subscriptions.csv"
    items.write_text(
        items.read_text()
        + ITEM.format("i2", "1200", "USD").replace("month,1", "annual,12")
        + ITEM.format("i3", "300", "USD").replace("month,1", "quarterly,3")
        + ITEM.format("i4", "1200", "USD").replace("month,1", "Annual,12")
        + ITEM.format("i5", "1200", "USD").replace("month,1", "year,12")
        + ITEM.format("i6", "1200", "USD").replace("month,1", "monthly,1")
        + ITEM.format("i7", "1200", "USD").replace("month,1", "month,12"),
        encoding="utf-8",
    )
    subscriptions.write_text(
        subscriptions.read_text() + "north,s2,a2,active,2024-01-01\nnorth,s3,a2,trialing,2024-01-01\nnorth,s4,a2,incomplete,2024-01-01\n",
        encoding="utf-8",
    )
    discounts = "billing_entity,discount_id,subscription_id,percent_off,duration,valid_from\nnorth,d1,s1,0.1,forever,2024-01-01\n"
    (folder / "discounts.csv").write_text(discounts, encoding="utf-8")
    text = said(capsys, folder, code=0)
    for line in (
        "interval_unit annual with interval_count 12 is a billing period of 12 years: 1 row, such as north: i2. If it is annual once, ",
        "interval_unit Annual with interval_count 12 is a billing period of 12 years: 1 row, such as north: i4.",
        "interval_unit quarterly with interval_count 3 is a billing period of 3 quarters: 1 row, such as north: i3.",
        "interval_unit year with interval_count 12 is a billing period of 12 years: 1 row, such as north: i5.",
        "subscriptions: in service on the as-of date, without any row in subscription_items, so in no MRR: 2 rows, such as north: s2.",
        "discounts: percent_off is below 1 in every row, so each takes off less than 1 %: 1 row, such as north: d1.",
    ):
        assert "WARNS    " in text and line in text
    assert "i6" not in text and "i7" not in text and "s4" not in text
    (folder / "discounts.csv").write_text(discounts + "north,d2,s2,10,forever,2024-01-01\n", encoding="utf-8")
    assert "percent_off is below 1" not in said(capsys, folder, code=0)


def test_remarks_that_nobody_has_taken_away_are_said_again(capsys, folder):
    """A guess is one until somebody says otherwise; what was settled isn't asked again."""
    (folder / "mapping.yml").write_text(MAPPING.replace("{remark}", "  # decide: which status have they?"), encoding="utf-8")
    text = said(capsys, folder, code=0)
    assert "DECIDE   mapping.yml, line 9, status: which status have they?" in text and text.count("mapping.yml, line 9") == 1
    assert "1 remark `decide` still stands in mapping.yml: remove each that is settled." in text
    (folder / "mapping.yml").write_text(MAPPING.replace("{remark}", "  # check: no column says it"), encoding="utf-8")
    assert "CHECK    mapping.yml, line 9, status: no column says it" in said(capsys, folder, code=0)
    (folder / "mapping.yml").write_text(MAPPING.replace("{remark}", ""), encoding="utf-8")
    text = said(capsys, folder, code=0)
    assert "DECIDE" not in text and "CHECK" not in text and "`decide`" not in text


def test_a_lookup_that_finds_nothing_is_said(capsys, folder):
    (folder / "mapping.yml").write_text(MAPPING.replace("{remark}", ""), encoding="utf-8")
    sentence = "NOTE     mapping.yml, line 11: the lookup finds nothing for any of 1 rows: account_id of accounts.csv has no 's1'."
    assert sentence in said(capsys, folder, code=0)
    (folder / "mapping.yml").write_text(MAPPING.replace("{remark}", "").replace("by: {subscription_id: account_id}", "by: account_id"))
    assert "the lookup finds nothing" not in said(capsys, folder, code=0)


def test_a_folder_that_is_not_there_is_said(capsys, tmp_path):
    assert "is not a folder" in said(capsys, tmp_path / "nowhere", code=1)


def test_contradicting_variables_are_said(capsys, folder):
    text = said(capsys, folder, "--vars", "{as_of_date: tomorrow}", code=1)
    assert "FAILS    " in text and "tomorrow" in text


@pytest.mark.parametrize("command", ["check", "build"])
def test_variables_that_the_project_does_not_have_are_refused(capsys, folder, command):
    """A misspelt one would leave the default in force without a word."""
    with pytest.raises(SystemExit) as stopped:
        cli.main([command, "--data", str(folder), "--vars", "{reporting_curency: EUR}"])
    assert stopped.value.code == 2
    assert "the project has no variable reporting_curency (did you mean reporting_currency?)" in capsys.readouterr().err


def test_it_does_without_dbt(folder):
    """Importing dbt alone takes seconds."""
    code = (
        "import sys\nfrom cs_metrics import cli\n"
        f"assert cli.main(['check', '--data', {str(folder)!r}]) == 0\n"
        "assert not [name for name in sys.modules if name == 'dbt.cli' or name.startswith('dbt.adapters')], 'dbt is imported'"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)


def test_it_judges_as_dbt_does(demo, tmp_path):
    """The demo's planted faults: the same rejected rows, the same rows accepted."""
    export = understand(SEEDS, tmp_path / "work", Choices())
    with duckdb.connect() as connection:
        loaded = write(export, connection)
        variables = {"native_data": "source", "as_of_date": DEMO_AS_OF, "custom_segments": loaded.custom_segments}
        project, made = Project(variables), set()
        for name in ("contract_rejected_rows", "contract_arrivals"):
            project.create(connection, name, made)
            ours = connection.execute(f"select * from {MODELS}.{name}").fetchall()
            theirs = demo.execute(f"select * from metrics_intermediate.{name}").fetchall()
            assert len(ours) > 50 and sorted(map(str, ours)) == sorted(map(str, theirs)), name


def test_every_metric_of_the_catalogue_says_which_tables_it_needs():
    catalogue = [metric["name"] for metric in Project().macro("metric_catalogue")()]
    named = [name for group in GROUPS for name in group.metrics]
    assert sorted(named) == sorted(catalogue)
    assert {name for group in GROUPS for name in group.tables} == set(tables())


def test_a_hundred_thousand_rows_are_checked_without_dbt(tmp_path):
    """The demo's items, invoices and usage five times over; how long it takes is in benchmarks/README.md."""
    folder = tmp_path / "export"
    folder.mkdir()
    keys = {"subscription_items": "item_id", "invoice_lines": "invoice_line_id", "usage_events": "feature"}
    for seed in SEEDS.glob("*.csv"):
        copies = f"range({5 if seed.stem in keys else 1})"
        varied = f" replace ({keys[seed.stem]} || '-' || copy as {keys[seed.stem]})" if seed.stem in keys else ""
        duckdb.execute(
            f"copy (select * exclude (copy){varied} from read_csv('{seed}', all_varchar = true, header = true, nullstr = ''), {copies} as c(copy)) "
            f"to '{folder / seed.name}'"
        )
    code = (
        "import sys\nfrom cs_metrics import cli\n"
        f"cli.main(['check', '--data', {str(folder)!r}, '--as-of', {DEMO_AS_OF!r}])\n"
        "print('dbt:', [name for name in sys.modules if name == 'dbt.cli' or name.startswith('dbt.adapters')])"
    )
    text = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, text=True, capture_output=True).stdout
    assert int(text.split("Checked ")[1].split(" rows")[0].replace(",", "")) > 100_000
    assert text.endswith("\ndbt: []\n")


EUROPE = {
    "accounts.csv": ["billing_entity;account_id;account_name;created_at", *(f"eu;K{n:02};Kunde {n};{n:02}.02.2024" for n in range(1, 9))],
    "products.csv": ["billing_entity;product_id;product_name", "eu;P;Plan"],
    "subscriptions.csv": ["billing_entity;subscription_id;account_id;status;started_at;ended_at", *(f"eu;S{n:02};K{n:02};active;{n:02}.02.2024;" for n in range(1, 9))],
    "subscription_items.csv": [
        "billing_entity;item_id;subscription_id;product_id;charge_type;interval_unit;interval_count;unit_amount;quantity;currency;valid_from;valid_to",
        *(f"eu;I{n:02};S{n:02};P;subscription;month;1;{'1.049,90' if n == 8 else '49,90'};1;EUR;{n:02}.02.2024;" for n in range(1, 9)),
        "eu;I09;S01;Q;subscription;month;1;5,00;1;EUR;09.02.2024;",
    ],
    "exchange_rates.csv": ["rate_date;from_currency;to_currency;rate", "29.02.2024;EUR;USD;1,10", "31.03.2024;EUR;USD;1,10"],
}  # fmt: skip
"""What a European Excel saves: a byte-order mark, semicolons, CRLF, decimal commas, days first, none of them above 12."""


def test_a_european_excels_files_give_the_right_mrr(tmp_path):
    folder = tmp_path / "europe"
    folder.mkdir()
    for name, lines in EUROPE.items():
        (folder / name).write_bytes(b"\xef\xbb\xbf" + "".join(f"{line}\r\n" for line in lines).encode())
    places = ("--data", folder, "--as-of", "2024-03-31", "--warehouse", tmp_path / "w.duckdb", "--target-path", tmp_path / "target")
    asked = run_build(*places)
    assert asked.returncode == 1 and "DATES=day-first" in asked.stdout and "Traceback" not in asked.stdout
    build = run_build(*places, "--dates", "day-first")
    assert build.returncode == 0, build.stdout
    before_dbt = build.stdout.partition("Building ")[0]
    assert "unknown product_id: e.g. 'Q' in subscription_items.csv line 10 (item_id=I09" in before_dbt
    with duckdb.connect(str(tmp_path / "w.duckdb"), read_only=True) as connection:
        march = connection.execute(
            "select round(mrr, 2), accounts from metrics.monthly_summary where month = date '2024-03-01' and policy = 'standard'"
        ).fetchall()
        there = {row[0] for row in connection.execute("select distinct metric from metrics.monthly_metrics where value <> 0").fetchall()}
    assert [(float(mrr), accounts) for mrr, accounts in march] == [(1539.12, 8)]
    tables_there = {name.removesuffix(".csv") for name in EUROPE}
    allowed = {name for group in GROUPS if tables_there.issuperset(group.tables) for name in group.metrics}
    assert there <= allowed, "metrics that check says these tables don't give"
