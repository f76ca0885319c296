"""The nodes of the backward graph: what a tensor's ``grad_fn`` is, and what the engine walks.

A node points at those of its function's arguments by edges ``(node, output number)``, and nothing points
from an argument to what was made of it: a graph that is dropped is freed at once.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from itertools import count
from typing import TYPE_CHECKING, Any
from weakref import ref

from gradcli.autograd.hooks import Hooks, Removable
from gradcli.autograd.modes import state
from gradcli.graph.shapes import Shape

if TYPE_CHECKING:
    from gradcli.autograd.variable import Variable

Value = Any  # a float or an ndarray; a tensor where the way back is tracked itself
Apply = Callable[[Any, list[Any], dict[str, Any]], Any]
Edge = tuple["BackwardNode", int]

_numbers = count()
_HERE = os.path.dirname(__file__)


class Version:
    """How often the memory of a tensor, of its views and of what was detached from it was changed."""

    __slots__ = ("by", "count")

    def __init__(self) -> None:
        self.count = 0
        # The node of the last tracked change, by name, and which of its results the tensor is.
        self.by: tuple[str, int] | None = None


class BackwardNode:
    """One function of the backward graph.

    Attributes:
        number: when it was made; every node that its edges lead to has a smaller one.
        edges: for each argument where its gradient goes on; ``None`` where nowhere.
    """

    __slots__ = ("__weakref__", "_metadata", "_pre", "edges", "number", "post", "retained", "tensor_hooks")

    def __init__(self, edges: tuple[Edge | None, ...]) -> None:
        self.number = next(_numbers)
        self.edges = edges
        self.post: Hooks | None = None
        self._pre: Hooks | None = None
        # By the number of an output: hooks of the tensor that it is, and the tensor if it keeps its gradient.
        self.tensor_hooks: dict[int, Hooks] | None = None
        self.retained: dict[int, ref[Variable]] | None = None
        self._metadata: dict[str, Any] | None = None
        if state.anomaly:
            self._metadata = {"traceback": _called()}

    def name(self) -> str:
        """PyTorch's name, such as ``"MulBackward0"``."""
        raise TypeError(f"{type(self).__name__} has no name of its own")

    @property
    def next_functions(self) -> tuple[tuple[BackwardNode | None, int], ...]:
        """For each argument the node that its gradient goes on to, and which of that one's outputs it is."""
        return tuple([(None, 0) if edge is None else edge for edge in self.edges])

    @property
    def metadata(self) -> dict[str, Any]:
        """Whatever its user wants to note; the anomaly mode puts the forward call under ``"traceback"``."""
        if self._metadata is None:
            self._metadata = {}
        return self._metadata

    def register_hook(self, hook: Callable[..., Any]) -> Removable:
        """Call ``hook(gradients of the arguments, gradients of the outputs)`` after it ran."""
        self.post = self.post or Hooks()
        return self.post.add(hook)

    def register_prehook(self, hook: Callable[..., Any]) -> Removable:
        """Call ``hook(gradients of the outputs)`` before it runs; what it returns takes their place."""
        self._pre = self._pre or Hooks()
        return self._pre.add(hook)

    @property
    def pre(self) -> Hooks | None:
        """The hooks to call before it runs."""
        return self._pre

    @property
    def outputs(self) -> int:
        """How many results its function has."""
        return 1

    @property
    def dtype(self) -> Any:
        """The type of its result, if that is narrower than a double: the gradient's is the same."""
        return None

    def zeros(self, place: int, lead: Shape) -> Value:
        """The gradient of an output that nothing came back to."""
        raise TypeError(f"{self.name()} has one output")

    def pull(self, gradients: list[Value], lead: Shape, apply: Apply | None) -> Sequence[Value | None]:
        """From the gradients of the outputs to those of the arguments, one for each edge.

        Args:
            gradients: of the outputs, behind any leading axes.
            lead: the sizes of these axes.
            apply: applies an operation to tensors, if the way back is to be tracked itself.
        """
        raise TypeError(f"{self.name()} cannot run")

    def release(self) -> None:
        """Forget what was saved."""

    def __repr__(self) -> str:
        return f"<{self.name()} object at 0x{id(self):x}>"


class AccumulateGrad(BackwardNode):
    """Where a gradient arrives at a leaf, and is added to what is there."""

    __slots__ = ("variable",)

    def __init__(self, variable: Variable) -> None:
        super().__init__(())
        self.variable = variable

    def name(self) -> str:
        """PyTorch's full name."""
        return "torch::autograd::AccumulateGrad"

    @property
    def dtype(self) -> Any:
        """The type of the leaf, if that is no double."""
        dtype = self.variable.array.dtype
        return None if dtype.char == "d" else dtype

    def __repr__(self) -> str:
        return f"<AccumulateGrad object at 0x{id(self):x}>"


def _called() -> str:
    """Where this was called from, as Python shows it."""
    import traceback

    frames = [one for one in traceback.extract_stack() if os.path.dirname(one.filename) != _HERE]
    return "".join(traceback.format_list(frames))
