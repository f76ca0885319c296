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


def class_or_raise(f: Failure) -> Fields:
    """``class Net:``, ``del x``, ``raise x``."""
    return _statement(f, ("class", "del", "raise", "async"))


def formatted(f: Failure) -> Fields:
    """``f"loss {x}"``."""
    if f.kind() != "STRING" or not f.touches() or f.word(-1) not in ("f", "r", "rf", "fr", "b", "u"):
        return None
    start, end = f.words[f.index - 1][1], f.words[f.index][2]
    return {"word": f.word(-1), "span": (start, end)}


def contained(f: Failure) -> Fields:
    """``x in [1, 2]``, ``x not in y``."""
    negated = f.kind() == "NOT" and f.kind(1) == "IN"
    if not (negated or f.kind() == "IN") or not f.ended_operand or f.opening_word == "FOR":
        return None
    call = "not any" if negated else "any"
    return {"call": call, "left": f.left("PLUS"), "right": f.right(2 if negated else 1)}


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
        class_or_raise,
        "'{word}' is not a word of the language",
        "a program is made of assignments, calls, for, while, if, with and assert",
        dict.fromkeys(
            ("class Net: pass", "x = 1\ndel x"),
            "a program is made of assignments, calls, for, while, if, with and assert",
        ),
    ),
    Hint(
        formatted,
        "a text has no '{word}' before it, and no values inside",
        'write the text and the values side by side: "loss", loss',
        {'print(f"x is {x}")': 'write the text and the values side by side: "loss", loss'},
    ),
    Hint(
        contained,
        "'in' belongs to a 'for'",
        "write {call}({right} == {left}) to ask whether it is one of them",
        {
            "print(1 in [1, 2])": "write any([1, 2] == 1) to ask whether it is one of them",
            "if x in y { print(x) }": "write any(y == x) to ask whether it is one of them",
            "print(x not in y)": "write not any(y == x) to ask whether it is one of them",
        },
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
