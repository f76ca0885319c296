"""Functions that make, rearrange and pick, against NumPy's functions of the same name."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from gradcli import Expression
from gradcli.errors import EvaluationError, GradcliError

A = np.arange(1.0, 13.0).reshape(3, 4) / 8
T = np.cos(np.arange(24.0)).reshape(2, 3, 4)
V = np.array([0.5, -1.0, 2.0, 3.0, -0.25, 1.5])
TRUE = A > 0.7
NAMES = {"A": A, "T": T, "v": V, "b": TRUE}


def value(text: str) -> Any:
    """The value of a text over the arrays above."""
    expression = Expression(text)
    return expression(**{name: NAMES[name] for name in expression.variables})


def assert_same(found: Any, expected: Any) -> None:
    """Equal in value, shape and kind."""
    found, expected = np.asarray(found), np.asarray(expected)
    assert found.shape == expected.shape
    assert (found.dtype == bool) == (expected.dtype == bool)
    assert_array_equal(found, expected)


def gathered(x: np.ndarray, axis: int, index: Any) -> np.ndarray:
    """What PyTorch's documentation of gather says, element by element."""
    index = np.asarray(index)
    made = np.empty(index.shape, x.dtype)
    for place in np.ndindex(index.shape):
        source = list(place)
        source[axis] = index[place]
        made[place] = x[tuple(source)]
    return made


ONE_RESULT = [
    ("swapaxes(T, 0, -1)", np.swapaxes(T, 0, -1)),
    ("T.swapdims(1, 1)", T),
    ("moveaxis(T, 0, -1)", np.moveaxis(T, 0, -1)),
    ("moveaxis(T, (0, 1), (2, 0))", np.moveaxis(T, (0, 1), (2, 0))),
    ("movedim(T, (-1, 0), (0, 1))", np.moveaxis(T, (-1, 0), (0, 1))),
    ("tile(A, 2)", np.tile(A, 2)),
    ("tile(A, (2, 1, 2))", np.tile(A, (2, 1, 2))),
    ("tile(T, 2)", np.tile(T, 2)),
    ("tile(b, (2, 1))", np.tile(TRUE, (2, 1))),
    ("repeat(A, 2)", np.repeat(A, 2)),
    ("repeat(A, 2, 1)", np.repeat(A, 2, 1)),
    ("repeat(T, 3, axis=-2)", np.repeat(T, 3, -2)),
    ("repeat(A, (0, 2, 1), axis=0)", np.repeat(A, (0, 2, 1), 0)),
    ("repeat(b, 2, axis=0)", np.repeat(TRUE, 2, 0)),
    ("flip(T)", np.flip(T)),
    ("flip(T, (0, 2))", np.flip(T, (0, 2))),
    ("flip(b, dims=1)", np.flip(TRUE, 1)),
    ("roll(T, 5)", np.roll(T, 5)),
    ("roll(A, (1, 2))", np.roll(A, (1, 2))),
    ("roll(T, (1, -2), (2, 0))", np.roll(T, (1, -2), (2, 0))),
    ("roll(T, (1, 2), axis=(0, 0))", np.roll(T, (1, 2), (0, 0))),
    ("roll(T, shifts=2, dims=(0, 1))", np.roll(T, 2, (0, 1))),
    ("roll(b, 1)", np.roll(TRUE, 1)),
    ("pad(A, 1, value=7)", np.pad(A, 1, constant_values=7)),
    ("pad(b, 1)", np.pad(TRUE, 1)),
    ("take(A, [0, -1, 5])", np.take(A, [0, -1, 5])),
    ("take(T, [[1, 0], [2, 2]], axis=1)", np.take(T, [[1, 0], [2, 2]], 1)),
    ("take(b, 2, axis=1)", np.take(TRUE, 2, 1)),
    ("take(A, [])", np.take(A, np.array([], int))),
    ("gather(A, 0, [[0, 2, 1], [-1, 0, 0]])", gathered(A, 0, [[0, 2, 1], [2, 0, 0]])),
    ("A.gather(1, [[0, 0, 3, 2, 1]])", gathered(A, 1, [[0, 0, 3, 2, 1]])),
    ("gather(b, 0, [[2, 2]])", gathered(TRUE, 0, [[2, 2]])),
    ("diag(b)", np.diag(TRUE)),
    ("diag([true, false])", np.diag([True, False])),
    ("tril(b)", np.tril(TRUE)),
    ("full((2, 3), 7)", np.full((2, 3), 7.0)),
    ("full(2, true)", np.full(2, True)),
    ("full((2, 3), v[:3])", np.full((2, 3), V[:3])),
    ("full(2, fill_value=3)", np.full(2, 3.0)),
    ("linspace(0, 1, num=5)", np.linspace(0, 1, 5)),
    ("arange(stop=3)", np.arange(3.0)),
    ("arange(3, 0, -2)", np.arange(3.0, 0.0, -2.0)),
    ("eye(2, 4, k=1)", np.eye(2, 4, 1)),
    ("tensor([1, v[0]])", [1.0, V[0]]),
    ("flatten(T, 1)", T.reshape(2, 12)),
    ("T.flatten(0, 1)", T.reshape(6, 4)),
    ("flatten(3)", [3.0]),
    ("expand(A, 2, -1, 4)", np.broadcast_to(A, (2, 3, 4))),
    ("concat([b, b])", np.concatenate([TRUE, TRUE])),
    ("concat([b, A])", np.concatenate([TRUE, A])),
    ("stack([b, not b])", np.stack([TRUE, ~TRUE])),
    ("[v > 0, v]", np.stack([V > 0, V])),
    ("v[v > 0].reshape(2, -1)", V[V > 0].reshape(2, -1)),
    # A list of masks is a mask.
    ("A[:2][[A[0] > 0.2, A[0] < 0.4]]", A[:2][np.stack([A[0] > 0.2, A[0] < 0.4])]),
    ("size(T)", 24.0),
    ("T.size(axis=-1)", 4.0),
    ("size(T, (0, 2))", 8.0),
    ("size(v[v > 0])", 4.0),
    ("ndim(T)", 3.0),
]


@pytest.mark.parametrize(("text", "expected"), ONE_RESULT, ids=lambda one: str(one)[:40])
def test_one_result(text: str, expected: Any) -> None:
    assert_same(value(text), expected)


SEVERAL = [
    ("unbind(T)", list(T)),
    ("T.unbind(axis=-1)", [T[..., place] for place in range(4)]),
    ("unstack(b, 1)", list(TRUE.T)),
    ("split(v, 3)", np.split(V, 3)),
    ("split(v, (2, 5))", np.split(V, (2, 5))),
    ("split(v, [5, 2])", np.split(V, [5, 2])),
    ("split(v, (-2, 9))", np.split(V, (-2, 9))),
    ("split(v, (2,))", np.split(V, (2,))),
    ("split(T, 2, axis=-1)", np.split(T, 2, -1)),
    ("meshgrid(v, A[0], A[1, 1:])", np.meshgrid(V, A[0], A[1, 1:])),
    ('meshgrid([v, A[0]], indexing="ij")', np.meshgrid(V, A[0], indexing="ij")),
    ("meshgrid(v)", np.meshgrid(V)),
    ("meshgrid(v, 2)", np.meshgrid(V, 2.0)),
    ("shape(T)", [2.0, 3.0, 4.0]),
]


@pytest.mark.parametrize(("text", "expected"), SEVERAL, ids=lambda one: str(one)[:40])
def test_several_results(text: str, expected: Any) -> None:
    found = value(text)
    assert isinstance(found, tuple)
    assert len(found) == len(expected)
    for one, other in zip(found, expected, strict=True):
        assert_same(one, other)


@pytest.mark.parametrize("k", range(-5, 6))
def test_diagonals(k: int) -> None:
    assert_same(value(f"diag(A, {k})"), np.diag(A, k))
    assert_same(value(f"diag(v, {k})"), np.diag(V, k))
    assert_same(value(f"eye(3, 5, {k})"), np.eye(3, 5, k))
    assert_same(value(f"tril(T, {k})"), np.tril(T, k))
    assert_same(value(f"triu(T, diagonal={k})"), np.triu(T, k))
    for first, second in ((0, 1), (1, 0), (0, 2), (2, 1), (-1, 0)):
        assert_same(value(f"diagonal(T, {k}, {first}, {second})"), np.diagonal(T, k, first, second))


def test_a_diagonal_keeps_what_is_not_finite_to_itself() -> None:
    assert_array_equal(value("diag([nan, inf])"), [[np.nan, 0], [0, np.inf]])


@pytest.mark.parametrize("mode", ["constant", "edge", "reflect", "wrap"])
@pytest.mark.parametrize("width", [0, 1, (2, 3), ((1, 2), (0, 9)), ((7, 0), (3, 1)), ((2, 1),)], ids=str)
def test_padding(mode: str, width: Any) -> None:
    written = f'pad(A, {width}, "{mode}")'
    assert_same(value(written), np.pad(A, width, mode))
    # Every element of the result is a copy of one element: its gradient counts the copies.
    copies = np.pad(np.arange(A.size).reshape(A.shape), width, mode, **_nowhere(mode))
    counts = [np.count_nonzero(copies == place) for place in range(A.size)]
    assert_array_equal(Expression(f"sum({written})").grad(A=A)["A"].ravel(), counts)


def _nowhere(mode: str) -> dict[str, int]:
    return {"constant_values": -1} if mode == "constant" else {}


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("gather(x, 0, [2, 0, 2, 2])", [2, 0, 2, 2]),
        ("take(x, [2, 0, -1, 2])", [2, 0, 2, 2]),
        ("take(x, [[2, 0], [2, 2]], axis=0)", [2, 0, 2, 2]),
        ("repeat(x, (1, 0, 3))", [0, 2, 2, 2]),
        ("tile(x, 3)", [0, 1, 2] * 3),
        ("full((4, 3), x)", [0, 1, 2] * 4),
    ],
)
def test_an_element_picked_often_gets_all_its_shares(text: str, places: list[int]) -> None:
    x = np.array([0.5, 2.0, -1.5])
    counts = np.bincount(places, minlength=3)
    expression = Expression(f"sum({text}^3)")
    assert_allclose(expression.grad(x=x)["x"], counts * 3 * x**2, rtol=1e-14)
    assert_allclose(expression.hessian(x=x)["x"]["x"], np.diag(counts * 6 * x), rtol=1e-14)
    assert_allclose(expression.hvp({"x": [1, 2, 3]}, x=x)[1]["x"], counts * 6 * x * [1, 2, 3], rtol=1e-14)


def test_what_is_made_is_differentiated_by_what_it_is_made_of() -> None:
    assert Expression("sum(full((2, 3), a) * [1, 2, 3])").grad(a=2.0)["a"] == 12
    ramp = np.linspace(0, 1, 4)
    powers = 2.0 ** np.linspace(1, 3, 4)
    slopes = Expression("logspace(a, c, 4, base=2)").jacobian(a=1.0, c=3.0)
    assert_allclose(value("logspace(1, 3, 4, base=2)"), powers, rtol=1e-15)
    assert_allclose(value("logspace(-1, 2, 7)"), np.logspace(-1, 2, 7), rtol=1e-14)
    assert_allclose(slopes["a"], np.log(2) * powers * (1 - ramp), rtol=1e-14)
    assert_allclose(slopes["c"], np.log(2) * powers * ramp, rtol=1e-14)
    grid = Expression("a, c = meshgrid(x, y); sum(a^2 * c)").grad(x=[1.0, 2.0], y=[3.0, 5.0])
    assert_array_equal(grid["x"], [2 * 1 * 8, 2 * 2 * 8])
    assert_array_equal(grid["y"], [1 + 4] * 2)


ERRORS = [
    ("unbind(v[0])", "unbind(): axis 0 is out of range: the array has 0 axes"),
    ("unbind(v[v > 0])", "unbind() of a masked array: its size is known only when it runs"),
    ("unbind(zeros(1e7))", "unbind() would give 10000000 arrays, and 100000 at most make sense"),
    ("split(zeros(1e7), 1e6)", "split() would give 1000000 arrays, and 100000 at most make sense"),
    ("split(v, 4)", "split(): an axis of size 6 does not split into 4 equal parts"),
    ("split(v, 0)", "split() needs one part or more, and got 0"),
    ("split(v, 1.5)", "split() needs a whole number for sections, and got 1.5"),
    ("take(A, [0, 99])", "index 99 is out of range for axis 0 with size 12"),
    ("take(A, -5, axis=1)", "index -5 is out of range for axis 1 with size 4"),
    ("take(A, 0.5)", "an index must be a whole number: got 0.5"),
    ("take(A, b)", "take() needs positions, and got true and false"),
    ("gather(A, 0, [[0, 3]])", "index 3 is out of range for axis 0 with size 3"),
    ("gather(A, -1, [[0.5]])", "an index must be a whole number: got 0.5"),
    (
        "gather(A, 1, zeros(4, 1))",
        "gather() needs an index with the axes of the array, no longer but along axis 1: "
        "got (3, 4) and an index of (4, 1)",
    ),
    ("pad(A, -1)", "pad() needs widths that are not negative, and got -1"),
    ("pad(A, (1, 2, 3))", "pad() needs a width for each of the 2 axes, and got (1, 2, 3)"),
    ('pad(zeros(0), 1, "edge")', 'pad(): axis 0 is empty: there is nothing to pad it with in mode "edge"'),
    ("tril(v)", "tril() needs a matrix: got (6,)"),
    ("diagonal(v)", "diagonal() needs a matrix: got (6,)"),
    ("diagonal(A, 0, 1, -1)", "diagonal() needs two axes: both are axis 1"),
    ("diag(T)", "diag() needs a vector or a matrix: got (2, 3, 4)"),
    (
        "diag(outer(v[v > 0], v[v > 0]), 1)",
        "diag() of a masked array: only the main one of a square matrix can be taken",
    ),
    ("meshgrid(A, v)", "meshgrid() needs vectors: got (3, 4)"),
    ("repeat(A, -1)", "repeat() needs counts that are not negative, and got -1"),
    ("repeat(A, (1, 2), 0)", "repeat() needs one count or 3, for an axis of that size: got 2"),
    ("tile(A, -1)", "tile() needs sizes that are not negative for reps, and got (-1,)"),
    ("roll(A, (1, 2), (0, 1, 1))", "roll() needs a shift for each axis: 2 for 3 axes were given"),
    ("moveaxis(A, (0, 1), 0)", "moveaxis() needs a destination for each axis: 2 and 1 were given"),
    ("moveaxis(A, (0, -2), (0, 1))", "moveaxis(): an axis is named twice in (0, -2)"),
    ("roll(A, ((1, 2),))", "roll() needs a whole number or a tuple of them for shift, and got a tuple"),
    (
        "moveaxis(A, ((0, 1),), 0)",
        "moveaxis() needs a whole number or a tuple of them for source, and got a tuple",
    ),
    ("flatten(A, 1, 0)", "flatten() needs axes in order: axis 1 stands behind axis 0"),
    (
        "expand(A, -1, 3, 4)",
        "expand(): -1 stands for a size that the array has already: (3, 4) has no such axis",
    ),
    ("arange(0, 1, 1e-320)", "arange(): this array has more elements than a memory can hold"),
    ("concat([v[v > 0], v])", "concat() of a masked array: its size is known only when it runs"),
]


@pytest.mark.parametrize(("text", "sentence"), ERRORS, ids=[text for text, _ in ERRORS])
def test_errors(text: str, sentence: str) -> None:
    with pytest.raises(GradcliError) as caught:
        value(text)
    assert caught.value.message == sentence


def test_an_index_is_checked_where_its_values_are_known() -> None:
    expression = Expression("sum(gather(x, 1, i)^2)")
    x = np.array([[1.0, 2.0], [3.0, 4.0]])
    assert_array_equal(expression.grad(x=x, i=[[1, 1], [0, 0]], wrt="x")["x"], [[0, 8], [12, 0]])
    with pytest.raises(EvaluationError, match="index 2 is out of range for axis 1 with size 2"):
        expression.grad(x=x, i=[[2.0, 0.0]], wrt="x")
