"""The walk of a program: an array is a number of the text, until it meets a tensor.

Numbers stay Python's floats, in constant nodes of the graph, and what is computed of them alone is computed
on floats. Nothing here builds a graph: every operation runs when it is met.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from gradcli.autograd.calls import call
from gradcli.autograd.making import draws, tensor
from gradcli.autograd.tensor import Tensor
from gradcli.errors import CallProblem, EvaluationError, GradcliError, Source, Span
from gradcli.graph.node import Array, Operation, constant, ops, variable
from gradcli.graph.operations.compose import Composite
from gradcli.language.context import Context
from gradcli.language.lists import stacked
from gradcli.language.meaning import (
    Function,
    Group,
    Listing,
    Meaning,
    Nothing,
    Scope,
    Text,
    kind_of,
    number_in,
    span_of,
)
from gradcli.language.names import Given
from gradcli.language.tree import Tree
from gradcli.programs.console import Console
from gradcli.programs.host import NOWHERE, from_python, to_python
from gradcli.programs.numbers import of_numbers

NONE_SO_FAR = "a .grad is None before backward(), and the .grad_fn of what was not computed"
"""Why something may be None."""

# Calls of a program's own functions inside each other.
_DEEPEST = 10_000
# A number before a tensor is what PyTorch makes of it: 2*x has the tensor first, 2/x a reciprocal.
_REFLECTED = {"add": "__radd__", "mul": "__rmul__", "div": "__rtruediv__"}
# What tells of shapes alone: those of a tensor are numbers.
_SIZES = ("size", "shape", "ndim")
_DTYPES = {"bool": "bool", "float": "float64"}


class ProgramContext(Context[Array]):
    """One run of one program.

    Args:
        source: the text.
        given: the values of names from outside.
        console: where it prints.

    Attributes:
        used: the given names that it used.
        here: the tree whose function of Python is running, for warnings.
        loops: how many loops there are around.
    """

    def __init__(self, source: Source, given: Mapping[str, Given], console: Console) -> None:
        super().__init__(source, given)
        self.console = console
        self.used: dict[str, Array] = {}
        self.here: Tree | None = None
        self.loops = 0
        self.walk: Callable[[Tree, Scope], Meaning]

    def input(self, name: str, tree: Tree) -> Array:
        """A given value: a number, or a tensor of its own."""
        if name not in self.used:
            known = self.given[name]
            if known.shape == ():
                kind = known.kind
                self.used[name] = constant(
                    bool(known.value) if kind == "bool" else float(known.value), kind=kind
                )
            else:
                self.used[name] = tensor(known.value, _DTYPES[known.kind])
        return self.used[name]

    def at(self, tree: Tree, array: Array) -> Array:
        """A number of the text is as it is."""
        return array

    def apply(
        self, record: Operation, arguments: list[Array], parameters: dict[str, Any], tree: Tree
    ) -> Array:
        """Apply an operation now."""
        found: Array = self.guard(tree, self._applied, record, arguments, parameters, operands=arguments)
        return found

    def compose(
        self, record: Composite, arguments: list[Array | None], parameters: dict[str, Any], tree: Tree
    ) -> Meaning:
        """Apply a composed function now."""
        operands = [one for one in arguments if one is not None]
        found = self.guard(tree, self._applied, record, arguments, parameters, operands=operands)
        return Group(found, span_of(tree)) if isinstance(found, tuple) else found

    def _applied(
        self, record: Operation | Composite, arguments: Sequence[Array | None], parameters: dict[str, Any]
    ) -> Array | tuple[Array, ...]:
        for parameter in record.parameters:
            if parameter.kind == "seed":
                parameters[parameter.name] = draws.next()
        if not any(isinstance(one, Tensor) for one in arguments):
            return of_numbers(record, arguments, parameters)
        if record.name in _SIZES:
            return of_numbers(
                record,
                [variable("x", one.shape, one.kind) for one in arguments if one is not None],
                parameters,
            )
        operands: list[Any] = [_operand(one) for one in arguments]
        if record.name in _REFLECTED and not isinstance(operands[0], Tensor):
            found: Array = getattr(operands[1], _REFLECTED[record.name])(operands[0])
            return found
        return call(record, operands, parameters)

    def subscript(self, x: Array, items: list[tuple[Any, ...]], arrays: list[Array], tree: Tree) -> Array:
        """Pick from a tensor: a view of it, unless arrays or masks pick."""
        found: Array = self.guard(tree, self.tensor(x).__getitem__, self.key(items, arrays))
        return found

    def key(self, items: list[tuple[Any, ...]], arrays: list[Array]) -> tuple[Any, ...]:
        """A subscript as Python writes it."""
        key: list[Any] = []
        for item in items:
            if item[0] in ("array", "mask"):
                key.append(self.tensor(arrays[item[1]]))
            elif item[0] == "slice":
                key.append(slice(*item[1:]))
            else:
                key.append({"new": None, "rest": Ellipsis}.get(item[0], item[-1]))
        return tuple(key)

    def array(self, meaning: Meaning, span: Span) -> Array:
        """A meaning as one array; a list that Python gave has no place of its own."""
        if isinstance(meaning, Listing) and meaning.span == NOWHERE:
            meaning = meaning._replace(span=span)
        try:
            return super().array(meaning, span)
        except CallProblem as error:
            if isinstance(meaning, Nothing):
                error.hint = NONE_SO_FAR
            elif isinstance(meaning, Text):
                error.hint = 'print takes texts and values together: print("loss", loss)'
            elif isinstance(meaning, Function):
                error.hint = f"call it: {meaning.usage}"
            raise

    def stacked(self, listing: Listing) -> Array:
        """A list as one tensor."""
        try:
            return stacked(listing, self.array, self._row)
        except GradcliError as error:
            # A list that Python gave has no place of its own: the error is at the rule that uses it.
            error.span = None if error.span == NOWHERE else error.span
            raise

    def _row(self, listing: Listing, items: list[Array]) -> Array:
        numbers = [number_in(one) for one in items]
        if None in numbers:
            found: Array = call(ops.stack, [_operand(one) for one in items], {"axis": 0})  # type: ignore[assignment]
            return found
        return tensor(numbers, "bool" if items and all(one.kind == "bool" for one in items) else "float64")

    def tensor(self, array: Array) -> Tensor:
        """A tensor as it is, a number as one that nothing is known of."""
        if isinstance(array, Tensor):
            return array
        return tensor(number_in(array), _DTYPES[array.kind])

    def evaluate(self, array: Array) -> float:
        """The value of one element."""
        number = number_in(array)
        return float(self.tensor(array).array) if number is None else float(number)

    def exponent(self, array: Array, tree: Tree) -> Array:
        """As it is: numbers are computed already."""
        return array

    def truth(self, condition: Array, span: Span) -> bool:
        """Whether a condition holds.

        Raises:
            AutogradError: it is a tensor of several elements.
        """
        number = number_in(condition)
        return bool(self.tensor(condition)) if number is None else bool(number)

    def held(self, meaning: Meaning, span: Span) -> Meaning:
        """Anything as it is, but a list of numbers alone as a tensor."""
        if isinstance(meaning, Listing) and _of_numbers_alone(meaning):
            return self.stacked(meaning)
        return meaning

    def enter(self, function: Function, scope: Scope) -> dict[Array, Array]:
        """A function of a program may call itself.

        Raises:
            EvaluationError: it does so without end.
        """
        if len(self.calling) >= _DEEPEST:
            raise EvaluationError(
                f"{function.name}() calls itself more than {_DEEPEST} times",
                hint="a choice ends it: f(n) = 1 if n < 1 else n*f(n - 1)",
            )
        self.calling.append(function.name)
        if function.name not in function.parameters:
            scope[function.name] = function
        return {}

    def leave(self, result: Meaning, free: Mapping[Array, Array], span: Span) -> Meaning:
        """The result is what it is."""
        self.calling.pop()
        return result

    def provenance(self, operands: Sequence[Array]) -> tuple[str, ...]:
        """A tensor does not know where it was written."""
        return ()

    def guard(
        self,
        tree: Tree,
        call: Callable[..., Any],
        *arguments: Any,
        operands: Sequence[Array] = (),
        **named: Any,
    ) -> Any:
        """Call what knows nothing of the text; whatever it raises is put under the text."""
        self.here = tree
        try:
            return call(*arguments, **named)
        except GradcliError as error:
            error.span = error.span or span_of(tree)
            raise

    def host(
        self,
        tree: Tree,
        call: Callable[..., Any],
        positional: Sequence[Meaning],
        named: Mapping[str, Meaning],
    ) -> Meaning:
        """Call a function of Python with values of the program.

        A list of numbers alone is a tensor there, and any other a list of Python.
        """
        here = span_of(tree)
        arguments = [to_python(self.held(one, here), self.callback) for one in positional]
        keywords = {name: to_python(self.held(one, here), self.callback) for name, one in named.items()}
        try:
            return from_python(self.guard(tree, call, *arguments, **keywords))
        except (AttributeError, TypeError, ValueError) as error:
            if isinstance(error, GradcliError):
                raise
            strange = [one for one in (*positional, *named.values()) if not isinstance(one, Array)]
            if not strange:
                raise
            # Python itself refused what is of another kind than a function works on.
            raise CallProblem(
                f"{kind_of(strange[0])} cannot stand here: {error}", span=span_of(tree)
            ) from error

    def callback(self, function: Function) -> Callable[..., Any]:
        """A function of the program as one of Python, such as a hook."""

        def called(*arguments: Any) -> Any:
            scope = dict(function.scope)
            scope.update(zip(function.parameters, map(from_python, arguments), strict=False))
            self.enter(function, scope)
            here = self.here
            result = self.leave(self.walk(function.body, scope), {}, span_of(function.body))
            self.here = here
            return to_python(result, self.callback)

        return called


def _operand(array: Array | None) -> Any:
    return array if array is None or isinstance(array, Tensor) else number_in(array)


def _of_numbers_alone(listing: Listing) -> bool:
    """Whether a list holds numbers and such lists; an empty one may be one of anything."""
    pending: list[Meaning] = list(listing.items)
    while pending:
        one = pending.pop()
        if isinstance(one, Listing):
            pending.extend(one.items)
        elif number_in(one) is None:
            return False
    return bool(listing.items)
