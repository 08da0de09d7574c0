"""The provider's four rules, applied to two specs: an oracle for the drift check.

Inside one API version the provider may add optional request fields, add response fields, change the
conditions of particular error types, and add variants to enum-like output values. Anything else is a
breaking change; so is what changes a name in the generated Python.

It shares no code with the check. It turns a spec into facts, each a path and a value, with all
references followed. Then it looks for removed facts, and for new facts that no rule allows.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

Spec = dict[str, Any]
Path = tuple[str, ...]
Fact = tuple[Path, str]
Facts = dict[tuple[str, str], set[Fact]]
_TEXT = {"description", "summary", "title", "example", "examples", "externalDocs", "deprecated"}
_METHODS = ("get", "put", "post", "delete", "patch", "head", "options", "trace")
_NAMED = ("enum", "allOf", "anyOf", "oneOf")
_OPEN = "open enum"


def facts_of(spec: Spec) -> Facts:
    """Return the facts of each operation, by its method and path."""
    return _Reader(spec).operations()


def expected_verdict(old: Facts, new: Facts) -> str:
    """Return `breaking`, `allowed`, or `same` where no fact differs."""
    if old.keys() - new.keys():
        return "breaking"
    is_allowed = bool(new.keys() - old.keys())
    for key, facts in old.items():
        gone, come = facts - new[key], new[key] - facts
        gone, come = _without_lone_lists(gone, new[key]), _without_lone_lists(come, facts)
        if any(not _is_excused_loss(fact, new[key]) for fact in gone):
            return "breaking"
        if any(not _is_excused_gain(fact, facts, new[key]) for fact in come):
            return "breaking"
        is_allowed = is_allowed or bool(gone or come)
    return "allowed" if is_allowed else "same"


def _without_lone_lists(facts: set[Fact], others: set[Fact]) -> set[Fact]:
    """Leave out lists of known values that only one side has, since they promise nothing."""
    listed = {path[:-1] for path, _ in others if path[-2:-1] == (_OPEN,)}
    return {fact for fact in facts if fact[0][-2:-1] != (_OPEN,) or fact[0][:-1] in listed}


def _is_error(path: Path) -> bool:
    return path[0] == "response" and (path[1] == "default" or path[1][0] in "45")


def _is_excused_loss(fact: Fact, after: set[Fact]) -> bool:
    path, _ = fact
    # Rule 3: the operation no longer responds with this error.
    return _is_error(path) and (path[:2], "there") not in after


def _is_excused_gain(fact: Fact, before: set[Fact], after: set[Fact]) -> bool:
    path, _ = fact
    if _is_error(path) and (path[:2], "there") not in before:
        return True  # rule 3
    if path[0] == "response" and path[-2:-1] in (("enum",), (_OPEN,)):
        return True  # rule 4; a new enum has a fact of its own
    for length in range(1, len(path) + 1):
        root = path[:length]
        if (root, "there") in after and (root, "there") not in before:
            if path[0] == "response":
                return root[-2] in ("field", "header")  # rule 2
            return (root, "required") not in after  # rule 1
    return False


class _Reader:
    """Turns a spec into facts."""

    def __init__(self, spec: dict[str, Any]) -> None:
        self._spec = spec

    def operations(self) -> Facts:
        """Return the facts of each operation, by its method and path."""
        return {
            (method, re.sub(r"\{[^}]*\}", "{}", path)): set(self._operation(path, item, method))
            for path, item in self._spec["paths"].items()
            for method in _METHODS
            if method in item
        }

    def _follow(self, value: Spec) -> Spec:
        while "$ref" in value:
            found = self._spec
            for step in value["$ref"].removeprefix("#/").split("/"):
                found = found[step.replace("~1", "/").replace("~0", "~")]
            value = found
        return value

    def _operation(self, path: str, item: Mapping[str, Any], method: str) -> Iterator[Fact]:
        operation = item[method]
        yield ("python", "operation"), operation["operationId"]
        yield ("python", "module"), json.dumps(operation.get("tags", [])[:1])
        yield ("python", "path"), json.dumps(re.findall(r"\{([^}]*)\}", path))
        yield from self._parameters(
            path, [*item.get("parameters", []), *operation.get("parameters", [])]
        )
        if "requestBody" in operation:
            body = self._follow(operation["requestBody"])
            yield ("request", "body"), "there"
            if body.get("required"):
                yield ("request", "body"), "required"
            yield from self._content(body.get("content", {}), ("request", "body"))
        for status, response in operation["responses"].items():
            yield from self._response(self._follow(response), ("response", status))
        servers = operation.get("servers", item.get("servers", self._spec.get("servers", [])))
        yield ("request", "servers"), json.dumps([server["url"] for server in servers])
        yield ("request", "security"), self._security(operation)
        others = operation.keys() - {
            "operationId", "tags", "parameters", "requestBody", "responses", "servers", "security",
        }  # fmt: skip
        for key in sorted(others - _TEXT):
            if not key.startswith("x-"):
                yield ("document", key), json.dumps(operation[key], sort_keys=True)

    def _security(self, operation: Mapping[str, Any]) -> str:
        given: list[Spec] = operation.get("security", self._spec.get("security", []))
        nothing: Spec = {}
        alternatives = given or [nothing]
        schemes = self._spec["components"].get("securitySchemes", {})
        return json.dumps(
            sorted(
                json.dumps(
                    sorted(
                        [json.dumps(_plain(schemes[name], "bearerFormat"), sort_keys=True), scopes]
                        for name, scopes in alternative.items()
                    )
                )
                for alternative in alternatives
            )
        )

    def _parameters(self, path: str, parameters: list[Any]) -> Iterator[Fact]:
        names = re.findall(r"\{([^}]*)\}", path)
        for reference in parameters:
            parameter = self._follow(reference)
            name = parameter["name"]
            if parameter["in"] == "path" and name in names:
                name = str(names.index(name))
            yield from self._parameter(parameter, ("request", f"{parameter['in']} {name}"))

    def _parameter(self, parameter: Mapping[str, Any], root: Path) -> Iterator[Fact]:
        yield root, "there"
        if parameter.get("required"):
            yield root, "required"
        style = parameter.get("style")
        usual = "form" if parameter.get("in") in ("query", "cookie") else "simple"
        explode = parameter.get("explode", (style or usual) == "form")
        yield (*root, "style"), json.dumps([style or usual, explode])
        yield from self._schema(parameter.get("schema", {}), (*root, "schema"), ())
        yield from self._content(parameter.get("content", {}), root)
        for key in sorted(
            _plain(parameter, "name", "in", "required", "schema", "content", "style", "explode")
        ):
            if parameter[key] is not False:
                yield (*root, key), json.dumps(parameter[key], sort_keys=True)

    def _response(self, response: Mapping[str, Any], root: Path) -> Iterator[Fact]:
        yield root, "there"
        yield from self._content(response.get("content", {}), root)
        for name, header in response.get("headers", {}).items():
            yield from self._parameter(self._follow(header), (*root, "header", name))

    def _content(self, content: Mapping[str, Any], root: Path) -> Iterator[Fact]:
        for media_type, value in content.items():
            yield (*root, "content", media_type), "is one"
            yield from self._schema(value.get("schema", {}), (*root, media_type), ())

    def _schema(self, given: Spec, root: Path, above: Path) -> Iterator[Fact]:
        schema = given
        name: str | None = None
        while "$ref" in schema:
            name = str(schema["$ref"]).rpartition("/")[2]
            if name in above:
                yield (*root, "again"), name
                return
            above, schema = (*above, str(name)), self._follow({"$ref": schema["$ref"]})
        if "object" in _type(schema) or any(key in schema for key in _NAMED):
            yield (*root, "python schema"), str(name)
            yield (*root, "python class"), str(schema.get("title", name))
        yield (*root, "type"), _type(schema)
        for key in sorted(schema.keys() - _TEXT - {"type", "nullable"}):
            yield from self._keyword(key, schema, root, above)

    def _keyword(self, key: str, schema: Spec, root: Path, above: Path) -> Iterator[Fact]:
        value = schema[key]
        is_schema = key == "items" or (key == "additionalProperties" and _is_mapping(value))
        if key == "properties":
            for name, inner in value.items():
                yield (*root, "field", name), "there"
                yield from self._schema(inner, (*root, "field", name), above)
        elif key == "required":
            yield from (((*root, "field", name), "required") for name in value)
        elif is_schema and value:
            yield (*root, key), "is one"
            yield from self._schema(value, (*root, key), above)
        elif key in _NAMED and key != "enum":
            yield (*root, key), str(len(value))
            for index, inner in enumerate(value):
                yield from self._schema(inner, (*root, key, str(index)), above)
        else:
            yield from _value_facts(key, value, root)


def _value_facts(key: str, value: Any, root: Path) -> Iterator[Fact]:  # noqa: ANN401 - as above
    """Yield the facts of a keyword that holds no schema."""
    if key in ("enum", "x-extensible-enum"):
        if key == "enum":
            yield (*root, "closed"), "closed"
        name = key if key == "enum" else _OPEN
        yield from (((*root, name, json.dumps(item)), "value") for item in value)
    elif key == "additionalProperties":
        if value is False:
            yield (*root, key), "none"
    elif not key.startswith("x-") and value is not False:
        yield (*root, key), json.dumps(value, sort_keys=True)


def _is_mapping(value: object) -> bool:
    return isinstance(value, dict)


def _plain(value: Mapping[str, Any], *left_out: str) -> dict[str, Any]:
    return {
        key: inner
        for key, inner in value.items()
        if key not in _TEXT and key not in left_out and not key.startswith("x-")
    }


def _type(schema: Mapping[str, Any]) -> str:
    stated: str | list[str] = schema.get("type", [])
    names = {stated} if isinstance(stated, str) else {*stated}
    return " ".join(sorted(names | ({"null"} if schema.get("nullable") else set())))
