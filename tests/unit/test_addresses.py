"""Host names with many addresses, some of which refuse or do not respond."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Generator
from typing import Any

import pytest

from cartesia_calls import APIConnectionError, APITimeoutError
from engines import ENGINES, EngineName, a_request, send
from fake_server import FLAVOURS, Flavour
from scripted_server import ScriptedServer, http_response, serving

pytestmark = [ENGINES, FLAVOURS]

NAME, SILENT, REFUSING = "many.test", "127.0.0.9", "127.0.0.8"


@pytest.fixture
def addresses(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the list of `NAME`'s addresses, for a test to fill."""
    look_up, found = socket.getaddrinfo, list[str]()

    def resolve_to_them(host: str | bytes | None, *args: Any, **options: Any) -> list[Any]:  # noqa: ANN401 - handed on
        hosts = found if host in {NAME, NAME.encode()} else [host]
        return [entry for one in hosts for entry in look_up(one, *args, **options)]

    monkeypatch.setattr(socket, "getaddrinfo", resolve_to_them)
    return found


@contextlib.contextmanager
def _silence_at(port: int) -> Generator[None]:
    """Fill the queue of a port of `SILENT`, so that clients cannot connect to it."""
    with contextlib.ExitStack() as stack:
        listener = stack.enter_context(socket.socket())
        listener.bind((SILENT, port))
        listener.listen(0)
        for _ in range(4):
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)  # noqa: FBT003 - the standard library's
            waiting.connect_ex((SILENT, port))
        yield


@pytest.mark.parametrize("first", [SILENT, REFUSING])
def test_an_address_that_does_not_respond_leaves_time_for_the_next_one(
    engine: EngineName, flavour: Flavour, first: str, addresses: list[str]
) -> None:
    addresses += [first, "127.0.0.1"]
    with ScriptedServer(serving(http_response())) as server:
        port = int(server.url.split(":")[2].partition("/")[0])
        with _silence_at(port):
            url = f"http://{NAME}:{port}/x"
            try:
                (response,) = send(engine, flavour, a_request(url, timeout=1))
            except APITimeoutError:  # a busy machine needs more
                (response,) = send(engine, flavour, a_request(url, timeout=60))
    assert response.body == b"{}"


def test_addresses_that_all_refuse_raise_one_error(
    engine: EngineName, flavour: Flavour, addresses: list[str]
) -> None:
    addresses += [REFUSING, "127.0.0.7"]
    with pytest.raises(
        APIConnectionError, match=r"^Could not connect .*: Connection refused\."
    ) as caught:
        send(engine, flavour, a_request(f"http://{NAME}:9/x"))
    assert not caught.value.may_have_arrived


def test_an_unreachable_server_received_nothing(
    engine: EngineName, flavour: Flavour, addresses: list[str]
) -> None:
    addresses += [SILENT]
    with socket.create_server((SILENT, 0)) as free:
        port = free.getsockname()[1]
    with _silence_at(port), pytest.raises(APITimeoutError) as caught:
        send(engine, flavour, a_request(f"http://{NAME}:{port}/x", timeout=0.2))
    assert not caught.value.may_have_arrived
