"""How a behaviour tells what it saw: as JSON, in words that two libraries share.

A behaviour is a function of a library. It does something there and returns the facts; ``same`` holds
them against other facts. Numbers agree to 12 digits and zeros exactly; where the last bit is the point,
``bits`` writes it out.
"""

from __future__ import annotations

import math
import re
import warnings
from collections.abc import Callable
from typing import Any

Behaviour = Callable[[Any], Any]

BEHAVIOURS: dict[str, Behaviour] = {}

DIGITS = 1e-12

# A sentence of PyTorch's ends with a full stop; in one of them no space follows it.
STOP = re.compile(r"\.(?=\s|$|You )|\n")


def behaviour(body: Behaviour) -> Behaviour:
    """Registers the body under its name."""
    assert body.__name__ not in BEHAVIOURS, f"two behaviours are called {body.__name__}"
    BEHAVIOURS[body.__name__] = body
    return body


def facts(*values: Any) -> Any:
    """One value as JSON, or several as a list; arrays and tensors are lists, and nan and inf are strings."""
    if len(values) != 1:
        return [facts(value) for value in values]
    (value,) = values
    if isinstance(value, dict):
        return {str(key): facts(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [facts(one) for one in value]
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else str(float(value))
    if value is None or isinstance(value, (bool, int, str)):
        return value
    return facts((value.detach() if hasattr(value, "detach") else value).tolist())


def bits(value: Any) -> Any:
    """The numbers of a tensor to their last bit."""
    if isinstance(value, list):
        return [bits(one) for one in value]
    return value.hex() if isinstance(value, float) else bits(value.tolist())


def kind(tensor: Any) -> str:
    """The name of the type of its numbers, without its library's."""
    return str(tensor.dtype).removeprefix("torch.")


def first_sentence(text: str) -> str:
    """A message up to its first full stop: PyTorch's advice, or ours, comes after it.

    Earlier versions of PyTorch said ``output 0 of ExpBackward0`` where 2.13 says ``output 0 of Exp``.
    """
    return re.sub(r"(output \d+ of \w+?)Backward\d+", r"\1", STOP.split(text, maxsplit=1)[0].rstrip(","))


def sentence(call: Callable[[], Any]) -> list[str] | None:
    """Which of Python's own errors the call raises, and the first sentence of it; None if it raises none."""
    try:
        call()
    except Exception as error:
        own = next(one for one in type(error).__mro__ if one.__module__ == "builtins")
        return [own.__name__, first_sentence(str(error))]
    return None


def warned(call: Callable[[], Any]) -> list[list[str]]:
    """Each warning of the call: its category and its first sentence."""
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        call()
    return [[one.category.__name__, first_sentence(str(one.message))] for one in seen]


def quietly(call: Callable[[], Any]) -> Any:
    """The call's result; its warnings are the business of another behaviour."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return call()


def name(node: Any) -> str | None:
    """The name of a node of the backward graph; PyTorch's AccumulateGrad says its namespace too."""
    return None if node is None else node.name().removeprefix("torch::autograd::")


def tree(node: Any) -> Any:
    """The backward graph below a node: its name, then each next function with its output index."""
    if node is None:
        return None
    return [name(node), *([tree(below), place] for below, place in node.next_functions)]


def same(expected: Any, seen: Any) -> bool:
    """Whether two facts agree."""
    if isinstance(expected, float) and isinstance(seen, float):
        return math.isclose(expected, seen, rel_tol=DIGITS)
    if isinstance(expected, list) and isinstance(seen, list):
        return len(expected) == len(seen) and all(map(same, expected, seen))
    if isinstance(expected, dict) and isinstance(seen, dict):
        return expected.keys() == seen.keys() and all(same(expected[key], seen[key]) for key in expected)
    return type(expected) is type(seen) and bool(expected == seen)
