"""Where figures come from: the processor and the versions of what ran."""

from __future__ import annotations

import platform
import re
from importlib import metadata
from pathlib import Path

PACKAGES = ("numpy", "torch", "jax", "autograd", "casadi", "numexpr", "sympy", "lark")
"""Whose versions the figures depend on."""

_CPUINFO = Path("/proc/cpuinfo")


def described() -> str:
    """One line."""
    python = f"Python {platform.python_version()}"
    return ", ".join([_processor(), platform.system(), python, *filter(None, map(_version, PACKAGES))])


def _processor() -> str:
    """Its name where the system tells it, or else its kind."""
    said = _CPUINFO.read_text() if _CPUINFO.exists() else ""
    found = re.search(r"model name\s*:\s*(.+)", said)
    return " ".join(found[1].split()) if found else platform.machine()


def _version(package: str) -> str:
    try:
        return f"{package} {metadata.version(package)}"
    except metadata.PackageNotFoundError:
        return ""
