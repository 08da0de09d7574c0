"""`cartesia-calls list`: the calls of agents or of a batch."""

from __future__ import annotations

import sys
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from heapq import merge
from itertools import islice
from typing import TYPE_CHECKING

from cartesia_calls import CartesiaError, NotFoundError

from ._api import open_client
from ._errors import fail
from ._exit_codes import ExitCode
from ._option_types import did_you_mean
from ._output import write_list, write_object
from ._progress import progress
from ._terminal import say
from ._views import call_columns

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from cartesia_calls import AgentCall, Client

_BATCH = 50


class _Source:
    """The calls of one agent, or of a batch, and how many there were."""

    def __init__(self, client: Client, arguments: argparse.Namespace, agent: str | None) -> None:
        self.agent = agent
        self.found = 0
        self.calls = client.calls.list(
            agent_id=agent,
            batch_id=arguments.batch,
            status=arguments.status,
            since=arguments.since,
            until=arguments.until,
            limit=arguments.limit,
            expand_transcript=arguments.expand,
        )

    def pages(self) -> Iterator[list[AgentCall]]:
        """Yield the calls page by page."""
        for page in self.calls.pages():
            self.found += len(page)
            yield page

    def timed(self) -> Iterator[tuple[datetime, AgentCall]]:
        """Yield each call with the time to sort it by.

        A call without a time is where the agent's list has it: at the time of the previous one.
        """
        last = datetime.now(UTC)
        for page in self.pages():
            for call in page:
                last = call.start_time or call.end_time or last
                yield last, call


def run(arguments: argparse.Namespace) -> int:
    """Show the calls as they come, newest first."""
    if arguments.expand and not arguments.json:
        return fail("--expand adds transcripts to JSON alone.", "Add --json.")
    if problem := reversed_window(arguments):
        return fail(*problem)
    with open_client(arguments) as client:
        agents = list(dict.fromkeys(arguments.agent or [None]))
        sources = [_Source(client, arguments, agent) for agent in agents]
        batches = _with_progress(_batches(sources, arguments.limit))
        if arguments.json:
            for batch in batches:
                for call in batch:
                    write_object(call.to_dict())
        else:
            write_list(batches, partial(call_columns, agents=len(agents)))
        if unplaced := sum(source.calls.unplaced for source in sources):
            say(_left_out(unplaced))
        code = ExitCode.DONE
        for source in sources:
            if source.agent and not (source.found or source.calls.unplaced):
                code = _check_agent(client, source.agent) or code
    found = sum(source.found for source in sources)
    if code is ExitCode.DONE and not found and sys.stdout.isatty():
        say("No such calls.")
    return code


def reversed_window(arguments: argparse.Namespace) -> tuple[str, str] | None:
    """Return what is wrong with `--since` and `--until`, and what to do; None if nothing is."""
    since, until = arguments.since, arguments.until
    if since is None or until is None or since < until:
        return None
    window = (
        f"{since:%Y-%m-%d %H:%M:%S %Z} is not earlier than --until {until:%Y-%m-%d %H:%M:%S %Z}"
    )
    return f"--since {window}.", "Swap them. 6h is earlier than 5h: both are times back from now."


def _batches(sources: list[_Source], limit: int | None) -> Iterator[list[AgentCall]]:
    """Yield calls as they come: pages of one source, or those of several merged by time."""
    if len(sources) == 1:
        yield from sources[0].pages()
        return
    merged = merge(*(source.timed() for source in sources), key=lambda pair: pair[0], reverse=True)
    calls = islice((call for _, call in merged), limit)
    while batch := list(islice(calls, _BATCH)):
        yield batch


def _check_agent(client: Client, agent: str) -> ExitCode:
    """Look up an agent of which there are no calls; most often there is none of that id."""
    try:
        client.agents.get(agent)
    except NotFoundError:
        suggestion = ""
        with suppress(CartesiaError):
            suggestion = did_you_mean(agent, [one.id for one in client.agents.list()])
        return fail(
            f"There is no agent {agent!r}, or it belongs to another account{suggestion}"
            f"{'' if suggestion else '.'}",
            "`cartesia-calls agents` shows the ids.",
            ExitCode.NOT_FOUND,
        )
    return ExitCode.DONE


def _left_out(count: int) -> str:
    what = "1 call has" if count == 1 else f"{count} calls have"
    return (
        f"{what} neither a start nor an end time: left out. "
        "List without --since and --until to see all calls."
    )


def _with_progress(batches: Iterator[list[AgentCall]]) -> Iterator[list[AgentCall]]:
    """Yield the calls; say how many there are so far while the next ones are slow to come."""
    found = 0
    while True:
        with progress(f"Listing calls… {found} so far"):
            batch = next(batches, None)
        if batch is None:
            return
        found += len(batch)
        yield batch
