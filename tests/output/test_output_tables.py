"""What a terminal gets, byte by byte."""

import io

import numpy as np

from gradcli.errors import ShapeProblem, Source, Span
from gradcli.output.report import report_lines
from gradcli.output.tables import Screen, show_columns, show_lines, show_report, show_results


def screen(**options):
    return Screen(io.StringIO(), **{"width": 60, **options})


def written(show, *args, **options):
    target = screen(**options)
    show(args[0], target, *args[1:])
    return target.file.getvalue()


ROWS = [
    ("value", 100 / 3),
    ("A[b]:smile:", np.arange(6.0).reshape(2, 3) / 7),
    ("t", (True, np.arange(2000.0))),
]


def test_a_narrow_table_breaks_words_in_its_last_column_alone():
    target = screen(width=40)
    row = ("x", "not differentiable", "pip install 'gradcli[sympy]'")
    show_columns(("name", "verdict", "note"), [row], target)
    assert target.file.getvalue() == (
        "╭──────┬────────────────┬──────────────╮\n"
        "│ name │ verdict        │ note         │\n"
        "├──────┼────────────────┼──────────────┤\n"
        "│ x    │ not            │ pip install  │\n"
        "│      │ differentiable │ 'gradcli[sym │\n"
        "│      │                │ py]'         │\n"
        "╰──────┴────────────────┴──────────────╯\n"
    )


def test_a_table():
    assert written(show_results, ROWS, width=70) == (
        "╭─────────────┬─────────┬──────────────────────────────────╮\n"
        "│ name        │ shape   │ value                            │\n"
        "├─────────────┼─────────┼──────────────────────────────────┤\n"
        "│ value       │ scalar  │ 33.3333                          │\n"
        "│ A[b]:smile: │ (2, 3)  │ [[       0, 0.142857, 0.285714], │\n"
        "│             │         │  [0.428571, 0.571429, 0.714286]] │\n"
        "│ t[0]        │ scalar  │ true                             │\n"
        "│ t[1]        │ (2000,) │ [0, 1, 2, ..., 1997, 1998, 1999] │\n"
        "╰─────────────┴─────────┴──────────────────────────────────╯\n"
    )


def test_a_table_in_ascii_with_a_precision():
    assert written(show_results, ROWS[:1], 2, ascii=True) == (
        "+------------------------+\n"
        "| name  | shape  | value |\n"
        "|-------+--------+-------|\n"
        "| value | scalar | 33    |\n"
        "+------------------------+\n"
    )


def test_a_narrow_terminal_folds():
    text = written(show_results, ROWS, width=40)
    assert max(map(len, text.splitlines())) <= 40
    assert "1999]" in text


def test_without_colour_there_is_no_escape_whatever_the_environment(monkeypatch):
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm-256color")
    assert "\x1b" not in written(show_results, ROWS)


def test_with_colour_there_is_whatever_the_environment(monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("TERM", "dumb")
    assert "\x1b[36mvalue" in written(show_results, ROWS, color=True)


def test_the_width_is_that_of_the_terminal_unless_told(monkeypatch):
    monkeypatch.setenv("COLUMNS", "30")
    text = written(show_results, [("x", np.arange(30.0))], width=None)
    assert max(map(len, text.splitlines())) == 30


LINES = [("●  mul", "red"), ("○  x[red]", "")]


def test_lines():
    assert written(show_lines, LINES) == "●  mul\n○  x[red]\n"
    assert written(show_lines, LINES, color=True) == "\x1b[31m●  mul\x1b[0m\n○  x[red]\n"
    assert written(show_lines, [("a" * 200, "")]) == "a" * 200 + "\n"
    assert written(show_lines, [("a\x1b[2J", "")], color=True) == "a␛[2J\n"


def test_a_report():
    error = ShapeProblem("bad: x", span=Span(0, 1), source=Source("[red]", "m.gx"), hint="mend", notes=("n",))
    assert written(show_report, report_lines(error)) == (
        "error: bad: x\n  m.gx:1:1\n  [red]\n  ^\n  n\n  hint: mend\n"
    )
    assert written(show_report, report_lines(error), color=True) == (
        "\x1b[1;31merror:\x1b[0m bad: x\n"
        "\x1b[2m  m.gx:1:1\x1b[0m\n"
        "  [red]\n"
        "\x1b[31m  ^\x1b[0m\n"
        "  n\n"
        "\x1b[36m  hint: mend\x1b[0m\n"
    )
    assert written(show_report, report_lines(error, "warning"), color=True).startswith(
        "\x1b[1;33mwarning:\x1b[0m bad"
    )
