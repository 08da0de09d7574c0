# Generated from openapi/latest.yml by openapi-python-client 0.29.1. Do not edit: run `nox -s regenerate`.
# pyright: standard
from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset, short_repr

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..models.agent_phone_number import AgentPhoneNumber
    from ..models.agent_summary_git_repository_type_0 import (
        AgentSummaryGitRepositoryType0,
    )


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
        webhook_id (None | str | Unset): The webhook that is told of its calls.
        deleted_at (datetime.datetime | None | Unset): When it was deleted.
        git_repository (AgentSummaryGitRepositoryType0 | None | Unset): The repository that its code comes from.
        git_deploy_branch (None | str | Unset): The branch that is deployed.
        phone_numbers (list[AgentPhoneNumber] | None | Unset): The phone numbers that reach it.
        has_text_to_agent_run (bool | Unset): Whether it was made from a text by the provider's tool.
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

    __repr__ = short_repr

    def to_dict(self) -> dict[str, Any]:
        from ..models.agent_summary_git_repository_type_0 import (
            AgentSummaryGitRepositoryType0,  # noqa: PLC0415
        )

        id = self.id

        name = self.name

        description: None | str | Unset
        if isinstance(self.description, Unset):
            description = UNSET
        else:
            description = self.description

        created_at: str | Unset = UNSET
        if not isinstance(self.created_at, Unset):
            created_at = self.created_at.isoformat()

        updated_at: str | Unset = UNSET
        if not isinstance(self.updated_at, Unset):
            updated_at = self.updated_at.isoformat()

        tts_voice = self.tts_voice

        tts_language = self.tts_language

        webhook_id: None | str | Unset
        if isinstance(self.webhook_id, Unset):
            webhook_id = UNSET
        else:
            webhook_id = self.webhook_id

        deleted_at: None | str | Unset
        if isinstance(self.deleted_at, Unset):
            deleted_at = UNSET
        elif isinstance(self.deleted_at, datetime.datetime):
            deleted_at = self.deleted_at.isoformat()
        else:
            deleted_at = self.deleted_at

        git_repository: dict[str, Any] | None | Unset
        if isinstance(self.git_repository, Unset):
            git_repository = UNSET
        elif isinstance(self.git_repository, AgentSummaryGitRepositoryType0):
            git_repository = self.git_repository.to_dict()
        else:
            git_repository = self.git_repository

        git_deploy_branch: None | str | Unset
        if isinstance(self.git_deploy_branch, Unset):
            git_deploy_branch = UNSET
        else:
            git_deploy_branch = self.git_deploy_branch

        phone_numbers: list[dict[str, Any]] | None | Unset
        if isinstance(self.phone_numbers, Unset):
            phone_numbers = UNSET
        elif isinstance(self.phone_numbers, list):
            phone_numbers = []
            for phone_numbers_type_0_item_data in self.phone_numbers:
                phone_numbers_type_0_item = phone_numbers_type_0_item_data.to_dict()
                phone_numbers.append(phone_numbers_type_0_item)

        else:
            phone_numbers = self.phone_numbers

        has_text_to_agent_run = self.has_text_to_agent_run

        deployment_count = self.deployment_count

        field_dict: dict[str, Any] = {
            "id": id,
            "name": name,
        }
        if description is not UNSET:
            field_dict["description"] = description
        if created_at is not UNSET:
            field_dict["created_at"] = created_at
        if updated_at is not UNSET:
            field_dict["updated_at"] = updated_at
        if tts_voice is not UNSET:
            field_dict["tts_voice"] = tts_voice
        if tts_language is not UNSET:
            field_dict["tts_language"] = tts_language
        if webhook_id is not UNSET:
            field_dict["webhook_id"] = webhook_id
        if deleted_at is not UNSET:
            field_dict["deleted_at"] = deleted_at
        if git_repository is not UNSET:
            field_dict["git_repository"] = git_repository
        if git_deploy_branch is not UNSET:
            field_dict["git_deploy_branch"] = git_deploy_branch
        if phone_numbers is not UNSET:
            field_dict["phone_numbers"] = phone_numbers
        if has_text_to_agent_run is not UNSET:
            field_dict["has_text_to_agent_run"] = has_text_to_agent_run
        if deployment_count is not UNSET:
            field_dict["deployment_count"] = deployment_count
        field_dict.update(self.additional_properties)

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.agent_phone_number import AgentPhoneNumber  # noqa: PLC0415
        from ..models.agent_summary_git_repository_type_0 import (
            AgentSummaryGitRepositoryType0,  # noqa: PLC0415
        )

        d = dict(src_dict)
        id = d.pop("id")

        name = d.pop("name")

        def _parse_description(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        description = _parse_description(d.pop("description", UNSET))

        _created_at = d.pop("created_at", UNSET)
        created_at: datetime.datetime | Unset
        if isinstance(_created_at, Unset):
            created_at = UNSET
        else:
            created_at = datetime.datetime.fromisoformat(_created_at.upper())

        _updated_at = d.pop("updated_at", UNSET)
        updated_at: datetime.datetime | Unset
        if isinstance(_updated_at, Unset):
            updated_at = UNSET
        else:
            updated_at = datetime.datetime.fromisoformat(_updated_at.upper())

        tts_voice = d.pop("tts_voice", UNSET)

        tts_language = d.pop("tts_language", UNSET)

        def _parse_webhook_id(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        webhook_id = _parse_webhook_id(d.pop("webhook_id", UNSET))

        def _parse_deleted_at(data: object) -> datetime.datetime | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                deleted_at_type_0 = datetime.datetime.fromisoformat(data.upper())

                return deleted_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None | Unset, data)

        deleted_at = _parse_deleted_at(d.pop("deleted_at", UNSET))

        def _parse_git_repository(
            data: object,
        ) -> AgentSummaryGitRepositoryType0 | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                git_repository_type_0 = AgentSummaryGitRepositoryType0.from_dict(data)

                return git_repository_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(AgentSummaryGitRepositoryType0 | None | Unset, data)

        git_repository = _parse_git_repository(d.pop("git_repository", UNSET))

        def _parse_git_deploy_branch(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        git_deploy_branch = _parse_git_deploy_branch(d.pop("git_deploy_branch", UNSET))

        def _parse_phone_numbers(data: object) -> list[AgentPhoneNumber] | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError()
                phone_numbers_type_0 = []
                _phone_numbers_type_0 = data
                for phone_numbers_type_0_item_data in _phone_numbers_type_0:
                    phone_numbers_type_0_item = AgentPhoneNumber.from_dict(
                        phone_numbers_type_0_item_data
                    )

                    phone_numbers_type_0.append(phone_numbers_type_0_item)

                return phone_numbers_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(list[AgentPhoneNumber] | None | Unset, data)

        phone_numbers = _parse_phone_numbers(d.pop("phone_numbers", UNSET))

        has_text_to_agent_run = d.pop("has_text_to_agent_run", UNSET)

        deployment_count = d.pop("deployment_count", UNSET)

        agent_summary = cls(
            id=id,
            name=name,
            description=description,
            created_at=created_at,
            updated_at=updated_at,
            tts_voice=tts_voice,
            tts_language=tts_language,
            webhook_id=webhook_id,
            deleted_at=deleted_at,
            git_repository=git_repository,
            git_deploy_branch=git_deploy_branch,
            phone_numbers=phone_numbers,
            has_text_to_agent_run=has_text_to_agent_run,
            deployment_count=deployment_count,
        )

        agent_summary.additional_properties = d
        return agent_summary

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
