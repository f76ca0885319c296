"""Errors under the user's own text, whole texts compared."""

import pytest

from gradcli.errors import ShapeProblem, Source, Span, SyntaxProblem
from gradcli.output.report import report_lines, report_text


def excerpt(text, span, *, point=None, place="", **options):
    """What the report shows between the message and its end."""
    error = SyntaxProblem("m", span=Span(*span, point), source=Source(text, place))
    head, _, rest = report_text(error, **options).partition("\n")
    assert head == "error: m"
    return rest


def test_the_whole_report():
    error = ShapeProblem(
        "these shapes do not broadcast: (3,) and (2,)",
        span=Span(6, 11, (8, 9)),
        source=Source("mean((x + y) * 2)"),
        notes=("x is (3,), given by x=[1,2,3]; y is (2,), given by y=[1,2]",),
        hint="give both the same length",
    )
    assert report_text(error) == (
        "error: these shapes do not broadcast: (3,) and (2,)\n"
        "  mean((x + y) * 2)\n"
        "        ~~^~~\n"
        "  x is (3,), given by x=[1,2,3]; y is (2,), given by y=[1,2]\n"
        "  hint: give both the same length"
    )
    assert [line.kind for line in report_lines(error)] == ["message", "source", "underline", "note", "hint"]


def test_a_warning_without_a_place():
    assert report_text(SyntaxProblem("x is not used", hint="leave it out"), "warning") == (
        "warning: x is not used\n  hint: leave it out"
    )


def test_a_place_without_a_span():
    error = SyntaxProblem("m", source=Source("1 +", "model.gx"))
    assert report_text(error) == "error: m\n  model.gx"
    assert report_text(SyntaxProblem("m", source=Source("1 +"))) == "error: m"


@pytest.mark.parametrize(
    ("text", "span", "point", "shown"),
    [
        ("foo(x)", (0, 3), None, "  foo(x)\n  ^^^"),
        ("mean((x+2", (9, 9), None, "  mean((x+2\n           ^"),
        ("a b", (2, 2), None, "  a b\n    ^"),
        ("a + b", (0, 5), (2, 2), "  a + b\n  ~~^~~"),
        ("a", (5, 9), None, "  a\n   ^"),
        ("a  b", (1, 3), None, "  a  b\n   ^^"),
        ("", (0, 0), None, ""),
        ("  \n", (0, 0), None, ""),
        # a tab is one space, a wide character two columns, a combining mark none
        ("\tx+y", (1, 4), (2, 3), "   x+y\n   ~^~"),
        ("字+x", (0, 3), (1, 2), "  字+x\n  ~~^~"),
        ("e\u0301+x", (2, 4), None, "  e\u0301+x\n   ^^"),
        ("e\u0301", (1, 2), None, "  e\u0301\n   ^"),
        # what would move the cursor is only shown
        ("a\x1b[31m", (1, 2), None, "  a␛[31m\n   ^"),
        ("a\u202eb", (1, 2), None, "  a\ufffdb\n   ^"),
    ],
)
def test_one_line(text, span, point, shown):
    assert excerpt(text, span, point=point) == shown


@pytest.mark.parametrize(
    ("text", "span", "shown"),
    [
        ("a = 1\nb = foo(a)\n", (10, 13), "  line 2:\n  b = foo(a)\n      ^^^"),
        ("a = 1\r\nb\r\n", (7, 8), "  line 2:\n  b\n  ^"),
        ("a = 1\nb = a +\n\n", (15, 15), "  line 2:\n  b = a +\n         ^"),
        ("f(\n  a,\n\n  b)", (0, 13), "  line 1:\n  f(\n  ^^\n    a,\n    ^^\n\n    b)\n    ^^"),
        ("ab\ncd", (1, 3), "  line 1:\n  ab\n   ^"),
        ("ab\n cd", (2, 4), "  line 1:\n  ab\n    ^"),
        ("ab\ncd", (2, 3), "  line 1:\n  ab\n    ^"),
    ],
)
def test_several_lines(text, span, shown):
    assert excerpt(text, span) == shown


def test_a_file_has_its_name_above():
    assert excerpt("x = 1\ny = 2z", (10, 12), place="model.gx") == "  model.gx:2:5\n  y = 2z\n      ^^"
    assert excerpt("2z", (0, 2), place="model.gx") == "  model.gx:1:1\n  2z\n  ^^"


def test_of_many_lines_some_are_shown():
    text = "\n".join(f"a{line} +" for line in range(9)) + "\nb"
    assert excerpt(text, (0, len(text)), point=(23, 24)) == (
        "  line 1:\n  a0 +\n  ~~~~\n  a1 +\n  ~~~~\n  …\n  a4 +\n  ~~~^\n  …\n  a8 +\n  ~~~~\n  b\n  ~"
    )


LONG = "x+" * 50 + "bad*2" + "+y" * 50


def test_a_long_line_is_a_window_around_the_span():
    assert excerpt(LONG, (100, 105), point=(103, 104), width=30) == (
        "  …x+x+x+x+x+bad*2+y+y+y+y+y+…\n             ~~~^~"
    )
    assert excerpt(LONG, (100, 105), point=(103, 104), width=30, ascii=True) == (
        "  ...x+x+x+x+bad*2+y+y+y+y+...\n             ~~~^~"
    )


@pytest.mark.parametrize(
    ("span", "point", "shown"),
    [
        ((0, 1), None, "  x+x+x+x+x+x+x+x+…\n  ^"),
        ((205, 205), None, "  …+y+y+y+y+y+y+y+y\n                   ^"),
        ((0, 205), (103, 104), "  …x+x+bad*2+y+y+y+…\n   ~~~~~~~^~~~~~~~~"),
    ],
)
def test_the_ends_of_a_long_line(span, point, shown):
    assert excerpt(LONG, span, point=point, width=20) == shown


@pytest.mark.parametrize("width", [20, 33, 80])
@pytest.mark.parametrize("start", range(0, 205, 13))
def test_a_window_is_never_wider_than_it_may_be(start, width):
    for text in (LONG, LONG.replace("x", "字")):
        source, underline = excerpt(text, (start, start + 3), width=width).split("\n")
        cells = sum(2 if char == "字" else 1 for char in source)
        assert cells <= width
        marked = "".join(char * (2 if char == "字" else 1) for char in source)[
            underline.index("^") : len(underline)
        ]
        assert marked == "".join(char * (2 if char == "字" else 1) for char in text[start : start + 3])


def test_a_message_cannot_reach_the_terminal_either():
    assert report_text(SyntaxProblem("no '\x1b'", notes=("a\nb",))) == "error: no '␛'\n  a\n  b"
    assert report_text(SyntaxProblem("no '\x1b'"), ascii=True) == "error: no '?'"
