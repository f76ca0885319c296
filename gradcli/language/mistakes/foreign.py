"""Mistakes of programs: statements of other languages."""

from __future__ import annotations

from gradcli.language.failure import CLOSERS, Failure
from gradcli.language.mistakes.hint import Fields, Hint

MODULES = ("import", "from", "include", "using", "require")
DECLARATIONS = ("let", "var", "const", "local", "global", "nonlocal", "auto", "double", "float", "int")
FUNCTIONS = ("def", "function", "fn", "func")


def stepped(f: Failure) -> Fields:
    """``x++``, ``x--``."""
    if f.kind(-1) not in ("PLUS", "MINUS") or f.kind(-2) != f.kind(-1) or f.kind() not in CLOSERS:
        return None
    left = f.before(-2)
    if not f.touches(-1) or not left.ended_operand:
        return None
    return {
        "operator": f.word(-1),
        "name": left.left("POWER"),
        "span": (f.words[f.index - 2][1], f.words[f.index - 1][2]),
    }


def module(f: Failure) -> Fields:
    """``import numpy as np``."""
    return _statement(f, MODULES)


def function(f: Failure) -> Fields:
    """``def f(x):``."""
    return _statement(f, FUNCTIONS)


def returned(f: Failure) -> Fields:
    """``return x``."""
    return _statement(f, ("return", "yield"))


def declared(f: Failure) -> Fields:
    """``let x = 3``."""
    found = _statement(f, DECLARATIONS)
    return found and {**found, "name": f.word() if f.kind() == "NAME" else "x"}


def comprehension(f: Failure) -> Fields:
    """``sum(x for x in y)``."""
    return {} if f.kind() == "FOR" and f.open_brackets else None


def call_function(f: Failure) -> Fields:
    """``f(x): x^2``."""
    if f.kind() != "COLON" or f.open_brackets or f.kind(-1) != "RPAR":
        return None
    return {"left": f.left("POWER")}


def _statement(f: Failure, words: tuple[str, ...]) -> Fields:
    """A statement that begins with one of these words, refused at the word behind it."""
    if f.statement_start() != f.index - 1 or f.word(-1) not in words or not f.side_by_side:
        return None
    return {"word": f.word(-1), "span": f.words[f.index - 1][1:]}


HINTS = (
    Hint(
        stepped,
        "'{operator}{operator}' is not an operator of the language",
        "write {name} {operator}= 1",
        {"x++": "write x += 1", "while x < 3 { x-- }": "write x -= 1"},
    ),
    Hint(
        module,
        "a program imports nothing",
        "leave the line out: every function is there; data come in as NAME=@FILE behind the program",
        dict.fromkeys(
            ("import torch", "from torch import nn"),
            "leave the line out: every function is there; data come in as NAME=@FILE behind the program",
        ),
    ),
    Hint(
        function,
        "'{word}' is not a word of the language",
        "a function is one expression: write f(x) = x^2",
        {"def f(x):\n    return x^2": "a function is one expression: write f(x) = x^2"},
    ),
    Hint(
        returned,
        "'{word}' is not a word of the language",
        "a function is one expression: write f(x) = x^2",
        {"return x": "a function is one expression: write f(x) = x^2"},
    ),
    Hint(
        declared,
        "'{word}' is not a word of the language",
        "write {name} = 3",
        {"let x = 3": "write x = 3", "x = 1\nvar y = 3": "write y = 3"},
    ),
    Hint(
        comprehension,
        "a 'for' is a statement, and cannot stand in brackets",
        "take the whole array at once, as in sum(x^2)",
        {
            "sum(i^2 for i in x)": "take the whole array at once, as in sum(x^2)",
            "[i for i in x]": "take the whole array at once, as in sum(x^2)",
        },
    ),
    Hint(
        call_function,
        "a ':' begins no function and no block",
        "write {left} = x^2 for a function, and blocks in braces",
        {"f(x): x^2": "write f(x) = x^2 for a function, and blocks in braces"},
    ),
)
