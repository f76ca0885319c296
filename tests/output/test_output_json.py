"""Results and errors as JSON."""

import json
import math
import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradcli.errors import NameProblem, ShapeProblem, Source, Span, UsageError
from gradcli.output.jsonform import dumps, dumps_error

NAN, INF = math.nan, math.inf


@pytest.mark.parametrize(
    ("result", "text"),
    [
        ({"value": 0.1}, '{"value": 0.1}'),
        ({"value": 3.0, "grad": {"θ": -0.0}}, '{"value": 3.0, "grad": {"θ": -0.0}}'),
        ({"value": True}, '{"value": true}'),
        ({"value": np.float64(1.5)}, '{"value": 1.5}'),
        ({"value": np.array(2.0)}, '{"value": 2.0}'),
        ({"value": np.array([0.1], dtype=np.float32)}, '{"value": [0.1]}'),
        ({"value": np.array([[1.0], [2.0]])}, '{"value": [[1.0], [2.0]]}'),
        ({"value": np.array([True])}, '{"value": [true]}'),
        ({"value": NAN}, '{"value": "nan"}'),
        ({"value": (INF, -INF), "outputs": 2}, '{"value": ["inf", "-inf"], "outputs": 2}'),
        ({"value": np.array([[NAN, 1.0]]), "jvp": 2.0}, '{"value": [["nan", 1.0]], "jvp": 2.0}'),
        ({"value": np.float32(INF)}, '{"value": "inf"}'),
        ({"shape": [2, 3], "row": [0], "col": [1], "data": [NAN]},
         '{"shape": [2, 3], "row": [0], "col": [1], "data": ["nan"]}'),
    ],
)  # fmt: skip
def test_a_result(result, text):
    assert dumps(result) == text


def test_a_precision_rounds_numbers_and_nothing_else():
    result = {
        "value": 1 / 3,
        "grad": {"x": np.array([2 / 3, 1e-9 / 7, 100.0]), "y": True},
        "shape": [1234567],
    }
    assert dumps(result, 3) == (
        '{"value": 0.333, "grad": {"x": [0.667, 1.43e-10, 100.0], "y": true}, "shape": [1234567]}'
    )


@given(st.lists(st.floats(), max_size=5))
def test_every_float_reads_back_and_the_text_is_strict(numbers):
    def refuse(literal):
        raise AssertionError(literal)

    back = json.loads(dumps({"value": np.array(numbers)}), parse_constant=refuse)["value"]
    assert [repr(float(number)) for number in back] == [repr(number) for number in numbers]


ERROR = ShapeProblem(
    "these do not fit", span=Span(10, 13, (11, 12)), hint="reshape one", source=Source("a = 1\nb = a+c")
)


def test_an_error():
    assert dumps_error(ERROR) == (
        '{"error": {"kind": "shape", "message": "these do not fit", "hint": "reshape one", '
        '"line": 2, "column": 5, "span": [10, 13]}}'
    )


def test_an_error_of_a_line():
    assert dumps_error(UsageError("no"), 7) == (
        '{"line": 7, "error": {"kind": "usage", "message": "no", "hint": null, '
        '"line": null, "column": null, "span": null}}'
    )


def test_a_span_without_its_text():
    error = json.loads(dumps_error(NameProblem("no", span=Span(1, 2))))["error"]
    assert (error["line"], error["column"], error["span"]) == (None, None, [1, 2])


@pytest.mark.parametrize(
    ("text", "span", "place"),
    [
        ("1 +", (3, 3), (1, 4)),
        ("a = 1\n1 +\n\n", (11, 11), (2, 4)),
        ("a\r\nb", (3, 4), (2, 1)),
        ("", (0, 0), (1, 1)),
        ("ab", (7, 9), (1, 3)),
    ],
)
def test_line_and_column(text, span, place):
    error = json.loads(dumps_error(NameProblem("no", span=Span(*span), source=Source(text))))["error"]
    assert (error["line"], error["column"]) == place


def test_a_file_name_that_is_no_text_stays_writable():
    text = dumps_error(UsageError("cannot read \udcff.csv"))
    assert "\\udcff.csv" in text
    assert text.isascii()


def test_small_results_are_fast():
    start = time.process_time()
    for number in range(100_000):
        dumps({"value": 1.5, "grad": {"x": number / 7}})
    assert time.process_time() - start < 5
