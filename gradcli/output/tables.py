"""Results, graphs and errors on a terminal: rows and lines go in, a Rich table or coloured lines go out.

The only module that knows Rich. Whether there is colour was decided before (``color.use_color``): without it
not one escape is written. The user's text is never read as markup, nor highlighted, nor searched for emoji.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from shutil import get_terminal_size
from typing import TextIO

from rich import box
from rich.color import ColorSystem
from rich.console import Console
from rich.style import Style
from rich.table import Table
from rich.text import Text

from gradcli.output.report import ReportLine
from gradcli.output.sparse import drawn_lines
from gradcli.output.summary import summary_lines
from gradcli.output.values import Leaf, Value, is_sparse, shape_of
from gradcli.output.width import display_width, visible_text

# Of a report's lines, how each kind looks; the severity at the start of the message has a style of its own.
REPORT_STYLES = {"place": "dim", "underline": "red", "hint": "cyan"}
# What a column of sentences needs to be read.
_NARROWEST = 12
_NO_STYLES: Mapping[str, str] = {}
SEVERITY_STYLES = {"error": "bold red", "warning": "bold yellow"}


@dataclass(frozen=True)
class Screen:
    """Where to write, and how.

    Attributes:
        file: the stream.
        color: whether to write escapes at all.
        width: the columns there are; of the terminal, unless given.
        ascii: whether to draw with ASCII alone.
    """

    file: TextIO
    color: bool = False
    width: int | None = None
    ascii: bool = False


def show_results(rows: Iterable[tuple[str, Leaf]], screen: Screen, precision: int | None = None) -> None:
    """Write a table of names, shapes and values, such as ``plain.fields`` gives; six digits unless told.

    A tuple of outputs becomes a row for each: ``value[0]``, ``value[1]``.
    """
    table = Table(box=box.ASCII if screen.ascii else box.ROUNDED, header_style="bold", highlight=False)
    for title, style in (("name", "cyan"), ("shape", "dim"), ("value", "")):
        table.add_column(title, style=style, overflow="fold")
    console = _console(screen)
    cells = [(visible_text(name), shape_of(value), value) for name, value in _flat(rows)]
    shapes = [str(shape) if shape else "scalar" for _, shape, _ in cells]
    # Three columns, each between a line and two spaces.
    taken = max(map(len, [*shapes, "shape"])) + max([display_width(name) for name, _, _ in cells]) + 10
    for shown, (name, shape, value) in zip(shapes, cells, strict=True):
        digits = 6 if precision is None else precision
        if is_sparse(value):
            lines = drawn_lines(value, digits, console.width - taken, ascii=screen.ascii)
            table.add_row(Text(name), Text(shown), Text("\n".join(lines)))
            continue
        lines = summary_lines(value, digits)
        for edge in (3, 2, 1):
            # A matrix wrapped in the middle of its rows cannot be read: show less of it.
            if len(shape) > 1 and max(map(len, lines)) > console.width - taken:
                lines = summary_lines(value, digits, threshold=0, edge=edge)
        table.add_row(Text(name), Text(shown), Text("\n".join(lines)))
    console.print(table)


def show_columns(
    titles: Sequence[str],
    rows: Iterable[Sequence[str]],
    screen: Screen,
    styles: Mapping[str, str] = _NO_STYLES,
) -> None:
    """Write a table of texts; a cell that ``styles`` knows gets its style.

    Where it must be narrow, words are broken in the last column alone, if that leaves it some room.
    """
    console, found = _console(screen), list(rows)
    columns = list(zip(titles, *found, strict=True))
    # Each column stands between a line and two spaces.
    room = console.width - 3 * len(columns) - 1
    widths: list[int | None] = [None] * len(columns)
    if sum([max(map(display_width, column)) for column in columns]) > room:
        words = [" ".join(column).split() for column in columns]
        for parts in (columns, words):
            taken = [max(map(display_width, part)) for part in parts[:-1]]
            if room - sum(taken) >= _NARROWEST:
                widths = [*taken, room - sum(taken)]
                break
    table = Table(box=box.ASCII if screen.ascii else box.ROUNDED, header_style="bold", highlight=False)
    for title, width in zip(titles, widths, strict=True):
        table.add_column(title, overflow="fold", width=width)
    for cells in found:
        table.add_row(*[Text(visible_text(cell, screen.ascii), styles.get(cell, "")) for cell in cells])
    console.print(table)


def _flat(rows: Iterable[tuple[str, Leaf]]) -> Iterable[tuple[str, Value]]:
    for name, leaf in rows:
        if isinstance(leaf, tuple | list):
            yield from ((f"{name}[{place}]", part) for place, part in enumerate(leaf))
        else:
            yield name, leaf


def show_lines(lines: Iterable[tuple[str, str]], screen: Screen) -> None:
    """Write lines that are laid out already, each with a Rich style such as ``"red"``; none is wrapped."""
    screen.file.write("".join([_styled(text, style, screen) + "\n" for text, style in lines]))


def show_report(lines: Sequence[ReportLine], screen: Screen) -> None:
    """Write the lines of an error or warning, its severity, underline and hint in colour."""
    for place, line in enumerate(lines):
        severity, colon, rest = line.text.partition(":")
        if place == 0 and colon and severity in SEVERITY_STYLES:
            text = _styled(severity + colon, SEVERITY_STYLES[severity], screen) + _styled(rest, "", screen)
        else:
            text = _styled(line.text, REPORT_STYLES.get(line.kind, ""), screen)
        screen.file.write(text + "\n")


def _styled(text: str, style: str, screen: Screen) -> str:
    """One piece of a line, rendered by its style alone: a console would take a hundred times as long."""
    safe = visible_text(text, screen.ascii)
    if not (screen.color and style):
        return safe
    return Style.parse(style).render(safe, color_system=ColorSystem.STANDARD)


def _console(screen: Screen) -> Console:
    """A console that takes nothing from the environment: neither NO_COLOR nor TERM nor COLUMNS."""
    width = screen.width or get_terminal_size().columns
    return Console(
        file=screen.file,
        force_terminal=screen.color,
        color_system="standard" if screen.color else None,
        no_color=not screen.color,
        width=width,
        height=25,
        markup=False,
        emoji=False,
        highlight=False,
        legacy_windows=False,
        _environ={},
    )
