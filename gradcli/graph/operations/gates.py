"""Activations that are a number times how far it is let through."""

from __future__ import annotations

import math

from gradcli.graph.node import Node, Parameter, ops
from gradcli.graph.operations.record import define, strong

# (1 + tanh(u)) / 2 is the sigmoid of 2 u; D. Hendrycks and K. Gimpel, "Gaussian error linear units", 2016.
TANH_FACTOR = 2 * math.sqrt(2 / math.pi)
TANH_CUBE = 0.044715


def _within(x: Node, reach: float) -> Node:
    """X itself as far as a curve bends; beyond, all its slopes are flat in every digit.

    There it would be infinity times zero, in one derivative or the next.
    """
    return ops.clip(x, -reach, reach)


def _gelu_slope(g: Node, y: Node, x: Node, approximate: str) -> Node:
    if approximate == "tanh":
        x = _within(x, 100.0)
        u = TANH_FACTOR * x * (1 + TANH_CUBE * ops.square(x))
        slope = TANH_FACTOR + 3 * TANH_CUBE * TANH_FACTOR * ops.square(x)
        return strong(g, ops.sigmoid(u) + x * ops.bell(u) * slope)
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
    doc="x times the normal distribution's share below x",
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
    doc="x * sigmoid(x)",
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
    doc="x * tanh(softplus(x))",
)
