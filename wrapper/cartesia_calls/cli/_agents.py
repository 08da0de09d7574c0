"""`cartesia-calls agents`: the agents of the account."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from ._api import open_client
from ._errors import ExitCode
from ._options import add_json
from ._progress import progress
from ._tables import Column, write_list
from ._terminal import iso, say, write_object

if TYPE_CHECKING:
    import argparse

    from cartesia_calls import AgentSummary

    from ._arguments import CommandParser
    from ._terminal import Screen

USAGE = "[options]"
ABOUT = "List the agents of the account."
EXAMPLES = (
    "agents",
    "agents | cut -f 1,2     # their ids and names",
)


def add_options(parser: CommandParser) -> None:
    """Add what can be typed."""
    parser.section("output")
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """Fetch the agents and show them."""
    with open_client(arguments) as client, progress("Listing agents…"):
        agents = client.agents.list()
    if arguments.json:
        for agent in agents:
            write_object(agent.to_dict())
    elif not write_list([agents], _columns) and sys.stdout.isatty():
        say("The account has no agents.")
    return ExitCode.DONE


def _columns(screen: Screen) -> list[Column[AgentSummary]]:
    def updated(agent: AgentSummary) -> str:
        time = iso(agent.updated_at) if agent.updated_at else ""
        return time[:10] if screen.is_terminal else time

    return [
        Column("ID", lambda agent: agent.id, 0),
        Column(
            "NAME", lambda agent: agent.name + " (deleted)" * bool(agent.deleted_at), 1, least=20
        ),
        Column("LANGUAGE", lambda agent: agent.tts_language or "", 4),
        Column("PHONE", _numbers, 2, least=14),
        Column("DEPLOYMENTS", _deployments, 5, right=True),
        Column("UPDATED", updated, 3),
        Column("DESCRIPTION", lambda agent: agent.description or "", 6, least=20),
    ]


def _numbers(agent: AgentSummary) -> str:
    return ", ".join(number.number for number in agent.phone_numbers or [])


def _deployments(agent: AgentSummary) -> str:
    return str(agent.deployment_count) if isinstance(agent.deployment_count, int) else ""
