"""Parts of a function that are not in use, and gradients that are no numbers."""

from __future__ import annotations

import math

import numpy as np
import pytest

from gradcli import functions, tensor


@pytest.mark.parametrize("function", ["relu", "clip", "nan_to_num"])
def test_what_is_not_used_does_not_spoil_the_gradient(function):
    """PyTorch's note on gradients: an inactive contribution contaminates nothing, whatever comes in."""
    x = tensor([-1.0, 2.0, 3.0], requires_grad=True)
    bounds = (0.0, 2.5) if function == "clip" else ()
    start = x if function != "nan_to_num" else functions.log(x)
    getattr(functions, function)(start, *bounds).backward(tensor([math.inf, 1.0, math.nan]))
    used = {"relu": [0.0, 1.0, math.nan], "clip": [0.0, 1.0, 0.0], "nan_to_num": [0.0, 0.5, math.nan]}
    np.testing.assert_array_equal(x.grad.numpy(), used[function])
