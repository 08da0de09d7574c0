"""`cartesia-calls agents`: the agents of the account."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from ._api import open_client
from ._exit_codes import ExitCode
from ._output import write_list, write_object
from ._progress import progress
from ._terminal import say
from ._views import agent_columns

if TYPE_CHECKING:
    import argparse


def run(arguments: argparse.Namespace) -> int:
    """Fetch the agents and show them."""
    with open_client(arguments) as client, progress("Listing agents…"):
        agents = client.agents.list()
    if arguments.json:
        for agent in agents:
            write_object(agent.to_dict())
    elif not write_list([agents], agent_columns) and sys.stdout.isatty():
        say("The account has no agents.")
    return ExitCode.DONE
