"""What the sandbox takes from the vendored spec."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import TypeGuard

import yaml

from ._errors import SandboxError

_SPEC_NAME = "latest.yml"
_HTTP_METHODS = frozenset({"get", "put", "post", "delete", "patch"})
_VERSION_PARAMETER = "CartesiaVersionHeader"
_VERSION_REFERENCE = f"#/components/parameters/{_VERSION_PARAMETER}"


@dataclass(frozen=True, kw_only=True)
class Operation:
    """One operation of the spec.

    Attributes:
        operation_id: Its name in the spec.
        method: The HTTP method, in capitals.
        path: The path template, such as `/agents/calls/{call_id}/logs`.
        needs_key: Whether the spec requires a bearer key.
        needs_version: Whether the spec requires the version header.
        error_examples: By status, the example texts of each documented error body, by field.
    """

    operation_id: str
    method: str
    path: str
    needs_key: bool
    needs_version: bool
    error_examples: Mapping[str, Mapping[str, str]]

    def error_example(self, status: str) -> Mapping[str, str]:
        """Return the example texts of the error body documented for that status, by field.

        Raises:
            SandboxError: The spec has no such examples.
        """
        try:
            return self.error_examples[status]
        except KeyError:
            raise SandboxError(
                f"The spec has no example of the {status} response of {self.operation_id!r}, which "
                "the sandbox sends. Vendor a spec that has one, or write it into the sandbox."
            ) from None


@dataclass(frozen=True, kw_only=True)
class Contract:
    """What the sandbox takes from the spec.

    Attributes:
        version_header: The name of the header that carries the API version.
        versions: The API versions that the spec allows, oldest first, as YYYY-MM-DD.
        operations: Every operation by its operationId.
    """

    version_header: str
    versions: tuple[str, ...]
    operations: Mapping[str, Operation]

    def operation(self, operation_id: str) -> Operation:
        """Return the operation of that name.

        Raises:
            SandboxError: The spec has no such operation.
        """
        try:
            return self.operations[operation_id]
        except KeyError:
            known = ", ".join(sorted(self.operations)) or "none"
            raise SandboxError(
                f"The spec has no operation {operation_id!r}, which the sandbox serves (it has: "
                f"{known}). Vendor a spec that has it, or remove it from the sandbox."
            ) from None


def parse_yaml(text: str) -> object:
    """Return the document that the YAML text holds."""
    # Both loaders are safe ones; libyaml's, if PyYAML has it, takes a tenth of the time.
    loader = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader
    document: object = yaml.load(text, loader)  # noqa: S506 - see above
    return document


def load_contract(path: Traversable | None = None) -> Contract:
    """Read the contract.

    Args:
        path: The spec's file; by default the one in the package.

    Raises:
        SandboxError: The spec is missing, or lacks something that the sandbox is built from.
    """
    path = _find_spec() if path is None else path
    try:
        document: object = parse_yaml(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise SandboxError(
            f"The spec at {path} cannot be read ({error}). Restore the file or reinstall the package."
        ) from error
    spec = _mapping(document, "the document")
    version = _parameter(spec)
    return Contract(
        version_header=_text(version.get("name"), f"the name of {_VERSION_PARAMETER}"),
        versions=_versions(version),
        operations={operation.operation_id: operation for operation in _operations(spec)},
    )


def _find_spec() -> Traversable:
    package = files("cartesia_calls.sandbox")
    # A wheel has the spec in the package; a checkout has its only copy in openapi/.
    candidates = (package / _SPEC_NAME, Path(__file__).parents[3] / "openapi" / _SPEC_NAME)
    for candidate in candidates:
        if candidate.is_file():
            return candidate
    looked = " and ".join(str(candidate) for candidate in candidates)
    raise SandboxError(f"The spec is missing (looked at {looked}). Reinstall the package.")


def _parameter(spec: Mapping[str, object]) -> Mapping[str, object]:
    components = _mapping(spec.get("components"), "components")
    parameters = _mapping(components.get("parameters"), "components.parameters")
    return _mapping(
        parameters.get(_VERSION_PARAMETER), f"components.parameters.{_VERSION_PARAMETER}"
    )


def _versions(parameter: Mapping[str, object]) -> tuple[str, ...]:
    where = f"the enum of {_VERSION_PARAMETER}"
    schema = _mapping(parameter.get("schema"), f"the schema of {_VERSION_PARAMETER}")
    allowed = schema.get("enum")
    if not _is_list(allowed) or not allowed:
        raise SandboxError(f"The spec has no usable {where}: a list of dates is expected there.")
    return tuple(sorted(_text(version, where) for version in allowed))


def _operations(spec: Mapping[str, object]) -> Iterator[Operation]:
    for path, item in _mapping(spec.get("paths"), "paths").items():
        for method, value in _mapping(item, f"paths.{path}").items():
            if method in _HTTP_METHODS:
                yield _operation(spec, path, method, _mapping(value, f"{method} {path}"))


def _operation(
    spec: Mapping[str, object], path: str, method: str, value: Mapping[str, object]
) -> Operation:
    where = f"{method} {path}"
    parameters = value.get("parameters")
    return Operation(
        operation_id=_text(value.get("operationId"), f"the operationId of {where}"),
        method=method.upper(),
        path=path,
        needs_key=_needs_key(spec, value.get("security", spec.get("security")), where),
        needs_version=_is_list(parameters) and {"$ref": _VERSION_REFERENCE} in parameters,
        error_examples=dict(_error_examples(value, where)),
    )


def _needs_key(spec: Mapping[str, object], security: object, where: str) -> bool:
    if not _is_list(security) or not security:
        return False
    components = _mapping(spec.get("components"), "components")
    schemes = _mapping(components.get("securitySchemes"), "components.securitySchemes")
    for requirement in security:
        for name in _mapping(requirement, f"the security of {where}"):
            scheme = _mapping(schemes.get(name), f"components.securitySchemes.{name}")
            if (scheme.get("type"), scheme.get("scheme")) != ("http", "bearer"):
                raise SandboxError(
                    f"The spec secures {where} with {name!r}, which is not HTTP bearer. "
                    "Add that scheme to the sandbox before serving this spec."
                )
    return True


def _error_examples(
    operation: Mapping[str, object], where: str
) -> Iterator[tuple[str, Mapping[str, str]]]:
    for status, response in _mapping(operation.get("responses"), f"responses of {where}").items():
        properties: object = response
        for key in ("content", "application/json", "schema", "properties"):
            properties = properties.get(key) if _is_mapping(properties) else None
        if str(status).startswith("2") or not _is_mapping(properties):
            continue
        fields = {name: field for name, field in properties.items() if _is_mapping(field)}
        examples = {
            name: example
            for name, field in fields.items()
            if isinstance(example := field.get("example"), str)
        }
        if examples:
            yield str(status), examples


def _is_mapping(value: object) -> TypeGuard[Mapping[str, object]]:
    return isinstance(value, dict)


def _is_list(value: object) -> TypeGuard[list[object]]:
    return isinstance(value, list)


def _mapping(value: object, where: str) -> Mapping[str, object]:
    if not _is_mapping(value):
        raise SandboxError(
            f"The spec is not usable: {where} is missing or not a mapping. Repair it."
        )
    return value


def _text(value: object, where: str) -> str:
    if not isinstance(value, str):
        raise SandboxError(f"The spec is not usable: {where} is missing or not a text. Repair it.")
    return value
