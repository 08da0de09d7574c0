"""Export all logs of an agent to a folder or to object storage, before retention removes them.

    from cartesia_calls.export import export

    result = export(agents="agent_1", to="logs", since="30d")
    print(result.exported, "calls,", result.rows, "lines")

Run it again, or in cron: it fetches only what is missing or may have changed. `docs/guide/exports.md` describes
the files of the target.
"""

from __future__ import annotations

from ._events import (
    CallExported,
    CallSkipped,
    CallsListed,
    ExportEvent,
    ExportFinished,
    ExportResult,
    OnEvent,
    Paused,
    as_dict,
)
from ._export import export, export_async
from ._job import FORMATS, PARTS, check_shard
from ._manifest import SkipReason
from ._target import TargetBusyError, TargetError

__all__ = [
    "FORMATS",
    "PARTS",
    "CallExported",
    "CallSkipped",
    "CallsListed",
    "ExportEvent",
    "ExportFinished",
    "ExportResult",
    "OnEvent",
    "Paused",
    "SkipReason",
    "TargetBusyError",
    "TargetError",
    "as_dict",
    "check_shard",
    "export",
    "export_async",
]
