"""Files as people have them: the same table in many forms comes to equal rows, and what can't be read is said with its line."""

import csv
import gzip
import io
from datetime import date, datetime
from pathlib import Path

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from workbook import write_workbook

from cs_metrics.sources import Sources, find_row, read_sources

HEADER = ["account_id", "account_name", "created_at", "amount"]
ROWS = [
    ["007", 'Käse & Söhne, "GmbH"', "2024-01-31", "1234.5"],
    ["008", "two\nlines", "2024-02-01 14:05:00", "0.1"],
    ["009", "", "2024-12-24", "-7"],
]


def text(rows: list[list[str]] = ROWS, separator: str = ",", end: str = "\r\n") -> str:
    """The table as text."""
    target = io.StringIO()
    csv.writer(target, delimiter=separator, lineterminator="\r\n").writerows([HEADER, *rows])
    return target.getvalue().replace("\r\n", end)


def read(folder: Path) -> Sources:
    """What is in the folder."""
    return read_sources(folder, folder.parent / "work")


def rows_of(folder: Path) -> list[list[str]]:
    """The rows of the folder's one table."""
    found = read(folder)
    assert not found.problems
    (source,) = found.sources
    with duckdb.connect() as connection:
        rows = connection.execute(f"select * from {source.scan}").fetchall()
    return [["" if value is None else value for value in row] for row in rows]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An empty folder."""
    path = tmp_path / "export"
    path.mkdir()
    return path


CELLS = [
    ["007", 'Käse & Söhne, "GmbH"', date(2024, 1, 31), 1234.5],
    ["008", "two\nlines", datetime(2024, 2, 1, 14, 5), 0.1],
    ["009", None, date(2024, 12, 24), -7],
]
NAMED = text().encode()
PADDED = text([[*row, "", ""] for row in ROWS]).replace("amount", "amount,,")
"""As Excel writes a sheet in which a cell further right was once filled."""
FORMS = {
    "plain": ("t.csv", NAMED),
    "LF": ("t.csv", text(end="\n").encode()),
    "CR": ("t.csv", text(end="\r").encode()),
    "mixed": ("t.csv", NAMED[: NAMED.rindex(b"\r\n009")] + b"\n009" + NAMED[NAMED.rindex(b"\r\n009") + 5 :].rstrip() + b"\n"),
    "no end": ("t.csv", NAMED.rstrip()),
    "blank lines": ("t.csv", NAMED.replace(b"\r\n009", b"\r\n\r\n009") + b"\r\n\r\n"),
    "BOM": ("t.csv", b"\xef\xbb\xbf" + NAMED),
    "UTF-16": ("t.csv", text().encode("utf-16")),
    "UTF-16, tabs": ("t.txt.csv", text(separator="\t").encode("utf-16")),
    "UTF-16 BE": ("t.csv", b"\xfe\xff" + text().encode("utf-16-be")),
    "UTF-16 without a mark": ("t.csv", text().encode("utf-16-le")),
    "UTF-16 BE without a mark": ("t.csv", text().encode("utf-16-be")),
    "Windows-1252": ("t.csv", text().encode("cp1252")),
    "separators only": ("t.csv", NAMED.replace(b"\r\n009", b"\r\n,,,\r\n009") + b" , ,,\r\n"),
    "semicolons": ("t.csv", text(separator=";").encode()),
    "bars": ("t.csv", text(separator="|").encode()),
    "tabs": ("t.csv", text(separator="\t").encode()),
    "TSV": ("t.tsv", text(separator="\t").encode()),
    "capitals": ("T.CSV", NAMED),
    "gzip": ("t.csv.gz", gzip.compress(NAMED)),
    "TSV, gzip": ("t.tsv.gz", gzip.compress(text(separator="\t").encode())),
    "CR, gzip": ("t.csv.gz", gzip.compress(text(end="\r").encode())),
    "hint": ("t.csv", b"sep=;\r\n" + text(separator=";").encode()),
    "lines before": ("t.csv", b"Customers, as of 2024\r\n\r\nall regions\r\n" + NAMED),
    "padded lines before": ("t.csv", b"Customers;;;\r\n;;;\r\n" + text(separator=";").encode()),
    "rows that end in a separator": ("t.csv", text([[*row, ""] for row in ROWS]).encode()),
    "padded lines": ("t.csv", PADDED.encode()),
}  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
def test_the_same_table_in_many_forms_comes_to_equal_rows(folder, form):
    name, content = FORMS[form]
    (folder / name).write_bytes(content)
    assert rows_of(folder) == ROWS


def test_rows_that_are_shorter_than_the_header_are_at_fault(folder):
    (folder / "t.csv").write_text("id,name,plan\n1,Ann\n2,Bob\n")
    (problem,) = read(folder).problems
    assert problem.startswith(
        "t.csv: can't be read. Line 2 has 2 values, the header has 3 names: '1,Ann'. Expected: a value for each column"
    )


def test_a_workbook_comes_to_equal_rows_without_float_noise(folder):
    write_workbook(folder / "t.xlsx", {"Sheet1": [["Customers"], [], HEADER, *CELLS, []]})
    assert rows_of(folder) == ROWS
    (source,) = read(folder).sources
    assert (source.name, source.stem, source.first_line) == ("t.xlsx / Sheet1", "t", 4)
    with duckdb.connect() as connection:
        assert find_row(connection, source, {"account_id": "009"}) == ("t.xlsx / Sheet1", 6)


def test_numbers_of_a_workbook_are_written_out(folder):
    numbers = [0.1 + 0.2, 1e21, 2.5e-06, 49.90, 12345678901234, True]
    write_workbook(folder / "t.xlsx", {"a": [["id", "n"], *[[str(place), number] for place, number in enumerate(numbers)]]})
    assert [row[1] for row in rows_of(folder)] == ["0.3", "1000000000000000000000", "0.0000025", "49.9", "12345678901234", "true"]


def test_each_sheet_with_a_table_is_one_of_its_own(folder):
    table = [["id", "name"], ["1", "a"]]
    sheets = {"Accounts": table, "Subscription Items": table, "Cover": [["Export of 2024"]], "Lists": table, "Empty": []}
    write_workbook(folder / "export.xlsx", sheets, hidden=("Lists",))
    (folder / "~$export.xlsx").write_bytes(b"lock")
    found = read(folder)
    assert [source.stem for source in found.sources] == ["accounts", "subscription_items"]
    assert found.notices == [
        "export.xlsx / Cover: no table in it, so it is not read.",
        "export.xlsx / Lists: a hidden sheet, so it is not read.",
        "export.xlsx / Empty: no table in it, so it is not read.",
    ]


def test_a_value_beside_a_sheets_table_is_refused_with_its_row(folder):
    write_workbook(folder / "t.xlsx", {"a": [["id", "name"], ["1", "a"], ["2", "b", "a note"]]})
    (problem,) = read(folder).problems
    assert problem.startswith("t.xlsx / a: can't be read. Row 3 has a value to the right of the last column with a name.")


def test_a_row_is_found_again_with_its_line_in_every_form(folder):
    for name in ("plain", "LF", "CR", "UTF-16", "Windows-1252", "gzip", "lines before", "hint", "blank lines"):
        file, content = FORMS[name]
        (folder / file).write_bytes(content)
        (source,) = read(folder).sources
        with duckdb.connect() as connection:
            place, line = find_row(connection, source, {"account_id": "009"}) or ("", 0)
        before = {"lines before": 3, "hint": 1, "blank lines": 1}.get(name, 0)
        assert (place, line) == (file, 5 + before), name
        (folder / file).unlink()


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ("Windows-1252", "t.csv: not UTF-8, so it is read as Windows-1252. If names look wrong, export it as UTF-8."),
        ("lines before", "t.csv: the 2 lines before the header are not read: 'Customers  as of 2024; all regions'."),
    ],
)
def test_what_was_taken_for_what_is_said(folder, form, said):
    name, content = FORMS[form]
    (folder / name).write_bytes(content)
    assert read(folder).notices == [said]


def test_a_longer_text_tells_its_encoding(folder):
    rows = [[str(number), "Пример компании с русским названием", "2024-01-01", "1"] for number in range(20)]
    (folder / "t.csv").write_bytes(text(rows).encode("cp1251"))
    assert rows_of(folder) == rows
    assert "read as Windows-1251" in read(folder).notices[0]


def test_bytes_that_are_no_text_are_marked_where_the_file_is_utf8(folder):
    (folder / "t.csv").write_bytes("id,name\n1,Käse\n2,".encode() + b"caf\xe9\n3,nul\x00\n")
    assert [row[1] for row in rows_of(folder)] == ["Käse", "caf\ufffd", "nul\ufffd"]
    assert read(folder).notices[0].startswith("t.csv: 2 rows have bytes that are not UTF-8 text")


def test_line_breaks_in_a_header_are_spaces(folder):
    (folder / "t.csv").write_bytes(b'"billing\nentity","account\r\nid"\r\nn,a1\r\n')
    (source,) = read(folder).sources
    assert list(source.columns) == ["billing entity", "account id"]
    assert rows_of(folder) == [["n", "a1"]]


def test_a_column_without_a_name_gets_one(folder):
    (folder / "t.csv").write_bytes(b",id,name\n0,a1,Ann\n")
    found = read(folder)
    assert list(found.sources[0].columns) == ["column 1", "id", "name"]
    assert found.notices == ["t.csv: column 1 has no name; it is called 'column 1' here."]


def test_names_that_are_patterns_are_names(folder):
    for name, value in (("ab[c]d", "right"), ("abcd", "wrong"), ("ab*d", "right"), ("ab?d", "right")):
        (folder / f"{name}.csv").write_text(f"id,name\n1,{value}\n")
    with duckdb.connect() as connection:
        for source in read(folder).sources:
            expected = "wrong" if source.stem == "abcd" else "right"
            assert connection.execute(f"select name from {source.scan}").fetchall() == [(expected,)], source.name
    duckdb.execute(f"copy (select 1 as id) to '{folder / 'px.parquet'}'")
    (folder / "px.parquet").rename(folder / "p[x].parquet")
    duckdb.execute(f"copy (select 2 as id) to '{folder / 'px.parquet'}'")
    with duckdb.connect() as connection:
        of_parquet = {source.name: source.scan for source in read(folder).sources if source.taken_as == "Parquet"}
        assert connection.execute(f"select id from {of_parquet['p[x].parquet']}").fetchall() == [(1,)]


def test_a_folder_of_parts_is_one_table(folder):
    parts = folder / "subscriptions"
    parts.mkdir()
    (parts / "2024.csv").write_text("id,name\n1,a\n2,b\n")
    (parts / "2025.csv.gz").write_bytes(gzip.compress(b"name;id;plan\rc;3;pro\r"))
    (parts / "notes.txt").write_text("-")
    found = read(folder)
    (source,) = found.sources
    with duckdb.connect() as connection:
        assert connection.execute(f"select * from {source.scan}").fetchall() == [("1", "a", None), ("2", "b", None), ("3", "c", "pro")]
        assert find_row(connection, source, {"id": "3"}) == ("subscriptions/2025.csv.gz", 2)
    assert source.name == "subscriptions/"
    assert found.notices == [
        "subscriptions/notes.txt: not a CSV or Parquet part, so it is not read.",
        "subscriptions/: 2025.csv.gz has the column plan, which 2024.csv lacks; it is empty there.",
    ]


def test_parts_of_two_kinds_and_empty_folders(folder):
    (folder / "a").mkdir()
    (folder / "a" / "x.csv").write_text("id\n1\n")
    duckdb.execute(f"copy (select 1 as id) to '{folder / 'a' / 'y.parquet'}'")
    (folder / "b").mkdir()
    found = read(folder)
    assert found.problems == ["a: can't be read. It has x.csv and y.parquet. Expected: parts of one kind."]
    assert found.notices == ["b/: a folder without CSV or Parquet parts, so it is not read."]


def test_what_is_no_table_is_said(folder):
    (folder / "notes.docx").write_bytes(b"-")
    (folder / "export.zip").write_bytes(b"-")
    assert read(folder).notices == [
        "export.zip: not CSV, TSV (also .gz), Excel or Parquet; unpack it first, so it is not read.",
        "notes.docx: not CSV, TSV (also .gz), Excel or Parquet, so it is not read.",
    ]


LETTERS = st.characters(codec="utf-8", exclude_characters="\x00\ufffd", exclude_categories=["Cs"])
VALUES = st.text(LETTERS, min_size=0, max_size=8)


@settings(max_examples=60, deadline=None)
@given(
    rows=st.lists(st.lists(VALUES, min_size=3, max_size=3).map(lambda row: ["k", *row]), min_size=2, max_size=6),
    separator=st.sampled_from([",", ";", "\t"]),
    end=st.sampled_from(["\n", "\r\n", "\r"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
    is_gzipped=st.booleans(),
)
def test_any_rows_come_back_whatever_the_form(tmp_path_factory, rows, separator, end, encoding, is_gzipped):
    folder = tmp_path_factory.mktemp("drawn") / "export"
    folder.mkdir()
    target = io.StringIO()
    csv.writer(target, delimiter=separator, lineterminator=end, quoting=csv.QUOTE_ALL).writerows([HEADER, *rows])
    content = target.getvalue().encode(encoding)
    (folder / ("t.csv.gz" if is_gzipped else "t.csv")).write_bytes(gzip.compress(content) if is_gzipped else content)
    assert rows_of(folder) == rows


def test_rows_of_separators_only_are_said_and_lines_stay_right(folder):
    """As Excel saves a sheet in which cells further down were once filled."""
    (folder / "t.csv").write_text("a,b\n1,\n,\n,\n2,x\n,\n", encoding="utf-8")
    found = read(folder)
    assert found.notices == ["t.csv: 3 rows have separators and no values, such as line 3; they are not read."]
    with duckdb.connect() as connection:
        assert find_row(connection, found.sources[0], {"a": "2"}) == ("t.csv", 5)


def test_a_sheet_with_a_title_and_a_mostly_empty_last_column_keeps_its_header(folder):
    cells = [["Contracts 2024"], [], ["Contract", "Customer", "Price", "Ended At"], ["K1", "Acme", 5, None], ["K2", "Brix", 6, None]]
    write_workbook(folder / "book.xlsx", {"Contracts": cells})
    found = read(folder)
    (source,) = found.sources
    assert list(source.columns) == cells[2] and source.lines == [4, 5]
    assert found.notices == ["book.xlsx / Contracts: the row before the header is not read: 'Contracts 2024'."]
