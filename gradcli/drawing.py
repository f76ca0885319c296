"""A graph with its values and gradients: all that a drawing shows, and nothing of how."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

from gradcli import seeds
from gradcli.answers import Answers
from gradcli.execute.plan import trace
from gradcli.graph import derive
from gradcli.graph.node import INPUT, Node, reachable
from gradcli.graph.trail import Trail
from gradcli.language.build import Built
from gradcli.language.names import Given
from gradcli.literal import Literal

Value = Any


class Drawing(NamedTuple):
    """The graph of a text as it was written, with what is known of its nodes.

    Where a formula is computed in another way than it was written, its root has the right value, and so
    has whatever comes after it, and every gradient that flows on to what the formula is made of. The nodes
    inside the formula show the values, and the gradients, of what was written: ``exp(800)`` is inf.

    Attributes:
        built: the graph that was computed, and the one that was written.
        nodes: the nodes that were written, in creation order.
        values: the value of each, and of its cotangents; empty if a name has no value.
        gradients: for nodes on the way from the names to the output, their cotangent.
        met: for each of these the cotangents that came together there.
        computed: the values of what the result and the gradients by names were computed from.
        trail: which node a cotangent comes from.
    """

    built: Built
    nodes: list[Node]
    values: Mapping[Node, Value]
    gradients: Mapping[Node, Node]
    met: Mapping[Node, Sequence[Node]]
    computed: Mapping[Node, Value]
    trail: Trail


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
    nodes = reachable(built.written.outputs)
    images = {node: built.images.get(node, node) for node in nodes}
    trail = Trail(meetings=True)
    gradients: dict[Node, Node] = {}
    met: dict[Node, list[Node]] = {}
    moving: set[Node] = set()
    results = list(built.outputs)
    if wrt is not None:
        starts = [built.written.names.get(name, expression.node(built, given, name)) for name in wrt]
        moving = derive.dependents(nodes, starts)
        along = [node for node in nodes if node in moving and node.kind == "float"]
        pulled = derive.vjp(seeds.started(built, cotangents), [images[node] for node in along], trail)
        gradients = {node: one for node, one in zip(along, pulled, strict=True) if one is not None}
        roots = {rewrite.written for rewrite in built.rewrites}
        for node in gradients:
            met[node] = _joined(trail.contributions.get(images[node], ()), built.origins, roots)
        results += [gradients[node] for node in starts if node in gradients]
    inputs = {**given, **seeds.cotangent_inputs(cotangents)}
    values = {name: one.value for name, one in inputs.items()}
    if not all(node.op is not INPUT or node.values[0] in given for node in nodes):
        return Drawing(built, nodes, {}, gradients, met, {}, trail)
    traced = trace([*built.outputs, *gradients.values(), *_flat(met)], values, dtype)
    computed = {node: traced[node] for node in reachable(results) if node in traced}
    # What stands in a branch that is not taken has no value, nor has what stands in a formula there.
    taken = [rewrite for rewrite in built.rewrites if rewrite.made in traced and rewrite.written in images]
    if taken:
        literal = Literal(taken, nodes, images, built.origins)
        literal.pull(moving, gradients, met)
        images.update(literal.copies)
        run = [*built.outputs, *literal.copies.values(), *gradients.values(), *_flat(met)]
        traced = literal.completed(trace(run, values, dtype))
    shown = {**traced, **{node: traced[one] for node, one in images.items() if one in traced}}
    return Drawing(built, nodes, shown, gradients, met, computed, trail)


def _flat(met: Mapping[Node, Sequence[Node]]) -> list[Node]:
    return [one for parts in met.values() for one in parts]


def _joined(
    contributions: Sequence[tuple[Node, Node]], origins: Mapping[Node, Node], roots: Collection[Node]
) -> list[Node]:
    """The cotangents that came together in a node; those that came through one formula are one."""
    parts: dict[Node, Node] = {}
    for source, cotangent in contributions:
        root = origins.get(source)
        through = cotangent if root is None or root not in roots else root
        parts[through] = parts[through] + cotangent if through in parts else cotangent
    return list(parts.values())
