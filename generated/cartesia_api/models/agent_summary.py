# Generated from openapi/latest.yml by openapi-python-client 0.29.1. Do not edit: run `nox -s regenerate`.
# pyright: standard
from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, model_from_dict, model_to_dict, short_repr

if TYPE_CHECKING:
    import datetime
    from collections.abc import Mapping

    from ..models.agent_phone_number import AgentPhoneNumber
    from ..models.agent_summary_git_repository_type_0 import (
        AgentSummaryGitRepositoryType0,
    )
    from ..types import Unset


T = TypeVar("T", bound="AgentSummary")


@_attrs_define
class AgentSummary:
    """A voice agent.

    Attributes:
        id (str): The agent's ID.
        name (str): Its name.
        description (None | str | Unset): What it is for.
        created_at (datetime.datetime | Unset): When it was created.
        updated_at (datetime.datetime | Unset): When it was last changed.
        tts_voice (str | Unset): The ID of the voice that it speaks with.
        tts_language (str | Unset): The language that it speaks.
        webhook_id (None | str | Unset): The webhook that is notified of its calls.
        deleted_at (datetime.datetime | None | Unset): When it was deleted.
        git_repository (AgentSummaryGitRepositoryType0 | None | Unset): The repository that its code comes from.
        git_deploy_branch (None | str | Unset): The branch that is deployed.
        phone_numbers (list[AgentPhoneNumber] | None | Unset): The phone numbers that reach it.
        has_text_to_agent_run (bool | Unset): Whether the provider's tool made it from a text.
        deployment_count (int | Unset): How many deployments it has.
    """

    id: str
    name: str
    description: None | str | Unset = UNSET
    created_at: datetime.datetime | Unset = UNSET
    updated_at: datetime.datetime | Unset = UNSET
    tts_voice: str | Unset = UNSET
    tts_language: str | Unset = UNSET
    webhook_id: None | str | Unset = UNSET
    deleted_at: datetime.datetime | None | Unset = UNSET
    git_repository: AgentSummaryGitRepositoryType0 | None | Unset = UNSET
    git_deploy_branch: None | str | Unset = UNSET
    phone_numbers: list[AgentPhoneNumber] | None | Unset = UNSET
    has_text_to_agent_run: bool | Unset = UNSET
    deployment_count: int | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    __json_names__: ClassVar[dict[str, str]] = {
        "id": "id",
        "name": "name",
        "description": "description",
        "created_at": "created_at",
        "updated_at": "updated_at",
        "tts_voice": "tts_voice",
        "tts_language": "tts_language",
        "webhook_id": "webhook_id",
        "deleted_at": "deleted_at",
        "git_repository": "git_repository",
        "git_deploy_branch": "git_deploy_branch",
        "phone_numbers": "phone_numbers",
        "has_text_to_agent_run": "has_text_to_agent_run",
        "deployment_count": "deployment_count",
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
