"""`cartesia-calls audio`: calls' recordings, into files or to stdout."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from cartesia_calls import CartesiaError

from ._api import open_client
from ._errors import fail, for_each
from ._exit_codes import ExitCode
from ._files import STDOUT, problem_with, write_to_stdout
from ._progress import progress
from ._terminal import say

if TYPE_CHECKING:
    import argparse

    from cartesia_calls import Client

_MEGABYTE = 1_000_000


def run(arguments: argparse.Namespace) -> int:
    """Download each recording; a file appears when all of it has come."""
    call_ids: list[str] = arguments.call_ids
    output: str | None = arguments.output
    if output is not None and len(call_ids) > 1:
        return fail("-o names one file, and there are several calls.", "Leave -o out.")
    with open_client(arguments) as client:
        if output == STDOUT:
            return _print(client, call_ids[0])

        def save(call_id: str) -> ExitCode:
            name = f"{call_id}.wav" if output is None else output
            if output is None and Path(name).name != name:
                return fail(f"{name!r} is no file name.", "Name the file with -o.")
            if problem := problem_with(name, force=arguments.force):
                return fail(*problem)
            return _download(client, call_id, name, force=arguments.force)

        return for_each(call_ids, save, verbose=bool(arguments.verbose))


def _print(client: Client, call_id: str) -> ExitCode:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "call.wav"
        code = _download(client, call_id, str(path), force=False, is_named=False)
        if code is ExitCode.DONE:
            write_to_stdout(path)
        return code


def _download(
    client: Client, call_id: str, name: str, *, force: bool, is_named: bool = True
) -> ExitCode:
    written = 0
    with progress(f"Fetching the audio of {call_id}…") as shown:

        def show(done: int, total: int | None) -> None:
            nonlocal written
            written = done
            of_total = f" of {total / _MEGABYTE:.1f}" if total else ""
            shown.tell(f"Fetching the audio of {call_id}… {done / _MEGABYTE:.1f}{of_total} MB")

        try:
            client.calls.download_audio(call_id, name, overwrite=force, progress=show)
        except CartesiaError:  # of which a timeout is an OSError too
            raise
        except OSError as error:
            return fail(
                f"{name} was not written: {error.strerror or error}.",
                "Free space there, or name another file with -o.",
                ExitCode.LOCAL_FAILURE,
            )
    if is_named:
        say(f"Wrote {written} bytes to {name}.")
    return ExitCode.DONE
