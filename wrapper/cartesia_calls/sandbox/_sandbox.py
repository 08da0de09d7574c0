"""The sandbox as users see it: a server to start, its URL, its keys and its calls."""

import threading
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Self

from ._app import build_app
from ._checks import ACCEPTED_KEY, REFUSED_KEY
from ._contract import load_contract
from ._errors import SandboxError
from ._example_ids import EXAMPLE_BATCH, ExampleAgents, ExampleCalls
from ._faults import Fault, Faults
from ._server import (
    BackgroundServer,
    check_port,
    listen,
    loopback_address,
    run_until_signalled,
    url_of,
)
from ._state import Clock


class Sandbox:
    """A local server that behaves as the vendored spec says.

    It serves all operations of the spec. As a context manager it runs in its own thread;
    `serve_forever` runs it on the main thread. It always begins with the same agents and calls,
    whose times are counted back from the moment the object was created. It remembers what is
    cancelled and deleted as long as the object lives, across restarts too.

    Attributes:
        api_key: A key that it accepts, like every other of the form `sk_car_…`.
        refused_api_key: The one key of that form that it refuses with 401.
        api_version: The newest API version of the spec, as YYYY-MM-DD. Later versions that the
            provider serves with the same responses are accepted too.
        agents: The ids of its example agents.
        calls: The ids of its example calls, one for each situation that a client must tell apart.
        batch_id: The id of its example batch of calls.
    """

    def __init__(
        self, *, host: str = "127.0.0.1", port: int = 0, clock: Clock | None = None
    ) -> None:
        """Create a sandbox without starting it.

        Args:
            host: The loopback address to listen on, or `localhost`.
            port: The TCP port to listen on; 0 takes a free one.
            clock: The time that its calls live in; by default the machine's.

        Raises:
            ValueError: The host is not loopback, or the port is not a TCP port.
            SandboxError: The spec is missing, or lacks something that the sandbox is built from.
        """
        self._address = loopback_address(host)
        self._port = check_port(port)
        contract = load_contract()
        self.api_key = ACCEPTED_KEY
        self.refused_api_key = REFUSED_KEY
        self.api_version = contract.versions[-1]
        self.agents = ExampleAgents()
        self.calls = ExampleCalls()
        self.batch_id = EXAMPLE_BATCH
        self._operations = frozenset(contract.operations)
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
        operation: str | None = None,
    ) -> None:
        """Make the next responses failures, or whatever else you specify; thread-safe.

        Args:
            status: The status of those responses, registered or not.
            times: How many responses; further calls of this method append theirs.
            headers: Headers to add, such as `{"Retry-After": "0"}`. A `Content-Length` greater
                than the body makes a response that breaks off.
            body: The bytes of the body; by default the API's error body for that status.
            operation: The operationId whose next requests get these responses, such as
                `agents_get-call`; by default those of any operation do.

        Raises:
            TypeError: `body` is not bytes.
            ValueError: HTTP allows no such response, `times` is less than 1, or the spec has no
                such operation.
        """
        if not isinstance(body, bytes | None):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise TypeError(f"body is {type(body).__name__}. Pass bytes, such as b'{{}}'.")
        if operation is not None and operation not in self._operations:
            known = ", ".join(sorted(self._operations))
            raise ValueError(f"The spec has no operation {operation!r}. Use one of: {known}.")
        fault = Fault(status=status, headers=dict(headers or {}), body=body, operation=operation)
        self._faults.add(fault, times=times)

    def serve_forever(self, *, on_started: Callable[[], None] | None = None) -> None:
        """Serve on the main thread; return normally on SIGINT or SIGTERM.

        Args:
            on_started: Called once the sandbox accepts connections and `url` is known.

        Raises:
            SandboxError: The port is not available, the sandbox is already running, or this is not
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
            run_until_signalled(self._app, listener, on_started or (lambda: None))
        finally:
            self._url = None

    def __enter__(self) -> Self:
        """Start in a separate thread, and return once the sandbox accepts connections.

        Raises:
            SandboxError: The port is not available, or the sandbox is already running.
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
