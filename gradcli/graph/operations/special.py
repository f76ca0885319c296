"""Special functions: of the normal distribution, of gamma, and logarithms of sums and products."""

from __future__ import annotations

import math
from typing import Any

from gradcli.errors import CallProblem
from gradcli.graph.node import Node, Parameter, ops
from gradcli.graph.operations.record import REQUIRED, define, strong

define(
    "erf",
    pullback=lambda g, y, x: strong(g, 2 / math.sqrt(math.pi) * ops.exp(-x * x)),
    kernel="scipy.special.erf",
    analytic=True,
    scalar="math.erf",
    torch="ErfBackward0",
    doc="the error function, 2 / sqrt(pi) times the integral of exp(-t^2) from 0 to x",
)

define(
    "erfc",
    pullback=lambda g, y, x: strong(g, -2 / math.sqrt(math.pi) * ops.exp(-x * x)),
    kernel="scipy.special.erfc",
    scalar="math.erfc",
    torch="ErfcBackward0",
    doc="1 - erf(x), with all its digits",
    analytic=True,
)
define(
    "erfinv",
    pullback=lambda g, y, x: strong(g, math.sqrt(math.pi) / 2 * ops.exp(y * y)),
    kernel="scipy.special.erfinv",
    scalar="special_scalars.erfinv",
    torch="ErfinvBackward0",
    domain="unit",
    doc="the inverse of erf",
)

# The gamma function.

define(
    "lgamma",
    pullback=lambda g, y, x: strong(g, ops.digamma(x)),
    kernel="kernels.special.lgamma",
    scalar="special_scalars.lgamma",
    torch="LgammaBackward0",
    aliases="gammaln",
    domain="positive",
    doc="the logarithm of abs(gamma(x))",
)
define(
    "digamma",
    pullback=lambda g, y, x: strong(g, ops.polygamma(x, n=1)),
    kernel="scipy.special.digamma",
    scalar="special_scalars.digamma",
    torch="DigammaBackward0",
    domain="positive",
    doc="the derivative of lgamma",
    analytic=True,
)


def _polygamma_order(nodes: list[Node], given: dict[str, Any]) -> dict[str, Any]:
    n = given.get("n", REQUIRED)
    if n is REQUIRED or n < 0:
        got = "none" if n is REQUIRED else str(n)
        raise CallProblem(
            f"polygamma() needs a whole number n of 0 or more, and got {got}",
            hint="polygamma(0, x) is digamma(x), polygamma(1, x) its derivative",
        )
    return {"n": n}


define(
    "polygamma",
    pullback=lambda g, y, x, n: strong(g, ops.polygamma(x, n=n + 1)),
    kernel="kernels.special.polygamma",
    scalar="special_scalars.polygamma",
    parameters=(Parameter("n", "integer", REQUIRED),),
    prepare=_polygamma_order,
    torch="PolygammaBackward0",
    domain="positive",
    samples=[
        ("polygamma(0, x)", {"x": "() positive"}),
        ("polygamma(1, x)", {"x": "2x3 positive"}),
        ("polygamma(2, x)", {"x": "() positive"}),
        ("polygamma(3, x)", {"x": "0"}),
    ],
    form="n x",
    doc="the derivative of digamma of order n",
)
define(
    # Gamma(x + 1), the one smooth curve through the factorials; exact for whole numbers.
    "factorial",
    pullback=lambda g, y, x: strong(g, y * ops.digamma(x + 1)),
    kernel="kernels.special.factorial",
    scalar="special_scalars.factorial",
    domain="positive",
    doc="gamma(x + 1): x! for whole numbers",
)


def _chooses(n: Node, k: Node) -> Node:
    return ops.logical_and(ops.ge(k, 0), ops.le(k, n))


define(
    # By gamma functions between 0 and n, and 0 outside, where the derivative is 0 too.
    "comb",
    "n k",
    pullback=(
        lambda g, y, n, k: strong(
            g, ops.where(_chooses(n, k), y * (ops.digamma(n + 1) - ops.digamma(n - k + 1)), 0)
        ),
        lambda g, y, n, k: strong(
            g, ops.where(_chooses(n, k), y * (ops.digamma(n - k + 1) - ops.digamma(k + 1)), 0)
        ),
    ),
    kernel="kernels.special.comb",
    scalar="special_scalars.comb",
    domain="three high",
    kink=lambda n, k: ops.logical_or(ops.eq(k, 0), ops.eq(k, n)),
    convention="comb is 0 beyond 0 and n; its gradient at both is the one between them",
    doc="how many ways there are to choose k of n, by gamma functions",
)

# Logarithms of sums and products.


def _gap(a: Node, b: Node) -> Node:
    # Two equal infinities share the slope, as two equal numbers do.
    both = ops.logical_and(ops.isinf(a), ops.eq(a, b))
    return ops.where(both, 0, a - b)


define(
    "logaddexp",
    "a b",
    pullback=(
        lambda g, y, a, b: strong(g, ops.sigmoid(_gap(a, b))),
        lambda g, y, a, b: strong(g, ops.sigmoid(_gap(b, a))),
    ),
    kernel="numpy.logaddexp",
    scalar="special_scalars.logaddexp",
    torch="LogaddexpBackward0",
    kink=lambda a, b: ops.logical_and(ops.isinf(a), ops.eq(a, b)),
    convention="two equal infinities share the gradient of logaddexp, where PyTorch gives nan",
    doc="log(exp(a) + exp(b)), never overflowing",
)


def _log_slope(x: Node, y: Node) -> Node:
    # PyTorch's choice below 0: 0 where the value is 0 by convention alone. At 0 it is -inf, by continuity.
    flat = ops.logical_and(ops.eq(x, 0), ops.lt(y, 0))
    return ops.where(flat, 0, ops.log(ops.where(flat, 1, y)))


def _ratio(x: Node, y: Node) -> Node:
    # xlogy(0, y) is 0 for every y, and so flat in y at 0 too.
    flat = ops.logical_and(ops.eq(x, 0), ops.eq(y, 0))
    return ops.where(flat, 0, x / ops.where(flat, 1, y))


define(
    "xlogy",
    "x y",
    pullback=(
        lambda g, z, x, y: strong(g, _log_slope(x, y)),
        lambda g, z, x, y: strong(g, _ratio(x, y)),
    ),
    kernel="kernels.special.xlogy",
    scalar="special_scalars.xlogy",
    torch="XlogyBackward0",
    domain="real positive",
    kink=lambda x, y: ops.logical_and(ops.eq(x, 0), ops.le(y, 0)),
    convention="at x = 0 the gradient of xlogy is 0 by y, and by x 0 for a negative y",
    doc="x * log(y), and 0 where x is 0",
)
