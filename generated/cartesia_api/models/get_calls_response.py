# Generated from openapi/latest.yml by openapi-python-client 0.29.1. Do not edit: run `nox -s regenerate`.
# pyright: standard
from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset, short_repr

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..models.agent_call import AgentCall


T = TypeVar("T", bound="GetCallsResponse")


@_attrs_define
class GetCallsResponse:
    """A page of calls, newest first.

    Attributes:
        data (list[AgentCall]): The calls.
        has_more (bool | Unset): Whether there are calls behind these. Not every server sends it.
        next_page (None | str | Unset): What to pass as the next cursor.
    """

    data: list[AgentCall]
    has_more: bool | Unset = UNSET
    next_page: None | str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    __json_names__: ClassVar[dict[str, str]] = {
        "data": "data",
        "has_more": "has_more",
        "next_page": "next_page",
    }

    __repr__ = short_repr

    def to_dict(self) -> dict[str, Any]:
        data = []
        for data_item_data in self.data:
            data_item = data_item_data.to_dict()
            data.append(data_item)

        has_more = self.has_more

        next_page: None | str | Unset
        if isinstance(self.next_page, Unset):
            next_page = UNSET
        else:
            next_page = self.next_page

        field_dict: dict[str, Any] = {
            "data": data,
        }
        if has_more is not UNSET:
            field_dict["has_more"] = has_more
        if next_page is not UNSET:
            field_dict["next_page"] = next_page
        field_dict.update(self.additional_properties)

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.agent_call import AgentCall  # noqa: PLC0415

        d = dict(src_dict)
        data = []
        _data = d.pop("data")
        for data_item_data in _data:
            data_item = AgentCall.from_dict(data_item_data)

            data.append(data_item)

        has_more = d.pop("has_more", UNSET)

        def _parse_next_page(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        next_page = _parse_next_page(d.pop("next_page", UNSET))

        get_calls_response = cls(
            data=data,
            has_more=has_more,
            next_page=next_page,
        )

        get_calls_response.additional_properties = d
        return get_calls_response

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
