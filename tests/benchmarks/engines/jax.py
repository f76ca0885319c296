"""JAX, compiled by XLA and warm."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from tests.benchmarks.case import Inputs, Side, Work

jax.config.update("jax_enable_x64", True)


def _cross_entropy(logits: Any, classes: Any) -> Any:
    picked = jnp.take_along_axis(logits, classes[:, None], axis=1)[:, 0]
    return jnp.mean(jax.nn.logsumexp(logits, axis=1) - picked)


FUNCTIONS = SimpleNamespace(
    concatenate=jnp.concatenate,
    cross_entropy=_cross_entropy,
    exp=jnp.exp,
    eye=jnp.eye,
    log=jnp.log,
    logsumexp=jax.nn.logsumexp,
    mean=jnp.mean,
    relu=jax.nn.relu,
    sin=jnp.sin,
    sum=jnp.sum,
    zeros=jnp.zeros,
)


def gradient(work: Work, inputs: Inputs) -> Side:
    """Value and gradient."""
    places = tuple([place for place, name in enumerate(inputs) if name in work.wrt])
    return _compiled(lambda f: jax.value_and_grad(f, places), work, inputs)


def hessian(work: Work, inputs: Inputs) -> Side:
    """The dense Hessian, forward over reverse."""
    return _compiled(jax.hessian, work, inputs)


def sparse_jacobian(work: Work, inputs: Inputs) -> Side:
    """The Jacobian, zeros and all: there is no other."""
    return _compiled(jax.jacrev, work, inputs)


def sparse_hessian(work: Work, inputs: Inputs) -> Side:
    """The Hessian, zeros and all, reverse over reverse."""
    return _compiled(lambda f: jax.jacrev(jax.grad(f)), work, inputs)


def _compiled(transform: Any, work: Work, inputs: Inputs) -> Side:
    """The derived function; XLA works while Python goes on, so that the wait for it belongs to the time."""
    names = list(inputs)
    derived = jax.jit(
        transform(lambda *values: work.formula(FUNCTIONS, **dict(zip(names, values, strict=True))))
    )
    arrays = [jnp.asarray(value) for value in inputs.values()]
    return Side(lambda: jax.block_until_ready(derived(*arrays)), _arrays)


def _arrays(found: Any) -> list[Any]:
    return [np.asarray(one) for one in jax.tree.leaves(found)]
