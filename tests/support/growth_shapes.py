"""The shapes that a new field of a response may have, and values of each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

Schema = dict[str, Any] | bool
_DAY, _TIME = "2026-03-01", "2026-03-01T10:00:00Z"
_UUID = "0A1B2C3D-0a1b-4c3d-8a1b-0a1b2c3d4e5f"


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
    needs: dict[str, Schema] = field(default_factory=dict[str, Schema])
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


def _object(*required: str, **fields: Schema) -> dict[str, Any]:
    made: dict[str, Any] = {"type": "object", "properties": fields}
    return {**made, "required": [*required]} if required else made


def _ref(name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{name}"}


def _array(items: Schema) -> dict[str, Any]:
    return {"type": "array", "items": items}


TEXT: dict[str, Any] = {"type": "string"}
NUMBER: dict[str, Any] = {"type": "number"}
WHOLE: dict[str, Any] = {"type": "integer"}
TIME: dict[str, Any] = {"type": "string", "format": "date-time"}

# What a generated class or module, what makes it, or Python itself may use.
NAMES = (
    "camelCase", "PascalCase", "kebab-case", "UPPER", "with space", "dotted.name", "a/b~c",
    "1st", "日本語", "straße", 'quo"te', "back\\slash", "{brace}", "new\nline", "nul\u200bl",
    "emoji😀", "class", "from", "import", "async", "None", "True", "match",
    "self", "cls", "d", "T", "from_dict", "additional_properties", "additional_keys",
    "src_dict", "field_dict", "prop_name", "prop_dict", "agent_call", "agent_transcript", "Any", "ClassVar", "Mapping", "TypeVar", "datetime", "date", "dict", "list", "int",
    "bool", "float", "object", "property", "classmethod", "isinstance", "print", "models", "types",
    "__json_names__", "__init__", "__class__", "__dict__", "__slots__", "__attrs_attrs__", "_private",
    "field_types", "model_to_dict", "_attrs_field", "mro", "setattr", "value", "items", "keys", "get",
    "properties", "required", "title", "description", "enum", "nullable", "default", "items_item",
)  # fmt: skip
# Of these the second has a name in Python; the first would have the same one, or none.
SAME_NAMES = (
    ("sameName", "same_name"), ("$thing", "thing"), ("@type", "type"), ("str", "str_"),
    ("to_dict_", "to_dict"), ("Unset", "UNSET"), ("***", ""), ("ﬁeld", "field"),
)  # fmt: skip


def _names() -> Iterator[Shape]:
    same = dict(SAME_NAMES)
    for name in dict.fromkeys((*NAMES, *same.values())):
        if name not in same:
            yield Shape("name", name, TEXT, ("x", ""))
    for name in same:
        yield Shape("name of two", name, TEXT, ("y",), is_untyped=True)


def _values() -> Iterator[Shape]:
    yield Shape("enum", "enum_text", {**TEXT, "enum": ["a", "b"]}, ("a", "new"))
    yield Shape("enum", "enum_untyped", {"enum": ["a", "b"]}, ("a", "new"))
    yield Shape("enum", "enum_odd", {**TEXT, "enum": ["", "+", "1", "A b", "a b"]}, ("", "+"))
    yield Shape("enum", "enum_whole", {**WHOLE, "enum": [1, -2, 0]}, (1, 3))
    yield Shape("enum", "enum_number", {**NUMBER, "enum": [1.5, 2]}, (1.5, 2))
    yield Shape(
        "enum", "enum_mixed", {"enum": ["a", 1, True, None, {"a": 1}]}, ("a", 1, True, None)
    )
    yield Shape("enum", "enum_null", {**TEXT, "nullable": True, "enum": ["a", None]}, ("a", None))
    yield Shape("enum", "enum_untyped_null", {"enum": ["a", None]}, ("a", None))
    yield Shape("enum", "enum_flag", {"type": "boolean", "enum": [True]}, (True,))
    yield Shape("enum", "enums", _array({**TEXT, "enum": ["a", "b"]}), ([], ["a", "new"]))
    yield Shape(
        "enum", "enum_ref", _ref("GrownEnum"), (1, 2), {"GrownEnum": {**WHOLE, "enum": [1]}}
    )
    yield Shape("const", "const_text", {"const": "a"}, ("a", "b"), is_new=True)
    yield Shape("const", "const_whole", {**WHOLE, "const": 1}, (1, 2), is_new=True)
    yield Shape("const", "const_flag", {"const": True}, (True,), is_new=True)
    yield Shape("const", "const_null", {"const": None}, (None,), is_new=True)
    yield Shape("const", "const_object", {"const": {"a": 1}}, ({"a": 1},), is_new=True)
    for name in (
        "byte",
        "binary",
        "uuid",
        "password",
        "email",
        "uri",
        "time",
        "duration",
        "unheard",
    ):
        values = (_UUID, "") if name == "uuid" else ("eA==", "")
        yield Shape("format", f"format_{name}", {**TEXT, "format": name}, values)
    yield Shape("format", "format_date", {**TEXT, "format": "date"}, (_DAY,))
    yield Shape("format", "format_dates", _array({**TEXT, "format": "date"}), ([], [_DAY]))
    yield Shape("format", "format_instant", TIME, (_TIME, "2026-03-01t10:00:00.5+02:00"))
    yield Shape("format", "format_times", _array(TIME), ([_TIME], []))
    yield Shape("format", "format_null", {**TIME, "nullable": True}, (None, _TIME))
    yield Shape("format", "format_int64", {**WHOLE, "format": "int64"}, (2**63, -1))
    yield Shape("format", "format_double", {**NUMBER, "format": "double"}, (1.5, 1))
    yield Shape("format", "format_epoch", {**WHOLE, "format": "date-time"}, (1772359200,))
    yield Shape("format", "format_decimal", {**TEXT, "format": "decimal"}, ("1.50",))
    yield Shape("format", "format_alone", {"format": "date-time"}, (_TIME, 1))
    yield Shape(
        "format", "content_media", {**TEXT, "contentEncoding": "base64"}, ("eA==",), is_new=True
    )
    yield Shape("plain", "whole", WHOLE, (3, -1))
    yield Shape("plain", "number", NUMBER, (1.5, 2))
    yield Shape("plain", "flag", {"type": "boolean"}, (True, False))
    yield Shape("default", "default_text", {**TEXT, "default": "lazy"}, ("x",))
    yield Shape("default", "default_null", {**TEXT, "nullable": True, "default": None}, (None, "x"))
    yield Shape(
        "default", "default_object", {**_object(a=TEXT), "default": {"a": "b"}}, ({"a": "x"},)
    )
    yield Shape("access", "read_only", {**TEXT, "readOnly": True, "deprecated": True}, ("x",))
    write_only = _object("in", "out", **{"in": {**TEXT, "writeOnly": True}, "out": TEXT})
    yield Shape("access", "write_only", write_only, ({"out": "x"},))
    yield Shape("text", "described", {**TEXT, "description": 'A """ \\ \n {x} `'}, ("x",))
    yield Shape("text", "exampled", {**WHOLE, "example": 3, "title": "A title"}, (3,))


def _objects() -> Iterator[Shape]:
    free: tuple[Any, ...] = ({}, {"a": [1, None]}, {"to_dict": 1, "additional_properties": {}})
    yield Shape("object", "free_object", {"type": "object"}, free)
    yield Shape("object", "free_true", {"type": "object", "additionalProperties": True}, free)
    yield Shape("object", "free_empty", {"type": "object", "additionalProperties": {}}, free)
    yield Shape(
        "object", "nullable_object", {**_object("a", a=TEXT), "nullable": True}, (None, {"a": ""})
    )
    closed = {**_object("a", a=TEXT), "additionalProperties": False}
    yield Shape("object", "closed_object", closed, ({"a": "x"}, {"a": "x", "new": 1}))
    yield Shape("object", "no_type", {"properties": {"a": TEXT}}, ({"a": "x"}, {}))
    inner = _object("from", **{"from": TEXT, "to_dict": TEXT, "additional_properties": WHOLE})
    odd = {"from": "x", "to_dict": "y", "additional_properties": 1, "more": [{}]}
    yield Shape("object", "odd_object", inner, (odd, {"from": "x"}))
    deep = _object(a=_object(b=_array(_object("c", c=TIME))))
    yield Shape("object", "deep_object", deep, ({"a": {"b": [{"c": _TIME}]}},))
    titled = {**_object(a=TEXT), "title": "Config"}
    yield Shape("object", "titled_one", titled, ({"a": "x"},))
    yield Shape("object", "titled_other", {**_object(b=TEXT), "title": "Config"}, ({"b": "x"},))
    yield Shape("object", "titled_foreign", {**_object(b=TEXT), "title": "設定"}, ({"b": "x"},))
    other = {"AgentCallClashing": _object(a=TEXT)}
    clashing = _object(b=_ref("AgentCallClashing"))
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
            _ref(name),
            ({"a": "x"},),
            {name: _object(a=TEXT)},
        )
    same_title = {name: {**_object(a=TEXT), "title": "Twin"} for name in ("TwinOne", "TwinOther")}
    twins = _object(one=_ref("TwinOne"), other=_ref("TwinOther"))
    yield Shape("object", "twins", twins, ({"one": {"a": "x"}, "other": {"a": "y"}},), same_title)
    for name, of in {
        "text": TEXT,
        "time": TIME,
        "map": {"type": "object", "additionalProperties": WHOLE},
    }.items():
        values: tuple[Any, ...] = (
            {},
            {"k": {"text": "v", "time": _TIME, "map": {"x": 1}}[name]},
            {"k": [1]},
        )
        yield Shape("map", f"map_of_{name}", {"type": "object", "additionalProperties": of}, values)
    models = {"type": "object", "additionalProperties": _ref("GrownItem")}
    item = {"GrownItem": _object("id", id=TEXT)}
    yield Shape("map", "map_of_models", models, ({}, {"k": {"id": "x"}}), item)
    mixed = {**_object(a=TEXT), "additionalProperties": WHOLE}
    yield Shape("map", "map_and_fields", mixed, ({"a": "x", "b": 1},))
    pattern = {"type": "object", "patternProperties": {"^x": WHOLE}, "additionalProperties": False}
    yield Shape("map", "map_patterns", pattern, ({"x1": 1},), is_new=True)
    names = {"type": "object", "propertyNames": {"pattern": "^x"}, "unevaluatedProperties": False}
    yield Shape("map", "map_names", names, ({"x1": 1},), is_new=True)
    yield Shape("reference", "model_ref", _ref("GrownItem"), ({"id": "x"},), item)
    yield Shape(
        "reference",
        "model_ref_null",
        {"allOf": [_ref("GrownItem")], "nullable": True},
        (None, {"id": "x"}),
        item,
    )
    beside = {**_ref("GrownItem"), "description": "More.", "deprecated": True}
    yield Shape("reference", "model_ref_beside", beside, ({"id": "x"},), item, is_new=True)
    null_any = {"anyOf": [_ref("GrownItem"), {"type": "null"}]}
    yield Shape("reference", "model_ref_or_null", null_any, (None, {"id": "x"}), item, is_new=True)
    null_component = {"GrownNull": {**_object("id", id=TEXT), "nullable": True}}
    yield Shape(
        "reference", "null_component", _ref("GrownNull"), (None, {"id": "x"}), null_component
    )
    alias: dict[str, Schema] = {**item, "GrownAlias": _ref("GrownItem")}
    yield Shape("reference", "alias", _ref("GrownAlias"), ({"id": "x"},), alias)
    part = _ref("GrownItem/properties/id")
    yield Shape("reference", "part_of_component", part, ("x",), item)
    yield Shape(
        "reference",
        "dotted",
        _ref("grown.item-x"),
        ({"id": "x"},),
        {"grown.item-x": item["GrownItem"]},
    )


def _arrays() -> Iterator[Shape]:
    item = {"GrownItem": _object("id", id=TEXT)}
    yield Shape("array", "array_of_arrays", _array(_array(WHOLE)), ([[1], []], []))
    yield Shape("array", "array_of_models", _array(_ref("GrownItem")), ([{"id": "x"}], []), item)
    yield Shape("array", "array_deep", _array(_array(_ref("GrownItem"))), ([[{"id": "x"}]],), item)
    yield Shape(
        "array",
        "array_null",
        {**_array({**TEXT, "nullable": True}), "nullable": True},
        (None, ["a", None]),
    )
    yield Shape("array", "array_of_any", _array({}), ([1, None, {"a": []}],))
    yield Shape("array", "array_of_unions", _array({"oneOf": [TEXT, WHOLE]}), (["a", 1],))
    yield Shape("array", "array_of_objects", _array(_object("a", a=TIME)), ([{"a": _TIME}],))
    yield Shape(
        "array",
        "array_of_maps",
        _array({"type": "object", "additionalProperties": TEXT}),
        ([{"a": "b"}],),
    )
    yield Shape(
        "array", "array_bounded", {**_array(TEXT), "minItems": 1, "uniqueItems": True}, (["a"],)
    )
    yield Shape(
        "array", "array_component", _ref("GrownList"), (["a"],), {"GrownList": _array(TEXT)}
    )
    yield Shape("array", "array_alone", {"type": "array"}, ([], [1, "a", {}]), is_new=True)
    tuple_ = {"type": "array", "prefixItems": [TEXT, WHOLE]}
    yield Shape("tuple", "tuple_open", tuple_, (["a", 1], ["a", 1, {}], []), is_new=True)
    yield Shape("tuple", "tuple_closed", {**tuple_, "items": False}, (["a", 1],), is_new=True)
    yield Shape("tuple", "tuple_rest", {**tuple_, "items": NUMBER}, (["a", 1, 1.5],), is_new=True)
    yield Shape(
        "tuple",
        "tuple_models",
        {"type": "array", "prefixItems": [_ref("GrownItem"), TIME]},
        ([{"id": "x"}, _TIME],),
        item,
        is_new=True,
    )
    yield Shape(
        "array", "array_contains", {"type": "array", "contains": TEXT}, ([1, "a"],), is_new=True
    )
    yield Shape("array", "items_true", {"type": "array", "items": True}, ([1, "a"],), is_new=True)


def _combined() -> Iterator[Shape]:
    cat, dog = (
        _object("kind", "lives", kind=TEXT, lives=WHOLE),
        _object("kind", "tricks", kind=TEXT, tricks=_array(TEXT)),
    )
    pets: dict[str, Schema] = {"GrownCat": cat, "GrownDog": dog}
    both = [_ref("GrownCat"), _ref("GrownDog")]
    one, other = {"kind": "cat", "lives": 9}, {"kind": "dog", "tricks": ["sit"]}
    mapping = {"cat": "#/components/schemas/GrownCat", "dog": "GrownDog"}
    discriminator = {"propertyName": "kind", "mapping": mapping}
    for word in ("oneOf", "anyOf"):
        low = word.lower()
        yield Shape("union", f"{low}_models", {word: both}, (one, other), pets)
        yield Shape("union", f"{low}_null", {word: both, "nullable": True}, (None, one), pets)
        yield Shape("union", f"{low}_types", {word: [TEXT, WHOLE, _array(TEXT)]}, ("a", 1, ["a"]))
        yield Shape("union", f"{low}_one", {word: [_ref("GrownCat")]}, (one,), pets)
        yield Shape(
            "union",
            f"{low}_inline",
            {word: [_object("a", a=TEXT), _object("b", b=TEXT)]},
            ({"a": ""}, {"b": ""}),
        )
        twins = [{**_object("a", a=TEXT), "title": "X"}, {**_object("b", b=TEXT), "title": "X"}]
        yield Shape("union", f"{low}_twins", {word: twins}, ({"a": ""}, {"b": ""}))
        yield Shape(
            "union",
            f"{low}_enums",
            {word: [{**TEXT, "enum": ["a"]}, {**TEXT, "enum": ["b"]}]},
            ("a", "c"),
        )
        yield Shape("union", f"{low}_free", {word: [{"type": "object"}, TEXT]}, ({"a": 1}, "x"))
        beside = {**_object("c", c=TEXT), word: [{"required": ["a"]}, {"required": ["b"]}]}
        yield Shape("union", f"{low}_beside", beside, ({"a": 1, "c": ""}, {"b": 1, "c": ""}))
        nested = {word: [{"oneOf": [TEXT, WHOLE]}, {"anyOf": both}]}
        yield Shape("union", f"{low}_nested", nested, ("x", 1, one), pets)
        yield Shape("union", f"{low}_arrays", {word: [_array(TEXT), _array(WHOLE)]}, (["a"], [1]))
    yield Shape("union", "anyof_time_text", {"anyOf": [TIME, TEXT]}, (_TIME, "now"))
    yield Shape("union", "anyof_numbers", {"anyOf": [NUMBER, WHOLE]}, (1, 1.5))
    yield Shape("union", "anyof_of_any", {"anyOf": [{}, TEXT]}, (1, "x", {}))
    yield Shape(
        "discriminator", "pet", {"oneOf": both, "discriminator": discriminator}, (one, other), pets
    )
    yield Shape(
        "discriminator",
        "pet_ref",
        _ref("GrownPet"),
        (one, other),
        {**pets, "GrownPet": {"oneOf": both, "discriminator": discriminator}},
    )
    yield Shape(
        "discriminator",
        "pet_bare",
        {"oneOf": both, "discriminator": {"propertyName": "kind"}},
        (one,),
        pets,
    )
    base = {**_object("kind", kind=TEXT), "discriminator": {"propertyName": "kind"}}
    child = {"allOf": [_ref("GrownBase"), _object("size", size=WHOLE)]}
    family: dict[str, Schema] = {"GrownBase": base, "GrownChild": child}
    whole = {"kind": "x", "size": 1, "more": 1}
    yield Shape("allOf", "all_child", _ref("GrownChild"), (whole,), family)
    yield Shape(
        "allOf", "all_inline", {"allOf": [_ref("GrownBase"), _object(size=WHOLE)]}, (whole,), family
    )
    yield Shape(
        "allOf",
        "all_siblings",
        {"allOf": [_ref("GrownBase")], **_object("a", a=TEXT)},
        ({"kind": "x", "a": ""},),
        family,
    )
    yield Shape(
        "allOf",
        "all_required",
        {"allOf": [_ref("GrownBase"), {"required": ["size"]}]},
        ({"kind": "x", "size": 1},),
        family,
    )
    yield Shape("allOf", "all_text", {"allOf": [TEXT, {"minLength": 1}]}, ("x",))
    yield Shape(
        "allOf",
        "all_enum",
        {"allOf": [_ref("GrownState")], "description": "Its state."},
        ("on", "new"),
        {"GrownState": {**TEXT, "enum": ["on"]}},
    )
    yield Shape(
        "allOf",
        "all_enum_two",
        {"allOf": [_ref("GrownState"), {"description": "Its state."}]},
        ("on", "new"),
        {"GrownState": {**TEXT, "enum": ["on"]}},
    )
    yield Shape("allOf", "all_list", {"allOf": [_array(TEXT), {"minItems": 1}]}, (["a"],))
    yield Shape(
        "allOf",
        "all_of_union",
        {"allOf": [{"oneOf": both}, _object("z", z=WHOLE)]},
        ({**one, "z": 1},),
        pets,
    )
    refined = {
        "allOf": [_object(a=TEXT, b=_object(x=TEXT)), _object(a={"enum": ["k"]}, b=_object(y=TEXT))]
    }
    yield Shape("allOf", "all_refined", refined, ({"a": "k", "b": {"x": "", "y": ""}},))
    conflicting = {"allOf": [_object(a={"oneOf": [TEXT, WHOLE]}), _object(a=TEXT)]}
    yield Shape("allOf", "all_conflicting", conflicting, ({"a": "k"},))
    yield Shape(
        "allOf",
        "all_nullable",
        {"allOf": [_ref("GrownBase"), _object(size=WHOLE)], "nullable": True},
        (None, whole),
        family,
    )
    loop = {
        "GrownLoop": {"allOf": [_ref("GrownBase"), _object(next=_ref("GrownLoop"))]},
        "GrownBase": base,
    }
    yield Shape(
        "allOf", "all_loop", _ref("GrownLoop"), ({"kind": "x", "next": {"kind": "y"}},), loop
    )
    yield Shape("not", "not_text", {"not": TEXT}, (1, {}))
    yield Shape("not", "not_beside", {**WHOLE, "not": {"enum": [7]}}, (1,))
    condition = {**_object(a=TEXT), "if": {"required": ["a"]}, "then": {"required": ["b"]}}
    yield Shape("not", "if_then", condition, ({"a": "x", "b": 1},), is_new=True)


def _recursive() -> Iterator[Shape]:
    tree = {"GrownTree": _object("name", name=TEXT, trees=_array(_ref("GrownTree")))}
    yield Shape(
        "recursion",
        "tree",
        _ref("GrownTree"),
        ({"name": "a", "trees": [{"name": "b", "trees": []}]},),
        tree,
    )
    node = {"GrownNode": _object(next={"allOf": [_ref("GrownNode")], "nullable": True})}
    yield Shape("recursion", "node", _ref("GrownNode"), ({"next": {"next": None}}, {}), node)
    forced = {"GrownForced": {**_object("next", next=_ref("GrownForced")), "nullable": True}}
    yield Shape(
        "recursion", "null_node", _ref("GrownForced"), (None, {"next": {"next": None}}), forced
    )
    mutual: dict[str, Schema] = {
        "GrownEgg": _object(hen=_ref("GrownHen")), "GrownHen": _object(eggs=_array(_ref("GrownEgg"))),
    }  # fmt: skip
    yield Shape("recursion", "egg", _ref("GrownEgg"), ({"hen": {"eggs": [{"hen": {}}]}},), mutual)
    lists = {"GrownLists": _array(_ref("GrownLists"))}
    yield Shape("recursion", "lists", _ref("GrownLists"), ([[], [[]]],), lists)
    maps = {"GrownMaps": {"type": "object", "additionalProperties": _ref("GrownMaps")}}
    yield Shape("recursion", "maps", _ref("GrownMaps"), ({"a": {"b": {}}},), maps)
    options = [
        TEXT,
        NUMBER,
        _array(_ref("GrownJson")),
        {"type": "object", "additionalProperties": _ref("GrownJson")},
    ]
    yield Shape(
        "recursion",
        "json",
        _ref("GrownJson"),
        ({"a": ["x", 1.5]}, "x", []),
        {"GrownJson": {"anyOf": options}},
    )
    expression: dict[str, Schema] = {
        "GrownExpression": {
            "oneOf": [TEXT, _ref("GrownSum"), _object("not", **{"not": _ref("GrownExpression")})]
        },
        "GrownSum": _object("of", of=_array(_ref("GrownExpression"))),
    }
    yield Shape(
        "recursion",
        "expression",
        _ref("GrownExpression"),
        ("x", {"of": ["x", {"of": []}]}, {"not": "x"}),
        expression,
    )
    yield Shape(
        "recursion", "call_again", _ref("AgentCall"), ({"id": "a", "agent_id": "b", "status": "c"},)
    )


def _new_words() -> Iterator[Shape]:
    yield Shape("any", "any_value", {}, (None, 1, "x", [1], {"a": {}}))
    yield Shape("any", "any_described", {"description": "Anything."}, (None, [1]))
    yield Shape("any", "any_nullable", {"nullable": True}, (None, 1))
    yield Shape("any", "always", True, (None, {"a": 1}), is_new=True)
    yield Shape("any", "never", False, (), is_new=True)
    yield Shape("types", "null_alone", {"type": "null"}, (None,), is_new=True)
    yield Shape("types", "text_or_null", {"type": ["string", "null"]}, (None, "x"), is_new=True)
    yield Shape("types", "text_or_whole", {"type": ["string", "integer"]}, (1, "x"), is_new=True)
    everything = ["string", "number", "boolean", "object", "array", "null"]
    yield Shape(
        "types", "everything", {"type": everything}, (1, "x", True, {}, [], None), is_new=True
    )
    yield Shape("types", "list_of_one", {"type": ["string"]}, ("x",), is_new=True)
    yield Shape(
        "types",
        "time_or_null",
        {"type": ["string", "null"], "format": "date-time"},
        (None, _TIME),
        is_new=True,
    )
    enum = {"type": ["string", "null"], "enum": ["a", None]}
    yield Shape("types", "enum_or_null", enum, (None, "a", "b"), is_new=True)
    yield Shape(
        "types",
        "object_or_null",
        {**_object("a", a=TEXT), "type": ["object", "null"]},
        (None, {"a": ""}),
        is_new=True,
    )
    yield Shape(
        "types",
        "array_or_null",
        {"type": ["array", "null"], "items": TEXT},
        (None, ["a"]),
        is_new=True,
    )
    yield Shape(
        "types",
        "array_or_text",
        {"type": ["array", "string"], "items": WHOLE},
        ([1], "a"),
        is_new=True,
    )
    limits = {**WHOLE, "exclusiveMinimum": 0, "examples": [1, 2]}
    yield Shape("types", "limits", limits, (1,), is_new=True)


SHAPES = (
    *_names(),
    *_values(),
    *_objects(),
    *_arrays(),
    *_combined(),
    *_recursive(),
    *_new_words(),
)


def shapes_of(version: str) -> tuple[Shape, ...]:
    """Return the shapes that a version of OpenAPI can say."""
    return tuple(one for one in SHAPES if not one.is_new or version.startswith("3.1"))


# What the contract tests can make no example of that is valid.
WITHOUT_EXAMPLE = frozenset(
    {
        "format_time", "format_alone", "write_only", "pet", "pet_ref", "pet_bare", "all_of_union",
        "all_refined", "not_text", "null_node", "never", "if_then", "node", "call_again",
        "array_contains",
    }
)  # fmt: skip


def sent_name(shape: Shape) -> str:
    """Return the name of a field whose object always has a shape's."""
    return f"with {SHAPES.index(shape)}"


def grown(spec: dict[str, Any], version: str, shapes: Iterable[Shape]) -> dict[str, Any]:
    """Return a copy of a spec with more fields, of calls and of logs: optional, and always sent."""
    shapes = list(shapes)
    is_new = version.startswith("3.1")
    added: dict[str, Any] = {shape.name: shape.schema for shape in shapes}
    for shape in shapes:
        required = [shape.name] if shape.values else []
        added[sent_name(shape)] = _object(*required, **{shape.name: shape.schema})
    old = spec["components"]["schemas"]
    schemas = {**old, **{name: one for shape in shapes for name, one in shape.needs.items()}}
    for record in ("AgentCall", "AgentCallLogs"):
        fields = {**added, **old[record]["properties"]}
        schemas[record] = {**old[record], "properties": fields}
    components = {**spec["components"], "schemas": _in_new_words(schemas) if is_new else schemas}
    return {**spec, "openapi": version, "components": components}


def _in_new_words(value: Any) -> Any:  # noqa: ANN401 - JSON of any type
    """Write `nullable` as OpenAPI 3.1 does."""
    if isinstance(value, list):
        return [_in_new_words(one) for one in value]
    if not isinstance(value, dict):
        return value
    made = {
        name: _in_new_words(one)
        for name, one in value.items()
        if name != "nullable" or one is not True
    }
    if value.get("nullable") is not True:
        return made
    if isinstance(made.get("type"), str):
        return {**made, "type": [made["type"], "null"]}
    return {"anyOf": [made, {"type": "null"}]} if set(made) - {"description"} else made
