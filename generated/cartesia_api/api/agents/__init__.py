# Generated from openapi/latest.yml by openapi-python-client 0.29.1. Do not edit: run `nox -s regenerate`.
# pyright: standard
"""Contains endpoint functions for accessing the API"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from . import (
        agents_cancel_call,
        agents_delete_call,
        agents_download_call_audio,
        agents_get,
        agents_get_call,
        agents_get_call_logs,
        agents_list,
        agents_list_calls,
    )

__all__ = (
    "agents_list",
    "agents_list_calls",
    "agents_get_call",
    "agents_delete_call",
    "agents_download_call_audio",
    "agents_cancel_call",
    "agents_get_call_logs",
    "agents_get",
)


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return import_module(f".{name}", __name__)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
