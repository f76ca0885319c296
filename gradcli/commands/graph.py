"""``gradcli graph``: the graph drawn, with values and gradients on its nodes."""

from __future__ import annotations

import sys
from collections.abc import Callable, Hashable, Mapping, Sequence
from shutil import get_terminal_size
from typing import Any, TypeVar

import click

from gradcli.answers import Answers
from gradcli.commands import options
from gradcli.commands.answering import placed, warn_of_unused
from gradcli.commands.command import expression_command
from gradcli.commands.inputs import Inputs
from gradcli.commands.streams import Streams
from gradcli.commands.vectors import Cotangents, vector_option
from gradcli.commands.wrt import names_of, wrt_option
from gradcli.diagnosis import drawn_fault
from gradcli.drawing import Drawing, drawing
from gradcli.errors import GradcliError, UsageError
from gradcli.graph.node import CONSTANT, INPUT, Node
from gradcli.graph.shapes import describe
from gradcli.language.build import Built
from gradcli.language.names import Given
from gradcli.output.formula import formula
from gradcli.output.picture import Column, picture
from gradcli.output.summary import cell_text
from gradcli.output.width import display_width, shorten

_EXAMPLES = """
gradcli graph 'mean((x+2)*(x+2)*2)' x=1,2,3 --wrt x
gradcli graph 'x*y + sin(x)' --ascii
"""

N = TypeVar("N", bound=Hashable)

# The columns of a value; on a narrow terminal less of it is shown.
_ROOMS = (18, 11, 7)
_PIPED_WIDTH = 80
# Characters of an expression, more than its column has.
_LONGEST_TEXT = 1000


@expression_command("graph", _EXAMPLES)
@options.inputs
@wrt_option
@vector_option
@click.option(
    "--backward", is_flag=True, help="Draw the backward graph: grad_fn, next_functions, AccumulateGrad."
)
@click.option("--precision", type=click.IntRange(1, 17), metavar="N", help="Significant digits.")
@click.option("--out", metavar="FILE", help="Write the drawing to a file.")
@options.appearance
def command(vector: tuple[str, ...], backward: bool, **shared: Any) -> None:
    """Draw the graph, with values and gradients on its nodes.

    A row a node, what is used twice drawn once. With values for all names each node shows its value,
    and with --wrt its gradient too; a name without a value is a scalar.

    With --backward: the graph that tensors build for the way back, under PyTorch's names, with what each
    node saves if all names have values. None is an argument that has no gradient.
    """
    settings = options.settings_of(shared)
    inputs = Inputs(settings)
    expression, given = inputs.expression()
    names = names_of(settings.wrt)
    vectors = Cotangents(vector, inputs)
    if backward:
        if vector:
            raise UsageError("--vector does not go with --backward, which shows no gradients")
        _show_backward(settings, inputs, expression, given)
        return
    try:
        with vectors.shown():
            drawn = drawing(expression, given, names, vectors.read(given))
    except GradcliError as error:
        raise placed(error, settings, expression, given) from None
    with Streams(settings) as streams:
        warn_of_unused(streams, inputs, given, drawn.built.used)
        _show(drawn, streams)
    fault = drawn_fault(drawn, names or ())
    if fault is not None:
        streams.warn(fault)


def _show_backward(
    settings: options.Settings, inputs: Inputs, expression: Answers, given: Mapping[str, Given]
) -> None:
    from gradcli.commands.backward import columns
    from gradcli.gradfn import backward_graph  # late: tensors need NumPy

    try:
        found = backward_graph(expression, given, names_of(settings.wrt))
    except GradcliError as error:
        raise placed(error, settings, expression, given) from None
    with Streams(settings) as streams:
        warn_of_unused(streams, inputs, given, found.built.used)
        entries = found.entries
        precision = settings.precision or 4
        _draw(
            range(len(entries)),
            lambda place: [one for one, _ in entries[place].next],
            lambda room: columns(entries, precision, room, streams.ascii),
            [],
            streams,
        )


def _show(drawn: Drawing, streams: Streams) -> None:
    precision = streams.settings.precision or 4
    nodes = drawn.nodes[::-1]
    _draw(
        nodes,
        lambda node: node.args,
        lambda room: _columns(drawn, precision, room, streams.ascii),
        _sums(drawn, precision, streams.ascii),
        streams,
    )


def _draw(
    nodes: Sequence[N],
    children: Callable[[N], Sequence[N]],
    columns: Callable[[int], Sequence[Column]],
    sums: Sequence[str],
    streams: Streams,
) -> None:
    terminal = sys.stdout.isatty() and streams.settings.out is None
    width = get_terminal_size().columns if terminal else _PIPED_WIDTH
    for room in _ROOMS if terminal else _ROOMS[:1]:
        lines = picture(nodes, children, columns(room), width=width, ascii=streams.ascii)
        widest = max(map(display_width, lines))
        if widest <= width:
            break
    if terminal:
        # A line that goes on below would tear the rails apart.
        lines = [shorten(line, width, streams.ascii) for line in lines]
    if terminal or streams.color:
        from gradcli.output.tables import show_lines

        styled = [(lines[0], "dim"), *[(line, "") for line in lines[1:]], *[(line, "cyan") for line in sums]]
        show_lines(styled, streams.screen())
    else:
        streams.write("".join([line + "\n" for line in (*lines, *sums)]))
    if terminal and widest > width:
        streams.warn(
            GradcliError(
                f"the drawing is {widest} columns wide, and there are {width}",
                hint="pipe it into less -S to see all of it",
            )
        )


def _columns(drawn: Drawing, precision: int, room: int, ascii: bool) -> list[Column]:
    def shown(node: Node | None) -> str:
        value = None if node is None else drawn.values.get(node)
        return "" if value is None else cell_text(value, precision, room, ascii=ascii)

    nodes = drawn.nodes[::-1]
    return [
        Column("", [_label(node) for node in nodes]),
        Column("shape", [describe(node.shape) for node in nodes]),
        Column("value", [shown(node) for node in nodes]),
        Column("gradient", [shown(drawn.gradients.get(node)) for node in nodes]),
        Column("expression", _texts(drawn.built, nodes)),
    ]


def _label(node: Node) -> str:
    if node.op is INPUT:
        return str(node.values[0])
    if node.op is CONSTANT:
        return cell_text(node.values[0], 6) if node.shape == () else "array"
    return node.op.spelled


def _texts(built: Built, nodes: Sequence[Node]) -> list[str]:
    named = {node: name for name, node in built.written.names.items() if node.op is not INPUT}
    texts = []
    for node in nodes:
        # What a derivative inside the expression made has no text of its own.
        text = _source(built, node) or formula([node]).replace("\n", "; ") if node.args else ""
        texts.append(f"{named[node]} = {text}" if node in named else text)
    return texts


def _source(built: Built, node: Node) -> str:
    span = built.spans.get(node)
    if span is None:
        return ""
    # A sum's terms are part of one another's texts: whole, those of a long one would be as many squared.
    return built.source.part(span._replace(end=min(span.end, span.start + _LONGEST_TEXT)))


def _sums(drawn: Drawing, precision: int, ascii: bool) -> list[str]:
    """A line for each node where several gradients come together."""
    lines = []
    for node in reversed(drawn.nodes):
        parts = drawn.met.get(node, [])
        if len(parts) < 2 or drawn.values.get(drawn.gradients[node]) is None:
            continue
        total, *each = [
            cell_text(drawn.values[one], precision, _ROOMS[0], ascii=ascii)
            for one in (drawn.gradients[node], *parts)
        ]
        name = _label(node) if node.op is INPUT else _source(drawn.built, node)
        lines.append(f"  {name}: {total} = {' + '.join(each)}")
    return ["", "gradients that add up:", *lines] if lines else []
