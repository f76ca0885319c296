"""detach, clone, data: three ways to copy a reference, and what each of them keeps."""

from __future__ import annotations

import copy

from .telling import behaviour, facts, name, sentence


@behaviour
def a_detached_tensor_shares_memory_and_no_history(lib):
    y = lib.tensor([1.0, 2.0], requires_grad=True) * 2
    z = y.detach()
    z[0] = 9.0
    return facts(y, z.requires_grad, z.grad_fn, z.is_leaf)


@behaviour
def what_goes_through_detach_is_a_constant(lib):
    x = lib.tensor([3.0], requires_grad=True)
    (x * x.detach()).backward()
    return facts(x.grad)


@behaviour
def detach_in_place_makes_a_leaf_of_a_result(lib):
    y = lib.tensor([3.0], requires_grad=True) * 2
    z = y.detach_()
    return facts(z is y, y.requires_grad, y.is_leaf, y.grad_fn)


@behaviour
def detach_in_place_cuts_only_what_comes_after(lib):
    x = lib.tensor([3.0], requires_grad=True)
    y = x * 2
    before = y * 5
    y.detach_()
    after = y * 7
    before.backward()
    return facts(x.grad, after.requires_grad)


@behaviour
def a_view_may_not_be_detached_in_place(lib):
    y = lib.tensor([1.0, 2.0], requires_grad=True) * 2
    return sentence(y[:1].detach_)


@behaviour
def a_clone_has_memory_of_its_own_and_the_history(lib):
    x = lib.tensor([1.0, 2.0], requires_grad=True)
    y = x.clone()
    y[0] = 9.0
    y.sum().backward()
    return facts(x, name(x.clone().grad_fn), x.grad)


@behaviour
def a_detached_clone_is_a_leaf_that_nothing_else_touches(lib):
    x = lib.tensor([1.0, 2.0], requires_grad=True)
    y = x.detach().clone().requires_grad_()
    (y * 5).sum().backward()
    return facts(x.grad, y.grad, y.is_leaf)


@behaviour
def data_requires_nothing_and_shares_memory(lib):
    x = lib.tensor([1.0, 2.0], requires_grad=True)
    y = x.data
    y[0] = 9.0
    return facts(x, y.requires_grad, y.is_leaf, y is x)


@behaviour
def a_step_by_data_needs_no_mode(lib):
    x = lib.tensor([1.0, 2.0], requires_grad=True)
    (x * x).sum().backward()
    x.data -= 0.5 * x.grad
    return facts(x, x._version, x.is_leaf)


@behaviour
def a_deep_copy_of_a_leaf_is_a_leaf_with_its_gradient(lib):
    x = lib.tensor([1.0, 2.0], requires_grad=True)
    (x * 3).sum().backward()
    y = copy.deepcopy(x)
    y.grad.zero_()
    return facts(y, y.requires_grad, y.is_leaf, y.grad, x.grad)


@behaviour
def a_result_cannot_be_copied_deeply(lib):
    y = lib.tensor([1.0, 2.0], requires_grad=True) * 2
    return sentence(lambda: copy.deepcopy(y))
