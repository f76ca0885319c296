"""What is measured, against whom, and what is asked: a ratio of the peer's time to ours, at least.

In ``cost``, ``memory``, ``start`` and ``tensors`` it is our cost over the other, at most. A row with None is
shown, and nothing is asked of it.
"""

from __future__ import annotations

from functools import partial

from tests.benchmarks import long, parsing, tensors
from tests.benchmarks.case import Asked, Case
from tests.benchmarks.rows import against, cost_of_gradient, eager, growth_of_memory, start
from tests.benchmarks.works.elementwise import AFFINE, CHAIN, CHAIN_SUM, SCALAR, SMOOTH
from tests.benchmarks.works.matrices import BROYDEN, DENSE, DIAGONAL, ROSENBROCK
from tests.benchmarks.works.models import BATCH, LOGISTIC, MIXTURE, PERCEPTRON, POINTS, SAMPLES

SMALL, LARGE = (10**3, 10**5, 10**6), 10**7

CASES = [
    *against(
        SCALAR,
        "gradient",
        [1],
        {"torch eager": 150, "jax.jit": 20, "casadi": 20, "HIPS autograd": None, "sympy": None},
    ),
    *against(AFFINE, "gradient", SMALL, {"torch eager": 4, "jax.jit": 1.5, "NumPy by hand": None}),
    *against(AFFINE, "gradient", [LARGE], {"torch eager": 7, "jax.jit": 2.5, "NumPy by hand": 0.85}),
    *against(SMOOTH, "gradient", SMALL, {"torch eager": 2, "jax.jit": 1.1, "NumPy by hand": None}),
    *against(SMOOTH, "gradient", [LARGE], {"torch eager": 2.3, "jax.jit": 1.2, "NumPy by hand": 0.85}),
    *against(LOGISTIC, "gradient", [SAMPLES], {"torch eager": 1, "jax.jit": 1, "HIPS autograd": None}),
    *against(PERCEPTRON, "gradient", [BATCH], {"torch eager": 0.9, "jax.jit": 0.9}),
    *against(MIXTURE, "gradient", [POINTS], {"torch eager": 1.5, "jax.jit": 1, "HIPS autograd": 5}),
    *against(CHAIN_SUM, "gradient", [10**6], {"torch eager": 3, "jax.jit": 1.2}),
    *against(CHAIN, "value", [10**6], {"numexpr": 1.5}),
    # What a gradient costs says something where the value alone is as fast as it can be.
    *against(AFFINE, "value", [10**5, 10**6, LARGE], {"NumPy by hand": 0.85}, name="cost"),
    *[cost_of_gradient(AFFINE, n, 3) for n in (10**5, 10**6, LARGE)],
    *against(SMOOTH, "value", [10**5, 10**6, LARGE], {"NumPy by hand": 0.85}, name="cost"),
    *[cost_of_gradient(SMOOTH, n, 3) for n in (10**5, 10**6, LARGE)],
    cost_of_gradient(CHAIN_SUM, 10**6, 3),
    cost_of_gradient(LOGISTIC, SAMPLES, 3),
    *against(DIAGONAL, "sparse_jacobian", [10**5], {"casadi": 3}, first=True),
    *against(BROYDEN, "sparse_jacobian", [10**5], {"casadi": 3}, first=True),
    *against(ROSENBROCK, "sparse_hessian", [10**4], {"casadi": 3}, first=True),
    *against(DIAGONAL, "sparse_jacobian", [2000], {"torch.func": 20, "jax.jit": 10}),
    *against(BROYDEN, "sparse_jacobian", [2000], {"torch.func": 20, "jax.jit": 10}),
    *against(ROSENBROCK, "sparse_hessian", [2000], {"torch.func": 20, "jax.jit": 10}),
    *against(DENSE, "hessian", [400], {"torch.func": 1.5, "jax.jit": 1}),
    growth_of_memory(AFFINE, LARGE, 1.2),
    growth_of_memory(SMOOTH, LARGE, 1.2),
    Case(
        "parsing",
        "different expressions of about 38 characters into trees with positions",
        10**4,
        "Lark",
        Asked(5),
        partial(parsing.parsed, 10**4),
    ),
    *[
        Case("long", work, 10**5, "torch eager", Asked(bound), partial(long.against_torch, ours, 10**5))
        for work, ours, bound in [
            ("chain of operations on a scalar: build, derive, plan and run", long.graph(10**5), 2),
            ("the same chain, from the tree of its text", long.tree(10**5), None),
        ]
    ],
    start("grad 'x^2*sin(x)' x=3 --wrt x", "click", 1.4),
    start("grad 'mean((x+2)*(x+2)*2)' x=@v.npy --wrt x", "numpy, click", 1.25),
    start("--help", "click", 1.4),
    start("eval 'sin(1)/3'", "click", None),
    eager("tensors, 20 operations on a scalar", 1, tensors.forward, None),
    eager("tensors, 20 operations on a scalar and back", 1, tensors.there_and_back, 3),
    eager("tensors, a chain of products and back", 10**4, tensors.chain(10**4), None),
    eager("tensors, a chain of products and back", 10**5, tensors.chain(10**5), None),
]
"""All rows, in order."""

NAMES = tuple(dict.fromkeys([case.name for case in CASES]))
"""What can be typed."""
