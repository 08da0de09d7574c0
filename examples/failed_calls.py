"""List the failed calls of yesterday, each with the first error in its logs.

Needs `pip install cartesia-calls` and CARTESIA_API_KEY. Name another day to go further back:

    python examples/failed_calls.py AGENT_ID
    python examples/failed_calls.py AGENT_ID 2026-03-01
"""

from __future__ import annotations

import sys
from datetime import timedelta

from cartesia_calls import (
    LEVELS,
    AgentCall,
    CallLogsNotAvailableError,
    Client,
    log_records,
    read_moment,
)


def first_error(client: Client, call: AgentCall) -> str:
    """Return the message of the first error in the logs, or the reason for its absence."""
    try:
        logs = client.calls.logs(call.id)
    except CallLogsNotAvailableError as error:
        return f"no logs: {error.reason}"
    for record in log_records(logs.logs):
        if record.level and LEVELS[record.level] >= LEVELS["ERROR"]:
            return f"line {record.index + 1}: {record.message}"
    return "no error in the logs"


def main(agent_id: str, day: str = "yesterday") -> None:
    """Print a line for each failed call."""
    start = read_moment(day)
    with Client() as client:
        failed = client.calls.list(
            agent_id=agent_id, status="failed", since=start, until=start + timedelta(days=1)
        )
        for call in failed:
            print(call.id, call.end_reason, first_error(client, call), sep="\t")


if __name__ == "__main__":
    main(*sys.argv[1:])
