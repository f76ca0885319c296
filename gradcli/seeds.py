"""Where a derivative starts: the cotangents, tangents and identities that questions bring along.

A vector of the user's enters the graph as one more input, so a plan serves other vectors too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from gradcli.errors import CallProblem, GradientProblem, Span, VectorProblem
from gradcli.graph.gradless import refuse_gradless
from gradcli.graph.node import Node, constant, ops, variable
from gradcli.graph.shapes import agree, describe
from gradcli.language.build import Built
from gradcli.language.names import Given, listed


def _span(built: Built, place: int = 0) -> Span | None:
    return built.spans.get(built.outputs[place])


def as_float(node: Node) -> Node:
    """A node as numbers; true is 1."""
    return ops.number(node) if node.kind == "bool" else node


def differentiable(built: Built, by: Mapping[str, Node]) -> None:
    """Check that there is a derivative by every name.

    Raises:
        GradientProblem: one reaches the outputs through positions, counts or truths alone.
    """
    try:
        refuse_gradless(built.outputs, by, built.spans)
    except GradientProblem as error:
        error.source = built.source
        raise


def scalar(built: Built) -> Node:
    """The one output as a scalar; one element is as good.

    Raises:
        GradientProblem: it is not.
    """
    if len(built.outputs) != 1 or any(size != 1 for size in built.outputs[0].shape):
        shapes = listed([describe(output.shape) for output in built.outputs], "and")
        raise GradientProblem(
            f"the Hessian is that of a scalar: the output is {shapes}",
            hint="reduce it with sum() or mean(), or take its jacobian",
            span=_span(built),
            source=built.source,
        )
    output = as_float(built.outputs[0])
    return ops.reshape(output, shape=()) if output.shape else output


def unit(built: Built) -> list[Node]:
    """The cotangent 1 of a scalar.

    Raises:
        GradientProblem: there are several outputs, or one that is no scalar.
    """
    if len(built.outputs) > 1:
        raise GradientProblem(
            f"grad can be implicitly created only for scalar outputs: there are {len(built.outputs)} outputs",
            hint="pass a vector for each, --vector 0=... --vector 1=..., or add them up",
            source=built.source,
        )
    shape = built.outputs[0].shape
    if any(size != 1 for size in shape):
        raise GradientProblem(
            f"grad can be implicitly created only for scalar outputs: the output is {describe(shape)}",
            hint="pass --vector, or reduce it with sum() or mean()",
            span=_span(built),
            source=built.source,
        )
    return [ops.ones(shape=shape) if shape else constant(1.0)]


def counted(number: int, noun: str) -> str:
    """A number with its noun: ``1 input``, ``2 inputs``."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def cotangents_of(built: Built, cotangents: Sequence[Given]) -> list[Node]:
    """An input for the cotangent of each output.

    Raises:
        CallProblem: there are more or fewer of them than outputs.
        ShapeProblem: one is not of its output's shape.
    """
    if len(cotangents) != len(built.outputs):
        raise CallProblem(
            f"{counted(len(built.outputs), 'output')} and {counted(len(cotangents), 'vector')}: "
            "each output needs one",
            hint="write --vector 0=... --vector 1=..." if built.several else "give --vector once",
            source=built.source,
        )
    for place, (output, one) in enumerate(zip(built.outputs, cotangents, strict=True)):
        if not agree(one.shape, output.shape):
            which = f"output {place} is" if len(cotangents) > 1 else "the output"
            raise VectorProblem(
                f"the vector is {describe(one.shape)} and {which} {describe(output.shape)}: "
                "they must have one shape",
                vector=place,
                span=_span(built, place),
                source=built.source,
            )
    return _inputs(cotangent_inputs(cotangents))


def started(built: Built, cotangents: Sequence[Given] = ()) -> list[tuple[Node, Node]]:
    """Each output with its cotangent: those given, or 1 for a scalar.

    Raises:
        GradientProblem: none is given, and the output is no scalar.
    """
    starts = cotangents_of(built, cotangents) if cotangents else unit(built)
    return list(zip(map(as_float, built.outputs), starts, strict=True))


def cotangent_inputs(cotangents: Sequence[Given]) -> dict[str, Given]:
    """The values of these inputs, by names that no user can write."""
    if len(cotangents) == 1:
        return {"the vector": cotangents[0]}
    return {f"the vector of output {place}": one for place, one in enumerate(cotangents)}


def tangent_inputs(tangents: Mapping[str, Given]) -> dict[str, Given]:
    """The values of the tangents' inputs, by names that no user can write."""
    return {f"the tangent of {name}": one for name, one in tangents.items()}


def tangents_of(wrt: Sequence[Node], tangents: Mapping[str, Given]) -> list[Node]:
    """An input for the tangent of each name.

    Raises:
        ShapeProblem: one is not of its name's shape.
    """
    for node, (name, one) in zip(wrt, tangents.items(), strict=True):
        if not agree(one.shape, node.shape):
            raise VectorProblem(
                f"the tangent of {name} is {describe(one.shape)} and {name} is {describe(node.shape)}: "
                "they must have one shape",
                vector=name,
            )
    return _inputs(tangent_inputs(tangents))


def _inputs(vectors: Mapping[str, Given]) -> list[Node]:
    return [as_float(variable(name, one.shape, one.kind)) for name, one in vectors.items()]
