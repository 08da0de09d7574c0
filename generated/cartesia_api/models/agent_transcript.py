# Generated from openapi/latest.yml by openapi-python-client 0.29.1. Do not edit: run `nox -s regenerate`.
# pyright: standard
from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset, short_repr

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..models.agent_log_event import AgentLogEvent
    from ..models.agent_log_metric import AgentLogMetric
    from ..models.agent_tool_call import AgentToolCall


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

    __repr__ = short_repr

    def to_dict(self) -> dict[str, Any]:
        from ..models.agent_log_event import AgentLogEvent  # noqa: PLC0415
        from ..models.agent_log_metric import AgentLogMetric  # noqa: PLC0415

        role = self.role

        start_timestamp = self.start_timestamp

        end_timestamp: float | None | Unset
        if isinstance(self.end_timestamp, Unset):
            end_timestamp = UNSET
        else:
            end_timestamp = self.end_timestamp

        text: None | str | Unset
        if isinstance(self.text, Unset):
            text = UNSET
        else:
            text = self.text

        end_reason: None | str | Unset
        if isinstance(self.end_reason, Unset):
            end_reason = UNSET
        else:
            end_reason = self.end_reason

        tool_calls: list[dict[str, Any]] | None | Unset
        if isinstance(self.tool_calls, Unset):
            tool_calls = UNSET
        elif isinstance(self.tool_calls, list):
            tool_calls = []
            for tool_calls_type_0_item_data in self.tool_calls:
                tool_calls_type_0_item = tool_calls_type_0_item_data.to_dict()
                tool_calls.append(tool_calls_type_0_item)

        else:
            tool_calls = self.tool_calls

        stt_ttfb: float | None | Unset
        if isinstance(self.stt_ttfb, Unset):
            stt_ttfb = UNSET
        else:
            stt_ttfb = self.stt_ttfb

        tts_ttfb: float | None | Unset
        if isinstance(self.tts_ttfb, Unset):
            tts_ttfb = UNSET
        else:
            tts_ttfb = self.tts_ttfb

        vad_buffer_ms: int | None | Unset
        if isinstance(self.vad_buffer_ms, Unset):
            vad_buffer_ms = UNSET
        else:
            vad_buffer_ms = self.vad_buffer_ms

        log_event: dict[str, Any] | None | Unset
        if isinstance(self.log_event, Unset):
            log_event = UNSET
        elif isinstance(self.log_event, AgentLogEvent):
            log_event = self.log_event.to_dict()
        else:
            log_event = self.log_event

        log_metric: dict[str, Any] | None | Unset
        if isinstance(self.log_metric, Unset):
            log_metric = UNSET
        elif isinstance(self.log_metric, AgentLogMetric):
            log_metric = self.log_metric.to_dict()
        else:
            log_metric = self.log_metric

        field_dict: dict[str, Any] = {
            "role": role,
            "start_timestamp": start_timestamp,
        }
        if end_timestamp is not UNSET:
            field_dict["end_timestamp"] = end_timestamp
        if text is not UNSET:
            field_dict["text"] = text
        if end_reason is not UNSET:
            field_dict["end_reason"] = end_reason
        if tool_calls is not UNSET:
            field_dict["tool_calls"] = tool_calls
        if stt_ttfb is not UNSET:
            field_dict["stt_ttfb"] = stt_ttfb
        if tts_ttfb is not UNSET:
            field_dict["tts_ttfb"] = tts_ttfb
        if vad_buffer_ms is not UNSET:
            field_dict["vad_buffer_ms"] = vad_buffer_ms
        if log_event is not UNSET:
            field_dict["log_event"] = log_event
        if log_metric is not UNSET:
            field_dict["log_metric"] = log_metric
        field_dict.update(self.additional_properties)

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.agent_log_event import AgentLogEvent  # noqa: PLC0415
        from ..models.agent_log_metric import AgentLogMetric  # noqa: PLC0415
        from ..models.agent_tool_call import AgentToolCall  # noqa: PLC0415

        d = dict(src_dict)
        role = d.pop("role")

        start_timestamp = d.pop("start_timestamp")

        def _parse_end_timestamp(data: object) -> float | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(float | None | Unset, data)

        end_timestamp = _parse_end_timestamp(d.pop("end_timestamp", UNSET))

        def _parse_text(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        text = _parse_text(d.pop("text", UNSET))

        def _parse_end_reason(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        end_reason = _parse_end_reason(d.pop("end_reason", UNSET))

        def _parse_tool_calls(data: object) -> list[AgentToolCall] | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError()
                tool_calls_type_0 = []
                _tool_calls_type_0 = data
                for tool_calls_type_0_item_data in _tool_calls_type_0:
                    tool_calls_type_0_item = AgentToolCall.from_dict(
                        tool_calls_type_0_item_data
                    )

                    tool_calls_type_0.append(tool_calls_type_0_item)

                return tool_calls_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(list[AgentToolCall] | None | Unset, data)

        tool_calls = _parse_tool_calls(d.pop("tool_calls", UNSET))

        def _parse_stt_ttfb(data: object) -> float | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(float | None | Unset, data)

        stt_ttfb = _parse_stt_ttfb(d.pop("stt_ttfb", UNSET))

        def _parse_tts_ttfb(data: object) -> float | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(float | None | Unset, data)

        tts_ttfb = _parse_tts_ttfb(d.pop("tts_ttfb", UNSET))

        def _parse_vad_buffer_ms(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        vad_buffer_ms = _parse_vad_buffer_ms(d.pop("vad_buffer_ms", UNSET))

        def _parse_log_event(data: object) -> AgentLogEvent | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                log_event_type_1 = AgentLogEvent.from_dict(data)

                return log_event_type_1
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(AgentLogEvent | None | Unset, data)

        log_event = _parse_log_event(d.pop("log_event", UNSET))

        def _parse_log_metric(data: object) -> AgentLogMetric | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                log_metric_type_1 = AgentLogMetric.from_dict(data)

                return log_metric_type_1
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(AgentLogMetric | None | Unset, data)

        log_metric = _parse_log_metric(d.pop("log_metric", UNSET))

        agent_transcript = cls(
            role=role,
            start_timestamp=start_timestamp,
            end_timestamp=end_timestamp,
            text=text,
            end_reason=end_reason,
            tool_calls=tool_calls,
            stt_ttfb=stt_ttfb,
            tts_ttfb=tts_ttfb,
            vad_buffer_ms=vad_buffer_ms,
            log_event=log_event,
            log_metric=log_metric,
        )

        agent_transcript.additional_properties = d
        return agent_transcript

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
