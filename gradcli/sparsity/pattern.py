"""Index sets: for each row the columns that it has, and what rearranging does to them.

No function here has a loop over elements, so a hundred thousand of them take milliseconds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Indices = NDArray[np.intp]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Pattern:
    """The entries of a matrix, row by row, each once.

    Attributes:
        rows: the row of each entry, in order.
        columns: the column of each entry, in order within its row.
        height: how many rows the matrix has.
        width: how many columns.
    """

    rows: Indices
    columns: Indices
    height: int
    width: int

    @cached_property
    def lengths(self) -> Indices:
        """How many columns each row has."""
        return np.bincount(self.rows, minlength=self.height)

    @cached_property
    def starts(self) -> Indices:
        """Where the entries of each row begin, and behind the last one their number."""
        return _starts(self.lengths)

    @cached_property
    def single(self) -> bool:
        """Whether each row has one column."""
        return len(self.rows) == self.height and bool((self.rows == np.arange(self.height)).all())


def diagonal(size: int, first: int, width: int) -> Pattern:
    """Row i with the column ``first + i``."""
    places = np.arange(size)
    return Pattern(places, first + places, size, width)


def empty(height: int, width: int) -> Pattern:
    """Rows without columns."""
    nothing = np.zeros(0, np.intp)
    return Pattern(nothing, nothing, height, width)


def full(height: int, width: int) -> Pattern:
    """Every column in every row."""
    return Pattern(np.repeat(np.arange(height), width), np.tile(np.arange(width), height), height, width)


def of_pairs(rows: Indices, columns: Indices, height: int, width: int) -> Pattern:
    """The pattern of entries in any order, which may repeat."""
    return _of_sorted(np.sort(_keys(rows, columns, width)), height, width)


def _keys(rows: Indices, columns: Indices, width: int) -> Indices:
    """Row and column in one number, by powers of two: a shift takes less time than a division."""
    return rows << width.bit_length() | columns


def _of_sorted(keys: Indices, height: int, width: int) -> Pattern:
    again = keys[1:] == keys[:-1]
    if again.any():
        keys = np.concatenate([keys[:1], keys[1:][~again]])
    bits = width.bit_length()
    return Pattern(keys >> bits, keys & ((1 << bits) - 1), height, width)


def _starts(lengths: Indices) -> Indices:
    starts = np.zeros(len(lengths) + 1, np.intp)
    np.cumsum(lengths, out=starts[1:])
    return starts


def united(patterns: Sequence[Pattern]) -> Pattern:
    """The columns that any of them has, row by row."""
    first = patterns[0]
    if len(patterns) == 1:
        return first
    keys = np.concatenate([_keys(one.rows, one.columns, one.width) for one in patterns])
    # They are sorted runs, which a merge sort finds and merges.
    return _of_sorted(np.sort(keys, kind="stable"), first.height, first.width)


def stacked(patterns: Sequence[Pattern]) -> Pattern:
    """The rows of all, one pattern below the other."""
    if len(patterns) == 1:
        return patterns[0]
    above = _starts(np.array([one.height for one in patterns]))
    return Pattern(
        np.concatenate([one.rows + first for one, first in zip(patterns, above[:-1], strict=True)]),
        np.concatenate([one.columns for one in patterns]),
        int(above[-1]),
        max(one.width for one in patterns),
    )


def picked(pattern: Pattern, source: Indices, most: int) -> Pattern | None:
    """The rows at some places, none where the place is -1; nothing if they have too many entries."""
    height, width = len(source), pattern.width
    if not pattern.height:
        return empty(height, width)
    if pattern.single:
        (rows,) = np.nonzero(source >= 0)
        return Pattern(rows, pattern.columns[source[rows] if len(rows) < height else source], height, width)
    lengths = pattern.lengths[source]
    lengths[source < 0] = 0
    starts = _starts(lengths)
    if starts[-1] > most:
        return None
    # An entry stands as far behind the start of its row as it did before.
    shift = pattern.starts[source] - starts[:-1]
    places = np.arange(starts[-1]) + np.repeat(shift, lengths)
    return Pattern(np.repeat(np.arange(height), lengths), pattern.columns[places], height, width)


def merged(pattern: Pattern, owner: Indices, height: int) -> Pattern:
    """Rows taken together: row i goes into row ``owner[i]``."""
    return of_pairs(owner[pattern.rows], pattern.columns, height, pattern.width)


def transposed(pattern: Pattern) -> Pattern:
    """Rows for columns."""
    return of_pairs(pattern.columns, pattern.rows, pattern.width, pattern.height)


def inverse(pattern: Pattern) -> Indices | None:
    """For each column its row, -1 where it has none; nothing if there are several."""
    found = np.full(pattern.width, -1)
    found[pattern.columns] = pattern.rows
    return found if np.count_nonzero(found >= 0) == len(pattern.columns) else None


def chained(outer: Pattern, inner: Pattern, most: int) -> Pattern | None:
    """What a row depends on by way of what its columns depend on."""
    found = picked(inner, outer.columns, most)
    return None if found is None else merged(found, outer.rows, outer.height)


def only(pattern: Pattern, rows: Mask, columns: Mask) -> Pattern:
    """The same matrix with the entries of some rows and columns alone."""
    kept = rows[pattern.rows] & columns[pattern.columns]
    return Pattern(pattern.rows[kept], pattern.columns[kept], pattern.height, pattern.width)


def longest(pattern: Pattern) -> int:
    """How many columns a row has at most."""
    return int(pattern.lengths.max(initial=0))


def tallest(pattern: Pattern) -> int:
    """How many rows a column has at most."""
    return int(np.bincount(pattern.columns).max(initial=0))
