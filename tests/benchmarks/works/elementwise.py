"""One number, and long arrays of them."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np

from tests.benchmarks.case import Inputs, Work


def _uniform(n: int) -> Inputs:
    return {"x": np.random.default_rng(0).uniform(-2, 2, n)}


def _chained(m: Any, x: Any) -> Any:
    """Ten steps of five operations, every second with a quotient and the others with an exponential."""
    y = x
    for _ in range(5):
        y = 1 / (y**2 + 1) * 0.5 + x
        y = m.exp(y * -0.5 - 1) * 0.8 + x
    return y


class _Text(str):
    """Writes down what is done to it, in brackets."""

    def __add__(self, other: Any) -> _Text:
        return _Text(f"({self} + {other})")

    def __sub__(self, other: Any) -> _Text:
        return _Text(f"({self} - {other})")

    def __mul__(self, other: Any) -> _Text:
        return _Text(f"({self} * {other})")

    def __rtruediv__(self, other: Any) -> _Text:
        return _Text(f"({other} / {self})")

    def __pow__(self, other: Any) -> _Text:
        return _Text(f"({self} ** {other})")


_WRITING = SimpleNamespace(exp=lambda text: _Text(f"exp({text})"))


_SCALAR = "x^2*sin(x) + exp(-x)"

SCALAR = Work("scalar", _SCALAR, _SCALAR, lambda m, x: x**2 * m.sin(x) + m.exp(-x), lambda n: {"x": 0.7})
"""Six operations: a power, a sine, a product, a sign, an exponential, a sum."""

_AFFINE = "mean((x+2)*(x+2)*2)"

AFFINE = Work("affine", _AFFINE, _AFFINE, lambda m, x: m.mean((x + 2) * (x + 2) * 2), _uniform)

_SMOOTH = "mean(sin(x)*exp(-x*x) + log(1+x*x))"

SMOOTH = Work(
    "smooth",
    _SMOOTH,
    _SMOOTH,
    lambda m, x: m.mean(m.sin(x) * m.exp(-x * x) + m.log(1 + x * x)),
    _uniform,
)

_CHAIN = str(_chained(_WRITING, _Text("x")))

CHAIN = Work("chain", "elementwise chain of 50 operations", _CHAIN, _chained, _uniform)
"""No library has a function for it: what counts is what happens between the operations."""

CHAIN_SUM = Work(
    "chain",
    "sum of an elementwise chain of 50 operations",
    f"sum({_CHAIN})",
    lambda m, x: m.sum(_chained(m, x)),
    _uniform,
)
