"""Shapes of new fields: unions, recursion and the keywords of OpenAPI 3.1."""

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

PETS: dict[str, Schema] = {
    "GrownCat": an_object("kind", "lives", kind=TEXT, lives=WHOLE),
    "GrownDog": an_object("kind", "tricks", kind=TEXT, tricks=an_array(TEXT)),
}


def combined() -> Iterator[Shape]:
    """Yield unions."""
    pets = PETS
    both = [a_ref("GrownCat"), a_ref("GrownDog")]
    one, other = {"kind": "cat", "lives": 9}, {"kind": "dog", "tricks": ["sit"]}
    mapping = {"cat": "#/components/schemas/GrownCat", "dog": "GrownDog"}
    discriminator = {"propertyName": "kind", "mapping": mapping}
    for word in ("oneOf", "anyOf"):
        low = word.lower()
        yield Shape("union", f"{low}_models", {word: both}, (one, other), pets)
        yield Shape("union", f"{low}_null", {word: both, "nullable": True}, (None, one), pets)
        yield Shape("union", f"{low}_types", {word: [TEXT, WHOLE, an_array(TEXT)]}, ("a", 1, ["a"]))
        yield Shape("union", f"{low}_one", {word: [a_ref("GrownCat")]}, (one,), pets)
        yield Shape(
            "union",
            f"{low}_inline",
            {word: [an_object("a", a=TEXT), an_object("b", b=TEXT)]},
            ({"a": ""}, {"b": ""}),
        )
        twins = [{**an_object("a", a=TEXT), "title": "X"}, {**an_object("b", b=TEXT), "title": "X"}]
        yield Shape("union", f"{low}_twins", {word: twins}, ({"a": ""}, {"b": ""}))
        yield Shape(
            "union",
            f"{low}_enums",
            {word: [{**TEXT, "enum": ["a"]}, {**TEXT, "enum": ["b"]}]},
            ("a", "c"),
        )
        yield Shape("union", f"{low}_free", {word: [{"type": "object"}, TEXT]}, ({"a": 1}, "x"))
        beside = {**an_object("c", c=TEXT), word: [{"required": ["a"]}, {"required": ["b"]}]}
        yield Shape("union", f"{low}_beside", beside, ({"a": 1, "c": ""}, {"b": 1, "c": ""}))
        nested = {word: [{"oneOf": [TEXT, WHOLE]}, {"anyOf": both}]}
        yield Shape("union", f"{low}_nested", nested, ("x", 1, one), pets)
        yield Shape(
            "union", f"{low}_arrays", {word: [an_array(TEXT), an_array(WHOLE)]}, (["a"], [1])
        )
    yield Shape("union", "anyof_time_text", {"anyOf": [TIME, TEXT]}, (TIME_TEXT, "now"))
    yield Shape("union", "anyof_numbers", {"anyOf": [NUMBER, WHOLE]}, (1, 1.5))
    yield Shape("union", "anyof_of_any", {"anyOf": [{}, TEXT]}, (1, "x", {}))
    yield Shape(
        "discriminator", "pet", {"oneOf": both, "discriminator": discriminator}, (one, other), pets
    )
    yield Shape(
        "discriminator",
        "pet_ref",
        a_ref("GrownPet"),
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


def parts() -> Iterator[Shape]:
    """Yield shapes that consist of several others."""
    pets = PETS
    both = [a_ref("GrownCat"), a_ref("GrownDog")]
    one = {"kind": "cat", "lives": 9}
    base = {**an_object("kind", kind=TEXT), "discriminator": {"propertyName": "kind"}}
    child = {"allOf": [a_ref("GrownBase"), an_object("size", size=WHOLE)]}
    family: dict[str, Schema] = {"GrownBase": base, "GrownChild": child}
    whole = {"kind": "x", "size": 1, "more": 1}
    yield Shape("allOf", "all_child", a_ref("GrownChild"), (whole,), family)
    yield Shape(
        "allOf",
        "all_inline",
        {"allOf": [a_ref("GrownBase"), an_object(size=WHOLE)]},
        (whole,),
        family,
    )
    yield Shape(
        "allOf",
        "all_siblings",
        {"allOf": [a_ref("GrownBase")], **an_object("a", a=TEXT)},
        ({"kind": "x", "a": ""},),
        family,
    )
    yield Shape(
        "allOf",
        "all_required",
        {"allOf": [a_ref("GrownBase"), {"required": ["size"]}]},
        ({"kind": "x", "size": 1},),
        family,
    )
    yield Shape("allOf", "all_text", {"allOf": [TEXT, {"minLength": 1}]}, ("x",))
    yield Shape(
        "allOf",
        "all_enum",
        {"allOf": [a_ref("GrownState")], "description": "Its state."},
        ("on", "new"),
        {"GrownState": {**TEXT, "enum": ["on"]}},
    )
    yield Shape(
        "allOf",
        "all_enum_two",
        {"allOf": [a_ref("GrownState"), {"description": "Its state."}]},
        ("on", "new"),
        {"GrownState": {**TEXT, "enum": ["on"]}},
    )
    yield Shape("allOf", "all_list", {"allOf": [an_array(TEXT), {"minItems": 1}]}, (["a"],))
    yield Shape(
        "allOf",
        "all_of_union",
        {"allOf": [{"oneOf": both}, an_object("z", z=WHOLE)]},
        ({**one, "z": 1},),
        pets,
    )
    refined = {
        "allOf": [
            an_object(a=TEXT, b=an_object(x=TEXT)),
            an_object(a={"enum": ["k"]}, b=an_object(y=TEXT)),
        ]
    }
    yield Shape("allOf", "all_refined", refined, ({"a": "k", "b": {"x": "", "y": ""}},))
    conflicting = {"allOf": [an_object(a={"oneOf": [TEXT, WHOLE]}), an_object(a=TEXT)]}
    yield Shape("allOf", "all_conflicting", conflicting, ({"a": "k"},))
    yield Shape(
        "allOf",
        "all_nullable",
        {"allOf": [a_ref("GrownBase"), an_object(size=WHOLE)], "nullable": True},
        (None, whole),
        family,
    )
    loop = {
        "GrownLoop": {"allOf": [a_ref("GrownBase"), an_object(next=a_ref("GrownLoop"))]},
        "GrownBase": base,
    }
    yield Shape(
        "allOf", "all_loop", a_ref("GrownLoop"), ({"kind": "x", "next": {"kind": "y"}},), loop
    )
    yield Shape("not", "not_text", {"not": TEXT}, (1, {}))
    yield Shape("not", "not_beside", {**WHOLE, "not": {"enum": [7]}}, (1,))
    condition = {**an_object(a=TEXT), "if": {"required": ["a"]}, "then": {"required": ["b"]}}
    yield Shape("not", "if_then", condition, ({"a": "x", "b": 1},), is_new=True)


def recursive() -> Iterator[Shape]:
    """Yield types that contain themselves."""
    nested: Any = {"name": "a", "trees": [{"name": "b", "trees": list[Any]()}]}
    tree = {"GrownTree": an_object("name", name=TEXT, trees=an_array(a_ref("GrownTree")))}
    yield Shape(
        "recursion",
        "tree",
        a_ref("GrownTree"),
        (nested,),
        tree,
    )
    node = {"GrownNode": an_object(next={"allOf": [a_ref("GrownNode")], "nullable": True})}
    yield Shape("recursion", "node", a_ref("GrownNode"), ({"next": {"next": None}}, {}), node)
    forced = {"GrownForced": {**an_object("next", next=a_ref("GrownForced")), "nullable": True}}
    yield Shape(
        "recursion", "null_node", a_ref("GrownForced"), (None, {"next": {"next": None}}), forced
    )
    hatched: Any = {"hen": {"eggs": [{"hen": dict[str, Any]()}]}}
    summed: Any = {"of": ["x", {"of": list[Any]()}]}
    mutual: dict[str, Schema] = {
        "GrownEgg": an_object(hen=a_ref("GrownHen")), "GrownHen": an_object(eggs=an_array(a_ref("GrownEgg"))),
    }  # fmt: skip
    yield Shape("recursion", "egg", a_ref("GrownEgg"), (hatched,), mutual)
    lists = {"GrownLists": an_array(a_ref("GrownLists"))}
    yield Shape("recursion", "lists", a_ref("GrownLists"), ([[], [[]]],), lists)
    maps = {"GrownMaps": {"type": "object", "additionalProperties": a_ref("GrownMaps")}}
    yield Shape("recursion", "maps", a_ref("GrownMaps"), ({"a": {"b": {}}},), maps)
    options = [
        TEXT,
        NUMBER,
        an_array(a_ref("GrownJson")),
        {"type": "object", "additionalProperties": a_ref("GrownJson")},
    ]
    yield Shape(
        "recursion",
        "json",
        a_ref("GrownJson"),
        ({"a": ["x", 1.5]}, "x", []),
        {"GrownJson": {"anyOf": options}},
    )
    expression: dict[str, Schema] = {
        "GrownExpression": {
            "oneOf": [
                TEXT,
                a_ref("GrownSum"),
                an_object("not", **{"not": a_ref("GrownExpression")}),
            ]
        },
        "GrownSum": an_object("of", of=an_array(a_ref("GrownExpression"))),
    }
    yield Shape(
        "recursion",
        "expression",
        a_ref("GrownExpression"),
        ("x", summed, {"not": "x"}),
        expression,
    )
    yield Shape(
        "recursion",
        "call_again",
        a_ref("AgentCall"),
        ({"id": "a", "agent_id": "b", "status": "c"},),
    )


def new_words() -> Iterator[Shape]:
    """Yield any value, and lists of types."""
    yield Shape("any", "any_value", {}, (None, 1, "x", [1], {"a": {}}))
    yield Shape("any", "any_described", {"description": "Anything."}, (None, [1]))
    yield Shape("any", "any_nullable", {"nullable": True}, (None, 1))
    yield Shape("any", "always", schema=True, values=(None, {"a": 1}), is_new=True)
    yield Shape("any", "never", schema=False, values=(), is_new=True)
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
        (None, TIME_TEXT),
        is_new=True,
    )
    enum = {"type": ["string", "null"], "enum": ["a", None]}
    yield Shape("types", "enum_or_null", enum, (None, "a", "b"), is_new=True)
    yield Shape(
        "types",
        "object_or_null",
        {**an_object("a", a=TEXT), "type": ["object", "null"]},
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
