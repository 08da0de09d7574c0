# Generated from openapi/latest.yml by openapi-python-client 0.29.1. Do not edit: run `nox -s regenerate`.
# pyright: standard
from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset, short_repr

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..models.agent_tool_call_arguments import AgentToolCallArguments


T = TypeVar("T", bound="AgentToolCall")


@_attrs_define
class AgentToolCall:
    """A tool that was called during a turn.

    Attributes:
        name (str): The tool's name.
        arguments (AgentToolCallArguments): What it was called with.
        id (None | str | Unset): The tool call's ID.
        result (None | str | Unset): What it returned.
    """

    name: str
    arguments: AgentToolCallArguments
    id: None | str | Unset = UNSET
    result: None | str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    __json_names__: ClassVar[dict[str, str]] = {
        "name": "name",
        "arguments": "arguments",
        "id": "id",
        "result": "result",
    }

    __repr__ = short_repr

    def to_dict(self) -> dict[str, Any]:
        name = self.name

        arguments = self.arguments.to_dict()

        id: None | str | Unset
        if isinstance(self.id, Unset):
            id = UNSET
        else:
            id = self.id

        result: None | str | Unset
        if isinstance(self.result, Unset):
            result = UNSET
        else:
            result = self.result

        field_dict: dict[str, Any] = {
            "name": name,
            "arguments": arguments,
        }
        if id is not UNSET:
            field_dict["id"] = id
        if result is not UNSET:
            field_dict["result"] = result
        field_dict.update(self.additional_properties)

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.agent_tool_call_arguments import AgentToolCallArguments  # noqa: PLC0415

        d = dict(src_dict)
        name = d.pop("name")

        arguments = AgentToolCallArguments.from_dict(d.pop("arguments"))

        def _parse_id(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        id = _parse_id(d.pop("id", UNSET))

        def _parse_result(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        result = _parse_result(d.pop("result", UNSET))

        agent_tool_call = cls(
            name=name,
            arguments=arguments,
            id=id,
            result=result,
        )

        agent_tool_call.additional_properties = d
        return agent_tool_call

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
