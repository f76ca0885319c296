"""PyTorch's sentences where more than one place says them, each with our way out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gradcli.errors import AutogradError, ShapeProblem, TensorShapeProblem

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
    "float64": "DoubleTensor",
    "float32": "FloatTensor",
    "float16": "HalfTensor",
    "int64": "LongTensor",
    "int32": "IntTensor",
    "bool": "BoolTensor",
}


def refusal(said: tuple[str, str]) -> AutogradError:
    """A sentence and its way out as the error."""
    return AutogradError(said[0], hint=said[1])


def shape_problem(error: ShapeProblem, name: str, shapes: Sequence[Sequence[Any]]) -> TensorShapeProblem:
    """What does not fit between tensors: PyTorch's sentence where it is one of the common two.

    Args:
        error: what the table of operations says.
        name: the function.
        shapes: of its arguments.
    """
    said = error.message
    if len(shapes) == 2 and said.startswith("these shapes do not broadcast"):
        a, b = [tuple(shape) for shape in shapes]
        for place in range(-1, -min(len(a), len(b)) - 1, -1):
            if a[place] != b[place] and 1 not in (a[place], b[place]):
                axis = max(len(a), len(b)) + place
                said = (
                    f"The size of tensor a ({a[place]}) must match the size of tensor b ({b[place]}) "
                    f"at non-singleton dimension {axis}"
                )
                return TensorShapeProblem(said, hint=error.message)
    if name == "matmul" and [len(shape) for shape in shapes] == [2, 2]:
        (m, n), (k, p) = shapes
        said = f"mat1 and mat2 shapes cannot be multiplied ({m}x{n} and {k}x{p})"
        return TensorShapeProblem(said, hint=error.message)
    return TensorShapeProblem(said, hint=error.hint)


def size(shape: Sequence[int]) -> str:
    """A shape as PyTorch prints it: ``torch.Size([2, 3])``."""
    return f"torch.Size({list(shape)})"


def type_name(array: Any) -> str:
    """An array's type and sizes as PyTorch prints them: ``torch.DoubleTensor [2, 3]``."""
    return f"torch.{_TYPES.get(str(array.dtype), 'Tensor')} {list(array.shape)}"
