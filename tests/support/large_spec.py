"""Valid specs of any size, with every construct that large APIs use."""

from __future__ import annotations

from collections.abc import Callable
from itertools import cycle
from typing import Any

Node = dict[str, Any]


def large_spec(operations: int, version: str = "3.1.0") -> Node:
    """Make a spec with operations of each kind by turns.

    Args:
        operations: The number of operations, each with its own schemas.
        version: The version of OpenAPI, `3.0.x` or `3.1.x`.
    """
    spec: Node = {
        "openapi": version,
        "info": {"title": "A large API", "version": "1"},
        "servers": [{"url": "https://api.example.com"}],
        "paths": {},
        "components": {
            "schemas": {"Error": _object(message={"type": "string"})},
            "responses": {"Error": {"description": "An error.", "content": _json(_ref("Error"))}},
            "parameters": {
                "Version": {
                    "name": "Example-Version",
                    "in": "header",
                    "required": True,
                    "schema": {"type": "string"},
                }
            },
            "securitySchemes": {"Key": {"type": "http", "scheme": "bearer"}},
        },
    }
    for number, kind in zip(range(operations), cycle(KINDS), strict=False):
        operation = KINDS[kind](f"Thing{number}", spec)
        method = operation.pop("method")
        operation["operationId"] = f"things{number}_{kind}"
        operation["tags"] = [f"Group {number // 50}"]
        operation["security"] = [{"Key": []}]
        parameters = operation.setdefault("parameters", [])
        parameters.append({"$ref": "#/components/parameters/Version"})
        operation["responses"]["4XX"] = {"$ref": "#/components/responses/Error"}
        spec["paths"][f"/things{number}"] = {method: operation}
    return spec


def _ref(name: str) -> Node:
    return {"$ref": f"#/components/schemas/{name}"}


def _json(schema: Node) -> Node:
    return {"application/json": {"schema": schema}}


def _object(**properties: Node) -> Node:
    return {"type": "object", "required": [next(iter(properties))], "properties": properties}


def _add(spec: Node, name: str, schema: Node) -> Node:
    spec["components"]["schemas"][name] = schema
    return _ref(name)


def _nullable(spec: Node, kind: str) -> Node:
    """Write "or null" as the spec's version of OpenAPI does."""
    if spec["openapi"].startswith("3.0"):
        return {"type": kind, "nullable": True}
    return {"type": [kind, "null"]}


def _response(content: Node, status: str = "200") -> Node:
    return {status: {"description": "Done.", "content": content}}


def _list(name: str, spec: Node) -> Node:
    item = _object(
        id={"type": "string"},
        created_at={"type": "string", "format": "date-time"},
        note=_nullable(spec, "string"),
        labels={"type": "object", "additionalProperties": {"type": "string"}},
    )
    page = _object(
        data={"type": "array", "items": _add(spec, name, item)}, next_page=_nullable(spec, "string")
    )
    limit: Node = {"name": "limit", "in": "query", "schema": {"type": "integer", "maximum": 100}}
    response = _response(_json(_add(spec, f"{name}Page", page)))
    return {"method": "get", "parameters": [limit], "responses": response}


def _choice(name: str, spec: Node) -> Node:
    kinds = ("Sound", "Text")
    for kind in kinds:
        variant = _object(kind={"type": "string"}, **{kind.lower(): {"type": "string"}})
        _add(spec, f"{name}{kind}", variant)
    mapping = {kind.lower(): _ref(f"{name}{kind}")["$ref"] for kind in kinds}
    either: Node = {
        "oneOf": [_ref(f"{name}{kind}") for kind in kinds],
        "discriminator": {"propertyName": "kind", "mapping": mapping},
    }
    holder = _object(item=_add(spec, f"{name}Either", either))
    return {"method": "get", "responses": _response(_json(_add(spec, name, holder)))}


def _recursive(name: str, spec: Node) -> Node:
    tree = _object(label={"type": "string"}, children={"type": "array", "items": _ref(name)})
    tree["properties"]["parent"] = _ref(name)
    _add(spec, name, tree)
    body = {"required": True, "content": _json(_ref(name))}
    return {"method": "post", "requestBody": body, "responses": _response(_json(_ref(name)))}


def _stream(name: str, spec: Node) -> Node:
    body = _add(spec, f"{name}Request", _object(text={"type": "string"}))
    return {
        "method": "post",
        "requestBody": {"required": True, "content": _json(body)},
        "responses": _response({"text/event-stream": {"schema": {"type": "string"}}}),
    }


def _upload(name: str, spec: Node) -> Node:
    form = _object(file={"type": "string", "format": "binary"}, name={"type": "string"})
    body = {"required": True, "content": {"multipart/form-data": {"schema": form}}}
    result = _add(spec, name, _object(id={"type": "string"}))
    return {"method": "post", "requestBody": body, "responses": _response(_json(result), "201")}


def _download(name: str, spec: Node) -> Node:  # noqa: ARG001 - as the others
    binary: Node = {"schema": {"type": "string", "format": "binary"}}
    return {"method": "get", "responses": _response({"audio/wav": binary})}


def _export(name: str, spec: Node) -> Node:  # noqa: ARG001 - as the others
    since: Node = {"name": "since", "in": "query", "schema": {"type": "string", "format": "date"}}
    table: Node = {"text/csv": {"schema": {"type": "string"}}}
    return {"method": "get", "parameters": [since], "responses": _response(table)}


def _replace(name: str, spec: Node) -> Node:
    base = _add(spec, f"{name}Base", _object(id={"type": "string"}))
    state: Node = {"type": "string", "enum": ["on", "off"]}
    whole: Node = {"allOf": [base, _object(state=state, weight={"type": "number"})]}
    body = {"required": True, "content": _json(_add(spec, name, whole))}
    return {"method": "put", "requestBody": body, "responses": {"204": {"description": "Done."}}}


KINDS: dict[str, Callable[[str, Node], Node]] = {
    "list": _list,
    "choice": _choice,
    "recursive": _recursive,
    "stream": _stream,
    "upload": _upload,
    "download": _download,
    "export": _export,
    "replace": _replace,
}
