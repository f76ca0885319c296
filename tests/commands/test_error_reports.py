"""Errors and warnings as their reader sees them: whole, under the text, and as JSON."""

import json

import pytest
from calling import ESCAPE, call

REPORTS = [
    (
        ["eval", "mean((x + y) * 2)", "x=[1,2,3]", "y=[1,2]"],
        """
error: these shapes do not broadcast: (3,) and (2,)
  mean((x + y) * 2)
        ~~^~~
  x is (3,), given by x=[1,2,3]; y is (2,), given by y=[1,2]
""",
    ),
    (
        ["eval", "mean((x + 2) * 2"],
        """
error: unexpected end of the expression: a ')' is missing
  mean((x + 2) * 2
                  ^
  hint: add ')' at the end
""",
    ),
    (
        ["eval", "x"],
        """
error: x has no value
  x
  ^
  hint: give it one: x=...
""",
    ),
    (
        ["eval", "lenght * 2", "width=1", "length=2"],
        """
error: lenght has no value
  lenght * 2
  ^^^^^^
  the names there are: length, width
  hint: did you mean length? Or give it one: lenght=...
""",
    ),
    (
        ["eval", "2 * f(3)"],
        """
error: there is no function f()
  2 * f(3)
      ^
  hint: define it: f(x) = ...
""",
    ),
    (
        ["eval", "0x1F + 1"],
        """
error: '0x1F' is no number of the language: numbers are decimal
  0x1F + 1
  ^^^^
  hint: write 31
""",
    ),
    (
        ["eval", "2 * 0b101^2"],
        """
error: '0b101' is no number of the language: numbers are decimal
  2 * 0b101^2
      ^^^^^
  hint: write 5
""",
    ),
    (
        ["eval", "a, true = 3, 4; 2"],
        """
error: true is a word of the language and cannot be given a value
  a, true = 3, 4; 2
     ^^^^
  hint: choose another name, or compare with ==
""",
    ),
    (
        ["eval", "None = 3; 2"],
        """
error: None is a word of the language and cannot be given a value
  None = 3; 2
  ^^^^
  hint: choose another name, or compare with ==
""",
    ),
    (
        ["eval", "max(2, 3)"],
        """
error: max(): axis 3 is out of range: the array has 0 axes
  max(2, 3)
  ^^^^^^^^^
  hint: the second argument is an axis; for two values write maximum(2, 3)
""",
    ),
    (
        ["eval", "x(2)", "x=3"],
        """
error: x is a value, and is called like a function
  x(2)
  ^
  hint: multiply: x*(2)
""",
    ),
    (
        ["eval", "f(n) = n * f(n - 1); f(3)"],
        """
error: the function f() calls itself
  f(n) = n * f(n - 1); f(3)
             ^
  hint: a function of an expression may not; write the steps out
""",
    ),
    (
        ["eval", "1 + zeros(1e99)"],
        """
error: zeros(): this array has more elements than a memory can hold
  1 + zeros(1e99)
      ^^^^^^^^^^^
""",
    ),
    (
        ["eval", "a = 2\nb = a +\na + b"],
        """
error: unexpected end of the statement: '+' needs a value on its right
  line 2:
  b = a +
         ^
  hint: add the value
""",
    ),
    (
        ["grad", "2x", "x=1,2,3"],
        """
error: grad can be implicitly created only for scalar outputs: the output is (3,)
  2x
  ^^
  hint: pass --vector, or reduce it with sum() or mean()
""",
    ),
    (
        ["grad", "x^2", "x=1", "--wrt", "xx"],
        """
error: there is no name xx to differentiate by
  --wrt xx
        ^^
  hint: did you mean x?
""",
    ),
    (
        ["graph", "x*y", "--wrt", "x, zz"],
        """
error: there is no name zz to differentiate by
  --wrt x, zz
           ^^
  hint: name one that the expression uses
""",
    ),
    (
        ["jacobian", "x if b else 0", "x=1", "b=true", "--wrt", "x,b"],
        """
error: b is true or false: there is no derivative by it
  --wrt x,b
          ^
""",
    ),
    (
        ["grad", "x", "x=1", "--wrt", "x,,y"],
        """
error: --wrt takes names, as in --wrt x,y
  --wrt x,,y
          ^
""",
    ),
    (
        ["grad", "x", "x=1", "--vector", "1 +"],
        """
error: unexpected end of the expression: '+' needs a value on its right
  --vector 1 +
              ^
  hint: add the value
""",
    ),
    (
        ["grad", "x, 2x", "x=1", "--vector", "0=1", "--vector", "1=zz"],
        """
error: zz has no value
  --vector 1=zz
             ^^
  the names there are: x
  hint: give it one: zz=...
""",
    ),
    (
        ["grad", "x", "x=1", "--vector", "1", "--vector", "2"],
        """
error: there are two vectors for output 0
  hint: write --vector 0=... --vector 1=...
""",
    ),
    (
        ["grad", "sum(ones(n))", "n=3", "--wrt", "n"],
        """
error: a size depends on n, so there is no derivative by it
  sum(ones(n))
           ^
""",
    ),
]


@pytest.mark.parametrize(("arguments", "report"), REPORTS, ids=lambda part: str(part)[:40])
def test_an_error_is_a_sentence_under_the_text(arguments, report):
    called = call(*arguments)
    assert called.code in (2, 3)
    assert called.out == ""
    assert called.err == report.removeprefix("\n")


WARNINGS = [
    (
        ["eval", "1 + 0/0"],
        "nan\n",
        """
warning: the value is nan: it first appears in 0/0
  1 + 0/0
      ~^~
""",
    ),
    (
        ["eval", "-2^99999"],
        "-inf\n",
        """
warning: the value is -inf: it first appears in 2^99999
  -2^99999
   ~^~~~~~
""",
    ),
    (
        ["eval", "log(x)", "x=1,-1,0"],
        "0 nan -inf\n",
        """
warning: the value holds nan: it first appears in log(x)
  log(x)
  ^^^^^^
  x is -1 at index [1]
""",
    ),
    (
        ["grad", "sqrt(x)", "x=0"],
        "value\t0\nx\tinf\n",
        """
warning: the gradient by x is inf: it first appears on the way back through sqrt(x)
  sqrt(x)
  ^^^^^^^
""",
    ),
    (
        ["jacobian", "sqrt(x)", "x=0,4"],
        "value\t[0, 2]\nx\t[[inf, 0], [0, 0.25]]\n",
        """
warning: the Jacobian by x holds inf: it first appears on the way back through sqrt(x)
  sqrt(x)
  ^^^^^^^
""",
    ),
    (
        ["eval", "2x", "x=nan"],
        "nan\n",
        """
warning: the value is nan, because x was given so
  2x
   ^
""",
    ),
    (["eval", "inf"], "inf\n", "\n"),
    (["eval", "1 + nan * 2"], "nan\n", "\n"),
]


@pytest.mark.parametrize(("arguments", "shown", "report"), WARNINGS, ids=lambda part: str(part)[:40])
def test_a_result_that_is_no_number_is_traced_to_where_it_began(arguments, shown, report):
    assert call(*arguments) == (0, shown, report.removeprefix("\n"))
    assert call(*arguments, "--quiet") == (0, shown, "")


USAGE = {"line": None, "column": None, "span": None}
AS_JSON = [
    (["eval", "1 +"], "syntax", {"line": 1, "column": 4, "span": [3, 3]}),
    (["eval", "1;\n  yy"], "name", {"line": 2, "column": 3, "span": [5, 7]}),
    (["eval", "sin(1, 2)"], "call", {"line": 1, "column": 1, "span": [0, 9]}),
    (["eval", "[1] @ [1, 2]"], "shape", {"line": 1, "column": 1, "span": [0, 12]}),
    (["grad", "x, x", "x=1"], "gradient", USAGE),
    (["eval", "2 * inv([[0]])"], "evaluation", {"line": 1, "column": 5, "span": [4, 14]}),
    (["eval", "x", "x=1 +"], "syntax", {"line": 1, "column": 6, "span": [5, 5]}),
    (["eval", "x", "x=@nosuch.csv"], "usage", USAGE),
    (["eval", "1", "--nosuch"], "usage", USAGE),
    (["eval", "1", "--dtype", "int"], "usage", USAGE),
    (["eval", "-f"], "usage", USAGE),
    (["nosuch"], "usage", USAGE),
    (["eval"], "empty", USAGE),
    (["eval", "1", "--out", "/nosuch/file"], "output", USAGE),
]


@pytest.mark.parametrize(("arguments", "kind", "place"), AS_JSON, ids=lambda part: str(part)[:40])
def test_with_json_every_error_is_one_object_on_standard_error(arguments, kind, place):
    # An option that lacks its value would take the next one for it.
    called = call(arguments[0], "--json", *arguments[1:])
    assert called.out == ""
    assert called.err.count("\n") == 1
    error = json.loads(called.err)["error"]
    assert list(error) == ["kind", "message", "hint", "line", "column", "span"]
    assert error["kind"] == kind
    assert {key: error[key] for key in place} == place
    assert call(*arguments).err.startswith(f"error: {error['message']}\n")


@pytest.mark.parametrize(
    "form", [["-o", "json"], ["-o", "jsonl"], ["--output", "json"], ["--output=jsonl"]], ids=str
)
def test_every_way_to_ask_for_json_makes_the_errors_json(form):
    assert call("eval", "1 +", *form) == call("eval", "1 +", "--json")


def test_a_warning_is_an_object_of_its_own():
    called = call("eval", "0/0", "--json")
    assert called.out == '{"value": "nan"}\n'
    assert json.loads(called.err) == {
        "warning": {
            "kind": "warning",
            "message": "the value is nan: it first appears in 0/0",
            "hint": None,
            "line": 1,
            "column": 1,
            "span": [0, 3],
        }
    }


def test_what_stands_behind_two_dashes_is_no_option():
    called = call("eval", "--", "--json")
    assert called.err.startswith("error: json has no value\n  --json\n")


COLOURS = [
    (["--color", "always"], {}, True),
    (["--color=always"], {"NO_COLOR": "1"}, True),
    ([], {"FORCE_COLOR": "1"}, True),
    ([], {}, False),
    (["--color", "never"], {"FORCE_COLOR": "1"}, False),
    (["--color=never"], {"FORCE_COLOR": "1"}, False),
]


@pytest.mark.parametrize(("options", "env", "coloured"), COLOURS, ids=str)
def test_colour_is_decided_for_errors_too(options, env, coloured):
    for arguments in (["eval", "1 +"], ["eval", "0/0"], ["eval", "1", "--nosuch"]):
        assert (ESCAPE in call(*arguments, *options, env=env).err) == coloured
    assert ESCAPE not in call("eval", "1 +", *options, "--json", env=env).err


def test_debug_shows_the_traceback_and_nothing_else_does():
    assert "Traceback" not in call("eval", "inv([[0]])").err
    with pytest.raises(Exception, match="singular"):
        call("eval", "inv([[0]])", "--debug")
