"""Lists of calls: the parameters of a request, and the page of its response.

Cursors are the ids of calls.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus

from starlette.exceptions import HTTPException

from ._call import Call

_DEFAULT_LIMIT = 10
_LIMITS = range(1, 101)
# Python's int() accepts more than this: spaces, underscores, other scripts' digits.
_NUMBER = re.compile(r"[0-9]{1,9}")
# RFC 3339; Python's fromisoformat() takes more than this.
_TIME = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2})"
)


@dataclass(frozen=True, kw_only=True)
class ListQuery:
    """The parameters of `agents_list-calls`, checked; `None` for each that was not sent.

    Attributes:
        starting_after: The id of the call that precedes the page.
        ending_before: The id of the call that follows the page. Alone it pages towards the beginning of
            the list; with the other cursor it only bounds the page.
        limit: The largest number of calls on the page.
    """

    agent_id: str | None
    batch_id: str | None
    with_transcript: bool
    starting_after: str | None
    ending_before: str | None
    limit: int
    start_time_gte: datetime | None
    start_time_lte: datetime | None

    def covers(self, start: datetime | None) -> bool:
        """Return whether a call with this start time is wanted; one without a start is in no window."""
        if start is None:
            return self.start_time_gte is None and self.start_time_lte is None
        return (self.start_time_gte is None or start >= self.start_time_gte) and (
            self.start_time_lte is None or start <= self.start_time_lte
        )


@dataclass(frozen=True, kw_only=True)
class Page:
    """Some of the calls; `next_cursor` leads to the next page in the same direction, if there is one."""

    calls: Sequence[Call]
    next_cursor: str | None


def read_list_query(parameters: Mapping[str, str]) -> ListQuery:
    """Check the query parameters, and return them.

    Raises:
        HTTPException: 400; a parameter is missing or cannot be used.
    """
    if not (parameters.get("agent_id") or parameters.get("batch_id")):
        raise _bad_request("The agent or batch is missing. Send 'agent_id' or 'batch_id'.")
    if parameters.get("expand", "transcript") != "transcript":
        raise _bad_request("Only the transcript can be expanded. Send 'expand=transcript'.")
    return ListQuery(
        agent_id=parameters.get("agent_id") or None,
        batch_id=parameters.get("batch_id") or None,
        with_transcript="expand" in parameters,
        starting_after=parameters.get("starting_after"),
        ending_before=parameters.get("ending_before"),
        limit=_limit(parameters.get("limit")),
        start_time_gte=_time("start_time_gte", parameters),
        start_time_lte=_time("start_time_lte", parameters),
    )


def cut_page(calls: Sequence[Call], query: ListQuery) -> Page:
    """Return the requested page of the calls, in their order.

    Raises:
        HTTPException: 400; a cursor is not the id of one of the calls.
    """
    ids = [call.call_id for call in calls]
    after, before = query.starting_after, query.ending_before
    first = 0 if after is None else _position(ids, after) + 1
    end = len(ids) if before is None else _position(ids, before)
    window = calls[first:end]
    backwards = before is not None and after is None
    page = window[-query.limit :] if backwards else window[: query.limit]
    if len(page) == len(window):
        return Page(calls=page, next_cursor=None)
    return Page(calls=page, next_cursor=page[0 if backwards else -1].call_id)


def _position(ids: Sequence[str], cursor: str) -> int:
    try:
        return ids.index(cursor)
    except ValueError:
        raise _bad_request(
            "The cursor is not the ID of a call in this list. Start without one."
        ) from None


def _limit(sent: str | None) -> int:
    if sent is None:
        return _DEFAULT_LIMIT
    if not _NUMBER.fullmatch(sent) or int(sent) not in _LIMITS:
        raise _bad_request(
            f"The limit is out of range. Send a number from {_LIMITS[0]} to {_LIMITS[-1]}."
        )
    return int(sent)


def _time(name: str, parameters: Mapping[str, str]) -> datetime | None:
    sent = parameters.get(name)
    if sent is None:
        return None
    time = sent.upper()  # RFC 3339 allows `t` and `z`
    try:
        if _TIME.fullmatch(time):
            return datetime.fromisoformat(time)
    except ValueError:
        pass  # such as a 30 February
    raise _bad_request(
        f"{name} is not a time in RFC 3339. Send one such as '2026-03-01T10:00:00Z'."
    )


def _bad_request(message: str) -> HTTPException:
    return HTTPException(HTTPStatus.BAD_REQUEST, message)
