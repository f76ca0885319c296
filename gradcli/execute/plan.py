"""A graph as a straight list of steps, and the run of it.

    graph -> share -> steps in order, each with what it may forget -> values

A plan whose nodes are all scalars calls plain float functions and never loads NumPy.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from operator import not_
from typing import Any, NamedTuple

from gradcli.errors import EvaluationError
from gradcli.execute import backends
from gradcli.execute.products import told_by
from gradcli.graph.node import CONSTANT, INPUT, Kind, Node, ops, reachable
from gradcli.graph.regions import Region, Regions
from gradcli.graph.shapes import describe, elements, is_known, listed_shapes
from gradcli.graph.simplify import share

Value = Any  # a float, a bool or an ndarray

# How NumPy and Python refuse a size that no memory has.
_TOO_LARGE = ("too large to convert", "Maximum allowed dimension", "array is too big")
_UNITS = ("bytes", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB")


class Step(NamedTuple):
    """One call: ``slots[target] = kernel(*slots[arguments], **parameters)``.

    It is left out unless ``slots[region]`` says that its branch is taken; that is a step's answer too.
    """

    kernel: Callable[..., Value]
    arguments: tuple[int, ...]
    parameters: dict[str, Any]
    target: int
    forget: tuple[int, ...]
    region: int | None
    node: Node | None


class Plan:
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
        self._backend = backends.floats() if self.scalar else backends.numpy(dtype)
        slot: dict[Node | Region | None, int] = {one: place for place, one in enumerate(order)}
        self.slots = {node: slot[node] for node in nodes}
        self._size = len(order)
        self.constants: list[tuple[int, Value]] = []
        self.inputs: list[tuple[str, int, Kind]] = []
        self.steps: list[Step] = []
        self.outputs = [(slot[output], output.shape, output.kind) for output in outputs]
        # The user's arrays and the plan's own, which no result may be a part of.
        self._kept = [slot[node] for node in nodes if node.shape and not node.args]
        kept = range(len(order)) if whole else [*self._kept, *[place for place, _, _ in self.outputs]]
        forget = _last_uses(order, self.slots, set(kept))
        for one in order:
            if isinstance(one, Region):
                kernel = bool if one.taken else not_
                self.steps.append(
                    Step(kernel, (slot[one.condition],), {}, slot[one], (), slot.get(one.parent), None)
                )
            elif one.op is CONSTANT:
                self.constants.append((slot[one], self._backend.constant(one)))
            elif one.op is INPUT:
                self.inputs.append((one.values[0], slot[one], one.kind))
            else:
                arguments = tuple([slot[arg] for arg in one.args])
                origin = origins.get(one, one)
                kernel = self._kernel(one, origin)
                region = slot.get(regions[one])
                self.steps.append(
                    Step(kernel, arguments, one.parameters, slot[one], forget[one], region, origin)
                )
        # On floats a strong product costs next to nothing.
        told = set() if whole or self.scalar else told_by(nodes)
        self._told = [slot[output] for output in outputs if output in told]
        self._plain_steps = [self._with_plain_product(step) for step in self.steps] if self._told else []

    def _kernel(self, node: Node, origin: Node) -> Callable[..., Value]:
        try:
            return self._backend.kernel(node)
        except EvaluationError as error:  # its package is not installed
            error.node = origin
            raise

    def _with_plain_product(self, step: Step) -> Step:
        strong = step.node is not None and step.node.op is ops.strong
        return step._replace(kernel=self._backend.multiply) if strong else step

    def run(self, values: Mapping[str, Value]) -> list[Value]:
        """The outputs' values, as floats and bools or as arrays of the outputs' shapes.

        Args:
            values: a value for every input, by name.

        Raises:
            EvaluationError: an operation is impossible for these values, or memory ran out.
        """
        slots = self._plainly(values) if self._told else None
        if slots is None:
            slots = self.fill(values)
        kept = [slots[place] for place in self._kept]
        try:
            return [
                self._backend.result(slots[place], shape, kind, kept) for place, shape, kind in self.outputs
            ]
        except (ValueError, MemoryError) as error:
            raise failure(error, None) from None

    def _plainly(self, values: Mapping[str, Value]) -> list[Value] | None:
        """A run without strong products; nothing if a nan in a result says that it will not do."""
        try:
            slots = self._run(self._plain_steps, values)
        except EvaluationError:
            return None
        return None if self._backend.holds_nan([slots[place] for place in self._told]) else slots

    def fill(self, values: Mapping[str, Value]) -> list[Value]:
        """What stands in each slot after a run: nothing where a branch was not taken, or was forgotten.

        Raises:
            EvaluationError: with ``node`` set to where it happened.
        """
        return self._run(self.steps, values)

    def _run(self, steps: Sequence[Step], values: Mapping[str, Value]) -> list[Value]:
        slots: list[Value] = [None] * self._size
        for place, value in self.constants:
            slots[place] = value
        step, arguments = None, []
        try:
            for name, place, kind in self.inputs:
                slots[place] = self._backend.given(values[name], kind)
            with self._backend.quietly():
                for step in steps:
                    if step.region is not None and not slots[step.region]:
                        continue
                    arguments = [slots[place] for place in step.arguments]
                    slots[step.target] = step.kernel(*arguments, **step.parameters)
                    for place in step.forget:
                        slots[place] = None
        except (EvaluationError, ValueError, OverflowError, MemoryError) as error:
            raise failure(error, None if step is None else step.node, arguments) from None
        return slots


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
    size, unit = float(elements(shape) * dtype.itemsize), 0
    while size >= 1024 and unit + 1 < len(_UNITS):
        size, unit = size / 1024, unit + 1
    return EvaluationError(
        f"there is not enough memory for an array of shape {describe(shape)}: "
        f"it would take {size:.3g} {_UNITS[unit]}"
    )


def _last_uses(
    order: Sequence[Node | Region], slot: Mapping[Node, int], kept: set[int]
) -> dict[Node, tuple[int, ...]]:
    """For each node, the slots that nothing after it reads."""
    forget: dict[Node, tuple[int, ...]] = {}
    seen = set(kept)
    for node in reversed(order):
        # A region's condition is read again by the choice that it is for.
        if isinstance(node, Region) or node.op is CONSTANT or node.op is INPUT:
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
