"""Mistakes: two values side by side."""

from __future__ import annotations

from gradcli.language.failure import NUMBERS, Failure, bracketed
from gradcli.language.mistakes.hint import Fields, Hint

PROGRAM = ("for", "while", "with", "assert")
FOREIGN = {"mod": "%", "rem": "%", "div": "//", "is": "==", "eq": "==", "xor": "!=", "times": "*"}


def line_break(f: Failure) -> Fields:
    """A bracket left open, and the next line read on as part of it."""
    if not f.side_by_side or "\n" not in f.text[f.words[f.index - 1][2] : f.start]:
        return None
    return {**f.missing, "span": f.last_end} if f.never_closed else None


def program_word(f: Failure) -> Fields:
    """``for x in ...``: statements of programs."""
    if not f.side_by_side:
        return None
    found = next((i for i in (-1, 0) if f.kind(i) == "NAME" and f.word(i) in PROGRAM), None)
    return None if found is None else {"word": f.word(found), "span": f.words[f.index + found][1:]}


def foreign_operator(f: Failure) -> Fields:
    """``x mod 2``, ``x is y``."""
    if f.word() not in FOREIGN or not f.side_by_side:
        return None
    if f.word() == "is" and f.kind(1) == "NOT":
        return {"word": "is not", "operator": "!=", "span": (f.start, f.words[f.index + 1][2])}
    return {"word": f.word(), "operator": FOREIGN[f.word()]}


def definition(f: Failure) -> Fields:
    """``def f(x): ...``, ``lambda x: ...``, ``let x = 3``."""
    words = {
        "def": "f(x) = x^2",
        "lambda": "f(x) = x^2",
        "function": "f(x) = x^2",
        "let": "x = 3",
        "var": "x = 3",
    }
    if f.kind(-1) != "NAME" or f.word(-1) not in words or not f.side_by_side:
        return None
    return {"word": f.word(-1), "written": words[f.word(-1)], "span": f.words[f.index - 1][1:]}


def member_number(f: Failure) -> Fields:
    """``x.2``."""
    if f.kind() != "NUMBER" or not f.word().startswith(".") or not f.touches() or not f.ended_operand:
        return None
    return {"left": f.left("POWER"), "number": f.word()[1:], "word": f.word()}


def numbers_in_list(f: Failure) -> Fields:
    """``[1 2 3]``."""
    if (
        f.opener not in ("LSQB", "call", "index")
        or f.kind() not in NUMBERS
        or f.kind(-1) != "NUMBER"
        or not f.ended_operand
    ):
        return None
    return {"left": f.word(-1), "right": f.word(), **_between(f)}


def spaced_coefficient(f: Failure) -> Fields:
    """``2 x``."""
    if (
        f.kind(-1) != "NUMBER"
        or f.touches()
        or f.kind() not in ("NAME", "LPAR", "ROOT")
        or not f.side_by_side
    ):
        return None
    return {
        "number": f.word(-1),
        "right": f.right(),
        **_between(f),
        "comma": _comma(f, f.word(-1), f.right()),
    }


def call_without_brackets(f: Failure) -> Fields:
    """``sin x``."""
    if f.kind(-1) != "NAME" or f.kind() == "LPAR" or len(f.word(-1)) < 2 or f.touches() or not f.side_by_side:
        return None
    if f.kind(-2) == "DOT":
        return None
    right = f.right()
    comma = _comma(f, f.word(-1), right)
    return {"name": f.word(-1), "right": right, "bracketed": bracketed(right), **_between(f), "comma": comma}


def side_by_side(f: Failure) -> Fields:
    """``x y``, ``(a)(b)``."""
    if not f.side_by_side:
        return None
    left, right = f.left("POWER" if f.accepts("POWER") else "TIMES"), f.right()
    return {"left": left, "right": right, **_between(f), "comma": _comma(f, left, right)}


def _between(f: Failure) -> dict[str, tuple[int, int]]:
    """The span of two values side by side."""
    return {"span": (f.left_start(), max(f.end, f.right_end()))}


def _comma(f: Failure, left: str, right: str) -> str:
    """The third reading that two values have where several may stand."""
    return f", or {left}, {right} for two values" if f.opener in ("LSQB", "call", "index") else ""


HINTS = (
    Hint(
        line_break,
        "the line ends and {missing}",
        "add {closing} where the line ends",
        {
            "y = (x + 2\ny * 2": "add ')' where the line ends",
            "y = (f(x + 2)\nz = (y)": "add ')' where the line ends",
        },
    ),
    Hint(
        program_word,
        "'{word}' belongs to programs",
        "an expression takes whole arrays at once, as in sum(x^2)",
        {
            "for i in range(3)": "an expression takes whole arrays at once, as in sum(x^2)",
            "sum(x for x in y)": "an expression takes whole arrays at once, as in sum(x^2)",
        },
    ),
    Hint(
        foreign_operator,
        "'{word}' is not an operator of the language",
        "write {operator}",
        {"x mod 2": "write %", "x is y": "write ==", "x is not y": "write !=", "a xor b": "write !="},
    ),
    Hint(
        definition,
        "'{word}' is not a word of the language",
        "write {written}",
        {"lambda x: x^2": "write f(x) = x^2", "let y = 3": "write x = 3"},
    ),
    Hint(
        member_number,
        "a number cannot follow '.'",
        "write {left}[{number}] for an element, {left}*{word} for a product",
        {"x.2": "write x[2] for an element, x*.2 for a product"},
    ),
    Hint(
        numbers_in_list,
        "two numbers stand side by side",
        "write {left}, {right}",
        {"[1 2 3]": "write 1, 2", "f(1 2)": "write 1, 2", "A[0 1]": "write 0, 1"},
    ),
    Hint(
        spaced_coefficient,
        "two values stand side by side",
        "write {number}{right} without the space, or {number}*{right}{comma}",
        {
            "2 x": "write 2x without the space, or 2*x",
            "2 (x + 1)": "write 2(x + 1) without the space, or 2*(x + 1)",
            "[2 x]": "write 2x without the space, or 2*x, or 2, x for two values",
        },
    ),
    Hint(
        call_without_brackets,
        "two values stand side by side",
        "write {name}{bracketed} to call {name}, {name}*{right} to multiply{comma}",
        {
            "sin x": "write sin(x) to call sin, sin*x to multiply",
            "2 + sqrt 2": "write sqrt(2) to call sqrt, sqrt*2 to multiply",
            "f(aa b)": "write aa(b) to call aa, aa*b to multiply, or aa, b for two values",
        },
    ),
    Hint(
        side_by_side,
        "two values stand side by side",
        "write {left}*{right}{comma}",
        {
            "x y": "write x*y",
            "(a)(b)": "write (a)*(b)",
            "f(x)(y)": "write f(x)*(y)",
            "x 2": "write x*2",
            "x² y": "write x²*y",
            "3(x)y": "write (x)*y",
            "f(x y)": "write x*y, or x, y for two values",
            "f(x\ny)": "write x*y, or x, y for two values",
        },
    ),
)
