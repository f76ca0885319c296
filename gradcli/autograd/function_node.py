"""What a user's own function leaves behind: the context of one call, and its backward node.

The node holds the context, the context only refers to the node, and of its outputs it keeps the values alone:
a graph that is dropped is freed at once, unless the function itself puts an output into an attribute.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple
from weakref import ref

import numpy as np

from gradcli.autograd.backward import Apply, BackwardNode, Edge, Value
from gradcli.autograd.calls import call
from gradcli.autograd.copies import cast
from gradcli.autograd.local_node import Saved, changed
from gradcli.autograd.sentences import FREED, INFERENCE_SAVED, refusal
from gradcli.autograd.variable import Variable, made, restored
from gradcli.errors import AutogradError, AutogradTypeError
from gradcli.graph.node import ops
from gradcli.graph.shapes import Shape


class Likeness(NamedTuple):
    """What a gradient must look like."""

    shape: Shape
    dtype: Any


class Context:
    """What the forward and the backward of one call share; other attributes are the function's own.

    Attributes:
        needs_input_grad: for each argument whether its gradient is wanted.
    """

    needs_input_grad: tuple[bool, ...]

    def __init__(self, needs: tuple[bool, ...]) -> None:
        self.needs_input_grad = needs
        self._given: tuple[Variable | None, ...] = ()
        self._dirty: tuple[Variable, ...] = ()
        self._fixed: tuple[Variable, ...] = ()
        self._materialize = True
        self._kept: list[tuple[Saved, Edge | int | None] | None] | None = []
        self._node: ref[FunctionNode] | None = None

    def save_for_backward(self, *tensors: Variable | None) -> None:
        """Keep arguments and results for the way back, which is refused if they are changed in place.

        Raises:
            AutogradTypeError: one is no tensor.
        """
        for place, one in enumerate(tensors):
            if one is not None and not isinstance(one, Variable):
                raise AutogradTypeError(
                    f"save_for_backward can only save variables, but argument {place} is of type "
                    f"{type(one).__name__}",
                    hint="put it into an attribute: ctx.name = value",
                )
        self._given = tensors

    def mark_dirty(self, *tensors: Variable) -> None:
        """These arguments were changed in place, and are results."""
        self._dirty = tensors

    def mark_non_differentiable(self, *tensors: Variable) -> None:
        """These results have no gradient."""
        self._fixed = tensors

    def set_materialize_grads(self, value: bool) -> None:
        """Whether backward gets zeros, and not ``None``, for a result that nothing came back to."""
        self._materialize = value

    @property
    def saved_tensors(self) -> tuple[Any, ...]:
        """What was saved, each with its place in the graph.

        Raises:
            AutogradError: it was freed, or changed in place since.
        """
        if self._kept is None:
            raise refusal(FREED)
        return tuple([None if one is None else self._restored(*one) for one in self._kept])

    def _restored(self, saved: Saved, origin: Edge | int | None) -> Any:
        node = None if self._node is None else self._node()
        edge = origin
        if isinstance(edge, int):
            edge = None if node is None else (node, edge)
        if saved.version.count != saved.count:
            raise changed(saved, edge, node)
        return restored(saved.array, saved.version, edge)

    def keep(self, origins: Callable[[Variable], Edge | int | None]) -> None:
        """Keep what is to be saved as it is now, and let go of the tensors.

        Args:
            origins: where a tensor comes from: an edge, or the number of a result of this call.
        """
        for one in self._given:
            if one is not None and one.is_inference():
                raise refusal(INFERENCE_SAVED)
        self._kept = [
            None if one is None else (Saved(one.array, one.version, one.version.count), origins(one))
            for one in self._given
        ]
        self.forget()

    def forget(self) -> None:
        """Let go of the tensors."""
        self._given = self._dirty = self._fixed = ()


class FunctionNode(BackwardNode):
    """The backward node of a user's function; what is no attribute of its own is one of the context.

    Args:
        name: of the function.
        backward: what the user wrote.
        context: of the call.
        arguments: for each argument what a gradient of it looks like; ``None`` for what is no tensor.
        results: the same for the results.
        edges: for each argument that is a tensor where its gradient goes on.
    """

    __slots__ = ("_arguments", "_backward", "_context", "_name", "_results")

    def __init__(
        self,
        name: str,
        backward: Callable[..., Any],
        context: Context,
        arguments: Sequence[Likeness | None],
        results: Sequence[Likeness | None],
        edges: tuple[Edge | None, ...],
    ) -> None:
        super().__init__(edges)
        self._name = name
        self._backward = backward
        self._context = context
        self._arguments = arguments
        self._results = results
        context._node = ref(self)

    def name(self) -> str:
        """The function's name with ``Backward`` behind it."""
        return f"{self._name}Backward"

    @property
    def outputs(self) -> int:
        """How many results it gave, those that are no tensors too."""
        return len(self._results)

    def zeros(self, place: int, lead: Shape) -> Value:
        """Zeros of a result's shape behind the leading axes; nothing if the function wants none."""
        like = self._results[place]
        if like is None or not self._context._materialize:
            return None
        return np.zeros(lead + like.shape, like.dtype)

    def pull(self, gradients: list[Value], lead: Shape, apply: Apply | None) -> Sequence[Value | None]:
        """Call the user's backward on tensors, once for each place along the leading axes."""
        if lead:
            return self._each(gradients, lead, apply)
        given = [
            None if one is None or like is None else _tensor(one, like.dtype)
            for one, like in zip(gradients, self._results, strict=True)
        ]
        found = self._fitting(self._backward(self._context, *given))
        return found if apply is not None else [None if one is None else one.array for one in found]

    def _each(self, gradients: list[Value], lead: Shape, apply: Apply | None) -> Sequence[Value | None]:
        """A user's backward knows nothing of leading axes; the gradients are taken apart along the first."""
        count = lead[0]
        assert isinstance(count, int)
        rows = [
            self.pull([None if one is None else one[number, ...] for one in gradients], lead[1:], apply)
            for number in range(count)
        ]
        columns: list[Value | None] = []
        for place, like in enumerate([one for one in self._arguments if one is not None]):
            shape: Any = lead[1:] + like.shape
            column = [row[place] for row in rows]
            filled = [np.zeros(shape) if one is None else one for one in column]
            if not column or apply is None:
                stacked = np.array(filled).reshape((count, *shape))
            else:
                stacked = apply(ops.stack, filled, {"axis": -len(shape) - 1})
            columns.append(None if column and all(one is None for one in column) else stacked)
        return columns

    def _fitting(self, found: Any) -> list[Any]:
        """What backward gave, one for each edge, in its argument's shape and type."""
        given = found if isinstance(found, tuple) else (found,)
        wanted = len(self._arguments)
        if len(given) < wanted or any(one is not None for one in given[wanted:]):
            raise AutogradError(
                f"function {self.name()} returned an incorrect number of gradients (expected {wanted}, got "
                f"{len(given)})",
                hint="backward returns one for each argument of forward, None for what has none",
            )
        fitting: list[Any] = []
        for place, (one, like) in enumerate(zip(given, self._arguments, strict=False)):
            if one is not None and like is None:
                raise AutogradError(
                    f"function {self.name()} returned a gradient different than None at position "
                    f"{place + 1}, but the corresponding forward input was not a Variable",
                    hint="return None there",
                )
            if one is not None and not isinstance(one, Variable):
                raise AutogradError(
                    f"expected Variable or None (got {type(one).__name__})",
                    hint="backward returns a tensor, or a tuple of them",
                )
            if like is not None:
                fitting.append(None if one is None else self._shaped(one, like, len(fitting)))
        return fitting

    def _shaped(self, gradient: Variable, like: Likeness, place: int) -> Variable:
        shape = gradient.array.shape
        if shape != like.shape:
            extra = len(shape) - len(like.shape)
            behind = zip(shape[extra:], like.shape, strict=True) if extra >= 0 else ()
            if extra < 0 or any(own not in (1, size) for size, own in behind):
                raise AutogradError(
                    f"Function {self.name()} returned an invalid gradient at index {place} - got "
                    f"{list(shape)} but expected shape compatible with {list(like.shape)}",
                    hint="a gradient has the shape of its argument",
                )
            axes = [*range(extra), *[extra + at for at, own in enumerate(like.shape) if own == 1]]
            behind_all = tuple([at - len(shape) for at in axes])
            summed = call(ops.sum, [gradient], {"axis": behind_all, "keepdims": True})
            gradient = call(ops.reshape, [summed], {"shape": like.shape})  # type: ignore[assignment,list-item]
        if like.dtype.kind != "f":
            return gradient
        found: Variable = cast(gradient, like.dtype)
        return found

    def release(self) -> None:
        """Forget what was saved."""
        self._context._kept = None

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") or name in FunctionNode.__slots__:
            raise AttributeError(name)
        return getattr(self._context, name)


def _tensor(value: Value, dtype: Any) -> Any:
    if isinstance(value, Variable):
        return value if value.array.dtype == dtype else cast(value, dtype)
    return made(np.asarray(value, dtype))
