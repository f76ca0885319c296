"""The two immutable things a graph is made of: operations, and nodes that apply them.

This module knows no operation and no NumPy. The table of operations is
``gradcli.graph.operations``; what a graph means is there, in the records.

Axes are always counted from the end. That one habit makes every operation
indifferent to extra leading axes on its arguments, and so a pullback that is
written for one cotangent serves a whole batch of them (``graph.derive``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from itertools import count
from operator import attrgetter
from typing import Any, Literal, NamedTuple

from gradcli.errors import ShapeProblem
from gradcli.graph.shapes import Shape
from gradcli.graph.table import Record, Table

Kind = Literal["float", "bool"]
Takes = Kind | Literal["any", "alike"]
Rule = Callable[..., "Node"]

next_number = count().__next__
_number = attrgetter("number")

# NumPy's limit.
_MOST_AXES = 64


class Parameter(NamedTuple):
    """A static argument of an operation: an axis, a shape, a flag.

    ``kind`` says how the language reads it (``language.parameters``); a text may be one of ``choices`` alone.
    """

    name: str
    kind: str
    default: Any = None
    choices: tuple[str, ...] = ()


class Operation(Record):
    """One record of the table of operations: everything there is to know about it.

    Attributes:
        name: its name in the language, and in every message.
        arguments: the names of its array arguments; one that ends in ``*`` stands for any number.
        parameters: its static arguments, in order.
        kernel: the NumPy function that runs it, ``module.function``, imported when first run.
        scalar: the function on plain floats; ``""`` when it makes or needs an array.
        shape: the shape rule, called with the arguments' shapes and the parameters by name.
        pullback: one rule an argument, ``rule(g, y, *arguments, **parameters) -> cotangent``,
            written in operations of the table; ``None`` where the derivative is zero everywhere
            it exists. A variadic operation has one rule, whose first argument is the index.
        takes: the kind of its arguments; a boolean is turned into a number where numbers are due, and
            ``"alike"`` where it stands with numbers.
        gives: the kind of its result; ``"same"`` as its first argument.
        prepare: makes parameters canonical from the arguments' shapes, before anything else.
        torch: the name of PyTorch's backward node, ``""`` where it has none.
        symbol: how it prints between its operands; ``""`` for a call.
        aliases: other names in the language.
        domain: where its arguments live, for the test suite that runs over the table.
        samples: calls for the same suite where a domain is not enough: text and shapes.
        elementwise: whether each element of the result depends on its own elements alone.
        spelling: how it is written in the language, where that is no call of its own name: another
            function's name, with ``[1]`` behind it for the second of its results, or a template such as
            ``"sigmoid({0}) * sigmoid(-{0})"``, where ``{0}`` is an argument, ``{axis}`` a parameter,
            ``{spec}`` is a subscript, and ``{zeros}`` an array of zeros like the result.
        written: a rule from a node to such a template, where one does not serve all; ``""`` for a call.
        hidden: not a name of the language: another function makes it, or it is part of a derivative.
        form: the order of arguments and parameters in a call, where that is not one after the other.
        hides_nan: whether a nan among its arguments may leave no nan in its result, like ``pow(nan, 0)``.
        gradless: whether its result is a position, a count or a truth, so that a derivative through
            it is an error (``graph.gradless``) and not zero.
        kink: where it has no derivative: called with the arguments and the parameters by name, a boolean
            node that is true there, of a shape that broadcasts with the first one's; ``None`` if nowhere.
        convention: what stands for the derivative there, a sentence.
        analytic: whether it is analytic, and its kernel takes complex numbers.
        doc: a line on what it does, where its derivative does not tell enough.
        topic: the module of the table that it stands in.
        view: whether a tensor of the result shares the memory of the first argument, where NumPy lets it.
        exact: the arguments at which a number is one of the formula's own, and no array that happens to be
            one: the rule of ``x^2`` knows its 2.
        torch_of: the name of PyTorch's backward node, where it depends on how the operation is applied.
        moves: whether its kernel only moves elements of the arguments that it has rules for, and fills in
            numbers.
        contracts: for a product of arrays its letters, as ``einsum`` has them, behind any batches.
        variadic: whether it takes any number of arrays.
        plain: whether it makes a number of numbers and has no parameter; on scalars nothing is left to check.
        joined: the function of two arguments that it is the reduction by, and so joins its results over
            parts of an axis.
    """

    name: str
    arguments: tuple[str, ...]
    parameters: tuple[Parameter, ...]
    kernel: str = ""
    scalar: str = ""
    shape: Callable[..., Shape]
    pullback: tuple[Rule | None, ...] = ()
    takes: tuple[Takes, ...] = ()
    gives: Kind | Literal["same"] = "float"
    prepare: Callable[..., dict[str, Any]] | None = None
    torch: str = ""
    symbol: str = ""
    aliases: tuple[str, ...] = ()
    domain: tuple[str, ...] = ()
    samples: tuple[tuple[str, Mapping[str, str]], ...] = ()
    elementwise: bool = True
    spelling: str = ""
    hidden: bool = True
    form: tuple[str, ...] = ()
    hides_nan: bool = False
    gradless: bool = False
    kink: Rule | None = None
    convention: str = ""
    analytic: bool = False
    doc: str = ""
    topic: str = ""
    written: Callable[[Node], str] | None = None
    view: bool = False
    exact: tuple[str, ...] = ()
    torch_of: Callable[[Node], str] | None = None
    moves: bool = False
    contracts: str = ""
    variadic: bool = False
    plain: bool = False
    joined: str = ""

    @property
    def spelled(self) -> str:
        """The name that its user knows it by."""
        called, slots, _ = self.spelling.partition("(")
        if slots and self.spelling.endswith("]"):
            return called
        return self.name if not self.spelling or "{" in self.spelling else self.spelling.partition("[")[0]

    def backward_name(self, node: Node) -> str:
        """The name of the backward node of one application: PyTorch's, or one made like those."""
        if self.torch_of is not None:
            return self.torch_of(node)
        words = [word[:1].upper() + word[1:] for word in self.name.split("_")]
        return self.torch or f"{''.join(words)}Backward0"

    def __call__(self, *arguments: Node | float, **parameters: Any) -> Node:
        """Apply the operation: a new node, its shape checked.

        Raises:
            ShapeProblem: the arguments' shapes do not fit, or the result has too many axes.
        """
        nodes = []
        plain = self.plain
        for argument in arguments:
            node = argument if isinstance(argument, Node) else as_node(argument)
            if node.shape or node.kind != "float":
                plain = False
            nodes.append(node)
        if plain:
            return Node(self, tuple(nodes), (), (), "float")
        if self.prepare is not None:
            parameters = self.prepare(nodes, parameters)
        last = len(self.takes) - 1
        for place, node in enumerate(nodes):
            kind = self.takes[min(place, last)]
            if kind == "alike":
                kind = "float" if any(one.kind == "float" for one in nodes) else node.kind
            if kind not in ("any", node.kind):
                nodes[place] = ops.number(node) if kind == "float" else ops.ne(node, 0.0)
        shape = self.shape(*[node.shape for node in nodes], **parameters)
        if len(shape) > _MOST_AXES:
            raise ShapeProblem(
                f"an array can have at most {_MOST_AXES} axes: {self.spelled}() would give {len(shape)}"
            )
        gives = nodes[0].kind if self.gives == "same" else self.gives
        values = tuple([parameters[parameter.name] for parameter in self.parameters])
        return Node(self, tuple(nodes), values, shape, gives)


class Array:
    """What an expression is made of: a node of a graph, or a tensor that has its value already."""

    __slots__ = ()

    shape: Shape
    kind: Kind

    @property
    def ndim(self) -> int:
        """How many axes it has."""
        return len(self.shape)


class Node(Array):
    """An operation applied to nodes. Creation order is a topological order.

    Attributes:
        op: the record of the operation.
        args: the nodes it is applied to.
        values: the parameters, in the order of ``op.parameters``; hashable.
        shape: the sizes of the result.
        kind: ``"float"`` or ``"bool"``.
        number: when it was made; every argument has a smaller one.
    """

    __slots__ = ("args", "kind", "number", "op", "shape", "values")

    def __init__(
        self, op: Operation, args: tuple[Node, ...], values: tuple[Any, ...], shape: Shape, kind: Kind
    ) -> None:
        self.op = op
        self.args = args
        self.values = values
        self.shape = shape
        self.kind = kind
        self.number = next_number()

    @property
    def parameters(self) -> dict[str, Any]:
        """The static arguments by name."""
        if not self.values:
            return {}
        return {p.name: value for p, value in zip(self.op.parameters, self.values, strict=True)}

    def __repr__(self) -> str:
        args = ", ".join([f"%{arg.number}" for arg in self.args])
        return f"<%{self.number} {self.op.name}({args}) {self.shape}>"

    def __add__(self, other: Node | float) -> Node:
        return ops.add(self, other)

    def __radd__(self, other: float) -> Node:
        return ops.add(other, self)

    def __sub__(self, other: Node | float) -> Node:
        return ops.sub(self, other)

    def __rsub__(self, other: float) -> Node:
        return ops.sub(other, self)

    def __mul__(self, other: Node | float) -> Node:
        return ops.mul(self, other)

    def __rmul__(self, other: float) -> Node:
        return ops.mul(other, self)

    def __truediv__(self, other: Node | float) -> Node:
        return ops.div(self, other)

    def __rtruediv__(self, other: float) -> Node:
        return ops.div(other, self)

    def __pow__(self, other: Node | float) -> Node:
        return ops.pow(self, other)

    def __matmul__(self, other: Node) -> Node:
        return ops.matmat(self, other)

    def __neg__(self) -> Node:
        return ops.neg(self)


ops: Table[Operation] = Table()


INPUT = Operation(name="input", arguments=(), parameters=(Parameter("name", "text"),))
CONSTANT = Operation(name="constant", arguments=(), parameters=(Parameter("data", "number"),))


def variable(name: str, shape: Shape = (), kind: Kind = "float") -> Node:
    """A node whose value the run is given."""
    return Node(INPUT, (), (name,), shape, kind)


def constant(data: float | tuple[float, ...], shape: Shape = (), kind: Kind = "float") -> Node:
    """A number, or numbers row by row for a shape."""
    return Node(CONSTANT, (), (data,), shape, kind)


def as_node(value: Node | float) -> Node:
    """A node as it is, a number as a constant."""
    if isinstance(value, Node):
        return value
    return constant(value, kind="bool") if isinstance(value, bool) else constant(float(value))


def is_constant(node: Node, value: float) -> bool:
    """Whether a node is the scalar constant with that value."""
    return node.op is CONSTANT and node.shape == () and node.values[0] == value


def reachable(outputs: Iterable[Node]) -> list[Node]:
    """Every node that the outputs depend on, themselves included, in creation order."""
    seen = set(outputs)
    found = list(seen)
    for node in found:
        for arg in node.args:
            if arg not in seen:
                seen.add(arg)
                found.append(arg)
    found.sort(key=_number)
    return found
