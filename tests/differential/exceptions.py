"""Samples on which gradcli and PyTorch differ on purpose: by operator, with the rule that overrules PyTorch."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from tests.differential.samples import Call


class Exception_(NamedTuple):
    """A rule of ours that PyTorch does not follow, and the samples that meet it."""

    rule: str
    covers: Callable[[Call], bool]


EXCEPTIONS: dict[str, Exception_] = {}
