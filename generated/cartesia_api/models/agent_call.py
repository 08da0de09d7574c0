# Generated from openapi/latest.yml by openapi-python-client 0.29.1. Do not edit: run `nox -s regenerate`.
# pyright: standard
from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset, short_repr

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..models.agent_call_dynamic_variables_type_0 import (
        AgentCallDynamicVariablesType0,
    )
    from ..models.agent_call_metadata_type_0 import AgentCallMetadataType0
    from ..models.agent_transcript import AgentTranscript
    from ..models.telephony_params import TelephonyParams


T = TypeVar("T", bound="AgentCall")


@_attrs_define
class AgentCall:
    """The record of a call.

    Attributes:
        id (str): The call's ID.
        agent_id (str): The agent that took or made the call.
        status (str): Where a call stands. Known values: `created`, `started`, `completed`, `failed`; more may come.
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
        metadata (AgentCallMetadataType0 | None | Unset): What the caller of the API attached to the call.
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

    __repr__ = short_repr

    def to_dict(self) -> dict[str, Any]:
        from ..models.agent_call_dynamic_variables_type_0 import (
            AgentCallDynamicVariablesType0,  # noqa: PLC0415
        )
        from ..models.agent_call_metadata_type_0 import AgentCallMetadataType0  # noqa: PLC0415
        from ..models.telephony_params import TelephonyParams  # noqa: PLC0415

        id = self.id

        agent_id = self.agent_id

        status = self.status

        agent_name = self.agent_name

        start_time: None | str | Unset
        if isinstance(self.start_time, Unset):
            start_time = UNSET
        elif isinstance(self.start_time, datetime.datetime):
            start_time = self.start_time.isoformat()
        else:
            start_time = self.start_time

        end_time: None | str | Unset
        if isinstance(self.end_time, Unset):
            end_time = UNSET
        elif isinstance(self.end_time, datetime.datetime):
            end_time = self.end_time.isoformat()
        else:
            end_time = self.end_time

        redacted_at: None | str | Unset
        if isinstance(self.redacted_at, Unset):
            redacted_at = UNSET
        elif isinstance(self.redacted_at, datetime.datetime):
            redacted_at = self.redacted_at.isoformat()
        else:
            redacted_at = self.redacted_at

        zdr_enabled = self.zdr_enabled

        transcript: list[dict[str, Any]] | None | Unset
        if isinstance(self.transcript, Unset):
            transcript = UNSET
        elif isinstance(self.transcript, list):
            transcript = []
            for transcript_type_0_item_data in self.transcript:
                transcript_type_0_item = transcript_type_0_item_data.to_dict()
                transcript.append(transcript_type_0_item)

        else:
            transcript = self.transcript

        telephony_params: dict[str, Any] | None | Unset
        if isinstance(self.telephony_params, Unset):
            telephony_params = UNSET
        elif isinstance(self.telephony_params, TelephonyParams):
            telephony_params = self.telephony_params.to_dict()
        else:
            telephony_params = self.telephony_params

        summary: None | str | Unset
        if isinstance(self.summary, Unset):
            summary = UNSET
        else:
            summary = self.summary

        error_message: None | str | Unset
        if isinstance(self.error_message, Unset):
            error_message = UNSET
        else:
            error_message = self.error_message

        end_reason: None | str | Unset
        if isinstance(self.end_reason, Unset):
            end_reason = UNSET
        else:
            end_reason = self.end_reason

        deployment_id: None | str | Unset
        if isinstance(self.deployment_id, Unset):
            deployment_id = UNSET
        else:
            deployment_id = self.deployment_id

        deployment_version_id: None | str | Unset
        if isinstance(self.deployment_version_id, Unset):
            deployment_version_id = UNSET
        else:
            deployment_version_id = self.deployment_version_id

        deployment_region: None | str | Unset
        if isinstance(self.deployment_region, Unset):
            deployment_region = UNSET
        else:
            deployment_region = self.deployment_region

        telephony_account_type: None | str | Unset
        if isinstance(self.telephony_account_type, Unset):
            telephony_account_type = UNSET
        else:
            telephony_account_type = self.telephony_account_type

        metadata: dict[str, Any] | None | Unset
        if isinstance(self.metadata, Unset):
            metadata = UNSET
        elif isinstance(self.metadata, AgentCallMetadataType0):
            metadata = self.metadata.to_dict()
        else:
            metadata = self.metadata

        dynamic_variables: dict[str, Any] | None | Unset
        if isinstance(self.dynamic_variables, Unset):
            dynamic_variables = UNSET
        elif isinstance(self.dynamic_variables, AgentCallDynamicVariablesType0):
            dynamic_variables = self.dynamic_variables.to_dict()
        else:
            dynamic_variables = self.dynamic_variables

        field_dict: dict[str, Any] = {
            "id": id,
            "agent_id": agent_id,
            "status": status,
        }
        if agent_name is not UNSET:
            field_dict["agent_name"] = agent_name
        if start_time is not UNSET:
            field_dict["start_time"] = start_time
        if end_time is not UNSET:
            field_dict["end_time"] = end_time
        if redacted_at is not UNSET:
            field_dict["redacted_at"] = redacted_at
        if zdr_enabled is not UNSET:
            field_dict["zdr_enabled"] = zdr_enabled
        if transcript is not UNSET:
            field_dict["transcript"] = transcript
        if telephony_params is not UNSET:
            field_dict["telephony_params"] = telephony_params
        if summary is not UNSET:
            field_dict["summary"] = summary
        if error_message is not UNSET:
            field_dict["error_message"] = error_message
        if end_reason is not UNSET:
            field_dict["end_reason"] = end_reason
        if deployment_id is not UNSET:
            field_dict["deployment_id"] = deployment_id
        if deployment_version_id is not UNSET:
            field_dict["deployment_version_id"] = deployment_version_id
        if deployment_region is not UNSET:
            field_dict["deployment_region"] = deployment_region
        if telephony_account_type is not UNSET:
            field_dict["telephony_account_type"] = telephony_account_type
        if metadata is not UNSET:
            field_dict["metadata"] = metadata
        if dynamic_variables is not UNSET:
            field_dict["dynamic_variables"] = dynamic_variables
        field_dict.update(self.additional_properties)

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.agent_call_dynamic_variables_type_0 import (
            AgentCallDynamicVariablesType0,  # noqa: PLC0415
        )
        from ..models.agent_call_metadata_type_0 import AgentCallMetadataType0  # noqa: PLC0415
        from ..models.agent_transcript import AgentTranscript  # noqa: PLC0415
        from ..models.telephony_params import TelephonyParams  # noqa: PLC0415

        d = dict(src_dict)
        id = d.pop("id")

        agent_id = d.pop("agent_id")

        status = d.pop("status")

        agent_name = d.pop("agent_name", UNSET)

        def _parse_start_time(data: object) -> datetime.datetime | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                start_time_type_0 = datetime.datetime.fromisoformat(data.upper())

                return start_time_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None | Unset, data)

        start_time = _parse_start_time(d.pop("start_time", UNSET))

        def _parse_end_time(data: object) -> datetime.datetime | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                end_time_type_0 = datetime.datetime.fromisoformat(data.upper())

                return end_time_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None | Unset, data)

        end_time = _parse_end_time(d.pop("end_time", UNSET))

        def _parse_redacted_at(data: object) -> datetime.datetime | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                redacted_at_type_0 = datetime.datetime.fromisoformat(data.upper())

                return redacted_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None | Unset, data)

        redacted_at = _parse_redacted_at(d.pop("redacted_at", UNSET))

        zdr_enabled = d.pop("zdr_enabled", UNSET)

        def _parse_transcript(data: object) -> list[AgentTranscript] | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError()
                transcript_type_0 = []
                _transcript_type_0 = data
                for transcript_type_0_item_data in _transcript_type_0:
                    transcript_type_0_item = AgentTranscript.from_dict(
                        transcript_type_0_item_data
                    )

                    transcript_type_0.append(transcript_type_0_item)

                return transcript_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(list[AgentTranscript] | None | Unset, data)

        transcript = _parse_transcript(d.pop("transcript", UNSET))

        def _parse_telephony_params(data: object) -> None | TelephonyParams | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                telephony_params_type_1 = TelephonyParams.from_dict(data)

                return telephony_params_type_1
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | TelephonyParams | Unset, data)

        telephony_params = _parse_telephony_params(d.pop("telephony_params", UNSET))

        def _parse_summary(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        summary = _parse_summary(d.pop("summary", UNSET))

        def _parse_error_message(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        error_message = _parse_error_message(d.pop("error_message", UNSET))

        def _parse_end_reason(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        end_reason = _parse_end_reason(d.pop("end_reason", UNSET))

        def _parse_deployment_id(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        deployment_id = _parse_deployment_id(d.pop("deployment_id", UNSET))

        def _parse_deployment_version_id(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        deployment_version_id = _parse_deployment_version_id(
            d.pop("deployment_version_id", UNSET)
        )

        def _parse_deployment_region(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        deployment_region = _parse_deployment_region(d.pop("deployment_region", UNSET))

        def _parse_telephony_account_type(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        telephony_account_type = _parse_telephony_account_type(
            d.pop("telephony_account_type", UNSET)
        )

        def _parse_metadata(data: object) -> AgentCallMetadataType0 | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                metadata_type_0 = AgentCallMetadataType0.from_dict(data)

                return metadata_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(AgentCallMetadataType0 | None | Unset, data)

        metadata = _parse_metadata(d.pop("metadata", UNSET))

        def _parse_dynamic_variables(
            data: object,
        ) -> AgentCallDynamicVariablesType0 | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                dynamic_variables_type_0 = AgentCallDynamicVariablesType0.from_dict(
                    data
                )

                return dynamic_variables_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(AgentCallDynamicVariablesType0 | None | Unset, data)

        dynamic_variables = _parse_dynamic_variables(d.pop("dynamic_variables", UNSET))

        agent_call = cls(
            id=id,
            agent_id=agent_id,
            status=status,
            agent_name=agent_name,
            start_time=start_time,
            end_time=end_time,
            redacted_at=redacted_at,
            zdr_enabled=zdr_enabled,
            transcript=transcript,
            telephony_params=telephony_params,
            summary=summary,
            error_message=error_message,
            end_reason=end_reason,
            deployment_id=deployment_id,
            deployment_version_id=deployment_version_id,
            deployment_region=deployment_region,
            telephony_account_type=telephony_account_type,
            metadata=metadata,
            dynamic_variables=dynamic_variables,
        )

        agent_call.additional_properties = d
        return agent_call

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
