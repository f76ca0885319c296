"""Convolution as learning has it: channels of signals or images, correlated with filters.

Three hidden operations leave out one factor each of the sum that ``execute.kernels.convolution``
writes down. Each is linear in its two arguments, and its pullbacks are the other two: all orders work.
"""

from __future__ import annotations

from typing import Any

from gradcli.errors import CallProblem, ShapeProblem
from gradcli.graph.node import Node, Operation, Parameter, ops
from gradcli.graph.operations.compose import compose
from gradcli.graph.operations.record import REQUIRED, define
from gradcli.graph.operations.shaping import known_sizes
from gradcli.graph.shapes import Shape, broadcast, describe

Sizes = tuple[int, ...]

_SIZE = Parameter("size", "integers", REQUIRED)


def _parameters(n: int | None) -> tuple[Parameter, ...]:
    one, zero = (REQUIRED, REQUIRED) if n is None else ((1,) * n, (0,) * n)
    return (
        Parameter("stride", "integers", one),
        Parameter("padding", "integers", zero),
        Parameter("dilation", "integers", one),
        Parameter("groups", "integer", 1),
    )


def _rank(given: dict[str, Any]) -> int:
    return len(given["stride"])


def _forward(x: Node, w: Node, **given: Any) -> Node:
    operation: Operation = getattr(ops, f"convolution{_rank(given)}d")
    return operation(x, w, **given)


def _sizes(shape: Shape, n: int) -> Sizes:
    # Unknown sizes are refused where a call is read.
    return tuple([size for size in shape[-n:] if isinstance(size, int)])


def _by_input(g: Node, y: Node, x: Node, w: Node, *bias: Node, **given: Any) -> Node:
    return ops.convolution_input(g, w, size=_sizes(x.shape, _rank(given)), **given)


def _by_weight(g: Node, y: Node, x: Node, w: Node, *bias: Node, **given: Any) -> Node:
    return ops.convolution_weight(x, g, size=_sizes(w.shape, _rank(given)), **given)


def _by_bias(i: int, g: Node, y: Node, *arguments: Node, **given: Any) -> Node:
    n = _rank(given)
    return ops.sum(g, axis=(-n - 2, *range(-n, 0)))


def count_places(size: int, taps: int, stride: int, padding: int, dilation: int) -> int:
    """How many places a filter has along an axis."""
    return (size + 2 * padding - dilation * (taps - 1) - 1) // stride + 1


def _shape(x: Shape, w: Shape, *bias: Shape, **given: Any) -> Shape:
    n = _rank(given)
    moves = zip(given["stride"], given["padding"], given["dilation"], strict=True)
    sizes = zip(_sizes(x, n), _sizes(w, n), moves, strict=True)
    places = [count_places(size, taps, *move) for size, taps, move in sizes]
    return (*broadcast(x[: -n - 2], w[: -n - 2]), x[-n - 2], w[-n - 2], *places)


def _input_shape(g: Shape, w: Shape, size: Sizes, groups: int, **given: Any) -> Shape:
    n = len(size)
    (channels,) = _sizes(w[: -n or None], 1)
    return (*broadcast(g[: -n - 2], w[: -n - 2]), g[-n - 2], channels * groups, *size)


def _weight_shape(x: Shape, g: Shape, size: Sizes, groups: int, **given: Any) -> Shape:
    n = len(size)
    (channels,) = _sizes(x[: -n or None], 1)
    return (*broadcast(x[: -n - 2], g[: -n - 2]), g[-n - 1], channels // groups, *size)


for _n in (1, 2):
    define(
        f"convolution{_n}d",
        "input weight bias*",
        pullback=(_by_input, _by_weight, _by_bias),
        kernel="kernels.convolution.convolution",
        shape=_shape,
        parameters=_parameters(_n),
        torch="ConvolutionBackward0",
        samples=[
            ("conv1d(x, w, b, padding=1, stride=2)", {"x": "1x1x4", "w": "2x1x2", "b": "2"})
            if _n == 1
            else ("conv2d(x, w, b, stride=(2, 1))", {"x": "1x1x3x3", "w": "1x1x2x2", "b": "1"})
        ],
        spelling=f"conv{_n}d",
        hidden=True,
    )


def _adjoint(node: Node, arrays: str, g: str) -> str:
    """A derivative of a convolution as such; a batch of them has no form."""
    n = len(node.parameters["stride"])
    if {arg.ndim for arg in node.args} != {n + 2}:
        return ""
    how = ", ".join([f"{name}={{{name}}}" for name in ("stride", "padding", "dilation", "groups")])
    return f"vjp(conv{n}d({arrays}, {how}), {{zeros}}, {g})"


define(
    "convolution_input",
    "g weight",
    pullback=(
        lambda c, y, g, w, size, **given: _forward(c, w, **given),
        lambda c, y, g, w, size, **given: ops.convolution_weight(
            c, g, size=_sizes(w.shape, len(size)), **given
        ),
    ),
    kernel="kernels.convolution.convolution_input",
    shape=_input_shape,
    parameters=(_SIZE, *_parameters(None)),
    samples=[
        ("grad(sum(conv1d(x, w, stride=2, padding=1)^2), x)", {"x": "1x1x4", "w": "2x1x2"}),
        ("grad(sum(conv2d(x, w, dilation=(1, 2))^2), x)", {"x": "1x1x2x3", "w": "1x1x2x2"}),
    ],
    written=lambda node: _adjoint(node, "{zeros}, {1}", "{0}"),
    hidden=True,
)
define(
    "convolution_weight",
    "input g",
    pullback=(
        lambda c, y, x, g, size, **given: ops.convolution_input(
            g, c, size=_sizes(x.shape, len(size)), **given
        ),
        lambda c, y, x, g, size, **given: _forward(x, c, **given),
    ),
    kernel="kernels.convolution.convolution_weight",
    shape=_weight_shape,
    parameters=(_SIZE, *_parameters(None)),
    samples=[
        ("grad(sum(conv1d(x, w, groups=2)^2), w)", {"x": "2x2x3", "w": "2x1x2"}),
        ("grad(sum(conv2d(x, w, padding=(1, 0))^2), w)", {"x": "1x1x2x3", "w": "1x1x2x2"}),
    ],
    written=lambda node: _adjoint(node, "{0}, {zeros}", "{1}"),
    hidden=True,
)


def several(function: str, name: str, value: int | Sizes, n: int, least: int) -> Sizes:
    """A parameter of one whole number an axis, or one for all.

    Raises:
        CallProblem: too many of them, or one that is too small.
    """
    value = (value,) if isinstance(value, int) else value
    if len(value) not in (1, n) or not all(isinstance(one, int) for one in value):
        numbers = "a whole number" if n == 1 else f"a whole number or {n} of them"
        raise CallProblem(f"{function}() needs {numbers} for {name}, and got {value}")
    if min(value) < least:
        raise CallProblem(f"{function}() needs {name} of at least {least}, and got {min(value)}")
    return tuple(value) * (n // len(value))


def _check(name: str, x: Node, w: Node, bias: Node | None, groups: int, n: int) -> None:
    axes = "L" if n == 1 else "H, W"
    known_sizes(name, *[one.shape for one in (x, w, bias) if one is not None])
    if x.ndim not in (n + 1, n + 2):
        raise ShapeProblem(
            f"{name}() needs an input of shape (N, C, {axes}) or (C, {axes}): got {describe(x.shape)}"
        )
    if w.ndim != n + 2:
        taps = "K" if n == 1 else "KH, KW"
        raise ShapeProblem(
            f"{name}() needs a weight of shape (O, C / groups, {taps}): got {describe(w.shape)}"
        )
    if groups < 1:
        raise CallProblem(f"{name}() needs groups of at least 1, and got {groups}")
    outputs, inner = _sizes(w.shape, n + 2)[:2]
    (channels,) = _sizes(x.shape[:-n], 1)
    if outputs % groups:
        raise ShapeProblem(f"{name}() needs a number of filters that groups={groups} divides: got {outputs}")
    if channels != inner * groups:
        raise ShapeProblem(
            f"{name}() with a weight {describe(w.shape)} and groups={groups} needs an input of "
            f"{inner * groups} channels: {describe(x.shape)} has {channels}"
        )
    if bias is not None and bias.shape != (outputs,):
        raise ShapeProblem(
            f"{name}() needs a bias of shape ({outputs},), one for each filter: got {describe(bias.shape)}"
        )


def _padding(
    name: str, x: Node, padding: int | Sizes | str, taps: Sizes, stride: Sizes, dilation: Sizes
) -> tuple[Node, Sizes]:
    """The padding on both sides, and the input, where "same" has to add a zero after it."""
    n = len(taps)
    if not isinstance(padding, str):
        return x, several(name, "padding", padding, n, 0)
    if padding == "valid":
        return x, (0,) * n
    if any(one != 1 for one in stride):
        raise CallProblem(f'{name}() with padding="same" needs a stride of 1, and got {stride}')
    total = [d * (k - 1) for d, k in zip(dilation, taps, strict=True)]
    odd = tuple([one % 2 for one in total])
    if any(odd):
        x = ops.pad(x, width=((0, 0),) * (x.ndim - n) + tuple([(0, one) for one in odd]))
    return x, tuple([one // 2 for one in total])


def _convolution(n: int) -> Any:
    name = f"conv{n}d"

    def build(
        x: Node,
        weight: Node,
        bias: Node | None,
        stride: int | Sizes,
        padding: int | Sizes | str,
        dilation: int | Sizes,
        groups: int,
    ) -> Node:
        _check(name, x, weight, bias, groups, n)
        steps = several(name, "stride", stride, n, 1)
        gaps = several(name, "dilation", dilation, n, 1)
        taps = _sizes(weight.shape, n)
        x, zeros = _padding(name, x, padding, taps, steps, gaps)
        reach = [d * (k - 1) + 1 for d, k in zip(gaps, taps, strict=True)]
        room = [size + 2 * p for size, p in zip(_sizes(x.shape, n), zeros, strict=True)]
        if 0 in taps or any(r > size for r, size in zip(reach, room, strict=True)):
            raise ShapeProblem(
                f"{name}() cannot place a filter that reaches over {describe(reach)} "
                f"in an input of {describe(room)}, its padding included"
            )
        arrays = [x if x.ndim == n + 2 else ops.unsqueeze(x, axis=0), weight]
        arrays += [] if bias is None else [bias]
        y = getattr(ops, f"convolution{n}d")(
            *arrays, stride=steps, padding=zeros, dilation=gaps, groups=groups
        )
        return y if x.ndim == n + 2 else ops.squeeze(y, axis=-n - 2)

    return build


_SAMPLES = {
    1: [
        ("conv1d(x, w)", {"x": "1x5", "w": "2x1x2"}),
        ("conv1d(x, w, b, 2, 1, 2)", {"x": "2x1x4", "w": "1x1x2", "b": "1"}),
        ('conv1d(x, w, padding="same")', {"x": "1x1x4", "w": "1x1x2"}),
        ("conv1d(x, w)", {"x": "0x1x3", "w": "1x1x2"}),
        ("conv1d(x, w)", {"x": "2x0x3", "w": "1x0x2"}),
    ],
    2: [
        ("conv2d(x, w)", {"x": "1x3x3", "w": "1x1x2x2"}),
        ("conv2d(x, w, b, groups=2)", {"x": "1x2x2x2", "w": "2x1x1x2", "b": "2"}),
        ('conv2d(x, w, padding="same", dilation=(2, 1))', {"x": "1x1x2x3", "w": "1x1x2x2"}),
    ],
}
for _n, _samples in _SAMPLES.items():
    compose(
        f"conv{_n}d",
        "input weight bias=none",
        _convolution(_n),
        parameters=(
            Parameter("stride", "integers", 1),
            Parameter("padding", "padding", 0, ("same", "valid")),
            Parameter("dilation", "integers", 1),
            Parameter("groups", "integer", 1),
        ),
        samples=_samples,
        doc="signals (N, C, L) correlated with filters (F, C / groups, K)"
        if _n == 1
        else "images (N, C, H, W) correlated with filters (F, C / groups, K, K)",
    )
