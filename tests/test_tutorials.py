"""What PyTorch answers in the tutorials that teach backpropagation, where an expression is enough."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose

from gradcli import Expression
from gradcli.errors import GradientProblem

FACTS = json.loads((Path(__file__).parent / "reference" / "tutorials.json").read_text(encoding="utf-8"))
EXACT = 1e-15


def asked(name: str) -> tuple[Expression, dict[str, Any], dict[str, Any]]:
    """A tutorial's expression, its inputs, and what PyTorch answered."""
    fact = FACTS[name]
    return Expression(fact["text"]), fact.get("inputs", {}), fact


def test_mean_of_a_square() -> None:
    f, inputs, fact = asked("s000.mean")
    value, found = f.value_and_grad(**inputs)
    assert_allclose(value, fact["value"], rtol=EXACT)
    assert_allclose(found["x"], fact["grad_x"], rtol=EXACT)
    assert_allclose(Expression("y = x + 2; y*y*2")(**inputs), fact["z"])


def test_a_vector_needs_a_vector() -> None:
    f, inputs, fact = asked("s000.vector")
    with pytest.raises(GradientProblem, match=fact["nonscalar_error"]):
        f.grad(**inputs)
    assert_allclose(f.vjp(fact["v"], **inputs)[1]["x"], fact["grad_x"], rtol=EXACT)


def test_one_product() -> None:
    f, inputs, fact = asked("s001.mul")
    assert f.value_and_grad(wrt=("a",), **inputs) == (fact["c"], {"a": fact["a_grad"]})


def test_a_chain_of_products() -> None:
    f, inputs, fact = asked("s001.chain")
    assert f.value_and_grad(**inputs) == (fact["e"], {name: fact[name] for name in "abd"})


def test_the_parts_of_a_vector() -> None:
    f, inputs, fact = asked("s001.unbind")
    value, found = f.value_and_grad(**inputs)
    assert value == fact["e"]
    assert_allclose(found["a"], fact["a_grad"])


def test_branches_that_meet_again() -> None:
    """Gradients of names in the middle, as retain_grad gives them."""
    f, inputs, fact = asked("s001.branching")
    value, found = f.value_and_grad(wrt=("h", "c", "i"), **inputs)
    assert value == fact["values"]["k"]
    assert found == {"h": fact["h_grad"], "c": fact["c_grad"], "i": fact["i_retained_grad"]}
    for name in "cegij":
        parts = FACTS["s001.branching"]["text"].split("; ")
        upto = next(place for place, part in enumerate(parts) if part.startswith(f"{name} ="))
        assert Expression("; ".join(parts[: upto + 1]))(**inputs) == fact["values"][name]


def test_a_sine_at_25_points() -> None:
    f, _, fact = asked("s002.sin")
    a = Expression(fact["a"])()
    value, found = f.value_and_grad(a=a)
    assert_allclose(value, fact["value"], rtol=1e-14)
    assert_allclose(found["a"], fact["grad_a"], rtol=1e-14, atol=1e-15)


def test_doubling() -> None:
    f, inputs, fact = asked("s002.doubling")
    assert_allclose(f(**inputs), fact["y"])
    with pytest.raises(GradientProblem, match=fact["error"]):
        f.grad(**inputs)
    assert_allclose(f.vjp(fact["v"], **inputs)[1]["x"], fact["x_grad"], rtol=EXACT)
    f, inputs, fact = asked("s002.vjp")
    value, back = f.vjp(fact["v"], **inputs)
    assert_allclose(value, fact["value"])
    assert_allclose(back["x"], fact["vjp"], rtol=EXACT)
    assert_allclose(f.jvp({"x": fact["v"]}, **inputs)[1], fact["jvp"], rtol=EXACT)


@pytest.mark.parametrize("name", ["s002.jacobian", "s002.jacobian_vec"])
def test_a_jacobian(name: str) -> None:
    f, _, fact = asked(name)
    found = f.jacobian(x=fact["x"], y=fact["y"])
    assert_allclose(found["x"], fact["jac_x"], rtol=EXACT)
    assert_allclose(found["y"], fact["jac_y"])


def test_a_hessian_and_its_products() -> None:
    f, _, fact = asked("s002.hessian")
    assert_allclose(f.hessian(x=fact["x"])["x"]["x"], fact["hessian"])
    product = f.hvp({"x": fact["v"]}, x=fact["x"])[1]["x"]
    assert_allclose(product, fact["hvp"])
    assert_allclose(product, fact["vhp"])


def test_a_mean_of_products() -> None:
    f, inputs, fact = asked("s003.mean_mul")
    assert_allclose(f.grad(wrt=("a",), **inputs)["a"], fact["grad_a"], rtol=EXACT)


def test_a_loss_link_by_link() -> None:
    f, inputs, fact = asked("s004.loss")
    assert f.value_and_grad(wrt=("w",), **inputs) == (fact["loss"], {"w": fact["dloss_dw"]})
    assert f.grad(wrt=("s",), **inputs)["s"] == fact["local"]["dloss_ds"]
    assert Expression("s = yhat - y; s").grad(wrt=("yhat",), yhat=1, y=2)["yhat"] == fact["local"]["ds_dyhat"]
    assert Expression("w*x").grad(wrt=("w",), w=1, x=1)["w"] == fact["local"]["dyhat_dw"]


def test_ten_steps_downhill() -> None:
    f, inputs, fact = asked("s004.training")
    w = fact["w"]
    for step in fact["steps"]:
        loss, found = f.value_and_grad(wrt=("w",), w=w, **inputs)
        w -= fact["lr"] * found["w"]
        assert_allclose([loss, found["w"], w], [step["loss"], step["grad"], step["w_after"]], rtol=1e-14)


def test_a_regression_of_two_hundred_steps() -> None:
    f, _, fact = asked("s003.regression")
    data = {"X": np.array(fact["X"]), "Y": np.array(fact["Y"])}
    known = {row["step"]: row for row in fact["trace"]}
    w = b = 0.0
    for step in range(1, 201):
        loss, found = f.value_and_grad(wrt=("W", "b"), W=w, b=b, **data)
        w, b = w - fact["lr"] * found["W"], b - fact["lr"] * found["b"]
        if step in known:
            row = known[step]
            assert_allclose([loss, w, b], [row["loss"], row["W"], row["b"]], rtol=1e-11)
