"""What the sandbox takes from the vendored spec."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from itertools import chain
from pathlib import Path
from typing import Any

import yaml

from ._errors import SandboxError

Data = Mapping[str, Any]

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
        SandboxError: The spec lacks something that the sandbox is built from.
    """
    spec: Any = parse_yaml((path or _find_spec()).read_text(encoding="utf-8"))
    try:
        version = spec["components"]["parameters"][_VERSION_PARAMETER]
        versions = tuple(sorted(version["schema"]["enum"]))
    except KeyError as missing:
        raise SandboxError(
            f"The spec has no {missing} where the sandbox reads the API versions, in the parameter "
            f"{_VERSION_PARAMETER}. Vendor a spec that has it, or write the versions into the sandbox."
        ) from None
    return Contract(
        version_header=version["name"],
        versions=versions,
        operations={operation.operation_id: operation for operation in _operations(spec)},
    )


def _find_spec() -> Traversable:
    # A wheel has the spec in the package; a checkout has its only copy in openapi/.
    packaged = files("cartesia_calls.sandbox") / _SPEC_NAME
    return packaged if packaged.is_file() else Path(__file__).parents[3] / "openapi" / _SPEC_NAME


def _operations(spec: Data) -> Iterator[Operation]:
    for path, item in spec["paths"].items():
        for method, value in item.items():
            if method not in _HTTP_METHODS:
                continue
            yield Operation(
                operation_id=value["operationId"],
                method=method.upper(),
                path=path,
                needs_key=_needs_key(spec, value),
                needs_version={"$ref": _VERSION_REFERENCE} in value.get("parameters", ()),
                error_examples=dict(_error_examples(value)),
            )


def _needs_key(spec: Data, operation: Data) -> bool:
    requirements = operation.get("security", spec.get("security", ()))
    for name in chain.from_iterable(requirements):
        scheme = spec["components"]["securitySchemes"][name]
        if (scheme["type"], scheme.get("scheme")) != ("http", "bearer"):
            raise SandboxError(
                f"The spec secures {operation['operationId']} with {name!r}, which is not HTTP bearer. "
                "Add that scheme to the sandbox before serving this spec."
            )
    return bool(requirements)


def _error_examples(operation: Data) -> Iterator[tuple[str, Mapping[str, str]]]:
    for status, response in operation["responses"].items():
        media_type = response.get("content", {}).get("application/json", {})
        fields = media_type.get("schema", {}).get("properties", {})
        examples = {
            name: field["example"]
            for name, field in fields.items()
            if isinstance(field.get("example"), str)
        }
        if examples and not str(status).startswith("2"):
            yield str(status), examples
