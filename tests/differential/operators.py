"""The language against PyTorch, sample by sample: value, pulled-back cotangent, and that once more."""

from __future__ import annotations

import math
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
from tests.differential.exceptions import EXCEPTIONS, STAGES, Overruled
from tests.differential.samples import Call, Skipped, calls, operators, scale

# Of the largest element: values, first and second derivatives.
TOLERANCES = (1e-10, 1e-9, 1e-8)


class Row(NamedTuple):
    """What became of one operator's samples."""

    name: str
    function: str
    seen: int
    agreed: int
    excepted: Counter[str]
    skipped: Counter[str]
    failures: list[str]

    @property
    def translated(self) -> int:
        """Those that the language says."""
        return self.seen - sum(self.skipped.values())


class Disagreement(NamedTuple):
    """Where the two differ, by how much of the largest element, and the sentence."""

    stage: str
    apart: float
    sentence: str


class Refused(Exception):
    """PyTorch itself cannot do it; where."""


def compare(names: Sequence[str] = ()) -> list[Row]:
    """Every operator, or those named."""
    return [_row(name, operator, info) for name, operator, info in operators() if not names or name in names]


def _row(name: str, operator: Any, info: Any) -> Row:
    seen = agreed = 0
    skipped: Counter[str] = Counter()
    excepted: Counter[str] = Counter()
    failures: list[str] = []
    for number, call in enumerate(calls(operator, info)):
        if call is None:
            continue
        seen += 1
        if isinstance(call, Skipped):
            skipped[call.reason] += 1
            continue
        try:
            found = _disagreements(call, number)
        except Refused as error:
            skipped[str(error)] += 1
            continue
        reasons = [_overruling(name, call, one) for one in found]
        unexplained = [one.sentence for one, why in zip(found, reasons, strict=True) if why is None]
        rules = [one.rule for one in reasons if one is not None]
        if unexplained:
            failures.append(f"{call.text}  [{_shapes(call)}]: {'; '.join(unexplained)}")
        elif rules:
            excepted[rules[0]] += 1
        else:
            agreed += 1
    return Row(name, operator.function, seen, agreed, excepted, skipped, failures)


def _overruling(name: str, call: Call, found: Disagreement) -> Overruled | None:
    for one in EXCEPTIONS.get(name, ()):
        if found.stage in one.stages and found.apart <= one.within and one.covers(call):
            return one
    return None


def _shapes(call: Call) -> str:
    return ", ".join([f"{name} {np.shape(value)}" for name, value in call.values.items()])


def _disagreements(call: Call, number: int) -> list[Disagreement]:
    """What is not the same in both, of the three."""
    theirs = _theirs(call, np.random.default_rng(number))
    try:
        ours = _ours(call, np.random.default_rng(number), theirs)
    except GradcliError as error:
        return [Disagreement("refusal", math.inf, f"gradcli says: {error}")]
    if len(ours[0]) != len(theirs[0]):
        return [Disagreement("refusal", math.inf, f"{len(ours[0])} results, PyTorch has {len(theirs[0])}")]
    found = []
    for stage, tolerance, expected, got in zip(STAGES, TOLERANCES, theirs, ours, strict=True):
        for place, (a, b) in enumerate(zip(expected, got, strict=True)):
            one = _difference(np.asarray(a, float), np.asarray(b, float), tolerance, stage, place)
            found += [] if one is None else [one]
    return found


def _difference(
    expected: np.ndarray, found: np.ndarray, tolerance: float, stage: str, place: int
) -> Disagreement | None:
    what = f"{stage} {place}"
    if expected.shape != found.shape:
        return Disagreement(stage, math.inf, f"{what} is {found.shape}, PyTorch's {expected.shape}")
    if np.allclose(found, expected, rtol=tolerance, atol=tolerance * scale(expected), equal_nan=True):
        return None
    with np.errstate(invalid="ignore"):
        apart = np.abs(found - expected)
    apart = np.where(np.isnan(found) & np.isnan(expected) | (found == expected), 0.0, apart)
    apart = np.where(np.isnan(apart), np.inf, apart)
    worst = np.unravel_index(np.argmax(apart), found.shape)
    return Disagreement(
        stage,
        float(np.max(apart)) / scale(expected),
        f"{what} at {tuple(map(int, worst))} is {float(found[worst])}, PyTorch's {float(expected[worst])}",
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
    if not theirs[1] or len(found) != len(theirs[0]):
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
