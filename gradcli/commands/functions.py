"""``gradcli functions``: the table of functions, and what is known of each."""

from __future__ import annotations

import shlex
import textwrap
from shutil import get_terminal_size
from typing import Any

import click

from gradcli.answers import Answers
from gradcli.commands import options
from gradcli.commands.command import expression_command
from gradcli.commands.streams import Streams
from gradcli.data.given import as_given
from gradcli.errors import GradcliError
from gradcli.output import jsonform, plain
from gradcli.output.numbers import format_number
from gradcli.output.width import display_width
from gradcli.reference.calls import Example
from gradcli.reference.entries import Entry, entry, topics

_EXAMPLES = """
gradcli functions atan2
gradcli functions '*' --json
"""

_DIGITS = 6
_GAP = 2
_LEAST_ROOM = 30
_WIDEST = 32
_PLACE = "    in "


@expression_command("functions", _EXAMPLES)
@click.argument("name", required=False)
@click.option("--json", is_flag=True, help="One JSON object.")
@options.appearance
def command(name: str | None, **shared: Any) -> None:
    """Print the functions, or all there is to know of one.

    Without NAME every function with its form and a line on it. With NAME, an alias or an operator: its form,
    its derivative (g is the gradient of the result), PyTorch's name for it, what holds where it has no
    derivative, and an example.
    """
    settings = options.settings_of({"words": (), **shared})
    with Streams(settings) as streams:
        if name is None:
            _list(streams)
        else:
            _describe(entry(name), streams)


def _list(streams: Streams) -> None:
    found = topics()
    if streams.form == "json":
        every = [_short(one) for entries in found.values() for one in entries]
        streams.write(jsonform.dumps({"functions": every}) + "\n")
        return
    if streams.form == "raw":
        for title, entries in found.items():
            for one in entries:
                streams.write(f"{one.signature}\t{one.line}\t{title}\n")
        return
    lines: list[tuple[str, str]] = []
    screen = streams.screen()
    room = max((screen.width or get_terminal_size().columns) - _GAP, _WIDEST + _LEAST_ROOM)
    for title, entries in found.items():
        wide = min(max(display_width(one.signature) for one in entries) + _GAP, _WIDEST)
        lines.append((title, "bold"))
        for one in entries:
            # A long signature has its line alone.
            above = [f"  {one.signature}"] if len(one.signature) + _GAP > wide else []
            start = "" if above else one.signature
            first, *rest = textwrap.wrap(one.line, room - wide) or [""]
            indent = " " * (wide + _GAP)
            told = [f"  {start:<{wide}}{first}", *[indent + part for part in rest]]
            lines += [(line.rstrip(), "") for line in [*above, *told]]
        lines.append(("", ""))
    _write(lines[:-1], streams)


def _short(one: Entry) -> dict[str, Any]:
    return {
        "name": one.name,
        "signature": one.signature,
        "line": one.line,
        "topic": one.topic,
        "aliases": list(one.aliases),
        "symbol": one.symbol or None,
    }


def _describe(one: Entry, streams: Streams) -> None:
    command, shown = ("", "") if one.example is None else _run(one.example)
    if streams.form == "json":
        streams.write(jsonform.dumps(_tree(one, command, shown)) + "\n")
        return
    told = bool(one.pullbacks) and one.line.startswith("gradient ")
    fields = [("form", one.signature), ("what", "" if told else one.line)]
    fields += [("aliases", ", ".join(one.aliases)), ("operator", one.symbol)]
    several = len({pullback.call for pullback in one.pullbacks}) > 1
    for pullback in one.pullbacks:
        place = _PLACE + pullback.call if several or " for " in pullback.call else ""
        fields.append((f"gradient by {pullback.argument}", pullback.formula + place))
    fields += [("stands for", f"{formula}{_PLACE}{call}") for call, formula in one.stands_for]
    fields += [("PyTorch", ", ".join(one.torch)), ("tested on", _domain(one))]
    fields += [("convention", sentence) for sentence in one.conventions]
    fields += [("example", command), *[("", line) for line in shown.split("\n")]]
    fields = [(label, text) for label, text in fields if text]
    if streams.form == "raw":
        streams.write("".join([f"{label}\t{text}\n" for label, text in fields]))
        return
    screen = streams.screen()
    wide = max(len(label) for label, _ in fields) + _GAP
    room = max((screen.width or get_terminal_size().columns) - wide, _LEAST_ROOM)
    lines, before = [], ""
    for label, text in fields:
        parts = [text] if label in ("example", "") else _folded(text, room, label.startswith("gradient"))
        named = "" if label == before else label
        lines += [
            f"{one:<{wide}}{part}" for one, part in zip([named, *[""] * len(parts)], parts, strict=False)
        ]
        before = label
    _write([(line, "") for line in lines], streams)


def _folded(text: str, room: int, steps: bool) -> list[str]:
    """A field on lines that fit: each step of a formula, and what it is a formula of, begins one."""
    formula, mark, place = text.partition(_PLACE)
    whole = [*formula.split("; "), *[mark.lstrip() + place] * bool(mark)] if steps or mark else [text]
    return [line for step in whole for line in textwrap.wrap(step, room, subsequent_indent="  ")]


def _domain(one: Entry) -> str:
    return "" if set(one.domain) <= {"real"} else ", ".join(one.domain)


def _write(lines: list[tuple[str, str]], streams: Streams) -> None:
    from gradcli.output.tables import show_lines

    show_lines(lines, streams.screen())


def _tree(one: Entry, command: str, shown: str) -> dict[str, Any]:
    return {
        **_short(one),
        "gradients": [pullback._asdict() for pullback in one.pullbacks],
        "stands_for": [{"call": call, "formula": formula} for call, formula in one.stands_for],
        "torch": list(one.torch),
        "tested_on": list(one.domain),
        "conventions": list(one.conventions),
        "example": {"command": command, "output": shown} if command else None,
    }


def _run(example: Example) -> tuple[str, str]:
    """An example as a command line, and what that prints; the value alone where there is no gradient."""
    given = {name: as_given(name, value) for name, value in example.values}
    words = shlex.join([example.text, *[f"{name}={_value(value)}" for name, value in example.values]])
    try:
        answers = Answers(example.text)
        output = answers.graph(given).outputs
        scalar = len(output) == 1 and output[0].shape == () and output[0].kind == "float"
        if scalar and any(one.kind == "float" for one in given.values()):
            result = answers.gradient(given).result
            return f"gradcli grad {words} --precision {_DIGITS}", plain.named_text(result, _DIGITS)
        shown = plain.value_text(answers.value(given).result["value"], _DIGITS)
    except GradcliError as error:  # such as SciPy that is not installed
        return f"gradcli eval {words}", f"error: {error.message}"
    return f"gradcli eval {words} --precision {_DIGITS}", shown


def _value(value: Any) -> str:
    """As it is typed: a vector needs no brackets."""
    if isinstance(value, list) and len(value) > 1 and not isinstance(value[0], list):
        return ",".join(map(_brackets, value))
    return _brackets(value)


def _brackets(value: Any) -> str:
    return f"[{','.join(map(_brackets, value))}]" if isinstance(value, list) else format_number(value)
