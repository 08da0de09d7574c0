"""An ASGI application run by uvicorn on a loopback socket."""

import asyncio
import contextlib
import ipaddress
import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Generator
from types import FrameType

import uvicorn
from starlette.types import ASGIApp

from ._errors import SandboxError

_MAX_PORT = 65535
_STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM)


def loopback_address(host: str) -> str:
    """Return the numeric address of a loopback host.

    Raises:
        ValueError: The host is not loopback, or is a name other than `localhost`.
    """
    if host == "localhost":
        return "127.0.0.1"
    with contextlib.suppress(ValueError):
        if ipaddress.ip_address(host).is_loopback:
            return host
    raise ValueError(
        f"host {host!r} is not a loopback address. The sandbox accepts almost any key, so it only "
        "listens to this machine: use '127.0.0.1', '::1' or 'localhost'."
    )


def check_port(port: int) -> int:
    """Return the port.

    Raises:
        ValueError: It is not a TCP port.
    """
    if not 0 <= port <= _MAX_PORT:
        raise ValueError(
            f"port {port} is not a TCP port. Use 1 to {_MAX_PORT}, or 0 for a free one."
        )
    return port


def listen(address: str, port: int) -> socket.socket:
    """Return a listening socket; port 0 takes a free one.

    Raises:
        SandboxError: The port is not available.
    """
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    try:
        listener = socket.create_server((address, port), family=family)
    except OSError as error:
        # Python adds the address to the system's words.
        why = os.strerror(error.errno) if error.errno else error
        raise SandboxError(
            f"The sandbox cannot listen on {address} port {port}: {why}. "
            "Choose another port, or 0 for any free one."
        ) from error
    # Connections inherit it. Without it, a response can wait 40 ms for an acknowledgement.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


def url_of(listener: socket.socket) -> str:
    """Return the base URL of a server on that socket."""
    address, port = listener.getsockname()[:2]
    host = f"[{address}]" if ":" in address else address
    return f"http://{host}:{port}"


class _EventLoop(asyncio.SelectorEventLoop):
    """An event loop that runs on where freezegun or time-machine has stopped the clock of a test."""

    def time(self) -> float:
        """Return the seconds of the system's clock, read in a way that such tools leave alone."""
        # Windows has no such way.
        has_clock = hasattr(time, "clock_gettime")
        return time.clock_gettime(time.CLOCK_MONOTONIC) if has_clock else super().time()


class Server(uvicorn.Server):
    """A uvicorn that logs nothing and reports when it accepts connections."""

    def __init__(self, app: ASGIApp, on_started: Callable[[], None]) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                http="h11",
                ws="none",
                lifespan="off",
                log_config=None,
                log_level="critical",
                access_log=False,
                proxy_headers=False,
                server_header=False,
                # Responses take no time here; connections that are still open are closed.
                timeout_graceful_shutdown=1,
            )
        )
        self._on_started = on_started

    def run(self, sockets: list[socket.socket] | None = None) -> None:
        """Serve until it is stopped."""
        with asyncio.Runner(loop_factory=_EventLoop) as runner:
            runner.run(self.serve(sockets))

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start to accept connections on the sockets, then report it."""
        await super().startup(sockets)
        self._on_started()


class BackgroundServer:
    """A server in a separate thread."""

    def __init__(self, app: ASGIApp, listener: socket.socket) -> None:
        self._ready = threading.Event()
        self._failure: BaseException | None = None
        self._listener = listener
        self._server = Server(app, self._ready.set)
        self._thread = threading.Thread(target=self._run, name="cartesia-sandbox", daemon=True)

    def start(self) -> None:
        """Start it, and return once it accepts connections.

        Raises:
            SandboxError: It ended before that.
        """
        self._thread.start()
        self._ready.wait()
        if self._failure is not None:
            raise SandboxError(
                f"The sandbox's server did not start: {self._failure!r}."
            ) from self._failure

    def stop(self) -> None:
        """Stop it, and return once its port is free again."""
        self._server.should_exit = True
        self._thread.join()

    def _run(self) -> None:
        try:
            with self._listener:
                self._server.run(sockets=[self._listener])
        except BaseException as error:  # noqa: BLE001 - start() must not wait forever
            self._failure = error
        finally:
            self._ready.set()


def run_until_signalled(
    app: ASGIApp, listener: socket.socket, on_started: Callable[[], None]
) -> None:
    """Serve on the main thread, and return normally on SIGINT or SIGTERM."""
    server = Server(app, on_started)
    with listener, _stopped_by_signals(server):
        server.run(sockets=[listener])


@contextlib.contextmanager
def _stopped_by_signals(server: Server) -> Generator[None, None, None]:
    # While it serves, uvicorn handles the signals itself. Once stopped, it restores the handlers
    # that it found, which are these, and raises the signal again. They also cover the time before
    # it installs its own.
    def stop(_signal: int, _frame: FrameType | None) -> None:
        server.should_exit = True

    previous = {number: signal.signal(number, stop) for number in _STOP_SIGNALS}
    try:
        yield
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)
