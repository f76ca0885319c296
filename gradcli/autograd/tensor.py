"""What a user holds: an array with its gradient and its history, by PyTorch's names and rules."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any
from weakref import ref

import numpy as np

from gradcli.autograd import inplace, subscripts
from gradcli.autograd.backward import BackwardNode
from gradcli.autograd.calls import call
from gradcli.autograd.container import Container
from gradcli.autograd.copies import cast, clone
from gradcli.autograd.functions import arguments, invoke
from gradcli.autograd.hooks import Hooks, Removable
from gradcli.autograd.modes import state
from gradcli.autograd.operators import Operators
from gradcli.autograd.printing import shown
from gradcli.autograd.requests import backward
from gradcli.autograd.variable import Variable, made
from gradcli.errors import AutogradError, AutogradTypeError
from gradcli.graph.node import ops
from gradcli.language.names import functions

_NOT_POPULATED = (
    "The .grad attribute of a Tensor that is not a leaf Tensor is being accessed. Its .grad attribute won't "
    "be "
    "populated during autograd.backward(). If you indeed want the .grad field to be populated for a non-leaf "
    "Tensor, "
    "use .retain_grad() on the non-leaf Tensor. If you access the non-leaf Tensor by mistake, make sure you "
    "access "
    "the leaf Tensor instead."
)
# PyTorch's names of methods that the language knows by another one.
_OTHER_NAMES = {
    "mm": "matmul",
    "mv": "matmul",
    "bmm": "matmul",
    "view": "reshape",
    "sub": "sub",
    "absolute": "abs",
}


class Tensor(Container, Operators):
    """An array in the backward graph.

    Made by ``tensor(data, requires_grad=True)`` and by every operation on tensors. All functions of the
    language are methods too, and with an underscore behind their name they change the tensor in place.
    """

    __slots__ = ()

    @property
    def requires_grad(self) -> bool:
        """Whether operations on it are tracked."""
        return self.tracked

    @requires_grad.setter
    def requires_grad(self, wanted: bool) -> None:
        if wanted and self.array.dtype.kind != "f":
            raise AutogradError(
                "only Tensors of floating point and complex dtype can require gradients",
                hint="write 1.0 for 1",
            )
        if wanted and self._inference and not state.inference:
            raise AutogradError(
                "Setting requires_grad=True on inference tensor outside InferenceMode is not allowed.",
                hint="make a clone() of it",
            )
        if self._edge is not None:
            if wanted:
                return
            raise AutogradError(
                "you can only change requires_grad flags of leaf variables. If you want to use a computed "
                "variable in "
                "a subgraph that doesn't require differentiation use var_no_grad = var.detach().",
                hint="detach() gives the same values, without their history",
            )
        self.tracked = bool(wanted)

    def requires_grad_(self, requires_grad: bool = True) -> Tensor:
        """Set ``requires_grad``, and give the tensor back."""
        self.requires_grad = requires_grad
        return self

    @property
    def is_leaf(self) -> bool:
        """Whether no tracked operation made it."""
        return self._edge is None

    @property
    def grad_fn(self) -> BackwardNode | None:
        """The backward node of the operation that made it; ``None`` for a leaf."""
        return None if self._edge is None else self._edge[0]

    @property
    def output_nr(self) -> int:
        """Which result of that operation it is."""
        return 0 if self._edge is None else self._edge[1]

    @property
    def grad(self) -> Tensor | None:
        """The gradient that backward() has added up; a tensor in the middle has none unless it retains it."""
        if self._edge is not None and self._grad is None and not self._retains:
            warnings.warn(_NOT_POPULATED, UserWarning, stacklevel=2)
        return self._grad  # type: ignore[return-value]

    @grad.setter
    def grad(self, gradient: Tensor | None) -> None:
        if gradient is not None:
            self._check_gradient(gradient)
        self._grad = gradient

    def _check_gradient(self, gradient: Any) -> None:
        if not isinstance(gradient, Variable):
            raise AutogradTypeError(
                f"assigned grad expected to be a Tensor or None but got grad of type "
                f"{type(gradient).__name__}",
                hint="write tensor(...) around it",
            )
        if gradient is self:
            raise AutogradError("can't assign Variable as its own grad", hint="assign a clone() of it")
        if gradient.array.shape != self.array.shape:
            raise AutogradError(
                f"attempting to assign a gradient of size '{list(gradient.array.shape)}' to a tensor of size "
                f"'{list(self.array.shape)}'. Please ensure that the gradient and the tensor are the same "
                "size",
                hint="a gradient has the shape of its tensor",
            )
        if gradient.array.dtype != self.array.dtype:
            raise AutogradError(
                f"attempting to assign a gradient with dtype '{gradient.array.dtype}' to a tensor with "
                "grad_dtype "
                f"'{self.array.dtype}'",
                hint="a gradient has the type of its tensor",
            )

    @property
    def data(self) -> Tensor:
        """The same memory in a tensor that autograd knows nothing of: changes go unseen, also by versions."""
        found: Tensor = made(self.array)
        return found

    @data.setter
    def data(self, other: Tensor) -> None:
        self.array = other.array

    @property
    def _version(self) -> int:
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
        return self.T

    @property
    def retains_grad(self) -> bool:
        """Whether it keeps its gradient though it is no leaf."""
        return self._retains

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

    # The way back.

    def backward(
        self,
        gradient: Tensor | None = None,
        retain_graph: bool | None = None,
        create_graph: bool = False,
        inputs: Sequence[Tensor] | Tensor | None = None,
    ) -> None:
        """Go back from here, and add up gradients at the leaves; see ``requests.backward``."""
        if create_graph:
            warnings.warn(
                "Using backward() with create_graph=True will create a reference cycle between the parameter "
                "and its "
                "gradient which can cause a memory leak. We recommend using autograd.grad when creating the "
                "graph to "
                "avoid this.",
                UserWarning,
                stacklevel=2,
            )
        given = None if gradient is None else (gradient,)
        backward(self, given, retain_graph, create_graph, inputs)

    def retain_grad(self) -> None:
        """Keep the gradient in ``.grad`` though this is no leaf.

        Raises:
            AutogradError: it does not require a gradient.
        """
        if not self.tracked:
            raise AutogradError(
                "can't retain_grad on Tensor that has requires_grad=False",
                hint="nothing will come back to it",
            )
        if self._edge is None or self._retains:
            return
        node, place = self._edge
        node.retained = node.retained or {}
        node.retained[place] = ref(self)
        self._retains = True

    def register_hook(self, hook: Callable[[Tensor], Tensor | None]) -> Removable:
        """Call a function with the gradient when it has come; what it returns takes its place.

        Raises:
            AutogradError: it does not require a gradient.
        """
        if not self.tracked:
            raise AutogradError(
                "cannot register a hook on a tensor that doesn't require gradient",
                hint="nothing will come back to it",
            )
        if self._edge is None:
            self._hooks = self._hooks or Hooks()
            return self._hooks.add(hook)
        node, place = self._edge
        node.tensor_hooks = node.tensor_hooks or {}
        return node.tensor_hooks.setdefault(place, Hooks()).add(hook)

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
                "Only Tensors created explicitly by the user (graph leaves) support the deepcopy protocol at "
                "the "
                "moment.",
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
