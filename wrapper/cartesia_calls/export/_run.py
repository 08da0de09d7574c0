"""One run of an export: calls listed, fetched by several workers, and written by one."""

from __future__ import annotations

import asyncio
from collections import deque
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, cast

from cartesia_calls._arguments import check_id
from cartesia_calls._exceptions import CartesiaError

from ._entry import FAILED, Skipped
from ._events import CallExported, CallSkipped, CallsListed, Paused
from ._fetching import FetchedCall, Fetcher
from ._listing import pages
from ._lock import HEARTBEAT
from ._manifest import FLUSH_EVERY
from ._pace import Pace
from ._planning import work_on
from ._streak import Streak
from ._throttle import StopExportError, Throttle, is_the_answer, keeps_failing
from ._waiting import to_its_end
from ._writing import Pending, rows_of

if TYPE_CHECKING:
    from cartesia_api.models import AgentCall
    from cartesia_calls import AsyncClient
    from cartesia_calls._clock import Clock

    from ._entry import Entry
    from ._events import ExportResult, OnEvent
    from ._fetching import Attempt
    from ._index import Index, Work
    from ._job import Job
    from ._lock import Lock
    from ._writing import Writer, Written

_LARGEST_BATCH = 64
_FAILED_BEFORE = Skipped(FAILED, "it failed before, and was not asked for again")


class Run:
    """Fetches what the manifest lacks and writes it.

    Args:
        job: What is asked for.
        client: Lists the calls; it does not retry.
        attempt: Asks for a part of a call once, as `Fetcher` has it.
        index: What earlier runs have recorded.
        store: Writes and records.
        lock: Is held.
        clock: Tells the time.
        on_event: Is told of what happens.
        grace: How long after its end a call's data may still change, in seconds.
        result: Is kept up to date.
    """

    def __init__(
        self,
        *,
        job: Job,
        client: AsyncClient,
        attempt: Attempt,
        index: Index,
        store: Writer,
        lock: Lock,
        clock: Clock,
        on_event: OnEvent,
        grace: float,
        result: ExportResult,
    ) -> None:
        self._job = job
        self._client = client
        self._index = index
        self._store = store
        self._lock = lock
        self._clock = clock
        self._on_event = on_event
        self._grace = grace
        self._result = result
        self._throttle = Throttle(
            Pace(job.concurrency, job.rate),
            clock,
            on_pause=lambda seconds: on_event(Paused(seconds)),
        )
        self._fetcher = Fetcher(attempt, self._throttle)
        self._streak = Streak(job.concurrency)
        self._late_streak = Streak(job.concurrency)
        self._to_fetch = self._present = 0
        self._listed = asyncio.Event()
        self._is_listed = False
        self._work: deque[Work] = deque()
        self._late_work: deque[Work] = deque()
        # Bounded, so that what is in memory is.
        self._fetched: asyncio.Queue[FetchedCall | None] = asyncio.Queue(job.concurrency)

    async def run(self, stop: asyncio.Event) -> None:
        """Run to the end, or until `stop` is set; what was fetched by then is written.

        Raises:
            CartesiaError: Nothing more could be fetched or written.
        """
        jobs = [self._list(), *(self._fetch() for _ in range(self._job.concurrency))]
        workers = [asyncio.create_task(job) for job in jobs]
        fetching = asyncio.gather(*workers)
        writing = asyncio.create_task(self._write())
        stopping = asyncio.create_task(stop.wait())
        beating = asyncio.create_task(self._beat())
        try:
            await asyncio.wait(
                (fetching, writing, stopping, beating), return_when=asyncio.FIRST_COMPLETED
            )
            self._result.interrupted = not fetching.done() and stopping.done()
        finally:
            stopping.cancel()
            ending = self._end(fetching, workers, writing, beating)
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
        beating: asyncio.Task[None],
    ) -> list[object]:
        """Have what was fetched written, and return how each task has ended."""
        # When one has failed, the others are still at work.
        for task in workers:
            task.cancel()
        ends: list[object] = [*await asyncio.gather(fetching, *workers, return_exceptions=True)]
        if not writing.done():
            await self._end_of(writing)
        beating.cancel()
        ends += await asyncio.gather(writing, beating, return_exceptions=True)
        self._result.requests = self._throttle.requests
        self._result.retries = self._throttle.retries
        return ends

    async def _end_of(self, writing: asyncio.Task[None]) -> None:
        """Tell the writer that nothing more comes; it may fail before it hears of it."""
        telling = asyncio.create_task(self._fetched.put(None))
        await asyncio.wait((telling, writing), return_when=asyncio.FIRST_COMPLETED)
        telling.cancel()

    async def _list(self) -> None:
        without_calls = set(self._job.agents)
        for agent_id in self._job.agents:
            async for page in pages(self._client, agent_id, self._job, self._throttle):
                without_calls -= {agent_id} if page else set()
                self._plan(page)
        self._is_listed = True
        self._tell_listed()
        for agent_id in sorted(without_calls):
            if await self._is_unknown(agent_id):
                self._result.unknown_agents.append(agent_id)

    async def _is_unknown(self, agent_id: str) -> bool:
        try:
            await self._throttle.ask(partial(self._client.agents.get, agent_id), once=True)
        except CartesiaError as error:
            return is_the_answer(error)
        except StopExportError:
            pass  # a key may read calls and no agents
        return False

    def _plan(self, page: list[AgentCall]) -> None:
        now = self._clock.now()
        work: list[Work] = []
        for call in page:
            if not _has_sound_ids(call):
                self._result.found += 1
                self._result.skipped["failed"] += 1
                self._on_event(CallSkipped(call.id, call.agent_id, "failed", "its id can't be one"))
                continue
            if not self._job.shard.has(call.id) or not self._index.see(call.id):
                continue
            self._result.found += 1
            entry = self._index.of(call)
            found = work_on(call, entry, self._job, now, self._grace)
            if found is not None:
                work.append(found)
            else:
                recorded = cast("Entry", entry)  # else there were something to be done
                skip = recorded.first_skip(self._job.include)
                self._count(recorded, (), skip)
                self._present += skip is None
        self._to_fetch += len(work)
        self._index.add_work(work)
        self._tell_listed()

    def _tell_listed(self) -> None:
        self._on_event(
            CallsListed(self._result.found, self._present, self._to_fetch, complete=self._is_listed)
        )
        self._listed.set()

    async def _fetch(self) -> None:
        while (work := await self._next_work()) is not None:
            fetched = await self._fetcher.fetch(work)
            await self._fetched.put(fetched)
            streak = self._late_streak if work.has_failed else self._streak
            streak.take(fetched.failure)
            if self._streak.is_too_long and self._streak.last is not None:
                raise keeps_failing(self._streak.last)

    async def _next_work(self) -> Work | None:
        while True:
            complete = self._is_listed
            if self._streak.is_long:
                # Those that come next may be bad ones; are others, from the whole list?
                self._index.add_work(self._work)
                self._work.clear()
                self._work.extend(self._index.take_work(1 if complete else 0, at_random=True))
            elif not self._work:
                self._work.extend(self._index.take_work(_LARGEST_BATCH))
            if self._work:
                return self._work.popleft()
            if complete:
                return self._next_late_work()
            self._listed.clear()
            await self._listed.wait()

    def _next_late_work(self) -> Work | None:
        """Return one of those that failed before; none of the rest when many in a row fail again."""
        if self._late_streak.is_long:
            self._leave_late_work()
        if not self._late_work:
            # Those that come first in the list may be bad ones, in each run.
            some = self._index.take_work(_LARGEST_BATCH, late=True, at_random=True)
            self._late_work.extend(some)
        return self._late_work.popleft() if self._late_work else None

    def _leave_late_work(self) -> None:
        while left := self._late_work or self._index.take_work(_LARGEST_BATCH, late=True):
            for work in left:
                entry = cast("Entry", self._index.get(work.call_id))  # which says that it failed
                self._count(entry, (), entry.first_skip(self._job.include) or _FAILED_BEFORE)
            self._late_work.clear()

    async def _write(self) -> None:
        over = False
        while not over:
            batch = await self._next_batch()
            if over := None in batch:
                batch.remove(None)
            if not batch:
                await asyncio.to_thread(self._store.flush)
                continue
            pending = [
                Pending(fetched, self._index.get(fetched.work.call_id))
                for fetched in batch
                if fetched is not None
            ]
            done, failure = await asyncio.to_thread(self._store.write, pending)
            self._index.put(one.entry for one in done)
            for one in done:
                self._count_written(one)
            if failure is not None:
                raise failure
        await asyncio.to_thread(self._store.flush)

    async def _next_batch(self) -> list[FetchedCall | None]:
        """Return what has been fetched; nothing where the journal should be flushed meanwhile."""
        timeout = FLUSH_EVERY if self._store.is_waiting else None
        try:
            async with asyncio.timeout(timeout):
                batch = [await self._fetched.get()]
        except TimeoutError:
            return []
        while len(batch) < _LARGEST_BATCH and not self._fetched.empty():
            batch.append(self._fetched.get_nowait())
        return batch

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(HEARTBEAT)
            await asyncio.to_thread(self._lock.renew)

    def _count_written(self, written: Written) -> None:
        rows, size = rows_of(written)
        self._result.rows += rows
        self._result.size += size
        entry = written.entry
        skip = entry.first_skip(self._job.include) or written.failed
        if written.parts or skip is None:
            self._on_event(CallExported(entry.call_id, entry.agent_id, written.parts, rows))
        self._count(entry, written.parts, skip)

    def _count(self, entry: Entry, written: tuple[str, ...], skip: Skipped | None) -> None:
        if skip:
            self._result.skipped[skip.reason] += 1
            self._on_event(CallSkipped(entry.call_id, entry.agent_id, skip.reason, skip.detail))
        elif written:
            self._result.exported += 1
        else:
            self._result.present += 1


def _has_sound_ids(call: AgentCall) -> bool:
    with suppress(ValueError):
        return bool(check_id(call.id, "id") and check_id(call.agent_id, "id"))
    return False
