"""Every error that this package raises.

CartesiaError
├── ConfigurationError
├── APIConnectionError
│   └── APITimeoutError (also a TimeoutError)
├── APIStatusError
│   ├── BadRequestError                    400
│   ├── AuthenticationError                401
│   ├── PermissionDeniedError              403
│   ├── NotFoundError                      404
│   │   ├── CallNotFoundError
│   │   └── CallLogsNotAvailableError
│   ├── ConflictError                      409
│   ├── UnprocessableEntityError           422
│   ├── RateLimitError                     429
│   └── InternalServerError                500 and above
├── ResponseValidationError
├── LogsRewrittenError
└── LogsWaitTimeoutError (also a TimeoutError)

Arguments of the wrong type or value are a plain `TypeError` or `ValueError`, raised before anything
is sent.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

MissingLogsReason = Literal[
    "in_progress",
    "not_written_yet",
    "deleted",
    "zero_retention",
    "expired_or_never_written",
    "unknown",
]
"""Why a call that exists has no logs to show."""


class CartesiaError(Exception):
    """The base of every error raised by this package. Every attribute can be passed as a keyword.

    Attributes:
        summary: What happened, in one sentence.
        hint: What to do next, in one sentence; empty if there is nothing to do.
    """

    def __init__(self, summary: str, *, hint: str = "", **attributes: object) -> None:
        super().__init__(summary)
        self.summary = summary
        self.hint = hint
        vars(self).update(attributes)

    def __str__(self) -> str:
        return f"{self.summary} {self.hint}".strip()

    def __reduce__(self) -> tuple[object, ...]:
        # A user's subclass may take other arguments.
        return type(self).__new__, (type(self),), {"args": self.args, **vars(self)}


class ConfigurationError(CartesiaError):
    """The client cannot be used as it is set up: no key, an unsafe URL, a wrong setting."""


class APIConnectionError(CartesiaError):
    """No complete response arrived: DNS, connection refused or reset, TLS, a body cut short.

    Attributes:
        attempts: How many times the request was sent before this was raised.
        may_have_arrived: Whether the server may have received the request, and acted on it.
    """

    attempts: int = 1
    may_have_arrived: bool = True


class APITimeoutError(APIConnectionError, TimeoutError):
    """No complete response arrived within the timeout."""


class APIStatusError(CartesiaError):
    """The server responded with a status that is not a success.

    The text fields are None if the response did not have them; the API has used several shapes.

    Attributes:
        status_code: The HTTP status code, registered or not.
        error_code: The API's own code, such as `concurrency_limited`.
        title: The API's short name for the error.
        message: The API's explanation.
        request_id: The id to report to the provider's support, from the body or the headers.
        doc_url: The API's documentation of the error.
        retry_after: Seconds to wait before the next request, if the server named them.
        body: The response's body: a JSON value if it was JSON, else text. Long text is cut.
        headers: The response's headers, names in lower case.
        method: The request's method.
        url: The request's URL.
        attempts: How many times the request was sent before this was raised.
    """

    status_code: int
    error_code: str | None = None
    title: str | None = None
    message: str | None = None
    request_id: str | None = None
    doc_url: str | None = None
    retry_after: float | None = None
    body: object = None
    headers: Mapping[str, str]
    method: str
    url: str
    attempts: int = 1


class BadRequestError(APIStatusError):
    """400: the server did not understand the request."""


class AuthenticationError(APIStatusError):
    """401: the API key is missing, wrong or revoked."""


class PermissionDeniedError(APIStatusError):
    """403: the API key is valid, but not for this request."""


class NotFoundError(APIStatusError):
    """404: nothing was found at this address."""


class CallNotFoundError(NotFoundError):
    """404 `Call not found`: no such call, or it belongs to another account."""


class CallLogsNotAvailableError(NotFoundError):
    """404 `Call logs not available`: the call exists, its logs do not, or not yet.

    Attributes:
        reason: Why, as far as the call's record shows it; `unknown` if it shows nothing.
    """

    reason: MissingLogsReason = "unknown"

    @property
    def may_become_available(self) -> bool | None:
        """Whether waiting can help; None if that is unknown."""
        if self.reason == "unknown":
            return None
        return self.reason in {"in_progress", "not_written_yet"}


class ConflictError(APIStatusError):
    """409: the request conflicts with the present state of the call."""


class UnprocessableEntityError(APIStatusError):
    """422: the server understood the request and refused its values."""


class RateLimitError(APIStatusError):
    """429: too many requests, or more calls at once than the plan allows (see `retry_after`)."""


class InternalServerError(APIStatusError):
    """500 and above: the server, or a gateway before it, failed."""


class ResponseValidationError(CartesiaError):
    """The server responded with a success that does not match the spec.

    Attributes:
        problem: What is wrong with the response.
        pointer: Where, as a JSON Pointer (RFC 6901); empty for the whole body.
        body: The beginning of the response's body, as text.
    """

    problem: str
    pointer: str = ""
    body: str = ""


class LogsRewrittenError(CartesiaError):
    """While `follow_logs` followed a call, lines that it had yielded were changed or removed.

    Attributes:
        call_id: The call.
        lines_given: How many lines had been yielded before.
    """

    call_id: str
    lines_given: int


class LogsWaitTimeoutError(CartesiaError, TimeoutError):
    """The logs of a call did not appear within the timeout of `wait_for_logs`.

    Attributes:
        call_id: The call.
        timeout: The timeout, in seconds.
        reason: The last known reason for their absence.
    """

    call_id: str
    timeout: float
    reason: MissingLogsReason
