"""Every record on arrays whose size a mask decides: a result, or an error of ours."""

from __future__ import annotations

import re

import numpy as np
import pytest
from numpy.testing import assert_allclose
from sampling import DOMAINS, generator, records

from gradcli import Expression
from gradcli.errors import EvaluationError, GradcliError, ShapeProblem

CASES = [
    (text, shapes)
    for record in records()
    for text, shapes in (
        record.samples
        or [
            (
                f"{record.name}({', '.join('xyz'[: len(record.arguments)])})",
                dict.fromkeys("xyz"[: len(record.arguments)], "3"),
            )
        ]
    )
    if getattr(record, "samples", ()) or not record.hidden
]


@pytest.mark.parametrize(("text", "shapes"), CASES, ids=[f"{text} {shapes}" for text, shapes in CASES])
@pytest.mark.parametrize(
    "form", ["{0}[{0} > -9]", "diag({0}[{0} > -9])", "outer({0}[{0} > -9], {0}[{0} > -9])"]
)
def test_masked_arguments(text: str, shapes: dict[str, str], form: str) -> None:
    values = {}
    masked = text
    for name, size in shapes.items():
        ndim = size.count("x") + 1
        word = [*size.split(), "real"][1]
        draw = DOMAINS["positive" if word in ("well", "spd") else word]
        values[name] = draw(generator(text, name), (3,) if form != "{0}[{0} > -9]" else (3,) * ndim)
        masked = re.sub(rf"(?<![\w.(]){name}\b|(?<=\(){name}\b", form.format(name), masked)
    for source in (masked, f"sum({masked})"):
        try:
            Expression(source)(**values)
            if source.startswith("sum") and "grad" not in masked:
                Expression(source).value_and_grad(**values)
        except GradcliError:
            continue


def test_matrices_of_a_masked_size() -> None:
    x = np.array([2.0, -1.0, 3.0])
    assert_allclose(Expression("trace(diag(x[x > 0]))").grad(x=x)["x"], [1, 0, 1])
    assert_allclose(Expression("solve(diag(x[x > 0]), x[x > 0])")(x=x), [1, 1])
    assert_allclose(Expression("sum(diagonal(outer(x[x > 0], x[x > 0])))").grad(x=x)["x"], [4, 0, 6])
    assert_allclose(Expression("x[x > 0][x[x > 0] > 2]")(x=x), [3])
    with pytest.raises(ShapeProblem, match=r"kron\(\) of a masked array"):
        Expression("kron(diag(x[x > 0]), diag(x))")(x=x)


@pytest.mark.parametrize("name", ["max", "min"])
def test_the_extreme_of_an_empty_mask(name: str) -> None:
    with pytest.raises(EvaluationError, match=rf"^{name}\(\) of no elements has no value"):
        Expression(f"{name}(x[x > 5])")(x=[1.0, 2.0])
