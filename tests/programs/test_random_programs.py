"""Whatever a program is, it ends with a sentence or without one: never with words of Python's."""

from __future__ import annotations

import re
from pathlib import Path
from random import Random

import pytest
from commands.calling import call
from programs.random_programs import Writer, mixed_up

# Mixed up, a loop may last for ever: these go round once, or a few times.
TUTORIALS = [
    re.sub(r"\b\d{3,}\b", "9", path.read_text(encoding="utf-8").replace("while ", "if "))
    for path in sorted((Path(__file__).parents[2] / "examples" / "tutorials").glob("*.run"))
]
CODES = (0, 2, 3, 4, 5)
SENTENCES = {0: ("", "warning: "), 4: ("error: there is no program",)}


def check(text: str) -> None:
    answer = call("run", "-f", "-", stdin=text)
    assert answer.code in CODES, text
    assert answer.err.startswith(SENTENCES.get(answer.code, ("error: ", "warning: "))), (text, answer.err)
    assert "gradcli itself failed" not in answer.err, (text, answer.err)
    assert "Traceback" not in answer.err, (text, answer.err)
    if answer.code in (3, 5):
        assert "error: " in answer.err
        # It stands under the text, and its hint says something.
        assert "^" in answer.err or "~" in answer.err, (text, answer.err)
        assert "there are\n" not in answer.err, (text, answer.err)


@pytest.mark.parametrize("seed", range(8))
def test_random_programs(seed: int):
    random = Random(seed)
    for _ in range(25):
        check(Writer(random).program())


@pytest.mark.parametrize("seed", range(4))
def test_random_programs_with_words_mixed_up(seed: int):
    random = Random(seed)
    for _ in range(20):
        check(mixed_up(Writer(random).program(), random))


@pytest.mark.parametrize("text", TUTORIALS, ids=[text.split("\n")[0] for text in TUTORIALS])
def test_tutorials_with_words_mixed_up(text: str):
    random = Random(len(text))
    for _ in range(12):
        check(mixed_up(text, random))
