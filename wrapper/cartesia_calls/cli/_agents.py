"""`cartesia-calls agents`: the agents of the account."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from ._api import open_client
from ._errors import ExitCode
from ._options import add_json
from ._progress import progress, say
from ._tables import Column, write_list
from ._terminal import iso, write_object

if TYPE_CHECKING:
    import argparse

    from cartesia_calls import AgentSummary

    from ._arguments import CommandParser
    from ._terminal import Screen

HELP = """\
[options]

List the agents of the account.

agents
agents | cut -f 1,2     # their ids and names
"""


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
        return ExitCode.DONE
    write_list([agents], _columns)
    if not agents and sys.stdout.isatty():
        say("The account has no agents.")
    return ExitCode.DONE


def _columns(screen: Screen) -> list[Column[AgentSummary]]:
    length = len("2026-03-01") if screen.is_terminal else None
    return [
        Column("ID", lambda agent: agent.id, 0),
        Column("NAME", _name, 1, least=20),
        Column("LANGUAGE", lambda agent: agent.tts_language, 4),
        Column("PHONE", _numbers, 2, least=14),
        Column("DEPLOYMENTS", lambda agent: agent.deployment_count, 5, right=True),
        Column("UPDATED", lambda agent: iso(agent.updated_at)[:length], 3),
        Column("DESCRIPTION", lambda agent: agent.description, 6, least=20),
    ]


def _name(agent: AgentSummary) -> str:
    return f"{agent.name} (deleted)" if agent.deleted_at else agent.name


def _numbers(agent: AgentSummary) -> str:
    return ", ".join(number.number for number in agent.phone_numbers or [])
