"""Hooks: what is shown to them, when, and what they may replace."""

from __future__ import annotations

from .telling import behaviour, facts, sentence


@behaviour
def a_hook_sees_the_gradient(lib):
    x, seen = lib.tensor([1.0, 2.0], requires_grad=True), []
    x.register_hook(lambda g: seen.append(facts(g)))
    (x * 3).sum().backward()
    return facts(seen, x.grad)


@behaviour
def a_hook_replaces_the_gradient_by_what_it_returns(lib):
    x = lib.tensor([1.0, 2.0], requires_grad=True)
    x.register_hook(lambda g: g * 10)
    (x * 3).sum().backward()
    return facts(x.grad)


@behaviour
def hooks_run_in_the_order_in_which_they_were_registered(lib):
    x, seen = lib.tensor([1.0], requires_grad=True), []

    def plus(g):
        seen.append("plus")
        return g + 1

    def times(g):
        seen.append("times")
        return g * 10

    x.register_hook(plus)
    x.register_hook(times)
    (x * 3).sum().backward()
    return facts(seen, x.grad)


@behaviour
def a_hook_that_was_removed_is_not_called(lib):
    x, seen = lib.tensor([1.0], requires_grad=True), []
    handle = x.register_hook(lambda g: seen.append(1))
    (x * 3).backward()
    handle.remove()
    handle.remove()
    (x * 3).backward()
    return facts(seen)


@behaviour
def a_hook_of_a_result_changes_what_flows_on(lib):
    x = lib.tensor([2.0], requires_grad=True)
    y = x * 3
    y.register_hook(lambda g: g * 100)
    (y * y).backward()
    return facts(x.grad)


@behaviour
def a_hook_of_a_result_sees_the_whole_sum_of_its_contributions(lib):
    x, seen = lib.tensor([2.0], requires_grad=True), []
    y = x * 3
    y.register_hook(lambda g: seen.append(facts(g)))
    (y * 2 + y * 5 + y).backward()
    return seen


@behaviour
def a_hook_of_a_leaf_sees_one_call_and_not_what_was_there(lib):
    x, seen = lib.tensor([2.0], requires_grad=True), []
    x.register_hook(lambda g: seen.append(facts(g)))
    (x * 2 + x * 5).backward()
    (x * 2).backward()
    return facts(seen, x.grad)


@behaviour
def hooks_run_from_the_end_to_the_beginning(lib):
    x, seen = lib.tensor([2.0], requires_grad=True), []
    y = x * 3
    z = y * y
    for told, one in (("x", x), ("y", y), ("z", z)):
        one.register_hook(lambda g, told=told: seen.append(told))
    z.backward()
    return seen


@behaviour
def a_hook_needs_a_tensor_that_requires_a_gradient(lib):
    return sentence(lambda: lib.tensor([1.0]).register_hook(lambda g: None))


@behaviour
def a_hook_runs_for_grad_too(lib):
    x = lib.tensor([2.0], requires_grad=True)
    x.register_hook(lambda g: g * 10)
    return facts(lib.grad(x * 3, x), x.grad)


@behaviour
def a_retained_gradient_is_the_one_that_the_hooks_left(lib):
    x = lib.tensor([2.0], requires_grad=True)
    y = x * 3
    y.retain_grad()
    y.register_hook(lambda g: g * 10)
    (y * 1).backward()
    return facts(y.grad, x.grad)


@behaviour
def a_hook_before_the_end_of_a_graph_sees_the_seed(lib):
    x, seen = lib.tensor([1.0, 2.0], requires_grad=True), []
    y = x * 3
    y.register_hook(lambda g: seen.append(facts(g)))
    y.backward(lib.tensor([10.0, 100.0]))
    return seen


@behaviour
def a_hook_stays_with_the_value_when_it_is_changed_in_place(lib):
    x, seen = lib.tensor([1.0], requires_grad=True), []
    y = x * 2
    y.register_hook(lambda g: seen.append(["before", facts(g)]))
    y.mul_(5)
    y.register_hook(lambda g: seen.append(["after", facts(g)]))
    y.backward()
    return seen


@behaviour
def a_hook_must_return_a_tensor_or_none(lib):
    x = lib.tensor([1.0], requires_grad=True)
    x.register_hook(lambda g: 5)
    return sentence((x * 3).backward)


@behaviour
def a_gradient_of_another_shape_from_a_hook_is_refused(lib):
    x = lib.tensor([1.0, 2.0], requires_grad=True)
    x.register_hook(lambda g: lib.ones(3))
    return sentence((x * 3).sum().backward)


@behaviour
def an_error_in_a_hook_leaves_through_backward(lib):
    x = lib.tensor([1.0], requires_grad=True)

    def complain(g):
        raise KeyError("mine")

    x.register_hook(complain)
    return facts(sentence((x * 3).backward), x.grad)


@behaviour
def a_hook_of_a_node_sees_the_gradients_of_inputs_and_outputs(lib):
    x, y = lib.tensor([2.0], requires_grad=True), lib.tensor([5.0], requires_grad=True)
    z, seen = x * y, []
    z.grad_fn.register_hook(lambda inputs, outputs: seen.append(facts(inputs, outputs)))
    (z * 10).backward()
    return seen


@behaviour
def a_hook_of_a_node_may_replace_the_gradients_of_its_inputs(lib):
    x, y = lib.tensor([2.0], requires_grad=True), lib.tensor([5.0], requires_grad=True)
    z = x * y
    z.grad_fn.register_hook(lambda inputs, outputs: (inputs[0] * 100, inputs[1]))
    z.backward()
    return facts(x.grad, y.grad)


@behaviour
def a_hook_before_a_node_may_replace_the_gradients_of_its_outputs(lib):
    x = lib.tensor([2.0], requires_grad=True)
    z = x * 3
    z.grad_fn.register_prehook(lambda outputs: (outputs[0] * 7,))
    z.backward()
    return facts(x.grad)


@behaviour
def a_hook_is_part_of_the_second_derivative_and_runs_again_in_it(lib):
    x = lib.tensor(2.0, requires_grad=True)
    y = x * x
    y.register_hook(lambda g: g * g)
    (first,) = lib.grad(y * y, x, create_graph=True)
    return facts(first, lib.grad(first, x))


@behaviour
def no_hook_sees_a_graph_unless_it_is_asked_for(lib):
    x, seen = lib.tensor([2.0], requires_grad=True), []
    x.register_hook(lambda g: seen.append([lib.is_grad_enabled(), g.requires_grad]))
    (x * x).backward(retain_graph=True)
    lib.grad(x * x * x, x, create_graph=True)
    return seen


@behaviour
def a_node_that_does_not_run_calls_no_hook_of_its_own(lib):
    x = lib.tensor(2.0, requires_grad=True)
    y, called = x * 3.0, []

    def tenfold(gradients):
        called.append("before")
        return (gradients[0] * 10,)

    y.grad_fn.register_prehook(tenfold)
    y.grad_fn.register_hook(lambda *_: called.append("after"))
    z = y * y
    (alone,) = lib.grad(z, [y], retain_graph=True)
    return facts(alone, list(called), lib.grad(z, [y, x]), called)


@behaviour
def what_leads_to_nothing_that_is_asked_for_is_not_reached(lib):
    x, w = lib.tensor(2.0, requires_grad=True), lib.tensor(3.0, requires_grad=True)
    y, called = w * 2, []
    y.retain_grad()
    y.register_hook(lambda g: called.append("y"))
    w.register_hook(lambda g: called.append("w"))
    z = x * y
    told = [facts(lib.grad(z, x, retain_graph=True), y.grad, list(called))]
    z.backward(inputs=[x], retain_graph=True)
    told.append(facts(x.grad, y.grad, list(called)))
    return [*told, facts(lib.grad(z, w), y.grad, called)]


@behaviour
def a_gradient_that_is_asked_for_has_passed_the_hooks_of_its_tensor(lib):
    x = lib.tensor(2.0, requires_grad=True)
    y = x * 3
    y.register_hook(lambda g: g * 10)
    z = y * y
    return facts(lib.grad(z, [y], retain_graph=True), lib.grad(z, [y, x]))
