"""What tests of several folders need around them."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from types import ModuleType

import pytest

from gradcli.execute import backends


@pytest.fixture
def without_scipy(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No package of that name can be imported by a kernel."""

    def found(name: str) -> ModuleType:
        if name.startswith("scipy"):
            raise ImportError(name)
        return import_module(name)

    backends.function.cache_clear()
    monkeypatch.setattr(backends, "import_module", found)
    yield
    backends.function.cache_clear()
