"""YAML as OpenAPI needs it: JSON's types only, and text that reads well in a review.

PyYAML follows YAML 1.1, where `no` is false, `2026-03-01` a date and `1:30` the number 90.
The spec's other readers follow YAML 1.2. Reading here takes JSON's types only; writing quotes
whatever either version of YAML could take for something else than text.
"""

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any, NoReturn, TypeAlias, cast

import yaml

JsonValue: TypeAlias = "bool | int | float | str | list[JsonValue] | JsonObject | None"
JsonObject: TypeAlias = "dict[str, JsonValue]"

_NULL = re.compile(r"~|null|Null|NULL|")
_BOOL = re.compile(r"(?P<true>true|True|TRUE)|false|False|FALSE")
_INT = re.compile(r"-?(?:0|[1-9][0-9]*)")
_FLOAT = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?")
# Numbers to YAML 1.2 alone, which PyYAML would write without quotes when they are text.
_CORE_NUMBER = re.compile(
    r"0o[0-7]+|[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|-?\.(?:inf|nan)"
)
# Line ends to YAML 1.1 and plain characters to 1.2: only an escape means the same to both.
_AMBIGUOUS_LINE_END = re.compile("[\x85\u2028\u2029]")
_FOLD_FROM = 80
# No spec comes near it, and every function that walks a document may recurse so far.
_MAX_DEPTH = 100
_TOO_DEEP = f"it is nested too deeply (more than {_MAX_DEPTH} levels)"


class _Dumper(yaml.SafeDumper):
    """Indents lists under their key, folds long text, writes no anchors."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002, FBT001, FBT002 - PyYAML's own signature
        """Indent a list below its key, as the provider's pages do."""
        super().increase_indent(flow, False)  # noqa: FBT003 - PyYAML's own signature

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ANN401, ARG002 - PyYAML's own signature
        """Write shared objects out in full."""
        return True

    def represent_text(self, text: str) -> yaml.ScalarNode:
        """Write text of several lines as `|`, long text as `>`, text like a number quoted."""
        style = None
        if _AMBIGUOUS_LINE_END.search(text):
            style = '"'
        elif "\n" in text:
            style = "|"
        elif len(text) > _FOLD_FROM:
            style = ">"
        elif _CORE_NUMBER.fullmatch(text):
            style = "'"
        return yaml.ScalarNode("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _Dumper.represent_text)


def parse_yaml(text: str) -> JsonValue:
    """Read one YAML document into JSON's types.

    Raises:
        ValueError: The text is not one YAML document, is nested too deeply, or holds an alias, a
            tag or a repeated key.
    """
    try:
        value = _document(yaml.parse(text, Loader=yaml.SafeLoader))
    except yaml.YAMLError as error:
        raise ValueError(" ".join(str(error).split())) from error
    except RecursionError as error:
        raise ValueError(_TOO_DEEP) from error
    return _check_depth(value)


def parse_json(text: str) -> JsonValue:
    """Read one JSON document.

    Raises:
        ValueError: The text is not JSON, is nested too deeply, or repeats a key.
    """
    try:
        value = cast(
            "JsonValue",
            json.loads(text, object_pairs_hook=_object_of, parse_constant=_refuse_constant),
        )
    except RecursionError as error:
        raise ValueError(_TOO_DEEP) from error
    return _check_depth(value)


def render_yaml(value: JsonValue) -> str:
    """Write a value as YAML that reads back as the very same value.

    Raises:
        ValueError: The value cannot be written so (a number that is not finite).
    """
    text = yaml.dump(value, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=92, indent=2)
    if canonical(parse_yaml(text)) != canonical(value):
        raise ValueError("it holds a value that YAML cannot carry unchanged")
    return text


def canonical(value: JsonValue) -> str:
    """Return text that is equal for equal values only, whatever the order of keys.

    Python's own `==` takes `true`, `1` and `1.0` for equal; a contract must not.
    """
    return json.dumps(value, sort_keys=True)


def as_object(value: JsonValue) -> JsonObject:
    """Return the value if it is a mapping, else an empty mapping."""
    return value if isinstance(value, dict) else {}


def as_list(value: JsonValue) -> list[JsonValue]:
    """Return the value if it is a list, else an empty list."""
    return value if isinstance(value, list) else []


def _document(events: Iterator[yaml.Event]) -> JsonValue:
    """Build the only document of an event stream."""
    result: JsonValue = None
    is_read = False
    for event in events:
        if isinstance(event, (yaml.StreamStartEvent, yaml.DocumentStartEvent)):
            continue
        if isinstance(event, (yaml.StreamEndEvent, yaml.DocumentEndEvent)):
            continue
        if is_read:
            _refuse(event, "a second document begins")
        result, is_read = _value(event, events), True
    return result


def _value(event: yaml.Event, events: Iterator[yaml.Event]) -> JsonValue:
    """Build the value that begins with the event, taking its other events from the stream."""
    if isinstance(event, yaml.NodeEvent) and getattr(event, "tag", None) is not None:
        _refuse(event, "tags are not accepted")
    if isinstance(event, yaml.ScalarEvent):
        text = str(event.value)
        return _plain(text) if event.implicit[0] else text
    if isinstance(event, yaml.SequenceStartEvent):
        items: list[JsonValue] = []
        while not isinstance(item := next(events), yaml.SequenceEndEvent):
            items.append(_value(item, events))
        return items
    if isinstance(event, yaml.MappingStartEvent):
        return _object_of(_pairs(events))
    # What is left is an alias: a few of them can stand for gigabytes, and OpenAPI has `$ref`.
    return _refuse(event, "aliases are not accepted")


def _pairs(events: Iterator[yaml.Event]) -> Iterator[tuple[str, JsonValue]]:
    """Yield a mapping's items; a key is the text that stands in the source (`200`, `on`)."""
    while not isinstance(key := next(events), yaml.MappingEndEvent):
        if not isinstance(key, yaml.ScalarEvent):
            _refuse(key, "a key is not plain text")
        yield str(key.value), _value(next(events), events)


def _plain(text: str) -> JsonValue:
    """Give text without quotes the type that JSON would give it."""
    if _NULL.fullmatch(text):
        return None
    if boolean := _BOOL.fullmatch(text):
        return boolean["true"] is not None
    if _INT.fullmatch(text):
        return int(text)
    return float(text) if _FLOAT.fullmatch(text) else text


def _check_depth(value: JsonValue) -> JsonValue:
    """Return the value, unless lists and mappings stand in one another too often."""
    level: list[JsonValue] = [value]
    for _ in range(_MAX_DEPTH + 1):
        level = [inner for outer in level for inner in _contents(outer)]
        if not level:
            return value
    raise ValueError(_TOO_DEEP)


def _contents(value: JsonValue) -> Iterable[JsonValue]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def _refuse(event: yaml.Event, problem: str) -> NoReturn:
    line = event.start_mark.line + 1 if event.start_mark is not None else "?"
    raise ValueError(f"{problem} (line {line})")


def _object_of(pairs: Iterable[tuple[str, JsonValue]]) -> JsonObject:
    result: JsonObject = {}
    for key, value in pairs:
        if key in result:
            raise ValueError(f"the key {key!r} stands twice")
        result[key] = value
    return result


def _refuse_constant(name: str) -> JsonValue:
    raise ValueError(f"{name} is not a JSON value")
