"""Elementwise functions: alpha, rounding, the operand on the other side, special functions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.differential.translation.say import (
    Name,
    Operator,
    alike,
    call,
    same,
    template,
    written,
)


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


def _round(x: Any, *, decimals: int = 0) -> str:
    return call("round", x, decimals) if decimals else call("round", x)


def _float_power(a: Any, b: Any) -> str:
    return f"({written(a)}) ^ ({written(b)})"


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


def _threshold(x: Any, threshold: float, value: float) -> str:
    return f"where({x} > {threshold}, {x}, {value})"


def _masked_fill(x: Any, mask: Any, value: Any) -> str:
    return call("where", mask, value, x)


OPERATORS: dict[str, Operator] = {
    **alike("""
    abs acos acosh asin asinh atan atanh ceil cos cosh deg2rad digamma erf erfc erfinv exp exp2 expm1
    floor frac lgamma log log10 log1p log2 logit neg rad2deg reciprocal rsqrt sigmoid sign sin sinc sinh
    sqrt square tan tanh trunc nan_to_num isnan isinf isfinite atan2 copysign fmax fmin fmod hypot
    logaddexp maximum minimum remainder xlogy heaviside lerp clamp logical_and logical_or logical_xor
    logical_not
    """),
    "add": Operator("add", _scaled("+")),
    "sub": Operator("sub", _scaled("-")),
    "mul": Operator("mul", template("{} * {}")),
    "true_divide": Operator("div", template("{} / {}")),
    "div.no_rounding_mode": Operator("div", _div),
    "div.trunc_rounding": Operator("div", _div),
    "div.floor_rounding": Operator("floor_divide", _div),
    "floor_divide": Operator("floor_divide", template("{} // {}")),
    "pow": Operator("pow", template("{} ^ {}")),
    "float_power": Operator("pow", _float_power),
    "rsub": Operator("sub", _rsub),
    "__radd__": Operator("add", template("{1} + {0}")),
    "__rsub__": Operator("sub", template("{1} - {0}")),
    "__rmul__": Operator("mul", template("{1} * {0}")),
    "__rdiv__": Operator("div", template("{1} / {0}")),
    "__rmod__": Operator("remainder", template("{1} % {0}")),
    "__rpow__": Operator("pow", template("{1} ^ {0}")),
    "addcmul": Operator("mul", _addc("*")),
    "addcdiv": Operator("div", _addc("/")),
    "clamp_min": Operator("clip", _bound(True)),
    "clamp_max": Operator("clip", _bound(False)),
    "max.binary": Operator("maximum", same("maximum")),
    "min.binary": Operator("minimum", same("minimum")),
    "eq": Operator("eq", template("{} == {}")),
    "ne": Operator("ne", template("{} != {}")),
    "lt": Operator("lt", template("{} < {}")),
    "le": Operator("le", template("{} <= {}")),
    "gt": Operator("gt", template("{} > {}")),
    "ge": Operator("ge", template("{} >= {}")),
    "round": Operator("round", _round),
    "round.decimals_0": Operator("round", _round),
    "round.decimals_3": Operator("round", _round),
    "round.decimals_neg_3": Operator("round", _round),
    "where": Operator("where", lambda a, c, b: call("where", c, a, b)),
    "masked_fill": Operator("where", _masked_fill),
    "special.xlog1py": Operator("xlogy", _xlog1py),
    "special.entr": Operator("xlogy", _entr),
    "special.ndtr": Operator("erfc", _ndtr),
    "special.ndtri": Operator("erfinv", _ndtri),
    "special.polygamma.special_polygamma_n_0": Operator("polygamma", _polygamma),
    "nn.functional.threshold": Operator("where", _threshold),
    **{f"polygamma.polygamma_n_{n}": Operator("polygamma", _polygamma) for n in range(5)},
    "positive": Operator("mul", str),
}
