"""Small trainings that are the same program in gradcli and in PyTorch.

A training is a problem, an optimiser and its options. ``trajectory`` runs it with either library, by the same
lines: that is all there is to a training loop.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

# The steps after which parameters are compared.
STEPS = (1, 2, 3, 10, 50, 100, 200)


class Library(NamedTuple):
    """What a training needs of a library: a maker of tensors, and where optimisers and the rest are found."""

    tensor: Callable[..., Any]
    optim: Any
    schedulers: Any
    clipping: Any


def ours() -> Library:
    """Gradcli, whose floats are float64 as they are."""
    from gradcli.autograd import optim
    from gradcli.autograd.making import tensor

    return Library(tensor, optim, optim, optim)


class Problem(NamedTuple):
    """Where the parameters start, and the loss: of a maker of tensors, and the parameters."""

    start: tuple[Any, ...]
    loss: Callable[..., Any]


def regression(tensor: Callable[..., Any], w: Any, b: Any) -> Any:
    """A line through eight points on a line."""
    x = tensor([0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0])
    y = tensor([-1.0, 1.5, 4.0, 6.5, 9.0, 11.5, 14.0, 16.5])
    return ((w * x + b - y) ** 2).mean()


def rosenbrock(tensor: Callable[..., Any], x: Any, y: Any) -> Any:
    """A curved valley, its floor at (1, 1)."""
    return (1 - x) ** 2 + 100 * (y - x**2) ** 2


def least_squares(tensor: Callable[..., Any], a: Any, b: Any, c: Any) -> Any:
    """A matrix, a vector and a scalar to be found, from six observations of two values each."""
    x = tensor(
        [
            [1.0, 0.5, -0.25],
            [0.25, -1.0, 0.75],
            [-0.5, 0.125, 1.0],
            [0.75, 1.0, 0.5],
            [-1.0, 0.25, -0.75],
            [0.5, -0.5, -1.0],
        ]
    )
    z = tensor([[1.0, 0.25], [-0.5, 1.0], [0.75, -1.0], [-1.0, 0.5], [0.25, -0.75], [0.125, 1.0]])
    y = tensor([[1.0, -0.5], [0.5, 0.25], [-1.0, 2.0], [1.5, 0.75], [0.25, -1.5], [2.0, 1.0]])
    return ((x @ a + b + c * z - y) ** 2).mean()


PROBLEMS = {
    "regression": Problem((0.0, 0.0), regression),
    "rosenbrock": Problem((-1.2, 1.0), rosenbrock),
    "least squares": Problem(
        ([[0.5, -0.25], [0.125, 0.75], [-0.5, 0.25]], [0.125, -0.375], 0.875), least_squares
    ),
}


class Training(NamedTuple):
    """A problem, the name of an optimiser, and its options."""

    problem: str
    optimiser: str
    options: dict[str, Any]

    @property
    def name(self) -> str:
        """How the facts call it, such as ``SGD(lr=0.01, momentum=0.9): regression``."""
        options = ", ".join(f"{name}={value!r}" for name, value in self.options.items())
        return f"{self.optimiser}({options}): {self.problem}"


# Each option of each optimiser at a value of its own, next to the options that all of its trainings have.
OPTIONS: dict[str, list[dict[str, Any]]] = {
    "SGD": [
        {},
        {"momentum": 0.9},
        {"momentum": 0.9, "dampening": 0.5},
        {"momentum": 0.8, "nesterov": True},
        {"weight_decay": 0.1},
        {"momentum": 0.7, "weight_decay": 0.05, "nesterov": True},
        {"momentum": 0.9, "maximize": True},
    ],
    "Adam": [
        {},
        {"betas": (0.8, 0.99)},
        {"betas": (0.4, 0.99)},
        {"eps": 0.1},
        {"weight_decay": 0.1},
        {"amsgrad": True, "betas": (0.9, 0.5)},
        {"maximize": True},
    ],
    "AdamW": [
        {},
        {"betas": (0.8, 0.99)},
        {"eps": 0.1},
        {"weight_decay": 0.1},
        {"weight_decay": 0},
        {"amsgrad": True, "betas": (0.9, 0.5)},
        {"maximize": True},
    ],
    "RMSprop": [
        {},
        {"alpha": 0.98},
        {"alpha": 0.45, "centered": True, "eps": 1.0},
        {"eps": 0.1},
        {"momentum": 0.5},
        {"centered": True},
        {"weight_decay": 0.1},
        {"momentum": 0.5, "centered": True, "weight_decay": 0.05},
        {"maximize": True},
    ],
    "Adagrad": [
        {},
        {"lr_decay": 0.05},
        {"initial_accumulator_value": 0.5},
        {"eps": 0.1},
        {"weight_decay": 0.1},
        {"maximize": True},
    ],
}

# L-BFGS is exact where the others crawl, and so is its loss of digits: along a curved valley each iteration
# multiplies the last rounding, in PyTorch too. These are trainings that keep twelve digits to the end, though
# the searches of some have to go far or to come back from far.
LBFGS: dict[str, list[dict[str, Any]]] = {
    "regression": [
        {},
        {"lr": 0.5, "history_size": 2},
        {"max_iter": 3},
        {"max_iter": 10, "max_eval": 4},
        {"tolerance_grad": 0.1},
        {"tolerance_change": 0.1},
        {"line_search_fn": "strong_wolfe"},
        {"line_search_fn": "strong_wolfe", "lr": 4},
        {"line_search_fn": "strong_wolfe", "lr": 0.01},
        {"line_search_fn": "strong_wolfe", "max_iter": 10, "max_eval": 4},
    ],
    "rosenbrock": [
        {"lr": 1.5},
        {"lr": 0.3, "max_iter": 10, "max_eval": 4},
        {"tolerance_change": 0.1},
        {"line_search_fn": "strong_wolfe", "lr": 8},
        {"line_search_fn": "strong_wolfe", "lr": 0.2, "max_iter": 10, "max_eval": 3},
        {"line_search_fn": "strong_wolfe", "history_size": 2},
    ],
    "least squares": [
        {},
        {"lr": 0.5, "history_size": 1},
        {"lr": 0.5, "max_iter": 3},
        {"lr": 0.5, "max_iter": 10, "max_eval": 4},
        {"tolerance_grad": 0.1},
        {"line_search_fn": "strong_wolfe"},
        {"line_search_fn": "strong_wolfe", "lr": 100},
        {"line_search_fn": "strong_wolfe", "lr": 0.05},
        {"line_search_fn": "strong_wolfe", "lr": 0.5, "history_size": 2},
    ],
}

# Learning rates with which a training neither stands still nor runs away.
RATES = {
    "SGD": {"regression": 0.01, "rosenbrock": 0.0001, "least squares": 0.05},
    "Adam": {"regression": 0.05, "rosenbrock": 0.005, "least squares": 0.005},
    "AdamW": {"regression": 0.05, "rosenbrock": 0.005, "least squares": 0.005},
    "RMSprop": {"regression": 0.01, "rosenbrock": 0.001, "least squares": 0.001},
    "Adagrad": {"regression": 0.5, "rosenbrock": 0.1, "least squares": 0.1},
}


def trainings() -> list[Training]:
    """Every one."""
    first_order = [
        Training(problem, optimiser, {"lr": RATES[optimiser][problem], **chosen})
        for optimiser, choices in OPTIONS.items()
        for chosen in choices
        for problem in PROBLEMS
    ]
    second_order = [
        Training(problem, "LBFGS", chosen) for problem, choices in LBFGS.items() for chosen in choices
    ]
    return first_order + second_order


def trajectory(library: Library, training: Training) -> dict[str, list[Any]]:
    """The parameters after the selected steps, each as nested lists, by the number of the step."""
    problem = PROBLEMS[training.problem]
    parameters = [library.tensor(value, requires_grad=True) for value in problem.start]
    optimiser = getattr(library.optim, training.optimiser)(parameters, **training.options)
    # What goes uphill is given the negative, which has a top.
    sign = -1.0 if training.options.get("maximize") else 1.0

    def closure() -> Any:
        optimiser.zero_grad()
        loss = sign * problem.loss(library.tensor, *parameters)
        loss.backward()
        return loss

    found: dict[str, list[Any]] = {}
    for step in range(1, STEPS[-1] + 1):
        optimiser.step(closure)
        if step in STEPS:
            found[str(step)] = [p.tolist() for p in parameters]
    return found
