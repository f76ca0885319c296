"""Optimisers: what they take, what they change, and what they refuse."""

from __future__ import annotations

from .telling import behaviour, facts, sentence, warned


def with_gradient(lib, values, gradient):
    """A parameter with a gradient."""
    w = lib.tensor(values, requires_grad=True)
    w.grad = lib.tensor(gradient)
    return w


@behaviour
def a_step_goes_against_the_gradient(lib):
    w = with_gradient(lib, [1.0, 2.0], [3.0, -4.0])
    lib.optim.SGD([w], lr=0.1).step()
    return facts(w, w.is_leaf, w.requires_grad, w._version > 0)


@behaviour
def a_parameter_without_gradient_stays(lib):
    w, v = with_gradient(lib, [1.0], [10.0]), lib.tensor([5.0], requires_grad=True)
    lib.optim.SGD([w, v], lr=0.1, weight_decay=0.5).step()
    return facts(w, v)


@behaviour
def zero_grad_forgets_gradients(lib):
    w = with_gradient(lib, [1.0], [10.0])
    lib.optim.SGD([w], lr=0.1).zero_grad()
    return facts(w.grad)


@behaviour
def zero_grad_may_fill_with_zeros_in_place(lib):
    w = with_gradient(lib, [1.0], [10.0])
    g = w.grad
    lib.optim.SGD([w], lr=0.1).zero_grad(set_to_none=False)
    return facts(w.grad is g, g)


@behaviour
def the_first_step_of_momentum_is_a_plain_one_whatever_the_dampening(lib):
    w, found = with_gradient(lib, [1.0], [3.0]), []
    opt = lib.optim.SGD([w], lr=0.1, momentum=0.5, dampening=0.9)
    for _ in range(3):
        opt.step()
        found.append(facts(w))
    return found


@behaviour
def weight_decay_joins_the_gradient_before_momentum(lib):
    w, found = with_gradient(lib, [1.0], [10.0]), []
    opt = lib.optim.SGD([w], lr=0.1, momentum=0.5, weight_decay=0.25)
    for _ in range(2):
        opt.step()
        found.append(facts(w, w.grad))
    return found


@behaviour
def the_first_step_of_adam_is_the_rate_whatever_the_gradient(lib):
    w = with_gradient(lib, [1.0, 1.0], [1e-3, -1e6])
    lib.optim.Adam([w], lr=0.1, eps=1e-16).step()
    return facts(w)


@behaviour
def adamw_decays_apart_from_the_gradient(lib):
    w = with_gradient(lib, [1.0, 2.0], [0.0, 0.0])
    v = with_gradient(lib, [1.0, 2.0], [0.0, 0.0])
    lib.optim.AdamW([w], lr=0.1, weight_decay=0.5).step()
    lib.optim.Adam([v], lr=0.1, weight_decay=0.5).step()
    return facts(w, v)


@behaviour
def groups_have_rates_of_their_own_and_share_the_rest(lib):
    w, v = with_gradient(lib, [1.0], [1.0]), with_gradient(lib, [1.0], [1.0])
    opt = lib.optim.SGD([{"params": [w]}, {"params": [v], "lr": 0.5}], lr=0.1, momentum=0.9)
    opt.step()
    return facts(w, v, [[group["lr"], group["momentum"]] for group in opt.param_groups])


@behaviour
def a_rate_may_be_changed_between_steps(lib):
    w = with_gradient(lib, [1.0], [1.0])
    opt = lib.optim.SGD([w], lr=0.1)
    opt.param_groups[0]["lr"] = 0.25
    opt.step()
    return facts(w)


@behaviour
def a_group_can_be_added_later(lib):
    w, v = with_gradient(lib, [1.0], [1.0]), with_gradient(lib, [1.0], [1.0])
    opt = lib.optim.SGD([w], lr=0.1)
    opt.add_param_group({"params": [v], "lr": 0.5})
    opt.step()
    return facts(w, v, len(opt.param_groups))


@behaviour
def a_parameter_is_in_one_group_only(lib):
    w = with_gradient(lib, [1.0], [1.0])
    return sentence(lambda: lib.optim.SGD([{"params": [w]}, {"params": [w]}], lr=0.1))


@behaviour
def a_step_returns_what_its_closure_does_and_runs_it_with_gradients(lib):
    w = lib.tensor([3.0], requires_grad=True)
    opt = lib.optim.SGD([w], lr=0.1)

    def closure():
        opt.zero_grad()
        loss = (w * w).sum()
        loss.backward()
        return loss

    with lib.no_grad():
        loss = opt.step(closure)
    return facts(loss, w, opt.step())


@behaviour
def a_state_goes_from_one_optimizer_to_another(lib):
    w, v = with_gradient(lib, [1.0], [1.0]), with_gradient(lib, [1.0], [1.0])
    first = lib.optim.SGD([w], lr=0.1, momentum=0.9)
    first.step()
    second = lib.optim.SGD([v], lr=0.7)
    second.load_state_dict(first.state_dict())
    second.step()
    return facts(v, second.param_groups[0]["lr"], second.param_groups[0]["momentum"])


@behaviour
def a_state_names_parameters_by_number(lib):
    w, v = with_gradient(lib, [1.0], [2.0]), with_gradient(lib, [1.0], [3.0])
    opt = lib.optim.SGD([w, v], lr=0.1, momentum=0.9)
    opt.step()
    state = opt.state_dict()
    buffers = {number: one["momentum_buffer"] for number, one in state["state"].items()}
    return facts(sorted(state), buffers, state["param_groups"][0]["params"])


@behaviour
def a_rate_is_not_negative(lib):
    return sentence(lambda: lib.optim.SGD([lib.ones(1, requires_grad=True)], lr=-1))


@behaviour
def a_momentum_is_not_negative(lib):
    return sentence(lambda: lib.optim.SGD([lib.ones(1, requires_grad=True)], lr=1, momentum=-1))


@behaviour
def a_weight_decay_is_not_negative(lib):
    return sentence(lambda: lib.optim.SGD([lib.ones(1, requires_grad=True)], lr=1, weight_decay=-1))


@behaviour
def nesterov_needs_momentum(lib):
    return sentence(lambda: lib.optim.SGD([lib.ones(1, requires_grad=True)], lr=1, nesterov=True))


@behaviour
def the_betas_of_adam_are_below_one(lib):
    return sentence(lambda: lib.optim.Adam([lib.ones(1, requires_grad=True)], betas=(0.9, 1.5)))


@behaviour
def only_leaves_are_optimized(lib):
    return sentence(lambda: lib.optim.SGD([lib.ones(1, requires_grad=True) * 2], lr=1))


@behaviour
def there_is_something_to_optimize(lib):
    return sentence(lambda: lib.optim.SGD([], lr=1))


@behaviour
def a_tensor_is_no_list_of_parameters(lib):
    return sentence(lambda: lib.optim.SGD(lib.ones(2, requires_grad=True), lr=1))


@behaviour
def lbfgs_has_one_group(lib):
    w, v = lib.ones(1, requires_grad=True), lib.ones(1, requires_grad=True)
    return sentence(lambda: lib.optim.LBFGS([{"params": [w]}, {"params": [v]}]))


@behaviour
def step_lr_multiplies_the_rate_every_so_often(lib):
    opt, seen = lib.optim.SGD([with_gradient(lib, [1.0], [0.0])], lr=1.0), []
    schedule = lib.optim.StepLR(opt, step_size=2, gamma=0.1)
    for _ in range(5):
        seen.append(opt.param_groups[0]["lr"])
        opt.step()
        schedule.step()
    return facts(seen, schedule.get_last_lr())


@behaviour
def cosine_annealing_goes_down_to_its_floor(lib):
    opt, seen = lib.optim.SGD([with_gradient(lib, [1.0], [0.0])], lr=1.0), []
    schedule = lib.optim.CosineAnnealingLR(opt, T_max=4, eta_min=0.5)
    for _ in range(5):
        seen.append(opt.param_groups[0]["lr"])
        opt.step()
        schedule.step()
    return seen


@behaviour
def a_schedule_before_its_optimizer_warns(lib):
    opt = lib.optim.SGD([with_gradient(lib, [1.0], [0.0])], lr=1.0)
    schedule = lib.optim.StepLR(opt, step_size=2)
    return warned(schedule.step)


@behaviour
def clipping_by_norm_scales_all_gradients_alike_and_tells_the_norm(lib):
    w, v = with_gradient(lib, [1.0, 1.0], [3.0, 0.0]), with_gradient(lib, [1.0], [4.0])
    total = lib.optim.clip_grad_norm_([w, v, lib.ones(1, requires_grad=True)], max_norm=1.0)
    return facts(total, w.grad, v.grad)


@behaviour
def clipping_by_norm_leaves_short_gradients(lib):
    w = with_gradient(lib, [1.0, 1.0], [0.3, 0.4])
    g = w.grad
    total = lib.optim.clip_grad_norm_([w], max_norm=1.0)
    return facts(total, w.grad is g, g)


@behaviour
def clipping_by_the_largest_element(lib):
    w = with_gradient(lib, [1.0, 1.0], [3.0, -4.0])
    return facts(lib.optim.clip_grad_norm_([w], max_norm=2.0, norm_type=float("inf")), w.grad)


@behaviour
def clipping_by_value_cuts_each_element(lib):
    w = with_gradient(lib, [1.0, 1.0, 1.0], [3.0, -4.0, 0.5])
    lib.optim.clip_grad_value_([w], 1.0)
    return facts(w.grad)
