"""What every rule of the walk asks, whether arrays are nodes of a graph or tensors of a program."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Generic, TypeVar

from gradcli.errors import CallProblem, ExpressionError, ShapeProblem, Source, Span
from gradcli.graph.node import Array, Operation
from gradcli.graph.operations.compose import Composite
from gradcli.language import symbols
from gradcli.language.lexer import normal
from gradcli.language.meaning import Function, Group, Listing, Meaning, Scope, kind_of, span_of
from gradcli.language.names import Given
from gradcli.language.tree import Tree

A = TypeVar("A", bound=Array)


class Context(ABC, Generic[A]):
    """One walk over one text.

    Args:
        source: the text, for the errors.
        given: what is known of each name.
        free: a name without a value is a scalar input, instead of an error.

    Attributes:
        calling: the functions of the text whose bodies are being walked, the innermost last.
    """

    def __init__(self, source: Source, given: Mapping[str, Given], free: bool = False) -> None:
        self.source = source
        self.given = given
        self.free = free
        self.calling: list[str] = []

    def name(self, tree: Tree) -> str:
        """The name in a tree of the rule ``name``; a pasted symbol is the constant it looks like."""
        name = normal(tree.word(0).text)
        symbol = symbols.CONSTANTS.get(name)
        return name if symbol is None or name in self.given else symbol

    @abstractmethod
    def input(self, name: str, tree: Tree) -> A:
        """The array of a given name, one for all its uses."""

    @abstractmethod
    def at(self, tree: Tree, array: A) -> A:
        """Note where an array comes from; numbers of the text come through here too."""

    @abstractmethod
    def apply(self, record: Operation, arguments: list[A], parameters: dict[str, Any], tree: Tree) -> A:
        """Apply an operation.

        Raises:
            ExpressionError: shapes or parameters do not fit, under the text.
        """

    @abstractmethod
    def compose(
        self, record: Composite, arguments: list[A | None], parameters: dict[str, Any], tree: Tree
    ) -> Meaning:
        """Apply a composed function: a tuple where it has several results.

        Raises:
            ExpressionError: shapes or parameters do not fit, under the text.
        """

    @abstractmethod
    def subscript(self, x: A, items: list[tuple[Any, ...]], arrays: list[A], tree: Tree) -> A:
        """Pick from an array; ``items`` are as ``language.subscripts`` reads them."""

    @abstractmethod
    def stacked(self, listing: Listing) -> A:
        """A list as one array."""

    @abstractmethod
    def evaluate(self, array: A) -> float:
        """The value of what must be known now, such as a size."""

    @abstractmethod
    def exponent(self, array: A, tree: Tree) -> A:
        """An exponent, as a constant where it is made of numbers alone: its rules are better then."""

    @abstractmethod
    def truth(self, condition: A, span: Span) -> bool | None:
        """Whether a condition holds; ``None`` where that is known only when the graph runs."""

    @abstractmethod
    def held(self, meaning: Meaning, span: Span) -> Meaning:
        """What a name or a parameter holds of what it is given."""

    @abstractmethod
    def enter(self, function: Function, scope: Scope) -> Mapping[A, A]:
        """Begin to walk the body of a function of the text, whose parameters are in the scope.

        Returns:
            The parameters that are free variables in the body, with their arguments.
        """

    @abstractmethod
    def leave(self, result: Meaning, free: Mapping[A, A], span: Span) -> Meaning:
        """What a function of the text gives, its arguments in the place of its free variables."""

    @abstractmethod
    def provenance(self, operands: Sequence[A]) -> tuple[str, ...]:
        """Where the shape of each operand came from, for the errors."""

    def array(self, meaning: Meaning, span: Span) -> A:
        """A meaning as one array: a list is stacked.

        Raises:
            CallProblem: it is a tuple, a text or nothing.
        """
        if isinstance(meaning, Array):
            return meaning  # type: ignore[return-value]  # the walk makes no others
        if isinstance(meaning, Listing):
            return self.stacked(meaning)
        raise CallProblem(
            f"{kind_of(meaning)} stands where a number or an array is due",
            span=span,
            hint="pick one of its parts: write [0] behind it" if isinstance(meaning, Group) else "",
        )

    def guard(
        self,
        tree: Tree,
        call: Callable[..., Any],
        *arguments: Any,
        operands: Sequence[A] = (),
        **named: Any,
    ) -> Any:
        """Call what knows nothing of the text; what it raises is put under the text."""
        try:
            return call(*arguments, **named)
        except ExpressionError as error:
            error.span = error.span or span_of(tree)
            if isinstance(error, ShapeProblem) and operands:
                error.notes = error.notes or self.provenance(operands)
            raise
