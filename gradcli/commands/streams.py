"""Results to standard output or a file, everything else to standard error."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from contextlib import suppress
from typing import TYPE_CHECKING, TextIO

from gradcli.commands.options import Settings
from gradcli.errors import GradcliError, OutputError
from gradcli.output.color import use_color

if TYPE_CHECKING:
    from gradcli.output.tables import Screen


class Streams:
    """Where one call writes, in which form; a context, at whose end a file is complete."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.form = self._form()
        self._file: TextIO | None = None

    def __enter__(self) -> Streams:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        try:
            if kind is None:
                self.flush()
        finally:
            if self._file is not None:
                # What a full disk did not take, closing tries to write again.
                with suppress(OSError):
                    self._file.close()

    def _form(self) -> str:
        if self.settings.json or self.settings.output in ("json", "jsonl"):
            return "json"
        if self.settings.output is not None:
            return self.settings.output
        return "table" if sys.stdout.isatty() and not self.settings.out and not self.settings.lines else "raw"

    @property
    def ascii(self) -> bool:
        """Whether only ASCII may be drawn: it was asked for, or the stream can hold no more."""
        return self.settings.ascii or _only_ascii(sys.stdout)

    @property
    def color(self) -> bool:
        """Whether the output is to be coloured."""
        return self.settings.out is None and use_color(self.settings.color, os.environ, sys.stdout.isatty())

    def write(self, text: str) -> None:
        """Write a result.

        Raises:
            OutputError: it cannot be written.
        """
        try:
            self._target().write(text)
        except OSError as error:
            raise _unwritable(error, self.settings.out) from None
        except UnicodeEncodeError:
            sys.stdout.write(text.encode("ascii", "backslashreplace").decode())

    def write_bytes(self, content: bytes) -> None:
        """Write a result that is no text.

        Raises:
            OutputError: it cannot be written.
        """
        try:
            self._target().flush()
            self._target().buffer.write(content)
        except OSError as error:
            raise _unwritable(error, self.settings.out) from None

    def _target(self) -> TextIO:
        if self.settings.out is None:
            return sys.stdout
        if self._file is None:
            self._file = open(  # noqa: SIM115  (closed by __exit__)
                self.settings.out, "w", encoding="utf-8", errors="backslashreplace"
            )
        return self._file

    def flush(self) -> None:
        """Hand on what was written.

        Raises:
            OutputError: it cannot be written.
        """
        try:
            (self._file or sys.stdout).flush()
        except OSError as error:
            raise _unwritable(error, self.settings.out) from None

    def screen(self) -> Screen:
        """The output as the tables see it."""
        from shutil import get_terminal_size

        from gradcli.output.tables import Screen

        return Screen(self._target(), self.color, get_terminal_size().columns, self.ascii)

    def warn(self, warning: GradcliError) -> None:
        """Tell of a warning, unless all is to be quiet."""
        if not self.settings.quiet:
            report(warning, "warning", self.settings)

    def remark(self, sentences: Iterable[str], line: int | None = None) -> None:
        """Tell what was chosen on the way, to those who asked for it."""
        if not self.settings.verbose:
            return
        self.flush()
        for sentence in sentences:
            if self.form == "json":
                from gradcli.output.jsonform import dumps_error

                _tell(dumps_error(GradcliError(sentence), line, "remark") + "\n")
            else:
                _tell(f"{sentence}\n" if line is None else f"line {line}: {sentence}\n")


def report(error: GradcliError, severity: str, settings: Settings) -> None:
    """Write an error or warning to standard error: as one JSON object, or as lines, in colour if wanted."""
    if settings.json or settings.output in ("json", "jsonl"):
        from gradcli.output.jsonform import dumps_error

        line = error.source.line if error.source is not None else 0
        _tell(dumps_error(error, line or None, severity) + "\n")
        return
    from shutil import get_terminal_size

    from gradcli.output.report import report_lines

    plain = settings.ascii or _only_ascii(sys.stderr)
    width = get_terminal_size().columns if sys.stderr.isatty() else 100
    lines = report_lines(error, severity, width=width, ascii=plain)
    if use_color(settings.color, os.environ, sys.stderr.isatty()):
        from gradcli.output.tables import Screen, show_report

        show_report(lines, Screen(sys.stderr, True, width, plain))
        return
    _tell("".join([line.text + "\n" for line in lines]))


def _only_ascii(stream: TextIO) -> bool:
    """Whether a stream can hold no more, or the user asked for the C locale, whatever Python makes of it."""
    locale = next(filter(None, map(os.environ.get, ("LC_ALL", "LC_CTYPE", "LANG"))), "")
    encoding = (stream.encoding or "ascii").lower()
    return locale in ("C", "POSIX") or not encoding.startswith("utf")


def _tell(text: str) -> None:
    # A report must get out, whatever the stream can hold.
    with suppress(OSError):
        try:
            sys.stderr.write(text)
        except UnicodeEncodeError:
            sys.stderr.write(text.encode("ascii", "backslashreplace").decode())


def _unwritable(error: OSError, name: str | None) -> OutputError:
    what = (error.strerror or str(error)).lower()
    return OutputError(f"{name or 'standard output'} cannot be written: {what}")
