"""Random texts made by the grammar itself, for the tests of the language."""

from __future__ import annotations

import random
from collections import defaultdict
from functools import cache
from typing import Any

from lark import Lark
from lark import Tree as LarkTree

from gradcli.language.lexer import normal
from gradcli.language.tables import grammar
from gradcli.language.tree import Token, Tree

SAMPLES = {
    "NAME": ["x", "y", "alpha", "θ", "x_1", "sin", "π", "e", "é", "e\u0301", "x\u0302_1", "iff", "T"],
    "NUMBER": ["1", "2.5", ".5", "1e-3", "1_000", "0", "2."],
    "COEFFICIENT": ["2", "3.5", "1e3"],
    "STRING": ['"ij,jk->ik"', '""'],
    "COMPARE": ["<", "<=", ">", ">=", "==", "!=", "≤", "≥", "≠"],
    "POWER": ["^", "**"],
    "TIMES": ["*", "×", "·"],
    "MINUS": ["-", "−"],
    "DIVIDE": ["/", "÷"],
    "AUGMENTED": ["+=", "-=", "*=", "/=", "//=", "%=", "@=", "^=", "**="],
    "_NEWLINE": ["\n", "\r\n", "  # a comment\n"],
}


WORDS = ("NAME", "NUMBER", "IF", "ELSE", "AND", "OR", "NOT", "TRUE", "FALSE", "NONE")
WORDS_OF_PROGRAMS = ("FOR", "IN", "WHILE", "WITH", "ASSERT")


class AsOurLexer:
    """For stock Lark, what our lexer adds to the grammar: newlines in brackets go, and so do names like ½."""

    always_accept = ()

    def process(self, stream: Any) -> Any:
        depth = 0
        for token in stream:
            if token.type in ("LPAR", "LSQB"):
                depth += 1
            elif token.type in ("RPAR", "RSQB"):
                depth = max(0, depth - 1)
            elif token.type in ("LBRACE", "RBRACE"):
                depth = 0
            if token.type == "NAME" and not normal(token).isidentifier():
                token = token.update(type="unknown")
            if token.type != "_NEWLINE" or not depth:
                yield token


@cache
def stock_lark(language: str = "expression") -> Lark:
    """The grammar under Lark's strict mode, which refuses conflicts and colliding terminals."""
    return Lark(
        grammar(language),
        parser="lalr",
        lexer="basic",
        strict=True,
        propagate_positions=True,
        postlex=AsOurLexer(),
    )


def from_lark(tree: Any) -> Tree:
    """A tree of Lark's as one of ours."""
    children = [
        from_lark(child)
        if isinstance(child, LarkTree)
        else Token(
            child.type,
            normal(str(child)) if child.type == "NAME" else str(child),
            child.start_pos,
            child.end_pos,
        )
        for child in tree.children
    ]
    return Tree(tree.data, children, tree.meta.start_pos, tree.meta.end_pos)


@cache
def _grammar(language: str) -> tuple[dict[str, list[list[Any]]], dict[str, str], dict[str, int]]:
    lark = stock_lark(language)
    alternatives = defaultdict(list)
    for rule in lark.rules:
        alternatives[rule.origin.name].append(rule.expansion)
    literals = {t.name: t.pattern.value for t in lark.terminals if t.pattern.type == "str"}

    heights: dict[
        str, int
    ] = {}  # of the shallowest derivation: what a text falls back to when it is deep enough
    while len(heights) < len(alternatives):
        for name, expansions in alternatives.items():
            known = [h for h in (_height(e, heights) for e in expansions) if h is not None]
            if known and name not in heights:
                heights[name] = min(known) + 1
    return dict(alternatives), literals, heights


def _height(expansion: list[Any], heights: dict[str, int]) -> int | None:
    needed = [heights.get(s.name) for s in expansion if not s.is_term]
    return None if None in needed else max(needed, default=0)


def random_text(rng: random.Random, size: int, language: str = "expression") -> str:
    """A derivation of about that many steps, its words more or less apart."""
    alternatives, literals, heights = _grammar(language)
    words: list[str] = []
    pending: list[Any] = ["start"]
    steps = 0
    after_coefficient = False
    while pending:
        symbol = pending.pop()
        name = symbol if isinstance(symbol, str) else symbol.name
        if name in alternatives:
            steps += 1
            choices = alternatives[name]
            if steps > size:
                choices = [min(choices, key=lambda e: (_height(e, heights) or 0, len(e), rng.random()))]
            pending.extend(reversed(rng.choice(choices)))
        else:
            word = rng.choice(SAMPLES[name]) if name in SAMPLES else literals[name]
            if after_coefficient and not (word[0].isalpha() or word[0] in "(√"):
                words.append(
                    "*"
                )  # the grammar does not say, but the lexer does, what may touch a coefficient
            after_coefficient = name == "COEFFICIENT"
            touches = after_coefficient or (name not in (*WORDS, *WORDS_OF_PROGRAMS) and rng.random() < 0.3)
            words.append(word if touches else word + " ")
    return "".join(words)


PIECES = [" if ", " else ", " or ", "not ", "1.5", "..", "2x", "⁴", "and"]
PIECES_OF_PROGRAMS = [
    "for i in x {",
    "} else {",
    "{",
    "}",
    "\n",
    "while ",
    "with ",
    "assert ",
    "+=",
    "++",
    ":",
]


def mutated(rng: random.Random, text: str, language: str = "expression") -> str:
    """The text with one or two pieces dropped, doubled, swapped or added."""
    pieces = PIECES if language == "expression" else [*PIECES, *PIECES_OF_PROGRAMS]
    for _ in range(rng.choice([1, 1, 2])):
        i = rng.randrange(len(text) + 1)
        j = min(len(text), i + rng.choice([1, 1, 2, 3]))
        text = rng.choice(
            [
                text[:i] + text[j:],
                text[:j] + text[i:],
                text[:i] + rng.choice("()[],;:=.'\"|!&$%{}?²√½ \n+-*/^2x<>#") + text[i:],
                text[:i] + rng.choice(pieces) + text[j:],
            ]
        )
    return text
