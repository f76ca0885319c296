"""A command whose words are an expression and values: an expression may begin with a minus."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import click

# What looks like an option stays one, so that a typing error gets Click's suggestion.
_LONG_OPTION = re.compile(r"--[a-z][a-z-]*(=.*)?", re.DOTALL)


class ExpressionCommand(click.Command):
    """Sorts the arguments before Click does: options first, then words, whatever they begin with."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """``-x^2`` is a word, and so is all that follows ``--``."""
        takes_value = {
            name: not (option.is_flag or option.count)
            for option in self.get_params(ctx)
            if isinstance(option, click.Option)
            for name in (*option.opts, *option.secondary_opts)
        }
        options: list[str] = []
        words: list[str] = []
        rest = iter(args)
        for arg in rest:
            if arg == "--":
                words.extend(rest)
            elif arg in takes_value:
                options.append(arg)
                if takes_value[arg]:
                    value = next(rest, None)
                    if value is None:
                        # Click would take the "--" below for the value.
                        raise click.BadOptionUsage(arg, f"Option '{arg}' needs a value.", ctx)
                    options.append(value)
            elif _LONG_OPTION.fullmatch(arg):
                options.append(arg)
            else:
                words.append(arg)
        try:
            return super().parse_args(ctx, [*options, "--", *words])
        except click.UsageError as error:
            # Click's parser does not tell which command it reads for.
            error.ctx = error.ctx or ctx
            raise


def expression_command(
    name: str, examples: str, **settings: Any
) -> Callable[[Callable[..., Any]], click.Command]:
    """Declare a command; its examples close the help page, and a test runs them."""
    lines = "".join([f"  $ {line}\n" for line in examples.strip().splitlines()])
    return click.command(
        name,
        cls=ExpressionCommand,
        epilog=f"\b\nExamples:\n{lines}",
        options_metavar="[OPTIONS]",
        context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
        **settings,
    )
