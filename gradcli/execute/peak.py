"""What a run holds at most, known before it: steps in order and the shapes of nodes -> bytes.

A result counts from its step to the step that forgets it. What is a view of another value costs nothing
and keeps that one alive. A size that only the run knows counts as the largest that it may turn out to be.
The inputs are the caller's, and are not counted; where the plan is of another type, its copies of them are.

What a kernel holds while it runs, only the kernel knows. A ufunc holds nothing. Any other counts as holding
as much again as the largest of its arguments and its result, in doubles: that is what most of them do, and
a few of the elementwise ones hold twice as much, which matters only where they do not run block by block.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator

from gradcli.execute.backends import function
from gradcli.execute.straight import Step, Straight
from gradcli.graph.node import CONSTANT, INPUT, Node, ops
from gradcli.graph.operations.comparison import CHOICE
from gradcli.graph.shapes import elements

# What refuses so many bytes, by raising an EvaluationError.
Bound = Callable[[int], None]

# Kernels compute with doubles, and positions are whole numbers of the same size, whatever a plan's type is.
_DOUBLE = 8
_IDENTITY = "kernels.elementwise.identity"


def peak(line: Straight, answers: int | None = None) -> int:
    """The bytes that a run of a line holds at most, beside its inputs.

    Args:
        line: the line.
        answers: how many of its outputs the caller gets; all by default.
    """
    return max(_Held(line).moments(answers))


def largest(line: Straight, answers: int | None = None) -> Node | None:
    """The node of the user's with the largest value that is there when a run holds most."""
    most = peak(line, answers)
    held = _Held(line)
    for moment in held.moments(answers):
        if moment == most:
            break
    return held.largest


class _Held:
    """The memory that is held, moment by moment.

    Slots are known by their numbers. The value of one looks at arrays, and these are known by the slot that
    they were made for.
    """

    def __init__(self, line: Straight) -> None:
        self._line = line
        self._width = line.backend.width
        self._nodes = {place: node for node, place in line.slots.items()}
        self._looks: dict[int, frozenset[int]] = {}
        self._bytes: dict[int, int] = {}
        self._users: Counter[int] = Counter()
        # Where an array stands in the order of its elements, so that it can be given another shape.
        self._in_order: set[int] = set()
        self._now = 0

    def moments(self, answers: int | None) -> Iterator[int]:
        """How much is held in each step, and when the answers are given."""
        for place, node in self._nodes.items():
            if node.op is INPUT or node.op is CONSTANT:
                copied = node.op is INPUT and node.kind == "float" and self._width != _DOUBLE
                self._own(place, self._size(node) if copied else 0)
                self._in_order.add(place)
        yield self._now
        for step in self._line.steps:
            if step.node is not None:  # else it decides on a branch
                held = self._taken(step)
                yield self._now + held
                for place in step.forget:
                    self._forget(place)
        for place, _, _ in self._line.outputs[:answers]:
            node = self._nodes[place]
            if node.shape and (node.op.gradless or place not in self._bytes or not node.args):
                # A caller gets arrays of numbers, and its own alone.
                self._now += elements(node.shape) * self._width
        yield self._now

    @property
    def largest(self) -> Node | None:
        """The node with the largest array there is now."""
        alive = [place for place, users in self._users.items() if users]
        place = max(alive, key=lambda one: self._bytes[one], default=None)
        return None if place is None else self._line.origin(self._nodes[place])

    def _size(self, node: Node) -> int:
        width = 1 if node.kind == "bool" else _DOUBLE if node.op.gradless else self._width
        return elements(node.shape) * width

    def _taken(self, step: Step) -> int:
        """Take a step, and tell how much it holds while it runs, beside its results."""
        if step.targets:
            for place in step.targets:
                self._own(place, self._size(self._nodes[place]))
                self._in_order.add(place)
            held: int = step.kernel.held  # type: ignore[attr-defined]
            return held
        node = self._nodes[step.target]
        if self._keeps_order(node, step):
            self._in_order.add(step.target)
        if self._is_view(node, step):
            self._look(step.target, step.arguments)
            return 0
        self._own(step.target, self._size(node))
        if _is_ufunc(step.kernel) or _is_ufunc(function(node.op.kernel)):
            return 0
        return _DOUBLE * max([elements(one.shape) for one in (node, *node.args)])

    def _is_view(self, node: Node, step: Step) -> bool:
        """Whether NumPy gives a part of an argument, or all of it."""
        if node.op is ops.reshape:
            return step.arguments[0] in self._in_order
        # Elements that are picked one by one are copied.
        return node.op is CHOICE or node.op.kernel == _IDENTITY or (node.op.view and len(node.args) == 1)

    def _keeps_order(self, node: Node, step: Step) -> bool:
        if node.op in (ops.reshape, ops.unsqueeze, ops.squeeze):
            return node.op is ops.reshape or step.arguments[0] in self._in_order
        if node.op.view or not node.op.elementwise:
            return not node.op.view
        return all(place in self._in_order for place in step.arguments if self._nodes[place].shape)

    def _own(self, place: int, size: int) -> None:
        self._bytes[place] = size
        self._now += size
        self._look(place, (), place)

    def _look(self, place: int, at: Iterable[int], *own: int) -> None:
        self._looks[place] = frozenset(own).union(*[self._looks.get(one, frozenset()) for one in at])
        self._users.update(self._looks[place])

    def _forget(self, place: int) -> None:
        for one in self._looks.pop(place, ()):
            self._users[one] -= 1
            if not self._users[one]:
                self._now -= self._bytes[one]


def _is_ufunc(kernel: object) -> bool:
    return hasattr(kernel, "ntypes")
