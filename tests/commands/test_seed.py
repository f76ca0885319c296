"""``--seed``: random numbers that a command repeats."""

import json

import pytest
from calling import call


def numbers(*arguments):
    """The value that a command prints as JSON."""
    found = call(*arguments, "--json")
    assert (found.code, found.err) == (0, "")
    return json.loads(found.out)["value"]


def test_a_command_repeats_its_numbers():
    assert (
        numbers("eval", "rand(3)") == numbers("eval", "rand(3)") == numbers("eval", "rand(3)", "--seed", "0")
    )
    assert numbers("eval", "rand(3)") != numbers("eval", "rand(3)", "--seed", "1")


@pytest.mark.parametrize("command", ["eval", "grad", "jacobian"])
def test_every_command_sees_the_same_numbers(command):
    text = ("sum(x * rand(3))", "x=rand(3)", "--seed", "5")
    assert numbers(command, *text) == numbers("eval", *text)


def test_values_of_names_are_seeded_too():
    assert numbers("eval", "x", "x=rand(3)") != numbers("eval", "y", "y=rand(3)")
    assert numbers("eval", "x", "x=rand(3)") != numbers("eval", "x", "x=rand(3)", "--seed", "1")
    weights = ("grad", "2x", "x=1,2,3", "--vector", "rand(3)")
    assert call(*weights).out == call(*weights, "--seed", "0").out != call(*weights, "--seed", "1").out


def test_the_graph_shows_them():
    drawn = call("graph", "sum(x * rand(2))", "x=1,2")
    assert drawn.code == 0
    assert drawn.out != call("graph", "sum(x * rand(2))", "x=1,2", "--seed", "1").out


def test_each_line_is_a_text_of_its_own():
    found = call("eval", "--lines", "--seed", "7", stdin="rand(2)\nrand(2)\n")
    first, second = found.out.splitlines()
    assert json.loads(first) == json.loads(second) == numbers("eval", "rand(2)", "--seed", "7")


@pytest.mark.parametrize("seed", ["-1", "1.5", "x"])
def test_what_is_no_seed(seed):
    found = call("eval", "rand(3)", "--seed", seed)
    assert found.code == 2
    assert "--seed" in found.err
