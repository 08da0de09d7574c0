# Generated from openapi/latest.yml by openapi-python-client 0.29.1. Do not edit: run `nox -s regenerate`.
# pyright: standard
"""Contains all the data models used in inputs/outputs"""

from .agent_call_logs import AgentCallLogs
from .agents_get_call_logs_cartesia_version import AgentsGetCallLogsCartesiaVersion
from .agents_get_call_logs_response_404 import AgentsGetCallLogsResponse404

__all__ = (
    "AgentCallLogs",
    "AgentsGetCallLogsCartesiaVersion",
    "AgentsGetCallLogsResponse404",
)
