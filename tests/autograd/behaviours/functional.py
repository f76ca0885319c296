"""vjp, jvp, vhp, hvp, jacobian, hessian: derivatives of functions of tensors."""

from __future__ import annotations

from .telling import behaviour, facts, quietly, sentence


@behaviour
def vjp_gives_the_value_and_the_product(lib):
    return facts(
        lib.functional.vjp(lambda x: x**2, lib.tensor([1.0, 2.0, 3.0]), lib.tensor([1.0, 10.0, 100.0]))
    )


@behaviour
def vjp_of_a_scalar_needs_no_vector(lib):
    return facts(lib.functional.vjp(lambda x: (x**2).sum(), lib.tensor([1.0, 2.0])))


@behaviour
def vjp_of_a_vector_needs_one(lib):
    return sentence(lambda: lib.functional.vjp(lambda x: x**2, lib.tensor([1.0, 2.0])))


@behaviour
def the_vector_of_vjp_has_the_shape_of_the_output(lib):
    return sentence(lambda: lib.functional.vjp(lambda x: x**2, lib.tensor([1.0, 2.0]), lib.ones(3)))


@behaviour
def vjp_of_two_inputs_gives_two(lib):
    x, y, v = lib.tensor([1.0, 2.0]), lib.tensor([3.0, 5.0]), lib.tensor([1.0, 10.0])
    return facts(lib.functional.vjp(lambda x, y: x * x * y, (x, y), v))


@behaviour
def vjp_of_two_outputs_takes_two_vectors(lib):
    x, v = lib.tensor([1.0, 2.0]), (lib.tensor([1.0, 10.0]), lib.tensor(7.0))
    return facts(lib.functional.vjp(lambda x: (x * 3, (x * x).sum()), x, v))


@behaviour
def jvp_gives_the_value_and_the_product(lib):
    x, v = lib.tensor([1.0, 2.0]), lib.tensor([1.0, 10.0])
    return facts(lib.functional.jvp(lambda x: lib.stack([x[0] * x[1], x.sum(), x[0]]), x, v))


@behaviour
def jvp_of_a_vector_needs_a_vector(lib):
    return sentence(lambda: lib.functional.jvp(lambda x: x**2, lib.tensor([1.0, 2.0])))


@behaviour
def jvp_of_a_single_element_needs_none(lib):
    return facts(lib.functional.jvp(lambda x: lib.stack([x, x * x]), lib.tensor(3.0)))


@behaviour
def jvp_of_two_inputs_adds_their_parts(lib):
    x, y = lib.tensor([1.0, 2.0]), lib.tensor([3.0, 5.0])
    v = (lib.tensor([1.0, 10.0]), lib.tensor([100.0, 1000.0]))
    return facts(lib.functional.jvp(lambda x, y: x * y, (x, y), v))


@behaviour
def the_vector_of_jvp_has_the_shape_of_the_input(lib):
    return sentence(lambda: lib.functional.jvp(lambda x: x**2, lib.tensor([1.0, 2.0]), lib.ones(3)))


@behaviour
def a_jacobian_has_the_axes_of_the_output_and_then_the_inputs(lib):
    x = lib.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
    return facts(lib.functional.jacobian(lambda x: (x**2).sum(dim=1), x))


@behaviour
def a_jacobian_of_two_inputs_is_a_tuple(lib):
    x, y = lib.tensor([1.0, 2.0]), lib.tensor([3.0])
    return facts(lib.functional.jacobian(lambda x, y: x * y, (x, y)))


@behaviour
def a_jacobian_of_two_outputs_is_a_tuple(lib):
    return facts(lib.functional.jacobian(lambda x: (x * 3, (x * x).sum()), lib.tensor([1.0, 2.0])))


@behaviour
def a_jacobian_of_both_is_a_tuple_of_outputs_of_tuples_of_inputs(lib):
    x, y = lib.tensor([1.0, 2.0]), lib.tensor([3.0])
    return facts(lib.functional.jacobian(lambda x, y: (x * y, y * y), (x, y)))


@behaviour
def a_jacobian_by_an_input_that_is_not_used_is_zero(lib):
    x, y = lib.tensor([1.0, 2.0]), lib.tensor([3.0])
    return facts(lib.functional.jacobian(lambda x, y: x * x, (x, y)))


@behaviour
def a_strict_jacobian_refuses_an_input_that_is_not_used(lib):
    x, y = lib.tensor([1.0, 2.0]), lib.tensor([3.0])
    return sentence(lambda: lib.functional.jacobian(lambda x, y: x * x, (x, y), strict=True))


@behaviour
def a_strict_jacobian_refuses_a_constant_output(lib):
    return sentence(lambda: lib.functional.jacobian(lambda x: lib.ones(2), lib.tensor([1.0]), strict=True))


@behaviour
def a_jacobian_of_a_constant_is_zero(lib):
    return facts(lib.functional.jacobian(lambda x: lib.ones(2), lib.tensor([1.0, 2.0, 3.0])))


@behaviour
def a_vectorized_jacobian_is_the_same(lib):
    x = lib.tensor([1.0, 2.0])

    def f(x):
        return lib.stack([x[0] * x[1], lib.sin(x[0]), x.sum()])

    def both():
        return (
            lib.functional.jacobian(f, x, vectorize=True),
            lib.functional.jacobian(f, x, vectorize=True, strategy="forward-mode"),
        )

    return facts(quietly(both))


@behaviour
def a_jacobian_is_a_constant_unless_create_graph_is_set(lib):
    x = lib.tensor([1.0, 2.0], requires_grad=True)
    plain = lib.functional.jacobian(lambda x: x**3, x)
    live = lib.functional.jacobian(lambda x: x**3, x, create_graph=True)
    live.sum().backward()
    return facts(plain.requires_grad, live.requires_grad, x.grad)


@behaviour
def the_function_of_a_jacobian_sees_inputs_of_its_own(lib):
    x, seen = lib.tensor([1.0, 2.0]), []

    def f(inner):
        seen.append([inner is x, inner.requires_grad])
        return inner * 2

    lib.functional.jacobian(f, x)
    return facts(seen, x.requires_grad, x.grad)


@behaviour
def a_jacobian_needs_tensors_from_its_function(lib):
    return sentence(lambda: lib.functional.jacobian(lambda x: 3.0, lib.tensor([1.0])))


@behaviour
def a_jacobian_needs_tensors_as_inputs(lib):
    return sentence(lambda: lib.functional.jacobian(lambda x: x, 3.0))


@behaviour
def a_hessian_has_the_axes_of_the_input_twice(lib):
    return facts(lib.functional.hessian(lambda x: (x**3).sum() + x[0] * x[1], lib.tensor([1.0, 2.0])))


@behaviour
def a_hessian_of_two_inputs_is_a_tuple_of_tuples(lib):
    x, y = lib.tensor([1.0, 2.0]), lib.tensor([3.0])
    return facts(lib.functional.hessian(lambda x, y: (x * x * y).sum(), (x, y)))


@behaviour
def a_hessian_needs_a_scalar(lib):
    return sentence(lambda: lib.functional.hessian(lambda x: x**2, lib.tensor([1.0, 2.0])))


@behaviour
def a_hessian_of_a_linear_function_is_zero(lib):
    return facts(lib.functional.hessian(lambda x: (x * 3).sum(), lib.tensor([1.0, 2.0])))


@behaviour
def a_strict_hessian_refuses_a_linear_function(lib):
    return sentence(
        lambda: lib.functional.hessian(lambda x: (x * 3).sum(), lib.tensor([1.0, 2.0]), strict=True)
    )


@behaviour
def a_vectorized_hessian_is_the_same(lib):
    x = lib.tensor([1.0, 2.0])
    return facts(lib.functional.hessian(lambda x: (x**3).sum() + x[0] * x[1], x, vectorize=True))


@behaviour
def a_hessian_with_create_graph_has_a_third_derivative(lib):
    x = lib.tensor([1.0, 2.0], requires_grad=True)
    h = lib.functional.hessian(lambda x: (x**4).sum(), x, create_graph=True)
    return facts(lib.grad(h.sum(), x))


@behaviour
def hvp_and_vhp_agree_on_a_symmetric_hessian(lib):
    x, v = lib.tensor([1.0, 2.0]), lib.tensor([3.0, 5.0])

    def f(x):
        return (x**3).sum() + x[0] * x[1]

    return facts(lib.functional.hvp(f, x, v), lib.functional.vhp(f, x, v))


@behaviour
def hvp_needs_a_scalar(lib):
    return sentence(lambda: lib.functional.hvp(lambda x: x**2, lib.tensor([1.0, 2.0]), lib.ones(2)))


@behaviour
def vhp_needs_a_scalar(lib):
    return sentence(lambda: lib.functional.vhp(lambda x: x**2, lib.tensor([1.0, 2.0]), lib.ones(2)))


@behaviour
def hvp_of_two_inputs_takes_and_gives_two(lib):
    x, y = lib.tensor([1.0, 2.0]), lib.tensor([3.0])
    v = (lib.tensor([1.0, 10.0]), lib.tensor([100.0]))
    return facts(lib.functional.hvp(lambda x, y: (x * x * y).sum(), (x, y), v))


@behaviour
def vhp_with_create_graph_can_be_differentiated(lib):
    x, v = lib.tensor([1.0, 2.0], requires_grad=True), lib.tensor([3.0, 5.0])
    _, product = lib.functional.vhp(lambda x: (x**4).sum(), x, v, create_graph=True)
    product.sum().backward()
    return facts(product, x.grad)


@behaviour
def functional_leaves_gradients_of_its_inputs_alone(lib):
    x = lib.tensor([1.0, 2.0], requires_grad=True)
    value, _ = lib.functional.vjp(lambda x: (x * x).sum(), x)
    lib.functional.hessian(lambda x: (x * x).sum(), x)
    return facts(x.grad, value.requires_grad)


@behaviour
def functional_works_under_no_grad(lib):
    with lib.no_grad():
        value, product = lib.functional.vjp(lambda x: (x * x).sum(), lib.tensor([1.0, 2.0]))
    return facts(value, product)
