"""What a call reads: its expression, and the values of names."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator

from gradcli.answers import Answers
from gradcli.commands.options import Settings
from gradcli.data.assignments import ORDER, assign
from gradcli.data.text import binary, decoded, decoder, longest, too_long, whole
from gradcli.errors import EmptyInputError, Source, UsageError
from gradcli.language.automaton import EXPRESSION, PROGRAM
from gradcli.language.names import Given

_CHUNK = 1 << 16
_STDIN = "standard input"
_ALL_VALUES = "with --lines or -f every word is a value for a name, such as x=3 or x=1,2,3"
_BEHIND_PROGRAM = "behind a program every word is a value for a name, such as x=3 or x=@data.csv"


class Inputs:
    """The inputs of one call; standard input can be asked for once.

    Attributes:
        used: the names that the values of later names used.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.used: set[str] = set()
        self._asked = False

    def expression(self) -> tuple[Answers, dict[str, Given]]:
        """The single expression, and the names' values.

        Raises:
            EmptyInputError: there is no expression.
        """
        words = self.settings.words
        if self.settings.file is not None:
            place = self.settings.file
            text = self._text(place, EXPRESSION)
        elif words:
            text, place, words = words[0], "", words[1:]
        else:
            raise EmptyInputError(
                "there is no expression",
                hint="give one in quotes, or name a file with -f (- is standard input)",
            )
        expression = Answers(text, "" if place in ("", "-") else place, seed=self.settings.seed)
        return expression, self.given(words)

    def program(self) -> Source:
        """The program in the file that was named.

        Raises:
            EmptyInputError: there is nothing in it.
        """
        place = str(self.settings.file)
        return Source(self._text(place, PROGRAM), "" if place == "-" else place)

    def _text(self, place: str, language: str) -> str:
        text = self._file(place).replace("\r\n", "\n").replace("\r", "\n")
        if not text.strip():
            raise EmptyInputError(f"there is no {language} in {_named(place)}")
        return text

    def given(self, words: tuple[str, ...], language: str = EXPRESSION) -> dict[str, Given]:
        """The values of names, from ``--vars`` and from NAME=VALUE."""
        known: dict[str, Given] = {}
        if self.settings.vars is not None:
            from gradcli.data.files import read_variables
            from gradcli.data.given import as_given

            for name, value in read_variables(self.settings.vars).items():
                known[name] = as_given(name, value, f"{self.settings.vars}")
        elsewhere = self.settings.lines or self.settings.file is not None
        hint = _BEHIND_PROGRAM if language == PROGRAM else _ALL_VALUES if elsewhere else ORDER
        found = assign(words, known, self.stdin, hint, seed=self.settings.seed, language=language)
        self.used |= found.used
        return found.given

    def stdin(self) -> str:
        """All of standard input."""
        self._ask()
        try:
            content = whole(sys.stdin.buffer, _STDIN)
        except OSError as error:
            raise _unreadable(_STDIN, error) from None
        return decoded(content, errors="replace")

    @property
    def lines_from_stdin(self) -> bool:
        """Whether the lines come from standard input."""
        return self.settings.lines and self.settings.file in (None, "-")

    def _ask(self) -> None:
        if self._asked:
            raise UsageError("standard input is asked for twice", hint="let one of the two come from a file")
        self._asked = True
        if sys.stdin is None:
            raise UsageError("standard input cannot be read: it is closed")
        if sys.stdin.isatty():
            sys.stderr.write("reading standard input; end it with Ctrl-D\n")
            sys.stderr.flush()

    def _file(self, name: str) -> str:
        if name == "-":
            return self.stdin()
        try:
            with open(name, "rb") as file:
                return decoded(whole(file, name))
        except UnicodeDecodeError:
            raise UsageError(f"{name} is no text in UTF-8") from None
        except (OSError, ValueError) as error:
            raise _unreadable(name, error) from None

    def chunks(self) -> Iterator[list[str]]:
        """The lines of the input, as many at a time as have come: what was read is answered at once."""
        if self.settings.file is None or self.settings.file == "-":
            self._ask()
            yield from _lines(sys.stdin.fileno(), _STDIN)
            return
        try:
            number = os.open(self.settings.file, os.O_RDONLY)
        except (OSError, ValueError) as error:
            raise _unreadable(self.settings.file, error) from None
        try:
            yield from _lines(number, self.settings.file)
        finally:
            os.close(number)


def _unreadable(name: str, error: OSError | ValueError) -> UsageError:
    reason = error.strerror if isinstance(error, OSError) else None
    # A ValueError is about the name: a null character, or one that the file system cannot spell.
    return UsageError(f"{name} cannot be read: {(reason or 'this cannot be the name of a file').lower()}")


def _lines(number: int, name: str) -> Iterator[list[str]]:
    text = decoder()
    # The beginning of a line whose end has not come yet, and its length.
    begun: list[str] = []
    length = 0
    while True:
        try:
            read = os.read(number, _CHUNK)
        except OSError as error:
            raise _unreadable(name, error) from None
        *lines, rest = text.decode(read, final=not read).split("\n")
        if lines:
            lines[0] = "".join([*begun, lines[0]])
            begun, length = [], 0
            yield lines
        begun.append(rest)
        length += len(rest)
        if length > _CHUNK and "\0" in rest:
            raise binary(name)
        if length > longest():
            raise too_long(name, "a line of it")
        if not read:
            if length:
                yield ["".join(begun)]
            return


def _named(place: str) -> str:
    return _STDIN if place == "-" else place
