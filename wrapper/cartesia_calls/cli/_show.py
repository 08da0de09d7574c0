"""`cartesia-calls show`: calls' records and what happened during them."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from cartesia_calls import timeline

from ._api import open_client
from ._errors import for_each
from ._exit_codes import ExitCode
from ._output import write_object
from ._progress import progress
from ._redact import redactor_of
from ._terminal import Screen
from ._views import call_sheet

if TYPE_CHECKING:
    import argparse


def run(arguments: argparse.Namespace) -> int:
    """Fetch each record with its transcript and show it."""
    screen = Screen.of(sys.stdout)
    shown = 0
    with open_client(arguments) as client:

        def show(call_id: str) -> ExitCode:
            nonlocal shown
            with progress(f"Reading call {call_id}…"):
                call = client.calls.get(call_id)
            redactor = redactor_of(arguments, call)
            record = redactor.redact(call) if redactor else call.to_dict()
            if arguments.json:
                write_object(record)
            else:
                happened = redactor.redact(timeline(call)) if redactor else timeline(call)
                sheet = call_sheet(record, happened, screen)
                print("\n" * bool(shown) + "\n".join(sheet), flush=True)
            shown += 1
            return ExitCode.DONE

        return for_each(arguments.call_ids, show, verbose=bool(arguments.verbose))
