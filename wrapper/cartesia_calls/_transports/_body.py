"""The body of a response: decoded, bounded, and held or passed to a sink."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

from cartesia_calls._exceptions import ResponseValidationError
from cartesia_calls._http import OK, Response, is_success
from cartesia_calls._printable import excerpt

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cartesia_calls._http import Request

    from ._attempt import Attempt
    from ._pool import Connection

ACCEPT_ENCODING = "gzip, deflate"
"""What is requested: what the standard library decodes."""

_DECODED = frozenset({"gzip", "x-gzip", "deflate"})
_LARGEST_PIECE = 256 * 1024
# How many encoded bytes are decoded at once: zlib copies those that follow the end of a member.
_STEP = 4096
_GZIP = 16 + zlib.MAX_WBITS
# The low half of a zlib header's first byte. No compressor begins bare deflate with it.
_DEFLATE_METHOD = 8


class Body:
    """Decodes a body in bounded pieces, so that a bomb is stopped while it is small.

    It decodes gzip of one or more members, and deflate in both formats that servers send: zlib or bare.
    A body that does not fit its encoding is an error if the response is a success; the status of an
    error counts without its body.

    Attributes:
        is_spoilt: Whether the body of an error does not fit its encoding.
    """

    def __init__(self, request: Request, head: Response) -> None:
        self._request = request
        self._is_success = is_success(head.status_code)
        self.is_spoilt = False
        header = head.headers.get("content-encoding", "").lower()
        names = [name.strip() for name in header.split(",")]
        self._encoding = ", ".join(name for name in names if name not in {"", "identity"})
        self._inflate: zlib._Decompress | None = None  # pyright: ignore[reportPrivateUsage] - it has no other name

    def decode(self, piece: bytes) -> Iterable[bytes]:
        """Return what the next bytes hold, to be iterated over once; no bytes are the end."""
        if self.is_spoilt:
            return ()
        return self._decoded(piece) if self._encoding else (piece,)

    def _decoded(self, piece: bytes) -> Iterator[bytes]:
        try:
            if self._encoding not in _DECODED:
                raise ValueError(f"{self._encoding!r} was not requested")  # noqa: TRY301
            if not piece:
                self._check_end()
            for start in range(0, len(piece), _STEP):
                yield from self._inflated(piece[start : start + _STEP])
        except (ValueError, zlib.error) as error:
            self.is_spoilt = True
            if self._is_success:
                why = excerpt(self._request.masked(error))
                # The cause quotes the header; our error says all that it does, masked.
                raise ResponseValidationError(
                    f"The response to {self._request.method} {self._request.url} can't be decoded: "
                    f"{why}.",
                    hint="Check the base URL and any proxy, which may garble responses.",
                    problem=f"is not encoded as its Content-Encoding says ({why})",
                ) from None

    def _check_end(self) -> None:
        if self._inflate is not None and not self._inflate.eof:
            raise ValueError("the encoded data broke off")

    def _inflated(self, rest: bytes) -> Iterator[bytes]:
        inflate = self._inflate or self._begin(rest)
        while True:
            if inflate.eof:
                rest = b"" if self._encoding == "deflate" else rest.lstrip(b"\0")  # padding
                if not rest:
                    return
                inflate = self._begin(rest)
            decoded = inflate.decompress(rest, _LARGEST_PIECE)
            if decoded:
                yield decoded
            rest = inflate.unused_data if inflate.eof else inflate.unconsumed_tail
            # All input may be consumed while there is more output than was requested.
            if not rest and len(decoded) < _LARGEST_PIECE:
                return

    def _begin(self, start: bytes) -> zlib._Decompress:  # pyright: ignore[reportPrivateUsage] - as above
        bits = _GZIP
        if self._encoding == "deflate":
            has_header = start[0] & 0x0F == _DEFLATE_METHOD
            bits = zlib.MAX_WBITS if has_header else -zlib.MAX_WBITS
        self._inflate = zlib.decompressobj(bits)
        return self._inflate


async def read_whole(connection: Connection, head: Response, attempt: Attempt) -> Response:
    """Return a response with its body, which the request's sink takes instead if it is a 200.

    Raises:
        APIConnectionError: A body for the sink is shorter than its length.
        ResponseValidationError: The body of a success is longer than allowed, or can't be decoded.
    """
    request, (status_code, headers, _) = attempt.request, head
    body = Body(request, head) if "content-encoding" in headers else None
    sink = request.sink if status_code == OK else None
    total = None
    if sink is not None:
        length = headers.get("content-length", "")
        # The length of an encoded body is not that of its content.
        total = int(length) if length.isdecimal() and body is None else None
        sink.start(total)
    held: list[bytes] = []
    room = request.max_bytes
    while not connection.is_whole:
        piece = await connection.receive(attempt)
        for decoded in (piece,) if body is None else body.decode(piece):
            if sink is not None:
                sink.write(decoded)
                continue
            held.append(decoded[:room])
            room -= len(decoded)
            if room < 0 and is_success(status_code):
                raise ResponseValidationError(
                    f"The response to {request.method} {request.url} (status {status_code}) is "
                    f"longer than {request.max_bytes} bytes.",
                    hint="Check the base URL; if such a long response is right, raise "
                    "max_response_bytes, or read logs with stream_logs.",
                    problem=f"is longer than {request.max_bytes} bytes",
                )
            if room < 0:  # of an error, the status counts
                return Response(status_code, headers, b"".join(held))
    # The user's own client may not compare the two.
    if sink is not None and total is not None and sink.written < total:
        raise attempt.no_response(f"the body ended after {sink.written} of {total} bytes")
    if body is not None:
        held.extend(body.decode(b""))
    is_spoilt = body is not None and body.is_spoilt
    return Response(status_code, headers, b"" if is_spoilt else b"".join(held))
