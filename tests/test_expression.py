"""The library's face: values in, values and derivatives out, asked again and again."""

from __future__ import annotations

import copy
import math
import pickle
import tracemalloc
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import gradcli.asking
from gradcli import Expression
from gradcli.data.given import as_given
from gradcli.errors import (
    CallProblem,
    EmptyInputError,
    GradientProblem,
    NameProblem,
    ShapeProblem,
    SyntaxProblem,
)
from gradcli.execute import plan

TEXT = "mean((x+2)*(x+2)*2)"


def test_the_first_page_of_the_manual() -> None:
    f = gradcli.Expression(TEXT)
    assert f.variables == ("x",)
    assert_allclose(f(x=[1, 2, 3]), 100 / 3)
    assert_allclose(f.grad(x=[1, 2, 3])["x"], [4, 16 / 3, 20 / 3])
    value, found = f.value_and_grad(x=[1, 2, 3], wrt=("x",))
    assert_allclose(value, 100 / 3)
    assert_allclose(found["x"], [4, 16 / 3, 20 / 3])
    assert_allclose(f.hessian(x=[1, 2, 3])["x"]["x"], np.eye(3) * 4 / 3)
    assert repr(f) == f"Expression({TEXT!r})"


def test_variables_in_order_of_appearance() -> None:
    assert Expression("b + a*b; c = d; f(t) = t*u; f(c) + pi + a").variables == ("b", "a", "d", "u")
    assert Expression("1 + 2").variables == ()


@pytest.mark.parametrize(
    "x",
    [
        [1, 2, 3],
        (1.0, 2, 3),
        np.array([1, 2, 3]),
        np.array([1, 2, 3], dtype=np.float32),
        np.array([1, 2, 3], dtype=np.uint8),
        np.array([1.0, 2.0, 3.0])[::1],
        np.array([3.0, 2.0, 1.0])[::-1],
        np.array([[1.0, 9], [2, 9], [3, 9]])[:, 0],
    ],
    ids=["list", "tuple", "int", "float32", "uint8", "view", "reversed", "column"],
)
def test_what_counts_as_an_array(x: Any) -> None:
    value, found = Expression(TEXT).value_and_grad(x=x)
    assert_allclose(value, 100 / 3)
    assert found["x"].dtype == np.float64
    assert_allclose(found["x"], [4, 16 / 3, 20 / 3])


@pytest.mark.parametrize("x", [3, 3.0, np.float64(3), np.float32(3), np.int64(3), np.array(3)])
def test_what_counts_as_a_number(x: Any) -> None:
    value, found = Expression("x^2").value_and_grad(x=x)
    assert (value, found) == (9.0, {"x": 6.0})
    assert type(value) is float
    assert type(found["x"]) is float


def test_booleans() -> None:
    assert Expression("x and not y")(x=True, y=False) is True
    assert_array_equal(Expression("where(m, 1, 2)")(m=[True, False]), [1, 2])
    assert Expression("not m")(m=np.array([True, False])).dtype == bool
    assert Expression("x * m")(x=2.0, m=True) == 2.0
    # Among several names a boolean is not differentiated by, unless it is asked for.
    assert Expression("x * m").grad(x=2.0, m=True) == {"x": 1.0}
    assert_array_equal(Expression("sum(x * m)").grad(wrt=("m",), x=2.0, m=[True, False])["m"], [2, 2])
    assert Expression("x > 1").grad(x=2.0) == {"x": 0.0}


def test_the_input_is_left_alone() -> None:
    x = np.array([1.0, 2.0])
    Expression("x * 2; sum(x[0:1] + x)").value_and_grad(x=x)
    assert_array_equal(x, [1, 2])


def test_shapes_of_jacobians() -> None:
    matrix, vector = np.arange(6.0).reshape(2, 3), np.arange(3.0)
    f = Expression("A @ x")
    found = f.jacobian(A=matrix, x=vector)
    assert found["A"].shape == (2, 2, 3)
    assert_array_equal(found["x"], matrix)
    assert_array_equal(found["A"], np.einsum("ij,k->ijk", np.eye(2), vector))
    assert Expression("sum(A)").jacobian(A=matrix)["A"].shape == (2, 3)
    assert Expression("A * s").jacobian(A=matrix, s=2.0)["s"].shape == (2, 3)
    assert Expression("s^2").jacobian(s=2.0) == {"s": 4.0}
    assert Expression("A[0:0] * s").jacobian(A=matrix, s=2.0)["A"].shape == (0, 3, 2, 3)
    assert_array_equal(Expression("x > 1").jacobian(x=vector)["x"], np.zeros((3, 3)))


def test_a_jacobian_in_many_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    x = np.linspace(0.1, 1, 7)
    whole = Expression("outer(sin(x), x)").jacobian(x=x)["x"]
    monkeypatch.setattr("gradcli.matrices.batches._MEMORY", 200)
    assert_array_equal(Expression("outer(sin(x), x)").jacobian(x=x)["x"], whole)
    expected = np.einsum("ik,i,j->ijk", np.eye(7), np.cos(x), x) + np.einsum(
        "jk,i->ijk", np.eye(7), np.sin(x)
    )
    assert_allclose(whole, expected, rtol=1e-14)


def test_blocks_of_a_hessian() -> None:
    f = Expression("sum(A @ x) * s")
    matrix, x = np.arange(6.0).reshape(2, 3), np.arange(3.0)
    blocks = f.hessian(A=matrix, x=x, s=2.0)
    assert set(blocks) == set(blocks["A"]) == {"A", "x", "s"}
    assert blocks["A"]["x"].shape == (2, 3, 3)
    assert blocks["x"]["A"].shape == (3, 2, 3)
    assert_array_equal(blocks["A"]["x"], np.moveaxis(blocks["x"]["A"], 0, -1))
    assert_array_equal(blocks["x"]["s"], matrix.sum(axis=0))
    assert blocks["s"]["s"] == 0
    assert_array_equal(blocks["A"]["A"], np.zeros((2, 3, 2, 3)))
    only = f.hessian(wrt=("x",), A=matrix, x=x, s=2.0)
    assert list(only) == list(only["x"]) == ["x"]


def test_products_with_vectors() -> None:
    f, x = Expression("exp(x) * y"), np.array([0.0, 1.0])
    value, change = f.jvp({"x": [1.0, 2.0]}, x=x, y=3.0)
    assert_allclose(value, 3 * np.exp(x))
    assert_allclose(change, 3 * np.exp(x) * [1, 2])
    _, change = f.jvp({"x": [1.0, 2.0], "y": 1.0}, x=x, y=3.0)
    assert_allclose(change, 3 * np.exp(x) * [1, 2] + np.exp(x))
    value, back = f.vjp([1.0, 10.0], x=x, y=3.0)
    assert_allclose(value, 3 * np.exp(x))
    assert_allclose(back["x"], 3 * np.exp(x) * [1, 10])
    assert_allclose(back["y"], np.exp(x) @ [1, 10])
    value, product = Expression("sum(x^3) * y").hvp({"x": [1.0, 0.0]}, x=[1.0, 2.0], y=2.0)
    assert value == 18
    assert_array_equal(product["x"], [12, 0])
    value, product = Expression("sum(x^3) * y").hvp({"x": [1.0, 0.0], "y": 1.0}, x=[1.0, 2.0], y=2.0)
    assert_array_equal(product["x"], [15, 12])
    assert product["y"] == 3


def test_other_vectors_are_not_the_first_ones() -> None:
    """A vector is an input of the plan, not a constant of it."""
    f = Expression("x^2")
    for v in (1.0, 5.0, 0.0):
        assert f.vjp(v, x=3.0)[1]["x"] == 6 * v
        assert f.jvp({"x": v}, x=3.0)[1] == 6 * v
        assert f.hvp({"x": v}, x=3.0)[1]["x"] == 2 * v


def test_the_names_that_are_asked_for() -> None:
    f = Expression("y = x^2; z = y * w; z + x")
    assert f.grad(x=3.0, w=2.0) == {"x": 13.0, "w": 9.0}
    assert f.grad(wrt=("w",), x=3.0, w=2.0) == {"w": 9.0}
    assert f.grad(wrt=("w", "x"), x=3.0, w=2.0) == {"w": 9.0, "x": 13.0}
    # An assigned name is taken as free: x = z at the end is not affected by y.
    assert f.grad(wrt=("y",), x=3.0, w=2.0) == {"y": 2.0}
    assert f.grad(wrt=["z", "y"], x=3.0, w=2.0) == {"z": 1.0, "y": 2.0}
    assert f.jacobian(wrt=("y",), x=3.0, w=2.0) == {"y": 2.0}


def test_a_name_that_is_not_used_has_gradient_zero() -> None:
    f = Expression("x^2")
    found = f.grad(wrt=("x", "u", "v"), x=3.0, u=1.0, v=[1.0, 2.0])
    assert found["u"] == 0.0
    assert_array_equal(found["v"], [0, 0])
    assert f.grad(x=3.0, u=1.0) == {"x": 6.0}
    assert_array_equal(f.jacobian(wrt=("v",), x=3.0, v=[1.0, 2.0])["v"], [0, 0])
    assert_array_equal(f.hessian(wrt=("x", "v"), x=3.0, v=[1.0, 2.0])["x"]["v"], [0, 0])
    assert Expression("x * 0 + y").grad(x=[1.0, 2.0][0], y=1.0) == {"x": 0.0, "y": 1.0}
    assert_array_equal(Expression("[1, 2]").jacobian(wrt=("x",), x=[1.0, 2.0, 3.0])["x"], np.zeros((2, 3)))
    assert Expression("5").jvp({"x": 1.0}, x=2.0) == (5.0, 0.0)


def test_several_outputs() -> None:
    f = Expression("x^2, sum(x), x > 1")
    value = f(x=[1.0, 2.0])
    assert isinstance(value, tuple)
    assert_array_equal(value[0], [1, 4])
    assert value[1] == 3
    assert_array_equal(value[2], [False, True])
    _, back = f.vjp(([1.0, 1.0], 10.0, [0.0, 0.0]), x=[1.0, 2.0])
    assert_array_equal(back["x"], [12, 14])
    matrices = f.jacobian(x=[1.0, 2.0])["x"]
    assert_array_equal(matrices[0], [[2, 0], [0, 4]])
    assert_array_equal(matrices[1], [1, 1])
    assert_array_equal(matrices[2], np.zeros((2, 2)))
    _, changes = f.jvp({"x": [1.0, 0.0]}, x=[1.0, 2.0])
    assert_array_equal(changes[0], [2, 0])
    assert changes[1] == 1
    with pytest.raises(GradientProblem, match="there are 3 outputs"):
        f.grad(x=[1.0, 2.0])
    with pytest.raises(CallProblem, match="3 outputs and 1 vector"):
        f.vjp([1.0, 1.0], x=[1.0, 2.0])


def test_one_element_is_as_good_as_a_scalar() -> None:
    assert_array_equal(Expression("x^2").grad(x=[3.0])["x"], [6])
    assert_array_equal(Expression("x^2").grad(x=[[3.0]])["x"], [[6]])


# Asked again.


def test_a_second_question_runs_the_plan_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    made = []
    original = plan.Plan.__init__

    def counted(self: plan.Plan, *arguments: Any, **named: Any) -> None:
        made.append(self)
        original(self, *arguments, **named)

    monkeypatch.setattr(plan.Plan, "__init__", counted)
    f = Expression(TEXT)
    for x in ([1, 2, 3], [4, 5, 6], np.array([7.0, 8, 9])):
        assert_allclose(f.grad(x=x)["x"], 4 / 3 * (np.asarray(x) + 2))
    assert len(made) == 1
    assert_allclose(f.grad(x=[1, 2])["x"], [6, 8])
    assert f.grad(x=1.0)["x"] == 12
    assert len(made) == 3
    assert f.grad(x=2.0)["x"] == 16
    assert len(made) == 3


def test_shapes_and_kinds_do_not_get_mixed_up() -> None:
    f = Expression("sum(x * 2)")
    for x in (1.0, [1.0], [[1.0, 2.0]], [1.0, 2.0], 3.0, True, [True, False], np.zeros((0, 2))):
        value = np.asarray(x, dtype=float)
        assert f(x=x) == 2 * value.sum()
        assert_array_equal(f.grad(wrt=("x",), x=x)["x"] if x is not True else 2.0, np.full(value.shape, 2.0))


def test_a_size_that_comes_from_a_value_is_not_remembered() -> None:
    f = Expression("sum(zeros(n) + x)")
    assert [f(n=n, x=2.0) for n in (1, 3, 2, 0)] == [2, 6, 4, 0]
    assert [f.grad(wrt=("x",), n=n, x=2.0)["x"] for n in (1, 3, 2)] == [1, 3, 2]
    assert f.grad(n=4, x=2.0) == {"x": 4.0}
    assert [Expression("x[0:n]")(n=n, x=[1, 2, 3]).tolist() for n in (1, 2)] == [[1], [1, 2]]
    with pytest.raises(GradientProblem):
        f.grad(wrt=("n",), n=2, x=2.0)


def test_precision() -> None:
    f, given = Expression("exp(x) / 3"), {"x": as_given("x", [1.0])}
    wide = f.answers.value(given).result["value"]
    narrow = f.answers.value(given, dtype="float32").result["value"]
    assert (wide.dtype, narrow.dtype) == (np.float64, np.float32)
    assert_allclose(narrow, wide, rtol=1e-6)


# What is refused.


@pytest.mark.parametrize(
    ("text", "values", "error", "span", "words"),
    [
        ("x + foo", {"x": 1.0}, NameProblem, (4, 7), "foo has no value"),
        (
            "x + y",
            {"x": [1, 2, 3], "y": [1, 2]},
            ShapeProblem,
            (0, 5),
            r"do not broadcast: \(3,\) and \(2,\)",
        ),
        ("2 * sum(x, axis=1)", {"x": [1, 2]}, ShapeProblem, (4, 18), "axis 1 is out of range"),
        ("1 + sine(x)", {"x": 1.0}, NameProblem, (4, 8), "sine"),
        ("A @ x", {"A": np.ones((2, 3)), "x": np.ones(2)}, ShapeProblem, (0, 5), "inner sizes 3 and 2"),
        ("1 if x else 2", {"x": [1, 2]}, ShapeProblem, (0, 13), "single true or false"),
        ("x[5]", {"x": [1, 2]}, ShapeProblem, (0, 4), "out of range"),
    ],
)
def test_an_error_stands_under_its_text(
    text: str, values: dict[str, Any], error: type[gradcli.GradcliError], span: tuple[int, int], words: str
) -> None:
    with pytest.raises(error, match=words) as caught:
        Expression(text)(**values)
    assert caught.value.span is not None
    assert caught.value.span[:2] == span
    assert caught.value.source is not None
    assert caught.value.source.text == text
    assert caught.value.exit_code == 3


def test_text_that_is_no_expression() -> None:
    with pytest.raises(SyntaxProblem) as caught:
        Expression("mean((x+2)*")
    assert caught.value.span is not None
    with pytest.raises(EmptyInputError):
        Expression("  # nothing\n")


def test_values_that_are_none() -> None:
    for wrong in ("text", [[1, 2], [3]], None, 1j, object()):
        with pytest.raises(CallProblem, match=r"^x "):
            Expression("x")(x=wrong)
    with pytest.raises(NameProblem, match="x has no value"):
        Expression("x")()


def test_derivatives_that_make_no_sense() -> None:
    with pytest.raises(GradientProblem, match="can be implicitly created only for scalar outputs"):
        Expression("x * 2").grad(x=[1, 2])
    with pytest.raises(GradientProblem, match="Hessian is that of a scalar"):
        Expression("x * 2").hessian(x=[1, 2])
    with pytest.raises(NameProblem, match="no name z") as caught:
        Expression("x * 2").grad(wrt=("z",), x=1.0)
    assert caught.value.hint
    with pytest.raises(GradientProblem, match="true or false"):
        Expression("x * m").grad(wrt=("m",), x=1.0, m=True)
    with pytest.raises(ShapeProblem, match=r"the vector is \(3,\) and the output \(2,\)"):
        Expression("x * 2").vjp([1.0, 1, 1], x=[1, 2])
    with pytest.raises(ShapeProblem, match="the tangent of x"):
        Expression("x * 2").jvp({"x": [1.0, 1, 1]}, x=[1, 2])


def test_not_a_number_is_a_value() -> None:
    assert math.isnan(Expression("x + 1")(x=math.nan))
    assert Expression("x / 0")(x=1.0) == math.inf


# What a caller may do besides asking.


def test_one_name_as_text_is_one_name() -> None:
    f = Expression("x*y*xy")
    assert f.grad(wrt="xy", x=2, y=3, xy=5) == {"xy": 6}
    assert f.jacobian(wrt="xy", x=2, y=3, xy=5) == {"xy": 6}


def test_a_copy_reads_the_text_anew() -> None:
    f = Expression("+".join(["x^2"] * 20_000))
    assert f(x=1) == 20_000
    for copied in (copy.deepcopy(f), pickle.loads(pickle.dumps(f))):
        assert copied(x=1) == 20_000
        assert copied.answers.source == f.answers.source


def test_a_name_may_be_self() -> None:
    assert Expression("self^2").value_and_grad(self=3) == (9, {"self": 6})


def test_memory_is_bounded_by_the_widest_value_of_the_graph(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each row of the Jacobian needs a matrix of its own: no batch of them may be wider than the bound."""
    monkeypatch.setattr("gradcli.matrices.batches._MEMORY", 5000)
    x = np.linspace(1, 2, 40)
    # What is imported on the way does not count.
    Expression("x").jacobian(x=x)
    tracemalloc.start()
    found = Expression("sum(outer(x, x), axis=0)").jacobian(x=x)["x"]
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert_allclose(found, np.diag(np.full(40, x.sum())) + x[:, None], rtol=1e-12)
    assert peak < 40**3 * 8
    assert_allclose(
        Expression("sum(exp(outer(x, x)))").hessian(x=x[:9])["x"]["x"],
        Expression("hessian(sum(exp(outer(x, x))), x)")(x=x[:9]),
        rtol=1e-12,
    )


def test_a_sized_graph_is_built_once_a_question(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gradcli.matrices.batches._MEMORY", 64)
    built = []
    build = gradcli.asking.build
    monkeypatch.setattr("gradcli.asking.build", lambda *a, **k: built.append(1) or build(*a, **k))
    found = Expression("x*ones(n)").jacobian(wrt="x", x=np.arange(50.0), n=50)["x"]
    assert_array_equal(found, np.eye(50))
    assert len(built) <= 3


def test_the_gradient_behind_a_hessian_is_derived_once(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []
    gradient = gradcli.answers.derive.gradient
    monkeypatch.setattr(
        "gradcli.answers.derive.gradient", lambda *a, **k: calls.append(1) or gradient(*a, **k)
    )
    found = Expression("a*b*c*d").hessian(a=1, b=2, c=3, d=4)
    assert (found["a"]["b"], found["c"]["d"], found["d"]["d"]) == (12, 2, 0)
    assert calls == [1]
