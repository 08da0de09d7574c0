"""The addresses behind a host's name: the next is tried where one refuses, or says nothing."""

from __future__ import annotations

import contextlib
import ipaddress
import socket
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

ConnectedT = TypeVar("ConnectedT")


def is_address(host: str) -> bool:
    """Tell whether a host is an address already, and needs no look-up."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def connect_to_any(
    host: str,
    port: int,
    left: Callable[[], float],
    connect: Callable[[str, float], ConnectedT],
    *failures: type[Exception],
) -> ConnectedT:
    """Return what `connect` does for the first address that answers.

    It is handed an address and an even share of the seconds that are left: one address that says
    nothing leaves time for the others, and all of them take no longer than one.

    Raises:
        OSError: The name has no address. Else what `left` raises, and `connect` for the last address.
    """
    *others, last = [host]
    if not is_address(host):
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        *others, last = dict.fromkeys(str(address[0]) for *_, address in found)
    for number, address in enumerate(others):
        seconds = left() / (len(others) - number + 1)
        with contextlib.suppress(*failures):
            return connect(address, seconds)
    return connect(last, left())
