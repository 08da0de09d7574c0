"""The operations as the wrapper uses them: what it calls, sends, reads and raises."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import httpx

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
from cartesia_api.models import AgentsCancelCallResponse200, GetAgentsResponse, GetCallsResponse
from cartesia_calls import (
    AgentCall,
    AgentCallLogs,
    AgentSummary,
    APIInfo,
    CallLogsNotAvailableError,
    CallNotFoundError,
    CartesiaError,
    NotFoundError,
    RateLimitError,
)
from fake_server import CALL_NOT_FOUND, LOGS_NOT_AVAILABLE, Action
from spec_schemas import Schemas, vendored_schemas


@dataclass(frozen=True)
class DocumentedError:
    """An error response that the spec documents, and the error that the wrapper raises."""

    status: int
    body: Mapping[str, object]
    raises: type[CartesiaError]


@dataclass(frozen=True)
class WrappedOperation:
    """An operation as the wrapper uses it; without a model, its response is a file.

    `call` takes a client of either flavour; its result may have to be awaited or iterated over.
    """

    operation_id: str
    call: Action
    generated: Callable[..., object]
    arguments: tuple[str, ...]
    model: type | None
    errors: tuple[DocumentedError, ...]
    fields: Mapping[str, object] = field(default_factory=dict[str, object])
    """Fields of a success that decide what the wrapper does next."""

    def success(self, spec: Schemas | None = None) -> httpx.Response:
        """Return a success that has every field of a spec, by default of the vendored one."""
        if self.model is None:
            return httpx.Response(200, content=b"RIFF", headers={"Content-Type": "audio/wav"})
        spec = spec or vendored_schemas()
        schema = spec.responses().get(self.operation_id, {"type": "object"})
        return httpx.Response(200, json={**spec.example(schema), **self.fields})


CALL: Mapping[str, object] = {
    "id": "ac_1",
    "agent_id": "agent_1",
    "status": "completed",
    "start_time": "2026-03-01T10:00:00Z",
    "end_time": "2026-03-01T10:01:09.5+01:00",
    "end_reason": "a reason of tomorrow",
    "metadata": {"order": "4711"},
    "telephony_params": {"to": "+1", "from": "+2", "headers": {"x": 1}},
    "transcript": [
        {
            "role": "assistant",
            "start_timestamp": 0,
            "end_timestamp": 1.5,
            "text": None,
            "tool_calls": [{"id": "t", "name": "n", "arguments": {"a": "b"}, "result": None}],
            "log_event": {"event": "e", "metadata": {"k": "v"}, "timestamp": 0.5},
            "log_metric": {"name": "m", "value": 1, "timestamp": 0.5},
        }
    ],
}
AGENT: Mapping[str, object] = {
    "id": "agent_1",
    "name": "Pizza",
    "description": None,
    "created_at": "2026-03-01T10:00:00Z",
    "updated_at": "2026-03-01T10:00:00Z",
    "tts_voice": "v",
    "tts_language": "it",
    "git_repository": {"provider": "p", "account": "a", "name": "n"},
    "phone_numbers": [{"id": "p", "number": "+1"}],
    "has_text_to_agent_run": False,
    "deployment_count": 3,
}
STRUCTURED: Mapping[str, object] = {
    "error_code": None,
    "title": "Not found",
    "message": "There is nothing of this name.",
    "request_id": "0a1b",
}
NOT_FOUND = DocumentedError(404, STRUCTURED, NotFoundError)
RATE_LIMITED = DocumentedError(
    429, {**STRUCTURED, "error_code": "concurrency_limited"}, RateLimitError
)
VERSION = "Cartesia-Version"

WRAPPED = (
    WrappedOperation(
        operation_id="apiStatus_get",
        call=lambda client: client.status(),
        generated=api_status_get.sync,
        arguments=(VERSION,),
        model=APIInfo,
        errors=(),
    ),
    WrappedOperation(
        operation_id="agents_list",
        call=lambda client: client.agents.list(),
        generated=agents_list.sync,
        arguments=(VERSION,),
        model=GetAgentsResponse,
        errors=(RATE_LIMITED,),
    ),
    WrappedOperation(
        operation_id="agents_get",
        call=lambda client: client.agents.get("agent/1 ü"),
        generated=agents_get.sync,
        arguments=("agent_id", VERSION),
        model=AgentSummary,
        errors=(NOT_FOUND, RATE_LIMITED),
    ),
    WrappedOperation(
        operation_id="agents_list-calls",
        call=lambda client: client.calls.list(
            agent_id="agent/1 ü", limit=3, expand_transcript=True
        ),
        generated=agents_list_calls.sync,
        arguments=(
            "agent_id",
            "batch_id",
            "expand",
            "starting_after",
            "ending_before",
            "limit",
            "start_time_gte",
            "start_time_lte",
            VERSION,
        ),
        model=GetCallsResponse,
        fields={"has_more": False, "next_page": None},
        errors=(RATE_LIMITED,),
    ),
    WrappedOperation(
        operation_id="agents_get-call",
        call=lambda client: client.calls.get("ac/1 ü"),
        generated=agents_get_call.sync,
        arguments=("call_id", VERSION),
        model=AgentCall,
        errors=(NOT_FOUND, RATE_LIMITED),
    ),
    WrappedOperation(
        operation_id="agents_download-call-audio",
        call=lambda client: client.calls.download_audio("ac/1 ü", os.devnull, overwrite=True),
        generated=agents_download_call_audio.sync,
        arguments=("call_id", VERSION),
        model=None,
        errors=(NOT_FOUND, RATE_LIMITED),
    ),
    WrappedOperation(
        operation_id="agents_cancel-call",
        call=lambda client: client.calls.cancel("ac/1 ü"),
        generated=agents_cancel_call.sync,
        arguments=("call_id", VERSION),
        model=AgentsCancelCallResponse200,
        errors=(NOT_FOUND, RATE_LIMITED),
    ),
    WrappedOperation(
        operation_id="agents_delete-call",
        call=lambda client: client.calls.delete("ac/1 ü"),
        generated=agents_delete_call.sync,
        arguments=("call_id", VERSION),
        model=AgentCall,
        errors=(NOT_FOUND, RATE_LIMITED),
    ),
    WrappedOperation(
        operation_id="agents_get-call-logs",
        call=lambda client: client.calls.logs("ac/1 ü"),
        generated=agents_get_call_logs.sync,
        arguments=("call_id", "Cartesia-Version"),
        model=AgentCallLogs,
        errors=(
            DocumentedError(404, CALL_NOT_FOUND, CallNotFoundError),
            DocumentedError(404, LOGS_NOT_AVAILABLE, CallLogsNotAvailableError),
        ),
    ),
)
