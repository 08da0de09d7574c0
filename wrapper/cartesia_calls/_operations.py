# pyright: reportPrivateUsage=false
# ruff: noqa: SLF001
# The generator's functions that make a request from arguments have private names.
"""The one place that calls the generated layer.

Each operation is typed by the generated function that makes its request and by the model of its
response. If the generator changes a signature, the type checker reports it here and at each call.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Generic, ParamSpec, TypeVar, cast
from urllib.parse import urlencode

from cartesia_api import models
from cartesia_api.api import agents, api_status
from cartesia_api.models.cartesia_version import CartesiaVersion
from cartesia_api.types import File, Misfit, from_json

from ._http import OK, Request
from ._json import read_json
from ._version import __version__

if TYPE_CHECKING:
    from collections.abc import Callable

    from ._http import Response
    from ._settings import Settings

P = ParamSpec("P")
T = TypeVar("T")

SPEC_VERSION = max(CartesiaVersion)
"""The newest version that the vendored spec names. The generated functions are called with it."""

_HEADERS = {
    "accept": "application/json, audio/wav",
    "user-agent": f"cartesia-calls/{__version__} python/{'.'.join(map(str, sys.version_info[:3]))}",
}


@dataclass(frozen=True)
class Operation(Generic[P, T]):
    """One operation of the spec: arguments to request, response to model. It does no I/O.

    Attributes:
        operation_id: Its name in the spec.
        load: Imports the generated function that makes its request, and the model of its success.
        repeatable: Whether sending it twice does no more than sending it once.
        needs_key: Whether the spec requires the API key.
        texts: A field whose many items are strings: they are not searched for large numbers.
    """

    operation_id: str
    load: Callable[[], tuple[Callable[P, dict[str, Any]], type[T]]]
    repeatable: bool = True
    needs_key: bool = True
    texts: str | None = None

    @cached_property
    def _generated(self) -> tuple[Callable[P, dict[str, Any]], type[T]]:
        return self.load()

    def request(self, settings: Settings, *args: P.args, **kwargs: P.kwargs) -> Request:
        """Return the generated layer's request with a client's settings."""
        get_kwargs, _ = self._generated
        made = get_kwargs(*args, **kwargs)
        params = made.get("params")
        path = f"{made['url']}?{urlencode(params)}" if params else made["url"]
        version = {"Cartesia-Version": settings.api_version}
        return Request(
            method=made["method"].upper(),
            url=settings.base_url + path,
            headers={**_HEADERS, **settings.headers, **made["headers"], **version},
            api_key=settings.api_key if self.needs_key else None,
            timeout=settings.timeout,
            max_bytes=settings.max_response_bytes,
        )

    def parse(self, response: Response) -> tuple[T, list[Misfit]]:
        """Return the model of a success, and the values in it that stayed as they came.

        Raises:
            Misfit: The response does not match the spec.
        """
        self.check_status(response.status_code)
        try:
            # No local holds the decoded value: tracebacks with local variables would show it.
            result, misfits = from_json(self._generated[1], read_json(response.body, self.texts))
        except Misfit:
            raise
        except RecursionError:
            raise Misfit("is JSON nested too deep to read") from None
        except ValueError as error:
            problem = f"is not JSON ({error})" if response.body else "is empty"
            raise Misfit(problem) from None
        return cast("T", result), misfits

    def check_status(self, status_code: int) -> None:
        """Raise `Misfit` unless this is the status of a success that the spec documents."""
        if status_code != OK:
            raise Misfit(f"has status {status_code}, which the spec does not document")

    def check_audio(self, response: Response) -> None:
        """Raise `Misfit` unless this is the head of a recording."""
        self.check_status(response.status_code)
        found = response.headers.get("content-type", "application/octet-stream")
        if not found.startswith(("audio/", "application/octet-stream")):
            raise Misfit(f"is {found}, not audio/…")


GET_STATUS = Operation(
    "apiStatus_get",
    lambda: (api_status.api_status_get._get_kwargs, models.APIInfo),
    needs_key=False,
)
LIST_AGENTS = Operation(
    "agents_list", lambda: (agents.agents_list._get_kwargs, models.GetAgentsResponse)
)
GET_AGENT = Operation("agents_get", lambda: (agents.agents_get._get_kwargs, models.AgentSummary))
LIST_CALLS = Operation(
    "agents_list-calls", lambda: (agents.agents_list_calls._get_kwargs, models.GetCallsResponse)
)
GET_CALL = Operation(
    "agents_get-call", lambda: (agents.agents_get_call._get_kwargs, models.AgentCall)
)
GET_CALL_AS_IT_CAME = Operation(
    "agents_get-call", lambda: (agents.agents_get_call._get_kwargs, dict[str, object])
)
DOWNLOAD_CALL_AUDIO = Operation(
    "agents_download-call-audio", lambda: (agents.agents_download_call_audio._get_kwargs, File)
)
GET_CALL_LOGS = Operation(
    "agents_get-call-logs",
    lambda: (agents.agents_get_call_logs._get_kwargs, models.AgentCallLogs),
    texts="logs",
)
CANCEL_CALL = Operation(
    "agents_cancel-call",
    lambda: (agents.agents_cancel_call._get_kwargs, models.AgentsCancelCallResponse200),
    repeatable=False,
)
DELETE_CALL = Operation(
    "agents_delete-call",
    lambda: (agents.agents_delete_call._get_kwargs, models.AgentCall),
    repeatable=False,
)
