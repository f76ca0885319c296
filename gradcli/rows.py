"""A Jacobian in batches: the identity pulled back row by row, or pushed forward column by column.

The seeds stand along one leading axis, so a batch of them is one run of the plan, and there are as
many in a batch as memory likes. Either way a seed costs about one derivative of the graph: a row for
each output in reverse mode, which serves all names at once, or a column for each input in forward
mode. The fewer win; a draw is reverse mode's, whose graph is derived once and not twice. So a
Hessian, the Jacobian of a gradient, is always reverse over reverse: as many steps, measured on a
dozen models, and as fast.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from gradcli.execute.plan import Plan
from gradcli.graph import derive
from gradcli.graph.node import Node, constant, ops, reachable, variable
from gradcli.graph.shapes import Shape, elements, is_known
from gradcli.seeds import counted

Value = Any

# How many numbers a batch of seeds of the widest value may hold: half a gigabyte of doubles.
_BATCH = 1 << 26

# The beginning of a name that no user can write: a name of the language has no space.
_SEED = "rows of the identity"


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
        self, output: Node, wrt: Sequence[Node], values: Mapping[str, Value], dtype: str, trail: derive.Trail
    ) -> None:
        self._dtype = dtype
        shapes: list[Shape] = [output.shape, *[x.shape for x in wrt]]
        self.lasting = all(map(is_known, shapes))
        if not self.lasting:
            found = Plan([output, *wrt], dtype).run(values)
            shapes = [getattr(one, "shape", ()) for one in found]
        self._shape, *self._wrt = shapes
        widest = max([elements(node.shape) for node in reachable([output])], default=1)
        self._most = max(1, _BATCH // max(widest, 1))
        self.forward = derive.prefers_forward(self._shape, self._wrt)
        make = self._columns if self.forward else self._rows
        self._runs, self.probe = make(output, wrt, trail)

    @property
    def chosen(self) -> str:
        """How it runs, as the end of a sentence."""
        batches = sum([run.batches for run in self._runs])
        return (
            f"in {'forward' if self.forward else 'reverse'} mode: "
            f"{counted(sum(map(elements, self._wrt)), 'input')}, {counted(elements(self._shape), 'output')}"
            f"{f', in {batches} batches' if batches > 1 else ''}"
        )

    def run(self, values: Mapping[str, Value]) -> list[Value]:
        """The matrices, of the output's shape and then the name's; zeros where there is no path."""
        found: dict[int, Value] = {}
        for run in self._runs:
            found.update(run.results(values))
        return [
            self._arranged(found[place], x) if place in found else self._zeros(x)
            for place, x in enumerate(self._wrt)
        ]

    def _rows(self, output: Node, wrt: Sequence[Node], trail: derive.Trail) -> tuple[list[_Run], list[Node]]:
        """Reverse mode: one seed, whose rows are pulled back to all names."""
        seed = _Seed(_SEED, output.shape, self._shape, self._most)
        pulled = _reached(derive.vjp([(output, seed.node)], wrt, trail))
        probe = pulled
        if output.shape:
            probe = _reached(derive.vjp([(output, ops.ones_like(ops.detach(output)))], wrt, trail))
        return [_Run([seed], pulled, self._dtype)] if pulled else [], list(probe.values())

    def _columns(
        self, output: Node, wrt: Sequence[Node], trail: derive.Trail
    ) -> tuple[list[_Run], list[Node]]:
        """Forward mode: a seed for each name, all in one run if they fit."""
        seeds = [
            _Seed(f"{_SEED} {place}", x.shape, shape, self._most)
            for place, (x, shape) in enumerate(zip(wrt, self._wrt, strict=True))
        ]
        pushed = _reached(derive.jvp_each(output, wrt, [seed.node for seed in seeds], trail))
        together = sum([seeds[place].rows for place in pushed]) <= self._most
        groups = [list(pushed)] if together and pushed else [[place] for place in pushed]
        runs = [
            _Run([seeds[place] for place in group], {place: pushed[place] for place in group}, self._dtype)
            for group in groups
        ]
        along = [ops.ones_like(ops.detach(x)) for x in wrt]
        return runs, list(_reached(derive.jvp([output], wrt, along, trail)).values())

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


class _Seed:
    """The identity of a shape, some rows at a time; for a scalar the number 1, and no rows."""

    def __init__(self, name: str, written: Shape, shape: Shape, most: int) -> None:
        self._name = name
        self._shape = shape
        self._total = elements(shape)
        self.rows = max(1, min(self._total, most))
        self.batches = -(-self._total // self.rows)
        self.node = variable(name, (self.rows, *written)) if shape else constant(1.0)

    def values(self, batch: int) -> dict[str, Value]:
        """The rows of a batch; those beyond the last are zero."""
        if not self._shape:
            return {}
        import numpy

        rows = numpy.eye(self.rows, self._total, batch * self.rows)
        return {self._name: rows.reshape(self.rows, *self._shape)}

    def joined(self, blocks: Sequence[Value]) -> Value:
        """The answers to all rows, from those of the batches."""
        if not self._shape:
            return blocks[0]
        import numpy

        whole = blocks[0] if len(blocks) == 1 else numpy.concatenate(blocks)
        return whole[: self._total]


class _Run:
    """A plan, run for every batch of its seeds: one seed, or several that have one batch each.

    Attributes:
        places: which of the names each result is about.
        batches: how often the plan runs.
    """

    def __init__(self, seeds: Sequence[_Seed], answers: Mapping[int, Node], dtype: str) -> None:
        self.places = list(answers)
        self.batches = max([seed.batches for seed in seeds])
        self._seeds = seeds
        self._plan = Plan(list(answers.values()), dtype)

    def results(self, values: Mapping[str, Value]) -> dict[int, Value]:
        """For each place the answers to all rows of its seed; none where there are no rows."""
        blocks = []
        for batch in range(self.batches):
            rows = dict(values)
            for seed in self._seeds:
                rows.update(seed.values(batch))
            blocks.append(self._plan.run(rows))
        seeds = self._seeds if len(self._seeds) > 1 else [*self._seeds] * len(self.places)
        # Without batches there are no columns either.
        columns = zip(*blocks, strict=True)
        return {
            place: seed.joined(column)
            for place, seed, column in zip(self.places, seeds, columns, strict=False)
        }
