"""Where an engine may be used: its connections belong to one process and one event loop."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from cartesia_calls._exceptions import ConfigurationError

if TYPE_CHECKING:
    from asyncio import AbstractEventLoop


class OneProcess:
    """The process that an engine was made in."""

    def __init__(self) -> None:
        self._pid = os.getpid()

    def is_here(self) -> bool:
        """Tell whether this is that process, and no fork of it."""
        return os.getpid() == self._pid

    def check(self) -> None:
        """Refuse another process: two that share connections get each other's answers.

        Raises:
            ConfigurationError: This is a fork of the process that the engine was made in.
        """
        if os.getpid() != self._pid:
            raise ConfigurationError(
                "This client was made in another process, before a fork; its connections belong "
                "there.",
                hint="Make a new client in each process, after the fork.",
            )


class OneLoop:
    """The event loop that an engine was first used in."""

    def __init__(self) -> None:
        self._loop: AbstractEventLoop | None = None

    def check(self, running: AbstractEventLoop) -> None:
        """Refuse another event loop than the first.

        Raises:
            ConfigurationError: `running` is another one.
        """
        if self._loop is None:
            self._loop = running
        elif self._loop is not running:
            raise ConfigurationError(
                "This AsyncClient was used in another event loop, which its connections belong to.",
                hint="Make one in each asyncio.run(…), with `async with AsyncClient() as client:`.",
            )
