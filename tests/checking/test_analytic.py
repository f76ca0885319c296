"""What a record says of complex numbers and of kinks, held to: for every record."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from gradcli import Expression
from gradcli.checking import complex_step
from gradcli.checking.moving import Moving
from gradcli.errors import GradcliError
from gradcli.execute.plan import Plan, trace
from gradcli.graph.node import ops, reachable, variable

ANALYTIC = [record for record in ops if record.analytic]
KINKED = [record for record in ops if record.kink is not None]


def texts(record):
    if record.samples:
        return [(text, dict(shapes)) for text, shapes in record.samples]
    names = "abc"[: len(record.arguments)]
    words = record.domain if len(record.domain) == len(names) else record.domain[:1] * len(names)
    call = f"{record.name}({', '.join(names)})"
    return [(call, {name: f"3 {word}" for name, word in zip(names, words, strict=True)})]


def array(form, seed):
    size, word = [*form.split(), "real"][:2]
    shape = () if size == "()" else tuple(int(one) for one in size.split("x"))
    rng = np.random.default_rng(seed)
    if word in ("well", "spd"):
        return rng.uniform(-0.2, 0.2, shape) + 2 * np.eye(shape[-1])
    low, high = {"real": (-2, 2), "unit": (-0.8, 0.8)}.get(word, (0.4, 2))
    return rng.uniform(low, high, shape)


@pytest.mark.parametrize(
    "record", [one for one in ANALYTIC if not one.hidden or one.samples], ids=lambda r: r.name
)
def test_an_analytic_record_has_a_kernel_on_complex_numbers(record):
    """Against the automatic derivative, which the suite over the table holds to differences."""
    done = 0
    for text, shapes in texts(record):
        values = {name: array(form, seed) for seed, (name, form) in enumerate(shapes.items())}
        expression = Expression(text)
        try:
            total = Expression(f"sum({text})").grad(**values)
        except GradcliError:
            continue
        for name in total:
            given = {one: _given(value) for one, value in values.items()}
            moving = Moving(expression.answers, expression.answers.graph(given), given, name)
            if complex_step.obstacle(moving) or not moving.base.size:
                continue
            direction = np.ones(moving.base.shape)
            weights = [np.ones(np.shape(one)) for one in moving.at(direction, 0.0)]
            found = complex_step.slope(moving, weights, direction)
            assert found is not None, text
            assert_allclose(found, np.sum(total[name]), rtol=1e-11, atol=1e-11)
            done += 1
    assert done or record.name == "choice"


def _given(value):
    from gradcli.data.given import as_given

    return as_given("x", value)


@pytest.mark.parametrize("record", KINKED, ids=lambda r: r.name)
def test_a_kink_says_what_holds_there_and_gives_true_or_false(record):
    assert record.convention
    assert record.convention[0].islower() or record.convention.startswith(record.name)
    assert not record.convention.endswith(".")
    for node, arguments in ordinary(record):
        stands = [variable(f"x{i}", arg.shape, arg.kind) for i, arg in enumerate(node.args)]
        mask = record.kink(*stands, **node.parameters)
        assert mask.kind == "bool"
        (found,) = Plan([mask]).run({f"x{i}": one for i, one in enumerate(arguments)})
        assert not np.any(found), "an ordinary point is no kink"
        np.broadcast_shapes(np.shape(found), node.args[0].shape)


def value_of(one):
    return np.asarray(one).item() if np.ndim(one) == 0 else one


def ordinary(record):
    """Nodes of a record with values of their arguments: of three numbers, or as its samples have them."""
    if record.elementwise:
        arguments = [variable(f"x{i}", (3,)) for i in range(len(record.arguments))]
        yield record(*arguments), [np.array([1.3, 0.7, 2.9]) + i / 3 for i in range(len(arguments))]
        return
    for text, shapes in record.samples:
        values = {name: array(form, seed) for seed, (name, form) in enumerate(shapes.items())}
        sizes = [np.size(one) for one in values.values()]
        # One number has no spread, and an outer product less than full rank: those are kinks.
        if 0 in sizes or max(sizes) == 1 or "outer" in text:
            continue
        given = {name: _given(one) for name, one in values.items()}
        graph = Expression(text).answers.graph(given)
        known = trace(graph.outputs, {name: value_of(one) for name, one in values.items()})
        for node in reachable(graph.outputs):
            if node.op is record:
                yield node, [known[arg] for arg in node.args]


@pytest.mark.parametrize("record", [one for one in ops if one.convention], ids=lambda r: r.name)
def test_a_convention_belongs_to_a_kink(record):
    assert record.kink is not None
