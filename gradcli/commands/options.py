"""The options that commands share, and what they come to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

import click

from gradcli.errors import CallProblem, UsageError
from gradcli.execute.memory.room import max_memory

F = TypeVar("F", bound=Callable[..., Any])


class Settings(NamedTuple):
    """The shared options of one call."""

    words: tuple[str, ...]
    file: str | None = None
    vars: str | None = None
    wrt: str | None = None
    lines: bool = False
    strict: bool = False
    errors: str | None = None
    json: bool = False
    output: str | None = None
    out: str | None = None
    precision: int | None = None
    dtype: str = "float64"
    color: str = "auto"
    ascii: bool = False
    quiet: bool = False
    verbose: bool = False
    seed: int = 0


def settings_of(options: dict[str, Any]) -> Settings:
    """Take the shared options out of a command's, leaving its own."""
    return Settings(**{name: options.pop(name) for name in Settings._fields if name in options})


def _stacked(*decorators: Callable[[F], F]) -> Callable[[F], F]:
    def decorate(function: F) -> F:
        for decorator in reversed(decorators):
            function = decorator(function)
        return function

    return decorate


sparse = click.option(
    "--sparse", is_flag=True, help="The entries alone that can be other than zero, at any point."
)

seed = click.option(
    "--seed",
    type=click.IntRange(min=0),
    default=0,
    metavar="N",
    help="Draw other random numbers; a command gives the same ones every time, and its seed is 0.",
)


def _bounded(ctx: click.Context, _: click.Parameter, size: str | None) -> None:
    """Whatever the command runs, from here to its end, is bound."""
    try:
        ctx.with_resource(max_memory(size))
    except CallProblem:
        raise UsageError(f"--max-memory takes a size such as 2GB or 500MiB, and got '{size}'") from None


memory = click.option(
    "--max-memory",
    metavar="SIZE",
    callback=_bounded,
    expose_value=False,
    help="Refuse what would hold more, such as 2GB; by default 80% of what is free.",
)

inputs = _stacked(
    click.argument("words", nargs=-1, metavar="[EXPR] [NAME=VALUE]..."),
    click.option(
        "-f", "--file", metavar="FILE", help="Read the expression from a file; - is standard input."
    ),
    click.option("--vars", metavar="FILE", help="Many names at once: a JSON object, TOML or npz."),
    seed,
    memory,
)

line_mode = _stacked(
    click.option("--lines", is_flag=True, help="Every line of the input is an expression of its own."),
    click.option("--strict", is_flag=True, help="With --lines: stop at the first bad line."),
    click.option(
        "--errors", metavar="FILE", help="With --lines: collect the errors in a file, as JSON lines."
    ),
)


appearance = _stacked(
    click.option(
        "--color", type=click.Choice(["auto", "always", "never"]), default="auto", help="When to colour."
    ),
    click.option("--ascii", is_flag=True, help="Draw with plain ASCII."),
    click.option("--quiet", is_flag=True, help="No warnings."),
    click.option("--debug", is_flag=True, expose_value=False, help="Show the traceback of an error."),
)

numbers = _stacked(
    click.option("--json", is_flag=True, help="One JSON object a result."),
    click.option(
        "-o",
        "--output",
        type=click.Choice(["table", "json", "jsonl", "csv", "npy", "npz", "raw"]),
        help="The form; by default a table on a terminal and raw text in a pipe; csv, npy and npz (of a "
        "sparse matrix) hold one array.",
    ),
    click.option("--out", metavar="FILE", help="Write the result to a file."),
    click.option("--precision", type=click.IntRange(1, 17), metavar="N", help="Significant digits."),
    click.option(
        "--dtype", type=click.Choice(["float64", "float32"]), default="float64", help="The type of numbers."
    ),
    click.option("--verbose", is_flag=True, help="Tell on standard error what was chosen, and why."),
)
