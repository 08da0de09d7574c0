"""The calls of an agent, page by page; a page that fails is requested again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cartesia_calls import CartesiaError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from cartesia_calls import AgentCall, AsyncClient

    from ._job import Job
    from ._throttle import Throttle


async def pages(
    client: AsyncClient, agent_id: str, job: Job, throttle: Throttle
) -> AsyncIterator[list[AgentCall]]:
    """Yield an agent's calls, newest first; `throttle` starts and repeats each page's request."""
    calls = client.calls.list(
        agent_id=agent_id, status=job.status, since=job.since, until=job.until, undated=True
    )
    listing = calls.pages()
    cursor: str | None = None

    async def next_page() -> list[AgentCall]:
        nonlocal listing, cursor
        try:
            page = await anext(listing)
        except CartesiaError:
            listing = calls.pages(after=cursor)
            raise
        cursor = page.next_cursor
        return page

    is_first = True
    while is_first or cursor is not None:
        is_first = False
        yield await throttle.ask(next_page, essential=True)
