"""The tutorials, step by step on tensors, against what PyTorch answered: values, gradients and graphs."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_allclose

import gradcli
from gradcli import functional, functions, no_grad, tensor

REFERENCE = Path(__file__).parent.parent / "reference" / "tutorials_on_tensors.json"
FACTS = json.loads(REFERENCE.read_text(encoding="utf-8"))
EXACT = 1e-15


def fact(name):
    return FACTS[name]


def tree(node):
    """A backward graph in the form of the facts."""
    if node is None:
        return None
    name = node.name().removeprefix("torch::autograd::")
    return {"name": name, "next": [[tree(one), place] for one, place in node.next_functions]}


def leaf(*numbers):
    return tensor(numbers[0] if len(numbers) == 1 else list(numbers), requires_grad=True)


def stable_part(sentence):
    """PyTorch's sentence without its advice, in whose place ours stands."""
    return sentence.partition(" Hint: ")[0].rstrip(".")


def test_mean():
    known = fact("s000.mean")
    x = leaf(1.0, 2.0, 3.0)
    y = x + 2
    z = y * y * 2
    out = z.mean()
    assert z.tolist() == known["z"]
    assert_allclose(out.item(), known["value"], rtol=EXACT)
    assert tree(out.grad_fn) == known["grad_fn"]
    out.backward()
    assert_allclose(x.grad.numpy(), known["grad_x"], rtol=EXACT)


def test_vector():
    known = fact("s000.vector")
    x = leaf(1.0, 2.0, 3.0)
    y = x + 2
    z = y * y * 2
    with pytest.raises(RuntimeError, match=known["nonscalar_error"]):
        z.backward()
    z.backward(tensor(known["v"]))
    assert_allclose(x.grad.numpy(), known["grad_x"], rtol=EXACT)


def test_three_ways_not_to_track():
    known = fact("s000.untracked")
    x = leaf(1.0, 2.0, 3.0)
    with no_grad():
        inside = x + 2
    switched_off = leaf(1.0, 2.0, 3.0).requires_grad_(False) + 2
    for y in (inside, x.detach() + 2, switched_off):
        assert y.grad_fn is known["grad_fn"]
        with pytest.raises(RuntimeError, match=known["error"]):
            y.sum().backward()


def test_accumulation_and_zeroing():
    known = fact("s000.accumulate")
    w = gradcli.ones(4, requires_grad=True)
    seen = []
    for _ in range(3):
        (w * 3).sum().backward()
        seen.append(w.grad.tolist())
    assert seen == known["after_each_backward"]
    w.grad.zero_()
    (w * 3).sum().backward()
    assert w.grad.tolist() == known["after_zero_then_backward"]


def test_one_step_of_sgd():
    known = fact("s000.sgd")
    w = gradcli.ones(4, requires_grad=True)
    optimizer = gradcli.SGD([w], lr=known["lr"])
    (w * 3).sum().backward()
    optimizer.step()
    assert w.tolist() == known["w_after_step"]
    optimizer.zero_grad()
    assert w.grad is known["grad_after_zero_grad"]


def test_a_product_and_its_leaves():
    known = fact("s001.mul")
    a, b = leaf(2.0), tensor(3.0)
    c = a * b
    assert c.item() == known["c"]
    assert tree(c.grad_fn) == known["tree"]
    assert (a.is_leaf, c.is_leaf) == (known["a_is_leaf"], known["c_is_leaf"])
    c.backward()
    assert a.grad.item() == known["a_grad"]
    assert b.grad is known["b_grad"]


def test_a_product_that_nobody_tracks():
    known = fact("s001.untracked")
    c = tensor(2.0) * tensor(3.0)
    assert c.requires_grad is known["c_requires_grad"]
    assert c.is_leaf is known["c_is_leaf"]
    assert c.grad_fn is known["c_grad_fn"]


def test_a_chain_frees_what_it_saved():
    known = fact("s001.chain")
    a, b, d = leaf(2.0), leaf(3.0), leaf(4.0)
    c = a * b
    e = c * d
    assert e.item() == known["e"]
    assert tree(e.grad_fn) == known["tree"]
    e.backward()
    assert [one.grad.item() for one in (a, b, d)] == [known["a"], known["b"], known["d"]]
    with pytest.warns(UserWarning, match="not a leaf Tensor"):
        assert c.grad is known["c_grad"]
    with pytest.raises(RuntimeError) as refused:
        e.backward()
    assert refused.value.message == known["saved_freed_error"]


def test_a_saved_value_that_was_changed():
    known = fact("s001.inplace_mul")
    a, b, d = leaf(2.0), leaf(3.0), leaf(4.0)
    c = a + b
    e = c * d
    assert c._version == known["version_before"]
    c += 1
    assert c._version == known["version_after"]
    with pytest.raises(RuntimeError) as refused:
        e.backward()
    assert refused.value.message == stable_part(known["error"])


def test_a_value_that_nothing_saved_may_change():
    known = fact("s001.inplace_add")
    a, b, d = leaf(2.0), leaf(3.0), leaf(4.0)
    c = a * b
    e = c + d
    c += 1
    e.backward()
    assert known["error"] is None
    assert e.item() == known["e"]
    assert [one.grad.item() for one in (a, b, d)] == [known["a"], known["b"], known["d"]]


def test_unbind_is_one_node_with_three_outputs():
    known = fact("s001.unbind")
    a = leaf(1.0, 2.0, 3.0)
    b, c, d = a.unbind()
    e = b * c * d
    assert e.item() == known["e"]
    assert tree(e.grad_fn) == known["tree"]
    inner, last = [one for one, _ in e.grad_fn.next_functions]
    assert {last, *[one for one, _ in inner.next_functions]} == {last}
    e.backward()
    assert a.grad.tolist() == known["a_grad"]


def test_the_branching_graph():
    known = fact("s001.branching")
    a, b, d, f, h = tensor(2.0), tensor(2.0), tensor(2.0), tensor(2.0), leaf(2.0)
    c = a * b
    c.requires_grad = True
    e = c * d
    g = e * f
    i = g / h
    j = i + h
    k = j * i
    i.retain_grad()
    assert tree(k.grad_fn) == known["tree"]
    for name, one in {"c": c, "e": e, "g": g, "i": i, "j": j, "k": k}.items():
        assert one.item() == known["values"][name]
    k.backward()
    assert h.grad.item() == known["h_grad"]
    assert c.grad.item() == known["c_grad"]
    assert i.grad.item() == known["i_retained_grad"]
    with pytest.warns(UserWarning, match="not a leaf Tensor"):
        assert e.grad is known["e_grad"]
    detached = fact("s001.detach")
    m = k.detach()
    assert m.requires_grad is detached["requires_grad"]
    assert m.is_leaf is detached["is_leaf"]
    assert m.grad_fn is detached["grad_fn"]
    assert np.shares_memory(m.numpy(), k.detach().numpy()) is detached["shares_storage"]
    assert k.item() == detached["item"]
    assert tensor([1.0, 2.0]).tolist() == detached["tolist_of_vector"]
    assert tensor([[1.0, 2.0], [3.0, 4.0]]).tolist() == detached["tolist_of_matrix"]


def test_a_sine_at_25_points():
    known = fact("s002.sin")
    a = gradcli.linspace(0.0, 2.0 * math.pi, steps=25, requires_grad=True)
    c = 2 * functions.sin(a)
    out = (c + 1).sum()
    assert_allclose(out.item(), known["value"], rtol=EXACT)
    assert tree(out.grad_fn) == known["tree"]
    out.backward()
    # PyTorch's linspace goes from both ends to the middle, so its points differ in their last bits.
    assert_allclose(a.grad.numpy(), known["grad_a"], rtol=1e-14, atol=1e-15)


def test_doubling_until_it_is_long():
    known = fact("s002.doubling")
    x = leaf(1.0, 2.0, 3.0)
    y = x * 2
    doublings = 1
    while y.detach().norm().item() < 1000:
        y = y * 2
        doublings += 1
    assert y.tolist() == known["y"]
    assert doublings == known["doublings"]
    with pytest.raises(RuntimeError, match=known["error"]):
        y.backward()
    y.backward(tensor(known["v"]))
    assert_allclose(x.grad.numpy(), known["x_grad"], rtol=EXACT)


def exp_adder(x, y):
    return 2 * functions.exp(x) + 3 * y


@pytest.mark.parametrize("name", ["s002.jacobian", "s002.jacobian_vec"])
def test_jacobians(name):
    known = fact(name)
    inputs = (tensor(known["x"]), tensor([float(one) for one in known["y"]]))
    by_x, by_y = functional.jacobian(exp_adder, inputs)
    assert_allclose(by_x.numpy(), known["jac_x"], rtol=EXACT)
    assert_allclose(by_y.numpy(), known["jac_y"], rtol=EXACT)


def test_products_of_doubling():
    known = fact("s002.vjp")

    def doubling(x):
        y = x * 2
        while y.detach().norm().item() < 1000:
            y = y * 2
        return y

    x, v = tensor([1.0, 2.0, 3.0]), tensor(FACTS["s002.doubling"]["v"])
    value, back = functional.vjp(doubling, x, v)
    assert value.tolist() == known["value"]
    assert_allclose(back.numpy(), known["vjp"], rtol=EXACT)
    assert_allclose(functional.jvp(doubling, x, v)[1].numpy(), known["jvp"], rtol=EXACT)


def test_a_hessian_and_its_products():
    known = fact("s002.hessian")
    x, v = tensor([float(one) for one in known["x"]]), tensor([float(one) for one in known["v"]])

    def cubes(x):
        return (x**3).sum()

    assert functional.hessian(cubes, x).tolist() == known["hessian"]
    assert functional.hvp(cubes, x, v)[1].tolist() == known["hvp"]
    assert functional.vhp(cubes, x, v)[1].tolist() == known["vhp"]


def test_toggles():
    known = fact("s002.toggle")
    a = gradcli.ones(2, 3, requires_grad=True)
    b1 = 2 * a
    with no_grad():
        b2 = a + 3
    assert b1.requires_grad is known["b1_requires_grad"]
    assert b2.requires_grad is known["b2_requires_grad"]


def test_a_leaf_is_not_changed_in_place():
    known = fact("s002.inplace_leaf")
    a = gradcli.linspace(0.0, 1.0, 3, requires_grad=True)
    with pytest.raises(RuntimeError) as refused:
        a.sin_()
    assert refused.value.message == known["error"]


def test_a_mean_of_products():
    known = fact("s003.mean_mul")
    a = tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], requires_grad=True)
    b = tensor([[7.0, 8.0, 9.0], [10.0, 11.0, 12.0]])
    out = (a * b).mean()
    assert tree(out.grad_fn) == known["tree"]
    out.backward()
    assert_allclose(a.grad.numpy(), known["grad_a"], rtol=EXACT)
    assert b.grad is known["b_grad"]


def test_a_detached_mean():
    known = fact("s003.detach")
    p = tensor([[4.0, 6.0], [8.0, 10.0]], requires_grad=True)
    mean = p.mean()
    assert mean.item() == known["value"]
    mean.backward()
    assert p.grad.tolist() == known["p_grad_after_first"]
    (p.mean() + p.detach().mean()).backward()
    assert p.grad.tolist() == known["p_grad_after_detached_mean"]


def test_a_variable_among_constants():
    known = fact("s003.variable")
    w1, w2, var = tensor([3.0], requires_grad=True), tensor([3.0]), tensor([9.0], requires_grad=True)
    result = w1 * var
    assert result.tolist() == known["result"]
    result.backward()
    assert w1.grad.tolist() == known["w1"]
    assert w2.grad is known["w2"]
    assert var.grad.tolist() == known["var"]


def test_backpropagation_by_hand():
    known = fact("s004.loss")
    x, y, w = tensor(1.0), tensor(2.0), leaf(1.0)
    predicted = w * x
    difference = predicted - y
    loss = difference**2
    assert loss.item() == known["loss"]
    assert tree(loss.grad_fn) == known["tree"]
    (by_difference,) = gradcli.grad(loss, difference, retain_graph=True)
    (by_prediction,) = gradcli.grad(difference, predicted, retain_graph=True)
    (by_weight,) = gradcli.grad(predicted, w, retain_graph=True)
    local = [one.item() for one in (by_difference, by_prediction, by_weight)]
    assert local == list(known["local"].values())
    loss.backward()
    assert w.grad.item() == known["dloss_dw"]


def test_further_steps():
    known = fact("s004.training")
    x, y, w = tensor(1.0), tensor(2.0), leaf(1.0)
    for step in known["steps"]:
        loss = (w * x - y) ** 2
        loss.backward()
        assert_allclose([loss.item(), w.grad.item()], [step["loss"], step["grad"]], rtol=EXACT)
        with no_grad():
            w -= known["lr"] * w.grad
        w.grad.zero_()
        assert_allclose(w.item(), step["w_after"], rtol=EXACT)


OPTIMIZERS = {
    "sgd": lambda params: gradcli.SGD(params, lr=0.02),
    "momentum": lambda params: gradcli.SGD(params, lr=0.01, momentum=0.9),
    "nesterov": lambda params: gradcli.SGD(params, lr=0.01, momentum=0.9, nesterov=True),
    "adam": lambda params: gradcli.Adam(params, lr=0.1),
    "adamw": lambda params: gradcli.AdamW(params, lr=0.1, weight_decay=0.01),
}


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_linear_regression(name):
    known = fact(f"s003.regression.{name}")
    data, wanted = tensor(known["X"]), tensor(known["Y"])
    slope, intercept = leaf(0.0), leaf(0.0)
    optimizer = OPTIMIZERS[name]([slope, intercept])
    rows = {row["step"]: row for row in known["trace"]}
    for step in range(1, 201):
        optimizer.zero_grad()
        loss = ((slope * data + intercept - wanted) ** 2).mean()
        loss.backward()
        optimizer.step()
        if step in rows:
            row = rows[step]
            found = [loss.item(), slope.item(), intercept.item()]
            assert_allclose(found, [row["loss"], row["W"], row["b"]], rtol=1e-9, atol=1e-12)


def test_every_fact_is_used():
    names = {name for name in FACTS if not name.startswith("s003.regression.")}
    source = Path(__file__).read_text(encoding="utf-8")
    assert {name for name in names if f'"{name}"' not in source} == set()
    assert {name for name in FACTS if name.startswith("s003.regression.")} == {
        f"s003.regression.{name}" for name in OPTIMIZERS
    }
