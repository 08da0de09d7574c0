"""`cartesia-calls cancel`: ends a running call."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from ._api import open_client
from ._exit_codes import ExitCode
from ._progress import progress

if TYPE_CHECKING:
    import argparse


def run(arguments: argparse.Namespace) -> int:
    """Ask the API to end the call."""
    call_id = arguments.call_id
    with open_client(arguments) as client, progress(f"Cancelling call {call_id}…"):
        client.calls.cancel(call_id)
    print(f"Call {call_id!r} is cancelled.", file=sys.stderr)
    return ExitCode.DONE
