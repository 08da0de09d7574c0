"""How to reach a base URL: host, port, and the proxy and certificates that the environment names."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from cartesia_calls._exceptions import ConfigurationError
from cartesia_calls._settings import is_loopback

if TYPE_CHECKING:
    import ssl

# Here a proxy may be set elsewhere than in the environment.
_WITH_SYSTEM_PROXIES = frozenset({"darwin", "win32"})
_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Route:
    """How to reach a base URL from here.

    Attributes:
        scheme: `http` or `https`.
        host: In lower case, an IPv6 address without its brackets.
        port: The URL's, or its scheme's.
        host_header: The `Host` header of requests: it names any port but the scheme's own.
        proxy: The URL of the proxy to go through, which may hold a password.
    """

    scheme: str
    host: str
    port: int
    host_header: str
    proxy: str | None = field(repr=False)


def find_route(base_url: str) -> Route:
    """Return how to reach a base URL."""
    parts = urlsplit(base_url)
    host = parts.hostname or ""
    # A proxy would carry the key of a plain http:// URL off this machine.
    proxy = None if is_loopback(host) else _proxy_for(parts.scheme, host, parts.port)
    port = _PORTS[parts.scheme]
    host_header = parts.netloc.removesuffix(f":{port}").removesuffix(":")
    return Route(parts.scheme, host, port if parts.port is None else parts.port, host_header, proxy)


def make_tls_context(route: Route) -> ssl.SSLContext | None:
    """Return the context of TLS connections; None for plain HTTP."""
    if route.scheme == "http":
        return None
    import ssl  # noqa: PLC0415 - not needed for plain HTTP

    import certifi  # noqa: PLC0415 - comes with httpx, which trusts it too

    file, folder = os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR")
    try:
        if folder and not file:
            return ssl.create_default_context(capath=folder)
        return ssl.create_default_context(cafile=file or certifi.where())
    except (OSError, ValueError) as error:
        raise unusable(error) from None


def unusable(error: Exception) -> ConfigurationError:
    """Return the error for an environment that can't be used.

    It does not show the cause's text: a proxy's URL may hold a password.
    """
    return ConfigurationError(
        f"The environment's proxy or TLS settings can't be used ({type(error).__name__}).",
        hint="Check HTTP_PROXY, HTTPS_PROXY, ALL_PROXY, SSL_CERT_FILE, SSL_CERT_DIR and "
        "SSLKEYLOGFILE; a SOCKS proxy needs the package socksio.",
    )


def _proxy_for(scheme: str, host: str, port: int | None) -> str | None:
    if sys.platform not in _WITH_SYSTEM_PROXIES and not any(
        name.lower().endswith("_proxy") for name in os.environ
    ):
        return None
    from urllib.request import (  # noqa: PLC0415 - it imports much
        getproxies,
        proxy_bypass,
    )

    proxies = getproxies()
    proxy = proxies.get(scheme) or proxies.get("all")
    if not proxy or proxy_bypass(f"{host}:{port}" if port else host):
        return None
    return proxy if "://" in proxy else f"http://{proxy}"
