"""What belongs to a part of a text, and what to the parts around it: every operation counts one."""

import pytest

from gradcli.answers import Answers
from gradcli.graph.node import reachable
from gradcli.nesting import Nesting, spans_of


def totals(text, **names):
    built = Answers(text).graph({})
    spans = spans_of(built)
    texts = {node: text[span.start : span.end] for node, span in spans.items()}
    ones = {node: 1 for node in reachable(built.written.outputs) if node.args}
    return {key: number for key, number in Nesting(spans, texts).totals(ones).items() if number}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x*y + sin(x)", {"x*y": 1, "sin(x)": 1, "x*y + sin(x)": 3}),
        ("(x+2)*(x+2)", {"x+2": 2, "(x+2)*(x+2)": 3}),
        # Another statement is not inside.
        ("y = x + 2; y*y", {"x + 2": 1, "y*y": 1}),
        # The body of a function is one part of the text, however often it is used.
        ("f(a) = exp(a); f(x) * f(2x)", {"exp(a)": 2, "2x": 1, "f(x) * f(2x)": 2}),
        # Of x*x*x the inner product stands in the outer one.
        ("x*x*x", {"x*x": 1, "x*x*x": 2}),
        ("-(-x)", {"-x": 1, "-(-x)": 2}),
    ],
)
def test_totals(text, expected):
    assert totals(text) == expected


def test_what_a_derivative_in_the_text_is_made_of_belongs_to_it():
    found = totals("2 * grad(sin(x) * x, x)")
    assert found["2 * grad(sin(x) * x, x)"] == found["grad(sin(x) * x, x)"] + 1
