"""Functions of the language that are written in other operations.

An operation is primitive where PyTorch has a backward node of that name; what PyTorch
composes is composed here too, and so it has no rule and no kernel of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from gradcli.graph.node import Node, Parameter, as_node
from gradcli.graph.operations.record import Sample


class Composite(NamedTuple):
    """A record of the table whose graph is built from other operations."""

    name: str
    arguments: tuple[str, ...]
    parameters: tuple[Parameter, ...]
    build: Callable[..., Node]
    aliases: tuple[str, ...]
    samples: tuple[Sample, ...]

    @property
    def variadic(self) -> bool:
        """Whether it takes any number of arrays."""
        return bool(self.arguments) and self.arguments[-1].endswith("*")

    def __call__(self, *arguments: Node | float, **parameters: Any) -> Node:
        """Build the graph; raises what its operations raise."""
        return self.build(*[as_node(argument) for argument in arguments], **parameters)


composites: dict[str, Composite] = {}


def compose(
    name: str,
    arguments: str,
    build: Callable[..., Node],
    *,
    parameters: tuple[Parameter, ...] = (),
    aliases: str = "",
    samples: Sequence[Sample] = (),
) -> None:
    """Enter a composed function into the table."""
    record = Composite(
        name, tuple(arguments.split()), parameters, build, tuple(aliases.split()), tuple(samples)
    )
    composites[name] = record
