"""Where in a target things are: folders that readers of data sets take for Hive's partitions."""

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
# File systems allow 255 bytes; a suffix comes behind.
_LONGEST_NAME = 200
_KEPT_OF_LONG_NAME = 100


def day_of(start: datetime | None, end: datetime | None) -> str:
    """Return the day of a call, as its partition's name.

    Args:
        start: When it started, in UTC.
        end: When it ended, in UTC; decides where it never started.
    """
    moment = start or end
    return moment.date().isoformat() if moment else NO_DAY


def data_path(part: str, agent_id: str, day: str, call_id: str, suffix: str) -> str:
    """Return where a part of a call is, relative to the target."""
    # Not `agent_id=`: readers guess the type of a partition, and the files have a column of that name.
    return f"{part}/agent={safe_name(agent_id)}/day={day}/{safe_name(call_id)}.{suffix}"


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
