"""All the ways of giving values to names."""

import json

import numpy as np
import pytest
from calling import call


@pytest.fixture(autouse=True)
def files(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    np.save("v.npy", np.array([1.0, 2.5]))
    np.savez("one.npz", x=np.array([4.0, 5.0]))
    np.savez("many.npz", x=np.array([1.0, 2.0]), y=10.0)
    tmp_path.joinpath("m.csv").write_text("a,b\n1,2\n3,4\n")
    tmp_path.joinpath("m.tsv").write_text("1\t2\n3\t4\n")
    tmp_path.joinpath("v.txt").write_text("7 8 9\n")
    tmp_path.joinpath("v.json").write_text("[[1, 2], [3, 4]]")
    tmp_path.joinpath("vars.json").write_text(json.dumps({"x": [1, 2], "y": 3, "unused": 9}))
    tmp_path.joinpath("vars.toml").write_text("x = [1, 2]\ny = 3\n")
    tmp_path.joinpath("latin.grad").write_bytes(b"\xe9 + 1")
    tmp_path.joinpath("two.grad").write_text("# twice\nx * 2\n")


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        (["x=3"], "3"),
        (["x=-1e-3"], "-0.001"),
        (["x=1,2,3"], "1 2 3"),
        (["x=1,"], "1"),
        (["x=[1,2,3]"], "1 2 3"),
        (["x=[[1,2],[3,4]]"], "1 2\n3 4"),
        (["x=linspace(0,1,5)"], "0 0.25 0.5 0.75 1"),
        (["x = 2 * pi / pi"], "2"),
        (["x=1_000"], "1000"),
        (["x=true"], "true"),
        (["x=1,2 > 1"], "1 1"),
        (["x=[1,2] > 1"], "false true"),
        (["x=nan"], "nan"),
        (["x=-inf"], "-inf"),
        (["y=2", "x=y^2"], "4"),
        (["y=2", "z=y+1", "x=y,z"], "2 3"),
        (["x=@v.npy"], "1 2.5"),
        (["x=@one.npz"], "4 5"),
        (["x=@m.csv"], "1 2\n3 4"),
        (["x=@m.tsv"], "1 2\n3 4"),
        (["x=@v.txt"], "7 8 9"),
        (["x=@v.json"], "1 2\n3 4"),
        (["--vars", "vars.json"], "1 2"),
        (["--vars", "vars.toml"], "1 2"),
        (["--vars", "many.npz"], "1 2"),
        (["--vars", "vars.json", "x=5"], "5"),
        (["--vars", "vars.json", "x=y*2"], "6"),
    ],
    ids=str,
)
def test_a_value_is_given(words, shown):
    called = call("eval", "x", *words, "--quiet")
    assert called == (0, shown + "\n", "")


@pytest.mark.parametrize(
    ("text", "shown"),
    [("3", "3"), ("1 2 3\n", "1 2 3"), ("1\n2\n", "1 2"), ("[1, 2]", "1 2"), ("a,b\n1,2\n3,4\n", "1 2\n3 4")],
)
def test_a_value_comes_from_standard_input(text, shown):
    assert call("eval", "x", "x=@-", stdin=text) == (0, shown + "\n", "")


@pytest.mark.parametrize("text", ["1+2", "1+2\n", "\ufeff1+2\r\n", "# sum\n1+2\n", "x = 1\nx + 2"])
def test_the_expression_comes_from_standard_input(text):
    assert call("eval", "-f", "-", stdin=text) == (0, "3\n", "")


@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_a_byte_order_mark_is_not_seen_in_a_quoted_line(mark, tmp_path):
    tmp_path.joinpath("bad.grad").write_text(mark + "1 +\r\n", encoding="utf-8")
    quoted = "  1 +\n     ^\n  hint: add the value\n"
    assert call("eval", "-f", "-", stdin=mark + "1 +\r\n").err.endswith(f"right\n{quoted}")
    assert call("eval", "-f", "bad.grad").err.endswith(f"right\n  bad.grad:1:4\n{quoted}")
    assert call("eval", "--lines", stdin=mark + "1 +\r\n").err.count(quoted) == 1


def test_the_expression_comes_from_a_file_and_every_word_is_a_value():
    assert call("eval", "-f", "two.grad", "x=4") == (0, "8\n", "")
    assert call("eval", "x=4", "--file", "two.grad") == (0, "8\n", "")


@pytest.mark.parametrize(
    "arguments",
    [
        ["-x^2", "x=3", "--wrt", "x"],
        ["--wrt", "x", "-x^2", "x=3"],
        ["-x^2", "--wrt=x", "x=3"],
        ["--wrt", "x", "--", "-x^2", "x=3"],
    ],
)
def test_an_expression_may_begin_with_a_minus_and_options_stand_anywhere(arguments):
    # d(-x²)/dx = -2x
    assert call("grad", *arguments) == (0, "value\t-9\nx\t-6\n", "")


@pytest.mark.parametrize(
    "name", ["T", "lambda", "i", "e", "pi", "in", "for", "while", "sum", "θ", "_x1", "é"]
)
def test_a_name_that_is_no_word_of_the_language_may_be_given(name):
    assert call("eval", f"{name} * 2", f"{name}=3") == (0, "6\n", "")


def test_an_accent_may_be_typed_in_two_ways():
    assert call("eval", "e\u0301 + 1", "\u00e9=2") == (0, "3\n", "")


def test_a_value_hides_a_constant_but_no_call():
    assert call("eval", "pi * 2", "pi=3") == (0, "6\n", "")
    assert call("eval", "sum + sum([1, 2])", "sum=10") == (0, "13\n", "")
    assert call("eval", "sum = 10; sum + sum([1, 2])") == (0, "13\n", "")


WRONG = [
    (["x", "x="], "x= gives no value", "such as 3, or 1,2,3, or @data.csv"),
    (["x", "x=#c"], "x=#c gives no value", "such as 3, or 1,2,3, or @data.csv"),
    (["x", "x=@"], "x=@ names no file", "as in @data.csv; @- is standard input"),
    (["x", "x=1", "x=2"], "x is given twice: x=1 and x=2", "remove one of them"),
    (["x", "true=3"], "true is a word of the language and cannot be given a value", None),
    (["x", "None=3"], "None is a word of the language and cannot be given a value", None),
    (["x", "if=3"], "if is a word of the language and cannot be given a value", None),
    (
        ["x", "x==3"],
        "'x==3' is no NAME=VALUE",
        "the expression comes first, in quotes; then values such as x=3 or x=1,2,3",
    ),
    (
        ["x=3", "x^2"],
        "'x^2' is no NAME=VALUE",
        "the expression comes first, in quotes; then values such as x=3 or x=1,2,3",
    ),
    (
        ["x", "3=x"],
        "'3=x' is no NAME=VALUE",
        "the expression comes first, in quotes; then values such as x=3 or x=1,2,3",
    ),
    (
        ["x", "-q"],
        "'-q' is neither an option nor NAME=VALUE",
        "the expression comes first, in quotes; then values such as x=3 or x=1,2,3",
    ),
    (
        ["--lines", "1+1"],
        "'1+1' is no NAME=VALUE",
        "with --lines or -f every word is a value for a name, such as x=3 or x=1,2,3",
    ),
    (
        ["x", "x=@nosuch.npy"],
        "cannot read nosuch.npy: there is no such file",
        "check the path; it counts from the current folder",
    ),
    (
        ["x", "x=@many.npz"],
        "cannot read many.npz: it must hold one array, and holds 2: x, y",
        "hand all of them over by name: --vars many.npz",
    ),
    (["-f", "nosuch.grad"], "nosuch.grad cannot be read: no such file or directory", None),
    (["-f", "."], ". cannot be read: is a directory", None),
    (
        ["-f", "v.npy"],
        "cannot read v.npy: it is no text: there are zero bytes in it",
        "save it as text in UTF-8",
    ),
    (["-f", "latin.grad"], "latin.grad is no text in UTF-8", None),
]


@pytest.mark.parametrize(("arguments", "message", "hint"), WRONG, ids=lambda part: str(part)[:40])
def test_what_cannot_be_given_is_a_usage_error(arguments, message, hint):
    lines = [f"error: {message}", *([f"  hint: {hint}"] if hint else [])]
    assert call("eval", *arguments) == (2, "", "\n".join(lines) + "\n")


def test_standard_input_is_asked_for_once():
    expected = "error: standard input is asked for twice\n  hint: let one of the two come from a file\n"
    for arguments in (["x + y", "x=@-", "y=@-"], ["-f", "-", "x=@-"], ["--lines", "x=@-"]):
        assert call("eval", *arguments, stdin="1\n") == (2, "", expected)


def test_a_wrong_value_is_shown_under_the_word_that_was_typed():
    assert call("eval", "x", "x = 1 +").err == (
        "error: unexpected end of the expression: '+' needs a value on its right\n"
        "  x = 1 +\n"
        "         ^\n"
        "  hint: add the value\n"
    )


def test_a_name_that_is_given_later_is_told_where_to_go():
    assert call("eval", "x", "x=2*y", "y=2").err == (
        "error: y has no value\n  x=2*y\n      ^\n  hint: it is given later: put y=2 before x=2*y\n"
    )


def test_an_unused_value_is_a_warning_and_unused_variables_are_none():
    warning = "warning: z is given, and the expression does not use it\n"
    assert call("eval", "x", "x=1", "z=2") == (0, "1\n", warning)
    assert call("graph", "x", "x=1", "z=2").err == warning
    weighed = ["x", "x=1,2", "y=1,1", "z=2", "--wrt", "x", "--vector", "y"]
    assert call("grad", *weighed).err == call("graph", *weighed).err == warning
    lines = ["--lines", "x=1,2", "y=1,1", "z=2", "--wrt", "x", "--vector", "2*y"]
    assert call("grad", *lines, stdin="x\nx^2\n").err == warning
    assert call("eval", "x", "x=1", "z=2", "--quiet").err == ""
    assert call("eval", "x", "--vars", "vars.json").err == ""
    assert call("eval", "x", "z=2", "x=z").err == ""
