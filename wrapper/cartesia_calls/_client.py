"""The two clients: settings and a transport, with the resources that use them."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager, AbstractContextManager
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar, Generic, Self, TypeVar

from ._arguments import check_id
from ._calls import AsyncCalls, Calls
from ._driving import Face, driven, run
from ._http import DEFAULT_MAX_RESPONSE_BYTES
from ._operations import GET_AGENT, GET_STATUS, LIST_AGENTS, SPEC_VERSION
from ._secret import concealed
from ._sending import Sender
from ._settings import (
    DEFAULT_LOGS_GRACE_PERIOD,
    DEFAULT_MAX_RETRIES,
    DEFAULT_TIMEOUT,
    Settings,
)
from ._transports._choice import make_transport

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cartesia_api.models import AgentSummary, APIInfo

    from ._clock import Clock
    from ._settings import EngineName, OnRetry


class AsyncAgents:
    """Voice agents; general errors are those of `client.calls`."""

    def __init__(self, sender: Sender) -> None:
        self._sender = sender

    async def list(self) -> list[AgentSummary]:
        """Return all agents of the account (operation `agents_list`)."""
        response = await self._sender.call(LIST_AGENTS, cartesia_version=SPEC_VERSION)
        return response.summaries

    async def get(self, agent_id: str) -> AgentSummary:
        """Return one agent (operation `agents_get`).

        Args:
            agent_id: The agent's id, such as `agent_123`.

        Raises:
            NotFoundError: There is no such agent, or it belongs to another account.
        """
        agent_id = check_id(agent_id, "agent_id")
        return await self._sender.call(GET_AGENT, agent_id, cartesia_version=SPEC_VERSION)


class Agents(Face[AsyncAgents]):
    """Voice agents: the methods of `AsyncAgents`, run without an event loop."""

    list = driven(AsyncAgents.list, run)
    get = driven(AsyncAgents.get, run)


# A client of httpx or of httpx2, which need not be installed.
HttpClientT = TypeVar("HttpClientT")


class _BaseClient(Generic[HttpClientT]):
    """What both clients share."""

    _is_async: ClassVar[bool]

    def __init__(
        self,
        api_key: str | None = None,
        *,
        base_url: str | None = None,
        api_version: str | None = None,
        timeout: float = DEFAULT_TIMEOUT,
        max_retries: int = DEFAULT_MAX_RETRIES,
        engine: EngineName | None = None,
        headers: Mapping[str, str] | None = None,
        http_client: HttpClientT | None = None,
        logs_grace_period: float = DEFAULT_LOGS_GRACE_PERIOD,
        total_timeout: float | None = None,
        max_response_bytes: int = DEFAULT_MAX_RESPONSE_BYTES,
        on_retry: OnRetry | None = None,
        clock: Clock | None = None,
    ) -> None:
        key = concealed(api_key)
        del api_key  # what raises from here on shows no key among its locals
        if http_client is not None and engine is None:
            engine = "httpx"  # the argument overrides the environment
        settings = Settings(
            api_key=key,
            base_url=base_url,
            api_version=api_version,
            timeout=timeout,
            max_retries=max_retries,
            engine=engine,
            headers=headers,
            logs_grace_period=logs_grace_period,
            total_timeout=total_timeout,
            max_response_bytes=max_response_bytes,
            on_retry=on_retry,
            clock=clock,
        )
        transport = make_transport(
            settings.engine,
            settings.base_url,
            http_client,
            settings.clock,
            is_async=self._is_async,
        )
        self._sender = Sender(settings, transport, self._sleep)

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

        Settings that are not passed stay as they are; `headers` are added to the present ones. Closing
        either client closes the connections of both.

        Raises:
            ConfigurationError: A setting is wrong.
        """
        key = concealed(api_key)
        del api_key  # what raises from here on shows no key among its locals
        settings = self._sender.settings.changed(
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
        copy._sender = replace(self._sender, settings=settings)
        return copy

    @property
    def base_url(self) -> str:
        """Where requests go: scheme, host and an optional path."""
        return self._sender.settings.base_url

    @property
    def api_version(self) -> str:
        """The date sent as `Cartesia-Version`."""
        return self._sender.settings.api_version

    @property
    def timeout(self) -> float:
        """The bound of one attempt, in seconds."""
        return self._sender.settings.timeout

    @property
    def max_retries(self) -> int:
        """How often a failed request is retried."""
        return self._sender.settings.max_retries

    @property
    def total_timeout(self) -> float:
        """The bound of an operation with all its retries and pauses, in seconds."""
        return self._sender.settings.total_bound(self._sender.settings.timeout)

    @property
    def max_response_bytes(self) -> int:
        """The longest decoded body of a response, in bytes."""
        return self._sender.settings.max_response_bytes

    @property
    def logs_grace_period(self) -> float:
        """How long after a call's end its logs may still be written, in seconds."""
        return self._sender.settings.logs_grace_period

    @property
    def engine(self) -> str:
        """The name of the engine that sends the requests."""
        return self._sender.transport.name

    def __repr__(self) -> str:
        sender: Sender | None = vars(self).get("_sender")
        if sender is None:  # a debugger shows a client whose settings were refused
            return f"{type(self).__name__}()"
        settings = sender.settings
        return (
            f"{type(self).__name__}(api_key={settings.api_key}, base_url={settings.base_url!r}, "
            f"api_version={settings.api_version!r}, timeout={settings.timeout:g}, "
            f"max_retries={settings.max_retries})"
        )

    async def _sleep(self, seconds: float) -> None:
        if self._is_async:
            await self._sender.clock.sleep_async(seconds)
        else:
            self._sender.clock.sleep(seconds)


class Client(_BaseClient[AbstractContextManager[object]]):
    """The client: `with Client() as client: client.calls.logs("ac_123")`.

    It keeps connections open until it is closed, and threads may share it. An argument overrides the
    environment, and the environment overrides the default.

    Args:
        api_key: A key such as `sk_car_…`; else `CARTESIA_API_KEY`.
        base_url: Where requests go; else `CARTESIA_BASE_URL`, else `https://api.cartesia.ai`.
            Plain `http://` only to a loopback address.
        api_version: The date sent as `Cartesia-Version`; else `CARTESIA_VERSION`, else the one that
            the vendored spec names.
        timeout: The bound of one attempt, in seconds. The system's lookup of a host name cannot be
            interrupted: a slower lookup is reported only after it returns.
        max_retries: How often a request is retried after no response, 408, 409, 429 or 5xx.
        engine: What sends the requests: `httpx`, `fast` (the extra of that name), or `auto`, which
            is `fast` where it is installed and can be used; else `CARTESIA_ENGINE`, else `auto`.
        headers: More headers to send with every request.
        http_client: A client of your own to send with, of httpx or of httpx2; you close it.
        logs_grace_period: How long after a call's end its logs may still be written, in seconds:
            it decides between the reasons `not_written_yet` and `expired_or_never_written`.
        total_timeout: The bound of an operation with all its retries and pauses, in seconds; by
            default 300, or `timeout` where that is longer.
        max_response_bytes: The longest decoded body of a response; a recording may be longer.
        on_retry: A function that is called with each retry, a `RetryEvent`, before the pause.
        clock: Another clock to wait by, for tests.

    Raises:
        ConfigurationError: There is no key, or a setting is wrong. Nothing is sent.
    """

    _is_async = False

    @cached_property
    def calls(self) -> Calls:
        """Voice-agent calls."""
        return Calls(AsyncCalls(self._sender))

    @cached_property
    def agents(self) -> Agents:
        """Voice agents."""
        return Agents(AsyncAgents(self._sender))

    def status(self) -> APIInfo:
        """Return whether the API is up, and its version (operation `apiStatus_get`; no key is sent).

        Its errors are those of `client.calls`.
        """
        return run(self._sender.call(GET_STATUS, cartesia_version=SPEC_VERSION))

    def close(self) -> None:
        """Close the connections. The client cannot be used afterwards; closing twice does no harm."""
        run(self._sender.transport.close())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class AsyncClient(_BaseClient[AbstractAsyncContextManager[object]]):
    """`Client` for asyncio: `async with AsyncClient() as client: await client.calls.logs("ac_123")`.

    Arguments, settings and errors are those of `Client`; `http_client` is an `AsyncClient` of httpx
    or of httpx2. Tasks of one event loop may share it.
    """

    _is_async = True

    @cached_property
    def calls(self) -> AsyncCalls:
        """Voice-agent calls."""
        return AsyncCalls(self._sender)

    @cached_property
    def agents(self) -> AsyncAgents:
        """Voice agents."""
        return AsyncAgents(self._sender)

    async def status(self) -> APIInfo:
        """Return whether the API is up, and its version (operation `apiStatus_get`; no key is sent).

        Its errors are those of `client.calls`.
        """
        return await self._sender.call(GET_STATUS, cartesia_version=SPEC_VERSION)

    async def close(self) -> None:
        """Close the connections. The client cannot be used afterwards; closing twice does no harm."""
        await self._sender.transport.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()
