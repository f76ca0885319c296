"""The same bodies on gradcli and on PyTorch: what a library is called, and its answers as plain data."""

from __future__ import annotations

import builtins
import json
import math
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np

from gradcli.errors import GradcliError

REFERENCE = Path(__file__).parent.parent / "reference" / "functional.json"
# A sentence of ours is the beginning of PyTorch's, and long enough to be told from others.
SHORTEST = 40
# What PyTorch raises where we raise another of Python's.
INSTEAD = {"AssertionError": "ValueError", "GradcheckError": "RuntimeError"}


def ours() -> SimpleNamespace:
    """The names that the cases use, of gradcli."""
    import gradcli
    from gradcli.autograd.function import once_differentiable

    names = ("tensor", "ones", "grad", "no_grad", "Function", "gradcheck", "gradgradcheck")
    found = {name: getattr(gradcli, name) for name in names}
    return SimpleNamespace(**found, F=gradcli.functional, once_differentiable=once_differentiable)


def theirs() -> SimpleNamespace:
    """The same of PyTorch, in doubles."""
    import torch
    from torch.autograd import Function, functional, grad, gradcheck, gradgradcheck
    from torch.autograd.function import once_differentiable

    torch.set_default_dtype(torch.float64)
    return SimpleNamespace(
        tensor=torch.tensor,
        ones=torch.ones,
        grad=grad,
        no_grad=torch.no_grad,
        Function=Function,
        gradcheck=gradcheck,
        gradgradcheck=gradgradcheck,
        F=functional,
        once_differentiable=once_differentiable,
    )


def plain(found: Any) -> Any:
    """An answer as JSON has it."""
    if isinstance(found, tuple | list):
        return [plain(one) for one in found]
    if hasattr(found, "detach"):
        return found.detach().tolist()
    return found


def answer(body: Any, lib: Any) -> dict[str, Any]:
    """What a case gives: a value, or an error's type and sentence."""
    try:
        return {"value": plain(body(lib))}
    except (RuntimeError, TypeError, ValueError, AssertionError) as error:
        said = getattr(error, "message", None) or str(error)
        return {"error": type(error).__name__, "says": said.partition(" Hint:")[0], "raised": error}


def facts(part: str) -> dict[str, Any]:
    """What PyTorch answered."""
    found: dict[str, Any] = json.loads(REFERENCE.read_text())[part]
    return found


def assert_alike(found: Any, expected: Any, rtol: float = 1e-13) -> None:
    """The same nesting, and numbers as near as two libraries' rounding lets them be."""
    if isinstance(expected, list):
        assert isinstance(found, list), f"{found!r} is not {expected!r}"
        assert len(found) == len(expected)
        for one, other in zip(found, expected, strict=True):
            assert_alike(one, other, rtol)
    elif isinstance(expected, float) and not math.isfinite(expected):
        assert np.array_equal(found, expected, equal_nan=True)
    elif isinstance(expected, float):
        assert found == expected or abs(found - expected) <= rtol * max(1.0, abs(expected)), (found, expected)
    else:
        assert found == expected


def check(body: Any, expected: dict[str, Any]) -> None:
    """Run a case on gradcli, and compare it with what PyTorch answered."""
    found = answer(body, ours())
    if "value" in expected:
        assert "value" in found, found.get("says")
        assert_alike(found["value"], expected["value"])
        return
    assert "error" in found, f"PyTorch says: {expected['says']}"
    kind = INSTEAD.get(expected["error"], expected["error"])
    assert isinstance(found["raised"], getattr(builtins, kind))
    said = " ".join(found["says"].rstrip(".").split())
    assert len(said) >= min(SHORTEST, len(expected["says"]) - 1)
    assert " ".join(expected["says"].split()).startswith(said), f"ours: {said}\nPyTorch: {expected['says']}"
    if isinstance(found["raised"], GradcliError):
        assert found["raised"].hint
