"""Every record of the table, by the same checks; an operation's author writes no line here.

What a check demands of a record and cannot have is in ``EXCEPTIONS`` with its reason, and an
exception that is no longer needed fails too.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import product

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sampling import (
    Sample,
    defaults,
    describe,
    differences,
    draw,
    every_sample,
    generator,
    get,
    gradient_nodes,
    literal,
    records,
    run,
    samples,
    uses,
    value_of,
    weight,
    weighted,
    with_zeros,
    word_for,
)

from gradcli.execute import backends
from gradcli.execute.plan import Plan
from gradcli.graph import derive
from gradcli.graph.node import Node, Operation, constant, ops, reachable, variable
from gradcli.graph.shapes import Unknown

# (check, record) -> why the check cannot hold there.
EXCEPTIONS: dict[tuple[str, str], str] = {
    ("differences", "detach"): "its derivative is zero by definition, whatever its value does",
}

EVERY = every_sample()


def each_sample(check: Callable[[Sample], None]) -> Callable[..., None]:
    """Run a check over every sample, minding the exceptions."""
    name = check.__name__.removeprefix("test_")

    @pytest.mark.parametrize("case", EVERY, ids=describe)
    def over(case: tuple[str, int]) -> None:
        if (name, case[0]) not in EXCEPTIONS:
            check(get(*case))

    over.__name__ = check.__name__
    over.__doc__ = check.__doc__
    CHECKS[name] = check
    return over


CHECKS: dict[str, Callable[[Sample], None]] = {}


def close(found: object, expected: object, tolerance: float = 1e-12) -> None:
    """Equal up to a tolerance relative to the largest element."""
    expected = np.asarray(expected)
    scale = np.max(np.abs(expected), initial=1.0)
    assert_allclose(found, expected, rtol=tolerance, atol=tolerance * scale)


# What a record is.


@pytest.mark.parametrize("record", records(), ids=lambda record: record.name)
def test_has_samples_that_use_it(record: Operation) -> None:
    found = samples(record.name)
    if found and isinstance(record, Operation):
        assert any(uses(sample) for sample in found)
    assert found, f"{record.name} is not elementwise, so it needs samples"


def test_names_are_unique() -> None:
    names = [name for record in records() for name in (record.name, *record.aliases)]
    assert sorted(names) == sorted(set(names))


@pytest.mark.parametrize("record", list(ops), ids=lambda record: record.name)
def test_record_is_consistent(record: Operation) -> None:
    assert len(record.pullback) == max(1, len(record.arguments))
    assert len(record.takes) in (1, len(record.arguments)) or not record.arguments
    assert len(record.domain) in (1, len(record.arguments)) or not record.arguments
    assert callable(backends.function(record.kernel))
    if record.scalar:
        assert callable(backends.function(record.scalar))
    for position in range(len(record.arguments)):
        draw(word_for(record, position), (2, 2), generator(record.name))


def test_an_unknown_domain_is_refused() -> None:
    with pytest.raises(LookupError, match="no domain is called 'nowhere'"):
        draw("nowhere", (3,), generator())


# Values.


@each_sample
def test_run_has_the_shape_and_kind_of_the_node(sample: Sample) -> None:
    output = sample.output
    (value,) = run([output], sample.values)
    array = np.asarray(value)
    assert array.dtype == (bool if output.kind == "bool" else np.float64)
    assert array.ndim == output.ndim
    for size, expected in zip(array.shape, output.shape, strict=True):
        assert size <= expected.at_most if isinstance(expected, Unknown) else size == expected


# 1e308 overflows in nearly everything, 5e-324 underflows, 710 is past the end of exp.
EDGES = [0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 2.0, -2.5, 3.0, 710.0, -746.0, 1e-310, 1e308, -1e308]
EDGES += [np.inf, -np.inf, np.nan]
# How far the special functions of SciPy, or of the C library, are off here and there, in units.
ROUGH = {"erfc": 64, "gelu": 64, "lgamma": 128, "factorial": 16}
WITH_BOTH = [
    record
    for record in ops
    if record.scalar and record.arguments and record.elementwise and defaults(record) is not None
]


def assert_within_ulps(found: np.ndarray, expected: np.ndarray, ulps: int = 4) -> None:
    """Equal up to a few units in the last place; nan is nan and an infinity is itself."""
    finite = np.isfinite(expected) & np.isfinite(found)
    assert_array_equal(found[~finite], expected[~finite])
    apart = np.abs(found[finite] - expected[finite])
    with np.errstate(over="ignore"):
        room = np.spacing(np.abs(expected[finite])) * ulps
    worst = np.argmax(apart - room) if apart.size else 0
    assert np.all(apart <= room), f"{found[finite][worst]!r} is not {expected[finite][worst]!r}"


@pytest.mark.parametrize("record", WITH_BOTH, ids=lambda record: record.name)
def test_scalar_agrees_with_the_array_kernel(record: Operation) -> None:
    given = defaults(record) or {}
    kernel = partial(backends.function(record.kernel), **given)
    scalar = partial(backends.function(record.scalar), **given)
    bools = record.takes[0] == "bool" and len(record.takes) == 1
    edges = [True, False] if bools else EDGES
    count = len(record.arguments)
    rows = [tuple(row) for row in product(edges, repeat=count)]
    if not bools:
        rng = generator("scalar", record.name)
        rows += list(
            zip(*[draw(word_for(record, i), (300,), rng).tolist() for i in range(count)], strict=True)
        )
    if len(record.takes) > 1 and record.takes[0] == "bool":
        rows = [(row[0] > 0, *row[1:]) for row in rows]
    columns = [np.array(column) for column in zip(*rows, strict=True)]
    scalars = np.array([scalar(*row) for row in rows])
    with np.errstate(all="ignore"):
        arrays = np.asarray(kernel(*columns))
        singles = np.array([kernel(*[np.asarray(one) for one in row]) for row in rows])
    if arrays.dtype == bool:
        assert_array_equal(scalars, arrays)
        return
    assert_within_ulps(scalars, arrays, ROUGH.get(record.name, 4))
    assert_within_ulps(scalars, singles, ROUGH.get(record.name, 4))
    zero = arrays == 0
    assert_array_equal(np.signbit(scalars[zero]), np.signbit(arrays[zero]))


SCALAR_SAMPLES = [
    case for case in EVERY if get(*case).output.shape == () and Plan([get(*case).output]).scalar
]


@pytest.mark.parametrize("case", SCALAR_SAMPLES, ids=describe)
def test_scalar_plan_agrees_with_the_array_plan(
    case: tuple[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    sample = get(*case)
    nodes = [sample.output]
    if sample.output.kind == "float" and sample.floats:
        nodes += gradient_nodes(weighted(sample.output, "scalar"), sample)
    scalar = Plan(nodes)
    monkeypatch.setattr(backends, "runs_on_floats", lambda node: False)
    array = Plan(nodes)
    assert scalar.scalar
    assert not array.scalar
    edges = [[True, False] if node.kind == "bool" else EDGES for node in sample.inputs.values()]
    for row in [tuple(sample.values.values()), *product(*edges)]:
        values = dict(zip(sample.values, row, strict=True))
        found, expected = (np.array(plan.run(values), float) for plan in (scalar, array))
        assert_within_ulps(found, expected, ROUGH.get(sample.record.name, 4))


@each_sample
def test_float32_is_close_to_float64(sample: Sample) -> None:
    nodes = [sample.output]
    if sample.output.kind == "float" and sample.floats:
        nodes += gradient_nodes(weighted(sample.output, "narrow"), sample)
    for narrow, wide, node in zip(
        run(nodes, sample.values, "float32"), run(nodes, sample.values), nodes, strict=True
    ):
        assert np.asarray(narrow).dtype == (bool if node.kind == "bool" else np.float32)
        close(narrow, wide, 2e-4)


# First derivatives.


@each_sample
def test_differences(sample: Sample) -> None:
    """The pullback of every argument against central differences."""
    scalar = weighted(sample.smooth, "value")
    found = run(gradient_nodes(scalar, sample), sample.values) if sample.floats else []
    for x, gradient in zip(sample.floats, found, strict=True):
        assert np.shape(gradient) == x.shape
        close(gradient, differences(scalar, sample, x), 1e-7)


@each_sample
def test_curvature(sample: Sample) -> None:
    """The gradient of <gradient, v> against central differences."""
    first = weighted(sample.smooth, "value")
    along = [
        weighted(one, "direction", position) for position, one in enumerate(gradient_nodes(first, sample))
    ]
    if not along:
        return
    scalar = along[0]
    for one in along[1:]:
        scalar = scalar + one
    for x, gradient in zip(sample.floats, run(gradient_nodes(scalar, sample), sample.values), strict=True):
        close(gradient, differences(scalar, sample, x), 1e-7)


@each_sample
def test_third(sample: Sample) -> None:
    """The gradient of <hessian, w>, where the Hessian is made in one batch, against differences."""
    if sum(int(np.prod(x.shape)) for x in sample.floats) > 16:
        return
    first = weighted(sample.smooth, "value")
    blocks = [block for row in derive.hessian(first, sample.floats) for block in row]
    if not blocks:
        return
    scalar = weighted(blocks[0], 0)
    for place, block in enumerate(blocks[1:], 1):
        scalar = scalar + weighted(block, place)
    for x, gradient in zip(sample.floats, run(gradient_nodes(scalar, sample), sample.values), strict=True):
        close(gradient, differences(scalar, sample, x), 1e-6)


def pulled(sample: Sample, g: Node) -> list[Node]:
    """The cotangents of the inputs."""
    by = sample.floats
    found = derive.vjp([(sample.smooth, g)], by)
    lead = g.shape[: g.ndim - sample.output.ndim]
    return [ops.zeros(shape=lead + x.shape) if one is None else one for one, x in zip(found, by, strict=True)]


def runnable(sample: Sample) -> bool:
    """Whether a cotangent can be written down before the run."""
    return sample.sized and bool(sample.floats)


@each_sample
def test_cotangents_have_the_shapes_of_their_arguments(sample: Sample) -> None:
    if runnable(sample):
        for lead in ((), (3,), (2, 3)):
            g = variable("g", lead + sample.output.shape)
            for x, one in zip(sample.floats, pulled(sample, g), strict=True):
                assert one.shape == lead + x.shape


@each_sample
def test_pullback_is_linear_in_the_cotangent(sample: Sample) -> None:
    if not runnable(sample):
        return
    shape = sample.output.shape
    nodes = pulled(sample, variable("g", shape))
    plan = Plan(nodes)
    g, h = weight(shape, "g"), weight(shape, "h")
    at = [plan.run({**sample.values, "g": value_of(np.asarray(one))}) for one in (g, h, 2 * g - 3 * h)]
    for of_g, of_h, of_both in zip(*at, strict=True):
        close(of_both, 2 * np.asarray(of_g) - 3 * np.asarray(of_h))


@each_sample
def test_adjoint_identity(sample: Sample) -> None:
    """<J v, u> = <v, J' u>."""
    if not runnable(sample):
        return
    shape = sample.output.shape
    u = literal(weight(shape, "u"))
    tangents = [literal(weight(x.shape, "v", place)) for place, x in enumerate(sample.floats)]
    (pushed,) = derive.jvp([sample.smooth], sample.floats, tangents)
    forward = ops.sum(with_zeros(pushed, sample.smooth) * u)
    backward = constant(0.0)
    for v, one in zip(tangents, pulled(sample, u), strict=True):
        backward = backward + ops.sum(v * one)
    left, right = run([forward, backward], sample.values)
    close(left, right)


@each_sample
def test_a_batch_of_cotangents_equals_a_loop(sample: Sample) -> None:
    if not runnable(sample):
        return
    shape = sample.output.shape
    single = Plan(pulled(sample, variable("g", shape)))
    for lead in ((3,), (2, 3)):
        seeds = weight(lead + shape, "seeds", lead)
        together = run(pulled(sample, variable("g", lead + shape)), {**sample.values, "g": seeds})
        for place in np.ndindex(lead):
            alone = single.run({**sample.values, "g": value_of(seeds[place])})
            for batch, one in zip(together, alone, strict=True):
                close(batch[place], one)


@each_sample
def test_a_hessian_by_batch_equals_a_loop(sample: Sample) -> None:
    """The gradient's own pullback on a batch, against one cotangent at a time, also two batches deep."""
    by = sample.floats
    if not by or not sample.sized:
        return
    shape = sample.output.shape
    first = pulled(sample, variable("g", shape))
    batched = pulled(sample, variable("gs", (2, *shape)))
    gs = weight((2, *shape), "second")
    for place, row in enumerate(first):
        one = Plan(
            [
                with_zeros(x, y)
                for x, y in zip(derive.vjp([(row, variable("s", row.shape))], by), by, strict=True)
            ]
        )
        seeds = weight((3, *row.shape), "rows", place)
        deep = np.stack([seeds, -2 * seeds[::-1]])
        for g, outer, lead, value in (
            ("g", row, (3,), seeds),
            ("gs", batched[place], (3,), np.moveaxis(deep, 0, 1)),
        ):
            s = variable("s", lead + outer.shape)
            found = [
                ops.zeros(shape=lead + x.shape) if back is None else back
                for back, x in zip(derive.vjp([(outer, s)], by), by, strict=True)
            ]
            given = gs[0] if g == "g" else gs
            together = run(found, {**sample.values, g: value_of(np.asarray(given)), "s": value})
            for k in range(3):
                alone = one.run({**sample.values, "g": value_of(gs[0]), "s": value_of(seeds[k])})
                if g == "gs":
                    other = one.run(
                        {**sample.values, "g": value_of(gs[1]), "s": value_of(-2 * seeds[::-1][k])}
                    )
                    alone = [np.asarray(a) + np.asarray(b) for a, b in zip(alone, other, strict=True)]
                for batch, single in zip(together, alone, strict=True):
                    close(batch[k], single)


# The rest of the house rules.


@pytest.mark.parametrize(
    "record", [r for r in ops if r.pullback == (None,) * len(r.pullback)], ids=lambda r: r.name
)
def test_no_rule_means_no_gradient(record: Operation) -> None:
    """A record without rules gives no path at all, rather than zeros that cost something."""
    for sample in samples(record.name):
        if sample.output.op is record and sample.floats:
            g = ops.zeros(shape=sample.output.shape) if sample.sized else ops.zeros_like(sample.output)
            assert derive.vjp([(sample.output, g)], sample.floats) == [None] * len(sample.floats)


@pytest.mark.parametrize("key", EXCEPTIONS, ids=str)
def test_exceptions_are_still_needed(key: tuple[str, str]) -> None:
    check, name = key
    assert EXCEPTIONS[key]

    def passes(sample: Sample) -> bool:
        try:
            CHECKS[check](sample)
        except AssertionError:
            return False
        return True

    assert not all(passes(sample) for sample in samples(name))


# A nan goes through, unless the record says otherwise: the plan counts on it.


def _rules_by_position() -> list[tuple[Operation, int]]:
    return [
        (record, position)
        for record in ops
        if record.elementwise and record.arguments and not record.hides_nan and defaults(record) is not None
        for position, rule in enumerate(record.pullback)
        if rule is not None
    ]


@pytest.mark.parametrize("case", _rules_by_position(), ids=lambda case: f"{case[0].name} by {case[1]}")
def test_a_nan_goes_through(case: tuple[Operation, int]) -> None:
    record, position = case
    kernel = backends.function(record.kernel)
    others = [one for one in EDGES if one == one]
    columns = [[np.nan] if place == position else others for place in range(len(record.arguments))]
    for row in product(*columns):
        with np.errstate(all="ignore"):
            found = kernel(*[np.array([one]) for one in row], **(defaults(record) or {}))
        # A choice leaves out what it does not take, and a strong product runs as a plain one.
        assert np.isnan(found).all() or record.name in ("where", "choice", "strong"), row


@each_sample
def test_arrays_of_nan_give_a_nan(sample: Sample) -> None:
    record = sample.record
    if not isinstance(record, Operation) or record.elementwise or record.hides_nan or sample.empty:
        return
    if sample.output.op is not record or record.pullback[0] is None:
        return
    if any(0 in arg.shape for arg in sample.output.args):
        return
    if any(node.kind == "bool" for node in reachable([sample.output])):
        return
    values = {
        name: value_of(np.full(node.shape, np.nan)) if node.kind == "float" else sample.values[name]
        for name, node in sample.inputs.items()
    }
    halved = {name: one / 2 if np.asarray(one).dtype != bool else one for name, one in sample.values.items()}
    (found,), (here,), (there,) = (run([sample.output], one) for one in (values, sample.values, halved))
    # Such as the trace of a diagonal outside: it looks at no element.
    assert np.isnan(found).any() or np.array_equal(here, there)
