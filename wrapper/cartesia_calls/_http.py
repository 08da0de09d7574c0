"""Requests and responses as plain values that belong to no HTTP library, and what sends them."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ._secret import ApiKey


DEFAULT_MAX_RESPONSE_BYTES = 100 * 1024 * 1024
# Plain numbers: Python 3.11 makes a call to read a member of HTTPStatus.
OK = HTTPStatus.OK.value
_FIRST_REDIRECT = HTTPStatus.MULTIPLE_CHOICES.value


def is_success(status_code: int) -> bool:
    """Return whether a status is a success."""
    return OK <= status_code < _FIRST_REDIRECT


class Sink(Protocol):
    """Takes a body that is too large to hold.

    Attributes:
        written: How many bytes the present attempt has written.
    """

    written: int

    def start(self, length: int | None) -> None:
        """Start over, with this length if the server sent it: an attempt may have broken off."""
        ...

    def write(self, piece: bytes) -> None:
        """Take the next bytes."""
        ...


class Request(NamedTuple):
    """One request, without the key's text: the transport reveals it when it sends.

    Attributes:
        method: In upper case.
        url: Absolute.
        headers: All headers but `Authorization`.
        api_key: Goes into `Authorization` as a bearer token; None if the spec requires no key.
        timeout: The bound of the attempt, in seconds.
        sink: Takes the body of a success, piece by piece, instead of the response.
        max_bytes: The longest decoded body of the response, unless the sink takes it.
        attempt: The number of the attempt at its operation; 1 for the first.
    """

    method: str
    url: str
    headers: Mapping[str, str]
    api_key: ApiKey | None
    timeout: float
    sink: Sink | None = None
    max_bytes: int = DEFAULT_MAX_RESPONSE_BYTES
    attempt: int = 1

    def masked(self, text: str) -> str:
        """Return a text, such as a server's error, with the API key in it masked."""
        return text if self.api_key is None else self.api_key.masked_in(text)

    def __repr__(self) -> str:
        """Return method and URL, without the headers: some are the user's own."""
        return f"<Request {self.method} {self.url}>"


class Response(NamedTuple):
    """One whole response.

    Attributes:
        status_code: Any number that a server can send.
        headers: Names in lower case; values of a repeated header are joined with commas.
        body: Decoded as `Content-Encoding` says; empty if a sink took it.
    """

    status_code: int
    headers: Mapping[str, str]
    body: bytes

    def __repr__(self) -> str:
        """Return status and length, without the body."""
        return f"<Response {self.status_code}, {len(self.body)} bytes>"


class StreamedResponse(Protocol):
    """A response whose body is read piece by piece, however long it is.

    Attributes:
        status_code: Any number that a server can send.
        headers: As those of `Response`.
    """

    status_code: int
    headers: Mapping[str, str]

    def bound_reads(self, seconds: float) -> None:
        """Bound each `read` from now on, in place of the request's timeout."""
        ...

    async def read(self) -> bytes:
        """Return the next bytes of the body, decoded; none at its end.

        Raises:
            APITimeoutError: Nothing arrived in time.
            APIConnectionError: The body broke off.
            ResponseValidationError: The body of a success cannot be decoded.
        """
        ...

    async def close(self) -> None:
        """Release the connection. Closing twice does no harm."""
        ...


class Transport(Protocol):
    """Sends requests. It never retries, follows a redirect or reads a status.

    The coroutines of a transport for threads never suspend.
    """

    name: str

    async def send(self, request: Request) -> Response:
        """Send one request and return its whole response.

        The body of a 200 goes to the request's sink, if it has one.

        Raises:
            APITimeoutError: The response was not complete within the request's timeout.
            APIConnectionError: No complete response arrived.
            ResponseValidationError: The body cannot be decoded, or is longer than allowed.
            ConfigurationError: The transport is closed.
        """
        ...

    async def stream(self, request: Request) -> StreamedResponse:
        """Send one request and return the head of its response, with the body still to be read.

        The request's timeout bounds the wait for the head and for each piece. Sink and `max_bytes` do
        not apply. Errors as `send`.
        """
        ...

    async def close(self) -> None:
        """Close every connection that belongs to the transport. Closing twice does no harm."""
        ...
