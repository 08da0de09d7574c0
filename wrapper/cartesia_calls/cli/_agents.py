"""`cartesia-calls agents`: the agents of the account."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from ._api import open_client
from ._exit_codes import ExitCode
from ._output import console, is_for_people, print_uncut, write_object
from ._progress import progress

if TYPE_CHECKING:
    import argparse


def run(arguments: argparse.Namespace) -> int:
    """Fetch the agents and show them."""
    for_people = is_for_people(arguments)
    with open_client(arguments) as client, progress("Listing agents…"):
        agents = client.agents.list()
    if not for_people:
        for agent in agents:
            write_object(agent.to_dict())
    elif agents:
        from ._views import agents_table  # noqa: PLC0415 - needs the extra `cli`

        print_uncut(console(), agents_table(agents))
    else:
        print("The account has no agents.", file=sys.stderr)
    return ExitCode.DONE
