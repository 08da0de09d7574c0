"""`cartesia-calls delete`: erases what a call holds."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from ._api import open_client
from ._exit_codes import ExitCode
from ._progress import progress

if TYPE_CHECKING:
    import argparse


def run(arguments: argparse.Namespace) -> int:
    """Ask whether it is meant, then ask the API to erase it."""
    call_id = arguments.call_id
    if not arguments.yes:
        if not sys.stdin or not sys.stdin.isatty():
            print(
                "Error: deleting can't be undone, and nobody is here to be asked; add --yes.",
                file=sys.stderr,
            )
            return ExitCode.USAGE
        if not _is_meant(call_id):
            print("Nothing was deleted.", file=sys.stderr)
            return ExitCode.LOCAL_FAILURE
    with open_client(arguments) as client, progress(f"Deleting the data of call {call_id}…"):
        client.calls.delete(call_id)
    print(f"The data of call {call_id!r} are deleted.", file=sys.stderr)
    return ExitCode.DONE


def _is_meant(call_id: str) -> bool:
    print(
        f"This erases the logs, transcript, recording, summary, metadata and phone numbers of "
        f"call {call_id!r}, and can't be undone.\nDelete them? [y/N] ",
        end="",
        file=sys.stderr,
        flush=True,
    )
    return sys.stdin.readline().strip().lower() in {"y", "yes"}
