"""An export as people watch it, and as machines do."""

from __future__ import annotations

import sys
import time
from contextlib import contextmanager
from importlib.util import find_spec
from typing import TYPE_CHECKING

from cartesia_calls import printable
from cartesia_calls.export import (
    CallExported,
    CallSkipped,
    CallsListed,
    ExportFinished,
    Paused,
    as_dict,
)

from ._output import write_object
from ._terminal import Screen, drop

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from rich.progress import Progress, ProgressColumn, Task, TaskID

    from cartesia_calls.export import ExportEvent, ExportResult, OnEvent

_SECONDS_BETWEEN_LINES = 5.0
_MOST_FAILURES = 10
_UNITS = ("bytes", "kB", "MB", "GB", "TB")
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
    """Yield what shows events: JSON on stdout, a bar on a terminal, or a line now and then."""
    if json:
        yield _show_json
    elif sys.stderr.isatty() and find_spec("rich") is not None:
        with _bar() as progress:
            yield _Bar(progress).show
    else:
        yield _PlainLines(monotonic).show


def show_summary(result: ExportResult) -> None:
    """Report the result of an export, unless an error ended it before it sent any request."""
    if result.error is None or result.requests:
        for line in summary(result):
            say(line)


def say(text: str) -> None:
    """Write a line to stderr; if nobody reads it, the export goes on writing files."""
    try:
        lines = Screen.of(sys.stderr).hang("", printable(text))
        print("\n".join(lines), file=sys.stderr, flush=True)
    except OSError:
        drop(sys.stderr)


def _show_json(event: ExportEvent) -> None:
    try:
        write_object(as_dict(event))
    except BrokenPipeError:
        # The reader, such as `head`, has what it wanted; the export goes on writing files.
        drop(sys.stdout)


class _Counts:
    """How far it is."""

    def __init__(self) -> None:
        self.found = self.present = self.exported = self.skipped = 0
        self.rows = 0

    def take(self, event: ExportEvent) -> None:
        if isinstance(event, CallsListed):
            self.found, self.present = event.found, event.present
        elif isinstance(event, CallExported):
            self.exported += 1
            self.rows += event.rows
        elif isinstance(event, CallSkipped):
            self.skipped += 1

    @property
    def done(self) -> int:
        # A call of which one part was written and another skipped has two events.
        return min(self.found, self.present + self.exported + self.skipped)


class _PlainLines:
    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._counts = _Counts()
        self._monotonic = monotonic
        self._began = self._told = monotonic()

    def show(self, event: ExportEvent) -> None:
        counts = self._counts
        counts.take(event)
        now = self._monotonic()
        if isinstance(event, Paused):
            say(_pause(event))
        elif isinstance(event, CallSkipped) and event.reason == "failed":
            say(_failure(event))
        elif not isinstance(event, ExportFinished) and now - self._told >= _SECONDS_BETWEEN_LINES:
            self._told = now
            rate = counts.exported / (now - self._began)
            say(
                f"{counts.done} of {counts.found} calls: {counts.exported} exported, {rate:.1f} a "
                f"second, {counts.skipped} skipped."
            )


class _Bar:
    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._counts = _Counts()
        self._failed = 0
        self._task: TaskID = progress.add_task("Exporting", total=None, skipped=0)

    def show(self, event: ExportEvent) -> None:
        counts = self._counts
        counts.take(event)
        if isinstance(event, Paused):
            self._say_above(_pause(event))
        elif isinstance(event, CallSkipped) and event.reason == "failed":
            self._failed += 1
            if self._failed <= _MOST_FAILURES:
                self._say_above(_failure(event))
        elif isinstance(event, ExportFinished) and self._failed > _MOST_FAILURES:
            more = _calls(self._failed - _MOST_FAILURES)
            self._say_above(f"{more} more failed; the manifest says why.")
        self._progress.update(
            self._task,
            completed=counts.done,
            total=counts.found or None,
            skipped=counts.skipped,
        )

    def _say_above(self, text: str) -> None:
        from rich.text import Text  # noqa: PLC0415 - of the extra `cli`

        self._progress.console.print(Text(printable(text)))


def _pause(event: Paused) -> str:
    return f"The server asks for fewer requests; pausing {event.seconds:.1f} s."


def _failure(event: CallSkipped) -> str:
    return f"Call {event.call_id} failed: {event.detail}"


def _bar() -> Progress:
    from rich.console import Console  # noqa: PLC0415 - of the extra `cli`
    from rich.progress import (  # noqa: PLC0415 - likewise
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        _rate_column(),
        TextColumn("{task.fields[skipped]} skipped"),
        TimeRemainingColumn(),
        console=Console(stderr=True),
    )


def _rate_column() -> ProgressColumn:
    from rich.progress import ProgressColumn  # noqa: PLC0415 - as above
    from rich.text import Text  # noqa: PLC0415 - as above

    class RateColumn(ProgressColumn):
        def render(self, task: Task) -> Text:
            return Text(f"{task.speed:.0f}/s" if task.speed else "")

    return RateColumn()


def summary(result: ExportResult) -> list[str]:
    """Return the result of an export: what was written, and a line for each reason for a skip."""
    written = f"{result.rows} rows, {_size(result.size)}, in {result.seconds:.1f} s"
    exported = f"Exported {_calls(result.exported)} to {result.target}: {written}"
    lines = [f"{exported}; {result.present} were there already."]
    lines += [
        f"There is no agent {agent}, or it belongs to another account."
        for agent in result.unknown_agents
    ]
    if result.skipped:
        lines.append(f"Skipped {_calls(result.skipped.total())}:")
        for reason, count in sorted(result.skipped.items()):
            lines.append(f"  {count} {_REASONS[reason]}")
    if result.interrupted:
        lines.append("It was stopped before its end. Run the same command again to resume.")
    return lines


def _calls(count: int) -> str:
    return f"{count} call" if count == 1 else f"{count} calls"


def _size(size: float) -> str:
    for unit in _UNITS[:-1]:
        if size < 1000:  # noqa: PLR2004 - what the units are made of
            return f"{size:.0f} {unit}" if unit == "bytes" else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:.1f} {_UNITS[-1]}"
