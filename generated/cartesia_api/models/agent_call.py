# Generated from openapi/latest.yml by openapi-python-client 0.29.1. Do not edit: run `nox -s regenerate`.
# pyright: standard
from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, model_from_dict, model_to_dict, short_repr

if TYPE_CHECKING:
    import datetime
    from collections.abc import Mapping

    from ..models.agent_call_dynamic_variables_type_0 import (
        AgentCallDynamicVariablesType0,
    )
    from ..models.agent_call_metadata_type_0 import AgentCallMetadataType0
    from ..models.agent_transcript import AgentTranscript
    from ..models.telephony_params import TelephonyParams
    from ..types import Unset


T = TypeVar("T", bound="AgentCall")


@_attrs_define
class AgentCall:
    """The record of a call.

    Attributes:
        id (str): The call's ID.
        agent_id (str): The agent that took or made the call.
        status (str): The status of a call. Known values: `created`, `started`, `completed`, `failed`; more may come.
        agent_name (str | Unset): The agent's name.
        start_time (datetime.datetime | None | Unset): When the call started.
        end_time (datetime.datetime | None | Unset): When the call ended.
        redacted_at (datetime.datetime | None | Unset): When the call's data were deleted.
        zdr_enabled (bool | Unset): Zero data retention: the call's transcript, recording and logs are never kept.
        transcript (list[AgentTranscript] | None | Unset): What was said and done, in order.
        telephony_params (None | TelephonyParams | Unset):
        summary (None | str | Unset): What the call was about.
        error_message (None | str | Unset): Why the call failed.
        end_reason (None | str | Unset): Why the call ended. Known values: `agent_hangup`, `client_hangup`,
            `api_cancelled`, `max_duration`, `inactivity`, `client_disconnected`, `dial_busy`, `dial_failed`,
            `dial_no_answer`, `error`; more may come.
        deployment_id (None | str | Unset): The deployment of the agent that ran.
        deployment_version_id (None | str | Unset): That deployment's version.
        deployment_region (None | str | Unset): Where it ran. Known values: `US`, `EU`, `APAC`; more may come.
        telephony_account_type (None | str | Unset): The kind of telephony account that carried the call. Known values:
            `cartesia`, `twilio`, `sip_trunk`; more may come.
        metadata (AgentCallMetadataType0 | None | Unset): The data that the user of the API attached to the call.
        dynamic_variables (AgentCallDynamicVariablesType0 | None | Unset): The variables that the agent was given for
            this call.
    """

    id: str
    agent_id: str
    status: str
    agent_name: str | Unset = UNSET
    start_time: datetime.datetime | None | Unset = UNSET
    end_time: datetime.datetime | None | Unset = UNSET
    redacted_at: datetime.datetime | None | Unset = UNSET
    zdr_enabled: bool | Unset = UNSET
    transcript: list[AgentTranscript] | None | Unset = UNSET
    telephony_params: None | TelephonyParams | Unset = UNSET
    summary: None | str | Unset = UNSET
    error_message: None | str | Unset = UNSET
    end_reason: None | str | Unset = UNSET
    deployment_id: None | str | Unset = UNSET
    deployment_version_id: None | str | Unset = UNSET
    deployment_region: None | str | Unset = UNSET
    telephony_account_type: None | str | Unset = UNSET
    metadata: AgentCallMetadataType0 | None | Unset = UNSET
    dynamic_variables: AgentCallDynamicVariablesType0 | None | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    __json_names__: ClassVar[dict[str, str]] = {
        "id": "id",
        "agent_id": "agent_id",
        "status": "status",
        "agent_name": "agent_name",
        "start_time": "start_time",
        "end_time": "end_time",
        "redacted_at": "redacted_at",
        "zdr_enabled": "zdr_enabled",
        "transcript": "transcript",
        "telephony_params": "telephony_params",
        "summary": "summary",
        "error_message": "error_message",
        "end_reason": "end_reason",
        "deployment_id": "deployment_id",
        "deployment_version_id": "deployment_version_id",
        "deployment_region": "deployment_region",
        "telephony_account_type": "telephony_account_type",
        "metadata": "metadata",
        "dynamic_variables": "dynamic_variables",
    }

    def __repr__(self) -> str:
        return short_repr(self)

    def to_dict(self) -> dict[str, Any]:
        return model_to_dict(self)

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        return model_from_dict(cls, src_dict)

    @property
    def additional_keys(self) -> list[str]:
        return list(self.additional_properties.keys())

    def __getitem__(self, key: str) -> Any:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        return key in self.additional_properties
