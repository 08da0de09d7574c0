# Generated from openapi/latest.yml by openapi-python-client 0.29.1. Do not edit: run `nox -s regenerate`.
# pyright: standard
from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import short_repr

if TYPE_CHECKING:
    from collections.abc import Mapping

T = TypeVar("T", bound="AgentCallLogs")


@_attrs_define
class AgentCallLogs:
    """The runtime logs associated with a specific agent call.

    Attributes:
        call_id (str): The ID of the call.
        logs (list[str]): The runtime log lines produced by the agent's code during the call.
        updated_at (datetime.datetime): The date and time when the logs were last updated.
    """

    call_id: str
    logs: list[str]
    updated_at: datetime.datetime
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    __json_names__: ClassVar[dict[str, str]] = {
        "call_id": "call_id",
        "logs": "logs",
        "updated_at": "updated_at",
    }

    __repr__ = short_repr

    def to_dict(self) -> dict[str, Any]:
        call_id = self.call_id

        logs = self.logs

        updated_at = self.updated_at.isoformat()

        field_dict: dict[str, Any] = {
            "call_id": call_id,
            "logs": logs,
            "updated_at": updated_at,
        }
        field_dict.update(self.additional_properties)

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        call_id = d.pop("call_id")

        logs = cast(list[str], d.pop("logs"))

        updated_at = datetime.datetime.fromisoformat(d.pop("updated_at").upper())

        agent_call_logs = cls(
            call_id=call_id,
            logs=logs,
            updated_at=updated_at,
        )

        agent_call_logs.additional_properties = d
        return agent_call_logs

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
