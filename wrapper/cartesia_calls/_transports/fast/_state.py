"""One HTTP/1.1 connection without I/O: a request as bytes, and responses parsed as their bytes come.

llhttp, the parser of Node.js, does the parsing (package httptools).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from httptools import (
    HttpParserCallbackError,
    HttpParserError,
    HttpParserUpgrade,
    HttpResponseParser,
)

from cartesia_calls._http import Response
from cartesia_calls._transports._attempt import unsendable
from cartesia_calls._transports._body import ACCEPT_ENCODING

if TYPE_CHECKING:
    from cartesia_calls._http import Request

LONGEST_HEAD = 100 * 1024
"""How long the head of a response may be, in bytes, interim responses included."""

# A request with one of these states the length of its body, even if it has none.
_METHODS_WITH_A_BODY = frozenset({"POST", "PUT", "PATCH"})
_INTERIM, _SWITCHING_PROTOCOLS = range(100, 200), 101
_WRITABLE = b"\t" + bytes(range(0x20, 0x7F))
_ACCEPT_ENCODING = f"Accept-Encoding: {ACCEPT_ENCODING}"
# h11, the parser of httpx, accepts the same: line breaks without a carriage return, headers that
# continue in the next line, and a length beside chunks, which is ignored.
_LENIENCIES = {
    "lenient_headers": True,
    "lenient_chunked_length": True,
    "lenient_optional_cr_before_lf": True,
    "lenient_spaces_after_chunk_size": True,
    "lenient_version": True,
}
# httptools before 0.6.3 lacks it. Read here, so that the engine counts as one that can't be imported.
_accept = HttpResponseParser.set_dangerous_leniencies
_FRAMED_BY = ("content-length", "transfer-encoding")


class UnreadableError(Exception):
    """The bytes are no response, or an incomplete one; the text says why."""


def request_bytes(request: Request, host: str) -> bytes:
    """Return the bytes of a request, with the key and a `Host` header."""
    target = "/" + request.url.split("/", 3)[3]
    lines = [f"{request.method} {target} HTTP/1.1", f"Host: {host}", _ACCEPT_ENCODING]
    lines += [f"{name}: {value}" for name, value in request.headers.items()]
    if "".join(lines).encode().translate(None, _WRITABLE) or " " in target:
        raise unsendable(request, "its URL or its headers have characters that HTTP does not allow")
    if request.method in _METHODS_WITH_A_BODY:
        lines.append("Content-Length: 0")
    if request.api_key is not None:
        lines.append(f"Authorization: Bearer {request.api_key.reveal()}")
    return "\r\n".join([*lines, "", ""]).encode()


class ConnectionState:
    """Parses the responses of one connection, one after the other.

    llhttp calls the methods that begin with `on_`.

    Attributes:
        head: The present response without its body, as soon as its head has come.
        is_whole: The response is complete.
        is_reusable: It is complete, nothing more has come, and the server accepts another request.
    """

    def __init__(self) -> None:
        self._parser = HttpResponseParser(self)
        _accept(self._parser, **_LENIENCIES)
        self.expect()

    def expect(self) -> None:
        """Expect the response to the next request."""
        self.head: Response | None = None
        self.is_whole = self.is_reusable = False
        self._came = 0
        self._headers: dict[str, str] = {}
        self._pieces: list[bytes] = []

    def feed(self, data: bytes | memoryview) -> None:
        """Take the next bytes; none are the end of the connection."""
        if not data:
            self._end()
            return
        self._came += len(data)
        try:
            self._parser.feed_data(data)
        except HttpParserUpgrade:
            self.is_reusable = False
        except HttpParserCallbackError as error:
            # A signal raised it in a method that llhttp called: KeyboardInterrupt, say.
            raise error.__context__ or error from None
        except HttpParserError as error:
            # The response is whole: what follows it is discarded.
            if not self.is_whole:
                raise UnreadableError(str(error)) from None
            self.is_reusable = False
        if self._came > LONGEST_HEAD and not self.is_whole:
            raise UnreadableError(f"its head or its trailers are longer than {LONGEST_HEAD} bytes")

    def _end(self) -> None:
        """End a response whose length is not announced."""
        if self.head is None:
            raise UnreadableError("the server closed the connection")
        if not self.is_whole and any(name in self.head.headers for name in _FRAMED_BY):
            raise UnreadableError("the server closed the connection before the response was whole")
        self.is_whole, self.is_reusable = True, False

    def take(self) -> bytes:
        """Return what has come of the body and was not taken yet."""
        pieces, self._pieces = self._pieces, []
        return b"".join(pieces)

    def on_message_begin(self) -> None:
        """Begin a response, also an interim or an unsolicited one."""
        self._headers = {}
        self.is_reusable = False

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header; trailers and the headers of an unsolicited response are discarded."""
        if self.head is not None:
            return
        key = name.decode("latin-1").lower()
        value = value.strip(b" \t")
        try:
            text = value.decode("utf-8")
        except UnicodeDecodeError:
            text = value.decode("latin-1")
        self._headers[key] = f"{self._headers[key]}, {text}" if key in self._headers else text

    def on_headers_complete(self) -> None:
        """Take the end of a head."""
        status_code = self._parser.get_status_code()
        is_interim = status_code in _INTERIM and status_code != _SWITCHING_PROTOCOLS
        if self.head is None and not is_interim:
            self.head = Response(status_code, self._headers, b"")
            self._came = 0

    def on_body(self, piece: bytes) -> None:
        """Take a piece of the body."""
        if not self.is_whole:
            self._pieces.append(piece)
            self._came = 0

    def on_message_complete(self) -> None:
        """Take the end of a response; an interim one does not count."""
        if self.head is not None:
            self.is_reusable = not self.is_whole and self._parser.should_keep_alive()
            self.is_whole = True


def check_head(head: Response) -> None:
    """Refuse what llhttp accepts in a head although HTTP does not allow it."""
    if head.status_code < _INTERIM.stop:
        raise UnreadableError(f"its status is {head.status_code}")
    values = "".join(head.headers.values())
    if " " in "".join(head.headers) or "\0" in values or "\v" in values or "\f" in values:
        raise UnreadableError("one of its headers has a character that HTTP does not allow")
    coding = head.headers.get("transfer-encoding")
    if coding is not None and coding.lower() != "chunked":
        raise UnreadableError("its Transfer-Encoding is unknown")
