"""gradcli: differentiates expressions, from a shell and from Python, and tensors by the rules of PyTorch."""

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

# Loaded when first asked for: a command imports only what it uses.
_HOMES = {
    "autograd.function": "Function",
    "autograd.gradcheck": "gradcheck gradgradcheck",
    "autograd.making": "arange as_tensor empty eye from_numpy full linspace manual_seed ones ones_like rand "
    "rand_like randn randn_like tensor zeros zeros_like",
    "autograd.modes": "detect_anomaly enable_grad inference_mode is_anomaly_enabled is_grad_enabled "
    "is_inference_mode_enabled no_grad set_detect_anomaly set_grad_enabled",
    "autograd.optim": "Adagrad Adam AdamW CosineAnnealingLR LBFGS RMSprop SGD StepLR clip_grad_norm_ "
    "clip_grad_value_",
    "autograd.requests": "backward grad",
    "autograd.tensor": "Tensor",
    "errors": "GradcliError",
    "execute.memory.room": "max_memory",
    "expression": "Expression",
    "sparsity.matrix": "Sparse",
}
_MODULES = {name: f"gradcli.autograd.{name}" for name in ("functional", "functions", "optim", "profiler")}
_NAMES = {name: f"gradcli.{home}" for home, names in _HOMES.items() for name in names.split()}

__all__ = sorted([*_NAMES, *_MODULES, "__version__"])


def __getattr__(name: str) -> Any:
    if name in _NAMES:
        return getattr(import_module(_NAMES[name]), name)
    if name in _MODULES:
        return import_module(_MODULES[name])
    raise AttributeError(f"module 'gradcli' has no attribute {name!r}")
