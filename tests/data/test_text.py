"""Bytes as text: the mark in front, zero bytes, and what never ends."""

import io

import pytest

from gradcli.data import text
from gradcli.errors import UsageError
from gradcli.execute.memory import room


class Endless(io.RawIOBase):
    """A file that always has more."""

    def __init__(self, letter):
        self.letter = letter
        self.given = 0

    def readable(self):
        return True

    def read(self, size):
        self.given += size
        return self.letter * size


def test_a_byte_order_mark_is_no_part_of_the_text():
    assert text.decoded(b"\xef\xbb\xbfx") == text.decoded(b"x") == "x"
    pieces = text.decoder()
    assert "".join([pieces.decode(bytes([one])) for one in b"\xef\xbb\xbfx\xff"]) == "x\ufffd"


@pytest.mark.parametrize("size", [0, 1, text._CHUNK - 1, text._CHUNK, text._CHUNK + 1, 2 * text._CHUNK])
def test_a_text_is_read_whole(size):
    assert text.whole(io.BytesIO(b"x" * size), "a file") == b"x" * size


@pytest.mark.parametrize(
    ("letter", "what"),
    [(b"\0", "it is no text: there are zero bytes in it"), (b"x", "it is longer than memory has room for")],
)
def test_what_never_ends_is_refused(monkeypatch, letter, what):
    monkeypatch.setattr(room, "allowed", lambda: 1 << 26)
    file = Endless(letter)
    with pytest.raises(UsageError, match=f"cannot read a file: {what}"):
        text.whole(file, "a file")
    assert file.given <= 2 * text.longest()


def test_a_limit_on_memory_bounds_the_text():
    resource = pytest.importorskip("resource")
    soft, _ = resource.getrlimit(resource.RLIMIT_AS)
    assert room.machine() >= 4 << 30
    assert room.allowed() == (room.machine() if soft == resource.RLIM_INFINITY else min(soft, room.machine()))
    assert text.longest() < room.allowed()
