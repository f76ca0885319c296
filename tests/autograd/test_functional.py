"""vjp, jvp, vhp, hvp, jacobian and hessian, against PyTorch's answers and against mathematics."""

from __future__ import annotations

import numpy as np
import pytest
from alike import check, facts
from functional_cases import CASES
from numpy.testing import assert_allclose

import gradcli
from gradcli import functional as F
from gradcli import tensor

FACTS = facts("functional")


@pytest.mark.parametrize("name", CASES)
def test_as_pytorch(name: str) -> None:
    check(CASES[name], FACTS[name])


def test_each_fact_has_its_case() -> None:
    assert set(FACTS) == set(CASES)


@pytest.mark.parametrize("how", [{}, {"vectorize": True}, {"vectorize": True, "strategy": "forward-mode"}])
def test_the_jacobian_of_a_linear_map_is_its_matrix(how: dict) -> None:
    weights = np.arange(12.0).reshape(4, 3) - 5
    found = F.jacobian(lambda a: tensor(weights) @ a, tensor([1.0, 2.0, 3.0]), **how)
    assert np.array_equal(found.numpy(), weights)


@pytest.mark.parametrize(
    "how", [{}, {"vectorize": True}, {"vectorize": True, "outer_jacobian_strategy": "forward-mode"}]
)
def test_the_hessian_of_a_quadratic_form_is_its_symmetric_part(how: dict) -> None:
    weights = np.arange(9.0).reshape(3, 3) ** 2 - 7
    found = F.hessian(lambda a: a @ tensor(weights) @ a, tensor([1.0, -2.0, 0.5]), **how)
    assert_allclose(found.numpy(), weights + weights.T, rtol=1e-14)


def test_vjp_and_jvp_are_adjoint() -> None:
    """u · (J v) is (u J) · v."""
    rng = np.random.default_rng(3)
    x, v = tensor(rng.normal(size=(3, 2))), tensor(rng.normal(size=(3, 2)))
    u = tensor(rng.normal(size=2))

    def func(a: gradcli.Tensor) -> gradcli.Tensor:
        return (a.sin() * a.exp()).sum(dim=0)

    pushed, pulled = F.jvp(func, x, v)[1], F.vjp(func, x, u)[1]
    assert_allclose((u * pushed).sum().item(), (pulled * v).sum().item(), rtol=1e-13)


def test_a_function_may_give_back_nothing_but_integers() -> None:
    """PyTorch's jvp breaks here; zeros are what mathematics says."""
    out, product = F.jvp(lambda a: (a.sum(), tensor([1, 2])), tensor([1.0, 2.0]), tensor([3.0, 4.0]))
    assert out[1].tolist() == [1, 2]
    assert product[0].item() == 7.0
    assert product[1].tolist() == [0, 0]


def test_the_given_tensors_are_left_alone() -> None:
    x = tensor([1.0, 2.0], requires_grad=True)
    F.hessian(lambda a: (a**3).sum(), x)
    F.jvp(lambda a: a * 2, x, x)
    assert x.grad is None
    assert x._version == 0
    assert x.is_leaf


def test_single_precision_stays_single() -> None:
    x = tensor([1.0, 2.0], dtype="float32")
    for how in ({}, {"vectorize": True}, {"vectorize": True, "strategy": "forward-mode"}):
        assert F.jacobian(lambda a: a * a, x, **how).dtype == np.float32
    assert F.hvp(lambda a: (a**3).sum(), x, x)[1].dtype == np.float32


def test_a_function_of_no_tensor_that_is_used_twice() -> None:
    """f(a, a) by both places apart: the inputs are told apart although they are one tensor."""
    x = tensor([1.0, 2.0])
    first, second = F.jacobian(lambda a, b: a * a * b, (x, x))
    assert first.tolist() == [[2.0, 0.0], [0.0, 8.0]]
    assert second.tolist() == [[1.0, 0.0], [0.0, 4.0]]


@pytest.mark.parametrize("how", [{}, {"vectorize": True}, {"vectorize": True, "strategy": "forward-mode"}])
def test_empty_inputs_and_outputs(how: dict) -> None:
    """PyTorch fails at these; the sizes say what there is."""
    nothing, something = tensor(np.zeros((0, 2))), tensor([1.0, 2.0, 3.0])
    found = F.jacobian(lambda a, b: (a * 2, b * a.sum()), (nothing, something), **how)
    assert [[one.shape for one in row] for row in found] == [[(0, 2, 0, 2), (0, 2, 3)], [(3, 0, 2), (3, 3)]]
