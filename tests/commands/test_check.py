"""``gradcli check``: the rows in a pipe, in JSON and at a terminal, and the exit codes."""

import json

import numpy as np
import pytest
from calling import call, plain, terminal

METHODS = [
    "differences",
    "complex step",
    "adjoint identity",
    "Hessian symmetry",
    "Hessian differences",
    "SymPy",
]


def test_a_row_for_each_opinion_in_a_pipe():
    called = call("check", "x^2*y", "x=3", "y=2")
    rows = [line.split("\t") for line in called.out.splitlines()]
    assert (called.code, called.err) == (0, "")
    assert [(row[0], row[1]) for row in rows] == [(name, method) for name in "xy" for method in METHODS]
    assert all(row[4] == "agrees" and float(row[2]) <= 8 * float(row[3]) for row in rows)


def test_names_of_wrt_alone():
    called = call("check", "x^2*y", "x=3", "y=2", "--wrt", "y")
    assert {line.split("\t")[0] for line in called.out.splitlines()} == {"y"}


def test_json_is_one_object_and_strict():
    called = call("check", "sum(abs(x))", "x=1,0", "--json")
    found = json.loads(called.out, parse_constant=pytest.fail)
    assert found["agrees"] is True
    assert [row["method"] for row in found["checks"]] == METHODS
    assert found["checks"][0]["verdict"] == "not differentiable here"
    (kink,) = found["kinks"]
    assert kink == {
        "text": "abs(x)",
        "where": "x[1] = 0",
        "convention": "the gradient of abs at 0 is 0",
        "span": [4, 10],
    }


def test_a_kink_is_no_disagreement():
    called = call("check", "relu(x)-relu(-x)", "x=0")
    assert called.code == 0
    assert "kink\trelu(x)\tx = 0\tthe gradient of relu at 0 is 0\n" in called.out


@pytest.mark.parametrize(
    ("given", "code"), [("x=3,12", 0), ("x=3,12.001", 1), ("x=[3, 12]", 0), ("x=-3,12", 1)]
)
def test_a_gradient_written_by_hand(given, code):
    called = call("check", "sum(x^3)", "x=1,2", "--against", given)
    assert (called.code, called.err) == (code, "")


def test_a_gradient_from_a_file(tmp_path):
    path = tmp_path / "gradient.npy"
    np.save(path, np.array([3.0, 12.5]))
    called = call("check", "sum(x^3)", "x=1,2", "--against", f"x=@{path}")
    assert called.code == 1
    assert called.out.splitlines()[-1] == "element\tx[1]\t12.5\t12\t12"


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["x^2"], 3, "x has no value"),
        (["1+2"], 3, "there is no name to differentiate by"),
        (["x^2", "x=1", "--wrt", "z"], 3, "there is no name z to differentiate by"),
        (["x^2", "x=1", "--against", "3"], 2, "--against takes a name and its gradient, and got '3'"),
        (["x^2", "x=1", "--against", "y=3"], 3, "a gradient is given for y, which is not differentiated by"),
        (["sum(x)", "x=1,2", "--against", "x=3"], 3, "the given gradient of x is () and x is (2,)"),
        (["2x", "x=1,2", "--against", "x=3,3"], 3, "a gradient is that of a scalar: the output is (2,)"),
        (["sum(inv(x))", "x=[[1,2],[2,4]]"], 5, "the matrix of inv() is singular"),
        ([], 4, "there is no expression"),
        (["x^", "x=1"], 3, "unexpected end of the expression"),
    ],
    ids=str,
)
def test_what_cannot_be_checked(arguments, code, message):
    called = call("check", *arguments)
    assert (called.code, called.out) == (code, "")
    assert called.err.startswith(f"error: {message}")


def test_an_unused_name_is_a_warning():
    called = call("check", "x^2", "x=1", "y=2")
    assert called.code == 0
    assert called.err == "warning: y is given, and the expression does not use it\n"


def test_to_a_file(tmp_path):
    path = tmp_path / "checked"
    called = call("check", "x^2", "x=1", "--out", str(path))
    assert (called.code, called.out) == (0, "")
    assert path.read_text().startswith("x\tdifferences\t")


def test_a_table_at_a_terminal():
    called = terminal("check", "sum(abs(x))", "x=1,0", columns=120)
    text = plain(called.out)
    assert called.code == 0
    assert "│ compared with" in text
    assert text.rstrip().endswith("abs(x) at x[1] = 0 is not differentiable: the gradient of abs at 0 is 0")
    assert "+--" in terminal("check", "x^2", "x=1", "--ascii").out
