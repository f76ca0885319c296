"""The group ``gradcli``, whose help is written without importing a command."""

from __future__ import annotations

import re
from importlib import import_module

import click

from gradcli import __version__
from gradcli.errors import UsageError

COMMANDS = {
    "eval": "Print the value of an expression.",
    "grad": "Print the value and the gradient by each name.",
    "jacobian": "Print the value and the Jacobian by each name.",
    "hessian": "Print the value and the Hessian of a scalar, by pairs of names.",
    "jvp": "Print the value, and its change along a vector for each name.",
    "vjp": "Print the value, and a vector times the Jacobian by each name.",
    "hvp": "Print the value, and the Hessian of a scalar times a vector.",
    "vhp": "Print the value, and a vector times the Hessian of a scalar.",
    "run": "Run a program: tensors, loops, branches, training.",
    "check": "Check the derivative against numbers, symbols and itself.",
    "graph": "Draw the graph, with values and gradients on its nodes.",
    "profile": "Measure time and memory of each part of an expression.",
    "functions": "Print the functions, or all there is to know of one.",
    "parse": "Print the expression with every operation in brackets.",
}

_EPILOG = """\
\b
Examples:
  $ gradcli grad 'mean((x+2)*(x+2)*2)' x=1,2,3 --wrt x
  $ seq 1 3 | sed 's/$/*x^2/' | gradcli grad --lines x=2
"""


_OPTION = re.compile(r"-[a-z]|--[a-z-]*(=.*)?", re.DOTALL)


def _instead(word: str) -> str:
    """What to type in place of a command that does not exist; it may be an expression."""
    from difflib import get_close_matches  # late: costs milliseconds, and only errors need it

    near = get_close_matches(word, COMMANDS, cutoff=0.5)
    if near:
        return f"did you mean gradcli {near[0]}?"
    quoted = word.replace("'", "'\\''")
    return f"for the value of an expression: gradcli eval '{quoted}'"


def commands_with(option: str) -> list[str]:
    """The commands that take an option; all of them are imported for it."""
    return [name for name in COMMANDS if any(option in one.opts for one in _imported(name).params)]


def _imported(name: str) -> click.Command:
    command: click.Command = import_module(f"gradcli.commands.{name}").command
    return command


class LazyGroup(click.Group):
    """Commands by name; a command's module is imported when the command is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """In the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command, imported now."""
        return _imported(cmd_name) if cmd_name in COMMANDS else None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Also ``gradcli help COMMAND``; an expression in place of a command is told what it lacks."""
        if args[0] == "help":
            args = [*args[1:], "--help"] if len(args) > 1 else args
            if len(args) == 1:
                click.echo(self.get_help(ctx))
                ctx.exit()
        if args[0] not in COMMANDS and not _OPTION.fullmatch(args[0]):
            raise UsageError(f"there is no command '{args[0]}'", hint=_instead(args[0]))
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The table itself."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(
    cls=LazyGroup,
    epilog=_EPILOG,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, message="gradcli %(version)s")
def gradcli() -> None:
    """Differentiate expressions: value, gradient, Jacobian and graph of what you type."""
