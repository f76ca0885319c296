"""Every record of the table, on tensors: the eager road gives what the road of expressions gives.

A sample goes two ways onto tensors. Its graph is replayed operation by operation; and it is called as a user
of Python calls it, where a function that is one node in PyTorch is one node here, whatever it is made of.
Kernels and rules are those of the expressions; what is tested here is which values are saved, how pullbacks
are cut out, and how gradients meet.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

sys.path.insert(0, str(Path(__file__).parent.parent / "graph"))

from sampling import Sample, defaults, describe, every_sample, get, gradient_nodes, literal, run, weight

from gradcli import Tensor, functions, grad, tensor
from gradcli.autograd.calls import apply, call
from gradcli.graph import derive
from gradcli.graph.node import CONSTANT, INPUT, Node, constant, ops, reachable

EVERY = every_sample()
SMOOTH = [case for case in EVERY if get(*case).output.kind == "float" and get(*case).floats]

# A flipped array is a view in a plan and a copy on tensors, and einsum sums as the memory lies.
LAID_OUT_OTHERWISE = {("convolve", 'convolve(x, y, mode="valid") | x 4, y 2')}


def leaves(sample: Sample) -> dict[str, Tensor]:
    """A sample's inputs as tensors."""
    return {
        name: tensor(sample.values[name], requires_grad=np.asarray(sample.values[name]).dtype == np.float64)
        for name in sample.values
    }


def replayed(sample: Sample, inputs: dict[str, Tensor]) -> Any:
    """A sample's output, operation by operation."""
    values: dict[Node, Any] = {node: inputs[name] for name, node in sample.inputs.items()}
    for node in reachable([sample.output]):
        if node.op is CONSTANT:
            values[node] = node.values[0] if node.shape == () else tensor(np.reshape(node.values, node.shape))
        elif node.op is not INPUT:
            values[node] = apply(node.op, [values[one] for one in node.args], node.parameters)
    return values[sample.output]


class Lists(ast.NodeTransformer):
    """The language reads a list beside an operator as an array; Python needs to be told."""

    def generic_visit(self, node: ast.AST) -> ast.AST:
        super().generic_visit(node)
        for field, value in ast.iter_fields(node):
            if isinstance(value, ast.List) and not isinstance(node, ast.Index):
                if isinstance(node, ast.Subscript) and field == "slice":
                    continue
                setattr(node, field, ast.Call(ast.Name("array", ast.Load()), [value], []))
        return node


def array(items: list[Any]) -> Any:
    """A list as an array: numbers, tensors, or lists of them."""
    return call(ops.stack, [array(one) if isinstance(one, list) else one for one in items], {"axis": 0})


def called(sample: Sample, inputs: dict[str, Tensor]) -> Any:
    """A sample's output as a user computes it: by a function, or by the sample's text, which is Python."""
    if " | " not in sample.label:
        return call(sample.record, list(inputs.values()), defaults(sample.record))
    names = {**{name: functions.function(name) for name in functions.functions()}, **inputs}
    names.update(true=True, false=False, inf=np.inf, nan=np.nan, array=array)
    *statements, last = sample.label.split(" | ")[0].replace("^", "**").split(";")
    for statement in statements:
        exec(statement.strip(), names)
    tree = ast.fix_missing_locations(Lists().visit(ast.parse(last.strip(), mode="eval")))
    with np.errstate(all="ignore"):
        return eval(compile(tree, "<sample>", "eval"), names)


def is_python(case: tuple[str, int]) -> bool:
    """Whether a sample's text is one of tensors; derivatives and random numbers are the language's own."""
    sample = get(*case)
    own = ("grad(", "diff(", "rand(", "randn(", "dropout(", "jacobian(", "hessian(")
    text = sample.label.split(" | ")[0]
    return " | " not in sample.label or not any(word in text for word in own)


ROADS = {"replayed": replayed, "called": called}


def ways(cases: Sequence[tuple[str, int]]) -> Any:
    """Each case on each road that it can take."""
    each = [("replayed", case) for case in cases] + [("called", case) for case in cases if is_python(case)]
    return pytest.mark.parametrize(
        ("road", "case"), each, ids=lambda one: one if isinstance(one, str) else describe(one)
    )


def cotangent(sample: Sample) -> Any:
    """A gradient of the output, whose size may be known only when it has run."""
    (value,) = run([sample.output], sample.values)
    return weight(np.shape(value), "gradient")


def differentiable(sample: Sample, inputs: dict[str, Tensor]) -> list[Tensor]:
    return [inputs[name] for name, node in sample.inputs.items() if node.kind == "float"]


def slopes(output: Any, by: Sequence[Tensor], seed: Any = None, **how: Any) -> Sequence[Any]:
    """The gradients of an output, zeros where there is no path."""
    if not isinstance(output, Tensor) or not output.requires_grad:
        return [tensor(np.zeros(one.shape)) for one in by]
    return grad(output, by, None if seed is None else tensor(seed), materialize_grads=True, **how)


def total(parts: Sequence[Any], weights: Sequence[Any], start: Any, add: Any) -> Any:
    for part, one in zip(parts, weights, strict=True):
        start = start + add(part * one)
    return start


@ways(EVERY)
def test_value(road, case):
    sample = get(*case)
    found = ROADS[road](sample, leaves(sample))
    (expected,) = run([sample.output], sample.values)
    values = found.array if isinstance(found, Tensor) else np.asarray(found)
    assert values.shape == np.shape(expected)
    whole = all(node.op is CONSTANT or node.shape != () for node in reachable([sample.output]))
    if whole and road == "replayed" and (case[0], sample.label) not in LAID_OUT_OTHERWISE:
        assert_array_equal(values, expected)
    else:
        # Single numbers run on plain floats, and the library of C is not NumPy's to the last bit; a text in
        # Python folds other constants than the language does.
        assert_allclose(values, expected, rtol=1e-14, atol=1e-15)


@ways(SMOOTH)
def test_gradient(road, case):
    sample = get(*case)
    inputs = leaves(sample)
    seed = cotangent(sample)
    found = slopes(ROADS[road](sample, inputs), differentiable(sample, inputs), seed)
    expected = run(gradient_nodes(ops.sum(sample.output * literal(seed)), sample), sample.values)
    for one, other in zip(found, expected, strict=True):
        assert_allclose(one.array, other, rtol=1e-12, atol=1e-12)


@ways(SMOOTH)
def test_a_batch_of_gradients(road, case):
    """Several gradients along a leading axis give what they give one by one."""
    sample = get(*case)
    inputs = leaves(sample)
    output, by = ROADS[road](sample, inputs), differentiable(sample, inputs)
    if not output.requires_grad:
        found = derive.gradient(ops.sum(sample.output), sample.floats)
        assert all(one is None for one in found), "there is a path"
        return
    seeds = np.stack([cotangent(sample), 2 - cotangent(sample)])
    batch = slopes(output, by, seeds, is_grads_batched=True, retain_graph=True)
    for place in range(2):
        single = slopes(output, by, seeds[place, ...], retain_graph=True)
        for one, other in zip(batch, single, strict=True):
            assert_allclose(one.array[place], other.array, rtol=1e-12, atol=1e-12)


@ways(SMOOTH)
def test_second_order(road, case):
    """The gradient of a weighted sum of the gradients."""
    sample = get(*case)
    inputs = leaves(sample)
    by, seed = differentiable(sample, inputs), cotangent(sample)
    first = slopes(ROADS[road](sample, inputs), by, seed, create_graph=True)
    weights = [weight(one.shape, "second", place) for place, one in enumerate(by)]
    found = slopes(total(first, map(tensor, weights), tensor(0.0), lambda one: one.sum()), by)
    nodes = gradient_nodes(ops.sum(sample.output * literal(seed)), sample)
    whole = total(nodes, map(literal, weights), constant(0.0), ops.sum)
    expected = run(gradient_nodes(whole, sample), sample.values)
    for one, other in zip(found, expected, strict=True):
        assert_allclose(one.array, other, rtol=1e-11, atol=1e-11)


def test_each_record_is_called() -> None:
    """Against a test that passes because it leaves things out."""
    named = {case[0] for case in EVERY}
    assert len({case[0] for case in EVERY if is_python(case)}) > 0.85 * len(named)
