"""The two context managers: what is profiled, and blocks of it that have names."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from time import perf_counter_ns
from types import TracebackType
from typing import Any, TypeVar, cast

from gradcli.autograd.modes import Recorder, state
from gradcli.autograd.profiler import trace
from gradcli.autograd.profiler.averages import Averages, GroupBy, averages
from gradcli.autograd.profiler.recording import Event, Recording
from gradcli.errors import AutogradError

F = TypeVar("F", bound=Callable[..., Any])


class profile:
    """Measure what runs in a ``with`` block, forward and backward.

    Args:
        enabled: whether to measure at all.
        record_shapes: write down the shapes of arguments, so that averages can be grouped by them.
        profile_memory: write down the bytes of the results that each operation made.
    """

    def __init__(
        self, enabled: bool = True, *, record_shapes: bool = False, profile_memory: bool = True
    ) -> None:
        self._enabled = enabled
        self._shapes = record_shapes
        self._memory = profile_memory
        self._recording: Recording | None = None
        self._events: list[Event] | None = None

    def __enter__(self) -> profile:
        if not self._enabled:
            self._events = []
            return self
        if self._recording is not None:
            raise AutogradError(
                "Profiler context manager is not reentrant", hint="make another one: with profile() as p:"
            )
        if state.recorder is not None:
            raise AutogradError(
                "Profiler is already enabled on this thread",
                hint="one with block is enough: name its parts with record_function",
            )
        state.recorder = self._recording = Recording(shapes=self._shapes, memory=self._memory)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._recording is not None:
            state.recorder = None
            self._events = self._recording.finished()

    def events(self) -> list[Event]:
        """All that ran, in the order of beginnings.

        Raises:
            AutogradError: it is not over yet.
        """
        if self._events is None:
            raise AutogradError(
                "Profiler didn't finish running", hint="look at it behind the with block, not inside"
            )
        return list(self._events)

    def key_averages(self, group_by_input_shape: bool = False) -> Averages:
        """What ran by name, or by name and the shapes of arguments.

        Raises:
            AutogradError: it is not over yet.
            AutogradValueError: the shapes were not recorded.
        """
        return self._averages("input_shape" if group_by_input_shape else "name")

    def table(
        self, sort_by: str | None = "self_time_total", row_limit: int = 100, group_by: GroupBy = "name"
    ) -> str:
        """A table of averages as text.

        Args:
            sort_by: ``self_time_total``, ``time_total``, ``time_avg``, ``memory``, ``self_memory``, ``count``
                or ``name``, the largest first; ``None`` for the order in which they first ran.
            row_limit: how many rows at most; -1 for all.
            group_by: ``"name"``, ``"block"`` for the names of record_function, or ``"input_shape"``.

        Raises:
            AutogradError: it is not over yet.
            AutogradValueError: there is no such order or group, or the shapes were not recorded.
        """
        return self._averages(group_by).table(sort_by, row_limit)

    def _averages(self, group_by: GroupBy) -> Averages:
        return averages(self.events(), group_by, shapes=self._shapes, memory=self._memory)

    def export_chrome_trace(self, path: str) -> None:
        """Write a file for chrome://tracing or https://ui.perfetto.dev, and nothing else.

        Raises:
            AutogradError: it is not over yet.
            OSError: the file cannot be written.
        """
        text = trace.chrome(self.events())
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)

    def __str__(self) -> str:
        return "<unfinished profile>" if self._events is None else self.table(None)


class record_function:
    """Give a name to what runs in a ``with`` block, or in the function that it decorates.

    Without a profile around it, it does nothing.

    Args:
        name: what the block is called.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self._starts: list[tuple[Recorder | None, int]] = []

    def __enter__(self) -> record_function:
        recorder = state.recorder
        self._starts.append((recorder, perf_counter_ns() if recorder is not None else 0))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        recorder, start = self._starts.pop()
        # A profile that began or ended inside of the block knows nothing of it.
        if recorder is not None and state.recorder is recorder:
            recorder.block(self.name, start, perf_counter_ns())

    def __call__(self, function: F) -> F:
        """The function, each call of it a block."""

        @wraps(function)
        def inside(*arguments: Any, **named: Any) -> Any:
            with record_function(self.name):
                return function(*arguments, **named)

        return cast("F", inside)
