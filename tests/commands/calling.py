"""Three ways to call gradcli: in this process, from a shell, and at a terminal."""

import contextlib
import io
import os
import re
import select
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple
from unittest import mock

from gradcli.commands.entry import run

# What would change the looks of an answer.
_LOOKS = ("FORCE_COLOR", "NO_COLOR", "CLICOLOR_FORCE", "CLICOLOR", "LC_ALL", "LC_CTYPE", "LANG", "COLUMNS")
ESCAPE = "\x1b"


class Called(NamedTuple):
    """What a call came to."""

    code: int
    out: str
    err: str


def call(*arguments, stdin=b"", env=None):
    """Run a command line in this process; fast, and with true streams."""
    kept = {name: value for name, value in os.environ.items() if name not in _LOOKS}
    out, err = [io.TextIOWrapper(io.BytesIO(), encoding="utf-8", errors="backslashreplace") for _ in range(2)]
    with tempfile.TemporaryFile("w+", encoding="utf-8") as source:
        source.buffer.write(stdin if isinstance(stdin, bytes) else stdin.encode())
        source.seek(0)
        with (
            mock.patch.dict(os.environ, {**kept, **(env or {})}, clear=True),
            mock.patch("sys.stdin", source),
            contextlib.redirect_stdout(out),
            contextlib.redirect_stderr(err),
        ):
            code = run(arguments)
    texts = []
    for stream in (out, err):
        stream.flush()
        texts.append(stream.buffer.getvalue().decode())
    return Called(code, *texts)


def environment(**extra):
    """The environment of a shell that has gradcli on its path, with nothing that changes its looks."""
    # Unbuffered streams would hide a flush that is missing.
    hidden = (*_LOOKS, "PYTHONUNBUFFERED")
    kept = {name: value for name, value in os.environ.items() if name not in hidden}
    path = f"{Path(sys.executable).parent}:{kept.get('PATH', '')}"
    return {**kept, "PATH": path, "PYTHONIOENCODING": "utf-8", **extra}


def shell(command, stdin=b"", **extra):
    """Run a line of bash."""
    done = subprocess.run(
        ["bash", "-c", command],
        check=False,
        input=stdin,
        env=environment(**extra),
        capture_output=True,
        timeout=60,
    )
    return Called(done.returncode, done.stdout.decode(), done.stderr.decode())


def terminal(*arguments, columns=80, typed=b"", until="", **extra):
    """Run a command line at a pseudo-terminal; what is typed is sent once ``until`` has appeared.

    Both streams come as one, with the line ends of a terminal made ordinary.
    """
    import fcntl
    import pty
    import struct
    import termios

    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))

    def own_terminal():
        os.setsid()
        fcntl.ioctl(theirs, termios.TIOCSCTTY, 0)

    process = subprocess.Popen(
        [sys.executable, "-m", "gradcli", *arguments],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env=environment(**{"TERM": "xterm-256color", **extra}),
        preexec_fn=own_terminal,
    )
    os.close(theirs)
    seen = b""
    end = time.monotonic() + 15
    while select.select([ours], [], [], max(0, end - time.monotonic()))[0]:
        try:
            read = os.read(ours, 4096)
        except OSError:  # Linux says so when the other end is closed
            break
        if not read:
            break
        seen += read
        if typed and until.encode() in seen:
            os.write(ours, typed)
            typed = b""
    else:
        process.kill()
    os.close(ours)
    return Called(process.wait(timeout=10), seen.decode().replace("\r\n", "\n"), "")


def plain(text):
    """A text without its colours."""
    return re.sub(r"\x1b\[[0-9;]*m", "", text)


INTERRUPTED = -signal.SIGINT
CLOSED_PIPE = 128 + signal.SIGPIPE
