"""A graph of plain floats, run the first time: node by node, and nothing is made ready for a second time.

Most graphs are run once, and steps cost ten times what they take.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from gradcli.errors import EvaluationError
from gradcli.execute.backends import Backend, function
from gradcli.graph.node import CONSTANT, INPUT, Node

Value = Any  # a float or a bool


def once(
    nodes: Sequence[Node], outputs: Sequence[Node], backend: Backend, values: Mapping[str, Value]
) -> list[Value] | None:
    """The outputs' values; nothing where another way has to tell what is wrong.

    Args:
        nodes: all that the outputs need, in creation order, without choices.
        outputs: the nodes whose values are wanted.
        backend: that of floats.
        values: a value for every input, by name.
    """
    found: dict[Node, Value] = {}
    value = found.__getitem__
    try:
        for node in nodes:
            op = node.op
            if op is CONSTANT:
                found[node] = node.values[0]
            elif op is INPUT:
                found[node] = backend.given(values[node.values[0]], node.kind)
            else:
                kernel, arguments = function(op.scalar), map(value, node.args)
                found[node] = kernel(*arguments, **node.parameters) if node.values else kernel(*arguments)
    except (EvaluationError, ValueError, OverflowError, MemoryError):
        return None
    return list(map(value, outputs))
