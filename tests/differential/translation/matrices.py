"""Products of matrices, and linear algebra."""

from __future__ import annotations

from typing import Any

from tests.differential.translation.say import (
    Name,
    Operator,
    Untranslatable,
    alike,
    call,
    first,
    same,
    settled,
    template,
    written,
)


def _plus_product(a: Any, b: Any, c: Any, *, beta: Any = 1, alpha: Any = 1) -> str:
    return f"({written(beta)}) * {a} + ({written(alpha)}) * ({b} @ {c})"


def _plus_batches(a: Any, b: Any, c: Any, *, beta: Any = 1, alpha: Any = 1) -> str:
    return f"({written(beta)}) * {a} + ({written(alpha)}) * sum({b} @ {c}, axis=0)"


def _plus_outer(a: Any, b: Any, c: Any, *, beta: Any = 1, alpha: Any = 1) -> str:
    return f"({written(beta)}) * {a} + ({written(alpha)}) * outer({b}, {c})"


def _chain(*arrays: Any) -> str:
    flat = list(arrays[0]) if isinstance(arrays[0], (list, tuple)) else list(arrays)
    return " @ ".join(map(str, flat))


def _vecdot(a: Any, b: Any, *, dim: int = -1) -> str:
    return f"sum({a} * {b}, axis={dim})"


def _cross(a: Any, b: Any, *, dim: int | None = None) -> str:
    if dim is None:
        dim = next(k for k, size in enumerate(a.shape) if size == 3)
    return call("cross", a, b, axis=dim)


def _cholesky(a: Any, upper: bool = False) -> str:
    return f"swapaxes(cholesky({a}), -1, -2)" if upper else call("cholesky", a)


def _eigh(a: Any, UPLO: str = "L") -> str:
    # PyTorch itself compares what signs do not change.
    return f"w, v = eigh({a})\nw, abs(v)"


def _eigvalsh(a: Any, UPLO: str = "L") -> str:
    return call("eigvalsh", a)


def _solve(a: Any, b: Any, *, left: bool = True, **_: Any) -> str:
    if not left:
        return f"swapaxes(solve(swapaxes({a}, -1, -2), swapaxes({b}, -1, -2)), -1, -2)"
    if b.ndim > 1 and b.ndim == a.ndim - 1 and b.shape == a.shape[:-1]:
        return f"squeeze(solve({a}, unsqueeze({b}, -1)), -1)"
    return call("solve", a, b)


def _lstsq(a: Any, b: Any, driver: Any = None) -> str:
    return call("lstsq", a, b)


def _pinv(a: Any, *args: Any, rtol: Any = None, atol: Any = None, hermitian: bool = False) -> str:
    if args or atol is not None:
        raise Untranslatable("an absolute tolerance")
    return call("pinv", a) if rtol is None else call("pinv", a, rcond=settled(rtol))


def _pinv_of_product(a: Any, b: Any) -> str:
    return f"pinv({a} @ swapaxes({b}, -1, -2))"


def _signless(out: tuple[Any, ...]) -> tuple[Any, ...]:
    left, values, right = out
    return abs(left), values, abs(right)


def _svd(a: Any, full_matrices: bool = True, *, some: bool | None = None, **_: Any) -> str:
    full = full_matrices if some is None else not some
    if full and a.shape[-1] != a.shape[-2]:
        raise Untranslatable("more vectors than there are values")
    return f"u, s, v = svd({a})\nabs(u), s, abs(v)"


def _qr(a: Any, mode: str = "reduced") -> str:
    if mode != "reduced":
        raise Untranslatable(f"mode {mode}")
    return call("qr", a)


def _qr_old(a: Any, some: bool = True) -> str:
    return _qr(a, "reduced" if some else "complete")


def _tensordot(a: Any, b: Any, dims: Any = 2) -> str:
    letters = "abcdefghijklm"
    left = list(letters[: a.ndim])
    right = list("nopqrstuvwxyz"[: b.ndim])
    if isinstance(dims, int):
        pairs = [(a.ndim - dims + k, k) for k in range(dims)]
    else:
        pairs = list(zip(*dims, strict=True))
    for i, j in pairs:
        right[j] = left[i]
    kept = [c for c in left if c not in right] + [c for c in right if c not in left]
    return f'einsum("{"".join(left)},{"".join(right)}->{"".join(kept)}", {a}, {b})'


def _einsum(*args: Any) -> str:
    tensors = next(one for one in args if isinstance(one, (list, tuple)) and not isinstance(one, str))
    text = next(one for one in args if isinstance(one, str) and not isinstance(one, Name))
    return f'einsum("{text}", {", ".join(map(str, tensors))})'


OPERATORS: dict[str, Operator] = {
    **alike("""
    matmul dot vdot outer inner kron trace logdet
    linalg.det linalg.inv linalg.svdvals linalg.slogdet linalg.cond linalg.matrix_power linalg.cross
    """),
    "__rmatmul__": Operator("matmul", template("{1} @ {0}")),
    "mm": Operator("matmul", template("{} @ {}")),
    "mv": Operator("matmul", template("{} @ {}")),
    "bmm": Operator("matmul", template("{} @ {}")),
    "addmm": Operator("matmul", _plus_product),
    "addmv": Operator("matmul", _plus_product),
    "baddbmm": Operator("matmul", _plus_product),
    "addbmm": Operator("matmul", _plus_batches),
    "addr": Operator("outer", _plus_outer),
    "linalg.multi_dot": Operator("matmul", _chain),
    "linalg.vecdot": Operator("vdot", _vecdot),
    "tensordot": Operator("einsum", _tensordot),
    "einsum": Operator("einsum", _einsum),
    "cross": Operator("cross", _cross),
    "cholesky": Operator("cholesky", _cholesky),
    "linalg.cholesky": Operator("cholesky", lambda A, *, upper=False: _cholesky(A, upper)),
    "linalg.eigh": Operator("eigh", _eigh),
    "linalg.eigvalsh": Operator("eigvalsh", _eigvalsh),
    "linalg.solve": Operator("solve", _solve),
    "linalg.lstsq.grad_oriented": Operator("lstsq", _lstsq, first),
    "linalg.lstsq": Operator("lstsq", _lstsq, first),
    "linalg.inv_ex": Operator("inv", same("inv"), first),
    "linalg.solve_ex": Operator("solve", _solve, first),
    "linalg.cholesky_ex": Operator("cholesky", lambda A, *, upper=False: _cholesky(A, upper), first),
    "linalg.svd": Operator("svd", _svd, _signless),
    "svd": Operator("svd", _svd, lambda out: _signless((*out[:2], out[2].mT))),
    "linalg.pinv.hermitian": Operator("pinv", _pinv),
    "addmm.decomposed": Operator("matmul", _plus_product),
    "pinverse": Operator("pinv", _pinv),
    "linalg.pinv": Operator("pinv", _pinv),
    "linalg.pinv.singular": Operator("pinv", _pinv_of_product),
    "linalg.qr": Operator("qr", _qr),
    "qr": Operator("qr", _qr_old),
    "matrix_exp": Operator("expm", same("expm")),
}
