"""Print the logs of a call that has just ended, as soon as they are written.

The platform writes the logs of a call some seconds after its end. A webhook or a dialler that knows
the id of the call can run this at once. Needs `pip install cartesia-calls` and CARTESIA_API_KEY:

    python examples/wait_for_logs.py CALL_ID
"""

from __future__ import annotations

import sys

from cartesia_calls import CallLogsNotAvailableError, Client, LogsWaitTimeoutError


def main(call_id: str) -> int:
    """Print the logs, and return the exit code."""
    with Client() as client:
        try:
            logs = client.calls.wait_for_logs(call_id, timeout=120)
        except LogsWaitTimeoutError as error:
            print(f"No logs of {call_id} after two minutes: {error.reason}.", file=sys.stderr)
            return 1
        except CallLogsNotAvailableError as error:
            print(f"{call_id} will never have logs: {error.reason}.", file=sys.stderr)
            return 1
    print(*logs.logs, sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
