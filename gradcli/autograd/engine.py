"""The way back through the graph: nodes run newest first, which is an order of dependence and PyTorch's.

A node was made after all that it leads to, so a heap by creation number needs neither recursion nor a
count of dependences, and sums of gradients come in PyTorch's order, to the last bit.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from heapq import heappop, heappush
from operator import attrgetter
from time import perf_counter_ns
from typing import Any

import numpy as np

from gradcli.autograd import accumulate, anomaly
from gradcli.autograd.backward import AccumulateGrad, Apply, BackwardNode, Edge, Value
from gradcli.autograd.calls import apply as apply_tracked
from gradcli.autograd.copies import cast
from gradcli.autograd.hooks import Hooks
from gradcli.autograd.modes import enable_grad, no_grad, state
from gradcli.autograd.variable import Variable, made
from gradcli.graph.shapes import Shape

Capture = dict[tuple[BackwardNode, int], Value]


class Pass:
    """One way back.

    Args:
        keep: whether what was saved is kept for another one.
        tracked: whether this one is tracked itself, so that its results can be differentiated.
        wanted: the edges whose gradients are asked for; ``None`` to accumulate at all leaves.
        lead: leading axes of the gradients, for several at once.
    """

    def __init__(
        self,
        *,
        keep: bool,
        tracked: bool,
        wanted: Sequence[Edge] | None = None,
        lead: Shape = (),
    ) -> None:
        self._keep = keep
        self._apply: Apply | None = apply_tracked if tracked else None
        self._wanted = None if wanted is None else {(node, place) for node, place in wanted}
        self._lead = lead
        # Nodes that lead to what is wanted, or have it; what arrives elsewhere is dropped, and calls no hook.
        self._reached: set[BackwardNode] | None = None
        self._buffers: dict[BackwardNode, list[Value | None]] = {}
        self._heap: list[tuple[int, BackwardNode]] = []
        self.captured: Capture = {}

    def run(self, roots: Sequence[tuple[Edge, Value]]) -> Capture:
        """Go back from roots with their gradients; gives the gradients at the wanted edges."""
        needed = None
        if self._wanted is not None:
            needed = _leading_to([edge for edge, _ in roots], self._wanted)
            self._reached = needed.union([node for node, _ in self._wanted])
        for edge, value in roots:
            self._arrive(edge, value)
        mode: AbstractContextManager[Any] = enable_grad() if self._apply is not None else no_grad()
        quietly = nullcontext() if self._apply is not None else np.errstate(all="ignore")
        with mode, quietly:
            while self._heap:
                node = heappop(self._heap)[1]
                gradients = self._before(node, self._buffers.pop(node))
                if self._wanted is not None:
                    self._capture(node, gradients)
                if needed is None or node in needed:
                    self._node(node, self._pre(node, gradients))
        return self.captured

    def _arrive(self, edge: Edge, value: Value) -> None:
        node, place = edge
        dtype = node.dtype
        if dtype is not None:
            value = _narrowed(value, dtype)
        buffer = self._buffers.get(node)
        if buffer is None:
            if self._reached is not None and node not in self._reached:
                return
            heappush(self._heap, (-node.number, node))
            buffer = self._buffers[node] = [None] * node.outputs
        before = buffer[place]
        buffer[place] = value if before is None else before + value

    def _before(self, node: BackwardNode, gradients: list[Value | None]) -> list[Value | None]:
        """The hooks of the tensors that a node has made, whether it runs or not."""
        if isinstance(node, AccumulateGrad) and node.variable._hooks is not None:
            gradients[0] = self._hooked(node.variable._hooks, gradients[0])
        if node.tensor_hooks is not None:
            for place, hooks in node.tensor_hooks.items():
                if gradients[place] is not None:
                    gradients[place] = self._hooked(hooks, gradients[place])
        if node.retained is not None:
            for place, kept in node.retained.items():
                tensor = kept()
                if tensor is not None and gradients[place] is not None:
                    accumulate.retain(tensor, self._wrapped(gradients[place]))
        return gradients

    def _pre(self, node: BackwardNode, gradients: list[Value | None]) -> list[Value | None]:
        """The hooks of a node that runs; what is asked for at a node does not pass them."""
        if node.pre is not None:
            for hook in node.pre:
                found = hook(tuple([self._wrapped(one) for one in gradients]))
                if found is not None:
                    gradients = [self._plain(one) for one in found]
        return gradients

    def _capture(self, node: BackwardNode, gradients: list[Value | None]) -> None:
        assert self._wanted is not None
        for place, value in enumerate(gradients):
            if value is not None and (node, place) in self._wanted:
                self.captured[node, place] = value

    def _node(self, node: BackwardNode, gradients: list[Value | None]) -> None:
        if isinstance(node, AccumulateGrad):
            value = gradients[0]
            if value is not None:
                recorder = state.recorder
                start = perf_counter_ns() if recorder is not None else 0
                accumulate.add(node.variable, value, tracked=self._apply is not None)
                if recorder is not None:
                    recorder.backward(node.name(), start, perf_counter_ns(), node.number, [value], [])
                if node.post is not None:
                    for hook in node.post:
                        hook((), (self._wrapped(value),))
            return
        if node.outputs > 1:
            gradients = [
                node.zeros(place, self._lead) if one is None else one for place, one in enumerate(gradients)
            ]
        recorder = state.recorder
        start = perf_counter_ns() if recorder is not None else 0
        if state.anomaly:
            found = anomaly.watched(node, gradients, self._lead, self._apply)
        else:
            found = list(node.pull(gradients, self._lead, self._apply))
        if recorder is not None:
            recorder.backward(node.name(), start, perf_counter_ns(), node.number, gradients, found)
        if node.post is not None:
            found = self._after(node.post, found, gradients)
        if not self._keep:
            node.release()
        for edge, value in zip(node.edges, found, strict=True):
            if edge is not None and value is not None:
                self._arrive(edge, value)

    def _after(
        self, hooks: Hooks, found: list[Value | None], gradients: list[Value | None]
    ) -> list[Value | None]:
        for hook in hooks:
            shown = [tuple([self._wrapped(one) for one in some]) for some in (found, gradients)]
            instead = hook(*shown)
            if instead is not None:
                found = [self._plain(one) for one in instead]
        return found

    def _hooked(self, hooks: Hooks, value: Value) -> Value:
        for hook in hooks:
            instead = hook(self._wrapped(value))
            if instead is not None:
                value = self._plain(accumulate.checked(instead, self._wrapped(value), hook))
        return value

    def _wrapped(self, value: Value | None) -> Any:
        if value is None or isinstance(value, Variable):
            return value
        return made(np.asarray(value))

    def _plain(self, value: Any) -> Value | None:
        if value is None or self._apply is not None:
            return value
        return value.array if isinstance(value, Variable) else value


def _narrowed(value: Value, dtype: Any) -> Value:
    """A gradient in the type of what it is the gradient of."""
    return cast(value, dtype) if isinstance(value, Variable) else np.asarray(value, dtype)


def _leading_to(roots: Sequence[Edge], wanted: set[tuple[BackwardNode, int]]) -> set[BackwardNode]:
    """The nodes that have to run: those from which a wanted one can be reached."""
    targets = {node for node, _ in wanted}
    seen = {node for node, _ in roots}
    stack = list(seen)
    while stack:
        for edge in stack.pop().edges:
            if edge is not None and edge[0] not in seen:
                seen.add(edge[0])
                stack.append(edge[0])
    needed: set[BackwardNode] = set()
    for node in sorted(seen, key=attrgetter("number")):
        if any(edge is not None and (edge[0] in targets or edge[0] in needed) for edge in node.edges):
            needed.add(node)
    return needed
