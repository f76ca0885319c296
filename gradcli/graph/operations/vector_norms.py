"""The p-norm of a vector, for every order but 0 and 2."""

from __future__ import annotations

import math

from gradcli.errors import ShapeProblem
from gradcli.graph.node import Node, Parameter, ops
from gradcli.graph.operations.record import AXIS, KEEPDIMS, define, number, reduced, restored, strong
from gradcli.graph.operations.reduction import tied
from gradcli.graph.shapes import Shape


def _norm_shape(shape: Shape, p: float, axis: tuple[int, ...], keepdims: bool) -> Shape:
    if (p < 0 or p == math.inf) and any(shape[one] == 0 for one in axis):
        raise ShapeProblem(
            f"norm() of no elements has no value for p={p:g}", hint="it needs at least one element"
        )
    return reduced(shape, axis, keepdims)


def _norm_rule(g: Node, y: Node, x: Node, p: float, axis: tuple[int, ...], keepdims: bool) -> Node:
    g, y = restored(g, axis, keepdims), restored(y, axis, keepdims)
    if p == 1:
        return strong(g, ops.sign(x))
    if math.isinf(p):
        hit = number(ops.ties(ops.abs(x), y))
        return strong(g, ops.sign(x) * hit / ops.sum(hit, axis=axis, keepdims=True))
    flat = ops.eq(y, 0)
    ratio = x / ops.where(flat, 1, y)
    if p % 2 == 0:
        slope = ratio ** (p - 1)
    else:
        # Below 1 an element of zero is the bottom of a cusp: the smallest of its slopes is 0.
        away = ops.abs(ratio) if p >= 1 else ops.where(ops.eq(ratio, 0), 1, ops.abs(ratio))
        slope = ops.sign(x) * away ** (p - 1)
    return strong(g, ops.where(flat, 0, slope))


def _norm_kink(x: Node, p: float, axis: tuple[int, ...], keepdims: bool) -> Node:
    size = ops.norm_p(x, p=p, axis=axis, keepdims=True)
    if math.isinf(p):
        return ops.logical_or(tied(ops.abs(x), size, axis), ops.eq(size, 0))
    return ops.eq(size if p > 1 else x, 0)


define(
    "norm_p",
    pullback=_norm_rule,
    kernel="kernels.reduction.norm_p",
    scalar="scalars.magnitude",
    shape=_norm_shape,
    parameters=(Parameter("p", "number", 2.0), AXIS, KEEPDIMS),
    torch="LinalgVectorNormBackward0",
    spelling="norm",
    samples=[
        ("norm(x, 1, axis=(0, 2))", {"x": "2x3x2"}),
        ("norm(x, inf, axis=0)", {"x": "3x2"}),
        ("norm(x, -inf, axis=-1, keepdims=true)", {"x": "2x3"}),
        ("norm(x, 4)", {"x": "3"}),
        ("norm(x, 2.5, axis=0)", {"x": "3x2"}),
        ("norm(x, 0.5)", {"x": "3"}),
        ("norm(x, -1)", {"x": "3"}),
        ("norm(x, -2)", {"x": "()"}),
        ("norm(x, 3)", {"x": "0"}),
    ],
    hidden=True,
    kink=_norm_kink,
    convention="the gradient of norm at 0 is 0; for p=inf the largest elements share it",
)
