"""Erase the data of calls that are over.

These are logs, transcript, recording, summary, metadata and phone numbers. It asks first. Deleted
data cannot be recovered.

CALL_ID... [options]

delete ac_123
delete ac_123 ac_456 --yes
"""

from __future__ import annotations

import sys

from ._errors import ExitCode, Failure, for_each
from ._options import Arguments, CommandParser, add_call_ids, open_client
from ._terminal import progress, say


def add_options(parser: CommandParser) -> None:
    add_call_ids(parser)
    parser.flag("--yes", does="don't ask")


def run(arguments: Arguments) -> int:
    if not arguments.yes:
        if not sys.stdin or not sys.stdin.isatty():
            raise Failure(
                "Deleted data cannot be recovered, and there is no terminal to confirm it on.",
                "Add --yes.",
            )
        calls = ", ".join(map(repr, arguments.call_ids))
        say(f"This erases the data of {calls}. Deleted data cannot be recovered.")
        print("Delete them? [y/N] ", end="", file=sys.stderr, flush=True)
        if sys.stdin.readline().strip().lower() not in {"y", "yes"}:
            say("Nothing was deleted.")
            return ExitCode.LOCAL_FAILURE
    with open_client(arguments) as client:

        def delete(call_id: str) -> None:
            with progress(f"Deleting the data of call {call_id}…"):
                client.calls.delete(call_id)
            say(f"The data of call {call_id!r} are deleted.")

        return for_each(arguments.call_ids, delete)
