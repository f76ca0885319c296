"""How much memory there is."""

from __future__ import annotations

import os
from contextlib import suppress

_LEAST = 4 << 30


def machine() -> int:
    """The bytes of the machine's memory; four gigabytes where it has less, or does not tell."""
    with suppress(OSError, ValueError, AttributeError):
        return max(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"), _LEAST)
    return _LEAST


def allowed() -> int:
    """The bytes that this process may ask for: those of the machine, or fewer where a limit is set."""
    try:
        import resource
    except ImportError:  # Windows
        return machine()
    with suppress(OSError, ValueError):
        soft, _ = resource.getrlimit(resource.RLIMIT_AS)
        if soft != resource.RLIM_INFINITY:
            return min(soft, machine())
    return machine()
