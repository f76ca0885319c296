"""Arrays made larger at their edges."""

from __future__ import annotations

from typing import Any

from gradcli.errors import CallProblem, ShapeProblem
from gradcli.graph.node import Node, Parameter, ops
from gradcli.graph.operations.record import REQUIRED, define
from gradcli.graph.operations.shaping import known_sizes
from gradcli.graph.shapes import Shape, elements

Widths = tuple[tuple[int, int], ...]

_FORM = "write pad(x, 1), pad(x, (before, after)), or a pair for each axis"
_WIDTH = Parameter("width", "widths", REQUIRED)
_MODES = ("constant", "edge", "reflect", "wrap")
_FOLDING = Parameter("mode", "text", "edge", _MODES[1:])


def _pad_parameters(nodes: list[Node], given: dict[str, Any]) -> dict[str, Any]:
    if "width" not in given:
        raise CallProblem("pad() needs a value for width", hint=_FORM)
    shape = nodes[0].shape
    known_sizes("pad", shape)
    width, mode = _widths(tuple(given["width"]), len(shape)), given.get("mode", "constant")
    least = min([one for pair in width for one in pair], default=0)
    if least < 0:
        raise CallProblem(
            f"pad() needs widths that are not negative, and got {least}", hint="a slice cuts: x[1:-1]"
        )
    for axis, (size, pair) in enumerate(zip(shape, width, strict=True)):
        if mode != "constant" and size == 0 and any(pair):
            raise ShapeProblem(f'axis {axis} is empty: there is nothing to pad it with in mode "{mode}"')
    return {"width": width, "mode": mode, "value": given.get("value", 0.0)}


def _widths(width: tuple[Any, ...], ndim: int) -> Widths:
    """NumPy's forms of a width as one pair an axis: ``1``, ``(1, 2)``, ``((1, 2), (0, 1))``."""
    if not width and not ndim:
        return ()
    rows = width if width and all(isinstance(one, tuple) for one in width) else (width,)
    if all(len(row) in (1, 2) and all(isinstance(one, int) for one in row) for row in rows):
        pairs = tuple([(row[0], row[-1]) for row in rows])
        if len(pairs) in (1, ndim):
            return pairs * ndim if len(pairs) == 1 else pairs
    which = "its axis" if ndim == 1 else f"each of the {ndim} axes"
    got = width or "none"
    raise CallProblem(f"pad() needs a width for {which}, and got {got}", hint=_FORM)


def _padded(shape: Shape, width: Widths, **_: Any) -> Shape:
    return tuple([elements((size,)) + sum(pair) for size, pair in zip(shape, width, strict=True)])


def _pad_rule(g: Node, y: Node, x: Node, width: Widths, mode: str, value: float) -> Node:
    if not x.ndim:
        return g
    if mode != "constant":
        return ops.folded(g, shape=x.shape, width=width, mode=mode)
    sizes = [elements((size,)) for size in x.shape]
    inner = [("slice", before, before + size, 1) for (before, _), size in zip(width, sizes, strict=True)]
    return ops.index(g, spec=tuple(inner))


define(
    "pad",
    pullback=_pad_rule,
    kernel="kernels.shaping.pad",
    moves=True,
    analytic=True,
    shape=_padded,
    parameters=(_WIDTH, Parameter("mode", "text", "constant", _MODES), Parameter("value", "number", 0.0)),
    prepare=_pad_parameters,
    takes="any",
    gives="same",
    torch="ConstantPadNdBackward0",
    doc="values added at the edges",
    samples=[
        ("pad(x, 1)", {"x": "2x3"}),
        ("pad(x, (1, 2), value=7)", {"x": "3"}),
        ("x.pad(((0, 1), (2, 0)))", {"x": "2x3"}),
        ('pad(x, (1, 3), mode="edge")', {"x": "3"}),
        ('pad(x, ((1, 2), (0, 5)), "reflect")', {"x": "2x3"}),
        ('pad(x, (4, 1), mode="wrap")', {"x": "3"}),
        ('pad(x, 1, "reflect")', {"x": "1x2"}),
        ("pad(x, 2)", {"x": "0"}),
        ("pad(x, 2)", {"x": "()"}),
    ],
)


def _folded_rule(g: Node, y: Node, x: Node, shape: Shape, width: Widths, mode: str) -> Node:
    # The leading axes of g are not padded.
    return ops.pad(g, width=((0, 0),) * (g.ndim - len(width)) + width, mode=mode)


define(
    # The adjoint of pad where it repeats elements: each copy is added to what it is a copy of.
    "folded",
    pullback=_folded_rule,
    kernel="kernels.shaping.folded",
    shape=lambda g, shape, width, mode: (*g[: len(g) - len(shape)], *shape),
    parameters=(Parameter("shape", "shape", REQUIRED), _WIDTH, _FOLDING),
    samples=[
        ('grad(sum(pad(x, (1, 4), "reflect")^3), x)', {"x": "3"}),
        ('grad(sum(pad(x, ((1, 2), (3, 0)), "wrap")^3), x)', {"x": "2x2"}),
    ],
    spelling="vjp(pad({zeros}, {width}, {mode}), {zeros}, {0})",
    hidden=True,
)
