"""Recordings are fetched whole; calls are cancelled or deleted at most once."""

from __future__ import annotations

import asyncio
import gzip
import socket
import wave
from pathlib import Path
from typing import Any

import httpx
import pytest

from cartesia_calls import (
    APIConnectionError,
    AsyncClient,
    Client,
    ConflictError,
    InternalServerError,
    NotFoundError,
    RateLimitError,
    ResponseValidationError,
)
from cartesia_calls.sandbox import Sandbox
from fake_clock import FakeClock
from fake_server import FLAVOURS, KEY, FakeServer, Flavour, Outcome, ok
from scripted_server import ScriptedServer, http_response

HALF = b"HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nhalf"
RECORD = {"id": "ac_1", "agent_id": "a", "status": "completed"}


def _audio(body: bytes, **headers: str) -> httpx.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx.Response(200, content=body, headers={"content-type": "audio/wav", **named})


def _download(server: FakeServer, target: Path, **settings: object) -> Path:
    path: Path = server.do(lambda client: client.calls.download_audio("ac_1", target, **settings))
    return path


@FLAVOURS
def test_a_recording_is_written_and_its_progress_reported(flavour: Flavour, tmp_path: Path) -> None:
    seen: list[tuple[int, int | None]] = []
    target = tmp_path / "call.wav"
    server = FakeServer([_audio(b"RIFF" + bytes(996))], flavour)

    def progress(came: int, total: int | None) -> None:
        seen.append((came, total))

    assert _download(server, target, progress=progress) == target
    assert target.read_bytes() == b"RIFF" + bytes(996)
    assert seen[-1] == (1000, 1000)
    assert server.requests[0].url.raw_path == b"/agents/calls/ac_1/audio"
    assert list(tmp_path.iterdir()) == [target]


def _download_from(url: str, flavour: Flavour, target: Path, **settings: Any) -> None:  # noqa: ANN401 - settings of any test
    arguments: dict[str, Any] = {"base_url": url, "clock": FakeClock(), **settings}
    if flavour == "sync":
        with Client(KEY, **arguments) as client:
            client.calls.download_audio("ac_1", target)
        return

    async def download() -> None:
        async with AsyncClient(KEY, **arguments) as client:
            await client.calls.download_audio("ac_1", target)

    asyncio.run(download())


@FLAVOURS
def test_a_recording_cut_half_way_is_fetched_again_from_its_beginning(
    flavour: Flavour, tmp_path: Path
) -> None:
    def half_first(connection: socket.socket, _head: bytes) -> bool:
        is_first = len(server.heads) == 1
        connection.sendall(HALF if is_first else http_response(b"allofit!"))
        return not is_first

    target = tmp_path / "call.wav"
    with ScriptedServer(half_first) as server:
        _download_from(server.url, flavour, target)
    assert target.read_bytes() == b"allofit!"
    assert len(server.heads) == 2


@FLAVOURS
def test_a_recording_cut_half_way_leaves_no_file(flavour: Flavour, tmp_path: Path) -> None:
    def half(connection: socket.socket, _head: bytes) -> bool:
        connection.sendall(HALF)
        return False

    with ScriptedServer(half) as server, pytest.raises(APIConnectionError):
        _download_from(server.url, flavour, tmp_path / "call.wav", max_retries=0)
    assert list(tmp_path.iterdir()) == []


@FLAVOURS
def test_a_recording_shorter_than_its_length_is_fetched_again_over_any_client(
    flavour: Flavour, tmp_path: Path
) -> None:
    half, whole = _audio(b"half", content_length="8"), _audio(b"allofit!")
    server = FakeServer([half, whole], flavour)
    assert _download(server, tmp_path / "call.wav").read_bytes() == b"allofit!"
    assert len(server.requests) == 2
    with pytest.raises(APIConnectionError, match="the body ended after 4 of 8 bytes"):
        _download(FakeServer([half] * 3, flavour), tmp_path / "other.wav")
    assert not (tmp_path / "other.wav").exists()


@FLAVOURS
def test_the_length_of_an_encoded_recording_is_not_that_of_its_content(
    flavour: Flavour, tmp_path: Path
) -> None:
    def respond(_request: httpx.Request) -> httpx.Response:
        return _audio(gzip.compress(b"RIFF"), content_encoding="gzip")

    make = httpx.Client if flavour == "sync" else httpx.AsyncClient
    own = make(transport=httpx.MockTransport(respond))
    target = tmp_path / "call.wav"
    _download_from("https://api.example.com", flavour, target, http_client=own)
    assert target.read_bytes() == b"RIFF"


@FLAVOURS
@pytest.mark.parametrize(
    ("response", "error"),
    [
        (httpx.Response(404, json={"title": "No recording"}), NotFoundError),
        (httpx.Response(200, text="<html>"), ResponseValidationError),
        (httpx.Response(204), ResponseValidationError),
        (httpx.Response(500), InternalServerError),
    ],
)
def test_a_failure_writes_and_changes_no_file(
    flavour: Flavour, response: httpx.Response, error: type[Exception], tmp_path: Path
) -> None:
    target = tmp_path / "call.wav"
    with pytest.raises(error):
        _download(FakeServer([response], flavour), target)
    assert list(tmp_path.iterdir()) == []
    target.write_bytes(b"before")
    with pytest.raises(error):
        _download(FakeServer([response], flavour), target, overwrite=True)
    assert target.read_bytes() == b"before"


@FLAVOURS
def test_an_existing_file_is_kept_by_default(flavour: Flavour, tmp_path: Path) -> None:
    target = tmp_path / "call.wav"
    target.write_bytes(b"before")
    server = FakeServer([_audio(b"new")], flavour)
    with pytest.raises(FileExistsError):
        _download(server, target)
    assert server.requests == []
    assert _download(server, target, overwrite=True).read_bytes() == b"new"


def test_the_sandbox_s_recording_plays(tmp_path: Path) -> None:
    with Sandbox() as sandbox, Client(sandbox.api_key, base_url=sandbox.url) as client:
        path = client.calls.download_audio(sandbox.calls.finished, tmp_path / "call.wav")
    with wave.open(str(path)) as recording:
        assert recording.getnframes() > recording.getframerate()


ACTIONS = pytest.mark.parametrize(
    ("action", "done"), [("cancel", ok({"cancelled": True})), ("delete", ok(RECORD))]
)


@FLAVOURS
@ACTIONS
@pytest.mark.parametrize(
    "not_acted_on", [httpx.ConnectError("refused"), httpx.Response(429)], ids=repr
)
def test_a_request_known_to_have_had_no_effect_is_retried(
    flavour: Flavour, action: str, done: httpx.Response, not_acted_on: Outcome
) -> None:
    server = FakeServer([not_acted_on, done], flavour)
    server.do(lambda client: getattr(client.calls, action)("ac_1"))
    assert len(server.requests) == 2


@FLAVOURS
@ACTIONS
@pytest.mark.parametrize(
    ("response", "error"),
    [
        (httpx.ReadTimeout(""), APIConnectionError),
        (httpx.ReadError("reset"), APIConnectionError),
        (httpx.Response(500), InternalServerError),
        (httpx.Response(503), InternalServerError),
        (httpx.Response(409), ConflictError),
        (httpx.Response(429, headers={"retry-after": "3600"}), RateLimitError),
    ],
)
def test_a_request_that_may_have_had_an_effect_is_not_retried(
    flavour: Flavour, action: str, done: httpx.Response, response: Outcome, error: type[Exception]
) -> None:
    server = FakeServer([response, done], flavour)
    with pytest.raises(error):
        server.do(lambda client: getattr(client.calls, action)("ac_1"))
    assert len(server.requests) == 1


def test_methods_and_paths() -> None:
    server = FakeServer([ok({"cancelled": True}), ok(RECORD)])
    client = server.client()
    client.calls.cancel("ac_1")
    assert client.calls.delete("ac_1").id == "ac_1"
    assert [(r.method, r.url.path) for r in server.requests] == [
        ("POST", "/agents/calls/ac_1/cancel"),
        ("DELETE", "/agents/calls/ac_1"),
    ]


@FLAVOURS
def test_the_status_is_requested_without_the_key(flavour: Flavour) -> None:
    server = FakeServer([ok({"ok": True, "version": "1"})], flavour)
    assert server.do(lambda client: client.status()).ok
    assert "authorization" not in server.requests[0].headers


@FLAVOURS
def test_a_status_that_is_refused_is_an_error_like_any_other(flavour: Flavour) -> None:
    with pytest.raises(InternalServerError):
        FakeServer([httpx.Response(500)], flavour).do(lambda client: client.status())


@FLAVOURS
def test_agents_and_records_are_requested_by_their_ids(flavour: Flavour) -> None:
    agent = {
        "id": "agent/1",
        "name": "Pizza",
        "created_at": "2026-03-01T10:00:00Z",
        "updated_at": "2026-03-01T10:00:00Z",
        "tts_voice": "v",
        "tts_language": "it",
        "has_text_to_agent_run": False,
        "deployment_count": 1,
    }
    server = FakeServer([ok({"summaries": [agent]}), ok(agent)], flavour, record=ok(RECORD))
    assert [a.name for a in server.do(lambda client: client.agents.list())] == ["Pizza"]
    assert server.do(lambda client: client.agents.get("agent/1")).id == "agent/1"
    assert server.do(lambda client: client.calls.get("ac_1")).id == "ac_1"
    assert [r.url.raw_path for r in server.requests] == [b"/agents", b"/agents/agent%2F1"]


def test_a_call_deleted_between_list_and_get_is_not_found() -> None:
    with Sandbox() as sandbox, Client(sandbox.api_key, base_url=sandbox.url) as client:
        call = next(iter(client.calls.list(agent_id=sandbox.agents.busy, status="completed")))
        assert client.calls.delete(call.id).redacted_at
        assert client.calls.get(call.id).transcript is None
        sandbox.fail_next(status=404, operation="agents_get-call")
        with pytest.raises(NotFoundError):
            client.calls.get(call.id)


def test_all_calls_of_an_agent_are_yielded_once() -> None:
    with Sandbox() as sandbox, Client(sandbox.api_key, base_url=sandbox.url) as client:
        ids = [call.id for call in client.calls.list(agent_id=sandbox.agents.busy)]
        assert len(ids) == len(set(ids)) == 247
        assert next(agent.id for agent in client.agents.list()) == sandbox.agents.busy
        assert client.agents.get(sandbox.agents.quiet).id == sandbox.agents.quiet
