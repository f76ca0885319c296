"""What the parser hands on: a tree of rules whose leaves are tokens, both with their place in the text.

Trees are as deep as the text makes them, so nothing here follows their depth by recursion.
"""

from __future__ import annotations


class Token:
    """A word of the text: the kind the grammar gives it, the word, and where it stands."""

    __slots__ = ("end", "kind", "start", "text")

    def __init__(self, kind: str, text: str, start: int, end: int) -> None:
        self.kind = kind
        self.text = text
        self.start = start
        self.end = end

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Token):
            return NotImplemented
        return _label(self) == _label(other)

    def __hash__(self) -> int:
        return hash(_label(self))

    def __repr__(self) -> str:
        return f"Token({self.kind}, {self.text!r}, {self.start}, {self.end})"


class Tree:
    """A rule of the grammar, or the name of one of its alternatives, over its parts."""

    __slots__ = ("children", "end", "rule", "start")

    def __init__(self, rule: str, children: list[Tree | Token], start: int, end: int) -> None:
        self.rule = rule
        self.children = children
        self.start = start
        self.end = end

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Tree):
            return NotImplemented
        pairs: list[tuple[Tree | Token, Tree | Token]] = [(self, other)]
        while pairs:
            left, right = pairs.pop()
            if left is right:
                continue
            if _label(left) != _label(right):
                return False
            if isinstance(left, Tree) and isinstance(right, Tree):
                pairs.extend(zip(left.children, right.children, strict=True))
        return True

    def __hash__(self) -> int:
        return hash(_label(self))

    def part(self, place: int) -> Tree:
        """A child that is known to be a tree."""
        child = self.children[place]
        assert isinstance(child, Tree)
        return child

    def word(self, place: int) -> Token:
        """A child that is known to be a token."""
        child = self.children[place]
        assert isinstance(child, Token)
        return child

    @property
    def parts(self) -> list[Tree]:
        """The children that are trees."""
        return [child for child in self.children if isinstance(child, Tree)]

    def __repr__(self) -> str:
        return f"Tree({self.rule}, {len(self.children)} children, {self.start}, {self.end})"


def _label(node: Tree | Token) -> tuple[str, str | int, int, int]:
    """All of a node that is not below it."""
    if isinstance(node, Tree):
        return node.rule, len(node.children), node.start, node.end
    return node.kind, node.text, node.start, node.end
