"""What is kept of a call serves no other call, however alike the two are."""

from __future__ import annotations

import math

from numpy.testing import assert_array_equal

from gradcli import functions, tensor


def test_parameters_of_one_value_and_another_name_are_told_apart():
    x = tensor([[[float(100 * i + 10 * j + k) for k in range(3)] for j in range(3)] for i in range(3)])
    assert_array_equal(x.diagonal(offset=2).array, x.array.diagonal(offset=2))
    assert_array_equal(x.diagonal(dim1=2).array, x.array.diagonal(axis1=2))


def test_parameters_in_another_order_are_told_apart():
    x = tensor([[1.0, 2.0], [4.0, 3.0]])
    assert x.argmax(dim=0, keepdim=True).tolist() == [[1, 1]]
    assert x.argmax(keepdim=False, dim=1).tolist() == [1, 0]


def test_the_two_zeros_are_told_apart():
    x = tensor([-1.0])
    assert math.copysign(1.0, functions.leaky_relu(x, negative_slope=0.0).item()) == -1.0
    assert math.copysign(1.0, functions.leaky_relu(x, negative_slope=-0.0).item()) == 1.0
    assert (x * 0.0 + x**0.0).tolist() == (x * 0.0 + x**-0.0).tolist() == [1.0]
