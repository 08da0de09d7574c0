"""A situation: what the server does, what the user asks for, and what the user must see."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from cartesia_calls import AsyncClient, Client
from expectations import Outcome
from fake_server import Ask
from raw_server import Script

WITHOUT_RETRIES: Mapping[str, object] = {"max_retries": 0}
# For a server that says too little: long enough for an answer over loopback, no longer than needed.
IMPATIENT: Mapping[str, object] = {"max_retries": 0, "timeout": 0.2}


def ask_for_logs(client: Client | AsyncClient) -> object:
    """Ask for the logs of a call."""
    return client.calls.logs("ac_1")


@dataclass(frozen=True)
class Situation:
    """One row of the laboratory's table.

    Attributes:
        family: The part of the table that it belongs to.
        name: What the server does, or what is asked for where that is the odd thing.
        scripts: What the server does with each request, the last for all that follow.
        outcome: What the user must see.
        settings: Of the client.
        ask: What the user asks for.
    """

    family: str
    name: str
    scripts: tuple[Script, ...]
    outcome: Outcome
    settings: Mapping[str, object] = field(default_factory=dict[str, object])
    ask: Ask = ask_for_logs
