"""Convolution and pooling: NumPy's and SciPy's answers, ties, and sizes that need pieces."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pytest
from numpy.lib.stride_tricks import sliding_window_view
from numpy.testing import assert_allclose, assert_array_equal
from sampling import generator
from scipy.signal import correlate2d

from gradcli import Expression
from gradcli.execute.kernels import convolution


def drawn(*shape: int) -> np.ndarray:
    return generator("windows", shape).normal(size=shape)


# Convolution.


def test_conv2d_is_the_sum_of_correlations() -> None:
    x, w, b = drawn(2, 3, 6, 5), drawn(4, 3, 3, 2), drawn(4)
    found = Expression("conv2d(x, w, b)")(x=x, w=w, b=b)
    for n, o in product(range(2), range(4)):
        channels = [correlate2d(x[n, c], w[o, c], mode="valid") for c in range(3)]
        assert_allclose(found[n, o], sum(channels) + b[o], rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("dilation", [1, 2])
def test_same_keeps_the_size(dilation: int) -> None:
    x, w = drawn(1, 7), drawn(1, 1, 4)
    spaced = np.zeros(3 * dilation + 1)
    spaced[::dilation] = w[0, 0]
    left = 3 * dilation // 2
    wide = np.pad(x[0], (left, 3 * dilation - left))
    found = Expression(f'conv1d(x, w, padding="same", dilation={dilation})')(x=x, w=w)
    assert_allclose(found[0], np.correlate(wide, spaced, "valid"), rtol=1e-12)


def test_strides_skip_places() -> None:
    x, w = drawn(1, 1, 9, 8), drawn(2, 1, 3, 2)
    every = Expression("conv2d(x, w, padding=1)")(x=x, w=w)
    assert_allclose(Expression("conv2d(x, w, stride=(2, 3), padding=1)")(x=x, w=w), every[..., ::2, ::3])


def test_groups_are_convolutions_side_by_side() -> None:
    x, w = drawn(2, 4, 5), drawn(6, 2, 3)
    found = Expression("conv1d(x, w, groups=2)")(x=x, w=w)
    f = Expression("conv1d(x, w)")
    halves = [f(x=x[:, 2 * g : 2 * g + 2], w=w[3 * g : 3 * g + 3]) for g in range(2)]
    assert_allclose(found, np.concatenate(halves, axis=1), rtol=1e-12)


def test_pieces_add_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many taps are taken at a time."""
    x, w = drawn(2, 2, 5, 4), drawn(2, 1, 3, 2)
    f = Expression("sum(conv2d(x, w, stride=2, padding=1, groups=2)^3)")
    whole, by_whole = f.value_and_grad(x=x, w=w)
    monkeypatch.setattr(convolution, "_ROOM", 1)
    pieces, by_pieces = f.value_and_grad(x=x, w=w)
    assert_allclose(pieces, whole, rtol=1e-13)
    for name in "xw":
        assert_allclose(by_pieces[name], by_whole[name], rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("sizes", [(5, 3), (3, 5), (1, 4), (4, 4), (4, 2)])
@pytest.mark.parametrize("mode", ["full", "same", "valid"])
def test_convolve_is_numpys(sizes: tuple[int, int], mode: str) -> None:
    a, b = drawn(sizes[0]), drawn(sizes[1], 1)[:, 0]
    f = Expression(f'convolve(a, b, mode="{mode}")')
    expected = np.convolve(a, b, mode)
    assert_allclose(f(a=a, b=b), expected, rtol=1e-12, atol=1e-14)
    # Linear in each: the Jacobian by a is the matrix of the columns convolve(e_k, b).
    columns = [np.convolve(unit, b, mode) for unit in np.eye(sizes[0])]
    assert_allclose(f.jacobian(a=a, b=b)["a"], np.transpose(columns), rtol=1e-12, atol=1e-14)


def test_convolving_is_multiplying_polynomials() -> None:
    values = {"a": drawn(3), "b": drawn(4), "x": 0.7}
    left = Expression("polyval(convolve(a, b), x)").grad(**values)
    right = Expression("polyval(a, x) * polyval(b, x)").grad(**values)
    for name, found in left.items():
        assert_allclose(found, right[name], rtol=1e-12)


# Pooling.


def test_pools_are_reductions_of_windows() -> None:
    x = drawn(2, 6, 8)
    windows = sliding_window_view(x, (2, 3), axis=(-2, -1))[..., ::2, ::3, :, :]
    assert_allclose(Expression("avg_pool2d(x, (2, 3))")(x=x), windows.mean((-2, -1)), rtol=1e-13)
    assert_array_equal(Expression("max_pool2d(x, (2, 3))")(x=x), windows.max((-2, -1)))
    windows = sliding_window_view(x, 4, axis=-1)
    assert_allclose(Expression("avg_pool1d(x, 4, stride=1)")(x=x), windows.mean(-1), rtol=1e-13)
    assert_array_equal(Expression("max_pool1d(x, 4, stride=1)")(x=x), windows.max(-1))


def gradient(text: str, x: Any) -> Any:
    return Expression(f"sum({text})").grad(x=x)["x"]


def test_ties_are_shared_as_by_max() -> None:
    assert_array_equal(gradient("max_pool1d(x, 2)", [1.0, 1.0, 1.0, 2.0]), [0.5, 0.5, 0, 1])
    assert_array_equal(
        gradient("max_pool1d(x, 4)", [1.0, 1.0, 0.0, 1.0]), gradient("max(x)", [1.0, 1.0, 0.0, 1.0])
    )
    # What is padded takes no share, though it is as large.
    assert_array_equal(gradient("max_pool1d(x, 3, padding=1)", [-np.inf] * 4), [0.5] * 4)


def test_a_nan_takes_the_window() -> None:
    x = [1.0, np.nan, 2.0, 3.0]
    assert_array_equal(Expression("max_pool1d(x, 2)")(x=x), [np.nan, 3.0])
    assert_array_equal(gradient("max_pool1d(x, 2)", x), [0, 1, 0, 1])
