"""Send calls to an OpenTelemetry receiver, as traces and log records over OTLP/HTTP (extra `otel`).

A call is one trace: a span for the call, one for each turn within it, and one for each tool call
within its turn. Events are span events, metrics are attributes, and each log record belongs to the
call's span. Ids are derived from the call's id, so that a call sent twice is the same trace.

The exporters read the standard variables `OTEL_EXPORTER_OTLP_…`, `OTEL_SERVICE_NAME` and
`OTEL_RESOURCE_ATTRIBUTES`. `OTEL_LOGS_EXPORTER` and `OTEL_TRACES_EXPORTER` may be `otlp` or `none`.
"""

from __future__ import annotations

import json
import os
import re
from collections import defaultdict
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any, NamedTuple, cast

import requests
from google.protobuf.message import DecodeError
from opentelemetry import trace
from opentelemetry._logs import LogRecord, SeverityNumber
from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse
from opentelemetry.sdk._logs import ReadableLogRecord
from opentelemetry.sdk.resources import OTELResourceDetector, Resource
from opentelemetry.sdk.trace import Event, ReadableSpan
from opentelemetry.sdk.util.instrumentation import InstrumentationScope

from cartesia_calls import (
    LEVELS,
    AgentCall,
    AgentCallLogs,
    CartesiaError,
    ConfigurationError,
    __version__,
    json_text,
    timeline,
    tool_failed,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from cartesia_calls import Redactor, Timeline, TimelineEntry

__all__ = ["CallTelemetry", "OtlpError", "OtlpSender", "call_telemetry"]

# What receivers hold: whole numbers of so many digits, times until 2262, no half surrogate pairs.
_DIGITS, _LATEST = 18, 2**63 - 1
_SCOPE = InstrumentationScope("cartesia_calls", __version__)
_BATCH = 500
_OF_TURN = (
    *("index", "role", "end_reason", "interrupts"),
    *("reply_gap", "tool_seconds", "stt_ttfb", "tts_ttfb"),
)


class OtlpError(CartesiaError):
    """The receiver did not accept what was sent."""


class CallTelemetry(NamedTuple):
    """A call as OpenTelemetry: its spans, the call's own first, and its log records."""

    spans: Sequence[ReadableSpan]
    log_records: Sequence[ReadableLogRecord]


def call_telemetry(
    call: AgentCall | Mapping[str, object],
    logs: AgentCallLogs | Iterable[str] | None = None,
    *,
    log_offset: float = 0.0,
    redactor: Redactor | None = None,
) -> CallTelemetry:
    """Return a call's spans and log records; none of a call with neither start nor end time.

    Args:
        call: The call with its transcript, or its record as JSON.
        logs: Its logs, or their lines.
        log_offset: Seconds to add to the times of the log, if its clock or zone differs.
        redactor: Replaces secrets and personal data.
    """
    found = call.to_dict() if isinstance(call, AgentCall) else dict(call)
    given = logs.logs if isinstance(logs, AgentCallLogs) else logs or ()
    text = json.dumps([found, *given], ensure_ascii=False).encode("utf-8", "replace")
    record, *lines = json.loads(text, parse_int=lambda it: int(it) if len(it) <= _DIGITS else it)
    shown = timeline(record, lines, log_offset=log_offset)
    if redactor is not None:
        record, shown = redactor.redact(record), redactor.redact(shown)
    begin = shown.start or shown.end
    if begin is None:
        return CallTelemetry((), ())
    resource = Resource({"service.name": "cartesia-calls"}).merge(OTELResourceDetector().detect())
    of_call = _OfCall(shown.call_id, _nanoseconds(begin), resource)
    return CallTelemetry([*of_call.spans(shown, record)], [*of_call.log_records(shown)])


class OtlpSender(AbstractContextManager["OtlpSender"]):
    """Sends calls to the receiver that the `OTEL_…` variables name; a context manager.

    Raises:
        ConfigurationError: The variables require anything else than OTLP over HTTP.
    """

    def __init__(self) -> None:
        self._sends_spans, self._sends_logs = _is_sent("TRACES"), _is_sent("LOGS")
        self._session = _Session()
        self._spans = OTLPSpanExporter(session=self._session)
        self._logs = OTLPLogExporter(session=self._session)

    def send(self, telemetry: CallTelemetry) -> tuple[int, int]:
        """Send a call, and return how many spans and log records the receiver accepted.

        Raises:
            OtlpError: The receiver is down, or rejected some of them.
        """
        spans = telemetry.spans if self._sends_spans else ()
        records = telemetry.log_records if self._sends_logs else ()
        for start in range(0, len(spans), _BATCH):
            self._session.check("spans", self._spans.export(spans[start:][:_BATCH]).name)
        for start in range(0, len(records), _BATCH):
            self._session.check("log records", self._logs.export(records[start:][:_BATCH]).name)
        return len(spans), len(records)

    def __exit__(self, *_: object) -> None:
        self._session.close()


def _is_sent(signal: str) -> bool:
    """Return whether to send a signal, if its variables require what works here."""
    exporter, own = f"OTEL_{signal}_EXPORTER", f"OTEL_EXPORTER_OTLP_{signal}_PROTOCOL"
    if os.environ.get(exporter) == "none":
        return False
    protocol = own if os.environ.get(own) else "OTEL_EXPORTER_OTLP_PROTOCOL"
    for name, works in ((exporter, "otlp"), (protocol, "http/protobuf")):
        if (found := os.environ.get(name) or works) != works:
            raise ConfigurationError(
                f"{name} is {found!r}, and calls can only be sent with {works}.",
                hint=f"Set {name}={works}. OTLP over HTTP often has port 4318.",
            )
    return True


class _Session(requests.Session):
    """The exporters' session. It keeps how the last request ended, which exporters don't return."""

    _url, _problem = "the receiver", "they are too large or malformed"
    _response: requests.Response | None = None

    def request(self, method: Any, url: Any, *args: Any, **kw: Any) -> requests.Response:  # noqa: ANN401 - as requests has it
        self._url = re.sub(r"(?<=//)[^/]*@|\?.*", "", url)
        try:
            self._response = super().request(method, url, *args, **kw | {"allow_redirects": False})
        except (OSError, ValueError) as error:  # OSError: those of requests, and missing files
            self._problem = _innermost(error)
            raise
        self._problem = f"{self._response.status_code} {self._response.reason}"
        return self._response

    def check(self, what: str, outcome: str) -> None:
        """Raise if the last request was not accepted as a whole."""
        response, reply = self._response, ExportTraceServiceResponse()
        if outcome != "SUCCESS" or response is None or response.is_redirect:
            raise OtlpError(
                f"The {what} could not be sent to {self._url}: {self._problem}.",
                hint="Check OTEL_EXPORTER_OTLP_ENDPOINT (OTLP over HTTP, often port 4318), "
                "OTEL_EXPORTER_OTLP_HEADERS, and the receiver. Sending a call again is safe.",
            )
        # Those to spans and to log records have the same form. Some receivers respond with text.
        with suppress(DecodeError):
            reply.ParseFromString(response.content)
        rejected, why = reply.partial_success.rejected_spans, reply.partial_success.error_message
        if rejected:
            problem = (
                f"{self._url} rejected {rejected} of the {what}: {why or 'it gives no reason'}"
            )
            raise OtlpError(problem, hint="Look up the receiver's limits.")


@dataclass(frozen=True)
class _OfCall:
    """Makes the spans and log records of one call, with ids derived from the call's id."""

    call_id: str
    begin: int
    resource: Resource

    def spans(self, shown: Timeline, record: Mapping[str, object]) -> Iterator[ReadableSpan]:
        """Yield the span of the call, then each turn's with its tool calls."""
        own = _call_attributes(record)
        metrics: defaultdict[str, list[object]] = defaultdict(list)
        events: list[Event] = []
        turns: defaultdict[int | None, list[TimelineEntry]] = defaultdict(list)
        for entry in shown.entries:
            if entry.kind == "event":
                value = _attributes(_flat("metadata", entry.value))
                events.append(Event(entry.name or entry.text, value, self.at(entry.seconds)))
            elif entry.kind == "metric":
                metrics[f"cartesia.metric.{entry.name}"].append(entry.value)
            elif entry.kind in {"turn", "tool"}:
                turns[entry.index].append(entry)
        own.update({name: one[0] if len(one) == 1 else one for name, one in metrics.items()})
        last = max((self.at(entry.seconds, entry.duration) for entry in shown.entries), default=0)
        end = _nanoseconds(shown.end) if shown.end else max(self.begin, last)
        name = f"invoke_agent {record.get('agent_name') or record.get('agent_id')}"
        error = str(record.get("error_message") or "failed") if own["error.type"] else None
        yield self.span("call", name, (self.begin, end), own, events=events, error=error)
        for index, entries in turns.items():
            yield from self.turn(f"turn {index}", entries)

    def turn(self, key: str, entries: Sequence[TimelineEntry]) -> Iterator[ReadableSpan]:
        """Yield the span of a turn, and those of its tool calls."""
        turn = next((entry for entry in entries if entry.kind == "turn"), entries[0])
        times = self.at(turn.seconds), max(self.at(one.seconds, one.duration) for one in entries)
        yield self.span(key, f"{turn.role} turn", times, _turn_attributes(turn), parent="call")
        for number, tool in enumerate(entry for entry in entries if entry.kind == "tool"):
            failed = tool_failed(tool.result)
            attributes: dict[str, object] = {
                "gen_ai.operation.name": "execute_tool",
                "gen_ai.tool.name": tool.name,
                "gen_ai.tool.type": "function",
                "gen_ai.tool.call.arguments": tool.value,
                "gen_ai.tool.call.result": tool.result,
                "error.type": "tool_error" if failed else None,
            }
            times = self.at(tool.seconds), self.at(tool.seconds, tool.duration)
            own, name = f"{key} tool {number}", f"execute_tool {tool.name}"
            error = "failed" if failed else None
            yield self.span(own, name, times, attributes, parent=key, error=error)

    def log_records(self, shown: Timeline) -> Iterator[ReadableLogRecord]:
        """Yield the log records, linked to the call's span."""
        context = trace.set_span_in_context(trace.NonRecordingSpan(self.context("call")))
        for entry in shown.entries:
            if entry.kind == "log":
                time = _nanoseconds(entry.time) if entry.time else self.at(entry.seconds)
                level = LEVELS.get(entry.level or "")  # 10, 20 and so on are 5, 9 and so on there
                line = LogRecord(
                    timestamp=time,
                    observed_timestamp=time,
                    context=context,
                    severity_text=entry.level,
                    severity_number=None if level is None else SeverityNumber(level * 4 // 10 + 1),
                    body="\n".join(entry.lines),
                    attributes=_attributes({"cartesia.log.place": entry.name}),
                )
                yield ReadableLogRecord(line, self.resource, _SCOPE)

    def span(
        self,
        key: str,
        name: str,
        times: tuple[int, int],
        attributes: Mapping[str, object],
        *,
        parent: str | None = None,
        events: Sequence[Event] = (),
        error: str | None = None,
    ) -> ReadableSpan:
        """Return a span; `key` and `parent` tell the spans of a call apart."""
        return ReadableSpan(
            name,
            context=self.context(key),
            parent=None if parent is None else self.context(parent),
            resource=self.resource,
            attributes=_attributes(attributes),
            events=events,
            status=trace.Status(trace.StatusCode.ERROR, error) if error else trace.Status(),
            start_time=times[0],
            end_time=max(times),
            instrumentation_scope=_SCOPE,
        )

    def context(self, key: str) -> trace.SpanContext:
        """Return the ids of a span, the same each time."""
        trace_id, span_id = (
            int.from_bytes(sha256(f"cartesia_calls {self.call_id} {name}".encode()).digest()[:size])
            for name, size in (("trace", 16), (key, 8))
        )
        sampled = trace.TraceFlags(trace.TraceFlags.SAMPLED)
        return trace.SpanContext(trace_id, span_id, is_remote=False, trace_flags=sampled)

    def at(self, seconds: float | None, duration: float | None = None) -> int:
        """Return a place in the call, in nanoseconds since 1970."""
        after = max(-1e10, min((seconds or 0.0) + (duration or 0.0), 1e10))
        return max(0, min(self.begin + round(after * 1e9), _LATEST))


def _call_attributes(record: Mapping[str, object]) -> dict[str, object]:
    own: dict[str, object] = {}
    for name, value in record.items():
        own |= _flat(f"cartesia.call.{name}", value) if name != "transcript" else {}
    failed = record.get("status") == "failed" or record.get("error_message")
    return {
        **own,
        "gen_ai.operation.name": "invoke_agent",
        "gen_ai.provider.name": "cartesia",
        "gen_ai.agent.id": record.get("agent_id"),
        "gen_ai.agent.name": record.get("agent_name"),
        "gen_ai.conversation.id": record.get("id"),
        "error.type": (record.get("end_reason") or "failed") if failed else None,
    }


def _turn_attributes(turn: TimelineEntry) -> dict[str, object]:
    attributes = {f"cartesia.turn.{name}": getattr(turn, name) for name in _OF_TURN}
    if turn.kind == "turn" and turn.role in {"assistant", "user"}:
        message = {"role": turn.role, "parts": [{"type": "text", "content": turn.text}]}
        direction = "output" if turn.role == "assistant" else "input"
        attributes[f"gen_ai.{direction}.messages"] = [message]
    return attributes


def _flat(name: str, value: object) -> dict[str, object]:
    """Return the fields of an object by names such as `name.field`, and any other value by its name."""
    fields = cast("dict[str, object]", value) if isinstance(value, dict) else None
    return {name: value} if fields is None else {f"{name}.{one}": fields[one] for one in fields}


def _attributes(values: Mapping[str, object]) -> dict[str, Any]:
    """Return what is set; a value that is no text, number or boolean becomes JSON text."""
    return {
        name: value if isinstance(value, str | int | float) else json_text(value)
        for name, value in values.items()
        if value is not None
    }


def _nanoseconds(time: datetime) -> int:
    return max(0, min(round(time.timestamp() * 1e6) * 1000, _LATEST))


def _innermost(error: BaseException) -> str:
    """Return the cause of an error of requests, such as `Connection refused`."""
    if isinstance(error, requests.Timeout):
        return "no response in time"
    while cause := error.__cause__ or error.__context__:
        error = cause
    return getattr(error, "strerror", None) or str(error)
