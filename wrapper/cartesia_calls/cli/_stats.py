"""Count calls by day, status, end reason and region.

What failed, the silence before replies, tools, and the most frequent errors in logs are shown too.
Days and times are in local time.

--agent ID | --from EXPORT [options]

stats --agent agent_123 --since 7d
stats --from s3://acme/calls --since 30d
stats --agent agent_123 --json | jq .reply_gap_seconds.p95
"""

from __future__ import annotations

import asyncio
import sys
from contextlib import ExitStack
from datetime import UTC, datetime
from importlib import import_module
from itertools import islice, zip_longest
from typing import TYPE_CHECKING, Any

from cartesia_calls import CallStats, NotFoundError

from . import _options as options  # pyright: ignore[reportPrivateUsage]  # of this package
from ._errors import ExitCode, Failure
from ._list import check_agent, say_unplaced
from ._terminal import Screen, local_time, moment_text, progress, write_object

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cartesia_calls import AgentCall, AsyncClient

    Found = tuple[dict[str, Any], list[str] | None]

_AT_ONCE = 8


def add_options(parser: options.CommandParser) -> None:
    add_calls(parser)
    parser.section("output")
    parser.flag("--json", does="one JSON object")


def add_calls(parser: options.CommandParser) -> None:
    """Add the options that choose calls; `calls_of` reads them."""
    parser.section("which calls", options.TIMES)
    one_agent = "the calls of this agent; may be given again"
    parser.value("--agent", "ID", options.agent_id, one_agent, action="append", default=[])
    source = "read an export with the part record: a folder, or a URL such as s3://bucket/calls"
    parser.value("--from", "EXPORT", options.path, source, dest="source")
    options.add_status(parser)
    options.add_times(parser, "calls that started")
    parser.flag("--no-logs", does="read no logs, which takes a request less for each call")


def run(arguments: options.Arguments) -> None:
    """Read the calls one by one, and show the numbers."""
    from cartesia_calls.report import is_redacted, stats_text  # noqa: PLC0415 - an extra

    if not arguments.json:
        import_module("jinja2")
    redacted = bool(arguments.source) and is_redacted(arguments.source)
    stats = CallStats(zone=None)
    for record, lines in calls_of(arguments):
        stats.add(record, lines)
    found = stats.as_dict()
    if arguments.json:
        write_object({"zone": f"{local_time(datetime.now(UTC)):%Z}", "redacted": redacted, **found})
        return
    screen = Screen.of(sys.stdout)
    notes = [about(arguments), *(["The export is redacted."] if redacted else [])]
    for line in [*notes, *stats_text(found).splitlines()]:
        print("\n".join(screen.hang("", line, indent=4)))


def calls_of(arguments: options.Arguments) -> Iterator[Found]:
    """Yield the record of each call that the options choose, and its log lines or None."""
    if not (arguments.agent or arguments.source):
        raise Failure("Neither --agent nor --from is given.", "Try --agent ID --since 7d.")
    with progress("Reading calls…") as shown:
        found = _exported(arguments) if arguments.source else _fetched(arguments)
        for count, call in enumerate(found, 1):
            shown.text = f"Reading calls… {count} so far"
            yield call


def about(arguments: options.Arguments) -> str:
    """Return a sentence about which calls the options choose, and in which zone times are."""
    parts = ["Calls", "of", ", ".join(arguments.agent)] if arguments.agent else ["Calls"]
    parts += [f"in {arguments.source}"] if arguments.source else []
    parts += [f"with status {' or '.join(arguments.status)}"] if arguments.status else []
    parts += [f"from {moment_text(arguments.since)} on"] if arguments.since else []
    parts += [f"before {moment_text(arguments.until)}"] if arguments.until else []
    return f"{' '.join(parts)}. Times and days are in {local_time(datetime.now(UTC)):%Z}."


def _exported(arguments: options.Arguments) -> Iterator[Found]:
    from cartesia_calls.report import exported_calls  # noqa: PLC0415 - only for exports

    try:
        return exported_calls(
            arguments.source,
            agents=arguments.agent,
            calls=[arguments.call_id] if getattr(arguments, "call_id", None) else [],
            status=arguments.status or (),
            since=arguments.since,
            until=arguments.until,
            logs=not arguments.no_logs,
        )
    except ValueError as error:
        raise Failure(str(error), "Check which calls it holds.", ExitCode.NOT_FOUND) from error


def _fetched(arguments: options.Arguments) -> Iterator[Found]:
    from cartesia_calls import AsyncClient  # noqa: PLC0415 - help does without httpx

    # Ctrl-C ends tasks, while threads would wait for their responses.
    with options.open_client(arguments) as client, asyncio.Runner() as runner, ExitStack() as ends:
        reader = AsyncClient(**options.settings_of(arguments))
        ends.callback(lambda: runner.run(reader.close()))
        for agent in dict.fromkeys(arguments.agent):
            listed = client.calls.list(
                agent_id=agent,
                status=arguments.status,
                since=arguments.since,
                until=arguments.until,
                expand_transcript=True,
            )
            calls, is_known = iter(listed), False
            while batch := [*islice(calls, _AT_ONCE)]:
                is_known = True
                lines = runner.run(_lines(reader, [] if arguments.no_logs else batch))
                yield from zip_longest((call.to_dict() for call in batch), lines)
            say_unplaced(listed.unplaced)
            if not is_known:
                check_agent(client, agent)


async def _lines(client: AsyncClient, calls: Sequence[AgentCall]) -> list[list[str] | None]:
    async def lines_of(call_id: str) -> list[str] | None:
        try:
            return (await client.calls.logs(call_id)).logs
        except NotFoundError:  # no logs, or deleted since it was listed
            return None

    return await asyncio.gather(*(lines_of(call.id) for call in calls))
