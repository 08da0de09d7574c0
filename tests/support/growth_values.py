"""Names of new fields, and schemas of plain values."""

from __future__ import annotations

from collections.abc import Iterator

from growth_shape import (
    DAY,
    NUMBER,
    TEXT,
    TIME,
    TIME_TEXT,
    UUID_TEXT,
    WHOLE,
    Shape,
    a_ref,
    an_array,
    an_object,
)

# Names that generated code, its templates, or Python itself may use.
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
# Of each pair, only the second has a name in Python; the first would have the same one, or none.
SAME_NAMES = (
    ("sameName", "same_name"), ("$thing", "thing"), ("@type", "type"), ("str", "str_"),
    ("to_dict_", "to_dict"), ("Unset", "UNSET"), ("***", ""), ("ﬁeld", "field"),
)  # fmt: skip


def names() -> Iterator[Shape]:
    """Yield names of every kind."""
    same = dict(SAME_NAMES)
    for name in dict.fromkeys((*NAMES, *same.values())):
        if name not in same:
            yield Shape("name", name, TEXT, ("x", ""))
    for name in same:
        yield Shape("name of two", name, TEXT, ("y",), is_untyped=True)


def values() -> Iterator[Shape]:
    """Yield plain values."""
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
    yield Shape("enum", "enums", an_array({**TEXT, "enum": ["a", "b"]}), ([], ["a", "new"]))
    yield Shape(
        "enum", "enum_ref", a_ref("GrownEnum"), (1, 2), {"GrownEnum": {**WHOLE, "enum": [1]}}
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
        values = (UUID_TEXT, "") if name == "uuid" else ("eA==", "")
        yield Shape("format", f"format_{name}", {**TEXT, "format": name}, values)
    yield Shape("format", "format_date", {**TEXT, "format": "date"}, (DAY,))
    yield Shape("format", "format_dates", an_array({**TEXT, "format": "date"}), ([], [DAY]))
    yield Shape("format", "format_instant", TIME, (TIME_TEXT, "2026-03-01t10:00:00.5+02:00"))
    yield Shape("format", "format_times", an_array(TIME), ([TIME_TEXT], []))
    yield Shape("format", "format_null", {**TIME, "nullable": True}, (None, TIME_TEXT))
    yield Shape("format", "format_int64", {**WHOLE, "format": "int64"}, (2**63, -1))
    yield Shape("format", "format_double", {**NUMBER, "format": "double"}, (1.5, 1))
    yield Shape("format", "format_epoch", {**WHOLE, "format": "date-time"}, (1772359200,))
    yield Shape("format", "format_decimal", {**TEXT, "format": "decimal"}, ("1.50",))
    yield Shape("format", "format_alone", {"format": "date-time"}, (TIME_TEXT, 1))
    yield Shape(
        "format", "content_media", {**TEXT, "contentEncoding": "base64"}, ("eA==",), is_new=True
    )
    yield Shape("plain", "whole", WHOLE, (3, -1))
    yield Shape("plain", "number", NUMBER, (1.5, 2))
    yield Shape("plain", "flag", {"type": "boolean"}, (True, False))
    yield Shape("default", "default_text", {**TEXT, "default": "lazy"}, ("x",))
    yield Shape("default", "default_null", {**TEXT, "nullable": True, "default": None}, (None, "x"))
    yield Shape(
        "default", "default_object", {**an_object(a=TEXT), "default": {"a": "b"}}, ({"a": "x"},)
    )
    yield Shape("access", "read_only", {**TEXT, "readOnly": True, "deprecated": True}, ("x",))
    write_only = an_object("in", "out", **{"in": {**TEXT, "writeOnly": True}, "out": TEXT})
    yield Shape("access", "write_only", write_only, ({"out": "x"},))
    yield Shape("text", "described", {**TEXT, "description": 'A """ \\ \n {x} `'}, ("x",))
    yield Shape("text", "exampled", {**WHOLE, "example": 3, "title": "A title"}, (3,))
