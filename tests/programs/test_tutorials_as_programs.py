"""What PyTorch answers in the tutorials that teach backpropagation, from programs that follow their lines."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from running import failure, printed, program

HERE = Path(__file__).parents[1] / "reference"
FACTS = json.loads((HERE / "tutorials_on_tensors.json").read_text(encoding="utf-8"))


def tree(node):
    """A backward graph as the facts write it."""
    if node is None:
        return None
    return {
        "name": node.name().rpartition("::")[2],
        "next": [[tree(one), place] for one, place in node.next_functions],
    }


def same(found, expected):
    np.testing.assert_allclose(getattr(found, "array", found), expected, rtol=1e-14, atol=1e-15)


def test_the_mean_of_squares():
    facts = FACTS["s000.mean"]
    ran = program(
        "x = tensor([1, 2, 3], requires_grad=true); y = x + 2; z = y*y*2; out = z.mean()\n"
        "fn = out.grad_fn; out.backward()"
    )
    same(ran["out"], facts["value"])
    same(ran["z"], facts["z"])
    same(ran["x"].grad, facts["grad_x"])
    assert tree(ran["fn"]) == facts["grad_fn"]


def test_a_vector_needs_a_gradient():
    facts = FACTS["s000.vector"]
    text = "x = tensor([1, 2, 3], requires_grad=true); y = x + 2; z = y*y*2\n"
    assert failure(text + "z.backward()").message == facts["nonscalar_error"]
    same(program(text + "z.backward(v)", v=np.array(facts["v"]))["x"].grad, facts["grad_x"])
    same(program(text + f"z.backward({facts['v']})")["x"].grad, facts["grad_x"])


@pytest.mark.parametrize(
    "untracked", ["y = x.detach() * 2", "with no_grad { y = x * 2 }", "x.requires_grad_(false); y = x * 2"]
)
def test_three_ways_not_to_track(untracked):
    text = f"x = tensor([1, 2, 3], requires_grad=true); {untracked}"
    assert program(text)["y"].grad_fn is FACTS["s000.untracked"]["grad_fn"]
    assert failure(f"{text}; y.sum().backward()").message == FACTS["s000.untracked"]["error"]


def test_gradients_add_up_until_they_are_zeroed():
    facts = FACTS["s000.accumulate"]
    lines = printed(
        "w = ones(4, requires_grad=true)\n"
        "for epoch in range(3) { (w*3).sum().backward(); print(w.grad.tolist()) }\n"
        "w.grad.zero_(); (w*3).sum().backward(); print(w.grad.tolist())"
    )
    assert [json.loads(line) for line in lines] == [
        *facts["after_each_backward"],
        facts["after_zero_then_backward"],
    ]


def test_a_step_of_sgd():
    facts = FACTS["s000.sgd"]
    ran = program(
        "w = ones(4, requires_grad=true); opt = SGD([w], lr=rate)\n"
        "(w*3).sum().backward(); opt.step(); opt.zero_grad()",
        rate=facts["lr"],
    )
    same(ran["w"], facts["w_after_step"])
    assert ran["w"].grad is facts["grad_after_zero_grad"]


def test_the_chain_of_the_deep_dive():
    facts = FACTS["s001.chain"]
    text = (
        "a = tensor(2, requires_grad=true); b = tensor(3, requires_grad=true); c = a*b\n"
        "d = tensor(4, requires_grad=true); e = c*d; fn = e.grad_fn; e.backward()\n"
    )
    ran = program(text)
    same(ran["e"], facts["e"])
    assert [ran[name].grad.item() for name in "abd"] == [facts[name] for name in "abd"]
    assert tree(ran["fn"]) == facts["tree"]
    assert failure(text + "e.backward()").message == facts["saved_freed_error"]


def test_an_in_place_product_is_refused_and_a_sum_is_not():
    facts = FACTS["s001.inplace_mul"]
    text = (
        "a = tensor(1, requires_grad=true); b = a + 2; d = tensor(3, requires_grad=true)\n"
        "print(b._version); e = b {} d; b += 1; print(b._version); e.backward()"
    )
    assert facts["error"].startswith(failure(text.format("*")).message)
    assert printed(text.format("+")) == [str(facts["version_before"]), str(facts["version_after"])]
    assert FACTS["s001.inplace_add"]["error"] is None


def test_unbind_has_several_outputs():
    facts = FACTS["s001.unbind"]
    ran = program(
        "a = tensor([1, 2, 3], requires_grad=true); b, c, d = a.unbind(); e = b*c*d; fn = e.grad_fn\n"
        "print(b.output_nr, c.output_nr, d.output_nr); e.backward()"
    )
    assert ran.printed == "0 1 2\n"
    same(ran["e"], facts["e"])
    same(ran["a"].grad, facts["a_grad"])
    assert tree(ran["fn"]) == facts["tree"]


def test_the_branching_graph():
    facts = FACTS["s001.branching"]
    ran = program(
        "a = tensor(2); b = tensor(2); c = a*b; c.requires_grad = true; d = tensor(2); e = c*d\n"
        "f = tensor(2); g = e*f; h = tensor(2, requires_grad=true); i = g/h; i.retain_grad()\n"
        "j = i + h; k = j*i; k.backward()"
    )
    for name, value in facts["values"].items():
        same(ran[name], value)
    assert (ran["h"].grad.item(), ran["c"].grad.item()) == (facts["h_grad"], facts["c_grad"])
    assert ran["i"].grad.item() == facts["i_retained_grad"]


def test_the_sine_of_the_video():
    facts = FACTS["s002.sin"]
    ran = program(
        "a = linspace(0, 2pi, 25, requires_grad=true); b = sin(a); c = 2*b; d = c + 1; out = d.sum()\n"
        "fn = out.grad_fn; out.backward()"
    )
    same(ran["out"], facts["value"])
    same(ran["a"].grad, facts["grad_a"])
    assert tree(ran["fn"]) == facts["tree"]


def test_the_doubling_loop():
    facts = FACTS["s002.doubling"]
    ran = program(
        "x = tensor([1, 2, 3], requires_grad=true); y = x*2; n = 0\n"
        "while norm(y) < 1000 { y = y*2; n += 1 }\ny.backward(v)",
        v=np.array(facts["v"]),
    )
    same(ran["y"], facts["y"])
    same(ran["x"].grad, facts["x_grad"])
    assert ran["n"] + 1 == facts["doublings"]


@pytest.mark.parametrize("case", ["s002.jacobian", "s002.jacobian_vec"])
def test_the_jacobian_of_the_video(case):
    facts = FACTS[case]
    ran = program(
        "x = tensor(x, requires_grad=true); y = tensor(y, requires_grad=true); f(x, y) = 2*exp(x) + 3*y\n"
        "jx = jacobian(f(x, y), x); jy = jacobian(f(x, y), y)",
        x=np.array(facts["x"], float),
        y=np.array(facts["y"], float),
    )
    same(ran["jx"], facts["jac_x"])
    same(ran["jy"], facts["jac_y"])


def test_the_hessian_and_its_products():
    facts = FACTS["s002.hessian"]
    ran = program(
        "x = tensor(x, requires_grad=true); h = hessian(sum(x^3), x); hv = hvp(sum(x^3), x, v)",
        x=np.array(facts["x"], float),
        v=np.array(facts["v"], float),
    )
    same(ran["h"], facts["hessian"])
    same(ran["hv"], facts["hvp"])


def test_the_steps_by_hand():
    facts = FACTS["s004.training"]
    ran = program(
        "x = 1; y = 2; w = tensor(1, requires_grad=true)\n"
        "for step in range(n) {\n"
        '  loss = (w*x - y)^2; loss.backward(); print(loss.item(), w.grad.item(), sep=" ")\n'
        "  with no_grad { w -= lr*w.grad }; w.grad.zero_(); print(w.item())\n}",
        n=float(len(facts["steps"])),
        lr=facts["lr"],
    )
    found = [float(one) for one in ran.printed.split()]
    expected = [one[name] for one in facts["steps"] for name in ("loss", "grad", "w_after")]
    np.testing.assert_allclose(found, expected, rtol=1e-14)


OPTIMISERS = {
    "sgd": "SGD([W, b], lr={lr})",
    "momentum": "SGD([W, b], lr={lr}, momentum=0.9)",
    "adam": "Adam([W, b], lr={lr})",
    "adamw": "AdamW([W, b], lr={lr})",
}


@pytest.mark.parametrize("name", OPTIMISERS)
def test_linear_regression(name):
    facts = FACTS[f"s003.regression.{name}"]
    assert "lr" not in facts
    first = facts["trace"][0]
    # Adam's first step is as long as its rate; that of the others is it times 2*mean(X*Y).
    lr = round(first["W"], 6) if name.startswith("adam") else round(first["W"] / 80.5, 6)
    ran = program(
        "W = tensor(0, requires_grad=true); b = tensor(0, requires_grad=true)\n"
        f"opt = {OPTIMISERS[name].format(lr=lr)}\n"
        "for step in range(n) {\n"
        "  loss = mean((W*X + b - Y)^2); opt.zero_grad(); loss.backward(); opt.step()\n"
        "  print(step + 1, loss.item(), W.item(), b.item())\n}",
        X=np.array(facts["X"]),
        Y=np.array(facts["Y"]),
        n=float(facts["trace"][-1]["step"]),
    )
    rows = {}
    for line in ran.printed.splitlines():
        step, *numbers = line.split()
        rows[int(step)] = [float(one) for one in numbers]
    for one in facts["trace"]:
        np.testing.assert_allclose(rows[one["step"]], [one["loss"], one["W"], one["b"]], rtol=1e-9)


def test_derivatives_of_functions():
    facts = FACTS["s002.jacobian"]
    ran = program(
        "f(x, y) = 2*exp(x) + 3*y; jx, jy = jacobian(f, (tensor(x), tensor(y)))\n"
        "cube(x) = sum(x^3); h = hessian(cube, tensor([1, 2, 3]))\n"
        "value, product = vhp(cube, tensor([1, 2, 3]), v)",
        x=np.array(facts["x"]),
        y=np.array(facts["y"]),
        v=np.array(FACTS["s002.hessian"]["v"], float),
    )
    same(ran["jx"], facts["jac_x"])
    same(ran["jy"], facts["jac_y"])
    same(ran["h"], FACTS["s002.hessian"]["hessian"])
    same(ran["value"], 36.0)
    same(ran["product"], FACTS["s002.hessian"]["vhp"])
