"""Where in a target things are: folders that DuckDB, Polars and Spark read as partitions."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from datetime import datetime

MANIFEST = "_manifest"
LOCKS = "_locks"
PARTIAL = "_partial"
# Hive's name for a partition of rows that have no value: readers give null for it.
NO_DAY = "__HIVE_DEFAULT_PARTITION__"
# File systems allow 255 bytes; a suffix comes behind.
_LONGEST_NAME = 200
_KEPT_OF_LONG_NAME = 100


def day_of(start: datetime | None) -> str:
    """Return the day on which a call started, in UTC, as its partition's name."""
    return start.date().isoformat() if start else NO_DAY


def data_path(part: str, agent_id: str, day: str, call_id: str, suffix: str) -> str:
    """Return where a part of a call is, relative to the target."""
    return f"{part}/agent_id={safe_name(agent_id)}/day={day}/{safe_name(call_id)}.{suffix}"


def safe_name(text: str) -> str:
    """Return an id as a file name: percent-encoded, and never hidden, which `_` and `.` make it.

    A very long id is cut; the digest behind `~` keeps it apart from others.
    """
    name = quote(text, safe="").replace("~", "%7E")
    if name[0] in "._":
        name = f"%{ord(name[0]):02X}{name[1:]}"
    if len(name) <= _LONGEST_NAME:
        return name
    beginning = name[:_KEPT_OF_LONG_NAME].rpartition("%")[0] or name[:_KEPT_OF_LONG_NAME]
    return f"{beginning}~{sha256(text.encode()).hexdigest()}"
