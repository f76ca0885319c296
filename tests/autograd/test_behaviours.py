"""Autograd behaves as PyTorch's: every body of ``behaviours`` tells what PyTorch told.

``python -m tests.differential autograd`` runs the same bodies on both libraries; with ``--write`` it
records the facts anew.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from behaviours import BEHAVIOURS, same
from exceptions import EXCEPTIONS
from libraries import ours

FACTS = json.loads((Path(__file__).parent.parent / "reference" / "autograd.json").read_text(encoding="utf-8"))


@pytest.fixture(autouse=True)
def _modes_as_they_were() -> Iterator[None]:
    yield
    assert ours().is_grad_enabled()
    assert not ours().is_inference_mode_enabled()


def test_every_behaviour_has_its_facts() -> None:
    assert len(BEHAVIOURS) >= 120
    assert sorted(BEHAVIOURS) == sorted(FACTS["behaviours"])
    assert set(EXCEPTIONS) <= set(BEHAVIOURS)


@pytest.mark.parametrize("name", [name for name in BEHAVIOURS if name not in EXCEPTIONS])
def test_behaviour(name: str) -> None:
    found = BEHAVIOURS[name](ours())
    expected = FACTS["behaviours"][name]
    assert same(expected, found), f"PyTorch tells {expected}, we tell {found}"


def test_the_exceptions_are_still_needed() -> None:
    for name, rule in EXCEPTIONS.items():
        assert not same(FACTS["behaviours"][name], BEHAVIOURS[name](ours())), f"{name}: {rule}"
