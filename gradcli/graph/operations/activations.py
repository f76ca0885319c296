"""The bends and curves of machine learning."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gradcli.errors import CallProblem
from gradcli.graph.node import Node, Parameter, as_node, ops
from gradcli.graph.operations.compose import compose
from gradcli.graph.operations.record import define, number, strong

_ALPHA = Parameter("alpha", "number", 1.0)

# Of selu: with them a layer keeps mean 0 and variance 1 (Klambauer et al., 2017, equation 14).
SELU_ALPHA = 1.6732632423543772848170429916717
SELU_SCALE = 1.0507009873554804934193349852946

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
    spelling="sigmoid({0}) * sigmoid(-{0})",
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
    kink=lambda x, eps: as_node(False) if eps is None else ops.logical_or(ops.eq(x, eps), ops.eq(x, 1 - eps)),
    convention="the gradient of logit at eps and 1 - eps, and beyond, is 0",
    doc="log(x / (1 - x)), with x kept between eps and 1 - eps",
)
define(
    "logsigmoid",
    pullback=lambda g, y, x: strong(g, ops.sigmoid(-x)),
    kernel="kernels.activations.logsigmoid",
    scalar="activation_scalars.logsigmoid",
    torch="LogSigmoidBackward0",
    doc="log(sigmoid(x)), never overflowing",
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
    doc="log(1 + exp(beta * x)) / beta; no threshold unless given, where PyTorch has 20",
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
    kink=lambda x, beta, threshold: as_node(False) if threshold is None else ops.eq(beta * x, threshold),
    convention="softplus jumps where beta * x is the threshold; its gradient there is the one below",
)

# Bent straight lines.

define(
    "relu",
    # Asked of the result, which is positive where x is: that is all that a tensor keeps. And a choice, not a
    # product: where x is negative, what comes in is not used, were it infinite.
    pullback=lambda g, y, x: ops.where(ops.gt(y, 0), g, 0),
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
    kink=lambda x, slope: ops.eq(x, 0),
    convention="the gradient of leaky_relu at 0 is the one of smallest size between slope and 1",
    doc="x, or slope * x below 0",
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
    kink=lambda x, min_val, max_val: ops.logical_or(ops.eq(x, min_val), ops.eq(x, max_val)),
    convention="the gradient of hardtanh at a bound is 0",
    doc="x between min_val and max_val",
)
compose(
    "relu6",
    "x",
    lambda x: ops.hardtanh(x, min_val=0.0, max_val=6.0),
    samples=[("relu6(5 * x)", {"x": "2x3 nonzero"}), ("relu6(x)", {"x": "()"})],
    doc="x between 0 and 6",
)
define(
    "hardsigmoid",
    pullback=lambda g, y, x: strong(g, number(ops.logical_and(ops.lt(-3.0, x), ops.lt(x, 3.0))) / 6),
    kernel="kernels.activations.hardsigmoid",
    scalar="activation_scalars.hardsigmoid",
    torch="HardsigmoidBackward0",
    domain="fraction",
    samples=[("hardsigmoid(4 * x)", {"x": "2x3 fraction"})],
    kink=lambda x: ops.eq(ops.abs(x), 3),
    convention="the gradient of hardsigmoid at -3 and 3 is 0",
    doc="x / 6 + 1 / 2 between 0 and 1",
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
    kink=lambda x: ops.eq(ops.abs(x), 3),
    convention="the gradient of hardswish is 0 at -3, and 1 at 3",
    doc="x * hardsigmoid(x)",
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
    kink=lambda x, alpha: ops.eq(x, 0),
    convention="the gradient of elu at 0 is alpha, the one on its left",
    doc="x, or alpha * (exp(x) - 1) below 0",
)
define(
    "selu",
    pullback=lambda g, y, x: _elu_slope(g, x, SELU_ALPHA, SELU_SCALE),
    kernel="kernels.activations.selu",
    scalar="activation_scalars.selu",
    torch="EluBackward0",
    domain="nonzero",
    kink=lambda x: ops.eq(x, 0),
    convention="the gradient of selu at 0 is the one on its left",
    doc="elu, scaled so that layers keep mean 0 and variance 1",
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
    doc="x, or alpha * (exp(x / alpha) - 1) below 0",
)
compose(
    "softsign",
    "x",
    lambda x: x / (ops.abs(x) + 1),
    samples=[("softsign(x)", {"x": "2x3 nonzero"}), ("softsign(x)", {"x": "()"})],
    doc="x / (abs(x) + 1)",
)
compose(
    "tanhshrink",
    "x",
    lambda x: x - ops.tanh(x),
    samples=[("tanhshrink(x)", {"x": "2x3"}), ("tanhshrink(x)", {"x": "()"})],
    doc="x - tanh(x)",
)
