"""The calls of an agent page by page, where a page that fails is asked for again."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ParamSpec, TypeVar, cast

from cartesia_calls._listing import list_pages

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from cartesia_api.models import AgentCall
    from cartesia_calls import AsyncClient
    from cartesia_calls._operations import Operation
    from cartesia_calls._sending import Sender

    from ._job import Job
    from ._throttle import Throttle

P = ParamSpec("P")
T = TypeVar("T")


async def pages(
    client: AsyncClient, agent_id: str, job: Job, throttle: Throttle
) -> AsyncIterator[list[AgentCall]]:
    """Yield an agent's calls as `calls.list` does, newest first; `throttle` asks for each page.

    `calls.list` itself ends at the first failure, and then starts over.
    """
    sender: Sender = client._sender  # noqa: SLF001 # pyright: ignore[reportPrivateUsage] - our own
    calls = client.calls.list(
        agent_id=agent_id, status=job.status, since=job.since, until=job.until
    )
    asking = cast("Sender", _ThrottledSender(sender, throttle))
    async for page in list_pages(asking, replace(calls.query, complete=True)):
        yield page


@dataclass(frozen=True, slots=True)
class _ThrottledSender:
    """Calls operations with a throttle between them."""

    sender: Sender
    throttle: Throttle

    async def call(self, operation: Operation[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """See `Sender.call`."""

        async def ask() -> T:
            return await self.sender.call(operation, *args, **kwargs)

        return await self.throttle.ask(ask, essential=True)
