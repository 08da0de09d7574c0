"""The sandbox as users hold it: a server to start, its URL, its keys and its calls."""

import threading
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Self

from ._app import build_app
from ._checks import ACCEPTED_KEY, REFUSED_KEY
from ._clock import Clock
from ._contract import load_contract
from ._errors import SandboxError
from ._faults import Fault, Faults
from ._server import (
    BackgroundServer,
    check_port,
    listen,
    loopback_address,
    run_until_signalled,
    url_of,
)
from ._state import ExampleCalls


class Sandbox:
    """A local server that behaves as the vendored spec says.

    It serves `agents_get-call-logs` (GET /agents/calls/{call_id}/logs). As a context manager it
    runs in a thread of its own; `serve_forever` runs it on the main thread. Its state lives as
    long as the object, across restarts too.

    Attributes:
        api_key: A key that it accepts, as it does every other of the form `sk_car_…`.
        refused_api_key: The one key of that form that it answers with 401.
        api_version: The newest API version of the spec, as YYYY-MM-DD.
        calls: The ids of its example calls.
    """

    def __init__(
        self, *, host: str = "127.0.0.1", port: int = 0, clock: Clock | None = None
    ) -> None:
        """Prepare a sandbox without starting it.

        Args:
            host: The loopback address to listen on, or `localhost`.
            port: The TCP port to listen on; 0 takes a free one.
            clock: The time that its calls live in; by default the machine's.

        Raises:
            ValueError: The host is not loopback, or the port is no TCP port.
            SandboxError: The spec is missing, or lacks something that the sandbox is built from.
        """
        self._address = loopback_address(host)
        self._port = check_port(port)
        contract = load_contract()
        self.api_key = ACCEPTED_KEY
        self.refused_api_key = REFUSED_KEY
        self.api_version = contract.versions[-1]
        self.calls = ExampleCalls()
        self._faults = Faults()
        self._app = build_app(contract, clock=clock, faults=self._faults)
        self._url: str | None = None
        self._background: BackgroundServer | None = None

    @property
    def url(self) -> str:
        """The base URL, such as `http://127.0.0.1:49152`.

        Raises:
            SandboxError: The sandbox is not running.
        """
        if self._url is None:
            raise SandboxError(
                "The sandbox is not running, so it has no URL. "
                "Start it with 'with Sandbox() as sandbox:'."
            )
        return self._url

    def fail_next(
        self,
        *,
        status: int,
        times: int = 1,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
    ) -> None:
        """Make the next answers failures, whatever is asked; thread-safe.

        Args:
            status: The status of those answers, registered or not.
            times: How many answers; further calls of this method add theirs behind.
            headers: Headers to add, such as `{"Retry-After": "0"}`. A `Content-Length` greater
                than the body makes an answer that breaks off.
            body: The bytes to answer; by default the API's error body for that status.

        Raises:
            ValueError: HTTP allows no such answer, or `times` is less than 1.
        """
        fault = Fault(status=status, headers=dict(headers or {}), body=body)
        self._faults.add(fault, times=times)

    def serve_forever(self, *, on_started: Callable[[], None] | None = None) -> None:
        """Serve on the main thread; return normally on SIGINT or SIGTERM.

        Args:
            on_started: Called once the sandbox accepts connections and `url` is known.

        Raises:
            SandboxError: The port cannot be had, the sandbox is running already, or this is not
                the main thread.
        """
        if threading.current_thread() is not threading.main_thread():
            raise SandboxError(
                "serve_forever() works on the main thread only, where signals arrive. "
                "Use 'with Sandbox() as sandbox:' elsewhere."
            )
        self._refuse_second_start()
        listener = listen(self._address, self._port)
        self._url = url_of(listener)
        try:
            run_until_signalled(self._app, listener, on_started or _do_nothing)
        finally:
            self._url = None

    def __enter__(self) -> Self:
        """Start in a thread of its own, and return once connections are accepted.

        Raises:
            SandboxError: The port cannot be had, or the sandbox is running already.
        """
        self._refuse_second_start()
        listener = listen(self._address, self._port)
        background = BackgroundServer(self._app, listener)
        url = url_of(listener)
        background.start()
        self._background, self._url = background, url
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Stop, and return once the port is free again."""
        if self._background is not None:
            self._background.stop()
        self._background = self._url = None

    def _refuse_second_start(self) -> None:
        if self._url is not None:
            raise SandboxError(
                f"The sandbox is running already, at {self._url}. "
                "Create a second Sandbox for a second server."
            )


def _do_nothing() -> None:
    pass
