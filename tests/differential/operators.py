"""The language against PyTorch, sample by sample: value, pulled-back cotangent, and that once more."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import torch

from gradcli.errors import GradcliError, Source
from gradcli.execute.plan import Plan
from gradcli.graph import derive
from gradcli.graph.node import Node, constant, ops, variable
from gradcli.language.build import build
from gradcli.language.names import Given
from gradcli.language.parser import parse
from tests.differential.exceptions import EXCEPTIONS
from tests.differential.samples import Call, Skipped, calls, operators, scale

# Of the largest element: values, first and second derivatives.
TOLERANCES = (1e-10, 1e-9, 1e-8)
STAGES = ("value", "gradient", "second-order product")


class Row(NamedTuple):
    """What became of one operator's samples."""

    name: str
    function: str
    seen: int
    agreed: int
    excepted: int
    skipped: Counter[str]
    failures: list[str]

    @property
    def translated(self) -> int:
        """Those that the language says."""
        return self.seen - sum(self.skipped.values())


class Disagreement(Exception):
    """The two differ, or one refuses; what about."""


class Refused(Exception):
    """PyTorch itself cannot do it; where."""


def compare(names: Sequence[str] = ()) -> list[Row]:
    """Every operator, or those named."""
    return [_row(name, operator, info) for name, operator, info in operators() if not names or name in names]


def _row(name: str, operator: Any, info: Any) -> Row:
    seen = agreed = excepted = 0
    skipped: Counter[str] = Counter()
    failures: list[str] = []
    for number, call in enumerate(calls(operator, info)):
        if call is None:
            continue
        seen += 1
        if isinstance(call, Skipped):
            skipped[call.reason] += 1
            continue
        try:
            _agree(call, number)
            agreed += 1
        except Refused as error:
            skipped[str(error)] += 1
        except Disagreement as error:
            reason = EXCEPTIONS.get(name)
            if reason is not None and reason.covers(call):
                excepted += 1
            else:
                failures.append(f"{call.text}  [{_shapes(call)}]: {error}")
    return Row(name, operator.function, seen, agreed, excepted, skipped, failures)


def _shapes(call: Call) -> str:
    return ", ".join([f"{name} {np.shape(value)}" for name, value in call.values.items()])


def _agree(call: Call, number: int) -> None:
    """Raise unless both give the same three things."""
    rng = np.random.default_rng(number)
    theirs = _theirs(call, rng)
    try:
        ours = _ours(call, np.random.default_rng(number), theirs)
    except GradcliError as error:
        raise Disagreement(f"gradcli says: {error}") from None
    for stage, tolerance, expected, found in zip(STAGES, TOLERANCES, theirs, ours, strict=True):
        for place, (a, b) in enumerate(zip(expected, found, strict=True)):
            _close(np.asarray(a, float), np.asarray(b, float), tolerance, f"{stage} {place}")


def _close(expected: np.ndarray, found: np.ndarray, tolerance: float, what: str) -> None:
    if expected.shape != found.shape:
        raise Disagreement(f"{what} is {found.shape}, PyTorch's {expected.shape}")
    room = tolerance * scale(expected)
    if not np.allclose(found, expected, rtol=tolerance, atol=room, equal_nan=True):
        apart = np.abs(found - expected)
        worst = np.unravel_index(
            np.argmax(np.where(np.isnan(apart), np.isnan(found) != np.isnan(expected), apart)), found.shape
        )
        raise Disagreement(
            f"{what} at {tuple(map(int, worst))} is {found[worst]!r}, PyTorch's {expected[worst]!r}"
        )


Stages = tuple[list[Any], list[Any], list[Any]]


def _weights(rng: np.random.Generator, shape: Sequence[int]) -> np.ndarray:
    return np.asarray(rng.uniform(0.5, 1.5, tuple(shape)) * rng.choice([-1.0, 1.0], tuple(shape)))


def _theirs(call: Call, rng: np.random.Generator) -> Stages:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            outputs = call.run()
        except RuntimeError as error:
            raise Refused(f"PyTorch refuses: {str(error).splitlines()[0][:60]}") from None
        if not all(isinstance(one, torch.Tensor) for one in outputs):
            raise Refused("a result that is no tensor")
        values = [one.numpy(force=True) for one in outputs]
        leaves = list(call.leaves.values())
        moving = [one for one in outputs if one.requires_grad]
        if not leaves or not moving:
            return values, [], []
        seeds = [torch.from_numpy(_weights(rng, one.shape)) if one.requires_grad else None for one in outputs]
        seeds = [one for one in seeds if one is not None]
        try:
            firsts = torch.autograd.grad(moving, leaves, seeds, create_graph=call.twice, allow_unused=True)
        except RuntimeError as error:
            raise Refused(f"PyTorch has no gradient: {str(error).splitlines()[0][:60]}") from None
        first = [torch.zeros_like(x) if one is None else one for one, x in zip(firsts, leaves, strict=True)]
        gradients = [one.numpy(force=True) for one in first]
        vectors = [torch.from_numpy(_weights(rng, one.shape)) for one in first]
        curved = [(one, v) for one, v in zip(first, vectors, strict=True) if one.requires_grad]
        if not call.twice:
            return values, gradients, []
        if not curved:
            return values, gradients, [np.zeros(x.shape) for x in leaves]
        try:
            seconds = torch.autograd.grad(
                [a for a, _ in curved], leaves, [b for _, b in curved], allow_unused=True
            )
        except RuntimeError:
            return values, gradients, []
        return (
            values,
            gradients,
            [
                np.zeros(x.shape) if one is None else one.numpy(force=True)
                for one, x in zip(seconds, leaves, strict=True)
            ],
        )


def _ours(call: Call, rng: np.random.Generator, theirs: Stages) -> Stages:
    source = Source(call.text)
    given = {
        name: Given(
            value.shape,
            "bool" if value.dtype == bool else "float",
            value.item() if value.shape == () else value,
        )
        for name, value in call.values.items()
    }
    built = build(parse(source), source, given, tuple(call.leaves))
    outputs = [ops.number(one) if one.kind == "bool" else one for one in built.outputs]
    values: dict[str, Any] = {name: one.value for name, one in given.items()}
    found = Plan(outputs).run(values)
    if len(found) != len(theirs[0]):
        raise Disagreement(f"{len(found)} results, PyTorch has {len(theirs[0])}")
    if not theirs[1]:
        return found, [], []
    by = [
        built.names[name] if name in built.names else variable(name, given[name].shape)
        for name in call.leaves
    ]
    starts = []
    for place, (node, one) in enumerate(zip(outputs, _moving(call), strict=True)):
        if one:
            seed = f"cotangent {place}"
            values[seed] = _weights(rng, np.shape(theirs[0][place]))
            starts.append((node, variable(seed, np.shape(theirs[0][place]))))
    firsts = [_or_zeros(one, x) for one, x in zip(derive.vjp(starts, by), by, strict=True)]
    pairs = []
    for place, one in enumerate(firsts):
        vector = f"vector {place}"
        values[vector] = _weights(rng, theirs[1][place].shape)
        pairs.append((one, variable(vector, theirs[1][place].shape)))
    seconds = [_or_zeros(one, x) for one, x in zip(derive.vjp(pairs, by), by, strict=True)]
    run = Plan([*firsts, *(seconds if theirs[2] else [])]).run(values)
    return found, run[: len(firsts)], run[len(firsts) :]


def _moving(call: Call) -> list[bool]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return [one.requires_grad for one in call.run()]


def _or_zeros(found: Node | None, x: Node) -> Node:
    if found is not None:
        return found
    return ops.zeros(shape=x.shape) if x.shape else constant(0.0)
