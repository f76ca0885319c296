"""``gradcli graph``: rails, values, gradients."""

import pytest
from calling import ESCAPE, call, plain

SHARED = """\
           shape  value       gradient           expression
●    mean  ()     33.33       1                  mean(y*y*2)
●─╮  mul   (3,)   [18 32 50]  [0.3333 0.3333 …]  y*y*2
│ ○  2     ()     2
●─╮  mul   (3,)   [9 16 25]   [0.6667 0.6667 …]  y*y
●─┤  add   (3,)   [3 4 5]     [4 5.333 6.667]    y = x + 2
│ ○  2     ()     2
○    x     (3,)   [1 2 3]     [4 5.333 6.667]

gradients that add up:
  x + 2: [4 5.333 6.667] = [2 2.667 3.333] + [2 2.667 3.333]
"""


def test_a_shared_node_is_drawn_once_and_its_gradients_add_up():
    called = call("graph", "y = x + 2; mean(y*y*2)", "x=1,2,3", "--wrt", "x")
    # y = x + 2 = [3 4 5]; mean(2y²) has d/dy = 4y/3, in two parts of 2y/3 each.
    assert called == (0, SHARED, "")


def test_a_name_without_a_value_is_a_scalar_and_a_given_one_lends_its_shape():
    assert call("graph", "sum(x * y)", "x=1,2") == (
        0,
        "          shape  expression\n"
        "●    sum  ()     sum(x * y)\n"
        "●─╮  mul  (2,)   x * y\n"
        "│ ○  y    ()\n"
        "○    x    (2,)\n",
        "",
    )


def test_ascii():
    assert call("graph", "x * y + x", "x=1", "y=2", "--ascii") == (
        0,
        "            shape  value  expression\n"
        "*-\\    add  ()     3      x * y + x\n"
        "*-+-\\  mul  ()     2      x * y\n"
        "| | o  y    ()     2\n"
        "o-/    x    ()     1\n",
        "",
    )


@pytest.mark.parametrize("name", ["LC_ALL", "LC_CTYPE", "LANG"])
def test_the_c_locale_gets_ascii(name):
    assert call("graph", "x + 1", env={name: "C"}) == call("graph", "x + 1", "--ascii")
    assert not call("graph", "x + 1", env={name: "C.UTF-8"}).out.isascii()


def test_brackets_in_the_text_are_no_markup():
    called = call("graph", "b[red] * w[i]", "b=1,2", "red=0", "w=3,4", "i=1", "--color", "always")
    assert "b[red] * w[i]" in called.out


def test_colour_where_it_is_asked_for():
    arguments = ["graph", "x^2", "x=3", "--wrt", "x"]
    drawn = call(*arguments)
    assert ESCAPE not in drawn.out
    for coloured in (call(*arguments, "--color", "always"), call(*arguments, env={"FORCE_COLOR": "1"})):
        assert ESCAPE in coloured.out
        assert plain(coloured.out) == drawn.out
    assert call(*arguments, "--color", "never", env={"FORCE_COLOR": "1"}) == drawn


def test_a_file_is_never_coloured(tmp_path):
    path = tmp_path / "graph.txt"
    assert call("graph", "x^2", "--color", "always", "--out", str(path)) == (0, "", "")
    assert path.read_text(encoding="utf-8") == call("graph", "x^2").out


def test_what_is_computed_in_another_way_is_drawn_as_it_was_written():
    called = call("graph", "log(1+exp(x))+x^2", "x=800", "--wrt", "x")
    assert called.err == ""
    rows = {line.split()[-1]: line.split()[-4:-1] for line in called.out.splitlines()[1:7]}
    # The logarithm is 800 and its slope 1; inside it, inf and 1/inf are what was written.
    assert rows["log(1+exp(x))"] == ["()", "800", "1"]
    assert rows["1+exp(x)"] == ["()", "inf", "0"]
    assert rows["exp(x)"] == ["()", "inf", "0"]
    assert "x: 1601 = 1 + 1600" in called.out


def test_what_is_written_twice_and_computed_once_has_its_value_in_both_places():
    called = call("graph", "sum(exp(x+1)/sum(exp(x+1))*[1,2])", "x=0,0", "--wrt", "x")
    assert called.out.count("[2.718 2.718]") == 2
    assert called.out.count("[1 1]") == 3  # x + 1 twice, and the gradient of the product
    assert called.out.splitlines()[-1].split()[-2:] == ["[-0.25", "0.25]"]


def test_the_inside_of_a_formula_shows_what_flows_through_it():
    # d/du log(1+u) = 1/(1+u), and u stands outside the logarithm as well: 0.5 + log(2).
    called = call("graph", "u = exp(x); log(1+u)*u", "x=0", "--wrt", "x")
    assert "exp(x): 1.193 = 0.6931 + 0.5" in called.out
    assert "x: 1.193 = " in called.out


def test_a_branch_that_is_not_taken_has_no_value():
    called = call("graph", "a if x > 0 else b*b", "a=1", "b=2", "x=3", "--wrt", "a")
    assert called.code == 0
    (row,) = [line for line in called.out.split("\n") if " mul " in line]
    assert row.split()[-2:] == ["()", "b*b"]


def test_the_gradient_of_several_elements_needs_a_vector():
    assert call("graph", "2x", "x=1,2", "--wrt", "x").code == 3
    called = call("graph", "2x", "x=1,2", "--wrt", "x", "--vector", "1,10")
    assert called.code == 0
    assert called.out.split("\n")[-2].split("  ")[-1] == "[2 20]"


FAULTS = [
    (["log(x)", "x=-1"], "value is nan: it first appears in log(x)", "log(x)", "x is -1"),
    (["2 * sqrt(y)", "y=4,-9"], "value holds nan: it first appears in sqrt(y)", "sqrt(y)", "at index [1]"),
    (["diff(sqrt(x), x)", "x=0"], "value is inf: it first appears in diff(sqrt(x), x)", "diff", "x"),
    (["x, 1/x", "x=0"], "value is inf: it first appears in 1/x", "1/x", "x is 0"),
    (
        ["sqrt(x^3)", "x=0", "--wrt", "x"],
        "gradient by x is nan: it first appears on the way back through x^3",
        "x^3",
        "",
    ),
    (
        ["y = 2x; sqrt(y)", "x=0", "--wrt", "x,y"],
        "gradient by x is inf: it first appears on the way back through sqrt(y)",
        "sqrt(y)",
        "",
    ),
]


@pytest.mark.parametrize(("arguments", "finding", "where", "note"), FAULTS, ids=lambda part: str(part)[:30])
def test_a_nan_is_traced_to_where_it_began(arguments, finding, where, note):
    called = call("graph", *arguments)
    assert called.code == 0
    assert called.err.startswith(f"warning: the {finding}\n  {arguments[0]}\n")
    assert where in called.err
    assert note in called.err
    assert call("graph", *arguments, "--quiet") == (0, called.out, "")
    # The same words as the other commands have.
    other = "grad" if "--wrt" in arguments else "eval"
    assert call(other, *arguments).err == called.err


def test_no_values_no_warning():
    assert call("graph", "log(x) + y", "x=-1").err == ""


def test_precision():
    assert "0.333" in call("graph", "x/3", "x=1").out
    assert "0.33333333" in call("graph", "x/3", "x=1", "--precision", "8").out


UNBOUND = """\
                         shape   saved           next                  expressi…
●─╮    MulBackward0      ()      self=2 other=3  (UnbindBackward0, 2)  a*b*c
●─┼─╮  MulBackward0      ()      self=1 other=2  (UnbindBackward0, 1)  a*b
●─┴─╯  UnbindBackward0   3 × ()                                        unbind(x)
○      AccumulateGrad x  (3,)
"""
# What PyTorch 2.13 has for y*y*2: the number is saved, a place without a gradient is None.
SQUARED = """\
                         shape  saved                       expression
●      MeanBackward0     ()                                 mean((x+2)*(x+2)*2)
●─╮    MulBackward0      (3,)   other=2                     (x+2)*(x+2)*2
│ ○    None
●─╮    MulBackward0      (3,)   self=[3 4 5] other=[3 4 5]  (x+2)*(x+2)
│ ●─╮  AddBackward0      (3,)                               x+2
│ │ ○  None
●─┼─╮  AddBackward0      (3,)                               x+2
│ │ ○  None
○─╯    AccumulateGrad x  (3,)
"""


@pytest.mark.parametrize(
    ("text", "drawn"), [("a, b, c = unbind(x); a*b*c", UNBOUND), ("mean((x+2)*(x+2)*2)", SQUARED)]
)
def test_the_backward_graph(text, drawn):
    assert call("graph", "--backward", text, "x=1,2,3") == (0, drawn, "")


def backward(*arguments):
    called = call("graph", "--backward", *arguments)
    assert (called.code, called.err) == (0, "")
    return called.out


def test_without_values_nothing_saved_is_shown():
    assert backward("x^2 * y") == (
        "                       shape  expression\n"
        "●─╮  MulBackward0      ()     x^2 * y\n"
        "│ ○  AccumulateGrad y  ()\n"
        "●    PowBackward0      ()     x^2\n"
        "○    AccumulateGrad x  ()\n"
    )
    assert "self=3 exponent=2" in backward("x^2 * y", "x=3", "y=1")


def test_a_branch_that_is_not_taken_is_not_in_the_backward_graph():
    taken = backward("exp(x) if x > 0 else sin(y)", "x=1", "y=2")
    assert "ExpBackward0" in taken
    assert "SinBackward0" not in taken
    assert "WhereBackward0" not in taken
    unknown = backward("exp(x) if x > 0 else sin(y)")
    assert all(f"{name}Backward0" in unknown for name in ("Exp", "Sin", "Where"))


def test_the_backward_graph_by_some_names():
    drawn = backward("x*y + detach(x)", "x=1", "y=2", "--wrt", "y")
    assert drawn.count("None") == 2
    assert "AccumulateGrad y" in drawn
    assert "AccumulateGrad x" not in drawn


def test_the_backward_graph_of_several_outputs_of_several_shapes():
    drawn = backward("w, v = eigh(A); w[0], sum(v)", "A=[[2,0],[0,3]]", "--ascii")
    assert drawn.isascii()
    assert "LinalgEighBackward0  (2,), (2, 2)" in drawn
    assert "(LinalgEighBackward0, 1)" in drawn


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["1 + 2"], 3, "error: there is no backward graph"),
        (["argmax(x)", "x=1,2"], 3, "error: there is no backward graph"),
        (["x", "--vector", "1"], 2, "error: --vector does not go with --backward"),
        (["x", "--wrt", "z"], 3, "error: there is no name z to differentiate by"),
        (["inv(A)", "A=[[1,1],[1,1]]"], 5, "error: the matrix of inv() is singular\n  inv(A)\n"),
    ],
)
def test_what_has_no_backward_graph(arguments, code, message):
    called = call("graph", "--backward", *arguments)
    assert (called.code, called.out) == (code, "")
    assert called.err.startswith(message)
