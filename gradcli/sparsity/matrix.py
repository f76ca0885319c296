"""A sparse matrix as a value: the entries that a graph lets be other than zero."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcli.execute import backends
from gradcli.sparsity.pattern import Indices, Pattern

Array = NDArray[Any]


@dataclass(frozen=True, slots=True, eq=False)
class Sparse:
    """A matrix by its entries, row by row; all others are zero at every point.

    An entry that happens to be 0 stays, so matrices of one expression have one pattern. Arrays of several
    axes count their elements row by row: the matrix of a 2x3 output by a 4x5 name is 6x20.

    Attributes:
        shape: how many rows and columns there are.
        row: the row of each entry.
        col: its column.
        data: its value.
    """

    shape: tuple[int, int]
    row: Indices
    col: Indices
    data: Array

    @property
    def size(self) -> int:
        """How many entries there are."""
        return len(self.data)

    def toarray(self) -> Array:
        """The matrix with its zeros."""
        dense = np.zeros(self.shape, self.data.dtype)
        dense[self.row, self.col] = self.data
        return dense

    def tocoo(self) -> Any:
        """SciPy's ``coo_array`` of it.

        Raises:
            EvaluationError: SciPy is not installed.
        """
        make = backends.function("scipy.sparse.coo_array", "")
        return make((self.data, (self.row, self.col)), shape=self.shape)


def all_of(values: Any, height: int, width: int) -> Sparse:
    """A dense matrix, every entry of it."""
    row, col = np.divmod(np.arange(height * width), max(width, 1))
    return Sparse((height, width), row, col, np.asarray(values).reshape(-1))


def places(pattern: Pattern, rows: range, columns: range) -> tuple[Indices | slice, Indices, Indices]:
    """The entries of a block: which they are of the whole, and their rows and columns in the block."""
    inside: Indices | slice = slice(None)
    row, col = pattern.rows, pattern.columns
    if len(rows) < pattern.height or len(columns) < pattern.width:
        inside = np.flatnonzero(_within(row, rows) & _within(col, columns))
        row, col = row[inside] - rows.start, col[inside] - columns.start
    for one in (row, col):
        # They are shared by all matrices of this pattern.
        one.setflags(write=False)
    return inside, row, col


def _within(places: Indices, span: range) -> NDArray[np.bool_]:
    return (places >= span.start) & (places < span.stop)
