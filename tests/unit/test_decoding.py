"""Encodings decoded in any pieces."""

from __future__ import annotations

import gzip
import zlib

from hypothesis import given
from hypothesis import strategies as st

from cartesia_calls._transports._decoding import decoder_for

# What is decoded at once, in bytes.
PIECE = 256 * 1024


def _decoded(encoding: str, body: bytes, size: int = 65536) -> bytes:
    decoder = decoder_for(encoding)
    assert decoder is not None
    pieces = [body[start : start + size] for start in range(0, len(body), size)]
    decoded = b"".join(part for piece in pieces for part in decoder.decode(piece))
    decoder.check_end()
    return decoded


def _zipped(body: bytes) -> bytes:
    return gzip.compress(body, mtime=0)


@given(
    parts=st.lists(st.binary(max_size=30), min_size=1, max_size=5),
    padding=st.integers(0, 5),
    size=st.integers(1, 40),
)
def test_members_are_read_on_however_they_are_cut(
    parts: list[bytes], padding: int, size: int
) -> None:
    body = b"".join(map(_zipped, parts)) + bytes(padding)
    assert _decoded("gzip", body, size) == b"".join(parts)


def test_members_that_hold_nothing_are_no_reason_to_go_deeper() -> None:
    assert _decoded("gzip", _zipped(b"") * 3000 + _zipped(b"x") + bytes(10_000)) == b"x"


def test_what_follows_deflate_is_left_alone() -> None:
    assert _decoded("deflate", zlib.compress(b"x") + b"more", 3) == b"x"


def test_all_comes_out_though_all_has_gone_in() -> None:
    # Behind so many zeros some are still to come when the last byte has been taken in.
    for length in range(PIECE + 200, PIECE + 300):
        packer = zlib.compressobj(9, wbits=-15)
        body = packer.compress(bytes(length)) + packer.flush()
        assert _decoded("deflate", body) == bytes(length)
