"""One call's parts, fetched."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from typing import TYPE_CHECKING

from cartesia_calls._exceptions import (
    CallLogsNotAvailableError,
    CallNotFoundError,
    CartesiaError,
    NotFoundError,
    ResponseValidationError,
)

from ._entry import Skipped
from ._errors import TargetError
from ._rows import log_rows, record_rows, transcript_rows
from ._throttle import StopExportError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from cartesia_api.models import AgentCall, AgentCallLogs
    from cartesia_calls import AsyncClient

    from ._index import Work
    from ._schema import Row
    from ._throttle import Throttle


@dataclass(frozen=True, slots=True)
class Rows:
    """A part that is a table; `updated_at` is in ISO 8601, of logs alone."""

    rows: Sequence[Row]
    updated_at: str | None = None


@dataclass(frozen=True, slots=True)
class Recording:
    """A part that is a file, in the target's `scratch`."""

    file: Path


Fetched = Rows | Recording | Skipped


@dataclass(frozen=True, slots=True)
class FetchedCall:
    """A call with what was fetched of it, by the part."""

    work: Work
    parts: Mapping[str, Fetched]


class Fetcher:
    """Fetches the parts of calls.

    Args:
        client: What sends the requests; it does not retry.
        throttle: Lets them start, and repeats them.
        scratch: A folder for recordings.
    """

    def __init__(self, client: AsyncClient, throttle: Throttle, scratch: Path) -> None:
        self._calls = client.calls
        self._throttle = throttle
        self._scratch = scratch

    async def fetch(self, work: Work) -> FetchedCall:
        """Return a call's parts, each fetched or with the reason why there is nothing.

        Raises:
            StopExportError: Nothing more is to be asked for.
        """
        parts: dict[str, Fetched] = {part: Skipped(reason) for part, reason in work.skipped.items()}
        for part in work.parts:
            if part not in parts:
                try:
                    parts |= await self._part(part, work)
                except (CartesiaError, ValueError) as error:
                    parts[part] = _skipped(error, part, final=work.final)
        return FetchedCall(work, parts)

    async def _part(self, part: str, work: Work) -> dict[str, Fetched]:
        if part == "logs":
            logs = await self._throttle.ask(partial(self._logs, work.call_id))
            rows = log_rows(logs, work.call_id, work.agent_id)
            return {"logs": Rows(rows, logs.updated_at.isoformat())}
        if part == "audio":
            return {"audio": Recording(await self._throttle.ask(partial(self._audio, work)))}
        if part == "record" and work.record is not None:
            return {"record": Rows(record_rows(work.record))}
        # A call's own record has the transcript; one request serves for both.
        call = await self._throttle.ask(partial(self._record, work.call_id))
        both: dict[str, Fetched] = {
            "record": Rows(record_rows(call.to_dict())),
            "transcript": Rows(transcript_rows(call)),
        }
        return {name: rows for name, rows in both.items() if name in work.parts}

    async def _logs(self, call_id: str) -> AgentCallLogs:
        logs = await self._calls.logs(call_id)
        _check_same(logs.call_id, call_id)
        return logs

    async def _record(self, call_id: str) -> AgentCall:
        call = await self._calls.get(call_id)
        _check_same(call.id, call_id)
        return call

    async def _audio(self, work: Work) -> Path:
        name = sha256(work.call_id.encode()).hexdigest()
        file = self._scratch / f"{name}.wav"
        try:
            return await self._calls.download_audio(work.call_id, file, overwrite=True)
        except OSError as error:
            if isinstance(error, CartesiaError):  # a time-out is an OSError too
                raise
            raise StopExportError(
                TargetError(f"The recording {file} can't be written: {error.strerror or error}.")
            ) from error


def _check_same(found: str, asked: str) -> None:
    if found != asked:
        raise ResponseValidationError(
            f"The answer is about another call, {found!r}, not {asked!r}.",
            hint="Try again; if it stays, tell the provider.",
            problem="is another call's",
        )


def _skipped(error: Exception, part: str, *, final: bool) -> Skipped:
    if isinstance(error, CallLogsNotAvailableError):
        return Skipped(error.reason)
    if isinstance(error, CallNotFoundError):
        return Skipped("not_found")
    if isinstance(error, NotFoundError) and isinstance(error.body, dict) and part != "logs":
        if part != "audio":
            return Skipped("not_found")
        return Skipped("no_recording" if final else "not_written_yet")
    summary = error.summary if isinstance(error, CartesiaError) else str(error)
    return Skipped("failed", summary)
