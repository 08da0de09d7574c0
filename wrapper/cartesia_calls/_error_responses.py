"""The exception for a response that is not a success.

Error bodies have four shapes: the structured one of 2026-03-01, the logs operation's own 404, plain
text `Title: Message`, and the pages of proxies.
"""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from http import HTTPStatus
from math import inf
from typing import TYPE_CHECKING, cast

from ._exceptions import (
    APIStatusError,
    AuthenticationError,
    BadRequestError,
    CallLogsNotAvailableError,
    CallNotFoundError,
    ConflictError,
    InternalServerError,
    NotFoundError,
    PermissionDeniedError,
    RateLimitError,
    UnprocessableEntityError,
)
from ._printable import excerpt

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ._http import Request, Response

_NUMBER = re.compile(r"\s*[0-9]+(?:\.[0-9]*)?(?:[eE][+-]?[0-9]+)?\s*", re.ASCII)
_LONGEST_BODY_TEXT = 2000
# A parsed body is kept up to this length and depth, so that the exception can be printed, copied and
# sent between processes.
_LARGEST_KEPT_BODY = 20_000
_DEEPEST_KEPT_BODY = 20
_REQUEST_ID_HEADERS = ("x-request-id", "cartesia-request-id", "x-cartesia-request-id")

_BY_STATUS: dict[int, tuple[type[APIStatusError], str]] = {
    400: (BadRequestError, "Check the arguments and the API version."),
    401: (AuthenticationError, "Check the API key with `cartesia-calls doctor`."),
    403: (PermissionDeniedError, "Use a key of the account that owns the call."),
    404: (NotFoundError, "Check the id and the base URL."),
    409: (ConflictError, "Check the present state of the call, then try again."),
    422: (UnprocessableEntityError, "Check the arguments' values."),
    429: (RateLimitError, "Wait and send fewer requests at once, or raise the plan's limit."),
}
_LOGS_NOT_AVAILABLE_HINT = (
    "If the call is running or has just ended, wait for them (wait_for_logs, or --wait); "
    "if it ended long ago, they were never written or retention has removed them."
)
# From the spec's description of the 404 of agents_get-call-logs.
_NOT_FOUND: dict[str, tuple[type[NotFoundError], str]] = {
    "call not found": (
        CallNotFoundError,
        "Check the call id, and that the API key belongs to the account of that call.",
    ),
    "call logs not available": (CallLogsNotAvailableError, _LOGS_NOT_AVAILABLE_HINT),
}


def status_error(request: Request, response: Response, now: datetime) -> APIStatusError:
    """Return the exception for a response that is not a success; never fails itself."""
    # Some servers quote the key that they refuse.
    text = request.masked(response.body.decode("utf-8", errors="replace"))
    headers = {request.masked(k): request.masked(v) for k, v in response.headers.items()}
    try:
        body: object = json.loads(text)
    except (ValueError, RecursionError):
        body = text
    title, message = _title_and_message(body)
    status = response.status_code
    said = ": ".join(excerpt(part).rstrip(" .") for part in (title, message) if part)
    if not said:
        phrases = {known.value: known.phrase for known in HTTPStatus}
        # Gateways send unregistered codes, such as 520.
        said = phrases.get(status, "Unregistered status")
    error_class, hint = _classify(status, title, message, headers.get("location", ""))
    from_headers = (headers.get(name) for name in _REQUEST_ID_HEADERS)
    return error_class(
        f"{said} ({status} from {request.method} {request.url}).",
        hint=hint,
        status_code=status,
        error_code=_text(body, "error_code"),
        title=title,
        message=message,
        request_id=_text(body, "request_id") or next(filter(None, from_headers), None),
        doc_url=_text(body, "doc_url"),
        retry_after=parse_retry_after(headers, now),
        body=body if _is_small(text, body) else text[:_LONGEST_BODY_TEXT],
        headers=headers,
        method=request.method,
        url=request.url,
    )


def _classify(
    status: int, title: str | None, message: str | None, location: str
) -> tuple[type[APIStatusError], str]:
    if status == HTTPStatus.NOT_FOUND:
        for said in (title, message):
            if known := _NOT_FOUND.get((said or "").strip(" .").lower()):
                return known
    if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
        hint = "Redirects are not followed, so that the API key stays with its host; check the base URL."
        points_to = f" The server points to {excerpt(location)}." if location else ""
        return APIStatusError, hint + points_to
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return InternalServerError, "Try again later. If it stays, report the request id."
    return _BY_STATUS.get(
        status, (APIStatusError, "The spec does not name this status; see .body.")
    )


def _is_small(text: str, body: object) -> bool:
    if isinstance(body, str):
        return len(body) <= _LONGEST_BODY_TEXT
    return len(text) <= _LARGEST_KEPT_BODY and _is_shallow(body, _DEEPEST_KEPT_BODY)


def _is_shallow(value: object, levels: int) -> bool:
    inner: Iterable[object] = ()
    if isinstance(value, dict):
        inner = cast("dict[str, object]", value).values()
    elif isinstance(value, list):
        inner = cast("list[object]", value)
    return levels > 0 and all(_is_shallow(item, levels - 1) for item in inner)


def _title_and_message(body: object) -> tuple[str | None, str | None]:
    title, message = _text(body, "title"), _text(body, "message")
    if (description := _text(body, "description")) is not None:
        # The logs operation's 404 calls the title `message` and the message `description`.
        return title or message, description
    # HTML, and JSON that was cut short, have no title.
    if isinstance(body, str) and not body.lstrip().startswith(("<", "{", "[")):
        before, separator, after = body.strip().partition(": ")
        return (before, after) if separator else (None, before or None)
    return title, message


def _text(body: object, name: str) -> str | None:
    """Return a field of a body, if it is an object with text of that name."""
    value = cast("dict[str, object]", body).get(name) if isinstance(body, dict) else None
    return value if isinstance(value, str) and value else None


def parse_retry_after(headers: Mapping[str, str], now: datetime) -> float | None:
    """Return the seconds that `retry-after-ms` or `Retry-After` name; None without a valid one."""
    if (milliseconds := _number(headers.get("retry-after-ms", ""))) is not None:
        return milliseconds / 1000
    value = headers.get("retry-after", "")
    if (seconds := _number(value)) is not None:
        return seconds
    from email.utils import parsedate_to_datetime  # noqa: PLC0415 - slow to import, rarely needed

    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return None
    # A date without a known zone is read as naive; HTTP's dates are UTC.
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (moment - now).total_seconds())


def _number(text: str) -> float | None:
    # float alone would read "nan", "1_0" and the digits of other scripts too.
    number = float(text) if _NUMBER.fullmatch(text) else inf
    return None if number == inf else number
