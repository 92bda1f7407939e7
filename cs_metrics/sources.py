"""Reads a folder of exported files, whatever they are: each table in them becomes a `Source` that DuckDB can scan.

Text files (CSV, TSV, also gzipped) go straight to DuckDB, every column as text, where they are plain: UTF-8, one kind of
line end (DuckDB refuses two), the header in the first line. Others are rewritten by the `csv` module into a clean copy first. Workbooks are
read with calamine into such a copy, Parquet stays typed. Nothing here knows which table a file is meant to be.
"""

import codecs
import csv
import gzip
import io
import re
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import islice
from pathlib import Path

import duckdb

TEXT = {".csv": None, ".tsv": "\t"}
EXCEL = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")
PARQUET = ".parquet"
READABLE = "CSV, TSV (also .gz), Excel or Parquet"
SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
NO_CHARACTER = "\N{REPLACEMENT CHARACTER}"
CHUNK = 2**24
LONGEST_VALUE = 1_900_000
"""Characters; DuckDB reads lines of up to 2 MB."""
LONGEST_ROW = 1_990_000
"""Bytes of a row in a clean copy, for the same reason."""
LOOKED_AT = 50
"""Records at the beginning among which the header is looked for."""
SAMPLE = 2**16
"""Bytes that the encoding is recognised by."""

csv.field_size_limit(LONGEST_VALUE)


@dataclass
class Dialect:
    """How a text file is written."""

    encoding: str = "utf-8-sig"
    separator: str = ","
    has_hint: bool = False
    """Its first line is Excel's `sep=;`."""
    skipped: int = 0
    """Records before the header."""
    is_damaged: bool = False
    """It has bytes that no encoding explains."""
    is_plain: bool = True
    """DuckDB can read it as it is."""
    lines: int = 0
    """How many it has, those before the header and within values too."""
    has_row_per_line: bool = False
    """No value has a line end in it, and no line is empty."""

    @property
    def shown(self) -> str:
        """For people: `semicolons, Windows-1252`."""
        return ", ".join([SEPARATORS[self.separator], *([encoding_name(self.encoding)] if self.encoding != "utf-8-sig" else [])])


@dataclass
class Source:
    """One table of data as somebody exported it."""

    name: str
    """For messages: `subscriptions.csv`, `export.xlsx / Customers`."""
    stem: str
    """`subscriptions`: lowercase, without folder and endings, spaces and hyphens as underscores."""
    scan: str
    """SQL of a relation; every column VARCHAR for text files and workbooks, typed for Parquet."""
    columns: dict[str, str]
    """Each column as it is spelt in the file, with its DuckDB type."""
    first_line: int
    """The line (or row) of the file that its first row of data is in, for messages."""
    path: Path = field(default_factory=Path)
    taken_as: str = ""
    """For people: `CSV, semicolons`."""
    dialect: Dialect | None = None
    sheet: str | None = None
    lines: list[int] = field(default_factory=list)
    """Of a sheet: the row that each row of data is in."""
    parts: list["Source"] = field(default_factory=list)
    """The files of a folder of CSV parts."""

    @property
    def is_text(self) -> bool:
        """Whether its rows have lines that a person can look up."""
        return self.dialect is not None or self.sheet is not None


@dataclass
class Sources:
    """What a folder has in it, what there is to say of it, and what can't be read."""

    sources: list[Source] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    unreadable: list[tuple[str, str]] = field(default_factory=list)
    """Files that can't be read: the stem, and what is wrong with which of them."""
    empty: set[str] = field(default_factory=set)
    """The stems of those that have nothing in them at all."""

    @property
    def problems(self) -> list[str]:
        """What is wrong with files that can't be read."""
        return [problem for _, problem in self.unreadable]


class Unreadable(Exception):
    """Why a file can't be read, with the line and what to do."""


class Empty(Unreadable):
    """A file has nothing in it."""


def read_sources(folder: Path, work: Path) -> Sources:
    """Every table in the folder; clean copies of files that need them are made in the folder `work`."""
    found = Sources()
    work.mkdir(parents=True, exist_ok=True)
    for path in sorted(folder.iterdir()):
        if path.name.startswith((".", "~$")) or path.suffix.lower() in (".yml", ".yaml"):
            continue
        try:
            if path.is_dir():
                read_folder(path, work, found)
            else:
                read_file(path, work, found)
        except (Unreadable, duckdb.Error, OSError, EOFError) as error:
            said = gist(error).replace(str(path.resolve()), path.name).replace(str(path), path.name)
            found.unreadable.append((stem_of(path), f"{path.name}: can't be read. {said}"))
            if isinstance(error, Empty):
                found.empty.add(stem_of(path))
    return found


def read_file(path: Path, work: Path, found: Sources) -> None:
    """Add the tables of one file."""
    ending, is_gzipped = endings(path)
    if ending in TEXT:
        found.sources.append(read_text(path, work, found))
    elif ending == PARQUET and not is_gzipped:
        found.sources.append(read_parquet([path], path))
    elif ending in EXCEL and not is_gzipped:
        read_workbook(path, work, found)
    else:
        advice = "; unpack it first" if ending in (".zip", ".7z", ".rar", ".tar") else ""
        found.notices.append(f"{path.name}: not {READABLE}{advice}, so it is not read.")


def read_folder(path: Path, work: Path, found: Sources) -> None:
    """Add the table that is made of a folder's parts, all text or all Parquet."""
    parts = sorted(part for part in path.iterdir() if not part.name.startswith((".", "_", "~$")) and part.is_file())
    texts = [part for part in parts if endings(part)[0] in TEXT]
    parquets = [part for part in parts if part.suffix.lower() == PARQUET]
    if texts and parquets:
        raise Unreadable(f"It has {texts[0].name} and {parquets[0].name}. Expected: parts of one kind.")
    if not texts and not parquets:
        found.notices.append(f"{path.name}/: a folder without CSV or Parquet parts, so it is not read.")
        return
    for part in parts:
        if part not in texts + parquets:
            found.notices.append(f"{path.name}/{part.name}: not a CSV or Parquet part, so it is not read.")
    if parquets:
        found.sources.append(read_parquet(parquets, path))
        return
    sources = [read_text(part, work, found) for part in texts]
    for part in sources[1:]:
        first, own = ({plain_name(column): column for column in each.columns} for each in (sources[0], part))
        for one, other, there in ((part, sources[0], own.keys() - first), (sources[0], part, first.keys() - own)):
            for name in sorted(there):
                found.notices.append(
                    f"{path.name}/: {one.name} has the column {(own | first)[name]}, which {other.name} lacks; it is empty there."
                )
    found.sources.append(united(sources, f"{path.name}/", path))


def united(sources: list[Source], name: str, path: Path) -> Source:
    """Several files as one table: their rows, one file after the other, columns put together by name."""
    spelling: dict[str, str] = {}
    for source in sources:
        for column in source.columns:
            spelling.setdefault(plain_name(column), column)
    selects = []
    for source in sources:
        own = {plain_name(column): column for column in source.columns}
        values = [f"{quoted(own[plain])} as {quoted(spelt)}" if plain in own else f"cast(null as varchar) as {quoted(spelt)}"
                  for plain, spelt in spelling.items()]  # fmt: skip
        selects.append(f"select {', '.join(values)} from {source.scan}")
    return Source(
        name=name,
        stem=stem_of(path),
        scan=f"({' union all '.join(selects)})",
        columns=dict.fromkeys(spelling.values(), "VARCHAR"),
        first_line=sources[0].first_line,
        path=path,
        taken_as=f"{len(sources)} parts, {sources[0].taken_as}",
        parts=sources,
    )


def read_parquet(paths: list[Path], path: Path) -> Source:
    """A Parquet file, or a folder of them."""
    scan = f"read_parquet([{', '.join(pattern(part) for part in paths)}], union_by_name = true)"
    try:
        with duckdb.connect() as connection:
            columns = {row[0]: row[1] for row in connection.execute(f"describe select * from {scan}").fetchall()}
    except duckdb.Error as error:
        raise Unreadable(f"{gist(error)}. Expected: a whole Parquet file.") from error
    return Source(f"{path.name}/" if path.is_dir() else path.name, stem_of(path), scan, columns, 1, path, "Parquet")


def read_text(path: Path, work: Path, found: Sources) -> Source:
    """A text file: how it is written, its header, and how DuckDB reads it."""
    try:
        dialect = dialect_of(path)
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise Unreadable(f"It can't be unpacked: {error}. Expected: a whole gzip file.") from error
    header, first_line = read_header(path, dialect, found)
    source = Source(path.name, stem_of(path), "", dict.fromkeys(header, "VARCHAR"), first_line, path, dialect=dialect)
    source.taken_as = f"{endings(path)[0][1:].upper()}, {dialect.shown}"
    if dialect.is_plain:
        source.scan = text_scan(path, header, dialect.separator)
        try:
            with duckdb.connect() as connection:
                values = ", ".join(f"nullif(trim({quoted(name)}), '')" for name in header)
                ((rows, filled),) = connection.execute(f"select count(*), count(coalesce({values})) from {source.scan}").fetchall()
            dialect.has_row_per_line = dialect.lines == rows + 1
            dialect.is_plain = filled == rows
        except (duckdb.Error, UnicodeDecodeError):  # DuckDB cuts its message short, in the middle of a letter too
            dialect.is_plain = False  # rewriting it shows which line is at fault, or mends it
    if not dialect.is_plain:
        dialect.has_row_per_line = False
        rewrite(source, work, found)
    return source


def rewrite(source: Source, work: Path, found: Sources) -> None:
    """Let the source scan a clean copy of its file: UTF-8, commas, one line end. Raises what is wrong with a line."""
    copy = work / f"{len(list(work.iterdir()))}.csv"
    damaged, blank = 0, []
    with open(copy, "w", encoding="utf-8", newline="") as target:
        writer = csv.writer(target, lineterminator="\n", quoting=csv.QUOTE_ALL)
        writer.writerow(source.columns)
        for line, row in records(source, blank):
            if sum(map(len, row)) > LONGEST_ROW // 6 and size_of(row) > LONGEST_ROW:
                raise Unreadable(broken("field limit", line))
            damaged += any(NO_CHARACTER in value for value in row)
            writer.writerow(row)
    source.scan = text_scan(copy, list(source.columns), ",")
    if blank:
        found.notices.append(
            f"{source.name}: {len(blank):,} {'row has' if len(blank) == 1 else 'rows have'} separators and no values, such as line {blank[0]}; "
            f"{'it is' if len(blank) == 1 else 'they are'} not read."
        )
    dialect = source.dialect
    if dialect is None:
        return
    if dialect.is_damaged:
        found.notices.append(
            f"{source.name}: {damaged:,} {'row has' if damaged == 1 else 'rows have'} bytes that are not UTF-8 text; {NO_CHARACTER} stands "
            "in their place. If the file is in another encoding, export it as UTF-8."
        )
    elif not dialect.encoding.startswith(("utf-8", "utf-16")):
        found.notices.append(
            f"{source.name}: not UTF-8, so it is read as {encoding_name(dialect.encoding)}. If names look wrong, export it as UTF-8."
        )


def size_of(row: list[str]) -> int:
    """The bytes of a row in a clean copy."""
    return sum(len(value.encode("utf-8", errors="replace")) + value.count('"') + 3 for value in row)


def text_scan(path: Path, header: list[str], separator: str) -> str:
    """The SQL that reads a plain text file; nothing depends on what DuckDB would guess from its first rows."""
    columns = ", ".join(f"{literal(name)}: 'VARCHAR'" for name in header)
    compression = "gzip" if path.suffix.lower() == ".gz" else "none"
    return (
        f"read_csv({pattern(path)}, auto_detect = false, columns = {{{columns}}}, header = true, delim = {literal(separator)}, "
        f"quote = '\"', escape = '\"', nullstr = '', compression = '{compression}')"
    )


def dialect_of(path: Path) -> Dialect:
    """How a text file is written, as far as its bytes say; the header says the rest."""
    with open_bytes(path) as file:
        start = file.read(4)
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return Dialect(encoding="utf-16", is_plain=False)
    if len(start) == 4 and (start[1::2] == b"\0\0" or start[::2] == b"\0\0"):  # letters of Latin without their mark
        return Dialect(encoding="utf-16-le" if start[1] == 0 else "utf-16-be", is_plain=False)
    decoder = codecs.getincrementaldecoder("utf-8")()
    is_utf8, has_nul, ends, last = True, False, 0, b""
    with open_bytes(path) as file:
        while chunk := file.read(CHUNK):
            has_nul = has_nul or b"\0" in chunk
            ends, last = ends + chunk.count(b"\n"), chunk[-1:]
            is_utf8 = is_utf8 and decodes(decoder, chunk)
    is_utf8 = is_utf8 and decodes(decoder, b"", final=True)
    if not is_utf8:
        encoding = other_encoding(path)
        return Dialect(encoding or "utf-8-sig", is_damaged=encoding is None, is_plain=False)
    return Dialect(is_damaged=has_nul, is_plain=not has_nul, lines=ends + (last not in (b"", b"\n")))


def decodes(decoder: codecs.IncrementalDecoder, chunk: bytes, final: bool = False) -> bool:
    """Whether the next bytes of a file are text."""
    try:
        decoder.decode(chunk, final)
    except UnicodeDecodeError:
        return False
    return True


def other_encoding(path: Path) -> str | None:
    """The encoding of a file that isn't UTF-8; None where it is UTF-8 in the main, with damaged bytes."""
    from charset_normalizer import from_bytes  # takes a while to import, and few files need it

    sample, size = [], 0
    with open_bytes(path) as file:
        for line in file:
            if not line.isascii():
                if b"\0" in line or has_utf8_letters(line):
                    return None
                sample.append(line)
                size += len(line)
            if size > SAMPLE:
                break
    expected = ["cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "mac_roman", "shift_jis", "gb18030", "big5", "euc_kr"]
    best = from_bytes(b"".join(sample), cp_isolation=expected).best()
    # A short text may be called anything; one that isn't told with confidence is what Western Excel writes.
    if best is None or best.encoding in ("mac_roman", "cp1250", "cp1254") or size < 32:
        return "cp1252"
    return best.encoding


def has_utf8_letters(line: bytes) -> bool:
    """Whether a line with bytes beyond ASCII has a letter that is written as UTF-8 writes it."""
    return any(letter != NO_CHARACTER and ord(letter) > 127 for letter in line.decode("utf-8", errors="replace"))


def read_header(path: Path, dialect: Dialect, found: Sources) -> tuple[list[str], int]:
    """The names of the columns and the line of the first row of data; the dialect learns separator and lines to skip."""
    with open_lines(path, dialect) as lines:
        first = next(lines, "")
    hint = re.fullmatch(r"sep=(.)\s*", first)
    if hint:
        dialect.separator, dialect.has_hint, dialect.is_plain = hint[1], True, False
    with open_lines(path, dialect) as lines:
        start = "".join(line[: LONGEST_VALUE + 1] for line in islice(lines, LOOKED_AT))
    if not hint:
        named = TEXT[endings(path)[0]]
        dialect.separator = named if named and named in start else separator_of(start)
    head = first_records(start, dialect.separator)
    if not head and start.strip():
        raise Unreadable(broken("unexpected end of data", 1))
    if not head:
        raise Empty("It is empty. Expected: a first line with the names of the columns.")
    place = header_place([row for _, row in head])
    names = [" ".join(name.split()) for name in head[place][1]]
    if place:
        skipped = "; ".join(" ".join(row).strip() for _, row in head[:place])
        found.notices.append(f"{path.name}: {before_header(place, 'line')} not read: {skipped[:80]!r}.")
    while names and not names[-1]:
        names.pop()  # Excel ends lines with separators; values below them are found by rewriting
        dialect.is_plain = False
    first_line = 2 if dialect.has_hint else 1
    check_names(names, head[place][0] + first_line - 1)
    name_all(names, path.name, found)
    dialect.skipped = place
    dialect.is_plain = dialect.is_plain and not place and not any("\n" in name or "\r" in name for name in head[place][1])
    after = head[place + 1][0] if len(head) > place + 1 else head[place][0] + 1
    return names, after + first_line - 1


def separator_of(start: str) -> str:
    """The separator that cuts the first records into the most columns, each into as many."""

    def score(separator: str) -> tuple[int, int]:
        widths = Counter(len(row) for _, row in first_records(start, separator) if any(row))
        if not widths:
            return (0, 0)
        width, times = max(widths.items(), key=lambda item: (item[1] if item[0] > 1 else 0, item[0]))
        return (times if width > 1 else 0, width)

    return max(SEPARATORS, key=score)


def first_records(start: str, separator: str) -> list[tuple[int, list[str]]]:
    """The records in the first lines of a file, with their line; the last may be cut off in the middle, and is left out then."""
    found: list[tuple[int, list[str]]] = []
    reader = csv.reader(io.StringIO(start, newline=""), delimiter=separator, strict=True)
    line = 1
    try:
        for row in reader:
            if row:
                found.append((line, row))
            line = reader.line_num + 1
    except csv.Error:
        pass  # `records` says which line, when it comes to it
    return found


def header_place(rows: list[list[str]]) -> int:
    """Which of the first rows holds the names of the columns: the first that is as wide as most rows are, or wider, and full."""
    widths = Counter(len(row) for row in rows)
    usual = max(widths.items(), key=lambda item: (item[1], item[0]))[0]
    first = rows[0][: last_value(rows[0]) + 1]
    # Rows that are shorter are at fault, not the header; rows that end in separators are as wide as it is.
    is_padded = not any(any(row[len(first) :]) for row in rows[1:])
    if len(first) > 1 and all(name.strip() for name in first) and (len(first) > usual or is_padded):
        return 0
    for place, row in enumerate(rows):
        filled = [name.strip() for name in row if name.strip()]
        if len(row) >= usual and len(filled) > len(row) / 2 and len(filled) >= min(2, usual):
            return place
    return 0


def before_header(count: int, what: str) -> str:
    """`the line before the header is`, `the 2 lines before the header are`."""
    return f"the {what} before the header is" if count == 1 else f"the {count} {what}s before the header are"


def check_names(names: list[str], line: int) -> None:
    """The header has names, and each but once."""
    if not any(names):
        raise Unreadable(f"Line {line}, its header, holds no name. Expected: a first line with the names of the columns.")
    counts = Counter(name.lower() for name in names if name)
    twice = [name for name in names if counts[name.lower()] > 1]
    if twice:
        raise Unreadable(f"Line {line}, its header, holds a name twice: {twice[0]!r}. Expected: rename or remove one of the columns.")


def name_all(names: list[str], file: str, found: Sources) -> None:
    """Give a name to columns that have none, such as the row numbers that some tools write first."""
    for place, name in enumerate(names):
        if not name:
            names[place] = next(f"column {number}" for number in range(place + 1, 10**6) if f"column {number}" not in names)
            found.notices.append(f"{file}: column {place + 1} has no name; it is called {names[place]!r} here.")


def records(source: Source, blank: list[int] | None = None) -> Iterator[tuple[int, list[str]]]:
    """The rows of data of a text file, each with the line it begins in; raises where one isn't as the header says.

    `blank` gets the lines of rows that have separators only.
    """
    dialect, names = source.dialect or Dialect(), list(source.columns)
    first_line = 2 if dialect.has_hint else 1
    to_skip, line = dialect.skipped + 1, first_line
    with open_lines(source.path, dialect) as lines:
        reader = csv.reader(lines, delimiter=dialect.separator, strict=True)
        try:
            for row in reader:
                begin, line = line, reader.line_num + first_line
                if not row:
                    continue
                if to_skip:
                    to_skip -= 1
                    continue
                if not any(value.strip() for value in row):
                    if blank is not None:
                        blank.append(begin)
                    continue
                if len(row) > len(names) and not any(row[len(names) :]):
                    row = row[: len(names)]
                if len(row) != len(names):
                    raise Unreadable(ragged(row, names, begin, dialect.separator))
                yield begin, row
        except csv.Error as error:
            raise Unreadable(broken(str(error), line)) from error


def ragged(row: list[str], names: list[str], line: int, separator: str) -> str:
    """What is wrong with a row of another width than the header."""
    said = f"Line {line} has {len(row)} {'value' if len(row) == 1 else 'values'}, the header has {len(names)} names"
    shown = separator.join(row)[:80]
    if len(row) < len(names):
        return f"{said}: {shown!r}. Expected: a value for each column, empty ones too; a line of totals or notes has to go."
    return f"{said}: {shown!r}. Expected: values that hold the separator ({SEPARATORS[separator]}) in quotation marks."


def broken(error: str, line: int) -> str:
    """What the csv module has found wrong in the record that begins in a line."""
    if "field limit" in error:
        return (
            f"The row that begins in line {line} is too long: it has more than {LONGEST_VALUE:,} characters or 2 MB. Expected: shorter "
            "values; or a quotation mark in it is not closed."
        )
    if "unexpected end of data" in error:
        return f"The row that begins in line {line} has an unterminated quote. Expected: a quotation mark that is closed again."
    if "expected after" in error:
        return (
            f"The row that begins in line {line} goes on after a closing quotation mark. Expected: quotation marks inside a value doubled."
        )
    return f"The row that begins in line {line}: {error}."


def read_workbook(path: Path, work: Path, found: Sources) -> None:
    """Add every sheet of a workbook that has a table in it."""
    import python_calamine as calamine  # few folders need it

    try:
        workbook = calamine.load_workbook(str(path))
        sheets = [(meta.name, meta.visible) for meta in workbook.sheets_metadata if meta.typ == calamine.SheetTypeEnum.WorkSheet]
        tables = {name: workbook.get_sheet_by_name(name).to_python(skip_empty_area=False) for name, _ in sheets}
    except calamine.PasswordError as error:
        raise Unreadable("It is protected by a password. Expected: a copy that is saved without one.") from error
    except calamine.CalamineError as error:
        raise Unreadable(f"{error}. Expected: a workbook that Excel opens.") from error
    filled = [name for name, _ in sheets if sum(any(cell != "" for cell in row) for row in tables[name]) > 1]
    for name, visible in sheets:
        title = f"{path.name} / {name}"
        if name not in filled:
            found.notices.append(f"{title}: no table in it, so it is not read.")
        elif visible != calamine.SheetVisibleEnum.Visible:
            found.notices.append(f"{title}: a hidden sheet, so it is not read.")
        else:
            source = Source(title, stem_of(path) if len(filled) == 1 else plain_name(name), "", {}, 1, path, "Excel", sheet=name)
            try:
                read_sheet(source, tables[name], work, found)
            except Unreadable as error:
                found.unreadable.append((source.stem, f"{title}: can't be read. {error}"))


def read_sheet(source: Source, cells: list[list], work: Path, found: Sources) -> None:
    """Add a sheet; its clean copy has each cell as the contract writes it."""
    rows = [(number, [cell_text(cell) for cell in row]) for number, row in enumerate(cells, 1)]
    filled = [(number, row) for number, row in rows if any(row)]
    used = max(max(place for place, value in enumerate(row) if value) for _, row in filled) + 1
    begin = min(next(place for place, value in enumerate(row) if value) for _, row in filled)
    trimmed = [row[begin:used] for _, row in filled]
    place = header_place([[*row[: last_value(row) + 1]] for row in trimmed[:LOOKED_AT]])
    names = [" ".join(name.split()) for name in trimmed[place]]
    while names and not names[-1]:
        names.pop()
    check_names(names, filled[place][0])
    name_all(names, source.name, found)
    if place:
        skipped = "; ".join(" ".join(row).strip() for row in trimmed[:place])
        found.notices.append(f"{source.name}: {before_header(place, 'row')} not read: {skipped[:80]!r}.")
    source.columns = dict.fromkeys(names, "VARCHAR")
    data = filled[place + 1 :]
    for number, row in data:
        if any(row[begin + len(names) :]):
            raise Unreadable(
                f"Row {number} has a value to the right of the last column with a name. Expected: a name for it, or an empty cell."
            )
    source.first_line = data[0][0] if data else filled[place][0] + 1
    copy = work / f"{len(list(work.iterdir()))}.csv"
    with open(copy, "w", encoding="utf-8", newline="") as target:
        writer = csv.writer(target, lineterminator="\n", quoting=csv.QUOTE_ALL)
        writer.writerow(names)
        writer.writerows(row[begin : begin + len(names)] for _, row in data)
    source.scan = text_scan(copy, names, ",")
    source.lines = [number for number, _ in data]
    found.sources.append(source)


def last_value(row: list[str]) -> int:
    """The place of a row's last value."""
    return max((place for place, value in enumerate(row) if value), default=-1)


def cell_text(cell: object) -> str:
    """A cell as the contract writes it: a day as 2024-01-31, a number with a decimal point and without float noise."""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return format(Decimal(format(cell, ".15g")), "f")
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(sep=" ")
    if isinstance(cell, (date, time)):
        return cell.isoformat()
    if isinstance(cell, timedelta):
        return str(cell)
    return str(cell).strip()


def line_of(source: Source, number: int) -> tuple[str, int]:
    """The file and the line (of a sheet: the row) of a source's row of data, counted from 1 in the order that it's scanned."""
    for part in source.parts:
        with duckdb.connect() as connection:
            ((size,),) = connection.execute(f"select count(*) from {part.scan}").fetchall()
        if number <= size:
            return f"{source.name}{part.name}", line_of(part, number)[1]
        number -= size
    if source.lines:
        return source.name, source.lines[number - 1]
    if source.dialect is None:
        return source.name, number
    if source.dialect.has_row_per_line:
        return source.name, source.first_line + number - 1
    return source.name, next(islice(records(source), number - 1, None))[0]


def find_row(connection: duckdb.DuckDBPyConnection, source: Source, values: dict[str, str | None]) -> tuple[str, int] | None:
    """The file and the line of the first row that has these values, spelt as in the file; None where no row has."""
    conditions = " and ".join(f"cast({quoted(name)} as varchar) is not distinct from ?" for name in values)
    numbered = f"select *, row_number() over () as row_in_file from {source.scan}"
    ((number,),) = connection.execute(f"select min(row_in_file) from ({numbered}) where {conditions}", list(values.values())).fetchall()
    return line_of(source, number) if number else None


def endings(path: Path) -> tuple[str, bool]:
    """What kind of file its name says it is, such as `.csv`, and whether it's gzipped."""
    suffixes = [suffix.lower() for suffix in path.suffixes[-2:]]
    if suffixes[-1:] == [".gz"]:
        return (suffixes[0] if len(suffixes) > 1 else ""), True
    return (suffixes[-1] if suffixes else ""), False


def stem_of(path: Path) -> str:
    """A file's name without its endings."""
    name = path.name
    if not path.is_dir():
        name = re.sub(r"\.gz$", "", name, flags=re.IGNORECASE)
        name = name.rpartition(".")[0] or name
    return plain_name(name)


def plain_name(name: str) -> str:
    """A name as the contract writes names: `Account ID` is account_id."""
    return re.sub(r"[\s\-.]+", "_", name.strip().lower())


def open_bytes(path: Path) -> io.BufferedIOBase:
    """A file's bytes, unpacked."""
    return gzip.open(path, "rb") if endings(path)[1] else open(path, "rb")  # type: ignore[return-value]


@contextmanager
def open_lines(path: Path, dialect: Dialect) -> Iterator[Iterator[str]]:
    """A text file's lines with their ends, without Excel's hint; where bytes are no text, a mark stands in their place."""
    with open_bytes(path) as file, io.TextIOWrapper(file, encoding=dialect.encoding, errors="replace", newline="") as text:
        lines = (line.replace("\0", NO_CHARACTER) for line in text)
        yield islice(lines, 1 if dialect.has_hint else 0, None)


def encoding_name(encoding: str) -> str:
    """An encoding as people call it."""
    return {"cp1252": "Windows-1252", "utf-16": "UTF-16"}.get(encoding, encoding.replace("cp125", "Windows-125"))


def gist(error: Exception) -> str:
    """What a message says, without the advice of the library that it comes from."""
    text = re.split(r"\n+\s*(?:LINE \d+:|Possible |\* )", str(error))[0]
    return "; ".join([line.strip() for line in text.splitlines() if line.strip()][:3])


def pattern(path: Path) -> str:
    """A file's path as DuckDB's readers take it: a SQL literal in which nothing is a wildcard."""
    return literal(re.sub(r"([*?\[])", r"[\1]", str(path.resolve())))


def literal(value: object) -> str:
    """A SQL text literal."""
    return "'" + str(value).replace("'", "''") + "'"


def quoted(name: str) -> str:
    """A name in SQL."""
    return '"' + name.replace('"', '""') + '"'
