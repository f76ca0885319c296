"""hessian, jvp, vjp, hvp and vhp from a shell: forms, names, vectors, and what is wrong with them."""

import json

import numpy as np
import pytest
from calling import call, plain, shell, terminal

RAW = [
    (["hessian", "x*y^2", "x=2", "y=3"], "value\t18\nx,x\t0\nx,y\t6\ny,x\t6\ny,y\t4"),
    (["hessian", "x*y^2", "x=2", "y=3", "--wrt", "y"], "value\t18\ny,y\t4"),
    (["hessian", "sum(x^3)", "x=1,2"], "value\t9\nx,x\t[[6, 0], [0, 12]]"),
    (
        ["hessian", "x[0]*x[1]*s", "x=2,3", "s=1", "--wrt", "x,s"],
        "value\t6\nx,x\t[[0, 1], [1, 0]]\nx,s\t[3, 2]\ns,x\t[3, 2]\ns,s\t0",
    ),
    (["hessian", "[x^3]", "x=2"], "value\t[8]\nx,x\t12"),
    (["hessian", "3"], "value\t3"),
    (["hessian", "sum(x^2)", "x=[]"], "value\t0\nx,x\t[]"),
    (["jvp", "sum(x^2)", "x=1,2,3", "--vector", "1,0,0"], "value\t14\njvp\t2"),
    (
        ["jvp", "A @ x", "A=[[1,2],[3,4]]", "x=1,1", "--wrt", "x", "--vector", "1,10"],
        "value\t[3, 7]\njvp\t[21, 43]",
    ),
    (["jvp", "x*y", "x=2", "y=5", "--vector", "x=1", "--vector", "y=10"], "value\t10\njvp\t25"),
    (
        ["jvp", "x*y", "x=2", "y=5", "--wrt", "y,x", "--vector", "x=1", "--vector", "y=10"],
        "value\t10\njvp\t25",
    ),
    # Without --wrt the names are those of the vectors, and what has none stands still.
    (["jvp", "x*y", "x=2", "y=5", "--vector", "y=10"], "value\t10\njvp\t20"),
    (["jvp", "sum(x^2), x, 1", "x=1,2", "--vector", "0,1"], "value\t5\t[1, 2]\t1\njvp\t4\t[0, 1]\t0"),
    (["jvp", "x[x > 0]^2", "x=1,-1,3", "--vector", "1,1,10"], "value\t[1, 9]\njvp\t[2, 60]"),
    (["jvp", "y = 2x; y^2", "x=3", "--wrt", "y", "--vector", "1"], "value\t36\njvp\t12"),
    (["jvp", "3x", "x=1", "k=2", "--vector", "k^3"], "value\t3\njvp\t24"),
    (["jvp", "2x", "x=[]", "--vector", "[]"], "value\t[]\njvp\t[]"),
    (
        ["jvp", "x", "x=[[1,2],[3,4]]", "--vector", "[[0,0],[1,0]]"],
        "value\t[[1, 2], [3, 4]]\njvp\t[[0, 0], [1, 0]]",
    ),
    (["vjp", "x^2", "x=1,2,3", "--vector", "1,0,2"], "value\t[1, 4, 9]\nx\t[2, 0, 12]"),
    (["vjp", "x*y", "x=2", "y=5"], "value\t10\nx\t5\ny\t2"),
    (["vjp", "x, x^2", "x=3", "--vector", "1=2", "--vector", "0=1"], "value\t3\t9\nx\t13"),
    (["vjp", "x[x > 0]^2", "x=1,-1,3", "--vector", "1,10"], "value\t[1, 9]\nx\t[2, 0, 60]"),
    (["vjp", "2x", "x=[]", "--vector", "[]"], "value\t[]\nx\t[]"),
    (["hvp", "sum(x^3)", "x=1,2", "--vector", "1,10"], "value\t9\nx\t[6, 120]"),
    (["hvp", "x*y^2", "x=2", "y=3", "--vector", "x=1", "--vector", "y=10"], "value\t18\nx\t60\ny\t46"),
    (["hvp", "x*y^2", "x=2", "y=3", "--wrt", "y", "--vector", "y=10"], "value\t18\ny\t40"),
    (["hvp", "sum(x[x > 0]^3)", "x=1,-1,2", "--vector", "1,1,1"], "value\t9\nx\t[6, 0, 12]"),
    (["hvp", "sum(x^3)", "x=[]", "--vector", "[]"], "value\t0\nx\t[]"),
    # True counts as 1.
    (["jvp", "x", "x=5", "--vector", "true"], "value\t5\njvp\t1"),
    (["vjp", "2x", "x=1,2", "--vector", "[true, false]"], "value\t[2, 4]\nx\t[2, 0]"),
    (["jvp", "x > 1", "x=3", "--vector", "1"], "value\ttrue\njvp\t0"),
    # A name whose size a mask decides.
    (["jacobian", "y = x[x > 0]; y^2", "x=1,-1,2", "--wrt", "y"], "value\t[1, 4]\ny\t[[2, 0], [0, 4]]"),
    (
        ["jacobian", "y = x[x > 0]; outer(y, [1, 2])", "x=-1,2", "--wrt", "y"],
        "value\t[[2, 4]]\ny\t[[[1], [2]]]",
    ),
    (["hessian", "y = x[x > 0]; prod(y)", "x=1,-1,2", "--wrt", "y"], "value\t2\ny,y\t[[0, 1], [1, 0]]"),
    (["hvp", "y = x[x > 0]; sum(y^3)", "x=1,-1,2", "--wrt", "y", "--vector", "1,2"], "value\t9\ny\t[6, 24]"),
    (["vhp", "sum(x^3)", "x=1,2", "--vector", "1,10"], "value\t9\nx\t[6, 120]"),
    (["vhp", "x*y^2", "x=2", "y=3", "--vector", "x=1", "--vector", "y=10"], "value\t18\nx\t60\ny\t46"),
    (["jvp", "x/3", "x=1", "--vector", "1", "--precision", "3"], "value\t0.333\njvp\t0.333"),
    (["hvp", "x^2/4", "x=1", "--vector", "1/3", "--dtype", "float32"], "value\t0.25\nx\t0.16666667"),
]


@pytest.mark.parametrize(("arguments", "shown"), RAW, ids=lambda part: str(part)[:60])
def test_raw(arguments, shown):
    assert call(*arguments) == (0, shown + "\n", "")


JSON = [
    (
        ["hessian", "x*y^2", "x=2", "y=3"],
        {"value": 18, "hessian": {"x": {"x": 0, "y": 6}, "y": {"x": 6, "y": 4}}},
    ),
    (["jvp", "x^2", "x=1,2", "--vector", "1,10"], {"value": [1, 4], "jvp": [2, 40]}),
    (["jvp", "x^2, x", "x=3", "--vector", "1"], {"value": [9, 3], "outputs": 2, "jvp": [6, 1]}),
    (["vjp", "x*y", "x=2", "y=5"], {"value": 10, "vjp": {"x": 5, "y": 2}}),
    (
        ["vjp", "x, 2x", "x=3", "--vector", "0=1", "--vector", "1=1"],
        {"value": [3, 6], "outputs": 2, "vjp": {"x": 3}},
    ),
    (["hvp", "sum(x^3)", "x=1,2", "--vector", "1,10"], {"value": 9, "hvp": {"x": [6, 120]}}),
    (["vhp", "sum(x^3)", "x=1,2", "--vector", "1,10"], {"value": 9, "vhp": {"x": [6, 120]}}),
    (
        ["jvp", "x", "x=1,2,3", "--vector", "inf,nan,-inf"],
        {"value": [1, 2, 3], "jvp": ["inf", "nan", "-inf"]},
    ),
]


@pytest.mark.parametrize(("arguments", "shown"), JSON, ids=lambda part: str(part)[:60])
def test_json(arguments, shown):
    called = call(*arguments, "--json", "--quiet")
    assert (called.code, called.err) == (0, "")
    assert json.loads(called.out, parse_constant=pytest.fail) == shown
    assert called.out.count("\n") == 1


LINES = [
    ("hessian", [], "9\t2\n27\t18\n"),
    ("jvp", ["--vector", "10"], "9\t60\n27\t270\n"),
    ("vjp", [], "9\t6\n27\t27\n"),
    ("hvp", ["--vector", "x=10"], "9\t20\n27\t180\n"),
    ("vhp", ["--wrt", "x", "--vector", "10"], "9\t20\n27\t180\n"),
]


@pytest.mark.parametrize(("command", "options", "shown"), LINES, ids=[one[0] for one in LINES])
def test_lines(command, options, shown):
    called = call(command, "--lines", "x=3", *options, stdin="x^2\nx^3\n")
    assert called == (0, shown, "")
    called = call(command, "--lines", "x=3", "--json", *options, stdin="x^2\n\nx^\n")
    first, second, third = map(json.loads, called.out.splitlines())
    assert (called.code, list(first), second, third["line"]) == (5, ["value", command], None, 3)


def test_every_line_says_itself_which_name_moves():
    called = call("jvp", "--lines", "x=3", "y=5", "--vector", "10", stdin="x^2\ny^2\nx*y\n")
    assert (called.code, called.out) == (5, "9\t60\n25\t100\n\n")
    assert called.err == (
        "error: there is one vector, and 2 names: x and y\n  line 3\n"
        "  hint: write --vector x=... --vector y=...\n"
        "error: 1 of 3 lines failed; the first is line 3\n"
    )


def test_a_vector_is_read_once_for_all_lines(tmp_path):
    path = tmp_path / "lines.txt"
    path.write_text("sum(x)\nsum(x^2)\n")
    called = call("jvp", "--lines", "-f", str(path), "x=1,2", "--vector", "@-", stdin="1\n10\n")
    assert called == (0, "3\t11\n5\t42\n", "")


def test_a_wrong_vector_among_lines_is_told_with_the_line():
    called = call("jvp", "--lines", "x=1,2", "--vector", "1", stdin="sum(x)\n")
    assert called.code == 5
    assert called.err.startswith(
        "error: the tangent of x is () and x is (2,): they must have one shape\n  line 1\n"
    )


def test_vectors_from_files_pipes_and_names(tmp_path):
    np.save(tmp_path / "v.npy", [1.0, 10.0])
    shown = (0, "value\t[1, 4]\njvp\t[2, 40]\n", "")
    for vector in (f"@{tmp_path}/v.npy", f"x=@{tmp_path}/v.npy", "v", "x = v", "x=[1, v[1]]"):
        words = ["v=1,10"] if "v" in vector and "@" not in vector else []
        assert call("jvp", "x^2", "x=1,2", *words, "--wrt", "x", "--vector", vector) == shown, vector
    assert call("jvp", "x^2", "x=1,2", "--vector", "@-", stdin="1 10") == shown
    assert call("vjp", "x^2", "x=1,2", "--vector", "@-", stdin="[1, 10]").out == "value\t[1, 4]\nx\t[2, 40]\n"
    assert shell("echo 1,10 | gradcli hvp 'sum(x^3)/3' x=1,2 --vector x=@-").out == "value\t3\nx\t[2, 40]\n"


def test_a_name_that_only_a_vector_uses_is_used():
    assert call("jvp", "x^2", "x=1", "k=3", "--wrt", "x", "--vector", "k").err == ""
    unused = call("jvp", "x^2", "x=1", "k=3", "--wrt", "x", "--vector", "1")
    assert unused.err == "warning: k is given, and the expression does not use it\n"


WRONG = [
    (
        2,
        ["jvp", "x", "x=1"],
        "error: there is no vector\n  hint: as in --vector 1,0,0 or --vector x=@v.npy\n",
    ),
    (
        2,
        ["hvp", "x*y", "x=1", "y=1", "--vector", "1"],
        "error: there is one vector, and 2 names: x and y\n  hint: write --vector x=... --vector y=...\n",
    ),
    (
        2,
        ["hvp", "x*y", "x=1", "y=1", "--wrt", "x,y", "--vector", "x=1"],
        "error: there is no vector for y\n  hint: write --vector x=... --vector y=...\n",
    ),
    (
        2,
        ["vhp", "x*y", "x=1", "y=1", "--wrt", "x", "--vector", "y=1"],
        "error: y has a vector, and --wrt does not name it\n",
    ),
    (
        2,
        ["jvp", "x", "x=1", "--vector", "x=1", "--vector", "x=2"],
        "error: there are two vectors for x\n  hint: write --vector x=... --vector y=...\n",
    ),
    (
        2,
        ["jvp", "x", "x=1", "--vector", "1", "--vector", "2"],
        "error: there are two vectors without a name\n  hint: write --vector x=... --vector y=...\n",
    ),
    (
        2,
        ["jvp", "x", "x=1", "--vector", "1", "--vector", "x=2"],
        "error: a vector does not say which name it is for\n  hint: write --vector x=... --vector y=...\n",
    ),
    (2, ["jvp", "3", "--vector", "1"], "error: there is one vector, and no name to move along it\n"),
    (
        2,
        ["jvp", "x", "x=@-", "--vector", "@-"],
        "error: standard input is asked for twice\n  hint: let one of the two come from a file\n",
    ),
    (
        2,
        ["hvp", "--lines", "x=1", "--vector", "@-"],
        "error: standard input holds the lines\n  hint: put the vector into a file: --vector @v.txt\n",
    ),
    (
        3,
        ["jvp", "x^2", "x=1,2,3", "--vector", "x=1, 0"],
        "error: the tangent of x is (2,) and x is (3,): they must have one shape\n"
        "  --vector x=1, 0\n"
        "             ^^^^\n",
    ),
    (
        3,
        ["hvp", "sum(x^2)", "x=1,2,3", "--vector", "1"],
        "error: the tangent of x is () and x is (3,): they must have one shape\n  --vector 1\n           ^\n",
    ),
    (
        3,
        ["vjp", "x^2", "x=1,2,3", "--vector", "1,0"],
        "error: the vector is (2,) and the output (3,): they must have one shape\n"
        "  --vector 1,0\n"
        "           ^^^\n",
    ),
    (
        2,
        ["vjp", "x^2", "x=1,2", "--vector", "x=1,0"],
        "error: the vector is one for an output, and x is a name\n"
        "  hint: write --vector V, or --vector 0=... --vector 1=... for several outputs\n",
    ),
    (
        3,
        ["vjp", "x, x", "x=1", "--vector", "0=1", "--vector", "1=[1, 2]"],
        "error: the vector is (2,) and output 1 is (): they must have one shape\n"
        "  --vector 1=[1, 2]\n"
        "             ^^^^^^\n",
    ),
    (
        3,
        ["vjp", "x^2", "x=1,2"],
        "error: grad can be implicitly created only for scalar outputs: the output is (2,)\n"
        "  x^2\n  ~^~\n"
        "  hint: pass --vector, or reduce it with sum() or mean()\n",
    ),
    (
        3,
        ["jvp", "x", "x=1", "--wrt", "q", "--vector", "1"],
        "error: there is no name q to differentiate by\n"
        "  --wrt q\n        ^\n"
        "  hint: name one that the expression uses\n",
    ),
    (
        3,
        ["jvp", "size + 1", "size=1", "--vector", "sise=1"],
        "error: there is no name sise to differentiate by\n  hint: did you mean size?\n",
    ),
    (
        3,
        ["hvp", "x", "x=1", "--vector", "1 +"],
        "error: unexpected end of the expression: '+' needs a value on",
    ),
    (
        3,
        ["hessian", "x, y", "x=1", "y=2"],
        "error: the Hessian is that of a scalar: the output is () and ()\n",
    ),
    (
        3,
        ["hvp", "x^2", "x=1,2", "--vector", "1,1"],
        "error: the Hessian is that of a scalar: the output is (2,)\n"
        "  x^2\n  ~^~\n"
        "  hint: reduce it with sum() or mean(), or take its jacobian\n",
    ),
    (
        3,
        ["hessian", "sum(ones(n))*n", "n=2", "--wrt", "n"],
        "error: a size depends on n, so there is no derivative",
    ),
    (
        3,
        ["jvp", "x if m else 0", "x=1", "m=true", "--vector", "m=1"],
        "error: m is true or false: there is no",
    ),
    (5, ["hvp", "sum(inv(A))", "A=[[1,1],[1,1]]", "--vector", "A"], "error: "),
    (5, ["vjp", "x[x > 0]", "x=1,-1,2", "--vector", "1,2,3"], "error: the sizes do not fit"),
]


@pytest.mark.parametrize(("code", "arguments", "report"), WRONG, ids=lambda part: str(part)[:60])
def test_what_is_wrong(code, arguments, report):
    called = call(*arguments, stdin="1")
    assert (called.code, called.out) == (code, "")
    if report.endswith("\n"):
        assert called.err.startswith(report)
    else:
        assert report in called.err
    with_json = call(*arguments, "--json", stdin="1")
    assert (with_json.code, with_json.out) == (code, "")
    assert report.split("\n")[0].removeprefix("error: ") in json.loads(with_json.err)["error"]["message"]


FAULTS = [
    (
        ["jvp", "x^2", "x=1,2", "--vector", "1,nan"],
        "the change along the vector holds nan, because the tangent of x was given so",
    ),
    (
        ["vjp", "x^2", "x=1,2", "--vector", "inf,1"],
        "the product of the vector with the Jacobian by x holds inf, because the vector was given so",
    ),
    (
        ["vjp", "x, 2x", "x=1", "--vector", "0=1", "--vector", "1=inf"],
        "the product of the vector with the Jacobian by x is inf, "
        "because the vector of output 1 was given so",
    ),
    (
        ["hvp", "sum(sqrt(x))", "x=0,1", "--vector", "1,1"],
        "the product of the Hessian with the vector by x holds inf: "
        "it first appears on the way back through sqrt(x)",
    ),
    (
        ["vhp", "sum(sqrt(x))", "x=0,1", "--vector", "1,1"],
        "the product of the vector with the Hessian by x holds inf: "
        "it first appears on the way back through sqrt(x)",
    ),
    (
        ["hessian", "y + x*sqrt(y)", "x=1", "y=0", "--wrt", "x,y"],
        "the Hessian by x and y is inf: it first appears on the way back through sqrt(y)",
    ),
]


@pytest.mark.parametrize(("arguments", "sentence"), FAULTS, ids=lambda part: str(part)[:60])
def test_a_result_that_is_no_number_is_traced(arguments, sentence):
    called = call(*arguments)
    assert called.code == 0
    assert called.err.split("\n")[0] == f"warning: {sentence}"
    assert call(*arguments, "--quiet").err == ""


def test_a_zero_tangent_is_zero_whatever_the_slope():
    assert call("jvp", "sqrt(x)", "x=0,1", "--vector", "0,1").out == "value\t[0, 1]\njvp\t[0, 0.5]\n"


def test_what_was_chosen_is_told_on_standard_error():
    arguments = ["jacobian", "outer(x, [1, 2])", "x=1,2,3"]
    silent = call(*arguments)
    told = call(*arguments, "--verbose")
    assert silent.err == ""
    assert told == (0, silent.out, "the Jacobian by x in forward mode: 3 inputs, 6 outputs\n")
    assert call("jacobian", "x*y", "x=1", "y=2", "--verbose").err == (
        "the Jacobian by x, y in reverse mode: 2 inputs, 1 output\n"
    )
    assert call("hessian", "x^2", "x=1", "--verbose").err == (
        "the Jacobian by x of the gradient by x in reverse mode: 1 input, 1 output\n"
    )
    for command in (["eval"], ["grad"], ["vjp"]):
        assert call(*command, "x^2", "x=1", "--verbose").err == ""


def test_what_was_chosen_among_lines_and_as_json():
    called = call("jacobian", "--lines", "x=1", "--verbose", stdin="[x, x^2]\nx\n")
    assert called.err == (
        "line 1: the Jacobian by x in forward mode: 1 input, 2 outputs\n"
        "line 2: the Jacobian by x in reverse mode: 1 input, 1 output\n"
    )
    called = call("jacobian", "[x, x^2]", "x=1", "--verbose", "--json")
    remark = json.loads(called.err)["remark"]
    assert remark["message"] == "the Jacobian by x in forward mode: 1 input, 2 outputs"


def test_a_table_at_a_terminal():
    shown = plain(terminal("hessian", "x*y^2", "x=2", "y=3", columns=60).out)
    assert "│ x,y   │ scalar │ 6     │" in shown
    shown = plain(terminal("jvp", "x, x^2", "x=1,2", "--vector", "1,0", columns=60).out)
    assert "│ jvp[1]   │ (2,)  │ [2, 0] │" in shown
    shown = plain(terminal("vjp", "sum(x)", "x=1,2", columns=60).out)
    assert "│ x     │ (2,)   │ [1, 1] │" in shown
