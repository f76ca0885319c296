"""Making arrays from numbers, and norms of them."""

from __future__ import annotations

import math
from typing import Any

from gradcli.errors import CallProblem, ShapeProblem
from gradcli.graph.node import Node, Parameter, Shape, describe, ops
from gradcli.graph.operations.compose import compose
from gradcli.graph.operations.record import AXIS, KEEPDIMS, REQUIRED, define, strong
from gradcli.graph.operations.shaping import SHAPE

_COUNT = Parameter("n", "size", REQUIRED)

for _name in ("zeros", "ones"):
    define(
        _name,
        "",
        kernel=f"numpy.{_name}",
        shape=lambda shape: shape,
        parameters=(SHAPE,),
        samples=[(f"{_name}((2, 3)) * x", {"x": "()"}), (f"x * {_name}(3)", {"x": "2x3"})],
    )


def _eye_shape(n: int) -> Shape:
    return (n, n)


define(
    "eye",
    "",
    kernel="kernels.eye",
    shape=_eye_shape,
    parameters=(_COUNT,),
    samples=[("eye(3) * x", {"x": "()"}), ("x @ eye(2)", {"x": "3x2"})],
)


def _arange_parameters(nodes: list[Node], given: dict[str, Any]) -> dict[str, Any]:
    start, stop, step = (given.get(name) for name in ("start", "stop", "step"))
    if start is None:
        raise CallProblem("arange() needs where to stop", hint="write arange(5) or arange(0, 5, 0.5)")
    if stop is None:
        start, stop = 0.0, start
    step = 1.0 if step is None else step
    if step == 0 or not all(map(math.isfinite, (start, stop, step))):
        raise CallProblem("arange() needs finite bounds and a step that is not 0")
    return {"start": start, "stop": stop, "step": step}


define(
    "arange",
    "",
    kernel="kernels.arange",
    shape=lambda start, stop, step: (max(0, math.ceil((stop - start) / step)),),
    parameters=(
        Parameter("start", "number"),
        Parameter("stop", "number"),
        Parameter("step", "number"),
    ),
    prepare=_arange_parameters,
    samples=[("x * arange(3)", {"x": "3"}), ("x * arange(1, 2, 0.5)", {"x": "()"})],
)


def _linspace_shape(start: Shape, stop: Shape, n: int) -> Shape:
    if start != () or stop != ():
        raise ShapeProblem(f"linspace() needs two numbers: got {describe(start)} and {describe(stop)}")
    return (n,)


def _ramp(n: int) -> Node:
    return ops.linspace(0.0, 1.0, n=n)


define(
    "linspace",
    "start stop",
    pullback=(
        lambda g, y, start, stop, n: ops.sum(strong(g, 1 - _ramp(n)), axis=-1),
        lambda g, y, start, stop, n: ops.sum(strong(g, _ramp(n)), axis=-1),
    ),
    kernel="kernels.linspace",
    shape=_linspace_shape,
    parameters=(Parameter("n", "size", 50),),
    samples=[("linspace(a, b, 5)", {"a": "()", "b": "()"}), ("linspace(a, 2, n=1)", {"a": "()"})],
)


def _norm(x: Node, p: float | str | None, axis: tuple[int, ...] | None, keepdims: bool) -> Node:
    """The p-norm over axes; of a matrix without an axis, the norm of the matrix."""
    matrix = axis is None and x.ndim == 2
    if p is None or p == "fro" or (p == 2 and not matrix):
        return ops.norm2(x, axis=axis, keepdims=keepdims)
    if isinstance(p, str):
        raise CallProblem(f'norm() knows no order "{p}"', hint='use "fro", 1, 2, inf, -inf or a number')
    if matrix:
        return _matrix_norm(x, p)
    size = ops.abs(x)
    if p == math.inf:
        return ops.max(size, axis=axis, keepdims=keepdims)
    if p == -math.inf:
        return ops.min(size, axis=axis, keepdims=keepdims)
    if p == 1:
        return ops.sum(size, axis=axis, keepdims=keepdims)
    if p == 0:
        return ops.sum(ops.number(ops.ne(x, 0)), axis=axis, keepdims=keepdims)
    # Scaled by the largest element, so that neither a large nor a zero vector leaves the numbers.
    scale = ops.detach(ops.max(size, axis=axis, keepdims=True))
    scale = ops.where(ops.eq(scale, 0), 1, scale)
    inner = ops.sum((size / scale) ** p, axis=axis, keepdims=True)
    flat = ops.eq(inner, 0)
    root = ops.where(flat, 0, ops.where(flat, 1, inner) ** (1 / p)) * scale
    if keepdims:
        return root
    return ops.reshape(root, shape=()) if axis is None else ops.squeeze(root, axis=axis)


def _matrix_norm(x: Node, p: float) -> Node:
    if p in (1, -1, math.inf, -math.inf):
        lines = ops.sum(ops.abs(x), axis=-2 if abs(p) == 1 else -1)
        return ops.max(lines) if p > 0 else ops.min(lines)
    raise CallProblem(
        f"norm() of a matrix with p={p:g} is not offered",
        hint='use "fro", 1, -1, inf or -inf, or name an axis for the norms of its rows or columns',
    )


compose(
    "norm",
    "x",
    _norm,
    parameters=(Parameter("p", "order", None), AXIS, KEEPDIMS),
    samples=[
        ("norm(x)", {"x": "3"}),
        ("norm(x)", {"x": "2x3"}),
        ("norm(x)", {"x": "()"}),
        ("norm(x, axis=0)", {"x": "2x3"}),
        ("norm(x, 1)", {"x": "3"}),
        ("norm(x, 3)", {"x": "3"}),
        ("norm(x, 3, axis=1, keepdims=true)", {"x": "2x3"}),
        ("norm(x, inf)", {"x": "3"}),
        ("norm(x, 1)", {"x": "2x3"}),
        ('norm(x, "fro")', {"x": "2x3"}),
    ],
)
