"""Cuts a list of calls into pages by cursors, which are the ids of calls."""

from collections.abc import Sequence
from dataclasses import dataclass

from ._call import Call


class UnknownCursorError(Exception):
    """The cursor names no call of the list."""


@dataclass(frozen=True, kw_only=True)
class Page:
    """Some of the calls; `next_cursor` leads on in the same direction, `None` at the end."""

    calls: Sequence[Call]
    next_cursor: str | None


def cut_page(
    calls: Sequence[Call], *, limit: int, starting_after: str | None, ending_before: str | None
) -> Page:
    """Return a page of the calls, which keep their order.

    Args:
        calls: All of them.
        limit: How many a page has at the most.
        starting_after: The id of the call that the page begins behind.
        ending_before: The id of the call that the page ends before. Alone it leads towards the
            beginning of the list; with the other cursor it only bounds the page.

    Raises:
        UnknownCursorError: A cursor names none of the calls.
    """
    ids = [call.call_id for call in calls]
    first = 0 if starting_after is None else _position(ids, starting_after) + 1
    end = len(ids) if ending_before is None else _position(ids, ending_before)
    window = calls[first:end]
    backwards = ending_before is not None and starting_after is None
    page = window[-limit:] if backwards else window[:limit]
    if len(page) == len(window):
        return Page(calls=page, next_cursor=None)
    return Page(calls=page, next_cursor=page[0 if backwards else -1].call_id)


def _position(ids: Sequence[str], cursor: str) -> int:
    try:
        return ids.index(cursor)
    except ValueError:
        raise UnknownCursorError from None
