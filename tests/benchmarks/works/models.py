"""Losses that people fit models with: matrix products, and reductions along an axis."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tests.benchmarks.case import Inputs, Work

SAMPLES, FEATURES = 100_000, 50
BATCH, PIXELS, HIDDEN, CLASSES = 256, 784, 256, 10
POINTS, DIMENSIONS, COMPONENTS = 1000, 10, 25
WISHART_SCALE, WISHART_MORE = 1.0, 0
"""The prior's scale, and its degrees of freedom beyond those of the dimension."""


def _labelled(n: int) -> Inputs:
    rng = np.random.default_rng(0)
    return {
        "X": rng.normal(size=(n, FEATURES)),
        "y": rng.choice([-1.0, 1.0], n),
        "w": rng.normal(size=FEATURES) / 10,
    }


LOGISTIC = Work(
    "logistic",
    f"loss of logistic regression, {FEATURES} features",
    "mean(log(1 + exp(-y*(X @ w))))",
    lambda m, X, y, w: m.mean(m.log(1 + m.exp(-y * (X @ w)))),
    _labelled,
    ("w",),
)


def _pictures(n: int) -> Inputs:
    rng = np.random.default_rng(0)
    return {
        "X": rng.uniform(size=(n, PIXELS)),
        "y": rng.integers(0, CLASSES, n),
        "W1": rng.normal(size=(PIXELS, HIDDEN)) / math.sqrt(PIXELS),
        "b1": rng.normal(size=HIDDEN) / 10,
        "W2": rng.normal(size=(HIDDEN, CLASSES)) / math.sqrt(HIDDEN),
        "b2": rng.normal(size=CLASSES) / 10,
    }


PERCEPTRON = Work(
    "perceptron",
    f"cross-entropy of a batch, perceptron {PIXELS}-{HIDDEN}-{CLASSES}",
    "cross_entropy(relu(X @ W1 + b1) @ W2 + b2, y)",
    lambda m, X, y, W1, b1, W2, b2: m.cross_entropy(m.relu(X @ W1 + b1) @ W2 + b2, y),
    _pictures,
    ("W1", "b1", "W2", "b2"),
)


def _below_the_diagonal() -> np.ndarray:
    """The matrix that puts d(d-1)/2 numbers below the diagonal of a d by d matrix, column by column."""
    d = DIMENSIONS
    columns, rows = np.triu_indices(d, 1)
    places = np.zeros((len(rows), d * d))
    places[np.arange(len(rows)), rows * d + columns] = 1.0
    return places


def _points(n: int) -> Inputs:
    rng = np.random.default_rng(0)
    d, k = DIMENSIONS, COMPONENTS
    return {
        "x": rng.normal(size=(n, d)),
        "alphas": rng.normal(size=k),
        "means": rng.normal(size=(k, d)),
        "icf": rng.normal(size=(k, d * (d + 1) // 2)) / 2,
        "places": _below_the_diagonal(),
    }


def _prior() -> float:
    """What is constant in the logarithm of the Wishart density, for all components."""
    d, freedom = DIMENSIONS, DIMENSIONS + WISHART_MORE + 1
    gamma = d * (d - 1) / 4 * math.log(math.pi)
    gamma += math.fsum([math.lgamma((freedom - place) / 2) for place in range(d)])
    return -COMPONENTS * (freedom * d * (math.log(WISHART_SCALE) - math.log(2) / 2) - gamma)


def _mixture(m: Any, x: Any, alphas: Any, means: Any, icf: Any, places: Any) -> Any:
    n, d, k = len(x), DIMENSIONS, COMPONENTS
    logs, below = icf[:, :d], icf[:, d:]
    scales = m.exp(logs)
    Q = (below @ places).reshape(k, d, d) + scales[:, :, None] * m.eye(d)
    centred = x @ Q.reshape(k * d, d).T - (Q @ means[:, :, None]).reshape(k * d)
    distances = m.sum(centred.reshape(n, k, d) ** 2, axis=2)
    weights = alphas + m.sum(logs, axis=1)
    likelihood = m.sum(m.logsumexp(weights - 0.5 * distances, axis=1)) - n * m.logsumexp(alphas, axis=0)
    likelihood = likelihood - n * d / 2 * math.log(2 * math.pi)
    prior = 0.5 * WISHART_SCALE**2 * (m.sum(scales**2) + m.sum(below**2)) - WISHART_MORE * m.sum(logs)
    return likelihood + prior + _prior()


MIXTURE = Work(
    "mixture",
    f"likelihood of a Gaussian mixture, d={DIMENSIONS} K={COMPONENTS}",
    f"""
        d = {DIMENSIONS}; k = {COMPONENTS}; n = size(x, 0)
        logs = icf[:, :d]; below = icf[:, d:]
        scales = exp(logs)
        Q = (below @ places).reshape(k, d, d) + scales[:, :, None]*eye(d)
        centred = x @ Q.reshape(k*d, d).T - (Q @ means[:, :, None]).reshape(k*d)
        distances = sum(centred.reshape(n, k, d)^2, axis=2)
        weights = alphas + sum(logs, axis=1)
        likelihood = sum(logsumexp(weights - distances/2, axis=1)) - n*logsumexp(alphas) - n*d/2*log(2*pi)
        prior = {WISHART_SCALE**2}/2*(sum(scales^2) + sum(below^2)) - {WISHART_MORE}*sum(logs)
        likelihood + prior + {_prior()!r}
    """,
    _mixture,
    _points,
    ("alphas", "means", "icf"),
)
"""The Gaussian mixture of ADBench (Srajer, Kukelova, Fitzgibbon 2018).

Inverse covariances are ``Q'Q``. Each lower triangle ``Q`` is given by the logarithms of its diagonal and by
what is below, column by column, and has a Wishart prior.
"""
