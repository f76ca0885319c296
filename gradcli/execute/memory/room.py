"""How much memory there is, and how much of it a run may hold: ``with max_memory("2GB"): ...``."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar

from gradcli.errors import CallProblem
from gradcli.execute.memory.sizes import parsed

_LEAST = 4 << 30
# Of what is free, a run may hold so many hundredths.
PERCENT = 80

_GROUPS = "/sys/fs/cgroup"

_most: ContextVar[int | None] = ContextVar("the memory that a run may hold", default=None)


@contextmanager
def max_memory(size: int | str | None) -> Iterator[None]:
    """A context in which a run is refused, before it begins, if it would hold more.

    Args:
        size: bytes, or a text such as ``"2GB"`` or ``"1.5 GiB"``; nothing for 80 % of what is free.

    Raises:
        CallProblem: it is no size.
    """
    most = parsed(size) if isinstance(size, str) else size
    if size is not None and (not isinstance(most, int) or isinstance(most, bool) or most <= 0):
        raise CallProblem(f"max_memory takes a size such as 2GB or 500MiB, and got {size!r}")
    before = _most.set(most)
    try:
        yield
    finally:
        _most.reset(before)


def asked() -> int | None:
    """The bytes that were asked for as the bound, if they were."""
    return _most.get()


def bound() -> int:
    """The bytes that a run may hold."""
    most = _most.get()
    return free() * PERCENT // 100 if most is None else most


def free() -> int:
    """The bytes that this process may still take: of the machine's, of its group's and of its own limit."""
    found = [machine(), *_unused_by_groups()]
    with suppress(OSError, ValueError):
        found.append(1024 * _field(r"MemAvailable:\s+(\d+) kB", "/proc/meminfo"))
    limit = _limit()
    if limit is not None:
        with suppress(OSError, ValueError, AttributeError):
            found.append(limit - _field(r"(\d+)", "/proc/self/statm") * os.sysconf("SC_PAGE_SIZE"))
    return max(0, min(found))


def _unused_by_groups() -> Iterator[int]:
    """What each of the control groups above this process has left; Linux alone has them."""
    path = ""
    with suppress(OSError), open("/proc/self/cgroup") as file:
        path = next((line[3:].strip() for line in file if line.startswith("0::")), "")
    while path:
        group = f"{_GROUPS}{path.rstrip('/')}"
        with suppress(OSError, ValueError):  # the root has no limit, and "max" is none
            most = _field(r"(\d+)", f"{group}/memory.max")
            used = _field(r"(\d+)", f"{group}/memory.current")
            yield most - used + _field(r"\binactive_file (\d+)", f"{group}/memory.stat")
        path = path.rpartition("/")[0]


def _field(pattern: str, path: str) -> int:
    with open(path) as file:
        found = re.search(pattern, file.read())
    if found is None:
        raise ValueError(f"{path} is not as expected")
    return int(found[1])


def machine() -> int:
    """The bytes of the machine's memory; four gigabytes where it has less, or does not tell."""
    with suppress(OSError, ValueError, AttributeError):
        return max(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"), _LEAST)
    return _LEAST


def allowed() -> int:
    """The bytes that this process may ask for: those of the machine, or fewer where a limit is set."""
    limit = _limit()
    return machine() if limit is None else min(limit, machine())


def _limit() -> int | None:
    try:
        import resource
    except ImportError:  # Windows
        return None
    with suppress(OSError, ValueError):
        soft, _ = resource.getrlimit(resource.RLIMIT_AS)
        if soft != resource.RLIM_INFINITY:
            return soft
    return None
