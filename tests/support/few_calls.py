"""Calls whose state a test can change, for `ManyCalls` to serve instead of its own."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlsplit

from fake_server import CALL_NOT_FOUND, LOGS_NOT_AVAILABLE
from many_calls import AGENT, http


@dataclass
class FewCall:
    """A call; without an end it is in progress, without lines its logs are not available."""

    start: datetime | None
    end: datetime | None = None
    lines: list[str] | None = None
    facts: dict[str, object] = field(default_factory=dict[str, object])

    def record(self, call_id: str) -> dict[str, object]:
        times = {"start_time": self.start, "end_time": self.end}
        return {
            "id": call_id,
            "agent_id": AGENT,
            "status": "completed" if self.end else "started",
            **{name: moment and moment.isoformat() for name, moment in times.items()},
            **self.facts,
        }


@dataclass
class FewCalls:
    """Responds to every request; `requests` counts those for each call's logs.

    Calls are listed in the order of `calls`, newest first.
    """

    calls: dict[str, FewCall] = field(default_factory=dict[str, FewCall])
    requests: Counter[str] = field(default_factory=Counter[str])
    updates: int = 0

    def __call__(self, _number: int, path: str) -> bytes:
        words = urlsplit(path).path.split("/")
        if len(words) == 3:
            records = [call.record(call_id) for call_id, call in self.calls.items()]
            return _json("200 OK", {"data": records, "has_more": False})
        call = self.calls.get(words[3])
        if call is None:
            return _json("404 Not Found", CALL_NOT_FOUND)
        if len(words) == 4:
            return _json("200 OK", call.record(words[3]))
        self.requests[words[3]] += 1
        if call.lines is None:
            return _json("404 Not Found", LOGS_NOT_AVAILABLE)
        self.updates += 1
        logs = {
            "call_id": words[3],
            "logs": call.lines,
            "updated_at": "2026-03-01T12:00:00Z",
        }
        return _json("200 OK", logs)


def _json(status: str, body: object) -> bytes:
    return http(status, json.dumps(body).encode())
