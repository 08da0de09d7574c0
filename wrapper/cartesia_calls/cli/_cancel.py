"""End calls that are running.

CALL_ID... [options]

cancel ac_123
"""

from __future__ import annotations

from ._errors import for_each
from ._options import Arguments, CommandParser, add_call_ids, open_client
from ._terminal import progress, say


def add_options(parser: CommandParser) -> None:
    add_call_ids(parser)


def run(arguments: Arguments) -> int:
    with open_client(arguments) as client:

        def cancel(call_id: str) -> None:
            with progress(f"Cancelling call {call_id}…"):
                client.calls.cancel(call_id)
            say(f"Call {call_id!r} is cancelled.")

        return for_each(arguments.call_ids, cancel)
