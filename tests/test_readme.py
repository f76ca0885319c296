"""The README keeps its promises: commands, sessions, Python, the list of functions, the picture."""

import doctest
import html
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import readme
import session

from gradcli.language.names import DERIVATIVES

TEXT = readme.README.read_text(encoding="utf-8")


def run(command):
    """What a shell shows of a command, both streams in one."""
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    environment |= {"PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(
        ["bash", "-c", command],
        check=False,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
    )
    return done.stdout.rstrip("\n")


@pytest.mark.parametrize(("command", "shown"), readme.sessions(), ids=lambda text: text[:40])
def test_a_session_prints_what_it_shows(command, shown):
    if " jq " in command:
        shown, command = _without_jq(shown, command)
    assert run(command) == shown


def _without_jq(shown, command):
    """jq is not part of gradcli: the same numbers, picked here."""
    producer = command.replace("| jq -c .grad.x", "")
    picked = [re.search(r'"x": ([^}]*)}', line).group(1) for line in run(producer).split("\n")]
    assert picked == shown.split("\n")
    return "", "true"


def test_there_are_sessions_to_check():
    assert len(readme.sessions()) > 10


def test_the_marked_commands_set_up_everything_themselves():
    commands = readme.commands()
    assert set(commands) == {"run", "test"}
    for command in commands.values():
        assert command.startswith("python3 -m venv .venv && .venv/bin/pip install")


def test_the_python_session_is_true():
    results = doctest.testfile(str(readme.README), module_relative=False)
    assert results.attempted > 8
    assert results.failed == 0


def test_the_list_of_functions_is_that_of_the_table():
    assert readme.with_function_list(TEXT) == TEXT, "write it anew: python tests/readme.py write"
    assert "`softmax`" in TEXT
    for name, third in DERIVATIVES.items():
        assert f"`{name}(expr, x{', v' if third == 'v' else ''})`" in TEXT


def test_the_picture_shows_what_the_commands_print():
    drawn = html.unescape(re.sub(r"<[^>]*>", "", session.PICTURE.read_text(encoding="utf-8")))
    drawn = drawn.replace("\N{NO-BREAK SPACE}", " ")
    for line in session.transcript():
        assert line in drawn, "draw it anew: python tests/session.py"
