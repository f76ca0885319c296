"""A graph replayed on tensors: to the last bit what the plan and the derived graph give."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from gradcli import Expression, tensor
from gradcli.autograd.requests import backward
from gradcli.data.given import as_given
from gradcli.errors import EvaluationError
from gradcli.replay import Replay

RNG = np.random.default_rng(4)
VALUES = {
    "x": RNG.uniform(0.5, 2, 3),
    "y": RNG.uniform(-1, 1, 3),
    "A": RNG.uniform(-1, 1, (2, 3)),
    "B": RNG.uniform(-1, 1, (3, 3)) + 3 * np.eye(3),
    "s": 0.7,
}

TEXTS = [
    "mean((x+2)*(x+2)*2)",
    "y*y*2 + sin(x)/x",
    "A @ x",
    "sum(A * x, axis=0) ^ 2",
    "x^3 - 2^y + x^x",
    "where(y > 0, sqrt(x), y*y)",
    "A.T @ A + B",
    "softmax(A, axis=1)",
    "log(1 + exp(x))",
    "cross_entropy(A, [0, 2])",
    "mse_loss(x, y) + norm(x)",
    "u = x*y; v = u + u*x; u*v",
    "f(a, b) = a*b + b; f(x, y) * f(y, x)",
    "x[1:] * y[:2] + x[[0, 2]]",
    "x[y > 0] * 2",
    "concat([x, y]) * 3, sum(x)",
    "stack([x, y]).T",
    "cumsum(x) * max(y)",
    "inv(B) @ x",
    "det(B) * x",
    "detach(x) * x",
    "x if s > 0 else y*y",
    "x*y if s > 1 else (y if s > 0.5 else x)",
    "maximum(x, y) - relu(y)",
    "einsum('ij,jk->ik', A, B)".replace("'", '"'),
    "rand(3) * x",
    "3",
    "[x[0], 2, s]",
    "x > y",
]
# One call on this road, with one backward node, and several operations on the other.
SEVERAL = [
    "a, b, c = unbind(x); a*b*c",
    "w, v = eigh(B + B.T); w * v[0]",
    "q, r = qr(B); q @ r + r",
]


def both(text):
    """The same expression on both roads: what was asked of the plan, and of tensors."""
    literal = Expression(text, stable=False)
    values = {name: one for name, one in VALUES.items() if name in literal.variables}
    given = {name: as_given(name, one) for name, one in values.items()}
    built = literal.answers.built(given, None)
    names = literal.answers.names(built, given, None)
    replayed = Replay(built, names).run({name: one.value for name, one in given.items()})
    return literal, values, replayed


@pytest.mark.parametrize("text", [*TEXTS, *SEVERAL])
def test_value_and_gradient_to_the_last_bit(text):
    literal, values, replayed = both(text)
    expected = literal(**values)
    expected = expected if isinstance(expected, tuple) else (expected,)
    for one, output in zip(expected, replayed.outputs, strict=True):
        assert_array_equal(output.array, one)
    tracked = [one for one in replayed.outputs if one.requires_grad]
    if not tracked:
        return
    backward(tracked, [tensor(np.ones(one.shape)) for one in tracked])
    ones = tuple([np.ones(np.shape(one)) for one in expected])
    _, wanted = literal.vjp(ones, **values)
    for name, gradient in wanted.items():
        leaf = replayed.leaves.get(name)
        found = None if leaf is None else leaf.grad
        assert_array_equal(np.zeros(np.shape(values[name])) if found is None else found.array, gradient)


def replay(text, wrt, **values):
    answers = Expression(text).answers
    given = {name: as_given(name, one) for name, one in values.items()}
    built = answers.built(given, wrt)
    return Replay(built, wrt).run({name: one.value for name, one in given.items()})


def test_what_was_written_runs_and_not_what_is_computed_instead():
    (output,) = replay("log(1 + exp(x))", ("x",), x=800.0).outputs
    assert output.item() == np.inf


def test_several_results_come_from_one_node():
    (output,) = replay("a, b, c = unbind(x); a*b*c", ("x",), x=[1, 2, 3]).outputs
    product, last = output.grad_fn.next_functions
    first, second = product[0].next_functions
    assert (first[1], second[1], last[1]) == (0, 1, 2)
    assert first[0] is second[0] is last[0]
    assert last[0].name() == "UnbindBackward0"


def test_several_results_in_a_function_that_differentiates():
    text = "f(z) = grad(sum(z^3), z)[0] + unbind(z)[1]; f(x)"
    (output,) = replay(text, ("x",), x=[2.0, 5.0]).outputs
    assert output.item() == 3 * 2**2 + 5
    assert (output.grad_fn.next_functions[1][0].name(), output.grad_fn.next_functions[1][1]) == (
        "UnbindBackward0",
        1,
    )


def test_a_call_whose_inside_a_derivative_reads_is_taken_apart():
    found = replay("grad(sum(qr(B)[1]), B)", ("B",), B=VALUES["B"]).outputs[0]
    assert_array_equal(found.array, Expression("grad(sum(qr(B)[1]), B)", stable=False)(B=VALUES["B"]))


def test_an_assigned_name_is_a_leaf_or_keeps_its_gradient():
    alone = replay("y = x + 2; y*y", ("y",), x=3.0)
    assert alone.leaves["y"].is_leaf
    alone.outputs[0].backward()
    assert alone.leaves["y"].grad.item() == 10
    found = replay("y = x; x*y", ("x", "y"), x=3.0)
    found.outputs[0].backward()
    # By x through y as well, and by y alone.
    assert (found.leaves["x"].grad.item(), found.leaves["y"].grad.item()) == (6, 3)


def test_the_branch_that_is_not_taken_does_not_run():
    ran = [
        node.op.name for node in replay("exp(x) if x > 0 else inv([[x, x], [x, x]])[0, 0]", ("x",), x=1.0).ran
    ]
    assert "exp" in ran
    assert "inv" not in ran


def test_each_run_is_a_new_one():
    answers = Expression("x*x").answers
    given = {"x": as_given("x", 3.0)}
    ready = Replay(answers.built(given, None), ("x",))
    for value in (3.0, 4.0):
        found = ready.run({"x": value})
        found.outputs[0].backward()
        assert found.leaves["x"].grad.item() == 2 * value


def test_an_error_knows_its_node():
    with pytest.raises(EvaluationError, match="singular") as caught:
        replay("inv(B) + 1", ("B",), B=np.ones((2, 2)))
    assert caught.value.node.op.spelled == "inv"


def test_masked_arrays_that_do_not_fit():
    with pytest.raises(EvaluationError):
        replay("x[x > 0] + x[x > 1]", ("x",), x=[0.5, 2.0, 3.0])
