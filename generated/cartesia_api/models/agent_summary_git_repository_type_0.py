# Generated from openapi/latest.yml by openapi-python-client 0.29.1. Do not edit: run `nox -s regenerate`.
# pyright: standard
from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import short_repr

if TYPE_CHECKING:
    from collections.abc import Mapping

T = TypeVar("T", bound="AgentSummaryGitRepositoryType0")


@_attrs_define
class AgentSummaryGitRepositoryType0:
    """The repository that its code comes from.

    Attributes:
        provider (str): Who hosts it.
        account (str): Whose it is.
        name (str): Its name.
    """

    provider: str
    account: str
    name: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    __json_names__: ClassVar[dict[str, str]] = {
        "provider": "provider",
        "account": "account",
        "name": "name",
    }

    __repr__ = short_repr

    def to_dict(self) -> dict[str, Any]:
        provider = self.provider

        account = self.account

        name = self.name

        field_dict: dict[str, Any] = {
            "provider": provider,
            "account": account,
            "name": name,
        }
        field_dict.update(self.additional_properties)

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        provider = d.pop("provider")

        account = d.pop("account")

        name = d.pop("name")

        agent_summary_git_repository_type_0 = cls(
            provider=provider,
            account=account,
            name=name,
        )

        agent_summary_git_repository_type_0.additional_properties = d
        return agent_summary_git_repository_type_0

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
