"""The wrapped operations as a short text: everything that the spec says of them, without prose."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, cast

import pytest

from wrapped_operations import WRAPPED

Spec = Mapping[str, Any]
Node = dict[str, Any]

_HEADER = """\
# What the wrapper relies on: the operations that it wraps, as openapi/latest.yml has them, prose
# left out. A * marks what is required. Written by `nox -s contract -- --write-docs`.
"""
_METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
_PROSE = {"description", "title", "summary", "example", "examples", "externalDocs", "tags"}
_SCHEME = ("type", "scheme", "in", "name", "flows", "openIdConnectUrl")
_SERIALIZATION = ("style", "explode", "allowReserved")
_GROUPS = {"allOf": "all of", "anyOf": "any of", "oneOf": "one of"}
_SAID_OTHERWISE = {"type", "properties", "required", "items", "additionalProperties", *_GROUPS}


ROOT = Path(__file__).parents[2]
SNAPSHOT = ROOT / "tests" / "contract" / "snapshot.txt"


def spec_line() -> str:
    """Return the line that names the spec of the snapshot and of docs/internals/contract.md."""
    spec = (ROOT / "openapi" / "latest.yml").read_bytes()
    return f"# Of openapi/latest.yml with the SHA-256 {hashlib.sha256(spec).hexdigest()}."


def skip_unless_reviewed() -> None:
    """Skip a test of a document that was written for another spec, so that vendoring breaks nothing."""
    if SNAPSHOT.read_text(encoding="utf-8").partition("\n")[0] != spec_line():
        pytest.skip(
            "openapi/latest.yml was vendored since this document was written; run "
            "nox -s contract -- --write-docs, and review the diff"
        )


def snapshot(spec: Spec) -> str:
    """Describe the wrapped operations that the spec has, in the spec's order."""
    wrapped = {operation.operation_id for operation in WRAPPED}
    blocks = [_HEADER, _lines(_server_lines(spec))]
    blocks += [
        _lines(_Snapshot(spec).operation(method, path, item))
        for path, item in spec["paths"].items()
        for method in _METHODS
        if item.get(method, {}).get("operationId") in wrapped
    ]
    return "\n".join(blocks)


def _server_lines(spec: Spec) -> Iterator[str]:
    yield from (f"server {server['url']}" for server in spec.get("servers", []))


def _lines(lines: Iterable[str]) -> str:
    return "".join(f"{line}\n" for line in lines)


class _Snapshot:
    """Writes out parts of one spec, with each reference replaced by its target."""

    def __init__(self, spec: Spec) -> None:
        self._spec = spec

    def operation(self, method: str, path: str, item: Node) -> Iterator[str]:
        operation = item[method]
        yield f"{method.upper()} {path} ({operation['operationId']})"
        yield f"  security {self._security(operation)}"
        for parameter in [*item.get("parameters", []), *operation.get("parameters", [])]:
            yield from self._parameter(self._resolved(parameter))
        if "requestBody" in operation:
            body = self._resolved(operation["requestBody"])
            yield f"  body{_mark(body.get('required', False))}"
            yield from self._content(body)
        for status, response in operation["responses"].items():
            yield f"  response {status}"
            resolved = self._resolved(response)
            for name, header in resolved.get("headers", {}).items():
                yield from self._schema(f"header {name}", self._resolved(header), 2)
            yield from self._content(resolved)

    def _security(self, operation: Node) -> str:
        for_all: list[Node] = self._spec.get("security") or []
        options: list[Node] = operation.get("security", for_all)
        schemes = self._spec.get("components", {}).get("securitySchemes", {})
        described = [
            " and ".join(_keywords(schemes[name], _SCHEME) for name in option) or "none"
            for option in options
        ]
        return " or ".join(described) or "none"

    def _parameter(self, parameter: Node) -> Iterator[str]:
        name = f"{parameter['in']} {parameter['name']}"
        name += _mark(parameter.get("required", False))
        details = _keywords(parameter, _SERIALIZATION)
        yield from self._schema(name, parameter.get("schema", {}), 1, details)
        yield from self._content(parameter)

    def _content(self, holder: Node) -> Iterator[str]:
        for media_type, media in holder.get("content", {}).items():
            yield from self._schema(media_type, media.get("schema", {}), 2)

    def _schema(
        self,
        name: str,
        schema: Any,  # noqa: ANN401 - a schema may be a plain true or false
        depth: int,
        details: str = "",
        above: tuple[str, ...] = (),
    ) -> Iterator[str]:
        """Yield a line for the schema, and indented lines for its parts."""
        if not isinstance(schema, dict):
            yield f"{'  ' * depth}{name}: {'anything' if schema else 'nothing'}"
            return
        node = cast("Node", schema)
        while "$ref" in node:
            if node["$ref"] in above:
                yield f"{'  ' * depth}{name}: as {node['$ref']} above"
                return
            above = (*above, str(node["$ref"]))
            node = self._target(node["$ref"])
        # Every other keyword is named, so that no change goes unseen.
        others = [keyword for keyword in node if keyword not in _SAID_OTHERWISE | _PROSE]
        summary = [_type(node), _keywords(node, others), details]
        yield f"{'  ' * depth}{name}: {', '.join(part for part in summary if part)}"
        for inner_name, inner in _inner(node):
            yield from self._schema(inner_name, inner, depth + 1, above=above)

    def _resolved(self, node: Node) -> Node:
        while "$ref" in node:
            node = self._target(node["$ref"])
        return node

    def _target(self, reference: str) -> Node:
        found: Any = self._spec
        for step in reference.removeprefix("#/").split("/"):
            found = found[step.replace("~1", "/").replace("~0", "~")]
        return cast("Node", found)


def _mark(required: bool) -> str:  # noqa: FBT001 - what it marks is its only argument
    return "*" if required else ""


def _type(schema: Node) -> str:
    kind: str | list[str] = schema.get("type", "object" if "properties" in schema else "")
    if not kind:
        return "" if schema.keys() & _GROUPS.keys() else "anything"
    return kind if isinstance(kind, str) else " or ".join(kind)


def _inner(schema: Node) -> Iterator[tuple[str, Any]]:
    properties = schema.get("properties", {})
    required = schema.get("required", [])
    for name, inner in properties.items():
        yield f"{name}{_mark(name in required)}", inner
    for name in required:
        if name not in properties:
            yield f"{name}*", {}
    if "additionalProperties" in schema:
        yield "any other field", schema["additionalProperties"]
    if "items" in schema:
        yield "each", schema["items"]
    for keyword, words in _GROUPS.items():
        for option in schema.get(keyword, []):
            yield words, option


def _keywords(node: Node, names: Iterable[str]) -> str:
    """Write out the keywords of these names that the node has."""
    present = [name for name in names if name in node]
    values = [
        node[name] if isinstance(node[name], str) else json.dumps(node[name]) for name in present
    ]
    return ", ".join(f"{name} {value}" for name, value in zip(present, values, strict=True))
