"""What a program prints, and the line that tells how far a long loop has come."""

from __future__ import annotations

import io

import pytest

from gradcli.errors import Source
from gradcli.programs.console import Console
from gradcli.programs.run import run


class Clock:
    """A clock that goes on by so many seconds with each look."""

    def __init__(self, step: float) -> None:
        self.now = 0.0
        self.step = step

    def __call__(self) -> float:
        self.now += self.step
        return self.now


def shown(text: str, step: float) -> tuple[str, str]:
    """What a program prints, and what is shown of its progress, where each look at the clock is a step."""
    printed: list[str] = []
    terminal = io.StringIO()
    run(Source(text), {}, Console(printed.append, terminal, Clock(step)), print)
    return "".join(printed), terminal.getvalue()


def test_a_short_loop_shows_nothing():
    assert shown("for i in range(100) { }", 0.009)[1] == ""


def test_a_long_loop_is_shown_after_a_second_and_erased_at_its_end():
    _, progress = shown("for i in range(5) { }", 0.5)
    lines = progress.split("\r")
    assert lines[1:4] == ["2 of 5, 2 a second", "3 of 5, 2 a second", "4 of 5, 2 a second"]
    assert lines[-2:] == [" " * len("5 of 5, 2 a second"), ""]


def test_the_line_makes_way_for_what_is_printed():
    printed, progress = shown("for i in range(3) { print(i) }", 2.0)
    assert printed == "0\n1\n2\n"
    assert progress.split("\r")[1:4] == ["1 of 3, 0.5 a second", " " * 20, ""]


def test_only_the_outermost_loop_over_a_range_is_shown():
    _, progress = shown("for i in range(2) { for j in range(100) { } }", 2.0)
    assert "of 100" not in progress
    assert "1 of 2" in progress
    assert shown("for i in [1, 2, 3] { }", 2.0)[1] == ""


def test_an_error_erases_the_line_too():
    terminal = io.StringIO()
    with pytest.raises(Exception, match="there is no function oops"):
        run(
            Source("for i in range(9) { if i > 2 { oops() } }"),
            {},
            Console(print, terminal, Clock(1.0)),
            print,
        )
    assert terminal.getvalue().endswith(" \r")
