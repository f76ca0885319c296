"""The arguments of a call: which array and which parameter each one is, and what it is worth.

Arrays stay nodes. Parameters (axes, shapes, flags) are static, so they are computed while
the graph is built; ``Evaluate`` does that for one node.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from gradcli.errors import CallProblem
from gradcli.graph.node import Node, Operation, Parameter, constant
from gradcli.graph.operations.compose import Composite
from gradcli.graph.operations.record import REQUIRED
from gradcli.graph.shapes import describe
from gradcli.language.meaning import Group, Listing, Meaning, Nothing, Text, kind_of
from gradcli.language.names import CONSTANTS, listed, nearest

Evaluate = Callable[[Node], float]

# Beyond it not every whole number is a double.
LARGEST = 2.0**53

_ALIASES = {"dim": "axis", "keepdim": "keepdims", "dims": "axes", "ord": "p", "ddof": "correction"}


def signature(record: Operation | Composite) -> str:
    """How a function is called: ``sum(x, axis=None, keepdims=false)``."""
    parts = ["[a, b, ...]" if name.endswith("*") else name for name in record.arguments]
    for parameter in record.parameters:
        default = "" if parameter.default is REQUIRED else f"={_written(parameter.default)}"
        parts.append(f"{parameter.name}{default}")
    return f"{record.name}({', '.join(parts)})"


def _written(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def bind(
    record: Operation | Composite,
    positional: Sequence[Meaning],
    keywords: Mapping[str, Meaning],
    as_array: Callable[[Meaning], Node],
    evaluate: Evaluate,
) -> tuple[list[Node], dict[str, Any]]:
    """Sort arguments into arrays and parameters.

    Raises:
        CallProblem: too many, too few, one given twice, an unknown keyword, or one of the wrong kind.
    """
    names = [name.partition("=")[0].rstrip("*") for name in record.arguments]
    slots = [*names, *[parameter.name for parameter in record.parameters]]
    if len(positional) > len(slots):
        plural = "argument" if len(slots) == 1 else "arguments"
        raise CallProblem(
            f"{record.name}() takes {len(slots) or 'no'} {plural}, and got {len(positional)}",
            hint=f"its form is {signature(record)}",
        )
    given: dict[str, Meaning] = dict(zip(slots, positional, strict=False))
    for written, meaning in keywords.items():
        alias = _ALIASES.get(written, written)
        name = alias if written not in slots and alias in slots else written
        if name not in slots:
            near = listed(nearest(name, slots))
            hint = f"did you mean {near}?" if near else f"its form is {signature(record)}"
            raise CallProblem(f"{record.name}() has no argument '{written}'", hint=hint)
        if name in given:
            raise CallProblem(f"{record.name}() got {name} twice", hint=f"its form is {signature(record)}")
        given[name] = meaning
    arrays: list[Node] = []
    for name, form in zip(names, record.arguments, strict=True):
        arrays.extend(_arrays(record, name, form, given.pop(name, None), as_array))
    declared = {parameter.name: parameter for parameter in record.parameters}
    parameters = {
        name: _parameter(record, declared[name], meaning, evaluate) for name, meaning in given.items()
    }
    for parameter in record.parameters:
        if parameter.name not in parameters and isinstance(record, Composite):
            parameters[parameter.name] = parameter.default
        if parameters.get(parameter.name, parameter.default) is REQUIRED:
            raise _missing(record, parameter.name)
    return arrays, parameters


def _missing(record: Operation | Composite, name: str) -> CallProblem:
    return CallProblem(f"{record.name}() needs {name}", hint=f"its form is {signature(record)}")


def _arrays(
    record: Operation | Composite,
    name: str,
    form: str,
    meaning: Meaning | None,
    as_array: Callable[[Meaning], Node],
) -> list[Node]:
    _, optional, default = form.partition("=")
    if meaning is None or (optional and isinstance(meaning, Nothing)):
        if not optional:
            raise _missing(record, name)
        sign, word = (-1, default[1:]) if default.startswith("-") else (1, default)
        return [constant(sign * CONSTANTS[word])]
    if not form.endswith("*"):
        return [as_array(meaning)]
    if not isinstance(meaning, (Listing, Group)) or not meaning.items:
        raise CallProblem(
            f"{record.name}() takes its arrays in one list",
            hint=f"write {record.name}([a, b])",
        )
    return [as_array(item) for item in meaning.items]


def _parameter(
    record: Operation | Composite, parameter: Parameter, meaning: Meaning, evaluate: Evaluate
) -> Any:
    kind = parameter.kind

    def refuse(expected: str) -> CallProblem:
        shown = describe(meaning.shape) if isinstance(meaning, Node) and meaning.shape else kind_of(meaning)
        return CallProblem(
            f"{record.name}() needs {expected} for {parameter.name}, and got "
            + (f"an array of shape {shown}" if shown.startswith("(") else shown),
            hint=f"its form is {signature(record)}",
        )

    def whole(one: Meaning, expected: str) -> int:
        if not isinstance(one, Node) or one.shape != ():
            raise refuse(expected)
        value = evaluate(one)
        if not math.isfinite(value) or value != int(value):
            raise CallProblem(f"{record.name}() needs a whole number for {parameter.name}, and got {value:g}")
        if abs(value) >= LARGEST and kind not in ("shape", "size"):
            raise CallProblem(f"{parameter.name} {value:g} is out of range")
        return int(value)

    def several(expected: str) -> tuple[int, ...]:
        if isinstance(meaning, (Group, Listing)):
            return tuple([whole(item, expected) for item in meaning.items])
        return (whole(meaning, expected),)

    if isinstance(meaning, Nothing):
        if parameter.default is None:
            return None
        raise refuse("a value")
    if kind in ("axes", "permutation"):
        return several("a whole number or a tuple of them")
    if kind in ("axis", "integer"):
        return whole(meaning, "a whole number")
    if kind == "size":
        size = whole(meaning, "a whole number")
        if size < 0:
            raise CallProblem(f"{record.name}() needs a size that is not negative, and got {size}")
        return size
    if kind == "shape":
        sizes = several("a size or a tuple of sizes")
        if min(sizes, default=0) < (-1 if record.name == "reshape" else 0):
            raise CallProblem(f"{record.name}() needs sizes that are not negative, and got {sizes}")
        return sizes
    if kind == "order" and isinstance(meaning, Text):
        return meaning.text
    if not isinstance(meaning, Node) or meaning.shape != ():
        raise refuse({"flag": "true or false", "order": "a number or text"}.get(kind, "a number"))
    value = evaluate(meaning)
    return bool(value) if kind == "flag" else float(value)
