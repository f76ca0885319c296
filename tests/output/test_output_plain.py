"""Results for a pipe."""

import numpy as np
import pytest

from gradcli.output.plain import fields, line_text, named_text, value_text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (33.333333333333336, "33.333333333333336"),
        (True, "true"),
        (np.array(3.0), "3"),
        (np.array([1.0, 2.5, 3.0]), "1 2.5 3"),
        (np.array([True, False]), "true false"),
        (np.array([[1.0, 2.0], [3.0, 4.0]]), "1 2\n3 4"),
        (np.arange(8.0).reshape(2, 2, 2), "0 1\n2 3\n\n4 5\n6 7"),
        (np.arange(4.0).reshape(2, 2, 1, 1), "0\n\n1\n\n2\n\n3"),
        (np.zeros((0,)), ""),
        (np.zeros((2, 0)), "\n"),
        ((3.0, np.array([1.0, 2.0])), "3\n[1, 2]"),
    ],
)
def test_a_value_alone(value, text):
    assert value_text(value) == text


def test_the_precision():
    assert value_text(np.array([[1 / 3, 2.0]]), 3) == "0.333 2"
    assert value_text((1 / 3,), 3) == "0.333"


GRAD = {"value": 14.0, "grad": {"x": np.array([2.0, 4.0]), "y": 1.0}}
HESSIAN = {
    "value": 1.0,
    "hessian": {"x": {"x": np.eye(2), "y": np.ones((2,))}, "y": {"x": np.ones(2), "y": 0.0}},
}
SEVERAL = {"value": (1.0, np.array([2.0, 3.0])), "outputs": 2, "jacobian": {"x": (1.0, np.array([4.0, 5.0]))}}


def test_a_gradient():
    assert named_text(GRAD) == "value\t14\nx\t[2, 4]\ny\t1"
    assert line_text(GRAD) == "14\t[2, 4]\t1"


def test_a_hessian_names_its_blocks_by_pairs():
    assert named_text(HESSIAN) == "value\t1\nx,x\t[[1, 0], [0, 1]]\nx,y\t[1, 1]\ny,x\t[1, 1]\ny,y\t0"
    assert line_text(HESSIAN) == "1\t[[1, 0], [0, 1]]\t[1, 1]\t[1, 1]\t0"


def test_several_outputs_are_several_fields():
    assert named_text(SEVERAL) == "value\t1\t[2, 3]\nx\t1\t[4, 5]"
    assert line_text(SEVERAL) == "1\t[2, 3]\t1\t[4, 5]"


def test_a_product_without_names():
    assert named_text({"value": 2.0, "jvp": 1 / 3}, 2) == "value\t2\njvp\t0.33"


def test_a_value_alone_on_one_line():
    assert line_text({"value": np.eye(2)}) == "[[1, 0], [0, 1]]"


def test_a_variable_may_have_the_name_of_a_field():
    assert [name for name, _ in fields({"value": 1.0, "grad": {"outputs": 2.0, "value": 3.0}})] == [
        "value",
        "outputs",
        "value",
    ]
