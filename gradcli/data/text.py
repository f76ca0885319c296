"""Bytes -> text, for all that gradcli reads: UTF-8, without a byte order mark, and of a bounded length."""

from __future__ import annotations

from codecs import IncrementalDecoder, getincrementaldecoder
from typing import BinaryIO

from gradcli.data.unreadable import unreadable
from gradcli.errors import UsageError
from gradcli.execute.memory import room

_ENCODING = "utf-8-sig"  # takes a byte order mark away, and needs none
_CHUNK = 1 << 20
# What a character takes in memory, at the least, until all of its text is read and parsed.
_BYTES_PER_CHARACTER = 16


def decoded(content: bytes, errors: str = "strict") -> str:
    """The text that bytes hold."""
    return content.decode(_ENCODING, errors)


def decoder() -> IncrementalDecoder:
    """The same piece by piece; what is no UTF-8 is replaced."""
    return getincrementaldecoder(_ENCODING)(errors="replace")


def longest() -> int:
    """How long a text may be."""
    return room.allowed() // _BYTES_PER_CHARACTER


def whole(file: BinaryIO, name: str) -> bytes:
    """All bytes of a text.

    Raises:
        UsageError: it is binary, or too long.
    """
    chunks: list[bytes] = []
    left = longest()
    while True:
        chunk = file.read(_CHUNK)
        if not chunks and b"\0" in chunk:
            raise binary(name)
        chunks.append(chunk)
        left -= len(chunk)
        if left < 0:
            raise too_long(name)
        if len(chunk) < _CHUNK:  # not when nothing comes: a terminal would ask for a second Ctrl-D
            return b"".join(chunks)


def binary(name: str) -> UsageError:
    """The error about a file that is not made of letters."""
    return unreadable(name, "it is no text: there are zero bytes in it", "save it as text in UTF-8")


def too_long(name: str, what: str = "it") -> UsageError:
    """The error about a text without an end in sight."""
    sentence = f"{what} is longer than memory has room for: {longest()} bytes and more"
    return unreadable(name, sentence, "give a smaller one, that ends")
