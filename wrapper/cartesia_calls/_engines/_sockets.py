"""What the engine `fast` asks of sockets, awaited or not."""

from __future__ import annotations

import select
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable

BUFFER = 64 * 1024
"""How many bytes are read at once."""


def readable_check(connected: socket.socket) -> Callable[[], bool]:
    """Return what tells whether a socket was closed by the other side, or has something to read."""
    if hasattr(select, "poll"):
        poll = select.poll()
        poll.register(connected, select.POLLIN)
        return lambda: bool(poll.poll(0))
    return lambda: bool(select.select([connected], (), (), 0)[0])
