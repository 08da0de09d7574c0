"""Ask the MCP server about the last failed call of an agent, as an assistant would.

Needs `pip install 'cartesia-calls[mcp]'` and CARTESIA_API_KEY:

    python examples/ask_the_mcp_server.py AGENT_ID
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from typing import Any

from mcp import Client, StdioServerParameters

# The server gets only the variables that are passed to it.
ENVIRONMENT = {name: value for name, value in os.environ.items() if name.startswith("CARTESIA_")}
SERVER = StdioServerParameters(
    command=sys.executable, args=["-m", "cartesia_calls", "mcp"], env=ENVIRONMENT
)


async def main(agent_id: str) -> None:
    """Print how the call ended, and its errors."""
    async with Client(SERVER) as client:

        async def read(tool: str, **arguments: object) -> dict[str, Any]:
            result = await client.call_tool(tool, arguments)
            text = getattr(result.content[0], "text", "")
            if result.is_error:
                sys.exit(text)
            found: dict[str, Any] = json.loads(text)
            return found

        failed = await read("list_calls", agent_id=agent_id, status="failed", since="30d", limit=1)
        if not failed["calls"]:
            sys.exit(f"No call of {agent_id} failed in the last 30 days.")
        call = failed["calls"][0]
        print(call["id"], call["end_reason"], call["error_message"])
        for entry in (await read("timeline", call_id=call["id"], kinds=["turn"]))["entries"][-2:]:
            print(f"{entry['seconds']:6.1f} s  {entry['role']}: {entry['text']}")


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
