"""`cartesia-calls audio`: a call's recording, into a file."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from cartesia_calls import CartesiaError

from ._api import open_client
from ._exit_codes import ExitCode
from ._progress import progress
from ._targets import problem_with

if TYPE_CHECKING:
    import argparse

_MEGABYTE = 1_000_000


def run(arguments: argparse.Namespace) -> int:
    """Download the recording; the file appears when all of it has come."""
    call_id = arguments.call_id
    name = arguments.output
    if name is None:
        name = f"{call_id}.wav"
        if Path(name).name != name:
            print(f"Error: {name!r} is no file name; name one with -o.", file=sys.stderr)
            return ExitCode.USAGE
    if problem := problem_with(name, overwrite=arguments.force):
        hint = " (--force overwrites it)" if Path(name).is_file() else ""
        print(f"Error: {problem}{hint}", file=sys.stderr)
        return ExitCode.USAGE
    written = 0
    with open_client(arguments) as client, progress(f"Fetching the audio of {call_id}…") as shown:

        def tell(done: int, total: int | None) -> None:
            nonlocal written
            written = done
            of_total = f" of {total / _MEGABYTE:.1f}" if total else ""
            shown.tell(f"Fetching the audio of {call_id}… {done / _MEGABYTE:.1f}{of_total} MB")

        try:
            client.calls.download_audio(call_id, name, overwrite=arguments.force, progress=tell)
        except CartesiaError:  # of which a time-out is an OSError too
            raise
        except OSError as error:
            print(f"Error: {name} was not written: {error.strerror or error}.", file=sys.stderr)
            return ExitCode.LOCAL_FAILURE
    print(f"Wrote {written} bytes to {name}.", file=sys.stderr)
    return ExitCode.DONE
