"""``--sparse``: the forms of a matrix by its entries, and files that SciPy reads."""

import json
import sys

import numpy as np
import pytest
from calling import call, plain, terminal
from numpy.testing import assert_array_equal

scipy_sparse = pytest.importorskip("scipy.sparse")

PRODUCT = ("jacobian", "x[1:]*x[:-1]", "x=1,2,3", "--sparse")
MATRIX = [[2, 1, 0], [0, 3, 2]]
GIVE_ONE = "jacobian and hessian give one with --sparse; or use -o npy"

RAW = [
    (PRODUCT, "value\t[2, 6]\nx\t2x3 with 4 entries\nx[0,0]\t2\nx[0,1]\t1\nx[1,1]\t3\nx[1,2]\t2"),
    (
        ("hessian", "x*y^2", "x=2", "y=3", "--sparse"),
        "value\t18\nx,x\t1x1 with 0 entries\nx,y\t1x1 with 1 entry\nx,y[0,0]\t6\n"
        "y,x\t1x1 with 1 entry\ny,x[0,0]\t6\ny,y\t1x1 with 1 entry\ny,y[0,0]\t4",
    ),
    (
        ("jacobian", "x^2, 2x", "x=1,2", "--sparse"),
        "value\t[1, 4]\t[2, 4]\nx[0]\t2x2 with 2 entries\nx[0][0,0]\t2\nx[0][1,1]\t4\n"
        "x[1]\t2x2 with 2 entries\nx[1][0,0]\t2\nx[1][1,1]\t2",
    ),
    (("jacobian", "x/3", "x=1,2", "--sparse", "--precision", "3", "-o", "csv"), "0,0,0.333\n1,1,0.333"),
    (("jacobian", "floor(x)", "x=1,2", "--sparse", "-o", "csv"), ""),
]


@pytest.mark.parametrize(("arguments", "shown"), RAW, ids=str)
def test_plain_text(arguments, shown):
    assert call(*arguments) == (0, shown + "\n", "")


def test_json_has_the_shape_and_the_entries():
    done = call(*PRODUCT, "--json")
    assert (done.code, done.err) == (0, "")
    assert json.loads(done.out) == {
        "value": [2, 6],
        "jacobian": {"x": {"shape": [2, 3], "row": [0, 0, 1, 1], "col": [0, 1, 1, 2], "data": [2, 1, 3, 2]}},
    }


def test_json_of_several_outputs_and_of_blocks():
    several = json.loads(call("jacobian", "x^2, sum(x)", "x=1,2", "--sparse", "--json").out)
    assert [one["shape"] for one in several["jacobian"]["x"]] == [[2, 2], [1, 2]]
    blocks = json.loads(call("hessian", "s*sum(x)", "s=1", "x=1,2", "--sparse", "--json").out)["hessian"]
    assert blocks["s"]["x"] == {"shape": [1, 2], "row": [0, 0], "col": [0, 1], "data": [1, 1]}
    assert blocks["x"]["s"] == {"shape": [2, 1], "row": [0, 1], "col": [0, 0], "data": [1, 1]}
    assert blocks["x"]["x"] == {"shape": [2, 2], "row": [], "col": [], "data": []}


def test_json_is_strict_where_an_entry_is_infinite():
    done = call("jacobian", "sqrt(x)", "x=0,4", "--sparse", "--json")
    assert json.loads(done.out)["jacobian"]["x"]["data"] == ["inf", 0.25]
    assert "holds inf" in json.loads(done.err)["warning"]["message"]


def test_digits_of_entries_and_none_of_places():
    done = call("jacobian", "x/3", "x=1,2", "--sparse", "--json", "--precision", "2")
    assert json.loads(done.out)["jacobian"]["x"] == {
        "shape": [2, 2],
        "row": [0, 1],
        "col": [0, 1],
        "data": [0.33, 0.33],
    }


def test_a_line_an_answer():
    done = call("jacobian", "--lines", "x=1,2", "--sparse", stdin="x^2\nx+\nsum(x)\n")
    first, second, third = done.out.split("\n")[:3]
    assert first == "[1, 4]\t2x2 [0,0] 2 [1,1] 4"
    assert second == ""
    assert third == "3\t1x2 [0,0] 1 [0,1] 1"
    assert done.code == 5


@pytest.mark.parametrize("command", ["jacobian", "hessian"])
def test_scipy_reads_the_file(command, tmp_path):
    text = "x[1:]*x[:-1]" if command == "jacobian" else "sum(x[1:]*x[:-1]^2)"
    path = tmp_path / "matrix.npz"
    done = call(command, text, "x=1,2,3", "--sparse", "-o", "npz", "--out", str(path))
    assert done == (0, "", "")
    found = scipy_sparse.load_npz(path)
    assert (found.format, found.dtype) == ("coo", np.float64)
    assert found.nnz == (4 if command == "jacobian" else 6)
    expected = MATRIX if command == "jacobian" else [[4, 2, 0], [2, 6, 4], [0, 4, 0]]
    assert_array_equal(found.toarray(), expected)


def test_the_file_keeps_the_type(tmp_path):
    path = tmp_path / "matrix.npz"
    call("jacobian", "x/3", "x=1,2", "--sparse", "-o", "npz", "--out", str(path), "--dtype", "float32")
    assert scipy_sparse.load_npz(path).dtype == np.float32


@pytest.mark.parametrize(
    ("arguments", "message", "hint"),
    [
        (("jacobian", "x^2", "x=1,2", "-o", "npz"), "npz holds a sparse matrix", GIVE_ONE),
        (("eval", "[1, 2]", "-o", "npz"), "npz holds a sparse matrix", GIVE_ONE),
        ((*PRODUCT, "-o", "npy"), "npy holds a matrix with its zeros", "use -o npz"),
        (
            ("jacobian", "x*y", "x=1,2", "y=1,2", "--sparse", "-o", "npz"),
            "npz holds one array, and there are 2: x, y",
            "name one with --wrt",
        ),
    ],
    ids=str,
)
def test_a_form_that_does_not_fit_is_a_sentence(arguments, message, hint):
    done = call(*arguments)
    assert (done.code, done.out) == (2, "")
    assert done.err == f"error: {message}\n  hint: {hint}\n"


TABLE = """\
╭───────┬────────┬─────────╮
│ name  │ shape  │ value   │
├───────┼────────┼─────────┤
│ value │ (2,)   │ [2, 6]  │
│ x     │ (2, 3) │ 2  1  · │
│       │        │ ·  3  2 │
╰───────┴────────┴─────────╯
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo-terminals")
def test_a_small_matrix_is_drawn_on_a_terminal():
    assert plain(terminal(*PRODUCT).out) == TABLE
    assert "| 2  1  . |" in plain(terminal(*PRODUCT, "--ascii").out)


@pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo-terminals")
@pytest.mark.parametrize(("size", "columns"), [(40, 80), (12, 50)])
def test_of_a_large_or_wide_one_the_first_and_last_entries_are_listed(size, columns):
    shown = plain(terminal("jacobian", "x/7", f"x=ones({size})", "--sparse", columns=columns).out)
    assert f"{size}x{size} with {size} entries" in shown
    assert "[0,0]  0.142857" in shown
    assert f"[{size - 1},{size - 1}]  0.142857" in shown
    assert ("..." in shown.partition(" with ")[2]) is (size > 12)


def test_a_matrix_that_does_not_fit_names_the_option():
    done = call("jacobian", "x^2", "x=ones(1000000)")
    assert (done.code, done.out) == (5, "")
    assert "a matrix of 1000000x1000000 would hold 7.28 TiB of memory, and " in done.err
    assert "ask for the entries alone: --sparse" in done.err


def test_a_hundred_thousand_columns(tmp_path):
    path = tmp_path / "matrix.npz"
    done = call("jacobian", "x^2", "x=ones(100000)", "--sparse", "-o", "npz", "--out", str(path), "--verbose")
    assert done.err == "the Jacobian by x in reverse mode: 100000 of 100000x100000 entries, 1 colour\n"
    assert_array_equal(scipy_sparse.load_npz(path).diagonal(), np.full(100_000, 2.0))
