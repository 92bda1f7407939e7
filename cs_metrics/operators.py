"""What a column of mapping.yml may be besides a name: each operator reads itself from YAML and writes itself as SQL.

`docs/own_export.md` has them in a table. An operator's argument is a column of the file or another operator; the words after
`values`, `then`, `else` and `if_empty` are values. All columns of text files are text here, and what can't be worked out (a sum of
a word) stays as it is written, so that the contract shows it and nothing is lost on the way.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from cs_metrics.formats import DAYS, NUMBERS, Formats
from cs_metrics.sources import literal, quoted

ROW = "__row"
"""The column of a source's subquery that counts its rows."""
PLACES = 14
"""Decimal places of what is worked out, as many as a price has in the contract."""
SPAN = re.compile(r"(\d+) (day|week|month|year)s?")
OPEN_END = "9000-01-01"


@dataclass
class Row:
    """The row of a source that SQL is written for."""

    column: Callable[[str, str, Formats], str]
    """The SQL of a source's column, read as a kind of the contract, with the formats that the column itself declares."""
    look_up: Callable[["Lookup", "Row"], str]
    kind: str = "text"
    sign: str | None = None
    """What may stand beside its numbers: `currency` or `percent`."""

    def of(self, kind: str) -> "Row":
        """The same row, its columns read as another kind."""
        return replace(self, kind=kind)


@dataclass(frozen=True)
class Operator:
    """Something that gives a column of the contract its values."""

    place: str
    """Where it stands in the mapping, for messages."""

    def parts(self) -> tuple["Operator", ...]:
        """The operators it is made of."""
        return ()

    def columns(self) -> Iterator[str]:
        """The columns of the block's file that it reads."""
        for part in self.parts():
            yield from part.columns()

    def everything(self) -> Iterator["Operator"]:
        """Itself and all that it is made of."""
        yield self
        for part in self.parts():
            yield from part.everything()

    def depends_on_row(self) -> bool:
        """Whether it differs among the rows that become one."""
        return any(part.depends_on_row() for part in self.parts())

    def sql(self, row: Row) -> str:
        """The value, in SQL."""
        raise NotImplementedError


@dataclass(frozen=True)
class Value(Operator):
    """A value that all rows have; None is empty."""

    value: str | None

    def sql(self, row: Row) -> str:
        return "cast(null as varchar)" if self.value is None else literal(self.value)


@dataclass(frozen=True)
class Column(Operator):
    """A column of the file as it is."""

    name: str
    formats: Formats = Formats()

    def columns(self) -> Iterator[str]:
        yield self.name

    def depends_on_row(self) -> bool:
        return True

    def sql(self, row: Row) -> str:
        return row.column(self.name, row.kind, self.formats.or_else(Formats(sign=row.sign)))


@dataclass(frozen=True)
class Translated(Operator):
    """A value for each value; without `other` one that isn't listed stays as it is. An empty cell is `""` in the list, or stays empty."""

    of: Operator
    values: dict[str, Operator] = field(hash=False)
    other: Operator | None

    def parts(self) -> tuple[Operator, ...]:
        return (self.of, *self.values.values(), *([self.other] if self.other else []))

    def sql(self, row: Row) -> str:
        of = self.of.sql(row.of("text"))
        compared = comparable(of)
        whens = " ".join(f"when {literal(value.strip().lower())} then {text(to.sql(row))}" for value, to in self.values.items())
        if "" not in {value.strip() for value in self.values}:
            whens += " when '' then null"
        return f"case {compared} {whens} else {text(self.other.sql(row) if self.other else of)} end"


@dataclass(frozen=True)
class Filled(Operator):
    """One of two values, by whether a column has one."""

    of: Operator
    then: Operator
    other: Operator

    def parts(self) -> tuple[Operator, ...]:
        return (self.of, self.then, self.other)

    def sql(self, row: Row) -> str:
        is_filled = f"{comparable(self.of.sql(row.of('text')))} <> ''"
        return f"case when {is_filled} then {text(self.then.sql(row))} else {text(self.other.sql(row))} end"


@dataclass(frozen=True)
class FirstFilled(Operator):
    """The first of several that has a value."""

    options: tuple[Operator, ...]

    def parts(self) -> tuple[Operator, ...]:
        return self.options

    def sql(self, row: Row) -> str:
        return f"coalesce({', '.join(text(option.sql(row)) for option in self.options)})"


@dataclass(frozen=True)
class Computed(Operator):
    """Numbers added, subtracted, multiplied or divided. An empty part counts as nothing as long as one is there."""

    added: tuple[Operator, ...]
    subtracted: tuple[Operator, ...] = ()
    factor: "Operator | str | None" = None
    divisor: "Operator | str | None" = None

    def parts(self) -> tuple[Operator, ...]:
        return (*self.added, *self.subtracted, *(part for part in (self.factor, self.divisor) if isinstance(part, Operator)))

    def sql(self, row: Row) -> str:
        as_written = {part: text(part.sql(row.of("decimal"))) for part in self.parts()}
        numbers = {part: f"try_cast({written} as decimal(28, {PLACES}))" for part, written in as_written.items()}
        summands = [f"coalesce({numbers[part]}, 0)" for part in self.added]
        summands += [f"-coalesce({numbers[part]}, 0)" for part in self.subtracted]
        result = f"({' + '.join(summands)})"
        if self.factor is not None:
            result = f"try_cast({result} as decimal(26, {PLACES})) * try_cast({numbers.get(self.factor, self.factor)} as decimal(12, 4))"
        if isinstance(self.divisor, str) and re.fullmatch("10{1,9}", self.divisor):
            zeros = len(self.divisor) - 1
            result = f"try_cast({result} as decimal(28, {PLACES})) * 0.{'0' * (zeros - 1)}1"
        elif self.divisor is not None:
            divisor = f"nullif(cast({numbers.get(self.divisor, self.divisor)} as double), 0)"
            # A quotient seldom ends: 15 digits, as many as are sure in a floating-point number.
            result = f"try_cast(printf('%.15g', cast({result} as double) / {divisor}) as decimal(34, {PLACES + 2}))"
        written = without_zeros(result)
        whens = [f"when {as_written[part]} is not null and {numbers[part]} is null then {as_written[part]}" for part in self.parts()]
        # A number that nothing can be worked out with is named, beside the one that would be lost.
        if isinstance(self.factor, Operator):
            whens.append(f"when {as_written[self.factor]} is null then {without_numbers(summands, 'multiplied by an empty', self.factor)}")
        if isinstance(self.divisor, Operator):
            whens.append(f"when {as_written[self.divisor]} is null then {without_numbers(summands, 'divided by an empty', self.divisor)}")
            whens.append(f"when {numbers[self.divisor]} = 0 then {without_numbers(summands, 'divided by the 0 of', self.divisor)}")
        nothing = " and ".join(f"{as_written[part]} is null" for part in (*self.added, *self.subtracted))
        return f"case when {nothing} then null {' '.join(whens)} else {written} end"


@dataclass(frozen=True)
class Moved(Operator):
    """A date some days, weeks, months or years later (or earlier); far dates that stand for an open end stay."""

    of: Operator
    span: str
    is_later: bool

    def parts(self) -> tuple[Operator, ...]:
        return (self.of,)

    def sql(self, row: Row) -> str:
        written = text(self.of.sql(row.of("timestamp")))
        instant = f"try_cast({written} as timestamp)"
        number, unit = SPAN.fullmatch(self.span).groups()
        moved = f"{instant} {'+' if self.is_later else '-'} interval {literal(f'{number} {unit}')}"
        return f"case when {instant} < timestamp '{OPEN_END}' then cast({moved} as varchar) else {written} end"


@dataclass(frozen=True)
class DateOf(Operator):
    """The day of an instant; one with an offset stays as it is, for the contract to judge."""

    of: Operator

    def parts(self) -> tuple[Operator, ...]:
        return (self.of,)

    def sql(self, row: Row) -> str:
        written = text(self.of.sql(row.of("timestamp")))
        return rf"case when regexp_full_match({written}, '\d{{4}}-\d\d-\d\d([ T][0-9:.]+)?') then left({written}, 10) else {written} end"


@dataclass(frozen=True)
class Template(Operator):
    """Text with columns in it; empty where one of them is."""

    pieces: tuple[str | Operator, ...]

    def parts(self) -> tuple[Operator, ...]:
        return tuple(piece for piece in self.pieces if isinstance(piece, Operator))

    def sql(self, row: Row) -> str:
        of = row.of("text")
        return "(" + " || ".join(literal(piece) if isinstance(piece, str) else text(piece.sql(of)) for piece in self.pieces) + ")"


@dataclass(frozen=True)
class Lookup(Operator):
    """A column of another file, found by a key; `take` says which of several values, min or max, and without it there may be one only."""

    file: str
    by: Column
    key: str
    name: str
    take: str | None = None

    def parts(self) -> tuple[Operator, ...]:
        return (self.by,)

    def sql(self, row: Row) -> str:
        return row.look_up(self, row)


@dataclass(frozen=True)
class RowNumber(Operator):
    """The row's number in its file, for an id that the file lacks."""

    def depends_on_row(self) -> bool:
        return True

    def sql(self, row: Row) -> str:
        return quoted(ROW)


@dataclass(frozen=True)
class Aggregate(Operator):
    """One value of the rows that become one: first, last, min, max, sum or count."""

    name: str
    of: Operator | None

    def parts(self) -> tuple[Operator, ...]:
        return (self.of,) if self.of else ()

    def depends_on_row(self) -> bool:
        return False

    def sql(self, row: Row) -> str:
        if self.of is None:
            return "count(*)"
        kind = "decimal" if self.name == "sum" else row.kind
        of = text(self.of.sql(row.of(kind)))
        if self.name in ("first", "last"):
            return f"arg_{'min' if self.name == 'first' else 'max'}({of}, {quoted(ROW)})"  # those that are empty don't count
        return aggregated(self.name, of, kind)


def aggregated(function: str, of: str, kind: str) -> str:
    """The SQL of the least, largest or summed value of several.

    One that can't be read is handed on instead: the contract then says so of the row, and no other value hides it.
    """
    as_type = f"decimal(28, {PLACES})" if kind in NUMBERS else "timestamp" if kind in DAYS else "varchar"
    typed = f"try_cast({of} as {as_type})"
    result = f"{function}({typed})"
    written = without_zeros(result) if kind in NUMBERS else f"cast({result} as varchar)"
    return f"coalesce(min({of}) filter (where {of} is not null and {typed} is null), {written})"


def text(sql: str) -> str:
    """The SQL of a value as text without blanks around it; NULL where nothing is left."""
    return f"nullif(trim(cast({sql} as varchar)), '')"


def without_numbers(summands: list[str], what: str, other: Operator) -> str:
    """The SQL of a text that says why a number can't be worked out: `1200 divided by the 0 of Seats`."""
    return f"{without_zeros(' + '.join(summands))} || {literal(f' {what} ' + ', '.join(dict.fromkeys(other.columns())))}"


def without_zeros(sql: str) -> str:
    """The SQL of a decimal as text, without zeros after its last digit."""
    return rf"regexp_replace(regexp_replace(cast({sql} as varchar), '(\.\d*?)0+$', '\1'), '\.$', '')"


def comparable(sql: str) -> str:
    """The SQL of a value as it is compared: no blanks around it, lowercase, empty text for nothing."""
    return f"lower(coalesce(trim(cast({sql} as varchar)), ''))"


def template_pieces(pattern: str) -> list[str]:
    """A template's texts and, at every odd place, the names of its columns; ValueError where a brace stands alone."""
    pieces = re.split(r"\{([^{}]+)\}", pattern)
    if any("{" in piece or "}" in piece for piece in pieces):
        raise ValueError("a brace stands alone")
    return pieces
