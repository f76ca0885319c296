"""Which values each rule keeps: those may not change before backward, all others may."""

from __future__ import annotations

from .telling import behaviour, sentence


def kept(make, *values):
    """Of an operation's arguments and its result, in this order: whether its rule keeps them."""
    answers = []
    for place in range(len(values) + 1):
        tensors = [value * 1 for value in values]
        tensors.append(make(*tensors))
        tensors[place].add_(0.0)
        failed = sentence(tensors[-1].sum().backward)
        answers.append(failed is not None and "modified by an inplace operation" in failed[1])
    return answers


def argument(lib):
    """A vector in the domain of every function here."""
    return lib.tensor([0.25, 0.75, 0.5], requires_grad=True)


@behaviour
def functions_whose_slope_is_told_by_their_result_keep_it_alone(lib):
    functions = [lib.exp, lib.tanh, lib.sigmoid, lib.sqrt, lib.relu, lib.reciprocal, lib.expm1, lib.rsqrt]
    return [kept(function, argument(lib)) for function in functions]


@behaviour
def functions_whose_slope_is_told_by_their_argument_keep_it_alone(lib):
    functions = [lib.sin, lib.cos, lib.log, lib.abs, lib.square, lib.atan, lib.erf, lib.log1p]
    return [kept(function, argument(lib)) for function in functions]


@behaviour
def linear_functions_keep_nothing(lib):
    functions = [lambda x: -x, lambda x: x * 3, lambda x: x / 2, lambda x: x.sum(), lambda x: x.mean()]
    functions += [lambda x: lib.cumsum(x, 0), lambda x: x.flip(0), lambda x: lib.cat([x, x])]
    return [kept(function, argument(lib)) for function in functions]


@behaviour
def a_quotient_keeps_both_of_its_terms(lib):
    return kept(lambda x, y: x / y, argument(lib), argument(lib))


@behaviour
def a_power_keeps_base_exponent_and_result(lib):
    return kept(lambda x, y: x**y, argument(lib), argument(lib))


@behaviour
def a_larger_of_two_keeps_both(lib):
    return kept(lib.maximum, argument(lib), argument(lib))


@behaviour
def a_choice_keeps_its_condition_alone(lib):
    return kept(lambda x, y: lib.where(x.detach() > 0.3, x, y), argument(lib), argument(lib))


@behaviour
def a_product_of_all_keeps_argument_and_result(lib):
    return kept(lambda x: x.prod(), argument(lib))


@behaviour
def a_softmax_keeps_its_result(lib):
    return kept(lambda x: lib.softmax(x, 0), argument(lib))


@behaviour
def a_largest_of_all_keeps_argument_and_result(lib):
    return kept(lambda x: x.max(), argument(lib))
