"""Decoding of `Content-Encoding` in bounded pieces, so that a bomb is stopped while it is small."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ACCEPT_ENCODING = "gzip, deflate"
"""What is requested: what the standard library decodes."""

_LARGEST_PIECE = 256 * 1024
_GZIP = 16 + zlib.MAX_WBITS
_ZLIB = zlib.MAX_WBITS
_BARE_DEFLATE = -zlib.MAX_WBITS
# What servers call deflate has two formats; its first bytes show which.
_WINDOW_BITS = {"gzip": _GZIP, "x-gzip": _GZIP, "deflate": None}
# How much is looked at after a gzip member at once: zlib copies what it leaves.
_START_OF_A_MEMBER = 4096
# A zlib header: method 8 in the low half of the first byte, and both bytes a multiple of 31.
_DEFLATE_METHOD = 8
_HEADER_MULTIPLE = 31


class DecodingError(Exception):
    """The bytes are not encoded as the response says."""


def decoder_for(content_encoding: str) -> Decoder | None:
    """Return the decoder for the value of a `Content-Encoding` header; None if nothing is encoded."""
    names = [part.strip().lower() for part in content_encoding.split(",")]
    encodings = [name for name in names if name not in {"", "identity"}]
    if not encodings:
        return None
    if len(encodings) > 1 or encodings[0] not in _WINDOW_BITS:
        raise DecodingError(f"{content_encoding!r} was not requested")
    return Decoder(_WINDOW_BITS[encodings[0]])


class Decoder:
    """Decodes gzip, or what servers call deflate: zlib's format, or bare."""

    def __init__(self, window_bits: int | None) -> None:
        self._window_bits = window_bits
        self._start: bytes = b""
        self._inflate = None if window_bits is None else zlib.decompressobj(window_bits)
        self._began = False

    def decode(self, piece: bytes) -> Iterator[bytes]:
        """Yield what the next bytes hold, in pieces of a bounded size."""
        self._began = self._began or bool(piece)
        if self._inflate is None:
            piece = self._start + piece
            if len(piece) < 2:  # noqa: PLR2004 - the two bytes of a header
                self._start = piece
                return
            self._inflate = zlib.decompressobj(_ZLIB if _has_header(piece) else _BARE_DEFLATE)
        try:
            yield from self._members(self._inflate, memoryview(piece))
        except zlib.error as error:
            raise DecodingError(str(error)) from error

    def check_end(self) -> None:
        """Check that the last bytes were the end."""
        if self._began and not (self._inflate is not None and self._inflate.eof):
            raise DecodingError("the encoded data broke off")

    def _members(
        self,
        inflate: zlib._Decompress,  # pyright: ignore[reportPrivateUsage] - it has no other name
        rest: memoryview,
    ) -> Iterator[bytes]:
        """Continue with the present member of a gzip file, and with those after it."""
        size, has_more = len(rest), False
        while rest or has_more:
            if inflate.eof:
                if self._window_bits != _GZIP:
                    return
                start = bytes(rest[:_START_OF_A_MEMBER])
                rest = rest[len(start) - len(start.lstrip(b"\0")) :]  # padding
                if not rest or rest[0] == 0:
                    continue
                self._inflate = inflate = zlib.decompressobj(_GZIP)
                size = _START_OF_A_MEMBER
            part = rest[:size]
            decoded = inflate.decompress(part, _LARGEST_PIECE)
            left = inflate.unused_data if inflate.eof else inflate.unconsumed_tail
            rest = rest[len(part) - len(left) :]
            size = len(rest)
            # All input may be consumed while there is more output than was requested.
            has_more = len(decoded) == _LARGEST_PIECE and not inflate.eof
            if decoded:
                yield decoded


def _has_header(start: bytes) -> bool:
    first, second = start[0], start[1]
    return first & 0x0F == _DEFLATE_METHOD and (first << 8 | second) % _HEADER_MULTIPLE == 0
