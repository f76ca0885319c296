"""What is kept: graphs for a second backward, gradients of results."""

from __future__ import annotations

from .telling import behaviour, facts, quietly, sentence, warned


@behaviour
def a_second_backward_is_refused_where_values_were_saved(lib):
    y = (lib.tensor([2.0], requires_grad=True) ** 2).sum()
    y.backward()
    return sentence(y.backward)


@behaviour
def a_second_backward_is_allowed_where_nothing_was_saved(lib):
    x = lib.tensor([2.0, 3.0], requires_grad=True)
    y = (x + 1).sum()
    y.backward()
    y.backward()
    return facts(x.grad)


@behaviour
def a_second_backward_is_allowed_with_retain_graph(lib):
    x = lib.tensor([2.0], requires_grad=True)
    y = (x * x).sum()
    y.backward(retain_graph=True)
    y.backward()
    return facts(x.grad, sentence(y.backward))


@behaviour
def a_shared_part_is_freed_by_the_first_of_two_roots(lib):
    x = lib.tensor([2.0], requires_grad=True)
    shared = x * x
    first, second = shared + 1, shared + 2
    first.backward()
    return facts(x.grad, sentence(second.backward))


@behaviour
def a_part_that_did_not_run_is_not_freed(lib):
    x, w = lib.tensor([2.0], requires_grad=True), lib.tensor([3.0], requires_grad=True)
    left, right = x * x, w * w
    left.backward()
    right.backward()
    return facts(x.grad, w.grad)


@behaviour
def create_graph_keeps_the_graph(lib):
    x = lib.tensor(2.0, requires_grad=True)
    y = x * x * x
    lib.grad(y, x, create_graph=True)
    return facts(lib.grad(y, x))


@behaviour
def create_graph_without_retain_graph_frees_it_all_the_same(lib):
    x = lib.tensor(2.0, requires_grad=True)
    y = x * x * x
    lib.grad(y, x, create_graph=True, retain_graph=False)
    return sentence(lambda: lib.grad(y, x))


@behaviour
def backward_with_create_graph_warns_of_a_cycle(lib):
    x = lib.tensor(2.0, requires_grad=True)
    said = warned(lambda: (x * x).backward(create_graph=True))
    return facts(said, x.grad, x.grad.requires_grad)


@behaviour
def the_gradient_of_a_result_is_none_and_warns(lib):
    y = lib.tensor([2.0], requires_grad=True) * 3
    (y * y).backward()
    return facts(warned(lambda: y.grad), quietly(lambda: y.grad))


@behaviour
def a_result_keeps_its_gradient_when_asked_to(lib):
    x = lib.tensor([2.0], requires_grad=True)
    y = x * 3
    y.retain_grad()
    (y * y).backward()
    return facts(y.retains_grad, warned(lambda: y.grad), y.grad, x.grad)


@behaviour
def retained_gradients_add_up_over_calls(lib):
    y = lib.tensor([2.0], requires_grad=True) * 3
    y.retain_grad()
    (y * 5).backward(retain_graph=True)
    (y * 7).backward()
    return facts(y.grad)


@behaviour
def retain_grad_twice_is_once(lib):
    y = lib.tensor([2.0], requires_grad=True) * 3
    y.retain_grad()
    y.retain_grad()
    (y * 5).backward()
    return facts(y.grad)


@behaviour
def retain_grad_of_a_leaf_changes_nothing(lib):
    x = lib.tensor([2.0], requires_grad=True)
    x.retain_grad()
    (x * 5).backward()
    return facts(x.retains_grad, x.grad)


@behaviour
def retain_grad_needs_a_tensor_that_requires_a_gradient(lib):
    return sentence(lib.tensor([2.0]).retain_grad)


@behaviour
def the_root_may_retain_its_gradient_which_is_the_seed(lib):
    y = (lib.tensor([2.0], requires_grad=True) * 3).sum()
    y.retain_grad()
    y.backward()
    return facts(y.grad)


@behaviour
def a_retained_gradient_goes_with_the_value_after_a_change_in_place(lib):
    y = lib.tensor([2.0], requires_grad=True) * 3
    y.retain_grad()
    y.mul_(10)
    (y * 7).backward()
    return facts(y.grad)


@behaviour
def retain_grad_of_a_view_is_of_that_view_alone(lib):
    x = lib.tensor([1.0, 2.0, 3.0], requires_grad=True)
    y = x * 1
    part = y[:2]
    part.retain_grad()
    (part.sum() + y.sum()).backward()
    return facts(part.grad, x.grad)


@behaviour
def grad_leaves_retained_gradients_as_they_were(lib):
    x = lib.tensor([2.0], requires_grad=True)
    y = x * 3
    y.retain_grad()
    lib.grad(y * y, x)
    return facts(quietly(lambda: y.grad), x.grad)
