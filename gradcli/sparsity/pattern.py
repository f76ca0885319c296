"""Index sets: for each row the columns that it has, and what rearranging does to them.

Rows are compressed: those of row i stand at ``columns[starts[i]:starts[i + 1]]``, in order and each
once. No function here has a loop over elements, so a hundred thousand of them take milliseconds.
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
    """The columns of each row of a matrix.

    Attributes:
        starts: where the columns of each row begin, and behind the last one their number.
        columns: the columns, row by row.
        width: how many columns the matrix has.
    """

    starts: Indices
    columns: Indices
    width: int

    @property
    def height(self) -> int:
        """How many rows the matrix has."""
        return len(self.starts) - 1

    @cached_property
    def lengths(self) -> Indices:
        """How many columns each row has."""
        return np.diff(self.starts)

    @cached_property
    def single(self) -> bool:
        """Whether each row has one column."""
        return len(self.columns) == self.height and bool((self.lengths == 1).all())

    @cached_property
    def rows(self) -> Indices:
        """The row of each entry."""
        return np.repeat(np.arange(self.height), self.lengths)


def diagonal(size: int, first: int, width: int) -> Pattern:
    """Row i with the column ``first + i``."""
    return Pattern(np.arange(size + 1), first + np.arange(size), width)


def empty(height: int, width: int) -> Pattern:
    """Rows without columns."""
    return Pattern(np.zeros(height + 1, np.intp), np.zeros(0, np.intp), width)


def full(height: int, width: int) -> Pattern:
    """Every column in every row."""
    return Pattern(np.arange(height + 1) * width, np.tile(np.arange(width), height), width)


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
    return Pattern(_starts(np.bincount(keys >> bits, minlength=height)), keys & ((1 << bits) - 1), width)


def _starts(lengths: Indices | Mask) -> Indices:
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
    lengths = np.concatenate([one.lengths for one in patterns])
    return Pattern(
        _starts(lengths),
        np.concatenate([one.columns for one in patterns]),
        max(one.width for one in patterns),
    )


def picked(pattern: Pattern, source: Indices, most: int) -> Pattern | None:
    """The rows at some places, none where the place is -1; nothing if they have too many entries."""
    if not pattern.height:
        return empty(len(source), pattern.width)
    if pattern.single:
        there = source >= 0
        if there.all():
            return Pattern(np.arange(len(source) + 1), pattern.columns[source], pattern.width)
        return Pattern(_starts(there), pattern.columns[source[there]], pattern.width)
    lengths = pattern.lengths[source]
    lengths[source < 0] = 0
    starts = _starts(lengths)
    if starts[-1] > most:
        return None
    # An entry stands as far behind the start of its row as it did before.
    shift = pattern.starts[source] - starts[:-1]
    places = np.arange(starts[-1]) + np.repeat(shift, lengths)
    return Pattern(starts, pattern.columns[places], pattern.width)


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
    lengths = np.bincount(pattern.rows[kept], minlength=pattern.height)
    return Pattern(_starts(lengths), pattern.columns[kept], pattern.width)


def longest(pattern: Pattern) -> int:
    """How many columns a row has at most."""
    return int(pattern.lengths.max(initial=0))


def tallest(pattern: Pattern) -> int:
    """How many rows a column has at most."""
    return int(np.bincount(pattern.columns).max(initial=0))
