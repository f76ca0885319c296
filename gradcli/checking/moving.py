"""An expression as a function of one of its names: the name moves along a direction, all else rests.

What ``detach`` holds still is held still here too, and an assigned name is moved by itself.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any

from gradcli import seeds
from gradcli.answers import Answers
from gradcli.errors import GradcliError
from gradcli.execute.plan import Plan, trace
from gradcli.graph import derive
from gradcli.graph.node import CONSTANT, INPUT, Node, constant, ops, reachable, variable
from gradcli.graph.shapes import is_known
from gradcli.graph.substitute import substitute
from gradcli.language.build import Built
from gradcli.language.names import Given

Value = Any
Array = Any

_EPSILON = 2.0**-52
# A name that no user can write.
_MOVED = "moved {}"
_HELD = "held {}"
# Above this many nodes the rounding of each is not worth its price.
_MOST_NODES = 3000


def _literal(array: Array) -> Node:
    return constant(tuple(array.ravel().tolist()) if array.shape else array.item(), array.shape)


class Moving:
    """The outputs of a text as a function of one name.

    Args:
        expression: the text.
        built: its graph.
        given: the values of its names.
        name: the name that moves, given or assigned.

    Attributes:
        x: its node, an input.
        outputs: the outputs as numbers, which depend on it.
        base: its value at the point, an array.
        origin: for nodes that were rebuilt the node of the text.
        values: the inputs at the point.
        key: the name of that input.
    """

    def __init__(self, expression: Answers, built: Built, given: Mapping[str, Given], name: str) -> None:
        import numpy

        self.values: dict[str, Value] = {one: known.value for one, known in given.items()}
        self.name = name
        node = expression.node(built, given, name)
        outputs = [seeds.as_float(output) for output in built.outputs]
        replaced: dict[Node, Node] = {}
        if node.op is not INPUT:
            (self.values[_MOVED.format(name)],) = Plan([node]).run(self.values)
            replaced[node] = variable(_MOVED.format(name), node.shape)
        held = [one for one in reachable(outputs) if one.op is ops.detach and is_known(one.shape)]
        known = trace(outputs, self.values) if held else {}
        for place, one in enumerate(held):
            if one in known:
                replaced[one] = variable(_HELD.format(place), one.shape, one.kind)
                self.values[_HELD.format(place)] = known[one]
        made = substitute(outputs, replaced) if replaced else {}
        self.x = replaced.get(node, node)
        self.outputs = [made.get(output, output) for output in outputs]
        self.origin = {new: old for old, new in made.items()}
        self.key = self.x.values[0]
        self.base: Array = numpy.asarray(self.values[self.key], dtype=numpy.float64)
        self._plan = Plan(self.outputs)

    @cached_property
    def active(self) -> list[Node]:
        """The nodes that move with the name, itself left out, in creation order."""
        moving = {self.x}
        found = []
        for node in reachable(self.outputs):
            if any(arg in moving for arg in node.args):
                moving.add(node)
                found.append(node)
        return found

    @cached_property
    def complex_plan(self) -> Plan:
        """The outputs on complex numbers, for kernels that take them."""
        return Plan(self.outputs, "complex128")

    def inputs(self, direction: Array, step: complex) -> dict[str, Value]:
        """The inputs with the name moved along a direction."""
        moved = self.base + step * direction
        return {**self.values, self.key: moved if moved.shape else moved.item()}

    def at(self, direction: Array, step: float) -> list[Array]:
        """The outputs there.

        Raises:
            EvaluationError: there are none.
        """
        import numpy

        return [numpy.asarray(one) for one in self._plan.run(self.inputs(direction, step))]

    def pushed(self, direction: Array) -> list[Array]:
        """The change of the outputs along a direction, by forward mode."""
        import numpy

        tangent = variable("tangent", self.x.shape)
        found = derive.jvp(self.outputs, [self.x], [tangent])
        plan = Plan(
            [ops.zeros_like(y) if one is None else one for y, one in zip(self.outputs, found, strict=True)]
        )
        value = direction if direction.shape else direction.item()
        return [numpy.asarray(one) for one in plan.run({**self.values, "tangent": value})]

    def curved(self, directions: Mapping[str, Array]) -> dict[str, Array]:
        """The Hessian of a scalar times a direction of some inputs, for each of these."""
        import numpy

        nodes = {node.values[0]: node for node in reachable(self.outputs) if node.op is INPUT}
        nodes = {name: nodes[name] for name in directions if name in nodes}
        tangents = [variable(f"tangent {name}", node.shape) for name, node in nodes.items()]
        found = derive.hvp(self.outputs[0], list(nodes.values()), tangents)
        plan = Plan([one for one in found if one is not None])
        given = {f"tangent {name}": x if x.shape else x.item() for name, x in directions.items()}
        values = iter(plan.run({**self.values, **given}))
        known = dict(zip(nodes, found, strict=True))
        return {
            name: numpy.zeros(x.shape) if known.get(name) is None else numpy.asarray(next(values))
            for name, x in directions.items()
        }

    def along(self, weights: Sequence[Array], direction: Array) -> Callable[[float], float]:
        """The weighted sum of the outputs as a function of the step."""
        return self.summed(self.at, weights, direction)

    @staticmethod
    def summed(
        at: Callable[[Array, float], Sequence[Array]], weights: Sequence[Array], direction: Array
    ) -> Callable[[float], float]:
        """The same of any arrays; where they do not exist it is nan."""
        import numpy

        def function(step: float) -> float:
            try:
                with numpy.errstate(all="ignore"):
                    return float(
                        sum(
                            numpy.sum(numpy.where(w == 0, 0.0, w * one))
                            for w, one in zip(weights, at(direction, step), strict=True)
                        )
                    )
            except (GradcliError, ValueError):
                # Such as a mask that picks fewer elements there.
                return math.nan

        return function

    def noise(self, weights: Sequence[Array], *, of_all: bool = False) -> float:
        """The rounding error of the weighted sum: that of each node times what it does to the sum.

        Nodes that rest round alike in every value; to another way of computing, ``of_all`` counts them too.

        The running error analysis that reverse mode gives for nothing (M. Iri, Simultaneous computation
        of functions, partial derivatives and estimates of rounding errors, 1984).
        """
        import numpy

        values = self.at(numpy.zeros(self.base.shape), 0.0)
        total = sum(float(numpy.sum(numpy.abs(w * v))) for w, v in zip(weights, values, strict=True))
        every = reachable(self.outputs) if of_all else [self.x, *self.active]
        nodes = [node for node in every if node.kind == "float" and is_known(node.shape)]
        seen = len(nodes) <= _MOST_NODES and all(is_known(output.shape) for output in self.outputs)
        if seen and not any(node.op is CONSTANT for node in self.outputs):
            total = max(total, self._rounding(weights, nodes, of_all))
        return _EPSILON * total if math.isfinite(total) else 0.0

    def wobble(self, weights: Sequence[Array]) -> Array:
        """How far each element of the gradient moves when the name moves by its own rounding.

        A derivative may lose digits where its function loses none, and this shows how many.
        """
        import numpy

        starts = [ops.zeros_like(y) + _literal(w) for y, w in zip(self.outputs, weights, strict=True)]
        (found,) = derive.vjp(list(zip(self.outputs, starts, strict=True)), [self.x])
        if found is None:
            return numpy.zeros(self.base.shape)
        plan = Plan([found])
        steps = (0.0, 4 * _EPSILON, -4 * _EPSILON)
        try:
            here, *near = [numpy.asarray(plan.run(self.inputs(self.base, step))[0]) for step in steps]
        except GradcliError:  # such as a matrix that is singular right next to the point
            return numpy.zeros(self.base.shape)
        moved = numpy.max([numpy.abs(one - here) for one in near], axis=0)
        return numpy.where(numpy.isfinite(moved), moved, 0.0)

    def _rounding(self, weights: Sequence[Array], nodes: list[Node], of_all: bool) -> float:
        import numpy

        started = [variable(f"weight {i}", output.shape) for i, output in enumerate(self.outputs)]
        pulled = derive.vjp(list(zip(self.outputs, started, strict=True)), nodes)
        pairs = [(node, one) for node, one in zip(nodes, pulled, strict=True) if one is not None]
        # What a 0 hides in the value may be large in the derivative: there it counts as 1.
        shift = numpy.where(of_all & (self.base == 0), 1.0, 0.0)
        inputs = {**self.inputs(shift, 1.0), **{f"weight {i}": w for i, w in enumerate(weights)}}
        try:
            found = trace([*self.outputs, *[one for _, one in pairs]], inputs)
        except GradcliError:
            return 0.0
        total = 0.0
        with numpy.errstate(all="ignore"):
            for node, one in pairs:
                if node in found and one in found:
                    size = numpy.abs(found[node]) * numpy.abs(found[one])
                    total += float(numpy.sum(numpy.where(numpy.isfinite(size), size, 0.0)))
        return total
