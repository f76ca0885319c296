"""Arrays that NumPy has locked, and tensors that share their memory."""

from __future__ import annotations

import numpy as np
import pytest

from gradcli import from_numpy, tensor
from gradcli.errors import AutogradError


@pytest.mark.parametrize("part", [slice(None), slice(1, None)])
def test_an_array_for_reading_alone_is_read_and_never_written(part):
    array = np.arange(3.0)
    array.flags.writeable = False
    x = from_numpy(array[part])
    assert (x * 2).tolist() == (2 * array[part]).tolist()
    with pytest.raises(AutogradError, match="for reading alone"):
        x.mul_(2)
    assert not array.flags.writeable
    assert array.tolist() == [0.0, 1.0, 2.0]


def test_a_view_that_numpy_locks_is_written_all_the_same():
    x = tensor([[1.0, 2.0], [3.0, 4.0]])
    x.diagonal().mul_(10)
    assert x.tolist() == [[10.0, 2.0], [3.0, 40.0]]
