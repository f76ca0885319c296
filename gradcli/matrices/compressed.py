"""A sparse Jacobian in few runs: rows or columns that have nothing in common share a seed.

All outputs and names make one matrix, whose pattern the graph tells before anything runs. A run answers a
colour's sum of rows, in which each entry stands alone, and is picked from there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, Any

from gradcli.graph import derive
from gradcli.graph.node import Node, ops, reachable
from gradcli.graph.shapes import Shape, elements
from gradcli.graph.trail import Trail
from gradcli.matrices.batches import Run, Seed, most_rows
from gradcli.seeds import counted

if TYPE_CHECKING:
    from gradcli.sparsity.colouring import Colours
    from gradcli.sparsity.matrix import Sparse
    from gradcli.sparsity.pattern import Pattern

Value = Any


class Compressed:
    """The Jacobian of several nodes by others, of which a pattern is known.

    Args:
        outputs: the nodes, of known shapes.
        wrt: the nodes to differentiate by.
        pattern: the entries of the whole matrix, all outputs below each other and all names side by side.
        symmetric: whether the matrix is its own transpose.
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
        pattern: Pattern,
        symmetric: bool,
        dtype: str,
        trail: Trail,
    ) -> None:
        self._dtype = dtype
        self._pattern = pattern
        self._rows = _spans([output.shape for output in outputs])
        self._columns = _spans([x.shape for x in wrt])
        self.forward, colours = _choice(pattern, symmetric)
        self.count = colours.number
        self._place = self._placed(colours)
        self._blocks = self._split()
        self.probe = probe(outputs, wrt, trail)
        make = self._pushed if self.forward else self._pulled
        self._run = make(outputs, wrt, colours, trail) if self.count else None

    @property
    def chosen(self) -> str:
        """How it runs, as the end of a sentence."""
        batches = self._run.batches if self._run is not None else 1
        return (
            f"in {'forward' if self.forward else 'reverse'} mode: "
            f"{len(self._pattern.columns)} of {self._pattern.height}x{self._pattern.width} entries, "
            f"{counted(self.count, 'colour')}{f', in {batches} batches' if batches > 1 else ''}"
        )

    def run(self, values: Mapping[str, Value]) -> list[list[Sparse]]:
        """The matrices of each output by each name."""
        from gradcli.sparsity.matrix import Sparse

        data = self._data(values)
        return [
            [
                Sparse((len(rows), len(columns)), row, col, data[which])
                for columns, (which, row, col) in zip(self._columns, blocks, strict=True)
            ]
            for rows, blocks in zip(self._rows, self._blocks, strict=True)
        ]

    def _data(self, values: Mapping[str, Value]) -> Value:
        """The values of all entries, in the order of the pattern."""
        import numpy

        spans = self._rows if self.forward else self._columns
        found = {} if self._run is None else self._run.results(values)
        parts = [
            found[place].reshape(self.count, -1)
            if place in found
            else numpy.zeros((self.count, len(span)), self._dtype)
            for place, span in enumerate(spans)
        ]
        whole = parts[0] if len(parts) == 1 else numpy.concatenate(parts, axis=1)
        return whole.reshape(-1)[self._place]

    def _placed(self, colours: Colours) -> Value:
        """Where each entry stands among the answers: the answer to a colour, and a place in it."""
        import numpy

        rows, columns = self._pattern.rows, self._pattern.columns
        if self.forward:
            return colours.of[columns] * self._pattern.height + rows
        # What a row shares with a hub it finds in the hub's.
        turned = (
            numpy.zeros(0, bool) if not colours.hubs.any() else colours.hubs[columns] & ~colours.hubs[rows]
        )
        if turned.any():
            rows, columns = numpy.where(turned, columns, rows), numpy.where(turned, rows, columns)
        return colours.of[rows] * self._pattern.width + columns

    def _split(self) -> list[list[tuple[Value, Value, Value]]]:
        from gradcli.sparsity.matrix import places

        return [[places(self._pattern, rows, columns) for columns in self._columns] for rows in self._rows]

    def _seeds(
        self, nodes: Sequence[Node], spans: Sequence[range], colours: Colours, most: int
    ) -> list[Seed]:
        return [
            Seed(place, node.shape, node.shape, most, (colours.of[span.start : span.stop], colours.number))
            for place, (node, span) in enumerate(zip(nodes, spans, strict=True))
        ]

    def _pulled(self, outputs: Sequence[Node], wrt: Sequence[Node], colours: Colours, trail: Trail) -> Run:
        """Reverse mode: the seeds of all outputs at once."""
        seeds = self._seeds(outputs, self._rows, colours, most_rows(reachable([*outputs, *self.probe])))
        pairs = [(output, seed.node) for output, seed in zip(outputs, seeds, strict=True)]
        return self._ready(seeds, derive.vjp(pairs, wrt, trail))

    def _pushed(self, outputs: Sequence[Node], wrt: Sequence[Node], colours: Colours, trail: Trail) -> Run:
        """Forward mode: the seeds of all names at once."""
        seeds = self._seeds(wrt, self._columns, colours, most_rows(reachable([*outputs, *self.probe])))
        return self._ready(seeds, derive.jvp(outputs, wrt, [seed.node for seed in seeds], trail))

    def _ready(self, seeds: Sequence[Seed], found: Sequence[Node | None]) -> Run:
        answers = {place: one for place, one in enumerate(found) if one is not None}
        return Run(seeds, answers, self._dtype)


def probe(outputs: Sequence[Node], wrt: Sequence[Node], trail: Trail) -> list[Node]:
    """The sums of all rows of the Jacobian, in which a nan of any row shows."""
    along = [(output, ops.ones_like(ops.detach(output))) for output in outputs]
    return [one for one in derive.vjp(along, wrt, trail) if one is not None]


def _spans(shapes: Sequence[Shape]) -> list[range]:
    """The rows of each shape, one behind the other."""
    return [range(*pair) for pair in pairwise(accumulate(map(elements, shapes), initial=0))]


def _choice(pattern: Pattern, symmetric: bool) -> tuple[bool, Colours]:
    """Whether forward mode takes fewer colours, and those of the mode that does.

    A run of either costs as much: forward mode took a half to all of the time of reverse mode on five models.
    """
    from gradcli.sparsity.colouring import coloured, star_coloured
    from gradcli.sparsity.pattern import longest, tallest, transposed

    if symmetric:
        return False, star_coloured(pattern)
    # No fewer colours will do than a column has rows, or for forward mode a row has columns.
    least = [tallest(pattern), longest(pattern)]
    forward = least[True] < least[False]

    def colours(forward: bool) -> Colours:
        return coloured(transposed(pattern) if forward else pattern)

    found = colours(forward)
    if found.number > least[not forward]:
        other = colours(not forward)
        if other.number < found.number:
            return not forward, other
    return forward, found
