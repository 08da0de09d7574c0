# Generated from openapi/latest.yml by openapi-python-client 0.29.1. Do not edit: run `nox -s regenerate`.
# pyright: standard
from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset, short_repr

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..models.telephony_params_headers import TelephonyParamsHeaders
    from ..models.telephony_params_parameters import TelephonyParamsParameters


T = TypeVar("T", bound="TelephonyParams")


@_attrs_define
class TelephonyParams:
    """The phone side of a call.

    Attributes:
        to (str | Unset): The number that was called.
        from_ (str | Unset): The number that called.
        call_sid (str | Unset): The carrier's ID of the call.
        direction (str | Unset): Whether the call came in or went out.
        connection_type (str | Unset): How the call was connected.
        parameters (TelephonyParamsParameters | Unset): What came with the call's setup.
        headers (TelephonyParamsHeaders | Unset): SIP headers of the call.
    """

    to: str | Unset = UNSET
    from_: str | Unset = UNSET
    call_sid: str | Unset = UNSET
    direction: str | Unset = UNSET
    connection_type: str | Unset = UNSET
    parameters: TelephonyParamsParameters | Unset = UNSET
    headers: TelephonyParamsHeaders | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    __json_names__: ClassVar[dict[str, str]] = {
        "to": "to",
        "from_": "from",
        "call_sid": "call_sid",
        "direction": "direction",
        "connection_type": "connection_type",
        "parameters": "parameters",
        "headers": "headers",
    }

    __repr__ = short_repr

    def to_dict(self) -> dict[str, Any]:
        to = self.to

        from_ = self.from_

        call_sid = self.call_sid

        direction = self.direction

        connection_type = self.connection_type

        parameters: dict[str, Any] | Unset = UNSET
        if not isinstance(self.parameters, Unset):
            parameters = self.parameters.to_dict()

        headers: dict[str, Any] | Unset = UNSET
        if not isinstance(self.headers, Unset):
            headers = self.headers.to_dict()

        field_dict: dict[str, Any] = {}
        if to is not UNSET:
            field_dict["to"] = to
        if from_ is not UNSET:
            field_dict["from"] = from_
        if call_sid is not UNSET:
            field_dict["call_sid"] = call_sid
        if direction is not UNSET:
            field_dict["direction"] = direction
        if connection_type is not UNSET:
            field_dict["connection_type"] = connection_type
        if parameters is not UNSET:
            field_dict["parameters"] = parameters
        if headers is not UNSET:
            field_dict["headers"] = headers
        field_dict.update(self.additional_properties)

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.telephony_params_headers import TelephonyParamsHeaders  # noqa: PLC0415
        from ..models.telephony_params_parameters import TelephonyParamsParameters  # noqa: PLC0415

        d = dict(src_dict)
        to = d.pop("to", UNSET)

        from_ = d.pop("from", UNSET)

        call_sid = d.pop("call_sid", UNSET)

        direction = d.pop("direction", UNSET)

        connection_type = d.pop("connection_type", UNSET)

        _parameters = d.pop("parameters", UNSET)
        parameters: TelephonyParamsParameters | Unset
        if isinstance(_parameters, Unset):
            parameters = UNSET
        else:
            parameters = TelephonyParamsParameters.from_dict(_parameters)

        _headers = d.pop("headers", UNSET)
        headers: TelephonyParamsHeaders | Unset
        if isinstance(_headers, Unset):
            headers = UNSET
        else:
            headers = TelephonyParamsHeaders.from_dict(_headers)

        telephony_params = cls(
            to=to,
            from_=from_,
            call_sid=call_sid,
            direction=direction,
            connection_type=connection_type,
            parameters=parameters,
            headers=headers,
        )

        telephony_params.additional_properties = d
        return telephony_params

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
