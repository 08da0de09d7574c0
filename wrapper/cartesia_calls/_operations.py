# pyright: reportPrivateUsage=false
# ruff: noqa: SLF001
# The generator gives the function that makes a request from arguments a private name. That function
# and the models are all we take of the generated layer.
"""The one place that calls the generated layer.

Each operation is typed by the generated functions it is made of, so that a changed signature fails
the type checker here, and where the operation is used.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, ParamSpec, TypeVar, cast
from urllib.parse import urlencode

from cartesia_api import models
from cartesia_api.models.cartesia_version import CartesiaVersion

from ._exceptions import ResponseValidationError
from ._http import OK
from ._json import read_json
from ._printable import excerpt

if TYPE_CHECKING:
    from collections.abc import Callable

    from ._http import Response
    from ._reader import Misfit, ModelReader

P = ParamSpec("P")
T = TypeVar("T")

SPEC_VERSION = max(CartesiaVersion)
"""The newest version that the vendored spec names: what the generated functions are called with."""
DEFAULT_API_VERSION = SPEC_VERSION.value
"""What is sent as `Cartesia-Version` unless the settings name another date."""

_LONGEST_EXCERPT = 500


class _Later:
    """A module of the generated layer, imported when something of it is first asked for."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, attribute: str) -> object:
        return getattr(import_module(self._name), attribute)


# One call should not import all operations, each with its models. Type checkers see the modules.
if TYPE_CHECKING:
    from cartesia_api import types as generated_types
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
else:
    generated_types = _Later("cartesia_api.types")
    agents_cancel_call = _Later("cartesia_api.api.agents.agents_cancel_call")
    agents_delete_call = _Later("cartesia_api.api.agents.agents_delete_call")
    agents_download_call_audio = _Later("cartesia_api.api.agents.agents_download_call_audio")
    agents_get = _Later("cartesia_api.api.agents.agents_get")
    agents_get_call = _Later("cartesia_api.api.agents.agents_get_call")
    agents_get_call_logs = _Later("cartesia_api.api.agents.agents_get_call_logs")
    agents_list = _Later("cartesia_api.api.agents.agents_list")
    agents_list_calls = _Later("cartesia_api.api.agents.agents_list_calls")
    api_status_get = _Later("cartesia_api.api.api_status.api_status_get")


class RequestParts(NamedTuple):
    """The generated layer's part of a request.

    Attributes:
        method: In upper case.
        path: Percent-encoded, with the query.
        headers: Those that the spec declares as parameters.
    """

    method: str
    path: str
    headers: dict[str, str]


@dataclass(frozen=True)
class Operation(Generic[P, T]):
    """One operation of the spec: arguments to request, response to model. It does no I/O.

    Attributes:
        operation_id: Its name in the spec.
        load: Imports the generated function that makes its request, and the model of its success.
        repeatable: Whether sending it twice does no more than sending it once.
        needs_key: Whether the spec asks for the API key.
        strict: Whether anything odd in a response is an error; else only what it can't do without.
    """

    operation_id: str
    load: Callable[[], tuple[Callable[P, dict[str, Any]], type[T]]]
    repeatable: bool = True
    needs_key: bool = True
    strict: bool = False

    @cached_property
    def _generated(self) -> tuple[Callable[P, dict[str, Any]], type[T]]:
        return self.load()

    @cached_property
    def _reader(self) -> ModelReader:
        from ._reader import ModelReader  # noqa: PLC0415 - not before there is a response

        return ModelReader.of(self._generated[1])

    def request_parts(self, *args: P.args, **kwargs: P.kwargs) -> RequestParts:
        """Return the request that the generated layer makes of the operation's arguments."""
        get_kwargs, _ = self._generated
        made = get_kwargs(*args, **kwargs)
        params = made.get("params")
        path = f"{made['url']}?{urlencode(params)}" if params else made["url"]
        return RequestParts(made["method"].upper(), path, made["headers"])

    def parse(self, response: Response) -> tuple[T, list[Misfit]]:
        """Return the model that a success holds, and what in it did not fit and was kept untyped."""
        self.check_status(response)
        from ._reader import Misfit  # noqa: PLC0415 - not before there is a response

        try:
            # No local holds the value, which a traceback with local variables would show.
            result, misfits = self._reader.read(self._decode(response))
        except Misfit as misfit:
            raise self.invalid(response, misfit.pointer, misfit.problem) from None
        if misfits and self.strict:
            raise self.invalid(response, misfits[0].pointer, misfits[0].problem)
        return cast("T", result), misfits

    def check_status(self, response: Response) -> None:
        """Check the status of a success."""
        if response.status_code != OK:
            problem = f"has status {response.status_code}, which the spec does not document"
            raise self.invalid(response, "", problem)

    def check_audio(self, response: Response) -> None:
        """Check the head of a success whose body is a recording."""
        self.check_status(response)
        found = response.headers.get("content-type", "application/octet-stream")
        if not found.startswith(("audio/", "application/octet-stream")):
            raise self.invalid(response, "", f"is {found}, not audio/…")

    def invalid(self, response: Response, pointer: str, problem: str) -> ResponseValidationError:
        """Return the error for an response that is not what the spec says."""
        where = pointer or "the response"
        return ResponseValidationError(
            f"The response to {self.operation_id} is not what the spec says: "
            f"{excerpt(where)} {excerpt(problem)}.",
            hint="Check the base URL; if it is right, the API has changed: look for a newer release.",
            problem=problem,
            pointer=pointer,
            body=response.body[:_LONGEST_EXCERPT].decode("utf-8", errors="replace"),
        )

    def decode_object(self, response: Response) -> dict[str, object]:
        """Return the JSON object that a success holds, as it came."""
        self.check_status(response)
        if isinstance(value := self._decode(response), dict):
            return cast("dict[str, object]", value)
        raise self.invalid(response, "", "is not an object")

    def _decode(self, response: Response) -> object:
        try:
            return read_json(response.body, self._reader.number_free)
        except RecursionError:
            problem = "is JSON nested too deep to read"
        except ValueError as error:
            problem = f"is not JSON ({error})" if response.body else "is empty"
        raise self.invalid(response, "", problem)


GET_STATUS = Operation(
    "apiStatus_get", lambda: (api_status_get._get_kwargs, models.APIInfo), needs_key=False
)
LIST_AGENTS = Operation("agents_list", lambda: (agents_list._get_kwargs, models.GetAgentsResponse))
GET_AGENT = Operation("agents_get", lambda: (agents_get._get_kwargs, models.AgentSummary))
LIST_CALLS = Operation(
    "agents_list-calls", lambda: (agents_list_calls._get_kwargs, models.GetCallsResponse)
)
GET_CALL = Operation("agents_get-call", lambda: (agents_get_call._get_kwargs, models.AgentCall))
DOWNLOAD_CALL_AUDIO = Operation(
    "agents_download-call-audio",
    lambda: (agents_download_call_audio._get_kwargs, generated_types.File),
)
GET_CALL_LOGS = Operation(
    "agents_get-call-logs",
    lambda: (agents_get_call_logs._get_kwargs, models.AgentCallLogs),
    strict=True,
)
CANCEL_CALL = Operation(
    "agents_cancel-call",
    lambda: (agents_cancel_call._get_kwargs, models.AgentsCancelCallResponse200),
    repeatable=False,
)
DELETE_CALL = Operation(
    "agents_delete-call",
    lambda: (agents_delete_call._get_kwargs, models.AgentCall),
    repeatable=False,
)
