"""Mistakes: the words of the language used as names, and the choice told in the wrong order."""

from __future__ import annotations

from gradcli.language.failure import BINARY, CLOSERS, KEYWORDS, Failure
from gradcli.language.mistakes.hint import Fields, Hint


def keyword_as_name(f: Failure) -> Fields:
    """``if = 3``, ``x + or``, ``x.if``."""
    if f.kind() not in KEYWORDS:
        return None
    stands_alone = f.kind() in ("IF", "ELSE") and f.kind(1) in (*CLOSERS, *BINARY, "DOT")
    is_name = f.kind(-1) == "DOT" or (f.wants_operand and (stands_alone or f.kind(1) == "EQUAL"))
    return {"word": f.word()} if is_name else None


def keyword_given_a_value(f: Failure) -> Fields:
    """``f(true=3)``."""
    return {"word": f.word(-1)} if f.kind() == "EQUAL" and f.kind(-1) in KEYWORDS else None


def if_first(f: Failure) -> Fields:
    """``if x > 0 then 1``: the value stands first here."""
    return {} if f.kind() in ("IF", "ELSE") and f.wants_operand else None


def lone_not(f: Failure) -> Fields:
    """``x + not y``."""
    if f.kind() != "NOT" or not f.wants_operand:
        return None
    return {"right": f.right(1)}


HINTS = (
    Hint(
        keyword_as_name,
        "'{word}' is a word of the language and cannot be a name",
        "choose another name, such as {word}_",
        {"if = 3": "choose another name, such as if_", "x + else": "choose another name, such as else_"},
    ),
    Hint(
        keyword_given_a_value,
        "'{word}' is a word of the language and cannot be a name",
        "choose another name, such as {word}_",
        {"f(true=3)": "choose another name, such as true_"},
    ),
    Hint(
        if_first,
        "the value stands first, and then its condition",
        "write A if CONDITION else B",
        {
            "if x > 0 then 1 else 2": "write A if CONDITION else B",
            "1 + if x else y": "write A if CONDITION else B",
        },
    ),
    Hint(
        lone_not,
        "'not' binds less than the operator before it",
        "write (not {right})",
        {"x + not y": "write (not y)", "a == not b": "write (not b)"},
    ),
)
