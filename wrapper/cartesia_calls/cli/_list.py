"""`cartesia-calls list`: the calls of agents or of a batch."""

from __future__ import annotations

import sys
from collections import Counter
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from heapq import merge
from itertools import islice
from typing import TYPE_CHECKING

from cartesia_calls import CartesiaError, NotFoundError, clock_text

from . import _options as options  # pyright: ignore[reportPrivateUsage]  # of this package
from ._api import open_client
from ._arguments import did_you_mean
from ._errors import ExitCode, Failure, for_each
from ._progress import progress, say
from ._tables import Column, write_list
from ._terminal import iso, moment_text, write_object

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Iterator, Sequence

    from cartesia_calls import AgentCall, Client

    from ._arguments import CommandParser
    from ._terminal import Screen

HELP = """\
--agent ID [options]

List calls, newest first. `cartesia-calls agents` shows the agents' ids.

list --agent agent_123 --since 'yesterday 14:00' -n 20
list --agent agent_123 --agent agent_456 --status failed
list --agent agent_123 --columns id,error,summary
list --agent agent_123 | cut -f 1     # the ids
list --batch batch_123 --json --expand
"""
STYLES = {"completed": "green", "failed": "red", "started": "cyan", "created": "cyan"}
_NAMES = (
    *("id", "started", "length", "status", "ended-by", "error", "from", "to", "summary", "agent"),
    *("direction", "region"),
)
_BY_DEFAULT = 10
_BATCH = 50


def _phone(call: AgentCall, name: str) -> object:
    return getattr(call.telephony_params, name, None)


def _length(call: AgentCall) -> str:
    if not call.start_time or not call.end_time:
        return ""
    return clock_text((call.end_time - call.start_time).total_seconds(), fraction=False)


def _columns(screen: Screen, names: Sequence[str] | None, agents: int) -> list[Column[AgentCall]]:
    """Return the columns of these names; by default those that fit, of the calls of so many agents.

    On a terminal, times have the name of their zone; elsewhere they are ISO 8601.
    """
    time = moment_text if screen.is_terminal else iso
    columns: dict[str, Column[AgentCall]] = {
        "id": Column("ID", lambda call: call.id, 0),
        "started": Column("STARTED", lambda call: time(call.start_time), 2),
        "length": Column("LENGTH", _length, 4, right=True),
        "status": Column("STATUS", lambda call: call.status, 1, style=STYLES),
        "ended-by": Column("ENDED BY", lambda call: call.end_reason, 5, least=9),
        "error": Column("ERROR", lambda call: call.error_message, 6, least=20),
        "from": Column("FROM", lambda call: _phone(call, "from_"), 7),
        "to": Column("TO", lambda call: _phone(call, "to"), 8),
        "summary": Column("SUMMARY", lambda call: call.summary, 9, least=20),
        "agent": Column("AGENT", lambda call: call.agent_id, 3 if agents > 1 else None),
        "direction": Column("DIRECTION", lambda call: _phone(call, "direction"), None),
        "region": Column("REGION", lambda call: call.deployment_region, None),
    }
    if names:
        return [replace(columns[name], rank=0) for name in names]
    return [columns[name] for name in _NAMES[:_BY_DEFAULT]]


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


def run(arguments: argparse.Namespace) -> int:
    """Show the calls as they come, newest first."""
    _check(arguments)
    agents: list[str | None] = list(dict.fromkeys(arguments.agent or [None]))
    found = Counter[str | None]()

    def timed(
        agent: str | None, calls: Iterable[AgentCall]
    ) -> Iterator[tuple[datetime, AgentCall]]:
        # A call without a time is where the agent's list has it: at the time of the previous one.
        last = datetime.now(UTC)
        for call in calls:
            found[agent] += 1
            last = call.start_time or call.end_time or last
            yield last, call

    with open_client(arguments) as client:
        lists = {
            agent: client.calls.list(
                agent_id=agent,
                batch_id=arguments.batch,
                status=arguments.status,
                since=arguments.since,
                until=arguments.until,
                limit=arguments.limit,
                expand_transcript=arguments.expand,
            )
            for agent in agents
        }
        sources = (timed(agent, calls) for agent, calls in lists.items())
        newest_first = merge(*sources, key=lambda pair: pair[0], reverse=True)
        calls = islice((call for _, call in newest_first), arguments.limit)
        if arguments.json:
            for batch in _batches(calls):
                for call in batch:
                    write_object(call.to_dict())
        else:
            columns = partial(_columns, names=arguments.columns, agents=len(agents))
            write_list(_batches(calls), columns)
        if unplaced := sum(one.unplaced for one in lists.values()):
            what = "1 call has" if unplaced == 1 else f"{unplaced} calls have"
            say(
                f"{what} neither a start nor an end time: left out. "
                "List without --since and --until to see all calls."
            )
        without = [one for one in agents if one and not (found[one] or lists[one].unplaced)]
        check = partial(check_agent, client)
        code = for_each(without, check, verbose=bool(arguments.verbose))
    if code is ExitCode.DONE and not found and sys.stdout.isatty():
        say("No such calls.")
    return code


def _check(arguments: argparse.Namespace) -> None:
    if arguments.expand and not arguments.json:
        raise Failure("--expand adds transcripts to JSON alone.", "Add --json.")
    if arguments.columns and arguments.json:
        raise Failure("--columns is for text; JSON has all fields.", "Leave one of them out.")


def _batches(calls: Iterator[AgentCall]) -> Iterator[list[AgentCall]]:
    """Yield the calls; say how many there are so far while the next ones are slow to come."""
    found = 0
    while True:
        with progress(f"Listing calls… {found} so far"):
            batch = list(islice(calls, _BATCH))
        if not batch:
            return
        found += len(batch)
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
