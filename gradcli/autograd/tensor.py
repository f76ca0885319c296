"""What a user holds: an array with its gradient and its history, by PyTorch's names and rules."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np

from gradcli.autograd import inplace, subscripts
from gradcli.autograd.calls import call
from gradcli.autograd.container import Container
from gradcli.autograd.copies import cast, clone, transposed
from gradcli.autograd.functions import arguments, invoke
from gradcli.autograd.history import History
from gradcli.autograd.operators import Operators
from gradcli.autograd.printing import shown
from gradcli.autograd.variable import Variable, made
from gradcli.errors import AutogradError, AutogradTypeError
from gradcli.graph.node import ops
from gradcli.language.names import functions

# PyTorch's names of methods that the language knows by another one.
_OTHER_NAMES = {
    "mm": "matmul",
    "mv": "matmul",
    "bmm": "matmul",
    "view": "reshape",
    "absolute": "abs",
}


class Tensor(Container, History, Operators):
    """An array in the backward graph.

    Made by ``tensor(data, requires_grad=True)`` and by every operation on tensors. All functions of the
    language are methods too, and with an underscore behind their name they change the tensor in place.
    """

    __slots__ = ()

    @property
    def data(self) -> Tensor:
        """The same memory in a tensor that autograd knows nothing of: changes go unseen, also by versions."""
        found: Tensor = made(self.array)
        return found

    @data.setter
    def data(self, other: Tensor) -> None:
        if not isinstance(other, Variable):
            raise AutogradTypeError(
                f"Variable data has to be a tensor, but got {type(other).__name__}",
                hint="write tensor(...) around it",
            )
        if self.tracked and other.array.dtype.kind != "f":
            raise AutogradError(
                "data set to a tensor that requires gradients must be floating point or complex dtype",
                hint="write 1.0 for 1",
            )
        self.array = other.array

    @property
    def _version(self) -> int:
        if self._inference:
            raise AutogradError(
                "Inference tensors do not track version counter.", hint="a clone() outside of the mode does"
            )
        return self.version.count

    @property
    def dtype(self) -> Any:
        """The type of its elements, NumPy's."""
        return self.array.dtype

    @property
    def T(self) -> Any:
        """The same with its axes in the opposite order."""
        return call(ops.transpose, [self], {"axes": None})

    @property
    def _base(self) -> Variable | None:
        return None if self._view is None else self._view.base

    def t(self) -> Any:
        """A matrix transposed; a vector as it is."""
        if self.array.ndim > 2:
            raise AutogradError(
                f"t() expects a tensor with <= 2 dimensions, but self is {self.array.ndim}D",
                hint="transpose(axes=...) takes any number of axes",
            )
        return transposed(self)

    # What shares its memory, or copies it.

    def numpy(self, *, force: bool = False) -> Any:
        """The array itself: who changes it changes the tensor.

        Raises:
            AutogradError: the tensor requires a gradient, and such changes would go unseen.
        """
        if self.tracked and not force:
            raise AutogradError(
                "Can't call numpy() on Tensor that requires grad. Use tensor.detach().numpy() instead.",
                hint="detach() shares the memory",
            )
        return self.array

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        return np.array(self.numpy(), dtype, copy=copy)

    def detach(self) -> Tensor:
        """The same memory and versions, without the history."""
        found: Tensor = made(self.array, self.version)
        found._inference = self._inference
        return found

    def detach_(self) -> Tensor:
        """Forget the history, in place.

        Raises:
            AutogradError: it is a view.
        """
        if self._view is not None:
            raise AutogradError(
                "Can't detach views in-place. Use detach() instead.", hint="detach() gives the same memory"
            )
        self._edge, self.tracked = None, False
        return self

    def clone(self) -> Tensor:
        """A copy that is tracked."""
        found: Tensor = clone(self)
        return found

    # Changes in place.

    def zero_(self) -> Tensor:
        """Let all elements be 0."""
        inplace.fill(self, 0.0, "ZeroBackward0")
        return self

    def fill_(self, value: Tensor | float) -> Tensor:
        """Let all elements be one number."""
        inplace.fill(self, value, "FillBackward0")
        return self

    def copy_(self, source: Tensor | float) -> Tensor:
        """Let the elements be those of another tensor, which broadcasts."""
        inplace.assign(self, source)
        return self

    def __getitem__(self, key: Any) -> Any:
        return subscripts.get(self, key)

    def __setitem__(self, key: Any, value: Any) -> None:
        subscripts.assigned(self, key, value)

    def __getattr__(self, name: str) -> Any:
        known = functions()
        record = known.get(_OTHER_NAMES.get(name, name))
        if record is not None:
            return partial(_method, record, self)
        if name.endswith("_") and not name.startswith("_"):
            record = known.get(_OTHER_NAMES.get(name[:-1], name[:-1]))
            if record is not None:
                return partial(_method_in_place, record, self)
        raise AttributeError(f"a tensor has no attribute {name!r}")

    def to(self, dtype: Any) -> Tensor:
        """The same numbers in another type, tracked between floats."""
        found: Tensor = cast(self, dtype)
        return found

    def __iter__(self) -> Iterator[Any]:
        if not self.array.ndim:
            raise AutogradTypeError("iteration over a 0-d tensor", hint="it is one number")
        if len(self.array) == 0:
            return iter(())
        found = call(functions()["unbind"], [self], {"axis": 0})
        return iter(found if isinstance(found, tuple) else (found,))

    def __deepcopy__(self, memo: dict[int, Any]) -> Tensor:
        if self._edge is not None:
            raise AutogradError(
                "Only Tensors created explicitly by the user (graph leaves) support the deepcopy protocol "
                "at the moment.",
                hint="copy its detach()",
            )
        found: Tensor = made(self.array.copy())
        found.tracked = self.tracked
        if self._grad is not None:
            found._grad = made(self._grad.array.copy())
        memo[id(self)] = found
        return found

    def __repr__(self) -> str:
        suffix = ""
        if self._edge is not None:
            suffix = f"grad_fn=<{self._edge[0].name().rpartition('::')[2]}>"
        elif self.tracked:
            suffix = "requires_grad=True"
        return shown(self.array, suffix)


def _method(record: Any, tensor: Tensor, *positional: Any, **keywords: Any) -> Any:
    return invoke(record, (tensor, *positional), keywords, method=True)


def _method_in_place(record: Any, tensor: Tensor, *positional: Any, **keywords: Any) -> Tensor:
    arrays, parameters = arguments(record, (tensor, *positional), keywords, method=True)
    inplace.change(tensor, record, arrays, parameters)
    return tensor
