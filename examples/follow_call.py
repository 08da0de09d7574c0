"""Watch the call that an agent is taking now, and mark its warnings and errors.

Needs `pip install cartesia-calls` and CARTESIA_API_KEY:

    python examples/follow_call.py AGENT_ID
"""

from __future__ import annotations

import sys

from cartesia_calls import LEVELS, Client, log_line, printable


def main(agent_id: str) -> int:
    """Print each line as it appears, until the call is over."""
    with Client() as client:
        running = client.calls.list(agent_id=agent_id, status="started", limit=1)
        call = next(iter(running), None)
        if call is None:
            print(f"{agent_id} is not in a call.")
            return 1
        print(f"Following {call.id}. Press Ctrl-C to stop.")
        for line in client.calls.follow_logs(call.id):
            level = log_line(line).level
            mark = "!" if level and LEVELS[level] >= LEVELS["WARNING"] else " "
            # A log can hold control characters, which a terminal would obey.
            print(mark, printable(line), flush=True)
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1]))
    except KeyboardInterrupt:
        sys.exit(130)
