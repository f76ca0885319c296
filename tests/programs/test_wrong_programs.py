"""What users of Python and PyTorch write by habit, and the advice that they get."""

from __future__ import annotations

import pytest
from programs.running import failure, printed, reported

ADVICE = [
    ("x = torch.tensor([1])", "torch has no value", "write tensor(...)"),
    ("with torch.no_grad() { x = 1 }", "torch has no value", "write no_grad"),
    ("w = 1; o = torch.optim.SGD([w], lr=0.1)", "torch has no value", "write SGD(...)"),
    ("print(math.pi)", "math has no value", "write pi"),
    (
        "print(nn.Flow)",
        "nn has no value",
        "every function is there by its own name, such as exp(x), mse_loss(x, y), tensor([1, 2])",
    ),
    ("x = tensor([1], dtype=float32)", "float32 has no value", 'write it as a text: "float32"'),
    (
        "x = Variable([1])",
        "there is no function Variable()",
        "write tensor([1, 2], requires_grad=true)",
    ),
    ("x = tensor(1, 2)", "tensor() takes all numbers in one list", "write tensor([1, 2])"),
    (
        "x = tensor([1], requires_grad=true); x.grad.zero_()",
        "None has no method 'zero_'",
        "a .grad is None before backward(), and the .grad_fn of what was not computed",
    ),
    (
        "x = tensor(1); print(x.grad_fn.name())",
        "None has no method 'name'",
        "a .grad is None before backward(), and the .grad_fn of what was not computed",
    ),
    (
        "x = tensor(1); print(x.grad + 1)",
        "None stands where a number or an array is due",
        "a .grad is None before backward(), and the .grad_fn of what was not computed",
    ),
    (
        'print("loss " + 1)',
        "a text stands where a number or an array is due",
        'print takes texts and values together: print("loss", loss)',
    ),
    ("f(x) = x; print(f + 1)", "a function stands where a number or an array is due", "call it: f(x)"),
    ('print("{}".format(1))', "a text has no method 'format'", ""),
    (
        "o = SGD([tensor([1], requires_grad=true)]); o.stp()",
        "an SGD has no method 'stp'",
        "did you mean step?",
    ),
    ("with nograd { x = 1 }", "there is no mode nograd", "did you mean no_grad?"),
    ("print(range(3)[0])", "a range has no parts that an index could pick", "go through it with for"),
    ("print(range(3)[:])", "a range has no parts that an index could pick", "go through it with for"),
    (
        "o = SGD([tensor([1], requires_grad=true)]); print(o.param_groups[0][...])",
        "a dict has no such entry",
        'the entries of a dict have names: ["lr"]',
    ),
    (
        "o = SGD([tensor([1], requires_grad=true)]); o.state_dict()[0] = 1",
        "there is no 0 in it",
        'there are "state" and "param_groups"',
    ),
    ("print(tile([7], 1e300))", "there is not enough memory: an array is too large", ""),
    ("x = 1; if x is None { print(x) }", "'is' is not an operator of the language", "write =="),
    ("x = 1; print(x is not None)", "'is not' is not an operator of the language", "write !="),
    (
        "losses = []; losses += [1]",
        "an empty list has no elements that could be changed",
        "concat([losses, [1]]) is one that is longer",
    ),
    (
        "losses = []; losses.append(1)",
        "a list has no method 'append'",
        "x = concat([x, [1]]) is longer by one",
    ),
    (
        "x = tensor([1, 2]).cuda()",
        "a tensor has no method 'cuda'",
        "leave it out: everything is in main memory",
    ),
    (
        "x = tensor([1, 2]); print(x.max(dim=0).values)",
        "a tensor has no attribute 'values'",
        "max, min, sort give values alone; topk gives values and positions",
    ),
    (
        "v, i = sort(tensor([3, 1, 2]))",
        "2 names on the left side, and 3 on the right",
        "it gives values alone; topk gives values and positions, argmax the position of one",
    ),
    ("a, b = sin(tensor([3, 1, 2]))", "2 names on the left side, and 3 on the right", ""),
    ("manual_seed(inf)", "manual_seed expected a whole number, but got inf", "write manual_seed(0)"),
    ("manual_seed(0.5)", "manual_seed expected a whole number, but got 0.5", "write manual_seed(0)"),
    (
        "w = tensor([1], requires_grad=true); o = LBFGS([w], max_iter=inf)",
        "max_iter must be a whole number that is not negative, but got inf",
        "write max_iter=10, for example",
    ),
    (
        "w = tensor([1], requires_grad=true); o = StepLR(SGD([w]), inf)",
        "step_size must be a whole number of epochs from 1 on, but got inf",
        "write step_size=10, for example",
    ),
    (
        "x = zeros(2, 3); x.unbind_()",
        "unbind_() has several results and cannot take the place of one tensor",
        "leave the _ out",
    ),
    ("(1) if { 2 }", "a value is missing after 'if'", "write if x < 10 { ... }"),
    ("x = tensor(1); x.requires_grad = 1", "requires_grad must be a bool", "write true or false"),
]


@pytest.mark.parametrize(("text", "message", "hint"), ADVICE, ids=[text for text, *_ in ADVICE])
def test_a_habit_gets_advice(text, message, hint):
    problem = failure(text)
    assert (problem.message, problem.hint) == (message, hint)
    assert problem.span is not None


def test_the_error_stands_under_the_word_of_elsewhere():
    assert reported("x = 1\ny = torch.exp(x)") == [
        "error: torch has no value",
        "  line 2:",
        "  y = torch.exp(x)",
        "      ^^^^^",
        "  hint: write exp(...)",
    ]


def test_sizes_are_numbers():
    text = "x = zeros(2, 3); print(x.size(0), size(x), shape(x), ndim(x), ndim(pi), shape(1), size(2))"
    assert printed(text) == ["2 6 (2, 3) 2 0 () 1"]
    assert printed("for i in range(zeros(2, 3).size(1)) { print(i) }") == ["0", "1", "2"]


def test_truths_and_tensors_mix():
    text = "x = tensor(2); print(true and x, x > 3 or false, bool(x), bool(0))"
    assert printed(text) == ["tensor(True) tensor(False) true false"]
    assert printed("b = tensor(false); b.logical_or_(true); print(b)") == ["tensor(True)"]


def test_a_truth_picks_all_or_nothing_to_assign_to():
    text = "x = tensor([1, 2]); x[2 > 1] = 4; print(x); x[1 > 2] = 7; print(x)"
    assert printed(text) == ["tensor([4., 4.])"] * 2
    assert failure("x = zeros(2, 2); x[2 > 1, 0] = 4").message == "a truth is no position"


def test_a_softmax_of_truths_is_one_of_numbers():
    assert printed("print(softmax(tensor([0, 0]) > -1))") == ["tensor([0.5000, 0.5000])"]


def test_a_bound_that_was_not_given_is_none():
    text = "y = clip(tensor(3, requires_grad=true), 0); print(y.grad_fn._saved_min, y.grad_fn._saved_max)"
    assert printed(text) == ["0 None"]


def test_a_program_that_has_no_room_says_so():
    problem = failure("print(zeros(1e300))")
    assert problem.message.startswith("this would hold more than 1000 EiB of memory, and ")
