"""gradcli: differentiates expressions, from a shell or from Python."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gradcli.errors import GradcliError
    from gradcli.expression import Expression

__version__ = "0.1.0"
__all__ = ["Expression", "GradcliError", "__version__"]

_HOMES = {"Expression": "gradcli.expression", "GradcliError": "gradcli.errors"}


def __getattr__(name: str) -> Any:
    # Loaded when first asked for: a command imports only what it uses.
    if name in _HOMES:
        from importlib import import_module

        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'gradcli' has no attribute {name!r}")
