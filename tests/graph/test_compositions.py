"""Random graphs of the table's operations: what holds for one must hold for many together."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sampling import Sample, differences, generator, literal, value_of, weight, weighted

from gradcli.execute.plan import Plan, trace
from gradcli.graph import derive
from gradcli.graph.node import INPUT, Node, Operation, constant, ops, reachable, variable

SMOOTH = [
    record for record in ops if record.elementwise and not record.hidden and set(record.domain) == {"real"}
]
SMOOTH = [record for record in SMOOTH if all(record.pullback) and set(record.takes) <= {"float"}]


def compares(record: Operation) -> bool:
    """Whether its derivative compares: clip(x, x, 1) is a tie everywhere, and a tie is a convention."""
    arguments = [variable(name) for name in "abc"[: len(record.arguments)]]
    found = derive.gradient(record(*arguments), arguments)
    return any(node.kind == "bool" for node in reachable([one for one in found if one is not None]))


SMOOTH = [record for record in SMOOTH if not compares(record)]


def grown(seed: int, *, scalar: bool = False) -> Sample:
    """A graph of some twenty operations on three inputs."""
    rng = generator("grown", seed)
    shapes = {"x": (), "y": (), "z": ()} if scalar else {"x": (3,), "y": (2, 1), "z": ()}
    inputs = {name: variable(name, shape) for name, shape in shapes.items()}
    values = {name: value_of(rng.uniform(-1.2, 1.2, shape)) for name, shape in shapes.items()}
    nodes: list[Node] = list(inputs.values())

    def pick() -> Node:
        return nodes[int(rng.integers(len(nodes)))]

    def step() -> Node:
        kind = int(rng.integers(9))
        if kind < 5 or scalar:
            record = SMOOTH[int(rng.integers(len(SMOOTH)))]
            node = record(*[pick() for _ in record.arguments])
            if scalar and kind > 6:
                node = ops.choice(ops.gt(pick(), pick()), node, pick() * 2)
        elif kind == 5:
            node = (ops.sum, ops.mean, ops.prod, ops.logsumexp)[int(rng.integers(4))](pick())
        elif kind == 6:
            a = pick()
            axis = -1 if a.ndim else None
            node = ops.softmax(a, axis=-1) if a.ndim else ops.where(ops.gt(pick(), 0), a, pick())
            node = node if axis is None else ops.sum(node * a, axis=axis, keepdims=True)
        elif kind == 7:
            a = pick()
            node = (
                ops.transpose(a)
                if a.ndim == 2
                else ops.stack(a, ops.sin(a), axis=0)
                if a.ndim == 1
                else a * a
            )
        else:
            condition = ops.gt(ops.sum(pick()), ops.sum(pick()))
            a = pick()
            node = ops.choice(condition, a * 2, ops.sin(a))
        return ops.atan(node)

    while len(nodes) < 22:
        try:
            node = step()
        except Exception as error:
            assert type(error).__name__ == "ShapeProblem"  # noqa: PT017  (not every pair broadcasts)
            continue
        if node.ndim <= 2:
            nodes.append(node)
    total: Node = constant(0.0)
    for place, node in enumerate(nodes[-6:]):
        total = total + weighted(node, seed, place)
    return Sample(f"graph {seed}", ops.sin, total, inputs, values)


def all_gradients(sample: Sample) -> list[Node]:
    found = derive.gradient(sample.output, sample.floats)
    return [ops.zeros_like(x) if one is None else one for one, x in zip(found, sample.floats, strict=True)]


@pytest.mark.parametrize("seed", range(60))
def test_derivatives_of_a_random_graph(seed: int) -> None:
    sample = grown(seed)
    by = sample.floats
    gradients = all_gradients(sample)
    found = Plan(gradients).run(sample.values)
    for x, one in zip(by, found, strict=True):
        assert_allclose(one, differences(sample.output, sample, x, 2e-3), rtol=1e-7, atol=1e-8)
    tangents = [literal(weight(x.shape, "tangent", seed)) for x in by]
    (pushed,) = derive.jvp([sample.output], by, tangents)
    assert pushed is not None
    product = derive.hvp(sample.output, by, tangents)
    along: Node = constant(0.0)
    for one, v in zip(gradients, tangents, strict=True):
        along = along + ops.sum(one * v)
    forward, backward = Plan([pushed, along]).run(sample.values)
    assert_allclose(forward, backward, rtol=1e-11, atol=1e-12)
    blocks = derive.hessian(sample.output, by)
    hessian = [Plan(row).run(sample.values) for row in blocks]
    flat = np.block(
        [
            [np.reshape(one, (np.size(found[i]), np.size(found[j]))) for j, one in enumerate(row)]
            for i, row in enumerate(hessian)
        ]
    )
    assert_allclose(flat, flat.T, rtol=1e-9, atol=1e-10)
    vector = np.concatenate([np.ravel(weight(x.shape, "tangent", seed)) for x in by])
    given = Plan([ops.zeros_like(x) if one is None else one for one, x in zip(product, by, strict=True)]).run(
        sample.values
    )
    assert_allclose(np.concatenate([np.ravel(one) for one in given]), flat @ vector, rtol=1e-9, atol=1e-10)
    for x, one in zip(by, given, strict=True):
        assert_allclose(one, differences(along, sample, x, 2e-3), rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize("seed", range(60))
def test_scalars_and_arrays_agree(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    sample = grown(seed, scalar=True)
    nodes = [
        sample.output,
        *all_gradients(sample),
        *[one for row in derive.hessian(sample.output, sample.floats) for one in row],
    ]
    plan = Plan(nodes)
    assert plan.scalar
    monkeypatch.setattr("gradcli.execute.backends.runs_on_floats", lambda node: False)
    assert_allclose(plan.run(sample.values), Plan(nodes).run(sample.values), rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("seed", range(20))
def test_a_plan_changes_no_bit(seed: int) -> None:
    """Merging and forgetting against a run that keeps every node as it was written."""
    sample = grown(seed)
    nodes = [sample.output, *all_gradients(sample)]
    kept: dict[Node, Any] = trace(nodes, sample.values)
    for node, value in zip(nodes, Plan(nodes).run(sample.values), strict=True):
        assert_array_equal(kept[node], value)
    assert {node.values[0] for node in reachable(nodes) if node.op is INPUT} <= set(sample.values)
