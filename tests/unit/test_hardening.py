"""Settings and responses that look harmless but are not."""

from __future__ import annotations

import asyncio
import json
import pickle
import traceback
from collections.abc import Callable
from typing import Any, cast

import httpx
import pytest

from cartesia_calls import (
    APIStatusError,
    AsyncClient,
    AuthenticationError,
    Client,
    ConfigurationError,
    InternalServerError,
    NotFoundError,
    ResponseValidationError,
)
from fake_server import CALL_NOT_FOUND, FLAVOURS, KEY, LOGS, FakeServer, Flavour, ok
from prose import is_prose


@pytest.mark.parametrize(
    "url",
    [
        "https://a..b",
        "https://.",
        "https://-a.example",
        f"https://{'a' * 64}.example",
        "https://xn--",
        "https://xn--zz--",
        "https://256.256.256.256",
        "https://[v1.x]",
        "https://[::1]x",
    ],
)
@pytest.mark.parametrize("kind", [Client, AsyncClient])
def test_an_impossible_host_is_refused_at_once(kind: type[Client | AsyncClient], url: str) -> None:
    with pytest.raises(ConfigurationError):
        kind(KEY, base_url=url)


@pytest.mark.parametrize(
    "url",
    [
        "http://user:hunter2@h:x",
        "ftp://user:hunter2@h",
        "//user:hunter2@h",
        "https://user:hunter2 x@h",
        "https://user:hunter2@host.example",
        "https://user:p@hunter2@host.example",
        "https://h/?token=hunter2",
        "https://h/#hunter2",
        "https://[::1?hunter2",
    ],
)
def test_a_refused_url_shows_none_of_its_secrets(url: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        Client(KEY, base_url=url)
    assert "hunter2" not in "".join(traceback.format_exception(caught.value))


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("SSL_CERT_FILE", "/nowhere/ca.pem"),
        ("SSL_CERT_FILE", __file__),
        ("HTTPS_PROXY", "foo://user:hunter2@x"),
        ("HTTPS_PROXY", "http://user:hunter2@h:bad"),
        ("ALL_PROXY", "::::"),
    ],
)
@pytest.mark.parametrize("kind", [Client, AsyncClient])
def test_a_broken_environment_is_a_configuration_error(
    kind: type[Client | AsyncClient], variable: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(ConfigurationError, match="proxy or TLS settings") as caught:
        kind(KEY)
    assert variable in caught.value.hint
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    "headers", [{"x": 1}, {1: "x"}, {"x": None}, {"x": b"a"}, [("a", "b")], "abc"]
)
def test_headers_of_the_wrong_type_are_a_configuration_error(headers: object) -> None:
    with pytest.raises(
        ConfigurationError, match=r"is no text, or has .* not allow\.|not a mapping"
    ):
        Client(KEY, headers=headers)  # type: ignore[arg-type]  # wrong on purpose


def test_headers_that_are_no_mapping_are_refused_with_an_example() -> None:
    with pytest.raises(
        ConfigurationError, match=r"^headers is of type list, not a mapping"
    ) as caught:
        Client(KEY, headers=[("a", "b")])  # type: ignore[arg-type]  # wrong on purpose
    assert caught.value.hint.startswith("Pass a dict")
    assert is_prose(caught.value.hint)


@pytest.mark.parametrize("seconds", [1e10, 1e300, 10**400, 7 * 24 * 3600 + 1])
def test_a_timeout_of_more_than_a_week_is_refused(seconds: float) -> None:
    with pytest.raises(ConfigurationError, match="a week"):
        Client(KEY, timeout=seconds)
    with pytest.raises(ValueError, match="a week"):
        FakeServer([ok()]).wait_for_logs(seconds)


@pytest.mark.parametrize("wrong", [httpx.AsyncClient(), "x", 7])
def test_a_mismatched_http_client_is_refused(wrong: object) -> None:
    with pytest.raises(ConfigurationError, match=r", not httpx\.Client"):
        Client(KEY, http_client=wrong)  # type: ignore[arg-type]  # wrong on purpose
    with pytest.raises(ConfigurationError, match=r", not httpx\.AsyncClient"):
        AsyncClient(KEY, http_client=httpx.Client())  # type: ignore[arg-type]  # wrong on purpose


def test_an_overlong_call_id_is_refused() -> None:
    with pytest.raises(ValueError, match="100000 characters"):
        FakeServer([ok()]).logs("a" * 100_000)


def test_a_client_in_a_second_event_loop_reports_it() -> None:
    client = FakeServer([ok()]).async_client()
    asyncio.run(client.calls.logs("ac_1"))
    with pytest.raises(ConfigurationError, match="another event loop"):
        asyncio.run(client.calls.logs("ac_1"))


@FLAVOURS
def test_a_key_that_the_server_quotes_is_masked(flavour: Flavour) -> None:
    quoting = httpx.Response(
        401, json={"message": f"Invalid API key: {KEY}"}, headers={"x-echo": f"Bearer {KEY}"}
    )
    with pytest.raises(AuthenticationError) as caught:
        FakeServer([quoting], flavour).logs()
    assert "sk_car_…ghij" in caught.value.summary
    assert KEY not in str(vars(caught.value))

    with pytest.raises(ResponseValidationError) as invalid:
        FakeServer([httpx.Response(200, text=f"you sent {KEY}")], flavour).logs()
    assert KEY not in str(vars(invalid.value))


class _Garbage(httpx.SyncByteStream, httpx.AsyncByteStream):
    def __iter__(self):  # type: ignore[no-untyped-def]  # noqa: ANN204 - of bytes
        yield b"this is no gzip"

    async def __aiter__(self):  # type: ignore[no-untyped-def]  # noqa: ANN204 - of bytes
        yield b"this is no gzip"


@FLAVOURS
@pytest.mark.parametrize(
    ("status", "error", "sent"),
    [(200, ResponseValidationError, 1), (503, InternalServerError, 3), (404, NotFoundError, 1)],
)
def test_a_body_with_a_wrong_content_encoding_is_an_error(
    flavour: Flavour, status: int, error: type[Exception], sent: int
) -> None:
    requests: list[httpx.Request] = []

    def respond(request: httpx.Request) -> httpx.Response:
        requests.append(request)
        return httpx.Response(
            status, headers={"content-encoding": "gzip", "retry-after": "0"}, stream=_Garbage()
        )

    transport = httpx.MockTransport(respond)

    def fetch() -> None:
        if flavour == "sync":
            Client(KEY, http_client=httpx.Client(transport=transport)).calls.logs("ac_1")
        else:
            own = httpx.AsyncClient(transport=transport)
            asyncio.run(AsyncClient(KEY, http_client=own).calls.logs("ac_1"))

    with pytest.raises(error):
        fetch()
    assert len(requests) == sent


REFUSED: dict[str, Callable[[str], object]] = {
    "another setting": lambda key: Client(key).with_options(timeout=-1),
    "a copy's": lambda key: Client(KEY).with_options(api_key=key, timeout=-1),
    "a new client's": lambda key: Client(key, timeout=-1),
    "a new async client's": lambda key: AsyncClient(key, timeout=-1),
    "an engine": lambda key: Client(key, engine=cast("Any", "warp")),
    "the key itself": lambda key: Client(f"{key} "),
}


@pytest.mark.parametrize("refused", REFUSED.values(), ids=REFUSED.keys())
def test_frames_of_a_refused_setting_do_not_hold_the_key(
    refused: Callable[[str], object],
) -> None:
    with pytest.raises(ConfigurationError) as caught:
        refused(KEY)
    frames = traceback.TracebackException.from_exception(caught.value, capture_locals=True)
    ours = [frame.locals for frame in frames.stack if "cartesia_calls" in frame.filename]
    assert len(ours) > 1
    assert "sk_car_…" in str(ours)
    assert KEY not in str(ours)


def test_a_client_with_refused_settings_has_a_repr() -> None:
    assert repr(object.__new__(Client)) == "Client()"


def test_a_client_and_its_key_are_not_pickled() -> None:
    with pytest.raises(TypeError, match=r"^an API key cannot be pickled"):
        pickle.dumps(Client(KEY, engine="httpx"))


@pytest.mark.parametrize("depth", [25, 600, 900])
def test_an_error_with_a_deep_body_travels_between_processes(depth: int) -> None:
    body = ("[" * depth + "]" * depth).encode()
    with pytest.raises(APIStatusError) as caught:
        FakeServer([httpx.Response(404, content=body)]).logs()
    assert isinstance(caught.value.body, str)
    assert pickle.loads(pickle.dumps(caught.value)).body == caught.value.body  # noqa: S301 - ours


@pytest.mark.parametrize("body", [b"x" * 10_000, b'["' + b"x" * 30_000 + b'"]'])
def test_a_large_error_body_is_cut(body: bytes) -> None:
    with pytest.raises(APIStatusError) as caught:
        FakeServer([httpx.Response(400, content=body)]).logs()
    assert len(str(caught.value.body)) == 2000


@pytest.mark.parametrize(
    ("largest", "too_large"),
    [
        pytest.param(f'"{"x" * 2000}"', f'"{"x" * 2001}"', id="text of 2,000 characters"),
        pytest.param(f'["{"x" * 19_996}"]', f'["{"x" * 19_997}"]', id="20,000 characters of JSON"),
        pytest.param("[" * 20 + "]" * 20, "[" * 21 + "]" * 21, id="arrays, 20 deep"),
        pytest.param('{"a":' * 19 + "1" + "}" * 19, '{"a":' * 20 + "1" + "}" * 20, id="objects"),
    ],
)
def test_an_error_body_is_kept_as_json_up_to_a_size_and_a_depth(
    largest: str, too_large: str
) -> None:
    for body, kept in ((largest, json.loads(largest)), (too_large, too_large[:2000])):
        with pytest.raises(APIStatusError) as caught:
            FakeServer([httpx.Response(400, text=body)]).logs()
        assert caught.value.body == kept


@FLAVOURS
def test_the_size_limit_is_passed_with_the_request(flavour: Flavour) -> None:
    body = json.dumps(LOGS)
    assert FakeServer([httpx.Response(200, text=body)], flavour).logs(max_response_bytes=len(body))
    with pytest.raises(ResponseValidationError, match="max_response_bytes"):
        FakeServer([httpx.Response(200, text=body)], flavour).logs(max_response_bytes=len(body) - 1)


def test_a_number_that_json_does_not_have_is_an_error() -> None:
    body = b'{"call_id": "a", "logs": [], "updated_at": "2026-03-01T10:00:00Z", "x": NaN}'
    with pytest.raises(ResponseValidationError, match="NaN"):
        FakeServer([httpx.Response(200, content=body)]).logs()


@pytest.mark.parametrize(
    "moment",
    [
        "20260301T100000Z",
        "2026-W09-1T00:00:00Z",
        "2026-060T10:00:00Z",
        "2026-03-01T10:00:00+05",
        "2026-03-01x10:00:00Z",
        "2026-03-01T10:00Z",
        "2026-03-01T10:00:00,5Z",
        "2026-13-01T10:00:00Z",
        "٢٠٢٦-03-01T10:00:00Z",
    ],
)
def test_a_time_that_is_not_in_rfc_3339_is_refused(moment: str) -> None:
    body: dict[str, object] = {"call_id": "a", "logs": [], "updated_at": moment}
    with pytest.raises(ResponseValidationError, match="RFC 3339") as caught:
        FakeServer([ok(body)]).logs()
    assert caught.value.pointer == "/updated_at"


def test_with_options_keeps_the_clock() -> None:
    server = FakeServer([httpx.Response(503), ok()])
    server.client().with_options(timeout=5).calls.logs("ac_1")
    assert len(server.clock.sleeps) == 1


def test_the_cap_of_a_retry_after_is_a_minute() -> None:
    at_cap = FakeServer([httpx.Response(429, headers={"retry-after": "60"}), ok()])
    at_cap.logs()
    assert at_cap.clock.sleeps == [60.0]
    with pytest.raises(APIStatusError):
        FakeServer([httpx.Response(429, headers={"retry-after": "61"}), ok()]).logs()


def test_a_client_without_a_call_is_reported_by_name() -> None:
    with pytest.raises(NotFoundError, match="Call not found"):
        FakeServer([httpx.Response(404, json=CALL_NOT_FOUND)]).logs()
