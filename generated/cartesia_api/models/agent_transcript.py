# Generated from openapi/latest.yml by openapi-python-client 0.29.1. Do not edit: run `nox -s regenerate`.
# pyright: standard
from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, model_from_dict, model_to_dict, short_repr

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..models.agent_log_event import AgentLogEvent
    from ..models.agent_log_metric import AgentLogMetric
    from ..models.agent_tool_call import AgentToolCall
    from ..types import Unset


T = TypeVar("T", bound="AgentTranscript")


@_attrs_define
class AgentTranscript:
    """One turn of a call. Times are seconds from the start of the call.

    Attributes:
        role (str): Whose turn it was.
        start_timestamp (float): When it began, in seconds from the start of the call.
        end_timestamp (float | None | Unset): When it ended, in seconds from the start of the call.
        text (None | str | Unset): What was said.
        end_reason (None | str | Unset): Why the turn ended.
        tool_calls (list[AgentToolCall] | None | Unset): The tools that were called.
        stt_ttfb (float | None | Unset): Seconds until speech recognition gave its first result.
        tts_ttfb (float | None | Unset): Seconds until speech synthesis gave its first audio.
        vad_buffer_ms (int | None | Unset): Milliseconds of audio that voice activity detection held back.
        log_event (AgentLogEvent | None | Unset):
        log_metric (AgentLogMetric | None | Unset):
    """

    role: str
    start_timestamp: float
    end_timestamp: float | None | Unset = UNSET
    text: None | str | Unset = UNSET
    end_reason: None | str | Unset = UNSET
    tool_calls: list[AgentToolCall] | None | Unset = UNSET
    stt_ttfb: float | None | Unset = UNSET
    tts_ttfb: float | None | Unset = UNSET
    vad_buffer_ms: int | None | Unset = UNSET
    log_event: AgentLogEvent | None | Unset = UNSET
    log_metric: AgentLogMetric | None | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    __json_names__: ClassVar[dict[str, str]] = {
        "role": "role",
        "start_timestamp": "start_timestamp",
        "end_timestamp": "end_timestamp",
        "text": "text",
        "end_reason": "end_reason",
        "tool_calls": "tool_calls",
        "stt_ttfb": "stt_ttfb",
        "tts_ttfb": "tts_ttfb",
        "vad_buffer_ms": "vad_buffer_ms",
        "log_event": "log_event",
        "log_metric": "log_metric",
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
