"""Write a page of HTML about a call.

It shows what went wrong, a picture of the conversation, and what happened in order of time, logs
included. With --agent or --from, a page about many calls. A page is one file, opens anywhere, and
requests nothing. Times are in local time.

CALL_ID | --agent ID | --from EXPORT [options]

report ac_123                    # writes ac_123.html
report ac_123 --audio -o call.html
report ac_123 --redact           # to share it
report --agent agent_123 --since 7d -o week.html
report --from calls --each -o pages
"""

from __future__ import annotations

import sys
from contextlib import contextmanager, nullcontext, suppress
from importlib import import_module
from itertools import chain, islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from cartesia_calls import CallLogsNotAvailableError, CallStats, NotFoundError, whole_file

from . import _options as options  # pyright: ignore[reportPrivateUsage]  # of this package
from ._errors import ExitCode, Failure
from ._stats import about, add_calls, calls_of
from ._terminal import counted, progress, say

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Mapping

_LONGEST_NAME = 200
_REDACTED = (
    "Secrets, phone numbers, e-mail addresses and card numbers are replaced by placeholders. This "
    "lowers the risk of sharing, and is no guarantee."
)


def add_options(parser: options.CommandParser) -> None:
    options.add_call_ids(parser, "call_id", "?")
    add_calls(parser)
    parser.section("what is on the page")
    parser.flag("--audio", does="with CALL_ID: the recording too")
    shift = "add so much to the times of logs, if their clock or zone differs"
    parser.value("--log-offset", "SECONDS", options.log_offset, shift, default=0.0)
    options.add_redaction(parser)
    parser.section("output")
    parser.flag("--each", does="a page for each call too: -o names the folder for index.html")
    options.add_file(parser, "write to FILE instead of CALL_ID.html or calls.html")


def run(arguments: options.Arguments) -> None:
    """Write the pages."""
    _check(arguments)
    import_module("jinja2")
    page = _call_page if arguments.call_id else _calls_page
    name = arguments.output or f"{quote(arguments.call_id or 'calls', safe='')}.html"
    if name == options.STDOUT:
        sys.stdout.buffer.write(page(arguments, None).encode())
        return
    folder = Path(name, "calls") if arguments.each else None
    name = str(Path(name, "index.html")) if folder else name
    made = _made(folder) if folder else nullcontext()
    with options.writing(name), made, whole_file(name, overwrite=arguments.force) as file:
        file.write(page(arguments, folder).encode())
    say(f"Wrote {name}.")


@contextmanager
def _made(folder: Path) -> Generator[None]:
    """Make a folder, and at the end remove of it and its parents what was made and is empty."""
    new = [one for one in (folder, *folder.parents) if not one.exists()]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        yield
    finally:
        for one in new:
            with suppress(OSError):
                one.rmdir()


def _check(arguments: options.Arguments) -> None:
    if not (arguments.call_id or arguments.agent or arguments.source):
        to_do = "Try `cartesia-calls report ac_123`, or --agent ID --since 7d."
        raise Failure("A CALL_ID, --agent or --from is needed.", to_do)
    if arguments.call_id and (arguments.agent or arguments.each):
        raise Failure("CALL_ID is one call, and --agent and --each are for many.", "Give one.")
    chosen = arguments.since or arguments.until or arguments.status
    if arguments.call_id and chosen and not arguments.source:
        raise Failure("--since, --until and --status choose among many calls.", "Leave them out.")
    if arguments.audio and (arguments.redact or arguments.redact_pattern):
        raise Failure("A recording cannot be redacted.", "Leave out --audio or --redact.")
    if arguments.audio and (arguments.source or not arguments.call_id):
        raise Failure("--audio fetches the recording of one CALL_ID.", "Leave it out.")
    output = arguments.output
    if arguments.each and (output in {None, options.STDOUT} or Path(output).is_file()):
        raise Failure("--each writes many pages.", "Name a folder with -o.")


def _call_page(arguments: options.Arguments, _folder: Path | None) -> str:
    from cartesia_calls.report import call_page  # noqa: PLC0415 - just required

    offset, notes = arguments.log_offset, _notes(arguments)
    if arguments.source:
        found = next(calls_of(arguments), None)
        if found is None:
            what = f"The call {arguments.call_id!r} does not match --since, --until or --status."
            raise Failure(what, "Leave them out.", ExitCode.NOT_FOUND)
        return call_page(*_redacted(arguments, *found), log_offset=offset, notes=notes)
    with (
        options.open_client(arguments) as client,
        progress(f"Reading call {arguments.call_id}…"),
        TemporaryDirectory() as folder,
    ):
        record = client.calls.get(arguments.call_id).to_dict()
        lines, audio = None, None
        try:
            if not arguments.no_logs:
                stream = client.calls.stream_logs(arguments.call_id)
                lines = chain([*islice(stream, 1)], stream)
        except CallLogsNotAvailableError as error:
            notes.append(error.summary)
        try:
            if arguments.audio:
                audio = client.calls.download_audio(arguments.call_id, Path(folder) / "call.wav")
        except NotFoundError:
            notes.append("The call has no recording.")
        shown = _redacted(arguments, record, lines)
        return call_page(*shown, log_offset=offset, audio=audio, notes=notes)


def _calls_page(arguments: options.Arguments, folder: Path | None) -> str:
    """Return the page about many calls; if a folder is given, write one about each into it."""
    from cartesia_calls.report import call_page, calls_page  # noqa: PLC0415 - just required

    stats = CallStats(zone=None)
    offset, notes = arguments.log_offset, _notes(arguments)
    pages: list[tuple[Mapping[str, Any], str]] = []
    taken: set[str] = set()
    for found in calls_of(arguments):
        record, lines = _redacted(arguments, *found)
        lines = None if lines is None else [*lines]
        stats.add(record, lines)
        if folder:
            name = quote(str(record["id"]), safe="")[:_LONGEST_NAME]
            # A pattern may redact ids, and some file systems ignore case.
            name = f"{name}-{len(pages)}.html" if name.lower() in taken else f"{name}.html"
            taken.add(name.lower().removesuffix(".html"))
            page = call_page(record, lines, log_offset=offset, notes=notes)
            with whole_file(folder / name, overwrite=True) as file:
                file.write(page.encode())
            record = {key: value for key, value in record.items() if key != "transcript"}
            pages.append((record, f"calls/{quote(name)}"))
    if pages:
        say(f"Wrote {counted(len(pages), 'page')} to {folder}.")
    title = f"Calls of {', '.join(arguments.agent)}" if arguments.agent else "Calls"
    return calls_page(stats.as_dict(), title=title, notes=[about(arguments), *notes], calls=pages)


def _redacted(
    arguments: options.Arguments, record: dict[str, Any], lines: Iterable[str] | None
) -> tuple[dict[str, Any], Iterable[str] | None]:
    redactor = options.redactor_of(arguments, record)
    if redactor is None:
        return record, lines
    return redactor.redact(record), None if lines is None else redactor.lines(lines)


def _notes(arguments: options.Arguments) -> list[str]:
    from cartesia_calls.report import is_redacted  # noqa: PLC0415 - just required

    redacted, source = arguments.redact or arguments.redact_pattern, arguments.source
    notes = [_REDACTED] if redacted or (source and is_redacted(source)) else []
    return [*notes, "The page was made without logs."] if arguments.no_logs else notes
