"""Ctrl-C where something is to be put in order first."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def orderly() -> Iterator[None]:
    """Let Ctrl-C be a KeyboardInterrupt inside, after which the process ends by the signal itself.

    Where it does not end a process at once, as in a shell of Python, it is one already. A second Ctrl-C does
    not wait for anything.
    """
    if signal.getsignal(signal.SIGINT) is not signal.SIG_DFL:
        yield
        return
    signal.signal(signal.SIGINT, _raised)
    try:
        yield
    except KeyboardInterrupt:
        os.kill(os.getpid(), signal.SIGINT)
        raise
    finally:
        signal.signal(signal.SIGINT, signal.SIG_DFL)


def _raised(number: int, frame: FrameType | None) -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    raise KeyboardInterrupt
