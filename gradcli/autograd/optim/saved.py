"""The state of an optimiser as plain dictionaries, to be stored and to go on from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcli.autograd.making import from_numpy
from gradcli.autograd.tensor import Tensor
from gradcli.errors import AutogradKeyError, AutogradTypeError, AutogradValueError

__all__ = ["load", "pack"]

Groups = list[dict[str, Any]]


def pack(groups: Groups, state: Mapping[Tensor, Any]) -> dict[str, Any]:
    """Groups and state with each parameter replaced by its number, in the order of the groups."""
    numbers: dict[int, int] = {}
    packed: Groups = []
    for group in groups:
        for p in group["params"]:
            numbers.setdefault(id(p), len(numbers))
        options = {name: value for name, value in group.items() if name != "params"}
        packed.append({**options, "params": [numbers[id(p)] for p in group["params"]]})
    return {"state": {numbers[id(p)]: of_it for p, of_it in state.items()}, "param_groups": packed}


def load(saved: Mapping[str, Any], groups: Groups) -> tuple[Groups, defaultdict[Tensor, dict[str, Any]]]:
    """What ``pack`` wrote, for these groups' parameters: the parameters are theirs, all else is as saved.

    Args:
        saved: what ``pack`` returned; nothing in it is shared with the result.
        groups: the groups as they are; parameters are matched by their place.

    Raises:
        AutogradTypeError: that is no dictionary.
        AutogradKeyError: a part is missing.
        AutogradValueError: the number of groups or the size of one differs.
    """
    if not isinstance(saved, Mapping):
        raise AutogradTypeError(
            f"a state dict is a dict, and not {type(saved).__name__}", hint="pass what state_dict() returned"
        )
    for part in ("param_groups", "state"):
        if part not in saved:
            raise AutogradKeyError(f"the state dict has no '{part}'", hint="pass what state_dict() returned")
    before: Groups = saved["param_groups"]
    if len(before) != len(groups):
        raise AutogradValueError(
            "loaded state dict has a different number of parameter groups",
            hint=f"{len(before)} were saved, and the optimiser has {len(groups)}",
        )
    if any(len(old["params"]) != len(new["params"]) for old, new in zip(before, groups, strict=True)):
        raise AutogradValueError(
            "loaded state dict contains a parameter group that doesn't match the size of optimizer's group",
            hint="build the optimiser from the same parameters, in the same groups",
        )
    parameters = {
        number: p
        for old, new in zip(before, groups, strict=True)
        for number, p in zip(old["params"], new["params"], strict=True)
    }
    state: defaultdict[Tensor, dict[str, Any]] = defaultdict(dict)
    for number, of_it in saved["state"].items():
        p = parameters[number]
        # The count of steps keeps its own type: float32 parameters would bound it.
        state[p] = {
            name: _copied(value, None if name == "step" else p.array.dtype) for name, value in of_it.items()
        }
    merged = [
        {**{name: _copied(value, None) for name, value in old.items()}, "params": new["params"]}
        for old, new in zip(before, groups, strict=True)
    ]
    return merged, state


def _copied(value: Any, dtype: np.dtype[Any] | None) -> Any:
    if isinstance(value, Tensor):
        copy: NDArray[Any] = np.array(value.array, dtype=dtype)
        return from_numpy(copy)
    if isinstance(value, dict):
        return {key: _copied(inner, dtype) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)([_copied(inner, dtype) for inner in value])
    return value
