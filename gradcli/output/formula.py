"""A graph -> text of the language that parses to the same graph.

Brackets stand only where the grammar needs them. A node with several uses is written once,
as a statement of its own, so the text is never longer than the graph is large.
"""

from __future__ import annotations

import re
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

# In a spelling: an argument by its place, or a parameter by its name.
_SLOT = re.compile(r"\{(\w+)\}")
_INSIDE = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
# A derivative inside a text is taken by a name.
_BY_A_NAME = ("diff(", "grad(", "vjp(", "jvp(", "hvp(")
# Zeros of the result's shape, by a name: what an adjoint differentiates by.
_ZEROS = "{zeros}"
# What a spelling repeats is named if it is longer than that.
_SHORT = 8


def formula(outputs: Sequence[Node]) -> str:
    """Write outputs as one text; several as a tuple.

    Operations that only derivatives use are written as their records spell them; those that the
    language cannot say as calls, which it does not know.
    """
    nodes = reachable(outputs)
    # What a spelling leaves out, such as a factorization that two results share, is not written.
    shown = set(outputs)
    uses: dict[Node, int] = {}
    repeated: set[Node] = set()
    by_a_name: set[Node] = set()
    templates = {node: _template(node) for node in nodes}
    for node in reversed(nodes):
        places = _places(node, templates[node]) if node in shown else set()
        for arg in [arg for place, arg in enumerate(node.args) if place in places]:
            uses[arg] = uses.get(arg, 0) + 1
            shown.add(arg)
        twice = {node.args[place] for place in places if templates[node].count(f"{{{place}}}") > 1}
        repeated |= twice
        by_a_name |= twice if templates[node].startswith(_BY_A_NAME) else set()
    taken = {node.values[0] for node in nodes if node.op is INPUT}
    names = (name for number in range(1, 2 * len(nodes) + 2) if (name := f"t{number}") not in taken)
    written: dict[Node, Written] = {}
    lines = []
    for node in [node for node in nodes if node in shown]:
        template = templates[node]
        args = [written.get(arg, ("", 0)) for arg in node.args]
        if _ZEROS in template:
            name = next(names)
            lines.append(f"{name} = {_call_of_zeros(node)}")
            template = template.replace(_ZEROS, name)
        text, level = _spelled(node, template, args) if template else _write(node, args)
        long = node in repeated and len(text) > _SHORT
        # What has no argument is as good as a name, unless it is drawn anew wherever it stands.
        several = uses.get(node, 0) > 1 and (node.args or _is_random(node.op))
        if several or (long and node.args) or (node in by_a_name and node.op is not INPUT):
            name = next(names)
            lines.append(f"{name} = {text}")
            text, level = name, _POSTFIX
        written[node] = text, level
    results = ", ".join([written[output][0] for output in outputs])
    return "\n".join([*lines, results])


def _template(node: Node) -> str:
    """What a node is written by; nothing for an operator or a call of a name."""
    op = node.op
    template = op.spelling if op.written is None else op.written(node)
    return template if "{" in template else ""


def _places(node: Node, template: str) -> set[int]:
    """Which arguments of a node are written."""
    every = set(range(len(node.args)))
    if not template:
        return every
    slots = _SLOT.findall(template)
    return {int(slot) for slot in slots if slot.isdigit()} | (every - {0} if "spec" in slots else set())


def _is_random(op: Operation) -> bool:
    return any(parameter.kind == "seed" for parameter in op.parameters)


def _call_of_zeros(node: Node) -> str:
    return f"zeros({', '.join(map(str, node.shape)) or '()'})"


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
    return _call(node, op, args)


def _spelled(node: Node, template: str, args: list[Written]) -> Written:
    """A spelling with its slots filled; arguments in brackets where what stands around them binds tighter."""
    if template == "{0}":
        return args[0]
    given = {
        parameter.name: ", ".join(_subscripts(node, value, args[1:]))
        if parameter.kind == "subscript"
        else _parameter(parameter, value)
        for parameter, value in node_parameters(node)
    }
    before, *rest = _SLOT.split(template)
    text = before
    for slot, after in zip(rest[::2], rest[1::2], strict=True):
        if slot.isdigit():
            text += _at(args[int(slot)], max(_least(before, 2, -1), _least(after, 1, 0)))
        else:
            # As the name of a function a text has no quotes.
            text += given[slot].strip('"') if after.startswith("(") else given[slot]
        text, before = text + after, after
    return text, _level(template)


def _least(beside: str, side: int, place: int) -> int:
    """How tightly an argument must bind next to a piece of a spelling: to the right of it, or to the left."""
    words = beside.split()
    if not words or (beside[place] != " " and not words[place].endswith("-")):
        return _POSTFIX if beside[:1] in ("[", ".") and side == 1 else _CHOICE
    if beside[place] != " ":
        return _UNARY if side == 2 else _CHOICE
    if words[place] in ("if", "else"):
        return _CHOICE if side == 2 and words[place] == "else" else _OR
    return _INFIX[words[place]][side] if words[place] in _INFIX else _CHOICE


def _level(template: str) -> int:
    """How tightly a spelling binds: as its loosest operator outside of brackets."""
    text = _SLOT.sub("x", template)
    while text != (text := _INSIDE.sub("", text)):
        pass
    words = text.split()
    levels = [_INFIX[word][0] for word in words if word in _INFIX]
    levels += [_UNARY] * text.startswith("-") + [_CHOICE] * ("if" in words)
    return min(levels, default=_POSTFIX)


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


def _subscripts(node: Node, spec: Any, indices: list[Written]) -> list[str]:
    covered = sum(int(item[2]) if item[0] == "mask" else item[0] != "new" for item in spec)
    # The adjoint makes the array that index takes.
    ndim = node.args[0].ndim if node.op.name == "index" else node.ndim
    parts = ["..."] if ndim > covered else []
    for item in spec:
        if item[0] == "at":
            parts.append(str(item[1]))
        elif item[0] == "slice":
            bounds = item[1:3] if item[3] in (None, 1) else item[1:]
            parts.append(":".join(["" if bound is None else str(bound) for bound in bounds]))
        elif item[0] in ("array", "mask"):
            parts.append(indices[item[1]][0])
        else:
            parts.append(":" if item[0] == "all" else "None")
    return parts
