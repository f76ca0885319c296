"""PyTorch's sentences where more than one place says them, each with our way out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gradcli.errors import AutogradError

FREED = (
    "Trying to backward through the graph a second time (or directly access saved tensors after they have "
    "already been freed). Saved intermediate values of the graph are freed when you call .backward() or "
    "autograd.grad(). Specify retain_graph=True if you need to backward through the graph a second time or "
    "if you need to access saved tensors after calling backward.",
    "compute it anew, or give retain_graph=True to all calls but the last",
)
UNTRACKED = "element {} of tensors does not require grad and does not have a grad_fn"
LEAF_IN_PLACE = (
    "a leaf Variable that requires grad is being used in an in-place operation.",
    "change it inside no_grad, or change a clone() of it",
)
VIEW_OF_LEAF_IN_PLACE = (
    "a view of a leaf Variable that requires grad is being used in an in-place operation.",
    "change it inside no_grad, or a view of a clone()",
)
INFERENCE_SAVED = (
    "Inference tensors cannot be saved for backward. Please do not use Tensors created in inference mode in "
    "computation tracked by autograd.",
    "make a clone() of it, or use no_grad instead of inference_mode",
)

_TYPES = {
    "float64": "Double",
    "float32": "Float",
    "float16": "Half",
    "int64": "Long",
    "int32": "Int",
    "bool": "Bool",
}


def refusal(said: tuple[str, str]) -> AutogradError:
    """A sentence and its way out as the error."""
    return AutogradError(said[0], hint=said[1])


def function_name(node: str) -> str:
    """The name of a function by that of its backward node: ``"Exp"`` for ``"ExpBackward0"``."""
    return node.removesuffix("0").removesuffix("Backward")


def size(shape: Sequence[int]) -> str:
    """A shape as PyTorch prints it: ``torch.Size([2, 3])``."""
    return f"torch.Size({list(shape)})"


def type_name(array: Any) -> str:
    """An array's type and sizes as PyTorch prints them: ``torch.DoubleTensor [2, 3]``."""
    return f"torch.{dtype_name(array)}Tensor {list(array.shape)}"


def dtype_name(array: Any) -> str:
    """An array's type in PyTorch's words, such as ``Double``."""
    return _TYPES.get(str(array.dtype), str(array.dtype))
