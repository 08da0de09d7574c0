"""Each request is one DEBUG record of the logger `cartesia_calls`, over every engine."""

from __future__ import annotations

import asyncio
import logging
import re
import socket
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest

from cartesia_calls import (
    APIConnectionError,
    AsyncClient,
    CartesiaError,
    Client,
    PermissionDeniedError,
)
from cartesia_calls.sandbox import Sandbox
from engines import ENGINES, EngineName
from fake_server import FLAVOURS, KEY, Action, Flavour, gathered, gathered_async
from scripted_server import ScriptedServer, http_response, serving
from streaming import BODY

pytestmark = [ENGINES, FLAVOURS]

RECORD = re.compile(
    r"(?P<method>[A-Z]+) (?P<path>/\S*): (?P<outcome>\w+), (?P<bytes>\d+) bytes, "
    r"(?P<ms>\d+\.\d) ms, attempt (?P<attempt>\d+)"
)


@pytest.fixture(autouse=True)
def all_levels(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "cartesia_calls")


def records(caplog: pytest.LogCaptureFixture) -> list[dict[str, str]]:
    found = [RECORD.fullmatch(one.getMessage()) for one in caplog.records if one.levelno == 10]
    assert None not in found
    return [one.groupdict() for one in found if one]


def send(engine: EngineName, flavour: Flavour, url: str, action: Action) -> Any:  # noqa: ANN401
    settings: dict[str, Any] = {"base_url": url, "engine": engine, "max_retries": 0, "timeout": 20}
    if flavour == "sync":
        with Client(KEY, **settings) as client:
            return gathered(action(client))

    async def send_async() -> object:
        async with AsyncClient(KEY, **settings) as client:
            return await gathered_async(action(client))

    return asyncio.run(send_async())


def test_one_request_is_one_record(
    engine: EngineName, flavour: Flavour, caplog: pytest.LogCaptureFixture
) -> None:
    body = b'{"ok": true, "version": "1"}'
    response = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)
    with ScriptedServer(serving(response)) as server:
        send(engine, flavour, server.url, lambda client: client.status())
    (record,) = records(caplog)
    assert 0 < float(record.pop("ms")) < 20_000
    assert record == {
        "method": "GET",
        "path": "/x/",
        "outcome": "200",
        "bytes": str(len(body)),
        "attempt": "1",
    }
    assert {one.name for one in caplog.records} == {"cartesia_calls"}


def test_a_request_without_a_response_is_logged_with_its_failure(
    engine: EngineName, flavour: Flavour, caplog: pytest.LogCaptureFixture
) -> None:
    with ScriptedServer(serving(b"nonsense\r\n\r\n")) as server, pytest.raises(APIConnectionError):
        send(engine, flavour, server.url, lambda client: client.calls.get("ac_1"))
    (record,) = records(caplog)
    assert (record["path"], record["outcome"]) == ("/x/agents/calls/ac_1", "APIConnectionError")


def test_an_error_is_one_record_with_its_status(
    engine: EngineName, flavour: Flavour, caplog: pytest.LogCaptureFixture
) -> None:
    actions: list[Action] = [
        lambda client: client.calls.logs("ac_1"),
        lambda client: client.calls.stream_logs("ac_1"),
    ]
    for action in actions:
        with (
            ScriptedServer(serving(http_response(b"{}", 403))) as server,
            pytest.raises(PermissionDeniedError),
        ):
            send(engine, flavour, server.url, action)
    assert [one["outcome"] for one in records(caplog)] == ["403", "403"]


def test_files_and_streams_are_logged_with_all_their_bytes(
    engine: EngineName, flavour: Flavour, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    with Sandbox() as sandbox:
        call_id, url = sandbox.calls.finished, sandbox.url
        path = tmp_path / "call.wav"
        send(engine, flavour, url, lambda client: client.calls.download_audio(call_id, path))
        send(engine, flavour, url, lambda client: client.calls.stream_logs(call_id))
        send(engine, flavour, url, lambda client: client.calls.logs(call_id))
    audio, stream, logs = records(caplog)
    assert int(audio["bytes"]) == path.stat().st_size
    assert int(stream["bytes"]) == int(logs["bytes"]) > 1000
    assert {one["outcome"] for one in (audio, stream, logs)} == {"200"}


@pytest.mark.parametrize("missing", [0, 1])
def test_a_stream_of_many_pieces_is_one_record_whole_or_broken(
    engine: EngineName, flavour: Flavour, caplog: pytest.LogCaptureFixture, missing: int
) -> None:
    response = http_response(BODY)

    def script(connection: socket.socket, _head: bytes) -> bool:
        connection.sendall(response[: len(response) - missing])
        return False

    expected = pytest.raises(APIConnectionError) if missing else nullcontext()
    with ScriptedServer(script) as server, expected:
        send(engine, flavour, server.url, lambda client: client.calls.stream_logs("ac_1"))
    (record,) = records(caplog)
    assert record["outcome"] == ("APIConnectionError" if missing else "200")
    assert int(record["bytes"]) == len(BODY) - missing


def test_neither_key_nor_header_nor_body_nor_query_is_logged(
    engine: EngineName, flavour: Flavour, caplog: pytest.LogCaptureFixture
) -> None:
    actions: list[Action] = [
        lambda client: client.calls.logs(KEY),  # in the wrong place
        lambda client: client.calls.list(agent_id="agent_secret"),
        lambda client: client.calls.stream_logs(KEY),
    ]
    sent = b"HTTP/1.1 404 No\r\nX-Private: in-a-header\r\nContent-Length: 9\r\n\r\nin-a-body"
    for action in actions:
        with ScriptedServer(serving(sent)) as server, pytest.raises(CartesiaError):
            send(engine, flavour, server.url, action)
    assert len(records(caplog)) >= len(actions)
    text = "".join(one.getMessage() for one in caplog.records if one.levelno == 10)
    for secret in (KEY, KEY[10:], "in-a-header", "in-a-body", "agent_secret", "Bearer"):
        assert secret not in text


def test_each_attempt_is_numbered(
    engine: EngineName, flavour: Flavour, caplog: pytest.LogCaptureFixture
) -> None:
    with Sandbox() as sandbox:
        sandbox.fail_next(status=503, times=2, headers={"Retry-After": "0"})
        call_id = sandbox.calls.finished
        send(
            engine,
            flavour,
            sandbox.url,
            lambda client: client.with_options(max_retries=2).calls.logs(call_id),
        )
    found = [(one["outcome"], one["attempt"]) for one in records(caplog)]
    assert found == [("503", "1"), ("503", "2"), ("200", "3")]
