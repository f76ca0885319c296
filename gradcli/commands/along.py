"""What ``jvp``, ``hvp`` and ``vhp`` share: a question along a vector for each name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from gradcli.answers import Answer, Answers, Values
from gradcli.commands import options
from gradcli.commands.answering import answer
from gradcli.commands.inputs import Inputs
from gradcli.commands.vectors import Tangents
from gradcli.commands.wrt import names_of
from gradcli.language.names import Given


def answer_along(
    vector: tuple[str, ...],
    shared: dict[str, Any],
    question: Callable[[Answers, Values, Values, str], Answer],
) -> None:
    """Answer a call whose ``--vector`` moves names.

    Args:
        vector: what was written behind each ``--vector``.
        shared: the shared options.
        question: what is asked of an expression: its names, their tangents, the type of numbers.
    """
    settings = options.settings_of(shared)
    inputs = Inputs(settings)
    vectors = Tangents(vector, names_of(settings.wrt), inputs)

    def ask(expression: Answers, given: Mapping[str, Given]) -> Answer:
        with vectors.shown():
            return question(expression, given, vectors.read(expression, given), settings.dtype)

    answer(settings, ask, inputs=inputs)
