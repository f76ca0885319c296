"""What a node is, whichever way it was written: an exponential, a square, one plus something, a sum."""

from __future__ import annotations

import math
from typing import Protocol

from gradcli.graph.node import CONSTANT, Node, is_constant

# Longer sums are left alone, so that many logarithms of one long sum take no longer than they are.
_MOST_TERMS = 16


class View(Protocol):
    """How a form looks at a graph."""

    def see(self, node: Node) -> Node:
        """The node behind a name."""

    def same(self, a: Node, b: Node) -> bool:
        """Whether two nodes are the same formula."""


def operands(view: View, node: Node, name: str) -> tuple[Node, ...] | None:
    """The arguments of a node, if it applies that operation."""
    node = view.see(node)
    return node.args if node.op.name == name else None


def operand(view: View, node: Node, name: str) -> Node | None:
    """The argument of a node, if it applies that function of one argument."""
    found = operands(view, node, name)
    return found[0] if found else None


def number_of(view: View, node: Node) -> float | None:
    """The value of a scalar constant."""
    node = view.see(node)
    if node.op is CONSTANT and node.shape == () and node.kind == "float":
        value: float = node.values[0]
        return value
    return None


def exponent(view: View, node: Node) -> Node | None:
    """``x`` of ``exp(x)`` or ``e^x``."""
    node = view.see(node)
    if node.op.name == "exp":
        return node.args[0]
    if node.op.name == "pow" and is_constant(view.see(node.args[0]), math.e):
        return node.args[1]
    return None


def square(view: View, node: Node) -> Node | None:
    """``x`` of ``x^2``, ``x*x`` or ``square(x)``."""
    node = view.see(node)
    if node.op.name == "square" or (node.op.name == "pow" and number_of(view, node.args[1]) == 2):
        return node.args[0]
    if node.op.name == "mul" and view.same(*node.args):
        return node.args[0]
    return None


def beside(view: View, node: Node, value: float) -> Node | None:
    """``z`` of ``value + z`` or ``z + value``."""
    pair = operands(view, node, "add")
    if pair is None:
        return None
    if number_of(view, pair[0]) == value:
        return pair[1]
    return pair[0] if number_of(view, pair[1]) == value else None


def power_beside_one(view: View, node: Node) -> Node | None:
    """``u`` of ``1 + exp(u)``."""
    rest = beside(view, node, 1.0)
    return None if rest is None else exponent(view, rest)


def opposite(view: View, a: Node, b: Node) -> bool:
    """Whether one is the other with a minus before it, or before its constant factor."""
    a, b = view.see(a), view.see(b)
    for one, other in ((a, b), (b, a)):
        if one.op.name == "neg" and view.same(one.args[0], other):
            return True
    if a.op is b.op and a.op.name in ("mul", "div"):
        for place in (0, 1):
            first, second = number_of(view, a.args[place]), number_of(view, b.args[place])
            if first is not None and second is not None and first == -second:
                return view.same(a.args[1 - place], b.args[1 - place])
        # -x/2 and x/2.
        first_a, first_b = view.see(a.args[0]), view.see(b.args[0])
        if view.same(a.args[1], b.args[1]):
            return (first_a.op.name == "neg" and view.same(first_a.args[0], first_b)) or (
                first_b.op.name == "neg" and view.same(first_b.args[0], first_a)
            )
    return False


def terms(view: View, node: Node) -> list[Node]:
    """The terms of a sum, from left to right; a long sum is one term."""
    found: list[Node] = []
    stack = [node]
    while stack:
        pair = operands(view, stack[-1], "add")
        one = stack.pop()
        if pair is None:
            found.append(view.see(one))
        else:
            stack.extend(reversed(pair))
        if len(found) + len(stack) > _MOST_TERMS:
            return [view.see(node)]
    return found
