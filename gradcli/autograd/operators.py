"""The operators of Python on tensors, as operations of the table."""

from __future__ import annotations

from typing import Any

import numpy as np

from gradcli.autograd.calls import call
from gradcli.autograd.inplace import change
from gradcli.autograd.variable import Variable, made
from gradcli.graph.node import Operation, ops
from gradcli.graph.operations.compose import Composite, composites

Other = Any
# As a tuple: a union takes ten times as long to ask.
_OPERAND = (Variable, float)


def applied(record: Operation | Composite, *operands: Any) -> Any:
    """An operation on what stands beside an operator; not implemented for what is no number."""
    # There are one or two, and mostly they are as they should be.
    if isinstance(operands[0], _OPERAND) and isinstance(operands[-1], _OPERAND):
        return call(record, operands)
    known = []
    for one in operands:
        if isinstance(one, np.ndarray):
            one = made(one)
        elif isinstance(one, np.number | np.bool_):
            one = one.item()
        elif not isinstance(one, Variable | float | int):
            return NotImplemented
        known.append(one)
    return call(record, known)


class Operators(Variable):
    """A tensor between operators; numbers and arrays may stand on the other side."""

    __slots__ = ()

    # NumPy leaves an operator between an array and a tensor to the tensor.
    __array_ufunc__ = None

    def __add__(self, other: Other) -> Any:
        return applied(ops.add, self, other)

    def __radd__(self, other: Other) -> Any:
        # PyTorch, too, puts the tensor first.
        return applied(ops.add, self, other)

    def __sub__(self, other: Other) -> Any:
        return applied(ops.sub, self, other)

    def __rsub__(self, other: Other) -> Any:
        return applied(ops.sub, other, self)

    def __mul__(self, other: Other) -> Any:
        return applied(ops.mul, self, other)

    def __rmul__(self, other: Other) -> Any:
        return applied(ops.mul, self, other)

    def __truediv__(self, other: Other) -> Any:
        return applied(ops.div, self, other)

    def __rtruediv__(self, other: Other) -> Any:
        # As PyTorch does, whose graph shows it.
        return applied(ops.mul, applied(ops.reciprocal, self), other)

    def __floordiv__(self, other: Other) -> Any:
        return applied(ops.floor_divide, self, other)

    def __rfloordiv__(self, other: Other) -> Any:
        return applied(ops.floor_divide, other, self)

    def __mod__(self, other: Other) -> Any:
        return applied(ops.remainder, self, other)

    def __rmod__(self, other: Other) -> Any:
        return applied(ops.remainder, other, self)

    def __pow__(self, other: Other) -> Any:
        return applied(ops.pow, self, other)

    def __rpow__(self, other: Other) -> Any:
        return applied(ops.pow, other, self)

    def __matmul__(self, other: Other) -> Any:
        return applied(composites.matmul, self, other)

    def __rmatmul__(self, other: Other) -> Any:
        return applied(composites.matmul, other, self)

    def __neg__(self) -> Any:
        return applied(ops.neg, self)

    def __pos__(self) -> Any:
        return self

    def __abs__(self) -> Any:
        return applied(ops.abs, self)

    def __invert__(self) -> Any:
        return applied(ops.logical_not, self)

    def __and__(self, other: Other) -> Any:
        return applied(ops.logical_and, self, other)

    def __or__(self, other: Other) -> Any:
        return applied(ops.logical_or, self, other)

    def __xor__(self, other: Other) -> Any:
        return applied(ops.logical_xor, self, other)

    def __lt__(self, other: Other) -> Any:
        return applied(ops.lt, self, other)

    def __le__(self, other: Other) -> Any:
        return applied(ops.le, self, other)

    def __gt__(self, other: Other) -> Any:
        return applied(ops.gt, self, other)

    def __ge__(self, other: Other) -> Any:
        return applied(ops.ge, self, other)

    def __eq__(self, other: object) -> Any:
        return applied(ops.eq, self, other)

    def __ne__(self, other: object) -> Any:
        return applied(ops.ne, self, other)

    # Two tensors are the same key only if they are the same tensor.
    __hash__ = object.__hash__

    def _changed(self, record: Operation, other: Other) -> Any:
        if isinstance(other, np.ndarray):
            other = made(other)
        change(self, record, [self, other], {})
        return self

    def __iadd__(self, other: Other) -> Any:
        return self._changed(ops.add, other)

    def __isub__(self, other: Other) -> Any:
        return self._changed(ops.sub, other)

    def __imul__(self, other: Other) -> Any:
        return self._changed(ops.mul, other)

    def __itruediv__(self, other: Other) -> Any:
        return self._changed(ops.div, other)

    def __ifloordiv__(self, other: Other) -> Any:
        return self._changed(ops.floor_divide, other)

    def __imod__(self, other: Other) -> Any:
        return self._changed(ops.remainder, other)

    def __ipow__(self, other: Other) -> Any:
        return self._changed(ops.pow, other)
