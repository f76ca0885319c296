"""Work shared out over the cores: threads that wait for it, started when there is some.

NumPy lets go of the interpreter's lock while it computes, so threads run arrays side by side.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from contextvars import copy_context
from functools import cache
from queue import SimpleQueue
from threading import Lock, Semaphore, Thread


@cache
def cores() -> int:
    """How many threads to compute with: those that ``OMP_NUM_THREADS`` allows, of the cores there are."""
    allowed = getattr(os, "sched_getaffinity", None)
    count = len(allowed(0)) if allowed else os.cpu_count() or 1
    with suppress(KeyError, ValueError):
        count = min(count, max(1, int(os.environ["OMP_NUM_THREADS"])))
    return count


def side_by_side(work: Callable[[], None], threads: int) -> None:
    """Call a function in this thread and in others at once, and wait for all.

    Args:
        work: takes piece by piece of what there is to do, until nothing is left.
        threads: in how many, this one included.

    Raises:
        Exception: what was raised in one of them.
    """
    if threads < 2:
        work()
        return
    job = _Job(work, threads - 1)
    for _ in range(threads - 1):
        _helpers.put(job)
    try:
        work()
    finally:
        job.wait()


class _Job:
    def __init__(self, work: Callable[[], None], helpers: int) -> None:
        # What NumPy does about overflow is part of the context.
        self._context = copy_context()
        self._work = work
        self._helpers = helpers
        self._done = Semaphore(0)
        self._errors: list[BaseException] = []

    def run(self) -> None:
        try:
            self._context.copy().run(self._work)
        except BaseException as error:
            self._errors.append(error)
        finally:
            self._done.release()

    def wait(self) -> None:
        for _ in range(self._helpers):
            self._done.acquire()
        if self._errors:
            raise self._errors[0]


class _Helpers:
    """Threads that wait for jobs; as many as were ever wanted at once, and none in a forked process."""

    def __init__(self) -> None:
        self.forget()
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=self.forget)

    def forget(self) -> None:
        """A fork takes no thread along."""
        self._jobs: SimpleQueue[_Job] = SimpleQueue()
        self._count = 0
        self._lock = Lock()

    def put(self, job: _Job) -> None:
        with self._lock:
            if self._count < cores() - 1:
                self._count += 1
                Thread(target=self._serve, args=(self._jobs,), name="gradcli", daemon=True).start()
        self._jobs.put(job)

    @staticmethod
    def _serve(jobs: SimpleQueue[_Job]) -> None:
        while True:
            jobs.get().run()


_helpers = _Helpers()
