"""A situation: the server's script, the user's request, and the outcome that the user must see."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from cartesia_calls import AgentCallLogs, AsyncClient, Client, ResponseValidationError
from expectations import Outcome
from fake_server import Action
from raw_server import Script

WITHOUT_RETRIES: Mapping[str, object] = {"max_retries": 0}
# For a server that does not respond: long enough for loopback, and no longer than that.
IMPATIENT: Mapping[str, object] = {"max_retries": 0, "timeout": 0.1}


def fetch_logs(client: Client | AsyncClient) -> object:
    """Request the logs of a call."""
    return client.calls.logs("ac_1")


def stream_lines(client: Client | AsyncClient) -> object:
    """Request the lines of a call as they arrive."""
    return client.calls.stream_logs("ac_1")


@dataclass(frozen=True)
class Situation:
    """One row of the laboratory's table.

    Attributes:
        family: The part of the table that it belongs to.
        name: The server's behaviour, or the request if that is unexpected.
        scripts: The server's script for each request; the last one is repeated.
        outcome: The outcome that the user must see.
        settings: The client's settings.
        action: The user's request.
        streamed: The outcome with `stream_logs`: by default the same; None if the situation does not
            apply to it.
    """

    family: str
    name: str
    scripts: tuple[Script, ...]
    outcome: Outcome
    settings: Mapping[str, object] = field(default_factory=dict[str, object])
    action: Action = fetch_logs
    streamed: Outcome | Literal["the same"] | None = "the same"

    def over_a_stream(self) -> Situation | None:
        """Return the situation of a user who reads the logs with `stream_logs`, if it is one."""
        if self.action is not fetch_logs or self.streamed is None:
            return None
        outcome = _of_lines(self.outcome) if self.streamed == "the same" else self.streamed
        return replace(self, outcome=outcome, action=stream_lines)

    def describe(self) -> str:
        """Return what the user sees, in one line of Markdown."""
        seen = self.outcome.describe()
        if self.streamed is None:
            return f"{seen}; not with `stream_logs`"
        if self.streamed == "the same":
            return seen
        return f"{seen}; with `stream_logs` {self.streamed.describe()}"


def _of_lines(outcome: Outcome) -> Outcome:
    """Return the outcome for `stream_logs` where this is the outcome for `logs`."""
    if outcome.kind is AgentCallLogs:
        return replace(outcome, kind=list, having={}, equals=outcome.having.get("logs"))
    if outcome.kind is ResponseValidationError:
        return replace(outcome, says=())
    return outcome
