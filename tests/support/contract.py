"""Checks that a spec still has everything that the wrapper relies on.

Each check returns its findings as sentences; an empty list is a pass. The spec is an argument, so that
`test_spec_changes.py` can pass changed copies and see each check fail.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from typing import Any, cast

import httpx
import yaml

from _open_outputs import OverlayEntry, open_outputs, read_overlay
from cartesia_api.types import field_types
from cartesia_calls import CartesiaError, Client, ResponseValidationError
from fake_server import KEY, FakeServer
from oracle import Oracle
from spec_schemas import SPEC_FILE, Schemas, Spec
from wrapped_operations import WRAPPED, WrappedOperation

OVERLAY_FILE = SPEC_FILE.with_name("overlay.yml")


def _defaults() -> Client:
    """Return a client without settings; the tests' environment has none either."""
    return Client(KEY)


def load_overlay() -> list[OverlayEntry]:
    return read_overlay(yaml.safe_load(OVERLAY_FILE.read_text("utf-8")), OVERLAY_FILE.name)


def _exchange(
    operation: WrappedOperation, response: httpx.Response
) -> tuple[httpx.Request, object]:
    """Return the request that the wrapper sends, and its result or the error that it raises."""
    server = FakeServer([response], record=response)
    try:
        result: object = server.do(operation.call, base_url=_defaults().base_url, max_retries=0)
    except CartesiaError as error:
        result = error
    # Where logs are missing, the client also fetches the record; the first request is the operation's.
    (request,) = server.requests or server.record_requests
    return request, result


def _documented(spec: Spec, operation: WrappedOperation) -> Iterator[dict[str, Any]]:
    """Yield the operation's object in the spec, or nothing if the spec no longer has it."""
    for described in Schemas(spec).operations():
        if described["operationId"] == operation.operation_id:
            yield described


def check_operation(spec: Spec) -> list[str]:
    """The spec has every wrapped operation, by its operationId."""
    return [
        f"the spec has no operation {operation.operation_id}"
        for operation in WRAPPED
        if not list(_documented(spec, operation))
    ]


def check_parameters(spec: Spec) -> list[str]:
    """The operation has the parameters that the wrapper sends, and requires no other."""
    problems: list[str] = []
    for operation in WRAPPED:
        for described in _documented(spec, operation):
            parameters = [Schemas(spec).followed(p) for p in described.get("parameters", [])]
            names = {parameter["name"] for parameter in parameters}
            required = {parameter["name"] for parameter in parameters if parameter.get("required")}
            given = set(operation.arguments)
            problems += [
                f"{operation.operation_id}: the wrapper gives the parameter {name!r}, "
                "the spec does not have it"
                for name in sorted(given - names)
            ]
            problems += [
                f"{operation.operation_id}: the wrapper does not give the parameter {name!r}, "
                "the spec requires it"
                for name in sorted(required - given)
            ]
    return problems


def check_generated_signature(spec: Spec) -> list[str]:
    """The generated function takes the spec's path parameters by their names."""
    problems: list[str] = []
    for operation in WRAPPED:
        taken = set(inspect.signature(operation.generated).parameters)
        for described in _documented(spec, operation):
            for parameter in described.get("parameters", []):
                resolved = Schemas(spec).followed(parameter)
                if resolved["in"] == "path" and resolved["name"] not in taken:
                    problems.append(
                        f"{operation.operation_id}: the generated function takes no "
                        f"{resolved['name']!r}"
                    )
    return problems


def check_request(spec: Spec) -> list[str]:
    """The spec allows every request that the wrapper sends, and declares every name in it."""
    oracle = Oracle(spec)
    problems: list[str] = []
    for operation in WRAPPED:
        request, _ = _exchange(operation, operation.success())
        problems += [f"{operation.operation_id}: {p}" for p in oracle.problems_of_request(request)]
    return problems


def check_success(spec: Spec) -> list[str]:
    """The wrapper reads a response that has every field that the spec names."""
    oracle = Oracle(spec)
    problems: list[str] = []
    for operation in WRAPPED:
        response = operation.success(Schemas(spec))
        request, result = _exchange(operation, response)
        if isinstance(result, CartesiaError):
            problems.append(f"{operation.operation_id}: the wrapper raises {_described(result)}")
        found = oracle.problems_of_response(request, response)
        problems += [f"{operation.operation_id}, 200: {p}" for p in found]
    return problems


def _described(error: CartesiaError) -> str:
    where = (
        error.pointer + " " + error.problem if isinstance(error, ResponseValidationError) else ""
    )
    return f"{type(error).__name__}: {where or error}"


def check_model(spec: Spec) -> list[str]:
    """The model that users get has the fields of the opened schema, required where they are."""
    problems: list[str] = []
    spec = open_outputs(cast("dict[str, Any]", spec), load_overlay()).document
    for operation in WRAPPED:
        if operation.model is None:
            continue
        fields = field_types(operation.model)
        ours = {name: one.required for name, one in fields.items()}
        for described in _documented(spec, operation):
            schemas = Schemas(spec)
            schema = schemas.resolved(schemas.responses().get(described["operationId"], {}))
            required = schema.get("required", [])
            theirs = {name: name in required for name in schema.get("properties", {})}
            problems += [
                f"{operation.model.__name__}.{name}: {_requiredness(ours.get(name))} in the model, "
                f"{_requiredness(theirs.get(name))} in the spec"
                for name in sorted(ours.keys() | theirs.keys())
                if ours.get(name) != theirs.get(name)
            ]
    return problems


def _requiredness(required: bool | None) -> str:  # noqa: FBT001 - one of three values
    return {True: "required", False: "optional", None: "missing"}[required]


def check_errors(spec: Spec) -> list[str]:
    """The wrapper raises the documented error, with the body and the text that the spec declares."""
    oracle = Oracle(spec)
    problems: list[str] = []
    for operation in WRAPPED:
        for error in operation.errors:
            name = f"{operation.operation_id}, {error.raises.__name__}"
            response = httpx.Response(error.status, json=error.body)
            request, result = _exchange(operation, response)
            if type(result) is not error.raises:
                problems.append(f"{name}: the wrapper raises {type(result).__name__}")
            for described in _documented(spec, operation):
                responses: dict[str, Any] = described["responses"]
                if not {str(error.status), "4XX", "default"} & responses.keys():
                    continue  # most of the provider's pages declare no errors
                problems += [f"{name}: {p}" for p in oracle.problems_of_response(request, response)]
                words = str(error.body["message"])
                own = Schemas(spec).followed(
                    responses.get(str(error.status), {"description": words})
                )
                if words not in own.get("description", ""):
                    problems.append(
                        f"{name}: {words!r} is not in the description of the {error.status}"
                    )
    return problems


def check_version(spec: Spec) -> list[str]:
    """The version that is sent by default is the newest that the spec allows."""
    parameters = spec["components"].get("parameters", {})
    header = parameters.get("CartesiaVersionHeader", {}).get("schema", {})
    newest = max(header.get("enum", ["(any date)"]))
    if newest == _defaults().api_version:
        return []
    return [f"the wrapper sends version {_defaults().api_version}, the spec's newest is {newest}"]


def check_server(spec: Spec) -> list[str]:
    """The default base URL is the spec's server."""
    servers = [server["url"] for server in spec["servers"]]
    if _defaults().base_url in servers:
        return []
    return [f"the default base URL {_defaults().base_url} is not among the servers {servers}"]


def check_security(spec: Spec) -> list[str]:
    """Every wrapped operation but the status takes a bearer token."""
    schemes = spec["components"]["securitySchemes"]
    problems: list[str] = []
    for operation in WRAPPED:
        for described in _documented(spec, operation):
            if operation.operation_id == "apiStatus_get":
                continue  # needs no key, and gets none
            options: list[dict[str, Any]] = described.get("security") or []
            names = [name for option in options for name in option]
            kinds = [(schemes[name]["type"], schemes[name].get("scheme")) for name in names]
            if ("http", "bearer") not in kinds:
                problems.append(
                    f"{operation.operation_id}: the wrapper sends a bearer token, the spec "
                    f"requires {kinds}"
                )
    return problems


CHECKS: dict[str, Callable[[Spec], list[str]]] = {
    "operation": check_operation,
    "parameters": check_parameters,
    "generated signature": check_generated_signature,
    "request": check_request,
    "success": check_success,
    "model": check_model,
    "errors": check_errors,
    "version": check_version,
    "server": check_server,
    "security": check_security,
}
