"""What is derived once is kept by all that it was derived for."""

from __future__ import annotations

import math

import numpy as np
import pytest

from gradcli import functions, tensor

X = np.array([[1.0, 2.0, 4.0], [3.0, 5.0, 9.0]])


def test_parameters_are_told_apart_in_whatever_order_they_come():
    x = tensor(X)
    columns, rows = functions.std(x, correction=1, axis=0), functions.std(x, axis=1, correction=0)
    np.testing.assert_allclose(columns.numpy(), X.std(axis=0, ddof=1), rtol=1e-15)
    np.testing.assert_allclose(rows.numpy(), X.std(axis=1, ddof=0), rtol=1e-15)


def test_the_sign_of_a_zero_is_part_of_a_parameter():
    nothing = tensor([math.nan])
    signs = [math.copysign(1.0, functions.nan_to_num(nothing, nan=fill).item()) for fill in (0.0, -0.0)]
    assert signs == [1.0, -1.0]


@pytest.mark.parametrize("exponent", [2, 2.0, 3, 0.5, -1, 0, -0.0])
def test_exponents_are_told_apart(exponent):
    x = tensor([2.0], requires_grad=True)
    (x**exponent).backward()
    assert x.grad.item() == pytest.approx(exponent * 2.0 ** (exponent - 1), rel=1e-15)


def test_shapes_and_types_are_told_apart():
    for array in (X, X[0], X.astype("float32"), X > 2, X.astype(int), X[:, :0]):
        assert functions.sum(tensor(array)).tolist() == array.sum().item()
