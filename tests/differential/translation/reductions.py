"""Reductions, norms, running and ordering functions, with PyTorch's older forms of them."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from tests.differential.translation.say import (
    Name,
    Operator,
    alike,
    call,
    first,
    same,
    written,
)


def _extreme(function: str) -> Callable[..., str]:
    def translate(x: Any, *args: Any, **kwargs: Any) -> str:
        if not args and "dim" not in kwargs:
            return call(function, x, **kwargs)
        if args and isinstance(args[0], Name):
            return call(f"{function}imum", x, *args)
        index = call(f"arg{function}", x, *args, **kwargs)
        return f"{call(function, x, *args, **kwargs)}, {index}"

    return translate


def _spread(function: str) -> Callable[..., str]:
    def translate(x: Any, *args: Any, unbiased: bool | None = None, **kwargs: Any) -> str:
        if args and isinstance(args[0], bool):
            unbiased, args = args[0], args[1:]
        if len(args) > 1:
            # var(dim, unbiased, keepdim)
            kwargs["keepdim"] = args[2] if len(args) > 2 else False
            unbiased, args = args[1], args[:1]
        if unbiased is not None:
            kwargs["correction"] = int(unbiased)
        return call(
            function, x, *args, **{k: v for k, v in kwargs.items() if not (k == "correction" and v is None)}
        )

    return translate


def _spread_mean(function: str) -> Callable[..., str]:
    spread = _spread(function)

    def translate(x: Any, *args: Any, **kwargs: Any) -> str:
        axes = {"axis": kwargs["dim"]} if "dim" in kwargs else {}
        if args and not isinstance(args[0], bool):
            axes = {"axis": args[0]}
        keep = {"keepdims": kwargs["keepdim"]} if "keepdim" in kwargs else {}
        return f"{spread(x, *args, **kwargs)}, {call('mean', x, **axes, **keep)}"

    return translate


def _vector_norm(x: Any, ord: Any = 2, dim: Any = None, keepdim: bool = False, **kwargs: Any) -> str:
    axes = list(range(x.ndim)) if dim is None else [dim] if isinstance(dim, int) else list(dim)
    if len(axes) == 1:
        return call("norm", x, ord, axis=axes[0], keepdims=keepdim, **kwargs)
    # Over several axes the language has norms of matrices, so the axes become one.
    axes = sorted([axis % x.ndim for axis in axes])
    rest = [axis for axis in range(x.ndim) if axis not in axes]
    count = math.prod([x.shape[axis] for axis in axes])
    moved = Name(call("permute", x, (*rest, *axes)) if rest else str(x))
    flat = Name(call("reshape", moved, (*[x.shape[axis] for axis in rest], count)))
    found = call("norm", flat, ord, axis=-1, **kwargs)
    kept = tuple([1 if axis in axes else size for axis, size in enumerate(x.shape)])
    return call("reshape", Name(found), kept) if keepdim else found


def _norm(x: Any, p: Any = "fro", dim: Any = None, keepdim: bool = False, **kwargs: Any) -> str:
    if p == "nuc":
        if dim is None:
            return call("norm", x, "nuc", axis=(-2, -1), keepdims=keepdim)
        return call("norm", x, "nuc", axis=dim, keepdims=keepdim)
    return _vector_norm(x, 2 if p in ("fro", None) else p, dim, keepdim, **kwargs)


def _linalg_norm(x: Any, ord: Any = None, dim: Any = None, keepdim: bool = False, **kwargs: Any) -> str:
    if ord is None and dim is None:
        return _vector_norm(x, 2, None, keepdim, **kwargs)
    return call("norm", x, ord, axis=dim, keepdims=keepdim, **kwargs)


def _matrix_norm(x: Any, ord: Any = "fro", dim: Any = (-2, -1), keepdim: bool = False, **kwargs: Any) -> str:
    return call("norm", x, ord, axis=tuple(dim), keepdims=keepdim, **kwargs)


def _dist(a: Any, b: Any, p: float = 2) -> str:
    return f"norm(flatten({a} - {b}), {written(p)})" if a.ndim or b.ndim else f"abs({a} - {b})"


def _kthvalue(x: Any, k: int, dim: int = -1, keepdim: bool = False) -> str:
    if not x.ndim:
        return str(x)
    where = [":"] * (dim % x.ndim) + [f"{k - 1}:{k}" if keepdim else str(k - 1)]
    return f"sort({x}, axis={dim})[{', '.join(where)}]"


def _trapezoid(y: Any, x: Any = None, *, dim: int = -1, dx: Any = None) -> str:
    extra = {} if dx is None else {"dx": dx}
    return call("trapezoid", y, *([] if x is None else [x]), axis=dim, **extra)


def _nan(function: str) -> Callable[..., str]:
    def translate(x: Any, *args: Any, **kwargs: Any) -> str:
        summed = call("sum", Name(f"where(isnan({x}), 0, {x})"), *args, **kwargs)
        if function == "sum":
            return summed
        return f"{summed} / {call('sum', Name(f'where(isnan({x}), 0, 1)'), *args, **kwargs)}"

    return translate


def _drop(function: str, *names: str) -> Callable[..., str]:
    def translate(*args: Any, **kwargs: Any) -> str:
        return call(function, *args, **{key: value for key, value in kwargs.items() if key not in names})

    return translate


OPERATORS: dict[str, Operator] = {
    **alike("""
    mean amax amin argmax argmin quantile logsumexp any all count_nonzero logcumsumexp cummax cummin topk
    """),
    "max.reduction_no_dim": Operator("max", same("max")),
    "min.reduction_no_dim": Operator("min", same("min")),
    "max.reduction_with_dim": Operator("max", _extreme("max")),
    "min.reduction_with_dim": Operator("min", _extreme("min")),
    "aminmax": Operator(
        "max",
        lambda x, dim=None, keepdim=False: f"{call('min', x, dim, keepdim)}, {call('max', x, dim, keepdim)}",
    ),
    "var": Operator("var", _spread("var")),
    "std": Operator("std", _spread("std")),
    "var.unbiased": Operator("var", _spread("var")),
    "std.unbiased": Operator("std", _spread("std")),
    "var_mean": Operator("var", _spread_mean("var")),
    "std_mean": Operator("std", _spread_mean("std")),
    "var_mean.unbiased": Operator("var", _spread_mean("var")),
    "std_mean.unbiased": Operator("std", _spread_mean("std")),
    "nansum": Operator("sum", _nan("sum")),
    "nanmean": Operator("mean", _nan("mean")),
    "sum": Operator("sum", _drop("sum", "dtype")),
    "prod": Operator("prod", _drop("prod", "dtype")),
    "cumsum": Operator("cumsum", _drop("cumsum", "dtype")),
    "cumprod": Operator("cumprod", _drop("cumprod", "dtype")),
    "norm": Operator("norm", _norm),
    "norm.nuc": Operator("norm", _norm),
    "norm.fro": Operator("norm", _norm),
    "norm.inf": Operator("norm", _norm),
    "linalg.norm": Operator("norm", _linalg_norm),
    "linalg.norm.subgradients_at_zero": Operator("norm", _linalg_norm),
    "linalg.matrix_norm": Operator("norm", _matrix_norm),
    "linalg.vector_norm": Operator("norm", _vector_norm),
    "kthvalue": Operator("sort", _kthvalue, first),
    "median": Operator("median", same("median"), first),
    "sort": Operator("sort", same("sort"), first),
    "msort": Operator("sort", lambda x: call("sort", x, 0)),
    "trapezoid": Operator("trapezoid", _trapezoid),
    "trapz": Operator("trapezoid", _trapezoid),
    "dist": Operator("norm", _dist),
}
