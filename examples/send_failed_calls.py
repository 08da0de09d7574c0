"""Send recent failed calls to an OpenTelemetry receiver, without secrets.

Needs `pip install 'cartesia-calls[otel]'`, CARTESIA_API_KEY, and a receiver that
OTEL_EXPORTER_OTLP_ENDPOINT names. Run it every hour; a call that is sent twice is the same trace:

    python examples/send_failed_calls.py AGENT_ID
    python examples/send_failed_calls.py AGENT_ID 24h
"""

from __future__ import annotations

import sys

from cartesia_calls import CallLogsNotAvailableError, Client, Redactor
from cartesia_calls.otel import OtlpError, OtlpSender, call_telemetry


def main(agent_id: str, since: str = "2h") -> str | None:
    """Send each failed call with its logs, and return the errors."""
    with Client() as client, OtlpSender() as sender:
        for found in client.calls.list(agent_id=agent_id, since=since, status="failed"):
            call, logs = client.calls.get(found.id), None
            try:
                logs = client.calls.logs(call.id)
            except CallLogsNotAvailableError as error:
                print(error.summary)
            telemetry = call_telemetry(call, logs, redactor=Redactor(call))
            try:
                spans, log_records = sender.send(telemetry)
            except OtlpError as error:
                return str(error)
            print(f"{call.id}: {spans} spans, {log_records} log records")
    return None


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
