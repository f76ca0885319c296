"""The examples: each file with its command in a comment, and beside it exactly what that prints.

The values of an ``.out`` file are held to the six digits that its command asks for: enough to tell a right
number from a wrong one, and few enough to be the same on every platform.
"""

import contextlib
import io
import os
import shlex
from pathlib import Path

import pytest

from gradcli.commands.entry import run

EXAMPLES = Path(__file__).parent.parent / "examples"
WORKING = sorted(EXAMPLES.glob("*.grad"))
WRONG = sorted(EXAMPLES.glob("*/*.grad"))
PROGRAMS = sorted((EXAMPLES / "tutorials").glob("*.run"))
WRONG_PROGRAMS = sorted((EXAMPLES / "program_error").glob("*.run"))

# Each folder holds what is wrong in one phase.
EXIT_CODES = {
    "syntax_error": 3,
    "name_error": 3,
    "call_error": 3,
    "shape_error": 3,
    "gradient_error": 3,
    "evaluation_error": 5,
}


def command(path):
    """The words after ``gradcli`` in the line that starts with ``# $ gradcli``."""
    (line,) = [line for line in path.read_text(encoding="utf-8").split("\n") if line.startswith("# $ ")]
    program, *words = shlex.split(line.removeprefix("# $ "))
    assert program == "gradcli"
    return words


def outcome(path, monkeypatch):
    """Run the command of an example in its own folder."""
    monkeypatch.chdir(path.parent)
    for name in ("FORCE_COLOR", "CLICOLOR_FORCE", "LC_ALL", "LC_CTYPE", "LANG"):
        monkeypatch.delenv(name, raising=False)
    out, err = [io.TextIOWrapper(io.BytesIO(), encoding="utf-8") for _ in range(2)]
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = run(command(path))
    texts = []
    for stream in (out, err):
        stream.flush()
        texts.append(stream.buffer.getvalue().decode())
    return code, *texts


def expected(path):
    return path.with_suffix(".out").read_text(encoding="utf-8")


@pytest.mark.parametrize("path", WORKING, ids=lambda path: path.stem)
def test_an_example_prints_its_out_file(path, monkeypatch):
    assert outcome(path, monkeypatch) == (0, expected(path), "")


@pytest.mark.parametrize("path", WRONG, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_wrong_example_is_reported_as_its_out_file_says(path, monkeypatch):
    assert outcome(path, monkeypatch) == (EXIT_CODES[path.parent.name], "", expected(path))


@pytest.mark.parametrize("path", PROGRAMS, ids=lambda path: path.stem)
def test_a_program_prints_its_out_file(path, monkeypatch):
    assert outcome(path, monkeypatch) == (0, expected(path), "")


@pytest.mark.parametrize("path", WRONG_PROGRAMS, ids=lambda path: path.stem)
def test_a_wrong_program_is_reported_as_its_out_file_says(path, monkeypatch):
    # What cannot be read is known before anything runs.
    code = 3 if path.stem.endswith("_block") else 5
    assert outcome(path, monkeypatch) == (code, "", expected(path))


@pytest.mark.parametrize("path", [*PROGRAMS, *WRONG_PROGRAMS], ids=lambda path: path.stem)
def test_a_program_says_what_it_shows_and_runs_itself(path):
    first = path.read_text(encoding="utf-8").split("\n")[0]
    assert first.startswith("# ")
    assert not first.startswith("# $")
    assert command(path) == ["run", path.name]


@pytest.mark.parametrize("path", [*WORKING, *WRONG], ids=lambda path: path.stem)
def test_an_example_says_what_it_shows_and_reads_its_own_file(path):
    first = path.read_text(encoding="utf-8").split("\n")[0]
    assert first.startswith("# ")
    assert not first.startswith("# $")
    assert command(path)[1:3] == ["-f", path.name]


@pytest.mark.parametrize("path", WORKING, ids=lambda path: path.stem)
def test_the_digits_of_an_example_are_the_same_everywhere(path):
    assert command(path)[-2:] == ["--precision", "6"]


def test_every_example_has_its_out_file_and_every_out_file_its_example():
    named = {
        suffix: {path.with_suffix("") for path in EXAMPLES.rglob(f"*{suffix}")}
        for suffix in (".grad", ".run", ".out")
    }
    assert named[".grad"] | named[".run"] == named[".out"]


def test_there_are_examples_of_every_kind():
    assert len(WORKING) >= 12
    assert {path.parent.name for path in WRONG} == set(EXIT_CODES)
    assert len(PROGRAMS) >= 5
    assert len(WRONG_PROGRAMS) >= 3
    assert all(len(list((EXAMPLES / folder).glob("*.grad"))) >= 3 for folder in EXIT_CODES)


def test_every_file_beside_the_examples_is_read_by_one_of_them():
    read = {word for path in WORKING for word in command(path)}
    data = [
        path.name for path in EXAMPLES.iterdir() if path.is_file() and path.suffix not in (".grad", ".out")
    ]
    assert data
    assert set(data) <= read


def test_no_out_file_knows_this_machine():
    assert not any(
        os.fspath(EXAMPLES.parent) in path.read_text(encoding="utf-8") for path in EXAMPLES.rglob("*.out")
    )
