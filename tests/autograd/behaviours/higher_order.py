"""Derivatives of derivatives."""

from __future__ import annotations

from .telling import behaviour, facts, quietly, sentence


@behaviour
def grad_of_grad_of_grad(lib):
    x, found = lib.tensor(2.0, requires_grad=True), []
    y = x**5
    for _ in range(5):
        (y,) = lib.grad(y, x, create_graph=True)
        found.append(facts(y))
    return found


@behaviour
def a_gradient_without_a_graph_has_no_gradient(lib):
    x = lib.tensor(2.0, requires_grad=True)
    (g,) = lib.grad(x**3, x)
    return sentence(lambda: lib.grad(g, x))


@behaviour
def backward_of_a_gradient_adds_to_the_leaf(lib):
    x = lib.tensor(2.0, requires_grad=True)
    (g,) = lib.grad(x**3, x, create_graph=True)
    g.backward()
    return facts(g, x.grad)


@behaviour
def a_penalty_on_a_gradient(lib):
    x = lib.tensor([1.0, 2.0], requires_grad=True)
    loss = (x**3).sum()
    (g,) = lib.grad(loss, x, create_graph=True)
    (loss + (g * g).sum()).backward()
    return facts(x.grad)


@behaviour
def a_gradient_that_accumulated_with_a_graph_can_be_differentiated(lib):
    x = lib.tensor(2.0, requires_grad=True)
    quietly(lambda: (x**3).backward(create_graph=True))
    return facts(lib.grad(x.grad, x))


@behaviour
def mixed_second_derivatives_agree(lib):
    x, y = lib.tensor(2.0, requires_grad=True), lib.tensor(3.0, requires_grad=True)
    z = lib.sin(x * y) * x
    gx, gy = lib.grad(z, (x, y), create_graph=True)
    return facts(lib.grad(gx, y, retain_graph=True), lib.grad(gy, x, retain_graph=True))


@behaviour
def a_hessian_times_a_vector_is_two_backwards(lib):
    x, v = lib.tensor([1.0, 2.0], requires_grad=True), lib.tensor([3.0, 5.0])
    (g,) = lib.grad((x**3).sum() + x[0] * x[1], x, create_graph=True)
    return facts(lib.grad(g, x, v))


@behaviour
def a_jacobian_times_a_vector_by_a_seed_that_is_differentiated(lib):
    x, v = lib.tensor([1.0, 2.0], requires_grad=True), lib.tensor([3.0, 5.0])
    y = lib.stack([x[0] * x[1], lib.sin(x[0]), x[1] ** 2])
    u = lib.zeros(3, requires_grad=True)
    (g,) = lib.grad(y, x, u, create_graph=True)
    return facts(lib.grad(g, u, v))


@behaviour
def a_linear_function_has_no_second_derivative_to_ask_for(lib):
    x = lib.tensor([1.0, 2.0], requires_grad=True)
    (g,) = lib.grad((x * 3).sum(), x, create_graph=True)
    return facts(g, g.requires_grad)


@behaviour
def a_second_derivative_that_is_zero_everywhere_is_unused(lib):
    x, y = lib.tensor(2.0, requires_grad=True), lib.tensor(3.0, requires_grad=True)
    (g,) = lib.grad(x * y, x, create_graph=True)
    return facts(sentence(lambda: lib.grad(g, x)), lib.grad(g, (x, y), allow_unused=True))


@behaviour
def a_gradient_of_a_result_can_be_differentiated_by_the_leaf(lib):
    x = lib.tensor(2.0, requires_grad=True)
    y = x * x
    (g,) = lib.grad(y**3, y, create_graph=True)
    return facts(g, lib.grad(g, x))


@behaviour
def an_inner_gradient_inside_a_formula(lib):
    x = lib.tensor(2.0, requires_grad=True)
    (inner,) = lib.grad(x**3, x, create_graph=True)
    (outer,) = lib.grad(x * inner, x)
    return facts(outer)
