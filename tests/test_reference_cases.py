"""Formulas of other people, with values and derivatives that were computed elsewhere to many digits.

``tests/reference`` says of each entry where it comes from. Their notation differs from the language
in three functions, which are rewritten here.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose

from gradcli import Expression

HERE = Path(__file__).parent / "reference"
FILES = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(HERE.glob("*.json"))]
# The files of cases are lists; the others hold facts about something else.
ENTRIES = {entry["id"]: entry for file in FILES if isinstance(file, list) for entry in file}
LEAST = 1e-9

# id -> why it cannot run yet.
MISSING: dict[str, str] = {}


def having(*fields: str) -> list[str]:
    """The entries with one of these fields, at their own level or under what is expected."""
    found = []
    for name, entry in ENTRIES.items():
        known = set(entry).union(*[point["expected"] for point in entry["points"]])
        if known & set(fields):
            found.append(name)
    return found


# Notation.


def arguments(text: str, start: int) -> tuple[list[str], int]:
    """The arguments of a call whose bracket opens just before ``start``, and where it closes."""
    depth, begin, found = 0, start, []
    for place in range(start, len(text)):
        if text[place] in "([":
            depth += 1
        elif text[place] in ")]" and depth:
            depth -= 1
        elif text[place] in ",)" and not depth:
            found.append(text[begin:place].strip())
            begin = place + 1
            if text[place] == ")":
                return found, place
    raise AssertionError(f"no bracket closes in {text!r}")


def translated(text: str) -> str:
    """concat(a, b), reshape(a, n, m) and ones(n, m), as the language writes them."""
    for word in ("concat", "reshape", "ones"):
        place = 0
        while (place := text.find(f"{word}(", place)) >= 0:
            start = place + len(word) + 1
            found, end = arguments(text, start)
            if word == "concat":
                arrays = [one for one in found if "=" not in one]
                inner = ", ".join([f"[{', '.join(arrays)}]", *[one for one in found if "=" in one]])
            elif word == "reshape":
                inner = f"{found[0]}, ({', '.join(found[1:])})" if len(found) > 2 else ", ".join(found)
            else:
                inner = f"({', '.join(found)})" if len(found) > 1 else found[0]
            text = text[:start] + inner + text[end:]
            place = start
    return text


def test_the_notation() -> None:
    assert translated("a + concat(x, ones(2, 1) * (y, z))") == "a + concat([x, ones((2, 1)) * (y, z)])"
    assert translated("reshape(concat(a, b), 2, n)") == "reshape(concat([a, b]), (2, n))"
    assert translated("reshape(a[0, 1:], 3)") == "reshape(a[0, 1:], 3)"


def expression(entry: dict[str, Any], field: str = "formula") -> Expression:
    """A formula of an entry, its named parts before it."""
    lines = [f"{name} = {text}" for name, text in entry.get("let", [])]
    return Expression("\n".join([translated(line) for line in [*lines, entry[field]]]), entry["id"])


def inputs(entry: dict[str, Any], point: dict[str, Any]) -> dict[str, Any]:
    """The variables at a point."""
    return {name: entry["x0"] if value == "see x0" else value for name, value in point["inputs"].items()}


def names_of(entry: dict[str, Any], point: dict[str, Any]) -> tuple[str, ...]:
    """What the entry differentiates by."""
    return tuple(entry.get("wrt", point["inputs"]))


def used(f: Expression, values: dict[str, Any]) -> dict[str, Any]:
    """Those of the values that a formula mentions."""
    return {name: value for name, value in values.items() if name in f.variables}


# Comparison.


def tolerance(point: dict[str, Any], field: str) -> float:
    """The entry's own where it is looser than ours."""
    return max(LEAST, point.get("suggested_tolerance", {}).get(f"{field}_rtol") or 0.0)


def close(found: Any, expected: Any, rtol: float, atol: float = 0.0) -> None:
    """Equal in every element; one that is tiny next to the others is as exact as they are."""
    expected = np.asarray(expected, dtype=float)
    assert np.shape(found) == expected.shape
    largest = np.max(np.abs(expected), initial=0.0)
    assert_allclose(found, expected, rtol=rtol, atol=max(atol, 1e-11 * largest))


def points(name: str) -> list[tuple[dict[str, Any], dict[str, Any], dict[str, Any]]]:
    """An entry with each of its points, and all the values there."""
    entry = ENTRIES[name]
    return [(entry, point, {**entry.get("data", {}), **inputs(entry, point)}) for point in entry["points"]]


def dense(sparse: dict[str, Any]) -> np.ndarray:
    """A matrix from its non-zeros."""
    matrix = np.zeros(sparse["shape"])
    matrix[sparse["rows"], sparse["cols"]] = sparse["vals"]
    return matrix


def flat_hessian(f: Expression, order: tuple[str, ...], values: dict[str, Any]) -> np.ndarray:
    """All blocks in one square, the names flattened row by row."""
    blocks = f.hessian(wrt=order, **values)
    sizes = [int(np.size(values[name])) for name in order]
    rows = [
        [np.reshape(blocks[a][b], (m, n)) for b, n in zip(order, sizes, strict=True)]
        for a, m in zip(order, sizes, strict=True)
    ]
    return np.block(rows)


def test_what_is_missing_is_missing_still() -> None:
    for name, reason in MISSING.items():
        assert reason
        with pytest.raises(Exception, match=r"\w"):
            test_value_and_gradient(name)


@pytest.mark.parametrize("name", [name for name in ENTRIES if name not in MISSING])
def test_value_and_gradient(name: str) -> None:
    for entry, point, values in points(name):
        f, expected = expression(entry), point["expected"]
        wrt = names_of(entry, point)
        close(f(**values), expected["value"], tolerance(point, "value"))
        if "gradient" in expected:
            value, found = f.value_and_grad(wrt=wrt, **values)
            close(value, expected["value"], tolerance(point, "value"))
            assert set(expected["gradient"]) == set(wrt)
            for x, one in expected["gradient"].items():
                atol = point["suggested_tolerance"].get("gradient_atol", 0.0)
                close(found[x], one, tolerance(point, "gradient"), atol)
        if "jacobian" in expected:
            matrices = f.jacobian(wrt=tuple(expected["jacobian"]), **values)
            for x, one in expected["jacobian"].items():
                close(matrices[x], one, tolerance(point, "jacobian"))
        assert {"gradient", "jacobian", "jacobian_coo"} & set(expected)


@pytest.mark.parametrize("name", having("hessian"))
def test_hessian(name: str) -> None:
    for entry, point, values in points(name):
        expected = point["expected"]
        if "hessian" in expected:
            order = tuple(one.partition("[")[0] for one in expected["hessian_order"])
            found = flat_hessian(expression(entry), order, values)
            close(found, expected["hessian"], tolerance(point, "hessian"))


@pytest.mark.parametrize("name", having("hessian_diagonal"))
def test_diagonal_of_a_hessian(name: str) -> None:
    for entry, point, values in points(name):
        found = flat_hessian(expression(entry), names_of(entry, point), values)
        close(np.diag(found), np.ravel(point["expected"]["hessian_diagonal"]), tolerance(point, "hessian"))


@pytest.mark.parametrize("name", having("jacobian_coo"))
def test_sparse_jacobian(name: str) -> None:
    for entry, point, values in points(name):
        expected = point["expected"]["jacobian_coo"]
        wrt = names_of(entry, point)
        assert expected["column_order"] == ", ".join(
            f"{x} (row major)" if np.ndim(values[x]) > 1 else x for x in wrt
        )
        matrices = expression(entry).jacobian(wrt=wrt, **values)
        columns = [matrices[x].reshape(expected["shape"][0], -1) for x in wrt]
        close(np.hstack(columns), dense(expected), tolerance(point, "jacobian"))


@pytest.mark.parametrize("name", having("residual_jacobian_at_x0"))
def test_jacobian_of_the_residuals(name: str) -> None:
    entry = ENTRIES[name]
    f, expected = expression(entry, "residuals"), entry["residual_jacobian_at_x0"]
    values = {**entry.get("data", {}), "x": entry["x0"]}
    close(f(**used(f, values)), expected["value"], LEAST)
    close(f.jacobian(wrt=("x",), **used(f, values))["x"], expected["jacobian"], LEAST)


@pytest.mark.parametrize("name", having("sparse_jacobian_at_x0"))
def test_sparse_jacobian_of_the_residuals(name: str) -> None:
    entry = ENTRIES[name]
    f = expression(entry, "residuals")
    values = {**entry.get("data", {}), "x": entry["x0"]}
    close(f.jacobian(wrt=("x",), **used(f, values))["x"], dense(entry["sparse_jacobian_at_x0"]), LEAST)


@pytest.mark.parametrize("name", having("sparse_hessian_at_x0"))
def test_sparse_hessian(name: str) -> None:
    entry = ENTRIES[name]
    values = {**entry.get("data", {}), "x": entry["x0"]}
    f = expression(entry)
    close(flat_hessian(f, ("x",), used(f, values)), dense(entry["sparse_hessian_at_x0"]), LEAST)


@pytest.mark.parametrize("name", having("model_jacobian_at_start2"))
def test_jacobian_of_a_model(name: str) -> None:
    entry = ENTRIES[name]
    f, expected = expression(entry, "model"), entry["model_jacobian_at_start2"]
    start = dict(zip(entry["params"], entry["start2"], strict=True))
    values = used(f, {**entry["data"], **start})
    close(f(**values), expected["value"], LEAST)
    matrices = f.jacobian(wrt=tuple(entry["params"]), **values)
    columns = np.stack([matrices[one] for one in entry["params"]], axis=-1)
    for place, column in enumerate(np.asarray(expected["jacobian"]).T):
        close(columns[:, place], column, LEAST)


@pytest.mark.parametrize("name", having("identity"))
def test_published_closed_form(name: str) -> None:
    """The formula of the derivative in the book, evaluated, against our derivative of the function."""
    for entry, point, values in points(name):
        wrt = names_of(entry, point)
        forms = entry["identity"] if isinstance(entry["identity"], dict) else {wrt[0]: entry["identity"]}
        f = expression(entry)
        for x, text in forms.items():
            closed = expression({**entry, "formula": text})
            if x == "hessian":
                found = flat_hessian(f, wrt, values)
            elif "gradient" in point["expected"]:
                found = f.grad(wrt=(x,), **values)[x]
            else:
                found = f.jacobian(wrt=(x,), **values)[x]
            expected = closed(**used(closed, values))
            close(found, expected, LEAST)
