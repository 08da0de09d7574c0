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

from ._errors import Failure, for_each
from ._options import STDOUT, Arguments, CommandParser, add_call_ids, add_file, open_client, writing
from ._terminal import progress, say


def add_options(parser: CommandParser) -> None:
    add_call_ids(parser)
    parser.section("output")
    add_file(parser, "write to FILE instead of CALL_ID.wav")


def run(arguments: Arguments) -> int:
    """Download each recording; a file appears when all of it has come."""
    output = arguments.output
    if output is not None and len(arguments.call_ids) > 1:
        raise Failure("-o names one file, and there are several calls.", "Leave -o out.")
    with open_client(arguments) as client:

        def download(call_id: str, name: str) -> None:
            text = f"Fetching the audio of {call_id}…"
            with progress(text) as shown, writing(name):

                def show(done: int, _total: int | None) -> None:
                    shown.text = f"{text} {done / 1e6:.1f} MB"

                force = arguments.force
                client.calls.download_audio(call_id, name, overwrite=force, progress=show)

        def save(call_id: str) -> None:
            name = output or f"{call_id}.wav"
            if output is None and Path(name).name != name:
                raise Failure(f"{name!r} is no file name.", "Name the file with -o.")
            if name != STDOUT:
                download(call_id, name)
                say(f"Wrote the recording of {call_id} to {name}.")
                return
            with TemporaryDirectory() as folder:
                path = Path(folder, "call.wav")
                download(call_id, str(path))
                with path.open("rb") as file:
                    shutil.copyfileobj(file, sys.stdout.buffer)

        return for_each(arguments.call_ids, save)
