"""At a terminal: tables, colour, the drawn graph, and words before waiting for input."""

import sys

import pytest
from calling import ESCAPE, INTERRUPTED, plain, terminal

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo-terminals")

TABLE = """\
╭───────┬────────┬────────╮
│ name  │ shape  │ value  │
├───────┼────────┼────────┤
│ value │ scalar │ 5      │
│ x     │ (2,)   │ [2, 4] │
╰───────┴────────┴────────╯
"""
SQUARES = ["grad", "sum(x^2)", "x=1,2"]


def test_results_are_a_table_in_colour():
    called = terminal(*SQUARES)
    assert called.code == 0
    assert ESCAPE in called.out
    assert plain(called.out) == TABLE


@pytest.mark.parametrize("extra", [{"NO_COLOR": "1"}, {"TERM": "dumb"}], ids=str)
def test_no_escape_where_none_is_wanted(extra):
    assert terminal(*SQUARES, **extra).out == TABLE


def test_color_never():
    assert terminal(*SQUARES, "--color", "never").out == TABLE


def test_six_digits_and_a_table_no_wider_than_the_terminal():
    called = terminal("eval", "linspace(0, 1, 12)", columns=40)
    lines = plain(called.out).split("\n")
    assert max(map(len, lines)) == 40
    assert "0.0909091" in called.out


def test_a_large_array_is_summarised():
    called = terminal("eval", "eye(100)")
    assert "[[1, 0, 0, ..., 0, 0, 0]," in called.out
    assert "(100, 100)" in called.out


def test_the_graph_keeps_to_the_terminal():
    called = terminal("graph", "mean((x+2)*(x+2)*2)", "x=1,2,3", columns=50)
    lines = plain(called.out).rstrip("\n").split("\n")
    assert max(map(len, lines)) <= 50
    assert lines[1].startswith("●      mean  ()     33.33")


def test_an_error_is_red_and_under_the_text():
    called = terminal("eval", "men(1)")
    assert called.code == 3
    assert f"{ESCAPE}[1;31merror:{ESCAPE}[0m there is no function men()\n" in called.out
    assert plain(called.out).split("\n")[1:3] == ["  men(1)", "  ^^^"]


def test_a_long_text_is_cut_around_the_error():
    text = " + ".join(["x"] * 60) + " + men(1) + " + " + ".join(["x"] * 60)
    called = terminal("eval", text, "x=1", columns=60)
    source, marks = plain(called.out).split("\n")[1:3]
    assert len(source) <= 60
    assert source[marks.index("^") :].startswith("men(1)")


@pytest.mark.parametrize(
    "arguments", [["eval", "-f", "-"], ["eval", "--lines"], ["eval", "x", "x=@-"]], ids=str
)
def test_waiting_for_standard_input_is_told_at_once(arguments):
    told = "reading standard input; end it with Ctrl-D"
    called = terminal(*arguments, typed=b"1\n\x04", until=told)
    assert called.code == 0
    assert called.out.startswith(told)
    assert "1" in called.out.split("\n", 2)[2]


def test_ctrl_c_ends_the_waiting():
    told = "reading standard input; end it with Ctrl-D"
    called = terminal("eval", "-f", "-", typed=b"\x03", until=told)
    assert called.code == INTERRUPTED
    assert "Traceback" not in called.out


def test_a_drawing_keeps_to_the_terminal():
    wide = ["graph", "--backward", "a, b, c = unbind(x); mean(exp(A@x))*a*b*c", "x=1,2,3", "A=ones((2,3))"]
    called = terminal(*wide, columns=60)
    lines = plain(called.out).splitlines()
    drawn = lines[: lines.index("warning: the drawing is 95 columns wide, and there are 60")]
    # A row for each of nine nodes below the titles.
    assert len(drawn) == 10
    assert max(map(len, drawn)) == 60
    assert lines[-1] == "  hint: pipe it into less -S to see all of it"
    # Less of each value is shown before anything is cut.
    assert any("self=2-D array" in line for line in drawn)
    assert "warning" not in plain(terminal(*wide, columns=100).out)
    assert "self=[[1 1 1] [1 1 1]]" in plain(terminal(*wide, columns=120).out)


def test_a_row_of_a_profile_stays_on_its_line():
    called = terminal("profile", "mean((x+2)*(x+2)*2)", "x=1,2,3", "--repeat", "1")
    rows = [line for line in plain(called.out).splitlines() if line.startswith("│")]
    assert len(rows) == 6
    assert any(row.startswith("│ mean((x+2)") and "… │" in row for row in rows)
