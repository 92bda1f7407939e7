"""Loading a folder of files: what is read, what is said, what is refused."""

from pathlib import Path

import duckdb
import pytest

from cs_metrics.folder import FolderError, load

FILES = {
    "accounts.csv": "billing_entity,account_id,account_name,created_at\nnorth,a1,Ann,2024-01-01\nnorth,a2,,2024-02-01\n",
    "products.csv": "billing_entity,product_id,product_name\nnorth,p1,Seats\n",
    "subscriptions.csv": "billing_entity,subscription_id,account_id,status,started_at\nnorth,s1,a1,active,2024-01-01\n",
    "subscription_items.csv": (
        "billing_entity,item_id,subscription_id,product_id,charge_type,interval_unit,interval_count,unit_amount,quantity,"
        "currency,valid_from\nnorth,i1,s1,p1,seat,month,1,10.50,3,USD,2024-01-01\n"
    ),
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the required tables, one or two rows each."""
    path = tmp_path / "export"
    path.mkdir()
    for name, text in FILES.items():
        (path / name).write_text(text, encoding="utf-8")
    return path


@pytest.fixture
def warehouse(tmp_path: Path) -> Path:
    """The DuckDB file to load into, not there yet."""
    return tmp_path / "warehouse" / "export.duckdb"


def rows(warehouse: Path, query: str) -> list[tuple]:
    """The rows of a query on the warehouse."""
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        return connection.execute(query).fetchall()


def refusal(folder: Path, warehouse: Path, **options) -> str:
    """What is said when the folder can't be loaded; nothing is written then."""
    with pytest.raises(FolderError) as error:
        load(folder, warehouse, **options)
    assert not warehouse.exists() or not rows(
        warehouse, "select * from information_schema.tables where table_schema = 'raw'"
    )
    return str(error.value)


def test_required_tables_alone_are_enough(folder, warehouse):
    loaded = load(folder, warehouse)
    assert loaded.rows == {"accounts": 2, "products": 1, "subscriptions": 1, "subscription_items": 1}
    assert "discounts" in loaded.without_tables and "accounts" not in loaded.without_tables
    assert loaded.notices == []


def test_a_missing_optional_column_is_null_and_an_empty_value_too(folder, warehouse):
    load(folder, warehouse)
    assert rows(warehouse, "select account_name, country from raw.accounts order by account_id") == [
        ("Ann", None),
        (None, None),
    ]


def test_csv_values_stay_as_they_are_written(folder, warehouse):
    """No type is guessed: leading zeros, decimals and wrong dates come through for staging to judge."""
    (folder / "accounts.csv").write_bytes(
        b"\xef\xbb\xbfbilling_entity;Account_ID;account_name;created_at\r\n"
        b'north;007;"Smith; ""Bob""\nand Sons";2024-02-30\r\n'
    )
    load(folder, warehouse)
    assert rows(warehouse, "select account_id, account_name, created_at from raw.accounts") == [
        ("007", 'Smith; "Bob"\nand Sons', "2024-02-30")
    ]


def test_bytes_that_are_no_text_cost_no_build(folder, warehouse):
    """A mark stands in their place, and the person is told."""
    rows_of_file = b"north,a1,caf\xe9,2024-01-01\nnorth,a2,nul\x00,2024-01-01\nnorth,a3,caf\xc3\xa9,2024-01-01\n"
    (folder / "accounts.csv").write_bytes(b"billing_entity,account_id,account_name,created_at\n" + rows_of_file)
    loaded = load(folder, warehouse)
    assert rows(warehouse, "select account_name from raw.accounts order by account_id") == [("caf\ufffd",), ("nul\ufffd",), ("café",)]
    assert [notice for notice in loaded.notices if notice.startswith("accounts.csv: 2 rows have bytes that are not UTF-8")]
    assert not Path(f"{warehouse}.tmp").exists()


def test_parquet_keeps_its_types_and_instants_are_utc(folder, warehouse):
    (folder / "subscriptions.csv").unlink()
    (folder / "subscription_items.csv").rename(folder.parent / "items.csv")
    (folder / "subscription_items").mkdir()
    duckdb.execute(
        "copy (select 'north' as billing_entity, 's1' as subscription_id, 'a1' as account_id, 'active' as status, "
        f"timestamptz '2024-01-01 00:30:00+02' as started_at) to '{folder / 'subscriptions.parquet'}'"
    )
    for part in (1, 2):
        duckdb.execute(
            f"copy (select * replace ('i{part}' as item_id) from read_csv('{folder.parent / 'items.csv'}')) "
            f"to '{folder / 'subscription_items' / f'part{part}.parquet'}'"
        )
    loaded = load(folder, warehouse)
    assert loaded.rows["subscription_items"] == 2
    assert rows(warehouse, "select typeof(started_at), cast(started_at as varchar) from raw.subscriptions") == [
        ("TIMESTAMP", "2023-12-31 22:30:00")
    ]


def test_extension_columns_of_accounts_are_kept_and_strangers_are_said(folder, warehouse):
    (folder / "accounts.csv").write_text(
        "billing_entity,account_id,created_at,X_Owner,contry\nnorth,a1,2024-01-01,joe,FR\n", encoding="utf-8"
    )
    (folder / "invoice.csv").write_text("a\n1\n", encoding="utf-8")
    (folder / "notes.txt").write_text("-", encoding="utf-8")
    (folder / ".DS_Store").write_text("-", encoding="utf-8")
    loaded = load(folder, warehouse)
    assert loaded.account_extra_columns == ["x_owner"]
    assert rows(warehouse, "select x_owner, country from raw.accounts") == [("joe", None)]
    assert sorted(loaded.notices) == [
        "accounts.csv: column contry is not in the contract (did you mean country?), so it is not read.",
        "invoice.csv: no table of the contract (did you mean invoices?), so it is not read.",
        "notes.txt: not CSV, TSV (also .gz), Excel or Parquet, so it is not read.",
    ]


def test_a_second_load_replaces_the_first(folder, warehouse):
    (folder / "discounts.csv").write_text("billing_entity,discount_id,valid_from\nnorth,d1,2024-01-01\n")
    load(folder, warehouse)
    (folder / "discounts.csv").unlink()
    loaded = load(folder, warehouse)
    assert "discounts" in loaded.without_tables
    assert ("discounts",) not in rows(warehouse, "select table_name from information_schema.tables")


def test_the_entity_can_be_named_where_no_column_does(folder, warehouse):
    for name, text in FILES.items():
        (folder / name).write_text(text.replace("billing_entity,", "").replace("north,", ""), encoding="utf-8")
    assert "ENTITY=name" in refusal(folder, warehouse)
    load(folder, warehouse, entity="Ann's")
    assert rows(warehouse, "select distinct billing_entity from raw.subscription_items") == [("Ann's",)]


def test_a_missing_required_table_is_named_with_its_columns(folder, warehouse):
    (folder / "subscriptions.csv").rename(folder / "subscripton.csv")
    message = refusal(folder, warehouse)
    assert "subscriptions.csv: this required table is missing (did you mean subscripton?)" in message
    assert "billing_entity, subscription_id, account_id, status, started_at" in message


def test_missing_required_columns_are_all_named(folder, warehouse):
    (folder / "accounts.csv").write_text("billing_entity,acount_id\nnorth,a1\n", encoding="utf-8")
    (folder / "subscriptions.csv").write_text("billing_entity,subscription_id,account_id,status\nnorth,s1,a1,active\n", encoding="utf-8")
    message = refusal(folder, warehouse)
    assert "accounts.csv: the required column account_id is missing. Expected: account_id (text)" in message
    assert "(did you mean acount_id?)" in message
    assert "subscriptions.csv: the required column started_at is missing. Expected: started_at (timestamp)" in message
    assert "created_at" not in message


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("subscriptions.csv", b"", "It is empty"),
        ("discounts.csv", b'"billing_entity', "begins in line 1 has an unterminated quote"),
        ("discounts.csv", b"a,A\n", "a name twice"),
        ("discounts.csv", b"billing_entity,discount_id,valid_from\nn,d1,2024-01-01\nn,d2,2024-01-01,9\n", "Line 3 has 4 values"),
        ("discounts.csv", b"billing_entity,discount_id,valid_from\nn,d1,2024-01-01\n\n\nn,d2\n", "Line 5 has 2 values"),
        ("discounts.csv", b'billing_entity,discount_id,valid_from\nn,d1,"2024\n', "begins in line 2 has an unterminated quote"),
        ("discounts.csv", b'billing_entity,discount_id,valid_from\nn,d1,2024-01-01\nn,"d"2,2024-01-01\n', "line 3 goes on after a closing quotation mark"),
        ("discounts.csv", b"billing_entity,discount_id,valid_from\nn,%s,2024-01-01\n" % (b"x" * 3_000_000), "line 2 is too long"),
        ("discounts.csv", b"billing_entity,discount_id,valid_from\nn,%s,2024-01-01\n" % ("é" * 1_200_000).encode(), "line 2 is too long"),
        ("discounts.csv", b"billing_entity,discount_id,valid_from\nn,d1,2024-01-01\n%s,d2,%s\n" % ((b"x" * 1_200_000,) * 2), "line 3 is too long"),
        ("discounts.csv.gz", b"no gzip", "It can't be unpacked: Not a gzipped file"),
        ("discounts.xlsx", b"PK", "Expected: a workbook that Excel opens"),
        ("discounts.parquet", b"PAR1", "too small to be a Parquet file"),
    ],
)
def test_a_file_that_cannot_be_read_is_named_with_what_is_expected(folder, warehouse, name, content, said):
    (folder / name).write_bytes(content)
    message = refusal(folder, warehouse)
    assert message.startswith(f"{name}: can't be read. ") and said in message and "Expected: " in message


def test_a_row_that_cannot_be_read_far_down_is_found_too(folder, warehouse):
    lines = [f"north,a{number},2024-01-01" for number in range(5000)] + ["north,a5000"]
    (folder / "accounts.csv").write_text("billing_entity,account_id,created_at\n" + "\n".join(lines), encoding="utf-8")
    assert "accounts.csv: can't be read. Line 5002 has 2 values" in refusal(folder, warehouse)


def test_two_files_for_one_table_are_refused(folder, warehouse):
    duckdb.execute(f"copy (select 'north' as billing_entity, 'p2' as product_id) to '{folder / 'products.parquet'}' (format parquet)")
    assert "products.parquet: products.csv is there too" in refusal(folder, warehouse)


def test_a_second_download_is_taken_for_the_table_but_not_beside_it(folder, warehouse):
    (folder / "products.csv").rename(folder / "products (1).csv")
    assert load(folder, warehouse).rows["products"] == 1
    (folder / "products.csv").write_bytes((folder / "products (1).csv").read_bytes())
    assert "products (1).csv: products.csv is there too" in refusal(folder, warehouse.with_name("second.duckdb"))


def test_numbered_files_are_parts_of_one_table_but_not_beside_a_whole_one(folder, warehouse):
    text = FILES["accounts.csv"]
    (folder / "accounts.csv").rename(folder / "accounts_2024.csv")
    (folder / "Accounts-2025.csv").write_text(text.replace("a1", "a3").replace("a2", "a4"))
    assert load(folder, warehouse).rows["accounts"] == 4
    (folder / "accounts.csv").write_text(text)
    assert "Accounts-2025.csv: accounts.csv is there too. Expected: one file for accounts, or parts" in refusal(folder, warehouse.with_name("second.duckdb"))


def test_columns_may_be_spelt_with_spaces_and_only_once(folder, warehouse):
    (folder / "products.csv").write_text("Billing Entity,PRODUCT-ID,product_name\nnorth,p1,Seats\n")
    load(folder, warehouse)
    assert rows(warehouse, "select billing_entity, product_id from raw.products") == [("north", "p1")]
    (folder / "products.csv").write_text("billing_entity,product_id,Product ID,product_name\nnorth,p1,p2,Seats\n")
    assert "products.csv: columns product_id and Product ID are both product_id. Expected: one of them" in refusal(folder, warehouse.with_name("second.duckdb"))


def test_an_unreadable_file_that_is_no_table_stops_nothing(folder, warehouse):
    (folder / "notes.csv").write_text('a,b\n"1,2\n')
    assert any("notes.csv: can't be read. The row that begins in line 2 has an unterminated quote." in notice for notice in load(folder, warehouse).notices)


def test_a_folder_that_is_not_there_is_refused(tmp_path, warehouse):
    assert "is not a folder" in refusal(tmp_path / "nowhere", warehouse)


def test_attributes_of_accounts_become_dimensions(folder, warehouse):
    rows = ["north,a1,tier,gold,2024-01-01", "north,a1,size,XL,2024-01-01", "north,a1,tier,silver,2025-01-01", "north,a1,Sales Rep,Kim,2024-01-01"]
    (folder / "account_segments.csv").write_text(
        "billing_entity,account_id,segment_name,segment_value,valid_from\n" + "\n".join(rows) + "\n", encoding="utf-8"
    )
    loaded = load(folder, warehouse)
    assert loaded.custom_segments == ["size", "tier"]
    assert any("'Sales Rep' becomes no dimension" in notice for notice in loaded.notices)


def test_amounts_with_a_currency_s_sign_are_read_where_the_currency_agrees(folder, tmp_path):
    """The sign of every number is left out; one that contradicts the currency stops the folder."""
    items = folder / "subscription_items.csv"
    signed = FILES["subscription_items.csv"].replace("10.50", '"$1,234.50"')
    items.write_text(signed, encoding="utf-8")
    load(folder, tmp_path / "w.duckdb")
    with duckdb.connect(str(tmp_path / "w.duckdb")) as database:
        assert database.execute("select unit_amount from raw.subscription_items").fetchall() == [("1234.50",)]
    items.write_text(signed.replace("USD", "EUR"), encoding="utf-8")
    with pytest.raises(FolderError, match=r"column unit_amount: all numbers have the sign \$, but currency is EUR\. Expected: amounts without"):
        load(folder, tmp_path / "w.duckdb")


def test_one_numbered_part_tells_how_the_others_write_dates(folder, tmp_path):
    """A file of another name may be another system's, so it is asked."""
    header = FILES["subscriptions.csv"].splitlines()[0]
    (folder / "subscriptions.csv").unlink()
    (folder / "subscriptions_2023.csv").write_text(f"{header}\nnorth,s1,a1,active,31.12.2023\n", encoding="utf-8")
    (folder / "subscriptions_2024.csv").write_text(f"{header}\nnorth,s2,a1,active,01.02.2024\n", encoding="utf-8")
    notices = load(folder, tmp_path / "w.duckdb").notices
    assert any("'01.02.2024' in line 2 are read day first: column started_at of subscriptions_2023.csv has '31.12.2023'" in one for one in notices)
    with duckdb.connect(str(tmp_path / "w.duckdb")) as database:
        assert database.execute("select max(started_at) from raw.subscriptions").fetchall() == [("2024-02-01",)]
    (folder / "subscription_items.csv").write_text(FILES["subscription_items.csv"].replace("2024-01-01", "01.02.2024"), encoding="utf-8")
    with pytest.raises(FolderError, match="subscription_items.csv: column valid_from: '01.02.2024' in line 2 may be 1 February or 2 January"):
        load(folder, tmp_path / "w.duckdb")
