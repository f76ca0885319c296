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
# What is longer tells a reader nothing.
_LONGEST = 300


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
        if one is not None and len(written := flat(one)) <= _LONGEST:
            yield Pullback(call, arg.values[0], written)


def _is_call(text: str, record: Record) -> bool:
    """Whether a sample is one call of a function, of names and numbers alone."""
    statements = parse(Source(text)).parts
    return (
        len(statements) == 1
        and statements[0].rule == "call"
        and statements[0].word(0).text == record.name
        and "^" not in text
    )


def stands_for(record: Composite) -> Iterator[tuple[str, str]]:
    """Calls of a composed function and of nothing else, each with the formula that it is built to."""
    seen: set[str] = set()
    for text, shapes in telling(record):
        if not _is_call(text, record):
            continue
        written = formula(_built(text, shapes).outputs).replace("\n", "; ")
        if written not in seen and len(seen) < _MOST_FORMULAS and len(written) <= _LONGEST:
            seen.add(written)
            yield text, written


def conventions(record: Record) -> tuple[str, ...]:
    """What stands for a derivative where there is none; for a composed function that of its parts."""
    if isinstance(record, Operation):
        return (record.convention,) if record.convention else ()
    outputs = [_built(text, shapes).outputs[0] for text, shapes in telling(record) if _is_call(text, record)]
    # What a comparison chooses is the composed function's own business.
    ops = [node.op for node in reachable(outputs) if node.op.convention and node.op.gives != "bool"]
    ops += [
        node.op
        for output in _outputs(record)
        for node in reachable([output])
        if node.op.spelled == record.name
    ]
    own = [op for op in ops if op.hidden] or ops
    return tuple(dict.fromkeys([op.convention for op in own if op.convention]))


def flat(node: Node) -> str:
    """A formula on one line."""
    return formula([node]).replace("\n", "; ")
