"""Patterns of known structures, drawn by hand: as few entries as there are, at every order."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from gradcli.answers import Answers
from gradcli.data.given import as_given
from gradcli.graph import derive
from gradcli.sparsity.propagation import Structure, structure

MOST = 1 << 20
X = {"x": np.linspace(0.1, 0.6, 6)}


def found(text: str, wrt: tuple[str, ...], order: int, values: dict[str, Any], most: int = MOST) -> Structure:
    """The structure of the Jacobian, or of that of the gradient."""
    answers = Answers(text)
    given = {name: as_given(name, value) for name, value in values.items()}
    built = answers.built(given, wrt)
    nodes = [answers.node(built, given, name) for name in wrt]
    outputs = list(built.outputs)
    if order == 2:
        outputs = [one for one in derive.gradient(outputs[0], nodes) if one is not None]
    return structure(outputs, nodes, {name: one.value for name, one in given.items()}, most)


def drawn(one: Structure) -> list[str]:
    assert one.pattern is not None
    picture = np.full((one.pattern.height, one.pattern.width), ".")
    picture[one.pattern.rows, one.pattern.columns] = "x"
    return ["".join(row) for row in picture]


DIAGONAL = "x..... .x.... ..x... ...x.. ....x. .....x"
BAND = "xx.... xxx... .xxx.. ..xxx. ...xxx ....xx"
BLOCKS = "xx.... xx.... ..xx.. ..xx.. ....xx ....xx"

JACOBIANS: dict[str, tuple[str, dict[str, Any], str]] = {
    "elementwise": ("sin(x)*exp(-x^2) + sqrt(1 + x)", X, DIAGONAL),
    "Broyden's tridiagonal": (
        "(3 - 2*x)*x - concat([zeros(1), x[:-1]]) - 2*concat([x[1:], zeros(1)]) + 1",
        X,
        BAND,
    ),
    "padded": ("pad(x[1:], (0, 1), value=7) + x", X, "xx.... .xx... ..xx.. ...xx. ....xx .....x"),
    "a period": ("roll(x, 1)*x", X, "x....x xx.... .xx... ..xx.. ...xx. ....xx"),
    "turned round": ("flip(x)", X, ".....x ....x. ...x.. ..x... .x.... x....."),
    "a sum of rows": ("sum(reshape(x, (2, 3)), axis=1)", X, "xxx... ...xxx"),
    "a sum of columns": ("sum(reshape(x, (2, 3)), axis=0)", X, "x..x.. .x..x. ..x..x"),
    "a scan": ("cumsum(reshape(x, (3, 2)), axis=1)", X, BLOCKS),
    "softmax of rows": ("softmax(reshape(x, (3, 2)), axis=-1)", X, BLOCKS),
    "what is sorted": ("sort(reshape(x, (3, 2)), axis=1)", X, BLOCKS),
    "one row full": ("concat([[sum(x)], x[1:]])", X, "xxxxxx .x.... ..x... ...x.. ....x. .....x"),
    "positions": ("x[[0, 0, 5]]", X, "x..... x..... .....x"),
    "positions given": ("x[i]*2", {**X, "i": [4, 1]}, "....x. .x...."),
    "positions that move with x": ("x[[argmax(x)]]", X, "xxxxxx"),
    "a choice by x": ("where(x > flip(x), x, 0)", X, DIAGONAL),
    "a branch by x": ("x if sum(x) > 0 else flip(x)", X, "x....x .x..x. ..xx.. ..xx.. .x..x. x....x"),
    "what is detached": ("x*detach(sum(x))", X, DIAGONAL),
    "what jumps": ("x + floor(sum(x))", X, DIAGONAL),
    "what is only compared": ("x*(sum(x) > 0)", X, DIAGONAL),
    "a matrix times columns": (
        "A @ reshape(x, (3, 2))",
        {**X, "A": np.ones((2, 3))},
        "x.x.x. .x.x.x x.x.x. .x.x.x",
    ),
    "a batch of matrices times vectors": (
        "(A @ reshape(x, (2, 3, 1)))[..., 0]",
        {**X, "A": np.ones((2, 2, 3))},
        "xxx... xxx... ...xxx ...xxx",
    ),
    "the diagonal of a matrix": ("diagonal(reshape(x, (2, 3)))", X, "x..... ....x."),
    "a matrix with a diagonal": ("diag(x[:2])", X, "x..... ...... ...... .x...."),
    "a difference by rows": ("norm(reshape(x, (3, 2)), axis=1)", X, "xx.... ..xx.. ....xx"),
    "a loss of each": (
        'mse_loss(x, 2*flip(x), reduction="none")',
        X,
        "x....x .x..x. ..xx.. ..xx.. .x..x. x....x",
    ),
    "nothing": ("floor(x)", X, "...... ...... ...... ...... ...... ......"),
}


@pytest.mark.parametrize("name", JACOBIANS)
def test_the_pattern_of_a_jacobian(name: str) -> None:
    text, values, expected = JACOBIANS[name]
    assert drawn(found(text, ("x",), 1, values)) == expected.split()


HESSIANS: dict[str, tuple[str, dict[str, Any], str]] = {
    "a sum of functions": ("sum(exp(x)*x)", X, DIAGONAL),
    "the extended function of Rosenbrock": (
        "sum(100*(x[1::2] - x[::2]^2)^2 + (1 - x[::2])^2)",
        X,
        BLOCKS,
    ),
    "a chain": ("sum((x[1:] - x[:-1]^2)^2)", X, BAND),
    "one for all": ("x[0]*sum(x[1:]^3)", X, ".xxxxx xx.... x.x... x..x.. x...x. x....x"),
    "what is linear": ("sum(x)*3 + x[2]", X, "...... ...... ...... ...... ...... ......"),
    "pairs by positions": (
        "sum(x[[0, 2]]^2*x[[1, 3]])",
        X,
        "xx.... x..... ..xx.. ..x... ...... ......",
    ),
    "a shared parameter": (
        "sum(exp(-(x - m)^2))",
        {"x": [1.0, 2.0, 3.0], "m": 0.5},
        "x..x .x.x ..xx xxxx",
    ),
}


@pytest.mark.parametrize("name", HESSIANS)
def test_the_pattern_of_a_hessian(name: str) -> None:
    text, values, expected = HESSIANS[name]
    wrt = tuple(name for name in values if name in "xm")
    assert drawn(found(text, wrt, 2, values)) == expected.split()


def test_names_stand_side_by_side_and_outputs_below_each_other() -> None:
    one = found("x*y, sum(y)", ("x", "y"), 1, {"x": [1.0, 2.0], "y": [3.0, 4.0]})
    assert drawn(one) == ["x.x.", ".x.x", "..xx"]


def test_a_name_that_is_not_asked_for_leaves_no_trace() -> None:
    assert drawn(found("x*sum(y)", ("x",), 1, {"x": [1.0, 2.0], "y": [3.0, 4.0]})) == ["x.", ".x"]


def test_what_is_given_may_decide_a_pattern_for_this_once() -> None:
    assert not found("x[i]", ("x",), 1, {**X, "i": [0, 1]}).lasting
    assert found("x[[0, 1]]", ("x",), 1, X).lasting


@pytest.mark.parametrize(("text", "rows"), [("x - mean(x)", 6), ("x[x > 0]", 6)])
def test_what_has_too_many_entries_or_no_size_has_no_pattern(text: str, rows: int) -> None:
    assert found(text, ("x",), 1, X, most=3 * rows).pattern is None


def test_a_sum_of_what_has_too_many_entries_has_a_pattern_again() -> None:
    """The difference from the mean has 36, their sum of squares has 6."""
    assert drawn(found("sum((x - mean(x))^2)", ("x",), 1, X, most=20)) == ["xxxxxx"]


def test_a_hundred_thousand_columns_take_no_loop() -> None:
    """Elements are met in NumPy alone: a few calls an operation, however many there are."""
    import sys

    def calls(size: int) -> int:
        count = 0

        def counted(frame: Any, event: str, _: Any) -> None:
            nonlocal count
            count += event == "call"

        x = np.linspace(0, 1, size)
        sys.setprofile(counted)
        try:
            found("(3 - 2*x)*x - concat([zeros(1), x[:-1]])", ("x",), 1, {"x": x})
        finally:
            sys.setprofile(None)
        return count

    calls(10)
    assert calls(100_000) == calls(100)
