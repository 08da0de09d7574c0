"""Undoing `Content-Encoding`, a bounded piece at a time, so that a bomb is stopped while it is small."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator

ACCEPT_ENCODING = "gzip, deflate"
"""What is asked for: what the standard library decodes."""

_LARGEST_PIECE = 256 * 1024
_GZIP = 16 + zlib.MAX_WBITS
_ZLIB = zlib.MAX_WBITS
_BARE_DEFLATE = -zlib.MAX_WBITS
# What servers call deflate shows by its beginning.
_WINDOW_BITS = {"gzip": _GZIP, "x-gzip": _GZIP, "deflate": None}
_MOST_ENCODINGS = 3
# How much more may come of an encoding than of the one that it holds, and what it costs where that
# comes in many pieces: a member of a gzip file takes its time however little is in it.
_MOST_IN_VAIN = 1024 * 1024
_COST_OF_A_PIECE = 1024
# How much behind a member is looked at at once: zlib copies what it leaves.
_START_OF_A_MEMBER = 4096
# A zlib header: method 8 in the low half of the first byte, and both bytes a multiple of 31.
_DEFLATE_METHOD = 8
_HEADER_MULTIPLE = 31


class DecodingError(Exception):
    """The bytes are not encoded as the answer says."""


class Decoder(Protocol):
    """Turns the bytes on the wire into those of the body."""

    def decode(self, piece: bytes) -> Iterator[bytes]:
        """Yield what the next bytes hold, in pieces of a bounded size.

        Raises:
            DecodingError: They are not encoded as the answer says.
        """
        ...

    def check_end(self) -> None:
        """Check that the last bytes were the end.

        Raises:
            DecodingError: There was more to come.
        """
        ...


def decoder_for(content_encoding: str) -> Decoder | None:
    """Return the decoder for the value of a `Content-Encoding` header; None if nothing is encoded.

    Raises:
        DecodingError: The encoding was not asked for, and is not known here.
    """
    names = [part.strip().lower() for part in content_encoding.split(",")]
    encodings = [name for name in names if name not in {"", "identity"}]
    if not set(encodings) <= _WINDOW_BITS.keys() or len(encodings) > _MOST_ENCODINGS:
        raise DecodingError(f"{content_encoding!r} was not asked for")
    decoder: Decoder | None = None
    # They are named in the order in which they were put on.
    for name in encodings:
        inflater = _Inflater(_WINDOW_BITS[name])
        decoder = inflater if decoder is None else _Chain(inflater, decoder)
    return decoder


class _Chain:
    """Undoes one encoding, and then the one below it.

    A few bytes can unpack to gigabytes that hold nothing, such as padding or empty members: nobody
    who counts what comes out at the end would notice.
    """

    def __init__(self, outer: Decoder, inner: Decoder) -> None:
        self._outer = outer
        self._inner = inner
        self._in_vain = 0

    def decode(self, piece: bytes) -> Iterator[bytes]:
        for between in self._outer.decode(piece):
            self._in_vain += len(between)
            cost = 0
            for decoded in self._inner.decode(between):
                self._in_vain += cost - len(decoded)
                cost = _COST_OF_A_PIECE
                yield decoded
            self._in_vain = max(0, self._in_vain)
            if self._in_vain > _MOST_IN_VAIN:
                raise DecodingError("it unpacks to what holds next to nothing")

    def check_end(self) -> None:
        self._outer.check_end()
        self._inner.check_end()


class _Inflater:
    """Decodes gzip, or what servers call deflate: zlib's format, or bare."""

    def __init__(self, window_bits: int | None) -> None:
        self._window_bits = window_bits
        self._start: bytes = b""
        self._inflate = None if window_bits is None else zlib.decompressobj(window_bits)
        self._began = False

    def decode(self, piece: bytes) -> Iterator[bytes]:
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
        if self._began and not (self._inflate is not None and self._inflate.eof):
            raise DecodingError("the encoded data broke off")

    def _members(
        self,
        inflate: zlib._Decompress,  # pyright: ignore[reportPrivateUsage] - it has no other name
        rest: memoryview,
    ) -> Iterator[bytes]:
        """Go on with a member of a gzip file, or with what has only one, and with those behind it."""
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
            # All bytes may be taken in while there is more in them than was asked for.
            has_more = len(decoded) == _LARGEST_PIECE and not inflate.eof
            if decoded:
                yield decoded


def _has_header(start: bytes) -> bool:
    first, second = start[0], start[1]
    return first & 0x0F == _DEFLATE_METHOD and (first << 8 | second) % _HEADER_MULTIPLE == 0
