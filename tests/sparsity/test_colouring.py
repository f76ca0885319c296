"""Colours: no two rows of one colour may share a column, whatever the pattern."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradcli.sparsity.colouring import coloured, star_coloured
from gradcli.sparsity.pattern import Pattern, of_pairs


@st.composite
def masks(draw: st.DrawFn, *, symmetric: bool = False) -> np.ndarray:
    height = draw(st.integers(1, 12))
    width = height if symmetric else draw(st.integers(1, 12))
    density = draw(st.sampled_from([0.05, 0.15, 0.4, 0.9]))
    found = np.random.default_rng(draw(st.integers(0, 1 << 30))).random((height, width)) < density
    if symmetric:
        # A few full rows, as what all share makes them.
        found[: draw(st.integers(0, 2))] = True
        found |= found.T
    return found


def pattern_of(mask: np.ndarray) -> Pattern:
    rows, columns = np.nonzero(mask)
    return of_pairs(rows, columns, *mask.shape)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(masks())
def test_rows_of_one_colour_share_no_column(mask: np.ndarray) -> None:
    pattern = pattern_of(mask)
    found = coloured(pattern)
    assert not found.hubs.any()
    assert set(found.of[mask.any(axis=1)]) <= set(range(found.number))
    for colour in range(found.number):
        assert mask[found.of == colour].sum(axis=0).max() <= 1
    # No fewer than the longest column has entries, and no more than rows.
    assert mask.sum(axis=0).max() <= found.number <= len(mask)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(masks(symmetric=True))
def test_each_entry_of_a_symmetric_matrix_stands_alone_in_one_of_two_places(mask: np.ndarray) -> None:
    found = star_coloured(pattern_of(mask))
    sums = np.array([mask[found.of == colour].sum(axis=0) for colour in range(found.number)])
    for row, column in zip(*np.nonzero(mask), strict=True):
        if found.hubs[column] and not found.hubs[row]:
            row, column = column, row
        assert sums[found.of[row], column] == 1
    assert all(np.sum(found.of == colour) == 1 for colour in found.of[found.hubs])


def band(size: int, *offsets: int) -> Pattern:
    rows = np.concatenate([np.arange(size)] * len(offsets))
    columns = rows + np.repeat(offsets, size)
    inside = (columns >= 0) & (columns < size)
    return of_pairs(rows[inside], columns[inside], size, size)


def grid(height: int, width: int) -> Pattern:
    """Each point of a grid with its four neighbours."""
    place = np.arange(height * width).reshape(height, width)
    pairs = [(place, place), (place[1:], place[:-1]), (place[:, 1:], place[:, :-1])]
    pairs += [(b, a) for a, b in pairs[1:]]
    rows, columns = (np.concatenate([pair[side].ravel() for pair in pairs]) for side in (0, 1))
    return of_pairs(rows, columns, place.size, place.size)


@pytest.mark.parametrize(
    ("pattern", "fewest"),
    [
        (band(50, 0), 1),
        (band(50, -1, 0, 1), 3),
        (band(51, -2, -1, 0, 1, 2), 5),
        (band(50, 0, 7), 2),
        (grid(12, 13), 5),
        (of_pairs(np.arange(60), np.arange(60) // 3 * 3, 60, 60), 3),
    ],
    ids=["diagonal", "tridiagonal", "pentadiagonal", "two diagonals", "grid", "triples"],
)
def test_structures_get_the_fewest_colours(pattern: Pattern, fewest: int) -> None:
    assert coloured(pattern).number == fewest


def test_a_row_that_all_share_does_not_cost_a_colour_each() -> None:
    arrow = np.eye(40, dtype=bool)
    arrow[0] = arrow[:, 0] = True
    found = star_coloured(pattern_of(arrow))
    assert found.number == 2
    assert found.hubs.tolist() == [True] + [False] * 39
    assert coloured(pattern_of(arrow)).number == 40


def test_of_nothing_there_are_no_colours() -> None:
    for mask in (np.zeros((3, 4), bool), np.zeros((0, 4), bool), np.zeros((3, 0), bool)):
        pattern = pattern_of(mask)
        assert coloured(pattern).number == 0
        assert coloured(pattern).of.shape == (len(mask),)
