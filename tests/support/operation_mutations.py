"""Every way to change one thing in an operation, or in the document itself."""

from __future__ import annotations

import copy
from collections.abc import Iterator

from schema_mutations import Edit, SchemaChange, removing, setting
from spec_places import Spec, SpecPlace, bodies, operations, parameters, responses

_DOCUMENT = SpecPlace((), "document")
_PLAIN_RESPONSE: Spec = {"description": "Done.", "content": {"application/json": {"schema": {}}}}
_BODY: Spec = {
    "content": {
        "application/json": {"schema": {"type": "object", "properties": {"a": {"type": "string"}}}}
    }
}
_HEADER: Spec = {"description": "How many are left.", "schema": {"type": "integer"}}


def operation_changes(spec: Spec) -> Iterator[SchemaChange]:
    """Yield a name, a place, whether it is prose, and the change itself."""
    for place in operations(spec):
        yield from _operation_changes(spec, place)
        yield from _path_changes(place)
    for place in parameters(spec):
        yield from _parameter_changes(spec, place)
    for place in responses(spec):
        yield from _response_changes(spec, place)
    for place in bodies(spec):
        yield from _body_changes(spec, place)
    yield from _document_changes(spec)


def _operation_changes(spec: Spec, place: SpecPlace) -> Iterator[SchemaChange]:
    operation = place.get(spec)
    yield "operationId renamed", place, False, setting(place, "operationId", "renamed")
    yield "first tag changed", place, False, setting(place, "tags", ["Elsewhere"])
    more = [*operation.get("tags", []), "More"]
    yield "further tag added", place, False, setting(place, "tags", more)
    yield "deprecated operation", place, False, setting(place, "deprecated", value=True)
    for key, value in {"summary": "S", "description": "D", "x-badge": "b"}.items():
        yield f"text {key} of an operation", place, True, setting(place, key, value)
    yield "security removed", place, False, setting(place, "security", [])
    alternatives: list[Spec] = [{"APIKeyAuth": []}, {}]
    yield "security made optional", place, False, setting(place, "security", alternatives)
    servers = [{"url": "https://other.example"}]
    yield "servers of an operation", place, False, setting(place, "servers", servers)
    if "requestBody" not in operation:
        yield "optional body added", place, False, setting(place, "requestBody", _BODY)
        required = {**_BODY, "required": True}
        yield "required body added", place, False, setting(place, "requestBody", required)
    yield "callbacks added", place, False, setting(place, "callbacks", {"onEnd": {}})
    yield (
        "operation removed",
        place,
        False,
        removing(SpecPlace(place.steps[:2], ""), place.steps[2]),
    )
    yield "operation added", place, False, _copy_operation(place)
    yield from _parameter_lists(spec, place)
    yield from _response_lists(spec, place)


def _parameter_lists(spec: Spec, place: SpecPlace) -> Iterator[SchemaChange]:
    given = place.get(spec).get("parameters", [])
    for location in ("query", "header", "cookie"):
        for is_required in (False, True):
            new: Spec = {"name": "new", "in": location, "required": is_required, "schema": {}}
            word = "required" if is_required else "optional"
            edit = setting(place, "parameters", [*given, new])
            yield f"{word} {location} parameter added", place, False, edit
    for index in range(len(given)):
        fewer = given[:index] + given[index + 1 :]
        where = place.inside("parameters", index)
        yield "parameter removed", where, False, setting(place, "parameters", fewer)
    if len(given) > 1:
        edit = setting(place, "parameters", given[::-1])
        yield "parameters in another order", place, False, edit


def _response_lists(spec: Spec, place: SpecPlace) -> Iterator[SchemaChange]:
    inside = SpecPlace((*place.steps, "responses"), "response")
    given = inside.get(spec)
    for status in ("400", "409", "5XX", "default", "202", "204"):
        word = "success" if status[0] == "2" else "error"
        yield f"{word} added", inside, False, setting(inside, status, _PLAIN_RESPONSE)
    for status in given:
        word = "success" if status[0] == "2" else "error"
        edit = _move_key(inside, status, "206" if word == "success" else "418")
        yield f"{word} with another status", inside.inside(status), False, edit
        if len(given) > 1:
            yield f"{word} removed", inside.inside(status), False, removing(inside, status)


def _move_key(place: SpecPlace, old: str, new: str) -> Edit:
    def edit(spec: Spec) -> None:
        owner = place.get(spec)
        owner[new] = owner.pop(old)

    return edit


def _copy_operation(place: SpecPlace) -> Edit:
    def edit(spec: Spec) -> None:
        path, method = str(place.steps[1]), place.steps[2]
        new = copy.deepcopy(place.get(spec))
        new["operationId"] = "copied"
        spec["paths"][f"/v1{path}"] = {method: new}

    return edit


def _path_changes(place: SpecPlace) -> Iterator[SchemaChange]:
    path, method = str(place.steps[1]), str(place.steps[2])
    slashed = path.removesuffix("/") if path.endswith("/") and path != "/" else f"{path}/"
    for name, new in {"trailing slash": slashed, "path moved": f"/v2{path}"}.items():
        yield name, place, False, _move_operation(path, method, new, method)
    other = "put" if method != "put" else "patch"
    yield "method changed", place, False, _move_operation(path, method, path, other)
    if "{" in path:
        yield "path parameter renamed", place, False, _rename_path_parameter(path, method)


def _move_operation(path: str, method: str, new_path: str, new_method: str) -> Edit:
    def edit(spec: Spec) -> None:
        operation = spec["paths"][path].pop(method)
        spec["paths"].setdefault(new_path, {})[new_method] = operation
        if not spec["paths"][path]:
            del spec["paths"][path]

    return edit


def _rename_path_parameter(path: str, method: str) -> Edit:
    name = path.partition("{")[2].partition("}")[0]
    new_path = path.replace(f"{{{name}}}", "{renamed}")

    def edit(spec: Spec) -> None:
        _move_operation(path, method, new_path, method)(spec)
        operation = spec["paths"][new_path][method]
        operation["parameters"] = [
            {**found, "name": "renamed"} if found["name"] == name else parameter
            for parameter in operation["parameters"]
            for found in [_followed(spec, parameter)]
        ]

    return edit


def _followed(spec: Spec, parameter: Spec) -> Spec:
    name = parameter.get("$ref", "").rpartition("/")[2]
    found: Spec = spec["components"]["parameters"][name] if name else parameter
    return found


def _parameter_changes(spec: Spec, place: SpecPlace) -> Iterator[SchemaChange]:
    parameter = place.get(spec)
    yield "text description of a parameter", place, True, setting(place, "description", "D")
    yield "text example of a parameter", place, True, setting(place, "example", "e")
    yield "deprecated parameter", place, False, setting(place, "deprecated", value=True)
    yield "explode changed", place, False, setting(place, "explode", parameter["in"] != "query")
    yield (
        "explode made explicit",
        place,
        False,
        setting(place, "explode", parameter["in"] == "query"),
    )
    if parameter["in"] == "query":
        yield "style changed", place, False, setting(place, "style", "spaceDelimited")
        yield "style made explicit", place, False, setting(place, "style", "form")
        yield "allowReserved set", place, False, setting(place, "allowReserved", value=True)
    if parameter["in"] != "path":
        other = not parameter.get("required", False)
        yield "parameter's requiredness", place, False, setting(place, "required", other)
        yield "parameter renamed", place, False, setting(place, "name", "renamed")
        new = "header" if parameter["in"] == "query" else "query"
        yield "parameter elsewhere", place, False, setting(place, "in", new)


def _response_changes(spec: Spec, place: SpecPlace) -> Iterator[SchemaChange]:
    yield "text description of a response", place, True, setting(place, "description", "D")
    headers = {"X-Left": _HEADER}
    yield "response header added", place, False, setting(place, "headers", headers)
    yield from _content_changes(spec, place)


def _body_changes(spec: Spec, place: SpecPlace) -> Iterator[SchemaChange]:
    other = not place.get(spec).get("required", False)
    yield "body's requiredness", place, False, setting(place, "required", other)
    yield "text description of a body", place, True, setting(place, "description", "D")
    operation = SpecPlace(place.steps[:-1], place.part)
    yield "body removed", place, False, removing(operation, "requestBody")
    yield from _content_changes(spec, place)


def _content_changes(spec: Spec, place: SpecPlace) -> Iterator[SchemaChange]:
    content = place.inside("content")
    for media_type in content.get(spec):
        inside = content.inside(media_type)
        yield "media type changed", inside, False, _move_key(content, media_type, "text/csv")
        yield "media type added", content, False, setting(content, "text/event-stream", {})
        yield "media type removed", inside, False, removing(content, media_type)
        yield "text example of a body", inside, True, setting(inside, "example", {"a": 1})


def _document_changes(spec: Spec) -> Iterator[SchemaChange]:
    info, server = _DOCUMENT.inside("info"), _DOCUMENT.inside("servers", 0)
    yield "server changed", server, False, setting(server, "url", "https://eu.example")
    servers = [*spec["servers"], {"url": "https://eu.example"}]
    yield "server added", server, False, setting(_DOCUMENT, "servers", servers)
    yield "text description of a server", server, True, setting(server, "description", "D")
    for key in ("title", "description"):
        yield f"text {key} of the document", info, True, setting(info, key, "Other")
    yield "version of the document", info, False, setting(info, "version", "9.9.9")
    yield "version of OpenAPI", _DOCUMENT, False, setting(_DOCUMENT, "openapi", "3.0.3")
    docs = {"url": "https://docs.example"}
    yield "text externalDocs", _DOCUMENT, True, setting(_DOCUMENT, "externalDocs", docs)
    tags = [{"name": "Agents", "description": "D"}]
    yield "text of tags", _DOCUMENT, True, setting(_DOCUMENT, "tags", tags)
    security: list[Spec] = [{"APIKeyAuth": []}]
    yield "security of the document", _DOCUMENT, False, setting(_DOCUMENT, "security", security)
    schemas_ = _DOCUMENT.inside("components", "schemas")
    yield "unused component added", schemas_, False, setting(schemas_, "Unused", {"type": "object"})
    scheme = _DOCUMENT.inside("components", "securitySchemes", "APIKeyAuth")
    yield "security scheme", scheme, False, setting(scheme, "scheme", "basic")
    yield "bearer format", scheme, False, setting(scheme, "bearerFormat", "JWT")
    yield "text of a security scheme", scheme, True, setting(scheme, "description", "D")
    yield "security scheme renamed", scheme, False, _rename_scheme
    api_key = {"type": "apiKey", "in": "header", "name": "X-API-Key"}
    replaced = setting(_DOCUMENT.inside("components", "securitySchemes"), "APIKeyAuth", api_key)
    yield "security scheme replaced", scheme, False, replaced


def _rename_scheme(spec: Spec) -> None:
    schemes = spec["components"]["securitySchemes"]
    schemes["Renamed"] = schemes.pop("APIKeyAuth")
    for place in operations(spec):
        if place.get(spec).get("security"):
            place.get(spec)["security"] = [{"Renamed": []}]
