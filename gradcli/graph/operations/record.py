"""How a record of the table is written, and the words that its rules share.

A rule gets the cotangent ``g`` of the result, the result ``y``, the arguments and the
parameters, and answers with the cotangent of one argument. It may leave broadcasting
alone: the pass that calls it sums or stretches the answer to the argument's shape. The
one thing it must keep to is that ``g`` may have extra leading axes, so axes count from the end.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

from gradcli.errors import CallProblem, ShapeProblem
from gradcli.graph.node import Kind, Node, Operation, Parameter, Rule, Takes, is_constant, ops
from gradcli.graph.shapes import Shape, agree, broadcast, describe

REQUIRED = object()

AXIS = Parameter("axis", "axes", None)
KEEPDIMS = Parameter("keepdims", "flag", False)
# Handed out by whoever builds the graph, another one for every call; it is no argument of the call.
SEED = Parameter("seed", "seed", (0, 0, 0))

Sample = tuple[str, Mapping[str, str]]


def define(
    name: str,
    arguments: str = "x",
    *,
    pullback: Rule | tuple[Rule | None, ...] | None = None,
    kernel: str,
    scalar: str = "",
    shape: Callable[..., Shape] | None = None,
    parameters: tuple[Parameter, ...] = (),
    prepare: Callable[..., dict[str, Any]] | None = None,
    takes: Takes | tuple[Takes, ...] = "float",
    gives: Kind | Literal["same"] = "float",
    torch: str = "",
    symbol: str = "",
    aliases: str = "",
    domain: str = "real",
    samples: Sequence[Sample] = (),
    spelling: str = "",
    hidden: bool = False,
    form: str = "",
    hides_nan: bool = False,
    gradless: bool = False,
    kink: Rule | None = None,
    convention: str = "",
    analytic: bool = False,
    doc: str = "",
    written: Callable[[Node], str] | None = None,
    view: bool = False,
    exact: str = "",
    torch_of: Callable[[Node], str] | None = None,
    moves: bool = False,
    contracts: str = "",
    joined: str = "",
) -> Operation:
    """Enter a record into the table. Without a shape rule it is elementwise; a view moves."""
    names = tuple(arguments.split())
    rules = pullback if isinstance(pullback, tuple) else (pullback,) * max(1, len(names))
    record = Operation(
        name=name,
        arguments=names,
        parameters=parameters,
        kernel=kernel,
        scalar=scalar,
        shape=_elementwise if shape is None else shape,
        pullback=rules,
        takes=takes if isinstance(takes, tuple) else (takes,),
        gives=gives,
        prepare=_preparation(name, parameters) if prepare is None and parameters else prepare,
        torch=torch,
        symbol=symbol,
        aliases=tuple(aliases.split()),
        domain=tuple(domain.split()),
        samples=tuple(samples),
        elementwise=shape is None,
        spelling=spelling,
        hidden=hidden,
        form=tuple(form.split()),
        hides_nan=hides_nan,
        gradless=gradless,
        kink=kink,
        convention=convention,
        analytic=analytic,
        doc=doc,
        topic=topic_of_caller(),
        written=written,
        view=view,
        exact=tuple(exact.split()),
        torch_of=torch_of,
        moves=moves or view,
        contracts=contracts,
        variadic=arguments.endswith("*"),
        plain=shape is None and not parameters and gives == "float" and takes == "float",
        joined=joined,
    )
    ops.enter(name, record)
    return record


def topic_of_caller() -> str:
    """The module that a record is written in; asked of the stack, as ``namedtuple`` does."""
    name: str = sys._getframe(2).f_globals["__name__"]
    return name.rpartition(".")[2]


def as_given(nodes: list[Node], given: dict[str, Any]) -> dict[str, Any]:
    """The preparation of a record whose caller has made the parameters canonical."""
    return given


def _elementwise(*shapes: Shape, **_: Any) -> Shape:
    first = shapes[0]
    return first if all(shape == first for shape in shapes) else broadcast(*shapes)


def _preparation(name: str, declared: tuple[Parameter, ...]) -> Callable[..., dict[str, Any]]:
    def prepare(nodes: list[Node], given: dict[str, Any]) -> dict[str, Any]:
        values = {}
        for parameter in declared:
            value = given.get(parameter.name, parameter.default)
            if value is REQUIRED:
                raise CallProblem(f"{name}() needs a value for {parameter.name}")
            if parameter.kind == "axes":
                value = reduced_axes(value, nodes[0].ndim)
            elif parameter.kind == "axis":
                (value,) = from_end(value, nodes[0].ndim)
            values[parameter.name] = value
        return values

    return prepare


def from_end(axis: int | Sequence[int] | None, ndim: int) -> tuple[int, ...]:
    """Axes counted from the end, in order; ``None`` means all of them.

    Raises:
        ShapeProblem: an axis that the array does not have, or one named twice.
    """
    if axis is None:
        return tuple(range(-ndim, 0))
    axes = (axis,) if isinstance(axis, int) else tuple(axis)
    for one in axes:
        if not -ndim <= one < ndim:
            plural = "axis" if ndim == 1 else "axes"
            raise ShapeProblem(
                f"axis {one} is out of range: the array has {ndim} {plural}",
                hint=f"use one of {-ndim} to {ndim - 1}" if ndim else "a scalar has no axis to name",
            )
    canonical = sorted(one if one < 0 else one - ndim for one in axes)
    if len(set(canonical)) < len(canonical):
        raise ShapeProblem(f"an axis is named twice in {axes}")
    return tuple(canonical)


def reduced_axes(axis: int | Sequence[int] | None, ndim: int) -> tuple[int, ...]:
    """The axes of a reduction; a scalar may be reduced over its axis 0 or -1, as in NumPy and PyTorch.

    Raises:
        ShapeProblem: as ``from_end``.
    """
    if ndim == 0 and axis in (0, -1, (0,), (-1,)):
        return ()
    return from_end(axis, ndim)


def reduced(shape: Shape, axis: tuple[int, ...], keepdims: bool, **_: Any) -> Shape:
    """The shape after a reduction over axes counted from the end, whatever its other parameters."""
    ndim = len(shape)
    if keepdims:
        return tuple([1 if i - ndim in axis else size for i, size in enumerate(shape)])
    return tuple([size for i, size in enumerate(shape) if i - ndim not in axis])


def strong(g: Node, d: Node) -> Node:
    """``g * d``, but exactly zero where ``g`` is, whatever ``d`` is: the chain rule's product."""
    # A factor that is written as 0 is no path at all: what comes in is not used there, were it inf or nan.
    # In forward mode it has to be so, where g is the other factor's slope: 0 * sqrt(x) is flat at 0.
    return d if is_constant(g, 1.0) or is_constant(d, 0.0) else ops.strong(g, d)


def restored(g: Node, axis: tuple[int, ...], keepdims: bool) -> Node:
    """A cotangent of a reduction with the reduced axes put back, of size 1."""
    if keepdims or not axis or not g.shape:
        return g
    return ops.unsqueeze(g, axis=axis)


def swapped(a: Node) -> Node:
    """A matrix, or a batch of them, transposed."""
    return ops.transpose(a, axes=(-1, -2))


def column(g: Node, axes: int) -> Node:
    """A scalar result's cotangent, ready to multiply an array with that many axes."""
    return restored(g, tuple(range(-axes, 0)), keepdims=False)


def number(condition: Node) -> Node:
    """1 where true, 0 where false."""
    return ops.number(condition)


def by_axes(whole: str, along: str) -> Callable[[Node], str]:
    """The rule of a reduction whose backward node has one name over all axes and another along some."""

    def name(node: Node) -> str:
        parameters = node.parameters
        everything = len(parameters["axis"]) == node.args[0].ndim and not parameters["keepdims"]
        return whole if everything else along

    return name


def square_matrix(name: str, shape: Shape) -> None:
    """Check that the last two axes are a square matrix.

    Raises:
        ShapeProblem: they are not.
    """
    if len(shape) < 2 or not agree(shape[-1:], shape[-2:-1]):
        raise ShapeProblem(f"{name}() needs a square matrix: got {describe(shape)}")


def square_like(name: str) -> Callable[[Shape], Shape]:
    """The shape rule of what makes a square matrix of a square matrix."""

    def rule(shape: Shape) -> Shape:
        square_matrix(name, shape)
        return shape

    return rule
