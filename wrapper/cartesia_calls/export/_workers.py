"""Who asks for the parts of calls: this process, or others, which then write them as well."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from cartesia_calls._transports._guards import MOST_CONNECTIONS

from ._fetching import Attempts

if TYPE_CHECKING:
    import os
    from collections.abc import AsyncGenerator, Callable
    from contextlib import AbstractAsyncContextManager

    from cartesia_calls import AsyncClient

    from ._fetching import Attempt
    from ._index import Index
    from ._job import Job
    from ._target import Target


@dataclass(frozen=True, slots=True)
class Site:
    """What workers work on.

    Attributes:
        job: What is asked for.
        to: The target, as it was named.
        target: The same, open in this process.
        index: What is recorded of calls.
        client: This process's client, which does not retry.
        connect: Makes another.
    """

    job: Job
    to: str | os.PathLike[str]
    target: Target
    index: Index
    client: AsyncClient
    connect: Callable[[], AsyncClient]


class Workers(Protocol):
    """Those who ask for the parts of calls.

    Attributes:
        most_at_once: How many requests they can have under way, at the most.
    """

    most_at_once: int

    def at(self, site: Site) -> AbstractAsyncContextManager[Attempt]:
        """Begin work, and give what makes one attempt; at its end they have left."""
        ...


class ThisProcess:
    """Asks for parts itself, and leaves writing to the run."""

    most_at_once = MOST_CONNECTIONS

    @asynccontextmanager
    async def at(self, site: Site) -> AsyncGenerator[Attempt]:
        """See `Workers.at`."""
        yield Attempts(site.client, site.target.scratch).attempt
