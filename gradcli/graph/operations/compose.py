"""Functions of the language that are written in other operations.

An operation is primitive where PyTorch has a backward node of that name; what PyTorch
composes is composed here too, and so it has no rule and no kernel of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from gradcli.graph.node import Node, Parameter, as_node
from gradcli.graph.operations.record import Sample, topic_of_caller
from gradcli.graph.table import Record, Table


class Composite(Record):
    """A record of the table whose graph is built from other operations.

    An optional argument whose default is ``none`` is handed on as ``None`` when it is left out;
    one that begins with ``*`` stands for any number, written one after the other. Where PyTorch has one
    backward node for all that it is made of, ``torch`` is that node's name.
    """

    name: str
    arguments: tuple[str, ...]
    parameters: tuple[Parameter, ...]
    build: Callable[..., Node | tuple[Node, ...]]
    aliases: tuple[str, ...]
    samples: tuple[Sample, ...]
    form: tuple[str, ...] = ()
    doc: str = ""
    topic: str = ""
    torch: str = ""

    @property
    def variadic(self) -> bool:
        """Whether it takes any number of arrays."""
        return bool(self.arguments) and self.arguments[-1].endswith("*")

    def __call__(self, *arguments: Node | float | None, **parameters: Any) -> Node | tuple[Node, ...]:
        """Build the graph, of one result or of several; raises what its operations raise."""
        nodes = [None if argument is None else as_node(argument) for argument in arguments]
        return self.build(*nodes, **parameters)


composites: Table[Composite] = Table()


def compose(
    name: str,
    arguments: str,
    build: Callable[..., Node | tuple[Node, ...]],
    *,
    parameters: tuple[Parameter, ...] = (),
    aliases: str = "",
    samples: Sequence[Sample] = (),
    form: str = "",
    doc: str = "",
    torch: str = "",
) -> None:
    """Enter a composed function into the table."""
    record = Composite(
        name=name,
        arguments=tuple(arguments.split()),
        parameters=parameters,
        build=build,
        aliases=tuple(aliases.split()),
        samples=tuple(samples),
        form=tuple(form.split()),
        doc=doc,
        topic=topic_of_caller(),
        torch=torch,
    )
    composites.enter(name, record)
