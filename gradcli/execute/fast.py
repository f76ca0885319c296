"""The fast way to run a graph over arrays, and whether it was right.

graph -> lower -> share -> fuse -> steps and loops in order, with plain products for strong ones
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from gradcli.errors import EvaluationError
from gradcli.execute.backends import Backend
from gradcli.execute.loops.fuse import Loop, fuse
from gradcli.execute.products import told_by
from gradcli.execute.straight import Kernel, Straight
from gradcli.execute.unrolled import unrolled
from gradcli.graph.lower import lower
from gradcli.graph.node import Kind, Node, ops, reachable
from gradcli.graph.shapes import Shape, elements, is_known
from gradcli.graph.simplify import share

Value = Any

# Types that loops have buffers of.
_REAL = ("float64", "float32")


class Fast:
    """A graph without choices, ready to run fast.

    Args:
        outputs: the nodes whose values are wanted.
        dtype: the type of its numbers.
        backend: arrays of that type.

    Attributes:
        line: its steps.
        count: how many of their outputs are those that are wanted.
    """

    def __init__(self, outputs: Sequence[Node], dtype: str, backend: Backend) -> None:
        self._backend = backend
        self._dtype = dtype
        self.count = len(outputs)
        origins: dict[Node, Node] = {}
        outputs = share(lower(outputs, self._folded, origins), origins)
        told = told_by(reachable(outputs))
        self._plain = told is not None
        scales: list[Node] = []
        looks: list[Node] = []
        if told is not None:
            scales = list(told.scales)
            looks = [_extreme(node) for node in dict.fromkeys(outputs) if node in told.nodes]
        self._answers = set(outputs)
        wanted = [*outputs, *scales, *[look for look in looks if elements(look.shape)]]
        nodes = reachable(wanted)
        order = fuse(nodes, wanted) if dtype in _REAL else nodes
        self.line = Straight(order, wanted, backend, self._kernel, origins=origins)
        self._run = unrolled(self.line)
        # What a loop has filled is the user's alone, and of the right shape; but it can be given once.
        filled = {place for step in self.line.steps for place in step.targets}
        self._results: list[tuple[Shape, Kind] | None] = []
        for place, shape, kind in self.line.outputs[: len(outputs)]:
            self._results.append(None if shape and place in filled else (shape, kind))
            filled.discard(place)
        self._scales = slice(len(outputs), len(outputs) + len(scales))
        self._looks = slice(len(outputs) + len(scales), len(wanted))
        self._given = slice(len(wanted), None)

    def _folded(self, node: Node) -> float | None:
        """A number, computed as the run would."""
        try:
            with self._backend.quietly():
                values = [self._backend.constant(arg) for arg in node.args]
                found: float = self._backend.kernel(node)(*values, **node.parameters).item()
        except (EvaluationError, ValueError, OverflowError, AttributeError):
            return None
        return found

    def _kernel(self, one: Node | Loop) -> Kernel:
        if isinstance(one, Loop):
            from gradcli.execute.loops.blocks import ready

            return ready(one, self._kernel, self._dtype, self._answers)
        return self._backend.multiply if self._plain and one.op is ops.strong else self._backend.kernel(one)

    def run(self, values: Mapping[str, Value]) -> list[Value] | None:
        """The outputs' values; nothing where another way has to tell what they are, or what is wrong."""
        try:
            found = self._run(values)
            if 0 in found[self._scales]:
                return None
            looks = found[self._looks]
            if looks and self._backend.holds_nan(looks):
                return None
            taken = set(map(id, found[self._given]))
            answers = []
            for value, form in zip(found, self._results, strict=False):
                answers.append(value if form is None else self._backend.result(value, *form, taken))
                taken.add(id(answers[-1]))
            return answers
        except (EvaluationError, ValueError, OverflowError, MemoryError):
            return None


def _extreme(node: Node) -> Node:
    """A number that is nan if one of an array is: its largest."""
    if not is_known(node.shape) or not node.shape or not elements(node.shape):
        return node
    return ops.max(node, axis=tuple(range(-node.ndim, 0)), keepdims=False)
