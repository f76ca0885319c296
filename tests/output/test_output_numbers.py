"""Numbers and arrays as text."""

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradcli.output.numbers import format_number, format_row, format_value


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (3.0, "3"),
        (-0.0, "-0"),
        (0.1, "0.1"),
        (1e100, "1e+100"),
        (1.5e-7, "1.5e-07"),
        (1e16, "1e+16"),
        (123456789012345.0, "123456789012345"),
        (10.0, "10"),
        (float("nan"), "nan"),
        (float("inf"), "inf"),
        (float("-inf"), "-inf"),
        (True, "true"),
        (False, "false"),
        (7, "7"),
        (np.float64(3.0), "3"),
    ],
)
def test_a_number_has_the_shortest_digits(number, text):
    assert format_number(number) == text
    assert format_row([number]) == [text]


@pytest.mark.parametrize(
    ("number", "precision", "text"),
    [
        (1 / 3, 3, "0.333"),
        (2.0, 6, "2"),
        (-0.0, 2, "-0"),
        (1234567.0, 3, "1.23e+06"),
        (float("nan"), 3, "nan"),
        (float("-inf"), 3, "-inf"),
        (True, 3, "true"),
    ],
)
def test_a_precision_is_a_number_of_significant_digits(number, precision, text):
    assert format_number(number, precision) == text
    assert format_row([number], precision) == [text]


@given(st.floats(allow_nan=False))
def test_a_number_reads_back(number):
    back = float(format_number(number))
    assert back == number
    assert np.signbit(back) == np.signbit(number)


@given(st.floats(allow_nan=False, width=32))
def test_a_float32_reads_back_from_digits_that_are_as_few_as_numpy_has(number):
    text = format_value(np.array(number, dtype=np.float32))
    assert np.float32(text) == np.float32(number)
    assert float(text) == float(str(np.float32(number)))


@pytest.mark.parametrize(
    ("array", "text"),
    [
        (np.array([[1.0, 2.5], [3.0, -0.0]]), "[[1, 2.5], [3, -0]]"),
        (np.array([0.1, 1e20], dtype=np.float32), "[0.1, 1e+20]"),
        (np.array([True, False]), "[true, false]"),
        (np.array(2.5), "2.5"),
        (np.array(True), "true"),
        (np.float32(0.1), "0.1"),
        (np.zeros((0,)), "[]"),
        (np.zeros((2, 0), dtype=np.float32), "[[], []]"),
        (np.zeros((0, 2)), "[]"),
        (np.arange(4), "[0, 1, 2, 3]"),
        (np.full((1,) * 32, np.nan), "[" * 32 + "nan" + "]" * 32),
    ],
)
def test_an_array_stands_in_brackets(array, text):
    assert format_value(array) == text


def test_the_precision_reaches_into_an_array():
    assert format_value(np.array([[1 / 3, 2 / 3]]), 2) == "[[0.33, 0.67]]"


def test_printing_a_number_loads_neither_numpy_nor_rich():
    code = (
        "import sys, gradcli.output.plain as p, gradcli.output.jsonform as j, gradcli.output.report,"
        "gradcli.output.rails, gradcli.output.summary, gradcli.output.color, gradcli.data.files;"
        "p.line_text({'value': 1.5}); j.dumps({'value': 1.5});"
        "print([name for name in ('numpy', 'rich') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
