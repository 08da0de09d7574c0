# Generated from openapi/latest.yml by openapi-python-client 0.29.1. Do not edit: run `nox -s regenerate`.
# pyright: standard
"""Contains all the data models used in inputs/outputs"""

from .agent_call import AgentCall
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
from .agents_list_calls_expand import AgentsListCallsExpand
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
    "AgentCallLogs",
    "AgentCallMetadataType0",
    "AgentLogEvent",
    "AgentLogEventMetadata",
    "AgentLogMetric",
    "AgentPhoneNumber",
    "AgentsCancelCallResponse200",
    "AgentsGetCallLogsResponse404",
    "AgentsListCallsExpand",
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
