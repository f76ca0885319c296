"""Einstein's summation against NumPy's own, its pieces in the graph, and its errors."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose
from sampling import build, generator

from gradcli import Expression
from gradcli.errors import ExpressionError
from gradcli.graph.node import reachable

LETTERS = {"i": 2, "j": 3, "k": 4, "l": 2, "B": 2}


def arrays(equation: str, hidden: tuple[tuple[int, ...], ...] = ()) -> dict[str, Any]:
    """Arrays that an equation fits, named a, b, c."""
    rng = generator("einsum", equation)
    found = {}
    for place, text in enumerate(equation.partition("->")[0].split(",")):
        shape: tuple[int, ...] = ()
        for part in re.findall(r"\.\.\.|\w", text):
            shape += hidden[place] if part == "..." else (LETTERS[part],)
        array = rng.uniform(-1, 1, shape)
        found["abc"[place]] = array if shape else array.item()
    return found


@pytest.mark.parametrize(
    "equation",
    [
        "ij,jk->ik",
        "ij,jk",
        "ik,ij",
        "ji",
        "ij->",
        "ij->j",
        "ii",
        "ii->i",
        "iji->ji",
        "iii->i",
        "iijj->ij",
        "i,i",
        "i,j",
        "i,j->ji",
        "ij,ij->ij",
        "Bij,Bjk->Bik",
        "Bij,Bkj->kBi",
        "ijk,kjl->il",
        "ijk,jkl,li->",
        "ij,jk,kl->il",
        "i,j,k->kij",
        "ij,kl->",
        "ii,i->i",
        ",ij->ji",
        "ki,jB",
    ],
)
def test_agrees_with_numpy(equation: str) -> None:
    values = arrays(equation)
    found = Expression(f'einsum("{equation}", {", ".join(values)})')(**values)
    assert_allclose(found, np.einsum(equation, *values.values()), rtol=1e-13, atol=1e-14)


@pytest.mark.parametrize(
    ("equation", "hidden"),
    [
        ("...ij,...jk->...ik", ((5,), (5,))),
        ("...ij,...jk->...ik", ((5, 1), (7,))),
        ("...ij,jk", ((2, 5),)),
        ("i...->...", ((3, 2),)),
        ("...ii->...i", ((3,),)),
        ("...", ((3, 2),)),
        ("...i,...i", ((5, 1), (1, 2))),
        ("i...j,j->j...i", ((4,),)),
        ("...,...->...", ((), (2,))),
    ],
)
def test_ellipsis_broadcasts(equation: str, hidden: tuple[tuple[int, ...], ...]) -> None:
    values = arrays(equation, hidden)
    found = Expression(f'einsum("{equation}", [{", ".join(values)}])')(**values)
    assert_allclose(found, np.einsum(equation, *values.values()), rtol=1e-13, atol=1e-14)


def test_an_ellipsis_that_the_output_leaves_out_is_summed_over() -> None:
    a = np.arange(12.0).reshape(2, 2, 3)
    assert_allclose(Expression('einsum("...i->i", a)')(a=a), a.sum((0, 1)))
    # Also where only one operand has it in full.
    b = np.array([[2.0], [3.0]])
    assert_allclose(
        Expression('einsum("...i,...->i", a, b)')(a=a, b=b[:, 0]), np.einsum("bci,c->i", a, b[:, 0])
    )


def test_a_size_of_one_stretches() -> None:
    a, b = np.arange(6.0).reshape(2, 3), np.array([[2.0], [5.0]])
    assert_allclose(Expression('einsum("ij,ij->ij", a, b)')(a=a, b=b), a * b)
    assert_allclose(Expression('einsum("ij,ij->i", a, b)')(a=a, b=b), (a * b).sum(1))
    found = Expression('einsum("ij,ij->i", a, b)').vjp([1.0, 10.0], a=a, b=b)[1]
    assert_allclose(found["b"], [[3.0], [120.0]])
    assert_allclose(found["a"], [[2, 2, 2], [50, 50, 50]])


def test_gradients_of_a_trace() -> None:
    for text, expected in (
        ('einsum("ii", a)', np.eye(2)),
        ('sum(einsum("ii->i", a) * [3, 4])', np.diag([3, 4])),
    ):
        assert_allclose(Expression(text).grad(a=[[1.0, 2], [3, 4]])["a"], expected)


@pytest.mark.parametrize(
    ("equation", "expected"),
    [
        ("ij,jk->ik", {"matmat"}),
        ("ij,j->i", {"matvec"}),
        ("i,ij->j", {"vecmat"}),
        ("i,i->", {"vecdot"}),
        ("i,i->i", {"mul"}),
        ("ij,kj->ik", {"matmat", "transpose"}),
        ("ii->i", {"diagonal"}),
        ("ij->ji", {"transpose"}),
    ],
)
def test_is_composed_of_few_operations(equation: str, expected: set[str]) -> None:
    values = arrays(equation.replace("k", "i"))
    output, _ = build(f'einsum("{equation}", {", ".join(values)})', values)
    assert {node.op.name for node in reachable([output])} == expected | {"input"}


def test_a_masked_array() -> None:
    x = np.array([1.0, -2, 3])
    assert Expression('einsum("i,i->", x[x > 0], x[x > 0])')(x=x) == 10
    assert_allclose(Expression('einsum("i,j->ij", x[x > 0], x)')(x=x), np.outer([1, 3], x))


@pytest.mark.parametrize(
    ("equation", "message"),
    [
        ("ij,kj->ik", "one size for 'j': got 3 and 2"),
        ("ij,jk->il", "has 'l' in the output"),
        ("ij,jk->ii", "has 'i' twice in the output"),
        ("i1,jk->i", "cannot read '1'"),
        ("i..j,jk->i", r"cannot read '\.'"),
        ("ij->ij", "has letters for 1 in .* and got 2 arrays"),
        ("ij->i->j,jk", "cannot read"),
        ("ijk,jk->i", r"has 3 letters in \"ijk\" for array 1, which is \(2, 3\)"),
        ("i,jk->i", r"has 1 letter in \"i\" for array 1"),
        ("ii,jk->i", "diagonal over 'i', whose sizes 2 and 3 differ"),
        ("...ij,...kl->...j", None),
        ("...i,...j->...", "one size for axis -1 of the ellipsis: got 2 and 3"),
    ],
)
def test_errors_name_the_letter_and_the_sizes(equation: str, message: str | None) -> None:
    a, b = np.ones((2, 3)), np.ones((3, 2))
    f = Expression(f'einsum("{equation}", a, b)')
    if message is None:
        f(a=a, b=b)
        return
    with pytest.raises(ExpressionError, match=message):
        f(a=a, b=b)


def test_products_over_pairs_of_axes() -> None:
    rng = generator("products")
    shapes = [(), (3,), (2, 3), (3, 2), (2, 3, 3), (4, 3, 2)]
    tried = 0
    for first in shapes:
        for second in shapes:
            a, b = rng.uniform(-1, 1, first), rng.uniform(-1, 1, second)
            for name in ("dot", "inner", "vdot", "kron", "outer"):
                given = {"a": a if first else a.item(), "b": b if second else b.item()}
                try:
                    expected = getattr(np, name)(a, b)
                except ValueError:
                    with pytest.raises(ExpressionError, match="differ"):
                        Expression(f"{name}(a, b)")(**given)
                    continue
                found = Expression(f"{name}(a, b)")(**given)
                assert np.shape(found) == np.shape(expected)
                assert_allclose(found, expected, rtol=1e-13, atol=1e-14)
                tried += 1
    assert tried > 80


def test_cross_along_an_axis() -> None:
    rng = generator("cross")
    a, b = rng.uniform(-1, 1, (2, 3, 4)), rng.uniform(-1, 1, (2, 3, 4))
    for axis in (1, -2):
        assert_allclose(Expression(f"cross(a, b, axis={axis})")(a=a, b=b), np.cross(a, b, axis=axis))
    with pytest.raises(ExpressionError, match="axis 3 is out of range"):
        Expression("cross(a, b, axis=3)")(a=a, b=b)
