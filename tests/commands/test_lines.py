"""--lines: output line i answers input line i, whatever the lines hold."""

import json
import subprocess
import sys

import pytest
from calling import call, environment

LINES = "1 + 1\n\n2 +\n# a comment\n3 * x"


def test_every_line_is_answered_and_what_is_wrong_is_told_apart():
    assert call("eval", "--lines", "x=4", stdin=LINES) == (
        5,
        "2\n\n\n\n12\n",
        "error: unexpected end of the expression: '+' needs a value on its right\n"
        "  line 3, column 4:\n"
        "  2 +\n"
        "     ^\n"
        "  hint: add the value\n"
        "error: 1 of 5 lines failed; the first is line 3\n",
    )


def test_with_json_an_error_stands_in_its_line():
    called = call("grad", "--lines", "x=4", "--json", stdin=LINES)
    assert called.code == 5
    assert [json.loads(line) for line in called.out.splitlines()] == [
        {"value": 2, "grad": {}},
        None,
        {
            "line": 3,
            "error": {
                "kind": "syntax",
                "message": "unexpected end of the expression: '+' needs a value on its right",
                "hint": "add the value",
                "line": 1,
                "column": 4,
                "span": [3, 3],
            },
        },
        None,
        {"value": 12, "grad": {"x": 3}},
    ]
    (summary,) = called.err.splitlines()
    assert json.loads(summary)["error"]["message"] == "1 of 5 lines failed; the first is line 3"


def test_strict_stops_at_the_first_bad_line():
    called = call("eval", "--lines", "--strict", "x=4", stdin=LINES)
    assert (called.code, called.out) == (5, "2\n\n\n")
    assert called.err.endswith("error: 1 of 3 lines failed; the first is line 3\n")


def test_errors_are_collected_in_a_file(tmp_path):
    collected = tmp_path / "errors.jsonl"
    called = call("eval", "--lines", "--errors", str(collected), stdin="1 +\n2\ny\n")
    assert called == (5, "\n2\n\n", "error: 2 of 3 lines failed; the first is line 1\n")
    found = [json.loads(line) for line in collected.read_text().splitlines()]
    assert [(one["line"], one["error"]["kind"]) for one in found] == [(1, "syntax"), (3, "name")]


def test_the_file_of_errors_is_empty_where_there_are_none(tmp_path):
    collected = tmp_path / "errors.jsonl"
    assert call("eval", "--lines", "--errors", str(collected), stdin="1\n") == (0, "1\n", "")
    assert collected.read_text() == ""


def test_fields_stand_in_the_order_of_wrt():
    # d(xy)/dx = y, d(xy)/dy = x
    called = call("grad", "--lines", "x=2", "y=5", "--wrt", "y,x", stdin="x*y\nx + 3y\n")
    assert called == (0, "10\t2\t5\n17\t3\t1\n", "")
    called = call("jacobian", "--lines", "x=1,2", stdin="x\nsum(x)")
    assert called == (0, "[1, 2]\t[[1, 0], [0, 1]]\n3\t[1, 1]\n", "")
    called = call("eval", "--lines", stdin="[[1, 2], [3, 4]]\n1, [2, 3]\n1 < 2\n")
    assert called == (0, "[[1, 2], [3, 4]]\n1\t[2, 3]\ntrue\n", "")


def test_lines_of_a_file_are_named_with_it(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    tmp_path.joinpath("exprs.txt").write_text("1\n2 + yy\n")
    assert call("eval", "--lines", "-f", "exprs.txt", "y=1") == (
        5,
        "1\n\n",
        "error: yy has no value\n"
        "  exprs.txt:2:5\n"
        "  2 + yy\n"
        "      ^^\n"
        "  the names there are: y\n"
        "  hint: did you mean y? Or give it one: yy=...\n"
        "warning: y is given, and the expression does not use it\n"
        "error: 1 of 2 lines failed; the first is line 2\n",
    )


def test_an_error_without_a_place_in_the_line_names_the_line():
    called = call("grad", "--lines", "x=1", "--vector", "1", stdin="x\nx, x\n")
    assert called.out == "1\t1\n\n"
    assert called.err == (
        "error: 2 outputs and 1 vector: each output needs one\n"
        "  line 2\n"
        "  hint: write --vector 0=... --vector 1=...\n"
        "error: 1 of 2 lines failed; the first is line 2\n"
    )


def test_one_warning_speaks_for_all_lines():
    called = call("eval", "--lines", "x=0", stdin="x\n1/x\n0/x\n")
    assert called.out == "0\ninf\nnan\n"
    assert called.err == (
        "warning: the value is inf: it first appears in 1/x\n"
        "  line 2, column 1:\n"
        "  1/x\n"
        "  ~^~\n"
        "  x is 0\n"
        "  2 results hold nan or inf; line 2 is the first\n"
    )
    assert call("eval", "--lines", "x=0", "--quiet", stdin="x\n1/x\n0/x\n").err == ""


@pytest.mark.parametrize(
    ("text", "answers"),
    [
        ("", ""),
        ("\n\n", "\n\n"),
        ("1", "1\n"),
        ("1\r\n2\r\n", "1\n2\n"),
        ("\ufeff1\n2", "1\n2\n"),
        ("θ = 2; θ + 1\n", "3\n"),
    ],
)
def test_line_ends_of_every_kind(text, answers):
    assert call("eval", "--lines", stdin=text) == (0, answers, "")


@pytest.mark.parametrize(
    "line",
    [b"\xff\xfe1", b"1\x00+2", b"zeros(1e15)", b"zeros(1e99)", b"inv([[1,1],[1,1]])", b"(" * 10000, b"1/2x"],
    ids=lambda line: line[:12],
)
def test_no_line_takes_the_others_with_it(line):
    called = call("eval", "--lines", stdin=b"1\n" + line + b"\n3\n")
    assert (called.code, called.out) == (5, "1\n\n3\n")
    assert "itself failed" not in called.err
    assert called.err.endswith("error: 1 of 3 lines failed; the first is line 2\n")


def test_a_line_may_be_longer_than_what_is_read_at_once():
    long = " + ".join(["1"] * 50_000)
    assert call("eval", "--lines", stdin=f"{long}\n2\n") == (0, "50000\n2\n", "")


def test_memory_does_not_grow_with_the_lines():
    def peak(lines):
        code = (
            "import resource, sys\n"
            "from gradcli.commands.entry import run\n"
            "assert run(['grad', '--lines', 'x=1.5', 'y=2']) == 0\n"
            "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, file=sys.stderr)\n"
        )
        text = "".join(f"sin({place} * x) + y / {place + 1}\n" for place in range(lines))
        done = subprocess.run(
            [sys.executable, "-c", code],
            check=True,
            env=environment(),
            input=text,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            encoding="utf-8",
        )
        return int(done.stderr)

    few, many = peak(1000), peak(6000)
    # Five thousand more graphs would be tens of megabytes.
    assert many < few * 1.25
