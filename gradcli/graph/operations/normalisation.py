"""Vectors and features brought to one size."""

from __future__ import annotations

from gradcli.errors import ShapeProblem
from gradcli.graph.node import Node, Parameter, ops
from gradcli.graph.operations.compose import compose, composites
from gradcli.graph.operations.record import REQUIRED, Sample, define, from_end, strong
from gradcli.graph.shapes import Shape, agree, broadcast, describe, is_known

_EPS = Parameter("eps", "number", 1e-5)


def _axes(normalized_shape: Shape) -> tuple[int, ...]:
    return tuple(range(-len(normalized_shape), 0))


def _by_input(g: Node, y: Node, x: Node, *affine: Node, normalized_shape: Shape, eps: float) -> Node:
    axes = _axes(normalized_shape)
    plain = ops.layer_normal(x, normalized_shape=normalized_shape, eps=eps)
    inverse = 1 / ops.sqrt(ops.var(x, axis=axes, correction=0.0, keepdims=True) + eps)
    if affine:
        g = strong(g, affine[0])
    # What moves the mean or the size of the features is lost.
    along = strong(ops.mean(strong(g, plain), axis=axes, keepdims=True), plain)
    return strong(g - ops.mean(g, axis=axes, keepdims=True) - along, inverse)


def _by_affine(i: int, g: Node, y: Node, x: Node, *affine: Node, normalized_shape: Shape, eps: float) -> Node:
    if i == 1:
        return g
    return strong(g, ops.layer_normal(x, normalized_shape=normalized_shape, eps=eps))


define(
    "layer_normal",
    "input affine*",
    pullback=(_by_input, _by_affine),
    kernel="kernels.learning.layer_norm",
    shape=lambda x, *_, normalized_shape, eps: x,
    parameters=(Parameter("normalized_shape", "integers", REQUIRED), _EPS),
    torch="NativeLayerNormBackward0",
    samples=[("layer_norm(x, 3)", {"x": "2x3"})],
    spelling="layer_norm",
    hidden=True,
    form="input normalized_shape affine eps",
    analytic=True,
)


def _layer_norm(
    x: Node,
    weight: Node | None,
    bias: Node | None,
    normalized_shape: tuple[int, ...] | None,
    eps: float,
) -> Node:
    sizes: Shape | None = normalized_shape
    if sizes is None:
        given = next((one.shape for one in (weight, bias) if one is not None), x.shape[-1:])
        sizes = given or x.shape[-1:]
    if not x.ndim:
        raise ShapeProblem("layer_norm() needs an input with an axis to normalize: got ()")
    if not sizes or not agree(sizes, x.shape[-len(sizes) :]):
        raise ShapeProblem(
            f"layer_norm() needs an input whose last sizes are normalized_shape, {describe(sizes)}: "
            f"got {describe(x.shape)}"
        )
    for name, one in (("weight", weight), ("bias", bias)):
        if one is not None and one.shape and not agree(one.shape, sizes):
            raise ShapeProblem(
                f"layer_norm() needs a {name} of normalized_shape, {describe(sizes)}: "
                f"got {describe(one.shape)}"
            )
    arrays: list[Node | float] = [x]
    if weight is not None or bias is not None:
        arrays.append(1.0 if weight is None else weight)
    if bias is not None:
        arrays.append(bias)
    return ops.layer_normal(*arrays, normalized_shape=sizes, eps=eps)


compose(
    "layer_norm",
    "input weight=none bias=none",
    _layer_norm,
    parameters=(Parameter("normalized_shape", "integers", None), _EPS),
    samples=[
        ("layer_norm(x)", {"x": "2x3"}),
        ("layer_norm(x, 2, w, b)", {"x": "3x2", "w": "2", "b": "2"}),
        ("layer_norm(x, (2, 2), w, eps=0.1)", {"x": "2x2x2", "w": "2x2"}),
        ("layer_norm(x, bias=b)", {"x": "2x2", "b": "2"}),
        ("layer_norm(x)", {"x": "0x3"}),
        ("layer_norm(x)", {"x": "2x0"}),
    ],
    form="input normalized_shape weight bias eps",
    doc="features with mean 0 and variance 1, then times weight plus bias",
)


def _axis(x: Node, axis: tuple[int, ...] | None) -> tuple[int, ...]:
    """The axes that were named; else PyTorch's second, or the only one."""
    return from_end(min(1, x.ndim - 1) if axis is None else axis, x.ndim)


def _vector(x: Node) -> Node:
    """A number as a vector of one element, for PyTorch lets it have an axis."""
    return x if x.ndim else ops.unsqueeze(x, axis=0)


def _at_least(x: Node, axis: tuple[int, ...], p: float, eps: float) -> Node:
    size = composites.norm(x, p=p, axis=axis, keepdims=True)
    assert isinstance(size, Node)
    return ops.maximum(size, eps)


def _normalize(x: Node, p: float, axis: tuple[int, ...] | None, eps: float) -> Node:
    wide = _vector(x)
    y = wide / _at_least(wide, _axis(wide, axis), p, eps)
    return y if x.ndim else ops.squeeze(y, axis=0)


def _cosine_similarity(x1: Node, x2: Node, axis: tuple[int, ...] | None, eps: float) -> Node:
    shape = broadcast(x1.shape, x2.shape)
    if not is_known(shape) and x1.shape != x2.shape:
        raise ShapeProblem("cosine_similarity() of a masked array and another: their sizes may differ")
    a, b = (_vector(x if x.shape == shape else ops.broadcast_to(x, shape=shape)) for x in (x1, x2))
    axis = _axis(a, axis)
    return ops.sum((a / _at_least(a, axis, 2.0, eps)) * (b / _at_least(b, axis, 2.0, eps)), axis=axis)


def _two(name: str) -> list[Sample]:
    return [
        (f"{name}(x, y)", {"x": "3", "y": "3"}),
        (f"{name}(x, y)", {"x": "2x3", "y": "2x3"}),
        (f"{name}(x, y, axis=0)", {"x": "2x1", "y": "3"}),
        (f"{name}(x, y, dim=-1, eps=2)", {"x": "3", "y": "3"}),
        (f"{name}(x, y, 0)", {"x": "() nonzero", "y": "() nonzero"}),
    ]


compose(
    "normalize",
    "input",
    _normalize,
    parameters=(
        Parameter("p", "number", 2.0),
        Parameter("axis", "axes", None),
        Parameter("eps", "number", 1e-12),
    ),
    samples=[
        ("normalize(x)", {"x": "3"}),
        ("normalize(x, 1, 0)", {"x": "2x3"}),
        ("normalize(x, p=3)", {"x": "2x2"}),
        ("normalize(x, inf, axis=(0, 1))", {"x": "2x2"}),
        ("normalize(x, eps=9)", {"x": "3"}),
        ("normalize(x)", {"x": "() nonzero"}),
    ],
    doc="x over its norm, or over eps where that is less",
)
compose(
    "cosine_similarity",
    "x1 x2",
    _cosine_similarity,
    parameters=(Parameter("axis", "axes", None), Parameter("eps", "number", 1e-8)),
    samples=_two("cosine_similarity"),
    doc="the cosine of the angle between vectors",
)
