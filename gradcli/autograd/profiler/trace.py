"""Events in Chrome's trace format: complete events, ``"ph": "X"``, with times in microseconds.

The format is described in "Trace Event Format", Google, 2016. An operation and the run of its backward
node have one ``sequence number``, as in PyTorch's traces.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from threading import get_native_id
from typing import Any

from gradcli.autograd.profiler.recording import Event


def chrome(events: Sequence[Event]) -> str:
    """The text of a trace, times counted from the first event."""
    begin = events[0].start if events else 0
    process, thread = os.getpid(), get_native_id()
    found = [
        {
            "ph": "X",
            "cat": event.kind,
            "name": event.name,
            "ts": (event.start - begin) / 1e3,
            "dur": event.duration / 1e3,
            "pid": process,
            "tid": thread,
            "args": _arguments(event),
        }
        for event in events
    ]
    lines = ",\n".join(map(json.dumps, found))
    return f'{{"displayTimeUnit": "ms", "traceEvents": [\n{lines}\n]}}\n'


def _arguments(event: Event) -> dict[str, Any]:
    found: dict[str, Any] = {"bytes": event.self_memory}
    if event.number is not None:
        found["sequence number"] = event.number
    if event.shapes:
        found["input shapes"] = [list(shape) for shape in event.shapes]
    if event.block is not None:
        found["block"] = event.block
    return found
