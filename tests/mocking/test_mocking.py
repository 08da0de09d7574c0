"""Libraries that mock, record and trace httpx work with the engine `httpx`: `nox -s mocking`."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import httpx
import pytest
import respx
import vcr  # pyright: ignore[reportMissingTypeStubs] - it has none
from opentelemetry.instrumentation.httpx import HTTPXClientInstrumentor
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from pytest_httpx import HTTPXMock

from cartesia_calls import AgentCallLogs, AsyncClient, CallNotFoundError, Client
from fake_server import CALL_NOT_FOUND, FLAVOURS, KEY, LOGS, Flavour
from scripted_server import ScriptedServer, http_response, serving

URL = "https://api.cartesia.ai/agents/calls/ac_1/logs"
SENT_LOGS = http_response(httpx.Response(200, json=LOGS).content)


def _logs(flavour: Flavour, base_url: str | None = None, times: int = 1) -> list[AgentCallLogs]:
    """Fetch logs with one client, several times."""
    if flavour == "sync":
        with Client(KEY, base_url=base_url, engine="httpx", max_retries=0) as client:
            return [client.calls.logs("ac_1") for _ in range(times)]

    async def fetch() -> list[AgentCallLogs]:
        async with AsyncClient(KEY, base_url=base_url, engine="httpx", max_retries=0) as client:
            return [await client.calls.logs("ac_1") for _ in range(times)]

    return asyncio.run(fetch())


@FLAVOURS
def test_respx_responds_to_requests(flavour: Flavour) -> None:
    with respx.mock:
        route = respx.get(URL).mock(
            side_effect=[httpx.Response(200, json=LOGS), httpx.Response(404, json=CALL_NOT_FOUND)]
        )
        with pytest.raises(CallNotFoundError):
            _logs(flavour, times=2)
    requests = [
        cast("respx.models.Call", call).request for call in cast("list[object]", route.calls)
    ]
    assert [request.headers["authorization"] for request in requests] == [f"Bearer {KEY}"] * 2


@FLAVOURS
def test_pytest_httpx_responds_to_requests(flavour: Flavour, httpx_mock: HTTPXMock) -> None:
    httpx_mock.add_response(url=URL, json=LOGS)
    assert [logs.logs for logs in _logs(flavour)] == [LOGS["logs"]]
    request = httpx_mock.get_request()
    assert request is not None
    assert request.headers["cartesia-version"] == "2026-03-01"


@FLAVOURS
def test_a_stream_is_mocked(httpx_mock: HTTPXMock, flavour: Flavour) -> None:
    httpx_mock.add_response(url=URL, json=LOGS)

    async def stream() -> list[str]:
        async with AsyncClient(KEY, engine="httpx") as client:
            return [line async for line in client.calls.stream_logs("ac_1")]

    if flavour == "sync":
        with Client(KEY, engine="httpx") as client:
            lines = list(client.calls.stream_logs("ac_1"))
    else:
        lines = asyncio.run(stream())
    assert lines == LOGS["logs"]


@FLAVOURS
def test_vcrpy_records_a_response_and_plays_it_back(flavour: Flavour, tmp_path: Path) -> None:
    recorder: Any = vcr.VCR(cassette_library_dir=str(tmp_path), filter_headers=["authorization"])
    with ScriptedServer(serving(SENT_LOGS)) as server:
        url = server.url.removesuffix("/x")
        for _ in range(2):
            with recorder.use_cassette("logs.yaml"):
                assert [logs.logs for logs in _logs(flavour, url)] == [LOGS["logs"]]
    assert len(server.heads) == 1
    assert KEY not in (tmp_path / "logs.yaml").read_text(encoding="utf-8")


@pytest.fixture
def spans() -> Iterator[InMemorySpanExporter]:
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    instrumentor = HTTPXClientInstrumentor()
    instrumentor.instrument(tracer_provider=provider)
    yield exporter
    instrumentor.uninstrument()
    provider.shutdown()


@FLAVOURS
def test_opentelemetry_traces_each_request(flavour: Flavour, spans: InMemorySpanExporter) -> None:
    def echo(connection: socket.socket, head: bytes) -> None:
        traced.append(b"traceparent: 00-" in head.lower())
        connection.sendall(SENT_LOGS)

    traced: list[bool] = []
    with ScriptedServer(echo) as server:
        _logs(flavour, server.url.removesuffix("/x"), times=2)
    assert traced == [True, True]
    assert [span.name for span in spans.get_finished_spans()] == ["GET", "GET"]
    assert KEY not in str([span.to_json() for span in spans.get_finished_spans()])
