"""What a run requests: pages of calls, and the parts of each call."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from typing import TYPE_CHECKING, Protocol, TypeAlias

from cartesia_calls import (
    CallLogsNotAvailableError,
    CallNotFoundError,
    CartesiaError,
    ResponseValidationError,
)

from ._manifest import FAILED, Outcome, Skipped
from ._tables import log_rows, record_rows, transcript_rows
from ._target import TargetError
from ._throttle import StopExportError, is_not_there

if TYPE_CHECKING:
    import os
    from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
    from contextlib import AbstractAsyncContextManager
    from pathlib import Path

    from cartesia_calls import AsyncClient, CallPage

    from ._index import Index, Work
    from ._job import Job
    from ._tables import Row
    from ._target import Target
    from ._throttle import Throttle


async def pages(
    client: AsyncClient, agent_id: str, job: Job, throttle: Throttle
) -> AsyncIterator[CallPage]:
    """Yield an agent's calls, newest first; `throttle` starts and retries the request of each page."""
    calls = client.calls.list(
        agent_id=agent_id, status=job.status, since=job.since, until=job.until, undated=True
    )
    listing = calls.pages()
    cursor: str | None = None
    used: set[str] = set()

    async def next_page() -> CallPage:
        nonlocal listing
        try:
            return await anext(listing)
        except CartesiaError:
            listing = calls.pages(after=cursor)
            raise

    while True:
        page = await throttle.ask(next_page, essential=True)
        yield page
        cursor = page.next_cursor
        if cursor is None:
            return
        if cursor in used:  # `calls.pages` knows only the cursors since it was last resumed
            raise ResponseValidationError(
                f"The list of calls leads back to {cursor!r}, where it was before.",
                hint="Try again. If it happens again, report it to the provider.",
                problem="leads back",
                pointer="/next_page",
            )
        used.add(cursor)


@dataclass(frozen=True, slots=True)
class Rows:
    """A part that is a table; `updated_at`, of logs only, is in ISO 8601."""

    rows: Sequence[Row]
    updated_at: str | None = None


@dataclass(frozen=True, slots=True)
class Recording:
    """A part that is a file in the target's `scratch`."""

    file: Path


Fetched = Rows | Recording | Outcome
"""Data to write, or the outcome if that is known already."""

Attempt: TypeAlias = "Callable[[str, Work], Awaitable[Mapping[str, Fetched]]]"
"""Requests a part of a call once, and returns it with the parts that come with it."""


@dataclass(frozen=True, slots=True)
class FetchedCall:
    """A call with its fetched parts, and the last failure if there was one."""

    work: Work
    parts: Mapping[str, Fetched]
    failure: CartesiaError | None = None


@dataclass(frozen=True, slots=True)
class Fetcher:
    """Fetches all parts of a call; `throttle` starts and retries each attempt."""

    attempt: Attempt
    throttle: Throttle

    async def fetch(self, work: Work) -> FetchedCall:
        """Return the parts of a call, each fetched or skipped with the reason."""
        parts: dict[str, Fetched] = {part: Skipped(reason) for part, reason in work.skipped.items()}
        failure: CartesiaError | None = None
        for part in work.parts:
            if part not in parts:
                try:
                    parts |= await self._part(part, work)
                except CartesiaError as error:
                    parts[part] = skipped = _skipped(error, part, final=work.final)
                    failure = error if skipped.has_failed else failure
        return FetchedCall(work, parts, failure)

    async def _part(self, part: str, work: Work) -> Mapping[str, Fetched]:
        if part == "record" and work.record is not None:
            return {"record": Rows(record_rows(work.record))}
        return await self.throttle.ask(partial(self.attempt, part, work), once=work.has_failed)


@dataclass(frozen=True, slots=True)
class Attempts:
    """Requests parts of calls, each once; recordings are stored in the folder `scratch`."""

    client: AsyncClient
    scratch: Path

    async def attempt(self, part: str, work: Work) -> Mapping[str, Fetched]:
        """Return a part of a call, and what comes with it; see `Attempt`."""
        if part == "logs":
            logs = await self.client.calls.logs(work.call_id)
            _check_same(logs.call_id, work.call_id)
            rows = log_rows(logs, work.call_id, work.agent_id)
            return {"logs": Rows(rows, logs.updated_at.isoformat())}
        if part == "audio":
            return {"audio": Recording(await self._audio(work))}
        # The record of a call has its transcript; one request serves for both.
        call = await self.client.calls.get(work.call_id)
        _check_same(call.id, work.call_id)
        record = call.to_dict()
        both: dict[str, Fetched] = {
            "record": Rows(record_rows(record)),
            "transcript": Rows(transcript_rows(record)),
        }
        if call.redacted_at:  # since it was listed
            both["transcript"] = Skipped("deleted")
            if "record" in work.kept:
                both["record"] = Skipped("deleted")
        return {name: rows for name, rows in both.items() if name in work.parts}

    async def _audio(self, work: Work) -> Path:
        name = sha256(work.call_id.encode()).hexdigest()
        file = self.scratch / f"{name}.wav"
        try:
            return await self.client.calls.download_audio(work.call_id, file, overwrite=True)
        except OSError as error:
            if isinstance(error, CartesiaError):  # a timeout is an OSError too
                raise
            raise StopExportError(
                TargetError(f"The recording {file} can't be written: {error.strerror or error}.")
            ) from error


def _check_same(found: str, asked: str) -> None:
    if found != asked:
        raise ResponseValidationError(
            f"The response is about another call: {found!r}, not {asked!r}.",
            hint="Try again. If it happens again, report it to the provider.",
            problem="is another call's",
        )


def _skipped(error: CartesiaError, part: str, *, final: bool) -> Skipped:
    if isinstance(error, CallLogsNotAvailableError):
        return Skipped(error.reason)
    if isinstance(error, CallNotFoundError):
        return Skipped("not_found")
    if is_not_there(error) and part != "logs":
        if part != "audio":
            return Skipped("not_found")
        return Skipped("no_recording" if final else "not_written_yet")
    return Skipped(FAILED, error.summary)


@dataclass(frozen=True, slots=True)
class Site:
    """What workers work on: a target, by the name that the user gave and open in this process."""

    job: Job
    to: str | os.PathLike[str]
    target: Target
    index: Index
    connect: Callable[[], AsyncClient]


class Workers(Protocol):
    """Other processes that fetch and write; `most_at_once` is how many requests they can handle."""

    most_at_once: int

    def at(self, site: Site) -> AbstractAsyncContextManager[Attempt]:
        """Prepare the workers, and provide the function that makes one attempt on one of them."""
        ...
