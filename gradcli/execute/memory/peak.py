"""What a run holds at most, known before it: steps in order and the shapes of nodes -> bytes.

A result counts from its step to the step that forgets it. What is a view of another value costs nothing
and keeps that one alive. A size that only the run knows counts as the largest that it may turn out to be.
The inputs are the caller's, and are not counted; where the plan is of another type, its copies of them are.

The buffers of loops stay for later runs, and count from the beginning.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from operator import itemgetter
from typing import Any, NamedTuple

from gradcli.execute.memory.scratch import BUFFERS, DOUBLE, is_ufunc, scratch
from gradcli.execute.straight import Step, Straight
from gradcli.graph.node import CONSTANT, INPUT, Node, ops
from gradcli.graph.operations.comparison import CHOICE
from gradcli.graph.shapes import elements

_IDENTITY = "kernels.elementwise.identity"
# Where NumPy copies, what it gives is a view of the copy.
_RESHAPED = ("reshape", "tile")


class Peak(NamedTuple):
    """The most that a run holds.

    Attributes:
        size: its bytes.
        node: of what is there then, the node with the largest value, as the user wrote it.
    """

    size: int
    node: Node | None


def peak(line: Straight, answers: int | None = None) -> Peak:
    """What a run of a line holds at most, beside its inputs.

    Args:
        line: the line.
        answers: how many of its outputs the caller gets; all by default.
    """
    most = max(_Held(line).moments(answers))
    held = _Held(line)
    next(moment for moment in held.moments(answers) if moment == most)
    return Peak(most, held.largest)


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
        # The largest of what callers get as copies.
        self._copied: tuple[int, Node] | None = None
        loops: list[Any] = [step.kernel for step in line.steps if step.targets]
        self._now = BUFFERS + sum([loop.kept for loop in loops])

    def moments(self, answers: int | None) -> Iterator[int]:
        """How much is held in each step, and when the answers are given."""
        for place, node in self._nodes.items():
            if node.op is INPUT or node.op is CONSTANT:
                copied = node.op is INPUT and node.kind == "float" and self._width != DOUBLE
                self._own(place, self._size(node) if copied else 0)
                # An array of the caller's may be a transposed one.
                if node.op is CONSTANT or node.ndim < 2:
                    self._in_order.add(place)
        yield self._now
        for step in self._line.steps:
            if step.node is not None:  # else it decides on a branch
                held = self._taken(step)
                yield self._now + held
                for place in step.forget:
                    self._forget(place)
        given: set[int] = set()
        for place, _, _ in self._line.outputs[:answers]:
            node = self._nodes[place]
            own = place in self._bytes and place not in given and node.args
            if node.shape and (node.op.gradless or node.op.name in _RESHAPED or not own):
                # A caller gets arrays of numbers, and its own alone.
                self._copy(node)
            given.add(place)
        yield self._now

    @property
    def largest(self) -> Node | None:
        """The node with the largest array there is now."""
        alive = [place for place, users in self._users.items() if users]
        there = [(self._bytes[place], self._nodes[place]) for place in alive]
        if self._copied is not None:
            there.append(self._copied)
        _, node = max(there, key=itemgetter(0), default=(0, None))
        return None if node is None else self._line.origin(node)

    def _size(self, node: Node) -> int:
        width = 1 if node.kind == "bool" else DOUBLE if node.op.gradless else self._width
        return elements(node.shape) * width

    def _taken(self, step: Step) -> int:
        """Take a step, and tell how much it holds while it runs, beside its results."""
        if step.targets:
            for place in step.targets:
                self._own(place, self._size(self._nodes[place]))
                self._in_order.add(place)
            loop: Any = step.kernel
            copied = [place for place in step.arguments[: loop.ordered] if place not in self._in_order]
            return int(loop.held) + sum([self._size(self._nodes[place]) for place in copied])
        node = self._nodes[step.target]
        if self._keeps_order(node, step):
            self._in_order.add(step.target)
        if self._is_view(node, step):
            self._look(step.target, step.arguments)
            return 0
        self._own(step.target, self._size(node))
        sizes = [elements(one.shape) for one in (node, *node.args)]
        return 0 if is_ufunc(step.kernel) else scratch(node, sizes, self._width)

    def _is_view(self, node: Node, step: Step) -> bool:
        """Whether NumPy gives a part of an argument, or all of it."""
        if node.op is ops.reshape:
            return step.arguments[0] in self._in_order
        if node.op.view and node.args[0].op is CONSTANT and self._width != DOUBLE:
            return False  # of a double, which becomes an array of the plan's type
        # Elements that are picked one by one are copied.
        return node.op is CHOICE or node.op.kernel == _IDENTITY or (node.op.view and len(node.args) == 1)

    def _keeps_order(self, node: Node, step: Step) -> bool:
        if node.op in (ops.reshape, ops.unsqueeze, ops.squeeze):
            return node.op is ops.reshape or step.arguments[0] in self._in_order
        if node.op.view or not node.op.elementwise:
            return not node.op.view
        return all(place in self._in_order for place in step.arguments if self._nodes[place].shape)

    def _copy(self, node: Node) -> None:
        size = elements(node.shape) * self._width
        self._now += size
        if self._copied is None or size > self._copied[0]:
            self._copied = size, node

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
