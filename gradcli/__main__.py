"""The way in from a shell: ``gradcli`` and ``python -m gradcli``."""

from __future__ import annotations

import gc
import os
import signal
import sys
from contextlib import suppress
from typing import NoReturn


def main() -> None:
    """Run the command line, and leave with its exit code."""
    # As every filter does: a closed pipe and Ctrl-C end the program at once, without a word.
    if hasattr(signal, "SIGPIPE"):
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
        if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
            # A shell lets those in the background ignore it.
            signal.signal(signal.SIGINT, signal.SIG_DFL)
    from gradcli.commands.memory import bound_memory

    # Graphs hold no cycles: fewer passes of the collector over a large one is all the same to memory.
    gc.set_threshold(100_000, 20, 20)
    from gradcli.commands.entry import run
    from gradcli.errors import OutputError

    bound_memory()
    # Python sets a stream to None that its parent closed (``2>&-``).
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w")  # noqa: SIM115  (open to the end)
    if sys.stdout is None:
        sys.stderr.write("error: standard output cannot be written: it is closed\n")
        sys.exit(OutputError.exit_code)
    _leave(run(sys.argv[1:]))


def _leave(code: int) -> NoReturn:
    """End at once: to take down all that was made takes Python as long as a short command runs."""
    watched = sys.getprofile() is not None or sys.gettrace() is not None
    if not watched:
        with suppress(OSError, ValueError):  # those Python tells of by itself
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)
    sys.exit(code)


if __name__ == "__main__":
    main()
