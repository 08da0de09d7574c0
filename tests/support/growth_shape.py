"""The shape of a field that a spec gains."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Schema = dict[str, Any] | bool
DAY, TIME_TEXT = "2026-03-01", "2026-03-01T10:00:00Z"
UUID_TEXT = "0A1B2C3D-0a1b-4c3d-8a1b-0a1b2c3d4e5f"


@dataclass(frozen=True)
class Shape:
    """A field that a spec gains.

    Attributes:
        kind: What the shape is about.
        name: The field's name in JSON.
        schema: What the spec says of it, in the words of OpenAPI 3.0 where that has them.
        values: What a response may have there.
        needs: Components that the schema refers to.
        is_new: Whether only OpenAPI 3.1 can say it.
        is_untyped: Whether it is found in `additional_properties` alone.
    """

    kind: str
    name: str
    schema: Schema
    values: tuple[Any, ...]
    needs: Mapping[str, Schema] = field(default_factory=dict[str, Schema])
    is_new: bool = False
    is_untyped: bool = False

    @property
    def is_strict(self) -> bool:
        """Whether logs, which are taken as the spec says or not at all, may have all the values."""
        return (
            bool(self.values)
            and self.kind not in {"enum", "const", "types"}
            and self.name
            not in {
                "closed_object",
                "map_patterns",
                "map_names",
                "oneof_enums",
                "anyof_enums",
                "all_enum",
                "all_enum_two",
                "all_refined",
            }
        )


def an_object(*required: str, **fields: Schema) -> dict[str, Any]:
    made: dict[str, Any] = {"type": "object", "properties": fields}
    return {**made, "required": [*required]} if required else made


def a_ref(name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{name}"}


def an_array(items: Schema) -> dict[str, Any]:
    return {"type": "array", "items": items}


TEXT: dict[str, Any] = {"type": "string"}
NUMBER: dict[str, Any] = {"type": "number"}
WHOLE: dict[str, Any] = {"type": "integer"}
TIME: dict[str, Any] = {"type": "string", "format": "date-time"}
