"""``-o csv`` and ``-o npy``: one array for another program, and back."""

import numpy as np
import pytest
from calling import call, plain, shell, terminal

CSV = [
    (["eval", "1/4"], "0.25"),
    (["eval", "1 < 2"], "true"),
    (["eval", "[1, 2.5, -0]"], "1,2.5,-0"),
    (["eval", "[[1, 2], [3, 4]]"], "1,2\n3,4"),
    (["eval", "[1, -1, 0] / 0"], "inf,-inf,nan"),
    (["eval", "[1/3, 2/3]", "--precision", "2"], "0.33,0.67"),
    (["eval", "[1/3]", "--dtype", "float32"], "0.33333334"),
    (["eval", "zeros((2, 0))"], "\n"),
    (["eval", "[]"], ""),
    (["grad", "sum(x^2)", "x=1,2"], "2,4"),
    (["grad", "x*y", "x=1", "y=2", "--wrt", "y"], "1"),
    (["jacobian", "x^2", "x=1,2"], "2,0\n0,4"),
    (["hessian", "prod(x)", "x=2,3"], "0,1\n1,0"),
    (["jvp", "x^2", "x=1,2", "--vector", "1,1"], "2,4"),
    (["vjp", "x^2", "x=1,2", "--vector", "1,1"], "2,4"),
    (["hvp", "sum(x^3)", "x=1,2", "--vector", "1,1"], "6,12"),
]


@pytest.mark.parametrize(("arguments", "shown"), CSV, ids=lambda part: str(part)[:50])
def test_csv(arguments, shown):
    called = call(*arguments, "-o", "csv", "--quiet")
    assert called == (0, shown + "\n", "")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1/4", 0.25),
        ("[1, nan, -inf]", [1, np.nan, -np.inf]),
        ("[[1, 2], [3, 4]] / 8", np.array([[1, 2], [3, 4]]) / 8),
        ("ones((2, 3, 4))", np.ones((2, 3, 4))),
        ("[]", []),
    ],
)
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_npy_is_what_numpy_loads(text, expected, dtype, tmp_path):
    path = tmp_path / "value.npy"
    assert call("eval", text, "-o", "npy", "--dtype", dtype, "--quiet", "--out", str(path)) == (0, "", "")
    loaded = np.load(path, allow_pickle=False)
    assert loaded.dtype == dtype
    np.testing.assert_array_equal(loaded, expected)
    assert loaded.shape == np.shape(expected)


def test_npy_keeps_truths(tmp_path):
    path = tmp_path / "value.npy"
    assert call("eval", "[1, 2] > 1", "-o", "npy", "--out", str(path)).code == 0
    np.testing.assert_array_equal(np.load(path), [False, True])


def test_there_and_back():
    for form in ("csv", "npy"):
        suffix = f"$(mktemp --suffix=.{form})"
        command = (
            f"f={suffix}; gradcli jacobian 'sin(x)*[1, 2]' x=0.1,0.7 -o {form} --out $f"
            " && gradcli eval 'A - diag(cos([0.1, 0.7])*[1, 2])' A=@$f; rm $f"
        )
        assert shell(command) == (0, "0 0\n0 0\n", "")
    assert shell("gradcli grad 'sum(x^2)' x=1,2 -o csv | gradcli eval 'sum(y)' y=@-").out == "6\n"
    assert shell("gradcli grad 'sum(x^2)' x=1,2 -o npy | head -c 6 | tail -c 5").out == "NUMPY"


WRONG = [
    (["eval", "1, 2", "-o", "npy"], "npy holds one array, and there are 2 outputs"),
    (["grad", "x*y", "x=1", "y=2", "-o", "csv"], "csv holds one array, and there are 2: x, y"),
    (
        ["jvp", "x^2, y", "x=1", "y=1", "--vector", "x=1", "-o", "csv"],
        "csv holds one array, and there are 2 out",
    ),
    (["hessian", "x*y", "x=1", "y=2", "-o", "npy"], "npy holds one array, and there are 4: x,x, x,y, y,x"),
    (["grad", "3", "-o", "csv"], "there is no derivative"),
    (["eval", "ones((2, 3, 4))", "-o", "csv"], "csv holds a matrix at most, and there are 3 axes"),
    (["eval", "--lines", "-o", "csv"], "--lines answers with a line each, not with csv"),
    (["grad", "--lines", "-o", "npy"], "--lines answers with a line each, not with npy"),
]


@pytest.mark.parametrize(("arguments", "sentence"), WRONG, ids=lambda part: str(part)[:50])
def test_what_one_array_cannot_hold(arguments, sentence):
    called = call(*arguments)
    assert (called.code, called.out) == (2, "")
    assert called.err.startswith(f"error: {sentence}")


def test_bytes_are_not_shown_on_a_terminal():
    called = terminal("eval", "[1, 2]", "-o", "npy")
    assert called.code == 2
    assert plain(called.out).startswith("error: npy is no text, and cannot be shown on a terminal\n")
    assert plain(terminal("eval", "[1, 2]", "-o", "csv").out) == "1,2\n"


def test_a_full_disk_is_told():
    called = shell("gradcli eval '[1, 2]' -o npy > /dev/full")
    assert (called.code, called.out) == (74, "")
    assert called.err == "error: standard output cannot be written: no space left on device\n"
