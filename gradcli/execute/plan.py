"""A graph as a straight list of steps, and the run of it.

    graph -> share -> steps in order, each with what it may forget -> values

A plan whose nodes are all scalars calls plain float functions and never loads NumPy.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from gradcli.errors import EvaluationError
from gradcli.execute import backends
from gradcli.graph.node import CONSTANT, INPUT, Node, reachable
from gradcli.graph.regions import Region, Regions
from gradcli.graph.simplify import share

Value = Any  # a float, a bool or an ndarray


class Step(NamedTuple):
    """One call: ``slots[target] = kernel(*slots[arguments], **parameters)``."""

    kernel: Callable[..., Value]
    arguments: tuple[int, ...]
    parameters: dict[str, Any]
    target: int
    forget: tuple[int, ...]
    region: Region | None


class Plan:
    """A graph made ready to run, as often as needed, with other values each time.

    Args:
        outputs: the nodes whose values are wanted.
        dtype: ``"float64"`` or ``"float32"``.
    """

    def __init__(self, outputs: Sequence[Node], dtype: str = "float64") -> None:
        outputs = share(outputs)
        nodes = reachable(outputs)
        regions = Regions(nodes, outputs)
        order = _ordered(outputs, regions) if regions.any else nodes
        self.scalar = dtype == "float64" and all(map(backends.runs_on_floats, nodes))
        self._backend = backends.floats() if self.scalar else backends.numpy(dtype)
        slot = {node: place for place, node in enumerate(order)}
        self._slot = slot
        self.constants: list[tuple[int, Value]] = []
        self.inputs: list[tuple[str, int]] = []
        self.steps: list[Step] = []
        self.outputs = [(slot[output], output.shape, output.kind) for output in outputs]
        forget = _last_uses(order, slot, {place for place, _, _ in self.outputs})
        self._kept = [slot[node] for node in order if node.shape and not node.args]
        for node in order:
            if node.op is CONSTANT:
                self.constants.append((slot[node], self._backend.constant(node)))
            elif node.op is INPUT:
                self.inputs.append((node.values[0], slot[node]))
            else:
                arguments = tuple([slot[arg] for arg in node.args])
                kernel = self._backend.kernel(node)
                self.steps.append(
                    Step(kernel, arguments, node.parameters, slot[node], forget[node], regions[node])
                )

    def run(self, values: Mapping[str, Value]) -> list[Value]:
        """The outputs' values, as floats and bools or as arrays of the outputs' shapes.

        Args:
            values: a value for every input, by name.

        Raises:
            EvaluationError: an operation is impossible for these values, or memory ran out.
        """
        slots: list[Value] = [None] * len(self._slot)
        for place, value in self.constants:
            slots[place] = value
        for name, place in self.inputs:
            slots[place] = self._backend.given(values[name])
        kept = [slots[place] for place in self._kept]
        try:
            with self._backend.quietly():
                for step in self.steps:
                    if step.region is not None and not self._runs(step.region, slots):
                        continue
                    arguments = [slots[place] for place in step.arguments]
                    slots[step.target] = step.kernel(*arguments, **step.parameters)
                    for place in step.forget:
                        slots[place] = None
            return [
                self._backend.result(slots[place], shape, kind, kept) for place, shape, kind in self.outputs
            ]
        except MemoryError as error:
            raise EvaluationError(f"there is not enough memory: {error or 'an array is too large'}") from None
        except ValueError as error:
            raise _misfit(error) from None

    def _runs(self, region: Region | None, slots: list[Value]) -> bool:
        while region is not None:
            condition = slots[self._slot[region.condition]]
            # An outer branch that is not taken never computed the inner condition.
            if condition is None or bool(condition) != region.taken:
                return False
            region = region.parent
        return True


def _last_uses(
    order: Sequence[Node], slot: Mapping[Node, int], kept: set[int]
) -> dict[Node, tuple[int, ...]]:
    """For each node, the slots that nothing after it reads."""
    forget: dict[Node, tuple[int, ...]] = {}
    seen = set(kept)
    for node in reversed(order):
        if node.op is CONSTANT or node.op is INPUT:
            # Read afresh by every run; a constant costs nothing to keep.
            continue
        free = []
        for arg in node.args:
            place = slot[arg]
            if place not in seen:
                seen.add(place)
                free.append(place)
        forget[node] = tuple(free)
    return forget


def _ordered(outputs: Sequence[Node], regions: Regions) -> list[Node]:
    """Creation order will not do with branches: a condition comes before all that it decides."""
    done: set[Node] = set()
    order: list[Node] = []
    stack = [(output, False) for output in reversed(outputs)]
    while stack:
        node, ready = stack.pop()
        if node in done:
            continue
        if ready:
            done.add(node)
            order.append(node)
            continue
        stack.append((node, True))
        region = regions[node]
        while region is not None:
            stack.append((region.condition, False))
            region = region.parent
        stack.extend([(arg, False) for arg in reversed(node.args) if arg not in done])
    return order


def trace(outputs: Sequence[Node], values: Mapping[str, Value], dtype: str = "float64") -> dict[Node, Value]:
    """The value of every node that the outputs need, for drawing and for finding a fault.

    Branches that are not taken have no value.

    Raises:
        EvaluationError: with ``node`` set to where it happened.
    """
    nodes = reachable(outputs)
    regions = Regions(nodes, outputs)
    floats = dtype == "float64" and all(map(backends.runs_on_floats, nodes))
    backend = backends.floats() if floats else backends.numpy(dtype)
    found: dict[Node, Value] = {}
    with backend.quietly():
        for node in _ordered(outputs, regions) if regions.any else nodes:
            region = regions[node]
            while region is not None and found.get(region.condition) is not None:
                if bool(found[region.condition]) != region.taken:
                    break
                region = region.parent
            if region is not None:
                continue
            if node.op is CONSTANT:
                found[node] = backend.constant(node)
            elif node.op is INPUT:
                found[node] = backend.given(values[node.values[0]])
            else:
                try:
                    arguments = [found.get(arg) for arg in node.args]
                    found[node] = backend.kernel(node)(*arguments, **node.parameters)
                except EvaluationError as error:
                    error.node = node
                    raise
                except ValueError as error:
                    raised = _misfit(error)
                    raised.node = node
                    raise raised from None
    return found


def _misfit(error: ValueError) -> EvaluationError:
    # Shapes were checked before; only the sizes of masked arrays are found out while it runs.
    return EvaluationError(f"the sizes do not fit: {error}")
