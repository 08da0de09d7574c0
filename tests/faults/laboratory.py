"""All situations, and the code that stages one: a server, and a client of either flavour."""

from __future__ import annotations

import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import situations_call_ids
import situations_connections
import situations_error_statuses
import situations_operations
import situations_redirects
import situations_retries
import situations_retry_after
import situations_sizes
import situations_timeouts
import situations_unexpected_successes
import situations_wrong_successes
from cartesia_calls import AsyncClient, CartesiaError, Client
from expectations import Seen
from fake_clock import FakeClock
from fake_server import KEY, Flavour, gathered, gathered_async
from raw_server import RawServer
from situation import Situation

FAMILIES = (
    situations_wrong_successes,
    situations_unexpected_successes,
    situations_error_statuses,
    situations_connections,
    situations_timeouts,
    situations_retries,
    situations_retry_after,
    situations_redirects,
    situations_sizes,
    situations_call_ids,
    situations_operations,
)
ALL: tuple[Situation, ...] = tuple(one for family in FAMILIES for one in family.SITUATIONS)
STREAMED = tuple(one for one in ALL if one.over_a_stream() is not None)


@dataclass(frozen=True)
class Laboratory:
    """Two servers, one for the clients and one that no request may reach, and a folder."""

    server: RawServer
    elsewhere: RawServer
    folder: Path

    def stage(self, situation: Situation, engine: str, flavour: Flavour) -> list[str]:
        """Put a client into a situation, and return each difference from the expected outcome."""
        clock = FakeClock()
        visit = self.server.begin(situation.scripts, clock=clock)
        strays = self.elsewhere.begin([[]])
        settings = {
            "base_url": self.server.url,
            "engine": engine,
            "clock": clock,
            **situation.settings,
        }
        try:
            result = _run(situation, flavour, settings, clock)
        finally:
            self.server.end()
        seen = Seen(result, [request.path for request in visit.heard], clock.sleeps)
        problems = situation.outcome.problems(seen)
        if strays.connections:
            problems.append("another host was connected to")
        files = list(self.folder.iterdir())
        for file in files:
            file.unlink()
        if isinstance(result, Exception):
            problems += _problems_of_any(result)
            problems += [f"{file.name} is left over" for file in files]
        return problems


def _run(
    situation: Situation, flavour: Flavour, settings: dict[str, Any], clock: FakeClock
) -> object:
    try:
        if flavour == "sync":
            with Client(KEY, **settings) as client:
                return gathered(situation.action(client))
        return clock.run(_run_async(situation, settings))
    # Every exception is an outcome, above all one of a wrong kind.
    except Exception as error:  # noqa: BLE001
        return error


async def _run_async(situation: Situation, settings: dict[str, Any]) -> object:
    async with AsyncClient(KEY, **settings) as client:
        return await gathered_async(situation.action(client))


def _problems_of_any(error: Exception) -> list[str]:
    """Return what no error may do: be of an unexpected kind, give no advice, show the key, or hold
    characters that a terminal would obey.
    """
    problems: list[str] = []
    if not isinstance(error, CartesiaError | ValueError | TypeError):
        problems.append(f"{error!r} is not one of our errors")
    if isinstance(error, CartesiaError) and not error.hint:
        problems.append("the error does not say what to do next")
    if not str(error).isprintable():
        problems.append(f"a terminal would obey what is in {str(error)!r}")
    # With the exceptions that it was raised from; the source lines show nothing, and take time.
    chain = "".join(traceback.TracebackException.from_exception(error, limit=0).format())
    if KEY in f"{error} {error!r} {vars(error)} {chain}":
        problems.append("the error shows the key")
    return problems
