"""Requests, sent and retried until one succeeds or no retry is left."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar, cast
from urllib.parse import urlsplit

from cartesia_api.types import Misfit

from ._error_responses import status_error
from ._exceptions import APIConnectionError, ResponseValidationError
from ._http import Response, is_success
from ._log import is_debugging, logger
from ._printable import excerpt
from ._retry import RetryEvent, pause_before_retry

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable

    from ._clock import Clock
    from ._http import Request
    from ._operations import Operation
    from ._retry import Failure
    from ._settings import Settings
    from ._transports._pool import PooledTransport, StreamedResponse

P = ParamSpec("P")
T = TypeVar("T")

# A transport's timeouts are above 0; this one is over at once. In seconds.
_SHORTEST_TIMEOUT = 0.001
_LONGEST_EXCERPT = 500


@dataclass(frozen=True, slots=True)
class Sender:
    """Calls operations with a client's settings.

    Its coroutines suspend only where those of the transport and `sleep` do.

    Attributes:
        settings: Base URL, key, version, timeout and headers of every request.
        transport: Sends the requests.
        sleep: Waits for a number of seconds.
        deadline: The moment of the clock's `monotonic` at which every operation must have ended.
        warned: The kinds of place that a warning was logged for.
    """

    settings: Settings
    transport: PooledTransport
    sleep: Callable[[float], Awaitable[None]]
    deadline: float = float("inf")
    warned: set[str] = field(default_factory=set[str], repr=False)

    @property
    def clock(self) -> Clock:
        """The source of the time."""
        return self.settings.clock

    def once_before(self, deadline: float) -> Sender:
        """Return a sender that never retries, and waits for no response beyond a deadline."""
        return replace(self, settings=self.settings.changed(max_retries=0), deadline=deadline)

    async def call(self, operation: Operation[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Call an operation and return the model of its success."""
        request = operation.request(self.settings, *args, **kwargs)
        response = await self.send(request, repeatable=operation.repeatable)
        try:
            result, misfits = operation.parse(response)
        except Misfit as misfit:
            raise self.invalid(operation.operation_id, response.body, misfit) from None
        for untyped in misfits:
            self._warn(operation.operation_id, untyped)
        return result

    def invalid(self, operation_id: str, body: bytes, misfit: Misfit) -> ResponseValidationError:
        """Return the error for a response that does not match the spec, with the key masked."""
        masked = self.settings.api_key.masked_in
        problem, pointer = masked(misfit.problem), masked(misfit.pointer)
        # The cut after the masking leaves no part of a key.
        text = masked(body[: 2 * _LONGEST_EXCERPT].decode("utf-8", errors="replace"))
        return ResponseValidationError(
            f"The response to {operation_id} does not match the spec: "
            f"{excerpt(pointer or 'the response')} {excerpt(problem)}.",
            hint="Check the base URL. If it is right, the API has changed: look for a newer release.",
            problem=problem,
            pointer=pointer,
            body=text[:_LONGEST_EXCERPT],
        )

    def _warn(self, operation_id: str, misfit: Misfit) -> None:
        """Log a kind of place whose values do not fit, once a client and without the value."""
        place = f"{operation_id} {misfit.kind_of_place}"
        if place not in self.warned:
            self.warned.add(place)
            logger().warning(
                "In the response to %s the value %s %s; it is kept as it came in "
                "additional_properties.",
                operation_id,
                misfit.kind_of_place,
                misfit.problem,
            )

    async def send(self, request: Request, *, repeatable: bool) -> Response:
        """Return the first response that is a success."""
        response, request, start = await self._retried(
            request, self.transport.send, repeatable=repeatable
        )
        self._log(request, response.status_code, start, len(response.body))
        return response

    async def stream(
        self, operation: Operation[P, Any], *args: P.args, **kwargs: P.kwargs
    ) -> AsyncGenerator[bytes, None]:
        """Yield the body of the first response that is a success, piece by piece, and b"" at its end."""
        request = operation.request(self.settings, *args, **kwargs)
        open_one = partial(self.transport.stream, patience=request.timeout)
        opened, request, start = await self._retried(request, open_one, repeatable=True)
        response = cast("StreamedResponse", opened)  # as any success
        outcome: object = response.status_code
        piece = response.first_piece
        count = len(piece)
        try:
            operation.check_status(response.status_code)
            while piece:
                yield piece
                try:
                    piece = await response.read()
                except BaseException as error:
                    outcome = type(error).__name__
                    raise
                count += len(piece)
            yield b""
        except Misfit as misfit:
            raise self.invalid(operation.operation_id, piece, misfit) from None
        finally:
            self._log(request, outcome, start, count)
            await response.close()

    async def _retried(
        self,
        request: Request,
        exchange: Callable[[Request], Awaitable[T]],
        *,
        repeatable: bool,
    ) -> tuple[T, Request, float]:
        """Return the first response that is a success, its request, and when that was sent.

        Each failed attempt is logged, level DEBUG, and each retry, level INFO; `on_retry` is called
        with it.

        Args:
            request: What to send.
            exchange: Sends the request, its timeout cut to the time left.
            repeatable: Whether a request that was acted on may be retried.
        """
        now = self.clock.monotonic
        start = now()
        deadline = min(start + self.settings.total_bound(request.timeout), self.deadline)
        attempt = 1
        while True:
            left = max(_SHORTEST_TIMEOUT, deadline - start)
            if attempt > 1 or left < request.timeout:
                timeout = min(request.timeout, left)
                request = request._replace(timeout=timeout, attempt=attempt)
            failure: Failure
            try:
                response = await exchange(request)
            except BaseException as error:
                self._log(request, type(error).__name__, start)
                if not isinstance(error, APIConnectionError):
                    raise
                failure = error
            else:
                if not isinstance(response, Response) or is_success(response.status_code):
                    return response, request, start
                self._log(request, response.status_code, start, len(response.body))
                failure = status_error(request, response, self.clock.now())
            failure.attempts = attempt
            pause = pause_before_retry(
                failure,
                attempt,
                max_retries=self.settings.max_retries,
                repeatable=repeatable,
                remaining=deadline - now(),
            )
            if pause is None:
                if attempt > 1:
                    failure.summary += f" It was tried {attempt} times."
                raise failure
            logger().info("%s Retrying in %.2f s (retry %d).", failure.summary, pause, attempt)
            if self.settings.on_retry is not None:
                event = RetryEvent(request.method, request.url, attempt, pause, failure)
                self.settings.on_retry(event)
            await self.sleep(pause)
            attempt += 1
            start = now()

    def _log(self, request: Request, outcome: object, start: float, count: int = 0) -> None:
        """Log a request and its outcome, level DEBUG, without the key, a header or a body."""
        if is_debugging():
            logger().debug(
                "%s %s: %s, %d bytes, %.1f ms, attempt %d",
                request.method,
                request.masked(urlsplit(request.url).path),
                outcome,
                count + (request.sink.written if request.sink else 0),
                (self.clock.monotonic() - start) * 1000,
                request.attempt,
            )
