"""How to reach a base URL: host, port, and the proxy and certificates that the environment names."""

from __future__ import annotations

import ipaddress
import os
import re
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from cartesia_calls._exceptions import ConfigurationError
from cartesia_calls._settings import is_loopback

if TYPE_CHECKING:
    import ssl

_PROXY_SCHEMES = frozenset({"http", "https", "socks5", "socks5h"})
# Where a proxy may be set elsewhere than in the environment's variables.
_WITH_SYSTEM_PROXIES = frozenset({"darwin", "win32"})
_PORTS = {"http": 80, "https": 443}
_BRACKETED = re.compile(r"\[[^\[\]]+\](:\d*)?")
_DOTTED_NUMBERS = re.compile(r"[\d.]+")


@dataclass(frozen=True, slots=True)
class Route:
    """How to reach a base URL from here.

    Attributes:
        scheme: `http` or `https`.
        host: In lower case, an IPv6 address without its brackets.
        port: The URL's, or its scheme's.
        proxy: The URL of the proxy to go through, which may hold a password.
        ca_file: The certificates to trust instead of the usual ones.
        ca_folder: A folder of them.
    """

    scheme: str
    host: str
    port: int
    proxy: str | None = field(repr=False)
    ca_file: str | None
    ca_folder: str | None

    @property
    def host_header(self) -> str:
        """The `Host` header of requests: the port is named where it is not the scheme's own."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"


def find_route(base_url: str) -> Route:
    """Return how to reach a base URL."""
    parts = urlsplit(base_url)
    host = parts.hostname or ""
    _check_host(host, parts.netloc)
    is_tls = parts.scheme == "https"
    # A proxy named by the environment would carry the key of a plain http:// URL off this machine.
    proxy = None if is_loopback(host) else _proxy_for(parts.scheme, host, parts.port)
    route = Route(
        scheme=parts.scheme,
        host=host,
        port=parts.port or _PORTS[parts.scheme],
        proxy=proxy,
        ca_file=os.environ.get("SSL_CERT_FILE") or None if is_tls else None,
        ca_folder=os.environ.get("SSL_CERT_DIR") or None if is_tls else None,
    )
    if route.ca_file or route.ca_folder or os.environ.get("SSLKEYLOGFILE"):
        make_tls_context(route)  # report a broken setting now
    return route


def make_tls_context(route: Route) -> ssl.SSLContext:
    """Return the context of TLS connections."""
    import ssl  # noqa: PLC0415 - not needed for plain HTTP

    import certifi  # noqa: PLC0415 - comes with httpx, which trusts it too

    try:
        if route.ca_file:
            return ssl.create_default_context(cafile=route.ca_file)
        if route.ca_folder:
            return ssl.create_default_context(capath=route.ca_folder)
        return ssl.create_default_context(cafile=certifi.where())
    except (OSError, ValueError) as error:
        raise unusable(error) from None


def make_direct_tls_context(route: Route) -> ssl.SSLContext | None:
    """Return the context of connections straight to the server; None for plain HTTP."""
    if route.proxy is not None:
        raise ConfigurationError(
            "The engine `fast` sends through no proxy, and the environment names one.",
            hint="Use engine='auto' or 'httpx', or name the host in NO_PROXY.",
        )
    if route.scheme == "http":
        return None
    context = make_tls_context(route)
    context.set_alpn_protocols(["http/1.1"])
    return context


def unusable(error: Exception) -> ConfigurationError:
    """Return the error for an environment that can't be used.

    The cause's text is not shown: a proxy's URL may hold a password.
    """
    return ConfigurationError(
        f"The environment's proxy or TLS settings can't be used ({type(error).__name__}).",
        hint="Check HTTP_PROXY, HTTPS_PROXY, ALL_PROXY, SSL_CERT_FILE, SSL_CERT_DIR and "
        "SSLKEYLOGFILE; a SOCKS proxy needs the package socksio.",
    )


def _check_host(host: str, netloc: str) -> None:
    """Refuse an address that can't exist."""
    try:
        if _DOTTED_NUMBERS.fullmatch(host):
            ipaddress.IPv4Address(host)
        elif "[" in netloc:
            ipaddress.IPv6Address(host if _BRACKETED.fullmatch(netloc) else netloc)
    except ValueError as error:
        raise ConfigurationError(
            f"The base URL's host can't be one: {error}.", hint="Check the base URL."
        ) from error


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
    if proxy_bypass(f"{host}:{port}" if port else host):
        return None
    proxy = proxies.get(scheme) or proxies.get("all")
    if not proxy:
        return None
    proxy = proxy if "://" in proxy else f"http://{proxy}"
    _check_proxy(proxy)
    return proxy


def _check_proxy(proxy: str) -> None:
    try:
        parts = urlsplit(proxy)
        is_known = parts.scheme in _PROXY_SCHEMES and parts.hostname and parts.port != 0
    except ValueError as error:
        raise unusable(error) from None
    if not is_known:
        raise unusable(ValueError())


def is_address(host: str) -> bool:
    """Return whether a host is an address already, and needs no lookup."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
