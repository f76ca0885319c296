"""The benchmarks without their clock: all that is asked is in the table, and our side of it is right."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import pytest

from gradcli import tensor
from gradcli.errors import Source
from gradcli.language.parser import parse
from tests.benchmarks import __main__ as program
from tests.benchmarks import alone, parsing, report, tensors
from tests.benchmarks.case import Asked, Case, Measured, Row, Side
from tests.benchmarks.engines import hand, ours
from tests.benchmarks.table import CASES, NAMES
from tests.benchmarks.timing import DisagreementError, agree, compare, first_call
from tests.benchmarks.works import models
from tests.benchmarks.works.elementwise import AFFINE, CHAIN, CHAIN_SUM, SCALAR, SMOOTH
from tests.benchmarks.works.matrices import BROYDEN, DENSE, DIAGONAL, ROSENBROCK
from tests.benchmarks.works.models import LOGISTIC, MIXTURE, PERCEPTRON

# A name, sizes, and bounds by peer.
ASKED = [
    ("scalar", [1], {"torch eager": "≥ 150", "jax.jit": "≥ 20", "casadi": "≥ 20"}),
    ("affine", [10**3, 10**5, 10**6], {"torch eager": "≥ 4", "jax.jit": "≥ 1.5"}),
    ("affine", [10**7], {"torch eager": "≥ 7", "jax.jit": "≥ 2.5", "NumPy by hand": "≥ 0.85"}),
    ("smooth", [10**3, 10**5, 10**6], {"torch eager": "≥ 2", "jax.jit": "≥ 1.1"}),
    ("smooth", [10**7], {"torch eager": "≥ 2.3", "jax.jit": "≥ 1.2", "NumPy by hand": "≥ 0.85"}),
    ("logistic", [10**5], {"torch eager": "≥ 1", "jax.jit": "≥ 1"}),
    ("perceptron", [256], {"torch eager": "≥ 0.9", "jax.jit": "≥ 0.9"}),
    ("mixture", [1000], {"torch eager": "≥ 1.5", "jax.jit": "≥ 1", "HIPS autograd": "≥ 5"}),
    ("chain", [10**6], {"torch eager": "≥ 3", "jax.jit": "≥ 1.2", "numexpr": "≥ 1.5"}),
    ("cost", [10**5, 10**6, 10**7], {"our value alone": "≤ 3", "NumPy by hand": "≥ 0.85"}),
    ("diagonal", [10**5], {"casadi": "≥ 3"}),
    ("broyden", [10**5], {"casadi": "≥ 3"}),
    ("rosenbrock", [10**4], {"casadi": "≥ 3"}),
    ("diagonal", [2000], {"torch.func": "≥ 20", "jax.jit": "≥ 10"}),
    ("broyden", [2000], {"torch.func": "≥ 20", "jax.jit": "≥ 10"}),
    ("rosenbrock", [2000], {"torch.func": "≥ 20", "jax.jit": "≥ 10"}),
    ("hessian", [400], {"torch.func": "≥ 1.5", "jax.jit": "≥ 1"}),
    ("memory", [10**7], {"inputs and outputs": "≤ 1.2"}),
    ("parsing", [10**4], {"Lark": "≥ 5"}),
    ("long", [10**5], {"torch eager": "≥ 2"}),
    ("start", [None], {"import click": "≤ 1.4", "import numpy, click": "≤ 1.25"}),
]


@pytest.mark.parametrize(("name", "sizes", "bounds"), ASKED)
def test_what_is_asked_is_in_the_table(name, sizes, bounds):
    table = {(case.name, case.n, case.peer): report.asked(case) for case in CASES if report.asked(case)}
    for n in sizes:
        for peer, bound in bounds.items():
            assert table[name, n, peer] == bound


def test_no_row_is_there_twice():
    rows = [(case.name, case.work, case.n, case.peer) for case in CASES]
    assert len(set(rows)) == len(rows)


def test_the_chain_has_fifty_operations():
    """Each is written with a pair of brackets."""
    assert CHAIN.text.count("(") == 50


# The formulas once more, for NumPy: what we compute is held against them, and against their differences.
FUNCTIONS = SimpleNamespace(
    concatenate=np.concatenate,
    cross_entropy=lambda z, y: np.mean(np.log(np.sum(np.exp(z), axis=1)) - z[np.arange(len(z)), y]),
    exp=np.exp,
    eye=np.eye,
    log=np.log,
    logsumexp=lambda x, axis: np.log(np.sum(np.exp(x), axis=axis)),
    mean=np.mean,
    relu=lambda x: np.maximum(x, 0),
    sin=np.sin,
    sum=np.sum,
    zeros=np.zeros,
)
STEP = 1e-5


def differences(function, x):
    """Central differences by each element of x, along a last axis."""
    x = np.asarray(x, dtype=float)
    steps = STEP * np.eye(x.size).reshape(x.size, *x.shape)
    columns = [(function(x + step) - function(x - step)) / (2 * STEP) for step in steps]
    return np.stack(columns, axis=-1)


def formula_of(work, inputs, name):
    """The work's formula as a function of one of its inputs."""
    return lambda x: np.asarray(work.formula(FUNCTIONS, **{**inputs, name: x}))


def few(work, n):
    """Inputs for n, of which the perceptron's are cut down, too: there are 200,000 differences else."""
    inputs = work.inputs(n)
    if work is PERCEPTRON:
        inputs |= {"X": inputs["X"][:, :4], "W1": inputs["W1"][:4, :5], "b1": inputs["b1"][:5]}
        inputs |= {"W2": inputs["W2"][:5]}
    return inputs


SCALARS = [SCALAR, AFFINE, SMOOTH, CHAIN_SUM, LOGISTIC, PERCEPTRON, MIXTURE, DENSE, ROSENBROCK]
VECTORS = [CHAIN, DIAGONAL, BROYDEN]


@pytest.mark.parametrize("work", [*SCALARS, *VECTORS], ids=lambda work: work.title)
def test_text_and_formula_are_the_same(work):
    inputs = few(work, 4)
    side = ours.value(work, inputs)
    (value,) = side.arrays(side.call())
    np.testing.assert_allclose(value, work.formula(FUNCTIONS, **inputs), rtol=1e-12)


@pytest.mark.parametrize("work", SCALARS, ids=lambda work: work.title)
def test_value_and_gradient(work):
    inputs = few(work, 4)
    side = ours.gradient(work, inputs)
    value, *gradients = side.arrays(side.call())
    np.testing.assert_allclose(value, work.formula(FUNCTIONS, **inputs), rtol=1e-12)
    for name, gradient in zip(work.wrt, gradients, strict=True):
        expected = differences(formula_of(work, inputs, name), inputs[name])
        np.testing.assert_allclose(np.ravel(gradient), expected, rtol=1e-5, atol=1e-7)


def test_the_mixture_is_what_it_says():
    """Point by point and component by component, with the inverse covariance as a matrix."""
    inputs = MIXTURE.inputs(3)
    d = models.DIMENSIONS
    total = 0.0
    for x in inputs["x"]:
        likelihoods = []
        for alpha, mean, icf in zip(*[inputs[name] for name in ("alphas", "means", "icf")], strict=True):
            Q = np.diag(np.exp(icf[:d]))
            Q.T[np.triu_indices(d, 1)] = icf[d:]
            precision = Q.T @ Q
            scale = math.sqrt(np.linalg.det(precision) / (2 * math.pi) ** d)
            likelihoods.append(np.exp(alpha - (x - mean) @ precision @ (x - mean) / 2) * scale)
        total += math.log(sum(likelihoods) / np.sum(np.exp(inputs["alphas"])))
    side = ours.value(MIXTURE, inputs)
    (value,) = side.arrays(side.call())
    (prior,) = side.arrays(ours.value(MIXTURE, inputs | {"x": np.empty((0, d))}).call())
    assert value - prior == pytest.approx(total, rel=1e-12)


@pytest.mark.parametrize("work", [DENSE, ROSENBROCK], ids=lambda work: work.title)
def test_hessians(work):
    inputs = work.inputs(6)
    side = ours.hessian(work, inputs)
    (hessian,) = side.arrays(side.call())
    gradient = ours.gradient(work, inputs)

    def slopes(x):
        return gradient.arrays(ours.gradient(work, {"x": x}).call())[1]

    np.testing.assert_allclose(hessian, differences(slopes, inputs["x"]), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("work", [AFFINE, SMOOTH], ids=lambda work: work.title)
@pytest.mark.parametrize("n", [1, 1000, 100_000])
def test_the_kernels_by_hand(work, n):
    inputs = work.inputs(n)
    agree(ours.value(work, inputs), hand.value(work, inputs))
    agree(ours.gradient(work, inputs), hand.gradient(work, inputs))


def test_tensors_there_and_back():
    def number(x):
        for _ in range(5):
            x = math.sin(x * 1.01 + 0.5) * x
        return x

    def found(side):
        return side.arrays(side.call())

    def leaf():
        return tensor(0.7, requires_grad=True)

    assert found(tensors.forward(leaf)) == pytest.approx([number(0.7)])
    assert found(tensors.there_and_back(leaf)) == pytest.approx(differences(number, 0.7).tolist())
    assert found(tensors.chain(10)(leaf)) == pytest.approx([1.0000001**10], rel=1e-12)


def test_texts_to_parse():
    texts = parsing.texts(500)
    assert len(set(texts)) == 500
    assert 37 < np.mean([len(text) for text in texts]) < 41
    assert all(parse(Source(text)) for text in texts)


def test_growth_of_memory():
    """In a process of its own: the arrays of other tests leave room behind."""
    program = (
        "from tests.benchmarks import memory; from tests.benchmarks.works.elementwise import AFFINE;"
        "print(*memory.grown(AFFINE, 10**6, 1)[:2])"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=alone.ROOT, stdout=subprocess.PIPE, check=True)
    grown, needed = map(int, done.stdout.split())
    assert needed == 8 * (10**6 + 10**6 + 1)
    assert grown > 0.9 * needed


def side(*answers):
    return Side(lambda: answers, list)


@pytest.mark.parametrize(
    ("ours", "theirs", "said"),
    [
        (side(1.0), side(1.0 + 1e-8), "part 0 is 1.0e-08 of its largest element apart"),
        (side(1.0, np.ones(2)), side(1.0, np.ones(3)), r"part 1 is \(2,\) with us, and \(3,\) with them"),
        (side(1.0), side(math.nan), "part 0 is nan"),
        (side(1.0), side(1.0, 2.0), "we give 1 arrays, and they 2"),
    ],
)
def test_what_differs_is_not_timed(ours, theirs, said):
    with pytest.raises(DisagreementError, match=said):
        compare(ours, theirs, 1)


def test_a_sparse_answer_is_compared_with_a_dense_one():
    sparse = pytest.importorskip("scipy.sparse")
    dense = np.array([[0.0, 2.0], [3.0, 0.0]])
    agree(side(sparse.coo_array(dense)), side(dense))
    agree(side(sparse.coo_array(dense)), side(sparse.csc_array(dense)))
    with pytest.raises(DisagreementError):
        agree(side(sparse.coo_array(dense)), side(dense + 1e-6))


def test_a_first_call_builds_anew():
    made = []

    def make():
        made.append(len(made))
        return side(float(made[-1]))

    first = first_call(make)
    assert [first.arrays(first.call()) for _ in range(3)] == [[0.0], [1.0], [2.0]]


CASE = Case("scalar", "x*y | z", 1000, "torch eager", Asked(4), lambda rounds: Measured(1e-3, 5e-3, 5.0))
MOST = CASE._replace(asked=Asked(1.2, at_most=True))


@pytest.mark.parametrize(
    ("case", "met"),
    [
        (CASE, True),
        (MOST, True),
        (CASE._replace(asked=Asked(5.1)), False),
        (CASE._replace(asked=Asked(None)), None),
    ],
)
def test_bounds(case, met):
    assert Row(case, case.measure(1)).met is met
    assert Row(case, None, "torch is not installed").met is None


def test_the_table_in_markdown():
    rows = [
        Row(CASE, CASE.measure(1)),
        Row(MOST, Measured(320e6, 160e6, 0.5, "B")),
        Row(CASE, None, "torch is not installed", absent=True),
    ]
    lines = report.markdown(rows).split("\n")
    assert lines[-5:] == [
        "| work | n | peer | ours | theirs | ratio | asked | met? |",
        "| --- | ---: | --- | ---: | ---: | ---: | ---: | --- |",
        r"| x\*y \| z | 1,000 | torch eager | 1 ms | 5 ms | 5 | ≥ 4 | yes |",
        r"| x\*y \| z | 1,000 | torch eager | 320 MB | 160 MB | 2 | ≤ 1.2 | no |",
        r"| x\*y \| z | 1,000 | torch eager |  |  |  | ≥ 4 | torch is not installed |",
    ]


def test_the_rows_as_json():
    measured, missing = json.loads(report.as_json([Row(CASE, CASE.measure(1)), Row(MOST, None, "no")]))[
        "rows"
    ]
    begin = {"name": "scalar", "work": "x*y | z", "n": 1000, "peer": "torch eager"}
    figures = {"ours": 1e-3, "theirs": 5e-3, "unit": "s", "ratio": 5.0, "met": True}
    assert measured == {**begin, "at_least": 4, **figures}
    assert missing == {**begin, "at_most": 1.2, "reason": "no"}


def failing(error):
    def measure(rounds):
        raise error

    return CASE._replace(measure=measure)


@pytest.mark.parametrize(
    ("error", "answer"),
    [
        (
            ModuleNotFoundError("No module", name="torch"),
            {"reason": "torch is not installed", "absent": True},
        ),
        (DisagreementError("part 0\nis apart"), {"reason": "DisagreementError: part 0"}),
        (MemoryError(), {"reason": "MemoryError: no reason given"}),
    ],
)
def test_a_failure_is_an_answer(error, answer):
    assert alone.figures(failing(error), 1) == answer


def test_a_row_in_its_process():
    place, case = next((place, case) for place, case in enumerate(CASES) if case.peer == "sympy")
    pytest.importorskip("sympy")
    row = alone.row(case, place, 1)
    assert row.measured is not None, row.reason
    assert row.measured.ours > 0
    assert row.measured.theirs > 0


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["--help"], 0, "all by default"),
        (["smoth"], 2, "no benchmark has the name smoth: did you mean smooth?"),
        (["qqq"], 2, f"no benchmark has the name qqq: there are {', '.join(NAMES)}"),
        (["--rounds", "0"], 2, "rounds are a whole number above 0, not 0"),
    ],
)
def test_usage(words, code, said, capsys):
    with pytest.raises(SystemExit) as exit:
        program.main(words)
    assert exit.value.code == code
    assert said in " ".join("".join(capsys.readouterr()).split())
