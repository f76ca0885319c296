"""The statements of programs: what they do, and what is said when they cannot."""

from __future__ import annotations

import pytest
from running import failure, printed, program, reported


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("x = 3; x += 1; x *= 2; x -= 1; x /= 2; x ^= 2; x //= 3; x %= 3; print(x)", ["1"]),
        ("a, b = 1, 2; a, b = b, a; print(a, b)", ["2 1"]),
        ("a, b = [5, 6]; print(a + b)", ["11"]),
        ("for i in range(3) { print(i) }", ["0", "1", "2"]),
        ("for i in range(5, 0, -2) { print(i) }", ["5", "3", "1"]),
        ("for i in [7, 8] { print(i) }", ["7", "8"]),
        ('for i in (1, "two") { print(i) }', ["1", "two"]),
        ("for a, b in zip([1, 2], [3, 4]) { print(a*b) }", ["3", "8"]),
        ("for i, x in enumerate([5, 6]) { print(i, x) }", ["0 5", "1 6"]),
        ("for row in tensor([[1, 2], [3, 4]]) { print(row.sum().item()) }", ["3", "7"]),
        ("for a, b in tensor([[1, 2], [3, 4]]) { print((a*b).item()) }", ["2", "12"]),
        ("n = 0; while n < 3 { n += 1 }; print(n)", ["3"]),
        ("if 1 > 2 { print(1) } else if 2 > 1 { print(2) } else { print(3) }", ["2"]),
        ("if 0 { print(1) } else { print(3) }", ["3"]),
        ("if None { print(1) }", []),
        ("if tensor([1.]) > 0 { print(1) }", ["1"]),
        ("x = 1\nif true {\n  x = 2\n}\nprint(x)", ["2"]),
        ("for i in range(0) { }; print(2)", ["2"]),
        ('assert 1 < 2; assert [1] == [1], "no"; print(1)', ["1"]),
        ("f(n) = 1 if n < 1 else n*f(n - 1); print(f(5))", ["120"]),
        ("a = 2; f(x) = a*x; a = 3; print(f(1))", ["2"]),
        ("f() = 7; print(f())", ["7"]),
        ("x = zeros(3); x[0] = 5; x[1:] += 2; x[-1] *= 2; print(x.tolist())", ["[5, 2, 4]"]),
        ("x = arange(4); x[x > 1] = 0; x[[0, 1]] = [7, 8]; print(x.tolist())", ["[7, 8, 0, 0]"]),
        ("x = zeros((2, 2)); x[0, 1] = 3; x[1] = [4, 5]; print(x.tolist())", ["[[0, 3], [4, 5]]"]),
        ("x = tensor([1.]); y = x; y += 1; print(x.item())", ["2"]),
        ("x = eye(2); x @= [[0, 1], [1, 0]]; print(x.tolist())", ["[[0, 1], [1, 0]]"]),
        ('print("a", 1, sep="-", end="")\nprint("b")', ["a-1b"]),
        ("3 + 4", []),
    ],
)
def test_what_statements_do(text, lines):
    assert printed(text) == lines


def test_blocks_have_no_names_of_their_own():
    ran = program("for i in range(3) { last = i }")
    assert (ran["i"], ran["last"]) == (2, 2)


def test_and_or_and_choices_leave_alone_what_is_decided():
    assert printed("x = [1]; if 5 < 1 and x[5] > 0 { print(1) } else { print(2) }") == ["2"]
    assert printed("x = [1]; print(true or x[5])") == ["true"]
    assert printed("x = [1]; print(1 if true else x[5])") == ["1"]


@pytest.mark.parametrize("condition", ["true", "x < 3"])
def test_a_choice_computes_the_taken_branch_alone(condition):
    ran = program(f"x = tensor(2, requires_grad=true); y = x^2 if {condition} else 1/(x - x); y.backward()")
    assert ran["x"].grad.item() == 4
    assert ran["y"].grad_fn.name() == "PowBackward0"


def test_functions_may_call_themselves_as_deep_as_ten_thousand():
    assert printed("f(n) = 0 if n < 1 else 1 + f(n - 1); print(f(9999))") == ["9999"]
    error = failure("f(n) = 1 + f(n)\nf(1)")
    assert error.message == "f() calls itself more than 10000 times"
    assert error.span[:2] == (11, 15)


def test_a_program_may_be_as_deep_as_it_likes():
    depth = 2_000
    assert printed("if true { " * depth + "print(1)" + " }" * depth) == ["1"]
    assert printed("print(" + "(" * depth + "1" + ")" * depth + ")") == ["1"]
    assert printed("print(" + "-" * depth + "1)") == ["1"]


@pytest.mark.parametrize(
    ("text", "message", "marked"),
    [
        ("x = 1\nassert x > 2", "this does not hold", "x > 2"),
        ('assert false, "too small"', "this does not hold: too small", "false"),
        ("for i in 3 { }", "a number has no elements to go through", "3"),
        ("with 3 { }", "a value cannot stand behind 'with'", "3"),
        ("a, b = 1, 2, 3", "2 names on the left side, and 3 on the right", "a, b = 1, 2, 3"),
        ("for a, b in [1, 2] { }", "2 names on the left side, and 1 on the right", "[1, 2]"),
        ("true = 3", "true is a word of the language and cannot be given a value", "true"),
        ("f(1) = 3", "the parameters of a function must be names", "1"),
        ("x + 1 = 3", "the left side of '=' must be a name, a part of a tensor, ", "x + 1"),
        ("t = (1, 2); t[0] = 3", "a tuple has no elements that could be changed", "t"),
        ("x = 3; x[0] = 1", "a number has no elements that could be changed", "x"),
        ("print(x) = 3", "print() is a function of programs already", "print"),
        ("a, b += 1", "'+=' changes one name or a part of a tensor", "a, b"),
        ("x += 1", "x has no value", "x"),
        ('if "a" { }', "a text is neither true nor false", '"a"'),
        ("while [1, 2] { }", "Boolean value of Tensor with more than one value is ambiguous", "[1, 2]"),
        ("range(1.5)", "range() needs whole numbers, and got 1.5", "range(1.5)"),
        (
            "x = [1, 2] + [1, 2, 3]",
            "The size of tensor a (2) must match the size of tensor b (3)",
            "[1, 2] + [1, 2, 3]",
        ),
        ("x = tensor([1.])\nx.foo = 1", "foo of a tensor cannot be given a value", "x.foo"),
        ("prnt(1)", "there is no function prnt()", "prnt"),
        ("x = no_grad\nx.sin()", "a no_grad has no method 'sin'", "sin"),
    ],
)
def test_what_is_said_and_where(text, message, marked):
    error = failure(text)
    assert error.message.startswith(message)
    assert text[error.span.start : error.span.end] == marked


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("x = True", "write true"),
        ("x = none", "write None"),
        ("while true { break }", "put its condition into a while: while i < n and not found { ... }"),
        ("prnt(1)", "did you mean print, pinv or prod?"),
        ("x = print", "call it: print(...)"),
        ("x = tensor([1.]); x.bakward()", "did you mean backward?"),
        ("x = tensor([1.]); x.backward", "write .backward(...)"),
        ("x = tensor([1.]); x.grad()", "it is no function: write .grad without brackets"),
        (
            "x = tensor([1.]); x.nothing()",
            "all functions of the language are its methods; gradcli functions lists them",
        ),
        (
            "x = tensor([1.]); x.backward(foo=1)",
            "its form is backward(gradient=None, retain_graph=None, create_graph=false, inputs=None)",
        ),
        ("SGD([tensor([1.])], lr=1, momntum=2)", "did you mean momentum?"),
        ("tensor([1.], requires_grad=true).register_hook(3)", "define one, and write its name: f(g) = 2*g"),
    ],
)
def test_hints(text, hint):
    assert failure(text).hint == hint


def test_a_failure_has_its_place_in_the_file():
    text = (
        "x = tensor([1, 2], requires_grad=true)\ny = exp(x)\n"
        "for i in range(2) {\n  y += 1\n}\nsum(y).backward()\n"
    )
    message, place, source, underline, hint = reported(text, "train.grad")
    assert message.startswith(
        "error: one of the variables needed for gradient computation has been modified by an inplace "
    )
    assert (place, source, underline) == ("  train.grad:6:1", "  sum(y).backward()", "  ^^^^^^^^^^^^^^^^^")
    assert hint.startswith("  hint: ExpBackward0 still needs the old value")


def test_a_failure_inside_a_function_is_shown_in_the_function():
    assert reported("f(x) = x @ [1, 2]\nprint(f([1, 2, 3]))")[1:4] == [
        "  line 1:",
        "  f(x) = x @ [1, 2]",
        "         ~~^~~~~~~~",
    ]


def test_a_failure_inside_a_hook_is_shown_in_the_hook():
    text = "x = tensor([1.], requires_grad=true)\nf(g) = g @ [1, 2]\nx.register_hook(f)\nsum(x).backward()"
    error = failure(text)
    assert text[error.span.start : error.span.end] == "g @ [1, 2]"


def test_modes_end_with_their_block_also_by_an_error():
    assert printed(
        "x = tensor([1.], requires_grad=true)\n"
        "with no_grad { print((2x).requires_grad); with enable_grad() { print((2x).requires_grad) } }\n"
        "print((2x).requires_grad)"
    ) == ["false", "true", "true"]
    failure("with no_grad { with inference_mode { undefined } }")
    assert printed("x = tensor([1.], requires_grad=true); print((2x).requires_grad)") == ["true"]


def test_a_mode_that_is_set_ends_with_the_program():
    assert printed("set_grad_enabled(false); print(is_grad_enabled())") == ["false"]
    assert printed("print(is_grad_enabled())") == ["true"]


def test_a_warning_of_pytorch_is_told_under_the_text():
    text = "x = tensor([1.], requires_grad=true); y = 2x; print(y.grad)"
    ran = program(text)
    (warning,) = ran.warnings
    assert warning.message.startswith(
        "The .grad attribute of a Tensor that is not a leaf Tensor is being accessed"
    )
    assert text[warning.span.start : warning.span.end] == "y.grad"
    assert ran.printed == "None\n"


def test_a_warning_in_a_loop_is_told_once():
    ran = program("x = tensor([1.], requires_grad=true); y = 2x; for i in range(9) { y.grad }; y.grad")
    assert len(ran.warnings) == 2


def test_random_numbers_are_those_of_the_seed():
    text = "a = rand(3); b = rand(3); print(a == b)"
    first, second = program(text, seed=1), program(text, seed=1)
    assert first["a"].tolist() == second["a"].tolist() != program(text, seed=2)["a"].tolist()
    assert first["a"].tolist() != first["b"].tolist()
    assert printed("manual_seed(3); a = rand(2); manual_seed(3); print((a == rand(2)).tolist())") == [
        "[true, true]"
    ]
