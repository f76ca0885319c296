"""Making arrays from numbers."""

from __future__ import annotations

import math
from typing import Any

from gradcli.errors import CallProblem, ShapeProblem
from gradcli.graph.node import Node, Parameter, ops
from gradcli.graph.operations.record import REQUIRED, define, strong
from gradcli.graph.operations.shaping import SHAPE
from gradcli.graph.shapes import Shape, describe

# Of an array whose bytes can be counted in 63 bits.
_MOST = 2.0**60
_COUNT = Parameter("n", "size", REQUIRED)

for _name in ("zeros", "ones"):
    define(
        _name,
        "",
        kernel=f"numpy.{_name}",
        doc=f"an array of {_name}",
        shape=lambda shape: shape,
        parameters=(SHAPE,),
        samples=[
            (f"{_name}((2, 3)) * x", {"x": "()"}),
            (f"x * {_name}(3)", {"x": "2x3"}),
            (f"x + {_name}(2, 3)", {"x": "3"}),
        ],
    )


def _eye_shape(n: int, m: int | None, k: int) -> Shape:
    return (n, n if m is None else m)


define(
    "eye",
    "",
    kernel="kernels.shaping.eye",
    doc="the identity matrix",
    shape=_eye_shape,
    parameters=(_COUNT, Parameter("m", "size"), Parameter("k", "integer", 0)),
    samples=[
        ("eye(3) * x", {"x": "()"}),
        ("x @ eye(2)", {"x": "3x2"}),
        ("x * eye(2, 3, 1)", {"x": "2x3"}),
        ("x * eye(3, k=-2)", {"x": "()"}),
    ],
)


def _arange_parameters(nodes: list[Node], given: dict[str, Any]) -> dict[str, Any]:
    start, stop, step = (given.get(name) for name in ("start", "stop", "step"))
    if stop is None:
        start, stop = None, start
    if stop is None:
        raise CallProblem("arange() needs where to stop", hint="write arange(5) or arange(0, 5, 0.5)")
    start = 0.0 if start is None else start
    step = 1.0 if step is None else step
    if step == 0 or not all(map(math.isfinite, (start, stop, step))):
        raise CallProblem(
            "arange() needs finite bounds and a step that is not 0, "
            f"and got start={start:g}, stop={stop:g}, step={step:g}"
        )
    return {"start": start, "stop": stop, "step": step}


def _arange_shape(start: float, stop: float, step: float) -> Shape:
    count = (stop - start) / step
    if count >= _MOST:
        raise ShapeProblem("this array has more elements than a memory can hold")
    return (max(0, math.ceil(count)),)


define(
    "arange",
    "",
    kernel="kernels.shaping.arange",
    doc="from start up to stop, which is not reached",
    shape=_arange_shape,
    parameters=(
        Parameter("start", "number"),
        Parameter("stop", "number"),
        Parameter("step", "number"),
    ),
    prepare=_arange_parameters,
    samples=[
        ("x * arange(3)", {"x": "3"}),
        ("x * arange(1, 2, 0.5)", {"x": "()"}),
        ("x * arange(stop=2)", {"x": "2"}),
    ],
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
    kernel="kernels.shaping.linspace",
    doc="n numbers from start to stop, both reached",
    analytic=True,
    shape=_linspace_shape,
    parameters=(Parameter("n", "size", 50),),
    samples=[("linspace(a, b, 5)", {"a": "()", "b": "()"}), ("linspace(a, 2, n=1)", {"a": "()"})],
)
