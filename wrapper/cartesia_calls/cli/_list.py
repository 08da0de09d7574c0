"""List calls, newest first.

`cartesia-calls agents` shows the agents' ids.

--agent ID [options]

list --agent agent_123 --since 'yesterday 14:00' -n 20
list --agent agent_123 --agent agent_456 --status failed
list --agent agent_123 --columns id,error,summary
list --agent agent_123 | cut -f 1     # the ids
list --batch batch_123 --json --expand
"""

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
from ._errors import ExitCode, Failure, for_each
from ._tables import Column, write_list
from ._terminal import progress, say

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cartesia_calls import AgentCall, Client

STYLES = {"completed": "green", "failed": "red", "started": "cyan", "created": "cyan"}
_BATCH = 50


def _phone(call: AgentCall, name: str) -> object:
    return getattr(call.telephony_params, name, None)


def _length(call: AgentCall) -> str:
    if not call.start_time or not call.end_time:
        return ""
    return clock_text((call.end_time - call.start_time).total_seconds(), fraction=False)


_COLUMNS: dict[str, Column[AgentCall]] = {
    "id": Column("ID", lambda call: call.id, 0),
    "started": Column("STARTED", lambda call: call.start_time, 2),
    "length": Column("LENGTH", _length, 4, right=True),
    "status": Column("STATUS", lambda call: call.status, 1, style=STYLES),
    "ended-by": Column("ENDED BY", lambda call: call.end_reason, 5, least=9),
    "error": Column("ERROR", lambda call: call.error_message, 6, least=20),
    "from": Column("FROM", lambda call: _phone(call, "from_"), 7),
    "to": Column("TO", lambda call: _phone(call, "to"), 8),
    "summary": Column("SUMMARY", lambda call: call.summary, 9, least=20),
    "agent": Column("AGENT", lambda call: call.agent_id, None),
    "direction": Column("DIRECTION", lambda call: _phone(call, "direction"), None),
    "region": Column("REGION", lambda call: call.deployment_region, None),
}
_ONLY_IF_PICKED = ("direction", "region")


def _columns(names: Sequence[str] | None, agents: int) -> list[Column[AgentCall]]:
    """Return the columns of these names; by default those that fit, of the calls of so many agents."""
    if names:
        return [replace(_COLUMNS[name], rank=0) for name in names]
    columns = _COLUMNS | {"agent": replace(_COLUMNS["agent"], rank=3 if agents > 1 else None)}
    return [column for name, column in columns.items() if name not in _ONLY_IF_PICKED]


def add_options(parser: options.CommandParser) -> None:
    parser.section("whose calls; one is needed")
    one_agent = "the calls of this agent; may be given again"
    parser.value("--agent", "ID", options.agent_id, one_agent, action="append")
    parser.value("--batch", "ID", options.batch_id, "the calls of this batch")
    parser.section("which calls", options.TIMES)
    options.add_status(parser)
    options.add_times(parser, "calls that started")
    parser.value("-n", "--limit", "N", options.count(1), "at most N calls; all by default")
    parser.section("output")
    picked = f"show these, in this order: {', '.join(_COLUMNS)}; by default as many as fit"
    parser.value("--columns", "NAMES", options.words(*_COLUMNS), picked)
    parser.flag("--json", does="JSON, one object a line")
    parser.flag("--expand", does="with --json: the transcripts too")


def run(arguments: options.Arguments) -> int:
    """Show the calls as they come, newest first."""
    _check(arguments)
    agents: list[str | None] = list(dict.fromkeys(arguments.agent or [None]))
    found = Counter[str | None]()

    def timed(agent: str | None) -> Iterator[tuple[datetime, AgentCall]]:
        # A call without a time is where the agent's list has it: at the time of the previous one.
        last = datetime.now(UTC)
        for call in lists[agent]:
            found[agent] += 1
            last = call.start_time or call.end_time or last
            yield last, call

    with options.open_client(arguments) as client:
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
        newest_first = merge(*map(timed, agents), key=lambda pair: pair[0], reverse=True)
        calls = islice((call for _, call in newest_first), arguments.limit)
        columns = _columns(arguments.columns, len(agents))
        write_list(_batches(calls), columns, as_json=arguments.json)
        say_unplaced(sum(one.unplaced for one in lists.values()))
        without = [one for one in agents if one and not (found[one] or lists[one].unplaced)]
        code = for_each(without, partial(check_agent, client))
    if code is ExitCode.DONE and not found and sys.stdout.isatty():
        say("No such calls.")
    return code


def _check(arguments: options.Arguments) -> None:
    if bool(arguments.agent) == bool(arguments.batch):
        what = "One of --agent and --batch is needed, and not both."
        raise Failure(what, "`cartesia-calls agents` shows the agents' ids.")
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


def say_unplaced(count: int) -> None:
    """Say how many calls a window leaves out because they have no time."""
    if count:
        what = f"Calls without a start or end time, which are left out: {count}."
        say(f"{what} Leave out --since and --until to see all calls.")


def check_agent(client: Client, agent: str) -> None:
    """Raise `Failure` if there is no such agent: most often so where it has no calls."""
    try:
        client.agents.get(agent)
    except NotFoundError as error:
        suggestion = ""
        with suppress(CartesiaError):
            suggestion = options.did_you_mean(agent, [one.id for one in client.agents.list()])
        raise Failure(
            f"There is no agent {agent!r}, or it belongs to another account{suggestion or '.'}",
            "`cartesia-calls agents` shows the ids.",
            ExitCode.NOT_FOUND,
        ) from error
