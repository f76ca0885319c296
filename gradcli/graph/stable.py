"""The pass that lets nothing overflow, or lose its digits, only because of how it is written.

``gradcli.graph.forms`` is the table of what is recognised and what is built instead; here is how it is
applied. The graph as it was written stays as it is: the pass makes another one. A form is looked for from
the arguments up, so it sees what the forms below it have made. What is replaced is the root of a form
alone: an ``exp(x)`` that is used elsewhere too stays there.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from gradcli.graph.node import CONSTANT, INPUT, Node
from gradcli.graph.shapes import agree
from gradcli.graph.simplify import exact_values

if TYPE_CHECKING:
    from gradcli.graph.forms import Form

# Each form has one of these in it, and a power of e or one that is no x^2 or x^3. A graph without any does
# not even load the table.
_SIGNS = frozenset({"exp", "log", "log1p", "sigmoid", "sinh", "sqrt", "tanh"})


class Rewrite(NamedTuple):
    """One formula that is computed in another way.

    Attributes:
        written: the root of the formula, as it was written.
        made: the node that computes it.
        said: a sentence about it.
    """

    written: Node
    made: Node
    said: str


class View:
    """The graph as the forms look at it: names are looked through, and equal structure is found.

    Args:
        kept: nodes that are differentiated by. They are free, so what they are made of is out of sight.
    """

    def __init__(self, kept: set[Node]) -> None:
        self.kept = kept
        self._classes: dict[Node, int] = {}
        self._known: dict[Hashable, int] = {}

    def see(self, node: Node) -> Node:
        """The node behind a name, unless the name is differentiated by."""
        while node.op.name == "alias" and node not in self.kept:
            (node,) = node.args
        return node

    def same(self, a: Node, b: Node) -> bool:
        """Whether two nodes apply the same operations to the same inputs, written once or twice."""
        a, b = self.see(a), self.see(b)
        if a is b:
            return True
        if a.op is not b.op or len(a.args) != len(b.args) or a.op is INPUT:
            return False
        return self.number(a) == self.number(b)

    def number(self, node: Node) -> int:
        """One number for all that is the same as a node; each node is looked at once, whoever asks."""
        classes, stack = self._classes, [node]
        while stack:
            one = self.see(stack[-1])
            parts = () if one in self.kept else one.args
            waiting = [arg for arg in map(self.see, parts) if arg not in classes]
            if one in classes or not waiting:
                stack.pop()
                if one not in classes:
                    classes[one] = self._known.setdefault(self._key(one), len(self._known))
            else:
                stack.extend(waiting)
        return classes[self.see(node)]

    def _key(self, node: Node) -> Hashable:
        if node.op is INPUT or node in self.kept:
            return node
        args = tuple([self._classes[self.see(arg)] for arg in node.args])
        return node.op.name, args, exact_values(node), None if args else node.shape, node.kind


class Stable:
    """The pass over one growing graph: asked again, it goes on where it stopped, and its answers fit.

    Args:
        kept: nodes that are differentiated by; more may join as they are made.

    Attributes:
        images: for every node that was looked at, the one that computes it; often the same.
        origins: for every node that was made here, the one that it stands for or helps to compute.
        rewrites: the formulas that were replaced, arguments first.
    """

    def __init__(self, kept: set[Node]) -> None:
        self.images: dict[Node, Node] = {}
        self.origins: dict[Node, Node] = {}
        self.rewrites: list[Rewrite] = []
        self._news: list[tuple[Node, Node]] = []
        self._forms: Mapping[str, Sequence[Form]] | None = None
        self._kept = kept
        self._view = View(kept)

    def __call__(self, outputs: Sequence[Node]) -> list[Node]:
        """The nodes that compute the outputs, of the same shapes."""
        images = self.images
        unseen = self._unseen(outputs)
        if self._forms is None and any(map(self._is_sign, unseen)):
            from gradcli.graph.forms import FORMS

            self._forms = FORMS
        forms = self._forms or {}
        for node in unseen:
            if node in images:
                continue
            current = node
            if node.args:
                args = tuple([images[arg] for arg in node.args])
                if args != node.args:
                    current = Node(node.op, args, node.values, node.shape, node.kind)
                    self._stands_for(current, node)
                    if node in self._kept:
                        self._kept.add(current)
                if node.op.name in forms:
                    current = self._rewritten(node, current, forms[node.op.name])
            images[node] = images[current] = current
        return [images[output] for output in outputs]

    def _is_sign(self, node: Node) -> bool:
        if node.op.name != "pow":
            return node.op.name in _SIGNS
        base, exponent = map(self._view.see, node.args)
        whole = exponent.op is CONSTANT and exponent.shape == () and exponent.values[0] in (2.0, 3.0)
        return base.op is CONSTANT or not whole

    def news(self) -> list[tuple[Node, Node]]:
        """What was made since the last time this was asked, each with what it stands for."""
        news, self._news = self._news, []
        return news

    def _stands_for(self, new: Node, old: Node) -> None:
        self.origins[new] = old
        self._news.append((new, old))

    def _unseen(self, outputs: Sequence[Node]) -> list[Node]:
        """What was not looked at yet, arguments first."""
        found = {output for output in outputs if output not in self.images}
        stack = list(found)
        while stack:
            for arg in stack.pop().args:
                if arg not in found and arg not in self.images:
                    found.add(arg)
                    stack.append(arg)
        return sorted(found, key=lambda node: node.number)

    def _rewritten(self, node: Node, current: Node, forms: Sequence[Form]) -> Node:
        """What computes a node better, or the node."""
        for form in forms:
            made = form.build(self._view, current)
            if made is not None and agree(made.shape, current.shape):
                self._settle(made, node)
                self.rewrites.append(Rewrite(node, made, form.sentence))
                return made
        return current

    def _settle(self, made: Node, root: Node) -> None:
        """What a form has built is final, also where a derivative uses a part of it."""
        stack = [made]
        while stack:
            one = stack.pop()
            if one not in self.images:
                self.images[one] = one
                self._stands_for(one, root)
                stack.extend(one.args)
