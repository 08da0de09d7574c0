"""One measurement, in a process of its own: `python measure.py KIND PEER CASE URL SECONDS`.

Prints one JSON object: a value for each quantity, or `{"not_there": REASON}`. The fetched lines are
counted, so that a wrong response is a failure and not a fast peer.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import resource
import selectors
import socket
import statistics
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import cores
import raw_socket
from bodies import SHORT_LOG, line_count_of
from peers import HEADERS, AsyncFetch, Fetch, NotThereError, Peer, peer_named

if TYPE_CHECKING:
    from collections.abc import Callable

_WARM_UP_SHARE = 0.2
"""The share of the measured time for warming up connections and caches first."""
_LEAST_CALLS = 3
_KIBIBYTE = 1_024

Values = dict[str, float]


def measure_sync(peer: Peer, case: str, url: str, seconds: float) -> Values:
    """Fetch one log again and again; the case is its call id."""
    if peer.open is None:
        raise NotThereError("it has no sync client")
    expected = line_count_of(case)
    with peer.open(url) as fetch:
        _fetch_for(seconds * _WARM_UP_SHARE, fetch, case, expected)
        cpu = time.process_time()
        took = _fetch_for(seconds, fetch, case, expected)
        cpu = time.process_time() - cpu
    # The median, since a call may have to wait for a core.
    return {"cpu_seconds": cpu / len(took), "wall_seconds": statistics.median(took)}


def measure_turns(peer: Peer, case: str, url: str, seconds: float) -> Values:
    """Measure as `measure_sync` does, on the server's core, where only the CPU time is the client's."""
    return {"cpu_seconds": measure_sync(peer, case, url, seconds)["cpu_seconds"]}


def measure_async(peer: Peer, case: str, url: str, seconds: float) -> Values:
    """Keep calls for the short log in flight; the case is their number."""
    return asyncio.run(_measure_async(peer, int(case), url, seconds))


def measure_memory(peer: Peer, case: str, url: str, seconds: float) -> Values:
    """Fetch one log once; the case is its call id."""
    del seconds
    if peer.open is None:
        raise NotThereError("it has no sync client")
    with peer.open(url) as fetch:
        started = time.perf_counter()
        _check(fetch(case), line_count_of(case))
        wall = time.perf_counter() - started
    return {"peak_bytes": float(peak_memory()), "wall_seconds": wall}


def measure_ceiling(case: str, url: str, seconds: float) -> Values:
    """Keep requests on bare sockets in flight, and only count the bytes of each response."""
    request = raw_socket.request_for(SHORT_LOG, HEADERS)
    connections = [raw_socket.connect(url) for _ in range(int(case))]
    length = _length_of_response(connections[0], request)
    responses, wall = _exchange_for(seconds, connections, request, length)
    for connection in connections:
        connection.close()
    return {"calls_per_second": responses / wall}


def peak_memory() -> int:
    """Return the peak memory of this process, in bytes.

    On Linux, `getrusage` returns the peak of the process that started this one if that is higher, so
    the peak is read from `/proc`.
    """
    try:
        status = Path("/proc/self/status").read_text(encoding="ascii")
    except OSError:
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak if sys.platform == "darwin" else peak * _KIBIBYTE
    own = next(line for line in status.splitlines() if line.startswith("VmHWM:"))
    return int(own.split()[1]) * _KIBIBYTE


def _fetch_for(seconds: float, fetch: Fetch, call_id: str, expected: int) -> list[float]:
    """Return the duration of each call, in seconds."""
    took: list[float] = []
    begun = time.perf_counter()
    end = begun + seconds
    while len(took) < _LEAST_CALLS or begun < end:
        _check(fetch(call_id), expected)
        done = time.perf_counter()
        took.append(done - begun)
        begun = done
    return took


async def _measure_async(peer: Peer, in_flight: int, url: str, seconds: float) -> Values:
    if peer.open_async is None:
        raise NotThereError("it has no async client")
    async with peer.open_async(url) as fetch:
        await _fetch_many(seconds * _WARM_UP_SHARE, fetch, in_flight)
        cpu, wall = time.process_time(), time.perf_counter()
        calls = await _fetch_many(seconds, fetch, in_flight)
        cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    return {"calls_per_second": calls / wall, "cpu_seconds": cpu / calls}


async def _fetch_many(seconds: float, fetch: AsyncFetch, in_flight: int) -> int:
    end = time.perf_counter() + seconds
    expected = line_count_of(SHORT_LOG)

    async def keep_one_in_flight() -> int:
        calls = 0
        while not calls or time.perf_counter() < end:
            _check(await fetch(SHORT_LOG), expected)
            calls += 1
        return calls

    return sum(await asyncio.gather(*(keep_one_in_flight() for _ in range(in_flight))))


def _length_of_response(connection: socket.socket, request: bytes) -> int:
    """Return the size of a whole response, head and body, in bytes."""
    connection.sendall(request)
    received = b""
    while b"\r\n\r\n" not in received or not received.endswith(b"}"):
        received += connection.recv(65_536)
    return len(received)


def _exchange_for(
    seconds: float, connections: list[socket.socket], request: bytes, length: int
) -> tuple[int, float]:
    """Return the number of responses, at least one, and the seconds that they took."""
    selector = selectors.DefaultSelector()
    missing = dict.fromkeys(connections, length)
    started = time.perf_counter()
    for connection in connections:
        selector.register(connection, selectors.EVENT_READ)
        connection.sendall(request)
    responses = 0
    while (now := time.perf_counter()) < started + seconds or not responses:
        for key, _ in selector.select(timeout=seconds):
            ready = key.fileobj
            assert isinstance(ready, socket.socket)  # noqa: S101 - only these are registered
            missing[ready] -= len(ready.recv(length))
            if not missing[ready]:
                responses += 1
                missing[ready] = length
                ready.sendall(request)
    return responses, now - started


def _check(lines: int, expected: int) -> None:
    if lines != expected:
        raise AssertionError(f"{lines} lines came, and {expected} are in the log")


TURNS = "turns"
KINDS: dict[str, Callable[[Peer, str, str, float], Values]] = {
    "sync": measure_sync,
    TURNS: measure_turns,
    "async": measure_async,
    "memory": measure_memory,
}
CEILING = "ceiling"


def main() -> None:
    """Measure once, and print the result."""
    parser = argparse.ArgumentParser(description="Measure one thing once.")
    parser.add_argument("kind", choices=[*KINDS, CEILING])
    parser.add_argument("peer")
    parser.add_argument("case")
    parser.add_argument("url")
    parser.add_argument("seconds", type=float)
    options = parser.parse_args()
    if options.kind == TURNS:
        cores.keep_to_server_core()
    else:
        cores.keep_to_other_cores()
    outcome: dict[str, float] | dict[str, str]
    try:
        if options.kind == CEILING:
            outcome = measure_ceiling(options.case, options.url, options.seconds)
        else:
            peer = peer_named(options.peer)
            outcome = KINDS[options.kind](peer, options.case, options.url, options.seconds)
    except NotThereError as error:
        outcome = {"not_there": str(error)}
    sys.stdout.write(json.dumps(outcome) + "\n")


if __name__ == "__main__":
    main()
