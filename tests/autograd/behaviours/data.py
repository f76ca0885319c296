"""The numbers inside: ways in and out, their types, and how they print."""

from __future__ import annotations

import numpy as np

from .telling import behaviour, facts, kind, sentence, warned


@behaviour
def item_gives_a_number_of_python(lib):
    made = [lib.tensor([[2.5]]), lib.tensor(3), lib.tensor([True])]
    return [[type(one.item()).__name__, one.item()] for one in made]


@behaviour
def item_needs_a_single_element(lib):
    return sentence(lib.tensor([1.0, 2.0]).item)


@behaviour
def tolist_nests_as_the_axes_do(lib):
    return facts(lib.tensor([[1, 2], [3, 4]]).tolist(), lib.tensor(2.5).tolist(), lib.zeros(2, 0).tolist())


@behaviour
def numpy_shares_memory(lib):
    x = lib.tensor([1.0, 2.0])
    array = x.numpy()
    array[0] = 9.0
    x.add_(1)
    return facts(x, array.tolist(), x._version)


@behaviour
def numpy_refuses_what_requires_a_gradient(lib):
    x = lib.tensor([1.0, 2.0], requires_grad=True)
    return facts(sentence(x.numpy), sentence(lambda: np.asarray(x)), x.detach().numpy().tolist())


@behaviour
def from_numpy_shares_memory_and_type(lib):
    array = np.array([1.0, 2.0], dtype=np.float32)
    x = lib.from_numpy(array)
    array[0] = 9.0
    return facts(x, kind(x), x.requires_grad)


@behaviour
def tensor_copies_an_array_and_as_tensor_does_not(lib):
    array = np.array([1.0, 2.0])
    copied, shared = lib.tensor(array), lib.as_tensor(array)
    array[0] = 9.0
    return facts(copied, shared)


@behaviour
def numbers_of_python_decide_the_type(lib):
    made = [lib.tensor([1, 2]), lib.tensor([1, 2.5]), lib.tensor([True, False]), lib.tensor([True, 2])]
    return [kind(one) for one in made]


@behaviour
def a_quotient_of_whole_numbers_is_a_fraction(lib):
    x = lib.tensor([1, -3]) / lib.tensor([2, 2])
    return facts(kind(x), x)


@behaviour
def a_floor_quotient_and_a_remainder_of_whole_numbers_stay_whole(lib):
    x, y = lib.tensor([7, -7, 7, -7]), lib.tensor([2, 2, -2, -2])
    return facts(kind(x // y), x // y, kind(x % y), x % y)


@behaviour
def a_number_of_python_does_not_widen_a_type(lib):
    x, n = lib.tensor([1.5], dtype=lib.float32), lib.tensor([2])
    return [kind(one) for one in (x * 2.5, x + 1, n * 2, n * 2.5, n + True, x > 1)]


@behaviour
def the_wider_of_two_types_holds(lib):
    single, double = lib.tensor([1.5], dtype=lib.float32), lib.tensor([1.5], dtype=lib.float64)
    whole, truth = lib.tensor([2]), lib.tensor([True])
    pairs = [(single, double), (single, whole), (whole, truth), (single, truth), (whole, double)]
    return [kind(a * b) for a, b in pairs]


@behaviour
def a_tensor_without_axes_does_not_widen_one_with(lib):
    single, double = lib.tensor([1.5], dtype=lib.float32), lib.tensor(2.0, dtype=lib.float64)
    return facts(kind(single * double), kind(lib.tensor([1]) * lib.tensor(2)), kind(single.sum() * double))


@behaviour
def a_gradient_has_the_type_of_its_tensor(lib):
    x = lib.tensor([1.5], dtype=lib.float32, requires_grad=True)
    y = lib.tensor([2.0], dtype=lib.float64, requires_grad=True)
    (x * y).backward()
    return facts(kind(x.grad), kind(y.grad))


@behaviour
def sums_of_truths_and_whole_numbers_are_whole(lib):
    x = lib.tensor([True, True, False])
    return facts(kind(x.sum()), x.sum(), kind(lib.tensor([1, 2]).sum()), kind(lib.tensor([1, 2]).prod()))


@behaviour
def functions_of_whole_numbers_are_fractions(lib):
    return facts(kind(lib.sin(lib.tensor([1]))), kind(lib.sqrt(lib.tensor([4]))), lib.sqrt(lib.tensor([4])))


@behaviour
def a_mean_of_whole_numbers_is_refused(lib):
    return sentence(lib.tensor([1, 2]).mean)


@behaviour
def whole_numbers_have_no_negative_whole_powers(lib):
    return sentence(lambda: lib.tensor([2]) ** -1)


@behaviour
def truths_are_neither_negated_nor_subtracted(lib):
    x = lib.tensor([True, False])
    return facts(sentence(lambda: -x), sentence(lambda: x - x))


@behaviour
def a_tensor_of_one_element_is_true_or_false(lib):
    return facts(bool(lib.tensor([0.0])), bool(lib.tensor(3)), sentence(lambda: bool(lib.tensor([1.0, 2.0]))))


@behaviour
def a_tensor_of_one_element_becomes_a_number(lib):
    return facts(float(lib.tensor([2.5])), int(lib.tensor([2.9])), sentence(lambda: float(lib.ones(2))))


@behaviour
def a_number_of_what_requires_a_gradient_warns(lib):
    x = lib.tensor([2.5], requires_grad=True)
    return facts(warned(lambda: float(x)), warned(x.item))


@behaviour
def a_tensor_is_a_sequence_of_its_rows(lib):
    x = lib.tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)
    rows = list(x)
    rows[1].sum().backward()
    return facts(len(x), rows, x.grad)


@behaviour
def a_tensor_without_axes_is_no_sequence(lib):
    x = lib.tensor(1.0)
    return facts(sentence(lambda: len(x)), sentence(lambda: list(x)), sentence(lambda: x[0]))


@behaviour
def equality_is_by_element_and_the_hash_by_identity(lib):
    x, y = lib.tensor([1.0, 2.0]), lib.tensor([1.0, 3.0])
    return facts(x == y, x != y, {x: "x", y: "y"}[x], hash(x) == hash(x), hash(x) == hash(y))


@behaviour
def a_shape_is_a_tuple(lib):
    x = lib.zeros(2, 3)
    return facts(x.shape == (2, 3), x.shape[-1], x.ndim, tuple(lib.tensor(1.0).shape))


@behaviour
def a_seed_of_random_numbers_repeats_them(lib):
    def draw():
        lib.manual_seed(3)
        return lib.randn(4).tolist(), lib.rand(4).tolist()

    (normal, uniform), again = draw(), draw()
    return facts((normal, uniform) == again, all(0 <= one < 1 for one in uniform), lib.rand(2, 3).shape)


@behaviour
def a_sum_of_nothing_is_zero_and_its_product_one(lib):
    x = lib.zeros(0, requires_grad=True)
    x.sum().backward()
    return facts(x.sum(), x.prod(), x.mean(), x.grad)


@behaviour
def a_reciprocal_and_a_fractional_power_of_whole_numbers_are_fractions(lib):
    x = lib.tensor([2, 4])
    made = [1 / x, x.reciprocal(), x**2.0, x**2, lib.tensor(4).reciprocal()]
    return [[kind(one), facts(one)] for one in made]


@behaviour
def methods_take_numbers_of_python_as_operators_do(lib):
    x = lib.tensor([1, 2])
    return [[kind(one), facts(one)] for one in (x.add(1), x.mul(2.5), x.clone().add_(3), x.clone().mul_(2))]


@behaviour
def from_numpy_takes_numbers_alone(lib):
    words, things = np.array(["a"]), np.array([1.5, None])
    return [sentence(lambda one=one: lib.from_numpy(one))[0] for one in (words, things)]


@behaviour
def data_is_a_tensor_of_fractions_where_a_gradient_is_due(lib):
    x = lib.ones(2, requires_grad=True)

    def give(data):
        x.data = data

    return [*[sentence(lambda one=one: give(one)) for one in (2, lib.tensor([1, 2]))], facts(x)]


@behaviour
def a_gradient_in_the_middle_has_the_type_of_its_tensor(lib):
    x = lib.tensor([1.0, 2.0], dtype=lib.float32, requires_grad=True)
    w = lib.tensor([3.0, 4.0], requires_grad=True)
    y, seen = x * 2, []
    y.retain_grad()
    x.register_hook(lambda g: seen.append(kind(g)))
    z = (y * w).sum()
    z.backward(retain_graph=True)
    tracked = lib.grad(z, [x, y, w], create_graph=True)
    return [seen, *[[kind(one), facts(one)] for one in (x.grad, y.grad, w.grad, *tracked)]]
