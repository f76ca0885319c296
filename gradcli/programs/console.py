"""Where a program prints, and the line that tells how far its loop has come."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter
from typing import TextIO

_PATIENCE = 1.0
_EVERY = 0.1


class Console:
    """Standard output of a program, and its progress on standard error.

    Args:
        write: takes what is printed.
        terminal: where progress is shown; ``None`` where nobody looks.
        clock: tells the time in seconds.
    """

    def __init__(
        self,
        write: Callable[[str], object],
        terminal: TextIO | None = None,
        clock: Callable[[], float] = perf_counter,
    ) -> None:
        self._write = write
        self._terminal = terminal
        self._clock = clock
        self._shown = 0
        self._started = 0.0
        self._next = 0.0

    @property
    def watched(self) -> bool:
        """Whether anyone sees the progress."""
        return self._terminal is not None

    def print(self, text: str) -> None:
        """Print; the line of progress makes way."""
        self.erase()
        self._write(text)

    def start(self) -> None:
        """A loop begins."""
        self._started = self._clock()
        self._next = self._started + _PATIENCE

    def tick(self, done: int, of: int) -> None:
        """A loop has come so far; it is shown once it has lasted a second, and then ten times a second."""
        now = self._clock()
        if self._terminal is None or now < self._next:
            return
        self._next = now + _EVERY
        rate = done / (now - self._started)
        line = f"{done} of {of}, {rate:.3g} a second"
        # Noted first: an interrupt right behind the write has to know what to erase.
        before, self._shown = self._shown, len(line)
        self._terminal.write(f"\r{line}{' ' * (before - len(line))}")
        self._terminal.flush()

    def erase(self) -> None:
        """Take the line of progress away."""
        if self._shown and self._terminal is not None:
            self._terminal.write(f"\r{' ' * self._shown}\r")
            self._terminal.flush()
            self._shown = 0
