"""Graphs as texts: a derivative of every record is printed, read back with the same names, and agrees."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose
from sampling import Sample, built, records, run, samples, value_of, weight

from gradcli.errors import Source
from gradcli.graph import derive
from gradcli.graph.node import Node, Operation, ops, variable
from gradcli.language.names import Given
from gradcli.language.parser import parse
from gradcli.output.formula import formula

# What the language cannot say, and why; such an operation is printed as a call of its own name.
HIDDEN = {
    "clustered": "whether eigenvalues meet, up to rounding, decides how a quotient is computed",
    "confluent": "where a quotient is taken as its limit, up to rounding",
    "cofactor_turn": "a derivative of a determinant along any number of directions",
    "dropout_mask": "the same draw as that of the dropout it belongs to",
    "fit": "sums or stretches to a size that only the run knows",
    "scatter_like": "zeros of a size that only the run knows",
    "padded": "fills up a size that only the run knows",
    "trimmed": "cuts to a size that only the run knows",
    "recurrence": "each element needs the one before it",
    "newest": "the share of each element in those so far",
    "shifted": "moves elements and fills the free place",
}
CASES = [
    (record.name, place)
    for record in records()
    for place, sample in enumerate(samples(record.name))
    if sample.floats and sample.sized and not sample.empty
]


def pullback(sample: Sample) -> tuple[list[Node], dict[str, Any]]:
    """The cotangents of the inputs, and the values that they are computed from."""
    shape = sample.output.shape
    found = derive.vjp([(sample.smooth, variable("g", shape))], sample.floats)
    values = {**sample.values, "g": value_of(np.asarray(weight(shape, "written")))}
    return [one for one in found if one is not None], values


def called(text: str) -> set[str]:
    return set(re.findall(r"(\w+)\(", text))


@pytest.mark.parametrize("name", sorted({name for name, _ in CASES}))
def test_a_pullback_reads_back(name: str) -> None:
    for place in [place for one, place in CASES if one == name]:
        sample = samples(name)[place]
        if "rand" in sample.label:
            continue  # drawn by where in the text it stands
        outputs, values = pullback(sample)
        if not outputs:
            continue
        text = formula(outputs)
        hidden = called(text) & {record.name for record in ops if record.hidden}
        assert hidden <= set(HIDDEN), text
        if hidden:
            continue
        for found, expected in zip(run(read(text, values), values), run(outputs, values), strict=True):
            assert_allclose(found, expected, rtol=1e-9, atol=1e-9, err_msg=text)


def read(text: str, values: dict[str, Any]) -> list[Node]:
    """The graphs of a text of one result or several."""
    given = {
        name: Given(np.shape(value), "bool" if np.asarray(value).dtype == bool else "float", value)
        for name, value in values.items()
    }
    source = Source(text)
    return list(built(parse(source), source, given, tuple(values)).outputs)


@pytest.mark.parametrize("name", HIDDEN)
def test_what_is_said_not_to_have_a_form_is_written_as_a_call(name: str) -> None:
    record = ops.records[name]
    assert record.hidden
    assert not record.spelling
    assert record.written is None


@pytest.mark.parametrize("record", [one for one in ops if one.hidden], ids=lambda one: one.name)
def test_a_hidden_record_has_a_spelling_or_a_reason(record: Operation) -> None:
    # A factorization is left out: what reads from it is written as the function's result.
    packed = record.name.endswith("_packed")
    assert packed or record.spelling or record.symbol or record.written or record.name in HIDDEN


X, Y = variable("x"), variable("y")


@pytest.mark.parametrize(
    ("node", "text"),
    [
        (ops.bell(X), "sigmoid(x) * sigmoid(-x)"),
        (ops.bell(X + Y) ** 2, "(sigmoid(x + y) * sigmoid(-(x + y))) ^ 2"),
        (ops.bell(X * Y + X) ** 2, "t1 = x * y + x\n(sigmoid(t1) * sigmoid(-t1)) ^ 2"),
        (ops.bell(-X), "sigmoid(-x) * sigmoid(--x)"),
        (1 / ops.one_less_square(X), "1 / ((1 - x) * (1 + x))"),
        (ops.one_less_square(-X), "(1 - -x) * (1 + -x)"),
        (ops.win_share(X, Y) * 2, "where(x == y, 0.5, x > y) * 2"),
        (ops.ties(X, ops.number(ops.gt(X, Y))), "x == (x > y)"),
        (ops.number(ops.ties(X, Y)) * X, "(x == y) * x"),
        (-ops.entropy_part(X), "--xlogy(x, x)"),
        (ops.entropy_part(X) ** 2, "(-xlogy(x, x)) ^ 2"),
        (ops.sinc_slope(X + Y, order=2), "t1 = x + y\ndiff(sinc(t1), t1, 2)"),
        (
            ops.choice(ops.gt(X, Y), X + Y, ops.choice(ops.gt(X, 0), X, Y)),
            "x + y if x > y else x if x > 0 else y",
        ),
        (ops.choice(ops.gt(X, Y), X, Y) * 2, "(x if x > y else y) * 2"),
        (ops.choice(ops.gt(ops.choice(ops.gt(X, Y), X, Y), 1), X, Y), "x if (x if x > y else y) > 1 else y"),
    ],
)
def test_brackets_stand_where_a_spelling_needs_them(node: Node, text: str) -> None:
    assert formula([node]) == text
    values = {"x": 0.3, "y": 0.7}
    assert_allclose(run(read(text, values), values), run([node], values), rtol=1e-15)


def test_one_factorization_is_written_as_the_function_that_gives_it() -> None:
    a = variable("A", (2, 2))
    e = ops.eigh_packed(a)
    assert formula([ops.eigenvalues(a, e), ops.eigenvectors(a, e)]) == "eigh(A)[0], eigh(A)[1]"


def test_an_adjoint_is_written_by_zeros_of_its_shape() -> None:
    x = variable("x", (2, 3))
    (found,) = derive.vjp([(ops.index(x, spec=(("at", 1), ("all",))), variable("g", (3,)))], [x])
    assert found is not None
    assert formula([found]) == "t1 = zeros(2, 3)\nvjp(t1[1, :], t1, g)"


def test_a_draw_that_is_used_twice_is_written_once() -> None:
    drawn = ops.rand(shape=(), seed=0)
    assert formula([drawn * drawn]) == "t1 = rand()\nt1 * t1"
