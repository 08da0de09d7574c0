"""Encoded bodies are decoded in pieces of any size."""

from __future__ import annotations

import gzip
import itertools
import json
import zlib

from hypothesis import given, settings
from hypothesis import strategies as st

from fake_server import LOGS, client_of_pieces, cut

BODY = json.dumps(LOGS).encode()
# The size of the pieces that are decoded at once, in bytes.
PIECE = 256 * 1024


def _lines(encoding: str, encoded: bytes, size: int = 65536) -> list[str]:
    """Return the lines of an encoded log that arrives in pieces of this size."""
    with client_of_pieces(cut(encoded, size), {"Content-Encoding": encoding}) as client:
        return client.calls.logs("ac_1").logs


def _zipped(body: bytes) -> bytes:
    return gzip.compress(body, mtime=0)


@settings(deadline=None)
@given(
    ends=st.lists(st.integers(0, len(BODY)), max_size=4),
    padding=st.integers(0, 5),
    size=st.integers(1, 40),
)
def test_all_members_are_read_in_pieces_of_any_size(
    ends: list[int], padding: int, size: int
) -> None:
    places = [0, *sorted(ends), len(BODY)]
    parts = [BODY[start:end] for start, end in itertools.pairwise(places)]
    assert _lines("gzip", b"".join(map(_zipped, parts)) + bytes(padding), size) == LOGS["logs"]


def test_empty_members_cause_no_recursion() -> None:
    assert _lines("gzip", _zipped(b"") * 3000 + _zipped(BODY) + bytes(10_000)) == LOGS["logs"]


def test_bytes_after_deflate_are_ignored() -> None:
    assert _lines("deflate", zlib.compress(BODY) + b"more", 3) == LOGS["logs"]


def test_buffered_output_is_returned_after_the_last_input() -> None:
    # With this length, output is left after the last byte was read.
    for length in range(PIECE + 200, PIECE + 300):
        packer = zlib.compressobj(9, wbits=-15)
        body = BODY[:-1].ljust(length - 1) + BODY[-1:]
        assert _lines("deflate", packer.compress(body) + packer.flush()) == LOGS["logs"]
