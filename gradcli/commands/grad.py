"""``gradcli grad``: the value and the gradients."""

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
gradcli grad 'mean((x+2)*(x+2)*2)' x=1,2,3 --wrt x
gradcli grad 'y = x+2; y*y*2' x=1,2,3 --vector 0.1,1,0.001
"""


@expression_command("grad", _EXAMPLES)
@options.inputs
@wrt_option
@vector_option
@options.line_mode
@options.numbers
@options.appearance
def command(vector: tuple[str, ...], **shared: Any) -> None:
    """Print the value and the gradient by each name.

    The expression must be a scalar; for any other, --vector weighs its elements.
    """
    settings = options.settings_of(shared)
    names = names_of(settings.wrt)
    inputs = Inputs(settings)
    vectors = Cotangents(vector, inputs)

    def ask(expression: Answers, given: Mapping[str, Given]) -> Answer:
        with vectors.shown():
            return expression.gradient(given, names, vectors.read(given), settings.dtype)

    answer(settings, ask, inputs=inputs)
