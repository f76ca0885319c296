"""A bound on memory: too large an array becomes a sentence, where the system would kill the program."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from typing import Any

from gradcli.errors import EvaluationError
from gradcli.execute.memory import room

# A number as a Python float, as digits, and as part of the whole text.
_TEXT_BYTES = 100


def bound_memory() -> None:
    """Ask for no more memory than the machine has, unless a limit is set already (``ulimit -v``)."""
    try:
        import resource
    except ImportError:  # Windows, which refuses by itself
        return
    with suppress(OSError, ValueError):
        soft, hard = resource.getrlimit(resource.RLIMIT_AS)
        if soft == resource.RLIM_INFINITY:
            resource.setrlimit(resource.RLIMIT_AS, (room.machine(), hard))


def check_text(leaves: Iterable[tuple[str, Any]]) -> None:
    """Refuse to write what has more numbers than their text has room for.

    Raises:
        EvaluationError: it does not fit, which would show only after minutes.
    """
    arrays = [one for _, leaf in leaves for one in (leaf if isinstance(leaf, tuple) else (leaf,))]
    total = sum([one.size for one in arrays if not isinstance(one, (int, float))])
    if total * _TEXT_BYTES > room.allowed():
        raise EvaluationError(
            f"there is not enough memory to write {total} numbers as text",
            hint="reduce them, with sum() for example, or take a part, such as x[:100]",
        )
