"""The goals, as ratios from one run: the first table of `results.md`.

A goal is met if the median over the rounds keeps its bound. It is missed if it could not be measured.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

import cold
import peers
from bodies import LONG_LOG, SHORT_LOG, USUAL_LOG
from measure import TURNS
from samples import Results, Series, Spread

MEGABYTE = 1_000_000
ONE_MEGABYTE, ONE_GIGABYTE = f"bytes-{MEGABYTE}", f"bytes-{1_000 * MEGABYTE}"
_CPU, _WALL, _RATE, _PEAK = "cpu_seconds", "wall_seconds", "calls_per_second", "peak_bytes"


class Bound(Enum):
    """The direction of a limit, in words."""

    TIMES_LESS = "at least {:g} times less"
    TIMES_MORE = "at least {:g} times as many"
    TIMES_FASTER = "at least {:g} times faster"
    FASTER = "faster"
    TIMES_AT_MOST = "at most {:g} times as much"
    MEGABYTES_MORE_AT_MOST = "at most {:g} MB more"


_AT_MOST = {Bound.TIMES_AT_MOST, Bound.MEGABYTES_MORE_AT_MOST}


@dataclass(frozen=True)
class Goal:
    """One row of the table.

    Attributes:
        figure: The measured quantity.
        against: The quantity that it is compared with, as the table shows it.
        bound: The direction of the limit.
        limit: The limit: a factor, or megabytes.
        ours: The series of the figure.
        theirs: The series that it is compared with.
    """

    figure: str
    against: str
    bound: Bound
    limit: float
    ours: Series
    theirs: Series

    @property
    def wanted(self) -> str:
        """The bound and its limit, in words."""
        return self.bound.value.format(self.limit)

    def measured(self, results: Results) -> Spread | None:
        """Return the ratio, or the megabytes, to compare with the limit; None if there is no figure."""
        if self.bound is Bound.MEGABYTES_MORE_AT_MOST:
            more = results.difference(self.ours, self.theirs)
            return more and Spread(*(b / MEGABYTE for b in (more.median, more.least, more.most)))
        if self.bound in {Bound.TIMES_AT_MOST, Bound.TIMES_MORE}:
            return results.ratio(self.ours, self.theirs)
        return results.ratio(self.theirs, self.ours)

    def is_met(self, results: Results) -> bool:
        """Return whether the median of the rounds keeps the bound."""
        measured = self.measured(results)
        if measured is None:
            return False
        if self.bound is Bound.FASTER:
            return measured.median > self.limit
        if self.bound in _AT_MOST:
            return measured.median <= self.limit
        return measured.median >= self.limit


def _cpu(peer: peers.Peer) -> Series:
    return Series(TURNS, peer.name, SHORT_LOG, _CPU)


def _time(peer: peers.Peer, call_id: str = LONG_LOG) -> Series:
    return Series("sync", peer.name, call_id, _WALL)


def _async(peer: peers.Peer) -> Series:
    return Series("async", peer.name, "64", _RATE)


def _cold(peer: str, case: str) -> Series:
    return Series("cold", peer, case, _WALL)


def _memory(peer: peers.Peer, call_id: str) -> Series:
    return Series("memory", peer.name, call_id, _PEAK)


GOALS = (
    Goal(
        "CPU per call, `fast`, sync, 50 lines",
        "official SDK",
        Bound.TIMES_LESS,
        12,
        _cpu(peers.FAST),
        _cpu(peers.OFFICIAL),
    ),
    Goal(
        "CPU per call, `fast`, sync, 50 lines",
        "raw socket + orjson",
        Bound.TIMES_AT_MOST,
        2.5,
        _cpu(peers.FAST),
        _cpu(peers.FLOOR),
    ),
    Goal(
        "CPU per call, httpx engine, sync, 50 lines",
        "bare `httpx.Client` + `.json()`",
        Bound.TIMES_AT_MOST,
        1.3,
        _cpu(peers.HTTPX_ENGINE),
        _cpu(peers.BARE_HTTPX),
    ),
    Goal(
        "calls per second, async, 64 in flight, `fast`",
        "official async SDK",
        Bound.TIMES_MORE,
        28,
        _async(peers.FAST),
        _async(peers.OFFICIAL),
    ),
    Goal(
        "calls per second, async, 64 in flight, httpx engine",
        "bare `httpx.AsyncClient` + `.json()`",
        Bound.TIMES_MORE,
        1.8,
        _async(peers.HTTPX_ENGINE),
        _async(peers.BARE_HTTPX),
    ),
    Goal(
        "one log of 20,000 lines, `fast`, validated",
        "official SDK (which doesn't validate)",
        Bound.TIMES_FASTER,
        22,
        _time(peers.FAST),
        _time(peers.OFFICIAL),
    ),
    Goal(
        "one log of 20,000 lines, `fast`, validated",
        "raw socket + orjson",
        Bound.TIMES_AT_MOST,
        1.4,
        _time(peers.FAST),
        _time(peers.FLOOR),
    ),
    Goal(
        "one log of 20,000 lines of 85 bytes, `fast`, validated",
        "raw socket + orjson",
        Bound.TIMES_AT_MOST,
        1.4,
        _time(peers.FAST, USUAL_LOG),
        _time(peers.FLOOR, USUAL_LOG),
    ),
    Goal(
        "`import cartesia_calls`",
        "bare Python start",
        Bound.TIMES_AT_MOST,
        1.1,
        _cold("ours", cold.IMPORT),
        _cold(cold.BARE_PYTHON, cold.START),
    ),
    Goal(
        "first response from a cold process, `fast`",
        "a script with bare httpx",
        Bound.FASTER,
        1,
        _cold(peers.FAST.name, cold.FIRST_RESPONSE),
        _cold(peers.BARE_HTTPX.name, cold.FIRST_RESPONSE),
    ),
    Goal(
        "first response from a cold process, `fast`",
        "a script with http.client and orjson",
        Bound.TIMES_AT_MOST,
        1.5,
        _cold(peers.FAST.name, cold.FIRST_RESPONSE),
        _cold(cold.HTTP_CLIENT, cold.FIRST_RESPONSE),
    ),
    Goal(
        "`cartesia-calls logs` to its end",
        "a script with http.client and orjson",
        Bound.TIMES_AT_MOST,
        2.2,
        _cold("ours", cold.LOGS),
        _cold(cold.HTTP_CLIENT, cold.FIRST_RESPONSE),
    ),
    *(
        Goal(
            f"peak memory of `stream_logs`, {engine}, 1 GB body",
            "the same at 1 MB",
            Bound.MEGABYTES_MORE_AT_MOST,
            16,
            _memory(peer, ONE_GIGABYTE),
            _memory(peer, ONE_MEGABYTE),
        )
        for engine, peer in (("`fast`", peers.FAST_STREAM), ("httpx engine", peers.HTTPX_STREAM))
    ),
)

PREVIOUS_GOALS = (
    Goal(
        "CPU per call, `fast`, sync, 50 lines",
        "previous checkout",
        Bound.TIMES_AT_MOST,
        1.05,
        _cpu(peers.FAST),
        _cpu(peers.FAST_PREVIOUS),
    ),
    Goal(
        "calls per second, async, 64 in flight, `fast`",
        "previous checkout",
        Bound.TIMES_MORE,
        0.9,
        _async(peers.FAST),
        _async(peers.FAST_PREVIOUS),
    ),
    Goal(
        "first response from a cold process, `fast`",
        "previous checkout",
        Bound.TIMES_AT_MOST,
        1.05,
        _cold(peers.FAST.name, cold.FIRST_RESPONSE),
        _cold(peers.FAST_PREVIOUS.name, cold.FIRST_RESPONSE),
    ),
)
"""The additional goals of a run that also measures a previous checkout."""


def goals_of(results: Results) -> tuple[Goal, ...]:
    """Return the goals of a run."""
    has_previous = results.spread(_cpu(peers.FAST_PREVIOUS)) is not None
    return GOALS + PREVIOUS_GOALS if has_previous else GOALS
