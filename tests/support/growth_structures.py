"""Shapes of new fields: objects, maps, references and arrays."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from growth_shape import (
    NUMBER,
    TEXT,
    TIME,
    TIME_TEXT,
    WHOLE,
    Schema,
    Shape,
    a_ref,
    an_array,
    an_object,
)


def objects() -> Iterator[Shape]:
    """Yield objects, maps and references."""
    free: tuple[Any, ...] = ({}, {"a": [1, None]}, {"to_dict": 1, "additional_properties": {}})
    yield Shape("object", "free_object", {"type": "object"}, free)
    yield Shape("object", "free_true", {"type": "object", "additionalProperties": True}, free)
    yield Shape("object", "free_empty", {"type": "object", "additionalProperties": {}}, free)
    yield Shape(
        "object", "nullable_object", {**an_object("a", a=TEXT), "nullable": True}, (None, {"a": ""})
    )
    closed = {**an_object("a", a=TEXT), "additionalProperties": False}
    yield Shape("object", "closed_object", closed, ({"a": "x"}, {"a": "x", "new": 1}))
    yield Shape("object", "no_type", {"properties": {"a": TEXT}}, ({"a": "x"}, {}))
    inner = an_object("from", **{"from": TEXT, "to_dict": TEXT, "additional_properties": WHOLE})
    odd: dict[str, Any] = {"from": "x", "to_dict": "y", "additional_properties": 1, "more": [{}]}
    yield Shape("object", "odd_object", inner, (odd, {"from": "x"}))
    deep = an_object(a=an_object(b=an_array(an_object("c", c=TIME))))
    yield Shape("object", "deep_object", deep, ({"a": {"b": [{"c": TIME_TEXT}]}},))
    titled = {**an_object(a=TEXT), "title": "Config"}
    yield Shape("object", "titled_one", titled, ({"a": "x"},))
    yield Shape("object", "titled_other", {**an_object(b=TEXT), "title": "Config"}, ({"b": "x"},))
    yield Shape("object", "titled_foreign", {**an_object(b=TEXT), "title": "設定"}, ({"b": "x"},))
    other = {"AgentCallClashing": an_object(a=TEXT)}
    clashing = an_object(b=a_ref("AgentCallClashing"))
    yield Shape("object", "clashing", clashing, ({"b": {"a": "x"}},), other)
    for name in (
        "Any",
        "Unset",
        "T",
        "File",
        "Response",
        "Mapping",
        "ClassVar",
        "Client",
        "Literal",
    ):
        yield Shape(
            "object",
            f"of_{name.lower()}_{name}",
            a_ref(name),
            ({"a": "x"},),
            {name: an_object(a=TEXT)},
        )
    same_title = {name: {**an_object(a=TEXT), "title": "Twin"} for name in ("TwinOne", "TwinOther")}
    twins = an_object(one=a_ref("TwinOne"), other=a_ref("TwinOther"))
    yield Shape("object", "twins", twins, ({"one": {"a": "x"}, "other": {"a": "y"}},), same_title)
    for name, of in {
        "text": TEXT,
        "time": TIME,
        "map": {"type": "object", "additionalProperties": WHOLE},
    }.items():
        values: tuple[Any, ...] = (
            {},
            {"k": {"text": "v", "time": TIME_TEXT, "map": {"x": 1}}[name]},
            {"k": [1]},
        )
        yield Shape("map", f"map_of_{name}", {"type": "object", "additionalProperties": of}, values)
    models = {"type": "object", "additionalProperties": a_ref("GrownItem")}
    item = {"GrownItem": an_object("id", id=TEXT)}
    yield Shape("map", "map_of_models", models, ({}, {"k": {"id": "x"}}), item)
    mixed = {**an_object(a=TEXT), "additionalProperties": WHOLE}
    yield Shape("map", "map_and_fields", mixed, ({"a": "x", "b": 1},))
    pattern = {"type": "object", "patternProperties": {"^x": WHOLE}, "additionalProperties": False}
    yield Shape("map", "map_patterns", pattern, ({"x1": 1},), is_new=True)
    names = {"type": "object", "propertyNames": {"pattern": "^x"}, "unevaluatedProperties": False}
    yield Shape("map", "map_names", names, ({"x1": 1},), is_new=True)
    yield Shape("reference", "model_ref", a_ref("GrownItem"), ({"id": "x"},), item)
    yield Shape(
        "reference",
        "model_ref_null",
        {"allOf": [a_ref("GrownItem")], "nullable": True},
        (None, {"id": "x"}),
        item,
    )
    beside = {**a_ref("GrownItem"), "description": "More.", "deprecated": True}
    yield Shape("reference", "model_ref_beside", beside, ({"id": "x"},), item, is_new=True)
    null_any = {"anyOf": [a_ref("GrownItem"), {"type": "null"}]}
    yield Shape("reference", "model_ref_or_null", null_any, (None, {"id": "x"}), item, is_new=True)
    null_component = {"GrownNull": {**an_object("id", id=TEXT), "nullable": True}}
    yield Shape(
        "reference", "null_component", a_ref("GrownNull"), (None, {"id": "x"}), null_component
    )
    alias: dict[str, Schema] = {**item, "GrownAlias": a_ref("GrownItem")}
    yield Shape("reference", "alias", a_ref("GrownAlias"), ({"id": "x"},), alias)
    part = a_ref("GrownItem/properties/id")
    yield Shape("reference", "part_of_component", part, ("x",), item)
    yield Shape(
        "reference",
        "dotted",
        a_ref("grown.item-x"),
        ({"id": "x"},),
        {"grown.item-x": item["GrownItem"]},
    )


def arrays() -> Iterator[Shape]:
    """Yield arrays and tuples."""
    item = {"GrownItem": an_object("id", id=TEXT)}
    yield Shape("array", "array_of_arrays", an_array(an_array(WHOLE)), ([[1], []], []))
    yield Shape("array", "array_of_models", an_array(a_ref("GrownItem")), ([{"id": "x"}], []), item)
    yield Shape(
        "array", "array_deep", an_array(an_array(a_ref("GrownItem"))), ([[{"id": "x"}]],), item
    )
    yield Shape(
        "array",
        "array_null",
        {**an_array({**TEXT, "nullable": True}), "nullable": True},
        (None, ["a", None]),
    )
    yield Shape("array", "array_of_any", an_array({}), ([1, None, {"a": []}],))
    yield Shape("array", "array_of_unions", an_array({"oneOf": [TEXT, WHOLE]}), (["a", 1],))
    yield Shape(
        "array", "array_of_objects", an_array(an_object("a", a=TIME)), ([{"a": TIME_TEXT}],)
    )
    yield Shape(
        "array",
        "array_of_maps",
        an_array({"type": "object", "additionalProperties": TEXT}),
        ([{"a": "b"}],),
    )
    yield Shape(
        "array", "array_bounded", {**an_array(TEXT), "minItems": 1, "uniqueItems": True}, (["a"],)
    )
    yield Shape(
        "array", "array_component", a_ref("GrownList"), (["a"],), {"GrownList": an_array(TEXT)}
    )
    yield Shape("array", "array_alone", {"type": "array"}, ([], [1, "a", {}]), is_new=True)
    tuple_ = {"type": "array", "prefixItems": [TEXT, WHOLE]}
    yield Shape("tuple", "tuple_open", tuple_, (["a", 1], ["a", 1, {}], []), is_new=True)
    yield Shape("tuple", "tuple_closed", {**tuple_, "items": False}, (["a", 1],), is_new=True)
    yield Shape("tuple", "tuple_rest", {**tuple_, "items": NUMBER}, (["a", 1, 1.5],), is_new=True)
    yield Shape(
        "tuple",
        "tuple_models",
        {"type": "array", "prefixItems": [a_ref("GrownItem"), TIME]},
        ([{"id": "x"}, TIME_TEXT],),
        item,
        is_new=True,
    )
    yield Shape(
        "array", "array_contains", {"type": "array", "contains": TEXT}, ([1, "a"],), is_new=True
    )
    yield Shape("array", "items_true", {"type": "array", "items": True}, ([1, "a"],), is_new=True)
