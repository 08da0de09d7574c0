"""`cartesia-calls list`: the calls of agents or of a batch."""

from __future__ import annotations

import sys
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from heapq import merge
from itertools import islice
from typing import TYPE_CHECKING

from cartesia_calls import CartesiaError, NotFoundError

from . import _options as options
from ._api import open_client
from ._arguments import did_you_mean
from ._errors import ExitCode, Failure, for_each
from ._progress import progress
from ._tables import Column, write_list
from ._terminal import clock, iso, moment_text, say, write_object

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Sequence

    from cartesia_calls import AgentCall, Client

    from ._arguments import CommandParser
    from ._terminal import Screen

USAGE = "--agent ID [options]"
ABOUT = "List calls, newest first. `cartesia-calls agents` shows the agents' ids."
EXAMPLES = (
    "list --agent agent_123 --since 'yesterday 14:00' -n 20",
    "list --agent agent_123 --agent agent_456 --status failed",
    "list --agent agent_123 --columns id,error,summary",
    "list --agent agent_123 | cut -f 1     # the ids",
    "list --batch batch_123 --json --expand",
)
STYLES = {"completed": "green", "failed": "red", "started": "cyan", "created": "cyan"}
_BATCH = 50


def _phone(call: AgentCall, end: str) -> str:
    return getattr(call.telephony_params, end, None) or ""


def _length(call: AgentCall) -> str:
    if not call.start_time or not call.end_time:
        return ""
    return clock((call.end_time - call.start_time).total_seconds(), fraction=False)


def _columns(*, is_terminal: bool, agents: int = 1) -> dict[str, Column[AgentCall]]:
    """Return the columns by the names that `--columns` takes; those without a rank are for it alone.

    Args:
        is_terminal: Whether people look at them: they get the name of a time's zone, not ISO 8601.
        agents: Of how many agents the calls are.
    """
    when = moment_text if is_terminal else iso
    agent_rank = 3 if agents > 1 else None
    return {
        "id": Column("ID", lambda call: call.id, 0),
        "started": Column(
            "STARTED", lambda call: when(call.start_time) if call.start_time else "", 2
        ),
        "length": Column("LENGTH", _length, 4, right=True),
        "status": Column(
            "STATUS", lambda call: call.status, 1, style=lambda text: STYLES.get(text, "")
        ),
        "ended-by": Column("ENDED BY", lambda call: call.end_reason or "", 5, least=9),
        "error": Column("ERROR", lambda call: call.error_message or "", 6, least=20),
        "from": Column("FROM", lambda call: _phone(call, "from_"), 7),
        "to": Column("TO", lambda call: _phone(call, "to"), 8),
        "summary": Column("SUMMARY", lambda call: call.summary or "", 9, least=20),
        "agent": Column("AGENT", lambda call: call.agent_id, agent_rank),
        "direction": Column("DIRECTION", lambda call: _phone(call, "direction"), None),
        "region": Column("REGION", lambda call: call.deployment_region or "", None),
    }


_NAMES = tuple(_columns(is_terminal=False))
_IN_PIPES = _NAMES[:10]


def add_options(parser: CommandParser) -> None:
    """Add what can be typed."""
    parser.section("whose calls; one is needed")
    with parser.either(required=True):
        one_agent = "the calls of this agent; may be given again"
        parser.value("--agent", "ID", options.agent_id, one_agent, action="append")
        parser.value("--batch", "ID", options.batch_id, "the calls of this batch")
    parser.section("which calls", options.TIMES)
    options.add_status(parser)
    options.add_times(parser, "calls that started")
    parser.value("-n", "--limit", "N", options.count(1), "at most N calls; all by default")
    parser.section("output")
    picked = f"show these, in this order: {', '.join(_NAMES)}; by default as many as fit"
    parser.value("--columns", "NAMES", options.words(*_NAMES), picked)
    options.add_json(parser)
    parser.flag("--expand", does="with --json: the transcripts too")


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

    def pages(self) -> Iterator[Sequence[AgentCall]]:
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
        raise Failure("--expand adds transcripts to JSON alone.", "Add --json.")
    if arguments.columns and arguments.json:
        raise Failure("--columns is for text; JSON has all fields.", "Leave one of them out.")
    agents = list(dict.fromkeys(arguments.agent or [None]))

    def columns(screen: Screen) -> list[Column[AgentCall]]:
        found = _columns(is_terminal=screen.is_terminal, agents=len(agents))
        if arguments.columns:
            return [replace(found[name], rank=0) for name in arguments.columns]
        return [found[name] for name in _IN_PIPES]

    with open_client(arguments) as client:
        sources = [_Source(client, arguments, agent) for agent in agents]
        batches = _with_progress(_batches(sources, arguments.limit))
        if arguments.json:
            for batch in batches:
                for call in batch:
                    write_object(call.to_dict())
        else:
            write_list(batches, columns)
        if unplaced := sum(source.calls.unplaced for source in sources):
            say(_left_out(unplaced))
        without = [one.agent for one in sources if not (one.found or one.calls.unplaced)]
        check = partial(check_agent, client)
        code = for_each(list(filter(None, without)), check, verbose=bool(arguments.verbose))
    found = sum(source.found for source in sources)
    if code is ExitCode.DONE and not found and sys.stdout.isatty():
        say("No such calls.")
    return code


def _batches(sources: Sequence[_Source], limit: int | None) -> Iterator[Sequence[AgentCall]]:
    """Yield calls as they come: pages of one source, or those of several merged by time."""
    if len(sources) == 1:
        yield from sources[0].pages()
        return
    merged = merge(*(source.timed() for source in sources), key=lambda pair: pair[0], reverse=True)
    calls = islice((call for _, call in merged), limit)
    while batch := list(islice(calls, _BATCH)):
        yield batch


def check_agent(client: Client, agent: str) -> None:
    """Look up an agent of which there are no calls; most often there is none of that id.

    Raises:
        Failure: There is none.
    """
    try:
        client.agents.get(agent)
    except NotFoundError as error:
        suggestion = ""
        with suppress(CartesiaError):
            suggestion = did_you_mean(agent, [one.id for one in client.agents.list()])
        raise Failure(
            f"There is no agent {agent!r}, or it belongs to another account{suggestion or '.'}",
            "`cartesia-calls agents` shows the ids.",
            ExitCode.NOT_FOUND,
        ) from error


def _left_out(count: int) -> str:
    what = "1 call has" if count == 1 else f"{count} calls have"
    return (
        f"{what} neither a start nor an end time: left out. "
        "List without --since and --until to see all calls."
    )


def _with_progress(batches: Iterator[Sequence[AgentCall]]) -> Iterator[Sequence[AgentCall]]:
    """Yield the calls; say how many there are so far while the next ones are slow to come."""
    found = 0
    while True:
        with progress(f"Listing calls… {found} so far"):
            batch = next(batches, None)
        if batch is None:
            return
        found += len(batch)
        yield batch
