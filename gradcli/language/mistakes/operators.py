"""Mistakes: operators of other languages, and operators without a value."""

from __future__ import annotations

from gradcli.language.failure import BINARY, CLOSERS, SUPERSCRIPT, Failure
from gradcli.language.mistakes.hint import Fields, Hint


def dotted_operator(f: Failure) -> Fields:
    """``.*``, ``.^``."""
    return {"operator": f.word()} if f.kind(-1) == "DOT" and f.kind() in BINARY and f.touches() else None


def arrow(f: Failure) -> Fields:
    """``x -> x^2``."""
    return {"word": "->"} if f.kind(-1) in ("MINUS", "EQUAL") and f.word() == ">" and f.touches() else None


def misspelt_comparison(f: Failure) -> Fields:
    """``=>``, ``=<``, ``<>``, ``===``."""
    spellings = {"=<": "<=", "<>": "!=", "===": "==", "!==": "!=", "==<": "<="}
    found = f.word(-1) + f.word()
    if not f.touches() or found not in spellings:
        return None
    return {"found": found, "word": spellings[found], "span": (f.words[f.index - 1][1], f.end)}


def in_place(f: Failure) -> Fields:
    """``x += 1``."""
    if f.kind() != "EQUAL" or f.kind(-1) not in BINARY or not f.touches() or f.open_brackets:
        return None
    return {"operator": f.word(-1), "left": f.before(-1).left("TIMES"), "right": f.right(1, power=True)}


def percent(f: Failure) -> Fields:
    """``10%``."""
    if f.kind(-1) != "MODULO" or f.wants_operand is False or f.kind() not in (*CLOSERS, *BINARY):
        return None
    return {"left": f.before(-1).left("POWER")}


def doubled(f: Failure) -> Fields:
    """``1 + * 2``."""
    if (
        f.kind() not in (*BINARY, *SUPERSCRIPT)
        or f.kind(-1) not in (*BINARY, "NOT", "ROOT")
        or not f.wants_operand
    ):
        return None
    return {"first": f.word(-1), "second": f.word(), "span": (f.words[f.index - 1][1], f.end)}


def no_left_side(f: Failure) -> Fields:
    """``* 2``, ``(/ 2)``, ``= 3``."""
    if not f.wants_operand or f.kind() not in (*BINARY, *SUPERSCRIPT, "EQUAL"):
        return None
    return {"operator": f.word()}


HINTS = (
    Hint(
        dotted_operator,
        "'.{operator}' is not an operator: all of them work element by element",
        "write {operator}",
        {"x .* y": "write *", "[1, 2].^2": "write ^", "a ./ b": "write /"},
    ),
    Hint(
        arrow,
        "an arrow is not part of the language",
        "write >= to compare, f(x) = x^2 to define a function",
        {
            "x -> x^2": "write >= to compare, f(x) = x^2 to define a function",
            "x => 2": "write >= to compare, f(x) = x^2 to define a function",
        },
    ),
    Hint(
        misspelt_comparison,
        "'{found}' is not a comparison",
        "write {word}",
        {"x =< 2": "write <=", "x <> 2": "write !=", "x === 2": "write =="},
    ),
    Hint(
        in_place,
        "'{operator}=' belongs to programs",
        "write {left} = {left} {operator} {right}",
        {"x += 1": "write x = x + 1", "x *= 2^n": "write x = x * 2^n"},
    ),
    Hint(
        percent,
        "'%' is the remainder of a division, and needs a value on its right",
        "write {left}/100 for a percentage",
        {"10%": "write 10/100 for a percentage", "f(5%, 1)": "write 5/100 for a percentage"},
    ),
    Hint(
        doubled,
        "a value is missing between '{first}' and '{second}'",
        "remove one of the two, or write the value",
        {
            "1+*2": "remove one of the two, or write the value",
            "x ** ** 2": "remove one of the two, or write the value",
            "x and or y": "remove one of the two, or write the value",
        },
    ),
    Hint(
        no_left_side,
        "a value is missing before '{operator}'",
        "write the value, or remove the '{operator}'",
        {
            "* 2": "write the value, or remove the '*'",
            "f(/ 2)": "write the value, or remove the '/'",
            "= 3": "write the value, or remove the '='",
            "and x": "write the value, or remove the 'and'",
        },
    ),
)
