"""How a form is written, and the table that it is entered into."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from gradcli.graph.forms.recognise import View
from gradcli.graph.node import Node

Build = Callable[[View, Node], Node | None]


class Form(NamedTuple):
    """A record of the table.

    Attributes:
        said: what it recognises and what it builds, ``"log(1 + x) as log1p(x)"``.
        roots: the operations that it may begin with.
        build: what computes a node better, or ``None``.
    """

    said: str
    roots: tuple[str, ...]
    build: Build

    @property
    def sentence(self) -> str:
        """What is done, for the user."""
        return self.said.replace(" as ", " is computed as ")


FORMS: dict[str, list[Form]] = {}


def form(said: str, *roots: str) -> Callable[[Build], Build]:
    """Enter a function into the table as what a form builds."""

    def enter(build: Build) -> Build:
        for root in roots:
            FORMS.setdefault(root, []).append(Form(said, roots, build))
        return build

    return enter
