"""`cartesia-calls list`: the calls of an agent or a batch."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from ._api import open_client
from ._exit_codes import ExitCode
from ._output import console, is_for_people, print_uncut, write_object
from ._progress import progress

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from cartesia_api.models import AgentCall


def run(arguments: argparse.Namespace) -> int:
    """Show the calls page by page, as they come."""
    for_people = is_for_people(arguments)
    if for_people and arguments.expand:
        print("Error: --expand adds transcripts to NDJSON; add --json.", file=sys.stderr)
        return ExitCode.USAGE
    with open_client(arguments) as client:
        calls = client.calls.list(
            agent_id=arguments.agent,
            batch_id=arguments.batch,
            status=arguments.status,
            since=arguments.since,
            until=arguments.until,
            limit=arguments.limit,
            expand_transcript=arguments.expand,
        )
        pages = _with_progress(calls.pages())
        if for_people:
            _show(pages)
        else:
            for page in pages:
                for call in page:
                    write_object(call.to_dict())
        if calls.unplaced:
            print(_left_out(calls.unplaced), file=sys.stderr)
    return ExitCode.DONE


def _show(pages: Iterator[list[AgentCall]]) -> None:
    from ._views import calls_table  # noqa: PLC0415 - needs the extra `cli`

    terminal = console()
    shown = 0
    for page in pages:
        if page:
            print_uncut(terminal, calls_table(page, header=not shown))
            shown += len(page)
    if not shown:
        print("No such calls.", file=sys.stderr)


def _left_out(count: int) -> str:
    what = "1 call has" if count == 1 else f"{count} calls have"
    return (
        f"{what} neither a start nor an end time: left out. "
        "List without --since and --until to see all calls."
    )


def _with_progress(pages: Iterator[list[AgentCall]]) -> Iterator[list[AgentCall]]:
    """Yield the pages, and say how far it is where one is long in coming."""
    found = 0
    while True:
        with progress(f"Listing calls… {found} so far"):
            page = next(pages, None)
        if page is None:
            return
        found += len(page)
        yield page
