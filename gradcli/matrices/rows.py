"""A dense Jacobian in batches: the identity pulled back row by row, or pushed forward column by column.

Either way a seed costs about one derivative of the graph: a row for each output in reverse mode, which
serves all names at once, or a column for each input in forward mode. The fewer win; a draw is reverse
mode's, whose graph is derived once and not twice. So a Hessian, the Jacobian of a gradient, is always
reverse over reverse: as many steps, measured on a dozen models, and as fast.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from gradcli.execute.plan import Plan
from gradcli.graph import derive
from gradcli.graph.node import Node, constant, ops, reachable
from gradcli.graph.shapes import Shape, elements, is_known
from gradcli.graph.trail import Trail
from gradcli.matrices.batches import Run, Seed, most_rows
from gradcli.seeds import counted

Value = Any


class Rows:
    """The derivative of one node by others, ready to run.

    Args:
        output: the node, of any shape.
        wrt: the nodes to differentiate by.
        values: values of the inputs, for sizes that a mask decides.
        dtype: the type of the plan.
        trail: told which node each new one comes from.

    Attributes:
        lasting: whether it serves other values too.
        forward: whether it runs in forward mode.
        probe: the sums of all seeds as nodes: where a nan in them comes from.
    """

    def __init__(
        self, output: Node, wrt: Sequence[Node], values: Mapping[str, Value], dtype: str, trail: Trail
    ) -> None:
        self._dtype = dtype
        shapes: list[Shape] = [output.shape, *[x.shape for x in wrt]]
        self.lasting = all(map(is_known, shapes))
        if not self.lasting:
            found = Plan([output, *wrt], dtype).run(values)
            shapes = [getattr(one, "shape", ()) for one in found]
        self._shape, *self._wrt = shapes
        self.forward = derive.prefers_forward(self._shape, self._wrt)
        make = self._columns if self.forward else self._rows
        self._runs, self.probe = make(output, wrt, trail)

    @property
    def chosen(self) -> str:
        """How it runs, as the end of a sentence."""
        batches = sum([run.batches for run in self._runs])
        height, widths = self.sizes
        return (
            f"in {'forward' if self.forward else 'reverse'} mode: "
            f"{counted(sum(widths), 'input')}, {counted(height, 'output')}"
            f"{f', in {batches} batches' if batches > 1 else ''}"
        )

    @property
    def sizes(self) -> tuple[int, list[int]]:
        """How many elements the output has, and each name."""
        return elements(self._shape), list(map(elements, self._wrt))

    def run(self, values: Mapping[str, Value]) -> list[Value]:
        """The matrices, of the output's shape and then the name's; zeros where there is no path."""
        found: dict[int, Value] = {}
        for run in self._runs:
            found.update(run.results(values))
        return [
            self._arranged(found[place], x) if place in found else self._zeros(x)
            for place, x in enumerate(self._wrt)
        ]

    def _rows(self, output: Node, wrt: Sequence[Node], trail: Trail) -> tuple[list[Run], list[Node]]:
        """Reverse mode: one seed, whose rows are pulled back to all names."""
        along = ops.ones_like(ops.detach(output)) if output.shape else constant(1.0)
        pulled = _reached(derive.vjp([(output, along)], wrt, trail))
        probe = list(pulled.values())
        seed = Seed(0, output.shape, self._shape, most_rows(reachable([output, *probe])))
        if output.shape:
            pulled = _reached(derive.vjp([(output, seed.node)], wrt, trail))
        return [Run([seed], pulled, self._dtype)] if pulled else [], probe

    def _columns(self, output: Node, wrt: Sequence[Node], trail: Trail) -> tuple[list[Run], list[Node]]:
        """Forward mode: a seed for each name, all in one run if they fit."""
        along = [ops.ones_like(ops.detach(x)) for x in wrt]
        probe = list(_reached(derive.jvp([output], wrt, along, trail)).values())
        most = most_rows(reachable([output, *probe]))
        seeds = [
            Seed(place, x.shape, shape, most)
            for place, (x, shape) in enumerate(zip(wrt, self._wrt, strict=True))
        ]
        pushed = _reached(derive.jvp_each(output, wrt, [seed.node for seed in seeds], trail))
        together = sum([seeds[place].rows for place in pushed]) <= most
        groups = [list(pushed)] if together and pushed else [[place] for place in pushed]
        runs = [
            Run(
                [seeds[place] for place in group],
                {place: pushed[place] for place in group},
                self._dtype,
                each=True,
            )
            for group in groups
        ]
        return runs, probe

    def _arranged(self, found: Value, x: Shape) -> Value:
        """One row an output, as it was found in reverse mode, or one column an input."""
        shape = (*self._shape, *x)
        if not shape:
            return found
        import numpy

        if self.forward and x:
            found = numpy.moveaxis(found, 0, -1)
        return numpy.ascontiguousarray(found.reshape(shape))

    def _zeros(self, x: Shape) -> Value:
        shape = (*self._shape, *x)
        if not shape:
            return 0.0
        (zeros,) = Plan([ops.zeros(shape=shape)], self._dtype).run({})
        return zeros


def _reached(found: Sequence[Node | None]) -> dict[int, Node]:
    """Those to which there is a path, by their place."""
    return {place: one for place, one in enumerate(found) if one is not None}
