"""The backward graph of a text as tensors have it: what ``grad_fn`` and ``next_functions`` lead to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import count
from operator import attrgetter
from typing import Any, NamedTuple

from gradcli.answers import Answers, Values
from gradcli.autograd.backward import AccumulateGrad, BackwardNode, Edge
from gradcli.autograd.local_node import LocalNode
from gradcli.autograd.tensor import Tensor
from gradcli.errors import GradientProblem
from gradcli.graph.node import INPUT, Node
from gradcli.graph.shapes import Shape
from gradcli.language.build import Built
from gradcli.language.names import Given
from gradcli.nesting import spans_of
from gradcli.replay import Replay, Replayed

# What a name without a value stands for while the graph is made: inside of the domain of most functions,
# and shown nowhere.
_SOMEWHERE = 0.5


class Entry(NamedTuple):
    """A node of the backward graph, or a place where nothing is behind an argument.

    Attributes:
        name: PyTorch's name; ``"None"`` for what has no node.
        leaf: the name of the leaf at which a gradient is accumulated.
        shapes: of its outputs.
        saved: what it keeps for the way back, by PyTorch's names; none if a name has no value.
        next: the entries that its gradients go on to, by their places, each with the number of its output.
        text: the part of the expression that made it.
    """

    name: str
    leaf: str
    shapes: tuple[Shape, ...]
    saved: Mapping[str, Any]
    next: tuple[tuple[int, int], ...]
    text: str


class BackwardGraph(NamedTuple):
    """The entries, each before all that it leads to, and the graph of the text."""

    entries: list[Entry]
    built: Built


def backward_graph(expression: Answers, given: Values, wrt: Sequence[str] | None = None) -> BackwardGraph:
    """Make the backward graph of an expression.

    A name without a value is a scalar, as in every drawing; then nothing that is saved is told, and of a
    choice both branches are there.

    Args:
        expression: the text.
        given: values of its names.
        wrt: the names that require a gradient; all by default.

    Raises:
        ExpressionError: the expression is wrong.
        EvaluationError: it cannot be computed for these values.
        GradientProblem: its result depends on none of the names.
    """
    free = [
        name
        for name, node in expression.graph(given, wrt).names.items()
        if node.op is INPUT and name not in given
    ]
    known = {**given, **{name: Given((), "float", _SOMEWHERE) for name in free}}
    built = expression.built(known, wrt)
    names = expression.names(built, known, wrt)
    for name in names:
        expression.node(built, known, name)
    replayed = Replay(built, names, both=bool(free)).run({name: one.value for name, one in known.items()})
    roots = [one.edge[0] for one in replayed.outputs if one.edge is not None]
    if not roots:
        raise GradientProblem(
            "there is no backward graph: the result depends on no name that is differentiated by",
            source=built.source,
        )
    return BackwardGraph(_entries(roots, built, replayed, tell=not free), built)


def _entries(roots: Sequence[BackwardNode], built: Built, replayed: Replayed, *, tell: bool) -> list[Entry]:
    made = _made(replayed)
    spans = spans_of(built)
    leaves = {id(tensor): name for name, tensor in replayed.leaves.items()}
    # Newest first, as the engine goes; what has no node stands behind the one that lacks it.
    order: list[BackwardNode | None] = []
    for reached in _reached(roots):
        order += [reached, *[None for one, _ in reached.next_functions if one is None]]
    places = {node: place for place, node in enumerate(order) if node is not None}
    entries = []
    for place, node in enumerate(order):
        if node is None:
            entries.append(Entry("None", "", (), {}, (), ""))
            continue
        missing = count(place + 1)
        following = tuple(
            [(next(missing) if one is None else places[one], number) for one, number in node.next_functions]
        )
        name = node.name().removeprefix("torch::autograd::")
        if isinstance(node, AccumulateGrad):
            leaf = node.variable
            entries.append(Entry(name, leaves.get(id(leaf), ""), (leaf.shape,), {}, (), ""))
            continue
        assert isinstance(node, LocalNode)
        results = [made.get((node, number)) for number in range(node.outputs)]
        shapes = [
            output.shape if result is None else result[1].shape
            for output, result in zip(node.local.outputs, results, strict=True)
        ]
        first = next((result[0] for result in results if result is not None), None)
        text = "" if first is None else built.source.part(spans[first])
        entries.append(Entry(name, "", tuple(shapes), node.saved() if tell else {}, following, text))
    return entries


def _made(replayed: Replayed) -> dict[Edge, tuple[Node, Tensor]]:
    """Which node and tensor each output of a backward node stands for; the first, where several do."""
    found: dict[Edge, tuple[Node, Tensor]] = {}
    for node, tensor in replayed.tensors.items():
        if isinstance(tensor, Tensor) and tensor.edge is not None:
            found.setdefault(tensor.edge, (node, tensor))
    return found


def _reached(roots: Sequence[BackwardNode]) -> list[BackwardNode]:
    """All that the roots lead to, newest first."""
    seen = set(roots)
    stack = list(seen)
    while stack:
        for one, _ in stack.pop().next_functions:
            if one is not None and one not in seen:
                seen.add(one)
                stack.append(one)
    return sorted(seen, key=attrgetter("number"), reverse=True)
