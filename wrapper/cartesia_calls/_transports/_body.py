"""A response's body on its way from a transport: decoded, bounded, held or passed on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cartesia_calls._http import OK, Response, is_success

from ._decoding import DecodingError, decoder_for
from ._failures import broken_off, too_long, undecodable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from cartesia_calls._http import Request

    from ._decoding import Decoder


def plain_response(
    request: Request, status_code: int, headers: Mapping[str, str], pieces: list[bytes]
) -> Response | None:
    """Return a response whose whole body has come and is held as it is; else None.

    Most bodies are like that; `Body` handles the others.
    """
    body = pieces[0] if len(pieces) == 1 else b"".join(pieces)
    if request.sink is not None or "content-encoding" in headers or len(body) > request.max_bytes:
        return None
    return Response(status_code, headers, body)


class Pieces:
    """Decodes a body piece by piece and counts what came of it.

    A body that does not fit its encoding is an error if the response is a success; the status of an
    error counts without its body.
    """

    def __init__(self, request: Request, status_code: int, headers: Mapping[str, str]) -> None:
        self._request = request
        self.is_success = is_success(status_code)
        self._came = 0
        self.announced: int | None = None
        self._decoder: Decoder | None = None
        self.spoilt = False
        encoding = headers.get("content-encoding")
        if encoding is not None:
            try:
                self._decoder = decoder_for(encoding)
            except DecodingError as error:
                self._spoil(error)
        length = headers.get("content-length", "")
        # The length of an encoded body is not that of its content; a 204 has no body at all.
        if encoding is None and status_code == OK and length.isdecimal():
            self.announced = int(length)

    def decode(self, piece: bytes) -> Iterable[bytes]:
        """Return what the next bytes from the wire hold, to be iterated over once."""
        self._came += len(piece)
        if self.spoilt:
            return ()
        return (piece,) if self._decoder is None else self._decoded(self._decoder, piece)

    def end(self) -> None:
        """Check that the body is complete."""
        announced, request = self.announced, self._request
        if announced is not None and self._came < announced:
            raise broken_off(request, self._came, announced)
        if self._decoder is not None and not self.spoilt:
            try:
                self._decoder.check_end()
            except DecodingError as error:
                self._spoil(error)

    def _decoded(self, decoder: Decoder, piece: bytes) -> Iterator[bytes]:
        try:
            yield from decoder.decode(piece)
        except DecodingError as error:
            self._spoil(error)

    def _spoil(self, error: DecodingError) -> None:
        self.spoilt = True
        if self.is_success:
            # The cause quotes the header; our error says all that it does, masked.
            raise undecodable(self._request, error) from None


class StreamedBody:
    """Decodes a body that is read piece by piece.

    Attributes:
        status_code: The response's.
        headers: The response's, names in lower case.
    """

    def __init__(self, request: Request, status_code: int, headers: Mapping[str, str]) -> None:
        self.status_code = status_code
        self.headers = headers
        self.request = request
        self._pieces = Pieces(request, status_code, headers)
        self._decoded: Iterator[bytes] = iter(())

    def bound_reads(self, seconds: float) -> None:
        """See `StreamedResponse.bound_reads`."""
        self.request = self.request._replace(timeout=seconds)

    def take(self) -> bytes:
        """Return a decoded piece that was not taken yet; empty if more must be fed first."""
        return next(filter(None, self._decoded), b"")

    def feed(self, piece: bytes) -> None:
        """Take the next bytes from the wire."""
        self._decoded = iter(self._pieces.decode(piece))

    def end(self) -> bytes:
        """Check that the body is complete, as `Pieces.end`, and return nothing."""
        self._pieces.end()
        return b""


class Body:
    """Gathers a body up to the request's bound, or passes it to the request's sink.

    Raises:
        ResponseValidationError: It is announced to be longer than allowed.
    """

    def __init__(self, request: Request, status_code: int, headers: Mapping[str, str]) -> None:
        self._request = request
        self._status_code = status_code
        self._headers = headers
        self._held: list[bytes] = []
        self._room = request.max_bytes
        self._is_cut = False
        self._sink = request.sink if status_code == OK else None
        self._pieces = Pieces(request, status_code, headers)
        announced = self._pieces.announced
        if self._sink is not None:
            self._sink.start(announced)
        elif announced is not None and announced > request.max_bytes:
            raise too_long(request, status_code)

    def write(self, piece: bytes) -> bool:
        """Take the next bytes from the wire, and return whether more are wanted.

        Of an error no more is taken than allowed: its status counts.
        """
        for decoded in self._pieces.decode(piece):
            if self._sink is not None:
                self._sink.write(decoded)
                continue
            self._held.append(decoded[: self._room])
            self._room -= len(decoded)
            if self._room < 0:
                if self._pieces.is_success:
                    raise too_long(self._request, self._status_code)
                self._is_cut = True
                return False
        return True

    def response(self) -> Response:
        """Return the response, now that its body has come; errors as `Pieces.end`."""
        if not self._is_cut:
            self._pieces.end()
        held = b"" if self._pieces.spoilt else b"".join(self._held)
        return Response(self._status_code, self._headers, held)
