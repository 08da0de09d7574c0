"""One call's parts, fetched."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from typing import TYPE_CHECKING, TypeAlias

from cartesia_calls._exceptions import (
    CallLogsNotAvailableError,
    CallNotFoundError,
    CartesiaError,
    ResponseValidationError,
)

from ._entry import FAILED, Outcome, Skipped
from ._errors import TargetError
from ._rows import log_rows, record_rows, transcript_rows
from ._throttle import StopExportError, is_the_answer

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence
    from pathlib import Path

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


Fetched = Rows | Recording | Outcome
"""What there is of a part: data to be written, or what became of it, where that is known already."""

Attempt: TypeAlias = "Callable[[str, Work], Awaitable[Mapping[str, Fetched]]]"
"""Asks for a part of a call once, and brings the parts that come with it too."""


@dataclass(frozen=True, slots=True)
class FetchedCall:
    """A call with what was fetched of it, by the part; and the last failure, if there was one."""

    work: Work
    parts: Mapping[str, Fetched]
    failure: CartesiaError | None = None


class Fetcher:
    """Fetches the parts of calls.

    Args:
        attempt: Asks for a part of a call once; brings the others that come with it too.
        throttle: Lets attempts start, and repeats them.
    """

    def __init__(self, attempt: Attempt, throttle: Throttle) -> None:
        self._attempt = attempt
        self._throttle = throttle

    async def fetch(self, work: Work) -> FetchedCall:
        """Return a call's parts, each fetched or with the reason why there is nothing.

        Raises:
            StopExportError: Nothing more is to be asked for.
        """
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
        attempt = partial(self._attempt, part, work)
        return await self._throttle.ask(attempt, once=work.has_failed)


class Attempts:
    """Asks the API for the parts of calls, each once.

    Args:
        client: What sends the requests; it does not retry.
        scratch: A folder for recordings.
    """

    def __init__(self, client: AsyncClient, scratch: Path) -> None:
        self._calls = client.calls
        self._scratch = scratch

    async def attempt(self, part: str, work: Work) -> Mapping[str, Fetched]:
        """Return a part of a call, and what comes with it.

        Raises:
            StopExportError: This machine can't take it.
            CartesiaError: There is no such part, or this attempt has failed.
        """
        if part == "logs":
            logs = await self._calls.logs(work.call_id)
            _check_same(logs.call_id, work.call_id)
            rows = log_rows(logs, work.call_id, work.agent_id)
            return {"logs": Rows(rows, logs.updated_at.isoformat())}
        if part == "audio":
            return {"audio": Recording(await self._audio(work))}
        # A call's own record has the transcript; one request serves for both.
        call = await self._calls.get(work.call_id)
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


def _skipped(error: CartesiaError, part: str, *, final: bool) -> Skipped:
    if isinstance(error, CallLogsNotAvailableError):
        return Skipped(error.reason)
    if isinstance(error, CallNotFoundError):
        return Skipped("not_found")
    if is_the_answer(error) and part != "logs":
        if part != "audio":
            return Skipped("not_found")
        return Skipped("no_recording" if final else "not_written_yet")
    return Skipped(FAILED, error.summary)
