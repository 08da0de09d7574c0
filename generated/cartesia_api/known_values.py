# Generated from openapi/latest.yml by openapi-python-client 0.29.1. Do not edit: run `nox -s regenerate`.
# pyright: standard
"""Known values of outputs, which the API may add to at any time."""

from typing import Literal

APIErrorErrorCode = Literal[
    "concurrency_limited",
]
AgentCallDeploymentRegion = Literal[
    "US",
    "EU",
    "APAC",
]
AgentCallEndReason = Literal[
    "agent_hangup",
    "client_hangup",
    "api_cancelled",
    "max_duration",
    "inactivity",
    "client_disconnected",
    "dial_busy",
    "dial_failed",
    "dial_no_answer",
    "error",
]
AgentCallStatus = Literal[
    "created",
    "started",
    "completed",
    "failed",
]
AgentCallTelephonyAccountType = Literal[
    "cartesia",
    "twilio",
    "sip_trunk",
]
