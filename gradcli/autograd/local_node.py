"""The backward node of a function of the table: what it saved, and its pullback."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from gradcli.autograd.backward import AccumulateGrad, Apply, BackwardNode, Edge, Value, Version
from gradcli.autograd.local import Local, Pullback
from gradcli.autograd.sentences import FREED, INFERENCE_SAVED, function_name, refusal, type_name
from gradcli.autograd.variable import Variable, made, restored
from gradcli.errors import AutogradError
from gradcli.graph.shapes import Shape


class Saved:
    """A value that the way back reads, and the version that it must still have then."""

    __slots__ = ("array", "count", "version")

    def __init__(self, array: Any, version: Version, count: int) -> None:
        self.array = array
        self.version = version
        self.count = count


def changed(saved: Saved, edge: Edge | None, reader: BackwardNode | None) -> AutogradError:
    """What is said of a saved value that was changed in place since.

    Args:
        saved: the value.
        edge: where it came from.
        reader: the node that needs it, if there is one any more.
    """
    origin = ""
    if edge is not None and not isinstance(edge[0], AccumulateGrad):
        # An argument is told by what it is now, a result by what it was.
        now = None if edge[0] is reader else saved.version.by
        name, place = now or (edge[0].name(), edge[1])
        origin = f", which is output {place} of {function_name(name)},"
    return AutogradError(
        "one of the variables needed for gradient computation has been modified by an inplace operation: "
        f"[{type_name(saved.array)}]{origin} is at version {saved.version.count}; "
        f"expected version {saved.count} instead",
        hint=f"{'a function' if reader is None else reader.name()} still needs the old value: write the new "
        "one into another tensor, as in y = y + 1 for y += 1, or change a clone()",
    )


class LocalNode(BackwardNode):
    """The backward node of a function of the table.

    Args:
        local: the function at its shapes.
        needs: for each input whether its gradient is wanted.
        edges: for each input where it goes on.
    """

    __slots__ = ("_needs", "_saved", "local", "pullback")

    def __init__(
        self,
        local: Local,
        needs: tuple[bool, ...],
        edges: tuple[Edge | None, ...],
    ) -> None:
        super().__init__(edges)
        self.local = local
        self._needs = needs
        self.pullback: Pullback = local.pullback(needs)
        self._saved: tuple[Any, ...] | None = ()

    def save(
        self,
        operands: Sequence[Any],
        results: Sequence[Variable],
        slots: Sequence[Value],
        *,
        in_place: bool = False,
    ) -> None:
        """Keep what the pullback reads.

        Args:
            operands: the tensors and numbers that the function was applied to.
            results: what it gave.
            slots: what its run left, where a factorization stands between the two.
            in_place: whether the result is about to be written over the first operand; of its old value,
                as PyTorch does, a copy is kept.

        Raises:
            AutogradError: an inference tensor would have to be kept.
        """
        count, saved = len(operands), []
        for place in self.pullback.keeps:
            if place < count:
                value = operands[place]
                if isinstance(value, Variable):
                    if value._inference:
                        raise refusal(INFERENCE_SAVED)
                    if in_place and place == 0 and value is results[0]:
                        value = Saved(value.array.copy(), Version(), 0)
                    else:
                        value = Saved(value.array, value.version, value.version.count)
            elif place in self.local.line.wanted:
                result = results[self.local.line.wanted.index(place)]
                value = Saved(result.array, result.version, result.version.count + in_place)
            else:
                value = slots[place]
            saved.append(value)
        self._saved = tuple(saved)

    def name(self) -> str:
        """PyTorch's name."""
        return self.local.name

    @property
    def next_functions(self) -> tuple[tuple[BackwardNode | None, int], ...]:
        """As for every node; an argument without a derivative, such as a condition, has none."""
        pairs = zip(self.edges, self.local.slopes, strict=True)
        return tuple([(None, 0) if edge is None else edge for edge, slope in pairs if slope])

    @property
    def outputs(self) -> int:
        """How many results its function has."""
        return self.local.count

    @property
    def dtype(self) -> Any:
        """The type of its function's result, if that is narrower than a double."""
        return self.local.dtype

    def zeros(self, place: int, lead: Shape) -> Value:
        """Zeros of an output's shape behind the leading axes."""
        return np.zeros(lead + self.local.outputs[place].shape)

    def pull(self, gradients: list[Value], lead: Shape, apply: Apply | None) -> Sequence[Value | None]:
        """Run the pullback, on arrays or, if it is to be tracked itself, on tensors."""
        local, pullback = self.local, self.pullback
        if lead:
            pullback = local.pullback(self._needs, lead)
        if apply is not None and pullback.keeps is not pullback.reads:
            pullback = local.pullback(self._needs, lead, tracked=True)
        values = self._values(pullback, apply is not None)
        given = gradients
        if local.count > 1:
            given = [one for one, counted in zip(gradients, local.counted, strict=True) if counted]
        line = pullback.line
        if apply is not None:
            slots = line.replay([*given, *values], apply)
        elif local.scalar and not lead:
            slots = line.run([*[one if type(one) is float else float(one) for one in given], *values])
        else:
            slots = line.run([*given, *values])
        found: list[Value | None] = [None] * len(self.edges)
        for place, slot in zip(pullback.gives, line.wanted, strict=True):
            found[place] = slots[slot]
        return found

    def _values(self, pullback: Pullback, tracked: bool) -> list[Value]:
        saved = self._saved
        if saved is None:
            raise refusal(FREED)
        if pullback.reads is not self.pullback.keeps:
            known = dict(zip(self.pullback.keeps, saved, strict=True))
            saved = tuple([known[place] for place in pullback.reads])
        values = []
        for place, one in zip(pullback.reads, saved, strict=True):
            if type(one) is Saved:
                if one.version.count != one.count:
                    raise self._changed(one, place)
                value = self._tensor(one, place) if tracked else one.array
            else:
                value = one
            if self.local.scalar and not tracked and type(value) is np.ndarray:
                value = value.item()
            values.append(value)
        return values

    def _tensor(self, saved: Saved, place: int) -> Any:
        """A saved value as the tensor that it was, with its place in the graph."""
        if place < len(self.local.inputs):
            return restored(saved.array, saved.version, self.edges[place])
        return restored(saved.array, saved.version, (self, self.local.line.wanted.index(place)))

    def _changed(self, saved: Saved, place: int) -> AutogradError:
        edge = (
            self.edges[place]
            if place < len(self.local.inputs)
            else (self, self.local.line.wanted.index(place))
        )
        return changed(saved, edge, self)

    def release(self) -> None:
        """Forget what was saved; a node that saved nothing can run again."""
        if self._saved:
            self._saved = None

    def __getattr__(self, name: str) -> Any:
        """What was saved, by PyTorch's names, such as ``_saved_self`` and ``_saved_result``."""
        if not name.startswith("_saved_"):
            raise AttributeError(f"{self.name()} has no attribute {name!r}")
        return self._saved_as(name.removeprefix("_saved_"))

    def saved(self) -> dict[str, Any]:
        """All arguments and results that it keeps, by PyTorch's names."""
        found = {name: self._saved_as(name) for name in self.local.saved_names()}
        return {name: one for name, one in found.items() if one is not None}

    def _saved_as(self, name: str) -> Any:
        place, fixed = self.local.place_of(name)
        if place is None:
            return fixed
        if self._saved is None:
            raise refusal(FREED)
        for slot, one in zip(self.pullback.keeps, self._saved, strict=True):
            if slot == place:
                if isinstance(one, Saved):
                    if one.version.count != one.count:
                        raise self._changed(one, place)
                    return self._tensor(one, place)
                return made(np.asarray(one))
        return None
