"""The values of programs: how they are printed, compared, made and taken apart."""

from __future__ import annotations

import numpy as np
import pytest
from running import failure, printed, program

from gradcli.autograd.backward import BackwardNode
from gradcli.autograd.hooks import Removable


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        ("3", "3"),
        ("0.1 + 0.2", "0.30000000000000004"),
        ("1e300 * 1e10", "inf"),
        ("1 == 1", "true"),
        ("None", "None"),
        ('"a b"', "a b"),
        ("(1, 2)", "(1, 2)"),
        ("(1,)", "(1,)"),
        ('[1, "a"]', '[1, "a"]'),
        ("[1, 2]", "[1, 2]"),
        ("tensor([1, 2])", "tensor([1., 2.])"),
        ("tensor([1, 2], requires_grad=true)", "tensor([1., 2.], requires_grad=True)"),
        ("2*tensor([1, 2], requires_grad=true)", "tensor([2., 4.], grad_fn=<MulBackward0>)"),
        ("tensor([true, false])", "tensor([ True, False])"),
        ("tensor(3)", "tensor(3.)"),
        ('tensor([1, 2], dtype="float32")', "tensor([1., 2.], dtype=float32)"),
        ("sum([1, 2])", "tensor(3.)"),
        ("range(3)", "range(0, 3)"),
        ("tensor([1.], requires_grad=true).exp().grad_fn", "<ExpBackward0>"),
        ("tensor([1.], requires_grad=true).exp().grad_fn.next_functions", "((<AccumulateGrad>, 0),)"),
        ("str(3), int(-3.7), float(tensor([2.5])), len([1, 2]), len((1,))", "3 -3 2.5 2 1"),
        ("zeros((2, 3)).shape", "(2, 3)"),
        ("zeros(2).dtype, zeros(2).ndim", "float64 1"),
        ("max(3, 5, 4), min(2, 1), max([3, 4])", "5 1 tensor(4.)"),
        ("(1, [2, 3], (4, 5))[1:]", "([2, 3], (4, 5))"),
    ],
)
def test_how_values_are_printed(expression, text):
    assert printed(f"print({expression})") == [text]


@pytest.mark.parametrize(
    ("comparison", "holds"),
    [
        ("(2, 3) == (2, 3)", True),
        ("(2, 3) == (2, 4)", False),
        ("(2, 3) != (2,)", True),
        ("zeros(3).shape == (3,)", True),
        ('zeros(3).dtype == "float64"', True),
        ("zeros(3).grad == None", True),
        ("3 != None", True),
        ('"a" == "a"', True),
        ('(1, ("a", None)) == (1, ("a", None))', True),
    ],
)
def test_what_is_no_array_can_be_compared_too(comparison, holds):
    assert program(f"x = {comparison}")["x"] is holds


def test_such_values_have_no_order():
    assert failure('x = "a" < "b"').message == "a text has no order"


def test_a_list_of_numbers_is_a_tensor_and_any_other_the_things_in_it():
    ran = program(
        "x = [[1, 2], [3, 4]]; w = tensor([1.], requires_grad=true); both = [w, x]; first = both[0]"
    )
    assert ran["x"].array.tolist() == [[1, 2], [3, 4]]
    assert ran["x"].array.dtype == np.float64
    assert ran["first"] is ran["w"]


def test_numbers_from_outside_are_numbers_and_arrays_are_tensors():
    ran = program("y = n + 1; z = x * 2; x[0] = 9", n=3.0, x=np.array([1.0, 2.0]))
    assert ran["y"] == 4
    assert ran["z"].array.tolist() == [2, 4]
    assert printed("x += 1; print(x)", x=np.array([1.0, 2.0])) == ["tensor([2., 3.])"]


def test_a_function_that_makes_an_array_may_let_it_require_a_gradient():
    ran = program(
        "w = ones(4, requires_grad=true); r = rand((2, 3), requires_grad=true)\n"
        "l = linspace(0, 1, 3, requires_grad=true)"
    )
    assert [ran[name].requires_grad for name in "wrl"] == [True, True, True]
    assert ran["r"].shape == (2, 3)
    assert failure("x = sin(3, requires_grad=true)").message == "sin() has no argument 'requires_grad'"


def test_the_functions_of_programs_hide_none_of_the_language():
    from gradcli.language.names import is_function
    from gradcli.programs.functions import _HOME, _OWN

    # tensor() of the language is the array itself; in a program it makes one.
    assert [word for word in (*_HOME, *_OWN) if is_function(word)] == ["tensor"]


def test_the_tables_name_only_what_there_is():
    from gradcli.autograd.tensor import Tensor
    from gradcli.programs import functions, members

    assert all(callable(functions.python(word)) for word in functions._HOME)
    x = program("x = tensor([1.], requires_grad=true); y = exp(x)")
    things = {Tensor: x["x"], BackwardNode: x["y"].grad_fn, Removable: x["x"].register_hook(lambda g: g)}
    assert things.keys() == {kind for kind, _ in members._MEMBERS}
    for kind, record in members._MEMBERS:
        names = [
            name for name in (*record.attributes, *record.methods) if name not in ("_saved_*", "variable")
        ]
        assert [name for name in names if not hasattr(things[kind], name)] == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x = (1, 2) + 1", "a tuple stands where a number or an array is due"),
        ('x = sin("a")', "sin() needs a number or an array for x, and got a text"),
        ("x = [1, [2, 3]]; y = +x", "the elements of an array must agree in shape: one is (), another (2,)"),
        ("x = 3(", "unexpected end of the expression: a ')' is missing"),
        ("tensor()", "tensor(): missing a required argument: 'data'"),
        ("len(3)", "len() of a 0-d tensor"),
        ("int(nan)", "int() needs a finite number, and got nan"),
        (
            'opt = SGD([tensor([1.], requires_grad=true)], lr=1); opt.param_groups[0]["x"]',
            'there is no "x" in it',
        ),
        ("(1, 2)[5]", "index 5 is out of range for a tuple of 2"),
        ("zeros(3)[5]", "index 5 is out of bounds for dimension 0 with size 3"),
        ("x = 3; x(2)", "x is a value, and is called like a function"),
    ],
)
def test_what_is_refused(text, message):
    assert failure(text).message == message
