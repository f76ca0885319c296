"""What is no tensor, in the places of tensors."""

from __future__ import annotations

from .telling import behaviour, facts, sentence


@behaviour
def backward_of_what_is_no_tensor(lib):
    return sentence(lambda: lib.backward(0))


@behaviour
def a_gradient_by_what_is_no_tensor(lib):
    x = lib.tensor([1.0, 2.0], requires_grad=True)
    return facts(
        sentence(lambda: lib.grad(x.sum(), 0)),
        sentence(lambda: lib.grad(x.sum(), [x, None])),
    )


@behaviour
def data_is_a_tensor(lib):
    x = lib.tensor([1.0, 2.0])

    def give(value):
        x.data = value

    return facts(sentence(lambda: give(None)), sentence(lambda: give(3.0)), x)


@behaviour
def whether_a_gradient_is_required_is_a_truth(lib):
    x = lib.tensor([1.0, 2.0])

    def give(value):
        x.requires_grad = value

    return facts(sentence(lambda: give(3)), sentence(lambda: give(None)), x.requires_grad)


@behaviour
def positions_out_of_range_cannot_be_assigned_to(lib):
    x = lib.zeros(2, 3)

    def give(*key):
        x[key] = 1.0

    return facts(
        sentence(lambda: give(lib.tensor([0, 5]))),
        sentence(lambda: give(slice(None), lib.tensor(7))),
    )


@behaviour
def a_truth_picks_all_or_nothing_to_assign_to(lib):
    x = lib.tensor([1.0, 2.0])
    x[lib.tensor(False)] = 5.0
    before = x.tolist()
    x[lib.tensor(True)] = 7.0
    return facts(before, x)
