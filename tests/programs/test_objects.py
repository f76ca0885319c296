"""Optimisers, schedulers, hooks, profiles and the backward graph in programs."""

from __future__ import annotations

import pytest
from running import failure, printed, program

LEAF = "w = tensor([5], requires_grad=true)\n"


def test_a_scheduler_changes_the_rate_of_its_optimiser():
    assert printed(
        LEAF + "opt = SGD([w], lr=1); s = StepLR(opt, step_size=2)\n"
        'for i in range(4) { opt.step(); s.step(); print(opt.param_groups[0]["lr"]) }'
    ) == ["1", "0.1", "0.1", "0.010000000000000002"]


def test_an_entry_of_a_group_may_be_given_another_value():
    ran = program(
        LEAF + 'opt = SGD([w], lr=1); opt.param_groups[0]["lr"] = 0.25; w.grad = ones(1); opt.step()'
    )
    assert ran["w"].item() == 4.75


@pytest.mark.parametrize(
    "made",
    [
        "SGD([w], lr=0.1)",
        "Adam([w], lr=0.5)",
        "AdamW([w], lr=0.5)",
        "RMSprop([w], lr=0.1)",
        "Adagrad([w], lr=3)",
    ],
)
def test_every_optimiser_goes_downhill(made):
    ran = program(
        LEAF
        + f"opt = {made}\n"
        + "for i in range(50) { loss = sum((w - 3)^2); opt.zero_grad(); loss.backward(); opt.step() }"
    )
    assert ran["loss"].item() < 1


def test_lbfgs_is_given_the_loss_as_a_function():
    ran = program(
        LEAF + "opt = LBFGS([w], lr=1); loss() = sum((w - 3)^2)\nfor i in range(3) { opt.step(loss) }"
    )
    assert ran["w"].item() == pytest.approx(3, abs=1e-12)
    error = failure(LEAF + "opt = LBFGS([w]); loss(x) = sum((w - x)^2); opt.step(loss)")
    assert error.message == "step() needs a loss without arguments, and loss() takes 1"


def test_gradients_are_clipped():
    assert printed(
        LEAF
        + "sum(10w).backward(); print(clip_grad_norm_([w], 1)); print(w.grad)\n"
        + "clip_grad_value_(w, 0.5); print(w.grad)"
    ) == ["tensor(10.)", "tensor([1.0000])", "tensor([0.5000])"]


def test_a_hook_may_replace_the_gradient_until_it_is_removed():
    assert printed(
        LEAF + "double(g) = 2*g; h = w.register_hook(double); sum(w).backward(); print(w.grad)\n"
        "h.remove(); sum(w).backward(); print(w.grad)"
    ) == ["tensor([2.])", "tensor([3.])"]


def test_the_backward_graph():
    assert printed(
        LEAF + "y = 2*exp(w); f = y.grad_fn; print(f, f.name())\n"
        "e = f.next_functions[0][0]; print(e._saved_result)\n"
        "print(e.next_functions[0][0].variable == w, e.next_functions[0][1])"
    ) == [
        "<MulBackward0> MulBackward0",
        "tensor([148.4132], grad_fn=<ExpBackward0>)",
        "tensor([True]) 0",
    ]
    error = failure(LEAF + "y = exp(w); y.grad_fn._saved_other")
    assert error.message == "a node of the backward graph has no attribute '_saved_other'"
    assert "without brackets" not in error.hint


def test_none_has_no_members_and_none_are_listed():
    hint = failure(LEAF + "w.grad_fn.name()").hint
    assert hint.startswith("a .grad is None before backward()")
    assert "there are" not in hint


@pytest.mark.parametrize(
    "text",
    ['manual_seed("a")', "SGD([w]).load_state_dict(3)", "backward(1)", 'w.data = "a"', "y = w*1; y[[7]] = 1"],
)
def test_what_python_would_stumble_over_is_refused_in_a_sentence(text):
    text = LEAF + text
    assert failure(text).span is not None


def test_a_profile_measures_what_runs_in_its_block():
    ran = program(
        LEAF + "p = profile()\n"
        'with p { with record_function("forward") { y = sum(exp(w)) }; y.backward() }\nprint(p.table())'
    )
    names = {line.split()[0] for line in ran.printed.splitlines()}
    assert {"forward", "exp", "sum", "ExpBackward0"} <= names


def test_the_anomaly_mode_names_the_first_nan():
    text = "x = tensor([-1], requires_grad=true)\nwith detect_anomaly { y = sum(sqrt(x)); y.backward() }"
    error = failure(text)
    assert error.message == "Function 'SqrtBackward0' returned nan values in its 0th output."
    assert text[error.span.start : error.span.end] == "y.backward()"
