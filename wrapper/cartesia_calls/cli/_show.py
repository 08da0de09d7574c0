"""`cartesia-calls show`: a call's record and what happened during it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ._api import open_client
from ._exit_codes import ExitCode
from ._output import console, is_for_people, write_object
from ._progress import progress

if TYPE_CHECKING:
    import argparse


def run(arguments: argparse.Namespace) -> int:
    """Fetch the record with its transcript and show it."""
    for_people = is_for_people(arguments)
    with open_client(arguments) as client, progress(f"Reading call {arguments.call_id}…"):
        call = client.calls.get(arguments.call_id)
    if for_people:
        from ._views import call_sheet  # noqa: PLC0415 - needs the extra `cli`

        console().print(call_sheet(call))
    else:
        write_object(call.to_dict())
    return ExitCode.DONE
