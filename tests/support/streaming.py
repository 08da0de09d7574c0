"""A log that is streamed over any engine, or over the user's own httpx client."""

from __future__ import annotations

import asyncio
import json
import ssl
from typing import Any, Literal

import httpx
import pytest

from cartesia_calls import AsyncClient, Client
from engines import INSTALLED, EngineName
from fake_clock import FakeClock
from fake_server import KEY, Flavour

LINES = [f'line {number}: she said "yes", then left' for number in range(3000)]
DOCUMENT = {"call_id": "ac_1", "logs": LINES, "updated_at": "2026-03-01T10:00:00Z"}
BODY = json.dumps(DOCUMENT).encode()
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"

Sending = EngineName | Literal["own"]
"""One of our engines, or the user's own httpx client."""
ENGINES_AND_OWN = pytest.mark.parametrize("engine", [*INSTALLED, "own"])


def chunk(data: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(data), data)


def stream_into(
    got: list[str],
    engine: Sending,
    flavour: Flavour,
    url: str,
    *,
    take: int | None = None,
    clock: FakeClock | None = None,
    **settings: object,
) -> None:
    """Append lines to `got` as they arrive, up to a number to take."""
    arguments: dict[str, Any] = {"base_url": url.removesuffix("/x"), "timeout": 30, **settings}
    if clock is not None:
        arguments["clock"] = clock
    if engine != "own":
        arguments["engine"] = engine
    no_authorities = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # those of all take time to load
    if flavour == "sync":
        with httpx.Client(verify=no_authorities) as own:
            if engine == "own":
                arguments["http_client"] = own
            _stream(got, Client(KEY, **arguments), take)
        return

    async def stream() -> None:
        async with httpx.AsyncClient(verify=no_authorities) as own:
            if engine == "own":
                arguments["http_client"] = own
            await _stream_async(got, AsyncClient(KEY, **arguments), take)

    clock.run(stream()) if clock else asyncio.run(stream())


def _stream(got: list[str], client: Client, take: int | None) -> None:
    with client:
        for line in client.calls.stream_logs("ac_1"):
            got.append(line)
            if len(got) == take:
                return


async def _stream_async(got: list[str], client: AsyncClient, take: int | None) -> None:
    async with client:
        lines = client.calls.stream_logs("ac_1")
        async for line in lines:
            got.append(line)
            if len(got) == take:
                await lines.aclose()
                return
