"""A graph made ready to run.

    graph -> values, the first time if all of them are floats
    graph -> share -> steps in order -> values
    graph -> share -> ``fast``, for arrays -> values, if it can tell that they are right

A plan whose nodes are all scalars calls plain float functions and never loads NumPy.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import cached_property
from typing import TYPE_CHECKING, Any

from gradcli.errors import EvaluationError
from gradcli.execute import backends
from gradcli.execute.once import once
from gradcli.graph.collector import paused
from gradcli.graph.node import Node, reachable
from gradcli.graph.operations.comparison import CHOICE
from gradcli.graph.regions import Region, Regions
from gradcli.graph.shapes import elements
from gradcli.graph.simplify import share

if TYPE_CHECKING:
    from gradcli.execute.fast import Fast
    from gradcli.execute.memory.peak import Peak
    from gradcli.execute.straight import Straight

Value = Any  # a float, a bool or an ndarray

# Where an array has more elements, the time to find out how to run them fast is small beside one run. A loop
# takes one block up to here (``execute.loops.blocks``), and one block rounds as the literal way does: so the
# first run and the next ones give the same bits.
_WORTH = 1 << 15
# Block by block a sum of so many would run for minutes. That there is no room for them is the better answer.
_TOO_MANY = 1 << 34


class Plan:
    """A graph made ready to run, as often as needed, with other values each time.

    Args:
        outputs: the nodes whose values are wanted.
        dtype: ``"float64"`` or ``"float32"``.
        whole: run the graph as it was written, and forget no value.

    Attributes:
        scalar: whether it runs on floats, and NumPy is not needed.
    """

    def __init__(self, outputs: Sequence[Node], dtype: str = "float64", *, whole: bool = False) -> None:
        self._outputs = outputs
        self._dtype = dtype
        self._whole = whole
        self._nodes = nodes = reachable(outputs)
        self.scalar = dtype == "float64" and backends.run_on_floats(nodes)
        self._backend = backends.floats() if self.scalar else backends.numpy(dtype)
        most = 0 if self.scalar else max([elements(node.shape) for node in nodes], default=0)
        # A branch that is not taken is not computed.
        self._plain = not whole and most < _TOO_MANY and not any(node.op is CHOICE for node in nodes)
        self._ran = most > _WORTH

    @cached_property
    def literal(self) -> Straight:
        """The way that is always right."""
        from gradcli.execute.straight import Straight  # floats that run once have no use for it

        with paused(len(self._nodes)):
            origins: dict[Node, Node] = {}
            outputs = self._outputs if self._whole else share(self._outputs, origins)
            nodes = reachable(outputs)
            regions = Regions(nodes, outputs)
            order = _ordered(outputs, regions) if regions.any else nodes
            kernel = self._backend.kernel
            # Floats are too small to be worth forgetting.
            whole = self._whole or self.scalar
            return Straight(
                order, outputs, self._backend, kernel, regions=regions, origins=origins, whole=whole
            )

    @cached_property
    def fast(self) -> Fast | None:
        """The way to try first, on arrays."""
        # On floats a strong product costs next to nothing, and there are no loops.
        if not self._plain or self.scalar:
            return None
        from gradcli.execute.fast import Fast  # what runs once has no use for it

        with suppress(EvaluationError):  # a package is missing, and the literal way says what for
            return Fast(self._outputs, self._dtype, self._backend)
        return None

    @cached_property
    def small(self) -> bool:
        """Whether it can hold so little that nobody needs to know how much."""
        if self.scalar:
            return True
        from gradcli.execute.memory.refusal import is_small

        return is_small(self._nodes)

    @cached_property
    def _literal_peak(self) -> Peak:
        from gradcli.execute.memory.peak import peak

        return peak(self.literal)

    @cached_property
    def _fast_peak(self) -> Peak | None:
        from gradcli.execute.memory.peak import peak

        return None if self.fast is None else peak(self.fast.line, self.fast.count)

    @property
    def peak(self) -> Peak:
        """What a run of arrays holds at most, beside its inputs, in the way that is tried first."""
        return (self._fast_peak if self._ran else None) or self._literal_peak

    def run(self, values: Mapping[str, Value]) -> list[Value]:
        """The outputs' values, as floats and bools or as arrays of the outputs' shapes.

        Args:
            values: a value for every input, by name.

        Raises:
            MemoryProblem: it would hold more memory than it may.
            EvaluationError: an operation is impossible for these values, or memory ran out.
        """
        if self.scalar and self._plain and not self._ran:
            self._ran = True
            found = once(self._nodes, self._outputs, self._backend, values)
            if found is not None:
                return found
        most = self._bound()
        over = None
        if (self._ran or (most is not None and self._literal_peak.size > most)) and self.fast is not None:
            if most is not None and self._fast_peak is not None and self._fast_peak.size > most:
                over = self._fast_peak
            else:
                found = self.fast.run(values)
                if found is not None:
                    return found
        self._ran = True
        line = self._admitted(most, over)
        return line.answers(line.fill(values))

    def _bound(self) -> int | None:
        """What it may hold; nothing where that cannot be too little."""
        if self.scalar or (self.small and self._asked() is None):
            return None
        from gradcli.execute.memory.room import bound

        return bound()

    @cached_property
    def _asked(self) -> Callable[[], int | None]:
        from gradcli.execute.memory.room import asked  # which floats have no use for

        return asked

    def _admitted(self, most: int | None, over: Peak | None = None) -> Straight:
        if most is not None and self._literal_peak.size > most:
            from gradcli.execute.memory.refusal import refused

            raise refused(over or self._literal_peak, most)
        return self.literal

    def admitted(self) -> Straight:
        """The literal way.

        Raises:
            MemoryProblem: it would hold more memory than it may.
        """
        return self._admitted(self._bound())


def _ordered(outputs: Sequence[Node], regions: Regions) -> list[Node | Region]:
    """Creation order will not do with branches: a condition comes before all that it decides."""
    done: set[Node | Region] = set()
    order: list[Node | Region] = []
    stack: list[tuple[Node | Region, bool]] = [(output, False) for output in reversed(outputs)]
    while stack:
        one, ready = stack.pop()
        if one in done:
            continue
        if ready:
            done.add(one)
            order.append(one)
            continue
        stack.append((one, True))
        region, args = (one.parent, (one.condition,)) if isinstance(one, Region) else (regions[one], one.args)
        if region is not None:
            stack.append((region, False))
        stack.extend([(arg, False) for arg in reversed(args) if arg not in done])
    return order


def trace(outputs: Sequence[Node], values: Mapping[str, Value], dtype: str = "float64") -> dict[Node, Value]:
    """The value of every node that the outputs need, for drawing and for finding a fault.

    Branches that are not taken have no value.

    Raises:
        EvaluationError: with ``node`` set to where it happened.
    """
    line = Plan(outputs, dtype, whole=True).admitted()
    slots = line.fill(values)
    return {node: slots[place] for node, place in line.slots.items() if slots[place] is not None}
