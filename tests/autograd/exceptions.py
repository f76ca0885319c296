"""Where gradcli tells other facts than PyTorch on purpose: the behaviour, and the rule."""

from __future__ import annotations

EXCEPTIONS: dict[str, str] = {}
