"""Forward mode and reverse mode: which one a Jacobian takes, and that nobody can tell from the answer."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose

import gradcli.matrices.batches
from gradcli.answers import Answers
from gradcli.data.given import as_given
from gradcli.errors import GradientProblem
from gradcli.expression import Expression
from gradcli.graph import derive

RANDOM = np.random.default_rng(5)

# A text, its values, and whether there are fewer inputs than outputs.
MODELS: dict[str, tuple[str, dict[str, Any], bool]] = {
    "a scalar to a vector": ("[x, x^2, sin(x)]", {"x": 0.5}, True),
    "two scalars to a vector": ("a*exp(-b*[0, 1, 2, 3])", {"a": 2.0, "b": 0.3}, True),
    "a vector to a matrix": ("outer(x, x*x)", {"x": [1.0, 2.0, 3.0]}, True),
    "a matrix to more axes": (
        "reshape(outer(A, A), (2, 3, 6))",
        {"A": [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]},
        True,
    ),
    "as many": ("x*y", {"x": [1.0, 2.0], "y": 1.0}, False),
    "square": ("tanh(x)/(1 + sum(x))", {"x": [1.0, 2.0]}, False),
    "a vector to a scalar": ("prod(x)", {"x": [1.0, 2.0, 3.0]}, False),
    "names of both kinds": ("sin(k*A) @ x", {"k": 0.5, "x": [1.0, 2.0], "A": np.eye(2)}, False),
    "many outputs": (
        "concat([p*A, q*A, A])",
        {"p": [1.0], "q": [2.0], "A": np.ones((2, 2))},
        True,
    ),
    "a branch": ("z*x[0] if x[0] > 0 else z*x[1]", {"x": [1.0, 2.0], "z": [1.0, 2.0, 3.0]}, False),
    "an unused name": ("[1, 2, 3] * x", {"x": 2.0, "w": 1.0}, True),
    "no path": ("[1, 2, 3] * floor(x)", {"x": 2.5}, True),
    "no input": ("[1, 2] + sum(x)", {"x": np.zeros(0)}, True),
    "no output": ("x[:0]", {"x": [1.0, 2.0]}, False),
    "a masked output": ("p*A[A > 0]", {"p": 2.0, "A": np.array([1.0, -1.0, 3.0, 4.0])}, False),
    "a corner": ("abs(x*[1, 0, -1])", {"x": 0.0}, True),
}


def question(text: str, values: dict[str, Any], wrt: tuple[str, ...] | None = None) -> Any:
    given = {name: as_given(name, value) for name, value in values.items()}
    answer = Answers(text).jacobians(given, wrt)
    return answer.result["jacobian"], answer.remarks


def equal(found: dict[str, Any], expected: dict[str, Any]) -> None:
    assert list(found) == list(expected)
    for name, matrix in expected.items():
        assert np.shape(found[name]) == np.shape(matrix)
        assert_allclose(found[name], matrix, rtol=1e-14, atol=1e-300)


@pytest.mark.parametrize("name", MODELS)
def test_both_modes_give_one_jacobian(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    text, values, forward = MODELS[name]
    chosen, remarks = question(text, values)
    assert len(remarks) == 1
    assert f"in {'forward' if forward else 'reverse'} mode" in remarks[0]
    answers = []
    for mode in (True, False):
        monkeypatch.setattr(derive, "prefers_forward", lambda *_, mode=mode: mode)
        answers.append(question(text, values)[0])
        # The same in batches of a few.
        monkeypatch.setattr(gradcli.matrices.batches, "_MEMORY", 8)
        answers.append(question(text, values)[0])
        monkeypatch.undo()
    for one in answers:
        equal(one, chosen)


@pytest.mark.parametrize("name", ["a vector to a matrix", "square", "a branch"])
def test_a_jacobian_inside_an_expression_is_the_same(name: str) -> None:
    text, values, _ = MODELS[name]
    inside = Expression(f"jacobian({text}, x)")(**values)
    assert_allclose(inside, Expression(text).jacobian(wrt=("x",), **values)["x"], rtol=1e-14)


def test_a_jacobian_by_columns_is_the_closed_form() -> None:
    t = np.arange(50) / 10
    found = Expression("a*exp(-b*t)").jacobian(wrt=("a", "b"), a=2.0, b=0.3, t=t)
    assert_allclose(found["a"], np.exp(-0.3 * t), rtol=1e-14)
    assert_allclose(found["b"], -2 * t * np.exp(-0.3 * t), rtol=1e-14)


def test_what_was_chosen_is_told() -> None:
    assert question("outer(x, ones(50))", {"x": [1.0, 2.0]})[1] == [
        "the Jacobian by x in forward mode: 2 inputs, 100 outputs"
    ]
    assert question("x*y, [y]", {"x": 1.0, "y": 2.0})[1] == [
        "the Jacobian of output 0 by x, y in reverse mode: 2 inputs, 1 output",
        "the Jacobian of output 1 by x, y in reverse mode: 2 inputs, 1 output",
    ]


def test_both_modes_keep_to_the_bound_of_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gradcli.matrices.batches, "_MEMORY", 20)
    wide = question("outer(x, [1, 2])", {"x": [1.0, 2.0, 3.0, 4.0, 5.0]})
    # Ten numbers an output, so two columns a run.
    assert wide[1] == ["the Jacobian by x in forward mode: 5 inputs, 10 outputs, in 3 batches"]
    assert_allclose(wide[0]["x"], np.einsum("ik,j->ijk", np.eye(5), [1.0, 2.0]))
    several = question("outer(x, y)", {"x": np.ones(3), "y": np.ones(4)})
    # One column a run, and each name by itself.
    assert several[1] == ["the Jacobian by x, y in forward mode: 7 inputs, 12 outputs, in 7 batches"]
    assert_allclose(several[0]["y"], np.einsum("i,jk->ijk", np.ones(3), np.eye(4)))
    tall = question("A @ x", {"A": np.ones((5, 10)), "x": np.ones(10)}, ("x",))
    assert tall[1] == ["the Jacobian by x in reverse mode: 10 inputs, 5 outputs, in 5 batches"]
    assert_allclose(tall[0]["x"], np.ones((5, 10)))


def test_a_forward_jacobian_serves_other_values() -> None:
    f = Expression("x*[1, 2, 3] + y")
    for x in (1.0, 2.0):
        assert_allclose(f.jacobian(x=x, y=x)["x"], [1, 2, 3])
    g = Expression("p^2 * A[A > 0]")
    for p in (1.0, 2.0):
        matrix = np.array([p, -1, 3.0])
        assert_allclose(g.jacobian(wrt=("p",), p=p, A=matrix)["p"], 2 * p * matrix[matrix > 0])


def test_a_hessian_is_reverse_over_reverse() -> None:
    given = {name: as_given(name, value) for name, value in {"x": [1.0, 2.0], "y": 3.0}.items()}
    answer = Answers("y*prod(x)^2").hessians(given)
    # The order of a text's names is that of their appearance.
    assert answer.remarks == [
        "the Jacobian by y, x of the gradient by y in reverse mode: 3 inputs, 1 output",
        "the Jacobian by y, x of the gradient by x in reverse mode: 3 inputs, 2 outputs",
    ]


def test_a_nan_of_a_forward_jacobian_is_found_in_the_text() -> None:
    from gradcli.diagnosis import first_fault

    given = {"x": as_given("x", -1.0)}
    fault = first_fault(Answers("[1, 2, 3] * where(x < 0, 1, x)^0 * sqrt(x + 1)").jacobians(given))
    assert fault is not None
    assert fault.message.startswith("the Jacobian by x holds inf: it first appears on the way back through")


# Products with vectors.


def test_one_element_has_a_hessian_too() -> None:
    f = Expression("[x^3]")
    assert f.hessian(x=2.0) == {"x": {"x": 12.0}}
    assert f.hvp({"x": 2.0}, x=2.0)[1] == {"x": 24.0}


def test_products_with_a_hessian_from_both_sides() -> None:
    f = Expression("sum(x)^2 * y + prod(x)")
    values = {"x": RANDOM.normal(size=3), "y": 0.5}
    v = {"x": RANDOM.normal(size=3), "y": 2.0}
    blocks = f.hessian(**values)
    (value, right), (other, left) = f.hvp(v, **values), f.vhp(v, **values)
    assert value == other == f(**values)
    for name in ("x", "y"):
        expected = sum(np.tensordot(blocks[name][by], v[by], axes=np.ndim(v[by])) for by in v)
        assert_allclose(right[name], expected, rtol=1e-12)
        assert_allclose(left[name], expected, rtol=1e-12)


def test_a_vjp_of_a_scalar_needs_no_vector() -> None:
    f = Expression("prod(x)")
    value, found = f.vjp(x=[2.0, 3.0])
    assert value == 6
    assert_allclose(found["x"], [3, 2])
    with pytest.raises(GradientProblem, match="only for scalar outputs"):
        Expression("x^2").vjp(x=[2.0, 3.0])


def test_a_vector_of_truths_is_not_that_of_numbers() -> None:
    f = Expression("x*3")
    assert f.jvp({"x": True}, x=2.0) == (6.0, 3.0)
    assert f.jvp({"x": 0.5}, x=2.0) == (6.0, 1.5)


def test_a_jvp_is_the_jacobian_times_the_vector() -> None:
    f = Expression("sin(x) * y, outer(x, x)")
    values, v = {"x": RANDOM.normal(size=3), "y": 0.5}, {"x": RANDOM.normal(size=3), "y": 2.0}
    _, found = f.jvp(v, **values)
    matrices = f.jacobian(**values)
    for place in (0, 1):
        expected = matrices["x"][place] @ v["x"] + matrices["y"][place] * v["y"]
        assert_allclose(found[place], expected, rtol=1e-13)
