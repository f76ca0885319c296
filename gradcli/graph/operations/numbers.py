"""NumPy's functions of lists of numbers: polynomials, interpolation, convolution."""

from __future__ import annotations

from gradcli.errors import ShapeProblem
from gradcli.graph.node import Node, Parameter, ops
from gradcli.graph.operations.compose import compose
from gradcli.graph.operations.record import define
from gradcli.graph.shapes import agree, describe


def _length(name: str, argument: str, x: Node, least: int = 0) -> int:
    """How many elements a list has.

    Raises:
        ShapeProblem: it is no list, it is too short, or a mask decides how long it is.
    """
    if x.ndim != 1:
        raise ShapeProblem(f"{name}() needs a list of numbers for {argument}: got {describe(x.shape)}")
    (size,) = x.shape
    if not isinstance(size, int):
        raise ShapeProblem(f"{name}() of a masked {argument}: its size is known only when it runs")
    if size < least:
        raise ShapeProblem(f"{name}() needs at least {least} number for {argument}: got none")
    return size


def _at(x: Node, place: int) -> Node:
    return ops.index(x, spec=(("at", place),))


def _part(x: Node, start: int, stop: int) -> Node:
    return ops.index(x, spec=(("slice", start, stop, 1),))


def _polyval(c: Node, x: Node) -> Node:
    """Horner's rule; the highest power comes first."""
    size = _length("polyval", "c", c)
    if not size:
        return ops.zeros_like(x)
    y = _at(c, 0)
    for place in range(1, size):
        y = y * x + _at(c, place)
    # A constant has no x in it, but the shape of one.
    return y if size > 1 else y + ops.zeros_like(x)


compose(
    "polyval",
    "c x",
    _polyval,
    samples=[
        ("polyval(c, x)", {"c": "4", "x": "()"}),
        ("polyval(c, x)", {"c": "3", "x": "2x2"}),
        ("polyval([2, -3, 1], x)", {"x": "3"}),
        ("polyval(c, x)", {"c": "1", "x": "2"}),
        ("polyval(c, x)", {"c": "0", "x": "2"}),
    ],
    doc="a polynomial at x, its highest power first",
)

define(
    "segment",
    "x xp",
    kernel="kernels.numbers.segment",
    shape=lambda x, xp: x,
    samples=[("interp(x, [0, 1], [1, 3])", {"x": "2"})],
    spelling="sum({0}[..., None] >= {1}, -1)",
    hidden=True,
    kink=lambda x, xp: ops.any(ops.eq(ops.unsqueeze(x, axis=-1), xp), axis=-1),
    convention="the gradient of interp at a point is the one of smallest size between those on its sides",
)


def _least(a: Node, b: Node) -> Node:
    """The number of smallest size between two, both included."""
    return ops.maximum(ops.minimum(a, b), 0) + ops.minimum(ops.maximum(a, b), 0)


def _interp(x: Node, xp: Node, fp: Node) -> Node:
    """Straight lines between points, and constant beyond the first and the last one.

    At a point the slope is the one of smallest size between the slopes on its left and on its right:
    the subgradient of smallest norm of a convex bend, and the supergradient of a concave one.
    """
    size = _length("interp", "xp", xp, 1)
    if not agree(fp.shape, xp.shape):
        raise ShapeProblem(
            f"interp() needs a value of fp for each of xp, {describe(xp.shape)}: got {describe(fp.shape)}"
        )
    inner = (_part(fp, 1, size) - _part(fp, 0, size - 1)) / (_part(xp, 1, size) - _part(xp, 0, size - 1))
    flat = ops.zeros(shape=(1,))
    slopes = ops.concat(flat, inner, flat, axis=-1)
    right = ops.segment(x, xp)
    left = ops.maximum(right - 1, 0)

    def taken(of: Node, where: Node) -> Node:
        return ops.index(of, where, spec=(("array", 0),))

    start = taken(xp, left)
    slope = taken(slopes, right)
    bend = ops.eq(x, start)
    slope = ops.where(bend, _least(taken(slopes, left), slope), slope)
    # Strong, so that flat ends stay flat at infinity.
    y = taken(fp, left) + ops.strong(slope, x - start)
    return ops.where(ops.ne(x, x), x, y)


compose(
    "interp",
    "x xp fp",
    _interp,
    samples=[
        ("interp(x, [-2.5, -1, 0.5, 2], f)", {"x": "2x2 fraction", "f": "4"}),
        ("interp(x, [-9, 9], f)", {"x": "()", "f": "2"}),
        ("interp(x, [p - 3.1, p, p + 1.3], f)", {"x": "3", "p": "()", "f": "3"}),
        ("interp(x, [0.5], f)", {"x": "2", "f": "1"}),
        ("interp(x, [0, 1], [2, 5])", {"x": "0"}),
    ],
    doc="straight lines between points, constant beyond the first and the last",
)


def _convolve(a: Node, b: Node, mode: str) -> Node:
    sizes = [_length("convolve", name, x, 1) for name, x in (("a", a), ("b", b))]
    # NumPy slides the shorter list along the longer one.
    if sizes[0] < sizes[1]:
        a, b = b, a
    longer, shorter = max(sizes), min(sizes)
    y = ops.convolution1d(
        ops.reshape(a, shape=(1, 1, longer)),
        ops.reshape(ops.flip(b), shape=(1, 1, shorter)),
        stride=(1,),
        padding=(0 if mode == "valid" else shorter - 1,),
        dilation=(1,),
        groups=1,
    )
    y = ops.reshape(y, shape=(-1,))
    start = (shorter - 1) // 2
    return _part(y, start, start + longer) if mode == "same" else y


compose(
    "convolve",
    "a b",
    _convolve,
    parameters=(Parameter("mode", "text", "full", ("full", "same", "valid")),),
    samples=[
        ("convolve(x, y)", {"x": "3", "y": "2"}),
        ('convolve(x, y, "same")', {"x": "2", "y": "4"}),
        ('convolve(x, y, mode="valid")', {"x": "4", "y": "2"}),
        ("convolve(x, x)", {"x": "1"}),
    ],
    doc="the discrete convolution of two lists, as NumPy has it",
)
