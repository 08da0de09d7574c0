"""`client.calls`: what can be asked about calls, and done to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import os
    from collections.abc import AsyncIterator, Callable, Iterable, Iterator
    from datetime import datetime
    from pathlib import Path

    from cartesia_api.known_values import AgentCallStatus
    from cartesia_api.models import AgentCall, AgentCallLogs

    from ._call_flows import CallFlows
    from ._flow import AsyncRunner, Runner
    from ._listing import CallPage, CallQuery
    from ._logs_flows import LogsFlows

DEFAULT_WAIT = 120.0
"""How long `wait_for_logs` waits unless told otherwise, in seconds."""
DEFAULT_DOWNLOAD_TIMEOUT = 600.0
"""How long an attempt of `download_audio` may take unless told otherwise, in seconds."""


class CallList:
    """Calls, newest first: iterate over them, or over `pages()`.

    Nothing is sent before the first is wanted, and each new iteration begins anew.

    Attributes:
        unplaced: How many calls the latest iteration has left out so far because they have neither
            a start nor an end time, so that they are in no window of `since` and `until`.
    """

    def __init__(self, flows: CallFlows, runner: Runner, query: CallQuery) -> None:
        self._flows = flows
        self._runner = runner
        self._query = query
        self.unplaced = 0

    def __iter__(self) -> Iterator[AgentCall]:
        for page in self.pages():
            yield from page

    def pages(self, *, after: str | None = None) -> Iterator[CallPage]:
        """Yield the wanted calls of one page after the other; a page may have none.

        Each page is a list whose `next_cursor` says where the next one begins. Keep it to resume
        there, after a failure or in another process. A `limit` then counts from there.

        Args:
            after: The `next_cursor` of the last page that you have; the first page by default.

        Raises:
            ResponseValidationError: The server repeats a cursor, or says that there is more and not
                where.
        """
        self.unplaced = 0
        return self._runner.iterate(self._flows.pages(self._query, after, self._count_unplaced))

    def _count_unplaced(self, calls: int) -> None:
        self.unplaced += calls


class AsyncCallList:
    """`CallList` for `async for`."""

    def __init__(self, flows: CallFlows, runner: AsyncRunner, query: CallQuery) -> None:
        self._flows = flows
        self._runner = runner
        self._query = query
        self.unplaced = 0

    async def __aiter__(self) -> AsyncIterator[AgentCall]:
        async for page in self.pages():
            for call in page:
                yield call

    def pages(self, *, after: str | None = None) -> AsyncIterator[CallPage]:
        """Yield the wanted calls of one page after the other; as `CallList.pages`."""
        self.unplaced = 0
        return self._runner.iterate(self._flows.pages(self._query, after, self._count_unplaced))

    def _count_unplaced(self, calls: int) -> None:
        self.unplaced += calls


class Calls:
    """Voice-agent calls.

    Besides the errors that a method names, each raises `APIStatusError` where the server refuses
    (the class tells why), `APIConnectionError` where no whole answer comes back,
    `ResponseValidationError` where an answer is not what the spec says, and `TypeError` or
    `ValueError` for impossible arguments, before anything is sent.
    """

    def __init__(self, flows: CallFlows, logs: LogsFlows, runner: Runner) -> None:
        self._flows = flows
        self._logs = logs
        self._runner = runner

    def logs(self, call_id: str) -> AgentCallLogs:
        """Return the runtime logs of a call (operation `agents_get-call-logs`).

        Where there are none, the call's record is looked at once (`agents_get-call`) for the reason.

        Args:
            call_id: The call's id, such as `ac_123`.

        Returns:
            `call_id`; `logs`, the lines that the agent's code wrote, oldest first; and
            `updated_at`, when they last changed, an aware datetime.

        Raises:
            CallNotFoundError: There is no such call, or it belongs to another account.
            CallLogsNotAvailableError: The call has no logs, or none yet; `reason` says why.
        """
        return self._runner.run(self._logs.logs(call_id))

    def wait_for_logs(self, call_id: str, timeout: float = DEFAULT_WAIT) -> AgentCallLogs:
        """Return the runtime logs of a call as soon as there are any to return.

        Asks again with growing pauses (`agents_get-call-logs` and `agents_get-call`, 0.25 to 5 s
        apart), goes on through failures that may pass, and never goes past the time given. Every
        look in vain leaves a record in the logger `cartesia_calls`, level INFO.

        Args:
            call_id: The call's id, such as `ac_123`.
            timeout: How long to wait at the most, in seconds; 0 asks once.

        Returns:
            As `logs`.

        Raises:
            LogsWaitTimeoutError: The logs did not appear in time.
            CallNotFoundError: There is no such call, or it belongs to another account.
            CallLogsNotAvailableError: The call's logs can never come.
        """
        return self._runner.run(self._logs.wait_for_logs(call_id, timeout))

    def follow_logs(self, call_id: str) -> Iterator[str]:
        """Yield each line of a call's logs once, in order, as it appears.

        Asks again with pauses of 0.25 to 5 s (`agents_get-call-logs`; `agents_get-call` while
        nothing changes), waits for logs that are not there yet, goes on through failures that may
        pass, and ends by itself three looks without a change after the call is over.

        Args:
            call_id: The call's id, such as `ac_123`.

        Yields:
            Lines as they came; lines that are equal are all given.

        Raises:
            LogsRewrittenError: Lines that were given before are gone or changed.
            CallNotFoundError: There is no such call, or it belongs to another account.
            CallLogsNotAvailableError: The call's logs can never come.
        """
        return self._runner.iterate(self._logs.follow_logs(call_id))

    def stream_logs(self, call_id: str) -> Iterator[str]:
        """Yield the lines of a call's logs while they come (operation `agents_get-call-logs`).

        For logs of any size: memory stays the same, `max_response_bytes` bounds each line and not
        the whole, the client's `timeout` bounds each wait for more and not the whole, and
        `total_timeout` ends with the first piece. Until that has come, failures that may pass are
        retried; behind it, the lines that came are good and the error is raised.

        A line can't be taken back, so a document is refused that names `logs` twice or has any value
        of `call_id`, `logs` or `updated_at` that the spec does not allow; where names repeat, `logs`
        takes the last.

        Args:
            call_id: The call's id, such as `ac_123`.

        Yields:
            Lines as they came, oldest first.

        Raises:
            CallNotFoundError: There is no such call, or it belongs to another account.
            CallLogsNotAvailableError: The call has no logs, or none yet; `reason` says why.
        """
        return self._runner.iterate(self._logs.stream_logs(call_id))

    def get(self, call_id: str) -> AgentCall:
        """Return the record of a call, with its transcript (operation `agents_get-call`).

        Times are aware datetimes; those within the transcript are seconds from the call's start.

        Args:
            call_id: The call's id, such as `ac_123`.

        Raises:
            NotFoundError: There is no such call, or it belongs to another account.
        """
        return self._runner.run(self._flows.get(call_id))

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
    ) -> CallList:
        """Return the calls of an agent or a batch, newest first (operation `agents_list-calls`).

        Status and times are compared here. A list with `since` ends when a whole page, and the call
        before it, are older; one call with an odd time does not end it.

        With `until`, the window is also sent to the server (`start_time_gte`, `start_time_lte`), so
        that one long ago costs few requests. A server that ignores it gives the same calls in more
        requests. One that honours it may leave out calls that never started; `undated=True` lists those
        too.

        Args:
            agent_id: The agent; this or `batch_id` is needed.
            batch_id: The batch.
            status: Only calls with this status, or with one of these.
            since: Only calls that started at this time or later: a datetime; a time back from now
                such as `90s`, `15m`, `2h`, `3d` or `1w`; or what dateutil reads, such as
                `2026-03-01T10:00Z` or `yesterday 14:00`. What has no zone is local time. A call that
                never started is placed by its end. One with neither time is in no window: it is left
                out and counted in `unplaced` of the result.
            until: Only calls that started before this time.
            limit: At most this many calls; all by default.
            expand_transcript: Whether to include the transcripts.
            undated: Whether to miss no call: those with neither a start nor an end time are included
                whatever the window is, and the window is not sent to the server.

        Returns:
            Something to iterate over; pages are fetched as they are wanted.
        """
        query = self._flows.query(
            agent_id=agent_id,
            batch_id=batch_id,
            status=status,
            since=since,
            until=until,
            limit=limit,
            expand_transcript=expand_transcript,
            undated=undated,
        )
        return CallList(self._flows, self._runner, query)

    def download_audio(
        self,
        call_id: str,
        path: str | os.PathLike[str],
        *,
        overwrite: bool = False,
        progress: Callable[[int, int | None], None] | None = None,
        timeout: float = DEFAULT_DOWNLOAD_TIMEOUT,
    ) -> Path:
        """Write the recording of a call to a file (operation `agents_download-call-audio`).

        The file appears when all of it has come; a download that breaks off begins anew, as often
        as the client retries.

        Args:
            call_id: The call's id, such as `ac_123`.
            path: Where to write the WAV file.
            overwrite: Whether a file that is there may be replaced.
            progress: Called with the bytes so far and their total, None where that is unknown.
            timeout: The bound of one attempt, in seconds.

        Returns:
            The path.

        Raises:
            NotFoundError: There is no such call, or it has no recording, or none yet.
            FileExistsError: The file is there, and `overwrite` is not set.
            OSError: It can't be written.
        """
        return self._runner.run(
            self._flows.download_audio(
                call_id, path, overwrite=overwrite, progress=progress, timeout=timeout
            )
        )

    def cancel(self, call_id: str) -> None:
        """End a call that is running (operation `agents_cancel-call`).

        It is sent again only if the server surely did not act on it.

        Args:
            call_id: The call's id, such as `ac_123`.

        Raises:
            NotFoundError: There is no such call, or it belongs to another account.
            APIStatusError: The call is not running.
        """
        self._runner.run(self._flows.cancel(call_id))

    def delete(self, call_id: str) -> AgentCall:
        """Erase what a call holds, its logs included (operation `agents_delete-call`).

        Only a call that is over can be deleted, and it can't be undone. It is sent again only if the
        server surely did not act on it.

        Args:
            call_id: The call's id, such as `ac_123`.

        Returns:
            What is left of the call, with `redacted_at` set.

        Raises:
            NotFoundError: There is no such call, or it belongs to another account.
            APIStatusError: The call is not over.
        """
        return self._runner.run(self._flows.delete(call_id))


class AsyncCalls:
    """`Calls`, to be awaited, or iterated over with `async for`; errors are the same."""

    def __init__(self, flows: CallFlows, logs: LogsFlows, runner: AsyncRunner) -> None:
        self._flows = flows
        self._logs = logs
        self._runner = runner

    async def logs(self, call_id: str) -> AgentCallLogs:
        """Return the runtime logs of a call (`agents_get-call-logs`); as `Calls.logs`."""
        return await self._runner.run(self._logs.logs(call_id))

    async def wait_for_logs(self, call_id: str, timeout: float = DEFAULT_WAIT) -> AgentCallLogs:  # noqa: ASYNC109 - the whole wait's bound, as in Calls
        """Return the runtime logs of a call when they are there; as `Calls.wait_for_logs`.

        Cancelling the task ends the wait at once.
        """
        return await self._runner.run(self._logs.wait_for_logs(call_id, timeout))

    def follow_logs(self, call_id: str) -> AsyncIterator[str]:
        """Yield each line of a call's logs once, as it appears; as `Calls.follow_logs`."""
        return self._runner.iterate(self._logs.follow_logs(call_id))

    def stream_logs(self, call_id: str) -> AsyncIterator[str]:
        """Yield the lines of a call's logs while they come; as `Calls.stream_logs`."""
        return self._runner.iterate(self._logs.stream_logs(call_id))

    async def get(self, call_id: str) -> AgentCall:
        """Return the record of a call (`agents_get-call`); as `Calls.get`."""
        return await self._runner.run(self._flows.get(call_id))

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
        """Return calls, newest first, for `async for` (`agents_list-calls`); as `Calls.list`."""
        query = self._flows.query(
            agent_id=agent_id,
            batch_id=batch_id,
            status=status,
            since=since,
            until=until,
            limit=limit,
            expand_transcript=expand_transcript,
            undated=undated,
        )
        return AsyncCallList(self._flows, self._runner, query)

    async def download_audio(
        self,
        call_id: str,
        path: str | os.PathLike[str],
        *,
        overwrite: bool = False,
        progress: Callable[[int, int | None], None] | None = None,
        timeout: float = DEFAULT_DOWNLOAD_TIMEOUT,  # noqa: ASYNC109 - an attempt's bound, as in Calls
    ) -> Path:
        """Write a call's recording to a file (`agents_download-call-audio`).

        As `Calls.download_audio`; the file's own writes block the event loop for their moment.
        """
        return await self._runner.run(
            self._flows.download_audio(
                call_id, path, overwrite=overwrite, progress=progress, timeout=timeout
            )
        )

    async def cancel(self, call_id: str) -> None:
        """End a call that is running (`agents_cancel-call`); as `Calls.cancel`."""
        await self._runner.run(self._flows.cancel(call_id))

    async def delete(self, call_id: str) -> AgentCall:
        """Erase what a call holds (`agents_delete-call`); as `Calls.delete`."""
        return await self._runner.run(self._flows.delete(call_id))
