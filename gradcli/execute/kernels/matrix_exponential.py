"""The exponential of matrices."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcli.execute.kernels.matrices import finite
from gradcli.execute.memory.scratch import holds

Array = NDArray[Any]

# Padé's numerator of order 13, and the norm up to which it is exact to a double.
# N. Higham, "The scaling and squaring method for the matrix exponential revisited", 2005, table 2.3.
_PADE = (
    64764752532480000.0,
    32382376266240000.0,
    7771770303897600.0,
    1187353796428800.0,
    129060195264000.0,
    10559470521600.0,
    670442572800.0,
    33522128640.0,
    1323241920.0,
    40840800.0,
    960960.0,
    16380.0,
    182.0,
    1.0,
)
_REACH = 4.25


@holds(16)
def expm(x: Array) -> Array:
    """Scaling and squaring, the scale chosen from the norms of powers.

    A. Al-Mohy and N. Higham, "A new scaling and squaring algorithm for the matrix exponential", 2009:
    the norm itself would scale too much where the matrix is far from normal, as a block matrix with a
    large cotangent is.
    """
    x, bad = finite(x)
    if not x.size:
        return np.zeros_like(x)
    narrow = x.dtype
    x = x.astype(np.float64, copy=False)
    second = x @ x
    fourth = second @ second
    sixth = second @ fourth
    reach = np.maximum(_norm(sixth) ** (1 / 6), _norm(fourth @ fourth) ** (1 / 8))
    reach = np.minimum(np.where(np.isfinite(reach), reach, _norm(x)), _norm(x))
    squarings = np.maximum(0, np.ceil(np.log2(np.clip(reach, 1e-300, 1e300) / _REACH))).astype(int)
    result = _rational(x * 0.5 ** squarings[..., None, None].astype(np.float64))
    for step in range(int(squarings.max())):
        again = (squarings > step)[..., None, None]
        result = np.where(again, result @ result, result)
    result[bad] = np.nan
    return result.astype(narrow, copy=False)


def _norm(x: Array) -> Array:
    return np.asarray(np.max(np.sum(np.abs(x), axis=-2), axis=-1))


def _rational(x: Array) -> Array:
    b, one = _PADE, np.eye(x.shape[-1])
    x2 = x @ x
    x4 = x2 @ x2
    x6 = x2 @ x4
    odd = x @ (x6 @ (b[13] * x6 + b[11] * x4 + b[9] * x2) + b[7] * x6 + b[5] * x4 + b[3] * x2 + b[1] * one)
    even = x6 @ (b[12] * x6 + b[10] * x4 + b[8] * x2) + b[6] * x6 + b[4] * x4 + b[2] * x2 + b[0] * one
    # 1 + 2 odd / (even - odd) is the same, and exact to the last digit where the matrix is small.
    small = (_norm(x) < 0.5)[..., None, None]
    return np.linalg.solve(even - odd, np.where(small, 2 * odd, even + odd)) + small * one


def block_triangular(a: Array, h: Array) -> Array:
    """``[[a, h], [0, a]]``."""
    a, h = np.broadcast_arrays(a, h)
    above = np.concatenate([a, h], axis=-1)
    below = np.concatenate([np.zeros_like(a), a], axis=-1)
    return np.concatenate([above, below], axis=-2)
