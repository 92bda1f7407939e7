"""How the dates and numbers of a column are written, and the SQL that brings them to the contract's form.

The contract writes 2024-01-31 and 1234.50. Exports also write 31.01.2024, 01/31/2024, 1.234,50 or 1,234.50. A column is
read in another way than the contract's only where it's declared, or where all of its values leave no other reading: a
single cell decides nothing. Values that fit two readings that differ are a question, which is asked.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

import duckdb

from cs_metrics.sources import Source, find_row, literal, quoted

DATES = ("year first", "day first", "month first")
DECIMALS = ("point", "comma")
NUMBERS = ("integer", "decimal", "rate", "price", "amount")
DAYS = ("date", "timestamp")
PLAIN, DAY_FIRST, MONTH_FIRST, COMMA = "plain", "day first", "month first", "comma"
CONTRADICTIONS = 100
"""A column is read in one way although a value fits the other only if at least so many times as many fit the first only."""

SPACES = r" \x{00A0}\x{202F}'’"
"""What thousands may be set apart by, whatever stands before the decimals."""
SIGN = r"[+-]?"
EXPONENT = r"([eE][+-]?\d+)?"
POINT = rf"{SIGN}(\d+(_\d+)*\.?\d*|\.\d+|[1-9]\d{{0,2}}([,{SPACES}]\d{{3}})+(\.\d*)?){EXPONENT}"
WITH_COMMA = rf"{SIGN}(\d+|[1-9]\d{{0,2}}([.{SPACES}]\d{{3}})+)(,\d*)?{EXPONENT}|{SIGN},\d+"
ONE_POINT = rf"{SIGN}[1-9]\d{{0,2}}\.\d{{3}}"
ONE_COMMA = rf"{SIGN}[1-9]\d{{0,2}},\d{{3}}"
GROUPED = rf"{SIGN}[1-9]\d{{0,2}}([,{SPACES}]\d{{3}})+(\.\d*)?{EXPONENT}"

BESIDE = r"\s*([A-Za-z]{0,3}\p{Sc}|[A-Z]{3}|kr|zł|%)\s*"
"""The sign of a currency, its code or percent, beside a number."""
CURRENCIES = {
    sign: tuple(currencies.split())
    for sign, currencies in {
        "€": "EUR", "£": "GBP EGP GIP FKP SHP", "¥": "JPY CNY", "₹": "INR", "₩": "KRW", "₺": "TRY", "kr": "SEK NOK DKK ISK", "zł": "PLN",
        "us$": "USD", "ca$": "CAD", "c$": "CAD", "au$": "AUD", "a$": "AUD", "nz$": "NZD", "hk$": "HKD", "s$": "SGD", "r$": "BRL",
        "$": "USD CAD AUD NZD SGD HKD TWD MXN ARS CLP COP BRL JMD BBD BSD BZD FJD GYD LRD NAD SRD TTD UYU XCD",
    }.items()
}  # fmt: skip
"""The currencies that a sign may mean, the most common first; three letters mean themselves."""

TIME = r"(?:[T ,]+(\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?) ?([AaPp]\.?[Mm]\.?)?((?: ?[+-]\d{2}(?::?\d{2})?|Z| ?UTC)?))?"
DAY_AND_MONTH = rf"(\d{{1,2}})[./ -](\d{{1,2}})[./ -](\d{{4}}|\d{{2}}){TIME}"
MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
DAY_NAMED = rf"(\d{{1,2}})(?:st|nd|rd|th)?[. -]+([A-Za-z]{{3,9}})[., -]+(\d{{4}}){TIME}"
NAMED_DAY = rf"([A-Za-z]{{3,9}})[. -]+(\d{{1,2}})(?:st|nd|rd|th)?[, -]+(\d{{4}}){TIME}"
COMPACT = r"(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"


@dataclass(frozen=True)
class Formats:
    """How dates and numbers are written, where that is declared: of a folder, a file or a column."""

    dates: str | None = None
    decimals: str | None = None
    sign: str | None = None
    """What may stand beside the numbers, where the contract says so: `currency` or `percent`."""

    def or_else(self, other: "Formats") -> "Formats":
        """These, and where they say nothing the other's."""
        return Formats(self.dates or other.dates, self.decimals or other.decimals, self.sign or other.sign)


@dataclass(frozen=True)
class Reading:
    """How a column's values are read: `plain` ones are in the contract's form already."""

    kind: str
    how: str = PLAIN
    sign: str | None = None
    """The currency's sign or the percent sign that stands beside every value."""

    @property
    def is_plain(self) -> bool:
        """Whether nothing has to be done."""
        return self.how == PLAIN and not self.sign

    def sql(self, expression: str) -> str:
        """The SQL of a text in the contract's form; a value that doesn't fit stays as it's written."""
        if self.is_plain:
            return expression
        if self.kind in DAYS:
            return date_sql(expression, self.how)
        bare = without_sign(expression) if self.sign else expression
        return bare if self.how == PLAIN else number_sql(bare, self.how)


@dataclass
class ColumnFormats:
    """What came of looking at a source's columns."""

    readings: dict[str, Reading] = field(default_factory=dict)
    notices: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


@dataclass
class Seen:
    """What was seen in the columns of a source, before it's judged."""

    source: Source
    texts: dict[str, str]
    """The columns that are text, each with its kind in the contract."""
    declared: dict[str, Formats] | Formats = Formats()
    columns: list["Column"] = field(default_factory=list)
    """Those that aren't all in the contract's form."""
    has_plain_decimals: bool = False
    """Another one has decimal points."""

    def declared_for(self, name: str) -> Formats:
        """What is declared for a column."""
        return self.declared if isinstance(self.declared, Formats) else self.declared.get(name, Formats())

    def proofs(self) -> dict[str, str]:
        """The readings that its columns leave no choice about, each with what decides it."""
        found = {"point": f"{self.source.name} has it"} if self.has_plain_decimals else {}
        for column in self.columns:
            ways = {"day": DAY_FIRST, "month": MONTH_FIRST} if column.kind in DAYS else {"comma": COMMA, "point": "point"}
            shown = [which for which in ways if column.counts[which]]
            if len(shown) == 1 and not column.is_mostly_plain:
                place = f"column {column.name} of {self.source.name}"
                found.setdefault(ways[shown[0]], f"{place} has {column.example(shown[0])}")
        return found


def look(
    connection: duckdb.DuckDBPyConnection, source: Source, kinds: dict[str, str], declared: dict[str, Formats] | Formats = Formats()
) -> Seen:
    """Look at the columns of a source, given the kind of each in the contract; in one scan of the file, and one more for each odd one.

    `kinds` has columns as they are spelt in the file; `declared` is for all of them, or by column.
    """
    seen = Seen(source, {name: kind for name, kind in kinds.items() if source.columns[name] == "VARCHAR"}, declared)
    looked_at = [name for name, kind in seen.texts.items() if kind in DAYS] + [name for name, kind in seen.texts.items() if kind in NUMBERS]
    if not looked_at:
        return seen
    odd = connection.execute(f"select {', '.join(is_odd(name, seen.texts[name]) for name in looked_at)} from {source.scan}").fetchone()
    is_number = {name: kind in NUMBERS for name, kind in seen.texts.items()}
    looked_closely = [
        name for name, it_is in zip(looked_at, odd or ()) if it_is or (is_number[name] and seen.declared_for(name).decimals == COMMA)
    ]
    seen.columns = [look_at(connection, source, name, seen.texts[name], seen.declared_for(name).sign) for name in looked_closely]
    plain = [name for name in looked_at if is_number[name] and name not in looked_closely]
    seen.has_plain_decimals = has_plain_decimals(connection, source, plain)
    return seen


def judge(seen: Seen, family: list[Seen], labels: frozenset[str]) -> ColumnFormats:
    """How to read the columns of a source. What they leave open, its others tell, and those of its family, which are parts like it.

    A question about one of the `labels`, on which no figure rests, is a notice.
    """
    found = ColumnFormats(readings={name: Reading(kind) for name, kind in seen.texts.items()})
    proofs: dict[str, str] = {}
    for one in [seen, *family]:
        proofs = one.proofs() | proofs
    dates = {how: proof for how, proof in proofs.items() if how in (DAY_FIRST, MONTH_FIRST)}
    decimals = {how: proof for how, proof in proofs.items() if how in (COMMA, "point")}
    for column in seen.columns:
        asked = len(found.problems)
        if column.kind in DAYS:
            judge_dates(column, seen.declared_for(column.name).dates, dates if len(dates) == 1 else {}, found)
        else:
            judge_numbers(column, seen.declared_for(column.name).decimals, decimals if len(decimals) == 1 else {}, found)
        if column.name in labels:
            found.notices += [f"{problem} No figure rests on it, so it is read as it is written." for problem in found.problems[asked:]]
            del found.problems[asked:]
    return found


def is_odd(name: str, kind: str) -> str:
    """SQL that is true where a column has to be looked at closely: cheap, because most are in the contract's form."""
    value = quoted(name)
    if kind in DAYS:
        return f"coalesce(bool_or(substr({value}, 5, 1) <> '-'), false)"
    has_others = f"bool_or(translate({value}, '0123456789.-', '') <> '')"
    has_points, has_short = f"bool_or(contains({value}, '.'))", f"bool_or(contains({value}, '.') and substr({value}, -4, 1) <> '.')"
    return f"coalesce({has_others}, false) or (coalesce({has_points}, false) and not coalesce({has_short}, false))"


def has_plain_decimals(connection: duckdb.DuckDBPyConnection, source: Source, names: list[str]) -> bool:
    """Whether one of these columns, which are in the contract's form, has a decimal point."""
    if not names:
        return False
    points = " or ".join(f"contains({quoted(name)}, '.')" for name in names)
    ((row,),) = connection.execute(f"select coalesce(bool_or({points}), false) from {source.scan}").fetchall()
    return row


def look_at(connection: duckdb.DuckDBPyConnection, source: Source, name: str, kind: str, allowed: str | None) -> "Column":
    """A column with what is counted in it; `allowed` is the kind of sign that its numbers may have."""
    signs = signs_of(connection, source, name) if allowed and kind in NUMBERS else {}
    sign = next(iter(signs)) if len(signs) == 1 else None
    sign = sign if (sign == "%") == (allowed == "percent") else None
    measures = date_measures(name) if kind in DAYS else number_measures(name, kind, without_sign(quoted(name)) if sign else quoted(name))
    ((counts,),) = connection.execute(f"select {measures} from {source.scan} where {quoted(name)} is not null").fetchall()
    return Column(connection, source, name, kind, counts, sign, signs)


def signs_of(connection: duckdb.DuckDBPyConnection, source: Source, name: str) -> dict[str | None, str]:
    """The signs beside a column's numbers, None for none, each with a value that has it."""
    value = f"trim({quoted(name)})"
    rows = connection.execute(
        f"select nullif({sign_sql(quoted(name))}, ''), min({value}) from {source.scan} where regexp_matches({value}, '[0-9]') "
        "group by 1 order by 1 nulls first"
    ).fetchall()
    return dict(rows)


def sign_sql(expression: str) -> str:
    """The SQL of the sign beside a number."""
    value, before, after = f"trim({expression})", literal(rf"^[-+]?{BESIDE}[-+]?[\d.,]"), literal(rf"\d[.,]?{BESIDE}$")
    return f"coalesce(nullif(regexp_extract({value}, {before}, 1), ''), regexp_extract({value}, {after}, 1))"


def currencies_of(sign: str | None) -> tuple[str, ...]:
    """The currencies that a sign may mean; none where nothing is known of it."""
    return CURRENCIES.get((sign or "").lower(), (sign,) if sign and re.fullmatch("[A-Z]{3}", sign) else ())


def without_sign(expression: str) -> str:
    """The SQL of a number without the sign beside it."""
    before, after = literal(rf"^([-+]?){BESIDE}([-+]?[\d.,])"), literal(rf"(\d[.,]?){BESIDE}$")
    return rf"regexp_replace(regexp_replace(trim({expression}), {before}, '\1\3'), {after}, '\1')"


@dataclass
class Column:
    """A column of a source and what was counted in it."""

    connection: duckdb.DuckDBPyConnection
    source: Source
    name: str
    kind: str
    counts: dict
    sign: str | None = None
    """What stands beside every number."""
    signs: dict[str | None, str] = field(default_factory=dict)
    """What stands beside its numbers, each with a value."""

    @property
    def is_mostly_plain(self) -> bool:
        """Whether most of its dates begin with the year."""
        counts = self.counts
        return self.kind in DAYS and 0 < sum(counts[which] for which in ("both", "same", "day", "month")) <= counts["plain"]

    def example(self, which: str) -> str:
        """A value with its line: `'01.02.2024' in line 2`."""
        value = self.counts[f"{which}_example"]
        place = find_row(self.connection, self.source, {self.name: value}) if self.source.is_text else None
        if place is None:
            return repr(value)
        part = "" if place[0] == self.source.name else f"{place[0]}, "
        return f"{value!r} in {part}{'row' if self.source.sheet else 'line'} {place[1]}"

    def says(self, text: str) -> str:
        """A sentence about it."""
        return f"{self.source.name}: column {self.name}: {text}"


def measure(conditions: dict[str, str], value: str) -> str:
    """SQL of a struct: for each condition how many values fulfil it, and one that does."""
    parts = [f"{literal(name)}: count(*) filter ({condition})" for name, condition in conditions.items()]
    parts += [f"{literal(name + '_example')}: min({value}) filter ({condition})" for name, condition in conditions.items()]
    return "{" + ", ".join(parts) + "}"


def date_measures(name: str) -> str:
    """What is counted in a column of dates."""
    value = f"trim({quoted(name)})"
    shape = f"regexp_full_match({value}, {literal(DAY_AND_MONTH)}) and not regexp_matches({value}, '^[0-9]{{4}}')"
    first, second, year = (f"try_cast(regexp_extract({value}, {literal(DAY_AND_MONTH)}, {group}) as integer)" for group in (1, 2, 3))
    clear = " or ".join(f"regexp_full_match({value}, {literal(form)})" for form in (COMPACT, DAY_NAMED, NAMED_DAY))
    return measure(
        {
            "both": f"{shape} and {first} <= 12 and {second} <= 12 and {first} <> {second}",
            "same": f"{shape} and {first} <= 12 and {first} = {second}",
            "day": f"{shape} and {first} between 13 and 31 and {second} <= 12",
            "month": f"{shape} and {first} <= 12 and {second} between 13 and 31",
            "short": f"{shape} and {year} < 100",
            "clear": clear,
            "plain": f"regexp_matches({value}, '^[0-9]{{4}}[-/]')",
        },
        value,
    )


def number_measures(name: str, kind: str, number: str) -> str:
    """What is counted in a column of numbers, whose SQL without signs is `number`: `point` and `comma` fit one reading only."""
    value = f"trim({number})"
    point, comma = (f"regexp_full_match({value}, {literal(shape)})" for shape in (POINT, WITH_COMMA))
    one_point, one_comma = (f"regexp_full_match({value}, {literal(shape)})" for shape in (ONE_POINT, ONE_COMMA))
    conditions = {
        "point": f"{point} and not {comma}",
        "comma": f"{comma} and not {point}",
        "either": f"({one_point} or {one_comma})",
        "grouped": f"regexp_full_match({value}, {literal(GROUPED)})",
    }
    if kind == "integer":  # 1.200 of a whole number can only be 1200; 1.000 can be 1 as well
        fraction = f"not ends_with({value}, '000')"
        conditions["either"] = f"({one_point} or {one_comma}) and not {fraction}"
        conditions["comma"] = f"({conditions['comma']}) or ({one_point} and {fraction})"
        conditions["point"] = f"({conditions['point']}) or ({one_comma} and {fraction})"
    return measure(conditions, f"trim({quoted(name)})")


def judge_dates(column: Column, declared: str | None, others: dict[str, str], found: ColumnFormats) -> None:
    """How a column's dates are read; `others` is what the other columns of its file and of its parts tell, with the proof."""
    counts, says = column.counts, column.says
    shaped = counts["both"] + counts["same"] + counts["day"] + counts["month"]
    ways = "Say which: DATES=day-first or DATES=month-first (--dates), or write them like 2024-01-31."
    if declared in (DAY_FIRST, MONTH_FIRST):
        found.readings[column.name] = Reading(column.kind, declared)
        misfit = "month" if declared == DAY_FIRST else "day"
        if counts[misfit]:
            found.notices.append(
                says(
                    f"{misfits(counts[misfit], 'date')} what is declared ({declared}), such as {column.example(misfit)}; "
                    f"{stay(counts[misfit])} unreadable."
                )
            )
    elif not shaped:
        found.readings[column.name] = Reading(column.kind, DAY_FIRST if counts["clear"] else PLAIN)
    elif not declared and column.is_mostly_plain:
        which = column.example(first_of(counts, "both", "same", "day", "month"))
        found.notices.append(says(f"{misfits(shaped, 'date')} the others, which begin with the year: {which}; {stay(shaped)} unreadable."))
    elif declared:
        found.problems.append(
            says(f"{column.example(first_of(counts, 'both', 'same', 'day', 'month'))} doesn't begin with the year, as is declared. {ways}")
        )
    elif counts["short"]:
        found.problems.append(says(f"{column.example('short')} has a year of two digits, so it may be read in several ways. {ways}"))
    elif counts["day"] and counts["month"]:
        found.problems.append(
            says(
                f"{column.example('day')} has the day first, {column.example('month')} the month, so others may be either. "
                "Mend them at the source: one form for the whole column, best 2024-01-31."
            )
        )
    elif counts["day"] or counts["month"]:
        how = DAY_FIRST if counts["day"] else MONTH_FIRST
        found.readings[column.name] = Reading(column.kind, how)
        found.notices.append(says(f"dates are read {how}, because of {column.example('day' if counts['day'] else 'month')}."))
    elif counts["both"] and others:
        ((how, proof),) = others.items()
        found.readings[column.name] = Reading(column.kind, how)
        found.notices.append(says(f"dates such as {column.example('both')} are read {how}: {proof}."))
    elif counts["both"]:
        found.problems.append(
            says(f"{column.example('both')} may be {both_days(counts['both_example'])}; no value of the column tells. {ways}")
        )
    else:
        found.readings[column.name] = Reading(column.kind, DAY_FIRST)


def judge_numbers(column: Column, declared: str | None, others: dict[str, str], found: ColumnFormats) -> None:
    """How a column's numbers are read; `others` is what the other columns of its file and of its parts tell, with the proof."""
    counts, says = column.counts, column.says
    if column.sign:
        found.notices.append(says(f"numbers are read without the sign {column.sign} that all of them have."))
    elif any(column.signs):
        shown = ", ".join(f"{value!r} with {sign or 'no sign'}" for sign, value in column.signs.items())
        found.notices.append(says(f"a sign is left out only where all numbers have the same: {shown}. Those with one stay unreadable."))
    ways = "Say which: DECIMALS=comma or DECIMALS=point (--decimals), or write them like 1234.50."
    how = declared
    if declared and counts["point" if declared == COMMA else "comma"] and not counts[declared]:
        other = "point" if declared == COMMA else COMMA
        if counts["either"]:
            found.problems.append(
                says(
                    f"a decimal {declared} is declared, but {column.example(other)} has a decimal {other}, "
                    f"so {column.example('either')} may be either. Declare this file's or column's own, or mend it."
                )
            )
            return
        how = other
        found.notices.append(
            says(
                f"no number has a decimal {declared}, as is declared; they are read with a decimal {other}, "
                f"as {column.example(other)} has it."
            )
        )
    elif how is None and counts["point"] and counts["comma"]:
        if max(counts["point"], counts["comma"]) < CONTRADICTIONS * min(counts["point"], counts["comma"]):
            found.problems.append(says(f"{column.example('point')} has a decimal point, {column.example('comma')} a decimal comma. {ways}"))
            return
        how = "point" if counts["point"] > counts["comma"] else COMMA
    elif how is None and (counts["point"] or counts["comma"]):
        how = COMMA if counts["comma"] else "point"
        if how == COMMA:
            found.notices.append(says(f"numbers are read with a decimal comma, because of {column.example('comma')}."))
    elif how is None and counts["either"]:
        if not others:
            found.problems.append(
                says(f"{column.example('either')} may be {both_numbers(counts['either_example'])}; no number of the file tells. {ways}")
            )
            return
        ((how, proof),) = others.items()
        found.notices.append(says(f"numbers such as {column.example('either')} are read with a decimal {how}: {proof}."))
    misfit = "point" if how == COMMA else "comma"
    if how and counts[misfit]:
        found.notices.append(
            says(
                f"{misfits(counts[misfit], 'number')} a decimal {how}, such as {column.example(misfit)}; {stay(counts[misfit])} unreadable."
            )
        )
    if how != COMMA and counts["grouped"]:
        because = column.example("grouped")
        found.notices.append(says(f"numbers are read with a decimal point and thousands set apart, because of {because}."))
    found.readings[column.name] = Reading(column.kind, COMMA if how == COMMA else "grouped" if counts["grouped"] else PLAIN, column.sign)


def first_of(counts: dict, *names: str) -> str:
    """The first of these that was counted."""
    return next(name for name in names if counts[name])


def misfits(count: int, what: str) -> str:
    """`1 date doesn't fit`, `2 dates don't fit`."""
    return f"1 {what} doesn't fit" if count == 1 else f"{count:,} {what}s don't fit"


def stay(count: int) -> str:
    """`it stays`, `they stay`."""
    return "it stays" if count == 1 else "they stay"


def both_days(value: str) -> str:
    """`1 February or 2 January`."""
    first, second = (int(part) for part in re.findall(r"\d+", value)[:2])
    names = "January February March April May June July August September October November December".split()
    return f"{first} {names[second - 1]} or {second} {names[first - 1]}"


def both_numbers(value: str) -> str:
    """`1234 or 1.234`."""
    return f"{re.sub('[.,]', '', value)} or {value.replace(',', '.')}"


def date_sql(expression: str, how: str) -> str:
    """The SQL that writes a date with the day or the month first, or with the month's name, as 2024-01-31 or with its time."""
    value = f"trim({expression})"

    def part(shape: str, group: int) -> str:
        return f"regexp_extract({value}, {literal(shape)}, {group})"

    def written(shape: str, year: str, month: str, day: str) -> str:
        clock, half, offset = part(shape, 4), part(shape, 5), part(shape, 6)
        hour = f"cast(split_part({clock}, ':', 1) as integer)"
        of_day = f"case lower(left({half}, 1)) when 'p' then {hour} % 12 + 12 when 'a' then {hour} % 12 else {hour} end"
        in_full = f"lpad(cast({of_day} as varchar), 2, '0') || substr({clock}, strpos({clock}, ':'))"
        seconds = f"case when length({clock}) - length(replace({clock}, ':', '')) = 1 then ':00' else '' end"
        day_text = f"{year} || '-' || lpad({month}, 2, '0') || '-' || lpad({day}, 2, '0')"
        return f"{day_text} || case when {clock} = '' then '' else ' ' || {in_full} || {seconds} || trim({offset}) end"

    first, second, third = (part(DAY_AND_MONTH, group) for group in (1, 2, 3))
    year = f"case when length({third}) = 2 then case when {third} < '70' then '20' else '19' end || {third} else {third} end"
    day, month = (first, second) if how == DAY_FIRST else (second, first)

    def month_number(shape: str, group: int) -> str:
        names = ", ".join(literal(name) for name in MONTHS)
        return f"nullif(cast(list_position([{names}], lower(left({part(shape, group)}, 3))) as varchar), '0')"

    forms = {
        DAY_AND_MONTH: written(DAY_AND_MONTH, year, month, day),
        COMPACT: f"left({value}, 4) || '-' || substr({value}, 5, 2) || '-' || substr({value}, 7, 2)",
        DAY_NAMED: written(DAY_NAMED, part(DAY_NAMED, 3), month_number(DAY_NAMED, 2), part(DAY_NAMED, 1)),
        NAMED_DAY: written(NAMED_DAY, part(NAMED_DAY, 3), month_number(NAMED_DAY, 1), part(NAMED_DAY, 2)),
    }
    text = f"case {' '.join(f'when regexp_full_match({value}, {literal(shape)}) then {iso}' for shape, iso in forms.items())} end"
    # A day that there isn't, such as 31.02.2024, is shown as the source has it when it's rejected.
    return f"(select case when try_cast(left(iso, 10) as date) is null then {expression} else iso end from (select {text} as iso))"


def number_sql(expression: str, how: str) -> str:
    """The SQL that writes a number with a decimal point and without thousands separators."""
    value = f"trim({expression})"
    if how == COMMA:
        digits = f"replace(regexp_replace({value}, {literal('[.' + SPACES + ']')}, '', 'g'), ',', '.')"
        # A number with a decimal point mustn't be taken for one after all: 1.234 is 1234 here, and 12.34 a fault.
        return (
            f"case when regexp_full_match({value}, {literal(WITH_COMMA)}) then {digits} "
            f"when regexp_full_match({value}, {literal(POINT)}) then {expression} || ' (no decimal comma)' else {expression} end"
        )
    digits = f"regexp_replace({value}, {literal('[,' + SPACES + ']')}, '', 'g')"
    return f"case when regexp_full_match({value}, {literal(GROUPED)}) then {digits} else {expression} end"


def declared_formats(dates: str | None, decimals: str | None) -> Formats:
    """What is declared in words such as `day-first` and `comma`; raises ValueError for others."""
    return Formats(one_of(dates, DATES, "dates"), one_of(decimals, DECIMALS, "decimals"))


def one_of(text: str | None, known: Iterable[str], what: str = "") -> str | None:
    """A word of a list, in any case and with spaces, hyphens or underscores."""
    if not text:
        return None
    word = re.sub(r"[\s_-]+", " ", text.strip().lower())
    if word not in known:
        about = f"{what}: " if what else ""
        raise ValueError(f"{about}{text!r} is not known. Expected one of: {', '.join(each.replace(' ', '-') for each in known)}.")
    return word
