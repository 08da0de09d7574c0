"""Calls listed page by page, for sync and async clients."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from cartesia_api.types import UNSET, Unset

from ._arguments import check_id
from ._driving import Face, driven, iterate
from ._exceptions import ResponseValidationError
from ._operations import LIST_CALLS, SPEC_VERSION

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Iterator

    from cartesia_api.models import AgentCall, GetCallsResponse

    from ._sending import Sender

LARGEST_PAGE = 100


class CallPage(list["AgentCall"]):
    """The wanted calls of one page, newest first; it may be empty.

    Attributes:
        next_cursor: Pass it to `pages(after=...)` to resume with the next page, in another process
            too; None at the end of the list.
    """

    def __init__(self, calls: Iterable[AgentCall] = (), next_cursor: str | None = None) -> None:
        super().__init__(calls)
        self.next_cursor = next_cursor


class AsyncCallList:
    """Calls, newest first: iterate over them, or over `pages()`.

    Nothing is sent before the first call is needed, and each new iteration starts over.

    Attributes:
        unplaced: How many calls the latest iteration has left out so far because they have neither
            a start nor an end time, so that they are in no window of `since` and `until`.
    """

    def __init__(self, sender: Sender, query: CallQuery) -> None:
        self._sender = sender
        self._query = query
        self.unplaced = 0

    async def __aiter__(self) -> AsyncIterator[AgentCall]:
        async for page in self.pages():
            for call in page:
                yield call

    def pages(self, *, after: str | None = None) -> AsyncGenerator[CallPage, None]:
        """Yield the wanted calls of one page after the other; a page may have none.

        Each page is a list whose `next_cursor` says where the next one begins. Keep it to resume
        there, after a failure or in another process. A `limit` then counts from there.

        Args:
            after: The `next_cursor` of the last page that you have; the first page by default.

        Raises:
            ResponseValidationError: The server repeats a cursor, or has more pages and no cursor.
        """
        self.unplaced = 0
        return self._pages(None if after is None else check_id(after, "after"))

    async def _pages(self, cursor: str | None) -> AsyncGenerator[CallPage, None]:
        query = self._query
        wanted = query.limit
        used: set[str | None] = set()
        last_page: set[str] = set()
        times: list[datetime] = []
        while True:
            if cursor in used:
                raise _lost("/next_page", f"leads back to {cursor!r}, which it has used")
            used.add(cursor)
            page = await query.fetch(self._sender, cursor)
            # A call that was on the previous page is skipped.
            matching = [c for c in page.data if c.id not in last_page and query.matches(c)]
            calls = [call for call in matching if query.can_place(call)]
            self.unplaced += len(matching) - len(calls)
            calls = calls[:wanted]
            wanted = None if wanted is None else wanted - len(calls)
            # A single call may have a wrong time. The list ends when a whole page and the last call
            # of the previous page are too old.
            times = [*times[-1:], *(at for call in page.data if (at := time_of(call)))]
            is_past = query.since is not None and len(times) > 1 and max(times) < query.since
            cursor = None if is_past or wanted == 0 else _next_cursor(page, query.page_size)
            yield CallPage(calls, cursor)
            if cursor is None:
                return
            last_page = {call.id for call in page.data}


class CallList(Face[AsyncCallList]):
    """Calls, newest first: `AsyncCallList` without an event loop."""

    pages = driven(AsyncCallList.pages, iterate, "Iterator[CallPage]")

    def __iter__(self) -> Iterator[AgentCall]:
        for page in self.pages():
            yield from page

    @property
    def unplaced(self) -> int:
        """How many calls the latest iteration has left out, as they are in no window."""
        return self._inner.unplaced


@dataclass(frozen=True, slots=True)
class CallQuery:
    """Which calls to list; see `AsyncCalls.list`."""

    agent_id: str | None
    batch_id: str | None
    statuses: frozenset[str]
    since: datetime | None
    until: datetime | None
    limit: int | None
    expand_transcript: bool
    undated: bool

    async def fetch(self, sender: Sender, cursor: str | None) -> GetCallsResponse:
        """Return the page after a cursor, or the first one."""
        first_start, last_start = self._server_bounds()
        return await sender.call(
            LIST_CALLS,
            agent_id=self.agent_id or UNSET,
            batch_id=self.batch_id or UNSET,
            expand="transcript" if self.expand_transcript else UNSET,
            starting_after=cursor or UNSET,
            limit=self.page_size,
            start_time_gte=first_start,
            start_time_lte=last_start,
            cartesia_version=SPEC_VERSION,
        )

    def _server_bounds(self) -> tuple[datetime | Unset, datetime | Unset]:
        """Return the first and the last start time to send to the server.

        `since` alone is not sent. The list ends there anyway, and a server that filters by start
        time may leave out calls that never started.
        """
        if self.undated or self.until is None:
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
        """Return whether the call's times show if it lies in the window."""
        is_open = self.since is None and self.until is None
        return self.undated or is_open or time_of(call) is not None

    @property
    def page_size(self) -> int:
        """How many calls to fetch at once: no more than wanted, where none will be left out."""
        filters = self.statuses or self.since or self.until
        if filters or self.limit is None:
            return LARGEST_PAGE
        return min(self.limit, LARGEST_PAGE)


def time_of(call: AgentCall) -> datetime | None:
    """Return when the call started or, where it never did, when it ended."""
    return call.start_time or call.end_time or None


def _whole_second(moment: datetime, *, up: bool = False) -> datetime | None:
    """Return the moment in UTC, rounded to a second; None where the calendar has no such time.

    Servers may round the times that they keep, so bounds are rounded outwards.
    """
    try:
        moment = moment.astimezone(UTC)
        whole = moment.replace(microsecond=0)
        return whole + timedelta(seconds=1) if up and whole < moment else whole
    except OverflowError:
        return None


def _next_cursor(page: GetCallsResponse, page_size: int) -> str | None:
    """Return the cursor of the next page, None if there is none.

    Servers differ. The cursor is `next_page` if that is sent. Else it is the last call's id, if
    `has_more` is true, or if neither is sent and the page is full.
    """
    if page.has_more is False:
        return None
    if page.next_page:
        return page.next_page
    if page.has_more is not True and (page.next_page is None or len(page.data) < page_size):
        return None
    if not page.data:
        raise _lost("/data", "is empty, though /has_more is true and no /next_page is given")
    return page.data[-1].id


def _lost(pointer: str, problem: str) -> ResponseValidationError:
    return ResponseValidationError(
        f"The list of calls can't be read to its end: {pointer} {problem}.",
        hint="The calls so far are complete. Try again; if it fails again, report it to the provider.",
        problem=problem,
        pointer=pointer,
    )
