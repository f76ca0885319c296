"""Large results use the memory of earlier ones, and never that of one that somebody has."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from gradcli import Expression
from gradcli.execute.loops import reuse

N = 200_000


@pytest.fixture
def slopes(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], np.ndarray]:
    """The derivative of the sum of x^3 at N times a number."""
    monkeypatch.setattr(reuse, "_LARGE", 0)
    f = Expression("sum(x * x * x)").compile()
    f(x=np.zeros(N))
    return lambda number: f(x=np.full(N, number))[1]["x"]


def address(array: np.ndarray) -> int:
    return array.__array_interface__["data"][0]


def test_memory_that_nobody_has_is_used_again(slopes: Callable[[float], np.ndarray]) -> None:
    first = address(slopes(1.0))
    others = [np.empty(N) for _ in range(5)]  # which would get it, were it free
    assert address(slopes(2.0)) == first
    assert first not in map(address, others)


def test_a_result_stays_what_it_is(slopes: Callable[[float], np.ndarray]) -> None:
    first = slopes(1.0)
    second = slopes(2.0)
    part = slopes(3.0)[10:20]
    assert_array_equal(slopes(4.0), np.full(N, 48.0))
    assert_array_equal(first, np.full(N, 3.0))
    assert_array_equal(second, np.full(N, 12.0))
    assert_array_equal(part, np.full(10, 27.0))


def test_what_is_done_to_a_result_is_done_to_it_alone(slopes: Callable[[float], np.ndarray]) -> None:
    first = slopes(1.0)
    first.shape = (N // 10, 10)
    first.flags.writeable = False
    del first
    assert_array_equal(slopes(2.0), np.full(N, 12.0))


def test_threads_of_the_user_get_arrays_of_their_own(slopes: Callable[[float], np.ndarray]) -> None:
    numbers = [float(number) for number in range(20)]
    with ThreadPoolExecutor(4) as pool:
        for number, found in zip(numbers, pool.map(slopes, numbers), strict=True):
            assert_array_equal(found, np.full(N, 3 * number * number))
