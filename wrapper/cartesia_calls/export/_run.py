"""One run of an export: it lists calls, several workers fetch them, and one thread writes them."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, ParamSpec, TypeVar, cast

from cartesia_calls import CartesiaError

from ._events import CallExported, CallSkipped, CallsListed, Paused
from ._fetching import FetchedCall, fetch, pages
from ._index import work_on
from ._lock import HEARTBEAT
from ._manifest import FAILED, Skipped
from ._target import is_id
from ._throttle import StopExportError, Streak, Throttle, is_not_there, keeps_failing

if TYPE_CHECKING:
    from collections.abc import Callable

    from cartesia_calls import AgentCall, AsyncClient, Clock

    from ._events import ExportResult, OnEvent
    from ._fetching import Attempt
    from ._index import Index, Work
    from ._job import Job
    from ._manifest import Entry, Exported
    from ._writing import Writer, Written

P = ParamSpec("P")
T = TypeVar("T")
_LARGEST_BATCH = 64
_FAILED_BEFORE = Skipped(FAILED, "it failed before, and was not requested again")


@dataclass
class Run:
    """Fetches what the manifest lacks, writes it, and keeps the result up to date.

    Attributes:
        client: Lists the calls; it does not retry.
        renew: Renews the lock of the target.
    """

    job: Job
    client: AsyncClient
    attempt: Attempt
    index: Index
    store: Writer
    renew: Callable[[], None]
    clock: Clock
    on_event: OnEvent
    result: ExportResult

    def __post_init__(self) -> None:
        job = self.job
        self._throttle = Throttle(
            job.concurrency,
            job.rate,
            self.clock,
            on_pause=lambda seconds: self.on_event(Paused(seconds)),
        )
        self._streak = Streak(job.concurrency)
        self._late_streak = Streak(job.concurrency)
        self._to_fetch = self._present = 0
        self._listed = asyncio.Event()
        self._is_listed = False
        self._work: deque[Work] = deque()
        self._late_work: deque[Work] = deque()
        # Bounded, so that memory is.
        self._fetched: asyncio.Queue[FetchedCall | None] = asyncio.Queue(job.concurrency)

    async def run(self, stop: asyncio.Event) -> None:
        """Run to the end, or until `stop` is set; write what was fetched by then."""
        jobs = [self._list(), *(self._fetch() for _ in range(self.job.concurrency))]
        workers = [asyncio.create_task(job) for job in jobs]
        fetching = asyncio.gather(*workers)
        writing = asyncio.create_task(self._write())
        stopping = asyncio.create_task(stop.wait())
        renewing = asyncio.create_task(self._keep_lock())
        try:
            await asyncio.wait(
                (fetching, writing, stopping, renewing), return_when=asyncio.FIRST_COMPLETED
            )
            self.result.interrupted = not fetching.done() and stopping.done()
        finally:
            stopping.cancel()
            ending = self._end(fetching, workers, writing, renewing)
            failures = await to_its_end(asyncio.ensure_future(ending))
        for failure in failures:
            if isinstance(failure, StopExportError):
                raise failure.cause
            if isinstance(failure, BaseException) and not isinstance(
                failure, asyncio.CancelledError
            ):
                raise failure

    async def _end(
        self,
        fetching: asyncio.Future[list[None]],
        workers: list[asyncio.Task[None]],
        writing: asyncio.Task[None],
        renewing: asyncio.Task[None],
    ) -> list[object]:
        """Write what was fetched, and return how each task has ended."""
        # When one has failed, the others are still running.
        for task in workers:
            task.cancel()
        ends: list[object] = [*await asyncio.gather(fetching, *workers, return_exceptions=True)]
        if not writing.done():
            # The writer may fail before it takes this.
            ending = asyncio.create_task(self._fetched.put(None))
            await asyncio.wait((ending, writing), return_when=asyncio.FIRST_COMPLETED)
            ending.cancel()
        renewing.cancel()
        ends += await asyncio.gather(writing, renewing, return_exceptions=True)
        self.result.requests = self._throttle.requests
        self.result.retries = self._throttle.retries
        return ends

    async def _keep_lock(self) -> None:
        while True:
            await asyncio.sleep(HEARTBEAT)
            # To its end even when cancelled: it must not bring back a lock that was released.
            await in_thread(self.renew)

    async def _list(self) -> None:
        without_calls = set(self.job.agents)
        for agent_id in self.job.agents:
            async for page in pages(self.client, agent_id, self.job, self._throttle):
                without_calls -= {agent_id} if page else set()
                self._plan(page)
        self._is_listed = True
        self._report_listed()
        for agent_id in sorted(without_calls):
            if await self._is_unknown(agent_id):
                self.result.unknown_agents.append(agent_id)

    async def _is_unknown(self, agent_id: str) -> bool:
        try:
            await self._throttle.ask(partial(self.client.agents.get, agent_id), once=True)
        except CartesiaError as error:
            return is_not_there(error)
        except StopExportError:
            pass  # a key may read calls and no agents
        return False

    def _plan(self, page: list[AgentCall]) -> None:
        now = self.clock.now()
        work: list[Work] = []
        for call in page:
            if not (is_id(call.id) and is_id(call.agent_id)):
                self.result.found += 1
                self.result.skipped["failed"] += 1
                self.on_event(CallSkipped(call.id, call.agent_id, "failed", "its id can't be one"))
                continue
            if not self.job.shard.has(call.id) or not self.index.see(call.id):
                continue
            self.result.found += 1
            entry = self.index.of(call)
            found = work_on(call, entry, self.job, now, self.client.logs_grace_period)
            if found is not None:
                work.append(found)
            else:
                recorded = cast("Entry", entry)  # without an entry there is work
                skip = recorded.first_skip(self.job.include)
                self._count(recorded, (), skip)
                self._present += skip is None
        self._to_fetch += len(work)
        self.index.add_work(work)
        self._report_listed()

    def _report_listed(self) -> None:
        self.on_event(
            CallsListed(self.result.found, self._present, self._to_fetch, complete=self._is_listed)
        )
        self._listed.set()

    async def _fetch(self) -> None:
        while (work := await self._next_work()) is not None:
            # A server that is gone gets no retries: once a call has failed, others are sent once.
            once = work.has_failed or self._streak.last is not None
            ask = partial(self._throttle.ask, once=once)
            fetched = await fetch(work, self.client, self.attempt, ask, self.job.redact)
            await self._fetched.put(fetched)
            streak = self._late_streak if work.has_failed else self._streak
            streak.take(fetched.failure)
            if self._streak.is_too_long and self._streak.last is not None:
                raise keeps_failing(self._streak.last)

    async def _next_work(self) -> Work | None:
        while True:
            complete = self._is_listed
            if self._streak.is_long:
                # The next calls may fail too; try others, from the whole list.
                self.index.add_work(self._work)
                self._work.clear()
                self._work.extend(self.index.take_work(1 if complete else 0, at_random=True))
            elif not self._work:
                self._work.extend(self.index.take_work(_LARGEST_BATCH))
            if self._work:
                return self._work.popleft()
            if complete:
                return self._next_late_work()
            self._listed.clear()
            await self._listed.wait()

    def _next_late_work(self) -> Work | None:
        """Return a call that failed in an earlier run; none after many such calls failed in a row."""
        if self._late_streak.is_long:
            self._leave_late_work()
        if not self._late_work:
            # At random, since the first calls of the list may fail in each run.
            some = self.index.take_work(_LARGEST_BATCH, late=True, at_random=True)
            self._late_work.extend(some)
        return self._late_work.popleft() if self._late_work else None

    def _leave_late_work(self) -> None:
        while left := self._late_work or self.index.take_work(_LARGEST_BATCH, late=True):
            for work in left:
                entry = cast("Entry", work.before)  # which says that it failed
                self._count(entry, (), entry.first_skip(self.job.include) or _FAILED_BEFORE)
            self._late_work.clear()

    async def _write(self) -> None:
        over = False
        while not over:
            batch = [await self._fetched.get()]
            while len(batch) < _LARGEST_BATCH and not self._fetched.empty():
                batch.append(self._fetched.get_nowait())
            over = None in batch
            fetched = [one for one in batch if one is not None]
            done, failure = await asyncio.to_thread(self.store.write, fetched)
            self.index.put(one.entry for one in done)
            for one in done:
                self._count_written(one)
            if failure is not None:
                raise failure
        await asyncio.to_thread(self.store.flush)

    def _count_written(self, written: Written) -> None:
        entry = written.entry
        parts = [cast("Exported", entry.parts[name]) for name in written.parts]
        rows = sum(part.rows or 0 for part in parts)
        self.result.rows += rows
        self.result.size += sum(part.size for part in parts)
        skip = entry.first_skip(self.job.include) or written.failed
        if written.parts or skip is None:
            self.on_event(CallExported(entry.call_id, entry.agent_id, written.parts, rows))
        self._count(entry, written.parts, skip)

    def _count(self, entry: Entry, written: tuple[str, ...], skip: Skipped | None) -> None:
        if skip:
            self.result.skipped[skip.reason] += 1
            self.on_event(CallSkipped(entry.call_id, entry.agent_id, skip.reason, skip.detail))
        elif written:
            self.result.exported += 1
        else:
            self.result.present += 1


async def in_thread(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Call a function that may block in a thread, and wait for its end even when cancelled.

    What the function uses must stay open until then.
    """
    # A future and no task, since an event loop that ends cancels all tasks.
    working = asyncio.get_running_loop().run_in_executor(None, partial(function, *args, **kwargs))
    return await to_its_end(working)


async def to_its_end(working: asyncio.Future[T]) -> T:
    """Wait until a future is done, and raise the caller's cancellation only then."""
    cancelled: asyncio.CancelledError | None = None
    while not working.done():
        try:
            await asyncio.wait((working,))
        except asyncio.CancelledError as error:
            cancelled = error
    if cancelled is not None:
        raise cancelled from working.exception()
    return working.result()
