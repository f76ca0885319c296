"""A tensor as Python's own types see it: a number, a sequence, something that may be true."""

from __future__ import annotations

import warnings
from typing import Any

from gradcli.autograd.variable import Variable
from gradcli.errors import AutogradError, AutogradTypeError, AutogradValueError


class Container(Variable):
    """What Python asks of a number or a sequence."""

    __slots__ = ()

    def item(self) -> float | int | bool:
        """The only element as a number.

        Raises:
            AutogradError: it has more, or none.
        """
        if self.array.size != 1:
            raise AutogradError(
                f"a Tensor with {self.array.size} elements cannot be converted to Scalar",
                hint="tolist() gives all of them",
            )
        number: float | int | bool = self.array.item()
        return number

    def tolist(self) -> Any:
        """The elements as nested lists, or a number."""
        return self.array.tolist()

    def numel(self) -> int:
        """How many elements it has."""
        return int(self.array.size)

    def dim(self) -> int:
        """How many axes it has."""
        return int(self.array.ndim)

    def is_floating_point(self) -> bool:
        """Whether its elements are floats."""
        return self.array.dtype.kind == "f"

    def __len__(self) -> int:
        if not self.array.ndim:
            raise AutogradTypeError("len() of a 0-d tensor", hint="it is one number")
        return len(self.array)

    def __bool__(self) -> bool:
        if self.array.size != 1:
            raise AutogradError(
                f"Boolean value of Tensor with {'more than one value' if self.array.size else 'no values'} "
                "is ambiguous",
                hint="ask with any() or all()",
            )
        return bool(self.array.item())

    def __float__(self) -> float:
        return float(self._number())

    def __int__(self) -> int:
        return int(self._number())

    def _number(self) -> float | int | bool:
        if self.array.size != 1:
            raise AutogradValueError(
                "only one element tensors can be converted to Python scalars",
                hint="tolist() gives all of them",
            )
        if self.tracked:
            warnings.warn(
                "Converting a tensor with requires_grad=True to a scalar may lead to unexpected behavior.\n"
                "Consider using tensor.detach() first.",
                UserWarning,
                stacklevel=3,
            )
        return self.item()

    def __index__(self) -> int:
        if self.array.dtype.kind not in "iu" or self.array.size != 1:
            raise AutogradTypeError(
                "only integer tensors of a single element can be converted to an index", hint="write int(x)"
            )
        return int(self.array.item())

    def __format__(self, form: str) -> str:
        return format(self.item(), form) if form or not self.array.ndim else repr(self)
