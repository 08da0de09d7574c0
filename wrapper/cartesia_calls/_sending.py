"""Requests, sent and retried until there is a success or no retry is left."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from . import _log
from ._error_responses import status_error
from ._exceptions import APIConnectionError, APITimeoutError, ResponseValidationError
from ._http import Request, Response, is_success
from ._retry import RetryEvent, pause_before_retry
from ._transports._failures import timed_out
from ._version import __version__

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from ._clock import Clock
    from ._http import StreamedResponse, Transport
    from ._operations import Operation, RequestParts
    from ._reader import Misfit
    from ._retry import Failure
    from ._settings import Settings

P = ParamSpec("P")
T = TypeVar("T")

# A transport's timeouts are above 0; this one is over at once. In seconds.
_SHORTEST_TIMEOUT = 0.001
_LONGEST_ERROR_BODY = 100_000
_OWN_HEADERS = {
    "accept": "application/json, audio/wav",
    "user-agent": f"cartesia-calls/{__version__} python/{'.'.join(map(str, sys.version_info[:3]))}",
}


@dataclass(frozen=True, slots=True)
class Opening:
    """The beginning of a response that is read piece by piece.

    Attributes:
        response: The response, to read the rest of.
        first_piece: How its body begins.
    """

    response: StreamedResponse
    first_piece: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Sender:
    """Calls operations with a client's settings.

    Its coroutines suspend only where those of the transport and `sleep` do.

    Attributes:
        settings: Base URL, key, version, timeout and headers of every request.
        max_retries: How often a request is retried.
        clock: The source of the time.
        transport: Sends the requests.
        sleep: Lets seconds pass.
        deadline: No operation may last beyond this moment of the clock's `monotonic`.
        warned: The kinds of place that a warning was logged for.
    """

    settings: Settings
    max_retries: int
    clock: Clock
    transport: Transport
    sleep: Callable[[float], Awaitable[None]]
    deadline: float | None = None
    warned: set[str] = field(default_factory=set[str], repr=False)

    async def call(self, operation: Operation[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Call an operation and return the model of its success."""
        request = self.request(operation, operation.request_parts(*args, **kwargs))
        response = await self.send(request, repeatable=operation.repeatable)
        result, misfits = self.read(operation.parse, response)
        for misfit in misfits:
            self._warn(operation.operation_id, misfit)
        return result

    async def get_object(
        self, operation: Operation[P, T], *args: P.args, **kwargs: P.kwargs
    ) -> dict[str, object]:
        """Call an operation and return the JSON object of its success as it came; as `call`."""
        request = self.request(operation, operation.request_parts(*args, **kwargs))
        response = await self.send(request, repeatable=operation.repeatable)
        return self.read(operation.decode_object, response)

    def read(self, parse: Callable[[Response], T], response: Response) -> T:
        """Return what a success holds; an error that quotes it does not show the key."""
        try:
            return parse(response)
        except ResponseValidationError as error:
            self.settings.api_key.mask(error)
            raise

    def _warn(self, operation_id: str, misfit: Misfit) -> None:
        """Log a kind of place whose values do not fit, once a client and without the value."""
        place = f"{operation_id} {misfit.kind_of_place}"
        if place not in self.warned:
            self.warned.add(place)
            _log.warning(
                "In the response to %s the value %s %s; it is kept as it came in "
                "additional_properties.",
                operation_id,
                misfit.kind_of_place,
                misfit.problem,
            )

    def request(self, operation: Operation[P, T], parts: RequestParts) -> Request:
        """Return the generated layer's request with this client's settings put in."""
        settings = self.settings
        headers = {**_OWN_HEADERS, **settings.headers}
        for name, value in parts.headers.items():
            headers[name.lower()] = value
        headers["cartesia-version"] = settings.api_version
        return Request(
            method=parts.method,
            url=settings.base_url + parts.path,
            headers=headers,
            api_key=settings.api_key if operation.needs_key else None,
            timeout=settings.timeout,
            max_bytes=settings.max_response_bytes,
        )

    async def send(self, request: Request, *, repeatable: bool) -> Response:
        """Return the first response that is a success, retrying as the policy says.

        Each retry is logged to `cartesia_calls`, level INFO, and passed to `on_retry`.
        """

        async def attempt(bounded: Request) -> tuple[Response, Response]:
            response = await self._send_once(bounded)
            return response, response

        return await self.retried(request, attempt, repeatable=repeatable)

    async def stream(self, request: Request) -> Opening:
        """Return the beginning of the first response that is a success; as `send`.

        The caller closes the response.
        """

        async def attempt(bounded: Request) -> tuple[Response, Opening]:
            response, opening = await self.open(bounded, request.timeout)
            if not is_success(response.status_code):
                await opening.response.close()
            return response, opening

        return await self.retried(request, attempt, repeatable=True)

    async def retried(
        self,
        request: Request,
        attempt_at: Callable[[Request], Awaitable[tuple[Response, T]]],
        *,
        repeatable: bool,
    ) -> T:
        """Return the result of the first attempt whose response is a success.

        Args:
            request: What to send.
            attempt_at: Makes one attempt, with the request bounded by the time that is left.
            repeatable: Whether a request that was acted on may be sent again.
        """
        retries = self.retries(request, repeatable=repeatable)
        while True:
            failure: Failure
            try:
                response, result = await attempt_at(retries.bounded())
            except APIConnectionError as error:
                failure = error
            else:
                if is_success(response.status_code):
                    return result
                failure = status_error(request, response, self.clock.now())
            await retries.pause_after(failure)

    def retries(self, request: Request, *, repeatable: bool) -> Retries:
        """Return the retries of one operation, whose time begins now."""
        return Retries(self, request, repeatable=repeatable)

    async def open(self, request: Request, patience: float) -> tuple[Response, Opening]:
        """Return the head of a response with its first piece, or with the whole body of an error.

        Args:
            request: What to send; its timeout bounds all of it.
            patience: How long to wait for each later piece.
        """
        end = self.clock.monotonic() + request.timeout
        response = await self._stream_once(request)
        try:
            piece = body = await self._read_before(end, request, response)
            while (
                piece and not is_success(response.status_code) and len(body) < _LONGEST_ERROR_BODY
            ):
                piece = await self._read_before(end, request, response)
                body += piece
        except BaseException:
            await response.close()
            raise
        response.bound_reads(patience)
        return Response(response.status_code, response.headers, body), Opening(response, body)

    async def _send_once(self, request: Request) -> Response:
        if not _log.is_debugging():
            return await self.transport.send(request)
        from ._request_log import logged_send  # noqa: PLC0415 - rarely needed

        return await logged_send(self.transport, request, self.clock.monotonic)

    async def _stream_once(self, request: Request) -> StreamedResponse:
        if not _log.is_debugging():
            return await self.transport.stream(request)
        from ._request_log import logged_stream  # noqa: PLC0415 - rarely needed

        return await logged_stream(self.transport, request, self.clock.monotonic)

    async def _read_before(self, end: float, request: Request, response: StreamedResponse) -> bytes:
        left = end - self.clock.monotonic()
        if left <= 0:
            raise timed_out(request)
        response.bound_reads(left)
        try:
            return await response.read()
        except APITimeoutError as error:
            # It was given less than the whole time.
            raise timed_out(request) from error.__cause__

    def once_before(self, deadline: float | None) -> Sender:
        """Return a sender that sends once, and waits for no response beyond a deadline."""
        return replace(self, max_retries=0, deadline=deadline)


class Retries:
    """The attempts at one operation: their deadline, their count, and the pauses between them."""

    def __init__(self, sender: Sender, request: Request, *, repeatable: bool) -> None:
        self._sender = sender
        self._request = request
        self._repeatable = repeatable
        self._attempt = 1
        end = sender.clock.monotonic() + sender.settings.total_bound(request.timeout)
        self._deadline = end if sender.deadline is None else min(end, sender.deadline)

    def bounded(self) -> Request:
        """Return the request for the next attempt, its timeout no longer than the time left."""
        left = self._deadline - self._sender.clock.monotonic()
        if left >= self._request.timeout:
            return self._request
        return self._request._replace(timeout=max(_SHORTEST_TIMEOUT, left))

    async def pause_after(self, failure: Failure) -> None:
        """Let the pause before the next attempt pass, or raise the failure if there is none."""
        sender, attempt = self._sender, self._attempt
        failure.attempts = attempt
        pause = pause_before_retry(
            failure,
            attempt,
            max_retries=sender.max_retries,
            repeatable=self._repeatable,
            remaining=self._deadline - sender.clock.monotonic(),
        )
        if pause is None:
            if attempt > 1:
                failure.summary += f" It was tried {attempt} times."
            raise failure
        self._attempt += 1
        self._request = self._request._replace(attempt=self._attempt)
        _log.info("%s Retrying in %.2f s (retry %d).", failure.summary, pause, attempt)
        if sender.settings.on_retry is not None:
            event = RetryEvent(self._request.method, self._request.url, attempt, pause, failure)
            sender.settings.on_retry(event)
        await sender.sleep(pause)
