"""``gradcli check``: second opinions on the derivative."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click

from gradcli.checking.check import check
from gradcli.checking.result import Checked
from gradcli.commands import options
from gradcli.commands.answering import placed, warn_of_unused
from gradcli.commands.command import expression_command
from gradcli.commands.inputs import Inputs
from gradcli.commands.streams import Streams
from gradcli.commands.wrt import names_of, wrt_option
from gradcli.data.assignments import assign
from gradcli.errors import GradcliError, UsageError
from gradcli.language.names import Given
from gradcli.output import jsonform
from gradcli.output.numbers import format_number

_EXAMPLES = """
gradcli check 'mean((x+2)*(x+2)*2)' x=1,2,3
gradcli check 'sum(x^3)' x=1,2 --against x=3,12
"""

DISAGREES = 1

_TITLES = ("name", "compared with", "difference", "error", "verdict", "note")
_STYLES = {"agrees": "green", "disagrees": "bold red", "not differentiable here": "yellow", "skipped": "dim"}


@expression_command("check", _EXAMPLES)
@options.inputs
@wrt_option
@click.option(
    "--against",
    multiple=True,
    metavar="NAME=V",
    help="A gradient to check, such as x=3,12 or x=@gradient.npy.",
)
@click.option("--json", is_flag=True, help="One JSON object.")
@click.option("--out", metavar="FILE", help="Write the result to a file.")
@click.option(
    "--precision", type=click.IntRange(1, 17), metavar="N", help="Significant digits; 3 by default."
)
@options.appearance
@click.pass_context
def command(ctx: click.Context, /, against: tuple[str, ...], **shared: Any) -> None:
    """Check the derivative against numbers, symbols and itself.

    A row for each opinion: central differences, the complex step, forward against reverse mode, the
    Hessian's symmetry and its differences, SymPy. Where the expression has no derivative, the part of it
    is named with the convention used. The exit code is 1 if anything disagrees.
    """
    settings = options.settings_of(shared)
    inputs = Inputs(settings)
    expression, given = inputs.expression()
    names = names_of(settings.wrt)
    try:
        found = check(expression, given, names, _theirs(inputs, against))
    except GradcliError as error:
        raise placed(error, settings, expression, given) from None
    with Streams(settings) as streams:
        warn_of_unused(streams, inputs, given, expression.graph(given, names).used)
        _show(found, streams)
    if not found.agrees:
        ctx.exit(DISAGREES)


def _theirs(inputs: Inputs, texts: tuple[str, ...]) -> Mapping[str, Given]:
    hint = "as in --against x=3,12 or --against x=@gradient.npy"
    for text in texts:
        if "=" not in text:
            raise UsageError(f"--against takes a name and its gradient, and got '{text}'", hint=hint)
    return assign(texts, {}, inputs.stdin, hint).given


def _show(found: Checked, streams: Streams) -> None:
    precision = streams.settings.precision or 3
    if streams.form == "json":
        streams.write(jsonform.dumps(_tree(found), streams.settings.precision) + "\n")
        return
    rows: list[tuple[str, ...]] = [
        (
            row.name,
            row.method,
            _number(row.difference, precision),
            _number(row.error, precision),
            row.verdict,
            row.note,
        )
        for row in found.rows
    ]
    if streams.form == "table":
        from gradcli.output.tables import show_columns

        show_columns(_TITLES, rows, streams.screen(), _STYLES)
        sentences = [*[kink.sentence for kink in found.kinks], *[one.sentence for one in found.elements]]
        streams.write("".join([f"{sentence}\n" for sentence in sentences]))
        return
    rows += [("kink", kink.text, kink.where, kink.convention, "", "") for kink in found.kinks]
    rows += [
        ("element", one.label, *[format_number(x) for x in (one.theirs, one.ours, one.numeric)], "")
        for one in found.elements
    ]
    streams.write("".join(["\t".join(row).rstrip("\t") + "\n" for row in rows]))


def _number(value: float | None, precision: int) -> str:
    return "-" if value is None else format_number(value, precision)


def _tree(found: Checked) -> dict[str, Any]:
    return {
        "agrees": found.agrees,
        "checks": [row._asdict() for row in found.rows],
        "kinks": [
            {
                "text": kink.text,
                "where": kink.where,
                "convention": kink.convention,
                "span": None if kink.span is None else [kink.span.start, kink.span.end],
            }
            for kink in found.kinks
        ],
        "elements": [{**one._asdict(), "place": list(one.place)} for one in found.elements],
    }
