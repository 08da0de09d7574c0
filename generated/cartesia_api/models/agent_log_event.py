# Generated from openapi/latest.yml by openapi-python-client 0.29.1. Do not edit: run `nox -s regenerate`.
# pyright: standard
from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import model_from_dict, model_to_dict, short_repr

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..models.agent_log_event_metadata import AgentLogEventMetadata


T = TypeVar("T", bound="AgentLogEvent")


@_attrs_define
class AgentLogEvent:
    """An event that the agent's code logged.

    Attributes:
        event (str): The event's name.
        metadata (AgentLogEventMetadata): The data that the code attached to it.
        timestamp (float): When it was logged.
    """

    event: str
    metadata: AgentLogEventMetadata
    timestamp: float
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    __json_names__: ClassVar[dict[str, str]] = {
        "event": "event",
        "metadata": "metadata",
        "timestamp": "timestamp",
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
