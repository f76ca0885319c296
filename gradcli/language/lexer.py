"""Text into words: ``lex`` gives the terminals of a text in order, each as (number, start, end).

What the parser never sees is gone: spaces, comments, a byte order mark, and newlines inside brackets, where
lines run on; in the braces of a program they count again. A character that begins no word is a word of the
kind ``unknown``, which no state takes.
"""

from __future__ import annotations

from gradcli.language.automaton import Automaton

Word = tuple[int, int, int]

BYTE_ORDER_MARK = "\ufeff"


def lex(text: str, machine: Automaton) -> list[Word]:
    """The words of the text, with one for its end, which stands right after the last of the others."""
    keywords, ignored, unknown = machine.keywords, machine.ignored, machine.unknown
    name, newline = machine.numbers["NAME"], machine.numbers["_NEWLINE"]
    depth_change, ordinary = machine.depth_change, machine.ordinary
    ascii_only = text.isascii()

    words: list[Word] = []
    depth = 0
    # Some group always matches: the last one takes any character.
    for match in machine.pattern.finditer(text, text.startswith(BYTE_ORDER_MARK)):
        kind = match.lastindex - 1  # type: ignore[operator]
        start, end = match.span()
        if ordinary[kind]:
            pass  # a number or an operator: half of a text
        elif kind == name:
            word = match.group()
            if word in keywords:
                kind = keywords[word]
            elif not ascii_only and not normal(word).isidentifier():
                kind = unknown
        elif ignored[kind] or (kind == newline and depth):
            continue
        elif kind in depth_change:
            depth = max(0, depth + depth_change[kind])
        elif kind != newline:
            kind = unknown
        words.append((kind, start, end))
    last = words[-1][2] if words else 0
    words.append((machine.end, last, last))
    return words


def normal(name: str) -> str:
    """A name as it is looked up: the same word in whatever way its accents were typed."""
    if name.isascii():
        return name
    import unicodedata  # few names need it

    return unicodedata.normalize("NFC", name)
