"""A graph with its values and gradients: all that a drawing shows, and nothing of how."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from gradcli import seeds
from gradcli.answers import Answers
from gradcli.execute.plan import trace
from gradcli.graph import derive
from gradcli.graph.node import INPUT, Node, reachable
from gradcli.language.build import Built
from gradcli.language.names import Given

Value = Any


class Drawing(NamedTuple):
    """The graph of a text with what is known of its nodes.

    Attributes:
        built: the graph.
        nodes: its nodes, in creation order.
        values: the value of each, and of its cotangents; empty if a name has no value.
        gradients: for nodes on the way from the names to the output, their cotangent.
        trail: which cotangents met where.
    """

    built: Built
    nodes: list[Node]
    values: Mapping[Node, Value]
    gradients: Mapping[Node, Node]
    trail: derive.Trail


def drawing(
    expression: Answers,
    given: Mapping[str, Given],
    wrt: Sequence[str] | None = None,
    cotangents: Sequence[Given] = (),
    dtype: str = "float64",
) -> Drawing:
    """Trace a graph forward and, for the names of ``wrt``, on the way back.

    A name without a value is a scalar, and then no values are known.
    """
    built = expression.graph(given, wrt)
    nodes = reachable(built.outputs)
    trail = derive.Trail(meetings=True)
    gradients: dict[Node, Node] = {}
    run = list(built.outputs)
    if wrt is not None:
        starts = [expression.node(built, given, name) for name in wrt]
        moving = derive.dependents(nodes, starts)
        along = [node for node in nodes if node in moving and node.kind == "float"]
        pulled = derive.vjp(seeds.started(built, cotangents), along, trail)
        gradients = {node: one for node, one in zip(along, pulled, strict=True) if one is not None}
        met = [one for parts in trail.contributions.values() for _, one in parts]
        run += [*gradients.values(), *met]
    inputs = {**given, **seeds.cotangent_inputs(cotangents)}
    values = {name: one.value for name, one in inputs.items()}
    known = all(node.op is not INPUT or node.values[0] in given for node in nodes)
    return Drawing(built, nodes, trace(run, values, dtype) if known else {}, gradients, trail)
