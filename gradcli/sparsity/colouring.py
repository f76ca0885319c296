"""Colours: which rows of a matrix can be found by one run, because they share no column.

To find such rows is distance-2 colouring of a graph, after A. H. Gebremedhin, F. Manne and A. Pothen, "What
color is your Jacobian?", SIAM Review 47, 2005, whose star colouring serves symmetric matrices: there a
row with many entries, a hub, gets a colour of its own, and the others find what they share with it there.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from gradcli.sparsity.pattern import Indices, Mask, Pattern, only, tallest

# How many periods are tried: bands, blocks and grids repeat by what their longest column has, or little more.
_PERIODS = 4
# Up to so many entries it is also tried row by row, which takes some twenty milliseconds.
_SMALL = 1 << 16
# Pairs of a column and a colour are marked in a table if it is no larger, and else sorted.
_MARKS = 1 << 24


class Colours(NamedTuple):
    """A colour for each row.

    Attributes:
        of: the colour of each row, from 0; -1 where it needs none, having no entries.
        number: how many there are.
        hubs: the rows whose entries stand for those of the column too; none unless it is symmetric.
    """

    of: Indices
    number: int
    hubs: Mask


def coloured(pattern: Pattern) -> Colours:
    """Colours by which no two rows of one colour share a column; few, but not always the fewest."""
    least = tallest(pattern)
    nobody = np.zeros(pattern.height, bool)
    if least == 0:
        return Colours(np.full(pattern.height, -1), 0, nobody)
    found = _regular(pattern, least)
    if found is None or (found.max() >= least and len(pattern.columns) <= _SMALL):
        one_by_one = _greedy(pattern)
        if found is None or one_by_one.max() < found.max():
            found = one_by_one
    return Colours(found, int(found.max()) + 1, nobody)


def star_coloured(pattern: Pattern) -> Colours:
    """Colours for a symmetric matrix, whose entries may be found in the other triangle."""
    lengths = -np.sort(-pattern.lengths)
    # With so many hubs the longest row that is left decides how many colours more it takes, at least.
    many = int(np.argmin(np.arange(len(lengths)) + lengths)) if len(lengths) else 0
    if not many:
        return coloured(pattern)
    hubs = np.zeros(pattern.height, bool)
    hubs[np.argsort(-pattern.lengths, kind="stable")[:many]] = True
    rest = coloured(only(pattern, ~hubs, ~hubs))
    of = rest.of.copy()
    of[hubs] = rest.number + np.arange(many)
    return Colours(of, rest.number + many, hubs)


def _regular(pattern: Pattern, least: int) -> Indices | None:
    """Row i in colour i modulo k, or in that of its block, if that will do for a small k."""
    rows = np.arange(pattern.height)
    if least == 1:
        return np.zeros_like(rows)

    def tries() -> Iterator[Indices]:
        yield rows % least
        yield rows * least // pattern.height
        for more in range(1, _PERIODS):
            yield rows % (least + more)

    return next((found for found in tries() if _valid(pattern, found)), None)


def _valid(pattern: Pattern, colours: Indices) -> bool:
    """Whether no two rows of one colour share a column."""
    number = int(colours.max()) + 1
    keys = pattern.columns * number + colours[pattern.rows]
    if pattern.width * number <= _MARKS:
        met = np.zeros(pattern.width * number, bool)
        met[keys] = True
        return int(np.count_nonzero(met)) == len(keys)
    keys.sort()
    return not bool((keys[1:] == keys[:-1]).any())


def _greedy(pattern: Pattern) -> Indices:
    """Row by row the first colour that none of its columns has met."""
    met = [0] * pattern.width
    columns, starts = pattern.columns.tolist(), pattern.starts.tolist()
    found = np.empty(pattern.height, np.intp)
    begin = 0
    for row, end in enumerate(starts[1:]):
        own = columns[begin:end]
        begin = end
        taken = 0
        for column in own:
            taken |= met[column]
        # The lowest bit that is 0.
        free = ~taken & (taken + 1)
        for column in own:
            met[column] |= free
        found[row] = free.bit_length() - 1
    return found
