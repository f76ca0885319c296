"""How wide a text stands in a terminal: a text goes in, its columns or a text safe to print come out.

A wide East Asian character takes two columns and a combining mark none. A character that would move the
cursor or turn the writing direction is shown as a symbol instead: a text can do nothing to the terminal.
"""

from __future__ import annotations

from unicodedata import category, east_asian_width


def visible(char: str, ascii: bool = False) -> str:
    """A character that is safe to print: a tab becomes one space, a control character a symbol."""
    if char.isprintable():
        return char
    kind = category(char)
    if char == "\t" or kind == "Zs":
        return " "
    if kind == "Cn" or char in "\u200c\u200d":  # newer than this Python, or a joiner inside a word
        return char
    if ascii:
        return "?"
    code = ord(char)
    return chr(0x2400 + code) if code < 32 else "\u2421" if code == 127 else "\ufffd"


def char_width(char: str) -> int:
    """The columns of one visible character: 0, 1 or 2."""
    if char.isascii():
        return 1
    if category(char) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if east_asian_width(char) in "WF" else 1


def visible_text(text: str, ascii: bool = False) -> str:
    """A text that is safe to print on one line."""
    return text if text.isprintable() else "".join([visible(char, ascii) for char in text])


def display_width(text: str) -> int:
    """The columns that a visible text takes."""
    return len(text) if text.isascii() else sum(map(char_width, text))


def pad(text: str, columns: int) -> str:
    """The text with spaces after it, up to a number of columns."""
    return text + " " * (columns - display_width(text))


def shorten(text: str, columns: int, ascii: bool = False) -> str:
    """The text, cut off with an ellipsis where it is wider than the columns."""
    if display_width(text) <= columns:
        return text
    mark = "..." if ascii else "…"
    room = columns - len(mark)
    for end, char in enumerate(text):
        room -= char_width(char)
        if room < 0:
            return text[:end] + mark
    return text + mark
