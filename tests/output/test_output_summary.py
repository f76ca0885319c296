"""Arrays in little room."""

import numpy as np
import pytest

from gradcli.output.summary import cell_text, summary_lines


def lines_of(value, **options):
    return "\n".join(summary_lines(value, **options))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1 / 3, "0.333333"),
        (True, "true"),
        (np.array(2.0), "2"),
        (np.zeros((0, 3)), "[]"),
        (np.arange(4.0), "[0, 1, 2, 3]"),
        (np.arange(1001.0), "[0, 1, 2, ..., 998, 999, 1000]"),
        (np.arange(6.0).reshape(2, 3) * 5, "[[ 0,  5, 10],\n [15, 20, 25]]"),
        (np.arange(4.0).reshape(2, 1, 2), "[[[0, 1]],\n\n [[2, 3]]]"),
        (np.arange(8.0).reshape(2, 2, 2, 1)[:, :, :1], "[[[[0]],\n\n  [[2]]],\n\n [[[4]],\n\n  [[6]]]]"),
    ],
)
def test_lines(value, text):
    assert lines_of(value) == text


def test_a_large_matrix_shows_its_corners():
    assert lines_of(np.arange(10000.0).reshape(100, 100)) == (
        "[[   0,    1,    2, ...,   97,   98,   99],\n"
        " [ 100,  101,  102, ...,  197,  198,  199],\n"
        " [ 200,  201,  202, ...,  297,  298,  299],\n"
        " ...\n"
        " [9700, 9701, 9702, ..., 9797, 9798, 9799],\n"
        " [9800, 9801, 9802, ..., 9897, 9898, 9899],\n"
        " [9900, 9901, 9902, ..., 9997, 9998, 9999]]"
    )


def test_many_matrices_show_the_first_and_the_last():
    assert lines_of(np.arange(12.0).reshape(3, 2, 2), threshold=10) == (
        "[[[0, 1],\n  [2, 3]],\n\n ...\n\n [[ 8,  9],\n  [10, 11]]]"
    )


def test_a_million_elements_in_many_axes_stay_few_lines():
    assert len(summary_lines(np.ones((2,) * 20))) == 7


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (50.0, "50"),
        (True, "true"),
        (np.array([1.0, 2, 3]), "[1 2 3]"),
        (np.eye(2), "[[1 0] [0 1]]"),
        (np.arange(100.0), "[0 1 2 3 4 5 6 7 8 9 …]"),
        (np.arange(12.0).reshape(3, 4) / 3, "[[0 0.3333 0.6667 1] …]"),
        (np.zeros((0,)), "[]"),
        (np.ones((1,) * 6), "[[[[[[1]]]]]]"),
        (np.ones((2,) * 20), "20-D array"),
    ],
)
def test_a_cell(value, text):
    assert cell_text(value) == text


def test_a_cell_in_ascii_and_of_few_columns():
    assert cell_text(np.arange(100.0), ascii=True) == "[0 1 2 3 4 5 6 7 8 ...]"
    assert cell_text(np.arange(100.0), columns=9) == "[0 1 2 …]"


@pytest.mark.parametrize("shape", [(3,), (50,), (7, 3), (2, 3, 4), (1, 1, 9)])
@pytest.mark.parametrize("ascii", [False, True])
@pytest.mark.parametrize("columns", [24, 30, 40])
def test_a_cell_is_never_too_wide_and_its_brackets_close(shape, columns, ascii):
    for scale in (1, 1 / 3, -1e-200 / 3):
        text = cell_text(
            np.arange(np.prod(shape)).reshape(shape) * scale + scale, columns=columns, ascii=ascii
        )
        assert len(text) <= columns
        assert text.count("[") == text.count("]")
        assert text.isascii() or not ascii
