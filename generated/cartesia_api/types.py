# Generated from openapi/latest.yml by openapi-python-client 0.29.1. Do not edit: run `nox -s regenerate`.
# pyright: standard
"""Contains some shared types for properties"""

from __future__ import annotations

from collections.abc import Mapping
from typing import IO, TYPE_CHECKING, Any, BinaryIO, Generic, Literal, TypeVar

from attrs import define, fields, has

if TYPE_CHECKING:
    from collections.abc import MutableMapping
    from http import HTTPStatus


class Unset:
    def __bool__(self) -> Literal[False]:
        return False

    def __repr__(self) -> str:
        return "UNSET"

    def __reduce__(self) -> str:
        return "UNSET"


UNSET: Unset = Unset()

_LONGEST_TEXT = 60
_MOST_ITEMS = 2


def short_repr(self: Any) -> str:
    """Return the fields of a model that are set, with long values cut"""
    shown = []
    for field in fields(type(self)):
        value = getattr(self, field.name)
        if value is not UNSET and (field.init or value):
            shown.append(f"{field.name}={_short(value)}")
    return f"{type(self).__name__}({', '.join(shown)})"


def _short(value: Any, depth: int = 2) -> str:
    if isinstance(value, str):
        cut = value[:_LONGEST_TEXT]
        return repr(cut) if cut == value else f"{cut!r}…"
    if isinstance(value, list):
        items = (
            [_short(item, depth - 1) for item in value[:_MOST_ITEMS]] if depth else []
        )
        return f"[{_listed(items, len(value))}]"
    if isinstance(value, dict):
        names = list(value)[:_MOST_ITEMS] if depth else []
        items = [f"{_short(name)}: {_short(value[name], depth - 1)}" for name in names]
        return "{" + _listed(items, len(value)) + "}"
    if has(type(value)):
        return repr(value) if depth == 2 else f"{type(value).__name__}(…)"
    text = repr(value)
    return text if len(text) <= 2 * _LONGEST_TEXT else f"{text[:_LONGEST_TEXT]}…"


def _listed(items: list[str], count: int) -> str:
    more = count - len(items)
    return ", ".join([*items, f"… {more} more"] if more else items)


# The types that `httpx.Client(files=)` can accept, copied from that library.
FileContent = IO[bytes] | bytes | str
FileTypes = (
    # (filename, file (or bytes), content_type)
    tuple[str | None, FileContent, str | None]
    # (filename, file (or bytes), content_type, headers)
    | tuple[str | None, FileContent, str | None, Mapping[str, str]]
)
RequestFiles = list[tuple[str, FileTypes]]


@define
class File:
    """Contains information for file uploads"""

    payload: BinaryIO
    file_name: str | None = None
    mime_type: str | None = None

    def to_tuple(self) -> FileTypes:
        """Return a tuple representation that httpx will accept for multipart/form-data"""
        return self.file_name, self.payload, self.mime_type


T = TypeVar("T")


@define
class Response(Generic[T]):
    """A response from an endpoint"""

    status_code: HTTPStatus
    content: bytes
    headers: MutableMapping[str, str]
    parsed: T | None


__all__ = [
    "UNSET",
    "File",
    "FileTypes",
    "RequestFiles",
    "Response",
    "Unset",
    "short_repr",
]
