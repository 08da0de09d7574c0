"""The page about many calls."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from ._pages import render

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import tzinfo

_MOST_DAYS = 400


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
