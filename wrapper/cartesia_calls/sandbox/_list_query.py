"""What a request for a list of calls asks for."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus

from starlette.exceptions import HTTPException

_DEFAULT_LIMIT = 10
_LIMITS = range(1, 101)
# Python's int() takes more than this: spaces, underscores, other scripts' digits.
_NUMBER = re.compile(r"[0-9]{1,9}")


@dataclass(frozen=True, kw_only=True)
class ListQuery:
    """The parameters of `agents_list-calls`, checked; `None` where one was not sent."""

    agent_id: str | None
    batch_id: str | None
    with_transcript: bool
    starting_after: str | None
    ending_before: str | None
    limit: int


def read_list_query(parameters: Mapping[str, str]) -> ListQuery:
    """Return what the query parameters ask for.

    Raises:
        HTTPException: 400; they ask for nothing, or for something that is not to be had.
    """
    if not (parameters.get("agent_id") or parameters.get("batch_id")):
        raise _bad_request("Whose calls? Send 'agent_id' or 'batch_id'.")
    if parameters.get("expand", "transcript") != "transcript":
        raise _bad_request("Only the transcript can be expanded. Send 'expand=transcript'.")
    return ListQuery(
        agent_id=parameters.get("agent_id") or None,
        batch_id=parameters.get("batch_id") or None,
        with_transcript="expand" in parameters,
        starting_after=parameters.get("starting_after"),
        ending_before=parameters.get("ending_before"),
        limit=_limit(parameters.get("limit")),
    )


def unknown_cursor() -> HTTPException:
    """Return the refusal of a cursor that names no call of the list."""
    return _bad_request("The cursor is not the ID of a call in this list. Start without one.")


def _limit(sent: str | None) -> int:
    if sent is None:
        return _DEFAULT_LIMIT
    if not _NUMBER.fullmatch(sent) or int(sent) not in _LIMITS:
        raise _bad_request(
            f"The limit is out of range. Send a number from {_LIMITS[0]} to {_LIMITS[-1]}."
        )
    return int(sent)


def _bad_request(message: str) -> HTTPException:
    return HTTPException(HTTPStatus.BAD_REQUEST, message)
