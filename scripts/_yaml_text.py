"""YAML for OpenAPI: only the types of JSON, and text that is easy to review.

PyYAML follows YAML 1.1, where `no` is false, `2026-03-01` a date and `1:30` the number 90.
The other readers of the spec follow YAML 1.2. This module reads only the types of JSON, and quotes
each text that either version of YAML would read as another type.
"""

import copy
import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NoReturn, TypeAlias, cast

import yaml

from _console import ScriptError

JsonValue: TypeAlias = "bool | int | float | str | list[JsonValue] | JsonObject | None"
JsonObject: TypeAlias = "dict[str, JsonValue]"

_NULL = re.compile(r"~|null|Null|NULL|")
_BOOL = re.compile(r"(?P<true>true|True|TRUE)|false|False|FALSE")
_INT = re.compile(r"-?(?:0|[1-9][0-9]*)")
_FLOAT = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?")
# Numbers only in YAML 1.2. PyYAML would write such text without quotes.
_CORE_NUMBER = re.compile(
    r"0o[0-7]+|[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|-?\.(?:inf|nan)"
)
# Line ends in YAML 1.1, characters in 1.2. Only an escape means the same in both.
_AMBIGUOUS_LINE_END = re.compile("[\x85\u2028\u2029]")
_FOLD_FROM = 80
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # in C, unless PyYAML lacks it
# No real spec is that deep, and every function that walks a document can recurse this far.
_MAX_DEPTH = 100
_TOO_DEEP = f"it is nested too deeply (more than {_MAX_DEPTH} levels)"
# The most that the aliases of a document may add: characters of text, in all and per value.
_MAX_EXPANSION = 10_000_000
_VALUE_SIZE = 50


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


def read_value(path: Path, repair: str) -> JsonValue:
    """Read a file of JSON or YAML, by its suffix.

    Raises:
        ScriptError: It can't be read; `repair` is the advice in the message.
    """
    try:
        text = path.read_text(encoding="utf-8")
        return parse_json(text) if path.suffix == ".json" else parse_yaml(text)
    except (OSError, ValueError) as error:
        raise ScriptError(f"Cannot read {path}: {error}.", repair) from error


def parse_yaml(text: str) -> JsonValue:
    """Read one YAML document into JSON's types.

    Raises:
        ValueError: The text is not one YAML document, is nested too deeply, has a tag or a
            repeated key, or its aliases expand to too much text.
    """
    try:
        value = _Builder(text).document()
    except yaml.YAMLError as error:
        problem = " ".join(str(error).split())
        raise ValueError(_TOO_DEEP if "nesting depth" in problem else problem) from error
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
    """Write a value as YAML that reads back as the same value.

    Raises:
        ValueError: The value cannot be written so (a number that is not finite).
    """
    text = yaml.dump(value, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=92, indent=2)
    if canonical(parse_yaml(text)) != canonical(value):
        raise ValueError("it holds a value that YAML cannot carry unchanged")
    return text


def canonical(value: JsonValue) -> str:
    """Return text that is equal only for equal values, in any order of keys.

    Python's own `==` takes `true`, `1` and `1.0` for equal; a contract must not.
    """
    return json.dumps(value, sort_keys=True)


def line_of(text: str, pointer: str) -> int:
    """Return the line of YAML or JSON text that a JSON pointer refers to, or the nearest one."""
    line = 1
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError:  # JSON may contain characters that YAML does not allow, such as tabs
        return line
    for step in pointer.removeprefix("#").split("/")[1:]:
        step = step.replace("~1", "/").replace("~0", "~")  # noqa: PLW2901 - the same step
        if isinstance(node, yaml.MappingNode):
            found = [pair for pair in node.value if pair[0].value == step]
            if not found:
                break
            line, node = found[0][0].start_mark.line + 1, found[0][1]
        elif (
            isinstance(node, yaml.SequenceNode) and step.isdecimal() and int(step) < len(node.value)
        ):
            node = node.value[int(step)]
            line = node.start_mark.line + 1
    return line


def as_object(value: JsonValue) -> JsonObject:
    """Return the value if it is a mapping, else an empty mapping."""
    return value if isinstance(value, dict) else {}


def as_list(value: JsonValue) -> list[JsonValue]:
    """Return the value if it is a list, else an empty list."""
    return value if isinstance(value, list) else []


class _Builder:
    """Builds the types of JSON from YAML events; an alias becomes a copy."""

    def __init__(self, text: str) -> None:
        self._events: Iterator[yaml.Event] = yaml.parse(text, Loader=_LOADER)
        self._anchors: dict[str, tuple[JsonValue, int]] = {}
        self._size = 0
        self._expanded = 0

    def document(self) -> JsonValue:
        """Build the only document of the text."""
        result: JsonValue = None
        is_read = False
        for event in self._events:
            if isinstance(event, (yaml.StreamStartEvent, yaml.DocumentStartEvent)):
                continue
            if isinstance(event, (yaml.StreamEndEvent, yaml.DocumentEndEvent)):
                continue
            if is_read:
                _refuse(event, "a second document begins")
            result, is_read = self._value(event), True
        return result

    def _value(self, event: yaml.Event) -> JsonValue:
        """Build the value that begins with the event, and read its other events."""
        if isinstance(event, yaml.AliasEvent):
            return self._alias(event)
        if getattr(event, "tag", None) is not None:
            _refuse(event, "tags are not accepted")
        start, value = self._size, self._untagged(event)
        self._size += _VALUE_SIZE + (len(value) if isinstance(value, str) else 0)
        anchor: str | None = getattr(event, "anchor", None)
        if anchor is not None:
            self._anchors[anchor] = value, self._size - start
        return value

    def _untagged(self, event: yaml.Event) -> JsonValue:
        if isinstance(event, yaml.ScalarEvent):
            text = str(event.value)
            return _plain(text) if event.implicit[0] else text
        if isinstance(event, yaml.SequenceStartEvent):
            items: list[JsonValue] = []
            while not isinstance(item := next(self._events), yaml.SequenceEndEvent):
                items.append(self._value(item))
            return items
        return self._mapping(event)

    def _mapping(self, start: yaml.Event) -> JsonObject:
        """Build a mapping; a key is its text in the source (`200`, `on`)."""
        own: JsonObject = {}
        merged: JsonObject = {}
        while not isinstance(key := next(self._events), yaml.MappingEndEvent):
            if not isinstance(key, yaml.ScalarEvent):
                _refuse(key, "a key is not plain text")
            name, value = str(key.value), self._value(next(self._events))
            if name == "<<" and key.implicit[0]:
                for one in value if isinstance(value, list) else [value]:
                    if not isinstance(one, dict):
                        _refuse(start, "a merge key (<<) names no mapping")
                    merged = one | merged
            elif name in own:
                _refuse(key, f"the key {name!r} occurs twice")
            else:
                own[name] = value
        return merged | own

    def _alias(self, event: yaml.AliasEvent) -> JsonValue:
        if event.anchor not in self._anchors:
            _refuse(event, f"the alias *{event.anchor} has no anchor before it")
        value, size = self._anchors[event.anchor]
        self._size += size
        self._expanded += size
        if self._expanded > _MAX_EXPANSION:
            _refuse(event, "the aliases expand to too much text")
        return copy.deepcopy(value)


def _plain(text: str) -> JsonValue:
    """Return text without quotes as its type in JSON."""
    if _NULL.fullmatch(text):
        return None
    if boolean := _BOOL.fullmatch(text):
        return boolean["true"] is not None
    if _INT.fullmatch(text):
        return int(text)
    return float(text) if _FLOAT.fullmatch(text) else text


def _check_depth(value: JsonValue) -> JsonValue:
    """Return the value, unless lists and mappings are nested too deeply."""
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
            raise ValueError(f"the key {key!r} occurs twice")
        result[key] = value
    return result


def _refuse_constant(name: str) -> JsonValue:
    raise ValueError(f"{name} is not a JSON value")
