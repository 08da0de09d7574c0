"""Send calls that are over as traces and log records, over OTLP/HTTP.

The standard variables say where, such as OTEL_EXPORTER_OTLP_ENDPOINT and
OTEL_EXPORTER_OTLP_HEADERS. A call has the same ids each time it is sent.

CALL_ID... | --agent ID [options]

otel ac_123
otel --agent agent_123 --since 1h --redact
"""

from __future__ import annotations

import logging
import os
import re
from collections import Counter
from contextlib import suppress
from importlib import import_module
from typing import TYPE_CHECKING

from cartesia_calls import CallLogsNotAvailableError, CartesiaError, ConfigurationError, is_over

from . import _options as options  # pyright: ignore[reportPrivateUsage]  # of this package
from ._errors import ExitCode, Failure, report
from ._list import check_agent, say_unplaced
from ._terminal import counted, progress, write_object

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from cartesia_calls import Client
    from cartesia_calls.otel import OtlpSender

_SIGNALS = {"TRACES": "spans", "LOGS": "log records"}
_PAIR = r"(\s*[!#-'*+.0-9A-Z^-z|~-]+\s*=[ !#-+\--:<-\[\]-~]*|\s*)"
# Settings of which the exporters only log that they are malformed: their form, and what to set.
_FORMS = {
    "TIMEOUT": (r"\d+(\.\d*)?|\.\d+", "a number of seconds, such as 10"),
    "COMPRESSION": (r"(?i)gzip|deflate|none", "gzip, deflate or none"),
    "HEADERS": (f"{_PAIR}(,{_PAIR})*", "name=value,name=value, encoded as in URLs where needed"),
}


def add_options(parser: options.CommandParser) -> None:
    options.add_call_ids(parser, count="*")
    parser.section("which calls", options.TIMES)
    one_agent = "the calls of this agent; may be given again"
    parser.value("--agent", "ID", options.agent_id, one_agent, action="append")
    options.add_times(parser, "calls that started")
    parser.section("what is sent")
    shift = "seconds to add to the times of the logs"
    parser.value("--log-offset", "SECONDS", options.log_offset, shift, default=0.0)
    options.add_redaction(parser)
    parser.section("output")
    parser.flag("--json", does="the summary as one JSON object")


def run(arguments: options.Arguments) -> int:
    """Send each call that is over, and sum up what the receiver accepted."""
    if bool(arguments.call_ids) == bool(arguments.agent):
        raise Failure("Calls or --agent are needed, not both.", "Try --agent ID --since 1d.")
    if arguments.call_ids and (arguments.since or arguments.until):
        raise Failure("--since and --until choose among an agent's calls.", "Leave them out.")
    _check_settings()
    # The exporters log what the command reports.
    logging.getLogger("opentelemetry").addHandler(logging.NullHandler())
    for package in ("opentelemetry.sdk", "opentelemetry.exporter.otlp.proto.http"):
        import_module(package)
    from cartesia_calls.otel import OtlpError, OtlpSender  # noqa: PLC0415 - an extra

    sent = Counter(calls=0, spans=0, log_records=0, without_logs=0, not_over=0, without_times=0)
    code = ExitCode.DONE

    def failed(error: CartesiaError | Failure) -> None:
        nonlocal code
        found = report(error)
        code = code or found

    with options.open_client(arguments) as client, OtlpSender() as sender:
        for call_id in arguments.call_ids or _ids(client, arguments, failed):
            try:
                with progress(f"Sending call {call_id}…"):
                    sent.update(_send(client, sender, call_id, arguments))
            except CartesiaError as error:
                failed(error)
                if isinstance(error, OtlpError):
                    code = ExitCode.NETWORK
                    break
    redacted = bool(arguments.redact or arguments.redact_pattern)
    if arguments.json:
        write_object({**sent, "redacted": redacted})
    else:
        print(_summary(sent, redacted=redacted))
    return code


def _check_settings() -> None:
    _check(
        "OTEL_RESOURCE_ATTRIBUTES", r"[^,=]*=[^,]*(,[^,=]*=[^,]*)*(,\s*)?", "name=value,name=value"
    )
    for setting, (form, to_set) in _FORMS.items():
        for signal in ("", *(f"{one}_" for one in _SIGNALS)):
            _check(f"OTEL_EXPORTER_OTLP_{signal}{setting}", form, to_set)


def _check(name: str, form: str, to_set: str) -> None:
    """Raise if a variable is set and has another form. Headers hold keys, and are not shown."""
    value = os.environ.get(name, "").strip()
    if value and not re.fullmatch(form, value):
        shown = "malformed" if name.endswith("HEADERS") else f"malformed: {value!r}"
        raise ConfigurationError(f"{name} is {shown}.", hint=f"Set it to {to_set}.")


def _ids(
    client: Client,
    arguments: options.Arguments,
    failed: Callable[[CartesiaError | Failure], None],
) -> Iterator[str]:
    """Yield the ids of the agents' calls. An agent whose calls can't be listed stops no other."""
    for agent in dict.fromkeys(arguments.agent):
        try:
            calls = client.calls.list(agent_id=agent, since=arguments.since, until=arguments.until)
            ids = [call.id for call in calls]
            say_unplaced(calls.unplaced)
            if not ids:
                check_agent(client, agent)
        except (CartesiaError, Failure) as error:
            failed(error)
        else:
            yield from ids


def _send(
    client: Client, sender: OtlpSender, call_id: str, arguments: options.Arguments
) -> dict[str, int]:
    """Send a call, and return what to add to the counts."""
    from cartesia_calls.otel import call_telemetry  # noqa: PLC0415 - an extra

    call, logs = client.calls.get(call_id), None
    if not is_over(call):
        return {"not_over": 1}
    with suppress(CallLogsNotAvailableError):
        logs = client.calls.logs(call_id)
    redactor = options.redactor_of(arguments, call)
    telemetry = call_telemetry(call, logs, log_offset=arguments.log_offset, redactor=redactor)
    if not telemetry.spans:
        return {"without_times": 1}
    spans, log_records = sender.send(telemetry)
    counts = {"calls": 1, "spans": spans, "log_records": log_records}
    return {**counts, "without_logs": int(logs is None)}


def _summary(sent: Counter[str], *, redacted: bool) -> str:
    calls, spans = counted(sent["calls"], "call"), counted(sent["spans"], "span")
    log_records = counted(sent["log_records"], "log record")
    state = "redacted" if redacted else "not redacted"
    parts = [f"Sent {calls}: {spans} and {log_records}, {state}."]
    if sent["without_logs"]:
        parts.append(f"Without logs: {sent['without_logs']}.")
    if sent["not_over"]:
        parts.append(f"Not over yet and left out: {sent['not_over']}.")
    for signal, items in _SIGNALS.items():
        if os.environ.get(f"OTEL_{signal}_EXPORTER") == "none":
            parts.append(f"No {items} were sent, since OTEL_{signal}_EXPORTER is none.")
    if sent["without_times"]:
        parts.append(f"Without start and end time and left out: {sent['without_times']}.")
    return " ".join(parts)
