"""Making arrays from other values and arrays."""

from __future__ import annotations

from gradcli.errors import ShapeProblem
from gradcli.graph.node import Node, Parameter, ops
from gradcli.graph.operations.compose import compose
from gradcli.graph.operations.record import define
from gradcli.graph.operations.shaping import SHAPE, known_sizes
from gradcli.graph.shapes import Shape, describe

compose(
    "full",
    "value",
    lambda value, shape: ops.broadcast_to(value, shape=shape),
    parameters=(SHAPE,),
    form="shape value",
    doc="an array of one value",
    samples=[
        ("full((2, 3), x)", {"x": "()"}),
        ("full(3, x ^ 2) * y", {"x": "()", "y": "3"}),
        ("full((2, 3), x)", {"x": "3"}),
        ("full((), x)", {"x": "()"}),
    ],
)
compose(
    "logspace",
    "start stop",
    lambda start, stop, n, base: ops.pow(base, ops.linspace(start, stop, n=n)),
    parameters=(Parameter("n", "size", 50), Parameter("base", "number", 10)),
    doc="n powers of a base, evenly spaced in their exponents",
    samples=[
        ("logspace(a, b, 4)", {"a": "() unit", "b": "() unit"}),
        ("logspace(0, b, num=3, base=2)", {"b": "()"}),
    ],
)


def _meshgrid(*arrays: Node, indexing: str) -> tuple[Node, ...]:
    known_sizes("meshgrid", *[one.shape for one in arrays])
    for one in arrays:
        if one.ndim > 1:
            raise ShapeProblem(
                f"meshgrid() needs vectors: got {describe(one.shape)}", hint="flatten() it first"
            )
    vectors = [one if one.ndim else ops.reshape(one, shape=(1,)) for one in arrays]
    # With "xy" the first two axes change places: the columns go along x.
    places = list(range(len(vectors)))
    if indexing == "xy":
        places[:2] = places[:2][::-1]
    shape: Shape = tuple([vectors[place].shape[0] for place in places])
    return tuple(
        [
            ops.broadcast_to(_along(one, place, len(vectors)), shape=shape)
            for one, place in zip(vectors, places, strict=True)
        ]
    )


def _along(x: Node, place: int, ndim: int) -> Node:
    """A vector as an array whose only long axis is at that place."""
    return ops.reshape(x, shape=(1,) * place + x.shape + (1,) * (ndim - place - 1))


compose(
    "meshgrid",
    "*arrays",
    _meshgrid,
    parameters=(Parameter("indexing", "text", "xy", ("xy", "ij")),),
    doc="arrays that hold the coordinates of a grid",
    samples=[
        ("a, b = meshgrid(x, y); a * b", {"x": "3", "y": "2"}),
        ('a, b, c = meshgrid([x, y, 2], indexing="ij"); a * b + c', {"x": "3", "y": "2"}),
        ("meshgrid(x)[0]", {"x": "3"}),
    ],
)
compose(
    "tensor",
    "x",
    lambda x: x,
    doc="the array itself",
    samples=[("tensor([x, 2 * x])", {"x": "()"}), ("tensor(x)", {"x": "2x3"})],
)
for _name in ("zeros_like", "ones_like"):
    define(
        _name,
        kernel=f"numpy.{_name}",
        doc=f"{_name.partition('_')[0]} in the shape of x",
        scalar=f"scalars.{_name}",
        shape=lambda shape: shape,
        samples=[
            (f"x * {_name}(x)", {"x": "2x3"}),
            (f"x - {_name}(x)", {"x": "()"}),
            (f"{_name}(x)", {"x": "0"}),
        ],
    )
