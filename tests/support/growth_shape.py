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
        kind: The group of shapes that it belongs to.
        name: The field's name in JSON.
        schema: Its schema, in the keywords of OpenAPI 3.0 where they suffice.
        values: The values that a response may have there.
        needs: Components that the schema refers to.
        is_new: Whether only OpenAPI 3.1 can express it.
        is_untyped: Whether it is found only in `additional_properties`.
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
        """Whether logs, which are read strictly, may have all the values."""
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
