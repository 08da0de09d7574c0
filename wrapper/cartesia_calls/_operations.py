# pyright: reportPrivateUsage=false
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

import httpx

from cartesia_api import Client as GeneratedClient
from cartesia_api.api.agents import agents_get_call_logs
from cartesia_api.models import AgentCallLogs, AgentsGetCallLogsCartesiaVersion

from ._exceptions import ResponseValidationError
from ._printable import excerpt
from ._schema_check import Mismatch, find_mismatch

if TYPE_CHECKING:
    from collections.abc import Callable

    from ._http import Response

P = ParamSpec("P")
T = TypeVar("T")

SPEC_VERSION = max(AgentsGetCallLogsCartesiaVersion)
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
class Operation(Generic[P, T]):
    """One operation of the spec: arguments to request, answer to model. It does no I/O.

    Attributes:
        operation_id: Its name in the spec.
        result: The model of its success.
    """

    operation_id: str
    result: type[T]
    _get_kwargs: Callable[P, dict[str, Any]]
    _parse_response: _ParseResponse

    def request_parts(self, *args: P.args, **kwargs: P.kwargs) -> tuple[str, str, dict[str, str]]:
        """Return method, path and headers of the request that the generated layer makes."""
        made = self._get_kwargs(*args, **kwargs)
        return made["method"].upper(), made["url"], made["headers"]

    def parse(self, response: Response) -> T:
        """Return the model that a success answer holds.

        Raises:
            ResponseValidationError: The answer is not what the spec says.
        """
        decoded = self._decode(response)
        if mismatch := find_mismatch(decoded, self.result):
            raise self._invalid(response, mismatch)
        answer = _DecodedResponse(response.status_code, decoded)
        parsed = self._parse_response(client=_NO_CLIENT, response=answer)
        if not isinstance(parsed, self.result):
            problem = f"has status {response.status_code}, which the spec does not document"
            raise self._invalid(response, Mismatch("", problem))
        return parsed

    def _decode(self, response: Response) -> object:
        try:
            return cast("object", json.loads(response.body))
        except RecursionError:
            problem = "is JSON nested too deep to read"
        except ValueError as error:
            problem = f"is not JSON ({error})" if response.body else "is empty"
        raise self._invalid(response, Mismatch("", problem))

    def _invalid(self, response: Response, mismatch: Mismatch) -> ResponseValidationError:
        where = mismatch.pointer or "the answer"
        return ResponseValidationError(
            f"The answer to {self.operation_id} is not what the spec says: "
            f"{excerpt(where)} {excerpt(mismatch.problem)}.",
            hint="Check the base URL; if it is right, the API has changed: look for a newer release.",
            problem=mismatch.problem,
            pointer=mismatch.pointer,
            body=response.body[:_LONGEST_EXCERPT].decode("utf-8", errors="replace"),
        )


# Only its switch for undocumented statuses is read: off, they give None instead of an exception.
_NO_CLIENT = GeneratedClient(base_url="", raise_on_unexpected_status=False)

GET_CALL_LOGS = Operation(
    operation_id="agents_get-call-logs",
    result=AgentCallLogs,
    _get_kwargs=agents_get_call_logs._get_kwargs,  # noqa: SLF001 - see the top of this file
    _parse_response=agents_get_call_logs._parse_response,  # noqa: SLF001 - likewise
)
