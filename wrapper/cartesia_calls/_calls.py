"""`client.calls`: read calls, and act on them.

`AsyncCalls` holds the bodies and the documentation; `Calls` runs the same coroutines without an event
loop.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from cartesia_api.types import Misfit

from ._arguments import check_id, check_limit, check_seconds, read_status
from ._driving import Face, driven, iterate, run
from ._exceptions import CallLogsNotAvailableError
from ._listing import AsyncCallList, CallList, CallQuery
from ._logs import AsyncLogs
from ._operations import (
    CANCEL_CALL,
    DELETE_CALL,
    DOWNLOAD_CALL_AUDIO,
    GET_CALL,
    GET_CALL_LOGS,
    SPEC_VERSION,
)
from ._part_file import FileSink, whole_file

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from cartesia_api.known_values import AgentCallStatus
    from cartesia_api.models import AgentCall

    from ._analysis._timeline import Timeline

# In seconds.
DEFAULT_DOWNLOAD_TIMEOUT = 600.0


class AsyncCalls(AsyncLogs):
    """Voice-agent calls.

    Besides the errors that a method names, each raises `APIStatusError` if the server refuses (a
    subclass for each reason), `APIConnectionError` if no complete response arrives, and
    `ResponseValidationError` if a response does not match the spec. Impossible arguments raise
    `TypeError` or `ValueError` before anything is sent.
    """

    async def get(self, call_id: str) -> AgentCall:
        """Return the record of a call, with its transcript (operation `agents_get-call`).

        Times are aware datetimes; those within the transcript are seconds from the call's start.

        Args:
            call_id: The call's id, such as `ac_123`.

        Raises:
            NotFoundError: There is no such call, or it belongs to another account.
        """
        call_id = check_id(call_id, "call_id")
        return await self._sender.call(GET_CALL, call_id, cartesia_version=SPEC_VERSION)

    async def timeline(self, call_id: str, *, log_offset: float = 0.0) -> Timeline:
        """Return what happened in a call, in order of time: see `cartesia_calls.timeline`.

        Fetches the record and the logs (`agents_get-call` and `agents_get-call-logs`). A call
        without logs has a timeline of what its record holds.

        Args:
            call_id: The call's id, such as `ac_123`.
            log_offset: Seconds to add to the times of the log, if its clock or zone differs.

        Raises:
            NotFoundError: There is no such call, or it belongs to another account.
            ValueError: `log_offset` is not finite.
        """
        from ._analysis._timeline import timeline  # noqa: PLC0415 - only needed here

        call = await self.get(call_id)
        try:
            logs = await self._sender.call(GET_CALL_LOGS, call_id, cartesia_version=SPEC_VERSION)
        except CallLogsNotAvailableError:
            logs = None
        return timeline(call, logs, log_offset=log_offset)

    def list(
        self,
        *,
        agent_id: str | None = None,
        batch_id: str | None = None,
        status: AgentCallStatus | str | Iterable[AgentCallStatus | str] | None = None,
        since: datetime | str | None = None,
        until: datetime | str | None = None,
        limit: int | None = None,
        expand_transcript: bool = False,
        undated: bool = False,
    ) -> AsyncCallList:
        """Return the calls of an agent or a batch, newest first (operation `agents_list-calls`).

        The client compares status and times. A list with `since` ends when a whole page and the
        previous call are older, so one call with a wrong time does not end it.

        With `until`, the client also sends the window to the server (`start_time_gte`,
        `start_time_lte`), so that a window long ago takes few requests. From a server that ignores
        it, the same calls take more requests. A server that honours it may leave out calls that never
        started; `undated=True` lists those too.

        Args:
            agent_id: The agent; this or `batch_id` is needed.
            batch_id: The batch.
            status: Only calls with this status, or with one of these.
            since: Only calls that started at this time or later: a datetime, or a text that
                `read_moment` reads, such as `1h30m` (ago), `2026-03-01T10:00Z`, `yesterday 14:00` or
                `monday`. A time without a zone is local time. A call that never started is placed by
                its end. A call with neither time is in no window: it is left out and counted in
                `unplaced` of the result.
            until: Only calls that started before this time.
            limit: At most this many calls; all by default.
            expand_transcript: Whether to include the transcripts.
            undated: Whether to miss no call: calls with neither a start nor an end time are included
                whatever the window is, and the window is not sent to the server.

        Returns:
            An iterable; each page is fetched when it is needed.

        Raises:
            ValueError: `since` is later than `until`, a time can't be read, or a status is nearly a known
                one.
        """
        if (agent_id is None) == (batch_id is None):
            raise ValueError("pass agent_id or batch_id, one of the two")
        from ._times import read_window  # noqa: PLC0415 - dateutil's parser is large

        first, end = read_window(since, until, self._sender.clock.now())
        statuses = [status] if isinstance(status, str) else status or ()
        query = CallQuery(
            agent_id=None if agent_id is None else check_id(agent_id, "agent_id"),
            batch_id=None if batch_id is None else check_id(batch_id, "batch_id"),
            statuses=frozenset(map(read_status, statuses)),
            since=first,
            until=end,
            limit=None if limit is None else check_limit(limit),
            expand_transcript=expand_transcript,
            undated=undated,
        )
        return AsyncCallList(self._sender, query)

    async def download_audio(
        self,
        call_id: str,
        path: str | os.PathLike[str],
        *,
        overwrite: bool = False,
        progress: Callable[[int, int | None], None] | None = None,
        timeout: float = DEFAULT_DOWNLOAD_TIMEOUT,  # noqa: ASYNC109 - the bound of an attempt
    ) -> Path:
        """Write the recording of a call to a file (operation `agents_download-call-audio`).

        The file appears when it is complete. A download that breaks off starts over, as often as the
        client retries. An `AsyncClient` blocks the event loop briefly for each write.

        Args:
            call_id: The call's id, such as `ac_123`.
            path: Where to write the WAV file.
            overwrite: Whether an existing file may be replaced.
            progress: Called with the bytes so far and their total, None if that is unknown.
            timeout: The bound of one attempt, in seconds.

        Returns:
            The path.

        Raises:
            NotFoundError: There is no such call, or it has no recording, or none yet.
            FileExistsError: The file exists, and `overwrite` is not set.
            OSError: The file cannot be written.
        """
        call_id = check_id(call_id, "call_id")
        check_seconds(timeout, "timeout")
        sender, operation = self._sender, DOWNLOAD_CALL_AUDIO
        request = operation.request(sender.settings, call_id, cartesia_version=SPEC_VERSION)
        with whole_file(path, overwrite=overwrite) as file:
            sink = FileSink(file, progress)
            request = request._replace(timeout=timeout, sink=sink)
            response = await sender.send(request, repeatable=sink.is_rewritable)
            try:
                operation.check_audio(response)
            except Misfit as misfit:
                raise sender.invalid(operation.operation_id, response.body, misfit) from None
        return Path(path)

    async def cancel(self, call_id: str) -> None:
        """End a call that is running (operation `agents_cancel-call`).

        The request is retried only if the server cannot have acted on it.

        Args:
            call_id: The call's id, such as `ac_123`.

        Raises:
            NotFoundError: There is no such call, or it belongs to another account.
            APIStatusError: The call is not running.
        """
        call_id = check_id(call_id, "call_id")
        await self._sender.call(CANCEL_CALL, call_id, cartesia_version=SPEC_VERSION)

    async def delete(self, call_id: str) -> AgentCall:
        """Erase what a call holds, its logs included (operation `agents_delete-call`).

        Only a call that is over can be deleted, and deletion cannot be undone. The request is retried
        only if the server cannot have acted on it.

        Args:
            call_id: The call's id, such as `ac_123`.

        Returns:
            What is left of the call, with `redacted_at` set.

        Raises:
            NotFoundError: There is no such call, or it belongs to another account.
            APIStatusError: The call is not over.
        """
        call_id = check_id(call_id, "call_id")
        return await self._sender.call(DELETE_CALL, call_id, cartesia_version=SPEC_VERSION)


class Calls(Face[AsyncCalls]):
    """Voice-agent calls: the methods of `AsyncCalls`, run without an event loop."""

    logs = driven(AsyncCalls.logs, run)
    wait_for_logs = driven(AsyncCalls.wait_for_logs, run)
    follow_logs = driven(AsyncCalls.follow_logs, iterate, "Iterator[str]")
    stream_logs = driven(AsyncCalls.stream_logs, iterate, "Iterator[str]")
    get = driven(AsyncCalls.get, run)
    timeline = driven(AsyncCalls.timeline, run)
    list = driven(AsyncCalls.list, CallList, "CallList")
    download_audio = driven(AsyncCalls.download_audio, run)
    cancel = driven(AsyncCalls.cancel, run)
    delete = driven(AsyncCalls.delete, run)
