"""A long chain of operations on one number: nothing but what an operation costs."""

from __future__ import annotations

from gradcli import Expression
from tests.benchmarks.case import Measured, Side
from tests.benchmarks.timing import compare


def horner(operations: int, rounds: int) -> Measured:
    """A polynomial by Horner's rule, a product and a sum in turn: from the tree to value and gradient.

    PyTorch goes forward and back. Reading the text is not a part of it.
    """
    import torch

    steps = operations // 2
    text = "(" * steps + "x" + "*0.5 + x)" * steps
    x = torch.tensor(0.7, dtype=torch.float64, requires_grad=True)

    def theirs() -> list[float]:
        x.grad = None
        y = x
        for _ in range(steps):
            y = y * 0.5 + x
        y.backward()
        return [y.item(), x.grad.item()]

    def ours(expression: Expression) -> list[float]:
        value, gradients = expression.value_and_grad(x=0.7)
        return [value, gradients["x"]]

    return compare(Side(ours, list, lambda: Expression(text)), Side(theirs, list), rounds)
