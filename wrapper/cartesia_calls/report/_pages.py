"""The pages about one call and about many, and the numbers about many as text."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cartesia_calls import timeline

from ._rendering import render

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable
    from datetime import tzinfo

    from cartesia_calls import AgentCall, AgentCallLogs, LogRecord

_LARGEST_PAGE = 850_000
_ENTRY_SIZE = 300
_SMALLEST_LOG = 100_000
_MOST_DAYS = 400


def call_page(
    call: AgentCall | Mapping[str, object],
    logs: AgentCallLogs | Iterable[str | LogRecord] | None = None,
    *,
    log_offset: float = 0.0,
    audio: str | os.PathLike[str] | None = None,
    zone: tzinfo | None = None,
    notes: Iterable[str] = (),
) -> str:
    """Return a page of HTML about a call: what went wrong, a picture, and what happened in order of time.

    The page is one file, requests nothing, and shows all text of the call as text. Without audio it is
    smaller than 1 MB unless the transcript alone is not: of a long log it has the most severe records,
    and says how many lines it leaves out. Memory does not grow with these.

    Args:
        call: The call with its transcript, or its record as JSON, such as `Redactor.redact` returns.
        logs: Its logs, or their lines, which may come one by one.
        log_offset: Seconds to add to the times of the log, if its clock or zone differs.
        audio: A WAV file with its recording, to embed.
        zone: The zone that times are shown in; the local one by default.
        notes: Sentences to show at the top, such as why there are no logs.

    Raises:
        ValueError: `log_offset` is not finite.
        OSError: The recording can't be read.
    """
    record = call if isinstance(call, Mapping) else call.to_dict()
    said = sum(len(entry.text) + _ENTRY_SIZE for entry in timeline(record).entries)
    room = max(_SMALLEST_LOG, _LARGEST_PAGE - said)
    found = timeline(record, logs, log_offset=log_offset, log_limit=room)
    ends = (
        (one.seconds or 0.0) + (one.duration or 0.0) for one in found.entries if one.kind != "log"
    )
    return render(
        "call.html",
        record=record,
        timeline=found,
        end=max(ends, default=0.0),
        audio=None if audio is None else base64.b64encode(Path(audio).read_bytes()).decode(),
        zone=zone,
        notes=[*notes],
    )


def calls_page(
    stats: Mapping[str, Any],
    *,
    title: str = "Calls",
    notes: Iterable[str] = (),
    zone: tzinfo | None = None,
    calls: Iterable[tuple[Mapping[str, Any], str]] = (),
) -> str:
    """Return a page of HTML about many calls: failures, slow replies, tools and frequent log errors.

    Args:
        stats: The numbers, as `CallStats.as_dict` returns them.
        title: What stands at the top.
        notes: Sentences to show below it, such as which calls these are.
        zone: The zone that times are shown in; the local one by default. Days are as `stats` has them.
        calls: Each call that has a page of its own: its record as JSON, without its transcript if you
            like, and the address of the page. All mentions of these calls link there.
    """
    rows = [*calls]
    return render(
        "calls.html",
        stats=stats,
        zone=zone,
        title=title,
        notes=[*notes],
        days=_days(stats["by_day"]),
        rows=rows,
        pages={record["id"]: page for record, page in rows},
    )


def stats_text(stats: Mapping[str, Any], *, zone: tzinfo | None = None) -> str:
    """Return the same numbers as lines of text; the arguments are those of `calls_page`."""
    return render("stats.txt", stats=stats, zone=zone)


def _days(counts: Mapping[str, int]) -> list[str]:
    """Return all days from the first to the last, also those without calls."""
    known = sorted(date.fromisoformat(day) for day in counts if day != "none")
    if not known or (known[-1] - known[0]).days > _MOST_DAYS:
        return [day.isoformat() for day in known]
    length = (known[-1] - known[0]).days + 1
    return [(known[0] + timedelta(days=number)).isoformat() for number in range(length)]
