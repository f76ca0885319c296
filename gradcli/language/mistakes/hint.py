"""A record of the table of mistakes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from gradcli.language.failure import Failure

Fields = dict[str, Any] | None
"""What the sentence and the advice quote, and the ``span`` they are about if it is not the refused word."""


class Hint(NamedTuple):
    """A mistake that people make; ``recognise`` gives the ``{fields}``, or None where it is another one."""

    recognise: Callable[[Failure], Fields]
    message: str
    fix: str
    examples: dict[str, str]
    """Wrong texts, each with the advice that it gets."""
