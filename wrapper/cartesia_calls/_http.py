"""Requests and responses as plain values that belong to no HTTP library."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ._part_file import FileSink
    from ._secret import ApiKey

DEFAULT_MAX_RESPONSE_BYTES = 100 * 1024 * 1024
# Plain numbers: Python 3.11 makes a call to read a member of HTTPStatus.
OK = HTTPStatus.OK.value
_FIRST_REDIRECT = HTTPStatus.MULTIPLE_CHOICES.value


def is_success(status_code: int) -> bool:
    """Return whether a status is a success."""
    return OK <= status_code < _FIRST_REDIRECT


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
    sink: FileSink | None = None
    max_bytes: int = DEFAULT_MAX_RESPONSE_BYTES
    attempt: int = 1

    def masked(self, text: object) -> str:
        """Return a text, such as that of a server or a library, with the API key in it masked."""
        return str(text) if self.api_key is None else self.api_key.masked_in(str(text))

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
