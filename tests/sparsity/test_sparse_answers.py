"""Sparse Jacobians and Hessians are the dense ones, whatever was chosen on the way."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from random_expressions import expressions, values

import gradcli.matrices.batches
from gradcli import Expression
from gradcli.data.given import as_given
from gradcli.errors import EvaluationError, GradcliError
from gradcli.sparsity.matrix import Sparse

QUIET = [HealthCheck.too_slow, HealthCheck.filter_too_much]
BROYDEN = "(3 - 2*x)*x - concat([zeros(1), x[:-1]]) - 2*concat([x[1:], zeros(1)]) + 1"
ROSENBROCK = "sum(100*(x[1::2] - x[::2]^2)^2 + (1 - x[::2])^2)"


def same(sparse: Any, dense: Any) -> None:
    if isinstance(dense, tuple):
        for one, other in zip(sparse, dense, strict=True):
            same(one, other)
        return
    assert isinstance(sparse, Sparse)
    found = sparse.toarray()
    scale = np.max(np.abs(dense), initial=1.0, where=np.isfinite(dense))
    assert_allclose(found, np.reshape(dense, sparse.shape), rtol=1e-11, atol=1e-13 * scale)


def remarks(text: str, order: int, point: dict[str, Any], sparse: bool = True) -> list[str]:
    answers = Expression(text).answers
    given = {name: as_given(name, value) for name, value in point.items()}
    ask = answers.jacobians if order == 1 else answers.hessians
    return ask(given, sparse=sparse).remarks


@settings(max_examples=120, deadline=None, suppress_health_check=QUIET, derandomize=True)
@given(st.data(), values())
def test_jacobians_of_random_expressions(data: st.DataObject, at: dict[str, Any]) -> None:
    shape = data.draw(st.sampled_from([(), (3,), (2, 3), (3, 3)]))
    f = Expression(data.draw(expressions(shape=shape, depth=3)))
    at = {name: one for name, one in at.items() if name in f.variables}
    try:
        dense = f.jacobian(**at)
    except GradcliError as error:
        with pytest.raises(type(error)):
            f.jacobian(sparse=True, **at)
        return
    sparse = f.jacobian(sparse=True, **at)
    assert list(sparse) == list(dense)
    for name, matrix in dense.items():
        same(sparse[name], matrix)


@settings(max_examples=120, deadline=None, suppress_health_check=QUIET, derandomize=True)
@given(expressions(depth=3), values())
def test_hessians_of_random_expressions(text: str, at: dict[str, Any]) -> None:
    f = Expression(text)
    at = {name: one for name, one in at.items() if name in f.variables}
    try:
        dense = f.hessian(**at)
    except GradcliError as error:
        with pytest.raises(type(error)):
            f.hessian(sparse=True, **at)
        return
    sparse = f.hessian(sparse=True, **at)
    for first, row in dense.items():
        for second, block in row.items():
            same(sparse[first][second], block)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.integers(1, 25), st.integers(0, 60), st.integers(0, 1 << 30))
def test_a_random_quadratic_form_has_its_matrix(size: int, count: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    i, j, v = rng.integers(0, size, count), rng.integers(0, size, count), rng.uniform(1, 2, count)
    expected = np.zeros((size, size))
    np.add.at(expected, (i, j), v)
    expected += expected.T
    f = Expression("sum(v*x[i]*x[j])")
    found = f.hessian(sparse=True, wrt="x", x=rng.random(size), v=v, i=i, j=j)["x"]["x"]
    assert_allclose(found.toarray(), expected, rtol=1e-13)
    assert found.size == np.count_nonzero(expected)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.integers(1, 20), st.integers(1, 20), st.integers(1, 4), st.integers(0, 1 << 30))
def test_a_random_linear_map_has_its_matrix(height: int, width: int, each: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    j, v = rng.integers(0, width, (height, each)), rng.uniform(1, 2, (height, each))
    expected = np.zeros((height, width))
    np.add.at(expected, (np.arange(height)[:, None], j), v)
    found = Expression("sum(v*x[j], axis=1)").jacobian(sparse=True, wrt="x", x=rng.random(width), v=v, j=j)[
        "x"
    ]
    assert_allclose(found.toarray(), expected, rtol=1e-13)
    assert found.size == np.count_nonzero(expected)


def test_broydens_matrix_is_the_closed_form() -> None:
    x = np.linspace(-1, 1, 2000)
    found = Expression(BROYDEN).jacobian(sparse=True, x=x)["x"]
    assert found.shape == (2000, 2000)
    assert found.size == 3 * 2000 - 2
    of = {offset: found.data[found.col - found.row == offset] for offset in (-1, 0, 1)}
    assert_allclose(of[0], 3 - 4 * x, rtol=1e-13)
    assert_array_equal(of[-1], -1)
    assert_array_equal(of[1], -2)


def test_rosenbrocks_matrix_is_the_closed_form() -> None:
    x = np.linspace(-1, 2, 1000)
    found = Expression(ROSENBROCK).hessian(sparse=True, x=x)["x"]["x"]
    a, b = x[::2], x[1::2]
    diagonal = np.stack([1200 * a**2 - 400 * b + 2, np.full(500, 200.0)], axis=1).ravel()
    assert found.size == 2000
    assert_allclose(found.data[found.row == found.col], diagonal, rtol=1e-12)
    assert_allclose(found.data[found.row != found.col], np.repeat(-400 * a, 2), rtol=1e-13)


def test_entries_are_in_order_and_zeros_that_happen_stay() -> None:
    found = Expression("x^2*roll(x, 1)").jacobian(sparse=True, x=[0.0, 1.0, 0.0])["x"]
    assert list(zip(found.row, found.col, strict=True)) == [(0, 0), (0, 2), (1, 0), (1, 1), (2, 1), (2, 2)]
    assert found.data.tolist() == [0, 0, 1, 0, 0, 0]


def test_arrays_of_several_axes_count_row_by_row() -> None:
    found = Expression("A*s").jacobian(sparse=True, A=np.ones((2, 3)), s=2.0)
    assert (found["A"].shape, found["s"].shape) == ((6, 6), (6, 1))
    assert_array_equal(found["A"].toarray(), 2 * np.eye(6))
    assert_array_equal(found["s"].toarray(), np.ones((6, 1)))


def test_several_outputs_have_a_matrix_each() -> None:
    found = Expression("x*y, sum(x)").jacobian(sparse=True, x=[1.0, 2.0], y=[3.0, 4.0])
    first, second = found["x"]
    assert_array_equal(first.toarray(), np.diag([3.0, 4.0]))
    assert_array_equal(second.toarray(), [[1, 1]])
    assert [one.size for one in found["y"]] == [2, 0]


def test_a_pattern_that_given_positions_decide_is_found_anew() -> None:
    f = Expression("x[i]*x[0]")
    for i in ([1, 2], [2, 1], [0, 0]):
        point = {"x": [2.0, 3.0, 4.0], "i": i}
        found = f.jacobian(sparse=True, wrt="x", **point)["x"]
        same(found, f.jacobian(wrt="x", **point)["x"])
        # The row of position 0 has one entry, every other one has two.
        assert found.size == sum(1 + (one != 0) for one in i)


def test_a_pattern_is_shared_and_cannot_be_changed() -> None:
    f = Expression("x^2")
    first = f.jacobian(sparse=True, x=[1.0, 2.0])["x"]
    with pytest.raises(ValueError, match="read-only"):
        first.row[0] = 1
    with pytest.raises(AttributeError):
        first.data = first.data * 2
    first.data[0] = 7
    assert f.jacobian(sparse=True, x=[1.0, 2.0])["x"].data.tolist() == [2, 4]


def test_single_precision_stays_so() -> None:
    answers = Expression("x^2*y").answers
    given = {name: as_given(name, [1.0, 2.0]) for name in "xy"}
    found = answers.jacobians(given, dtype="float32", sparse=True).result["jacobian"]["x"]
    assert found.data.dtype == np.float32
    assert found.toarray().dtype == np.float32


@pytest.mark.parametrize(
    ("text", "order", "point", "expected"),
    [
        (BROYDEN, 1, {"x": np.ones(9)}, "the Jacobian by x in reverse mode: 25 of 9x9 entries, 3 colours"),
        (ROSENBROCK, 2, {"x": np.ones(8)}, "the Hessian by x in reverse mode: 16 of 8x8 entries, 2 colours"),
        (
            "concat([x, x*y])",
            1,
            {"x": np.ones(4), "y": np.ones(4)},
            "the Jacobian by x, y in reverse mode: 12 of 8x8 entries, 2 colours",
        ),
        (
            "tile(x, 3)",
            1,
            {"x": np.ones(4)},
            "the Jacobian by x in forward mode: 12 of 12x4 entries, 1 colour",
        ),
        (
            "sum((x - m)^4)",
            2,
            {"x": np.ones(9), "m": 0.0},
            "the Hessian by x, m in reverse mode: 28 of 10x10 entries, 2 colours",
        ),
        ("floor(x)", 1, {"x": np.ones(4)}, "the Jacobian by x in reverse mode: 0 of 4x4 entries, 0 colours"),
    ],
)
def test_what_was_chosen_is_told(text: str, order: int, point: dict[str, Any], expected: str) -> None:
    assert remarks(text, order, point) == [expected]


def test_a_dense_matrix_comes_from_colours_where_they_are_few() -> None:
    x = np.linspace(-1, 1, 64)
    (told,) = remarks(BROYDEN, 1, {"x": x}, sparse=False)
    assert told.endswith("190 of 64x64 entries, 3 colours")
    dense = Expression(BROYDEN).jacobian(x=x)["x"]
    assert_allclose(dense, np.diag(3 - 4 * x) - np.eye(64, k=-1) - 2 * np.eye(64, k=1), rtol=1e-13)
    (told,) = remarks("softmax(x)", 1, {"x": x}, sparse=False)
    assert "64 inputs, 64 outputs" in told


def test_a_dense_block_keeps_the_axes_of_both() -> None:
    A = np.arange(24.0).reshape(4, 6)
    found = Expression("A.T^2").jacobian(A=A)["A"]
    assert found.shape == (6, 4, 4, 6)
    expected = np.einsum("il,jk,kl->ijkl", np.eye(6), np.eye(4), 2 * A)
    assert_array_equal(found, expected)
    hessian = Expression("sum(A^3) + s*sum(A[0])").hessian(A=A, s=2.0)
    assert hessian["A"]["A"].shape == (4, 6, 4, 6)
    assert hessian["s"]["s"] == 0
    assert_array_equal(hessian["A"]["s"], np.eye(4)[0][:, None] * np.ones(6))


def test_colours_in_batches_give_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    x = np.linspace(-1, 1, 40)
    texts = [(BROYDEN, 1), ("x*x[0] if x[0] < 0 else x*flip(x)", 1), (ROSENBROCK, 2), ("sum(x[0]*x^3)", 2)]
    for text, order in texts:
        f = Expression(text)
        whole = f.jacobian(sparse=True, x=x) if order == 1 else f.hessian(sparse=True, x=x)["x"]
        monkeypatch.setattr(gradcli.matrices.batches, "_MEMORY", 40)
        assert (
            "2 batches" in remarks(text, order, {"x": x})[0]
            or "3 batches" in remarks(text, order, {"x": x})[0]
        )
        f = Expression(text)
        parts = f.jacobian(sparse=True, x=x) if order == 1 else f.hessian(sparse=True, x=x)["x"]
        assert_array_equal(parts["x"].data, whole["x"].data)
        monkeypatch.undo()


def test_what_fails_while_batches_run_is_found_in_the_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gradcli.matrices.batches, "_MEMORY", 4)
    with pytest.raises(EvaluationError) as caught:
        Expression("inv(A)*2").jacobian(A=np.zeros((2, 2)))
    assert caught.value.node is not None


@pytest.mark.parametrize("size", [0, 1])
def test_the_smallest_matrices(size: int) -> None:
    found = Expression("x^2").jacobian(sparse=True, x=np.ones(size))["x"]
    assert (found.shape, found.size) == ((size, size), size)
    scalar = Expression("x^3").hessian(sparse=True, x=2.0)["x"]["x"]
    assert (scalar.shape, scalar.data.tolist()) == ((1, 1), [12])


def test_a_masked_output_has_all_entries() -> None:
    found = Expression("x[x > 1]*x[0]").jacobian(sparse=True, x=[1.0, 2.0, 3.0])["x"]
    assert_array_equal(found.toarray(), [[2, 1, 0], [3, 0, 1]])
    assert found.size == 6


def test_ten_million_columns_are_no_matter_of_their_square() -> None:
    size = 5_000_000
    found = Expression("2*x").jacobian(sparse=True, x=np.zeros(size))["x"]
    assert (found.shape, found.size) == ((size, size), size)
    assert found.data.min() == found.data.max() == 2


@pytest.mark.parametrize("sparse", [False, True])
def test_a_matrix_that_no_machine_holds_is_a_sentence(sparse: bool) -> None:
    text = "x - mean(x)" if sparse else "2*x"
    with pytest.raises(EvaluationError, match=r"a matrix of 10000000x10000000 would hold") as caught:
        Expression(text).jacobian(sparse=sparse, x=np.zeros(10_000_000))
    assert ("--sparse" in caught.value.hint) is not sparse


def test_scipy_takes_it() -> None:
    found = Expression("x*roll(x, 1)").jacobian(sparse=True, x=[1.0, 2.0, 3.0])["x"]
    theirs = found.tocoo()
    assert theirs.format == "coo"
    assert_array_equal(theirs.toarray(), found.toarray())
    assert_array_equal(theirs @ np.ones(3), found.toarray() @ np.ones(3))


@pytest.mark.usefixtures("without_scipy")
def test_without_scipy_there_is_a_sentence() -> None:
    matrix = Expression("x^2").jacobian(sparse=True, x=[1.0, 2.0])["x"]
    with pytest.raises(EvaluationError, match="needs scipy, which is not installed") as caught:
        matrix.tocoo()
    assert "pip install" in caught.value.hint


def test_the_pattern_is_not_looked_for_in_small_dense_ones() -> None:
    program = "import sys, gradcli; gradcli.Expression('x*y').jacobian(x=1.0, y=2.0); "
    program += "sys.exit(any(name.startswith(('gradcli.sparsity', 'numpy')) for name in sys.modules))"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
