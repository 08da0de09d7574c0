"""A request sent until there is an answer worth having, or none to hope for."""

from __future__ import annotations

import logging
import platform
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar, cast

from ._engines._failures import timed_out
from ._error_answers import status_error
from ._exceptions import APIConnectionError, APITimeoutError, ResponseValidationError
from ._flow import Open, Read, Send, Sleep
from ._http import Request, Response, is_success
from ._retry import RetryEvent
from ._version import __version__

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from ._clock import Clock
    from ._flow import Emit, Flow, ItemFlow, Outcome, Step
    from ._http import AsyncOpenAnswer, OpenAnswer
    from ._operations import Operation, RequestParts
    from ._reader import Misfit
    from ._retry import Failure, RetryPolicy
    from ._settings import Settings

P = ParamSpec("P")
T = TypeVar("T")

_log = logging.getLogger("cartesia_calls")
# An engine's time-outs are above 0; this one is over at once. In seconds.
_SHORTEST_TIMEOUT = 0.001
_LONGEST_ERROR_BODY = 100_000
_OWN_HEADERS = {
    "accept": "application/json, audio/wav",
    "user-agent": f"cartesia-calls/{__version__} python/{platform.python_version()}",
}


@dataclass(frozen=True, slots=True)
class Sender:
    """Calls operations with a client's settings.

    Attributes:
        settings: Base URL, key, version, time-out and headers of every request.
        policy: When to send again.
        clock: Tells the time.
        deadline: No operation may last beyond this moment of the clock's `monotonic`.
        warned: The kinds of place that a warning was logged for.
    """

    settings: Settings
    policy: RetryPolicy
    clock: Clock
    deadline: float | None = None
    warned: set[str] = field(default_factory=set[str], repr=False)

    def call(self, operation: Operation[P, T], *args: P.args, **kwargs: P.kwargs) -> Flow[T]:
        """Call an operation and return the model of its success.

        Raises:
            APIConnectionError: No whole answer came back, at the last attempt.
            APIStatusError: The last answer is not a success; the class tells which.
            ResponseValidationError: The answer is not what the spec says.
        """
        request = self.request(operation, operation.request_parts(*args, **kwargs))
        response = yield from self.send(request, repeatable=operation.repeatable)
        try:
            result, misfits = operation.parse(response)
        except ResponseValidationError as error:
            self.settings.api_key.mask(error)
            raise
        for misfit in misfits:
            self._warn(operation.operation_id, misfit)
        return result

    def get_object(
        self, operation: Operation[P, T], *args: P.args, **kwargs: P.kwargs
    ) -> Flow[dict[str, object]]:
        """Call an operation and return the JSON object of its success as it came; as `call`."""
        request = self.request(operation, operation.request_parts(*args, **kwargs))
        response = yield from self.send(request, repeatable=operation.repeatable)
        try:
            return operation.decode_object(response)
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

    def send(self, request: Request, *, repeatable: bool) -> Flow[Response]:
        """Return the first answer that is a success, sending again as the policy says.

        Every retry is told of to the logger `cartesia_calls`, level INFO, and to `on_retry`.
        """
        return self._retried(request, None, repeatable=repeatable)

    def open(self, request: Request) -> Flow[Opening]:
        """Return the head and the first piece of the first answer that is a success; as `send`."""
        return self._retried(request, partial(self._open, request.timeout), repeatable=True)

    def read(self, request: Request, read: Callable[[Opening], ItemFlow[T]]) -> ItemFlow[T]:
        """Open an answer and hand out what is read of it; if it breaks off, both begin anew."""

        def attempt(
            bounded: Request,
        ) -> Generator[Step | Emit[T], Outcome, tuple[Response, None]]:
            response, opening = yield from self._open(request.timeout, bounded)
            if is_success(response.status_code):
                yield from read(opening)
            return response, None

        # What is handed out goes through a flow that knows of none.
        attempt_at = cast("Callable[[Request], Flow[tuple[Response, None]]]", attempt)
        yield from self._retried(request, attempt_at, repeatable=True)

    def _retried(
        self,
        request: Request,
        attempt_at: Callable[[Request], Flow[tuple[Response, T]]] | None,
        *,
        repeatable: bool,
    ) -> Flow[T]:
        """Return what an attempt brings, by default its whole answer."""
        deadline = self._deadline(request)
        attempt = 0
        while True:
            attempt += 1
            failure: Failure
            try:
                bounded = self._bounded(request, deadline)
                response, result = (
                    (yield from attempt_at(bounded))
                    if attempt_at
                    else _whole((yield Send(bounded)))
                )
            except APIConnectionError as error:
                failure = error
            else:
                if is_success(response.status_code):
                    return result
                failure = status_error(request, response, self.clock.now())
            failure.attempts = attempt
            pause = self.policy.pause(
                failure,
                attempt,
                repeatable=repeatable,
                remaining=deadline - self.clock.monotonic(),
            )
            if pause is None:
                if attempt > 1:
                    failure.summary += f" It was tried {attempt} times."
                raise failure
            self._tell(RetryEvent(request.method, request.url, attempt, pause, failure))
            yield Sleep(pause)

    def _open(self, patience: float, request: Request) -> Flow[tuple[Response, Opening]]:
        """Return the head of an answer with its first piece, or with all that an error says.

        The request's time-out bounds all of it; `patience` is how long to wait for each later piece.
        """
        end = self.clock.monotonic() + request.timeout
        answer = cast("OpenAnswer | AsyncOpenAnswer", (yield Open(request)))
        piece = body = yield from self._read_before(end, request, answer)
        # What an error says is read whole, within reason.
        while piece and not is_success(answer.status_code) and len(body) < _LONGEST_ERROR_BODY:
            piece = yield from self._read_before(end, request, answer)
            body += piece
        answer.bound_reads(patience)
        return Response(answer.status_code, answer.headers, body), Opening(answer, body)

    def _read_before(
        self, end: float, request: Request, answer: OpenAnswer | AsyncOpenAnswer
    ) -> Flow[bytes]:
        left = end - self.clock.monotonic()
        if left <= 0:
            raise timed_out(request)
        answer.bound_reads(left)
        try:
            return cast("bytes", (yield Read(answer)))
        except APITimeoutError as error:
            # It was given less than the whole time.
            raise timed_out(request) from error.__cause__

    def once_before(self, deadline: float | None) -> Sender:
        """Return a sender that sends once, and waits for no answer beyond a deadline."""
        return replace(self, policy=replace(self.policy, max_retries=0), deadline=deadline)

    def _deadline(self, request: Request) -> float:
        end = self.clock.monotonic() + self.settings.total_bound(request.timeout)
        return end if self.deadline is None else min(end, self.deadline)

    def _bounded(self, request: Request, deadline: float) -> Request:
        left = deadline - self.clock.monotonic()
        if left >= request.timeout:
            return request
        return request._replace(timeout=max(_SHORTEST_TIMEOUT, left))

    def _tell(self, event: RetryEvent) -> None:
        summary, pause, attempt = event.error.summary, event.pause, event.attempt
        _log.info("%s Sending again in %.2f s (retry %d).", summary, pause, attempt)
        if self.settings.on_retry is not None:
            self.settings.on_retry(event)


@dataclass(frozen=True, slots=True)
class Opening:
    """The beginning of an answer that is read piece by piece.

    Attributes:
        answer: What to read the rest of.
        first_piece: How its body begins.
    """

    answer: OpenAnswer | AsyncOpenAnswer
    first_piece: bytes = field(repr=False)


def _whole(outcome: Outcome) -> tuple[Response, Any]:
    return cast("tuple[Response, Any]", (outcome, outcome))
