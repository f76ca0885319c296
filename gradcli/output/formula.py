"""A graph -> text of the language that parses to the same graph.

Brackets stand only where the grammar needs them. A node with several uses is written once,
as a statement of its own, so the text is never longer than the graph is large.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from gradcli.graph.node import CONSTANT, INPUT, Node, Operation, Parameter, reachable
from gradcli.graph.shapes import Unknown
from gradcli.output.numbers import format_number

# How tightly each level of the grammar binds, loosest first.
_CHOICE, _OR, _AND, _NOT, _COMPARE, _SUM, _PRODUCT, _UNARY, _POWER, _POSTFIX = range(10)

# For each operator its own level, and the least that its left and right operand must have.
_INFIX = {
    "or": (_OR, _OR, _AND),
    "and": (_AND, _AND, _NOT),
    **dict.fromkeys(("<", "<=", ">", ">=", "==", "!="), (_COMPARE, _SUM, _SUM)),
    **dict.fromkeys(("+", "-"), (_SUM, _SUM, _PRODUCT)),
    **dict.fromkeys(("*", "/", "//", "%", "@"), (_PRODUCT, _PRODUCT, _UNARY)),
    "^": (_POWER, _POSTFIX, _UNARY),
}
_PREFIX = {"-": (_UNARY, _UNARY), "not": (_NOT, _NOT)}

Written = tuple[str, int]


def formula(outputs: Sequence[Node]) -> str:
    """Write outputs as one text; several as a tuple.

    Operations that only derivatives use are written as calls, which the language does not know.
    """
    nodes = reachable(outputs)
    uses: dict[Node, int] = {}
    for node in nodes:
        for arg in node.args:
            uses[arg] = uses.get(arg, 0) + 1
    taken = {node.values[0] for node in nodes if node.op is INPUT}
    names = (name for number in range(1, 2 * len(nodes) + 2) if (name := f"t{number}") not in taken)
    written: dict[Node, Written] = {}
    lines = []
    for node in nodes:
        text, level = _write(node, [written[arg] for arg in node.args])
        if uses.get(node, 0) > 1 and node.args:
            name = next(names)
            lines.append(f"{name} = {text}")
            text, level = name, _POSTFIX
        written[node] = text, level
    results = ", ".join([written[output][0] for output in outputs])
    return "\n".join([*lines, results])


def _write(node: Node, args: list[Written]) -> Written:
    op = node.op
    if op is INPUT:
        return node.values[0], _POSTFIX
    if op is CONSTANT:
        return _constant(node)
    if op.symbol and len(args) == 2:
        level, left, right = _INFIX[op.symbol]
        return f"{_at(args[0], left)} {op.symbol} {_at(args[1], right)}", level
    if op.symbol:
        level, least = _PREFIX[op.symbol]
        gap = " " if op.symbol.isalpha() else ""
        return f"{op.symbol}{gap}{_at(args[0], least)}", level
    if op.name == "index":
        return f"{_at(args[0], _POSTFIX)}[{', '.join(_subscripts(node, args[1:]))}]", _POSTFIX
    if op.name == "choice":
        condition, a, b = args
        return f"{_at(a, _OR)} if {_at(condition, _OR)} else {b[0]}", _CHOICE
    if op.spelling == "{0}":
        return args[0]
    return _call(node, op, args)


def _at(written: Written, least: int) -> str:
    text, level = written
    return text if level >= least else f"({text})"


def _call(node: Node, op: Operation, args: list[Written]) -> Written:
    texts = [text for text, _ in args]
    if op.variadic and len(op.arguments) == 1:
        texts = [f"[{', '.join(texts)}]"]
        if op.name == "stack" and node.parameters["axis"] == -node.ndim:
            return texts[0], _POSTFIX
    ahead = _ahead(op)
    for parameter, value in node_parameters(node):
        if parameter.name in ahead:
            texts.insert(op.form.index(parameter.name), _parameter(parameter, value))
    shown = [
        f"{parameter.name}={_parameter(parameter, value)}"
        for parameter, value in node_parameters(node)
        if parameter.kind != "seed"
        and parameter.name not in ahead
        and not _is_default(node, parameter, value)
    ]
    place = "".join(op.spelling.partition("[")[1:])
    return f"{op.spelled}({', '.join([*texts, *shown])}){place}", _POSTFIX


def _ahead(op: Operation) -> list[str]:
    """The parameters that stand before an array in a call, and so are written in their place."""
    names = {parameter.name for parameter in op.parameters}
    return [name for place, name in enumerate(op.form) if name in names and set(op.form[place:]) - names]


def node_parameters(node: Node) -> Iterator[tuple[Parameter, Any]]:
    """The parameters of a node with their declarations."""
    return zip(node.op.parameters, node.values, strict=True)


def _is_default(node: Node, parameter: Parameter, value: Any) -> bool:
    if parameter.kind == "axes" and parameter.default is None:
        return node.op.name != "squeeze" and bool(value == tuple(range(-node.args[0].ndim, 0)))
    if parameter.kind == "permutation":
        return bool(value == tuple(range(-1, -node.args[0].ndim - 1, -1)))
    return type(value) is type(parameter.default) and bool(value == parameter.default)


def _parameter(parameter: Parameter, value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, tuple):
        inner = ", ".join(["-1" if isinstance(one, Unknown) else str(one) for one in value])
        return (
            inner if len(value) == 1 and parameter.kind == "axes" else f"({inner}{',' * (len(value) == 1)})"
        )
    return format_number(value) if isinstance(value, float) else str(value)


def _constant(node: Node) -> Written:
    data = node.values[0]
    if node.shape == () and not isinstance(data, tuple):
        text = format_number(data)
        return text, _UNARY if text.startswith("-") else _POSTFIX
    texts = [format_number(one) for one in data]
    if 0 in node.shape and node.shape != (0,):
        return f"zeros({node.shape})", _POSTFIX
    for size in reversed(node.shape):
        assert isinstance(size, int)
        step = max(size, 1)
        texts = [f"[{', '.join(texts[i : i + step])}]" for i in range(0, max(len(texts), 1), step)]
    return texts[0], _POSTFIX


def _subscripts(node: Node, indices: list[Written]) -> list[str]:
    spec = node.values[0]
    covered = sum(int(item[2]) if item[0] == "mask" else item[0] != "new" for item in spec)
    parts = ["..."] if node.args[0].ndim > covered else []
    for item in spec:
        if item[0] == "at":
            parts.append(str(item[1]))
        elif item[0] == "slice":
            parts.append(":".join(["" if bound is None else str(bound) for bound in item[1:]]))
        elif item[0] in ("array", "mask"):
            parts.append(indices[item[1]][0])
        else:
            parts.append(":" if item[0] == "all" else "None")
    return parts
