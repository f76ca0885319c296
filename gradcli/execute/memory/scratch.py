"""What a kernel holds while it runs, beside arguments and result: only the kernel knows, and notes it.

    @holds(3)
    def sigmoid(x): ...

The unit is an array of doubles as large as the largest of its arguments and its result.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from gradcli.execute.backends import function
from gradcli.graph.node import Node

F = TypeVar("F", bound=Callable[..., Any])

DOUBLE = 8
# NumPy's, for arrays that it has to bring into one type or order, of a few arguments.
BUFFERS = 1 << 18
# Of a kernel that notes nothing.
_USUAL = 2.0
# NumPy's own functions hold a mask at most, of one byte an element.
_MASK = 1 / DOUBLE


def holds(arrays: float, room: int = 0) -> Callable[[F], F]:
    """Note how much a kernel holds while it runs.

    Args:
        arrays: how many arrays.
        room: bytes beside them, whatever the sizes.
    """

    def noted(kernel: F) -> F:
        kernel.__dict__.update(arrays=arrays, room=room)
        return kernel

    return noted


def is_ufunc(kernel: object) -> bool:
    """Whether a kernel writes its result element by element, and holds nothing else."""
    return hasattr(kernel, "ntypes")


def scratch(node: Node, sizes: Sequence[int], width: int) -> int:
    """The bytes that the kernel of a node holds.

    Args:
        node: the node.
        sizes: how many elements the result has, and each argument.
        width: how many bytes a number of the plan takes.
    """
    kernel = function(node.op.kernel)
    if is_ufunc(kernel) or node.op.joined:
        return 0
    theirs = not node.op.kernel.startswith("kernels.")
    arrays = getattr(kernel, "arrays", _USUAL)
    if theirs:
        arrays = _MASK if node.args else 0
    # In single precision those that are not elementwise compute in doubles, and copy what they are given.
    doubles = width < DOUBLE and not node.op.elementwise and (not theirs or not node.args)
    copies = sum(sizes) if doubles else 0
    return int(DOUBLE * (arrays * max(sizes) + copies)) + int(getattr(kernel, "room", 0))
