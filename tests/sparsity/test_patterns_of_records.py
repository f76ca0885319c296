"""Patterns of every record of the table, held against its dense Jacobians; no operation is named here."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sampling import Sample, describe, every_sample, get, gradient_nodes, value_of, weighted

from gradcli.graph.node import Node, Operation, ops, reachable
from gradcli.graph.shapes import is_known
from gradcli.graph.trail import Trail
from gradcli.matrices.rows import Rows
from gradcli.sparsity.pattern import Pattern
from gradcli.sparsity.propagation import structure

MOST = 1 << 20


def followed(sample: Sample) -> bool:
    """Whether there is a pattern: sizes that a mask decides are not followed."""
    return bool(sample.floats) and all(is_known(node.shape) for node in reachable([sample.output]))


EVERY = [case for case in every_sample() if followed(get(*case))]


def points(sample: Sample) -> list[dict[str, Any]]:
    """The sample's own point, and the one with all arrays turned round, which keeps every domain."""
    turned = {name: value_of(np.flip(np.asarray(value))) for name, value in sample.values.items()}
    return [sample.values, turned]


def dense(outputs: list[Node], wrt: list[Node], values: dict[str, Any]) -> np.ndarray:
    """The whole Jacobian, row by row."""
    height, widths = (
        [np.prod(one.shape, dtype=int) for one in outputs],
        [np.prod(x.shape, dtype=int) for x in wrt],
    )
    blocks = [
        [
            np.reshape(block, (rows, columns))
            for block, columns in zip(
                Rows(output, wrt, values, "float64", Trail()).run(values), widths, strict=True
            )
        ]
        for output, rows in zip(outputs, height, strict=True)
    ]
    return np.block(blocks)


def mask(pattern: Pattern) -> np.ndarray:
    found = np.zeros((pattern.height, pattern.width), bool)
    found[pattern.rows, pattern.columns] = True
    return found


def holds(outputs: list[Node], sample: Sample) -> np.ndarray:
    """The pattern as a mask, seen to hold every non-zero; its entries are in order, and each there once."""
    wrt = sample.floats
    pattern, lasting = structure(outputs, wrt, sample.values, MOST)
    assert pattern is not None
    found = mask(pattern)
    assert np.count_nonzero(found) == len(pattern.columns)
    assert np.all(np.diff(pattern.rows * pattern.width + pattern.columns) > 0)
    for values in points(sample) if lasting else [sample.values]:
        assert not np.any((dense(outputs, wrt, values) != 0) & ~found)
    return found


@pytest.mark.parametrize("case", EVERY, ids=describe)
def test_a_pattern_holds_every_non_zero(case: tuple[str, int]) -> None:
    sample = get(*case)
    holds([sample.smooth], sample)


@pytest.mark.parametrize("case", EVERY, ids=describe)
def test_so_does_that_of_a_hessian(case: tuple[str, int]) -> None:
    sample = get(*case)
    scalar = weighted(ops.square(sample.smooth), "pattern", sample.label)
    holds(gradient_nodes(scalar, sample), sample)


MOVING = [case for case in EVERY if isinstance(record := get(*case).record, Operation) and record.moves]


@pytest.mark.parametrize("case", MOVING, ids=describe)
def test_the_pattern_of_what_moves_elements_is_exact(case: tuple[str, int]) -> None:
    sample = get(*case)
    found = holds([sample.smooth], sample)
    if len(sample.floats) == 1 and not sample.label.startswith(("sum", "mean", "grad")):
        assert found.sum(axis=1).max(initial=0) <= 1
        assert np.array_equal(found, dense([sample.smooth], sample.floats, sample.values) != 0)


ELEMENTWISE = [
    case for case in EVERY if isinstance(record := get(*case).record, Operation) and record.elementwise
]


@pytest.mark.parametrize("case", ELEMENTWISE, ids=describe)
def test_a_row_of_what_is_elementwise_has_an_entry_an_argument(case: tuple[str, int]) -> None:
    sample = get(*case)
    if sample.output.op is sample.record:
        assert holds([sample.smooth], sample).sum(axis=1).max(initial=0) <= len(sample.output.args)
