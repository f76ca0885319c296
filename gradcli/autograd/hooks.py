"""Functions that are called when a gradient passes, in the order in which they came."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count
from typing import Any


class Hooks:
    """An ordered set of hooks; one that is removed while they run is not called any more."""

    __slots__ = ("_found", "_keys")

    def __init__(self) -> None:
        self._found: dict[int, Callable[..., Any]] = {}
        self._keys = count()

    def add(self, hook: Callable[..., Any]) -> Removable:
        """Register one."""
        key = next(self._keys)
        self._found[key] = hook
        return Removable(self._found, key)

    def __iter__(self) -> Iterator[Callable[..., Any]]:
        for key in list(self._found):
            hook = self._found.get(key)
            if hook is not None:
                yield hook


class Removable:
    """What registering a hook gives back; as a context it removes the hook at the end."""

    __slots__ = ("_found", "_key")

    def __init__(self, found: dict[int, Callable[..., Any]], key: int) -> None:
        self._found = found
        self._key = key

    def remove(self) -> None:
        """Call it no more; a second time is nothing."""
        self._found.pop(self._key, None)

    def __enter__(self) -> Removable:
        return self

    def __exit__(self, *_: object) -> None:
        self.remove()
