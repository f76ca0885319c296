"""A dense Jacobian by way of the few numbers that all of it passes through.

    outputs = f(x, s)      s = the numbers that arrays are reduced to, such as x@x
    J = ∂f/∂x + ∂f/∂s · ds/dx

With ``s`` held the outputs are sparse again, so few runs find the first part, and the other is a product of
two thin matrices: n rows are found in some ten runs and not in n. This is interface contraction, after
P. Hovland, C. Bischof, D. Spiegelman and M. Casella, SIAM Journal on Scientific Computing 18, 1997.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from gradcli.errors import EvaluationError
from gradcli.execute.plan import Plan
from gradcli.graph.node import Node, reachable, variable
from gradcli.graph.regions import Regions
from gradcli.graph.shapes import elements, is_known
from gradcli.graph.substitute import substitute
from gradcli.graph.trail import Trail
from gradcli.matrices.compressed import Compressed, probe
from gradcli.seeds import counted

if TYPE_CHECKING:
    from gradcli.sparsity.pattern import Pattern

Value = Any

# The beginning of a name that no user can write: a name of the language has no space.
_NUMBER = "a number in between"


class Contracted:
    """The Jacobian of several nodes by others through the numbers between them.

    Args:
        outputs: the nodes, of known shapes.
        wrt: the nodes to differentiate by.
        numbers: those between, as ``interface`` finds them.
        held: the outputs with the numbers as inputs, and those inputs.
        pattern: of the held outputs by ``wrt``.
        dtype: the type of the plan.
        trail: told which node each new one comes from.

    Attributes:
        count: how many seeds it takes.
        probe: the sums of all rows as nodes: where a nan in them comes from.
    """

    def __init__(
        self,
        outputs: Sequence[Node],
        wrt: Sequence[Node],
        numbers: Sequence[Node],
        held: tuple[Sequence[Node], Sequence[Node]],
        pattern: Pattern,
        dtype: str,
        trail: Trail,
    ) -> None:
        from gradcli.sparsity.pattern import full

        self._shapes = [[output.shape + x.shape for x in wrt] for output in outputs]
        functions, inputs = held
        self._names = [one.values[0] for one in inputs]
        self._numbers = Plan(numbers, dtype)
        count = len(numbers)
        self._direct = Compressed(functions, wrt, pattern, False, dtype, trail)
        self._after = Compressed(functions, inputs, full(pattern.height, count), False, dtype, trail)
        self._before = Compressed(numbers, wrt, full(count, pattern.width), False, dtype, trail)
        self.count = sum([one.count for one in (self._direct, self._after, self._before)])
        self.probe = probe(outputs, wrt, trail)

    @property
    def chosen(self) -> str:
        """How it runs, as the end of a sentence."""
        return f"through {counted(len(self._names), 'number')} in between: {counted(self.count, 'colour')}"

    def run(self, values: Mapping[str, Value]) -> list[list[Value]] | None:
        """For each output its matrix by each name; nothing where a number is not finite.

        There a product of thin matrices says nan, and rows of their own may not.
        """
        import numpy

        try:
            known = {**values, **dict(zip(self._names, self._numbers.run(values), strict=True))}
            direct, after = self._direct.run(known), self._after.run(known)
            before = self._before.run(values)
        except EvaluationError:
            return None
        right = [numpy.stack([one.data for one in column]) for column in zip(*before, strict=True)]
        found = []
        for sparse, row, shapes in zip(direct, after, self._shapes, strict=True):
            left = numpy.stack([one.data for one in row], axis=1)
            matrices = []
            for one, entries, shape in zip(right, sparse, shapes, strict=True):
                with numpy.errstate(all="ignore"):
                    dense = left @ one
                    # A pattern has each entry once.
                    dense[entries.row, entries.col] += entries.data
                    total = dense.sum()
                if not math.isfinite(total):
                    return None
                matrices.append(dense.reshape(shape))
            found.append(matrices)
        return found


def holding(outputs: Sequence[Node], numbers: Sequence[Node]) -> tuple[list[Node], list[Node]]:
    """The outputs as functions of the numbers that they pass through, and the inputs for those."""
    inputs = [variable(f"{_NUMBER} {place}", one.shape) for place, one in enumerate(numbers)]
    made = substitute(outputs, dict(zip(numbers, inputs, strict=True)))
    return [made.get(output, output) for output in outputs], inputs


def interface(outputs: Sequence[Node], wrt: Sequence[Node]) -> list[Node]:
    """The numbers that arrays on the way from ``wrt`` are reduced to; none where that is no way to go."""
    nodes = reachable(outputs)
    if any(x.args for x in wrt) or Regions(nodes, outputs).any:
        return []
    if not all(is_known(node.shape) for node in nodes):
        return []
    moving = set(wrt)
    found = []
    for node in nodes:
        arrays = [arg for arg in node.args if arg in moving]
        if arrays:
            moving.add(node)
        reduces = elements(node.shape) == 1 and any(elements(arg.shape) > 1 for arg in arrays)
        # One element of an array is as sparse as the array.
        if reduces and node.kind == "float" and not node.op.moves:
            found.append(node)
    return found
