"""What the answers look like: raw for a pipe, JSON, digits, types, files."""

import json

import pytest
from calling import ESCAPE, call

from gradcli.execute.memory import room

RAW = [
    (["eval", "1/3"], "0.3333333333333333"),
    (["eval", "2^0.5"], "1.4142135623730951"),
    (["eval", "-2^2"], "-4"),
    (["eval", "2^3^2"], "512"),
    (["eval", "1 < 2"], "true"),
    (["eval", "[1, 2, 3] / 2"], "0.5 1 1.5"),
    (["eval", "[[1, 2], [3, 4]].T"], "1 3\n2 4"),
    (["eval", "ones((2, 1, 2))"], "1 1\n\n1 1"),
    (["eval", "1, [1, 2]"], "1\n[1, 2]"),
    (["eval", "[]"], ""),
    (["grad", "mean((x+2)*(x+2)*2)", "x=1,2,4"], "value\t40.666666666666664\nx\t[4, 5.333333333333333, 8]"),
    (["grad", "x*y", "x=2", "y=5"], "value\t10\nx\t5\ny\t2"),
    (["grad", "x*y", "x=2", "y=5", "--wrt", "y,x"], "value\t10\ny\t2\nx\t5"),
    (["grad", "x*y", "x=2", "y=5", "--wrt", "y, y"], "value\t10\ny\t2"),
    (
        ["grad", "A @ x", "A=[[1,2],[3,4]]", "x=1,1", "--wrt", "x", "--vector", "1,10"],
        "value\t[3, 7]\nx\t[31, 42]",
    ),
    (["grad", "x, x^2", "x=3", "--vector", "0=1", "--vector", "1=2"], "value\t3\t9\nx\t13"),
    (["grad", "3"], "value\t3"),
    (["grad", "x[x > 0]", "x=1,-1,2", "--vector", "5,6"], "value\t[1, 2]\nx\t[5, 0, 6]"),
    (["jacobian", "[x*y, x/y]", "x=1", "y=2"], "value\t[2, 0.5]\nx\t[2, 0.5]\ny\t[1, -0.25]"),
    (["jacobian", "x^2", "x=1,2"], "value\t[1, 4]\nx\t[[2, 0], [0, 4]]"),
    (["jacobian", "x, 2x", "x=1,2"], "value\t[1, 2]\t[2, 4]\nx\t[[1, 0], [0, 1]]\t[[2, 0], [0, 2]]"),
    (["jacobian", "x[x > 1]", "x=1,2,3"], "value\t[2, 3]\nx\t[[0, 1, 0], [0, 0, 1]]"),
    (["eval", "1/3", "--precision", "3"], "0.333"),
    (
        ["grad", "x^3/3", "x=0.1,2", "--vector", "1,1", "--precision", "2"],
        "value\t[0.00033, 2.7]\nx\t[0.01, 4]",
    ),
    (["eval", "1/3", "--dtype", "float32"], "0.33333334"),
    (["grad", "x/3", "x=1", "--dtype", "float32"], "value\t0.33333334\nx\t0.33333334"),
    (["eval", "2^24 + 1", "--dtype", "float32"], "16777216"),
    (["eval", "1", "-o", "raw"], "1"),
    (["parse", "-2x^2/3"], "(-(2 * (x ^ 2))) / 3"),
    (["parse", "a = 2sin(x)²; a, -a"], "a = 2 * (sin(x) ^ 2)\na, -a"),
]


@pytest.mark.parametrize(("arguments", "shown"), RAW, ids=lambda part: str(part)[:50])
def test_raw(arguments, shown):
    assert call(*arguments) == (0, shown + "\n", "")


JSON = [
    (["eval", "1/4"], {"value": 0.25}),
    (["eval", "1 < 2"], {"value": True}),
    (["eval", "[[1, 2], [3, 4]]"], {"value": [[1, 2], [3, 4]]}),
    (["eval", "1, [1, 2]"], {"value": [1, [1, 2]], "outputs": 2}),
    (["eval", "[1, 1, -1] / 0 * [0, 1, 1]"], {"value": ["nan", "inf", "-inf"]}),
    (["grad", "x*y", "x=2", "y=5"], {"value": 10, "grad": {"x": 5, "y": 2}}),
    (["grad", "3"], {"value": 3, "grad": {}}),
    (["jacobian", "x^2", "x=1,2"], {"value": [1, 4], "jacobian": {"x": [[2, 0], [0, 4]]}}),
    (
        ["jacobian", "x, [x, x]", "x=1"],
        {"value": [1, [1, 1]], "outputs": 2, "jacobian": {"x": [1, [1, 1]]}},
    ),
    (["eval", "1/3", "--precision", "2"], {"value": 0.33}),
    (["eval", "1/3", "--dtype", "float32"], {"value": 0.33333334}),
]


@pytest.mark.parametrize(("arguments", "shown"), JSON, ids=lambda part: str(part)[:50])
def test_json(arguments, shown):
    called = call(*arguments, "--json", "--quiet")
    assert called.out.count("\n") == 1
    assert json.loads(called.out, parse_constant=pytest.fail) == shown
    for option in (["-o", "json"], ["-o", "jsonl"], ["--output=json"]):
        assert call(*arguments, *option, "--quiet") == called


def test_the_digits_of_json_read_back_to_the_same_float():
    for text in ("0.1 + 0.2", "1e-320", "2^53 + 2", "-0", "1.7976931348623157e308"):
        value = json.loads(call("eval", text, "--json").out)["value"]
        assert repr(value) == repr(float(eval(text.replace("^", "**").replace("-0", "-0.0"))))


def test_a_table_is_given_where_it_is_asked_for():
    expected = (
        "╭───────┬────────┬────────╮\n"
        "│ name  │ shape  │ value  │\n"
        "├───────┼────────┼────────┤\n"
        "│ value │ scalar │ 5      │\n"
        "│ x     │ (2,)   │ [2, 4] │\n"
        "╰───────┴────────┴────────╯\n"
    )
    assert call("grad", "sum(x^2)", "x=1,2", "-o", "table") == (0, expected, "")
    ascii = call("grad", "sum(x^2)", "x=1,2", "-o", "table", "--ascii").out
    assert ascii.isascii()
    assert "| x     | (2,)   | [2, 4] |" in ascii


def test_the_result_goes_to_a_file(tmp_path):
    path = tmp_path / "result.txt"
    assert call("grad", "x^2", "x=3", "--out", str(path)) == (0, "", "")
    assert path.read_text() == "value\t9\nx\t6\n"
    assert call("eval", "[1, 2]", "--json", "--out", str(path)) == (0, "", "")
    assert path.read_text() == '{"value": [1.0, 2.0]}\n'
    assert call("graph", "x", "--ascii", "--out", str(path)) == (0, "", "")
    assert path.read_text() == "      shape\no  x  ()\n"


def test_nothing_is_cut_and_nothing_coloured_in_a_pipe():
    numbers = ", ".join(map(str, range(2000)))
    called = call("eval", f"[{numbers}]", env={"COLUMNS": "40", "FORCE_COLOR": "1"})
    assert called.out == " ".join(map(str, range(2000))) + "\n"
    assert ESCAPE not in call("grad", "x", "x=1", "--json", env={"FORCE_COLOR": "1"}).out


def test_the_same_input_gives_the_same_bytes():
    calls = [call("graph", "f(a) = a^2 * y; f(x) + f(2x)", "x=1", "y=2", "--wrt", "x,y") for _ in range(3)]
    assert calls[0] == calls[1] == calls[2]
    assert "0x" not in calls[0].out


def test_too_many_numbers_for_a_text_are_refused_before_it_is_written():
    # A quarter of the memory there is for the array, and three times as much as there is for its text.
    rows = room.allowed() // 32_000
    called = call("eval", f"zeros(({rows}, 1000))")
    assert called.code == 5
    assert called.out == ""
    assert called.err == (
        f"error: there is not enough memory to write {rows}000 numbers as text\n"
        "  hint: reduce them, with sum() for example, or take a part, such as x[:100]\n"
    )
