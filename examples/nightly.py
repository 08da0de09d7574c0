"""Export the logs of all agents every night, with exit codes that a scheduler understands.

It exits with 0 if all is exported, with 1 if some calls failed, and with 75 (try again later) if the
API or the network was down or busy. Needs `pip install cartesia-calls` and CARTESIA_API_KEY. In cron:

    30 2 * * *  python examples/nightly.py /srv/calls
"""

from __future__ import annotations

import os
import sys

from cartesia_calls import (
    APIConnectionError,
    CartesiaError,
    Client,
    InternalServerError,
    RateLimitError,
)
from cartesia_calls.export import ExportResult, export


def run(folder: str) -> ExportResult:
    """Export the calls of the last three days, so that a night without a run loses nothing."""
    with Client() as client:
        agents = [agent.id for agent in client.agents.list()]
    return export(agents=agents, to=folder, since="3d", include=("logs", "record"))


def main(folder: str) -> int:
    """Run the export, print one line about it, and return the exit code."""
    try:
        result = run(folder)
    except (APIConnectionError, RateLimitError, InternalServerError) as error:
        print(f"error: {error.summary}", file=sys.stderr)
        return os.EX_TEMPFAIL
    except CartesiaError as error:
        print(f"error: {error.summary} {error.hint}", file=sys.stderr)
        return 1
    failed = result.skipped.get("failed", 0)
    print(f"{result.exported} exported, {result.present} present, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
