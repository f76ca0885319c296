"""A function applied to symbols: its derivative is taken, and printed as a formula."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from gradcli.errors import Source
from gradcli.graph import derive
from gradcli.graph.node import Node, Operation, reachable, variable
from gradcli.graph.operations.compose import Composite
from gradcli.graph.operations.record import REQUIRED
from gradcli.graph.shapes import Shape, describe, is_known
from gradcli.language.build import Built, build
from gradcli.language.names import Given
from gradcli.language.parser import parse
from gradcli.output.formula import formula
from gradcli.reference.samples import Record, shape_of, telling

_MOST_FORMULAS = 3


class Pullback(NamedTuple):
    """How a call's gradient goes back to one argument, in a formula with ``g`` for the result's gradient."""

    call: str
    argument: str
    formula: str


def applied(record: Record) -> Iterator[Node]:
    """Calls with symbols for the arguments: of an operation, or of a composed function that is one."""
    if isinstance(record, Operation) and record.elementwise and not _demanding(record):
        shapes: list[Shape] = [()] * len(record.arguments)
        yield on_symbols(record, shapes, {})
        return
    seen: set[str] = set()
    for output in _outputs(record):
        for node in [output] if isinstance(record, Composite) else reversed(reachable([output])):
            own = node.op.spelled == record.name if isinstance(record, Composite) else node.op is record
            if own and node.args and node.op.name not in seen and is_known(node.shape):
                seen.add(node.op.name)
                shapes = [arg.shape for arg in node.args]
                yield on_symbols(node.op, shapes, node.parameters)


def _demanding(record: Operation) -> bool:
    return any(parameter.default is REQUIRED for parameter in record.parameters)


def _outputs(record: Record) -> Iterator[Node]:
    """The graphs of the record's samples, first those that tell the most."""
    for text, shapes in telling(record):
        yield _built(text, shapes).outputs[0]


def _built(text: str, shapes: Mapping[str, str]) -> Built:
    given = {name: Given(shape_of(form), "float") for name, form in shapes.items()}
    source = Source(text)
    return build(parse(source), source, given, free=True)


def on_symbols(op: Operation, shapes: list[Shape], parameters: dict[str, Any]) -> Node:
    """An operation applied to inputs that are named as its arguments are, those of a list a, b, ..."""
    names = [one.partition("=")[0] for one in op.arguments]
    if op.variadic:
        several = "abcdefh"
        names = [*names[:-1], *[several[i % 7] for i in range(len(shapes) - len(names) + 1)]]
    kinds = [op.takes[min(place, len(op.takes) - 1)] for place in range(len(shapes))]
    symbols = [
        variable(name, shape, "bool" if kind == "bool" else "float")
        for name, shape, kind in zip(names, shapes, kinds, strict=True)
    ]
    made: Node = op(*symbols, **parameters)
    return made


def pullbacks(node: Node) -> Iterator[Pullback]:
    """The derivative of a call, by each of its arguments that has one."""
    if node.kind == "bool":
        return
    wrt = [arg for arg in node.args if arg.kind == "float"]
    found = derive.vjp([(node, variable("g", node.shape))], wrt)
    shapes = ", ".join([f"{arg.values[0]} {describe(arg.shape)}" for arg in node.args if arg.shape])
    call = flat(node) + (f" for {shapes}" if shapes else "")
    for arg, one in zip(wrt, found, strict=True):
        if one is not None:
            yield Pullback(call, arg.values[0], flat(one))


def stands_for(record: Composite) -> Iterator[tuple[str, str]]:
    """Calls of a composed function and of nothing else, each with the formula that it is built to."""
    seen: set[str] = set()
    for text, shapes in telling(record):
        statements = parse(Source(text)).parts
        if len(statements) > 1 or statements[0].rule != "call" or statements[0].word(0).text != record.name:
            continue
        written = formula(_built(text, shapes).outputs).replace("\n", "; ")
        if written not in seen and len(seen) < _MOST_FORMULAS:
            seen.add(written)
            yield text, written


def conventions(record: Record) -> tuple[str, ...]:
    """What stands for a derivative where there is none; for a composed function that of its parts."""
    if isinstance(record, Operation):
        return (record.convention,) if record.convention else ()
    nodes = [node for output in _outputs(record) for node in reachable([output])]
    # What a comparison chooses is the composed function's own business.
    said = [node.op.convention for node in nodes if node.op.convention and node.op.gives != "bool"]
    return tuple(dict.fromkeys(said))[:_MOST_FORMULAS]


def flat(node: Node) -> str:
    """A formula on one line."""
    return formula([node]).replace("\n", "; ")
