"""The reading of a text says how it binds, and reads back as itself."""

from __future__ import annotations

import json
import random

import pytest
from grammar_texts import random_text

from gradcli.errors import Source
from gradcli.language.parser import parse
from gradcli.language.reading import reading, tree_json_text
from gradcli.language.tree import Token, Tree

MANY = 100_000

READINGS = {
    "mean((x + 2)*(x + 2)*2)": "mean(((x + 2) * (x + 2)) * 2)",
    # powers
    "-2^2": "-(2 ^ 2)",
    "2^3^2": "2 ^ (3 ^ 2)",
    "2**3": "2 ^ 3",
    "2^-1": "2 ^ (-1)",
    "-x²": "-(x ^ 2)",
    "x³ + 1": "(x ^ 3) + 1",
    "x[0]^2": "x[0] ^ 2",
    # products
    "a * b / c": "(a * b) / c",
    "a / b * c": "(a / b) * c",
    "a // b % c @ d": "((a // b) % c) @ d",
    "a - b - c": "(a - b) - c",
    "a + b * c": "a + (b * c)",
    "-a * b": "(-a) * b",
    "a * -b": "a * (-b)",
    # coefficients
    "2x": "2 * x",
    "3(x+1)": "3 * (x + 1)",
    "2sin(x)": "2 * sin(x)",
    "2x^2": "2 * (x ^ 2)",
    "2√x": "2 * sqrt(x)",
    "-2x": "-(2 * x)",
    "x / y * 2z": "(x / y) * (2 * z)",
    "2e3": "2e3",
    "1e-3": "1e-3",
    "1_000": "1_000",
    "2e": "2 * e",
    "2 if x else y": "2 if x else y",
    # comparisons and logic
    "0 < x < 1": "0 < x < 1",
    "x + 1 <= y ≠ 2": "(x + 1) <= y != 2",
    "not a and b or c": "((not a) and b) or c",
    "a or b and not c < d": "a or (b and (not (c < d)))",
    "a if b else c if d else f": "a if b else (c if d else f)",
    "a or b if c and d else f": "(a or b) if (c and d) else f",
    # pasted text
    "a × b · c ÷ d − e": "(((a * b) * c) / d) - e",
    "√x + √(y + 1)": "sqrt(x) + sqrt(y + 1)",
    "√√x": "sqrt(sqrt(x))",
    "√x.T": "sqrt(x.T)",
    "π + τ - ∞": "(pi + tau) - inf",
    # calls, attributes, indices
    "x.sum(axis=-1)": "x.sum(axis=-1)",
    "(a + b).T": "(a + b).T",
    "2.T": "(2).T",
    "A[0, :, 1:, ::2, ..., None]": "A[0, :, 1:, ::2, ..., None]",
    "x[-1:n + 1]": "x[(-1):(n + 1)]",
    'einsum("i,i", a, b)': 'einsum("i,i", a, b)',
    # arrays, tuples, statements
    "[[1,2],[3,x+y]]": "[[1, 2], [3, x + y]]",
    "(2, 3)": "2, 3",
    "f((2,), ())": "f((2,), ())",
    "a,": "a,",
    "w, v = eigh(A)": "w, v = eigh(A)",
    "f(a, b) = a^2 + sin(b)": "f(a, b) = (a ^ 2) + sin(b)",
    "y = x + 2; mean(y*y*2)": "y = x + 2\nmean((y * y) * 2)",
}


@pytest.mark.parametrize(("text", "expected"), READINGS.items(), ids=READINGS)
def test_the_precedence_of_the_language(text: str, expected: str):
    assert reading(parse(Source(text))) == expected


@pytest.mark.parametrize("text", READINGS)
def test_a_reading_reads_as_itself(text: str):
    once = reading(parse(Source(text)))
    assert reading(parse(Source(once))) == once


def test_any_reading_reads_as_itself():
    rng = random.Random(3)
    for _ in range(2000):
        once = reading(parse(Source(random_text(rng, rng.choice([5, 10, 20, 40, 80])))))
        assert reading(parse(Source(once))) == once


def test_json():
    tree = parse(Source("2x"))
    assert json.loads(tree_json_text(tree)) == {
        "rule": "start",
        "span": [0, 2],
        "children": [
            {
                "rule": "coefficient",
                "span": [0, 2],
                "children": [
                    {"token": "COEFFICIENT", "text": "2", "span": [0, 1]},
                    {
                        "rule": "name",
                        "span": [1, 2],
                        "children": [{"token": "NAME", "text": "x", "span": [1, 2]}],
                    },
                ],
            }
        ],
    }


def as_json(part: Tree | Token) -> dict[str, object]:
    if isinstance(part, Token):
        return {"token": part.kind, "text": part.text, "span": [part.start, part.end]}
    children = [as_json(child) for child in part.children]
    return {"rule": part.rule, "span": [part.start, part.end], "children": children}


def test_the_json_is_the_tree():
    rng = random.Random(4)
    for _ in range(500):
        tree = parse(Source(random_text(rng, 30)))
        assert json.loads(tree_json_text(tree)) == as_json(tree)


@pytest.mark.parametrize(
    "text",
    ["+".join(["x"] * MANY), "-" * MANY + "x", "f(" * MANY + "x" + ")" * MANY, "^".join(["x"] * MANY)],
    ids=["terms", "minus", "calls", "powers"],
)
def test_depth_is_no_limit(text: str):
    tree = parse(Source(text))
    assert reading(tree).count("x") == text.count("x")
    assert tree_json_text(tree).count('"NAME"') >= text.count("x")
