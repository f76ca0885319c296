"""Subscripts of every kind, mixed at random, against NumPy's own."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sampling import generator, literal

from gradcli import Expression
from gradcli.errors import ShapeProblem
from gradcli.execute.plan import Plan
from gradcli.graph import derive
from gradcli.graph.node import Node, constant, ops, variable
from gradcli.graph.operations.indexing import subscript
from gradcli.graph.shapes import Unknown

SHAPE = (2, 3, 4, 2)


def at_random(seed: int) -> tuple[tuple[Any, ...], list[Any], list[Node]]:
    """A subscript as NumPy takes it, and as the graph does: items, and what they index with."""
    rng = generator("subscripts", seed)
    arrays = int(rng.integers(0, 3))
    masked = arrays == 0 and bool(rng.integers(0, 3))
    key: list[Any] = []
    items: list[Any] = []
    indices: list[Node] = []
    axis = 0
    while axis < len(SHAPE) and rng.random() < 0.9:
        size = SHAPE[axis]
        kind = rng.choice(["at", "at", "slice", "new", "array", "mask"])
        taken = 1
        if kind == "array" and arrays:
            arrays -= 1
            positions = rng.integers(-size, size, [(2,), (2, 1), (1, 2), ()][rng.integers(0, 4)])
            items.append(("array", len(indices)))
            indices.append(literal(positions))
            key.append(positions)
        elif kind == "mask" and masked:
            masked = False
            taken = int(rng.integers(1, len(SHAPE) - axis + 1))
            mask = rng.random(SHAPE[axis : axis + taken]) < 0.6
            items.append(("mask", len(indices), taken))
            indices.append(constant(tuple(mask.ravel().tolist()), mask.shape, "bool"))
            key.append(mask)
        elif kind == "slice":
            bounds = [None if rng.random() < 0.3 else int(rng.integers(-5, 6)) for _ in range(2)]
            part = slice(*bounds, rng.choice([None, 1, -1, 2]))
            items.append(("slice", part.start, part.stop, part.step))
            key.append(part)
        elif kind == "new":
            taken = 0
            items.append(("new",))
            key.append(None)
        elif kind == "at":
            place = int(rng.integers(-size, size))
            items.append(("at", place))
            key.append(place)
        else:
            continue
        axis += taken
    if rng.random() < 0.3:
        # What stands behind an ellipsis was made for the last axes only where all of them are used.
        place = len(items) if axis < len(SHAPE) else int(rng.integers(0, len(items) + 1))
        items.insert(place, ("rest",))
        key.insert(place, Ellipsis)
    return tuple(key), items, indices


@pytest.mark.parametrize("seed", range(500))
def test_subscripts_against_numpy(seed: int) -> None:
    key, items, indices = at_random(seed)
    values = generator("values", seed).uniform(0.5, 2, SHAPE)
    expected = np.asarray(values[key])
    places = np.arange(values.size).reshape(SHAPE)[key]
    x = variable("x", SHAPE)
    y = subscript(x, items, indices)
    assert len(y.shape) == expected.ndim
    for size, known in zip(y.shape, expected.shape, strict=True):
        assert known <= size.at_most if isinstance(size, Unknown) else size == known
    (gradient,) = derive.gradient(ops.sum(y**3), [x])
    assert gradient is not None
    value, slope = Plan([y, gradient]).run({"x": values})
    assert_array_equal(value, expected)
    slopes = np.zeros(values.size)
    np.add.at(slopes, places, 3 * expected**2)
    assert_allclose(slope, slopes.reshape(SHAPE), rtol=1e-14)
    # A batch of cotangents: each picked element's own.
    (back,) = derive.vjp([(y, variable("g", (expected.size, *y.shape)))], [x])
    assert back is not None
    (rows,) = Plan([back]).run(
        {"x": values, "g": np.eye(expected.size).reshape(expected.size, *expected.shape)}
    )
    assert_array_equal(np.reshape(rows, (expected.size, values.size)), np.eye(values.size)[places.ravel()])
    if y.shape == expected.shape:
        (jacobian,) = Plan(derive.jacobian(y, [x])).run({"x": values})
        assert_array_equal(
            np.reshape(jacobian, (expected.size, values.size)), np.eye(values.size)[places.ravel()]
        )


def test_a_position_apart_from_what_picks() -> None:
    x = np.arange(24.0).reshape(2, 3, 4)
    mask = np.array([True, False, True, False])
    assert_array_equal(Expression("x[0, :, m]")(x=x, m=mask), x[0, :, mask])
    assert_array_equal(Expression("x[0, None, [0, 1]]")(x=x), x[0, None, [0, 1]])
    with pytest.raises(ShapeProblem, match="index 2 is out of range for axis 0 with size 2"):
        Expression("x[2, :, [0, 1]]")(x=x)


def test_a_step_of_zero_is_refused_also_where_a_mask_decides_the_size() -> None:
    x = variable("x", (3,))
    picked = ops.index(x, ops.gt(x, 0), spec=(("mask", 0, 1),))
    with pytest.raises(ShapeProblem, match="the step of a slice cannot be 0"):
        subscript(picked, [("slice", None, None, 0)], [])


def test_no_array_has_more_axes_than_numpy_can_hold() -> None:
    x = variable("x", (1,) * 64)
    assert Plan([ops.sum(x)]).run({"x": np.ones((1,) * 64)}) == [1.0]
    for make in (
        lambda: ops.unsqueeze(x, axis=0),
        lambda: ops.stack(x, x, axis=0),
        lambda: ops.diagonal_matrix(x),
    ):
        with pytest.raises(ShapeProblem, match="an array can have at most 64 axes"):
            make()
