"""Count the log lines of each level over many calls, eight requests at a time.

Needs `pip install cartesia-calls` and CARTESIA_API_KEY:

    python examples/fan_out.py AGENT_ID
"""

from __future__ import annotations

import asyncio
import sys
from collections import Counter

from cartesia_calls import AgentCall, AsyncClient, CallLogsNotAvailableError, log_line

AT_ONCE = 8


async def main(agent_id: str) -> None:
    """Print the number of lines of each level, and the calls without logs."""
    levels: Counter[str] = Counter()
    without_logs: list[str] = []

    async with AsyncClient() as client, asyncio.TaskGroup() as tasks:
        places = asyncio.Semaphore(AT_ONCE)

        async def count(call: AgentCall) -> None:
            try:
                logs = await client.calls.logs(call.id)
            except CallLogsNotAvailableError:
                without_logs.append(call.id)
            else:
                levels.update(log_line(line).level or "none" for line in logs.logs)
            finally:
                places.release()

        async for call in client.calls.list(agent_id=agent_id, since="7d"):
            await places.acquire()  # so that no task is made before it can start
            tasks.create_task(count(call))

    for level, lines in levels.most_common():
        print(f"{lines:6} {level}")
    print(f"{len(without_logs)} calls have no logs.")


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
