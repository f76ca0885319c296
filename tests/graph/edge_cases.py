"""Awkward points, and what gradcli answers there.

Each case was put to PyTorch 2.13, JAX 0.10.2, HIPS autograd 1.9.1 and MyGrad 2.5. Where they agree, or
where PyTorch has a reason, the answer is theirs; where a rule of ours says otherwise, ``rule`` says which:

    exists      where a derivative exists, it is given
    smallest    where there is none: the subgradient of smallest norm, ties shared equally
    strong      a gradient of exactly zero stays zero, whatever it is multiplied by
    stable      a value that overflows only because of how it is written comes out right
    named       a difference from PyTorch that the documentation names
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from gradcli.errors import EvaluationError, GradcliError, ShapeProblem

inf, nan = math.inf, math.nan
EMPTY = np.zeros(0)
EYE = np.eye(2)
SINGULAR = [[1.0, 2.0], [2.0, 4.0]]
THIRD = 1 / 3


class Case(NamedTuple):
    """An expression at a point, its value, and the gradient of the sum of its elements by each name."""

    name: str
    text: str
    at: dict[str, Any]
    value: Any = None
    slopes: tuple[Any, ...] = ()
    rule: str = ""
    fails: type[GradcliError] | None = None
    weights: Any = None


def of_x(name: str, text: str, x: Any, value: Any, slope: Any, rule: str = "", **more: Any) -> Case:
    """A function of one name."""
    return Case(name, text, {"x": x}, value, (slope,), rule, **more)


def of_two(name: str, text: str, a: Any, b: Any, value: Any, by_a: Any, by_b: Any, rule: str = "") -> Case:
    """A function of two names."""
    return Case(name, text, {"a": a, "b": b}, value, (by_a, by_b), rule)


def wrong(name: str, text: str, fails: type[GradcliError], rule: str = "", **at: Any) -> Case:
    """An error: there is no answer."""
    return Case(name, text, at, rule=rule, fails=fails)


POWERS = [
    of_two("pow(0,2)", "a^b", 0.0, 2.0, 0.0, 0.0, 0.0),
    of_two("pow(0,1)", "a^b", 0.0, 1.0, 0.0, 1.0, 0.0),
    of_two("pow(0,.5)", "a^b", 0.0, 0.5, 0.0, inf, 0.0),
    of_two("pow(0,0)", "a^b", 0.0, 0.0, 1.0, 0.0, 0.0),
    of_two("pow(0,-1)", "a^b", 0.0, -1.0, inf, -inf, -inf),
    of_two("pow(-2,2.0)", "a^b", -2.0, 2.0, 4.0, -4.0, nan),
    of_two("pow(-2,3.0)", "a^b", -2.0, 3.0, -8.0, 12.0, nan),
    of_two("pow(-2,.5)", "a^b", -2.0, 0.5, nan, nan, nan),
    of_x("x**2 at 0", "x^2", 0.0, 0.0, 0.0),
    of_x("x**0 at 0", "x^0", 0.0, 1.0, 0.0),
    of_x("x**0.0 at 0", "x^0.0", 0.0, 1.0, 0.0),
    of_x("x**2.0 at -2", "x^2.0", -2.0, 4.0, -4.0),
    of_x("x**0.5 at 0", "x^0.5", 0.0, 0.0, inf),
    of_x("x**1.5 at 0", "x^1.5", 0.0, 0.0, 0.0),
    of_x("0**y at 2", "0^x", 2.0, 0.0, 0.0),
    of_x("0**y at 0", "0^x", 0.0, 1.0, 0.0),
    of_x("(-2)**y at 2", "(-2)^x", 2.0, 4.0, nan),
    of_x("2**y at 3", "2^x", 3.0, 8.0, 8 * math.log(2)),
]

ONE_NUMBER = [
    of_x("sqrt(0)", "sqrt(x)", 0.0, 0.0, inf),
    of_x("sqrt(-1)", "sqrt(x)", -1.0, nan, nan),
    of_x("rsqrt(0)", "rsqrt(x)", 0.0, inf, -inf),
    of_x("cbrt(0)", "cbrt(x)", 0.0, 0.0, inf),
    of_x("1/x at 0", "1/x", 0.0, inf, -inf),
    of_x("x/x at 0", "x/x", 0.0, nan, nan),
    of_x("log(0)", "log(x)", 0.0, -inf, inf),
    of_x("log(-1)", "log(x)", -1.0, nan, -1.0),
    of_x("log2(0)", "log2(x)", 0.0, -inf, inf),
    of_x("log1p(-1)", "log1p(x)", -1.0, -inf, inf),
    of_x("log1p(0)", "log1p(x)", 0.0, 0.0, 1.0),
    # The derivative is -inf from the right; the factor x = 0 kills what would make it nan.
    of_x("x*log(x) at 0", "x*log(x)", 0.0, nan, -inf, "strong"),
    of_x("expm1(-1000)", "expm1(x)", -1000.0, -1.0, 0.0),
    of_x("exp(1000)", "exp(x)", 1000.0, inf, inf),
    of_x("asin(1)", "asin(x)", 1.0, math.pi / 2, inf),
    of_x("acos(2)", "acos(x)", 2.0, nan, nan),
    of_x("acosh(1)", "acosh(x)", 1.0, 0.0, inf),
    of_x("atanh(1)", "atanh(x)", 1.0, inf, inf),
    of_x("tan(pi/2)", "tan(x)", math.pi / 2, 1.633123935319537e16, 2.6670937881135714e32),
    of_x("tanh(1000)", "tanh(x)", 1000.0, 1.0, 0.0),
    of_x("sinc(0)", "sinc(x)", 0.0, 1.0, 0.0),
    of_x("lgamma(-1)", "lgamma(x)", -1.0, inf, nan),
    of_x("lgamma(0)", "lgamma(x)", 0.0, inf, -inf),
    of_x("digamma(0)", "digamma(x)", 0.0, -inf, inf),
    of_x("erfinv(1)", "erfinv(x)", 1.0, inf, inf),
    of_x("nan_to_num(nan)", "nan_to_num(x)", nan, 0.0, 0.0),
    of_x("sign(0)", "sign(x)", 0.0, 0.0, 0.0),
    of_x("sign(2)", "sign(x)", 2.0, 1.0, 0.0),
    of_x("abs(0)", "abs(x)", 0.0, 0.0, 0.0),
    of_x("abs(-0)", "abs(x)", -0.0, 0.0, 0.0),
    of_x("floor(1.5)", "floor(x)", 1.5, 1.0, 0.0),
    of_x("floor(2)", "floor(x)", 2.0, 2.0, 0.0),
    of_x("ceil(1.5)", "ceil(x)", 1.5, 2.0, 0.0),
    of_x("trunc(-1.5)", "trunc(x)", -1.5, -1.0, 0.0),
    of_x("round(0.5)", "round(x)", 0.5, 0.0, 0.0),
    of_x("round(1.5)", "round(x)", 1.5, 2.0, 0.0),
    of_x("round(2.5)", "round(x)", 2.5, 2.0, 0.0),
    of_x("clamp at 0", "clip(x, 0, 1)", 0.0, 0.0, 0.0, "smallest"),
    of_x("clamp at 1", "clip(x, 0, 1)", 1.0, 1.0, 0.0, "smallest"),
    of_x("clamp of nan", "clip(x, 0, 1)", nan, nan, 0.0),
    of_x("clamp(.5, 2, 1)", "clip(x, 2, 1)", 0.5, 1.0, 0.0),
    of_x("(x>0)*x at 0", "(x > 0) * x", 0.0, 0.0, 0.0),
]

BENDS = [
    of_x("relu(0)", "relu(x)", 0.0, 0.0, 0.0),
    of_x("relu(-0)", "relu(x)", -0.0, 0.0, 0.0),
    of_x("relu6(6)", "relu6(x)", 6.0, 6.0, 0.0),
    of_x("leaky_relu(0)", "leaky_relu(x)", 0.0, 0.0, 0.01),
    of_x("hardtanh(1)", "hardtanh(x)", 1.0, 1.0, 0.0),
    of_x("gelu(0)", "gelu(x)", 0.0, 0.0, 0.5),
    of_x("elu(0)", "elu(x)", 0.0, 0.0, 1.0),
    of_x("sigmoid(-1000)", "sigmoid(x)", -1000.0, 0.0, 0.0),
    of_x("sigmoid(1000)", "sigmoid(x)", 1000.0, 1.0, 0.0),
    of_x("softplus(1000)", "softplus(x)", 1000.0, 1000.0, 1.0),
    # PyTorch answers 30, its threshold being 20.
    of_x("softplus(30)", "softplus(x)", 30.0, 30 + math.exp(-30), 1 - math.exp(-30), "exists"),
    of_x("logsigmoid(-1000)", "logsigmoid(x)", -1000.0, -1000.0, 1.0),
    of_x("softmax([1000,0])[0]", "softmax(x)[0]", [1000.0, 0.0], 1.0, [0.0, 0.0]),
    of_x("softmax([-inf,-inf])[0]", "softmax(x)[0]", [-inf, -inf], nan, [nan, nan]),
    of_x("softmax([-inf,0])[0]", "softmax(x)[0]", [-inf, 0.0], 0.0, [0.0, 0.0]),
    of_two(
        "cosine_similarity(0,0)",
        "cosine_similarity(a, b, axis=0)",
        [0.0, 0.0],
        [0.0, 0.0],
        0.0,
        [0.0, 0.0],
        [0.0, 0.0],
    ),
    of_x("normalize(0)", "normalize(x, axis=0)", [0.0, 0.0], [0.0, 0.0], [1e12, 1e12]),
    of_two("huber(1,0)", "huber_loss(a, b)", 1.0, 0.0, 0.5, 1.0, -1.0),
    of_two("l1_loss(0,0)", "l1_loss(a, b)", 0.0, 0.0, 0.0, 0.0, 0.0),
    of_x("bce(0,1)", "binary_cross_entropy(x, [1])", [0.0], 100.0, [-1e12]),
]

TWO_NUMBERS = [
    of_two("0*inf", "a*b", 0.0, inf, nan, inf, 0.0),
    of_x("maximum(x,0) at 0", "maximum(x, 0)", 0.0, 0.0, 0.5),
    of_two("maximum(x,y) tie", "maximum(a, b)", 1.0, 1.0, 1.0, 0.5, 0.5),
    of_two("minimum(x,y) tie", "minimum(a, b)", 1.0, 1.0, 1.0, 0.5, 0.5),
    of_x("maximum(x,x)", "maximum(x, x)", 1.0, 1.0, 1.0),
    of_two("maximum(nan,1)", "maximum(a, b)", nan, 1.0, nan, 1.0, 0.0, "smallest"),
    of_two("fmax(nan,1)", "fmax(a, b)", nan, 1.0, 1.0, 0.0, 1.0),
    of_two("remainder(5,3)", "a % b", 5.0, 3.0, 2.0, 1.0, -1.0),
    of_two("remainder(-5,3)", "a % b", -5.0, 3.0, 1.0, 1.0, 2.0),
    of_two("remainder(5,0)", "a % b", 5.0, 0.0, nan, 1.0, -inf),
    of_two("fmod(-5,3)", "fmod(a, b)", -5.0, 3.0, -2.0, 1.0, 1.0),
    of_two("x//y 5,3", "a // b", 5.0, 3.0, 1.0, 0.0, 0.0),
    of_two("atan2(0,0)", "atan2(a, b)", 0.0, 0.0, 0.0, 0.0, 0.0),
    of_two("hypot(0,0)", "hypot(a, b)", 0.0, 0.0, 0.0, 0.0, 0.0, "smallest"),
    of_two("logaddexp(-inf,-inf)", "logaddexp(a, b)", -inf, -inf, -inf, 0.5, 0.5, "smallest"),
    of_two("logaddexp(inf,inf)", "logaddexp(a, b)", inf, inf, inf, 0.5, 0.5, "smallest"),
    # By continuity in a, where PyTorch says 0; by b, a = 0 kills what would be nan.
    of_two("xlogy(0,0)", "xlogy(a, b)", 0.0, 0.0, 0.0, -inf, 0.0, "strong"),
    of_x("entr(0)", "-xlogy(x, x)", 0.0, 0.0, inf),
    of_two("copysign(0,-1)", "copysign(a, b)", 0.0, -1.0, 0.0, 0.0, 0.0),
    of_two("cdist(x,x)", "norm(a - b)", [1.0, 2.0], [1.0, 2.0], 0.0, [0.0, 0.0], [0.0, 0.0]),
]

REDUCTIONS = [
    of_x("max ties", "max(x)", [1.0, 3.0, 3.0, 3.0], 3.0, [0, THIRD, THIRD, THIRD]),
    of_x(
        "max(dim=0) ties", "max(x, axis=0)", [1.0, 3.0, 3.0, 3.0], 3.0, [0, THIRD, THIRD, THIRD], "smallest"
    ),
    of_x("amax ties", "amax(x)", [1.0, 3.0, 3.0, 3.0], 3.0, [0, THIRD, THIRD, THIRD]),
    of_x("min ties", "min(x)", [1.0, 1.0, 3.0], 1.0, [0.5, 0.5, 0]),
    of_x("max with nan", "max(x)", [1.0, nan, 2.0], nan, [0, 1, 0]),
    of_x("norm2([0,0])", "norm(x)", [0.0, 0.0], 0.0, [0, 0]),
    of_x("norm p=1 at [0,0]", "norm(x, 1)", [0.0, 0.0], 0.0, [0, 0]),
    of_x("norm p=3 at [0,0]", "norm(x, 3)", [0.0, 0.0], 0.0, [0, 0]),
    of_x("norm p=0", "norm(x, 0)", [0.0, 2.0], 1.0, [0, 0]),
    of_x("norm inf ties", "norm(x, inf)", [2.0, -2.0, 1.0], 2.0, [0.5, -0.5, 0]),
    of_x("sqrt(sum(x^2)) at 0", "sqrt(sum(x^2))", [0.0, 0.0], 0.0, [0, 0], "smallest"),
    of_x("logsumexp([-inf,0])", "logsumexp(x)", [-inf, 0.0], 0.0, [0, 1]),
    of_x("logsumexp([inf,0])", "logsumexp(x)", [inf, 0.0], inf, [1, 0], "exists"),
    of_x("logsumexp([-inf,-inf])", "logsumexp(x)", [-inf, -inf], -inf, [0.5, 0.5], "smallest"),
    of_x(
        "log(sum(exp)) at 1000",
        "log(sum(exp(x)))",
        [1000.0, 1000.0],
        1000 + math.log(2),
        [0.5, 0.5],
        "stable",
    ),
    of_x("std([5])", "std(x)", [5.0], nan, [nan]),
    of_x("var([5])", "var(x)", [5.0], nan, [nan]),
    of_x("std([5]) correction=0", "std(x, correction=0)", [5.0], 0.0, [0]),
    of_x("std([2,2])", "std(x)", [2.0, 2.0], 0.0, [0, 0]),
    of_x(
        "std([1,2,4])",
        "std(x)",
        [1.0, 2.0, 4.0],
        math.sqrt(7 / 3),
        [(k - 7 / 3) / 2 / math.sqrt(7 / 3) for k in (1, 2, 4)],
    ),
    of_x("prod([2,0,3])", "prod(x)", [2.0, 0.0, 3.0], 0.0, [0, 6, 0]),
    of_x("prod([0,0,3])", "prod(x)", [0.0, 0.0, 3.0], 0.0, [0, 0, 0]),
    of_x("cumprod([0,0,3])", "cumprod(x)", [0.0, 0.0, 3.0], [0, 0, 0], [1, 0, 0]),
    of_x("cumprod([2,0,3])", "cumprod(x)", [2.0, 0.0, 3.0], [2, 0, 0], [1, 8, 0]),
    of_x("median([1,2,2,3])", "median(x)", [1.0, 2.0, 2.0, 3.0], 2.0, [0, 0.5, 0.5, 0]),
    of_x("median([1,2,3,4])", "median(x)", [1.0, 2.0, 3.0, 4.0], 2.5, [0, 0.5, 0.5, 0], "named"),
    of_x("median([2,2,2])", "median(x)", [2.0, 2.0, 2.0], 2.0, [THIRD, THIRD, THIRD]),
    of_x("quantile([1,2,3,4],.5)", "quantile(x, 0.5)", [1.0, 2.0, 3.0, 4.0], 2.5, [0, 0.5, 0.5, 0]),
    of_x("quantile([1,2,2,4],.5)", "quantile(x, 0.5)", [1.0, 2.0, 2.0, 4.0], 2.0, [0, 0.5, 0.5, 0]),
    of_x("sort ties [2,1,1]", "sort(x)", [2.0, 1.0, 1.0], [1, 1, 2], [3, 1, 2], weights=[1, 2, 3]),
    of_x("topk ties [3,3,1]", "topk(x, 1)[0]", [3.0, 3.0, 1.0], [3], [1, 0, 0]),
    of_x("nansum([nan,1])", "sum(where(isnan(x), 0, x))", [nan, 1.0], 1.0, [0, 1]),
    of_x("mean([])", "mean(x)", EMPTY, nan, EMPTY),
    of_x("sum([])", "sum(x)", EMPTY, 0.0, EMPTY),
    of_x("prod([])", "prod(x)", EMPTY, 1.0, EMPTY),
    of_x("logsumexp([])", "logsumexp(x)", EMPTY, -inf, EMPTY),
    of_x("norm([])", "norm(x)", EMPTY, 0.0, EMPTY),
    of_x("var([])", "var(x)", EMPTY, nan, EMPTY),
    wrong("max([])", "max(x)", ShapeProblem, x=EMPTY),
]

CHOICES = [
    of_x("where(x>0,log x,0) at -1", "where(x > 0, log(x), 0)", -1.0, 0.0, 0.0),
    of_x("where(x>0,sqrt x,0) at 0", "where(x > 0, sqrt(x), 0)", 0.0, 0.0, 0.0, "strong"),
    of_x("where(x==0,1,sin(x)/x) at 0", "where(x == 0, 1, sin(x)/x)", 0.0, 1.0, 0.0, "strong"),
]

SHAPES = [
    of_two(
        "(3,1)+(1,0)",
        "a + b",
        np.ones((3, 1)),
        np.ones((1, 0)),
        np.ones((3, 0)),
        np.zeros((3, 1)),
        np.zeros((1, 0)),
    ),
    of_two("(2,1)*(3,)", "a * b", np.ones((2, 1)), np.ones(3), np.ones((2, 3)), [[3], [3]], [2, 2, 2]),
    of_x("x[[0,0]]", "x[[0, 0]]", [1.0, 2.0], [1, 1], [2, 0]),
    wrong("(3,)+(0,)", "a + b", ShapeProblem, a=np.ones(3), b=EMPTY),
    wrong("(2,3)+(2,)", "a + b", ShapeProblem, a=np.ones((2, 3)), b=np.ones(2)),
    of_x("einsum ii", 'einsum("ii", x)', [[1.0, 2.0], [3.0, 4.0]], 5.0, EYE),
    of_x("einsum ii->i", 'einsum("ii->i", x)', [[1.0, 2.0], [3.0, 4.0]], [1, 4], EYE),
]

MATRICES = [
    of_x("det(singular)", "det(x)", SINGULAR, 0.0, [[4, -2], [-2, 1]], "exists"),
    of_x("det(zeros 2x2)", "det(x)", np.zeros((2, 2)), 0.0, np.zeros((2, 2))),
    of_x("det(zeros 3x3)", "det(x)", np.zeros((3, 3)), 0.0, np.zeros((3, 3))),
    of_x("det(rank1 3x3)", "det(x)", np.outer([1.0, 2, 3], [1, 1, 1]), 0.0, np.zeros((3, 3))),
    of_x("det(0x0)", "det(x)", np.zeros((0, 0)), 1.0, np.zeros((0, 0))),
    wrong("inv(singular)", "inv(x)", EvaluationError, x=SINGULAR),
    wrong("solve(singular)", "solve(x, [1, 1])", EvaluationError, x=SINGULAR),
    wrong("logdet(det<0)", "logdet(x)", EvaluationError, "named", x=[[0.0, 1.0], [1.0, 0.0]]),
    of_x("slogdet(det<0)[1]", "slogdet(x)[1]", [[0.0, 1.0], [1.0, 0.0]], 0.0, [[0, 1], [1, 0]]),
    wrong("cholesky(non-PD)", "cholesky(x)", EvaluationError, x=[[1.0, 2.0], [2.0, 1.0]]),
    of_x("eigvalsh(I2) sum", "eigvalsh(x)", EYE, [1, 1], EYE),
    of_x("svdvals(I2)", "svdvals(x)", EYE, [1, 1], EYE),
    of_x("svdvals(0)", "svdvals(x)", np.zeros((2, 2)), [0, 0], EYE),
    # A norm is convex, and flat at the bottom.
    of_x("nuclear norm(0)", 'norm(x, "nuc")', np.zeros((2, 2)), 0.0, np.zeros((2, 2)), "smallest"),
    of_x(
        "pinv(singular)",
        "pinv(x)",
        SINGULAR,
        [[0.04, 0.08], [0.08, 0.16]],
        [[0.0048, -0.0144], [-0.0144, -0.0768]],
    ),
    of_x("matrix_power(S,0)", "matrix_power(x, 0)", SINGULAR, EYE, np.zeros((2, 2))),
    of_x("matrix_exp(0)", "expm(x)", np.zeros((2, 2)), EYE, np.ones((2, 2))),
]

CASES = [*POWERS, *ONE_NUMBER, *BENDS, *TWO_NUMBERS, *REDUCTIONS, *CHOICES, *SHAPES, *MATRICES]
