"""What goes to an engine and what comes back: plain values that belong to no HTTP library."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ._secret import ApiKey


DEFAULT_MAX_RESPONSE_BYTES = 100 * 1024 * 1024
# Plain numbers: each look at a member of HTTPStatus takes Python 3.11 a call.
OK = HTTPStatus.OK.value
_FIRST_REDIRECT = HTTPStatus.MULTIPLE_CHOICES.value


def is_success(status_code: int) -> bool:
    """Tell whether a status says that all went well."""
    return OK <= status_code < _FIRST_REDIRECT


class Sink(Protocol):
    """Where a body goes that is too large to hold."""

    def start(self, length: int | None) -> None:
        """Begin anew: an earlier attempt may have broken off.

        Args:
            length: How many bytes will come, if the server says so.
        """
        ...

    def write(self, piece: bytes) -> None:
        """Take the next bytes."""
        ...


class Request(NamedTuple):
    """One request, without the key's text: an engine reveals it when it sends.

    Attributes:
        method: In upper case.
        url: Absolute.
        headers: All headers but `Authorization`.
        api_key: Goes into `Authorization` as a bearer token; None where the spec asks for no key.
        timeout: The bound of the attempt, in seconds.
        sink: Takes the body of a success, piece by piece, instead of the response.
        max_bytes: How long the answer's body may be, decoded, unless the sink takes it.
    """

    method: str
    url: str
    headers: Mapping[str, str]
    api_key: ApiKey | None
    timeout: float
    sink: Sink | None = None
    max_bytes: int = DEFAULT_MAX_RESPONSE_BYTES

    def __repr__(self) -> str:
        """Return what it is, without the headers, which are the user's own too."""
        return f"<Request {self.method} {self.url}>"


class Response(NamedTuple):
    """One whole answer.

    Attributes:
        status_code: Any number that a server can send.
        headers: Names in lower case; values of a repeated header are joined with commas.
        body: Decoded as `Content-Encoding` says; empty where a sink took it.
    """

    status_code: int
    headers: Mapping[str, str]
    body: bytes

    def __repr__(self) -> str:
        """Return what it is, without what the server said."""
        return f"<Response {self.status_code}, {len(self.body)} bytes>"


class OpenAnswer(Protocol):
    """An answer whose body is read piece by piece, however long it is.

    Attributes:
        status_code: Any number that a server can send.
        headers: As those of `Response`.
    """

    status_code: int
    headers: Mapping[str, str]

    def bound_reads(self, seconds: float) -> None:
        """Bound each `read` from now on; until then, the request's time-out does."""
        ...

    def read(self) -> bytes:
        """Return the next bytes of the body, decoded; none at its end.

        Raises:
            APITimeoutError: Nothing came in time.
            APIConnectionError: The body broke off.
            ResponseValidationError: The body of a success can't be decoded.
        """
        ...

    def close(self) -> None:
        """Give the connection up. More than once does no harm."""
        ...


class AsyncOpenAnswer(Protocol):
    """`OpenAnswer`, to be awaited."""

    status_code: int
    headers: Mapping[str, str]

    def bound_reads(self, seconds: float) -> None:
        """See `OpenAnswer.bound_reads`."""
        ...

    async def read(self) -> bytes:
        """Return the next bytes of the body, decoded; errors as `OpenAnswer.read`."""
        ...

    async def close(self) -> None:
        """Give the connection up. More than once does no harm."""
        ...


class Engine(Protocol):
    """Sends requests. It never retries, never follows a redirect, never reads a status."""

    name: str

    def send(self, request: Request) -> Response:
        """Send one request and return its whole answer.

        The body of a 200 goes to the request's sink, if it has one.

        Raises:
            APITimeoutError: The answer was not whole within the request's time-out.
            APIConnectionError: No whole answer came back.
            ResponseValidationError: The answer's body can't be decoded, or is longer than allowed.
            ConfigurationError: The engine is closed.
        """
        ...

    def open(self, request: Request) -> OpenAnswer:
        """Send one request and return the head of its answer; the body is left to be read.

        The request's time-out bounds the wait for the head, and that for each piece; sink and
        `max_bytes` are of no account. Errors as `send`.
        """
        ...

    def close(self) -> None:
        """Close every connection that belongs to the engine. More than once does no harm."""
        ...


class AsyncEngine(Protocol):
    """`Engine`, to be awaited."""

    name: str

    async def send(self, request: Request) -> Response:
        """Send one request and return its whole answer; errors as `Engine.send`."""
        ...

    async def open(self, request: Request) -> AsyncOpenAnswer:
        """Send one request and return the head of its answer; as `Engine.open`."""
        ...

    async def close(self) -> None:
        """Close every connection that belongs to the engine. More than once does no harm."""
        ...
