"""micrograd's engine tests: its two expressions, and its ``Value`` over the tensors of a library.

Source of the expressions: https://github.com/karpathy/micrograd, test/test_engine.py (MIT licence).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

OPERATORS = [
    "__add__",
    "__radd__",
    "__sub__",
    "__rsub__",
    "__mul__",
    "__rmul__",
    "__truediv__",
    "__rtruediv__",
]
OPERATORS += ["__neg__", "__pow__", "relu"]


def values_over(tensor: Callable[..., Any]) -> Any:
    """micrograd's ``Value``, made of scalar tensors."""

    class Value:
        def __init__(self, data: Any, requires_grad: bool = True) -> None:
            self.tensor = tensor(data, requires_grad=True) if requires_grad else data

        data = property(lambda self: self.tensor.item())
        grad = property(lambda self: self.tensor.grad.item())

        def backward(self) -> None:
            self.tensor.backward()

    def lifted(name: str) -> Callable[..., Value]:
        def method(self: Value, *others: Any) -> Value:
            tensors = [one.tensor if isinstance(one, Value) else one for one in others]
            return Value(getattr(self.tensor, name)(*tensors), requires_grad=False)

        return method

    for name in OPERATORS:
        setattr(Value, name, lifted(name))
    return Value


def sanity_check(value: Any) -> list[float]:
    """One input, used five times, through relu and products; the value, then the gradient."""
    x = value(-4.0)
    z = 2 * x + 2 + x
    q = z.relu() + z * x
    h = (z * z).relu()
    y = h + q + q * x
    y.backward()
    return [y.data, x.grad]


def more_ops(value: Any) -> list[float]:
    """Two inputs and every operator; the value, then the gradients."""
    a, b = value(-4.0), value(2.0)
    c = a + b
    d = a * b + b**3
    c += c + 1
    c += 1 + c + (-a)
    d += d * 2 + (b + a).relu()
    d += 3 * d + (b - a).relu()
    e = c - d
    f = e**2
    g = f / 2.0
    g += 10.0 / f
    g.backward()
    return [g.data, a.grad, b.grad]


TESTS = {"sanity_check": sanity_check, "more_ops": more_ops}
