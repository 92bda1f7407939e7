"""mapping.yml: what each operator gives, what is said of a mapping that is wrong, and that nothing is left out without a word."""

from pathlib import Path

import duckdb
import pytest

from cs_metrics.folder import Choices, FolderError, load, understand
from cs_metrics.inputs import inputs_of
from cs_metrics.mapping import ARGUMENTS, rows_behind

CUSTOMERS = 'Kunden-Nr.,"Firma, lang",seit,Land\nK1,"O\'Neill ""& Söhne""",2024-01-05,de\nK2,Ünal,2024-02-01,FR\n'
CONTRACTS = (
    "no,customer,begin,until,kind,cents,seats,setup,rebate,time,note\n"
    "1,K1,2024-01-05,2024-03-31,Trial,1250,2,10,1.5,2024-01-05 10:11:12,\n"
    "2,K1,2024-04-01,,Paid,100,3,,,2024-01-05T10:11:12+02:00,a\n"
    "3,K2,2024-02-01,9999-12-31, paid ,x,0,5,,2024-02-01,b\n"
)
OPERATORS = [
    # what, the column of the contract it is for, its value in each of the three rows
    ("kind", "status", ["Trial", "Paid", " paid "]),
    ("{value: true}", "status", ["true"] * 3),
    ("{value: \"it's\"}", "status", ["it's"] * 3),
    ("{value: ~}", "status", [None] * 3),
    ("{column: kind, values: {trial: trialing, PAID: active}}", "status", ["trialing", "active", "active"]),
    ("{column: kind, values: {Trial: trialing}}", "status", ["trialing", "Paid", "paid"]),
    ("{column: kind, values: {Trial: trialing}, else: active}", "status", ["trialing", "active", "active"]),
    ("{column: note, values: {a: first}, else: other}", "status", [None, "first", "other"]),
    ('{column: note, values: {a: first, "": none}, else: other}', "status", ["none", "first", "other"]),
    ("{column: kind, values: {Trial: {column: note, if_empty: no note}}, else: ~}", "status", ["no note", None, None]),
    ("{filled: until, then: cancelled, else: active}", "status", ["cancelled", "active", "cancelled"]),
    ("{column: kind, values: {Trial: trialing}, else: {filled: until, then: cancelled, else: active}}", "status",
     ["trialing", "active", "cancelled"]),
    ("{first_filled: [note, kind]}", "status", ["Trial", "a", "b"]),
    ("{column: note, if_empty: empty}", "status", ["empty", "a", "b"]),
    ("{text: \"{customer}-{no}\"}", "subscription_id", ["K1-1", "K1-2", "K2-3"]),
    ("{text: \"{note}'s\"}", "subscription_id", [None, "a's", "b's"]),
    ("{text: \"{note}!\", if_empty: nobody}", "subscription_id", ["nobody", "a!", "b!"]),
    ("{row_number: true}", "subscription_id", [1, 2, 3]),
    ("{lookup: customers.csv, by: {customer: kunden-nr.}, column: \"Firma, lang\"}", "status",
     ["O'Neill \"& Söhne\"", "O'Neill \"& Söhne\"", "Ünal"]),
    ("{lookup: customers.csv, by: {note: Kunden-Nr.}, column: Land, if_empty: nowhere}", "status", ["nowhere"] * 3),
    ("{lookup: customers.csv, by: {customer: Kunden-Nr.}, column: Land, values: {DE: Germany}}", "status", ["Germany", "Germany", "FR"]),
    ("{lookup: contracts.csv, by: customer, column: begin, take: min}", "started_at", ["2024-01-05 00:00:00"] * 2 + ["2024-02-01 00:00:00"]),
    ("{lookup: contracts.csv, by: customer, column: begin, take: max}", "started_at", ["2024-04-01 00:00:00"] * 2 + ["2024-02-01 00:00:00"]),
    ("{column: until, plus: 1 day}", "ended_at", ["2024-04-01 00:00:00", None, "9999-12-31"]),
    ("{column: begin, minus: 2 weeks}", "started_at", ["2023-12-22 00:00:00", "2024-03-18 00:00:00", "2024-01-18 00:00:00"]),
    ("{column: kind, plus: 1 month}", "started_at", ["Trial", "Paid", "paid"]),
    ("{date_of: time}", "started_at", ["2024-01-05", "2024-01-05T10:11:12+02:00", "2024-02-01"]),
]  # fmt: skip
NUMBERS = [
    ("{column: cents, divide_by: 100}", ["12.5", "1", "x"]),
    ("{column: cents, divide_by: seats}", ["625", "33.3333333333333", "x"]),
    ("{add: [{column: cents, multiply_by: 0.01}], divide_by: 1000000}", ["0.0000125", "0.000001", "x"]),
    ("{column: cents, divide_by: 0.7}", ["1785.71428571429", "142.857142857143", "x"]),
    ("{column: seats, multiply_by: 12}", ["24", "36", "0"]),
    ("{column: setup, multiply_by: rebate}", ["15", None, "5 multiplied by an empty rebate"]),
    ("{column: setup, divide_by: seats}", ["5", None, "5 divided by the 0 of seats"]),
    ("{column: cents, divide_by: rebate}", ["833.333333333333", "100 divided by an empty rebate", "x"]),
    ("{add: [setup, rebate]}", ["11.5", None, "5"]),
    ("{add: [setup, cents], subtract: [rebate], divide_by: 10}", ["125.85", "10", "x"]),
    ("{add: [{column: seats, multiply_by: 2}, setup]}", ["14", "6", "5"]),
]
PER_CUSTOMER = [
    ("{first: begin}", ["2024-01-05", "2024-02-01"]),
    ("{last: begin}", ["2024-04-01", "2024-02-01"]),
    ("{first: note}", ["a", "b"]),
    ("{min: begin}", ["2024-01-05 00:00:00", "2024-02-01 00:00:00"]),
    ("{max: begin}", ["2024-04-01 00:00:00", "2024-02-01 00:00:00"]),
    ("{max: kind}", ["Trial", "paid"]),
    ("{first: {column: kind, values: {Trial: trialing}}}", ["trialing", "paid"]),
    ("{sum: cents}", ["1350", "x"]),
    ("{sum: {column: seats, divide_by: 2}}", ["2.5", "0"]),
    ("{count: rows}", [2, 1]),
    ("{value: one}", ["one", "one"]),
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with two files that are called otherwise than the contract."""
    path = tmp_path / "export"
    path.mkdir()
    (path / "customers.csv").write_text(CUSTOMERS, encoding="utf-8")
    (path / "contracts.csv").write_text(CONTRACTS, encoding="utf-8")
    return path


def whole(**blocks: str) -> str:
    """A mapping that is complete, with blocks of one's own in place of its own."""
    parts = {
        "accounts": "    file: customers.csv\n    columns: {account_id: Kunden-Nr., account_name: 'Firma, lang', created_at: seit, country: Land}\n",
        "products": "    file: contracts.csv\n    one_row_per: product_id\n    columns: {product_id: {value: p}, product_name: {value: p}}\n",
        "subscriptions": (
            "    file: contracts.csv\n    columns: {subscription_id: no, account_id: customer, status: {value: active}, started_at: begin}\n"
        ),
        "subscription_items": (
            "    file: contracts.csv\n    columns:\n      item_id: no\n      subscription_id: no\n      product_id: {value: p}\n"
            "      charge_type: {value: subscription}\n      interval_unit: {value: month}\n      interval_count: {value: 1}\n"
            "      unit_amount: {column: cents, divide_by: 100}\n      quantity: seats\n      currency: {value: EUR}\n      valid_from: begin\n"
        ),
    } | blocks
    return "entity: north\ntables:\n" + "".join(f"  {name}:\n{text}" for name, text in parts.items() if text)


def rows(folder: Path, mapping: str, query: str, **options) -> list[tuple]:
    """The rows of a query on what a mapping makes of the folder."""
    (folder / "mapping.yml").write_text(mapping, encoding="utf-8")
    warehouse = folder.parent / "w" / "export.duckdb"
    load(folder, warehouse, **options)
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        return connection.execute(query).fetchall()


def refusal(folder: Path, mapping: str) -> list[str]:
    """What is said of a mapping that is wrong, line by line; nothing is written then."""
    (folder.parent / "w" / "export.duckdb").unlink(missing_ok=True)
    with pytest.raises(FolderError) as error:
        rows(folder, mapping, "select 1")
    assert not (folder.parent / "w" / "export.duckdb").exists()
    return str(error.value).splitlines()


def test_a_mapping_brings_other_names_to_the_contract(folder):
    query = "select billing_entity, account_id, account_name, created_at, country from raw.accounts order by 2"
    assert rows(folder, whole(), query) == [
        ("north", "K1", "O'Neill \"& Söhne\"", "2024-01-05", "de"), ("north", "K2", "Ünal", "2024-02-01", "FR"),
    ]  # fmt: skip


@pytest.mark.parametrize(("operator", "column", "expected"), OPERATORS)
def test_operators(folder, operator, column, expected):
    columns = {"subscription_id": "no", "account_id": "customer", "status": "{value: active}", "started_at": "begin"} | {column: operator}
    written = "".join(f"      {name}: {value}\n" for name, value in columns.items())
    mapping = whole(subscriptions=f"    file: contracts.csv\n    columns:\n{written}      signed_at: {{column: no, values: {{}}}}\n")
    query = f"select {column} from raw.subscriptions order by signed_at"
    assert [value for (value,) in rows(folder, mapping, query)] == expected


@pytest.mark.parametrize(("operator", "expected"), NUMBERS)
def test_numbers_are_worked_out_and_what_is_none_stays_as_it_is(folder, operator, expected):
    mapping = whole().replace("unit_amount: {column: cents, divide_by: 100}", f"unit_amount: {operator}")
    query = "select unit_amount from raw.subscription_items order by item_id"
    assert [value for (value,) in rows(folder, mapping, query)] == expected


@pytest.mark.parametrize(("operator", "expected"), PER_CUSTOMER)
def test_several_rows_become_one(folder, operator, expected):
    column = "created_at" if "begin" in operator else "employee_count" if "seats" in operator or "cents" in operator else "industry"
    columns = "      created_at: {min: begin}\n" if column != "created_at" else ""
    block = f"    file: contracts.csv\n    one_row_per: [account_id]\n    columns:\n      account_id: customer\n{columns}      {column}: {operator}\n"
    query = f"select {column} from raw.accounts order by account_id"
    assert [value for (value,) in rows(folder, whole(accounts=block), query)] == expected


def test_every_operator_is_tried():
    tried = " ".join(operator for operator, *_ in [*OPERATORS, *NUMBERS, *PER_CUSTOMER])
    words = {word for first, others in ARGUMENTS.items() for word in (first, *others)} - {"dates", "decimals", "by"}
    assert not [word for word in words if f"{word}: " not in tried]


def test_a_table_may_be_made_of_several_blocks(folder):
    block = """
    - file: contracts.csv
      where: {column: kind, is: [Trial]}
      columns: {subscription_id: no, account_id: customer, status: {value: trialing}, started_at: begin, trial_started_at: begin}
    - file: contracts.csv
      where: [{column: kind, is_not: trial}, {column: no, is_not: [3, 4]}]
      columns: {subscription_id: {text: "x{no}"}, account_id: customer, status: {value: active}, started_at: begin}
"""
    (folder / "mapping.yml").write_text(whole(subscriptions=block), encoding="utf-8")
    loaded = load(folder, folder.parent / "export.duckdb")
    with duckdb.connect(str(folder.parent / "export.duckdb")) as connection:
        found = connection.execute("select subscription_id, status, trial_started_at from raw.subscriptions order by 1").fetchall()
    assert found == [("1", "trialing", "2024-01-05"), ("x2", "active", None)]
    assert loaded.rows["subscription_items"] == 3


def test_rows_that_no_where_takes_are_said(folder):
    only = "    file: customers.csv\n    where: {column: Land, is: de}\n    columns: {account_id: Kunden-Nr., created_at: seit}\n"
    (folder / "mapping.yml").write_text(whole(accounts=only), encoding="utf-8")
    notices = load(folder, folder.parent / "export.duckdb").notices
    assert "customers.csv: 1 of 2 rows are taken by no `where` of mapping.yml, so they are not read." in notices
    assert "customers.csv: columns that mapping.yml doesn't name are not read: Firma, lang." in notices


def test_rows_that_some_where_takes_are_not_said_to_be_lost(folder):
    block = """
    - {file: customers.csv, where: {column: Land, is: de}, columns: {account_id: Kunden-Nr., created_at: seit}}
    - {file: customers.csv, where: {column: Land, is_not: de}, columns: {account_id: Kunden-Nr., created_at: seit}}
"""
    (folder / "mapping.yml").write_text(whole(accounts=block), encoding="utf-8")
    loaded = load(folder, folder.parent / "export.duckdb")
    assert loaded.rows["accounts"] == 2 and not [notice for notice in loaded.notices if "no `where`" in notice]


def test_an_empty_key_finds_nothing(folder):
    (folder / "customers.csv").write_text(CUSTOMERS + ",nobody,2024-01-01,xx\n", encoding="utf-8")
    block = "    file: contracts.csv\n    columns: {subscription_id: no, account_id: {lookup: customers.csv, by: {note: Kunden-Nr.}, column: Land}, status: kind, started_at: begin}\n"
    assert rows(folder, whole(subscriptions=block), "select distinct account_id from raw.subscriptions") == [(None,)]


def test_files_that_are_left_out_are_said(folder):
    (folder / "churn.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    (folder / "else.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    (folder / "mapping.yml").write_text(whole() + "not_read:\n  churn.csv: contradicts the contracts\n", encoding="utf-8")
    notices = load(folder, folder.parent / "export.duckdb").notices
    assert "churn.csv: left out by mapping.yml: contradicts the contracts" in notices
    assert "else.csv: no table of the contract or in mapping.yml, so it is not read." in notices


def test_a_file_that_cannot_be_read_stops_only_a_mapping_that_needs_it(folder):
    (folder / "old.csv").write_text("a,b\n1\n", encoding="utf-8")
    (folder / "products.csv").write_text("a,b\n1\n", encoding="utf-8")
    (folder / "terms.pdf").write_bytes(b"%PDF")
    (folder / "mapping.yml").write_text(whole() + "not_read: {terms.pdf: for people, products.csv: a copy of old}\n", encoding="utf-8")
    notices = load(folder, folder.parent / "export.duckdb").notices
    assert any(notice.startswith("old.csv: can't be read. Line 2 has 1 value") for notice in notices)
    assert "terms.pdf: left out by mapping.yml: for people" in notices
    said = refusal(folder, whole().replace("file: customers.csv", "file: old.csv"))
    assert any("no file old.csv in the folder" in line for line in said) and any("old.csv: can't be read. Line 2" in line for line in said)


def test_files_with_the_contracts_names_are_taken_besides(folder):
    (folder / "exchange_rates.csv").write_text("rate_date,from_currency,to_currency,rate\n2024-01-31,EUR,USD,1.1\n", encoding="utf-8")
    assert rows(folder, whole(), "select rate from raw.exchange_rates") == [("1.1",)]


def test_the_entity_may_be_a_column_a_name_or_given(folder):
    query = "select distinct billing_entity from raw.accounts order by 1"
    assert rows(folder, whole(), query) == [("north",)]
    assert rows(folder, whole(), query, entity="south") == [("south",)]
    by_column = whole().replace("{account_id: Kunden-Nr.", "{billing_entity: Land, account_id: Kunden-Nr.")
    assert rows(folder, by_column, query, entity="south") == [("FR",), ("de",)]
    said = refusal(folder, whole().replace("entity: north\n", ""))
    assert len(said) == 4 and all("`entity: name`" in line and "billing_entity" in line for line in said)


def test_own_columns_of_accounts_and_attributes_flow_through(folder):
    segments = """    file: customers.csv
    columns: {account_id: Kunden-Nr., segment_name: {value: tier}, segment_value: Land, valid_from: seit}
"""
    (folder / "mapping.yml").write_text(whole(account_segments=segments).replace("country: Land", "x_land: Land"), encoding="utf-8")
    loaded = load(folder, folder.parent / "export.duckdb")
    assert (loaded.account_extra_columns, loaded.custom_segments) == (["x_land"], ["tier"])


def test_a_mapping_may_lie_elsewhere(folder, tmp_path):
    other = tmp_path / "own.yml"
    other.write_text(whole(), encoding="utf-8")
    assert load(folder, tmp_path / "export.duckdb", mapping=other).rows["accounts"] == 2
    with pytest.raises(FolderError, match="can't be read: No such file"):
        load(folder, tmp_path / "export.duckdb", mapping=tmp_path / "nowhere.yml")


def test_a_build_is_another_one_when_its_mapping_is(folder, tmp_path, monkeypatch):
    monkeypatch.setattr("cs_metrics.inputs.PROJECT", ())
    own, other, nowhere = folder / "mapping.yml", tmp_path / "own.yml", tmp_path / "nowhere.yml"
    seen = [inputs_of(folder, {}), inputs_of(folder, {}, nowhere)]
    assert seen[0] == seen[1], "what isn't there is refused later"
    for path in (own, other):
        for text in (whole(), whole().replace("north", "south")):
            path.write_text(text, encoding="utf-8")
            seen.append(inputs_of(folder, {}, other if path == other else None))
    assert len(set(seen)) == 5


def test_formats_are_declared_for_all_for_a_file_or_for_a_column(folder):
    (folder / "customers.csv").write_text("Kunden-Nr.;seit;Anzahl\nK1;01.02.2024;1.000\nK2;03.02.2024;20\n", encoding="utf-8")
    block = "    file: customers.csv\n{}    columns: {{account_id: Kunden-Nr., created_at: {}, employee_count: {{column: Anzahl, multiply_by: 1}}}}\n"
    query = "select created_at, employee_count from raw.accounts order by account_id"
    ours = [("2024-02-01", "1000"), ("2024-02-03", "20")]
    formats = "formats: {dates: day first, decimals: comma}\n"
    (folder / "mapping.yml").write_text(whole(accounts=block.format("", "seit")), encoding="utf-8")
    asked = [notice for notice in load(folder, folder.parent / "asked.duckdb").notices if "DATES=day-first" in notice]
    assert len(asked) == 1 and "No figure rests on it" in asked[0]
    assert rows(folder, formats + whole(accounts=block.format("", "seit")), query) == ours
    assert rows(folder, whole(accounts=block.format(f"    {formats}", "seit")), query) == ours
    assert rows(folder, whole(accounts=block.format("    formats: {decimals: comma}\n", "{column: seit, dates: day-first}")), query) == ours
    assert "line 1: dates: 'sideways' is not known. Expected one of: year-first, day-first, month-first." in " ".join(
        refusal(folder, "formats: {dates: sideways}\n" + whole())
    )


def test_a_row_is_found_again_in_its_file(folder):
    (folder / "mapping.yml").write_text(whole(), encoding="utf-8")
    export = understand(folder, folder.parent / "work", Choices())
    with duckdb.connect() as connection:
        found = rows_behind(export.mapping, connection, "subscription_items", {"item_id": "3", "valid_from": "2024-02-01"}, export.written)
        product = rows_behind(export.mapping, connection, "products", {"product_id": "p"}, export.written)
        nothing = rows_behind(export.mapping, connection, "accounts", {"account_id": "K9"}, export.written)
    assert (found, product, nothing) == ([("contracts.csv", 4)], [("contracts.csv", 2)], [])


def test_a_lookup_that_finds_several_values_is_refused(folder):
    block = "    file: customers.csv\n    columns: {account_id: Kunden-Nr., created_at: {lookup: contracts.csv, by: {Kunden-Nr.: customer}, column: begin}}\n"
    (said,) = refusal(folder, whole(accounts=block))
    assert said == (
        "mapping.yml, line 5: contracts.csv has 2 values of begin for customer 'k1', so a lookup can't tell which. "
        "Expected: one for each customer, or `take: min` or `take: max`."
    )


WRONG = [
    # what is replaced in a mapping that is right, by what, and what is said then
    ("entity:", "entiti:", "line 1: the mapping has no entiti (did you mean entity?). Expected: entity, formats, tables, not_read."),
    ("  products:", "  product:", "line 6: product is no table of the contract (did you mean products?)."),
    (
        "file: customers.csv",
        "file: customer.csv",
        "no file customer.csv in the folder (did you mean customers.csv?). Its files: contracts.csv, customers.csv.",
    ),
    (
        "created_at: seit",
        "created_at: siet",
        "no column siet in customers.csv (did you mean seit?). Its columns: Kunden-Nr., Firma, lang, seit, Land.",
    ),
    (
        "created_at: seit",
        "create_at: seit",
        "accounts has no column create_at (did you mean created_at?). An own column of accounts starts with x_.",
    ),
    (
        "started_at: begin",
        "",
        "subscriptions: nothing gives the required column started_at. Expected: started_at (timestamp), Start of the service, trial included.",
    ),
    ("created_at: seit", "created_at: seit, created_at: seit", "created_at stands here twice."),
    ("created_at: seit", "created_at: ", "a column of the file is missing here. For a column without values write {value: ~}"),
    ("created_at: seit", "created_at: [seit]", "a column is one value, not a list or a block."),
    ("    file: customers.csv\n", "", "accounts has no file. Say which: `file: name.csv`."),
    ("    file: customers.csv\n    columns:", "    - file: customers.csv\n    - columns:", "accounts has no file."),
    (
        "    one_row_per: product_id\n",
        "    one_row_per: product\n",
        "one_row_per names columns of this block, and product is none (did you mean product_id?)",
    ),
    (
        "product_name: {value: p}",
        "product_name: kind",
        "product_name: several rows become one row per product_id. Say which value to take: {first: ...}",
    ),
    (
        "    one_row_per: product_id\n",
        "    group_by: product_id\n",
        "products has no group_by. Expected: file, columns, where, one_row_per, formats.",
    ),
    (
        "product_id: {value: p}, product_name",
        "product_id: {first: kind}, product_name",
        "one_row_per names it, so it can't be first of several rows.",
    ),
    ("started_at: begin", "started_at: {min: begin}", "started_at: min needs one_row_per: it takes one value of several rows."),
    ("{value: active}", "{valu: active}", "no operator valu (did you mean value?)."),
    ("{value: active}", "{value: active, else: x}", "value has no else. Expected: value."),
    ("{value: active}", "{column: kind, value: x}", "value has no column."),
    ("{value: active}", "{column: kind, else: x}", "else needs values beside it"),
    ("{value: active}", "{column: kind, values: {a: b}, plus: 1 day}", "don't go together in one operator."),
    ("{value: active}", "{column: kind, plus: 1 day, minus: 1 day}", "plus and minus don't go together."),
    (
        "{value: active}",
        "{column: until, plus: soon}",
        "plus can't be 'soon'. Expected: a number and day, week, month or year, such as `1 day`.",
    ),
    ("{value: active}", "{filled: until, then: x}", "filled needs then and else"),
    ("{value: active}", "{filled: unitl, then: x, else: y}", "no column unitl in contracts.csv (did you mean until?)."),
    ("{value: active}", '{text: "{kind"}', "has a brace that stands alone."),
    ("{value: active}", "{text: kind}", "names no column."),
    ("{value: active}", '{text: "{kint}"}', "no column kint in contracts.csv (did you mean kind?)."),
    ("{value: active}", "{lookup: customers.csv, column: Land}", "lookup needs `by:`"),
    ("{value: active}", "{lookup: customer.csv, by: customer, column: Land}", "no file customer.csv in the folder"),
    ("{value: active}", "{lookup: customers.csv, by: {customer: Kunden}, column: Land}", "no column Kunden in customers.csv"),
    (
        "{value: active}",
        "{lookup: customers.csv, by: {customer: Kunden-Nr.}, column: Land, take: any}",
        "take can't be 'any'. Expected: min or max",
    ),
    ("{value: active}", "{row_number: yes}", "row_number is written {row_number: true}"),
    ("{value: active}", "{first_filled: [kind, nose]}", "no column nose in contracts.csv (did you mean note?)."),
    ("{value: active}", "{count: all}", "count is written {count: rows}."),
    ("{value: active}", "{date_of: tiem}", "no column tiem in contracts.csv (did you mean time?)."),
    ("{value: active}", "{add: [cents, setp]}", "no column setp in contracts.csv (did you mean setup?)."),
    ("{value: active}", "{add: [cents], subtract: [setp]}", "no column setp in contracts.csv (did you mean setup?)."),
    ("divide_by: 100", "divide_by: 0", "divide_by can't be 0."),
    ("divide_by: 100", "divide_by: hundred", "no column hundred in contracts.csv"),
    (
        "    one_row_per: product_id\n",
        "    one_row_per: product_id\n    where: {column: kind}\n",
        "where needs a column and either `is: [values]` or",
    ),
    ("    one_row_per: product_id\n", "    one_row_per: product_id\n    where: {column: kint, is: x}\n", "no column kint in contracts.csv"),
    ("tables:", "tabels:", "`tables:` is missing."),
    ("tables:\n", "not_read: {x.csv: why}\ntables:\n", "no file x.csv in the folder."),
    ("  accounts:\n", "  accounts: customers.csv\n  products: [\n", "is not YAML"),
]


@pytest.mark.parametrize(("right", "wrong", "said"), WRONG)
def test_what_is_wrong_with_a_mapping_is_said_with_its_place(folder, right, wrong, said):
    mapping = whole()
    assert right in mapping
    lines = refusal(folder, mapping.replace(right, wrong, 1))
    assert any(said in line for line in lines), "\n".join(lines)
    assert all(line.startswith("mapping.yml") for line in lines), "\n".join(lines)


def test_everything_that_is_wrong_is_said_at_once(folder):
    mapping = (
        whole()
        .replace("created_at: seit", "created_at: siet")
        .replace("quantity: seats", "quantity: saets")
        .replace("valid_from: begin", "")
    )
    lines = refusal(folder, mapping)
    assert len(lines) == 3
    assert "line 5: no column siet" in lines[0] and "no column saets" in lines[1] and "required column valid_from" in lines[2]


@pytest.mark.parametrize(
    ("content", "said"), [(b"", "is empty"), (b"entity: \xff", "is not UTF-8 text"), (b"- a\n", "the mapping is a block")]
)
def test_a_file_that_is_no_mapping_is_refused(folder, content, said):
    (folder / "mapping.yml").write_bytes(content)
    with pytest.raises(FolderError, match=said):
        load(folder, folder.parent / "export.duckdb")


def test_a_required_table_without_a_block_is_named(folder):
    (said,) = refusal(folder, whole(products=""))
    assert said.startswith("products: mapping.yml has no block for this required table. Expected: A product that is sold.")
    assert "billing_entity, product_id" in said


def test_names_and_values_are_never_sql(folder):
    """Quotes of both kinds, brackets and comments in a file's name, in its columns, in values."""
    odd = 'x"; drop table raw.accounts; --'
    (folder / "o'dd [1].csv").write_text('"x""; drop table raw.accounts; --",b\n"it\'s ""1""",2024-01-01\n', encoding="utf-8")
    block = f"""    file: "o'dd [1].csv"
    columns:
      account_id: '{odd}'
      created_at: b
      industry: {{column: '{odd}', values: {{"it's \\"1\\"": "a'b"}}}}
      region: {{text: "{{b}}' --"}}
"""
    query = "select account_id, industry, region from raw.accounts"
    assert rows(folder, whole(accounts=block), query) == [('it\'s "1"', "a'b", "2024-01-01' --")]


def test_a_column_may_take_the_name_of_another(folder):
    """The names of the contract's columns don't get in the way of the file's."""
    (folder / "swap.csv").write_text("account_name,account_id,created_at\nid,name,2024-01-01\n", encoding="utf-8")
    block = "    file: swap.csv\n    columns: {account_id: account_name, account_name: account_id, created_at: created_at, industry: account_name}\n"
    assert rows(folder, whole(accounts=block), "select account_id, account_name, industry from raw.accounts") == [("id", "name", "id")]
    grouped = "    file: swap.csv\n    one_row_per: account_id\n    columns: {account_id: account_name, account_name: {first: account_id}, created_at: {min: created_at}}\n"
    assert rows(folder, whole(accounts=grouped), "select account_id, account_name from raw.accounts") == [("id", "name")]


def test_parquet_keeps_its_types_through_a_mapping(folder):
    (folder / "customers.csv").unlink()
    duckdb.execute(
        "copy (select 7 as id, timestamptz '2024-01-01 00:30:00+02' as at, true as own, 12.50::decimal(9,2) as staff) "
        f"to '{folder / 'customers.parquet'}'"
    )
    block = """    file: customers.parquet
    columns: {account_id: id, created_at: at, is_test: {column: own, values: {"True": "yes"}}, employee_count: {column: staff, multiply_by: 2}}
"""
    query = "select account_id, created_at::varchar, typeof(created_at), is_test, employee_count from raw.accounts"
    assert rows(folder, whole(accounts=block), query) == [(7, "2023-12-31 22:30:00", "TIMESTAMP", "yes", "25")]
