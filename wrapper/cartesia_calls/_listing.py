"""Calls listed page by page, for sync and async clients alike."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from ._exceptions import ResponseValidationError
from ._operations import LIST_CALLS, SPEC_VERSION

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable

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
        complete: Whether to miss no call that may be wanted: the server is not asked to filter by
            time, and a call without any time is wanted whatever the times are.
    """

    agent_id: str | None = None
    batch_id: str | None = None
    statuses: frozenset[str] = frozenset()
    since: datetime | None = None
    until: datetime | None = None
    limit: int | None = None
    expand_transcript: bool = False
    complete: bool = False

    @property
    def server_bounds(self) -> tuple[datetime | Unset, datetime | Unset]:
        """The first and the last start time to ask the server for.

        `since` alone is not sent. The list ends there anyway, and a server that filters by start
        time may leave out calls that never started.
        """
        from cartesia_api.types import UNSET  # noqa: PLC0415 - only for lists

        if self.complete or self.until is None:
            return UNSET, UNSET
        return (
            UNSET if self.since is None else _whole_second(self.since) or UNSET,
            _whole_second(self.until, up=True) or UNSET,
        )

    def matches(self, call: AgentCall) -> bool:
        """Return whether the call has a wanted status and lies in the window, if it has a time."""
        at = time_of(call)
        return (not self.statuses or call.status in self.statuses) and (
            at is None
            or (
                (self.since is None or at >= self.since) and (self.until is None or at < self.until)
            )
        )

    def can_place(self, call: AgentCall) -> bool:
        """Return whether it can be known if the call lies in the window."""
        is_open = self.since is None and self.until is None
        return self.complete or is_open or time_of(call) is not None

    @property
    def page_size(self) -> int:
        """How many calls to ask for at once: no more than wanted, where none will be left out."""
        filters = self.statuses or self.since or self.until
        if filters or self.limit is None:
            return LARGEST_PAGE
        return min(self.limit, LARGEST_PAGE)


def time_of(call: AgentCall) -> datetime | None:
    """Return when the call started or, where it never did, when it ended."""
    return call.start_time or call.end_time or None


def _whole_second(moment: datetime, *, up: bool = False) -> datetime | None:
    """Return the moment in UTC, rounded to a second; None where the calendar has no such time.

    Servers may keep times less exactly than they are given, so bounds are rounded outwards.
    """
    try:
        moment = moment.astimezone(UTC)
        whole = moment.replace(microsecond=0)
        return whole + timedelta(seconds=1) if up and whole < moment else whole
    except OverflowError:
        return None


async def list_pages(
    sender: Sender, query: CallQuery, on_unplaced: Callable[[int], None] | None = None
) -> AsyncGenerator[list[AgentCall], None]:
    """Yield one list of wanted calls for each page, newest first; it may be empty.

    Args:
        sender: Sends the requests.
        query: Which calls to list.
        on_unplaced: Called with the number of calls that a page leaves out for want of a time.

    Raises:
        ResponseValidationError: The pages lead in a circle, or say that there is more and not where.
        APIStatusError: The server refused; the class tells why.
        APIConnectionError: No complete response came back.
    """
    from cartesia_api.types import UNSET  # noqa: PLC0415 - only for lists

    cursors = _Cursors()
    wanted = query.limit
    cursor: str | Unset = UNSET
    last_page: set[str] = set()
    times: list[datetime] = []
    first_start, last_start = query.server_bounds
    while wanted != 0:
        page = await sender.call(
            LIST_CALLS,
            agent_id=query.agent_id or UNSET,
            batch_id=query.batch_id or UNSET,
            expand="transcript" if query.expand_transcript else UNSET,
            starting_after=cursor,
            limit=query.page_size,
            start_time_gte=first_start,
            start_time_lte=last_start,
            cartesia_version=SPEC_VERSION,
        )
        # A call that the previous page had already is not given twice.
        matching = [c for c in page.data if c.id not in last_page and query.matches(c)]
        calls = [call for call in matching if query.can_place(call)]
        if on_unplaced is not None:
            on_unplaced(len(matching) - len(calls))
        calls = calls[:wanted]
        wanted = None if wanted is None else wanted - len(calls)
        yield calls
        # One call alone may have an odd time. The list ends when a whole page and the call before
        # it are too old.
        times = [*times[-1:], *(at for call in page.data if (at := time_of(call)))]
        if query.since is not None and len(times) > 1 and max(times) < query.since:
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
        """Return the cursor of the next page, None if there is none.

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
