"""Mistakes: numbers, ranges of them and zeros in the wrong place."""

from __future__ import annotations

import re

from gradcli.language.failure import NUMBERS, OPERANDS, Failure
from gradcli.language.mistakes.hint import Fields, Hint


def two_points(f: Failure) -> Fields:
    """``1.2.3``."""
    if f.kind(-1) != "NUMBER" or f.kind() not in NUMBERS or not f.touches() or "." not in f.word(-1):
        return None
    return {"found": f.word(-1) + f.word()} if f.word().startswith(".") else None


def dotted_range(f: Failure) -> Fields:
    """``1..2``, ``a..b``, ``1...3``."""
    if f.kind(-1) == "DOT" and f.touches() and (f.kind() == "DOT" or f.word().startswith(".")):
        left = f.before(-1).left("POWER")
        right = f.right(1) if f.kind() == "DOT" else f.word().lstrip(".")
        return {"left": left, "right": right}
    if f.kind() == "ELLIPSIS" and f.ended_operand and f.kind(1) in OPERANDS:
        return {"left": f.left("POWER"), "right": f.right(1)}
    return None


def thousands(f: Failure) -> Fields:
    """``1,000``, ``1 000``: groups of digits."""
    return _digits(f, r"(?<![\w.])\d{1,3}(?:[, ]\d{3})+(?!\w)")


def leading_zero(f: Failure) -> Fields:
    """``007``."""
    return _digits(f, r"(?<![\w.])0[0-9_]+(?:\.[0-9]*)?")


def _digits(f: Failure, pattern: str) -> Fields:
    """The stretch of digits like that in which the refused number stands."""
    if f.kind() not in NUMBERS or f.kind(-1) != "NUMBER":
        return None
    window = max(0, f.start - 60)
    for match in re.compile(pattern, re.ASCII).finditer(f.text, window, f.start + 60):
        if match.start() < f.start < match.end():
            number = re.sub("[ ,_]", "", match[0])
            plain = number.lstrip("0")
            plain = plain if plain[:1].isdigit() else "0" + plain
            return {"found": match[0], "number": number, "plain": plain, "span": match.span()}
    return None


HINTS = (
    Hint(
        two_points,
        "'{found}' has two decimal points",
        "remove one of them",
        {"1.2.3": "remove one of them", "x + 1.5.0": "remove one of them"},
    ),
    Hint(
        dotted_range,
        "two dots are not a range",
        "write linspace({left}, {right}, 10), or arange({left}, {right}) for whole steps without the end",
        {
            "1..2": "write linspace(1, 2, 10), or arange(1, 2) for whole steps without the end",
            "a..b": "write linspace(a, b, 10), or arange(a, b) for whole steps without the end",
            "sum(1...n)": "write linspace(1, n, 10), or arange(1, n) for whole steps without the end",
        },
    ),
    Hint(
        thousands,
        "'{found}' is more than one number: a whole number does not begin with a 0",
        "write {number} for one number",
        {
            "1,000": "write 1000 for one number",
            "2 * 12,000,000": "write 12000000 for one number",
            "1 000 + x": "write 1000 for one number",
        },
    ),
    Hint(
        leading_zero,
        "'{found}' begins with a 0, as no whole number does",
        "write {plain}",
        {"007": "write 7", "x + 00": "write 0", "[1, 02]": "write 2", "01.5": "write 1.5"},
    ),
)
