"""Count calls by day, status, end reason and region.

What failed, the silence before replies, tools, and the most frequent errors in logs are shown too.
Days and times are in local time.

--agent ID | --from EXPORT [options]

stats --agent agent_123 --since 7d
stats --from s3://acme/calls --since 30d
stats --agent agent_123 --json | jq .reply_gap_seconds.p95
"""

from __future__ import annotations

import sys
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from importlib import import_module
from typing import TYPE_CHECKING, Any

from cartesia_calls import CallStats, NotFoundError

from . import _options as options  # pyright: ignore[reportPrivateUsage]  # of this package
from ._errors import ExitCode, Failure
from ._list import check_agent
from ._terminal import Screen, local_time, moment_text, progress, write_object

if TYPE_CHECKING:
    from collections.abc import Iterator
    from concurrent.futures import Future

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
    if not arguments.json:
        import_module("jinja2")
    stats = CallStats(zone=None)
    for record, lines in calls_of(arguments):
        stats.add(record, lines)
    found = stats.as_dict()
    if arguments.json:
        write_object({"zone": f"{local_time(datetime.now(UTC)):%Z}", **found})
        return
    from cartesia_calls.report import stats_text  # noqa: PLC0415 - JSON does without it

    screen = Screen.of(sys.stdout)
    for line in [about(arguments), *stats_text(found).splitlines()]:
        print("\n".join(screen.hang("", line, indent=4)))


def calls_of(arguments: options.Arguments) -> Iterator[Found]:
    """Yield the record of each call that the options choose, and its log lines or None.

    Raises:
        Failure: No calls are chosen, or there is no such agent.
    """
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
    import_module("duckdb")
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
        to_do = "Check the id, and which calls were exported."
        raise Failure(str(error), to_do, ExitCode.NOT_FOUND) from error


def _fetched(arguments: options.Arguments) -> Iterator[Found]:
    waiting: deque[tuple[dict[str, Any], Future[list[str] | None]]] = deque()
    with options.open_client(arguments) as client, ThreadPoolExecutor(_AT_ONCE) as pool:

        def lines_of(call_id: str) -> list[str] | None:
            try:
                return None if arguments.no_logs else client.calls.logs(call_id).logs
            except NotFoundError:  # no logs, or deleted since it was listed
                return None

        for agent in dict.fromkeys(arguments.agent):
            is_known = False
            for call in client.calls.list(
                agent_id=agent,
                status=arguments.status,
                since=arguments.since,
                until=arguments.until,
                expand_transcript=True,
            ):
                is_known = True
                waiting.append((call.to_dict(), pool.submit(lines_of, call.id)))
                if len(waiting) > _AT_ONCE:
                    record, lines = waiting.popleft()
                    yield record, lines.result()
            if not is_known:
                check_agent(client, agent)
        for record, lines in waiting:
            yield record, lines.result()
