"""How a call may be written: whole numbers side by side, and names of NumPy and of PyTorch."""

from __future__ import annotations

import pytest
from numpy.testing import assert_array_equal

from gradcli import Expression
from gradcli.errors import CallProblem

SAME = [
    ("reshape(x, 3, 2)", "reshape(x, (3, 2))"),
    ("x.reshape(3, -1)", "reshape(x, (3, 2))"),
    ("zeros(2, 3)", "zeros((2, 3))"),
    ("ones(1, 2, 3)", "ones([1, 2, 3])"),
    ("x.unsqueeze(0).permute(2, 0, 1)", "transpose(unsqueeze(x, 0), (2, 0, 1))"),
    ("x.transpose(1, 0)", "x.T"),
    ("x.expand(4, -1, -1)", "broadcast_to(x, (4, 2, 3))"),
    ("tile(x, 2, 2)", "tile(x, (2, 2))"),
    ("x.flip(0, 1)", "flip(x, (0, 1))"),
    ("flip(x, dims=0)", "flip(x, axis=0)"),
    ("permute(x, dims=(1, 0))", "x.T"),
    ("triu(x, diagonal=1)", "triu(x, k=1)"),
    ("diag(x, k=1)", "diag(x, offset=1)"),
    ("diag(x, diagonal=1)", "diag(x, 1)"),
    ("diagonal(x, dim1=1, dim2=0)", "diagonal(x, 0, 1, 0)"),
    ("pad(x, pad_width=1, constant_values=2)", "pad(x, 1, value=2)"),
    ("linspace(0, 1, num=3)", "linspace(0, 1, 3)"),
    ("gather(x, dim=1, index=[[0], [2]])", "gather(x, 1, [[0], [2]])"),
    ("sum(x, dim=0, keepdim=true)", "sum(x, axis=0, keepdims=true)"),
]


@pytest.mark.parametrize(("written", "meant"), SAME)
def test_the_same_call(written: str, meant: str) -> None:
    x = [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]
    values = {"x": x} if "x" in Expression(written).variables else {}
    assert_array_equal(Expression(written)(**values), Expression(meant)(**values))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("zeros((2, 3), 4)", r"zeros\(\) takes 1 argument, and got 2"),
        ("zeros(2, [3])", r"zeros\(\) takes 1 argument, and got 2"),
        ("zeros(2, 1.5)", r"zeros\(\) needs a whole number for shape, and got 1.5"),
        ("zeros(2, -3)", r"zeros\(\) needs sizes that are not negative for shape, and got \(2, -3\)"),
        ("zeros(2, 3, shape=4)", r"zeros\(\) got shape twice"),
        ("full(2, 3, 4)", r"full\(\) takes 2 arguments, and got 3"),
        ("sum(1, 0, true, 2)", r"sum\(\) takes 3 arguments, and got 4"),
        ('meshgrid(1, 2, "ij")', r"meshgrid\(\): a text stands where a number or an array is due"),
    ],
)
def test_what_is_too_much(text: str, sentence: str) -> None:
    with pytest.raises(CallProblem, match=f"^{sentence}"):
        Expression(text)()
