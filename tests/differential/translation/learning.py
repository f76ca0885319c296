"""Layers, losses and what they share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.differential.translation.say import (
    Name,
    Operator,
    Untranslatable,
    alike,
    call,
    first,
)


def _softmin(x: Any, dim: int, *_: Any, **__: Any) -> str:
    return _log_like("softmax")(_like(f"-{x}", x), dim)


def _like(text: str, x: Any) -> Name:
    name = Name(f"({text})")
    name.shape, name.kind = x.shape, x.kind
    return name


def _log_like(function: str) -> Callable[..., str]:
    def translate(x: Any, dim: int, dtype: Any = None) -> str:
        return call(function, x, axis=dim) if x.ndim else f"reshape({function}(reshape({x}, (1,))), ())"

    return translate


def _layer_norm(x: Any, shape: Any, weight: Any = None, bias: Any = None, eps: float = 1e-5) -> str:
    given = {key: one for key, one in (("weight", weight), ("bias", bias)) if one is not None}
    return call("layer_norm", x, normalized_shape=tuple(shape), eps=eps, **given)


def _max_pool(function: str) -> Callable[..., str]:
    def translate(*args: Any, return_indices: bool = False, **kwargs: Any) -> str:
        return call(function, *args, **kwargs)

    return translate


def _dropout(x: Any, p: float = 0.5, training: bool = True, inplace: bool = False) -> str:
    if training and 0 < p < 1:
        raise Untranslatable("random numbers")
    return call("dropout", x, p, training=training)


def _pairwise_distance(a: Any, b: Any, p: float = 2.0, eps: float = 1e-6, keepdim: bool = False) -> str:
    return call("norm", Name(f"{a} - {b} + {eps}"), p, axis=-1, keepdims=keepdim)


def _old_reduction(function: str) -> Callable[..., str]:
    def translate(*args: Any, **kwargs: Any) -> str:
        return call(
            function, *args, **{k: v for k, v in kwargs.items() if k not in ("size_average", "reduce")}
        )

    return translate


OPERATORS: dict[str, Operator] = {
    **alike("""
    nn.functional.relu nn.functional.relu6 nn.functional.elu nn.functional.selu nn.functional.celu
    nn.functional.gelu nn.functional.silu nn.functional.mish nn.functional.softplus
    nn.functional.softsign nn.functional.tanhshrink nn.functional.hardtanh nn.functional.hardsigmoid
    nn.functional.hardswish nn.functional.leaky_relu nn.functional.logsigmoid nn.functional.huber_loss
    nn.functional.binary_cross_entropy nn.functional.binary_cross_entropy_with_logits
    nn.functional.linear nn.functional.conv1d nn.functional.conv2d nn.functional.avg_pool1d
    nn.functional.avg_pool2d nn.functional.cosine_similarity nn.functional.normalize
    """),
    "softmax": Operator("softmax", _log_like("softmax")),
    "log_softmax": Operator("log_softmax", _log_like("log_softmax")),
    "nn.functional.softmin": Operator("softmax", _softmin),
    "softmax.with_dtype": Operator("softmax", _log_like("softmax")),
    "log_softmax.with_dtype": Operator("log_softmax", _log_like("log_softmax")),
    "nn.functional.softmin.with_dtype": Operator("softmax", _softmin),
    "nn.functional.layer_norm": Operator("layer_norm", _layer_norm),
    "nn.functional.max_pool1d": Operator("max_pool1d", _max_pool("max_pool1d"), first),
    "nn.functional.max_pool2d": Operator("max_pool2d", _max_pool("max_pool2d"), first),
    "nn.functional.dropout": Operator("dropout", _dropout),
    "nn.functional.pairwise_distance": Operator("norm", _pairwise_distance),
    **{
        f"nn.functional.{name}": Operator(name, _old_reduction(name))
        for name in ("mse_loss", "l1_loss", "smooth_l1_loss", "nll_loss", "cross_entropy", "kl_div")
    },
}
