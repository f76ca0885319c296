"""A Jacobian by rows: the identity pulled back, as many rows at a time as memory likes.

The rows are seeds along one leading axis, so a batch of them is one run of the plan.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from gradcli.execute.plan import Plan
from gradcli.graph import derive
from gradcli.graph.node import Node, constant, ops, reachable, variable
from gradcli.graph.shapes import elements, is_known

Value = Any

# How many numbers a batch of rows of the widest value may hold: half a gigabyte of doubles.
_BATCH = 1 << 26

# A name that no user can write: a name of the language has no space.
_SEED = "rows of the identity"


class Rows:
    """The derivative of one node by others, ready to run.

    Args:
        output: the node, of any shape.
        wrt: the nodes to differentiate by.
        values: values of the inputs, for the size of an output that a mask decides.
        dtype: the type of the plan.
        trail: told which node each new one comes from.

    Attributes:
        lasting: whether it serves other values too.
        probe: the sums of all rows as nodes: where a nan in them comes from.
    """

    def __init__(
        self, output: Node, wrt: Sequence[Node], values: Mapping[str, Value], dtype: str, trail: derive.Trail
    ) -> None:
        self._dtype = dtype
        self._wrt = [x.shape for x in wrt]
        self._shape = output.shape
        self.lasting = is_known(output.shape)
        if not self.lasting:
            self._shape = Plan([output], dtype).run(values)[0].shape
        self._total = elements(self._shape)
        widest = max([elements(node.shape) for node in reachable([output])], default=1)
        self._rows = max(1, min(self._total, _BATCH // max(widest, 1)))
        lead = (self._rows,) if output.shape else ()
        seed = variable(_SEED, (*lead, *output.shape)) if output.shape else constant(1.0)
        pulled = derive.vjp([(output, seed)], wrt, trail)
        self._found = [one is not None for one in pulled]
        nodes = [one for one in pulled if one is not None]
        self._plan = Plan(nodes, dtype) if nodes else None
        if output.shape:
            added = derive.vjp([(output, ops.ones_like(ops.detach(output)))], wrt, trail)
            nodes = [one for one in added if one is not None]
        self.probe = nodes

    def run(self, values: Mapping[str, Value]) -> list[Value]:
        """The matrices, of the output's shape and then the name's; zeros where there is no path."""
        if not self._shape:
            parts = iter([] if self._plan is None else self._plan.run(values))
            return [
                next(parts) if found else self._zeros(x)
                for found, x in zip(self._found, self._wrt, strict=True)
            ]
        import numpy

        blocks: list[list[Value]] = []
        for first in range(0, self._total if self._plan else 0, self._rows):
            seed = numpy.eye(self._rows, self._total, first).reshape(self._rows, *self._shape)
            assert self._plan is not None
            blocks.append(self._plan.run({**values, _SEED: seed}))
        columns = iter(zip(*blocks, strict=True))
        return [
            self._joined(next(columns), x) if found and blocks else self._zeros(x)
            for found, x in zip(self._found, self._wrt, strict=True)
        ]

    def _joined(self, blocks: Sequence[Value], x: Sequence[Any]) -> Value:
        import numpy

        whole = blocks[0] if len(blocks) == 1 else numpy.concatenate(blocks)
        return whole[: self._total].reshape(*self._shape, *x)

    def _zeros(self, x: Sequence[Any]) -> Value:
        shape = (*self._shape, *x)
        if not shape:
            return 0.0
        (zeros,) = Plan([ops.zeros(shape=shape)], self._dtype).run({})
        return zeros
