"""What is asked of PyTorch and of gradcli alike about derivatives of functions; each case is one rule.

``lib`` has the names that ``alike.py`` gives. What PyTorch answers stands in ``reference/functional.json``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Case = Callable[[Any], Any]
CASES: dict[str, Case] = {}


def case(body: Case) -> Case:
    """Note a case under its name."""
    CASES[body.__name__.replace("_", " ")] = body
    return body


def vector(lib: Any, **named: Any) -> Any:
    return lib.tensor([0.5, -1.25, 2.0], **named)


def matrix(lib: Any, **named: Any) -> Any:
    return lib.tensor([[1.0, 2.0, 3.0], [-0.5, 0.25, 4.0]], **named)


def two(a: Any, b: Any) -> tuple[Any, Any]:
    return a * b, (a.exp() * b).sum()


def number(a: Any) -> Any:
    return (a**3).sum() * a[0]


def number_of_two(a: Any, b: Any) -> Any:
    return (a**2 * b).sum() + (b**3).sum()


# Shapes and nesting.


@case
def vjp_of_a_vector(lib):
    return lib.F.vjp(lambda a: a.exp().sum(dim=1), matrix(lib), lib.tensor([2.0, -1.0]))


@case
def vjp_of_a_number_needs_no_vector(lib):
    return lib.F.vjp(number, vector(lib))


@case
def vjp_of_several_inputs_and_outputs(lib):
    return lib.F.vjp(two, (vector(lib), matrix(lib)), (matrix(lib), lib.tensor(2.0)))


@case
def vjp_of_a_tuple_of_one(lib):
    return lib.F.vjp(lambda a: (a * 2,), (vector(lib),), (vector(lib),))


@case
def jvp_of_a_vector(lib):
    return lib.F.jvp(lambda a: a.exp().sum(dim=1), matrix(lib), matrix(lib) * 2)


@case
def jvp_by_a_number_needs_no_vector(lib):
    return lib.F.jvp(lambda a: a * vector(lib) * a, lib.tensor(3.0))


@case
def jvp_of_several_inputs_and_outputs(lib):
    return lib.F.jvp(two, (vector(lib), matrix(lib)), (vector(lib), matrix(lib)))


@case
def vhp_of_one_input(lib):
    return lib.F.vhp(number, vector(lib), lib.tensor([1.0, 2.0, -3.0]))


@case
def vhp_of_two_inputs(lib):
    v = (lib.tensor([1.0, 2.0, -3.0]), lib.tensor([0.5, 0.0, 1.0]))
    return lib.F.vhp(number_of_two, (vector(lib), vector(lib) + 1), v)


@case
def hvp_of_one_input(lib):
    return lib.F.hvp(number, vector(lib), lib.tensor([1.0, 2.0, -3.0]))


@case
def hvp_of_two_inputs(lib):
    v = (lib.tensor([1.0, 2.0, -3.0]), lib.tensor([0.5, 0.0, 1.0]))
    return lib.F.hvp(number_of_two, (vector(lib), vector(lib) + 1), v)


@case
def hvp_by_a_number_needs_no_vector(lib):
    return lib.F.hvp(lambda a: a**4, lib.tensor(2.0))


@case
def jacobian_of_one_and_one(lib):
    return lib.F.jacobian(lambda a: a.exp().sum(dim=1), matrix(lib))


@case
def jacobian_of_two_and_two(lib):
    return lib.F.jacobian(two, (vector(lib), matrix(lib)))


@case
def jacobian_of_two_outputs_by_one_input(lib):
    return lib.F.jacobian(lambda a: (a * 2, a.sum()), vector(lib))


@case
def jacobian_of_one_output_by_two_inputs(lib):
    return lib.F.jacobian(lambda a, b: 2 * a.exp() + 3 * b, (vector(lib), vector(lib)))


@case
def jacobian_of_a_number_by_a_number(lib):
    return lib.F.jacobian(lambda a: a * a, lib.tensor(3.0))


@case
def jacobian_vectorized(lib):
    return lib.F.jacobian(two, (vector(lib), matrix(lib)), vectorize=True)


@case
def jacobian_forward(lib):
    return lib.F.jacobian(two, (vector(lib), matrix(lib)), vectorize=True, strategy="forward-mode")


@case
def hessian_of_one_input(lib):
    return lib.F.hessian(number, vector(lib))


@case
def hessian_of_a_matrix(lib):
    return lib.F.hessian(lambda a: (a**3).sum(), matrix(lib))


@case
def hessian_of_two_inputs(lib):
    return lib.F.hessian(number_of_two, (vector(lib), vector(lib) + 1))


@case
def hessian_of_a_tuple_of_one(lib):
    return lib.F.hessian(number, (vector(lib),))


@case
def hessian_of_one_element_of_two_axes(lib):
    return lib.F.hessian(lambda a: (a**3).sum(dim=1, keepdim=True), lib.tensor([[1.0, 2.0]]))


@case
def hessian_vectorized(lib):
    return lib.F.hessian(number_of_two, (vector(lib), vector(lib) + 1), vectorize=True)


@case
def hessian_forward_over_reverse(lib):
    return lib.F.hessian(
        number_of_two, (vector(lib), vector(lib) + 1), vectorize=True, outer_jacobian_strategy="forward-mode"
    )


# Independence, strict or not.


@case
def an_input_that_is_not_used_has_zeros(lib):
    points = (vector(lib), matrix(lib))
    return lib.F.jacobian(lambda a, b: a * 2, points), lib.F.vjp(lambda a, b: a.sum(), points)[1]


@case
def an_output_that_does_not_depend_has_zeros(lib):
    return lib.F.jacobian(lambda a: (a * 2, lib.tensor([1.0, 2.0])), vector(lib))


@case
def an_output_that_does_not_depend_has_zeros_vectorized(lib):
    return lib.F.jacobian(lambda a: (a * 2, lib.tensor([1.0, 2.0])), vector(lib), vectorize=True)


@case
def an_output_of_integers_has_zeros(lib):
    return lib.F.jacobian(lambda a: (a * 2, lib.tensor([1, 2])), vector(lib))


@case
def the_hessian_of_a_linear_function_is_zero(lib):
    return lib.F.hessian(lambda a: a.sum(), vector(lib)), lib.F.vhp(
        lambda a: a.sum(), vector(lib), vector(lib)
    )


@case
def jvp_of_a_constant_is_zero(lib):
    return lib.F.jvp(lambda a: lib.tensor([1.0, 2.0]), vector(lib), vector(lib))


@case
def strict_jacobian_of_a_constant(lib):
    return lib.F.jacobian(lambda a: lib.tensor([1.0, 2.0]), vector(lib), strict=True)


@case
def strict_jacobian_by_an_input_that_is_not_used(lib):
    return lib.F.jacobian(lambda a, b: a * 2, (vector(lib), vector(lib)), strict=True)


@case
def strict_jacobian_to_differentiate_of_a_linear_function(lib):
    x = vector(lib, requires_grad=True)
    return lib.F.jacobian(lambda a: a * 2, x, strict=True, create_graph=True)


@case
def strict_vjp_by_an_input_that_is_not_used(lib):
    return lib.F.vjp(lambda a, b: a.sum(), (vector(lib), vector(lib)), strict=True)


@case
def strict_vjp_to_differentiate_of_a_linear_function(lib):
    return lib.F.vjp(lambda a: a.sum(), vector(lib, requires_grad=True), strict=True, create_graph=True)


@case
def strict_jvp_by_an_input_that_is_not_used(lib):
    points = (vector(lib), vector(lib))
    return lib.F.jvp(lambda a, b: a * 2, points, points, strict=True)


@case
def strict_vhp_of_a_linear_function(lib):
    return lib.F.vhp(lambda a: a.sum(), vector(lib), vector(lib), strict=True)


@case
def strict_hvp_of_a_linear_function(lib):
    return lib.F.hvp(lambda a: a.sum(), vector(lib), vector(lib), strict=True)


@case
def strict_vhp_by_an_input_that_is_not_used(lib):
    points = (vector(lib), vector(lib))
    return lib.F.vhp(lambda a, b: (a**2).sum(), points, points, strict=True)


@case
def strict_vhp_by_an_input_that_is_linear(lib):
    points = (vector(lib), vector(lib))
    return lib.F.vhp(lambda a, b: (a**2).sum() + b.sum(), points, points, strict=True)


@case
def strict_hessian_of_a_constant(lib):
    return lib.F.hessian(lambda a: lib.tensor(1.0), vector(lib), strict=True)


@case
def strict_hessian_of_a_linear_function(lib):
    return lib.F.hessian(lambda a: a.sum(), vector(lib), strict=True)


@case
def strict_hessian_where_mixed_ones_are_missing(lib):
    return lib.F.hessian(lambda a, b: (a**2).sum() + (b**2).sum(), (vector(lib), vector(lib)), strict=True)


# What is refused.


@case
def vjp_without_a_vector(lib):
    return lib.F.vjp(lambda a: a * 2, vector(lib))


@case
def vjp_of_other_sizes(lib):
    return lib.F.vjp(lambda a: a * 2, vector(lib), lib.tensor([1.0, 2.0]))


@case
def vjp_of_other_sizes_in_a_tuple(lib):
    return lib.F.vjp(two, (vector(lib), matrix(lib)), (matrix(lib), vector(lib)))


@case
def vjp_with_too_few_vectors(lib):
    return lib.F.vjp(two, (vector(lib), matrix(lib)), (matrix(lib),))


@case
def vjp_with_two_vectors_for_one_output(lib):
    return lib.F.vjp(lambda a: a * 2, vector(lib), (vector(lib), vector(lib)))


@case
def jvp_without_a_vector(lib):
    return lib.F.jvp(lambda a: a * 2, vector(lib))


@case
def hvp_without_a_vector(lib):
    return lib.F.hvp(number, vector(lib))


@case
def hvp_of_a_vector(lib):
    return lib.F.hvp(lambda a: a * 2, vector(lib), vector(lib))


@case
def vhp_of_a_tuple(lib):
    return lib.F.vhp(lambda a: (a.sum(), a.sum()), vector(lib), vector(lib))


@case
def hessian_of_a_vector(lib):
    return lib.F.hessian(lambda a: a * 2, vector(lib))


@case
def hessian_of_a_tuple(lib):
    return lib.F.hessian(lambda a: (a.sum(), a.sum()), vector(lib))


@case
def jacobian_of_what_is_no_tensor(lib):
    return lib.F.jacobian(lambda a: 3.0, vector(lib))


@case
def jacobian_of_a_tuple_with_what_is_no_tensor(lib):
    return lib.F.jacobian(lambda a: (a, 3.0), vector(lib))


@case
def jacobian_at_what_is_no_tensor(lib):
    return lib.F.jacobian(lambda a: a, 3.0)


@case
def vjp_with_a_vector_that_is_no_tensor(lib):
    return lib.F.vjp(lambda a: a * 2, vector(lib), [1.0, 2.0, 3.0])


@case
def forward_without_vectorize(lib):
    return lib.F.jacobian(lambda a: a * 2, vector(lib), strategy="forward-mode")


@case
def forward_to_differentiate(lib):
    return lib.F.jacobian(
        lambda a: a * 2, vector(lib), strategy="forward-mode", vectorize=True, create_graph=True
    )


@case
def forward_and_strict(lib):
    return lib.F.jacobian(lambda a: a * 2, vector(lib), strategy="forward-mode", vectorize=True, strict=True)


@case
def vectorize_and_strict(lib):
    return lib.F.jacobian(lambda a: a * 2, vector(lib), vectorize=True, strict=True)


@case
def no_such_strategy(lib):
    return lib.F.jacobian(lambda a: a * 2, vector(lib), strategy="sideways")


@case
def no_such_outer_strategy(lib):
    return lib.F.hessian(number, vector(lib), outer_jacobian_strategy="sideways")


# Histories.


@case
def results_have_no_history(lib):
    x = vector(lib, requires_grad=True)
    out, product = lib.F.vjp(number, x)
    return out.requires_grad, product.requires_grad, lib.F.hessian(number, x).requires_grad, x.grad


@case
def results_can_be_differentiated(lib):
    x = vector(lib, requires_grad=True)
    _, product = lib.F.vjp(number, x, create_graph=True)
    return lib.grad(product.sum(), x)


@case
def a_jacobian_can_be_differentiated(lib):
    x = vector(lib, requires_grad=True)
    return lib.grad(lib.F.jacobian(lambda a: a**3, x, create_graph=True).sum(), x)


@case
def a_vectorized_jacobian_can_be_differentiated(lib):
    x = vector(lib, requires_grad=True)
    return lib.grad(lib.F.jacobian(lambda a: a**3, x, create_graph=True, vectorize=True).sum(), x)


@case
def a_hessian_can_be_differentiated(lib):
    x = vector(lib, requires_grad=True)
    return lib.grad(lib.F.hessian(number, x, create_graph=True).sum(), x)


@case
def a_jvp_can_be_differentiated_by_its_vector(lib):
    x, v = vector(lib, requires_grad=True), lib.tensor([1.0, 2.0, -3.0], requires_grad=True)
    _, product = lib.F.jvp(lambda a: a**3, x, v, create_graph=True)
    return lib.grad(product.sum(), (x, v))


@case
def an_hvp_can_be_differentiated_by_its_vector(lib):
    x, v = vector(lib, requires_grad=True), lib.tensor([1.0, 2.0, -3.0], requires_grad=True)
    _, product = lib.F.hvp(number, x, v, create_graph=True)
    return lib.grad(product.sum(), (x, v))


@case
def what_is_caught_elsewhere_is_no_path(lib):
    x = vector(lib, requires_grad=True)
    return lib.F.jacobian(lambda a: a * x, x), lib.F.jacobian(lambda a: (a * x).sum(), x, create_graph=True)


@case
def they_work_inside_no_grad(lib):
    with lib.no_grad():
        return lib.F.jacobian(lambda a: a**2, vector(lib)), lib.F.hvp(number, vector(lib), vector(lib))


@case
def the_identity(lib):
    x = vector(lib)
    return lib.F.jacobian(lambda a: a, x), lib.F.jvp(lambda a: a, x, x), lib.F.vjp(lambda a: a, x, x)
