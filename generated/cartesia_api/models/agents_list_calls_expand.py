# Generated from openapi/latest.yml by openapi-python-client 0.29.1. Do not edit: run `nox -s regenerate`.
# pyright: standard
from __future__ import annotations

from enum import StrEnum


class AgentsListCallsExpand(StrEnum):
    TRANSCRIPT = "transcript"

    def __str__(self) -> str:
        return str(self.value)
