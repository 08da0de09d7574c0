"""Settings from arguments, the environment and defaults; invalid ones are refused at once."""

from __future__ import annotations

import math
from functools import partial
from typing import Any

import httpx
import pytest

from cartesia_calls import AsyncClient, Client, ConfigurationError, RetryEvent, SystemClock
from fake_server import KEY, FakeServer, ok
from prose import is_prose


@pytest.mark.parametrize("kind", [Client, AsyncClient])
def test_an_argument_overrides_the_environment_and_that_the_default(
    kind: type[Client | AsyncClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    by_default = kind(KEY)
    assert by_default.base_url == "https://api.cartesia.ai"
    assert by_default.api_version == "2026-03-01"
    assert (by_default.timeout, by_default.max_retries) == (60.0, 2)
    assert by_default.logs_grace_period == 600
    assert by_default.engine in {"httpx", "fast"}

    monkeypatch.setenv("CARTESIA_API_KEY", "sk_car_from_environment_1234")
    monkeypatch.setenv("CARTESIA_BASE_URL", "https://environment.example")
    monkeypatch.setenv("CARTESIA_VERSION", "2025-04-16")
    from_environment = kind()
    assert from_environment.base_url == "https://environment.example"
    assert from_environment.api_version == "2025-04-16"
    assert "…1234" in repr(from_environment)

    from_arguments = kind(KEY, base_url="https://argument.example/", api_version="2026-08-14")
    assert from_arguments.base_url == "https://argument.example"
    assert from_arguments.api_version == "2026-08-14"
    assert "…ghij" in repr(from_arguments)


@pytest.mark.parametrize("kind", [Client, AsyncClient])
def test_the_environment_may_name_the_engine(
    kind: type[Client | AsyncClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CARTESIA_ENGINE", "httpx")
    assert kind(KEY).engine == "httpx"
    monkeypatch.setenv("CARTESIA_ENGINE", "warp")
    with pytest.raises(ConfigurationError, match=r"no engine 'warp' \(CARTESIA_ENGINE\)"):
        kind(KEY)
    with pytest.raises(ConfigurationError, match=r"no engine 'bend' \(argument\)"):
        kind(KEY, engine="bend")  # type: ignore[arg-type]  # wrong on purpose
    assert kind(KEY, engine="httpx").engine == "httpx"


def test_the_users_own_client_overrides_the_engine_of_the_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("CARTESIA_ENGINE", "fast")
    assert FakeServer([ok()]).client().engine == "httpx"


def test_an_empty_variable_counts_as_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CARTESIA_BASE_URL", "")
    assert Client(KEY).base_url == "https://api.cartesia.ai"
    monkeypatch.setenv("CARTESIA_API_KEY", "")
    with pytest.raises(ConfigurationError, match="No API key is set"):
        Client()


@pytest.mark.parametrize(
    ("key", "says"),
    [
        (None, "No API key is set"),
        ("", "empty"),
        ("sk_car_abc\n", "line breaks"),
        ("sk_car_abc\r\nx-evil: 1", "line breaks"),
        ("sk_car_ünï", "visible ASCII"),
        (b"sk_car_bytes", "visible ASCII"),
        (123, "visible ASCII"),
        ("sk_car_admin_0123456789", "admin key"),
    ],
)
def test_an_impossible_key_is_refused_without_showing_it(key: str | None, says: str) -> None:
    with pytest.raises(ConfigurationError, match=says) as caught:
        Client(key)
    assert is_prose(caught.value.summary)
    assert is_prose(caught.value.hint)
    assert not key or str(key) not in str(caught.value)


def test_the_error_names_the_source_of_a_refused_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CARTESIA_API_KEY", "sk_car_admin_0123456789")
    with pytest.raises(ConfigurationError, match=r"^The API key \(CARTESIA_API_KEY\) is an admin"):
        Client()
    with pytest.raises(ConfigurationError, match=r"^The API key \(argument\) is not a word"):
        Client("two words")


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("http://api.cartesia.ai", "would send the API key over plain HTTP"),
        ("http://192.168.1.1", "would send the API key over plain HTTP"),
        ("http://127.0.0.1.evil.example", "would send the API key over plain HTTP"),
        ("http://localhost.evil.example", "would send the API key over plain HTTP"),
        ("http://2130706433", "would send the API key over plain HTTP"),
        ("ftp://127.0.0.1", "is not an https:// URL"),
        ("api.cartesia.ai", "is not an https:// URL"),
        ("https://", "is not an https:// URL"),
        ("https://[::1", "is malformed"),
        ("https://host:port", "is malformed"),
        ("https://user:password@api.cartesia.ai", "holds a user name or password"),
        ("https://user:a@password@api.cartesia.ai", "holds a user name or password"),
        ("http://127.0.0.1@evil.example", "holds a user name or password"),
        ("https://api.cartesia.ai?key=1", "has a query or a fragment"),
        ("https://api.cartesia.ai#part", "has a query or a fragment"),
        ("https://-a.example", "has a host that is no host name and no address"),
        ("https://999.0.0.1", "has a host that is no host name and no address"),
        ("https://[::1]x", "has a host that is no host name and no address"),
        ("https://api.cartesia.ai\n", "is not a URL in plain ASCII"),
        ("https://api.cartesia.ai\\@evil.example", "is not a URL in plain ASCII"),
        ("https://api.cartesia.ai/a\\b", "is not a URL in plain ASCII"),
        ("https://bücher.example", "is not a URL in plain ASCII"),
        ("", "is not a URL in plain ASCII"),
        (17, "is not a URL in plain ASCII"),
    ],
)
def test_an_unsafe_base_url_is_refused(url: str, problem: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        Client(KEY, base_url=url)
    assert caught.value.summary.endswith(f" {problem}.")
    assert is_prose(caught.value.summary)
    assert is_prose(caught.value.hint)
    assert "password" not in caught.value.summary.replace("user name or password", "")


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:8000",
        "http://127.8.9.10",
        "http://localhost:1",
        "http://[::1]:8000",
        "https://proxy.example/cartesia/",
        "https://xn--bcher-kva.example",
    ],
)
def test_https_anywhere_and_http_on_loopback_are_allowed(url: str) -> None:
    assert Client(KEY, base_url=url).base_url == url.rstrip("/")


@pytest.mark.parametrize("version", ["2026-3-1", "20260301", "2026-02-30", "latest", "", 2026])
def test_a_version_that_is_no_date_is_refused(version: str) -> None:
    with pytest.raises(ConfigurationError, match="not a date"):
        Client(KEY, api_version=version)


@pytest.mark.parametrize(
    "setting",
    [
        {"timeout": 0},
        {"timeout": -1},
        {"timeout": math.inf},
        {"timeout": math.nan},
        {"timeout": None},
        {"timeout": True},
        {"timeout": "60"},
        {"max_retries": -1},
        {"max_retries": 1.5},
        {"max_retries": True},
        {"total_timeout": 0},
        {"total_timeout": "60"},
        {"max_response_bytes": 0},
        {"max_response_bytes": True},
        {"max_response_bytes": 1.5},
        {"on_retry": "print"},
        {"engine": "warp"},
        {"headers": [("x-a", "1")]},
        {"headers": {"bad name": "x"}},
        {"headers": {"x-a": "line\nbreak"}},
        {"headers": {"Authorization": "Bearer other"}},
        {"headers": {"cartesia-version": "2026-03-01"}},
        {"headers": {"Accept-Encoding": "br"}},
    ],
)
def test_a_bad_setting_is_refused_with_a_hint(setting: dict[str, object]) -> None:
    with pytest.raises(ConfigurationError) as caught:
        Client(KEY, **setting)  # type: ignore[arg-type]  # wrong on purpose
    assert caught.value.summary.endswith(".")
    assert is_prose(caught.value.hint)


async def _report(_event: RetryEvent) -> None: ...


@pytest.mark.parametrize("kind", [Client, AsyncClient])
def test_a_coroutine_is_no_hook(kind: type[Client | AsyncClient]) -> None:
    with pytest.raises(
        ConfigurationError, match=r"^on_retry is a coroutine function, not a plain function\. Pass"
    ):
        kind(KEY, on_retry=_report)


class _StoppedClock:
    def monotonic(self) -> float:
        return 0


@pytest.mark.parametrize("kind", [Client, AsyncClient])
@pytest.mark.parametrize("clock", [object(), 0, "", SystemClock, _StoppedClock()])
def test_what_lacks_the_methods_of_a_clock_is_refused(
    kind: type[Client | AsyncClient], clock: object
) -> None:
    wrong: dict[str, Any] = {"clock": clock}
    with pytest.raises(
        ConfigurationError, match=r"^clock is of type \w+, which lacks the"
    ) as caught:
        kind(KEY, **wrong)
    assert caught.value.hint == "Pass an object with the methods of `Clock`, such as SystemClock()."


@pytest.mark.parametrize(
    "name",
    [
        "timeout",
        "total_timeout",
        "logs_grace_period",
        "max_retries",
        "max_response_bytes",
        "on_retry",
        "headers",
    ],
)
def test_a_refused_setting_is_named(name: str) -> None:
    wrong: dict[str, Any] = {name: "60"}
    for refuse in (partial(Client, KEY), Client(KEY).with_options):
        with pytest.raises(ConfigurationError, match=f"^{name}[ =]"):
            refuse(**wrong)


@pytest.mark.parametrize("name", ["timeout", "total_timeout", "logs_grace_period"])
def test_a_timeout_of_zero_is_refused_with_an_example(name: str) -> None:
    nothing: dict[str, Any] = {name: 0}
    for refuse in (partial(Client, KEY), Client(KEY).with_options):
        with pytest.raises(ConfigurationError, match=f"{name} is 0") as caught:
            refuse(**nothing)
        assert f" {name}=60." in caught.value.hint


def test_a_refused_version_gets_an_example() -> None:
    with pytest.raises(ConfigurationError, match="such as 2026-03-01"):
        Client(KEY, api_version="latest")
    with pytest.raises(ConfigurationError, match="such as 2026-03-01"):
        Client(KEY, api_version="2026-08-14").with_options(api_version="latest")


def test_the_smallest_values_of_settings_are_accepted() -> None:
    client = Client(KEY, max_retries=0, max_response_bytes=1, timeout=0.001)
    assert (client.max_retries, client.max_response_bytes, client.timeout) == (0, 1, 0.001)


def test_a_hook_that_can_not_be_called_is_reported_by_its_type() -> None:
    with pytest.raises(ConfigurationError, match=r"^on_retry is of type str, not a plain function"):
        Client(KEY, on_retry="print")  # type: ignore[arg-type]  # wrong on purpose


def test_the_key_shows_in_no_repr() -> None:
    server = FakeServer([ok()])
    client = server.client()
    client.calls.logs("ac_1")
    for shown in (repr(client), str(vars(client)), str(vars(client.calls))):
        assert KEY not in shown
    assert repr(client).startswith("Client(api_key=sk_car_…ghij, base_url=")


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("ftp://127.0.0.1/a", "ftp://127.0.0.1/a"),
        ("http://api.cartesia.ai", "http://api.cartesia.ai"),
        ("https://host:port", "https://host:port"),
        ("https://-a.example", "https://-a.example"),
        ("https://user:password@a.example", "…@a.example"),
        ("https://a.example/b?key=1", "https://a.example/b"),
        (17, 17),
    ],
)
def test_a_refused_url_is_shown_without_its_secrets(url: str, shown: object) -> None:
    with pytest.raises(ConfigurationError) as caught:
        Client(KEY, base_url=url)
    assert caught.value.summary.startswith(f"The base URL {shown!r} ")


def test_a_short_key_shows_none_of_its_characters() -> None:
    assert "api_key=sk_car_…," in repr(Client("sk_car_abcdef"))
    assert "api_key=…," in repr(Client("abcdef"))
    assert "api_key=sk_car_…," in repr(Client("sk_car_0123456wxyz"))
    assert "api_key=sk_car_…wxyz," in repr(Client("sk_car_01234567wxyz"))


def test_with_options_changes_a_copy_and_shares_the_connections() -> None:
    server = FakeServer([ok()])
    client = server.client(headers={"x-a": "1"})
    other = client.with_options(
        api_key="sk_car_other", api_version="2026-08-14", timeout=5, headers={"x-b": "2"}
    )
    other.calls.logs("ac_1")
    client.calls.logs("ac_1")

    by_other, by_first = server.requests
    assert by_other.headers["authorization"] == "Bearer sk_car_other"
    assert by_other.headers["cartesia-version"] == "2026-08-14"
    assert (by_other.headers["x-a"], by_other.headers["x-b"]) == ("1", "2")
    assert by_other.extensions["timeout"]["read"] == 5
    assert by_first.headers["authorization"] == f"Bearer {KEY}"
    assert by_first.headers["cartesia-version"] == "2026-03-01"
    assert "x-b" not in by_first.headers
    assert (client.timeout, other.timeout, other.max_retries) == (60.0, 5.0, 2)
    assert type(other) is Client
    third = other.with_options(max_response_bytes=10, logs_grace_period=1.5, max_retries=0)
    assert (third.max_response_bytes, third.max_retries, third.timeout) == (10, 0, 5.0)
    assert other.max_response_bytes == 100 * 1024 * 1024
    with pytest.raises(ConfigurationError):
        client.with_options(timeout=0)


def test_the_users_own_client_stays_open() -> None:
    own = httpx.Client(transport=httpx.MockTransport(lambda _: ok()))
    with Client(KEY, http_client=own) as client:
        client.calls.logs("ac_1")
    assert not own.is_closed


def test_a_proxy_from_the_environment_never_sees_a_plain_http_request(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Nothing listens there, so that a request through the proxy fails.
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    from cartesia_calls.sandbox import Sandbox  # noqa: PLC0415 - only this test talks to a server

    with Sandbox() as sandbox, Client(sandbox.api_key, base_url=sandbox.url) as client:
        assert client.calls.logs(sandbox.calls.finished).logs
