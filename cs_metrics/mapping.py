"""Reads mapping.yml, which says what of an export is what of the input contract, and writes it as queries.

A folder without one is mapped by the names of its files and columns, through the same blocks. Everything that can be known
without the rows is checked here, and all that is wrong is said at once, with its place. No SQL comes from the file: names and
values go through `quoted` and `literal`.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import yaml

from cs_metrics.contract import Column as ContractColumn
from cs_metrics.contract import Table, nearest
from cs_metrics.formats import DATES, DECIMALS, Formats, declared_formats
from cs_metrics.operators import (
    ROW, SPAN, Aggregate, Column, Computed, DateOf, Filled, FirstFilled, Lookup, Moved, Operator, Row, RowNumber, Template,
    Translated, Value, aggregated, comparable, template_pieces, text,
)  # fmt: skip
from cs_metrics.sources import Source, line_of, literal, plain_name, quoted
from cs_metrics.terminal import some

NAME = "mapping.yml"
PROPOSED = "mapping.proposed.yml"
ENTITY_COLUMN = "billing_entity"
EXTRA_COLUMN = re.compile(r"x_[a-z0-9_]+")
FILE = "__file"
FORMATS = {"dates": DATES, "decimals": DECIMALS}
REMARK = re.compile(r"\s*(?:- )?(?P<name>\w+):.*?\s# (?P<level>decide|check): (?P<about>.*)")
"""A line of a mapping with a remark that something in it is still to be decided, or to be looked at."""
WRITTEN = Callable[[Source, str, str, Formats], str]
"""The SQL of a source's column in the contract's written form: source, column, kind of the contract, declared formats."""


@dataclass(frozen=True)
class Condition:
    """Rows that a block takes."""

    column: str
    values: tuple[str, ...]
    is_not: bool = False

    def sql(self) -> str:
        """The condition, in SQL."""
        values = ", ".join(literal(value.strip().lower()) for value in self.values)
        return f"{comparable(quoted(self.column))} {'not in' if self.is_not else 'in'} ({values})"


@dataclass(frozen=True)
class Block:
    """What one file gives to one table."""

    table: Table
    source: Source
    columns: dict[str, Operator]
    conditions: tuple[Condition, ...] = ()
    one_row_per: tuple[str, ...] = ()
    formats: Formats = Formats()
    place: str = ""

    def reads(self) -> set[str]:
        """The columns of the file that it reads."""
        of_conditions = {condition.column for condition in self.conditions}
        return of_conditions | {name for operator in self.columns.values() for name in operator.columns()}

    def operators(self) -> list[Operator]:
        """All operators in it."""
        return [each for operator in self.columns.values() for each in operator.everything()]

    def lookups(self) -> list[Lookup]:
        """Those of them that look something up."""
        return [operator for operator in self.operators() if isinstance(operator, Lookup)]


@dataclass
class Mapping:
    """What of an export is what of the contract."""

    blocks: list[Block] = field(default_factory=list)
    sources: dict[str, Source] = field(default_factory=dict)
    entity: str | None = None
    not_read: dict[str, str] = field(default_factory=dict)
    """Files that are left out on purpose, with the reason."""
    extra_columns: list[str] = field(default_factory=list)
    """The columns of accounts that start with x_."""
    place: str = ""
    to_decide: list[str] = field(default_factory=list)
    """What its remarks say that only a person can tell, where the remark still stands."""
    to_check: list[str] = field(default_factory=list)
    """What its remarks say is to be looked at, where the remark still stands."""

    def blocks_of(self, table: str) -> list[Block]:
        """The blocks that feed a table."""
        return [block for block in self.blocks if block.table.name == table]

    @property
    def tables(self) -> dict[str, Table]:
        """The tables that something feeds, in the contract's order."""
        return {block.table.name: block.table for block in self.blocks}

    def unread_columns(self) -> dict[str, list[str]]:
        """For each file that is read, its columns that nothing reads."""
        read: dict[str, set[str]] = {}
        for block in self.blocks:
            read.setdefault(block.source.name, set()).update(block.reads())
            for lookup in block.lookups():
                read.setdefault(lookup.file, set()).update({lookup.key, lookup.name})
        return {file: [name for name in self.sources[file].columns if name not in names] for file, names in read.items()}

    def unread_files(self) -> list[str]:
        """The files that nothing reads and that aren't left out on purpose."""
        read = self.unread_columns()
        return [name for name in self.sources if name not in read and name not in self.not_read]


# --- by names ----------------------------------------------------------------------------------------------------


def map_by_names(sources: list[Source], tables: dict[str, Table], entity: str | None) -> Mapping:
    """The mapping of files and columns that are called as the contract calls them, in any case."""
    mapping = Mapping(sources={source.name: source for source in sources}, entity=entity)
    for source in sources:
        table = table_named(source.stem, tables)
        if not table:
            continue
        columns: dict[str, Operator] = {}
        for spelt in source.columns:
            name = plain_name(spelt)
            is_extra = table.name == "accounts" and EXTRA_COLUMN.fullmatch(name)
            if (name in table.column_names or is_extra) and name not in columns:
                columns[name] = Column(source.name, spelt)
        mapping.blocks.append(Block(table, source, columns))
    mapping.blocks.sort(key=lambda block: list(tables).index(block.table.name))
    mapping.extra_columns = extra_columns(mapping)
    return mapping


def table_named(stem: str, tables: dict[str, Table]) -> Table | None:
    """The table that a file is named after: subscriptions.csv, a part such as subscriptions_2024.csv or subscriptions-part2.csv,
    or what a browser or a desktop calls a second copy, such as `subscriptions (1).csv`."""
    whole = re.sub(r"^copy_of_|(_copy|_\(\d+\))$", "", stem)
    return tables.get(whole) or tables.get(re.sub(r"(_?(part)?_?\d+)+$", "", whole))


def problems_of_names(mapping: Mapping) -> list[str]:
    """What is wrong with files that are taken by their names: required columns that are missing, files that are there twice."""
    problems = []
    by_name = [block for block in mapping.blocks if not block.place]
    for block in by_name:
        others = [other.source for other in by_name if other.table == block.table and other is not block]
        twins = [other for other in others if other.stem == block.source.stem or other.stem == block.table.name]
        if twins and block.source.stem != block.table.name or twins and block.source.name > twins[0].name:
            problems.append(
                f"{block.source.name}: {twins[0].name} is there too. Expected: one file for {block.table.name}, or parts that are all "
                f"numbered ({block.table.name}_1, {block.table.name}_2); remove one."
            )
        strangers = [plain_name(name) for name in block.source.columns if plain_name(name) not in block.columns]
        spelt = [name for name in block.source.columns if plain_name(name) in block.columns]
        for first, second in zip(spelt, spelt[1:]):
            twin = next((name for name in spelt if name != second and plain_name(name) == plain_name(second)), None)
            if twin and spelt.index(twin) < spelt.index(second):
                problems.append(
                    f"{block.source.name}: columns {twin} and {second} are both {plain_name(second)}. "
                    "Expected: one of them; rename the other."
                )
        for column in block.table.columns:
            if not column.is_required or column.name in block.columns or (column.name == ENTITY_COLUMN and mapping.entity):
                continue
            advice = nearest(column.name, sorted(strangers))
            if column.name == ENTITY_COLUMN:
                advice += " If all of it is one entity, name it instead: ENTITY=name (--entity name)."
            problems.append(
                f"{block.source.name}: the required column {column.name} is missing. "
                f"Expected: {column.name} ({column.kind}), {column.description}{advice}"
            )
    return problems


def extra_columns(mapping: Mapping) -> list[str]:
    """The columns of accounts that the contract doesn't have, in the order of the files."""
    names = [name for block in mapping.blocks_of("accounts") for name in block.columns]
    return [name for name in dict.fromkeys(names) if EXTRA_COLUMN.fullmatch(name)]


# --- reading mapping.yml -----------------------------------------------------------------------------------------


class MappingError(Exception):
    """What is wrong with a mapping, a line each."""


def read_mapping(path: Path, folder: Path, sources: list[Source], tables: dict[str, Table], entity: str | None) -> Mapping:
    """The mapping that a file states; files named after tables of the contract that it doesn't mention are taken by name."""
    try:
        content = path.read_text(encoding="utf-8-sig")
        root = yaml.compose(content, Loader=yaml.BaseLoader)
    except OSError as error:
        raise MappingError(f"{path}: can't be read: {error.strerror}. Expected: a mapping, such as `make map` proposes.") from error
    except UnicodeDecodeError as error:
        raise MappingError(f"{path.name}: is not UTF-8 text. Save it as UTF-8.") from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f", line {mark.line + 1}" if mark else ""
        raise MappingError(f"{path.name}{where}: is not YAML: {getattr(error, 'problem', None) or error}.") from error
    reader = Reader(path.name, sources, tables, {entry.name for entry in folder.iterdir()})
    mapping = reader.mapping(root)
    mapping.entity = entity or mapping.entity
    take_remarks(mapping, content)
    if not reader.problems:
        by_name = map_by_names(sources, tables, mapping.entity)
        mentioned = {block.source.name for block in mapping.blocks} | set(mapping.not_read)
        mapping.blocks += [
            block for block in by_name.blocks if block.source.name not in mentioned and block.table.name not in mapping.tables
        ]
        mapping.blocks.sort(key=lambda block: list(tables).index(block.table.name))
    if reader.problems:
        raise MappingError("\n".join(reader.problems))
    mapping.extra_columns = extra_columns(mapping)
    return mapping


def take_remarks(mapping: Mapping, content: str) -> None:
    """Take note of the remarks `decide` and `check` that `make map` has left and that nobody has taken away."""
    for number, line in enumerate(content.splitlines(), 1):
        if remark := REMARK.fullmatch(line.rstrip()):
            found = mapping.to_decide if remark["level"] == "decide" else mapping.to_check
            found.append(f"{mapping.place}, line {number}, {remark['name']}: {remark['about']}")


ARGUMENTS = {
    "value": (), "column": ("values", "else", "if_empty", "divide_by", "multiply_by", "plus", "minus", "dates", "decimals"),
    "text": ("if_empty",), "lookup": ("by", "column", "take", "values", "else", "if_empty"), "row_number": (),
    "filled": ("then", "else"), "first_filled": (),
    "add": ("subtract", "divide_by", "multiply_by"), "date_of": (), "first": (), "last": (), "min": (), "max": (), "sum": (), "count": (),
}  # fmt: skip
"""Each operator by its first word, with the words that may stand beside it."""
AGGREGATES = ("first", "last", "min", "max", "sum")


class Reader:
    """Reads the nodes of one mapping and gathers what is wrong with them."""

    def __init__(self, name: str, sources: list[Source], tables: dict[str, Table], in_folder: set[str]) -> None:
        self.name = name
        self.sources = {source.name: source for source in sources}
        self.tables = tables
        self.in_folder = in_folder
        """All that is in the folder, what can't be read too."""
        self.problems: list[str] = []

    # Nodes of YAML

    def place(self, node: yaml.Node) -> str:
        """Where a node stands."""
        return f"{self.name}, line {node.start_mark.line + 1}"

    def wrong(self, node: yaml.Node, message: str) -> None:
        """Take note of something wrong."""
        self.problems.append(f"{self.place(node)}: {message}")

    def scalar(self, node: yaml.Node | None, what: str) -> str | None:
        """A value as it is written; None for an empty one, `null` or `~`."""
        if node is None:
            return None
        if not isinstance(node, yaml.ScalarNode):
            self.wrong(node, f"{what} is one value, not a list or a block.")
            return None
        return None if node.style is None and node.value in ("", "~", "null") else node.value

    def items(self, node: yaml.Node | None, what: str) -> dict[str, tuple[yaml.Node, yaml.Node]]:
        """The keys of a block, each with its own node and its value's."""
        if node is None or (isinstance(node, yaml.ScalarNode) and self.scalar(node, what) is None):
            return {}
        if not isinstance(node, yaml.MappingNode):
            self.wrong(node, f"{what} is a block of `name: value`.")
            return {}
        found: dict[str, tuple[yaml.Node, yaml.Node]] = {}
        for key, value in node.value:
            name = self.scalar(key, "a name")
            if name in found:
                self.wrong(key, f"{name} stands here twice.")
            found[name or ""] = (key, value)
        return found

    def known(self, node: yaml.Node, what: str, allowed: list[str]) -> dict[str, yaml.Node]:
        """The values of a block that may have certain keys only."""
        found = self.items(node, what)
        for name, (key, _) in found.items():
            if name not in allowed:
                self.wrong(key, f"{what} has no {name}{nearest(name, allowed)}. Expected: {', '.join(allowed)}.")
        return {name: value for name, (_, value) in found.items() if name in allowed}

    def entries(self, node: yaml.Node | None) -> list[yaml.Node]:
        """The entries of a list; one value is a list of one."""
        if node is None:
            return []
        return list(node.value) if isinstance(node, yaml.SequenceNode) else [node]

    # The parts of a mapping

    def mapping(self, root: yaml.Node | None) -> Mapping:
        """The whole."""
        mapping = Mapping(sources=self.sources, place=self.name)
        if root is None:
            self.problems.append(f"{self.name}: is empty. Expected: `tables:` with a block per table, such as `make map` proposes.")
            return mapping
        parts = self.known(root, "the mapping", ["entity", "formats", "tables", "not_read"])
        mapping.entity = self.scalar(parts.get("entity"), "entity")
        formats = self.formats(parts.get("formats"))
        for name, (key, reason) in self.items(parts.get("not_read"), "not_read").items():
            source = None if name in self.in_folder and name not in self.sources else self.source(key, name)
            if source or name in self.in_folder:
                mapping.not_read[source.name if source else name] = self.scalar(reason, "a reason") or "no reason is given"
        if "tables" not in parts:
            self.wrong(root, "`tables:` is missing.")
        for name, (key, node) in self.items(parts.get("tables"), "tables").items():
            if name not in self.tables:
                self.wrong(
                    key, f"{name} is no table of the contract{nearest(name, list(self.tables))}. Its tables: {', '.join(self.tables)}."
                )
                continue
            for one in self.entries(node):
                block = self.block(self.tables[name], one, formats, mapping)
                if block:
                    mapping.blocks.append(block)
        return mapping

    def formats(self, node: yaml.Node | None) -> Formats:
        """Declared formats."""
        return self.formats_in(self.known(node, "formats", list(FORMATS)) if node else {})

    def formats_in(self, parts: dict[str, yaml.Node]) -> Formats:
        """The formats among the words of a block."""
        declared = {}
        for name in FORMATS.keys() & parts.keys():
            value = self.scalar(parts[name], name)
            try:
                declared_formats(**{"dates": None, "decimals": None, name: value})
                declared[name] = value
            except ValueError as error:
                self.wrong(parts[name], str(error))
        return declared_formats(declared.get("dates"), declared.get("decimals"))

    def source(self, node: yaml.Node, name: str | None) -> Source | None:
        """The file of a name; it may be written without its folder's spelling of case."""
        same = [source for known, source in self.sources.items() if known.lower() == (name or "").strip().lower()]
        if same:
            return same[0]
        self.wrong(node, f"no file {name} in the folder{near(name or '', list(self.sources))}. Its files: {some(list(self.sources))}.")
        return None

    def block(self, table: Table, node: yaml.Node, formats: Formats, mapping: Mapping) -> Block | None:
        """What one file gives to a table."""
        if not isinstance(node, yaml.MappingNode):
            self.wrong(node, f"{table.name} is a block with file and columns, or a list of such blocks.")
            return None
        parts = self.known(node, table.name, ["file", "columns", "where", "one_row_per", "formats"])
        if "file" not in parts:
            self.wrong(node, f"{table.name} has no file. Say which: `file: name.csv`.")
            return None
        source = self.source(parts["file"], self.scalar(parts["file"], "file"))
        if not source:
            return None
        columns: dict[str, Operator] = {}
        before = len(self.problems)
        for name, (key, value) in self.items(parts.get("columns"), "columns").items():
            if name not in table.column_names and not (table.name == "accounts" and EXTRA_COLUMN.fullmatch(name)):
                advice = " An own column of accounts starts with x_." if table.name == "accounts" else ""
                self.wrong(key, f"{table.name} has no column {name}{nearest(name, table.column_names)}.{advice}")
                continue
            operator = self.operator(value, source)
            if operator:
                columns[name] = operator
        conditions = tuple(filter(None, (self.condition(each, source) for each in self.entries(parts.get("where")))))
        per = tuple(self.key_of_one_row(each, columns, source) for each in self.entries(parts.get("one_row_per")))
        block = Block(table, source, columns, conditions, per, self.formats(parts.get("formats")).or_else(formats), self.place(node))
        if len(self.problems) == before:
            self.check_rows(block)
        entity = mapping.entity or columns.get(ENTITY_COLUMN)
        self.check_required(block, node, self.items(parts.get("columns"), "columns"), bool(entity))
        return block

    def key_of_one_row(self, node: yaml.Node, columns: dict[str, Operator], source: Source) -> str:
        """A column of the contract of which there is to be one row."""
        name = self.scalar(node, "one_row_per") or ""
        if name not in columns:
            from_it = [own for own, operator in columns.items() if isinstance(operator, Column) and operator.name == name]
            advice = f" (did you mean {from_it[0]}, which is made of {name}?)" if from_it else nearest(name, list(columns))
            self.wrong(node, f"one_row_per names columns of this block, and {name} is none{advice}. Its columns: {', '.join(columns)}.")
        return name

    def check_rows(self, block: Block) -> None:
        """Where rows become one, each column says which of their values it takes; elsewhere none may."""
        for name, operator in block.columns.items():
            aggregates = [each for each in operator.everything() if isinstance(each, Aggregate)]
            if not block.one_row_per and aggregates:
                self.problems.append(
                    f"{aggregates[0].place}: {name}: {aggregates[0].name} needs one_row_per: it takes one value of several rows."
                )
            if block.one_row_per and name not in block.one_row_per and operator.depends_on_row():
                self.problems.append(
                    f"{operator.place}: {name}: several rows become one row per {' and '.join(block.one_row_per)}. "
                    "Say which value to take: {first: ...}, {last: ...}, {min: ...}, {max: ...} or {sum: ...}."
                )
            if name in block.one_row_per and aggregates:
                self.problems.append(
                    f"{operator.place}: {name}: one_row_per names it, so it can't be {aggregates[0].name} of several rows."
                )

    def check_required(self, block: Block, node: yaml.Node, written: dict, has_entity: bool) -> None:
        """Columns that the contract requires and that nothing gives."""
        for column in block.table.columns:
            if not column.is_required or column.name in written or (column.name == ENTITY_COLUMN and has_entity):
                continue
            advice = near(column.name, [name for name in block.source.columns if name not in block.reads()])
            if column.name == ENTITY_COLUMN:
                advice = ". If all of it is one entity, name it at the top: `entity: name`, or ENTITY=name"
            self.wrong(node, missing_column(block, column, advice))

    def condition(self, node: yaml.Node, source: Source) -> Condition | None:
        """Which rows a block takes."""
        parts = self.known(node, "where", ["column", "is", "is_not"])
        column = self.column(parts.get("column", node), source)
        if not column or ("is" in parts) == ("is_not" in parts):
            self.wrong(node, "where needs a column and either `is: [values]` or `is_not: [values]`.")
            return None
        is_not = "is_not" in parts
        values = tuple(self.scalar(each, "a value") or "" for each in self.entries(parts["is_not" if is_not else "is"]))
        return Condition(column.name, values, is_not)

    # Operators

    def operator(self, node: yaml.Node, source: Source) -> Operator | None:
        """A column's value: the name of a column of the file, or an operator."""
        if isinstance(node, yaml.MappingNode):
            return self.operation(node, source)
        return self.column(node, source)

    def value(self, node: yaml.Node, source: Source) -> Operator:
        """A value as it is written, or an operator."""
        if isinstance(node, yaml.MappingNode):
            return self.operation(node, source) or Value(self.place(node), None)
        return Value(self.place(node), self.scalar(node, "a value"))

    def column(self, node: yaml.Node, source: Source) -> Column | None:
        """A column of the file; the case and blanks around it don't matter."""
        name = self.scalar(node, "a column")
        if name is None:
            if isinstance(node, yaml.ScalarNode):
                self.wrong(node, "a column of the file is missing here. For a column without values write {value: ~}, or leave it out.")
            return None
        if name in source.columns:
            return Column(self.place(node), name)
        same = [known for known in source.columns if plain(known) == plain(name)]
        if len(same) == 1:
            return Column(self.place(node), same[0])
        advice = near(name, list(source.columns))
        self.wrong(
            node,
            f"no column {name} in {source.name}{advice}. Its columns: {some(list(source.columns))}. "
            f"A value for all rows is {{value: {name}}}.",
        )
        return None

    def operation(self, node: yaml.MappingNode, source: Source) -> Operator | None:
        """An operator with its arguments."""
        found = self.items(node, "an operator")
        first = next((name for name in ARGUMENTS if name in found and not (name == "column" and "lookup" in found)), None)
        if first is None:
            name = next(iter(found), "")
            self.wrong(node, f"no operator {name}{nearest(name, list(ARGUMENTS))}. Expected: {', '.join(ARGUMENTS)}.")
            return None
        before = len(self.problems)
        parts = self.known(node, first, [first, *ARGUMENTS[first]])
        if len(self.problems) > before:
            return None
        if first in AGGREGATES:
            of = self.operator(parts[first], source)
            return Aggregate(self.place(node), first, of) if of else None
        operator = getattr(self, f"read_{first}")(node, parts, source)
        if operator and "if_empty" in parts:
            operator = FirstFilled(self.place(node), (operator, self.value(parts["if_empty"], source)))
        return operator

    def read_value(self, node: yaml.Node, parts: dict[str, yaml.Node], source: Source) -> Operator:
        return Value(self.place(node), self.scalar(parts["value"], "value"))

    def read_column(self, node: yaml.Node, parts: dict[str, yaml.Node], source: Source) -> Operator | None:
        column = self.column(parts["column"], source)
        if not column:
            return None
        of: Operator = Column(column.place, column.name, self.formats_in(parts))
        groups = [{"values", "else"} & set(parts), {"divide_by", "multiply_by"} & set(parts), {"plus", "minus"} & set(parts)]
        if sum(map(bool, groups)) > 1:
            self.wrong(node, "values, divide_by or multiply_by, and plus or minus don't go together in one operator.")
            return None
        if groups[0]:
            return self.translated(node, of, parts, source)
        if groups[1]:
            return self.computed(node, (of,), parts, source)
        if groups[2]:
            return self.moved(node, of, parts)
        return of

    def translated(self, node: yaml.Node, of: Operator, parts: dict[str, yaml.Node], source: Source) -> Operator | None:
        """The same with a value for each value, where those are listed."""
        if "values" not in parts:
            if "else" in parts:
                self.wrong(node, "else needs values beside it: `values: {theirs: ours}`.")
                return None
            return of
        values = {name: self.value(value, source) for name, (_, value) in self.items(parts["values"], "values").items()}
        return Translated(self.place(node), of, values, self.value(parts["else"], source) if "else" in parts else None)

    def moved(self, node: yaml.Node, of: Operator, parts: dict[str, yaml.Node]) -> Operator | None:
        """A date and a span."""
        if "plus" in parts and "minus" in parts:
            self.wrong(node, "plus and minus don't go together.")
            return None
        word = "plus" if "plus" in parts else "minus"
        span = self.scalar(parts[word], word) or ""
        if not SPAN.fullmatch(span):
            self.wrong(parts[word], f"{word} can't be {span!r}. Expected: a number and day, week, month or year, such as `1 day`.")
            return None
        return Moved(self.place(node), of, span, word == "plus")

    def read_text(self, node: yaml.Node, parts: dict[str, yaml.Node], source: Source) -> Operator | None:
        pattern = self.scalar(parts["text"], "text") or ""
        try:
            pieces = template_pieces(pattern)
        except ValueError:
            self.wrong(parts["text"], f'text {pattern!r} has a brace that stands alone. Expected: like "{{column}}-item".')
            return None
        columns = [self.column(yaml.ScalarNode("", name, parts["text"].start_mark, style='"'), source) for name in pieces[1::2]]
        if not columns:
            self.wrong(
                parts["text"], f'text {pattern!r} names no column. Expected: like "{{column}}-item"; a fixed text is {{value: ...}}.'
            )
        if not columns or not all(columns):
            return None
        return Template(self.place(node), tuple(columns[index // 2] if index % 2 else piece for index, piece in enumerate(pieces)))

    def read_lookup(self, node: yaml.Node, parts: dict[str, yaml.Node], source: Source) -> Operator | None:
        other = self.source(parts["lookup"], self.scalar(parts["lookup"], "lookup"))
        if not other or "by" not in parts or "column" not in parts:
            if other:
                self.wrong(node, "lookup needs `by:` (the column of both files, or {own: theirs}) and `column:` (what to take).")
            return None
        by = parts["by"]
        if isinstance(by, yaml.MappingNode) and len(by.value) == 1:
            ((own_node, key_node),) = by.value
        else:
            own_node = key_node = by
        own, key, column = self.column(own_node, source), self.column(key_node, other), self.column(parts["column"], other)
        take = self.scalar(parts.get("take"), "take")
        if take not in (None, "min", "max"):
            self.wrong(parts["take"], f"take can't be {take!r}. Expected: min or max, or nothing where there is one value.")
        if not own or not key or not column:
            return None
        return self.translated(node, Lookup(self.place(node), other.name, own, key.name, column.name, take), parts, source)

    def read_row_number(self, node: yaml.Node, parts: dict[str, yaml.Node], source: Source) -> Operator | None:
        if self.scalar(parts["row_number"], "row_number") != "true":
            self.wrong(node, "row_number is written {row_number: true}; with something around it, give the file an id column.")
            return None
        return RowNumber(self.place(node))

    def read_filled(self, node: yaml.Node, parts: dict[str, yaml.Node], source: Source) -> Operator | None:
        of = self.operator(parts["filled"], source)
        if not of or "then" not in parts or "else" not in parts:
            if of:
                self.wrong(node, "filled needs then and else: {filled: end_date, then: cancelled, else: active}.")
            return None
        return Filled(self.place(node), of, self.value(parts["then"], source), self.value(parts["else"], source))

    def read_first_filled(self, node: yaml.Node, parts: dict[str, yaml.Node], source: Source) -> Operator | None:
        options = [self.operator(each, source) for each in self.entries(parts["first_filled"])]
        return FirstFilled(self.place(node), tuple(options)) if all(options) else None

    def read_add(self, node: yaml.Node, parts: dict[str, yaml.Node], source: Source) -> Operator | None:
        added = [self.operator(each, source) for each in self.entries(parts["add"])]
        return self.computed(node, tuple(added), parts, source) if all(added) else None

    def computed(self, node: yaml.Node, added: tuple[Operator, ...], parts: dict[str, yaml.Node], source: Source) -> Operator | None:
        """Numbers put together."""
        subtracted = [self.operator(each, source) for each in self.entries(parts.get("subtract"))]
        factors = {}
        for word in ("multiply_by", "divide_by"):
            number = self.scalar(parts[word], word) if isinstance(parts.get(word), yaml.ScalarNode) else None
            if number and re.fullmatch(r"\d+(\.\d+)?", number):
                if not float(number):
                    self.wrong(parts[word], f"{word} can't be 0.")
                factors[word] = number
            elif word in parts:
                factors[word] = self.operator(parts[word], source)
                if not factors[word]:
                    return None
        if not all(subtracted):
            return None
        return Computed(self.place(node), added, tuple(subtracted), factors.get("multiply_by"), factors.get("divide_by"))

    def read_date_of(self, node: yaml.Node, parts: dict[str, yaml.Node], source: Source) -> Operator | None:
        of = self.operator(parts["date_of"], source)
        return DateOf(self.place(node), of) if of else None

    def read_count(self, node: yaml.Node, parts: dict[str, yaml.Node], source: Source) -> Operator | None:
        if self.scalar(parts["count"], "count") != "rows":
            self.wrong(node, "count is written {count: rows}.")
            return None
        return Aggregate(self.place(node), "count", None)


def missing_column(block: Block, column: ContractColumn, advice: str) -> str:
    """That a required column of a block comes from nowhere."""
    return (
        f"{block.table.name}: nothing gives the required column {column.name}{advice}. "
        f"Expected: {column.name} ({column.kind}), {column.description}"
    )


def plain(name: str) -> str:
    """A name as it is compared: lowercase, blanks as one."""
    return " ".join(name.lower().split())


def near(name: str, known: list[str]) -> str:
    """`` (did you mean x?)`` in the spelling of the known name."""
    spelling = {each.lower(): each for each in known}
    advice = nearest(name, list(spelling))
    match = re.search(r"mean (.*)\?", advice)
    return f" (did you mean {spelling[match.group(1)]}?)" if match else ""


# --- queries -----------------------------------------------------------------------------------------------------


def selection(mapping: Mapping, table: str, written: WRITTEN, has_origin: bool = False) -> str:
    """The query that brings the files of a table to the contract's columns; those that nothing gives are NULL.

    With `has_origin` it says of each row which file and row it is from (the first of several that became one).
    """
    blocks = mapping.blocks_of(table)
    return " union all ".join(block_selection(mapping, block, written, has_origin) for block in blocks)


def needs_order(mapping: Mapping, table: str) -> bool:
    """Whether its rows depend on the order of a file's rows."""
    ordered = (RowNumber, Aggregate)
    return any(isinstance(operator, ordered) for block in mapping.blocks_of(table) for operator in block.operators())


def block_selection(mapping: Mapping, block: Block, written: WRITTEN, has_origin: bool = False) -> str:
    """The query of one block."""
    joins: list[str] = []

    def column(name: str, kind: str, formats: Formats) -> str:
        return written(block.source, name, kind, formats.or_else(block.formats))

    def look_up(lookup: Lookup, row: Row) -> str:
        other, alias, key = mapping.sources[lookup.file], f"lookup_{len(joins) + 1}", comparable(quoted(lookup.key))
        value = text(written(other, lookup.name, row.kind, block.formats.or_else(Formats(sign=row.sign))))
        taken = aggregated(lookup.take, value, row.kind) if lookup.take else f"any_value({value})"
        joins.append(
            f" left join (select {key} as __key, {taken} as __value from {other.scan} where {key} <> '' group by 1) "
            f"as {alias} on {comparable(lookup.by.sql(row.of('text')))} = {alias}.__key"
        )
        return f"{alias}.__value"

    of_contract = {each.name: each for each in block.table.columns}
    parts, positions = [], []
    for name in [*block.table.column_names, *(mapping.extra_columns if block.table.name == "accounts" else [])]:
        if name in block.columns:
            own = of_contract.get(name)
            value = block.columns[name].sql(Row(column, look_up, own.kind if own else "text", own.sign if own else None))
        else:
            value = literal(mapping.entity) if name == ENTITY_COLUMN and mapping.entity else "cast(null as varchar)"
        parts.append(f"{value} as {quoted(name)}")
        if name in block.one_row_per:
            positions.append(str(len(parts)))
    if has_origin:
        first = quoted(ROW) if not block.one_row_per else f"min({quoted(ROW)})"
        parts += [f"{literal(block.source.name)} as {quoted(FILE)}", f"{first} as {quoted(ROW)}"]
    scan = block.source.scan
    if has_origin or any(isinstance(operator, (RowNumber, Aggregate)) for operator in block.operators()):
        scan = f"(select *, row_number() over () as {quoted(ROW)} from {scan})"
    where = f" where {' and '.join(condition.sql() for condition in block.conditions)}" if block.conditions else ""
    group = f" group by {', '.join(positions)}" if positions else ""
    return f"select {', '.join(parts)} from {scan} as source{''.join(joins)}{where}{group}"


def ambiguous_lookups(mapping: Mapping, connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Lookups whose key finds several values, with an example."""
    problems = []
    for lookup in dict.fromkeys(lookup for block in mapping.blocks for lookup in block.lookups() if not lookup.take):
        key, value = comparable(quoted(lookup.key)), text(quoted(lookup.name))
        found = connection.execute(
            f"select {key}, count(distinct {value}), count(*) over () from {mapping.sources[lookup.file].scan} where {key} <> '' "
            f"group by 1 having count(distinct {value}) > 1 order by 1 limit 1"
        ).fetchall()
        for example, values, keys in found:
            problems.append(
                f"{lookup.place}: {lookup.file} has {values} values of {lookup.name} for {lookup.key} {example!r}"
                f"{f' and so for {keys - 1:,} more' if keys > 1 else ''}, so a lookup can't tell which. "
                f"Expected: one for each {lookup.key}, or `take: min` or `take: max`."
            )
    return problems


def fruitless_lookups(mapping: Mapping, connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Lookups that find nothing for any row, such as names that are looked up among numbers."""
    notices = []
    for block in mapping.blocks:
        for lookup in dict.fromkeys(block.lookups()):
            key, own = comparable(quoted(lookup.key)), comparable(quoted(lookup.by.name))
            ((wanted, found, example),) = connection.execute(
                f"select count(*), count(*) filter (own in (select {key} from {mapping.sources[lookup.file].scan})), min(own) "
                f"from (select {own} as own from {block.source.scan}) where own <> ''"
            ).fetchall()
            if wanted and not found:
                notices.append(
                    f"{lookup.place}: the lookup finds nothing for any of {wanted:,} rows: {lookup.key} of {lookup.file} has no {example!r}."
                )
    return notices


def rows_of_no_block(mapping: Mapping, connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Files with rows that every block's `where` leaves out: how many, so that none is lost without a word."""
    notices = []
    for name in dict.fromkeys(block.source.name for block in mapping.blocks):
        blocks = [block for block in mapping.blocks if block.source.name == name]
        if not all(block.conditions for block in blocks):
            continue
        taken = " or ".join(f"({' and '.join(condition.sql() for condition in block.conditions)})" for block in blocks)
        ((left, rows),) = connection.execute(
            f"select count(*) filter (where not ({taken})), count(*) from {blocks[0].source.scan}"
        ).fetchall()
        if left:
            notices.append(f"{name}: {left:,} of {rows:,} rows are taken by no `where` of {mapping.place}, so they are not read.")
    return notices


def rows_behind(
    mapping: Mapping, connection: duckdb.DuckDBPyConnection, table: str, key: dict[str, str], written: WRITTEN, limit: int = 3
) -> list[tuple[str, int]]:
    """The file and the line of the rows that a key of the contract is made of; of rows that became one, the first's."""
    is_key = " and ".join(f"{text(quoted(name))} is not distinct from {text(literal(value))}" for name, value in key.items())
    rows = connection.execute(
        f"select {quoted(FILE)}, {quoted(ROW)} from ({selection(mapping, table, written, has_origin=True)}) "
        f"where {is_key or 'true'} order by all limit {limit}"
    ).fetchall()
    return [line_of(mapping.sources[file], row) for file, row in rows]
