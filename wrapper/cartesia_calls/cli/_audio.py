"""Write the recording of a call that is over to a WAV file, whole or not at all.

CALL_ID... [options]

audio ac_123                    # writes ac_123.wav
audio ac_123 -o call.wav --force
audio ac_123 -o - | ffplay -
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from ._errors import ExitCode, Failure, for_each
from ._options import STDOUT, Arguments, CommandParser, add_call_ids, add_file, open_client, writing
from ._terminal import progress, say

if TYPE_CHECKING:
    from cartesia_calls import Client


def add_options(parser: CommandParser) -> None:
    add_call_ids(parser)
    parser.section("output")
    add_file(parser, "write to FILE instead of CALL_ID.wav")


def run(arguments: Arguments) -> int:
    """Download each recording; a file appears when all of it has come."""
    call_ids: list[str] = arguments.call_ids
    output: str | None = arguments.output
    if output is not None and len(call_ids) > 1:
        raise Failure("-o names one file, and there are several calls.", "Leave -o out.")
    with open_client(arguments) as client:

        def save(call_id: str) -> None:
            name = f"{call_id}.wav" if output is None else output
            if output is None and Path(name).name != name:
                raise Failure(f"{name!r} is no file name.", "Name the file with -o.")
            _download(client, call_id, name, force=arguments.force)
            say(f"Wrote the recording of {call_id} to {name}.")

        if output == STDOUT:
            with TemporaryDirectory() as folder:
                path = Path(folder) / "call.wav"
                _download(client, call_ids[0], str(path), force=False)
                sys.stdout.flush()
                with path.open("rb") as file:
                    shutil.copyfileobj(file, sys.stdout.buffer)
            return ExitCode.DONE
        return for_each(call_ids, save)


def _download(client: Client, call_id: str, name: str, *, force: bool) -> None:
    text = f"Fetching the audio of {call_id}…"
    with progress(text) as shown, writing(name):

        def show(done: int, _total: int | None) -> None:
            shown.text = f"{text} {done / 1e6:.1f} MB"

        client.calls.download_audio(call_id, name, overwrite=force, progress=show)
