"""``gradcli jvp``: the value, and how it changes along a vector."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gradcli.answers import Answer, Answers
from gradcli.commands import options
from gradcli.commands.answering import answer
from gradcli.commands.command import expression_command
from gradcli.commands.inputs import Inputs
from gradcli.commands.vectors import Tangents, tangent_option
from gradcli.commands.wrt import names_of, wrt_option
from gradcli.language.names import Given

_EXAMPLES = """
gradcli jvp 'sum(x^2)' x=1,2,3 --vector 1,0,0
gradcli jvp '[x*y, x/y]' x=1 y=2 --vector x=1 --vector y=0.5 --json
"""


@expression_command("jvp", _EXAMPLES)
@options.inputs
@wrt_option
@tangent_option
@options.line_mode
@options.numbers
@options.appearance
def command(vector: tuple[str, ...], **shared: Any) -> None:
    """Print the value, and its change along a vector for each name.

    The Jacobian times the vectors, without the matrix: they are pushed forward, in forward mode.
    Without --wrt the names are those that have a vector.
    """
    settings = options.settings_of(shared)
    inputs = Inputs(settings)
    vectors = Tangents(vector, names_of(settings.wrt), inputs)

    def ask(expression: Answers, given: Mapping[str, Given]) -> Answer:
        with vectors.shown():
            return expression.jvp(given, vectors.read(expression, given), settings.dtype)

    answer(settings, ask, inputs=inputs)
