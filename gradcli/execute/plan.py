"""A graph made ready to run.

    graph -> share -> steps in order -> values
    graph -> share -> ``fast``, for arrays -> values, if it can tell that they are right

A plan whose nodes are all scalars calls plain float functions and never loads NumPy.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from gradcli.execute import backends
from gradcli.execute.fast import Fast
from gradcli.execute.straight import Step, Straight
from gradcli.graph.node import Node, reachable
from gradcli.graph.regions import Region, Regions
from gradcli.graph.shapes import elements
from gradcli.graph.simplify import share

__all__ = ["Plan", "Step", "trace"]

Value = Any  # a float, a bool or an ndarray

# Where an array has as many elements, the time to find out how to run them fast is small beside one run.
_WORTH = 1 << 13


class Plan(Straight):
    """A graph made ready to run, as often as needed, with other values each time.

    Args:
        outputs: the nodes whose values are wanted.
        dtype: ``"float64"`` or ``"float32"``.
        whole: run the graph as it was written, and forget no value.
    """

    def __init__(self, outputs: Sequence[Node], dtype: str = "float64", *, whole: bool = False) -> None:
        origins: dict[Node, Node] = {}
        outputs = outputs if whole else share(outputs, origins)
        nodes = reachable(outputs)
        regions = Regions(nodes, outputs)
        order = _ordered(outputs, regions) if regions.any else nodes
        self.scalar = dtype == "float64" and all(map(backends.runs_on_floats, nodes))
        backend = backends.floats() if self.scalar else backends.numpy(dtype)
        super().__init__(
            order, outputs, backend, backend.kernel, regions=regions, origins=origins, whole=whole
        )
        # On floats a strong product costs next to nothing.
        self._fast_graph = None if whole or self.scalar or regions.any else (outputs, dtype)
        self._fast: Fast | None = None
        self._ran = any(elements(node.shape) >= _WORTH for node in nodes)

    def run(self, values: Mapping[str, Value]) -> list[Value]:
        """The outputs' values, as floats and bools or as arrays of the outputs' shapes.

        Args:
            values: a value for every input, by name.

        Raises:
            EvaluationError: an operation is impossible for these values, or memory ran out.
        """
        if self._fast_graph is not None and self._ran:
            self._fast, self._fast_graph = Fast(*self._fast_graph, self.backend), None
        self._ran = True
        found = None if self._fast is None else self._fast.run(values)
        return self.answers(self.fill(values), len(self.outputs)) if found is None else found


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
    plan = Plan(outputs, dtype, whole=True)
    slots = plan.fill(values)
    return {node: slots[place] for node, place in plan.slots.items() if slots[place] is not None}
