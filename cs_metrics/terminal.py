"""What comes from data, as a terminal may show it: no control characters, tables that fit, floods cut.

`visible` is the one function for it. Tables call it themselves, because they have to know how wide a cell is; all else that the
commands print passes it on the way out (`guard`), error messages and tracebacks too, so that no line of code can forget it.
"""

import sys
import textwrap
from collections.abc import Iterable
from typing import Any, TextIO

from tabulate import tabulate

CELL_WIDTH = 60
NOTICES_SHOWN = 10


def visible(text: object) -> str:
    r"""Text in which what a terminal would obey, or would show in another order, is written out: an escape is \x1b."""
    return "".join(character if character.isprintable() else character.encode("unicode_escape").decode() for character in str(text))


def visible_lines(text: str) -> str:
    """A text of several lines, each of them visible."""
    return "\n".join(visible(line) for line in text.expandtabs().split("\n"))


class Guarded:
    """A stream that makes what is written to it visible, line by line."""

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream

    def write(self, text: str) -> int:
        """Write a text as a terminal may show it."""
        self.stream.write("\n".join(visible(line.expandtabs()) for line in text.split("\n")))
        return len(text)

    def writelines(self, lines: Iterable[str]) -> None:
        """Write several texts."""
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.stream, name)


def guard() -> None:
    """From here on this process prints nothing that a terminal would obey."""
    sys.stdout, sys.stderr = Guarded(sys.stdout), Guarded(sys.stderr)  # type: ignore[assignment]


def print_over(line: str = "") -> None:
    """Print a line over the one that the terminal's cursor is in, and stay there."""
    stream = sys.stdout.stream if isinstance(sys.stdout, Guarded) else sys.stdout
    print(f"\r\033[K{visible(line)}", end="", file=stream, flush=True)


def cell(value: object, width: int = CELL_WIDTH) -> str:
    """A value in a table: nothing as a dash, a long one cut."""
    if value is None:
        return "-"
    return cut(visible(value), width)


def cut(text: str, width: int) -> str:
    """A text that is too long, without its end."""
    return text if len(text) <= width else f"{text[: width - 3]}..."


def table(header: list[str], rows: list[list], indent: int = 0, width: int = CELL_WIDTH) -> str:
    """Rows under their header, in columns of a width at most, numbers on the right."""
    numbers = [all(isinstance(row[place], (int, float)) or row[place] is None for row in rows) for place in range(len(header))]
    cells = [[cell(value, width) for value in row] for row in rows]
    text = tabulate(
        cells,
        headers=[cell(name) for name in header],
        tablefmt="simple",
        colalign=["right" if is_number else "left" for is_number in numbers],
        disable_numparse=True,
    )
    return textwrap.indent(text, " " * indent)


def some(names: list[str], most: int = NOTICES_SHOWN) -> str:
    """The first names in a row, and how many more there are."""
    return ", ".join(names[:most]) + (f" and {len(names) - most:,} more" if len(names) > most else "") if names else "none"


def print_notices(notices: Iterable[str], label: str, where: str = "", most: int = NOTICES_SHOWN) -> None:
    """The first notices, each after its label, and how many more there are."""
    notices = list(notices)
    for notice in notices[:most]:
        print(f"{label:<8} " + visible_lines(notice).strip().replace("\n", "\n" + " " * 9))
    if len(notices) > most:
        print(f"{'':<8} and {len(notices) - most:,} more{where}")
