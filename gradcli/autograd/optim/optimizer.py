"""What all optimisers share: parameters in groups with options, state for each parameter, one step.

    Optimizer      groups, state, zero_grad, state_dict
      + FirstOrder     each parameter moves by its own gradient: SGD, Adam, AdamW, RMSprop, Adagrad
      + LBFGS          all parameters move together, and the loss is evaluated again

The names, the layout of groups and state, and the sentences of the errors are those of torch.optim.
"""

from __future__ import annotations

import functools
import warnings
from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any

from gradcli.autograd.optim.saved import load, pack
from gradcli.autograd.sentences import type_name
from gradcli.autograd.tensor import Tensor
from gradcli.errors import AutogradKeyError, AutogradTypeError, AutogradValueError

__all__ = ["Closure", "Group", "Optimizer", "Parameters", "State"]

Group = dict[str, Any]
State = dict[str, Any]
Parameters = Iterable[Tensor] | Iterable[Group]
Closure = Callable[[], Any]


class Optimizer(ABC):
    """The base of all optimisers, and of your own: give it a ``step``.

    Args:
        params: the tensors to optimise, or dictionaries that hold some under ``"params"`` and, beside
            them, options that hold for these alone.
        defaults: the options of a group that does not say otherwise.

    Attributes:
        param_groups: the groups, each with its ``"params"`` and all options; change an option here.
        state: what the optimiser remembers for each parameter, by name.

    Raises:
        AutogradTypeError: a parameter is no tensor, or they come in no order.
        AutogradValueError: a parameter is the result of a computation, or in two groups; there is none.
    """

    # A scheduler of the learning rate watches whether a step was taken since it came.
    _watched = False
    _stepped = False

    def __init_subclass__(cls, **details: Any) -> None:
        super().__init_subclass__(**details)
        if "step" in cls.__dict__:
            cls.step = _noted(cls.__dict__["step"])  # type: ignore[method-assign]

    def __init__(self, params: Parameters, defaults: dict[str, Any]) -> None:
        self.defaults = defaults
        self.state: defaultdict[Tensor, State] = defaultdict(dict)
        self.param_groups: list[Group] = []
        if isinstance(params, Tensor) or not isinstance(params, Iterable):
            got = type_name(params.array) if isinstance(params, Tensor) else type(params).__name__
            raise AutogradTypeError(
                "params argument given to the optimizer should be an iterable of Tensors or dicts, "
                f"but got {got.partition(' ')[0]}",
                hint="put the parameters into a list: [w, b]",
            )
        given: list[Any] = list(params)
        if not given:
            raise AutogradValueError(
                "optimizer got an empty parameter list",
                hint="pass the tensors to optimise; a generator that was used up has none left",
            )
        for group in given if isinstance(given[0], dict) else [{"params": given}]:
            self.add_param_group(group)

    @abstractmethod
    def step(self, closure: Closure | None = None) -> Any:
        """Update the parameters once.

        Args:
            closure: computes the loss again and returns it, gradients filled in; it is called with
                gradients enabled.

        Returns:
            What the closure returned, or None.
        """

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Forget the gradients of all parameters.

        Args:
            set_to_none: ``grad`` becomes None, and a parameter that gets no gradient before the next step
                is skipped there. Otherwise it becomes zero in place, without its history, and the next
                step still decays the parameter and follows its momentum.
        """
        for p in self._parameters():
            if p.grad is None:
                continue
            if set_to_none:
                p.grad = None
                continue
            if p.grad.grad_fn is not None:
                p.grad.detach_()
            else:
                p.grad.requires_grad_(False)
            p.grad.zero_()

    def add_param_group(self, param_group: Group) -> None:
        """Add a group of parameters, such as a layer that is trained from now on.

        Args:
            param_group: its tensors under ``"params"``, and the options in which it differs. It is
                kept, and completed with the defaults.

        Raises:
            AutogradTypeError: it is no dictionary, its parameters are no tensors or a set.
            AutogradKeyError: it holds no ``"params"``.
            AutogradValueError: a parameter is the result of a computation, or in a group already.
        """
        if not isinstance(param_group, dict):
            raise AutogradTypeError(
                f"param_group must be a dict, but got {type(param_group)}",
                hint='write {"params": [w, b], "lr": 0.1}',
            )
        group = param_group
        group["params"] = _tensors(group)
        for name, default in self.defaults.items():
            group.setdefault(name, default)
        if len({id(p) for p in group["params"]}) < len(group["params"]):
            warnings.warn(
                "optimizer contains a parameter group with duplicate parameters; in future, this will "
                "cause an error; see github.com/pytorch/pytorch/issues/40967 for more information",
                stacklevel=3,
            )
        known = {id(p) for p in self._parameters()}
        if any(id(p) in known for p in group["params"]):
            raise AutogradValueError(
                "some parameters appear in more than one parameter group",
                hint="name each parameter in one group",
            )
        self.param_groups.append(group)

    def state_dict(self) -> dict[str, Any]:
        """The state and the options, with numbers in place of the parameters.

        Returns:
            ``{"state": {number: {...}}, "param_groups": [{..., "params": [numbers]}]}``. The tensors in
            it are the optimiser's own, not copies.
        """
        return pack(self.param_groups, self.state)

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Go on from where another optimiser of the same groups was.

        Args:
            state_dict: what its ``state_dict`` returned. Its tensors are copied, into the type of each
                parameter; in PyTorch the two optimisers would go on to share them.

        Raises:
            AutogradTypeError: it is no dictionary.
            AutogradKeyError: a part is missing.
            AutogradValueError: the groups are not those of this optimiser.
        """
        self.param_groups, self.state = load(state_dict, self.param_groups)

    def _parameters(self) -> list[Tensor]:
        return [p for group in self.param_groups for p in group["params"]]

    def __repr__(self) -> str:
        lines = [f"{type(self).__name__} ("]
        for place, group in enumerate(self.param_groups):
            lines.append(f"Parameter Group {place}")
            lines += [f"    {name}: {group[name]}" for name in sorted(group) if name != "params"]
        return "\n".join([*lines, ")"])


def _noted(step: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(step)
    def noting(self: Optimizer, *args: Any, **kwargs: Any) -> Any:
        self._stepped = self._watched
        return step(self, *args, **kwargs)

    return noting


def _tensors(group: Group) -> list[Tensor]:
    if "params" not in group:
        raise AutogradKeyError("a parameter group has no 'params'", hint='write {"params": [w, b]}')
    given = group["params"]
    if isinstance(given, set):
        raise AutogradTypeError(
            "optimizer parameters need to be organized in ordered collections, but the ordering of tensors "
            "in sets will change between runs. Please use a list instead",
            hint="sorted by a name of yours, for example",
        )
    tensors = [given] if isinstance(given, Tensor) else list(given)
    for p in tensors:
        if not isinstance(p, Tensor):
            raise AutogradTypeError(
                f"optimizer can only optimize Tensors, but one of the params is {type(p).__name__}",
                hint="make it one: tensor(value, requires_grad=True)",
            )
        if not (p.is_leaf or p.retains_grad):
            raise AutogradValueError(
                "can't optimize a non-leaf Tensor",
                hint="optimise the tensor that it was computed from, or its detach().requires_grad_()",
            )
    return tensors
