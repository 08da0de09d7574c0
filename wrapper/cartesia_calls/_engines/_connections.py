"""Connections of our own over httpcore, which is what httpx sends with; it comes with it.

httpx's client does much for each request that is not needed here, and its pool looks at every
connection and every waiting request whenever one of either comes or goes: with 64 calls in flight
that took most of the time of each. Here a request takes a free connection off a list, asks it, and
puts it back.
"""

from __future__ import annotations

import ssl
from importlib.util import find_spec
from typing import TYPE_CHECKING, Generic, TypeVar
from urllib.parse import unquote, urlsplit

import h11
import httpcore

from ._decoding import ACCEPT_ENCODING
from ._environment import make_tls_context, unusable
from ._headers import add_header
from ._limits import KEPT_IDLE, METHODS_WITH_A_BODY

if TYPE_CHECKING:
    from collections.abc import Callable

    from cartesia_calls._http import Request

    from ._environment import Surroundings

# Raised before a request is on its way.
NOT_SENT = (
    httpcore.ConnectError,
    httpcore.ConnectTimeout,
    httpcore.PoolTimeout,
    httpcore.ProxyError,
    httpcore.UnsupportedProtocol,
)
CORE_ERRORS = (
    httpcore.TimeoutException,
    httpcore.NetworkError,
    httpcore.ProtocolError,
    httpcore.ProxyError,
    httpcore.UnsupportedProtocol,
    ssl.SSLError,  # which anyio leaves as it is, once the handshake is done
)

_ACCEPT_ENCODING = (b"Accept-Encoding", ACCEPT_ENCODING.encode())

PoolT = TypeVar("PoolT", httpcore.ConnectionPool, httpcore.AsyncConnectionPool)


class Factory(Generic[PoolT]):
    """Makes connections to a base URL, and requests for them.

    Attributes:
        pool: Knows how to connect; none of its connections are its own to keep.
    """

    def __init__(self, around: Surroundings, make_pool: Callable[..., PoolT]) -> None:
        self._scheme, self._host = around.scheme.encode(), around.host.encode("ascii")
        self._port = around.port
        self.origin = httpcore.Origin(self._scheme, self._host, self._port)
        self._host_header = (b"Host", around.host_header.encode())
        self.pool: PoolT = make_pool(
            ssl_context=make_tls_context(around) if around.scheme == "https" else None,
            proxy=_proxy(around.proxy) if around.proxy else None,
            keepalive_expiry=KEPT_IDLE,
        )

    def request(self, request: Request) -> httpcore.Request:
        """Return a request as it goes on the wire; its repr shows no header."""
        _, _, after_scheme = request.url.partition("://")
        target = after_scheme.partition("/")[2]
        return httpcore.Request(
            request.method,
            httpcore.URL(
                scheme=self._scheme, host=self._host, port=self._port, target=f"/{target}"
            ),
            headers=self._headers(request),
        )

    def _headers(self, request: Request) -> list[tuple[bytes, bytes]]:
        headers: list[tuple[bytes, bytes]] = [self._host_header]
        for name, value in request.headers.items():
            headers.append((name.encode("ascii"), value.encode("ascii")))
        headers.append(_ACCEPT_ENCODING)
        if request.api_key is not None:
            headers.append((b"Authorization", f"Bearer {request.api_key.reveal()}".encode("ascii")))
        if request.method in METHODS_WITH_A_BODY:
            headers.append((b"Content-Length", b"0"))
        return headers


def head_of(answer: httpcore.Response) -> dict[str, str]:
    """Return an answer's headers, names in lower case, the values of a repeated one joined."""
    headers: dict[str, str] = {}
    for raw_name, raw_value in answer.headers:
        add_header(headers, raw_name, raw_value)
    return headers


def _proxy(url: str) -> httpcore.Proxy:
    parts = urlsplit(url)
    if parts.scheme.startswith("socks") and find_spec("socksio") is None:
        raise unusable(ImportError())
    auth = None
    if parts.username is not None:
        auth = (unquote(parts.username), unquote(parts.password or ""))
    host = parts.netloc.rpartition("@")[2]
    return httpcore.Proxy(f"{parts.scheme}://{host}", auth=auth)


def was_connected(connection: httpcore.AsyncConnectionInterface) -> bool:
    """Tell whether a request could be sent over a connection, of which something failed."""
    return connection.info() != "CONNECTION FAILED"


def is_reusable(
    connection: httpcore.ConnectionInterface | httpcore.AsyncConnectionInterface,
) -> bool:
    """Tell whether an answered connection can take another request, with no byte left over.

    A server that sends more than it announced, or a second answer that nobody asked for, would have
    it taken for the answer to the next request. h11 knows of such bytes, and so do those who read
    ahead of it; httpcore has no public way to ask them. Where the way to them is not found, no
    connection is used twice.
    """
    inner: object = connection
    while (further := getattr(inner, "_connection", None)) is not None:
        inner = further
    state = getattr(inner, "_h11_state", None)
    return (
        isinstance(state, h11.Connection)
        and connection.is_idle()
        and state.trailing_data == (b"", False)
        and not _has_read_ahead(getattr(inner, "_network_stream", None))
    )


def _has_read_ahead(stream: object) -> bool:
    """Tell whether bytes have come over a stream that h11 has not been given."""
    if not isinstance(stream, httpcore.AsyncNetworkStream):
        return False  # what was not asked for is left in the socket
    tls = stream.get_extra_info("ssl_object")
    if tls is not None and not _is_empty(tls):
        return True
    below: object = getattr(stream, "_stream", None)
    while (further := getattr(below, "transport_stream", None)) is not None:
        below = further
    # anyio's, which takes more off a socket at once than httpcore asks it for.
    queue = getattr(getattr(below, "_protocol", None), "read_queue", None)
    return queue is None or len(queue) > 0


def _is_empty(tls: ssl.SSLObject) -> bool:
    try:
        tls.read(1)
    except ssl.SSLError as error:
        return isinstance(error, ssl.SSLWantReadError)
    return False
