"""Functions of numbers alone, which need no tensors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gradcli.autograd.making import from_numpy
from gradcli.execute.backends import function, runs_on_floats
from gradcli.execute.plan import Plan
from gradcli.graph.node import CONSTANT, Array, Kind, Node, Operation, as_node, constant, ops
from gradcli.graph.operations.compose import Composite
from gradcli.language.meaning import number_in

# What needs no look at shapes and kinds when it is given floats: most of what loops are made of.
_ON_FLOATS = {one.name for one in ops if one.elementwise and one.scalar and "bool" not in one.takes}


def of_numbers(
    record: Operation | Composite, arguments: Sequence[Array | None], parameters: dict[str, Any]
) -> Array | tuple[Array, ...]:
    """What a function makes of numbers alone: again numbers, or tensors with a shape."""
    if isinstance(record, Operation) and record.name in _ON_FLOATS and not parameters:
        values = [number_in(one) for one in arguments]
        if all(type(one) is float for one in values):
            kind: Kind = "bool" if record.gives == "bool" else "float"
            return constant(function(record.scalar)(*values), kind=kind)
    nodes = [one if one is None else as_node(one) for one in arguments]  # type: ignore[arg-type]
    made = record(*nodes, **parameters)  # type: ignore[arg-type]
    if isinstance(made, Node) and made.op is CONSTANT and made.shape == ():
        return made
    if isinstance(made, Node) and runs_on_floats(made) and all(one.op is CONSTANT for one in made.args):
        # The common case, without the work of a plan.
        run = function(made.op.scalar)
        return constant(run(*[one.values[0] for one in made.args], **made.parameters), kind=made.kind)
    results = made if isinstance(made, tuple) else (made,)
    found = Plan(list(results)).run({})
    arrays = [
        constant(value, kind=one.kind) if one.shape == () else from_numpy(value)
        for one, value in zip(results, found, strict=True)
    ]
    return tuple(arrays) if isinstance(made, tuple) else arrays[0]
