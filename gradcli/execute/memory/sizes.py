"""Sizes of memory, as they are written: ``8GB``, ``1.5 GiB``."""

from __future__ import annotations

import re

_UNITS = ("bytes", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB")
_TOO_MANY = 1000 << 60
_NUMBER = r"([0-9]{1,20}(?:\.[0-9]{0,20})?|\.[0-9]{1,20})"
# Compiled when a size is read: most commands read none.
_WRITTEN = rf"{_NUMBER}\s*(?:([kmgtpe])(i?)b?|b|bytes)?"


def written(size: float) -> str:
    """A number of bytes with its unit, in three digits where that many are needed."""
    if size >= _TOO_MANY:
        return f"more than 1000 {_UNITS[-1]}"
    unit = 0
    while size >= 1023.5 and unit + 1 < len(_UNITS):
        size, unit = size / 1024, unit + 1
    if size == 1 and not unit:
        return "1 byte"
    return f"{size:.0f} {_UNITS[unit]}" if size >= 100 else f"{size:.3g} {_UNITS[unit]}"


def parsed(text: str) -> int | None:
    """The bytes that a text means: ``2GB`` are 2,000,000,000 and ``2GiB`` are 2,147,483,648; else nothing."""
    found = re.fullmatch(_WRITTEN, text.strip(), re.IGNORECASE)
    if found is None:
        return None
    number, unit, binary = found.groups()
    if unit is None:
        return int(float(number))
    return int(float(number) * (1024 if binary else 1000) ** ("kmgtpe".index(unit.lower()) + 1))
