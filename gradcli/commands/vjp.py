"""``gradcli vjp``: the value, and a vector pulled back to each name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gradcli.answers import Answer, Answers
from gradcli.commands import options
from gradcli.commands.answering import answer
from gradcli.commands.command import expression_command
from gradcli.commands.inputs import Inputs
from gradcli.commands.vectors import Cotangents, vector_option
from gradcli.commands.wrt import names_of, wrt_option
from gradcli.language.names import Given

_EXAMPLES = """
gradcli vjp 'x^2' x=1,2,3 --vector 1,0,0
gradcli vjp '(sum(x), x*y)' x=1,2 y=3 --wrt y --vector 0=1 --vector 1=0.5,0.5 --json
"""


@expression_command("vjp", _EXAMPLES)
@options.inputs
@wrt_option
@vector_option
@options.line_mode
@options.numbers
@options.appearance
def command(vector: tuple[str, ...], **shared: Any) -> None:
    """Print the value, and a vector times the Jacobian by each name.

    The matrix is never built: the vector, of the output's shape, is pulled back in reverse mode.
    """
    settings = options.settings_of(shared)
    names = names_of(settings.wrt)
    inputs = Inputs(settings)
    vectors = Cotangents(vector, inputs)

    def ask(expression: Answers, given: Mapping[str, Given]) -> Answer:
        with vectors.shown():
            return expression.vjp(given, names, vectors.read(given), settings.dtype)

    answer(settings, ask, inputs=inputs)
