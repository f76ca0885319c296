"""Verdicts: right derivatives agree, wrong ones are found, and points without one are named."""

import math
import sys

import numpy as np
import pytest

from gradcli import Expression
from gradcli.errors import GradcliError
from gradcli.graph.node import ops


def rows(checked, name="x"):
    return {row.method: row for row in checked.rows if row.name == name}


def verdicts(checked, name="x"):
    return {method: row.verdict for method, row in rows(checked, name).items()}


RIGHT = [
    ("mean((x+2)*(x+2)*2)", {"x": [1, 2, 3]}),
    ("x^2", {"x": 3}),
    ("x", {"x": 0}),
    ("sin(x)", {"x": 1e8}),
    ("log(x)", {"x": 1e-300}),
    ("log(x)", {"x": 1e-9}),
    ("log(x)", {"x": 1e300}),
    ("sqrt(x)", {"x": 1e-12}),
    ("asin(x)", {"x": 1 - 1e-9}),
    ("1/x", {"x": 1e-8}),
    ("exp(x)", {"x": 700}),
    ("exp(-x)", {"x": 700}),
    ("x @ x + sum(x)", {"x": [1e8, 1e-8, 0]}),
    ("prod(x)", {"x": [0, 2, 3]}),
    ("sum(x*y)", {"x": [1, 2], "y": [3, 4]}),
    ("x*[1e8, 1e-8]", {"x": [1, 2]}),
    ("(x-1)^7", {"x": 1}),
    ("x^7 - 7x^6 + 21x^5 - 35x^4 + 35x^3 - 21x^2 + 7x - 1", {"x": 1.0001}),
    ("(x + 1e16) - 1e16", {"x": 1}),
    ("floor(x)*x", {"x": 2.5}),
    ("abs(x)", {"x": 1e-7}),
    ("relu(x - 1e-9)", {"x": 0}),
    ("max(x)", {"x": [1, 1 + 1e-9, 0]}),
    ("det(A)", {"A": [[1, 2], [2, 4]]}),
    ("sum(inv(A))", {"A": [[1, 2], [3, 4.001]]}),
    ("sum(solve(A, b)^2)", {"A": [[1, 2], [3, 4]], "b": [1, 2]}),
    ("logsumexp(x)", {"x": [1000, 999]}),
    ("log(1+exp(x))", {"x": -30}),
    ("sum(x[x > 0]^2)", {"x": [1, -1, 2]}),
    ("x*2 if x > 0 else x*3", {"x": 1e-3}),
    ("where(x > 0, log(x), 0)", {"x": [1, -1, 2]}),
    ("detach(x)*x", {"x": 3}),
    ("x * grad(grad(x^3, x), x)", {"x": 2}),
    ("x^2, [x, 2*x]", {"x": 2}),
    ("x > 1", {"x": 2}),
    ("where(x==0, 1, sin(x)/x)", {"x": 1e-9}),
    ("tanh(x)", {"x": 20}),
    ("sum(x)", {"x": []}),
    ("sum(sin(x)^2)", {"x": np.linspace(-3, 3, 200)}),
    ("f(a) = a^3; f(x) + f(y)", {"x": 1, "y": -2}),
    ("x - x", {"x": 1e10}),
]


@pytest.mark.parametrize(("text", "values"), RIGHT, ids=[text for text, _ in RIGHT])
def test_a_right_derivative_never_disagrees(text, values):
    checked = Expression(text).check(**values)
    assert checked.agrees
    assert not checked.kinks
    for name in values:
        row = rows(checked, name)["differences"]
        assert row.verdict == "agrees" or np.size(values[name]) == 0, row


SMOOTH = [
    ("sin", "sum(sin(x)*x)", {"x": [0.3, 2, -1]}),
    ("exp", "exp(x)/2", {"x": 0.7}),
    ("mul", "sum(x*x*x)", {"x": [1, 2, 3]}),
    ("div", "sum(1/x)", {"x": [1, 2, 1e-8]}),
    ("sum", "sum(x, axis=0)", {"x": [[1, 2], [3, 4]]}),
    ("log", "log(x)", {"x": 1e-12}),
    ("tanh", "tanh(x)", {"x": [0.1, 0.2]}),
    ("matmat", "A @ A", {"A": [[1, 2], [3, 4]]}),
    ("inv", "inv(A)", {"A": [[1, 2], [3, 5]]}),
    ("softmax", "softmax(x)", {"x": [1, 2, 3]}),
    ("logsumexp", "logsumexp(x)", {"x": [1, 2, 3]}),
    ("pow", "x^2.5", {"x": 1e8}),
]


def spoiled(name, monkeypatch, change):
    record = ops.records[name]
    rules = tuple(
        None if rule is None else (lambda *a, rule=rule, **p: change(rule(*a, **p)))
        for rule in record.pullback
    )
    monkeypatch.setitem(ops.records, name, record.replaced(pullback=rules))
    # Records that the language has found already.
    from gradcli.language import names

    names.functions.cache_clear()
    names._common.cache_clear()
    names.operators.cache_clear()


@pytest.fixture(autouse=True)
def _fresh():
    from gradcli.language import names

    yield
    names.functions.cache_clear()
    names._common.cache_clear()
    names.operators.cache_clear()


@pytest.mark.parametrize("factor", [2.0, -1.0, 1.0001, 0.0])
@pytest.mark.parametrize(("name", "text", "values"), SMOOTH, ids=[case[1] for case in SMOOTH])
def test_a_wrong_rule_is_found(name, text, values, factor, monkeypatch):
    spoiled(name, monkeypatch, lambda node: node * factor)
    checked = Expression(text).check(**values)
    assert not checked.agrees
    (wrong,) = values
    assert verdicts(checked, wrong)["differences"] == "disagrees"


def test_a_wrong_rule_is_found_by_the_complex_step_and_by_sympy(monkeypatch):
    spoiled("sin", monkeypatch, lambda node: node * 1.000001)
    found = verdicts(Expression("sum(sin(x))").check(x=[1, 2]))
    assert found["complex step"] == found["SymPy"] == "disagrees"


def test_a_rule_that_is_right_once_and_wrong_twice_is_found(monkeypatch):
    # The gradient of sin takes the value of cos; only its Hessian takes the rule.
    spoiled("cos", monkeypatch, lambda node: node * 1.01)
    found = verdicts(Expression("sin(x)").check(x=0.5))
    assert found["differences"] == "agrees"
    assert found["Hessian differences"] == "disagrees"


KINKS = [
    ("abs(x)", {"x": 0}, "abs(x)", "x = 0"),
    ("sum(abs(x))", {"x": [1, 2, 0]}, "abs(x)", "x[2] = 0"),
    ("relu(x)", {"x": 0}, "relu(x)", "x = 0"),
    ("sign(x)", {"x": 0}, "sign(x)", "x = 0"),
    ("sqrt(x)", {"x": 0}, "sqrt(x)", "x = 0"),
    ("floor(x)", {"x": 2}, "floor(x)", "x = 2"),
    ("ceil(x)", {"x": 2}, "ceil(x)", "x = 2"),
    ("trunc(x)", {"x": -2}, "trunc(x)", "x = -2"),
    ("round(x)", {"x": 2.5}, "round(x)", "x = 2.5"),
    ("clip(x, 0, 1)", {"x": 1}, "clip(x, 0, 1)", "x = 1"),
    ("maximum(x, y)", {"x": 1, "y": 1}, "maximum(x, y)", "x = 1 and y = 1"),
    ("minimum(x, 3)", {"x": 3}, "minimum(x, 3)", "x = 3"),
    ("max(x)", {"x": [1, 3, 3]}, "max(x)", "x[1] = 3, x[2] = 3"),
    ("norm(x)", {"x": [0, 0]}, "norm(x)", "x = [0, 0]"),
    ("std(x)", {"x": [2, 2]}, "std(x)", "x = [2, 2]"),
    ("hypot(x, y)", {"x": 0, "y": 0}, "hypot(x, y)", "x = 0 and y = 0"),
    ("atan2(x, y)", {"x": 0, "y": -1}, "atan2(x, y)", "x = 0 and y = -1"),
    ("x // 2", {"x": 4}, "x // 2", "x = 4"),
    ("x % 2", {"x": 4}, "x % 2", "x = 4"),
    ("x^0.5", {"x": 0}, "x^0.5", "x = 0"),
    ("where(x > 0, x, 0)", {"x": 0}, "x > 0", "x = 0"),
    ("x if x >= 1 else 2x", {"x": 1}, "x >= 1", "x = 1"),
    ("asin(x)", {"x": 1}, "asin(x)", "x = 1"),
    ("acos(x)", {"x": -1}, "acos(x)", "x = -1"),
]


@pytest.mark.parametrize(("text", "values", "part", "where"), KINKS, ids=[case[0] for case in KINKS])
def test_a_point_without_a_derivative_is_named(text, values, part, where):
    checked = Expression(text).check(**values)
    assert checked.agrees
    assert verdicts(checked)["differences"] == "not differentiable here"
    (kink,) = checked.kinks
    assert (kink.text, kink.where) == (part, where)
    assert kink.convention in rows(checked)["differences"].note
    assert text[kink.span.start : kink.span.end] == part


def test_a_function_that_is_smooth_although_its_parts_are_not():
    """Row 24 of the conventions: x, written as relu(x) - relu(-x)."""
    checked = Expression("relu(x) - relu(-x)").check(x=0)
    assert [kink.text for kink in checked.kinks] == ["relu(x)", "relu(-x)"]
    assert verdicts(checked)["differences"] == "not differentiable here"


@pytest.mark.parametrize(
    "text", ["abs(x)*x", "maximum(x, x)", "where(x==0, 1, sin(x)/x)", "abs(x)^3", "round(x)"]
)
def test_a_kink_that_does_not_show_is_not_told_of(text):
    checked = Expression(text).check(x=0)
    assert verdicts(checked)["differences"] == "agrees"


def test_a_bend_too_near_for_differences_is_no_disagreement():
    checked = Expression("max(x)").check(x=[0.1 + 0.2, 0.3])
    assert checked.agrees
    assert verdicts(checked)["differences"] == "not differentiable here"
    assert "to its left and right" in rows(checked)["differences"].note


def test_what_is_wrong_elsewhere_is_not_hidden_by_a_kink():
    checked = Expression("sum(abs(x))").check(x=[0, 2, 3], against={"x": [0, 1.0001, 1]})
    assert not checked.agrees
    assert [one.place for one in checked.elements] == [(1,)]


def test_a_given_gradient_that_is_right():
    checked = Expression("sum(x^3)").check(x=[1, 2], against={"x": [3, 12]})
    assert verdicts(checked)["given gradient"] == "agrees"
    assert checked.elements == ()


def test_the_elements_that_differ_most_come_first():
    x = np.arange(1.0, 30.0)
    wrong = 2 * x
    wrong[[4, 7]] += [1e-4 * 10, 1.0]
    checked = Expression("sum(x^2)").check(x=x, against={"x": wrong})
    assert [one.place for one in checked.elements] == [(7,), (4,)]
    assert checked.elements[0].ours == 16
    assert checked.elements[0].numeric == pytest.approx(16, rel=1e-9)
    assert checked.elements[0].sentence.startswith("x[7]: given 17, automatic 16, by differences 16")


@pytest.mark.parametrize(
    ("given", "verdict"), [(0.5, "not differentiable here"), (0, "agrees"), (1.5, "disagrees")]
)
def test_a_given_subgradient_will_do_at_a_kink(given, verdict):
    checked = Expression("abs(x)").check(x=0, against={"x": given})
    assert verdicts(checked)["given gradient"] == verdict


@pytest.mark.parametrize("wrong", [math.nan, math.inf, -math.inf])
def test_a_given_gradient_that_is_no_number(wrong):
    assert not Expression("sum(x^2)").check(x=[1, 2], against={"x": [2, wrong]}).agrees


@pytest.mark.parametrize(
    ("text", "against", "message"),
    [
        ("x^2", {"x": [1, 2, 3]}, "the given gradient of x is (3,) and x is (2,)"),
        ("sum(x)", {"z": 1}, "a gradient is given for z, which is not differentiated by"),
        ("x", {"x": [1, 1]}, "a gradient is that of a scalar: the output is (2,)"),
        ("2", {}, "there is no name to differentiate by"),
    ],
)
def test_what_cannot_be_checked(text, against, message):
    text = f"sum({text})" if text == "x^2" else text
    with pytest.raises(GradcliError) as caught:
        Expression(text).check(x=[1, 2], against=against)
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize(("text", "x"), [("log(x)", 0), ("1/x", 0), ("sqrt(x)", -1), ("x*inf", 0)])
def test_a_value_that_is_not_finite_is_no_disagreement(text, x):
    checked = Expression(text).check(x=x)
    assert checked.agrees
    assert verdicts(checked)["differences"] != "agrees" or text == "x*inf"


def test_names_that_are_assigned():
    checked = Expression("y = x + 2; y*y*x").check(wrt=("x", "y"), x=3.0)
    assert {row.verdict for row in checked.rows} == {"agrees"}
    assert {row.name for row in checked.rows} == {"x", "y"}


def test_the_complex_step_is_left_out_where_something_is_not_analytic():
    row = rows(Expression("sin(abs(x))").check(x=1.0))["complex step"]
    assert (row.verdict, row.note) == ("skipped", "abs is not analytic, or takes no complex numbers")


def test_without_sympy_its_row_says_so(monkeypatch):
    monkeypatch.setitem(sys.modules, "sympy", None)
    row = rows(Expression("x^2").check(x=1.0))["SymPy"]
    assert row.verdict == "skipped"
    assert "pip install 'gradcli[sympy]'" in row.note


def test_the_same_check_twice_is_the_same():
    values = {"x": list(range(1, 60)), "y": 2.0}
    once, again = (Expression("sum(sin(x)*y)").check(**values) for _ in range(2))
    assert once == again


@pytest.mark.parametrize(
    "text",
    [
        "sin(x)+cos(x)+tan(x)+asin(x)+acos(x)+atan(x)+sinh(x)+cosh(x)+tanh(x)",
        "exp(x)+expm1(x)+log(x)+log2(x)+log10(x)+log1p(x)+sqrt(x)+square(x)+1/x+x^x+erf(x)",
        "sum([x, 2x]) + mean([x, x^2]) + prod([x, 3]) + var([x, 1]) + std([x, 1])",
        "det([[x, 1], [2, x^2]]) + sum(inv([[x, 1], [2, 7]])) + sum(solve([[x, 1], [2, 7]], [1, x]))",
        "sum(([[x, 1], [2, x]] @ [x, 1])[[0, 0]]) + trace([[x, 1], [1, x]] @ [[x, 1], [2, 3]])",
    ],
)
def test_the_complex_step_runs_where_everything_is_analytic(text):
    row = rows(Expression(text).check(x=0.4))["complex step"]
    assert row.verdict == "agrees"
    assert row.difference <= 1e-11


def test_a_point_that_is_known_too_roughly_is_no_disagreement():
    """Next to 1e15 a step of one rounding is an eighth of a wave."""
    checked = Expression("sin(x)").check(x=1e15)
    assert checked.agrees
    assert verdicts(checked)["differences"] == "undecided"


def test_a_nan_at_a_smooth_point_disagrees():
    """x^2 in disguise: both sides have the slope 0, and no convention asks for a nan."""
    checked = Expression("sqrt(x^4)", stable=False).check(x=0)
    assert verdicts(checked)["differences"] == "disagrees"
    assert "nan" in rows(checked)["differences"].note
