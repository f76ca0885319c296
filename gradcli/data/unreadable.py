"""The sentence about a file that cannot be read: its name and the trouble go in, a UsageError comes out."""

from __future__ import annotations

from gradcli.errors import UsageError


def unreadable(name: str, what: str, hint: str = "") -> UsageError:
    """The error to raise; ``what`` ends the sentence "cannot read m.csv: ..."."""
    return UsageError(f"cannot read {name}: {what}", hint=hint)


def numbers(count: int) -> str:
    """``1 number``, ``3 numbers``."""
    return "1 number" if count == 1 else f"{count} numbers"
