# Generated from openapi/latest.yml by openapi-python-client 0.29.1. Do not edit: run `nox -s regenerate`.
# pyright: standard
from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset, short_repr

if TYPE_CHECKING:
    from collections.abc import Mapping

T = TypeVar("T", bound="APIError")


@_attrs_define
class APIError:
    """Why a request was refused.

    Attributes:
        error_code (None | str | Unset): A code for programs; `concurrency_limited` is the only one seen. Known values:
            `concurrency_limited`; more may come.
        title (str | Unset): A short name of the error.
        message (str | Unset): What is wrong.
        request_id (str | Unset): The ID of the request, for the provider's support.
        doc_url (str | Unset): Where the error is documented.
    """

    error_code: None | str | Unset = UNSET
    title: str | Unset = UNSET
    message: str | Unset = UNSET
    request_id: str | Unset = UNSET
    doc_url: str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    __json_names__: ClassVar[dict[str, str]] = {
        "error_code": "error_code",
        "title": "title",
        "message": "message",
        "request_id": "request_id",
        "doc_url": "doc_url",
    }

    __repr__ = short_repr

    def to_dict(self) -> dict[str, Any]:
        error_code: None | str | Unset
        if isinstance(self.error_code, Unset):
            error_code = UNSET
        else:
            error_code = self.error_code

        title = self.title

        message = self.message

        request_id = self.request_id

        doc_url = self.doc_url

        field_dict: dict[str, Any] = {}
        if error_code is not UNSET:
            field_dict["error_code"] = error_code
        if title is not UNSET:
            field_dict["title"] = title
        if message is not UNSET:
            field_dict["message"] = message
        if request_id is not UNSET:
            field_dict["request_id"] = request_id
        if doc_url is not UNSET:
            field_dict["doc_url"] = doc_url
        field_dict.update(self.additional_properties)

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)

        def _parse_error_code(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        error_code = _parse_error_code(d.pop("error_code", UNSET))

        title = d.pop("title", UNSET)

        message = d.pop("message", UNSET)

        request_id = d.pop("request_id", UNSET)

        doc_url = d.pop("doc_url", UNSET)

        api_error = cls(
            error_code=error_code,
            title=title,
            message=message,
            request_id=request_id,
            doc_url=doc_url,
        )

        api_error.additional_properties = d
        return api_error

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
