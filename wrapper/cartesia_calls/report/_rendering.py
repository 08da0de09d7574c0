"""How pages are made: their templates, what they may load, and values as people read them."""

from __future__ import annotations

import base64
import json
import math
from datetime import datetime
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from cartesia_calls import LEVELS, __version__, clock_text, parse_rfc3339, printable, tool_failed

if TYPE_CHECKING:
    from datetime import tzinfo

    from jinja2 import Environment

    from cartesia_calls import TimelineEntry

_LONGEST_TEXT = 20_000


def render(template: str, **values: object) -> str:
    """Return a page of a template."""
    return _environment().get_template(template).render(values)


def plain(value: object) -> str:
    """Return a value of JSON as text, without what a reader's program would obey, cut if very long."""
    try:
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, indent=1)
    except RecursionError:
        return "…"
    rest, half = len(text) - _LONGEST_TEXT, _LONGEST_TEXT // 2
    if rest > 0:
        # The last line of a traceback says what happened.
        text = f"{text[:half]}… ({rest} more characters) …{text[-half:]}"
    return "\n".join(map(printable, text.split("\n")))


def span(seconds: float) -> str:
    """Return how long something took: `87 ms`, `6.7 s`."""
    return f"{seconds * 1000:.0f} ms" if abs(seconds) < 1 else f"{seconds:.1f} s"


def moment(time: object, zone: tzinfo | None, form: str = "%Y-%m-%d %H:%M:%S") -> str:
    """Return a time, or its text in a record, in a zone, the local one if it is None; "" for others."""
    found = time if isinstance(time, datetime) else parse_rfc3339(time)
    return in_zone(found, zone).strftime(form) if found else ""


def zone_of(time: datetime, zone: tzinfo | None) -> str:
    """Return the name of a zone at a time, with its difference from UTC: `CET, UTC+01:00`."""
    local = in_zone(time, zone)
    name, offset = local.strftime("%Z"), f"UTC{local.isoformat()[-6:]}"
    return name if name.startswith("UTC") else f"{name}, {offset}"


def in_zone(time: datetime, zone: tzinfo | None) -> datetime:
    """Return a time in a zone, unchanged where the calendar has no such time."""
    try:
        return time.astimezone(zone)
    except OverflowError:
        return time


def severity(entry: TimelineEntry) -> int:
    """Return how severe a log record is, as Python's logging counts; 0 for what is none."""
    return LEVELS.get(entry.level or "", LEVELS["INFO"]) if entry.kind == "log" else 0


def ticks(end: float, most: int) -> list[float]:
    """Return round times from 0 to `end`, at most this many."""
    steps = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400)
    step = next((one for one in steps if end / one < most), math.ceil(end / most))
    return [float(number * step) for number in range(math.floor(end / step) + 1)]


def digest(text: str) -> str:
    """Return the source that allows a style or a script in a Content-Security-Policy."""
    return f"'sha256-{base64.b64encode(sha256(text.encode()).digest()).decode()}'"


@cache
def _environment() -> Environment:
    try:
        from jinja2 import Environment, FunctionLoader, StrictUndefined  # noqa: PLC0415 - an extra
    except ModuleNotFoundError as error:
        error.add_note("Install it with: pip install 'cartesia-calls[report]'")
        raise
    environment = Environment(
        loader=FunctionLoader(_read),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    shared = {"style": _read("page.css"), "script": _read("page.js"), "version": __version__}
    jinja: Any = environment  # it annotates its own globals and filters alone
    jinja.globals.update(shared)
    own = (digest, plain, span, moment, zone_of, ticks, severity)
    jinja.filters.update({one.__name__: one for one in (*own, clock_text, printable, tool_failed)})
    return environment


def _read(name: str) -> str:
    return (files("cartesia_calls.report") / "templates" / name).read_text(encoding="utf-8")
