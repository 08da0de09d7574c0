"""The two clients: settings, an engine, and the resources that use them."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Generic, Self, TypeVar

from ._agents import Agents, AsyncAgents
from ._call_flows import AgentFlows, CallFlows
from ._calls import AsyncCalls, Calls
from ._clock import SystemClock
from ._engines._choice import EngineName, make_async_engine, make_engine
from ._flow import AsyncRunner, Runner
from ._http import DEFAULT_MAX_RESPONSE_BYTES, AsyncEngine, Engine
from ._logs_flows import LogsFlows
from ._operations import DEFAULT_API_VERSION
from ._retry import RetryPolicy
from ._secret import concealed
from ._sending import Sender
from ._settings import (
    DEFAULT_LOGS_GRACE_PERIOD,
    DEFAULT_MAX_RETRIES,
    DEFAULT_TIMEOUT,
    resolve_settings,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType

    import httpx

    from cartesia_api.models import APIInfo

    from ._clock import Clock
    from ._settings import OnRetry, Settings

EngineT = TypeVar("EngineT", Engine, AsyncEngine)


class _BaseClient(Generic[EngineT]):
    """What both clients have: checked settings, an engine, a clock."""

    def __init__(self, settings: Settings, engine: EngineT, clock: Clock) -> None:
        self._settings = settings
        self._engine: EngineT = engine
        self._clock = clock

    def with_options(
        self,
        *,
        api_key: str | None = None,
        api_version: str | None = None,
        timeout: float | None = None,
        max_retries: int | None = None,
        headers: Mapping[str, str] | None = None,
        logs_grace_period: float | None = None,
        total_timeout: float | None = None,
        max_response_bytes: int | None = None,
        on_retry: OnRetry | None = None,
    ) -> Self:
        """Return a client with other settings that shares this one's connections.

        What is not given stays as it is; `headers` are added to those there are. Closing either
        client closes the connections of both.

        Raises:
            ConfigurationError: A setting is wrong.
        """
        key = concealed(api_key)
        del api_key  # what raises from here on shows no key among its locals
        settings = self._settings.changed(
            api_key=key,
            api_version=api_version,
            timeout=timeout,
            max_retries=max_retries,
            headers=headers,
            logs_grace_period=logs_grace_period,
            total_timeout=total_timeout,
            max_response_bytes=max_response_bytes,
            on_retry=on_retry,
        )
        copy = object.__new__(type(self))
        copy._settings, copy._engine, copy._clock = settings, self._engine, self._clock
        return copy

    @property
    def base_url(self) -> str:
        """Where requests go: scheme, host and an optional path."""
        return self._settings.base_url

    @property
    def api_version(self) -> str:
        """The date sent as `Cartesia-Version`."""
        return self._settings.api_version

    @property
    def timeout(self) -> float:
        """The bound of one attempt, in seconds."""
        return self._settings.timeout

    @property
    def max_retries(self) -> int:
        """How often a request that failed in passing is sent again."""
        return self._settings.max_retries

    @property
    def total_timeout(self) -> float:
        """The bound of an operation with all its retries and pauses, in seconds."""
        return self._settings.total_bound(self._settings.timeout)

    @property
    def max_response_bytes(self) -> int:
        """How long an answer's body may be, decoded, in bytes."""
        return self._settings.max_response_bytes

    @property
    def logs_grace_period(self) -> float:
        """How long after a call's end its logs may still be written, in seconds."""
        return self._settings.logs_grace_period

    @property
    def engine(self) -> str:
        """The name of the engine that sends the requests."""
        return self._engine.name

    def __repr__(self) -> str:
        if not hasattr(self, "_settings"):
            return (
                f"{type(self).__name__}()"  # a debugger's look at one whose settings were refused
            )
        settings = self._settings
        return (
            f"{type(self).__name__}(api_key={settings.api_key}, base_url={settings.base_url!r}, "
            f"api_version={settings.api_version!r}, timeout={settings.timeout:g}, "
            f"max_retries={settings.max_retries})"
        )

    @cached_property
    def _sender(self) -> Sender:
        policy = RetryPolicy(max_retries=self._settings.max_retries)
        return Sender(self._settings, policy, self._clock)


class Client(_BaseClient[Engine]):
    """The client: `with Client() as client: client.calls.logs("ac_123")`.

    It keeps connections open until it is closed, and threads may share it. An argument beats the
    environment, the environment beats the default.

    Args:
        api_key: A key such as `sk_car_…`; else `CARTESIA_API_KEY`.
        base_url: Where requests go; else `CARTESIA_BASE_URL`, else `https://api.cartesia.ai`.
            Plain `http://` only to a loopback address.
        api_version: The date sent as `Cartesia-Version`; else `CARTESIA_VERSION`, else the one that
            the vendored spec names.
        timeout: The bound of one attempt, in seconds. The system's look-up of a host's name can't be
            interrupted: one that takes longer is told of when it ends.
        max_retries: How often a request is sent again after no answer, 408, 409, 429 or 5xx.
        engine: What sends the requests: `httpx`, `fast` (the extra of that name), or `auto`, which
            is `fast` where it is installed and can be used.
        headers: More headers to send with every request.
        http_client: An `httpx.Client` of your own to send with; it stays yours to close.
        logs_grace_period: How long after a call's end its logs may still be written, in seconds:
            it decides between the reasons `not_written_yet` and `expired_or_never_written`.
        total_timeout: The bound of an operation with all its retries and pauses, in seconds; by
            default 300, or `timeout` where that is longer.
        max_response_bytes: How long an answer's body may be, decoded; a recording may be longer.
        on_retry: A function that is told of each retry, with a `RetryEvent`, before the pause.
        clock: Another clock to wait by, for tests.

    Raises:
        ConfigurationError: There is no key, or a setting is wrong. Nothing is sent.
    """

    def __init__(
        self,
        api_key: str | None = None,
        *,
        base_url: str | None = None,
        api_version: str | None = None,
        timeout: float = DEFAULT_TIMEOUT,
        max_retries: int = DEFAULT_MAX_RETRIES,
        engine: EngineName = "auto",
        headers: Mapping[str, str] | None = None,
        http_client: httpx.Client | None = None,
        logs_grace_period: float = DEFAULT_LOGS_GRACE_PERIOD,
        total_timeout: float | None = None,
        max_response_bytes: int = DEFAULT_MAX_RESPONSE_BYTES,
        on_retry: OnRetry | None = None,
        clock: Clock | None = None,
    ) -> None:
        key = concealed(api_key)
        del api_key  # what raises from here on shows no key among its locals
        settings = resolve_settings(
            api_key=key,
            base_url=base_url,
            api_version=api_version,
            default_api_version=DEFAULT_API_VERSION,
            timeout=timeout,
            max_retries=max_retries,
            headers=headers,
            logs_grace_period=logs_grace_period,
            total_timeout=total_timeout,
            max_response_bytes=max_response_bytes,
            on_retry=on_retry,
        )
        clock = clock or SystemClock()
        sending = make_engine(engine, settings.base_url, http_client, clock)
        super().__init__(settings, sending, clock)

    @property
    def _runner(self) -> Runner:
        return Runner(self._engine, self._clock)

    @cached_property
    def calls(self) -> Calls:
        """Voice-agent calls."""
        return Calls(CallFlows(self._sender), LogsFlows(self._sender), self._runner)

    @cached_property
    def agents(self) -> Agents:
        """Voice agents."""
        return Agents(AgentFlows(self._sender), self._runner)

    def status(self) -> APIInfo:
        """Return whether the API is up, and its version (operation `apiStatus_get`; no key is sent).

        Raises:
            APIStatusError: The server refused; the class tells why.
            APIConnectionError: No whole answer came back.
            ResponseValidationError: The answer is not what the spec says.
        """
        return self._runner.run(AgentFlows(self._sender).status())

    def close(self) -> None:
        """Close the connections. The client can't be used after; closing twice does no harm."""
        self._engine.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        exception_type: type[BaseException] | None,
        exception: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()


class AsyncClient(_BaseClient[AsyncEngine]):
    """`Client` for asyncio: `async with AsyncClient() as client: await client.calls.logs("ac_123")`.

    Arguments, settings and errors are those of `Client`; `http_client` is an `httpx.AsyncClient`.
    Tasks of one event loop may share it.
    """

    def __init__(
        self,
        api_key: str | None = None,
        *,
        base_url: str | None = None,
        api_version: str | None = None,
        timeout: float = DEFAULT_TIMEOUT,
        max_retries: int = DEFAULT_MAX_RETRIES,
        engine: EngineName = "auto",
        headers: Mapping[str, str] | None = None,
        http_client: httpx.AsyncClient | None = None,
        logs_grace_period: float = DEFAULT_LOGS_GRACE_PERIOD,
        total_timeout: float | None = None,
        max_response_bytes: int = DEFAULT_MAX_RESPONSE_BYTES,
        on_retry: OnRetry | None = None,
        clock: Clock | None = None,
    ) -> None:
        key = concealed(api_key)
        del api_key  # what raises from here on shows no key among its locals
        settings = resolve_settings(
            api_key=key,
            base_url=base_url,
            api_version=api_version,
            default_api_version=DEFAULT_API_VERSION,
            timeout=timeout,
            max_retries=max_retries,
            headers=headers,
            logs_grace_period=logs_grace_period,
            total_timeout=total_timeout,
            max_response_bytes=max_response_bytes,
            on_retry=on_retry,
        )
        sending = make_async_engine(engine, settings.base_url, http_client)
        super().__init__(settings, sending, clock or SystemClock())

    @property
    def _runner(self) -> AsyncRunner:
        return AsyncRunner(self._engine, self._clock)

    @cached_property
    def calls(self) -> AsyncCalls:
        """Voice-agent calls."""
        return AsyncCalls(CallFlows(self._sender), LogsFlows(self._sender), self._runner)

    @cached_property
    def agents(self) -> AsyncAgents:
        """Voice agents."""
        return AsyncAgents(AgentFlows(self._sender), self._runner)

    async def status(self) -> APIInfo:
        """Return whether the API is up (operation `apiStatus_get`); as `Client.status`."""
        return await self._runner.run(AgentFlows(self._sender).status())

    async def close(self) -> None:
        """Close the connections. The client can't be used after; closing twice does no harm."""
        await self._engine.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        exception_type: type[BaseException] | None,
        exception: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close()
