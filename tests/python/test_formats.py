"""Dates and numbers as exports write them: read where the whole column leaves no choice or it's declared, asked where it does."""

import csv
from pathlib import Path

import duckdb
import pytest

from cs_metrics.formats import ColumnFormats, Formats, Reading, declared_formats, judge, look
from cs_metrics.sources import quoted, read_sources

NOTHING = Formats()
DAY = Formats(dates="day first")
MONTH = Formats(dates="month first")
YEAR = Formats(dates="year first")
COMMA = Formats(decimals="comma")
POINT = Formats(decimals="point")


def read(place: Path, columns: dict[str, tuple[str, list[str]]], declared: Formats) -> tuple[ColumnFormats, dict[str, list]]:
    """What is found of columns (name: kind and values), and the values in the contract's form."""
    folder = place / "export"
    folder.mkdir()
    with open(folder / "t.csv", "w", newline="", encoding="utf-8") as target:
        writer = csv.writer(target)
        writer.writerow(columns)
        writer.writerows(zip(*(values for _, values in columns.values())))
    (source,) = read_sources(folder, place / "work").sources
    with duckdb.connect() as connection:
        found = judge(look(connection, source, {name: kind for name, (kind, _) in columns.items()}, declared), [], frozenset())
        written = {}
        for name, (kind, _) in columns.items():
            reading = found.readings.get(name, Reading(kind))
            written[name] = [row[0] for row in connection.execute(f"select {reading.sql(quoted(name))} from {source.scan}").fetchall()]
    return found, written


DATES = [
    ("the contract's form", ["2024-01-31", "2024-02-01T10:00:00Z"], NOTHING, ["2024-01-31", "2024-02-01T10:00:00Z"]),
    ("a day above 12", ["01.02.2024", "31.01.2024"], NOTHING, ["2024-02-01", "2024-01-31"]),
    ("a month above 12", ["1/2/2024", "1/31/2024"], NOTHING, ["2024-01-02", "2024-01-31"]),
    ("hyphens", ["01-02-2024", "31-01-2024"], NOTHING, ["2024-02-01", "2024-01-31"]),
    ("times", ["31.01.2024 14:05", "01.02.2024 9:05:30", "01.02.2024"], NOTHING, ["2024-01-31 14:05:00", "2024-02-01 09:05:30", "2024-02-01"]),
    ("halves of the day", ["1/31/2024 12:05 AM", "1/2/2024, 1:05:30 pm", "1/2/2024 12:00 PM"], NOTHING, ["2024-01-31 00:05:00", "2024-01-02 13:05:30", "2024-01-02 12:00:00"]),
    ("offsets", ["31/01/2024T14:05:00Z", "01/02/2024 14:05:00 +02:00"], NOTHING, ["2024-01-31 14:05:00Z", "2024-02-01 14:05:00+02:00"]),
    ("names of months", ["31-Jan-2024", "5 March 2024", "Jan 5, 2024", "September 1st, 2024"], NOTHING, ["2024-01-31", "2024-03-05", "2024-01-05", "2024-09-01"]),
    ("eight digits", ["20240131", "20240201"], NOTHING, ["2024-01-31", "2024-02-01"]),
    ("both readings equal", ["05.05.2024", "06.06.2024"], NOTHING, ["2024-05-05", "2024-06-06"]),
    ("declared day first", ["01.02.2024", "2024-03-04", "1/2/24"], DAY, ["2024-02-01", "2024-03-04", "2024-02-01"]),
    ("declared month first", ["01/02/2024"], MONTH, ["2024-01-02"]),
    ("last century", ["01.02.99"], DAY, ["1999-02-01"]),
    ("a day that there isn't", ["31.02.2024", "01.03.2024"], NOTHING, ["31.02.2024", "2024-03-01"]),
    ("declared, and one that doesn't fit", ["01.02.2024", "12/31/2024"], DAY, ["2024-02-01", "12/31/2024"]),
    ("one among dates of the contract", ["2024-01-31", "2024-02-01", "31/03/2024"], NOTHING, ["2024-01-31", "2024-02-01", "31/03/2024"]),
    ("words", ["31.01.2024", "soon", "5 Foo 2024", "32.13.2024"], NOTHING, ["2024-01-31", "soon", "5 Foo 2024", "32.13.2024"]),
]  # fmt: skip


@pytest.mark.parametrize(("values", "declared", "expected"), [case[1:] for case in DATES], ids=[case[0] for case in DATES])
def test_dates_are_read_where_there_is_no_other_reading(tmp_path, values, declared, expected):
    found, written = read(tmp_path, {"d": ("timestamp", values)}, declared)
    assert not found.problems
    assert written["d"] == expected


NUMBERS = [
    ("the contract's form", ["1234.5", "1000", "-0.25", ".5", "1e5"], NOTHING, ["1234.5", "1000", "-0.25", ".5", "1e5"]),
    ("a decimal comma", ["49,90", "1.049,90", "-7", "1.234"], NOTHING, ["49.90", "1049.90", "-7", "1234"]),
    ("thousands by commas", ["1,234.50", "1,234", "12"], NOTHING, ["1234.50", "1234", "12"]),
    ("millions", ["1.234.567", "1.234"], NOTHING, ["1234567", "1234"]),
    ("millions by commas", ["1,234,567", "1,234"], NOTHING, ["1234567", "1234"]),
    ("spaces", ["1 234,5", "1\u00a0234", "1\u202f234,5"], NOTHING, ["1234.5", "1234", "1234.5"]),
    ("apostrophes", ["1'234.50", "1’234"], NOTHING, ["1234.50", "1234"]),
    ("three decimals and a smaller one", ["0.925", "1.085"], NOTHING, ["0.925", "1.085"]),
    ("declared comma", ["1.234", "1,234"], COMMA, ["1234", "1.234"]),
    ("declared point", ["1.234", "1,234"], POINT, ["1.234", "1234"]),
    ("declared comma, and one that doesn't fit", ["1,5", "12.34"], COMMA, ["1.5", "12.34 (no decimal comma)"]),
    ("declared comma, and no comma at all", ["12.34", "0.5"], COMMA, ["12.34", "0.5"]),
    ("one comma among many points", ["12.34"] * 100 + ["12,34"], NOTHING, ["12.34"] * 100 + ["12,34"]),
    ("one point among many commas", ["12,34"] * 100 + ["12.34"], NOTHING, ["12.34"] * 100 + ["12.34 (no decimal comma)"]),
    ("words", ["49,90", "n/a", "€ 5"], NOTHING, ["49.90", "n/a", "€ 5"]),
]  # fmt: skip


@pytest.mark.parametrize(("values", "declared", "expected"), [case[1:] for case in NUMBERS], ids=[case[0] for case in NUMBERS])
def test_numbers_are_read_where_there_is_no_other_reading(tmp_path, values, declared, expected):
    found, written = read(tmp_path, {"n": ("decimal", values)}, declared)
    assert not found.problems
    assert written["n"] == expected


def test_a_whole_number_has_no_decimals(tmp_path):
    found, written = read(tmp_path, {"n": ("integer", ["1.200", "2"]), "m": ("integer", ["1,200", "2"])}, NOTHING)
    assert not found.problems
    assert written == {"n": ["1200", "2"], "m": ["1200", "2"]}


def test_the_files_other_numbers_tell_what_a_column_leaves_open(tmp_path):
    found, written = read(tmp_path, {"n": ("decimal", ["1.234"]), "m": ("decimal", ["49,90"])}, NOTHING)
    assert written == {"n": ["1234"], "m": ["49.90"]}
    assert (
        "t.csv: column n: numbers such as '1.234' in line 2 are read with a decimal comma: column m of t.csv has '49,90' in line 2."
        in found.notices
    )
    (tmp_path / "second").mkdir()
    found, written = read(tmp_path / "second", {"n": ("decimal", ["1.234"]), "m": ("decimal", ["49.90"])}, NOTHING)
    assert not found.problems
    assert written == {"n": ["1.234"], "m": ["49.90"]}


def test_thousands_that_are_set_apart_are_said(tmp_path):
    found, _ = read(tmp_path, {"n": ("decimal", ["12", "1,234.50"]), "m": ("decimal", ["1'000", "2'500"]), "o": ("decimal", ["1.049,90", "1"])}, NOTHING)
    assert found.notices == [
        "t.csv: column n: numbers are read with a decimal point and thousands set apart, because of '1,234.50' in line 3.",
        "t.csv: column m: numbers are read with a decimal point and thousands set apart, because of \"1'000\" in line 2.",
        "t.csv: column o: numbers are read with a decimal comma, because of '1.049,90' in line 2.",
    ]


def test_the_files_other_dates_tell_what_a_column_leaves_open(tmp_path):
    columns = {"d": ("date", ["01.02.2024"]), "e": ("timestamp", ["31.01.2024"]), "n": ("decimal", ["1"])}
    found, written = read(tmp_path, columns, NOTHING)
    assert not found.problems and written["d"] == ["2024-02-01"]
    assert "t.csv: column d: dates such as '01.02.2024' in line 2 are read day first: column e of t.csv has '31.01.2024' in line 2." in found.notices
    (tmp_path / "second").mkdir()
    found, _ = read(tmp_path / "second", columns | {"f": ("date", ["1/31/2024"])}, NOTHING)
    assert len(found.problems) == 1 and "'01.02.2024' in line 2 may be 1 February or 2 January" in found.problems[0]


REFUSED = [
    ("timestamp", ["2", "01.02.2024"], NOTHING, "'01.02.2024' in line 3 may be 1 February or 2 January; no value of the column tells. Say which: DATES=day-first or DATES=month-first (--dates), or write them like 2024-01-31."),
    ("date", ["01.02.24", "31.12.24"], NOTHING, "'01.02.24' in line 2 has a year of two digits, so it may be read in several ways. Say which: DATES=day-first"),
    ("date", ["31/01/2024", "1/31/2024"], NOTHING, "'31/01/2024' in line 2 has the day first, '1/31/2024' in line 3 the month, so others may be either. Mend them at the source"),
    ("date", ["31/01/2024"], YEAR, "'31/01/2024' in line 2 doesn't begin with the year, as is declared. Say which"),
    ("decimal", ["1.234", "20"], NOTHING, "'1.234' in line 2 may be 1234 or 1.234; no number of the file tells. Say which: DECIMALS=comma or DECIMALS=point (--decimals), or write them like 1234.50."),
    ("rate", ["20", "1,085"], NOTHING, "'1,085' in line 3 may be 1085 or 1.085"),
    ("integer", ["1.000"], NOTHING, "'1.000' in line 2 may be 1000 or 1.000"),
    ("decimal", ["12.34", "56,78"], NOTHING, "'12.34' in line 2 has a decimal point, '56,78' in line 3 a decimal comma. Say which"),
    ("decimal", ["12.34", "1.234"], COMMA, "a decimal comma is declared, but '12.34' in line 2 has a decimal point, so '1.234' in line 3 may be either."),
    ("decimal", ["12,34", "1,234"], POINT, "a decimal point is declared, but '12,34' in line 2 has a decimal comma, so '1,234' in line 3 may be either."),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "values", "declared", "said"), REFUSED)
def test_what_may_be_read_in_two_ways_is_asked(tmp_path, kind, values, declared, said):
    found, _ = read(tmp_path, {"c": (kind, values)}, declared)
    (problem,) = found.problems
    assert problem.startswith(f"t.csv: column c: {said}")


def test_what_stays_unreadable_is_said(tmp_path):
    columns = {"d": ("date", ["01.02.2024", "12/31/2024"]), "n": ("decimal", ["1,5", "12.34"]), "m": ("decimal", ["0.5", "12.34"])}
    found, _ = read(tmp_path, columns, Formats("day first", "comma"))
    assert found.notices == [
        "t.csv: column d: 1 date doesn't fit what is declared (day first), such as '12/31/2024' in line 3; it stays unreadable.",
        "t.csv: column n: 1 number doesn't fit a decimal comma, such as '12.34' in line 3; it stays unreadable.",
        "t.csv: column m: no number has a decimal comma, as is declared; they are read with a decimal point, as '0.5' in line 2 has it.",
    ]


def test_typed_columns_are_left_alone(tmp_path):
    folder = tmp_path / "export"
    folder.mkdir()
    duckdb.execute(f"copy (select 1.234 as n, date '2024-01-02' as d, '01.02.2024' as t) to '{folder / 't.parquet'}'")
    (source,) = read_sources(folder, tmp_path / "work").sources
    with duckdb.connect() as connection:
        found = judge(look(connection, source, {"n": "decimal", "d": "date", "t": "date"}), [], frozenset())
    assert list(found.readings) == ["t"]
    assert found.problems[0].startswith("t.parquet: column t: '01.02.2024' may be 1 February or 2 January")


def test_words_that_declare_a_form():
    assert declared_formats("Day-First", "COMMA") == Formats("day first", "comma")
    assert declared_formats(None, "") == Formats()
    with pytest.raises(ValueError, match="dates: 'dmy' is not known. Expected one of: year-first, day-first, month-first."):
        declared_formats("dmy", None)


SIGNED = [
    ("before", "currency", ["$1,234.50", "-$5", "$-7", "+ $0.5"], ["1234.50", "-5", "-7", "+0.5"], "$"),
    ("after, with a comma", "currency", ["49,90 €", "1.049,90 €", "7€", "-1 €"], ["49.90", "1049.90", "7", "-1"], "€"),
    ("letters and a sign", "currency", ["US$ 5", "US$ 1,000.25"], ["5", "1000.25"], "US$"),
    ("a code", "currency", ["EUR 5", "12.5 EUR", "EUR 1'000.25"], ["5", "12.5", "1000.25"], "EUR"),
    ("beside words and empty cells", "currency", ["£5", "free", "", "£7.5"], ["5", "free", None, "7.5"], "£"),
    ("percent", "percent", ["20%", "7,5 %"], ["20", "7.5"], "%"),
]  # fmt: skip


@pytest.mark.parametrize(("allowed", "values", "expected", "sign"), [case[1:] for case in SIGNED], ids=[case[0] for case in SIGNED])
def test_a_sign_that_all_numbers_have_is_left_out(tmp_path, allowed, values, expected, sign):
    found, written = read(tmp_path, {"n": ("decimal", values), "other": ("text", ["x"] * len(values))}, Formats(sign=allowed))
    assert not found.problems
    assert written["n"] == expected
    assert f"t.csv: column n: numbers are read without the sign {sign} that all of them have." in found.notices


@pytest.mark.parametrize(
    ("allowed", "values", "said"),
    [
        ("currency", ["$5", "€5"], "a sign is left out only where all numbers have the same: '$5' with $, '€5' with €."),
        ("currency", ["$5", "5"], "a sign is left out only where all numbers have the same: '5' with no sign, '$5' with $."),
        ("currency", ["5%"], "a sign is left out only where all numbers have the same: '5%' with %."),
        ("percent", ["$5"], "a sign is left out only where all numbers have the same: '$5' with $."),
    ],
)
def test_signs_that_differ_or_do_not_belong_there_stay_and_are_said(tmp_path, allowed, values, said):
    found, written = read(tmp_path, {"n": ("decimal", values)}, Formats(sign=allowed))
    assert written["n"] == values
    assert f"t.csv: column n: {said}" in found.notices[0]


def test_a_sign_beside_other_numbers_stays(tmp_path):
    found, written = read(tmp_path, {"n": ("decimal", ["5 €"])}, NOTHING)
    assert written["n"] == ["5 €"]
    assert not found.notices
