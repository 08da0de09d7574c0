"""An attempt at a request, and the errors that every transport raises, in the same words."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from cartesia_calls._exceptions import APIConnectionError, APITimeoutError, ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Callable

    from cartesia_calls._http import Request

# How h11 quotes the bytes that it rejects.
_QUOTED_BYTES = re.compile(r""":? (?:bytearray\()?b['"]""")


class Attempt:
    """An attempt at a request, or at the next part of its response.

    Attributes:
        request: The request.
        moment: When it must be done, by the clock that was passed.
        may_have_arrived: Whether the server may have received the request.
    """

    __slots__ = ("_time", "may_have_arrived", "moment", "request")

    def __init__(self, request: Request, time: Callable[[], float]) -> None:
        self.request = request
        self._time = time
        self.moment = time() + request.timeout
        self.may_have_arrived = False

    def left(self) -> float:
        """Return the seconds left, always more than 0.

        Raises:
            TimeoutError: None are left.
        """
        left = self.moment - self._time()
        if left <= 0:
            raise TimeoutError
        return left

    def timed_out(self) -> APITimeoutError:
        """Return the error of an attempt that took too long."""
        request = self.request
        # The rest of the time for all attempts is no round number.
        seconds = round(request.timeout, 3) or request.timeout
        return APITimeoutError(
            f"No complete response from {request.method} {request.url} within {seconds:g} s.",
            hint="Check the network, or pass a longer timeout.",
            may_have_arrived=self.may_have_arrived,
        )

    def no_response(self, why: str) -> APIConnectionError:
        """Return the error of an attempt without a complete response."""
        request, arrived = self.request, self.may_have_arrived
        what = f"No complete response from {request.method}" if arrived else "Could not connect to"
        return APIConnectionError(
            f"{what} {request.url}: {request.masked(why)}.",
            hint="Check the network, the base URL (`cartesia-calls doctor` shows it) and any proxy.",
            may_have_arrived=arrived,
        )


def system_reason(error: OSError) -> str | None:
    """Return the operating system's words; asyncio has words of its own for some errors."""
    if isinstance(error, ConnectionError) and error.errno:
        return os.strerror(error.errno)
    return error.strerror


def closed() -> ConfigurationError:
    """Return the error of a client that was closed."""
    return ConfigurationError(
        "This client is closed.", hint="Make a new one, or stay inside its with block."
    )


def unsendable(request: Request, why: object) -> ConfigurationError:
    """Return the error of a request that the HTTP library rejects."""
    return ConfigurationError(
        f"A request can't be sent to {request.url[:200]}: {request.masked(why)}.",
        hint="Check the base URL and the ids.",
    )


def without_quotes(error: BaseException) -> str:
    """Return an HTTP library's text about a malformed response, without its period and quoted bytes.

    The bytes may hold the key, or a customer's words.
    """
    return _QUOTED_BYTES.split(str(error), maxsplit=1)[0].rstrip(".") or type(error).__name__


def without_frames(error: BaseException) -> BaseException | None:
    """Return an error without the frames of its whole chain; None if it quotes a server.

    The frames of an HTTP library hold the bytes of the request, which include the key, and error
    reporters show local variables.
    """
    seen: BaseException | None = error
    while seen is not None:
        seen.__traceback__ = None
        seen = seen.__cause__ or seen.__context__
    return None if _QUOTED_BYTES.search(str(error)) else error
