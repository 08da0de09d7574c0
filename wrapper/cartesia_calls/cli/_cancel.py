"""`cartesia-calls cancel`: ends running calls."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ._api import open_client
from ._errors import for_each
from ._exit_codes import ExitCode
from ._progress import progress
from ._terminal import say

if TYPE_CHECKING:
    import argparse


def run(arguments: argparse.Namespace) -> int:
    """Ask the API to end each call."""
    with open_client(arguments) as client:

        def cancel(call_id: str) -> ExitCode:
            with progress(f"Cancelling call {call_id}…"):
                client.calls.cancel(call_id)
            say(f"Call {call_id!r} is cancelled.")
            return ExitCode.DONE

        return for_each(arguments.call_ids, cancel, verbose=bool(arguments.verbose))
