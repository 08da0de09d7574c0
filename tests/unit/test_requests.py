"""The requests of both clients."""

from __future__ import annotations

import json

import httpx
import pytest

from fake_server import FLAVOURS, KEY, FakeServer, Flavour, ok


@FLAVOURS
def test_a_request_carries_key_and_version(flavour: Flavour) -> None:
    server = FakeServer([ok()], flavour)
    server.logs("ac_1")
    (request,) = server.requests
    assert request.method == "GET"
    assert str(request.url) == "https://api.example.com/agents/calls/ac_1/logs"
    assert request.headers["authorization"] == f"Bearer {KEY}"
    assert request.headers["cartesia-version"] == "2026-03-01"
    assert request.headers["accept"] == "application/json, audio/wav"
    assert request.headers["user-agent"].startswith("cartesia-calls/")
    assert request.content == b""


@FLAVOURS
def test_any_date_can_be_the_version_and_own_headers_are_sent(flavour: Flavour) -> None:
    server = FakeServer([ok()], flavour)
    server.logs("ac_1", api_version="2026-08-14", headers={"X-Trace": "7", "User-Agent": "mine"})
    (request,) = server.requests
    assert request.headers.get_list("cartesia-version") == ["2026-08-14"]
    assert request.headers["x-trace"] == "7"
    assert request.headers.get_list("user-agent") == ["mine"]


@FLAVOURS
@pytest.mark.parametrize(
    ("call_id", "segment"),
    [
        ("a/b", "a%2Fb"),
        ("a?b=1", "a%3Fb%3D1"),
        ("a#b", "a%23b"),
        ("ä ö\n", "%C3%A4%20%C3%B6%0A"),
        ("../../status", "..%2F..%2Fstatus"),
        ("...", "..."),
        ("%2e%2e", "%252e%252e"),
        ("a\\b", "a%5Cb"),
        ("日本🍕", "%E6%97%A5%E6%9C%AC%F0%9F%8D%95"),
    ],
)
def test_a_call_id_is_one_path_segment(flavour: Flavour, call_id: str, segment: str) -> None:
    server = FakeServer([ok()], flavour)
    server.logs(call_id)
    assert server.requests[0].url.raw_path == f"/agents/calls/{segment}/logs".encode()


@FLAVOURS
def test_a_base_url_with_a_path_is_kept_whole(flavour: Flavour) -> None:
    server = FakeServer([ok()], flavour)
    server.logs("ac_1", base_url="https://gateway.example/cartesia/")
    assert str(server.requests[0].url) == (
        "https://gateway.example/cartesia/agents/calls/ac_1/logs"
    )


@FLAVOURS
@pytest.mark.parametrize(
    ("call_id", "error"),
    [
        ("", ValueError),
        ("  ", ValueError),
        (".", ValueError),
        ("..", ValueError),
        ("\ud800", ValueError),
        (None, TypeError),
        (7, TypeError),
        (b"ac_1", TypeError),
    ],
)
def test_an_impossible_call_id_is_refused_before_anything_is_sent(
    flavour: Flavour, call_id: str, error: type[Exception]
) -> None:
    server = FakeServer([ok()], flavour)
    with pytest.raises(error, match=r"call_id .*ac_123|surrogate"):
        server.logs(call_id)
    assert server.requests == []


@FLAVOURS
@pytest.mark.parametrize("status", [300, 301, 302, 307, 308, 399])
def test_a_redirect_is_not_followed(flavour: Flavour, status: int) -> None:
    moved = httpx.Response(status, headers={"location": "https://evil.example/"})
    server = FakeServer([moved], flavour)
    with pytest.raises(Exception, match="Redirects are not followed") as caught:
        server.logs()
    assert type(caught.value).__name__ == "APIStatusError"
    assert str(caught.value).endswith(" The server points to https://evil.example/.")
    assert [request.url.host for request in server.requests] == ["api.example.com"]


def test_a_redirect_without_a_target_is_reported() -> None:
    with pytest.raises(
        Exception, match=r"\)\. Redirects are not followed.*; check the base URL\.$"
    ):
        FakeServer([httpx.Response(302)]).logs()


@FLAVOURS
def test_an_http_client_that_follows_redirects_does_not_take_the_key_elsewhere(
    flavour: Flavour,
) -> None:
    server = FakeServer([httpx.Response(302, headers={"location": "https://evil.example/"})])
    if flavour == "sync":
        own = httpx.Client(
            transport=httpx.MockTransport(server.handle), follow_redirects=True, auth=("u", "p")
        )
        with pytest.raises(Exception, match="Redirects"):
            server.client(http_client=own).calls.logs("ac_1")
    else:
        own_async = httpx.AsyncClient(
            transport=httpx.MockTransport(server.handle), follow_redirects=True, auth=("u", "p")
        )
        server.flavour = "async"
        with pytest.raises(Exception, match="Redirects"):
            server.logs(http_client=own_async)
    (request,) = server.requests
    assert request.headers["authorization"] == f"Bearer {KEY}"


@FLAVOURS
def test_a_closed_client_reports_it(flavour: Flavour) -> None:
    server = FakeServer([ok()], flavour)
    own = httpx.Client(transport=httpx.MockTransport(server.handle))
    own_async = httpx.AsyncClient(transport=httpx.MockTransport(server.handle))
    own.close()
    import asyncio  # noqa: PLC0415 - for this one line

    asyncio.run(own_async.aclose())
    with pytest.raises(Exception, match="This client is closed") as caught:
        server.logs(http_client=own if flavour == "sync" else own_async)
    assert type(caught.value).__name__ == "ConfigurationError"


def test_the_response_is_typed() -> None:
    body: dict[str, object] = {
        "call_id": "ac_1",
        "logs": [],
        "updated_at": "2026-03-01t11:00:00.123456789+01:00",
    }
    logs = FakeServer([ok({**body, "retention_days": 30})]).logs()
    assert (logs.call_id, logs.logs) == ("ac_1", [])
    assert logs.updated_at.isoformat() == "2026-03-01T11:00:00.123456+01:00"
    assert logs["retention_days"] == 30
    assert json.dumps(logs.to_dict())
