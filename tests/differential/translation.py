"""PyTorch's operators, said in the language.

A translator has the signature of PyTorch's function and answers with text. Tensors come to it as
``Name``: how the text calls them, with their shape. ``SAME`` are the functions that take PyTorch's
arguments as they stand.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple


class Untranslatable(Exception):
    """The language does not say this; the reason."""


class Name(str):
    """A tensor, as the text calls it."""

    shape: tuple[int, ...]
    kind: str

    @property
    def ndim(self) -> int:
        """How many axes it has."""
        return len(self.shape)


class Operator(NamedTuple):
    """How an operator of PyTorch is said, and the name it has in functions.md."""

    function: str
    translate: Callable[..., str]


def written(value: Any) -> str:
    """A value as the language writes it."""
    if isinstance(value, Name):
        return str(value)
    if value is None or isinstance(value, bool):
        return str(value) if value is None else str(value).lower()
    if isinstance(value, complex):
        raise Untranslatable("complex numbers")
    if isinstance(value, (int, float)):
        text = repr(float(value)) if isinstance(value, float) else str(value)
        return {"inf": "inf", "-inf": "-inf", "nan": "nan"}.get(text, text)
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, (list, tuple)):
        items = [written(one) for one in value]
        if value and all(isinstance(one, Name) for one in value):
            return f"[{', '.join(items)}]"
        return f"({items[0]},)" if len(items) == 1 else f"({', '.join(items)})"
    raise Untranslatable(f"an argument of type {type(value).__name__}")


def call(function: str, *args: Any, **kwargs: Any) -> str:
    """``function(a, b, key=value)``."""
    parts = [written(one) for one in args] + [f"{key}={written(one)}" for key, one in kwargs.items()]
    return f"{function}({', '.join(parts)})"


def same(function: str) -> Callable[..., str]:
    """The function takes PyTorch's arguments as they are."""

    def translate(*args: Any, **kwargs: Any) -> str:
        return call(function, *args, **kwargs)

    return translate


def template(text: str) -> Callable[..., str]:
    """Arguments by position in a text."""

    def translate(*args: Any, **kwargs: Any) -> str:
        if kwargs or len(args) != text.count("{"):
            raise Untranslatable("other arguments")
        return text.format(*[f"({written(one)})" for one in args])

    return translate


def tuples(sizes: Sequence[Any]) -> tuple[Any, ...]:
    """PyTorch takes sizes one by one or in a tuple."""
    return tuple(sizes[0]) if len(sizes) == 1 and isinstance(sizes[0], (list, tuple)) else tuple(sizes)


SAME = """
    abs acos acosh asin asinh atan atanh ceil cos cosh deg2rad digamma erf erfc erfinv exp exp2 expm1 floor frac lgamma
    log log10 log1p log2 logit neg rad2deg reciprocal rsqrt sigmoid sign sin sinc sinh sqrt square tan tanh trunc
    round nan_to_num isnan isinf isfinite
    atan2 copysign fmax fmin fmod hypot logaddexp maximum minimum remainder xlogy heaviside lerp clamp
    logical_and logical_or logical_xor logical_not
    sum mean prod amax amin argmax argmin var std median quantile logsumexp any all count_nonzero
    cumsum cumprod logcumsumexp cummax cummin trapezoid
    flatten ravel swapaxes moveaxis squeeze unsqueeze gather diagonal tril triu sort topk
    tile flip roll concat stack unbind
    matmul dot vdot outer inner kron trace einsum det logdet matrix_power broadcast_to
    softmax log_softmax
    nn.functional.relu nn.functional.relu6 nn.functional.elu nn.functional.selu nn.functional.celu nn.functional.gelu
    nn.functional.silu nn.functional.mish nn.functional.softplus nn.functional.softsign nn.functional.tanhshrink
    nn.functional.hardtanh nn.functional.hardsigmoid nn.functional.hardswish nn.functional.leaky_relu
    nn.functional.logsigmoid nn.functional.cross_entropy nn.functional.nll_loss nn.functional.mse_loss
    nn.functional.l1_loss nn.functional.huber_loss nn.functional.smooth_l1_loss
    nn.functional.binary_cross_entropy nn.functional.binary_cross_entropy_with_logits nn.functional.kl_div
    nn.functional.linear nn.functional.conv1d nn.functional.conv2d nn.functional.avg_pool1d nn.functional.avg_pool2d
    nn.functional.max_pool1d nn.functional.max_pool2d nn.functional.layer_norm nn.functional.cosine_similarity
    nn.functional.normalize
    linalg.cholesky linalg.det linalg.inv linalg.qr linalg.svdvals linalg.eigh linalg.eigvalsh linalg.slogdet linalg.solve
    linalg.cond linalg.matrix_power linalg.cross
""".split()


# Arithmetic: alpha, rounding, and the operand on the other side.


def _scaled(sign: str) -> Callable[..., str]:
    def translate(a: Any, b: Any, *, alpha: Any = 1) -> str:
        return (
            f"({written(a)}) {sign} ({written(alpha)}) * ({written(b)})"
            if alpha != 1
            else f"({written(a)}) {sign} ({written(b)})"
        )

    return translate


def _rsub(a: Any, b: Any, alpha: Any = 1) -> str:
    return f"({written(b)}) - ({written(alpha)}) * ({written(a)})"


def _div(a: Any, b: Any, *, rounding_mode: str | None = None) -> str:
    quotient = f"({written(a)}) / ({written(b)})"
    if rounding_mode == "floor":
        return f"({written(a)}) // ({written(b)})"
    return quotient if rounding_mode is None else f"trunc({quotient})"


def _addc(sign: str) -> Callable[..., str]:
    def translate(x: Any, a: Any, b: Any, *, value: Any = 1) -> str:
        return f"{x} + ({written(value)}) * {a} {sign} {b}"

    return translate


def _bound(low: bool) -> Callable[..., str]:
    def translate(x: Any, bound: Any) -> str:
        return call("clip", x, lo=bound) if low else call("clip", x, hi=bound)

    return translate


# Reductions with PyTorch's older forms.


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
    if dim is None and x.ndim != 1:
        if keepdim:
            raise Untranslatable("a norm over all axes that keeps them")
        x = Name(f"flatten({x})")
    return call("norm", x, ord, axis=dim, keepdims=keepdim, **kwargs)


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


def _kthvalue(x: Any, k: int, dim: int = -1, keepdim: bool = False) -> str:
    where = ", ".join([":"] * (dim % x.ndim) + [str(k - 1)]) if x.ndim else ""
    if keepdim or not x.ndim:
        raise Untranslatable("kthvalue that keeps its axis")
    return f"sort({x}, axis={dim})[{where}]"


# Shapes.


def _reshape(x: Any, *shape: Any) -> str:
    return call("reshape", x, tuples(shape))


def _permute(x: Any, *dims: Any) -> str:
    return call("permute", x, tuples(dims))


def _transpose(x: Any, a: int, b: int) -> str:
    return call("swapaxes", x, a, b) if x.ndim else str(x)


def _as_other(x: Any, other: Any) -> str:
    return call("reshape", x, tuple(other.shape))


def _expand_as(x: Any, other: Any) -> str:
    return call("broadcast_to", x, tuple(other.shape))


def _expand(x: Any, *shape: Any) -> str:
    sizes = list(tuples(shape))
    for back, size in enumerate(reversed(x.shape), 1):
        if sizes[-back] == -1:
            sizes[-back] = size
    return call("broadcast_to", x, tuple(sizes))


def _repeat(x: Any, *counts: Any) -> str:
    return call("tile", x, tuples(counts))


def _repeat_interleave(x: Any, repeats: Any, dim: int | None = None, **kwargs: Any) -> str:
    if isinstance(repeats, Name):
        raise Untranslatable("counts from a tensor")
    return call("repeat", x, repeats, axis=dim)


def _pad(x: Any, pad: Sequence[int], mode: str = "constant", value: float | None = None) -> str:
    if min(pad, default=0) < 0:
        raise Untranslatable("a negative padding")
    pairs = [tuple(pad[i : i + 2]) for i in range(0, len(pad), 2)][::-1]
    width = ((0, 0),) * (x.ndim - len(pairs)) + tuple(pairs)
    modes = {"replicate": "edge", "circular": "wrap"}
    extra = {"value": value} if value else {}
    return call("pad", x, width, mode=modes.get(mode, mode), **extra)


def _narrow(x: Any, dim: int, start: Any, length: int) -> str:
    if isinstance(start, Name):
        raise Untranslatable("a start from a tensor")
    colons = [":"] * (dim % x.ndim)
    start %= x.shape[dim] or 1
    return f"{x}[{', '.join([*colons, f'{start}:{start + length}'])}]"


def _select(x: Any, dim: int, index: int) -> str:
    return f"{x}[{', '.join([*[':'] * (dim % x.ndim), str(index)])}]"


def _getitem(x: Any, key: Any) -> str:
    parts = list(key) if isinstance(key, tuple) else [key]
    return f"{x}[{', '.join(map(_subscript, parts))}]"


def _subscript(one: Any) -> str:
    if isinstance(one, slice):
        ends = [one.start, one.stop, one.step]
        if any(isinstance(end, Name) for end in ends):
            raise Untranslatable("a slice by tensors")
        start, stop, step = ("" if end is None else str(end) for end in ends)
        return f"{start}:{stop}:{step}" if step else f"{start}:{stop}"
    if one is Ellipsis:
        return "..."
    if isinstance(one, bool):
        raise Untranslatable("true or false as a subscript")
    if isinstance(one, list):
        return str(one)
    return written(one)


def _index_select(x: Any, dim: int, index: Any) -> str:
    return call("take", x, index, axis=dim) if x.ndim else f"reshape(take(reshape({x}, (1,)), {index}), ())"


def _take(x: Any, index: Any) -> str:
    return call("take", x, index)


def _split(x: Any, sizes: Any, dim: int = 0) -> str:
    total = x.shape[dim]
    if isinstance(sizes, int):
        sizes = [min(sizes, total - at) for at in range(0, total, sizes)]
    cuts = tuple([sum(sizes[: k + 1]) for k in range(len(sizes) - 1)])
    return call("split", x, cuts, axis=dim) if cuts else f"({x},)"


def _chunk(x: Any, chunks: int, dim: int = 0) -> str:
    return _split(x, -(-x.shape[dim] // chunks), dim)


def _tensor_split(x: Any, cuts: Any, dim: int = 0) -> str:
    if isinstance(cuts, Name):
        raise Untranslatable("cuts from a tensor")
    if isinstance(cuts, int):
        size, extra = divmod(x.shape[dim], cuts)
        sizes = [size + (k < extra) for k in range(cuts)]
        cuts = [sum(sizes[: k + 1]) for k in range(cuts - 1)]
    if any(cut < 0 for cut in cuts):
        raise Untranslatable("a cut counted from the end")
    return call("split", x, tuple(cuts), axis=dim) if cuts else f"({x},)"


def _several(function: str, axis: Callable[[int], int], least: int) -> Callable[..., str]:
    def translate(arrays: Sequence[Any]) -> str:
        if any(one.ndim < least for one in arrays):
            raise Untranslatable("arrays that get axes of their own first")
        return call(function, list(arrays), axis=axis(arrays[0].ndim))

    return translate


def _meshgrid(*arrays: Any, indexing: str = "ij") -> str:
    flat = list(arrays[0]) if isinstance(arrays[0], (list, tuple)) else list(arrays)
    return call("meshgrid", [f for f in flat], indexing=indexing)


def _movedim(x: Any, source: Any, target: Any) -> str:
    return call("moveaxis", x, source, target)


def _diag(x: Any, diagonal: int = 0) -> str:
    return call("diag", x, diagonal)


def _squeeze(x: Any, dim: Any = None) -> str:
    if dim is None:
        return call("squeeze", x)
    axes = dim if isinstance(dim, (tuple, list)) else (dim,)
    real = tuple([one for one in axes if x.ndim and x.shape[one] == 1])
    return call("squeeze", x, real) if real else str(x)


def _roll(x: Any, shifts: Any, dims: Any = None) -> str:
    return call("roll", x, shifts, axis=None if dims == () else dims)


def _masked_fill(x: Any, mask: Any, value: Any) -> str:
    return call("where", mask, value, x)


def _masked_select(x: Any, mask: Any) -> str:
    if x.shape != mask.shape:
        raise Untranslatable("a mask that is stretched")
    return f"{x}[{mask}]"


# Products of matrices.


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
    return call("eigh", a)


def _eigvalsh(a: Any, UPLO: str = "L") -> str:
    return call("eigvalsh", a)


def _solve(a: Any, b: Any, *, left: bool = True, **_: Any) -> str:
    if not left:
        raise Untranslatable("a system from the right")
    if b.ndim > 1 and b.ndim == a.ndim - 1 and b.shape == a.shape[:-1]:
        return f"squeeze(solve({a}, unsqueeze({b}, -1)), -1)"
    return call("solve", a, b)


def _lstsq(a: Any, b: Any, driver: Any = None) -> str:
    return call("lstsq", a, b)


def _pinv(a: Any, *args: Any, **kwargs: Any) -> str:
    if args or {key for key in kwargs if key != "hermitian"}:
        raise Untranslatable("a tolerance")
    return call("pinv", a)


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


# Special functions and losses.


def _polygamma(a: Any, b: Any) -> str:
    n, x = (b, a) if isinstance(a, Name) else (a, b)
    return call("polygamma", n, x)


def _xlog1py(a: Any, b: Any) -> str:
    return f"xlogy({written(a)}, 1 + {written(b)})"


def _entr(x: Any) -> str:
    return f"-xlogy({x}, {x})"


def _ndtr(x: Any) -> str:
    return f"erfc(-{x} / sqrt(2)) / 2"


def _ndtri(x: Any) -> str:
    return f"sqrt(2) * erfinv(2 * {x} - 1)"


def _float_power(a: Any, b: Any) -> str:
    return f"({written(a)}) ^ ({written(b)})"


def _dist(a: Any, b: Any, p: float = 2) -> str:
    return f"norm(flatten({a} - {b}), {written(p)})" if a.ndim or b.ndim else f"abs({a} - {b})"


def _softmin(x: Any, *, dim: int, **_: Any) -> str:
    return f"softmax(-{x}, axis={dim})"


def _log_like(function: str) -> Callable[..., str]:
    def translate(x: Any, dim: int, dtype: Any = None) -> str:
        return call(function, x, axis=dim) if x.ndim else f"reshape({function}(reshape({x}, (1,))), ())"

    return translate


def _threshold(x: Any, threshold: float, value: float) -> str:
    return f"where({x} > {threshold}, {x}, {value})"


def _layer_norm(x: Any, normalized_shape: Any, **kwargs: Any) -> str:
    return call("layer_norm", x, tuple(normalized_shape), **kwargs)


def _trapezoid(y: Any, x: Any = None, *, dim: int = -1, dx: Any = None) -> str:
    extra = {} if dx is None else {"dx": dx}
    return call("trapezoid", y, *([] if x is None else [x]), axis=dim, **extra)


def _round(x: Any, *, decimals: int = 0) -> str:
    return call("round", x, decimals) if decimals else call("round", x)


def _diff(x: Any, n: int = 1, dim: int = -1, prepend: Any = None, append: Any = None) -> str:
    if n != 1 or prepend is not None or append is not None:
        raise Untranslatable("repeated differences, or more elements at the ends")
    colons = ", ".join([":"] * (dim % x.ndim))
    start = f"{colons}, " if colons else ""
    return f"{x}[{start}1:] - {x}[{start}:-1]"


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


def _old_reduction(function: str) -> Callable[..., str]:
    def translate(*args: Any, **kwargs: Any) -> str:
        return call(
            function, *args, **{k: v for k, v in kwargs.items() if k not in ("size_average", "reduce")}
        )

    return translate


OTHERS: dict[str, tuple[str, Callable[..., str]]] = {
    "add": ("add", _scaled("+")),
    "sub": ("sub", _scaled("-")),
    "mul": ("mul", template("{} * {}")),
    "true_divide": ("div", template("{} / {}")),
    "div.no_rounding_mode": ("div", _div),
    "div.trunc_rounding": ("div", _div),
    "div.floor_rounding": ("floor_divide", _div),
    "floor_divide": ("floor_divide", template("{} // {}")),
    "pow": ("pow", template("{} ^ {}")),
    "float_power": ("pow", _float_power),
    "rsub": ("sub", _rsub),
    "__radd__": ("add", template("{1} + {0}")),
    "__rsub__": ("sub", template("{1} - {0}")),
    "__rmul__": ("mul", template("{1} * {0}")),
    "__rdiv__": ("div", template("{1} / {0}")),
    "__rmod__": ("remainder", template("{1} % {0}")),
    "__rpow__": ("pow", template("{1} ^ {0}")),
    "__rmatmul__": ("matmul", template("{1} @ {0}")),
    "addcmul": ("mul", _addc("*")),
    "addcdiv": ("div", _addc("/")),
    "clamp_min": ("clip", _bound(True)),
    "clamp_max": ("clip", _bound(False)),
    "max.binary": ("maximum", same("maximum")),
    "min.binary": ("minimum", same("minimum")),
    "max.reduction_no_dim": ("max", same("max")),
    "min.reduction_no_dim": ("min", same("min")),
    "max.reduction_with_dim": ("max", _extreme("max")),
    "min.reduction_with_dim": ("min", _extreme("min")),
    "aminmax": (
        "max",
        lambda x, dim=None, keepdim=False: f"{call('min', x, dim, keepdim)}, {call('max', x, dim, keepdim)}",
    ),
    "eq": ("eq", template("{} == {}")),
    "ne": ("ne", template("{} != {}")),
    "lt": ("lt", template("{} < {}")),
    "le": ("le", template("{} <= {}")),
    "gt": ("gt", template("{} > {}")),
    "ge": ("ge", template("{} >= {}")),
    "round": ("round", _round),
    "round.decimals_0": ("round", _round),
    "round.decimals_3": ("round", _round),
    "round.decimals_neg_3": ("round", _round),
    "var": ("var", _spread("var")),
    "std": ("std", _spread("std")),
    "var.unbiased": ("var", _spread("var")),
    "std.unbiased": ("std", _spread("std")),
    "var_mean": ("var", _spread_mean("var")),
    "std_mean": ("std", _spread_mean("std")),
    "var_mean.unbiased": ("var", _spread_mean("var")),
    "std_mean.unbiased": ("std", _spread_mean("std")),
    "nansum": ("sum", _nan("sum")),
    "nanmean": ("mean", _nan("mean")),
    "sum": ("sum", _drop("sum", "dtype")),
    "prod": ("prod", _drop("prod", "dtype")),
    "cumsum": ("cumsum", _drop("cumsum", "dtype")),
    "cumprod": ("cumprod", _drop("cumprod", "dtype")),
    "norm": ("norm", _norm),
    "norm.nuc": ("norm", _norm),
    "norm.fro": ("norm", _norm),
    "norm.inf": ("norm", _norm),
    "linalg.norm": ("norm", _linalg_norm),
    "linalg.norm.subgradients_at_zero": ("norm", _linalg_norm),
    "linalg.matrix_norm": ("norm", _matrix_norm),
    "linalg.vector_norm": ("norm", _vector_norm),
    "kthvalue": ("sort", _kthvalue),
    "msort": ("sort", lambda x: call("sort", x, 0)),
    "trapezoid": ("trapezoid", _trapezoid),
    "trapz": ("trapezoid", _trapezoid),
    "reshape": ("reshape", _reshape),
    "view": ("reshape", _reshape),
    "reshape_as": ("reshape", _as_other),
    "view_as": ("reshape", _as_other),
    "permute": ("permute", _permute),
    "transpose": ("transpose", _transpose),
    "t": ("transpose", lambda x: f"{x}.T" if x.ndim == 2 else str(x)),
    "T": ("transpose", lambda x: f"{x}.T" if x.ndim == 2 else str(x)),
    "mT": ("transpose", lambda x: call("swapaxes", x, -1, -2)),
    "expand": ("expand", _expand),
    "expand_as": ("expand", _expand_as),
    "repeat": ("tile", _repeat),
    "repeat_interleave": ("repeat", _repeat_interleave),
    "movedim": ("moveaxis", _movedim),
    "squeeze": ("squeeze", _squeeze),
    "squeeze.multiple": ("squeeze", _squeeze),
    "constant_pad_nd": ("pad", lambda x, pad, value=0: _pad(x, pad, "constant", value)),
    "nn.functional.pad.constant": ("pad", _pad),
    "nn.functional.pad.reflect": ("pad", _pad),
    "nn.functional.pad.replicate": ("pad", _pad),
    "nn.functional.pad.circular": ("pad", _pad),
    "narrow": ("index", _narrow),
    "select": ("index", _select),
    "__getitem__": ("index", _getitem),
    "index_select": ("take", _index_select),
    "take": ("take", _take),
    # PyTorch's sample puts the branch before the condition.
    "where": ("where", lambda a, c, b: call("where", c, a, b)),
    "masked_fill": ("where", _masked_fill),
    "masked_select": ("index", _masked_select),
    "split": ("split", _split),
    "split.list_args": ("split", _split),
    "split_with_sizes": ("split", _split),
    "chunk": ("split", _chunk),
    "tensor_split": ("split", _tensor_split),
    "hstack": ("concat", _several("concat", lambda ndim: min(1, ndim - 1), 1)),
    "vstack": ("concat", _several("concat", lambda ndim: 0, 2)),
    "dstack": ("concat", _several("concat", lambda ndim: 2, 3)),
    "column_stack": ("concat", _several("concat", lambda ndim: 1, 2)),
    "cat": ("concat", same("concat")),
    "meshgrid.variadic_tensors": ("meshgrid", _meshgrid),
    "meshgrid.list_of_tensors": ("meshgrid", _meshgrid),
    "fliplr": ("flip", lambda x: call("flip", x, 1)),
    "flipud": ("flip", lambda x: call("flip", x, 0)),
    "roll": ("roll", _roll),
    "diag": ("diag", _diag),
    "linalg.diagonal": (
        "diagonal",
        lambda A, *, offset=0, dim1=-2, dim2=-1: call("diagonal", A, offset, dim1, dim2),
    ),
    "mm": ("matmul", template("{} @ {}")),
    "mv": ("matmul", template("{} @ {}")),
    "bmm": ("matmul", template("{} @ {}")),
    "addmm": ("matmul", _plus_product),
    "addmv": ("matmul", _plus_product),
    "baddbmm": ("matmul", _plus_product),
    "addbmm": ("matmul", _plus_batches),
    "addr": ("outer", _plus_outer),
    "linalg.multi_dot": ("matmul", _chain),
    "linalg.vecdot": ("vdot", _vecdot),
    "tensordot": ("einsum", _tensordot),
    "einsum": ("einsum", _einsum),
    "cross": ("cross", _cross),
    "cholesky": ("cholesky", _cholesky),
    "linalg.cholesky": ("cholesky", lambda A, *, upper=False: _cholesky(A, upper)),
    "linalg.eigh": ("eigh", _eigh),
    "linalg.eigvalsh": ("eigvalsh", _eigvalsh),
    "linalg.solve": ("solve", _solve),
    "linalg.lstsq.grad_oriented": ("lstsq", _lstsq),
    "pinverse": ("pinv", _pinv),
    "linalg.pinv": ("pinv", _pinv),
    "linalg.pinv.singular": ("pinv", _pinv),
    "linalg.qr": ("qr", _qr),
    "qr": ("qr", _qr_old),
    "matrix_exp": ("expm", same("expm")),
    "special.xlog1py": ("xlogy", _xlog1py),
    "special.entr": ("xlogy", _entr),
    "special.ndtr": ("erfc", _ndtr),
    "special.ndtri": ("erfinv", _ndtri),
    "special.polygamma.special_polygamma_n_0": ("polygamma", _polygamma),
    **{f"polygamma.polygamma_n_{n}": ("polygamma", _polygamma) for n in range(5)},
    "dist": ("norm", _dist),
    "softmax": ("softmax", _log_like("softmax")),
    "log_softmax": ("log_softmax", _log_like("log_softmax")),
    "nn.functional.softmin": ("softmax", _softmin),
    "nn.functional.threshold": ("where", _threshold),
    "nn.functional.layer_norm": ("layer_norm", _layer_norm),
    "diff": ("index", _diff),
    **{
        f"nn.functional.{name}": (name, _old_reduction(name))
        for name in ("mse_loss", "l1_loss", "smooth_l1_loss", "nll_loss", "cross_entropy", "kl_div")
    },
}

OPERATORS: dict[str, Operator] = {
    **{name: Operator(short, same(short)) for name in SAME for short in [name.rsplit(".", 1)[-1]]},
    **{name: Operator(*entry) for name, entry in OTHERS.items()},
}
