"""`cartesia-calls logs`: a call's runtime logs."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from cartesia_calls._calls import DEFAULT_WAIT
from cartesia_calls._part_file import check_target, whole_file

from ._api import open_client
from ._exit_codes import ExitCode
from ._lines import as_is, ndjson, printable_lines

if TYPE_CHECKING:
    import argparse

    from cartesia_api.models import AgentCallLogs
    from cartesia_calls import Client


def run(arguments: argparse.Namespace) -> int:
    """Fetch the logs, then show or write them."""
    if arguments.timeout is not None and not arguments.wait:
        print("Error: --timeout is how long to --wait; give both.", file=sys.stderr)
        return ExitCode.USAGE
    if arguments.output is not None and (problem := _problem_with(arguments.output)):
        print(f"Error: {problem}", file=sys.stderr)
        return ExitCode.USAGE
    with open_client(arguments) as client:
        logs = _fetch(client, arguments)
    if arguments.output is not None:
        return _write(logs, arguments)
    _show(logs, arguments)
    return ExitCode.DONE


def _problem_with(name: str) -> str | None:
    if not name or name.endswith("/"):
        return f"{name!r} is no file name; name the file to write."
    try:
        check_target(Path(name), overwrite=True)
    except (OSError, RuntimeError) as error:
        return str(error)
    return None


def _fetch(client: Client, arguments: argparse.Namespace) -> AgentCallLogs:
    if not arguments.wait:
        return client.calls.logs(arguments.call_id)
    timeout = DEFAULT_WAIT if arguments.timeout is None else arguments.timeout
    if sys.stderr.isatty():
        print(f"Waiting up to {timeout:g} s for logs; Ctrl-C stops.", file=sys.stderr)
    return client.calls.wait_for_logs(arguments.call_id, timeout=timeout)


def _show(logs: AgentCallLogs, arguments: argparse.Namespace) -> None:
    if arguments.raw:
        text = as_is(logs)
    elif arguments.json or not sys.stdout.isatty():
        text = ndjson(logs, ascii_only=sys.stdout.isatty())
    else:
        text = printable_lines(logs)
        if not logs.logs:
            print("The call has logs, but not a line in them.", file=sys.stderr)
    sys.stdout.write(text)


def _write(logs: AgentCallLogs, arguments: argparse.Namespace) -> int:
    text = ndjson(logs) if arguments.json else as_is(logs)
    try:
        with whole_file(Path(arguments.output)) as file:
            file.write(text.encode("utf-8", errors="backslashreplace"))
    except OSError as error:
        print(f"Error: {arguments.output} was not written: {error.strerror}.", file=sys.stderr)
        return ExitCode.LOCAL_FAILURE
    noun = "line" if len(logs.logs) == 1 else "lines"
    print(f"Wrote {len(logs.logs)} {noun} to {arguments.output}.", file=sys.stderr)
    return ExitCode.DONE
