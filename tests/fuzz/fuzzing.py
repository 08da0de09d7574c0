"""Any bytes from a server become a value or one of our errors.

`python tests/fuzz/fuzzing.py SECONDS`, or `nox -s fuzz`, generates responses until the time is over:
valid ones and the laboratory's wrong ones, changed further. A response that fails is shortened and
kept in `corpus/`, and `test_corpus.py` replays it from then on.
"""

from __future__ import annotations

import asyncio
import hashlib
import sys
import time
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cartesia_calls import AsyncClient, CartesiaError, Client
from engines import INSTALLED
from fake_server import KEY
from http_bytes import http_response
from laboratory import ALL
from raw_server import Close, RawServer, Send
from skipping_clock import SkippingClock

CORPUS = Path(__file__).parent / "corpus"
_LONGEST_SEED = 2000
_BATCH = 200
# Longer than any immediate response takes, in seconds.
_TIMEOUT = 5.0


def kept() -> list[Path]:
    """Return the files of the corpus."""
    return sorted(CORPUS.glob("*.http"))


@dataclass
class Target:
    """Clients of every engine, and a server that sends them given bytes."""

    server: RawServer

    def check(self, data: bytes) -> None:
        """Send bytes to every client; raise errors other than ours.

        Raises:
            AssertionError: An error shows the key, or gives no advice.
        """
        for engine in INSTALLED:
            settings: dict[str, Any] = {
                "base_url": self.server.url,
                "engine": engine,
                "clock": SkippingClock(),
                "timeout": _TIMEOUT,
                "max_retries": 1,
                "max_response_bytes": 1_000_000,
            }
            for fetch in (_fetch, _fetch_async):
                self.server.begin([[Send(data), Close()]])
                error = fetch(settings)
                self.server.end()
                assert error is None or error.hint
                assert KEY not in f"{error}{vars(error) if error else ''}"


def _fetch(settings: dict[str, Any]) -> CartesiaError | None:
    try:
        with Client(KEY, **settings) as client:
            client.calls.logs("ac_1")
    except CartesiaError as error:
        return error
    return None


def _fetch_async(settings: dict[str, Any]) -> CartesiaError | None:
    async def fetch() -> None:
        async with AsyncClient(KEY, **settings) as client:
            await client.calls.logs("ac_1")

    try:
        asyncio.run(fetch())
    except CartesiaError as error:
        return error
    return None


@contextmanager
def target() -> Generator[Target]:
    """Run a server for the duration of the block."""
    with RawServer() as server:
        yield Target(server)


def _seeds() -> list[bytes]:
    """Return the initial responses: a valid one, the corpus, and the laboratory's."""
    sent = [
        step.data
        for one in ALL
        for script in one.scripts
        for step in script
        if isinstance(step, Send)
    ]
    known = [http_response(), *(file.read_bytes() for file in kept()), *sent]
    return list(dict.fromkeys(seed for seed in known if 0 < len(seed) <= _LONGEST_SEED))


def _spoilt(seed: bytes, cuts: list[tuple[float, int, bytes]]) -> bytes:
    for where, length, put_in in cuts:
        start = int(where * len(seed))
        seed = seed[:start] + put_in + seed[start + length :]
    return seed


def _responses() -> st.SearchStrategy[bytes]:
    seeds = _seeds()
    pieces = st.binary(max_size=6) | st.sampled_from(
        [
            b"\r\n",
            b"\r\n\r\n",
            b": ",
            b"0",
            b"-1",
            b"99999999999999999999",
            b"\x00",
            b"\xff",
            b"chunked",
        ]
    )
    cuts = st.lists(
        st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 20), pieces), max_size=4
    )
    return st.binary(max_size=200) | st.builds(_spoilt, st.sampled_from(seeds), cuts)


def fuzz(check: Callable[[bytes], None], seconds: float, corpus: Path = CORPUS) -> int:
    """Generate responses until the time is over; return the number of them.

    Raises:
        BaseException: Any result that is neither a value nor one of our errors; its bytes are kept.
    """
    end = time.monotonic() + seconds
    checked = 0
    failing: bytes | None = None

    @given(data=_responses())
    @settings(
        max_examples=_BATCH,
        deadline=None,
        database=None,
        suppress_health_check=list(cast("Iterable[HealthCheck]", HealthCheck)),
    )
    def batch(data: bytes) -> None:
        nonlocal checked, failing
        # Shortening has no deadline: an interrupted one would count as flaky.
        if failing is None and time.monotonic() >= end:
            return
        checked += 1
        try:
            check(data)
        except KeyboardInterrupt:
            raise
        except BaseException:  # a panic of Rust is no Exception
            failing = data
            raise

    while time.monotonic() < end:
        try:
            batch()
        finally:
            if failing is not None:
                _keep(failing, corpus)
    return checked


def _keep(data: bytes, corpus: Path) -> None:
    name = hashlib.sha256(data).hexdigest()[:12]
    file = corpus / f"{name}.http"
    file.write_bytes(data)
    sys.stderr.write(f"what failed is kept in {file}\n")


if __name__ == "__main__":
    with target() as aim:
        count = fuzz(aim.check, float(sys.argv[1]))
    sys.stdout.write(f"{count} responses, each a value or one of our errors\n")
