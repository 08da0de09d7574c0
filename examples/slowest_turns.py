"""Show the replies that callers waited longest for, and where the time went.

Needs `pip install cartesia-calls` and CARTESIA_API_KEY. The time span is a week by default:

    python examples/slowest_turns.py AGENT_ID
    python examples/slowest_turns.py AGENT_ID 24h
"""

from __future__ import annotations

import sys

from cartesia_calls import Client, call_stats


def main(agent_id: str, since: str = "7d") -> None:
    """Print the percentiles of the silence before a reply, and the ten longest."""
    with Client() as client:
        calls = client.calls.list(agent_id=agent_id, since=since, expand_transcript=True)
        stats = call_stats((call, None) for call in calls).as_dict()

    gaps = stats["reply_gap_seconds"]
    if gaps["p50"] is None:
        print(f"{agent_id}: no replies since {since} ago.")
        return
    print(f"{stats['calls']} calls: half of the replies within {gaps['p50']:.2f} s,", end=" ")
    print(f"95 of 100 within {gaps['p95']:.2f} s.")
    for turn in stats["slowest_turns"][:10]:
        print(f"{turn['reply_gap']:6.2f} s  {turn['call_id']}  {turn['text']}", end="")
        tools = turn["tool_seconds"]
        print(f"  ({tools:.2f} s of it in tools)" if tools else "")


if __name__ == "__main__":
    main(*sys.argv[1:])
