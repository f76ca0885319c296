"""Random expressions, calls that need not be right, and options, drawn and measured on tensors."""

from __future__ import annotations

import re
from random import Random

from calling import call
from hypothesis import given, settings
from hypothesis import strategies as st
from random_expressions import SHAPES, calls, expressions

VALUES = {
    "s": "s=0.7",
    "x": "x=1,-2,0.5",
    "y": "y=0.3,2,0",
    "A": "A=[[1,2,3],[4,5,6]]",
    "B": "B=[[2,0,1],[0,3,0],[1,0,4]]",
}
COMMANDS = (["graph", "--backward"], ["profile", "--repeat", "1"])
OPTIONS = (
    *(
        ["--wrt", "x"],
        ["--wrt", "y,x"],
        ["--wrt", "q"],
        ["--wrt", ""],
        ["--sort", "memory"],
        ["--group", "op"],
    ),
    *(
        ["--group", "shape"],
        ["--precision", "2"],
        ["--precision", "0"],
        ["--json"],
        ["--verbose"],
        ["--ascii"],
    ),
    *(["--vector", "1"], ["--seed", "3"], ["--repeat", "0"], ["--lines"], ["-f", "nowhere"], ["x=1"]),
    *(["A=zeros((0, 3))"], ["x=nan,1,2"], ["x=1,2"], ["--vars", "nowhere.json"]),
)


@st.composite
def command_lines(draw: st.DrawFn) -> list[str]:
    """A command, mostly with all values and few options."""
    text = draw(st.one_of(calls(), *[expressions(shape) for shape in sorted(set(SHAPES.values()))]))
    random = Random(draw(st.integers(0, 2**32)))
    words = [value for name, value in VALUES.items() if re.search(rf"\b{name}\b", text)]
    if words and random.random() < 0.1:
        words.remove(random.choice(words))
    options = [option for _ in range(random.choice((0, 0, 1, 2))) for option in random.choice(OPTIONS)]
    return [*random.choice(COMMANDS), *options, "--", text, *words]


@settings(max_examples=150, deadline=None, derandomize=True)
@given(command_lines())
def test_random_expressions_are_drawn_and_measured(arguments: list[str]):
    answer = call(*arguments)
    assert answer.code in (0, 2, 3, 5)
    assert "gradcli itself failed" not in answer.err
    assert "Traceback" not in answer.err
    assert (answer.code == 0) == (answer.out != "")
    if answer.code:
        assert "error" in answer.err
    elif "--verbose" not in arguments:
        assert "Warning" not in answer.err
