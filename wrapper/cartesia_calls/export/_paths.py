"""Paths in a target: its folders are Hive partitions, which readers of data sets know."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from datetime import datetime

MANIFEST = "_manifest"
LOCKS = "_locks"
PARTIAL = "_partial"
# A date like all others, so that readers agree on the type; pandas cannot read Hive's name for null.
NO_DAY = "1970-01-01"
# File systems allow 255 bytes, with the suffix.
_LONGEST_NAME = 200
_KEPT_OF_LONG_NAME = 100
_LONGEST_ID = 1000


def is_id(text: str) -> bool:
    """Return whether a text can be an id: the client refuses others, and no path could hold them."""
    has_no_half_pair = text == text.encode(errors="ignore").decode()
    is_name = bool(text.strip()) and text not in {".", ".."}
    return is_name and has_no_half_pair and len(text) <= _LONGEST_ID


def day_of(start: datetime | None, end: datetime | None) -> str:
    """Return the name of a call's day, in UTC: when it started, or ended if it never started."""
    moment = start or end
    return moment.date().isoformat() if moment else NO_DAY


def data_path(part: str, agent_id: str, day: str, call_id: str, suffix: str) -> str:
    """Return the path of a part of a call."""
    # Not `agent_id=`: readers guess the type of a partition, and the files have a column of that name.
    return f"{part}/agent={safe_name(agent_id)}/day={day}/{safe_name(call_id)}.{suffix}"


def safe_name(text: str) -> str:
    """Return an id as a file name: percent-encoded, and not hidden by a leading `_` or `.`.

    A very long id is cut; the digest after `~` tells it from others.
    """
    name = quote(text, safe="").replace("~", "%7E")
    if name[0] in "._":
        name = f"%{ord(name[0]):02X}{name[1:]}"
    if len(name) <= _LONGEST_NAME:
        return name
    start = name[:_KEPT_OF_LONG_NAME].rpartition("%")[0] or name[:_KEPT_OF_LONG_NAME]
    return f"{start}~{sha256(text.encode()).hexdigest()}"
