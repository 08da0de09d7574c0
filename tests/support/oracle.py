"""Checks of requests and responses by openapi-core."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import parse_qs

import httpx
from openapi_core import Config, OpenAPI
from openapi_core.datatypes import RequestParameters
from werkzeug.datastructures import Headers, ImmutableMultiDict

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

# Sent by HTTP itself or by the client's transport; the spec must declare every other header.
_HEADERS_OF_HTTP = frozenset(
    {
        "accept",
        "accept-encoding",
        "authorization",
        "connection",
        "content-length",
        "host",
        "user-agent",
    }
)


class _JudgedRequest:
    """An `httpx.Request` in the form that openapi-core takes.

    The path is the raw one: decoded, a `%2F` inside a call id would look like two segments.
    """

    def __init__(self, request: httpx.Request) -> None:
        raw_path, _, raw_query = request.url.raw_path.decode("ascii").partition("?")
        self.host_url = f"{request.url.scheme}://{request.url.netloc.decode('ascii')}"
        self.path = raw_path
        self.method = request.method.lower()
        self.body = request.content or None
        self.content_type = request.headers.get("content-type", "")
        self.parameters = RequestParameters(
            query=ImmutableMultiDict(parse_qs(raw_query)),
            header=Headers(list(request.headers.items())),
        )


class _JudgedResponse:
    """An `httpx.Response` in the form that openapi-core takes."""

    def __init__(self, response: httpx.Response) -> None:
        self.status_code = response.status_code
        self.headers = Headers(list(response.headers.items()))
        self.content_type = response.headers.get("content-type", "")
        self.data = response.content


@dataclass
class Oracle:
    """Checks against one spec."""

    spec: Mapping[str, Any]

    def __post_init__(self) -> None:
        # Vendoring has validated the spec, which is slower than all checks against it.
        config = Config(spec_validator_cls=cast("Any", None))  # None is documented, and not typed
        self._openapi = OpenAPI.from_dict(cast("Any", self.spec), config=config)

    def problems_of_request(self, request: httpx.Request) -> list[str]:
        """Return everything in a request that the spec does not allow, undeclared names included."""
        judged = cast("Any", _JudgedRequest(request))
        problems = _texts(self._openapi.iter_request_errors(judged))
        return problems or self._undeclared(request)

    def problems_of_response(self, request: httpx.Request, response: httpx.Response) -> list[str]:
        """Return everything in a response that the spec does not allow."""
        judged = cast("Any", _JudgedRequest(request)), cast("Any", _JudgedResponse(response))
        return _texts(self._openapi.iter_response_errors(*judged))

    def _undeclared(self, request: httpx.Request) -> list[str]:
        """Return the names that no parameter declares, which openapi-core lets pass."""
        judged = cast("Any", _JudgedRequest(request))
        unmarshalled = self._openapi.unmarshal_request(judged)
        declared_headers = {name.lower() for name in unmarshalled.parameters.header}
        sent_headers = {name.lower() for name in request.headers}
        undeclared = sorted(sent_headers - declared_headers - _HEADERS_OF_HTTP)
        problems = [f"the header {name!r} is sent and not declared" for name in undeclared]
        declared_query = set(unmarshalled.parameters.query)
        undeclared = sorted(set(request.url.params) - declared_query)
        return problems + [
            f"the query parameter {n!r} is sent and not declared" for n in undeclared
        ]


def _texts(errors: Iterable[Exception]) -> list[str]:
    return [text for error in errors for text in _text(error)]


def _text(error: Exception) -> list[str]:
    # A schema error names what is wrong; the error around it repeats the whole value.
    details: Iterable[Exception] = getattr(error.__cause__, "schema_errors", ())
    return [str(getattr(detail, "message", detail)) for detail in details] or [
        str(error.__cause__ or error)
    ]
