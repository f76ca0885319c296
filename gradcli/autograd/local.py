"""One function of the table at given shapes: how it runs, how its pullback runs, and what that reads.

A pullback is derived by ``graph.derive``, as everywhere, and both are kept as straight lines of calls:
the second time that shapes are met, nothing is derived. What of the forward pass the pullback reads is
what a backward node has to save; ``add`` reads nothing, and so saves nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import inf
from typing import Any, NamedTuple

from gradcli.execute import backends
from gradcli.graph import derive
from gradcli.graph.node import CONSTANT, Node, Operation, constant, ops, variable
from gradcli.graph.shapes import Shape

Value = Any  # a float, a bool or an ndarray
Apply = Callable[[Operation, list[Any], dict[str, Any]], Any]

# What PyTorch calls the arguments of these, where they are not self and other.
_SAVED_NAMES = {
    "pow": ("self", "exponent"),
    "where": ("condition", "self", "other"),
    "clip": ("self", "min", "max"),
    "vecdot": ("self", "tensor"),
    "matvec": ("self", "vec"),
    "matmat": ("self", "mat2"),
    "gather": ("self", "index"),
}
_KEEPING_NUMBERS = ("pow", "clip")
_PARAMETER_NAMES = {"dim": "axis", "dims": "axes", "sizes": "shape", "keepdim": "keepdims"}


class Step(NamedTuple):
    """One call: ``slots.append(kernel(*[slots[place] for place in arguments], **parameters))``."""

    kernel: Callable[..., Value]
    arguments: tuple[int, ...]
    parameters: dict[str, Any]
    op: Operation


class Line:
    """A graph as a straight line of calls; its inputs, then its constants, then a slot for each step.

    Args:
        outputs: the nodes whose values are wanted.
        inputs: the nodes whose values a run is given, which need not be INPUT nodes.
        scalar: run on plain floats.

    Attributes:
        several: whether it answers with a tuple, of one it may be.
    """

    __slots__ = ("_constants", "several", "slots", "steps", "wanted")

    def __init__(self, outputs: Sequence[Node], inputs: Sequence[Node], *, scalar: bool) -> None:
        self.several = len(outputs) > 1
        nodes = _between(outputs, inputs)
        backend = backends.floats() if scalar else backends.numpy("float64")
        constants = [node for node in nodes if node.op is CONSTANT]
        self._constants = [backend.constant(node) for node in constants]
        self.slots: dict[Node, int] = {node: place for place, node in enumerate([*inputs, *constants])}
        self.steps: list[Step] = []
        for node in nodes:
            if node not in self.slots:
                self.slots[node] = len(self.slots)
                arguments = tuple([self.slots[arg] for arg in node.args])
                self.steps.append(Step(backend.kernel(node), arguments, node.parameters, node.op))
        self.wanted = [self.slots[node] for node in outputs]

    def run(self, values: Sequence[Value]) -> list[Value]:
        """What stands in every slot."""
        slots = [*values, *self._constants]
        for kernel, arguments, parameters, _ in self.steps:
            slots.append(kernel(*[slots[place] for place in arguments], **parameters))
        return slots

    def replay(self, values: Sequence[Any], apply: Apply) -> list[Any]:
        """The same with each step applied to tensors: the way to derivatives of what it computes."""
        slots = [*values, *self._constants]
        for _, arguments, parameters, op in self.steps:
            slots.append(apply(op, [slots[place] for place in arguments], parameters))
        return slots


class Pullback(NamedTuple):
    """From the cotangents of a function's outputs to those of its arguments.

    Attributes:
        reads: the slots of the forward line whose values it takes, behind the cotangents.
        gives: the arguments that it has a cotangent for, in order.
        line: how it runs.
        keeps: what of the forward line is to be saved; more than it reads if it reads what is neither an
            argument nor a result, such as a factorization: that has no history, so where the way back is
            tracked it is computed again, from what has one.
    """

    reads: tuple[int, ...]
    gives: tuple[int, ...]
    line: Line
    keeps: tuple[int, ...]


class Local:
    """A function of the table at given shapes.

    Args:
        outputs: its results, made of ``inputs``.
        inputs: a node for each argument that is an array.
        name: PyTorch's name of its backward node.
        scalar: whether all arguments are single doubles, which run on plain floats.
        called: the name that its user knows it by.

    Attributes:
        count: how many results it has.
        view: whether its result is a view of its first argument.
        slopes: for each input whether the result has a derivative by it.
        counted: for each output whether it has a gradient at all.
        dtype: the type of its result, where that is no double.
    """

    __slots__ = (
        "_pullbacks",
        "called",
        "count",
        "counted",
        "dtype",
        "inputs",
        "line",
        "name",
        "outputs",
        "scalar",
        "slopes",
        "view",
    )

    def __init__(
        self,
        outputs: Sequence[Node],
        inputs: Sequence[Node],
        name: str,
        *,
        scalar: bool = False,
        called: str = "",
    ) -> None:
        self.outputs = list(outputs)
        self.inputs = list(inputs)
        self.count = len(self.outputs)
        self.name = name
        self.called = called or name
        self.dtype: str | None = None
        nodes = _between(outputs, inputs)
        steps = [node for node in nodes if node.args and node not in inputs]
        self.view = bool(steps) and all(node.op.view for node in steps)
        self.scalar = scalar and not self.view and all(map(backends.runs_on_floats, nodes))
        self.line = Line(outputs, inputs, scalar=self.scalar)
        self.counted = [node.kind == "float" and not node.op.gradless for node in outputs]
        self.slopes = self._slopes(nodes)
        self._pullbacks: dict[tuple[Any, ...], Pullback] = {}

    def _slopes(self, nodes: Sequence[Node]) -> list[bool]:
        moved: dict[Node, set[int]] = {node: {place} for place, node in enumerate(self.inputs)}
        for node in nodes:
            if node in moved:
                continue
            along = moved[node] = set()
            flat = _flat(node)
            for place, arg in enumerate(node.args):
                if flat or _rule(node, place) is not None:
                    along |= moved.get(arg, set())
        found = set().union(
            *[moved[node] for node, counted in zip(self.outputs, self.counted, strict=True) if counted]
        )
        return [
            place in found and (node.kind == "float" and not node.op.gradless)
            for place, node in enumerate(self.inputs)
        ]

    def place_of(self, name: str) -> tuple[int | None, Any]:
        """Where something that PyTorch saves by that name stands: a slot, or for what is no array its value.

        Raises:
            AttributeError: the function has nothing of that name.
        """
        if name == "result":
            return self.line.wanted[0], None
        node = self.outputs[0]
        names = _SAVED_NAMES.get(node.op.name, ("self", "other"))
        if name in names and names.index(name) < len(node.args):
            argument = node.args[names.index(name)]
            if argument.op is CONSTANT and argument not in self.inputs:
                number = argument.values[0]
                if number in (-inf, inf):
                    # A bound that was not given.
                    return None, None
                return None, int(number) if number == int(number) else number
            return self.line.slots.get(argument), None
        parameters = node.parameters
        ours = _PARAMETER_NAMES.get(name, name)
        if ours not in parameters:
            raise AttributeError(f"{self.name} has no attribute '_saved_{name}'")
        value = parameters[ours]
        if ours in ("axis", "axes") and value is not None:
            # Axes count from the end here, and from the front there.
            ndim = node.args[0].ndim
            value = value + ndim if isinstance(value, int) else tuple([axis + ndim for axis in value])
        return None, value

    def saved_names(self) -> list[str]:
        """What PyTorch calls the arguments and the result; of the formula's own numbers those it keeps."""
        node = self.outputs[0]
        names = _SAVED_NAMES.get(node.op.name, ("self", "other"))
        inputs = set(self.inputs)
        fixed = node.op.name in _KEEPING_NUMBERS
        pairs = zip(names, node.args, strict=False)
        return [*[name for name, arg in pairs if arg in inputs or (fixed and arg.op is CONSTANT)], "result"]

    def pullback(self, needs: tuple[bool, ...], lead: Shape = (), *, tracked: bool = False) -> Pullback:
        """The pullback to the arguments that are needed.

        Args:
            needs: for each input whether its cotangent is wanted.
            lead: extra leading axes of the cotangents.
            tracked: whether it may read arguments and results alone, which have a history.
        """
        found = self._pullbacks.get((needs, lead, tracked))
        if found is None:
            found = self._derived(needs, lead, tracked)
            if not tracked and not self._has_history(found.reads):
                more = self.pullback(needs, lead, tracked=True).reads
                found = found._replace(keeps=tuple(dict.fromkeys([*found.reads, *more])))
            self._pullbacks[needs, lead, tracked] = found
        return found

    def _has_history(self, reads: Sequence[int]) -> bool:
        return all(place < len(self.inputs) or place in self.line.wanted for place in reads)

    def _derived(self, needs: tuple[bool, ...], lead: Shape, tracked: bool) -> Pullback:
        starts = [
            (output, variable("cotangent", lead + output.shape))
            for output, counted in zip(self.outputs, self.counted, strict=True)
            if counted
        ]
        wrt = [node for node, need in zip(self.inputs, needs, strict=True) if need]
        found = derive.vjp(starts, wrt)
        gives, wanted = [], []
        for place, one in zip([i for i, need in enumerate(needs) if need], found, strict=True):
            if one is None and len(self.outputs) == 1 and _flat(self.outputs[0]):
                # PyTorch's node of what is flat, such as floor, answers with zeros and not with nothing.
                one = _zeros(lead + self.inputs[place].shape)
            if one is not None:
                gives.append(place)
                wanted.append(one)
        # What is made of constants alone is computed again; all else the forward run has already.
        given = set(self.inputs)
        known = [node for node in self.line.slots if node in given]
        for node in self.line.slots:
            if node not in given and any(arg in given for arg in node.args):
                given.add(node)
                known.append(node)
        if tracked:
            past = {*self.inputs, *self.outputs}
            known = [node for node in known if node in past]
        cotangents = [g for _, g in starts]
        reached = set(_between(wanted, [*cotangents, *known]))
        read = [node for node in known if node in reached]
        line = Line(wanted, [*cotangents, *read], scalar=self.scalar and not lead)
        reads = tuple([self.line.slots[node] for node in read])
        return Pullback(reads, tuple(gives), line, reads)


def _between(outputs: Sequence[Node], inputs: Sequence[Node]) -> list[Node]:
    """What the outputs are made of, down to the inputs, in creation order."""
    stops = set(inputs)
    seen = set(outputs)
    stack = [node for node in seen if node not in stops]
    while stack:
        for arg in stack.pop().args:
            if arg not in seen:
                seen.add(arg)
                if arg not in stops:
                    stack.append(arg)
    return sorted(seen, key=lambda node: node.number)


def _zeros(shape: Shape) -> Node:
    return ops.zeros(shape=shape) if shape else constant(0.0)


def _rule(node: Node, place: int) -> Any:
    rules = node.op.pullback
    return rules[min(place, len(rules) - 1)] if rules else None


def _flat(node: Node) -> bool:
    """Whether it has a node in PyTorch and is flat wherever it is differentiable, as floor is."""
    return bool(node.op.torch) and not any(node.op.pullback)
