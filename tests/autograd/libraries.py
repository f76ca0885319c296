"""One set of names for two libraries: PyTorch's, and the same in gradcli."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any


class Library:
    """The names of the first of several homes that has them."""

    def __init__(self, *homes: Any) -> None:
        self.homes = homes

    def __getattr__(self, name: str) -> Any:
        for home in self.homes:
            if hasattr(home, name):
                return getattr(home, name)
        raise AttributeError(f"the library has no {name!r}")


def ours() -> Library:
    """gradcli; the types of numbers are NumPy's, or their names."""
    import gradcli
    from gradcli import functions

    types = {name: name for name in ("float32", "float64", "int64", "bool")}
    return Library(SimpleNamespace(**types), gradcli, functions)


@contextmanager
def theirs() -> Iterator[Library]:
    """PyTorch, while float64 is its default and every warning comes every time."""
    import torch

    autograd = torch.autograd
    names = ("grad", "backward", "functional", "Function", "gradcheck", "gradgradcheck")
    names += ("detect_anomaly", "set_detect_anomaly")
    schedules, clipping = torch.optim.lr_scheduler, torch.nn.utils
    optim = SimpleNamespace(
        clip_grad_norm_=clipping.clip_grad_norm_, clip_grad_value_=clipping.clip_grad_value_
    )
    own = SimpleNamespace(
        optim=Library(optim, torch.optim, schedules), **{name: getattr(autograd, name) for name in names}
    )
    torch.set_default_dtype(torch.float64)
    torch.set_warn_always(True)
    try:
        yield Library(own, torch)
    finally:
        torch.set_default_dtype(torch.float32)
        torch.set_warn_always(False)
