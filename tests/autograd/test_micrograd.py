"""micrograd's own engine tests, with its ``Value`` replaced by an adapter over our tensors."""

from __future__ import annotations

import json
from pathlib import Path

import micrograd
import pytest

import gradcli

FACTS = json.loads((Path(__file__).parent.parent / "reference" / "autograd.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", micrograd.TESTS)
def test_engine(name: str) -> None:
    found = micrograd.TESTS[name](micrograd.values_over(gradcli.tensor))
    assert found == pytest.approx(FACTS["micrograd"][name], rel=1e-14)
