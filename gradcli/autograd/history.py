"""What a tensor knows of its gradient and of where it came from, by PyTorch's names and rules."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from typing import Any
from weakref import ref

from gradcli.autograd.backward import BackwardNode
from gradcli.autograd.hooks import Hooks, Removable
from gradcli.autograd.modes import state
from gradcli.autograd.requests import backward
from gradcli.autograd.sentences import dtype_name
from gradcli.autograd.variable import Variable
from gradcli.errors import AutogradError, AutogradTypeError

_NOT_POPULATED = (
    "The .grad attribute of a Tensor that is not a leaf Tensor is being accessed. Its .grad attribute won't "
    "be populated during autograd.backward(). If you indeed want the .grad field to be populated for a "
    "non-leaf Tensor, use .retain_grad() on the non-leaf Tensor. If you access the non-leaf Tensor by "
    "mistake, make sure you access the leaf Tensor instead."
)


class History(Variable):
    """A tensor in the backward graph: a leaf, or what a tracked operation made."""

    __slots__ = ()

    @property
    def requires_grad(self) -> bool:
        """Whether operations on it are tracked."""
        return self.tracked

    @requires_grad.setter
    def requires_grad(self, wanted: bool) -> None:
        if not isinstance(wanted, bool):
            raise AutogradError("requires_grad must be a bool", hint="write True or False")
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
            raise AutogradError(
                "you can only change requires_grad flags of leaf variables. If you want to use a computed "
                "variable in a subgraph that doesn't require differentiation use var_no_grad = var.detach().",
                hint="detach() gives the same values, without their history",
            )
        self.tracked = bool(wanted)

    def requires_grad_(self, requires_grad: bool = True) -> Any:
        """Set ``requires_grad``, and give the tensor back."""
        if requires_grad and self.array.dtype.kind != "f":
            raise AutogradError(
                "only Tensors of floating point dtype can require gradients", hint="write 1.0 for 1"
            )
        if self._edge is None or not requires_grad:
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
    def grad(self) -> Any:
        """The gradient that backward() has added up; a tensor in the middle has none unless it retains it."""
        if self._edge is not None and self._grad is None and not self._retains:
            warnings.warn(_NOT_POPULATED, UserWarning, stacklevel=2)
        return self._grad

    @grad.setter
    def grad(self, gradient: Variable | None) -> None:
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
                f"attempting to assign a gradient with dtype '{dtype_name(gradient.array).lower()}' to a "
                f"tensor with grad_dtype '{dtype_name(self.array)}'",
                hint="a gradient has the type of its tensor",
            )

    @property
    def retains_grad(self) -> bool:
        """Whether it keeps its gradient though it is no leaf."""
        return self._retains

    def backward(
        self,
        gradient: Variable | None = None,
        retain_graph: bool | None = None,
        create_graph: bool = False,
        inputs: Sequence[Any] | Variable | None = None,
    ) -> None:
        """Go back from here, and add up gradients at the leaves; see ``requests.backward``."""
        if create_graph:
            warnings.warn(
                "Using backward() with create_graph=True will create a reference cycle between the "
                "parameter and its gradient which can cause a memory leak. We recommend using autograd.grad "
                "when creating the graph to avoid this.",
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

    def register_hook(self, hook: Callable[[Any], Variable | None]) -> Removable:
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
