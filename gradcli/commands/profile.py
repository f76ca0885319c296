"""``gradcli profile``: where the time of an expression goes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click

from gradcli.commands import options
from gradcli.commands.answering import placed, warn_of_unused
from gradcli.commands.command import expression_command
from gradcli.commands.inputs import Inputs
from gradcli.commands.streams import Streams
from gradcli.commands.wrt import names_of, wrt_option
from gradcli.errors import GradcliError, OutputError
from gradcli.output import jsonform
from gradcli.output.numbers import format_number
from gradcli.output.width import shorten, visible_text
from gradcli.profiling import Profiled, Row, profiled

_EXAMPLES = """
gradcli profile 'mean((x+2)*(x+2)*2)' x=1,2,3
gradcli profile 'sum(exp(A @ x))' 'A=ones((200, 200))' 'x=ones(200)' --group op --sort memory
"""

_TITLES = ("calls", "self %", "forward", "forward total", "backward", "backward total", "bytes")
_ORDERS = {
    "self": lambda row: row.own,
    "total": lambda row: row.forward.total + row.backward.total,
    "memory": lambda row: row.bytes,
    "calls": lambda row: row.calls,
}
_NARROWEST = len("expression")


@expression_command("profile", _EXAMPLES)
@options.inputs
@wrt_option
@click.option(
    "--repeat",
    type=click.IntRange(min=1),
    metavar="N",
    help="How many runs to take the medians of; by default half a second of them.",
)
@click.option(
    "--sort",
    type=click.Choice(list(_ORDERS)),
    default="self",
    help="What comes first: the largest self time.",
)
@click.option(
    "--group",
    type=click.Choice(["op", "subexpression", "shape"]),
    default="subexpression",
    help="A row for each operation, part of the text, or operation and shapes of its arguments.",
)
@click.option("--trace", metavar="FILE", help="Write the last run for chrome://tracing or Perfetto.")
@click.option("--json", is_flag=True, help="One JSON object.")
@click.option("--out", metavar="FILE", help="Write the result to a file.")
@click.option(
    "--precision", type=click.IntRange(1, 17), metavar="N", help="Significant digits; 4 by default."
)
@click.option("--verbose", is_flag=True, help="Tell on standard error what was chosen, and why.")
@options.appearance
def command(repeat: int | None, sort: str, group: Any, trace: str | None, **shared: Any) -> None:
    """Measure time and memory of each part of an expression.

    The expression runs on tensors, operation by operation, forward and then back by each name. Times are
    medians, in microseconds: an operation's own, and the total with all that stands inside its text.
    Bytes are those of the arrays that it makes, on both ways.
    """
    settings = options.settings_of(shared)
    inputs = Inputs(settings)
    expression, given = inputs.expression()
    try:
        found = profiled(expression, given, names_of(settings.wrt), repeats=repeat, group=group)
    except GradcliError as error:
        raise placed(error, settings, expression, given) from None
    rows = sorted(found.rows, key=_ORDERS[sort], reverse=True)
    with Streams(settings) as streams:
        warn_of_unused(streams, inputs, given, found.used)
        if trace is not None:
            _write_trace(found, trace)
        _show(found, rows, "expression" if group == "subexpression" else "operation", streams)
        streams.remark([*found.remarks, f"medians of {found.repeats} runs"])


def _write_trace(found: Profiled, path: str) -> None:
    try:
        found.trace.export_chrome_trace(path)
    except OSError as error:
        raise OutputError(f"{path} cannot be written: {(error.strerror or str(error)).lower()}") from None


def _show(found: Profiled, rows: Sequence[Row], title: str, streams: Streams) -> None:
    precision = streams.settings.precision or 4
    if streams.form == "json":
        streams.write(jsonform.dumps(_tree(found, rows, title), streams.settings.precision) + "\n")
        return
    whole = sum([row.own for row in rows])
    cells = [(row.name, *_cells(row, whole, precision)) for row in rows]
    if streams.form != "table":
        lines = [(title, *_TITLES), *cells]
        streams.write("".join(["\t".join(line) + "\n" for line in lines]))
        return
    from gradcli.output.tables import show_columns

    screen = streams.screen()
    titles = [name.removeprefix("forward ").removeprefix("backward ") for name in _TITLES]
    columns = list(zip(titles, *[line[1:] for line in cells], strict=True))
    # Each column stands between a line and two spaces; what is too wide is the text.
    room = (screen.width or 80) - sum([max(map(len, column)) + 3 for column in columns]) - 4
    room = max(room, _NARROWEST)
    shown = [
        (shorten(visible_text(name, streams.ascii), room, streams.ascii), *numbers)
        for name, *numbers in cells
    ]
    show_columns((title, *titles), shown, screen)
    sums = " and ".join([f"{_time(time, precision)} µs {way}" for time, way in _ways(found) if time])
    text = f"{sums}; medians of {found.repeats} runs\n"
    streams.write(text.replace("µ", "u") if streams.ascii else text)


def _ways(found: Profiled) -> list[tuple[float, str]]:
    return [(found.forward, "forward"), (found.backward, "backward")]


def _cells(row: Row, whole: float, precision: int) -> list[str]:
    times = [*row.forward, *row.backward]
    share = f"{100 * row.own / whole:.1f}" if whole else "0.0"
    return [str(row.calls), share, *[_time(one, precision) for one in times], str(row.bytes)]


def _time(microseconds: float, precision: int) -> str:
    """Rounded, and written without an exponent."""
    return format_number(float(f"{microseconds:.{precision}g}"))


def _tree(found: Profiled, rows: Sequence[Row], title: str) -> dict[str, Any]:
    return {
        "unit": "us",
        "repeats": found.repeats,
        "forward": found.forward,
        "backward": found.backward,
        "rows": [
            {
                title: row.name,
                "calls": row.calls,
                "forward": row.forward._asdict(),
                "backward": row.backward._asdict(),
                "bytes": row.bytes,
            }
            for row in rows
        ],
    }
