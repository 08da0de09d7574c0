"""`cartesia-calls otel`, which sends calls to an OpenTelemetry receiver."""

from __future__ import annotations

import json
import logging
import socket
import sys
from datetime import UTC, datetime

import pytest
from time_machine import travel

from cartesia_calls.cli import main
from cartesia_calls.sandbox import Sandbox
from otlp_receiver import Receiver, values


def test_the_command_sends_a_call_and_sums_up(
    receiver: Receiver, account: Sandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["otel", "ac_finished", "ac_running", "ac_finished"]) == 0

    shown = " ".join(capsys.readouterr().out.split())
    spans, records = len(receiver.spans), len(receiver.log_records)
    assert shown == (
        f"Sent 1 call: {spans} spans and {records} log records, not redacted. "
        "Not over yet and left out: 1."
    )
    assert values(receiver.spans[0].attributes)["cartesia.call.id"] == account.calls.finished


def test_the_command_sends_the_calls_of_an_agent(
    receiver: Receiver,
    account: Sandbox,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG, logger="cartesia_calls")

    code = main(["otel", "--agent", account.agents.busy, "--since", "2d", "--redact", "--json"])

    assert code == 0
    done = capsys.readouterr()
    assert "without a start or end time, which are left out: 1." in done.err
    summary = json.loads(done.out)
    assert summary["redacted"] is True
    assert summary["calls"] == len(receiver.named("invoke_agent Pizzeria Da Nonò"))
    assert summary["calls"] > summary["without_logs"] > 0
    assert summary["spans"] == len(receiver.spans)
    assert summary["log_records"] == len(receiver.log_records)
    # It only reads.
    requests = [one.getMessage() for one in caplog.records if one.levelno == logging.DEBUG]
    assert requests
    assert all(request.startswith("GET ") for request in requests)


def test_a_receiver_that_is_down_is_7_and_no_call_is_reported_as_sent(
    monkeypatch: pytest.MonkeyPatch, account: Sandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://user:secret@127.0.0.1:9")
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_TIMEOUT", "0.2")

    with travel(datetime.now(UTC), tick=False):  # the timeout only keeps it from retrying
        assert main(["otel", account.calls.finished, account.calls.expired]) == 7

    shown = capsys.readouterr()
    assert "Sent 0 calls: 0 spans and 0 log records" in " ".join(shown.out.split())
    assert "Connection refused" in " ".join(shown.err.split())
    assert "secret" not in shown.err
    assert shown.err.count("Error:") == 1


def test_a_receiver_that_does_not_respond_is_7(
    monkeypatch: pytest.MonkeyPatch, account: Sandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", url)
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_TIMEOUT", "0.2")

        with travel(datetime.now(UTC), tick=False):  # likewise
            assert main(["otel", account.calls.finished]) == 7

    assert "no response in time" in " ".join(capsys.readouterr().err.split())


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("ac_unknown ac_finished", 4),
        ("--agent agent_unknown", 4),
        ("", 2),
        ("ac_finished --agent agent_busy", 2),
        ("ac_1 --since 1h", 2),
        ("ac_1 --until 1h", 2),
        ("--agent agent_busy --since 1h --until 2h", 2),
    ],
)
def test_a_call_that_cannot_be_sent_is_an_error(
    receiver: Receiver,
    account: Sandbox,
    capsys: pytest.CaptureFixture[str],
    words: str,
    code: int,
) -> None:
    assert main(["otel", *words.split()]) == code
    assert "Error:" in capsys.readouterr().err
    # An unknown call does not keep the others from being sent.
    assert bool(receiver.spans) == words.endswith(account.calls.finished)


def test_an_unknown_agent_does_not_stop_the_calls_of_others(
    receiver: Receiver, account: Sandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    agents = ["--agent", "agent_buzy", "--agent", account.agents.busy]
    assert main(["otel", *agents, "--since", "2d"]) == 4

    shown = capsys.readouterr()
    assert "did you mean agent_busy?" in " ".join(shown.err.split())
    assert f"{len(receiver.spans)} spans" in shown.out
    assert receiver.spans


def test_a_call_without_times_is_not_reported_as_sent(
    receiver: Receiver, account: Sandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    body = json.dumps({"id": "ac_finished", "agent_id": "agent_1", "status": "failed"}).encode()
    account.fail_next(
        body=body,
        status=200,
        headers={"content-type": "application/json"},
        operation="agents_get-call",
    )

    assert main(["otel", "ac_finished"]) == 0

    shown = " ".join(capsys.readouterr().out.split())
    assert shown.startswith("Sent 0 calls: 0 spans")
    assert shown.endswith("Without start and end time and left out: 1.")
    assert not receiver.spans


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "nonsense", "sent to nonsense/v1/traces: Invalid URL"),
        ("OTEL_EXPORTER_OTLP_HEADERS", "a=b%0d%0ac", "/v1/traces: Invalid leading whitespace"),
    ],
)
def test_a_wrong_setting_is_named(  # noqa: PLR0917 - fixtures
    receiver: Receiver,
    account: Sandbox,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    name: str,
    value: str,
    reason: str,
) -> None:
    monkeypatch.setenv(name, value)

    assert main(["otel", account.calls.finished]) == 7
    assert reason in " ".join(capsys.readouterr().err.split())
    assert not receiver.spans


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("OTEL_EXPORTER_OTLP_TIMEOUT", "ten"),
        ("OTEL_EXPORTER_OTLP_LOGS_TIMEOUT", "1.2.3"),
        ("OTEL_EXPORTER_OTLP_COMPRESSION", "zip"),
        ("OTEL_EXPORTER_OTLP_HEADERS", "authorization Bearer secret"),
        ("OTEL_EXPORTER_OTLP_TRACES_HEADERS", 'a=b,x="secret"'),
        ("OTEL_RESOURCE_ATTRIBUTES", "a=b,c"),
        ("OTEL_RESOURCE_ATTRIBUTES", "a=b,  " * 40 + "c"),
        ("OTEL_TRACES_EXPORTER", "console"),
        ("OTEL_LOGS_EXPORTER", "console,otlp"),
    ],
)
def test_a_malformed_setting_is_3_and_nothing_is_sent(  # noqa: PLR0917 - fixtures
    receiver: Receiver,
    account: Sandbox,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    name: str,
    value: str,
) -> None:
    monkeypatch.setenv(name, value)

    assert main(["otel", account.calls.finished]) == 3

    shown = " ".join(capsys.readouterr().err.split())
    assert name in shown
    assert "Set " in shown
    assert "secret" not in shown
    assert not receiver.spans


def test_settings_of_every_valid_form_are_accepted(
    receiver: Receiver, account: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_TIMEOUT", " 30. ")
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_COMPRESSION", "None")
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_HEADERS", " x-team = blue sky ,,x-key=a%3Db=c\n")
    monkeypatch.setenv("OTEL_RESOURCE_ATTRIBUTES", "deployment.environment=a=b, c=d, ")
    monkeypatch.setenv("OTEL_TRACES_EXPORTER", "otlp")

    assert main(["otel", account.calls.finished]) == 0
    assert receiver.headers[0]["x-team"] == "blue sky"
    assert receiver.headers[0]["x-key"] == "a=b=c"


def test_a_signal_that_is_left_out_is_in_the_summary(
    receiver: Receiver,
    account: Sandbox,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("OTEL_TRACES_EXPORTER", "none")

    assert main(["otel", account.calls.finished]) == 0
    shown = " ".join(capsys.readouterr().out.split())
    assert "No spans were sent, since OTEL_TRACES_EXPORTER is none." in shown
    assert receiver.log_records
    assert not receiver.spans


def test_without_the_extra_the_command_names_the_package_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk", None)

    assert main(["otel", "ac_1"]) == 3
    assert "opentelemetry-sdk>=" in capsys.readouterr().err


def test_another_protocol_is_3_with_the_supported_ones(
    account: Sandbox, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc")

    assert main(["otel", account.calls.finished]) == 3
    assert "Set OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf" in capsys.readouterr().err
