"""Requests that never reach an operation: keys, versions, routes and methods."""

import asyncio
from datetime import UTC, datetime
from uuid import UUID

import httpx
import pytest

from cartesia_calls.sandbox import create_app

PATH = "/agents/calls/ac_finished/logs"
KEY = {"Authorization": "Bearer sk_car_sandbox_accepted"}
VERSION = {"Cartesia-Version": "2026-03-01"}


def assert_general_error(response: httpx.Response, status: int, title: str) -> None:
    assert response.status_code == status
    assert response.headers["content-type"] == "application/json"
    body = response.json()
    assert set(body) == {"error_code", "title", "message", "request_id"}
    assert body["error_code"] is None
    assert body["title"] == title
    assert body["message"]
    assert body["request_id"] == response.headers["x-request-id"]
    assert UUID(body["request_id"])


@pytest.mark.parametrize(
    "authorization",
    [
        None,
        "",
        "Bearer",
        "Bearer ",
        "Bearer  sk_car_two_spaces",
        "Bearer sk_car_",
        "Bearer sk_car_abc",
        "Bearer sk_car_with space",
        "Bearer sk_car_ümlaut".encode(),
        "Bearer sk_other_abcdef",
        "Basic sk_car_abcdef",
        "sk_car_abcdef",
        "Bearer sk_car_sandbox_refused",
    ],
)
def test_a_missing_malformed_or_refused_key_is_unauthorized(
    in_process: httpx.Client, authorization: str | bytes | None
) -> None:
    headers: list[tuple[str | bytes, str | bytes]] = [(b"Cartesia-Version", b"2026-03-01")]
    if authorization is not None:
        headers.append((b"Authorization", authorization))

    response = in_process.get(
        PATH, headers=[(_bytes(name), _bytes(text)) for name, text in headers]
    )

    assert_general_error(response, 401, "Unauthorized")
    assert response.headers["www-authenticate"] == "Bearer"


def _bytes(text: str | bytes) -> bytes:
    return text.encode() if isinstance(text, str) else text


@pytest.mark.parametrize(
    "authorization", ["Bearer sk_car_anything-else_1", "bearer sk_car_lower_case_scheme"]
)
def test_any_other_well_formed_key_is_accepted(
    in_process: httpx.Client, authorization: str
) -> None:
    response = in_process.get(PATH, headers={**VERSION, "Authorization": authorization})

    assert response.status_code == 200


def test_an_admin_key_is_forbidden(in_process: httpx.Client) -> None:
    response = in_process.get(
        PATH, headers={**VERSION, "Authorization": "Bearer sk_car_admin_abcd"}
    )

    assert_general_error(response, 403, "Forbidden")


@pytest.mark.parametrize(
    "key", ["sk_car_sandbox_refused", "sk_car_admin_secret", "sk_car_!secret!", "secret"]
)
def test_no_response_contains_the_key(in_process: httpx.Client, key: str) -> None:
    response = in_process.get(PATH, headers={**VERSION, "Authorization": f"Bearer {key}"})

    assert response.status_code in {401, 403}
    assert key not in response.text + repr(response.headers.raw)


def test_the_key_is_checked_before_the_version(in_process: httpx.Client) -> None:
    assert in_process.get(PATH).status_code == 401


@pytest.mark.parametrize(
    ("version", "problem"),
    [
        (None, "missing"),
        ("", "missing"),
        ("latest", "not a date"),
        ("20260301", "not a date"),
        ("2026-02-30", "not a date"),
        ("2026-03-01T00:00:00Z", "not a date"),
        ("2025-04-16", "not supported"),
        ("2026-08-15", "not supported"),
    ],
)
def test_a_missing_malformed_or_unsupported_version_is_a_bad_request(
    in_process: httpx.Client, version: str | None, problem: str
) -> None:
    headers = KEY if version is None else {**KEY, "Cartesia-Version": version}

    response = in_process.get(PATH, headers=headers)

    assert_general_error(response, 400, "Bad Request")
    assert problem in response.json()["message"]
    assert "one of: 2026-03-01, 2026-08-14." in response.json()["message"]


@pytest.mark.parametrize("path", ["/", "/agents", PATH, "/agents/calls?agent_id=agent_quiet"])
def test_every_known_version_gets_the_same_response(in_process: httpx.Client, path: str) -> None:
    first, second = (
        in_process.get(path, headers={**KEY, "Cartesia-Version": version})
        for version in ("2026-03-01", "2026-08-14")
    )

    assert first.status_code == second.status_code == 200
    assert first.json() == second.json()


@pytest.mark.parametrize(
    "path",
    [
        "/nowhere",
        "/agents/",
        "/agents/calls/",
        "/agents/calls//logs",
        "/agents/calls/a/b/logs",
        "/agents/calls/ac_finished/logs/",
        "/v1/agents/calls/ac_finished/logs",
    ],
)
def test_an_unknown_route_is_not_found(in_process: httpx.Client, path: str) -> None:
    response = in_process.get(path, headers={**KEY, **VERSION})

    assert_general_error(response, 404, "Not Found")


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_another_method_is_not_allowed(in_process: httpx.Client, method: str) -> None:
    response = in_process.request(method, PATH, headers={**KEY, **VERSION})

    assert_general_error(response, 405, "Method Not Allowed")
    assert response.headers["allow"] == "GET, HEAD"


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("POST", "/", "GET, HEAD"),
        ("DELETE", "/agents", "GET, HEAD"),
        ("POST", "/agents/calls", "GET, HEAD"),
        ("PUT", "/agents/calls/ac_finished", "DELETE, GET, HEAD"),
        ("GET", "/agents/calls/ac_finished/cancel", "POST"),
    ],
)
def test_the_allowed_methods_are_all_of_the_path(
    api: httpx.Client, method: str, path: str, allowed: str
) -> None:
    response = api.request(method, path)

    assert_general_error(response, 405, "Method Not Allowed")
    assert response.headers["allow"] == allowed
    assert allowed in response.json()["message"]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/agents"),
        ("GET", "/agents/agent_busy"),
        ("GET", "/agents/calls?agent_id=agent_busy"),
        ("GET", "/agents/calls/ac_finished"),
        ("GET", "/agents/calls/ac_finished/audio"),
        ("POST", "/agents/calls/ac_running/cancel"),
        ("DELETE", "/agents/calls/ac_finished"),
    ],
)
def test_every_operation_but_the_status_needs_a_key(
    in_process: httpx.Client, method: str, path: str
) -> None:
    assert in_process.request(method, path, headers=VERSION).status_code == 401
    assert in_process.request(method, path, headers={**KEY, **VERSION}).status_code == 200


def test_the_status_needs_a_version_but_no_key(in_process: httpx.Client) -> None:
    assert_general_error(in_process.get("/", headers=KEY), 400, "Bad Request")

    response = in_process.get("/", headers=VERSION)

    assert (response.status_code, response.json()) == (200, {"ok": True, "version": "2026-03-01"})


def test_every_response_has_a_request_id_of_its_own(in_process: httpx.Client) -> None:
    responses = [
        in_process.get(f"/agents/calls/{call_id}/logs", headers={**KEY, **VERSION})
        for call_id in ("ac_finished", "ac_finished", "ac_expired", "ac_unknown")
    ]

    assert len({UUID(response.headers["x-request-id"]) for response in responses}) == 4


def test_a_crash_of_the_sandbox_is_a_general_error() -> None:
    class StoppedClock:
        def __init__(self) -> None:
            self.times = [datetime(2026, 3, 2, 9, 0, tzinfo=UTC)]

        def now(self) -> datetime:
            return self.times.pop()

    app = create_app(clock=StoppedClock())
    path = "/agents/calls/ac_running/logs"

    async def fetch() -> httpx.Response:
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://sandbox") as client:
            return await client.get(path, headers={**KEY, **VERSION})

    assert_general_error(asyncio.run(fetch()), 500, "Internal Server Error")
