"""Write a page about each failed call of a span, without secrets, and a page about all calls.

Needs `pip install 'cartesia-calls[report]'` and CARTESIA_API_KEY. The pages are files to send or to
attach to an issue; redaction lowers the risk, and is no guarantee.

    python examples/share_failed_calls.py AGENT_ID
    python examples/share_failed_calls.py AGENT_ID 7d pages
"""

from __future__ import annotations

import sys
from pathlib import Path

from cartesia_calls import AgentCall, CallLogsNotAvailableError, CallStats, Client, Redactor
from cartesia_calls.report import call_page, calls_page


def lines_of(client: Client, call: AgentCall) -> list[str] | None:
    """Return the log lines of a call, or None if it has no logs."""
    try:
        return client.calls.logs(call.id).logs
    except CallLogsNotAvailableError:
        return None


def main(agent_id: str, since: str = "1d", folder: str = ".") -> None:
    """Write the pages, and print their names."""
    stats = CallStats()
    Path(folder).mkdir(exist_ok=True)
    with Client() as client:
        for call in client.calls.list(agent_id=agent_id, since=since, expand_transcript=True):
            redactor = Redactor(call)
            record = redactor.redact(call)
            lines = lines_of(client, call)
            redacted = None if lines is None else [*redactor.lines(lines)]
            stats.add(record, redacted)
            if call.status == "failed":
                page = Path(folder, f"{call.id}.html")
                page.write_text(call_page(record, redacted), encoding="utf-8")
                print(page)
    page = Path(folder, "calls.html")
    title = f"Calls of {agent_id} since {since}"
    page.write_text(calls_page(stats.as_dict(), title=title), encoding="utf-8")
    print(page)


if __name__ == "__main__":
    main(*sys.argv[1:])
