"""A straight list of steps, and the run of it.

nodes, regions and loops in order -> steps, each with what it may forget -> the values of slots
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from operator import not_
from typing import Any, NamedTuple

from gradcli.errors import EvaluationError
from gradcli.execute.backends import Backend
from gradcli.execute.loops.fuse import Loop
from gradcli.execute.memory.sizes import written
from gradcli.graph.node import CONSTANT, INPUT, Kind, Node
from gradcli.graph.regions import Region, Regions
from gradcli.graph.shapes import describe, elements, is_known, listed_shapes

Value = Any  # a float, a bool or an ndarray
Kernel = Callable[..., Value]
Item = Node | Region | Loop

# How NumPy and Python refuse a size that no memory has.
_TOO_LARGE = ("too large to convert", "Maximum allowed dimension", "array is too big")


class Step(NamedTuple):
    """One call: ``slots[target] = kernel(*slots[arguments], **parameters)``.

    It is left out unless ``slots[region]`` says that its branch is taken; that is a step's answer too.
    The call of a loop has several results, and ``targets`` for them.
    """

    kernel: Kernel
    arguments: tuple[int, ...]
    parameters: dict[str, Any]
    target: int
    forget: tuple[int, ...]
    region: int | None
    node: Node | None
    targets: tuple[int, ...] = ()


class Straight:
    """Steps in order.

    Args:
        order: all that runs, and the inputs and constants, each after what it needs.
        outputs: the nodes whose values are wanted.
        backend: where it runs.
        kernel: the function that computes a node or a loop, told the node that the user wrote.
        regions: the branches that nodes belong to.
        origins: for nodes that stand for others, those.
        whole: forget no value.
    """

    def __init__(
        self,
        order: Sequence[Item],
        outputs: Sequence[Node],
        backend: Backend,
        kernel: Callable[[Any], Kernel],
        *,
        regions: Regions | None = None,
        origins: Mapping[Node, Node] | None = None,
        whole: bool = False,
    ) -> None:
        self.backend = backend
        self._origins = origins or {}
        slot: dict[Item | None, int] = {}
        for one in order:
            for result in one.results if isinstance(one, Loop) else (one,):
                slot[result] = len(slot)
        self.slots = {node: place for node, place in slot.items() if isinstance(node, Node)}
        self._size = len(slot)
        self.constants: list[tuple[int, Value]] = []
        self.inputs: list[tuple[str, int, Kind]] = []
        self.steps: list[Step] = []
        self.outputs = [(slot[output], output.shape, output.kind) for output in outputs]
        # The user's arrays and the plan's own, which no result may be a part of.
        self.given = [place for node, place in self.slots.items() if node.shape and not node.args]
        kept = [*self.given, *[place for place, _, _ in self.outputs]]
        forget = {} if whole else _last_uses(order, self.slots, set(kept))
        for one in order:
            if isinstance(one, Region):
                run = bool if one.taken else not_
                self.steps.append(
                    Step(run, (slot[one.condition],), {}, slot[one], (), slot.get(one.parent), None)
                )
                continue
            arguments = tuple([slot[arg] for arg in one.args])
            if isinstance(one, Loop):
                targets = tuple([slot[result] for result in one.results])
                node = one.nodes[0] if one.nodes else one.joins[0]
                self.steps.append(
                    Step(kernel(one), arguments, {}, targets[0], forget.get(one, ()), None, node, targets)
                )
            elif one.op is CONSTANT:
                self.constants.append((slot[one], backend.constant(one)))
            elif one.op is INPUT:
                self.inputs.append((one.values[0], slot[one], one.kind))
            else:
                origin = self.origin(one)
                region = None if regions is None else slot.get(regions[one])
                try:
                    run = kernel(one)
                except EvaluationError as error:  # its package is not installed
                    error.node = origin
                    raise
                self.steps.append(
                    Step(run, arguments, one.parameters, slot[one], forget.get(one, ()), region, origin)
                )

    def origin(self, node: Node) -> Node:
        """The node of the user's that a node stands for."""
        while node in self._origins:
            node = self._origins[node]
        return node

    def fill(self, values: Mapping[str, Value]) -> list[Value]:
        """What stands in each slot after a run: nothing where a branch was not taken, or was forgotten.

        Args:
            values: a value for every input, by name.

        Raises:
            EvaluationError: with ``node`` set to where it happened.
        """
        slots: list[Value] = [None] * self._size
        for place, value in self.constants:
            slots[place] = value
        step, arguments = None, []
        try:
            for name, place, kind in self.inputs:
                slots[place] = self.backend.given(values[name], kind)
            with self.backend.quietly():
                for step in self.steps:
                    if step.region is not None and not slots[step.region]:
                        continue
                    arguments = [slots[place] for place in step.arguments]
                    found = step.kernel(*arguments, **step.parameters)
                    if step.targets:
                        # No variable may keep a result alive that is forgotten later.
                        for number, place in enumerate(step.targets):
                            slots[place] = found[number]
                    else:
                        slots[step.target] = found
                    for place in step.forget:
                        slots[place] = None
        except (EvaluationError, ValueError, OverflowError, MemoryError) as error:
            raise failure(error, None if step is None else step.node, arguments) from None
        return slots

    def answers(self, slots: Sequence[Value], count: int | None = None) -> list[Value]:
        """The outputs' values, or those of the first, as the user gets them.

        Raises:
            EvaluationError: memory ran out.
        """
        taken = {id(slots[place]) for place in self.given}
        found = []
        try:
            for place, shape, kind in self.outputs[:count]:
                found.append(self.backend.result(slots[place], shape, kind, taken))
                taken.add(id(found[-1]))
            return found
        except (ValueError, MemoryError) as error:
            raise failure(error, None) from None


def failure(error: Exception, node: Node | None, arguments: Sequence[Value] = ()) -> EvaluationError:
    """What a run that went wrong says, and where."""
    if isinstance(error, EvaluationError):
        found = error
    elif isinstance(error, MemoryError) or any(said in str(error) for said in _TOO_LARGE):
        found = out_of_memory(error)
    elif node is not None and not all(is_known(one.shape) for one in (node, *node.args)):
        # Shapes were checked before; only the sizes of masked arrays are found out while it runs.
        shapes = [getattr(one, "shape", ()) for one in arguments]
        sizes = listed_shapes(shapes if len(shapes) > 1 else [*shapes, node.shape])
        found = EvaluationError(
            f"the sizes do not fit: {sizes}", hint="masks that pick as many elements as each other fit"
        )
    else:
        found = EvaluationError(f"this cannot be computed: {str(error).rstrip('.')}")
    found.node = node
    return found


def out_of_memory(error: Exception) -> EvaluationError:
    """What to say where there is no room for an array: its shape and its size, where NumPy tells them."""
    shape, dtype = getattr(error, "shape", None), getattr(error, "dtype", None)
    if shape is None or dtype is None:
        return EvaluationError("there is not enough memory: an array is too large")
    size = written(elements(shape) * dtype.itemsize)
    return EvaluationError(
        f"there is not enough memory for an array of shape {describe(shape)}: it would take {size}"
    )


def _last_uses(
    order: Sequence[Item], slot: Mapping[Node, int], kept: set[int]
) -> dict[Item, tuple[int, ...]]:
    """For each of what runs, the slots that nothing after it reads."""
    forget: dict[Item, tuple[int, ...]] = {}
    seen = set(kept)
    for node in reversed(order):
        # A region's condition is read again by the choice that it is for.
        if isinstance(node, Region) or (isinstance(node, Node) and node.op in (CONSTANT, INPUT)):
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
