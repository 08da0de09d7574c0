"""What the turns of a transcript say, read from records as they came.

A value that has another type than the spec says counts as missing.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from datetime import UTC
from typing import TYPE_CHECKING, cast

from cartesia_calls import parse_rfc3339

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from cartesia_calls import AgentCall

_AGENT = "assistant"
_CALLER = "user"
_FAILURE = re.compile(
    r"[\s\[\"']*(?:(?:error|exception|failed|failure|traceback)\b|(?-i:[A-Z]\w*(?:Error|Exception)\b))",
    re.IGNORECASE,
)


def record_of(call: AgentCall | Mapping[str, object]) -> Mapping[str, object]:
    """Return the record of a call as JSON."""
    return call if isinstance(call, Mapping) else call.to_dict()


def items_of(value: object) -> list[object]:
    """Return the items of a list; anything else counts as one item, and None as none."""
    if isinstance(value, list):
        return cast("list[object]", value)
    return [] if value is None else [value]


def fields_of(value: object) -> Mapping[str, object]:
    """Return a JSON object as it is, and no fields of anything else."""
    return cast("Mapping[str, object]", value) if isinstance(value, dict) else {}


def reply_gaps(turns: Sequence[object]) -> list[float | None]:
    """Return the seconds of silence before each turn that is a reply, and None for all others.

    A reply is a turn of the agent (`assistant`) that follows one of the caller (`user`), in the order
    in which they begin. Its gap is its start minus the caller's end, rounded to microseconds, and
    negative if the agent began before the caller had ended. Turns of other roles do not count, nor
    turns without text that only hold tool calls, an event or a metric.

    Args:
        turns: The transcript as it came (`AgentCall.to_dict()["transcript"]`).
    """
    return [gap for gap, _ in exchanges(turns)]


def exchanges(turns: Sequence[object]) -> list[tuple[float | None, bool]]:
    """Return of each turn its reply gap, and whether it begins before the other side has ended."""
    found: list[tuple[float | None, bool]] = [(None, False)] * len(turns)
    ends = {_AGENT: -math.inf, _CALLER: -math.inf}
    spoken = [
        (place, index, role, *span_of(turn))
        for index, turn in enumerate(map(fields_of, turns))
        if (role := _speaker(turn)) and (place := place_of(turn)) is not None
    ]
    before: tuple[str, float | None] = ("", None)
    for place, index, role, start, end in sorted(spoken, key=lambda turn: turn[:2]):
        is_reply = (before[0], role) == (_CALLER, _AGENT)
        if start is not None:
            gap = start - before[1] if is_reply and before[1] is not None else None
            other = _AGENT if role == _CALLER else _CALLER
            found[index] = gap and number(round(gap, 6)), start < ends[other]
        ends[role] = max(ends[role], place if end is None else end)
        before = role, end
    return found


def _speaker(turn: Mapping[str, object]) -> str | None:
    """Return whose speech a turn is; None if it only holds a tool call, an event or a metric."""
    role = string(turn.get("role"))
    notes = turn.get("tool_calls") or turn.get("log_event") or turn.get("log_metric")
    return role if role in (_AGENT, _CALLER) and (string(turn.get("text")) or not notes) else None


def span_of(turn: Mapping[str, object]) -> tuple[float | None, float | None]:
    """Return when a turn began and ended, in seconds from the start of the call."""
    return number(turn.get("start_timestamp")), number(turn.get("end_timestamp"))


def place_of(turn: Mapping[str, object]) -> float | None:
    """Return the seconds by which a turn is ordered: its start, or its end where that is missing."""
    start, end = span_of(turn)
    return end if start is None else start


def number(value: object) -> float | None:
    """Return a finite number as a float; else None."""
    if type(value) is not int and not isinstance(value, float):
        return None
    try:
        found = float(value)
    except OverflowError:
        return None
    return found if math.isfinite(found) else None


def string(value: object) -> str | None:
    """Return text as it is; else None."""
    return value if isinstance(value, str) else None


def shown(value: object) -> str:
    """Return a value of JSON as text to read: text as it is, whole numbers without a fraction."""
    if isinstance(value, str):
        return value
    try:
        return json.dumps(value, ensure_ascii=False, default=str).removesuffix(".0")
    except RecursionError:
        return "…"


def pairs(value: object) -> str:
    """Return the fields of an object as text to read: `name=value, …`."""
    fields = fields_of(value)
    if not fields and value not in (None, {}):
        return shown(value)
    return ", ".join(
        f"{name}={repr(one) if isinstance(one, str) else shown(one)}"
        for name, one in fields.items()
    )


def moment(value: object) -> datetime | None:
    """Return a time in UTC; None for what is none. A time without an offset is read as UTC."""
    found = parse_rfc3339(value) or parse_rfc3339(f"{value}Z")
    try:
        return found and found.astimezone(UTC)
    except OverflowError:
        return None


def tool_failed(result: object) -> bool:
    """Return whether the result of a tool call says that the call failed.

    Text means a failure if it begins with the name of an error, such as `error`, `failed`,
    `Traceback` or `TimeoutError:`. A JSON object, or its text, means a failure with an `error` that is
    set, `ok` or `success` false, `is_error` true, or the `status` `error`, `failed` or `failure`. A
    call without a result did not fail.
    """
    if isinstance(result, str):
        if _FAILURE.match(result):
            return True
        try:
            result = json.loads(result) if result.lstrip().startswith("{") else None
        except (ValueError, RecursionError):
            return False
    fields = fields_of(result)
    return (
        any(fields.get(name) for name in ("error", "errors", "exception", "is_error", "isError"))
        or any(fields.get(name) is False for name in ("ok", "success"))
        or fields.get("status") in ("error", "failed", "failure")
    )
