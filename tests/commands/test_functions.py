"""``gradcli functions``: everything in the table is listed, and what is told of each is true."""

import json
import shlex

import numpy as np
import pytest
from calling import call, plain, terminal

from gradcli import Expression
from gradcli.language.names import function_names, functions, operators
from gradcli.reference.entries import entry, topics
from gradcli.reference.topics import TOPICS

NAMES = [one.name for entries in topics().values() for one in entries]


def test_every_function_is_listed_once_with_its_form():
    called = call("functions")
    rows = [line.split("\t") for line in called.out.splitlines()]
    assert (called.code, called.err) == (0, "")
    assert [row[0].partition("(")[0] for row in rows] == NAMES
    aliases = {alias for record in functions().values() for alias in record.aliases}
    assert sorted(NAMES) == sorted(set(function_names()) - aliases)
    assert all(len(row) == 3 and row[1] and row[2] in TOPICS for row in rows)


def test_json_lists_the_same():
    found = json.loads(call("functions", "--json").out)["functions"]
    assert [one["name"] for one in found] == NAMES


def test_topics_are_headings_at_a_terminal():
    called = terminal("functions", columns=200)
    assert called.code == 0
    lines = plain(called.out).splitlines()
    assert lines[0] == "Arithmetic"
    assert any(line.split() == ["sin(x)", "gradient", "g", "*", "cos(x)"] for line in lines)


@pytest.mark.parametrize(
    ("word", "lines"),
    [
        ("sin", ["form\tsin(x)", "gradient by x\tg * cos(x)", "PyTorch\tSinBackward0"]),
        ("*", ["form\tmul(a, b)", "operator\t*", "gradient by a\tg * b", "gradient by b\tg * a"]),
        ("mul", ["form\tmul(a, b)", "gradient by a\tg * b"]),
        ("-", ["form\tsub(a, b)", "gradient by b\t-g"]),
        ("**", ["form\tpow(a, b)", "operator\t^"]),
        ("not", ["form\tlogical_not(x)"]),
        ("arcsin", ["form\tasin(x)", "aliases\tarcsin"]),
        ("abs", ["convention\tthe gradient of abs at 0 is 0"]),
        ("norm", ["PyTorch\tLinalgVectorNormBackward0", "convention\tthe gradient of norm at 0 is 0"]),
        ("matmul", ["PyTorch\tMmBackward0, MvBackward0"]),
        ("flatten", ["stands for\treshape(x, shape=(6,))    in flatten(x)"]),
        ("diff", ["form\tdiff(expr, x, n=1)"]),
        ("size", ["form\tsize(x, axis=None)"]),
        ("sum", ["form\tsum(x, axis=None, keepdims=false)"]),
    ],
)
def test_what_is_told_of_one(word, lines):
    called = call("functions", word)
    assert (called.code, called.err) == (0, "")
    assert set(lines) <= set(called.out.splitlines())


@pytest.mark.parametrize("name", NAMES)
def test_an_example_prints_what_it_says(name):
    found = json.loads(call("functions", name, "--json").out)
    if found["example"] is None:
        return
    program, *words = shlex.split(found["example"]["command"])
    assert program == "gradcli"
    called = call(*words)
    assert called.out.rstrip("\n") == found["example"]["output"]
    assert (called.code, called.err.partition(":")[0]) in ((0, ""), (0, "warning"))


# Written for numbers, or for shapes that a test would have to make up.
@pytest.mark.parametrize(
    "name", [one for one in NAMES if entry(one).pullbacks and " for " not in entry(one).pullbacks[0].call]
)
def test_a_printed_derivative_is_the_derivative(name):
    """The formula is read back, and run on numbers."""
    for pullback in entry(name).pullbacks:
        call_of = Expression(pullback.call)
        least = 1.3 if "beyond_one" in entry(name).domain else 0.3
        used = {word: least + place / 7 for place, word in enumerate(call_of.variables)}
        if "condition" in used:
            used["condition"] = True
        seed = np.full(np.shape(call_of(**used)), 3.0)
        _, expected = call_of.vjp(seed, wrt=(pullback.argument,), **used)
        formula = Expression(pullback.formula)
        given = {word: value for word, value in {**used, "g": seed}.items() if word in formula.variables}
        assert formula(**given) == pytest.approx(expected[pullback.argument], rel=1e-12)


def test_an_unknown_function_is_met_with_the_nearest():
    called = call("functions", "crbt")
    assert (called.code, called.out) == (3, "")
    assert called.err.startswith("error: there is no function crbt\n  hint: ")
    assert (
        call("functions", "sine").err.endswith("sin, sinh or sign?\n")
        or "sin" in call("functions", "sine").err
    )


def test_every_operator_is_known():
    for symbol in operators():
        assert call("functions", symbol).code == 0
