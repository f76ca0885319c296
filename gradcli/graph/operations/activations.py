"""The bends and curves of machine learning."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from gradcli.errors import CallProblem
from gradcli.graph.node import Node, Parameter, ops
from gradcli.graph.operations.compose import compose
from gradcli.graph.operations.record import define, number, strong

_ALPHA = Parameter("alpha", "number", 1.0)

# Of selu: with them a layer keeps mean 0 and variance 1 (Klambauer et al., 2017, equation 14).
_SELU_ALPHA = 1.6732632423543772848170429916717
_SELU_SCALE = 1.0507009873554804934193349852946


def _within(x: Node, reach: float) -> Node:
    """X itself as far as a curve bends; beyond, all its slopes are flat in every digit.

    There it would be infinity times zero, in one derivative or the next.
    """
    return ops.clip(x, -reach, reach)


# Sigmoids.

define(
    "sigmoid",
    # y * (1 - y) would lose every digit for large x.
    pullback=lambda g, y, x: strong(g, ops.bell(x)),
    kernel="kernels.activations.sigmoid",
    doc="1 / (1 + exp(-x)), never overflowing",
    scalar="activation_scalars.sigmoid",
    torch="SigmoidBackward0",
    aliases="expit",
)
define(
    # The slope of the sigmoid. Its own rule keeps digits far out, and next to 0, where it changes sign.
    "bell",
    pullback=lambda g, y, x: strong(g, -y * ops.tanh(x / 2)),
    kernel="kernels.activations.bell",
    scalar="activation_scalars.bell",
    hidden=True,
)


def _logit_slope(g: Node, y: Node, x: Node, eps: float | None) -> Node:
    slope = 1 / (x * (1 - x))
    if eps is None:
        return strong(g, slope)
    return strong(g, ops.where(ops.logical_and(ops.lt(eps, x), ops.lt(x, 1 - eps)), slope, 0))


define(
    "logit",
    pullback=_logit_slope,
    kernel="kernels.activations.logit",
    scalar="activation_scalars.logit",
    parameters=(Parameter("eps", "number", None),),
    torch="LogitBackward0",
    domain="within_one",
    samples=[("logit(x, 0.05)", {"x": "2x3 high"}), ("logit(x, eps=0.3)", {"x": "2x3 low"})],
)
define(
    "logsigmoid",
    pullback=lambda g, y, x: strong(g, ops.sigmoid(-x)),
    kernel="kernels.activations.logsigmoid",
    scalar="activation_scalars.logsigmoid",
    torch="LogSigmoidBackward0",
)


def _softplus_slope(g: Node, y: Node, x: Node, beta: float, threshold: float | None) -> Node:
    u = x if beta == 1 else beta * x
    slope = ops.sigmoid(u)
    return strong(g, slope if threshold is None else ops.where(ops.gt(u, threshold), 1, slope))


def _divides(name: str, by: str, **defaults: float | None) -> Callable[..., dict[str, Any]]:
    """Make parameters canonical, the one that divides being no 0."""

    def prepare(nodes: list[Node], given: dict[str, Any]) -> dict[str, Any]:
        found = {**defaults, **given}
        if found[by] == 0:
            raise CallProblem(f"{name}() divides by {by}, and got 0", hint=f"give {by} another value")
        return found

    return prepare


define(
    "softplus",
    pullback=_softplus_slope,
    kernel="kernels.activations.softplus",
    doc="log(1 + exp(x)), never overflowing",
    scalar="activation_scalars.softplus",
    # PyTorch's threshold is 20, from where it gives x: an approximation that is not needed here.
    parameters=(Parameter("beta", "number", 1.0), Parameter("threshold", "number", None)),
    prepare=_divides("softplus", "beta", beta=1.0, threshold=None),
    torch="SoftplusBackward0",
    samples=[
        ("softplus(x, 2)", {"x": "2x3"}),
        ("softplus(x, beta=-1.5, threshold=0.4)", {"x": "2x3 nonzero"}),
        ("softplus(x, threshold=20)", {"x": "()"}),
    ],
)

# Bent straight lines.

define(
    "relu",
    pullback=lambda g, y, x: strong(g, number(ops.gt(x, 0))),
    kernel="kernels.activations.relu",
    doc="the larger of x and 0",
    kink=lambda x: ops.eq(x, 0),
    convention="the gradient of relu at 0 is 0",
    scalar="activation_scalars.relu",
    torch="ReluBackward0",
    domain="nonzero",
)


def _leaky_slope(g: Node, y: Node, x: Node, slope: float) -> Node:
    # At 0 the slopes between both sides fit: the smallest of them.
    at_zero = min(max(slope, 0.0), 1.0)
    other: Node | float = slope if slope == at_zero else ops.where(ops.eq(x, 0), at_zero, slope)
    return strong(g, ops.where(ops.gt(x, 0), 1, other))


define(
    "leaky_relu",
    pullback=_leaky_slope,
    kernel="kernels.activations.leaky_relu",
    scalar="activation_scalars.leaky_relu",
    parameters=(Parameter("slope", "number", 0.01),),
    torch="LeakyReluBackward0",
    domain="nonzero",
    samples=[("leaky_relu(x, -0.5)", {"x": "2x3 nonzero"}), ("leaky_relu(x, slope=2)", {"x": "()"})],
)


def _bounds(nodes: list[Node], given: dict[str, Any]) -> dict[str, Any]:
    found = {"min_val": -1.0, "max_val": 1.0, **given}
    if found["min_val"] > found["max_val"]:
        raise CallProblem(
            f"hardtanh() needs min_val below max_val, and got {found['min_val']:g} and {found['max_val']:g}",
            hint="exchange them",
        )
    return found


define(
    "hardtanh",
    # At a bound the gradient is 0, as clip's is.
    pullback=lambda g, y, x, min_val, max_val: strong(
        g, number(ops.logical_and(ops.lt(min_val, x), ops.lt(x, max_val)))
    ),
    kernel="kernels.activations.hardtanh",
    scalar="activation_scalars.hardtanh",
    parameters=(Parameter("min_val", "number", -1.0), Parameter("max_val", "number", 1.0)),
    prepare=_bounds,
    torch="HardtanhBackward0",
    domain="fraction",
    samples=[("hardtanh(x, -0.5, 2)", {"x": "2x3 fraction"}), ("hardtanh(x, max_val=0)", {"x": "()"})],
)
compose(
    "relu6",
    "x",
    lambda x: ops.hardtanh(x, min_val=0.0, max_val=6.0),
    samples=[("relu6(5 * x)", {"x": "2x3 nonzero"}), ("relu6(x)", {"x": "()"})],
)
define(
    "hardsigmoid",
    pullback=lambda g, y, x: strong(g, number(ops.logical_and(ops.lt(-3.0, x), ops.lt(x, 3.0))) / 6),
    kernel="kernels.activations.hardsigmoid",
    scalar="activation_scalars.hardsigmoid",
    torch="HardsigmoidBackward0",
    domain="fraction",
    samples=[("hardsigmoid(4 * x)", {"x": "2x3 fraction"})],
)
define(
    "hardswish",
    pullback=lambda g, y, x: strong(
        g, ops.where(ops.le(x, -3.0), 0, ops.where(ops.lt(x, 3.0), x / 3 + 0.5, 1))
    ),
    kernel="kernels.activations.hardswish",
    scalar="activation_scalars.hardswish",
    torch="HardswishBackward0",
    domain="fraction",
    samples=[("hardswish(4 * x)", {"x": "2x3 fraction"})],
)

# An exponential on the left of 0.


def _elu_slope(g: Node, x: Node, alpha: float, scale: float) -> Node:
    left = ops.exp(x) if alpha * scale == 1 else alpha * scale * ops.exp(x)
    return strong(g, ops.where(ops.gt(x, 0), scale, left))


define(
    "elu",
    pullback=lambda g, y, x, alpha: _elu_slope(g, x, alpha, 1.0),
    kernel="kernels.activations.elu",
    scalar="activation_scalars.elu",
    parameters=(_ALPHA,),
    torch="EluBackward0",
    domain="nonzero",
    samples=[("elu(x, 0.3)", {"x": "2x3 nonzero"}), ("elu(x, alpha=-2)", {"x": "() nonzero"})],
)
define(
    "selu",
    pullback=lambda g, y, x: _elu_slope(g, x, _SELU_ALPHA, _SELU_SCALE),
    kernel="kernels.activations.selu",
    scalar="activation_scalars.selu",
    torch="EluBackward0",
    domain="nonzero",
)
define(
    "celu",
    pullback=lambda g, y, x, alpha: strong(g, ops.where(ops.gt(x, 0), 1, ops.exp(x / alpha))),
    kernel="kernels.activations.celu",
    scalar="activation_scalars.celu",
    parameters=(_ALPHA,),
    prepare=_divides("celu", "alpha", alpha=1.0),
    torch="CeluBackward0",
    domain="nonzero",
    samples=[("celu(x, 0.3)", {"x": "2x3 nonzero"}), ("celu(x, alpha=-2)", {"x": "() nonzero"})],
)

# A number times how far it is let through.


def _gelu_slope(g: Node, y: Node, x: Node, approximate: str) -> Node:
    if approximate == "tanh":
        x = _within(x, 100.0)
        k = 2 * math.sqrt(2 / math.pi)
        u = k * x * (1 + 0.044715 * ops.square(x))
        return strong(g, ops.sigmoid(u) + x * ops.bell(u) * (k + 3 * 0.044715 * k * ops.square(x)))
    x = _within(x, 40.0)
    density = ops.exp(ops.square(x) / -2) / math.sqrt(math.tau)
    return strong(g, ops.erfc(x * -math.sqrt(0.5)) / 2 + x * density)


define(
    "gelu",
    pullback=_gelu_slope,
    kernel="kernels.activations.gelu",
    scalar="activation_scalars.gelu",
    parameters=(Parameter("approximate", "text", "none", ("none", "tanh")),),
    torch="GeluBackward0",
    samples=[('gelu(x, approximate="tanh")', {"x": "2x3"}), ('gelu(3 * x, "tanh")', {"x": "()"})],
)


def _silu_slope(g: Node, y: Node, x: Node) -> Node:
    x = _within(x, 800.0)
    return strong(g, ops.sigmoid(x) + x * ops.bell(x))


define(
    "silu",
    pullback=_silu_slope,
    kernel="kernels.activations.silu",
    scalar="activation_scalars.silu",
    torch="SiluBackward0",
    aliases="swish",
)


def _mish_slope(g: Node, y: Node, x: Node) -> Node:
    x = _within(x, 800.0)
    through = ops.softplus(x)
    return strong(g, ops.tanh(through) + 4 * x * ops.bell(2 * through) * ops.sigmoid(x))


define(
    "mish",
    pullback=_mish_slope,
    kernel="kernels.activations.mish",
    scalar="activation_scalars.mish",
    torch="MishBackward0",
)
compose(
    "softsign",
    "x",
    lambda x: x / (ops.abs(x) + 1),
    samples=[("softsign(x)", {"x": "2x3 nonzero"}), ("softsign(x)", {"x": "()"})],
)
compose(
    "tanhshrink",
    "x",
    lambda x: x - ops.tanh(x),
    samples=[("tanhshrink(x)", {"x": "2x3"}), ("tanhshrink(x)", {"x": "()"})],
)
