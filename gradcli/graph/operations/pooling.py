"""Pooling: the mean or the largest element of windows that slide over the last one or two axes.

What PyTorch does with signals is done here too: they are images of one row.
"""

from __future__ import annotations

from typing import Any

from gradcli.errors import CallProblem, ShapeProblem
from gradcli.graph.node import Node, Parameter, ops
from gradcli.graph.operations.compose import compose
from gradcli.graph.operations.convolution import Sizes, several
from gradcli.graph.operations.record import REQUIRED, as_given, define
from gradcli.graph.operations.shaping import known_sizes
from gradcli.graph.shapes import Shape, broadcast, describe

_WINDOW = (
    Parameter("kernel_size", "integers", REQUIRED),
    Parameter("stride", "integers", None),
    Parameter("padding", "integers", 0),
)
_CEIL = Parameter("ceil_mode", "flag", False)
_INCLUDE = Parameter("count_include_pad", "flag", True)
_OVERRIDE = Parameter("divisor_override", "integer", None)

_MEAN = (*_WINDOW, _CEIL, _INCLUDE, _OVERRIDE)
_LARGEST = (*_WINDOW, Parameter("dilation", "integers", 1), _CEIL)
_SIZE = Parameter("size", "integers", REQUIRED)


def window_count(size: int, k: int, s: int, p: int, d: int, *, ceil_mode: bool) -> int:
    """How many windows fit along an axis; the last one has to start inside, or in the padding before."""
    room = size + 2 * p - d * (k - 1) - 1
    count = (room + (s - 1 if ceil_mode else 0)) // s + 1
    return count - 1 if ceil_mode and (count - 1) * s >= size + p else count


def _window(name: str, shape: Shape, given: dict[str, Any], n: int) -> dict[str, Any]:
    """Kernel, stride, padding and dilation, one entry an axis, checked against the sizes.

    Raises:
        CallProblem: one of them is out of range.
        ShapeProblem: no window fits, or the array has too few axes.
    """
    if len(shape) < n:
        axes = "(..., L)" if n == 1 else "(..., H, W)"
        raise ShapeProblem(f"{name}() needs an input of shape {axes}: got {describe(shape)}")
    known_sizes(name, shape)
    if given.get("kernel_size") is None:
        raise CallProblem(f"{name}() needs a value for kernel_size")
    kernel = several(name, "kernel_size", given["kernel_size"], n, 1)
    stride = given.get("stride")
    found: dict[str, Any] = {
        "kernel_size": kernel,
        "stride": several(name, "stride", stride, n, 1) if stride else kernel,
        "padding": several(name, "padding", given.get("padding", 0), n, 0),
        "dilation": several(name, "dilation", given.get("dilation", 1), n, 1),
    }
    for k, p, d in zip(kernel, found["padding"], found["dilation"], strict=True):
        if 2 * p > d * (k - 1) + 1:
            raise CallProblem(
                f"{name}() needs a padding of at most half its window of {d * (k - 1) + 1}: got {p}"
            )
    sizes = [size for size in shape[-n:] if isinstance(size, int)]
    moves = zip(*found.values(), strict=True)
    ceil_mode = given.get("ceil_mode", False)
    counts = [window_count(size, *move, ceil_mode=ceil_mode) for size, move in zip(sizes, moves, strict=True)]
    if min(counts) < 1 or 0 in sizes:
        raise ShapeProblem(f"{name}() has no window of {describe(kernel)} in {describe(sizes)}")
    return {**found, "ceil_mode": ceil_mode}


def _mean_parameters(nodes: list[Node], given: dict[str, Any]) -> dict[str, Any]:
    found = _window("avg_pool2d", nodes[0].shape, given, 2)
    del found["dilation"]
    override = given.get("divisor_override")
    if override == 0:
        raise CallProblem("avg_pool2d() cannot divide by a divisor_override of 0")
    include = given.get("count_include_pad", True)
    return {**found, "count_include_pad": include, "divisor_override": override}


def _largest_parameters(nodes: list[Node], given: dict[str, Any]) -> dict[str, Any]:
    return _window("max_pool2d", nodes[0].shape, given, 2)


def _image(shape: Shape) -> Sizes:
    return tuple([size for size in shape[-2:] if isinstance(size, int)])


def _pooled(
    shape: Shape,
    kernel_size: Sizes,
    stride: Sizes,
    padding: Sizes,
    ceil_mode: bool,
    dilation: Sizes = (1, 1),
    **_: Any,
) -> Shape:
    moves = zip(_image(shape), kernel_size, stride, padding, dilation, strict=True)
    return (*shape[:-2], *[window_count(*move, ceil_mode=ceil_mode) for move in moves])


_GIVEN = ", ".join([f"{{{parameter.name}}}" for parameter in _MEAN])
_POOLED = "jvp(max_pool2d({1}, {kernel_size}, {stride}, {padding}, {dilation}, {ceil_mode}), {1}, {0})"


def _alike(node: Node) -> bool:
    """Whether it is one derivative, and not a batch of them."""
    return node.args[0].ndim == node.args[1].ndim


define(
    "avg_pool2d",
    "input",
    pullback=lambda g, y, x, **given: ops.avg_unpool2d(g, size=_image(x.shape), **given),
    kernel="kernels.pooling.avg_pool2d",
    shape=_pooled,
    parameters=_MEAN,
    prepare=_mean_parameters,
    torch="AvgPool2DBackward0",
    samples=[
        ("avg_pool2d(x, 2)", {"x": "1x2x4x4"}),
        ("avg_pool2d(x, (2, 3), stride=2, padding=(0, 1), ceil_mode=true)", {"x": "1x3x4"}),
        ("avg_pool2d(x, 3, 2, 1, true, false)", {"x": "1x4x4"}),
        ("avg_pool2d(x, 2, divisor_override=3)", {"x": "2x3"}),
        ("avg_pool2d(x, 2)", {"x": "0x1x2x2"}),
    ],
    doc="the mean of each window",
    analytic=True,
)
define(
    "avg_unpool2d",
    "g",
    pullback=lambda c, y, g, size, **given: ops.avg_pool2d(c, **given),
    kernel="kernels.pooling.avg_unpool2d",
    shape=lambda shape, size, **_: (*shape[:-2], *size),
    parameters=(_SIZE, *_MEAN),
    prepare=as_given,
    samples=[("grad(sum(avg_pool2d(x, 2, 1, 1, false, false)^3), x)", {"x": "1x2x3"})],
    spelling=f"vjp(avg_pool2d({{zeros}}, {_GIVEN}), {{zeros}}, {{0}})",
    hidden=True,
)


def _window_ties(x: Node, **given: Any) -> Node:
    """Whether a window has several largest elements: then their mean place is no place of one of them."""
    rows, columns = _image(x.shape)
    place = ops.reshape(ops.arange(start=0.0, stop=float(rows * columns), step=1.0), shape=(rows, columns))
    mean, spread = (ops.max_gather2d(one, x, **given) for one in (place, place * place))
    return ops.any(ops.ne(spread, mean * mean), axis=(-2, -1), keepdims=True)


define(
    "max_pool2d",
    "input",
    # Where several elements of a window are the largest, each takes an equal share, as in max().
    pullback=lambda g, y, x, **given: ops.max_spread2d(g, x, **given),
    kernel="kernels.pooling.max_pool2d",
    shape=_pooled,
    parameters=_LARGEST,
    prepare=_largest_parameters,
    torch="MaxPool2DWithIndicesBackward0",
    samples=[
        ("max_pool2d(x, 2)", {"x": "1x2x4x4"}),
        ("max_pool2d(x, (2, 3), 1, padding=(1, 0), dilation=(2, 1))", {"x": "1x3x4"}),
        ("max_pool2d(x, 2, ceil_mode=true)", {"x": "1x3x3"}),
        ("max_pool2d(x, 2, 1)", {"x": "3x3"}),
        ("max_pool2d(x, 2)", {"x": "0x1x2x2"}),
    ],
    kink=_window_ties,
    convention="elements of a window that are maximal together share its gradient equally",
    doc="the largest element of each window",
)
define(
    "max_spread2d",
    "g input",
    pullback=(lambda c, y, g, x, **given: ops.max_gather2d(c, x, **given), None),
    kernel="kernels.pooling.max_spread2d",
    shape=lambda g, x, **_: (*broadcast(g[:-2], x[:-2]), *x[-2:]),
    parameters=_LARGEST,
    prepare=as_given,
    samples=[("grad(sum(max_pool2d(x, 2, 1)^3), x)", {"x": "1x3x3"})],
    written=lambda node: _POOLED.replace("jvp", "vjp") if _alike(node) else "",
    hidden=True,
)
define(
    "max_gather2d",
    "c input",
    pullback=(lambda g, y, c, x, **given: ops.max_spread2d(g, x, **given), None),
    kernel="kernels.pooling.max_gather2d",
    shape=lambda c, x, **given: (*broadcast(c[:-2], x[:-2]), *_pooled(x, **given)[-2:]),
    parameters=_LARGEST,
    prepare=as_given,
    samples=[("grad(sum(grad(sum(max_pool2d(x, 2, 1)^3), x)^2), x)", {"x": "1x3x3"})],
    written=lambda node: _POOLED if _alike(node) else "",
    hidden=True,
)


def _of_signals(name: str) -> Any:
    def build(x: Node, **given: Any) -> Node:
        found = _window(name, x.shape, given, 1)
        padding = (0, *found.pop("padding"))
        wide = {key: (1, *found.pop(key)) for key in ("kernel_size", "stride", "dilation")}
        if name == "avg_pool1d":
            del wide["dilation"]
            found["count_include_pad"] = given["count_include_pad"]
        image = ops.unsqueeze(x, axis=-2)
        pool = ops.avg_pool2d if name == "avg_pool1d" else ops.max_pool2d
        return ops.squeeze(pool(image, padding=padding, **wide, **found), axis=-2)

    return build


compose(
    "avg_pool1d",
    "input",
    _of_signals("avg_pool1d"),
    parameters=(*_WINDOW, _CEIL, _INCLUDE),
    samples=[
        ("avg_pool1d(x, 2)", {"x": "1x2x5"}),
        ("avg_pool1d(x, 3, stride=2, padding=1, ceil_mode=true, count_include_pad=false)", {"x": "1x4"}),
        ("avg_pool1d(x, 2)", {"x": "4"}),
    ],
    doc="the mean of each window",
)
compose(
    "max_pool1d",
    "input",
    _of_signals("max_pool1d"),
    parameters=_LARGEST,
    samples=[
        ("max_pool1d(x, 2)", {"x": "1x2x5"}),
        ("max_pool1d(x, 2, 1, 1, 2, ceil_mode=true)", {"x": "1x4"}),
        ("max_pool1d(x, 2)", {"x": "4"}),
    ],
    doc="the largest element of each window",
)
