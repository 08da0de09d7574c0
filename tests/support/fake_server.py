"""Clients whose transport is a function: requests are kept, responses are scripted."""

from __future__ import annotations

import asyncio
import inspect
import re
from collections.abc import AsyncIterable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, cast

import httpx
import pytest

from cartesia_calls import AgentCallLogs, AsyncClient, Client
from fake_clock import FakeClock

Flavour = Literal["sync", "async"]
FLAVOURS = pytest.mark.parametrize("flavour", ["sync", "async"])
Outcome = httpx.Response | Exception
Action = Callable[[Any], Any]
"""Takes a client of either flavour, and calls it."""

KEY = "sk_car_0123456789abcdefghij"
URL = "https://api.example.com"
LOGS = {"call_id": "ac_1", "logs": ["one", "two"], "updated_at": "2026-03-01T10:00:00Z"}
CALL_NOT_FOUND = {"message": "Call not found", "description": "No such call."}
LOGS_NOT_AVAILABLE = {"message": "Call logs not available", "description": "Not now."}


def ok(body: object = LOGS) -> httpx.Response:
    return httpx.Response(200, json=body)


def client_of_pieces(
    pieces: Iterable[bytes], headers: Mapping[str, str] | None = None, **settings: object
) -> Client:
    """Return a client that gets one response, piece by piece."""
    response = httpx.Response(200, headers=headers, content=iter(pieces))
    transport = httpx.MockTransport(lambda _: response)
    arguments = {"base_url": URL, "http_client": httpx.Client(transport=transport), **settings}
    return Client(KEY, **arguments)  # type: ignore[arg-type]  # settings of any test


def cut(body: bytes, size: int) -> list[bytes]:
    """Return a body in pieces of a size."""
    return [body[start : start + size] for start in range(0, len(body), size)]


def _fresh(response: httpx.Response) -> httpx.Response:
    # A response can be read once only.
    return httpx.Response(response.status_code, headers=response.headers, content=response.content)


@dataclass
class FakeServer:
    """Responds to each request with the next outcome, and repeats the last one.

    Attributes:
        outcomes: The responses; the transport raises one that is an exception.
        flavour: Which client `logs` and `wait_for_logs` use.
        takes: Seconds of the clock that each request takes.
        record: The response to each request for a call's record.
        requests: The requests that were sent, without those for a record.
        record_requests: The requests for a record.
    """

    outcomes: Iterable[Outcome]
    flavour: Flavour = "sync"
    takes: float = 0.0
    clock: FakeClock = field(default_factory=FakeClock)
    record: httpx.Response = field(default_factory=lambda: httpx.Response(404))
    requests: list[httpx.Request] = field(default_factory=list[httpx.Request])
    record_requests: list[httpx.Request] = field(default_factory=list[httpx.Request])

    def __post_init__(self) -> None:
        self._outcomes = list(self.outcomes)

    def handle(self, request: httpx.Request) -> httpx.Response:
        bound: float = request.extensions["timeout"]["read"]
        self.clock.elapsed += min(self.takes, bound)
        if self.takes > bound:
            raise httpx.ReadTimeout("")
        if re.fullmatch(rb"/agents/calls/[^/]+", request.url.raw_path) and request.method == "GET":
            self.record_requests.append(request)
            return _fresh(self.record)
        self.requests.append(request)
        outcome = self._outcomes[0] if len(self._outcomes) == 1 else self._outcomes.pop(0)
        if isinstance(outcome, Exception):
            raise outcome
        return _fresh(outcome)

    def client(self, **settings: object) -> Client:
        transport = httpx.Client(transport=httpx.MockTransport(self.handle))
        arguments = {"base_url": URL, "http_client": transport, "clock": self.clock, **settings}
        return Client(KEY, **arguments)  # type: ignore[arg-type]  # settings of any test

    def async_client(self, **settings: object) -> AsyncClient:
        transport = httpx.AsyncClient(transport=httpx.MockTransport(self.handle))
        arguments = {"base_url": URL, "http_client": transport, "clock": self.clock, **settings}
        return AsyncClient(KEY, **arguments)  # type: ignore[arg-type]  # settings of any test

    def logs(self, call_id: str = "ac_1", **settings: object) -> AgentCallLogs:
        logs: AgentCallLogs = self.do(lambda client: client.calls.logs(call_id), **settings)
        return logs

    def wait_for_logs(self, timeout: float, **settings: object) -> AgentCallLogs:
        logs: AgentCallLogs = self.do(
            lambda client: client.calls.wait_for_logs("ac_1", timeout), **settings
        )
        return logs

    def do(self, action: Action, **settings: object) -> Any:  # noqa: ANN401 - any result
        """Call a client of the flavour; gather items in a list."""
        if self.flavour == "sync":
            with self.client(**settings) as client:
                return gathered(action(client))

        async def run_async() -> object:
            async with self.async_client(**settings) as client:
                return await gathered_async(action(client))

        return asyncio.run(run_async())


def gathered(result: object) -> object:
    """Return the result of a client, with items gathered in a list."""
    return list(cast("Iterable[object]", result)) if isinstance(result, Iterable) else result


async def gathered_async(result: object) -> object:
    """Return the result of an async client, awaited or gathered."""
    if isinstance(result, AsyncIterable):
        return [item async for item in cast("AsyncIterable[object]", result)]
    return await result if inspect.isawaitable(result) else result
