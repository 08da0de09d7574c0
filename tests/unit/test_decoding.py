"""Encodings undone in any pieces, and what unpacks to more than anybody can look at."""

from __future__ import annotations

import gzip
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cartesia_calls._engines._decoding import DecodingError, decoder_for

MEGABYTE = 1024 * 1024
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
    encodings=st.integers(1, 3),
)
def test_members_are_read_on_however_they_are_cut(
    parts: list[bytes], padding: int, size: int, encodings: int
) -> None:
    body = b"".join(map(_zipped, parts)) + bytes(padding)
    for _ in range(encodings - 1):
        body = _zipped(body)
    assert _decoded(", ".join(["gzip"] * encodings), body, size) == b"".join(parts)


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


@pytest.mark.parametrize(
    ("encoding", "inner"),
    [
        pytest.param("gzip, gzip", _zipped(b"x") + bytes(50 * MEGABYTE), id="padding"),
        pytest.param("gzip, gzip", _zipped(b"") * MEGABYTE, id="empty members"),
        pytest.param("gzip, gzip", _zipped(b"x") * MEGABYTE, id="members of a byte"),
        pytest.param(
            "gzip, gzip", _zipped(b"")[:10] + b"\0\0\0\xff\xff" * MEGABYTE, id="empty blocks"
        ),
        pytest.param("deflate, gzip", zlib.compress(b"x") + bytes(50 * MEGABYTE), id="deflate"),
    ],
)
def test_what_holds_next_to_nothing_is_given_up(encoding: str, inner: bytes) -> None:
    with pytest.raises(DecodingError, match="next to nothing"):
        _decoded(encoding, _zipped(inner))


def test_what_is_encoded_twice_for_no_good_is_read() -> None:
    lines = b"".join(b"line %d\n" % number for number in range(300_000))
    packer = zlib.compressobj(wbits=31)
    flushed = b"".join(
        packer.compress(lines[start : start + 50]) + packer.flush(zlib.Z_SYNC_FLUSH)
        for start in range(0, len(lines), 50)
    )
    assert _decoded("gzip, gzip", _zipped(flushed + packer.flush())) == lines
