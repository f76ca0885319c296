"""The operators of arithmetic."""

from __future__ import annotations

from gradcli.graph.node import CONSTANT, Node, ops
from gradcli.graph.operations.record import define, strong

define(
    "add",
    "a b",
    pullback=(lambda g, y, a, b: g, lambda g, y, a, b: g),
    kernel="numpy.add",
    analytic=True,
    scalar="operator.add",
    torch="AddBackward0",
    symbol="+",
)
define(
    "sub",
    "a b",
    pullback=(lambda g, y, a, b: g, lambda g, y, a, b: -g),
    kernel="numpy.subtract",
    analytic=True,
    scalar="operator.sub",
    torch="SubBackward0",
    exact="a",
    torch_of=lambda node: "RsubBackward1" if node.args[0].op is CONSTANT else "SubBackward0",
    symbol="-",
)
define(
    "mul",
    "a b",
    pullback=(lambda g, y, a, b: strong(g, b), lambda g, y, a, b: strong(g, a)),
    kernel="numpy.multiply",
    analytic=True,
    scalar="operator.mul",
    torch="MulBackward0",
    symbol="*",
)
define(
    "div",
    "a b",
    # Not -a / (b * b), which overflows for large b and small; and not -y / b, for a tensor keeps what is
    # read here: as PyTorch does, both terms and not the quotient.
    pullback=(lambda g, y, a, b: strong(g, 1 / b), lambda g, y, a, b: strong(g, -(a / b) / b)),
    kernel="numpy.divide",
    analytic=True,
    scalar="scalars.divide",
    torch="DivBackward0",
    symbol="/",
    domain="real nonzero",
)
define(
    "neg",
    pullback=lambda g, y, x: -g,
    kernel="numpy.negative",
    analytic=True,
    scalar="operator.neg",
    torch="NegBackward0",
    symbol="-",
)


def _power_base(g: Node, y: Node, a: Node, b: Node) -> Node:
    if b.op is CONSTANT and b.shape == ():
        exponent = b.values[0]
        if exponent == 0:
            return strong(g, ops.zeros_like(a))
        if exponent == 1:
            return g
        return strong(g, b * a if exponent == 2 else b * a ** (exponent - 1))
    # d(x^0)/dx is 0 at x = 0 too; the mask keeps 0 * inf out without losing d/db of it.
    flat = ops.logical_and(ops.eq(a, 0), ops.eq(b, 0))
    return strong(g, ops.where(flat, 0, b * ops.where(flat, 1, a) ** (b - 1)))


def _power_exponent(g: Node, y: Node, a: Node, b: Node) -> Node:
    # 0^b is flat in b for b >= 0, where log(0) would say otherwise.
    flat = ops.logical_and(ops.eq(a, 0), ops.ge(b, 0))
    return strong(g, ops.where(flat, 0, a**b * ops.log(ops.where(flat, 1, a))))


def _power_kink(a: Node, b: Node) -> Node:
    steep = ops.logical_and(ops.eq(a, 0), ops.lt(b, 1))
    # x^0 is 1 everywhere; only where the exponent moves does it jump.
    return ops.logical_and(steep, ops.ne(b, 0)) if b.op is CONSTANT else steep


def _power_name(node: Node) -> str:
    base, exponent = node.args
    if exponent.op is CONSTANT:
        return "PowBackward0"
    return "PowBackward2" if base.op is CONSTANT else "PowBackward1"


def _whole_quotient(a: Node, b: Node) -> Node:
    return ops.eq(ops.remainder(a, b), 0)


define(
    "pow",
    "a b",
    pullback=(_power_base, _power_exponent),
    kernel="kernels.elementwise.power",
    doc="a to the power of b",
    analytic=True,
    kink=_power_kink,
    convention="the gradient of a^b by a at 0 is inf for b below 1, and 0 for b = 0",
    scalar="scalars.power",
    torch="PowBackward0",
    exact="a b",
    torch_of=_power_name,
    symbol="^",
    domain="positive real",
    hides_nan=True,
    samples=[
        ("a^2", {"a": "2x3"}),
        ("a^3", {"a": "3"}),
        ("a^-1", {"a": "3 nonzero"}),
        ("a^0.5", {"a": "3 positive"}),
        ("a^1", {"a": "3"}),
        ("2^a", {"a": "3"}),
    ],
)
define(
    "floor_divide",
    "a b",
    pullback=None,
    kernel="numpy.floor_divide",
    doc="the quotient rounded down",
    kink=_whole_quotient,
    convention="a // b jumps where a / b is whole, and its gradient is 0",
    scalar="scalars.floor_divide",
    symbol="//",
    domain="fraction three",
)
define(
    "remainder",
    "a b",
    pullback=(lambda g, y, a, b: g, lambda g, y, a, b: strong(g, -ops.floor_divide(a, b))),
    kernel="numpy.remainder",
    doc="what a // b leaves, with the sign of b",
    kink=_whole_quotient,
    convention="a % b jumps where a / b is whole; its gradient there is 1 by a, -(a // b) by b",
    scalar="scalars.remainder",
    torch="RemainderBackward0",
    symbol="%",
    domain="fraction three",
)
