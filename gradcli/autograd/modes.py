"""What is switched on and off around tensors: gradients, inference, the search for a nan."""

from __future__ import annotations

import threading
import warnings
from collections.abc import Callable
from copy import copy
from functools import wraps
from inspect import isgeneratorfunction
from types import TracebackType
from typing import Any, Protocol, Self, TypeVar, cast

F = TypeVar("F", bound=Callable[..., Any])


class Recorder(Protocol):
    """What a profiler has to offer to those who run operations; times are in nanoseconds."""

    def forward(self, name: str, start: int, end: int, arguments: list[Any], results: list[Any]) -> None:
        """An operation has run; one that is made of others is told without results."""

    def backward(
        self, name: str, start: int, end: int, number: int, gradients: list[Any], results: list[Any]
    ) -> None:
        """The node of that creation number has run."""

    def block(self, name: str, start: int, end: int) -> None:
        """What its user gave a name to has ended."""


class _State(threading.local):
    """The modes of one thread."""

    grad = True
    inference = False
    anomaly = False
    check_nan = True
    recorder: Recorder | None = None


state = _State()


class _Mode:
    """A mode that lasts as long as a ``with`` block, or a call of the function that it decorates."""

    _stack: list[tuple[bool, bool, bool, bool]]

    def __enter__(self) -> Any:
        self._stack = getattr(self, "_stack", [])
        self._stack.append((state.grad, state.inference, state.anomaly, state.check_nan))
        self._set()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        state.grad, state.inference, state.anomaly, state.check_nan = self._stack.pop()

    def _set(self) -> None:
        """Switch it on."""

    def _anew(self) -> Self:
        """The same mode with nothing to go back to yet: calls may overlap in several threads."""
        mode = copy(self)
        mode._stack = []
        return mode

    def __call__(self, function: F) -> F:
        if isgeneratorfunction(function):
            return cast("F", self._stepwise(function))

        @wraps(function)
        def inside(*arguments: Any, **named: Any) -> Any:
            with self._anew():
                return function(*arguments, **named)

        return cast("F", inside)

    def _stepwise(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """A generator is in the mode while it runs, and not while it waits."""

        @wraps(function)
        def steps(*arguments: Any, **named: Any) -> Any:
            generator = function(*arguments, **named)
            sent = None
            while True:
                with self._anew():
                    try:
                        found = generator.send(sent)
                    except StopIteration as stop:
                        return stop.value
                sent = yield found

        return steps


class no_grad(_Mode):
    """Nothing that is computed here is tracked."""

    def __new__(cls, function: Callable[..., Any] | None = None) -> Any:
        """A mode, or with ``@no_grad`` the function in it."""
        mode = super().__new__(cls)
        return mode if function is None else mode(function)

    def _set(self) -> None:
        state.grad = False


class enable_grad(no_grad):
    """What is computed here is tracked, also inside ``no_grad``."""

    def _set(self) -> None:
        state.grad = not state.inference


class set_grad_enabled(_Mode):
    """Track or do not, as told: at once, and until the end of a ``with`` block if there is one."""

    def __init__(self, mode: bool) -> None:
        self._mode = bool(mode)
        self._before = state.grad
        self._set()

    def __enter__(self) -> set_grad_enabled:
        # The mode was set when this was made; what to go back to is older.
        state.grad = self._before
        super().__enter__()
        return self

    def __call__(self, function: F) -> F:
        """As a decorator it sets nothing outside of the function."""
        state.grad = self._before
        return super().__call__(function)

    def _anew(self) -> Self:
        mode = super()._anew()
        mode._before = state.grad
        return mode

    def _set(self) -> None:
        state.grad = self._mode


class inference_mode(_Mode):
    """Nothing is tracked, and what is made here never will be."""

    def __new__(cls, mode: bool | Callable[..., Any] = True) -> Any:
        """A mode, or with ``@inference_mode`` the function in it."""
        made = super().__new__(cls)
        made._mode = True if callable(mode) else bool(mode)
        return made(mode) if callable(mode) else made

    _mode: bool

    def _set(self) -> None:
        state.inference = self._mode
        state.grad = not self._mode


class set_detect_anomaly(_Mode):
    """Remember where operations were called, and stop at the first nan on the way back; at once."""

    def __init__(self, mode: bool, check_nan: bool = True) -> None:
        self._wanted = (bool(mode), bool(check_nan))
        self._before = (state.anomaly, state.check_nan)
        self._set()

    def __enter__(self) -> set_detect_anomaly:
        state.anomaly, state.check_nan = self._before
        super().__enter__()
        return self

    def __call__(self, function: F) -> F:
        """As a decorator it sets nothing outside of the function."""
        state.anomaly, state.check_nan = self._before
        return super().__call__(function)

    def _anew(self) -> Self:
        mode = super()._anew()
        mode._before = (state.anomaly, state.check_nan)
        return mode

    def _set(self) -> None:
        state.anomaly, state.check_nan = self._wanted


class detect_anomaly(set_detect_anomaly):
    """The same, for a ``with`` block."""

    def __init__(self, check_nan: bool = True) -> None:
        warnings.warn(
            "Anomaly Detection has been enabled. This mode will increase the runtime and should only be "
            "enabled for debugging.",
            UserWarning,
            stacklevel=2,
        )
        super().__init__(True, check_nan)
        state.anomaly, state.check_nan = self._before


def is_grad_enabled() -> bool:
    """Whether what is computed now is tracked."""
    return state.grad


def is_inference_mode_enabled() -> bool:
    """Whether what is made now is for inference alone."""
    return state.inference


def is_anomaly_enabled() -> bool:
    """Whether the way back stops at the first nan."""
    return state.anomaly
