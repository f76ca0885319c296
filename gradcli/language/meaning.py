"""What a piece of the tree can mean, besides an array: a node of the graph, or a tensor."""

from __future__ import annotations

from typing import NamedTuple

from gradcli.errors import Span
from gradcli.graph.node import CONSTANT, Array, Node
from gradcli.language.tree import Tree


class Listing(NamedTuple):
    """``[a, b]``: one array, or the arrays as they are where a function takes several."""

    items: tuple[Meaning, ...]
    span: Span


class Group(NamedTuple):
    """``(a, b)``: a shape, axes, or several results."""

    items: tuple[Meaning, ...]
    span: Span


class Text(NamedTuple):
    """``"ij,jk->ik"``."""

    text: str


class Nothing(NamedTuple):
    """``None``."""


class Function(NamedTuple):
    """``f(a, b) = a^2 + b``, with the names that are visible where it stands."""

    name: str
    parameters: tuple[str, ...]
    body: Tree
    scope: Scope
    differentiates: bool

    @property
    def usage(self) -> str:
        """How it is called."""
        return f"{self.name}({', '.join(self.parameters)})"


class Thing:
    """What only programs have, such as an optimiser; ``kind`` is what to call it in a sentence."""

    __slots__ = ()

    kind = "a value"


Meaning = Array | Listing | Group | Text | Nothing | Function | Thing
Scope = dict[str, Meaning]

NOTHING = Nothing()


def number_in(meaning: object) -> float | None:
    """The value of a number that the text itself holds."""
    if isinstance(meaning, Node) and meaning.op is CONSTANT and meaning.shape == ():
        value: float = meaning.values[0]
        return value
    return None


def span_of(tree: Tree) -> Span:
    """The place of a tree, with its operator as the point."""
    if tree.rule in ("binary", "comparison"):
        operator = tree.children[1]
        return Span(tree.start, tree.end, (operator.start, operator.end))
    return Span(tree.start, tree.end)


def kind_of(meaning: object) -> str:
    """What to call a meaning in a sentence."""
    names = {Listing: "a list", Group: "a tuple", Text: "a text", Nothing: "None", Function: "a function"}
    return meaning.kind if isinstance(meaning, Thing) else names.get(type(meaning), "a value")
