"""Calls sent to an OpenTelemetry receiver."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import (
    ExportLogsPartialSuccess,
    ExportLogsServiceResponse,
)

from cartesia_calls import LEVELS, AgentCall, ConfigurationError, Redactor
from cartesia_calls.otel import OtlpError, OtlpSender, call_telemetry
from otlp_receiver import Receiver, values

Record = dict[str, Any]

START = "2026-03-01T10:00:00+00:00"


def _record(*turns: Record, **fields: object) -> Record:
    record = {"id": "ac_1", "agent_id": "agent_1", "status": "completed", "start_time": START}
    return {**record, "transcript": list(turns), **fields}


def _turn(start: float, end: float, role: str = "assistant", **fields: object) -> Record:
    return {"role": role, "start_timestamp": start, "end_timestamp": end, **fields}


def _send(
    record: Record, logs: list[str] | None = None, redactor: Redactor | None = None
) -> tuple[int, int]:
    with OtlpSender() as sender:
        return sender.send(call_telemetry(record, logs, redactor=redactor))


def test_a_number_that_no_float_can_hold_is_valid_json(receiver: Receiver) -> None:
    _send(_record(end_time="2026-03-01T10:00:09+00:00", metadata={"x": {"y": math.inf}}))
    (call,) = receiver.named("invoke_agent agent_1")
    assert '{"y": 1e999}' in values(call.attributes).values()


def test_a_call_is_a_trace_of_turns_and_tool_calls(receiver: Receiver) -> None:
    tool = {"id": "t1", "name": "order", "arguments": {"item": "una"}, "result": "Error: sold out"}
    record = _record(
        _turn(1, 2, "user", text="Una margherita"),
        _turn(2.5, 2.75, tool_calls=[tool]),
        _turn(3, 4, text="Sold out", tts_ttfb=0.1),
        agent_name="Pizzeria",
        end_time="2026-03-01T10:00:09+00:00",
        end_reason="client_hangup",
        metadata={"order": {"id": 7}},
        telephony_params={"direction": "inbound"},
    )

    sent = _send(record)

    assert sent == (5, 0)
    (call,) = receiver.named("invoke_agent Pizzeria")
    assert not call.parent_span_id
    assert (call.start_time_unix_nano, call.end_time_unix_nano) == (
        1772359200_000000000,
        1772359209_000000000,
    )
    shown = values(call.attributes)
    assert shown["gen_ai.operation.name"] == "invoke_agent"
    assert shown["gen_ai.agent.id"] == "agent_1"
    assert shown["gen_ai.conversation.id"] == shown["cartesia.call.id"] == "ac_1"
    assert shown["cartesia.call.end_reason"] == "client_hangup"
    assert shown["cartesia.call.metadata.order"] == '{"id": 7}'
    assert shown["cartesia.call.telephony_params.direction"] == "inbound"
    assert call.status.code == 0
    (caller,) = receiver.named("user turn")
    assert caller.parent_span_id == call.span_id
    messages = json.loads(values(caller.attributes)["gen_ai.input.messages"])
    assert messages == [{"role": "user", "parts": [{"type": "text", "content": "Una margherita"}]}]
    silent, spoken = receiver.named("assistant turn")
    assert values(spoken.attributes)["cartesia.turn.reply_gap"] == 1.0
    assert values(spoken.attributes)["cartesia.turn.tts_ttfb"] == 0.1
    (order,) = receiver.named("execute_tool order")
    assert order.parent_span_id == silent.span_id
    assert order.end_time_unix_nano - order.start_time_unix_nano == 250_000_000
    assert values(order.attributes) == {
        "gen_ai.operation.name": "execute_tool",
        "gen_ai.tool.name": "order",
        "gen_ai.tool.type": "function",
        "gen_ai.tool.call.arguments": '{"item": "una"}',
        "gen_ai.tool.call.result": "Error: sold out",
        "error.type": "tool_error",
    }
    assert order.status.code == 2
    assert len({span.trace_id for span in receiver.spans}) == 1
    assert len({span.span_id for span in receiver.spans}) == 5


def test_events_and_metrics_are_on_the_span_of_the_call(receiver: Receiver) -> None:
    def metric(name: str, value: object) -> Record:
        return {"log_metric": {"name": name, "value": value, "timestamp": 1.0}}

    event = {"event": "paid", "metadata": {"eur": "15", "card": {"kind": "x"}}, "timestamp": 1.5}
    _send(
        _record(
            _turn(1, 2, log_event=event),
            _turn(1, 2, **metric("score", 4.5)),
            _turn(1, 2, **metric("step", 1.0)),
            _turn(1, 2, **metric("step", "two")),
        )
    )

    (call,) = receiver.spans
    (paid,) = call.events
    assert paid.name == "paid"
    assert paid.time_unix_nano - call.start_time_unix_nano == 1_500_000_000
    assert values(paid.attributes) == {"metadata.eur": "15", "metadata.card": '{"kind": "x"}'}
    shown = values(call.attributes)
    assert shown["cartesia.metric.score"] == 4.5
    assert shown["cartesia.metric.step"] == '[1.0, "two"]'


def test_log_records_have_severity_and_time_and_belong_to_the_call(receiver: Receiver) -> None:
    logs = [
        "2026-03-01 10:00:01.250 | ERROR    | app.flow:run:9 - it broke",
        "Traceback (most recent call last):",
        "ValueError: no",
        "INFO:     uvicorn line",
        "plain",
    ]

    assert _send(_record(), logs) == (1, 2)

    broke, info = receiver.log_records
    (call,) = receiver.spans
    assert broke.trace_id == call.trace_id
    assert broke.span_id == call.span_id
    assert broke.time_unix_nano - call.start_time_unix_nano == 1_250_000_000
    assert (broke.severity_number, broke.severity_text) == (17, "ERROR")
    assert broke.body.string_value == "\n".join(logs[:3])
    assert values(broke.attributes) == {"cartesia.log.place": "app.flow:run:9"}
    assert (info.severity_number, info.severity_text) == (9, "INFO")
    assert info.time_unix_nano == broke.time_unix_nano


@pytest.mark.parametrize("level", LEVELS)
def test_each_level_is_a_severity_of_its_range(receiver: Receiver, level: str) -> None:
    ranges = {"TRACE": 1, "DEBUG": 5, "INFO": 9, "SUCCESS": 9, "WARN": 13, "WARNING": 13}
    _send(_record(), [f"2026-03-01 10:00:01 | {level} | a:b:1 - x"])

    (record,) = receiver.log_records
    first = ranges.get(level, 17 if level == "ERROR" else 21)
    assert first <= record.severity_number < first + 4


def test_the_same_call_has_the_same_ids_each_time(receiver: Receiver) -> None:
    record = _record(_turn(1, 2, text="Hello", tool_calls=[{"name": "a"}, {"name": "b"}]))

    _send(record, ["INFO: x"])
    first = [(span.trace_id, span.span_id) for span in receiver.spans]
    _send(record, ["INFO: x"])
    _send({**record, "id": "ac_2"})

    ids = [(span.trace_id, span.span_id) for span in receiver.spans]
    assert ids[:4] == first == ids[4:8]
    assert not set(first) & set(ids[8:])
    assert {one.trace_id for one in receiver.log_records} == {first[0][0]}


@pytest.mark.parametrize(
    "fields",
    [{"status": "failed"}, {"error_message": "model timed out", "end_reason": "error"}],
)
def test_a_call_that_failed_is_an_error(receiver: Receiver, fields: Record) -> None:
    _send(_record(**fields))

    (call,) = receiver.spans
    assert call.status.code == 2
    assert call.status.message == fields.get("error_message", "failed")
    assert values(call.attributes)["error.type"] == fields.get("end_reason", "failed")


@pytest.mark.parametrize(
    ("fields", "spans"),
    [
        ({"start_time": None, "end_time": START}, 1),
        ({"start_time": None}, 0),
        ({"transcript": "odd", "telephony_params": 7, "agent_id": None}, 2),
        ({"transcript": [{"role": 5, "start_timestamp": "x"}, None], "metadata": [1]}, 3),
        ({"start_time": "0001-01-01T00:00:00Z", "transcript": [_turn(1, 2)]}, 2),
        ({"end_time": "9999-12-31T23:59:59Z", "transcript": [_turn(-1e300, 1e300)]}, 2),
        ({"metadata": {"half \ud800": "\udfff", "large": 10**40}, "summary": "\ud800"}, 1),
    ],
)
def test_malformed_records_are_sent_as_far_as_they_can_be_read(
    receiver: Receiver, fields: Record, spans: int
) -> None:
    assert _send(_record(**fields))[0] == len(receiver.spans) == spans


def test_a_log_line_that_is_no_unicode_is_sent(receiver: Receiver) -> None:
    assert _send(_record(), ["INFO: half \ud800"]) == (1, 1)
    assert receiver.log_records[0].body.string_value == "INFO: half ?"


def test_models_are_accepted_as_well_as_json(receiver: Receiver) -> None:
    record = _record(_turn(1, 2, text="Hello"))

    telemetry = call_telemetry(AgentCall.from_dict(record), log_offset=1.0)

    assert [span.name for span in telemetry.spans] == ["invoke_agent agent_1", "assistant turn"]
    assert not receiver.spans


def test_a_redactor_replaces_secrets(receiver: Receiver) -> None:
    number = "+491701234567"
    record = _record(_turn(1, 2, "user", text=f"I am {number}"), telephony_params={"from": number})

    _send(record, [f"INFO: call from {number}"], redactor=Redactor(record))

    everything = f"{receiver.spans} {receiver.log_records}"
    assert "1701234567" not in everything
    assert "phone 1" in everything


def test_standard_variables_decide_where_and_how(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_HEADERS", "x-team=blue")
    monkeypatch.setenv("OTEL_RESOURCE_ATTRIBUTES", "deployment.environment=test")
    _send(_record())
    monkeypatch.setenv("OTEL_SERVICE_NAME", "pizza")
    _send(_record())

    assert receiver.headers[0]["x-team"] == "blue"
    assert receiver.resources[0]["deployment.environment"] == "test"
    assert receiver.resources[0]["service.name"] == "cartesia-calls"
    assert receiver.resources[1]["service.name"] == "pizza"


@pytest.mark.parametrize(("signal", "sent"), [("LOGS", (1, 0)), ("TRACES", (0, 1))])
def test_a_signal_can_be_left_out(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch, signal: str, sent: tuple[int, int]
) -> None:
    monkeypatch.setenv(f"OTEL_{signal}_EXPORTER", "none")

    assert _send(_record(), ["INFO: x"]) == sent
    assert (len(receiver.spans), len(receiver.log_records)) == sent


@pytest.mark.parametrize(
    ("status", "headers", "problem"),
    [
        (400, {}, "400 Bad Request"),
        (401, {}, "401 Unauthorized"),
        (503, {}, "503 Service Unavailable"),
        (302, {"location": "/elsewhere"}, "302 Found"),
    ],
)
def test_a_refusal_by_the_receiver_is_an_error(
    receiver: Receiver, status: int, headers: dict[str, str], problem: str
) -> None:
    receiver.status, receiver.response_headers = status, headers

    with pytest.raises(OtlpError, match=rf"spans .* {receiver.url}/v1/traces: {problem}"):
        _send(_record())


@pytest.mark.parametrize(
    ("variables", "problem"),
    [
        ({"CLIENT_CERTIFICATE": "/nowhere.pem"}, "/nowhere.pem"),
        ({"TIMEOUT": "0"}, "timeout"),
        ({"ENDPOINT": "127.0.0.1:4318"}, "127.0.0.1:4318"),
    ],
)
@pytest.mark.usefixtures("receiver")
def test_settings_that_do_not_work_are_named(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], problem: str
) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "https://127.0.0.1:9")
    for name, value in variables.items():
        monkeypatch.setenv(f"OTEL_EXPORTER_OTLP_{name}", value)

    with pytest.raises(OtlpError, match=rf"could not be sent to .*: .*{problem}"):
        _send(_record())


@pytest.mark.parametrize(
    ("variables", "named"),
    [
        ({"PROTOCOL": "grpc"}, "OTEL_EXPORTER_OTLP_PROTOCOL is 'grpc'"),
        ({"TRACES_PROTOCOL": "grpc"}, "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL is 'grpc'"),
        ({"LOGS_PROTOCOL": "http/json"}, "OTEL_EXPORTER_OTLP_LOGS_PROTOCOL is 'http/json'"),
    ],
)
def test_another_protocol_is_a_configuration_error(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], named: str
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(f"OTEL_EXPORTER_OTLP_{name}", value)

    with pytest.raises(ConfigurationError, match=named) as caught:
        OtlpSender()
    assert "=http/protobuf" in caught.value.hint


def test_a_protocol_that_is_not_used_does_not_matter(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc")
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "http/protobuf")
    monkeypatch.setenv("OTEL_LOGS_EXPORTER", "none")

    assert _send(_record(), ["INFO: x"]) == (1, 0)
    assert len(receiver.spans) == 1


def test_partial_success_at_the_receiver_is_an_error(receiver: Receiver) -> None:
    rejected = ExportLogsPartialSuccess(rejected_log_records=1, error_message="too old")
    response = ExportLogsServiceResponse(partial_success=rejected)
    receiver.responses["/v1/logs"] = response.SerializeToString()

    with pytest.raises(OtlpError, match="rejected 1 of the log records: too old"):
        _send(_record(), ["INFO: x"])


def test_a_receiver_that_responds_with_text_has_accepted(receiver: Receiver) -> None:
    receiver.responses["/v1/traces"] = b"thank you!"

    assert _send(_record()) == (1, 0)


def test_long_calls_are_sent_in_batches(receiver: Receiver) -> None:
    assert _send(_record(), ["INFO: x"] * 1201) == (1, 1201)
    assert len(receiver.log_records) == 1201
    assert len(receiver.headers) == 4
