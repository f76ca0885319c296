"""Mistakes: assignments, choices and slices where they cannot stand."""

from __future__ import annotations

from gradcli.language.failure import CLOSERS, SEPARATORS, Failure
from gradcli.language.mistakes.hint import Fields, Hint


def chained(f: Failure) -> Fields:
    """``a = b = 3``."""
    if f.kind() != "EQUAL" or f.open_brackets or f.accepts("ELSE"):
        return None
    start = f.statement_start()
    equals = [i for i in range(start, f.index) if f.kind(i - f.index) == "EQUAL"]
    if not equals:
        return None
    outer = f.shown(f.words[start][1], f.words[equals[-1] - 1][2])
    inner = f.shown(f.words[equals[-1] + 1][1], f.words[f.index - 1][2])
    last = next(i for i in range(f.index, len(f.words)) if f.kind(i - f.index) in SEPARATORS)
    return {"outer": outer, "inner": inner, "right": f.shown(f.end, f.words[last - 1][2]).strip()}


def equal_for_comparison(f: Failure) -> Fields:
    """``(x = 3)``."""
    return {} if f.kind() == "EQUAL" and f.ended_operand else None


def no_else(f: Failure) -> Fields:
    """``a if c``."""
    return {} if f.kind() in (*CLOSERS, "IF", "EQUAL") and f.accepts("ELSE") else None


def else_without_if(f: Failure) -> Fields:
    """``a else b``."""
    return {} if f.kind() == "ELSE" and f.ended_operand else None


def no_right_side(f: Failure) -> Fields:
    """``x =``."""
    if f.kind(-1) != "EQUAL" or f.kind() not in CLOSERS:
        return None
    before = f.index - 2
    return {"left": f.shown(f.words[before][1], f.words[before][2]), "span": f.last_end}


def colon_equal(f: Failure) -> Fields:
    """``x := 3``."""
    return {} if f.kind() == "COLON" and f.kind(1) == "EQUAL" else None


def colon(f: Failure) -> Fields:
    """``1:3`` outside an index."""
    return {"word": f.word()} if f.kind() in ("COLON", "ELLIPSIS") and f.opener != "index" else None


HINTS = (
    Hint(
        chained,
        "one name at a time is given a value",
        "write {inner} = {right}; {outer} = {inner}",
        {"a = b = 3": "write b = 3; a = b", "x = 1; p = q = x + 1": "write q = x + 1; p = q"},
    ),
    Hint(
        equal_for_comparison,
        "'=' gives a name its value, and cannot stand here",
        "write == to compare",
        {
            "(x = 3)": "write == to compare",
            "where(x[0] = 3, 1, 2)": "write == to compare",
            "1 if x = 3 else 2": "write == to compare",
            "[x = 3]": "write == to compare",
        },
    ),
    Hint(
        no_else,
        "an 'else' is missing: a choice has two values",
        "write A if CONDITION else B",
        {"a if b": "write A if CONDITION else B", "f(a if b, c)": "write A if CONDITION else B"},
    ),
    Hint(
        else_without_if,
        "there is no 'if' before this 'else'",
        "write A if CONDITION else B",
        {"a else b": "write A if CONDITION else B"},
    ),
    Hint(
        no_right_side,
        "a value is missing after '='",
        "write it, as in {left} = 1",
        {
            "x = ": "write it, as in x = 1",
            "f(axis=)": "write it, as in axis = 1",
            "y =; 3": "write it, as in y = 1",
        },
    ),
    Hint(colon_equal, "':=' is not part of the language", "write =", {"x := 3": "write ="}),
    Hint(
        colon,
        "'{word}' belongs inside an index",
        "write x[1:3] for a part of x, arange(1, 3) for a range",
        {
            "1:3": "write x[1:3] for a part of x, arange(1, 3) for a range",
            "sum(a:b)": "write x[1:3] for a part of x, arange(1, 3) for a range",
            "f(...)": "write x[1:3] for a part of x, arange(1, 3) for a range",
        },
    ),
)
