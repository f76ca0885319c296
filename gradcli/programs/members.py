"""The attributes and methods that a program may use, by the class of what has them.

A class is listed with the names that PyTorch's users know; what they take is read off the functions
themselves. Tensors have all functions of the language as methods besides, and each of them in place.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from gradcli.autograd.backward import BackwardNode
from gradcli.autograd.hooks import Removable
from gradcli.autograd.tensor import Tensor
from gradcli.errors import CallProblem
from gradcli.graph.node import Array
from gradcli.language.meaning import Function, Group, Listing, Meaning, kind_of, span_of
from gradcli.language.names import is_function
from gradcli.language.tree import Tree
from gradcli.programs.context import ProgramContext
from gradcli.programs.forms import arranged
from gradcli.programs.host import Object


class Members(NamedTuple):
    """What objects of a class have.

    Attributes:
        attributes: the names that are read without brackets; ``_saved_*`` stands for all that begin so.
        methods: the names that are called.
        settable: the attributes that may be given a value.
    """

    attributes: tuple[str, ...] = ()
    methods: tuple[str, ...] = ()
    settable: tuple[str, ...] = ()
    in_place: bool = False

    def has_attribute(self, name: str) -> bool:
        """Whether it may be read."""
        return name in self.attributes or (name.startswith("_saved_") and "_saved_*" in self.attributes)

    def has_method(self, name: str) -> bool:
        """Whether it may be called."""
        if name in self.methods:
            return True
        return self.in_place and name.endswith("_") and is_function(name[:-1])

    @property
    def names(self) -> list[str]:
        """All of them."""
        return [*self.attributes, *[f"{name}()" for name in self.methods]]


NONE = Members()

# PyTorch's names of methods that the language knows by another one.
OTHER_NAMES = {"bmm": "matmul", "mm": "matmul", "mv": "matmul", "view": "reshape"}

_TENSOR = Members(
    attributes=(
        "T",
        "_version",
        "data",
        "dtype",
        "grad",
        "grad_fn",
        "is_leaf",
        "ndim",
        "output_nr",
        "requires_grad",
        "retains_grad",
        "shape",
    ),
    methods=(
        "backward",
        "clone",
        "copy_",
        "detach",
        "detach_",
        "dim",
        "fill_",
        "item",
        "numpy",
        "register_hook",
        "requires_grad_",
        "retain_grad",
        "t",
        "tolist",
        "zero_",
    ),
    settable=("data", "grad", "requires_grad"),
    in_place=True,
)
_MEMBERS: tuple[tuple[type, Members], ...] = (
    (Tensor, _TENSOR),
    (
        BackwardNode,
        Members(
            ("_saved_*", "metadata", "next_functions", "variable"),
            ("name", "register_hook", "register_prehook"),
        ),
    ),
    (Removable, Members((), ("remove",))),
)
# By the names of their classes: a program that has none of them does not load them.
_BY_NAME = {
    "Optimizer": Members(
        ("param_groups", "state"), ("step", "zero_grad", "add_param_group", "state_dict", "load_state_dict")
    ),
    "LRScheduler": Members(("last_epoch",), ("step", "get_last_lr", "state_dict", "load_state_dict")),
    "profile": Members((), ("table", "key_averages")),
    "Averages": Members((), ("table",)),
    "Average": Members(
        ("key", "count", "self_memory", "memory", "self_time_total", "time_total", "time_avg"), ()
    ),
}


def owner(context: ProgramContext, x: Meaning) -> Any:
    """The object of Python whose members a value has; a number has those of a tensor."""
    if isinstance(x, Array):
        return context.tensor(x)
    if isinstance(x, Listing):
        return context.stacked(x)
    return x.value if isinstance(x, Object) else x


def of(thing: Any) -> Members:
    """The members of an object."""
    for kind, record in _MEMBERS:
        if isinstance(thing, kind):
            return record
    for kind in type(thing).__mro__:
        if kind.__name__ in _BY_NAME:
            return _BY_NAME[kind.__name__]
    return NONE


def call(
    context: ProgramContext,
    tree: Tree,
    thing: Any,
    word: str,
    positional: Sequence[Meaning],
    keywords: Mapping[str, Meaning],
) -> Meaning:
    """Call a method."""
    method: Callable[..., Any] = getattr(thing, word)
    if word == "step" and positional and isinstance(positional[0], Function):
        positional = [Object(_closure(context, thing, positional[0])), *positional[1:]]
    if isinstance(thing, Tensor) and word not in _TENSOR.methods:
        return context.host(tree, method, positional, keywords)
    return context.host(tree, method, *arranged(context, tree, word, method, positional, keywords))


def _closure(context: ProgramContext, optimiser: Any, loss: Function) -> Callable[[], Any]:
    """A closure for an optimiser, of a loss: functions of a program have no effects, so this one has them.

    Raises:
        CallProblem: the loss takes arguments.
    """
    if loss.parameters:
        raise CallProblem(
            f"step() needs a loss without arguments, and {loss.name}() takes {len(loss.parameters)}",
            hint="write loss() = mean((w*X - Y)^2); opt.step(loss)",
        )
    computed = context.callback(loss)

    def closure() -> Any:
        optimiser.zero_grad()
        value = computed()
        value.backward()
        return value

    return closure


def assign(context: ProgramContext, tree: Tree, x: Meaning, name: str, value: Meaning) -> None:
    """Give an attribute a value.

    Raises:
        CallProblem: it has no such attribute, or may not have another value.
    """
    thing = owner(context, x)
    record = of(thing)
    if name not in record.settable or not isinstance(x, Tensor):
        may = [one for one in record.settable if isinstance(x, Tensor)]
        raise CallProblem(
            f"{name} of {'a tensor' if isinstance(x, Tensor) else kind_of(x)} cannot be given a value",
            span=span_of(tree),
            hint=f"what can be is {', '.join(may)}" if may else "",
        )
    if isinstance(value, Array | Listing | Group) and name != "requires_grad":
        value = context.tensor(context.array(value, span_of(tree)))
    context.host(tree, lambda to: setattr(thing, name, to), [value], {})
