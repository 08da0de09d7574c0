# pyright: reportPrivateUsage=false
# ruff: noqa: SLF001
# The generator gives its two pure functions private names: `_get_kwargs` makes a request from
# arguments, `_parse_response` a model from an answer. All we take of it is these two.
"""The one place that calls the generated layer.

Each operation is typed by the generated functions it is made of, so that a changed signature fails
the type checker here, and where the operation is used.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, ParamSpec, Protocol, TypeVar, cast
from urllib.parse import urlencode

import httpx

from cartesia_api import Client as GeneratedClient
from cartesia_api.api.agents import (
    agents_cancel_call,
    agents_delete_call,
    agents_download_call_audio,
    agents_get,
    agents_get_call,
    agents_get_call_logs,
    agents_list,
    agents_list_calls,
)
from cartesia_api.api.api_status import api_status_get
from cartesia_api.models import (
    AgentCall,
    AgentCallLogs,
    AgentsCancelCallResponse200,
    AgentSummary,
    APIInfo,
    CartesiaVersion,
    GetAgentsResponse,
    GetCallsResponse,
)
from cartesia_api.types import File

from ._exceptions import ResponseValidationError
from ._printable import excerpt
from ._schema_check import Mismatch, find_mismatch

if TYPE_CHECKING:
    from collections.abc import Callable

    from ._http import Response

P = ParamSpec("P")
T = TypeVar("T")

SPEC_VERSION = max(CartesiaVersion)
"""The newest version that the vendored spec names: what the generated functions are called with."""
DEFAULT_API_VERSION = SPEC_VERSION.value
"""What is sent as `Cartesia-Version` unless the settings name another date."""

_LONGEST_EXCERPT = 500


class _ParseResponse(Protocol):
    def __call__(self, *, client: GeneratedClient, response: httpx.Response) -> object: ...


class _DecodedResponse(httpx.Response):
    """What the generated layer parses: an answer whose JSON is decoded and checked already."""

    def __init__(self, status_code: int, decoded: object) -> None:
        super().__init__(status_code)
        self._decoded = decoded

    def json(self, **_: object) -> object:
        return self._decoded


@dataclass(frozen=True, slots=True)
class RequestParts:
    """The generated layer's part of a request.

    Attributes:
        method: In upper case.
        path: Percent-encoded, with the query.
        headers: Those that the spec declares as parameters.
    """

    method: str
    path: str
    headers: dict[str, str]


@dataclass(frozen=True, slots=True)
class Operation(Generic[P, T]):
    """One operation of the spec: arguments to request, answer to model. It does no I/O.

    Attributes:
        operation_id: Its name in the spec.
        result: The model of its success.
        repeatable: Whether sending it twice does no more than sending it once.
        needs_key: Whether the spec asks for the API key.
    """

    operation_id: str
    result: type[T]
    _get_kwargs: Callable[P, dict[str, Any]]
    _parse_response: _ParseResponse
    repeatable: bool = True
    needs_key: bool = True

    def request_parts(self, *args: P.args, **kwargs: P.kwargs) -> RequestParts:
        """Return the request that the generated layer makes of the operation's arguments."""
        made = self._get_kwargs(*args, **kwargs)
        query = urlencode(made.get("params", {}))
        path = f"{made['url']}?{query}" if query else made["url"]
        return RequestParts(made["method"].upper(), path, made["headers"])

    def parse(self, response: Response) -> T:
        """Return the model that a success answer holds.

        Raises:
            ResponseValidationError: The answer is not what the spec says.
        """
        decoded = self._decode(response)
        if mismatch := find_mismatch(decoded, self.result):
            raise self.invalid(response, mismatch)
        answer = _DecodedResponse(response.status_code, decoded)
        parsed = self._parse_response(client=_NO_CLIENT, response=answer)
        if not isinstance(parsed, self.result):
            raise self.invalid(response, _undocumented(response))
        return parsed

    def check_file(self, response: Response, media_type: str) -> None:
        """Check the head of a success answer whose body is a file of this type, such as `audio/`.

        Raises:
            ResponseValidationError: The answer is not what the spec says.
        """
        answer = httpx.Response(response.status_code)
        if not isinstance(self._parse_response(client=_NO_CLIENT, response=answer), self.result):
            raise self.invalid(response, _undocumented(response))
        found = response.headers.get("content-type", "application/octet-stream")
        if not found.startswith((media_type, "application/octet-stream")):
            raise self.invalid(response, Mismatch("", f"is {found}, not {media_type}…"))

    def invalid(self, response: Response, mismatch: Mismatch) -> ResponseValidationError:
        """Return the error for an answer that is not what the spec says."""
        where = mismatch.pointer or "the answer"
        return ResponseValidationError(
            f"The answer to {self.operation_id} is not what the spec says: "
            f"{excerpt(where)} {excerpt(mismatch.problem)}.",
            hint="Check the base URL; if it is right, the API has changed: look for a newer release.",
            problem=mismatch.problem,
            pointer=mismatch.pointer,
            body=response.body[:_LONGEST_EXCERPT].decode("utf-8", errors="replace"),
        )

    def _decode(self, response: Response) -> object:
        try:
            return cast("object", json.loads(response.body, parse_constant=_refuse_constant))
        except RecursionError:
            problem = "is JSON nested too deep to read"
        except ValueError as error:
            problem = f"is not JSON ({error})" if response.body else "is empty"
        raise self.invalid(response, Mismatch("", problem))


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no number in JSON")


def _undocumented(response: Response) -> Mismatch:
    return Mismatch("", f"has status {response.status_code}, which the spec does not document")


# Only its switch for undocumented statuses is read: off, they give None instead of an exception.
_NO_CLIENT = GeneratedClient(base_url="", raise_on_unexpected_status=False)

GET_STATUS = Operation(
    operation_id="apiStatus_get",
    result=APIInfo,
    _get_kwargs=api_status_get._get_kwargs,
    _parse_response=api_status_get._parse_response,
    needs_key=False,
)
LIST_AGENTS = Operation(
    operation_id="agents_list",
    result=GetAgentsResponse,
    _get_kwargs=agents_list._get_kwargs,
    _parse_response=agents_list._parse_response,
)
GET_AGENT = Operation(
    operation_id="agents_get",
    result=AgentSummary,
    _get_kwargs=agents_get._get_kwargs,
    _parse_response=agents_get._parse_response,
)
LIST_CALLS = Operation(
    operation_id="agents_list-calls",
    result=GetCallsResponse,
    _get_kwargs=agents_list_calls._get_kwargs,
    _parse_response=agents_list_calls._parse_response,
)
GET_CALL = Operation(
    operation_id="agents_get-call",
    result=AgentCall,
    _get_kwargs=agents_get_call._get_kwargs,
    _parse_response=agents_get_call._parse_response,
)
DOWNLOAD_CALL_AUDIO = Operation(
    operation_id="agents_download-call-audio",
    result=File,
    _get_kwargs=agents_download_call_audio._get_kwargs,
    _parse_response=agents_download_call_audio._parse_response,
)
GET_CALL_LOGS = Operation(
    operation_id="agents_get-call-logs",
    result=AgentCallLogs,
    _get_kwargs=agents_get_call_logs._get_kwargs,
    _parse_response=agents_get_call_logs._parse_response,
)
CANCEL_CALL = Operation(
    operation_id="agents_cancel-call",
    result=AgentsCancelCallResponse200,
    _get_kwargs=agents_cancel_call._get_kwargs,
    _parse_response=agents_cancel_call._parse_response,
    repeatable=False,
)
DELETE_CALL = Operation(
    operation_id="agents_delete-call",
    result=AgentCall,
    _get_kwargs=agents_delete_call._get_kwargs,
    _parse_response=agents_delete_call._parse_response,
    repeatable=False,
)
