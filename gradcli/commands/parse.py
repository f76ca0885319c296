"""``gradcli parse``: how the text was read."""

from __future__ import annotations

from typing import Any

import click

from gradcli.commands import options
from gradcli.commands.command import expression_command
from gradcli.commands.inputs import Inputs
from gradcli.commands.streams import Streams
from gradcli.language.reading import reading, tree_json_text

_EXAMPLES = """
gradcli parse -- '-2x^2/3'
gradcli parse '2^3^2' --json
"""


@expression_command("parse", _EXAMPLES)
@options.inputs
@click.option("--json", is_flag=True, help="The tree, with the place of each part in the text.")
@options.appearance
def command(**shared: Any) -> None:
    """Print the expression with every operation in brackets."""
    settings = options.settings_of(shared)
    expression, _ = Inputs(settings).expression()
    text = tree_json_text(expression.tree) if settings.json else reading(expression.tree)
    with Streams(settings) as streams:
        streams.write(text + "\n")
