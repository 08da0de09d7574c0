"""Failures on request: the next responses of one operation, or of any."""

import re
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from threading import Lock

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from ._error_responses import error_response

_FINAL_STATUSES = range(200, 600)
# As in RFC 9110 (token, field-value); servers send nothing for others.
_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_HEADER_VALUE = re.compile(r"[\t\x20-\x7e\x80-\xff]*")
_STATUSES_WITHOUT_BODY = (HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED)


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One response to send in place of the real one.

    Attributes:
        status: Its status.
        headers: Its headers.
        body: Its body; `None` is the API's error body.
        operation: The operationId to which it applies; `None` for any.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes | None
    operation: str | None


class Faults:
    """The failures to send, in the order in which they were added; safe to use from any thread."""

    def __init__(self) -> None:
        self._queue: deque[Fault] = deque()
        self._lock = Lock()

    def add(self, fault: Fault, *, times: int) -> None:
        """Append the fault, `times` times.

        Raises:
            ValueError: HTTP allows no such response, or `times` is less than 1.
        """
        if fault.status not in _FINAL_STATUSES or fault.status in _STATUSES_WITHOUT_BODY:
            raise ValueError(
                f"status {fault.status} cannot be sent with a body. "
                "Use one from 200 to 599, but neither 204 nor 304."
            )
        if times < 1:
            raise ValueError(f"times is {times}. Pass 1 or more.")
        _check_headers(fault.headers)
        with self._lock:
            self._queue.extend([fault] * times)

    def take(self, operation: str | None) -> Fault | None:
        """Remove and return the next fault for the operation; `None` if there is none."""
        with self._lock:
            for position, fault in enumerate(self._queue):
                if fault.operation in {None, operation}:
                    del self._queue[position]
                    return fault
        return None


class FaultInjection:
    """ASGI middleware: responds with the next fault for the requested operation, if there is one."""

    def __init__(
        self, app: ASGIApp, faults: Faults, operation_of: Callable[[Scope], str | None]
    ) -> None:
        self._app = app
        self._faults = faults
        self._operation_of = operation_of

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Respond with a fault, or pass the request on."""
        http = scope["type"] == "http"
        fault = self._faults.take(self._operation_of(scope)) if http else None
        if fault is None:
            await self._app(scope, receive, send)
            return
        await _respond(Request(scope), fault)(scope, receive, send)


def _check_headers(headers: Mapping[str, str]) -> None:
    for name, value in headers.items():
        if not _HEADER_NAME.fullmatch(name):
            raise ValueError(f"{name!r} is not a header name. Use letters, digits and hyphens.")
        if not _HEADER_VALUE.fullmatch(value):
            raise ValueError(
                f"The value {value!r} of {name} cannot be sent. "
                "Use Latin-1 characters without line ends and other control characters."
            )


def _respond(request: Request, fault: Fault) -> Response:
    headers = dict(fault.headers)
    if fault.body is not None:
        return Response(fault.body, fault.status, headers)
    return error_response(
        request, fault.status, "The sandbox sends this failure on request.", headers
    )
