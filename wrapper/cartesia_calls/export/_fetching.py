"""What a run requests: pages of calls, and the parts of each call."""

from __future__ import annotations

from contextlib import aclosing
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias

from cartesia_calls import (
    CallLogsNotAvailableError,
    CallNotFoundError,
    CartesiaError,
    Redactor,
    ResponseValidationError,
    parse_rfc3339,
)

from ._manifest import FAILED, Exported, Outcome, Skipped
from ._tables import log_rows, record_rows, tool_rows, transcript_rows
from ._target import TargetError, safe_name
from ._throttle import StopExportError, is_not_there

if TYPE_CHECKING:
    import re
    from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
    from pathlib import Path

    from cartesia_calls import AsyncClient, CallPage

    from ._index import Work
    from ._job import Job
    from ._tables import Row
    from ._throttle import Throttle


async def pages(
    client: AsyncClient, agent_id: str, job: Job, throttle: Throttle
) -> AsyncIterator[CallPage]:
    """Yield an agent's calls, newest first; `throttle` starts and retries the request of each page."""
    calls = client.calls.list(
        agent_id=agent_id, status=job.status, since=job.since, until=job.until, undated=True
    )

    async def page_after(cursor: str | None) -> CallPage:
        async with aclosing(calls.pages(after=cursor)) as found:
            return await anext(found)

    used: set[str | None] = set()
    cursor: str | None = None
    while cursor not in used:
        used.add(cursor)
        page = await throttle.ask(partial(page_after, cursor))
        yield page
        cursor = page.next_cursor
        if cursor is None:
            return
    raise ResponseValidationError(
        f"The list of calls leads back to {cursor!r}, where it was before.",
        hint="Try again. If it happens again, report it to the provider.",
        problem="leads back",
        pointer="/next_page",
    )


@dataclass(frozen=True, slots=True)
class Rows:
    """A part that is a table; logs have `updated_at`, in ISO 8601."""

    rows: Sequence[Row]
    updated_at: str | None = None


@dataclass(frozen=True, slots=True)
class Recording:
    """A part that is a file in the target's `scratch`."""

    file: Path


Fetched = Rows | Recording | Outcome
"""Data to write, or the outcome if it is known already."""

Patterns: TypeAlias = "tuple[re.Pattern[str], ...] | None"
"""What to redact besides what `Redactor` finds by itself; None to redact nothing."""
# One request serves for these: the record of a call has its transcript.
_OF_RECORD = {"record": record_rows, "transcript": transcript_rows, "tools": tool_rows}

Ask: TypeAlias = "Callable[[Callable[[], Awaitable[Any]]], Awaitable[Any]]"
"""Sends a request, with retries, and returns its result."""
Attempt: TypeAlias = "Callable[[str, Work], Awaitable[Mapping[str, Fetched]]]"
"""Requests a part of a call once, and returns it with the parts that come with it."""


@dataclass(frozen=True, slots=True)
class FetchedCall:
    """A call with its fetched parts, and the last failure if there was one."""

    work: Work
    parts: Mapping[str, Fetched]
    failure: CartesiaError | None = None


async def fetch(
    work: Work, client: AsyncClient, attempt: Attempt, ask: Ask, redact: Patterns
) -> FetchedCall:
    """Return the parts of a call, each fetched or skipped with the reason.

    To redact a call, its record is requested first, whatever is included. It has the call's own phone
    numbers, and its secrets get their placeholders before those of the log: the same in every run.
    """
    parts: dict[str, Fetched] = {part: Skipped(reason) for part, reason in work.skipped.items()}
    failure: CartesiaError | None = None
    if redact is not None and work.parts:
        try:
            work = replace(work, record=await ask(partial(_record, client, work.call_id)))
        except CartesiaError as error:
            skipped = _skipped(error, "record", work, redact)
            parts |= dict.fromkeys(work.parts, skipped)
            return FetchedCall(work, parts, error if skipped.has_failed else None)
    for part in work.parts:
        if part in parts:
            continue
        if part in _OF_RECORD and work.record is not None:
            parts |= _record_parts(work.record, work, redact)
            continue
        try:
            parts |= await ask(partial(attempt, part, work))
        except CartesiaError as error:
            parts[part] = skipped = _skipped(error, part, work, redact)
            failure = error if skipped.has_failed else failure
    return FetchedCall(work, parts, failure)


async def _record(client: AsyncClient, call_id: str) -> dict[str, object]:
    call = await client.calls.get(call_id)
    _check_same(call.id, call_id)
    return call.to_dict()


def _record_parts(record: dict[str, object], work: Work, redact: Patterns) -> Mapping[str, Fetched]:
    """Return the parts of a call that its record holds, as far as they are requested."""
    if redact is not None:
        ids = {"id": work.call_id, "agent_id": work.agent_id}
        record = Redactor(record, patterns=redact).redact(record) | ids
    parts: dict[str, Fetched] = {
        part: Rows(rows_of(record)) for part, rows_of in _OF_RECORD.items() if part in work.parts
    }
    if parse_rfc3339(record.get("redacted_at")):  # since it was listed
        is_kept = isinstance(work.recorded.get("record"), Exported)
        erased = [part for part in parts if part != "record" or is_kept]
        parts |= dict.fromkeys(erased, Skipped("deleted"))
    return parts


@dataclass(frozen=True, slots=True)
class Attempts:
    """Requests parts of calls, each once; recordings are stored in the folder `scratch`."""

    client: AsyncClient
    scratch: Path
    redact: Patterns

    async def attempt(self, part: str, work: Work) -> Mapping[str, Fetched]:
        """Request a part of a call, and return it with the parts that come with it."""
        if part == "logs":
            logs = await self.client.calls.logs(work.call_id)
            _check_same(logs.call_id, work.call_id)
            if self.redact is not None:
                redactor = Redactor(work.record, patterns=self.redact)
                redactor.redact(work.record)
                logs.logs = list(redactor.lines(logs.logs))
            rows = log_rows(logs, work.call_id, work.agent_id)
            return {"logs": Rows(rows, logs.updated_at.isoformat())}
        if part == "audio":
            return {"audio": Recording(await self._audio(work))}
        record = await _record(self.client, work.call_id)
        return _record_parts(record, work, None)

    async def _audio(self, work: Work) -> Path:
        file = self.scratch / f"{safe_name(work.call_id)}.wav"
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


def _skipped(error: CartesiaError, part: str, work: Work, redact: Patterns) -> Skipped:
    if isinstance(error, CallLogsNotAvailableError):
        return Skipped(error.reason)
    if isinstance(error, CallNotFoundError):
        return Skipped("not_found")
    if is_not_there(error) and part != "logs":
        if part != "audio":
            return Skipped("not_found")
        return Skipped("no_recording" if work.final else "not_written_yet")
    detail = error.summary
    if redact is not None:
        detail = Redactor(work.record, patterns=redact).redact(detail)
    return Skipped(FAILED, detail)
