"""The state of a tensor: its array, whether it is tracked, its gradient, and where it came from.

What can be done with it is in ``tensor.py``, which is built on all the rest of this package.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar
from weakref import WeakSet, ref

import numpy as np
from numpy.typing import NDArray

from gradcli.autograd.backward import AccumulateGrad, BackwardNode, Edge, Version
from gradcli.autograd.hooks import Hooks
from gradcli.autograd.modes import state
from gradcli.errors import AutogradError
from gradcli.graph.node import Array, Kind
from gradcli.graph.shapes import Shape

if TYPE_CHECKING:
    from gradcli.autograd.local import Local


class View:
    """How a tensor looks at the memory of another.

    Attributes:
        base: the tensor that has the memory, which is no view itself.
        chain: the functions that lead from it to the view, each with the number of its result.
        spoiled: whether its memory has changed since, where it cannot come from what that is now.
        origin: ``"no_grad"``, ``"inference"``, ``"function"`` for what a user's function gave back, or the
            name of a function of the table that made several views.
    """

    __slots__ = ("base", "chain", "origin", "spoiled")

    def __init__(self, base: Variable, chain: tuple[tuple[Local, int], ...], origin: str) -> None:
        self.base = base
        self.chain = chain
        self.origin = origin
        self.spoiled = False


class Variable(Array):
    """An array in the backward graph, and whatever autograd has to know of it.

    Attributes:
        array: its values; views and detached tensors share the memory.
        tracked: whether it requires a gradient.
        version: counts the changes of the memory.
    """

    __slots__ = (
        "__weakref__",
        "_accumulator",
        "_edge",
        "_grad",
        "_hooks",
        "_inference",
        "_retains",
        "_view",
        "_views",
        "array",
        "tracked",
        "version",
    )

    array: NDArray[Any]
    tracked: bool
    version: Version
    _view: View | None
    _views: WeakSet[Variable] | None
    _grad: Variable | None
    _edge: Edge | None
    _accumulator: ref[AccumulateGrad] | None
    _hooks: Hooks | None
    _retains: bool
    _inference: bool

    concrete: ClassVar[type[Variable]]
    """The class of every tensor, which is the one that has the operators."""

    def __init_subclass__(cls) -> None:
        Variable.concrete = cls

    @property
    def shape(self) -> Shape:  # type: ignore[override]
        """The sizes along its axes."""
        return self.array.shape

    @property
    def kind(self) -> Kind:  # type: ignore[override]
        """``"bool"``, or ``"float"`` for numbers of whatever type."""
        return "bool" if self.array.dtype.kind == "b" else "float"

    def is_inference(self) -> bool:
        """Whether it was made in inference mode."""
        return self._inference

    @property
    def edge(self) -> Edge | None:
        """Where its gradient goes: to the node it came from, or for a leaf to where it is accumulated."""
        if self._view is not None and self._view.spoiled:
            raise AutogradError(
                f"Output {self._view.chain[-1][1]} of {self._view.origin} is a view and its base or another "
                "view of its base has been modified inplace. This view is the output of a function that "
                "returns multiple views. Such functions do not allow the output views to be modified "
                "inplace.",
                hint="take the parts after the change, or pick them with an index",
            )
        if self._edge is not None or not self.tracked:
            return self._edge
        return self.accumulator, 0

    @property
    def accumulator(self) -> AccumulateGrad:
        """Where gradients of a leaf arrive; it lives as long as something leads to it."""
        found = None if self._accumulator is None else self._accumulator()
        if found is None:
            found = AccumulateGrad(self)
            self._accumulator = ref(found)
        return found

    def attach(self, node: BackwardNode, place: int) -> None:
        """Let it be a result of that node."""
        self._edge = (node, place)
        self.tracked = True

    def _bump(self) -> None:
        """Its memory was changed."""
        self.version.count += 1


def made(array: NDArray[Any], version: Version | None = None) -> Any:
    """A tensor that nothing is known of, with its own count of changes unless one is shared."""
    new = object.__new__(Variable.concrete)
    new.array = array
    new.tracked = False
    new.version = Version() if version is None else version
    new._view = None
    new._views = None
    new._edge = None
    new._grad = None
    new._accumulator = None
    new._hooks = None
    new._retains = False
    new._inference = state.inference
    return new


def restored(array: Any, version: Version, edge: Edge | None) -> Any:
    """A tensor as it was when its value was saved."""
    new = made(np.asarray(array), version)
    if edge is not None:
        node, _ = edge
        if isinstance(node, AccumulateGrad):
            return node.variable
        new.attach(*edge)
    return new


def viewed(array: NDArray[Any], of: Variable, local: Local, place: int) -> Any:
    """A tensor that shares the memory of another, and its count of changes."""
    new = made(array, of.version)
    base, chain = (of, ()) if of._view is None else (of._view.base, of._view.chain)
    origin = "" if of._view is None else of._view.origin
    # What a user's function gave back has a gradient of its own, whatever becomes of the memory.
    apart = origin == "function"
    if apart:
        pass
    elif local.line.several:
        origin = local.name.removesuffix("Backward0")
    elif not state.grad:
        origin = "inference" if state.inference else "no_grad"
    new._view = View(base, (*chain, (local, place)), origin)
    if not apart:
        base._views = base._views or WeakSet()
        base._views.add(new)
    new._inference = of._inference
    return new
