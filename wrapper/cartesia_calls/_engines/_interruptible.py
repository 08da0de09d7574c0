"""Work done in a thread beside, so that the waiting one hears Ctrl-C.

A call into Rust does not come back for a signal: Python would handle it only when the answer is
there. Waiting for another thread is interrupted at once.
"""

from __future__ import annotations

import threading
import weakref
from math import inf
from queue import SimpleQueue
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

# How long a signal may go unheard, in seconds.
_SLICE = 0.2


class Helper:
    """One thread that does one piece of work after the other, for one waiting thread at a time."""

    def __init__(self) -> None:
        self._jobs: SimpleQueue[_Job | None] | None = None

    def run(self, work: Callable[[], T], timeout: float = inf) -> T:
        """Do some work in the thread beside and return its result, or raise what it raises.

        Work that is not waited for to its end, after Ctrl-C or the time-out, is left to end alone.

        Args:
            work: What to do.
            timeout: How long to wait, in seconds.

        Raises:
            TimeoutError: The work was not done in time.
        """
        jobs, self._jobs = self._jobs or self._start(), None
        job = _Job(work)
        jobs.put(job)
        is_done = False
        try:
            is_done = job.wait(timeout)
        finally:
            if is_done:
                self._jobs = jobs
            else:
                jobs.put(None)
        if not is_done:
            raise TimeoutError
        if job.error is not None:
            raise job.error
        return job.result  # type: ignore[return-value]  # what `work` returned

    def _start(self) -> SimpleQueue[_Job | None]:
        jobs: SimpleQueue[_Job | None] = SimpleQueue()
        threading.Thread(target=_do_all, args=(jobs,), name="cartesia-calls", daemon=True).start()
        # The thread ends with this object.
        weakref.finalize(self, jobs.put, None)
        return jobs


class _Job:
    def __init__(self, work: Callable[[], object]) -> None:
        self.work = work
        self.done = threading.Lock()
        self.done.acquire()
        self.result: object = None
        self.error: BaseException | None = None

    def wait(self, timeout: float) -> bool:
        """Wait until the work is done, and tell whether it is.

        In slices: a signal that comes just before a wait begins does not interrupt it.
        """
        while timeout > _SLICE:
            if self.done.acquire(timeout=_SLICE):
                return True
            timeout -= _SLICE
        return self.done.acquire(timeout=timeout)


def _do_all(jobs: SimpleQueue[_Job | None]) -> None:
    while (job := jobs.get()) is not None:
        try:
            job.result = job.work()
        except BaseException as error:  # noqa: BLE001 - it is raised where the work is waited for
            job.error = error
        job.done.release()
        del job
