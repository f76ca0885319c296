"""Errors in the user's words: of the function that was called, not of what it is made of."""

from __future__ import annotations

import re

from gradcli.errors import CallProblem, EvaluationError, GradcliError, ShapeProblem
from gradcli.graph.node import ops
from gradcli.graph.operations.compose import composites

_CALLED = re.compile(r"\b(\w+)\(\)")
_ABOUT_A_CALL = (CallProblem, ShapeProblem, EvaluationError)


def name_function(error: GradcliError, word: str) -> None:
    """Let an error of a call name the function as the user wrote it.

    A function may be known by several names, and a composed one is refused by the operations it is
    made of, whose names nobody wrote; a shape rule that many share knows no name at all.

    Args:
        error: what the call raised; other errors than those of calls, shapes and the run stay as they are.
        word: the function's name as it was written.
    """
    named = _CALLED.findall(error.message)
    if word in named or not isinstance(error, _ABOUT_A_CALL):
        return
    inner = next((name for name in named if name in ops or name in composites), None)
    if inner is None:
        error.message = f"{word}(): {error.message}"
    else:
        error.message = error.message.replace(f"{inner}()", f"{word}()")
