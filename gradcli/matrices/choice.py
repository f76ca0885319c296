"""Jacobians as whole matrices: row by row, or from few runs where the graph has structure.

    few entries              a colour each    ``compressed``
    few numbers in between   a thin product   ``contracted``
    else                     a row each       ``rows``

Which of them it is, the graph tells.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from gradcli.execute.memory.refusal import admit
from gradcli.graph.node import Node
from gradcli.graph.shapes import elements
from gradcli.graph.trail import Trail
from gradcli.matrices.compressed import Compressed
from gradcli.matrices.contracted import Contracted, holding, interface
from gradcli.matrices.rows import Rows

Value = Any

# Fewer rows or columns than these are found sooner than a pattern.
_SMALL = 16
# A dense matrix is found from colours if there are so many times fewer of them than rows, or columns.
_PAYS = 4
# How many entries a pattern may have, a few hundred megabytes while it is made; or for each row and column.
_MOST = 1 << 22
_EACH = 8
_BYTES = {"float64": 8, "float32": 4}
# The row, the column and the value of an entry.
_ENTRY_BYTES = 24


class Matrices:
    """The Jacobian of several nodes by others, ready to run.

    Args:
        outputs: the nodes, of any shapes.
        wrt: the nodes to differentiate by.
        values: values of the inputs, for what they decide of shapes and of patterns.
        dtype: the type of the plan.
        trail: told which node each new one comes from.
        sparse: whether the entries are wanted, and not the zeros.
        symmetric: whether the matrix of all outputs by all names is its own transpose.

    Attributes:
        lasting: whether it serves other values too.
        probe: the sums of all rows as nodes: where a nan in them comes from.

    Raises:
        MemoryProblem: a dense matrix is too large for the machine.
    """

    def __init__(
        self,
        outputs: Sequence[Node],
        wrt: Sequence[Node],
        values: Mapping[str, Value],
        dtype: str,
        trail: Trail,
        *,
        sparse: bool = False,
        symmetric: bool = False,
    ) -> None:
        self._sparse = sparse
        self._shapes = [[output.shape + x.shape for x in wrt] for output in outputs]
        height, width = (sum([elements(node.shape) for node in nodes]) for nodes in (outputs, wrt))
        if not sparse:
            _refuse(
                height, width, _BYTES[dtype], "ask for the entries alone: --sparse, or sparse=True in Python"
            )
        self.lasting = True
        self._row_by_row = partial(_row_by_row, outputs, wrt, dtype=dtype, trail=trail)
        self._rows: list[Rows] = []
        self._ran: Sequence[Rows | Compressed | Contracted] = self._rows
        few = None
        if outputs and wrt and (sparse or min(height, width) >= _SMALL):
            few, self.lasting = _in_few_runs(outputs, wrt, values, dtype, trail, sparse, symmetric)
        self._few = few
        if few is not None:
            self.probe = few.probe
            return
        if sparse:
            _refuse(
                height,
                width,
                _ENTRY_BYTES,
                "it has too many entries to be sparse: take a part of it, such as the rows y[:100]",
            )
        self._rows = self._row_by_row(values)
        self.lasting &= all(rows.lasting for rows in self._rows)
        self.probe = [one for rows in self._rows for one in rows.probe]

    @property
    def together(self) -> bool:
        """Whether the last run was one for all outputs."""
        return self._ran is not self._rows

    @property
    def chosen(self) -> list[str]:
        """How it ran last, as ends of sentences: one for all outputs together, or one for each."""
        return [one.chosen for one in self._ran]

    def run(self, values: Mapping[str, Value]) -> list[list[Value]]:
        """For each output its matrix by each name.

        Dense ones have the output's shape and then the name's; a sparse one is a ``Sparse``.
        """
        self._ran = [] if self._few is None else [self._few]
        if isinstance(self._few, Compressed):
            found = self._few.run(values)
            if self._sparse:
                return [list[Value](row) for row in found]
            return [
                [one.toarray().reshape(shape) for one, shape in zip(row, shapes, strict=True)]
                for row, shapes in zip(found, self._shapes, strict=True)
            ]
        if self._few is not None and (whole := self._few.run(values)) is not None:
            return whole
        self._ran = self._rows = self._rows or self._row_by_row(values)
        dense = [rows.run(values) for rows in self._rows]
        if self._sparse:
            return [_entries(*pair) for pair in zip(dense, self._rows, strict=True)]
        return dense


def _in_few_runs(
    outputs: Sequence[Node],
    wrt: Sequence[Node],
    values: Mapping[str, Value],
    dtype: str,
    trail: Trail,
    sparse: bool,
    symmetric: bool,
) -> tuple[Compressed | Contracted | None, bool]:
    """What takes far fewer runs than there are rows or columns, and whether it serves other values.

    Where entries are wanted it is what knows which there are, whatever it takes.
    """
    from gradcli.sparsity.propagation import structure

    height, width = (sum([elements(node.shape) for node in nodes]) for nodes in (outputs, wrt))
    least = min(height, width)
    most = max(_MOST, _EACH * (height + width))
    most = most if sparse else min(most, height * width // _PAYS)
    pattern, lasting = structure(outputs, wrt, values, most)
    if pattern is not None:
        compressed = Compressed(outputs, wrt, pattern, symmetric, dtype, trail)
        if sparse or _PAYS * compressed.count <= least:
            return compressed, lasting
    numbers = [] if sparse else interface(outputs, wrt)
    if numbers and 2 * _PAYS * len(numbers) <= least:
        held = holding(outputs, numbers)
        pattern, lasting = structure(held[0], wrt, values, most)
        if pattern is not None:
            contracted = Contracted(outputs, wrt, numbers, held, pattern, dtype, trail)
            if _PAYS * contracted.count <= least:
                return contracted, lasting
    return None, lasting


def _row_by_row(
    outputs: Sequence[Node],
    wrt: Sequence[Node],
    values: Mapping[str, Value],
    *,
    dtype: str,
    trail: Trail,
) -> list[Rows]:
    return [Rows(output, wrt, values, dtype, trail) for output in outputs]


def _entries(dense: Sequence[Value], rows: Rows) -> list[Value]:
    """Dense matrices by their entries, which are all there are."""
    from gradcli.sparsity.matrix import all_of

    height, widths = rows.sizes
    return [all_of(one, height, width) for one, width in zip(dense, widths, strict=True)]


def _refuse(height: int, width: int, each: int, hint: str) -> None:
    """Refuse a matrix that the machine has no room for.

    Raises:
        MemoryProblem: with the size that it would have.
    """
    admit(height * width * each, f"a matrix of {height}x{width}", hint)
