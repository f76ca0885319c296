"""Reductions to positions, counts and truths, which have no gradient."""

from __future__ import annotations

from typing import Any

from gradcli.errors import ShapeProblem
from gradcli.graph.node import Node, Parameter
from gradcli.graph.operations.record import AXIS, KEEPDIMS, Sample, define, from_end, reduced
from gradcli.graph.shapes import Shape


def _samples(name: str) -> list[Sample]:
    return [
        (f"x * {name}(x)", {"x": "3"}),
        (f"x * {name}(x)", {"x": "()"}),
        (f"x * {name}(x, axis=0)", {"x": "2x3"}),
        (f"x * {name}(x, axis=-1, keepdims=true)", {"x": "2x3"}),
    ]


def _place_parameters(nodes: list[Node], given: dict[str, Any]) -> dict[str, Any]:
    axis, ndim = given.get("axis"), nodes[0].ndim
    if axis is not None:
        axis = None if ndim == 0 and axis in (0, -1) else from_end(axis, ndim)[0]
    return {"axis": axis, "keepdims": given.get("keepdims", False)}


def _place_shape(name: str) -> Any:
    def rule(shape: Shape, axis: int | None, keepdims: bool) -> Shape:
        axes = from_end(axis, len(shape))
        if any(shape[one] == 0 for one in axes):
            raise ShapeProblem(f"{name}() of no elements has no value", hint="it needs at least one element")
        return reduced(shape, axes, keepdims)

    return rule


for _name in ("argmax", "argmin"):
    define(
        # Without an axis, the position in the array read row by row; of several, the first.
        _name,
        kernel=f"kernels.ordering.{_name}",
        doc=f"where the {_name[3:]}imum is, the first of several",
        scalar="reduction_scalars.position",
        shape=_place_shape(_name),
        parameters=(Parameter("axis", "axis", None), KEEPDIMS),
        prepare=_place_parameters,
        samples=_samples(_name),
        gradless=True,
    )


def _reduce(shape: Shape, axis: tuple[int, ...], keepdims: bool) -> Shape:
    return reduced(shape, axis, keepdims)


for _name in ("any", "all"):
    define(
        _name,
        kernel=f"kernels.reduction.{_name}_nonzero",
        doc=f"whether {_name} of the elements {'is' if _name == 'any' else 'are'} true, or not 0",
        scalar="reduction_scalars.nonzero",
        shape=_reduce,
        parameters=(AXIS, KEEPDIMS),
        takes="any",
        gives="bool",
        samples=[
            *_samples(_name),
            (f"where({_name}(x > 0, axis=(0, 2)), 2, y)", {"x": "2x3x2", "y": "3"}),
            (f"{_name}(x)", {"x": "0"}),
        ],
        gradless=True,
    )
define(
    "count_nonzero",
    kernel="kernels.reduction.count_nonzero",
    doc="how many elements are true, or not 0",
    scalar="reduction_scalars.count_nonzero",
    shape=_reduce,
    parameters=(AXIS, KEEPDIMS),
    takes="any",
    samples=[
        *_samples("count_nonzero"),
        ("sum(x) * count_nonzero(x > 0, axis=(0, 2))", {"x": "2x3x2"}),
        ("count_nonzero(x)", {"x": "0"}),
    ],
    gradless=True,
)
