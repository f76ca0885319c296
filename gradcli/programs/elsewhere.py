"""Names of Python, PyTorch and other languages that have no value here, and what to write instead."""

from __future__ import annotations

import re

from gradcli.language.names import CONSTANTS, is_function
from gradcli.programs.functions import MODES, known

_WORDS = {
    "True": "write true",
    "False": "write false",
    "none": "write None",
    "null": "write None",
    "nil": "write None",
    "break": "put its condition into a while: while i < n and not found { ... }",
    "continue": "put the rest of the block into an if",
    "pass": "an empty block is { }",
    "return": "a function is one expression: f(x) = x^2",
    "Variable": "write tensor([1, 2], requires_grad=true)",
}
_MODULES = ("torch", "nn", "F", "optim", "autograd", "np", "numpy", "jnp", "jax", "math", "gradcli", "random")
_TYPES = ("float32", "float64", "int64", "bool")


_MEMBERS = {
    "append": "x = concat([x, [1]]) is longer by one",
    "cuda": "leave it out: everything is in main memory",
    "cpu": "leave it out: everything is in main memory",
    "to": 'leave a device out; for another type write tensor(x, dtype="float32")',
    "device": "leave it out: everything is in main memory",
    "float": 'write tensor(x, dtype="float32")',
    "double": "leave it out: every number is a float64",
    "numel": "write size(x)",
    "nelement": "write size(x)",
    "zero_grad": "write x.grad = None, or zero_grad() of an optimiser",
    "parameters": "list them: SGD([w, b], lr=0.1)",
    "values": "max, min, sort give values alone; topk gives values and positions",
    "indices": "max, min, sort give values alone; topk gives values and positions",
}
_BEHIND = re.compile(r"(?:\s*\.\s*\w+)+")


def instead_of(name: str, behind: str = "") -> str:
    """What to write instead of a name that has no value; empty where it is no name of elsewhere.

    Args:
        name: the name.
        behind: the text behind it, such as ``.optim.SGD([w])``.
    """
    if name in _MODULES:
        dotted = _BEHIND.match(behind)
        word = dotted[0].rpartition(".")[2].strip() if dotted else ""
        if word in CONSTANTS or word in MODES:
            return f"write {word}"
        if is_function(word) or known(word):
            return f"write {word}(...)"
        return "every function is there by its own name, such as exp(x), mse_loss(x, y), tensor([1, 2])"
    if name in _TYPES:
        return f'write it as a text: "{name}"'
    return _WORDS.get(name, "")


def instead_of_member(name: str) -> str:
    """What to write instead of an attribute or a method that PyTorch and Python have; empty for others."""
    return _MEMBERS.get(name, "")
