"""What can be asked about calls and agents, as flows that sync and async clients both run."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ._arguments import check_id, check_limit, check_seconds
from ._exceptions import ResponseValidationError
from ._listing import CallQuery, list_pages
from ._operations import (
    CANCEL_CALL,
    DELETE_CALL,
    DOWNLOAD_CALL_AUDIO,
    GET_AGENT,
    GET_CALL,
    GET_STATUS,
    LIST_AGENTS,
    SPEC_VERSION,
)
from ._part_file import check_target, is_rewritable, whole_file

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterable
    from datetime import datetime
    from typing import BinaryIO

    from cartesia_api.models import AgentCall, AgentSummary, APIInfo

    from ._flow import Flow, ItemFlow
    from ._listing import CallPage
    from ._sending import Sender

    Progress = Callable[[int, int | None], None]


@dataclass(frozen=True, slots=True)
class CallFlows:
    """The flows behind those methods of `client.calls` that are not about logs."""

    sender: Sender

    def get(self, call_id: str) -> Flow[AgentCall]:
        """See `Calls.get`."""
        call_id = check_id(call_id, "call_id")
        return self.sender.call(GET_CALL, call_id, cartesia_version=SPEC_VERSION)

    def pages(
        self, query: CallQuery, after: str | None, on_unplaced: Callable[[int], None]
    ) -> ItemFlow[CallPage]:
        """See `Calls.list`."""
        cursor = None if after is None else check_id(after, "after")
        return list_pages(self.sender, query, after=cursor, on_unplaced=on_unplaced)

    def query(
        self,
        *,
        agent_id: str | None,
        batch_id: str | None,
        status: str | Iterable[str] | None,
        since: datetime | str | None,
        until: datetime | str | None,
        limit: int | None,
        expand_transcript: bool,
        undated: bool,
    ) -> CallQuery:
        """Check what `Calls.list` was called with.

        Raises:
            TypeError: An argument has the wrong type.
            ValueError: An argument has an impossible value.
        """
        if (agent_id is None) == (batch_id is None):
            raise ValueError("pass agent_id or batch_id, one of the two")
        from ._times import read_moment  # noqa: PLC0415 - dateutil's parser is large

        now = self.sender.clock.now()
        return CallQuery(
            agent_id=None if agent_id is None else check_id(agent_id, "agent_id"),
            batch_id=None if batch_id is None else check_id(batch_id, "batch_id"),
            statuses=frozenset([status] if isinstance(status, str) else status or ()),
            since=None if since is None else read_moment(since, now, "since"),
            until=None if until is None else read_moment(until, now, "until"),
            limit=None if limit is None else check_limit(limit),
            expand_transcript=expand_transcript,
            undated=undated,
        )

    def cancel(self, call_id: str) -> Flow[None]:
        """See `Calls.cancel`."""
        call_id = check_id(call_id, "call_id")
        yield from self.sender.call(CANCEL_CALL, call_id, cartesia_version=SPEC_VERSION)

    def delete(self, call_id: str) -> Flow[AgentCall]:
        """See `Calls.delete`."""
        call_id = check_id(call_id, "call_id")
        return self.sender.call(DELETE_CALL, call_id, cartesia_version=SPEC_VERSION)

    def download_audio(
        self,
        call_id: str,
        path: str | os.PathLike[str],
        *,
        overwrite: bool,
        progress: Progress | None,
        timeout: float,
    ) -> Flow[Path]:
        """See `Calls.download_audio`."""
        call_id = check_id(call_id, "call_id")
        check_seconds(timeout, "timeout")
        target = Path(path)
        check_target(target, overwrite=overwrite)
        operation = DOWNLOAD_CALL_AUDIO
        parts = operation.request_parts(call_id, cartesia_version=SPEC_VERSION)
        with whole_file(target) as file:
            request = self.sender.request(operation, parts)._replace(
                timeout=timeout, sink=_FileSink(file, progress)
            )
            # What has gone into a pipe can't be taken back for a second attempt.
            response = yield from self.sender.send(request, repeatable=is_rewritable(target))
            try:
                operation.check_file(response, "audio/")
            except ResponseValidationError as error:
                self.sender.settings.api_key.mask(error)
                raise
        return target


@dataclass(frozen=True, slots=True)
class AgentFlows:
    """The flows behind `client.agents` and `client.status`."""

    sender: Sender

    def get(self, agent_id: str) -> Flow[AgentSummary]:
        """See `Agents.get`."""
        agent_id = check_id(agent_id, "agent_id")
        return self.sender.call(GET_AGENT, agent_id, cartesia_version=SPEC_VERSION)

    def list(self) -> Flow[list[AgentSummary]]:
        """See `Agents.list`."""
        return (yield from self.sender.call(LIST_AGENTS, cartesia_version=SPEC_VERSION)).summaries

    def status(self) -> Flow[APIInfo]:
        """See `Client.status`."""
        return self.sender.call(GET_STATUS, cartesia_version=SPEC_VERSION)


class _FileSink:
    """Writes a body to a file, from its beginning at every attempt."""

    def __init__(self, file: BinaryIO, progress: Progress | None) -> None:
        self._file = file
        self._progress = progress
        self._total: int | None = None
        self._written = 0

    def start(self, length: int | None) -> None:
        if self._written:
            self._file.seek(0)
            self._file.truncate()
        self._total, self._written = length, 0

    def write(self, piece: bytes) -> None:
        self._file.write(piece)
        self._written += len(piece)
        if self._progress is not None:
            self._progress(self._written, self._total)
