"""List the agents of the account.

[options]

agents
agents | cut -f 1,2     # their ids and names
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from ._options import Arguments, CommandParser, open_client
from ._tables import Column, write_list
from ._terminal import progress, say

if TYPE_CHECKING:
    from cartesia_calls import AgentSummary


def _name(agent: AgentSummary) -> str:
    return f"{agent.name} (deleted)" if agent.deleted_at else agent.name


def _numbers(agent: AgentSummary) -> str:
    return ", ".join(number.number for number in agent.phone_numbers or [])


_COLUMNS: list[Column[AgentSummary]] = [
    Column("ID", lambda agent: agent.id, 0),
    Column("NAME", _name, 1, least=20),
    Column("LANGUAGE", lambda agent: agent.tts_language, 3),
    Column("PHONE", _numbers, 2, least=14),
    Column("DEPLOYMENTS", lambda agent: agent.deployment_count, 4, right=True),
    Column("UPDATED", lambda agent: agent.updated_at, 5),
    Column("DESCRIPTION", lambda agent: agent.description, 6, least=20),
]


def add_options(parser: CommandParser) -> None:
    parser.section("output")
    parser.flag("--json", does="JSON, one object a line")


def run(arguments: Arguments) -> None:
    with open_client(arguments) as client, progress("Listing agents…"):
        agents = client.agents.list()
    write_list([agents], _COLUMNS, as_json=arguments.json)
    if not agents and sys.stdout.isatty():
        say("The account has no agents.")
