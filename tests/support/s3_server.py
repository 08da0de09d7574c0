"""moto's S3 server in a process of its own; it can make some requests fail.

Run as a program, it serves until it is ended: `python s3_server.py [ONE_IN]` prints its URL, and one
request in so many fails, in each way by turns.
"""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping
from importlib import import_module
from itertools import count, cycle
from typing import Any, Self

from terminal import environment

KEY_ID = "AKIAEXAMPLEEXAMPLE"
SECRET = "s3cr3t/that+nobody/may+see"  # noqa: S105 - opens nothing

_Environ = dict[str, Any]
_Application = Callable[[_Environ, Callable[..., Any]], Iterable[bytes]]


class S3Server:
    """The server's process, as a context manager.

    Args:
        one_in: One request in so many fails; none by default.
        **variables: Variables of its environment, which moto reads.
    """

    def __init__(self, one_in: int | None = None, **variables: str) -> None:
        self._words = [sys.executable, __file__, *([str(one_in)] if one_in else [])]
        self._variables = variables
        self.url = ""

    def __enter__(self) -> Self:
        self.process = subprocess.Popen(
            self._words,
            env=environment(**self._variables),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert self.process.stdout is not None
        self.url = self.process.stdout.readline().strip()
        assert self.url, "the server did not start"
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.communicate()

    @property
    def settings(self) -> Mapping[str, str]:
        """The variables that s3fs, and everything built on AWS's SDK, read from the environment."""
        return {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_ACCESS_KEY_ID": KEY_ID,
            "AWS_SECRET_ACCESS_KEY": SECRET,
            "AWS_DEFAULT_REGION": "us-east-1",
        }


def _refuse(status: str, code: str) -> Callable[[_Application], _Application]:
    def spoil(_: _Application) -> _Application:
        def respond(environ: _Environ, start: Callable[..., Any]) -> Iterable[bytes]:
            environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
            start(status, [("Content-Type", "application/xml")])
            return [f"<Error><Code>{code}</Code><Message>Not now.</Message></Error>".encode()]

        return respond

    return spoil


def _hang_up(_: _Application) -> _Application:
    def respond(environ: _Environ, start: Callable[..., Any]) -> Iterable[bytes]:
        environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
        start("200 OK", [])
        return []

    return respond


def _lose_the_response(application: _Application) -> _Application:
    def respond(environ: _Environ, start: Callable[..., Any]) -> Iterable[bytes]:
        done = b"".join(application(environ, start))
        environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
        return [done]

    return respond


_FAULTS = (
    _lose_the_response,
    _refuse("503 Slow Down", "SlowDown"),
    _hang_up,
    _refuse("500 Internal Server Error", "InternalError"),
)


def _spoiled(application: _Application, one_in: int) -> _Application:
    numbers = count(1)
    faults = cycle([fault(application) for fault in _FAULTS])

    def respond(environ: _Environ, start: Callable[..., Any]) -> Iterable[bytes]:
        chosen = application if next(numbers) % one_in else next(faults)
        return chosen(environ, start)

    return respond


def _serve(one_in: int | None) -> None:
    # Only in the server's process, and only where `nox -s export-s3` has installed them.
    moto = import_module("moto.moto_server.werkzeug_app")
    serving = import_module("werkzeug.serving")
    application = moto.DomainDispatcherApplication(moto.create_backend_app)
    served = _spoiled(application, one_in) if one_in else application
    server = serving.make_server("127.0.0.1", 0, served, threaded=True)
    print(f"http://127.0.0.1:{server.server_port}", flush=True)  # noqa: T201 - a program of its own
    server.serve_forever()


if __name__ == "__main__":
    _serve(int(sys.argv[1]) if len(sys.argv) > 1 else None)
