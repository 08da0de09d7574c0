"""Calls listed page by page, for sync and async clients alike."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ._exceptions import ResponseValidationError
from ._operations import LIST_CALLS, SPEC_VERSION

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from datetime import datetime

    from cartesia_api.models import AgentCall, GetCallsResponse
    from cartesia_api.types import Unset

    from ._sending import Sender

LARGEST_PAGE = 100


@dataclass(frozen=True, slots=True)
class CallQuery:
    """Which calls to list.

    Attributes:
        agent_id: Those of this agent.
        batch_id: Those of this batch.
        statuses: Those with one of these statuses; all if empty.
        since: Those that started at this moment or later.
        until: Those that started before this moment.
        limit: At most this many.
        expand_transcript: Whether to include transcripts.
    """

    agent_id: str | None = None
    batch_id: str | None = None
    statuses: frozenset[str] = frozenset()
    since: datetime | None = None
    until: datetime | None = None
    limit: int | None = None
    expand_transcript: bool = False

    def matches(self, call: AgentCall) -> bool:
        """Tell whether a call is wanted.

        One that never started goes by its end; one with neither is wanted, whatever the times are.
        """
        at = call.start_time or call.end_time
        return (not self.statuses or call.status in self.statuses) and (
            not at
            or (
                (self.since is None or at >= self.since) and (self.until is None or at < self.until)
            )
        )

    def nothing_older_matches(self, page: GetCallsResponse) -> bool:
        """Tell whether all calls behind a page, older by the API's order, are too old."""
        times = [call.start_time for call in page.data if call.start_time]
        return self.since is not None and bool(times) and times[-1] < self.since

    @property
    def page_size(self) -> int:
        """How many calls to ask for at once: no more than wanted, where none will be left out."""
        filters = self.statuses or self.since or self.until
        if filters or self.limit is None:
            return LARGEST_PAGE
        return min(self.limit, LARGEST_PAGE)


async def list_pages(sender: Sender, query: CallQuery) -> AsyncGenerator[list[AgentCall], None]:
    """Yield one list of wanted calls for each page, newest first; it may be empty.

    Raises:
        ResponseValidationError: The pages lead in a circle, or say that there is more and not where.
        APIStatusError: The server refused; the class tells why.
        APIConnectionError: No whole answer came back.
    """
    from cartesia_api.models import AgentsListCallsExpand  # noqa: PLC0415 - only for lists
    from cartesia_api.types import UNSET  # noqa: PLC0415 - likewise

    cursors = _Cursors()
    wanted = query.limit
    cursor: str | Unset = UNSET
    last_page: set[str] = set()
    while wanted != 0:
        page = await sender.call(
            LIST_CALLS,
            agent_id=query.agent_id or UNSET,
            batch_id=query.batch_id or UNSET,
            expand=AgentsListCallsExpand.TRANSCRIPT if query.expand_transcript else UNSET,
            starting_after=cursor,
            limit=query.page_size,
            cartesia_version=SPEC_VERSION,
        )
        # A call that the page before had already is not given twice.
        calls = [c for c in page.data if c.id not in last_page and query.matches(c)][:wanted]
        wanted = None if wanted is None else wanted - len(calls)
        yield calls
        if query.nothing_older_matches(page):
            return
        last_page = {call.id for call in page.data}
        following = cursors.after(page, query.page_size)
        if following is None:
            return
        cursor = following


@dataclass(slots=True)
class _Cursors:
    """Finds each page's cursor, and notices when they lead in a circle."""

    used: set[str] = field(default_factory=set[str])

    def after(self, page: GetCallsResponse, page_size: int) -> str | None:
        """Return the cursor of the page behind this one, None if there is none.

        Servers differ in what they send: `next_page` is the cursor where there is one; without it
        the last call's id is, if `has_more` says so, or if there is neither and the page is full.

        Raises:
            ResponseValidationError: The cursor was used before, or is nowhere to be found.
        """
        if page.has_more is False:
            return None
        cursor = page.next_page or None
        if cursor is None:
            if page.has_more is not True and (page.next_page is None or len(page.data) < page_size):
                return None
            if not page.data:
                raise _lost(
                    "/data", "is empty, though /has_more is true and no /next_page is given"
                )
            cursor = page.data[-1].id
        if cursor in self.used:
            raise _lost("/next_page", f"leads back to {cursor!r}, where the list was before")
        self.used.add(cursor)
        return cursor


def _lost(pointer: str, problem: str) -> ResponseValidationError:
    return ResponseValidationError(
        f"The list of calls can't be read to its end: {pointer} {problem}.",
        hint="What came before is good. Try again; if it stays, tell the provider.",
        problem=problem,
        pointer=pointer,
    )
