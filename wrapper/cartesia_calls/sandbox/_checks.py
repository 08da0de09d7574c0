"""What every request must carry: a key and an API version."""

import re
from collections.abc import Sequence
from datetime import date
from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.requests import Request

from ._contract import Contract, Operation

ACCEPTED_KEY = "sk_car_sandbox_accepted"
"""The documented example of a key; every other well-formed key is accepted too."""

REFUSED_KEY = "sk_car_sandbox_refused"
"""The one well-formed key that is refused, as a revoked one would be."""

_ALSO_ACCEPTED = ("2026-08-14",)
"""API versions that the provider is known to accept, with the same responses as the spec's."""

_KEY = re.compile(r"sk_car_[A-Za-z0-9_-]{4,}")
_ADMIN_PREFIX = "sk_car_admin_"
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def check_request(request: Request, operation: Operation, contract: Contract) -> None:
    """Check that the request has what the spec requires of the operation: the key, then the version.

    Raises:
        HTTPException: 401 or 403 for the key, 400 for the version. Its text never contains the key.
    """
    if operation.needs_key:
        _check_key(request.headers.get("authorization"))
    if operation.needs_version:
        sent = request.headers.get(contract.version_header)
        supported = sorted({*contract.versions, *_ALSO_ACCEPTED})
        _check_version(sent, contract.version_header, supported)


def _check_key(authorization: str | None) -> None:
    if authorization is None:
        raise _unauthorized("No API key was sent. Send it as 'Authorization: Bearer sk_car_…'.")
    scheme, _, key = authorization.partition(" ")
    if scheme.lower() != "bearer":
        raise _unauthorized("The API key was not sent as 'Authorization: Bearer sk_car_…'.")
    if not _KEY.fullmatch(key):
        raise _unauthorized("The API key is malformed. Keys look like 'sk_car_…'.")
    if key == REFUSED_KEY:
        raise _unauthorized("The API key is not valid. Use another, or create a new one.")
    if key.startswith(_ADMIN_PREFIX):
        raise HTTPException(
            HTTPStatus.FORBIDDEN, "Admin keys work on admin routes only. Use a plain API key."
        )


def _unauthorized(message: str) -> HTTPException:
    return HTTPException(HTTPStatus.UNAUTHORIZED, message, headers={"WWW-Authenticate": "Bearer"})


def _check_version(sent: str | None, header: str, supported: Sequence[str]) -> None:
    choice = f"Send '{header}' with one of: {', '.join(supported)}."
    if not sent:
        raise HTTPException(HTTPStatus.BAD_REQUEST, f"The API version is missing. {choice}")
    if not _is_date(sent):
        raise HTTPException(
            HTTPStatus.BAD_REQUEST, f"The API version is not a date (YYYY-MM-DD). {choice}"
        )
    if sent not in supported:
        raise HTTPException(HTTPStatus.BAD_REQUEST, f"The API version is not supported. {choice}")


def _is_date(text: str) -> bool:
    if not _DATE.fullmatch(text):
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
