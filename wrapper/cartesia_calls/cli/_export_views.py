"""An export as people watch it, and as machines do."""

from __future__ import annotations

import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from cartesia_calls.export import CallExported, CallSkipped, CallsListed, Paused, as_dict

from ._progress import progress
from ._terminal import drop, say, write_object

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from cartesia_calls.export import ExportEvent, ExportResult, OnEvent

    from ._progress import Progress

_SECONDS_BETWEEN_LINES = 5.0
_MOST_FAILURES = 10
# Each reason for a call that is not there: what it is, and what to do.
_REASONS = {
    "in_progress": "in progress: run the same command again later",
    "not_written_yet": "without logs yet: run the same command again later",
    "deleted": "deleted: their data are gone",
    "zero_retention": "under zero data retention: nothing is kept of them",
    "expired_or_never_written": "expired or never written: their logs are gone",
    "no_recording": "without a recording",
    "not_found": "no longer found",
    "unknown": "without logs, for an unknown reason",
    "failed": "failed: run the same command again; the manifest says why",
}


@contextmanager
def show_events(
    *, json: bool, monotonic: Callable[[], float] = time.monotonic
) -> Generator[OnEvent]:
    """Yield what shows events: JSON on stdout, else a line that moves, or one now and then."""
    if json:
        yield _show_json
        return
    with progress("Exporting…", quiet=0) as shown:
        yield _Events(shown, monotonic).show


def _show_json(event: ExportEvent) -> None:
    try:
        write_object(as_dict(event))
    except BrokenPipeError:
        # The reader, such as `head`, has gone; the export continues.
        drop(sys.stdout)


class _Events:
    """Shows how far an export is."""

    def __init__(self, shown: Progress, monotonic: Callable[[], float]) -> None:
        self._shown = shown
        self._monotonic = monotonic
        self._began = self._said = monotonic()
        self._found = self._present = self._exported = self._skipped = self._failed = 0

    def show(self, event: ExportEvent) -> None:
        """Count an event, and show what people want to know."""
        match event:
            case Paused():
                self._shown.say(f"The server responded with 429; pausing {event.seconds:.1f} s.")
            case CallsListed():
                self._found, self._present = event.found, event.present
            case CallExported():
                self._exported += 1
            case CallSkipped():
                self._skipped += 1
                if event.reason == "failed":
                    self._show_failure(event)
            case _:
                return
        self._show_counts()

    def _show_failure(self, event: CallSkipped) -> None:
        self._failed += 1
        if self._failed <= _MOST_FAILURES:
            self._shown.say(f"Call {event.call_id} failed: {event.detail}")
        if self._failed == _MOST_FAILURES:
            self._shown.say("Further failures are in the manifest only.")

    def _show_counts(self) -> None:
        now = self._monotonic()
        rate = self._exported / max(now - self._began, 0.1)
        # A call of which one part was written and another skipped has two events.
        done = min(self._found, self._present + self._exported + self._skipped)
        counts = (
            f"{done} of {self._found} calls: {self._exported} exported, {rate:.1f} a second, "
            f"{self._skipped} skipped."
        )
        self._shown.update(f"Exporting… {counts}")
        if not sys.stderr.isatty() and now - self._said >= _SECONDS_BETWEEN_LINES:
            self._said = now
            say(counts)


def show_summary(result: ExportResult) -> None:
    """Report the result of an export, unless an error ended it before it sent any request."""
    if result.error is not None and not result.requests:
        return
    written = f"{result.rows} rows, {result.size / 1e6:.1f} MB, in {result.seconds:.1f} s"
    exported = f"Exported {_calls(result.exported)} to {result.target}: {written}"
    say(f"{exported}; {result.present} were there already.")
    for agent in result.unknown_agents:
        say(f"There is no agent {agent}, or it belongs to another account.")
    if result.skipped:
        say(f"Skipped {_calls(result.skipped.total())}:")
        for reason, count in sorted(result.skipped.items()):
            say(f"  {count} {_REASONS[reason]}")
    if result.interrupted:
        say("It was stopped before its end. Run the same command again to resume.")


def _calls(count: int) -> str:
    return f"{count} call" if count == 1 else f"{count} calls"
