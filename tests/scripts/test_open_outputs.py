"""The opened spec for the generator, whose outputs accept everything that the API may send."""

from __future__ import annotations

import copy
from typing import Any, cast, get_args

import pytest

from _console import ScriptError
from _open_outputs import (
    OpenedSpec,
    OverlayEntry,
    open_outputs,
    overlay_entries_to_drop,
    read_overlay,
)
from cartesia_calls import AgentCallStatus


def _spec(
    schema: dict[str, Any], operation_id: str = "calls_get", /, **schemas: object
) -> dict[str, Any]:
    response = {"description": "", "content": {"application/json": {"schema": schema}}}
    operation = {
        "operationId": operation_id,
        "parameters": [{"name": "order", "in": "query", "schema": {"enum": ["up", "down"]}}],
        "responses": {"200": response},
    }
    return {
        "openapi": "3.0.1",
        "paths": {"/x": {"get": operation}},
        "components": {"schemas": schemas},
    }


def _opened(schema: dict[str, Any], **schemas: object) -> tuple[dict[str, Any], OpenedSpec]:
    spec = _spec(schema, "calls_get", **schemas)
    untouched = copy.deepcopy(spec)
    opened = open_outputs(spec, [])
    assert spec == untouched
    get: Any = opened.document["paths"]
    get = get["/x"]["get"]
    assert get["parameters"][0]["schema"] == {"enum": ["up", "down"]}
    return get["responses"]["200"]["content"]["application/json"]["schema"], opened


def _object(**properties: object) -> dict[str, Any]:
    return {"type": "object", "properties": properties}


@pytest.mark.parametrize(
    ("listed", "opened"),
    [
        ({"type": "string", "enum": ["a", "b"]}, {"type": "string"}),
        ({"enum": ["a", "b"]}, {"type": "string"}),
        ({"enum": [1, 2]}, {"type": "integer"}),
        ({"enum": ["a", 1]}, {}),
        ({"const": "a"}, {"type": "string"}),
        ({"type": "string", "enum": ["a", None]}, {"type": "string", "nullable": True}),
        ({"type": "string", "x-extensible-enum": ["a"]}, {"type": "string"}),
    ],
)
def test_lists_of_values_become_plain_types_and_stay_visible(
    listed: dict[str, object], opened: dict[str, object]
) -> None:
    schema, _ = _opened(_object(why={**listed, "description": "Why."}))
    description = schema["properties"]["why"].pop("description")
    assert schema["properties"]["why"] == opened
    assert description.startswith("Why. Known values: `")
    assert description.endswith("; more may come.")


def test_known_values_are_named_after_the_component_or_the_field() -> None:
    fields = {"status": {"$ref": "#/components/schemas/State"}, "end_reason": {"enum": ["x", "y"]}}
    call = _object(**fields)
    _, opened = _opened({"$ref": "#/components/schemas/Call"}, Call=call, State={"enum": ["on"]})
    assert opened.known_values == {"State": ["on"], "CallEndReason": ["x", "y"]}
    assert set(get_args(AgentCallStatus)) >= {"created", "started", "completed", "failed"}


@pytest.mark.parametrize("closed", [{"type": "string"}, False, {"type": "object"}])
def test_maps_and_objects_accept_anything(closed: object) -> None:
    inner = {"type": "object", "additionalProperties": closed}
    schema, _ = _opened({"type": "object", "properties": {"a": {"type": "array", "items": inner}}})
    assert schema["properties"]["a"]["items"]["additionalProperties"] is True


def test_a_record_keeps_its_needed_fields_required() -> None:
    turn = {**_object(id={}, role={}), "required": ["id", "role"]}
    call = {**_object(id={}, agent_id={}, end={}, turn=turn), "required": ["id", "agent_id", "end"]}
    page = {**_object(data={"type": "array", "items": {"allOf": [call]}}, more={})}
    page["required"] = ["data", "more"]
    schema, _ = _opened(page)
    assert schema["required"] == ["data"]
    (opened,) = schema["properties"]["data"]["items"]["allOf"]
    assert opened["required"] == ["id", "agent_id"]
    assert opened["properties"]["turn"]["required"] == ["id", "role"]


def test_only_formats_that_keep_the_text_are_kept() -> None:
    formats = ("uuid", "byte", "binary", "date", "date-time", "email")
    schema, _ = _opened(_object(**{one: {"type": "string", "format": one} for one in formats}))
    left = [name for name, one in schema["properties"].items() if "format" in one]
    assert left == ["date", "date-time", "email"]


def test_a_schema_that_contains_itself_is_opened_once() -> None:
    tree = _object(kind={"enum": ["leaf"]}, trees={"items": {"$ref": "#/components/schemas/Tree"}})
    _, opened = _opened({"$ref": "#/components/schemas/Tree"}, Tree=tree)
    assert opened.known_values == {"TreeKind": ["leaf"]}


def test_the_logs_stay_strict() -> None:
    logs = {**_object(state={"enum": ["a"]}, labels={"type": "object"}), "required": ["state"]}
    spec = _spec(logs, "agents_get-call-logs")
    assert open_outputs(spec, []).document == spec


RECORD = {
    **_object(
        turns={
            "type": "array",
            "items": {
                **_object(id={"type": "string"}, value={"type": "number", "description": "V."}),
                "required": ["id", "value"],
            },
        },
        other={"$ref": "#/components/schemas/Other"},
    ),
    "required": ["turns", "other"],
}


def _with_overlay(version: str, at: str, *also: str) -> dict[str, Any]:
    spec = _spec({}, Record=RECORD, Other={"type": "object"})
    spec["openapi"] = version
    opened = open_outputs(spec, [OverlayEntry("Record", at, also)])
    schemas: Any = opened.document["components"]
    return cast("dict[str, Any]", schemas["schemas"]["Record"])


def test_the_overlay_allows_a_missing_field_null_and_another_type() -> None:
    turn = _with_overlay("3.0.1", "/turns/*/id", "missing", "null")["properties"]["turns"]["items"]
    assert turn["required"] == ["value"]
    assert turn["properties"]["id"] == {"type": "string", "nullable": True}
    turn = _with_overlay("3.0.1", "/turns/*/value", "string")["properties"]["turns"]["items"]
    number = {"type": "number", "description": "V."}
    assert turn["properties"]["value"] == {
        "anyOf": [number, {"type": "string"}],
        "description": "V.",
    }


@pytest.mark.parametrize(
    ("version", "opened"),
    [
        ("3.0.1", {"allOf": [{"$ref": "#/components/schemas/Other"}], "nullable": True}),
        ("3.1.0", {"anyOf": [{"$ref": "#/components/schemas/Other"}, {"type": "null"}]}),
    ],
)
def test_null_is_allowed_in_the_language_of_the_spec(
    version: str, opened: dict[str, object]
) -> None:
    assert _with_overlay(version, "/other", "null")["properties"]["other"] == opened


def test_an_entry_that_the_spec_makes_superfluous_is_reported() -> None:
    spec = _spec({}, Record=_object(a={"type": "string", "nullable": True}, b={"type": "number"}))
    also_null = [OverlayEntry("Record", place, ("missing", "null")) for place in ("/a", "/b", "/c")]
    gone, no_place = overlay_entries_to_drop(spec, also_null)
    assert gone.startswith("overlay: Record /a (also missing, null): the spec allows this now")
    assert no_place.startswith(
        "overlay: Record /c (also missing, null): the spec has no such place"
    )


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ({"record": "R", "also": ["null"]}, "Entry 1 of x.yml has no `record` or no place"),
        ({"record": "R", "at": "a", "also": ["null"]}, "no place `at` that begins"),
        ({"record": "R", "at": "/a"}, "does not say what `also` occurs"),
        ({"record": "R", "at": "/a", "also": ["text"]}, "does not say what `also` occurs"),
    ],
)
def test_an_overlay_that_can_not_be_read_is_refused(entry: Any, message: str) -> None:  # noqa: ANN401 - JSON
    with pytest.raises(ScriptError, match=message.replace("`", ".")):
        read_overlay([entry], "x.yml")


def test_all_of_objects_becomes_one_object_and_otherwise_any_value() -> None:
    base = {**_object(kind={"type": "string"}), "required": ["kind"]}
    fields: dict[str, Any] = {
        "objects": {"allOf": [{"$ref": "#/components/schemas/Base"}, _object(size={})]},
        "alone": {"allOf": [{"$ref": "#/components/schemas/Base"}], "nullable": True},
        "texts": {"allOf": [{"type": "string"}, {"minLength": 1}]},
        "mixed": {"allOf": [{"type": "string"}, {"type": "integer"}], "description": "Odd."},
    }
    schema, _ = _opened(_object(**copy.deepcopy(fields)), Base=base)
    opened = schema["properties"]
    assert opened["objects"]["properties"].keys() == {"kind", "size"}
    assert opened["objects"]["required"] == ["kind"]
    assert opened["alone"] == fields["alone"]
    assert opened["texts"] == {"type": "string", "minLength": 1}
    assert opened["mixed"] == {"description": "Odd."}


@pytest.mark.parametrize(
    ("description", "opened"),
    [
        (True, {}),
        ({"type": "array"}, {"type": "array", "items": {}}),
        (
            {"type": "array", "prefixItems": [{"type": "string"}], "items": False},
            {"type": "array", "items": {}},
        ),
        ({"$ref": "#/components/schemas/Item/properties/id"}, {}),
        ({"type": "string", "default": "lazy"}, {"type": "string"}),
    ],
)
def test_schemas_that_the_generator_cannot_express_become_any_value(
    description: object, opened: dict[str, object]
) -> None:
    schema, _ = _opened(_object(a=description), Item=_object(id={"type": "string"}))
    assert schema["properties"]["a"] == opened


def test_a_component_that_is_no_object_does_not_contain_itself() -> None:
    json = {"anyOf": [{"type": "string"}, {"items": {"$ref": "#/components/schemas/Json"}}]}
    _, opened = _opened({"$ref": "#/components/schemas/Json"}, Json=json)
    schemas: Any = opened.document["components"]
    assert schemas["schemas"]["Json"]["anyOf"][1]["items"] == {}


def test_of_fields_with_one_name_in_python_the_first_is_typed() -> None:
    fields: dict[str, Any] = {"endTime": {}, "end_time": {}, "$id": {}, "id": {}}
    schema, _ = _opened(_object(**fields))
    assert list(schema["properties"]) == ["end_time", "id"]


def test_classes_have_distinct_names() -> None:
    titled = {**_object(a={}), "title": "Config"}
    call = _object(one=titled, other=copy.deepcopy(titled), extra=_object(b={}))
    _, opened = _opened({"$ref": "#/components/schemas/Call"}, Call=call, CallExtra={}, File=titled)
    document: Any = opened.document
    schemas = document["components"]["schemas"]
    fields = schemas["Call"]["properties"]
    assert fields["one"]["title"] == "Config"
    assert "title" not in fields["other"]
    assert fields["extra"] == {}
    assert schemas["File"]["title"] == "Config"
