# Generated from openapi/latest.yml by openapi-python-client 0.29.1. Do not edit: run `nox -s regenerate`.
# pyright: standard
"""Contains all the data models used in inputs/outputs"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .agent_call import AgentCall
    from .agent_call_dynamic_variables_type_0 import AgentCallDynamicVariablesType0
    from .agent_call_logs import AgentCallLogs
    from .agent_call_metadata_type_0 import AgentCallMetadataType0
    from .agent_log_event import AgentLogEvent
    from .agent_log_event_metadata import AgentLogEventMetadata
    from .agent_log_metric import AgentLogMetric
    from .agent_phone_number import AgentPhoneNumber
    from .agent_summary import AgentSummary
    from .agent_summary_git_repository_type_0 import AgentSummaryGitRepositoryType0
    from .agent_tool_call import AgentToolCall
    from .agent_tool_call_arguments import AgentToolCallArguments
    from .agent_transcript import AgentTranscript
    from .agents_cancel_call_response_200 import AgentsCancelCallResponse200
    from .agents_get_call_logs_response_404 import AgentsGetCallLogsResponse404
    from .api_error import APIError
    from .api_info import APIInfo
    from .cartesia_version import CartesiaVersion
    from .get_agents_response import GetAgentsResponse
    from .get_calls_response import GetCallsResponse
    from .telephony_params import TelephonyParams
    from .telephony_params_headers import TelephonyParamsHeaders
    from .telephony_params_parameters import TelephonyParamsParameters

__all__ = (
    "AgentCall",
    "AgentCallDynamicVariablesType0",
    "AgentCallLogs",
    "AgentCallMetadataType0",
    "AgentLogEvent",
    "AgentLogEventMetadata",
    "AgentLogMetric",
    "AgentPhoneNumber",
    "AgentsCancelCallResponse200",
    "AgentsGetCallLogsResponse404",
    "AgentSummary",
    "AgentSummaryGitRepositoryType0",
    "AgentToolCall",
    "AgentToolCallArguments",
    "AgentTranscript",
    "APIError",
    "APIInfo",
    "CartesiaVersion",
    "GetAgentsResponse",
    "GetCallsResponse",
    "TelephonyParams",
    "TelephonyParamsHeaders",
    "TelephonyParamsParameters",
)

_MODULES = {
    "AgentCall": ".agent_call",
    "AgentCallDynamicVariablesType0": ".agent_call_dynamic_variables_type_0",
    "AgentCallLogs": ".agent_call_logs",
    "AgentCallMetadataType0": ".agent_call_metadata_type_0",
    "AgentLogEvent": ".agent_log_event",
    "AgentLogEventMetadata": ".agent_log_event_metadata",
    "AgentLogMetric": ".agent_log_metric",
    "AgentPhoneNumber": ".agent_phone_number",
    "AgentSummary": ".agent_summary",
    "AgentSummaryGitRepositoryType0": ".agent_summary_git_repository_type_0",
    "AgentToolCall": ".agent_tool_call",
    "AgentToolCallArguments": ".agent_tool_call_arguments",
    "AgentTranscript": ".agent_transcript",
    "AgentsCancelCallResponse200": ".agents_cancel_call_response_200",
    "AgentsGetCallLogsResponse404": ".agents_get_call_logs_response_404",
    "APIError": ".api_error",
    "APIInfo": ".api_info",
    "CartesiaVersion": ".cartesia_version",
    "GetAgentsResponse": ".get_agents_response",
    "GetCallsResponse": ".get_calls_response",
    "TelephonyParams": ".telephony_params",
    "TelephonyParamsHeaders": ".telephony_params_headers",
    "TelephonyParamsParameters": ".telephony_params_parameters",
}


def __getattr__(name: str) -> object:
    module = _MODULES.get(name)
    if module is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    value: object = getattr(import_module(module, __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
