"""Sub-expressions without a derivative at the point, as the records tell, and who meets them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from gradcli.checking.moving import Moving
from gradcli.checking.result import Kink
from gradcli.errors import GradcliError, Span
from gradcli.execute.plan import Plan, trace
from gradcli.graph.node import CONSTANT, Node, variable
from gradcli.graph.shapes import is_known
from gradcli.language.build import Built
from gradcli.output.formula import formula
from gradcli.output.numbers import format_number, format_value

Value = Any
Array = Any

# So far that a step changes the numbers, and so near that it meets nothing else.
_NEAR = 2.0**-20
_SHOWN = 3


class Found(NamedTuple):
    """A node with a kink: where it is true, and the arguments' values."""

    node: Node
    mask: Array
    arguments: tuple[Value, ...]


class Kinks:
    """The kinks of a function of one name at the point."""

    def __init__(self, function: Moving) -> None:
        self._function = function
        suspects = [node for node in function.active if node.op.kink is not None]
        values = _values(function, function.values) if suspects else {}
        self.found = [one for node in suspects if (one := _kink(node, values)) is not None]

    def met(self, direction: Array) -> list[Found]:
        """Those whose arguments change along a direction where the kink is."""
        if not self.found:
            return []
        moved = [_values(self._function, self._function.inputs(direction, step)) for step in (_NEAR, -_NEAR)]
        return [one for one in self.found if any(_changes(one, values) for values in moved)]

    def described(self, one: Found, built: Built) -> Kink:
        """A kink in words."""
        node = self._function.origin.get(one.node, one.node)
        span = _span(built, node)
        # A composed function is many nodes under one text: then the arguments have none of their own.
        names = [self._name(built, arg, span) for arg in node.args]
        return Kink(_text(built, node, span), _where(one, names), node.op.convention, span)

    def _name(self, built: Built, arg: Node, outer: Span | None) -> str:
        arg = self._function.origin.get(arg, arg)
        span = built.spans.get(arg)
        if arg.op is CONSTANT:
            return ""
        if span is None or span == outer:
            return _formula(arg)
        return _text(built, arg, span)


def _values(function: Moving, inputs: Mapping[str, Value]) -> dict[Node, Value]:
    try:
        return trace(function.outputs, inputs)
    except (GradcliError, ValueError):
        return {}


def _kink(node: Node, values: Mapping[Node, Value]) -> Found | None:
    import numpy

    if node not in values or not all(is_known(arg.shape) for arg in node.args):
        return None
    assert node.op.kink is not None
    # Constants stay what they are: a rule may look at an exponent that is one.
    stands = [
        arg if arg.op is CONSTANT else variable(f"argument {i}", arg.shape, arg.kind)
        for i, arg in enumerate(node.args)
    ]
    arguments = tuple([values[arg] for arg in node.args])
    inputs = {f"argument {i}": value for i, value in enumerate(arguments)}
    try:
        (mask,) = Plan([node.op.kink(*stands, **node.parameters)]).run(inputs)
    except GradcliError:
        return None
    return Found(node, numpy.asarray(mask), arguments) if numpy.any(mask) else None


def _changes(one: Found, values: Mapping[Node, Value]) -> bool:
    import numpy

    for arg, before in zip(one.node.args, one.arguments, strict=True):
        if arg not in values:
            continue
        changed = numpy.not_equal(values[arg], before)
        if not numpy.any(changed):
            continue
        try:
            if numpy.any(changed & one.mask):
                return True
        except ValueError:
            return True
    return False


def _where(one: Found, names: list[str]) -> str:
    """Such as ``x[2] = 0``, or ``a = 1 and b = 1``; a few places if there are many."""
    import numpy

    arguments = one.arguments
    try:
        shape = numpy.broadcast_shapes(one.mask.shape, *map(numpy.shape, arguments))
    except ValueError:  # a matrix and its factors, or its right side: the first says where
        arguments = arguments[:1]
        shape = numpy.broadcast_shapes(one.mask.shape, *map(numpy.shape, arguments))
    places = numpy.argwhere(numpy.broadcast_to(one.mask, shape)).tolist()
    whole = one.mask.size < numpy.prod(shape, dtype=int)
    shown = []
    for place in places[:1] if whole else places[:_SHOWN]:
        parts = []
        for name, value in zip(names, arguments, strict=False):
            if not name:
                continue
            array = numpy.broadcast_to(value, shape)
            index = place[len(shape) - numpy.ndim(value) :] if numpy.ndim(value) else []
            if whole and len(index):
                parts.append(f"{name} = {_short(value)}")
                continue
            bracket = f"[{', '.join(map(str, index))}]" if index else ""
            text = name if name.isidentifier() or not bracket else f"({name})"
            parts.append(f"{text}{bracket} = {format_number(float(array[tuple(place)]) + 0.0, 6)}")
        shown.append(" and ".join(parts))
    more = len(places) - len(shown)
    rest = f" and {more} more" if more > 0 and not whole else ""
    return ", ".join([text for text in shown if text]) + rest


def _short(value: Value) -> str:
    """A whole array, or as much of it as a line holds."""
    text = format_value(value, 6)
    return text if len(text) <= 40 else text[:37] + "..."


def _span(built: Built, node: Node) -> Span | None:
    while node not in built.spans:
        origin = built.trail.origin(node)
        if origin is None or origin.number >= node.number:
            return None
        node = origin
    return built.spans[node]


def _text(built: Built, node: Node, span: Span | None) -> str:
    if span is None:
        return _formula(node)
    return built.source.part(span)


def _formula(node: Node) -> str:
    text = formula([node]).replace("\n", "; ")
    return text if len(text) <= 60 else text[:57] + "..."
