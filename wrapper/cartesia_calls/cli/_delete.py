"""Erase the data of calls that are over.

These are logs, transcript, recording, summary, metadata and phone numbers. It asks first. Deleted
data cannot be recovered.

CALL_ID... [options]

delete ac_123
delete ac_123 ac_456 --yes
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from ._errors import ExitCode, Failure, for_each
from ._options import Arguments, CommandParser, add_call_ids, open_client
from ._terminal import progress, say

if TYPE_CHECKING:
    from collections.abc import Sequence


def add_options(parser: CommandParser) -> None:
    add_call_ids(parser)
    parser.flag("--yes", does="don't ask")


def run(arguments: Arguments) -> int:
    """Ask the user to confirm, then erase the data of each call."""
    if not arguments.yes:
        if not sys.stdin or not sys.stdin.isatty():
            raise Failure(
                "Deleted data cannot be recovered, and there is no terminal to confirm it on.",
                "Add --yes.",
            )
        if not _is_confirmed(arguments.call_ids):
            say("Nothing was deleted.")
            return ExitCode.LOCAL_FAILURE
    with open_client(arguments) as client:

        def delete(call_id: str) -> None:
            with progress(f"Deleting the data of call {call_id}…"):
                client.calls.delete(call_id)
            say(f"The data of call {call_id!r} are deleted.")

        return for_each(arguments.call_ids, delete)


def _is_confirmed(call_ids: Sequence[str]) -> bool:
    calls = ", ".join(map(repr, call_ids))
    text = f"This erases the data of {calls}. Deleted data cannot be recovered."
    say(text)
    print("Delete them? [y/N] ", end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip().lower() in {"y", "yes"}
