"""How tensors print."""

from __future__ import annotations

from .telling import behaviour


@behaviour
def a_leaf_prints_that_it_requires_a_gradient(lib):
    return repr(lib.tensor([1.0, 2.0], requires_grad=True))


@behaviour
def a_result_prints_its_node(lib):
    return repr(lib.tensor([1.0, 2.0], requires_grad=True) * 2)


@behaviour
def a_part_prints_its_node_without_its_place(lib):
    return repr(lib.tensor([1.0, 2.0], requires_grad=True).unbind()[1])


@behaviour
def a_constant_prints_its_numbers_alone(lib):
    return [repr(lib.tensor(2.5)), repr(lib.tensor([1, 20])), repr(lib.tensor([True, False]))]


@behaviour
def numbers_print_with_four_digits_and_one_width(lib):
    return [repr(lib.tensor(one)) for one in ([1.0, 2.5], [0.1, 123.456], [1 / 3], [-1.0, 10.0])]


@behaviour
def numbers_far_apart_print_with_exponents(lib):
    return [repr(lib.tensor(one)) for one in ([1e-5, 1.0], [1e10, 1.5], [1e-8])]


@behaviour
def what_is_no_number_prints_as_such(lib):
    return repr(lib.tensor([float("nan"), float("inf"), -float("inf"), 1.0]))


@behaviour
def matrices_print_row_under_row(lib):
    return repr(lib.tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True))


@behaviour
def stacks_of_matrices_have_a_line_between(lib):
    return repr(lib.ones(2, 2, 2))


@behaviour
def an_empty_tensor_prints_its_size_unless_it_is_a_vector(lib):
    return [repr(lib.zeros(0)), repr(lib.zeros(2, 0))]


@behaviour
def long_tensors_print_their_ends(lib):
    return repr(lib.arange(2000.0))


@behaviour
def long_lines_are_wrapped(lib):
    return repr(lib.arange(40.0))


@behaviour
def a_number_in_a_text_is_formatted_as_one(lib):
    return f"{lib.tensor(2.5):.3f} {lib.tensor([1.0])}"


@behaviour
def a_suffix_that_just_does_not_fit_gets_a_line(lib):
    made = [[-1.5e-6] * 9, [-1.5e-6] * 8, [1.5e-6] * 5]
    return [repr(lib.tensor(one, requires_grad=True)) for one in made]


@behaviour
def an_empty_tensor_prints_its_type_unless_it_is_of_doubles(lib):
    made = [lib.tensor([1, 2])[:0], lib.tensor([True])[:0], lib.tensor([[1]])[:, :0]]
    return [repr(one).replace("torch.", "") for one in made]
