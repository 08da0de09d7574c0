"""One OpenAPI document: checked, and split into operations and the components they need."""

import re
import signal
import threading
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn, TypeAlias, cast
from urllib.parse import unquote

import openapi_spec_validator
from jsonschema.exceptions import ValidationError  # type: ignore[import-untyped]  # the library has no types

from _console import ScriptError
from _yaml_text import JsonObject, JsonValue, as_list, as_object, line_of, read_value

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
_NOT_HEADER = {"paths", "components", "tags"}
_SHOWN_MESSAGE = 300
# The validator and the generator fetch the target of each of these.
_REFERRING = ("$ref", "$dynamicRef", "$recursiveRef")
_PLACEHOLDER = re.compile(r"\{[^}]*\}")
MAX_VALIDATION_SECONDS = 120.0

OperationKey: TypeAlias = tuple[str, str]
"""An operation's path and lower-case method."""

ComponentKey: TypeAlias = tuple[str, str]
"""A component's section and name, such as `("schemas", "AgentCall")`."""


@dataclass(frozen=True)
class Operation:
    """An operation and the document that defines it.

    Attributes:
        path: The path template.
        method: The HTTP method in lower case.
        operation_id: The operation's id in the spec.
        definition: The operation as the spec defines it.
        path_fields: The fields that all methods of the path share, such as parameters.
        source: The name of the page or spec that it came from.
        document: The document that its references point into.
    """

    path: str
    method: str
    operation_id: str
    definition: JsonObject
    path_fields: JsonObject
    source: str
    document: "SpecDocument"

    @property
    def key(self) -> OperationKey:
        """The path and the method, which no two operations share."""
        return self.path, self.method

    @property
    def wire(self) -> str:
        """The path without the names of its parameters, as it is on the wire."""
        return _PLACEHOLDER.sub("{}", self.path)

    @property
    def title(self) -> str:
        """The operation in short form: `GET /agents`."""
        return f"{self.method.upper()} {self.path}"

    def components(self) -> dict[ComponentKey, JsonValue]:
        """Return every component that the operation needs, directly or through others."""
        start: JsonObject = {"security": self.document.header.get("security", [])}
        start |= self.path_fields | self.definition
        return self.document.reach([start], start["security"])

    def tags(self) -> list[JsonObject]:
        """Return the document's descriptions of the operation's tags."""
        names = as_list(self.definition.get("tags"))
        return [tag for tag in self.document.tags if tag.get("name") in names]


@dataclass(frozen=True)
class SpecDocument:
    """A valid OpenAPI document, split into its parts.

    Attributes:
        name: Its name in error messages.
        header: The fields that apply to the whole document: openapi, info, servers, security.
        tags: The descriptions of its tags.
        components: Its components by section and name.
        paths: Its path items by path.
        text: The text that it was read from, its lines numbered as in the source.
    """

    name: str
    header: JsonObject
    tags: list[JsonObject]
    components: dict[ComponentKey, JsonValue]
    paths: dict[str, JsonObject]
    text: str = field(default="", repr=False)

    def line_of(self, pointer: str) -> int:
        """Return the line of the source that a JSON pointer refers to."""
        return line_of(self.text, pointer)

    def resolve(self, reference: str) -> JsonValue:
        """Return the target of a reference."""
        section, name, *steps = _steps(reference)[1:]
        inner = "/".join(escaped(step) for step in steps)
        found = self.components.get((section, name))
        return pointed_at(as_object(found), f"#/{inner}") if steps else found

    def reached(self) -> set[ComponentKey]:
        """Return the components that the document's operations or its header need."""
        keys = set(self.reach([self.header], None))
        for operation in self.operations():
            keys |= operation.components().keys()
        return keys

    def operations(self) -> Iterator[Operation]:
        """Yield the document's operations, each recorded as coming from this document."""
        for path, item in self.paths.items():
            path_fields = {key: value for key, value in item.items() if key not in METHODS}
            for method in METHODS:
                if method not in item:
                    continue
                definition = as_object(item[method])
                operation_id = definition.get("operationId")
                if not isinstance(operation_id, str):
                    line = self.line_of(f"#/paths/{escaped(path)}/{method}")
                    raise ScriptError(
                        f"{method.upper()} {path} in {self.name} has no operationId (line {line}).",
                        "Add one: the generated function and sources.yml are named after it.",
                    )
                yield Operation(
                    path, method, operation_id, definition, path_fields, self.name, self
                )

    def reach(
        self, start: Iterable[JsonValue], security: JsonValue
    ) -> dict[ComponentKey, JsonValue]:
        """Return the components that the values reach, and the security schemes required."""
        found: dict[ComponentKey, JsonValue] = {}
        waiting = [key for value in start for key in _component_keys(value)]
        for requirement in as_list(security):
            waiting += [("securitySchemes", name) for name in as_object(requirement)]
        while waiting:
            key = waiting.pop()
            if key in found:
                continue
            if key not in self.components:  # references are checked already, security names are not
                raise ScriptError(
                    f"{self.name} requires {'.'.join(key)}, which it does not define.",
                    "Define it under components, or correct the name.",
                )
            found[key] = self.components[key]
            waiting += _component_keys(found[key])
        return found


def check_document(value: JsonValue, name: str, text: str = "") -> SpecDocument:
    """Check that a value is a self-contained OpenAPI 3 document with operations.

    Args:
        value: The parsed YAML or JSON.
        name: The name of the document in error messages.
        text: The text that it was read from, its lines numbered as in the source.

    Raises:
        ScriptError: It is not such a document; the message names the place.
    """
    if not isinstance(value, dict) or not str(value.get("openapi", "")).startswith("3."):
        raise ScriptError(
            f"{name} is not an OpenAPI 3 document: it is not a mapping with `openapi: 3.…`.",
            "Check that the page or file is complete and the right one.",
        )

    def line(pointer: str) -> str:
        return f" (line {line_of(text, pointer)})" if text else ""

    _check_references(value, name, line)  # first: the validator would follow a remote reference
    _validate(value, name, line)
    paths = as_object(value.get("paths"))
    for path, item in paths.items():
        if not path.startswith("/") or "$ref" in as_object(item):
            raise ScriptError(
                f"{name} has `{path}` under paths{line(f'#/paths/{escaped(path)}')} that is not a path "
                "with its operations in place.",
                "Move extensions elsewhere, and replace references with the path items.",
            )
    document = SpecDocument(
        name=name,
        header={key: field for key, field in value.items() if key not in _NOT_HEADER},
        tags=[as_object(tag) for tag in as_list(value.get("tags"))],
        components={
            (section, component): definition
            for section, definitions in as_object(value.get("components")).items()
            for component, definition in as_object(definitions).items()
        },
        paths={path: as_object(item) for path, item in paths.items()},
        text=text,
    )
    if not any(document.operations()):
        raise ScriptError(
            f"{name} has no operation.", "Check that the page or file is the right one."
        )
    return document


def read_vendored(path: Path) -> SpecDocument:
    """Read the vendored spec.

    Raises:
        ScriptError: It cannot be read, or is not a valid OpenAPI document.
    """
    value = read_value(path, "Restore it from version control.")
    return check_document(value, path.name, path.read_text(encoding="utf-8"))


@contextmanager
def _time_limit(seconds: float) -> Generator[None]:
    """Raise `TimeoutError` if the block takes longer, such as for a `pattern` that backtracks forever.

    There is no limit on Windows and outside the main thread, which have no timer.
    """
    if (
        not hasattr(signal, "setitimer")
        or threading.current_thread() is not threading.main_thread()
    ):
        yield
        return

    def give_up(*_: object) -> NoReturn:
        raise TimeoutError(f"it takes longer than {seconds:.0f} seconds")

    before = signal.signal(signal.SIGALRM, give_up)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _validate(document: JsonObject, name: str, line: Callable[[str], str]) -> None:
    """Check the document against the OpenAPI specification."""
    try:
        with _time_limit(MAX_VALIDATION_SECONDS):
            openapi_spec_validator.validate(cast("dict[str, object]", document))
    except ValidationError as error:
        # If a value fits none of several forms, the deepest error is the most precise one.
        inner = max(error.context or [error], key=lambda one: len(one.absolute_path))
        place = "".join(f"/{escaped(str(part))}" for part in inner.absolute_path)
        raise ScriptError(
            f"{name} is not valid OpenAPI at #{place}{line(place)}: {_shortened(inner.message)}",
            "Correct it there, or fetch the page again if it is damaged.",
        ) from error
    except Exception as error:  # the validator fails on some broken documents
        raise ScriptError(
            f"{name} cannot be validated: {type(error).__name__}: {_shortened(str(error))}",
            "Check the document's structure, or fetch the page again if it is damaged.",
        ) from error


def _shortened(message: str) -> str:
    """Return the first line, shortened in the middle, which often is a whole schema."""
    message = message.partition("\n")[0]
    if len(message) <= _SHOWN_MESSAGE:
        return message
    return f"{message[: _SHOWN_MESSAGE // 2]} … {message[-_SHOWN_MESSAGE // 2 :]}"


def _check_references(document: JsonObject, name: str, line: Callable[[str], str]) -> None:
    for pointer, reference in _references(document):
        if not reference.startswith("#"):
            problem = "points outside the document"
            repair = "Copy its target into components; nothing else is fetched."
        elif _component_key(reference) is None:
            problem = "does not point into components"
            repair = "Move its target into components, so that a merge keeps it."
        elif pointed_at(document, reference) is None:
            problem = "points at nothing"
            repair = "Add the component, or correct the reference."
        else:
            continue
        raise ScriptError(
            f"The reference {reference} at {pointer} in {name}{line(pointer)} {problem}.", repair
        )


def _references(value: JsonValue, pointer: str = "#") -> Iterator[tuple[str, str]]:
    """Yield every reference in the value with its place."""
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from _references(item, f"{pointer}/{index}")
    if not isinstance(value, dict):
        return
    for keyword in _REFERRING:
        reference = value.get(keyword)
        if isinstance(reference, str):
            yield f"{pointer}/{keyword}", reference
    mapping = as_object(as_object(value.get("discriminator")).get("mapping"))
    for key, target in mapping.items():
        if isinstance(target, str):  # a name alone is the name of a schema
            is_name = "/" not in target and "#" not in target
            yield (
                f"{pointer}/discriminator/mapping/{escaped(key)}",
                f"#/components/schemas/{target}" if is_name else target,
            )
    for key, item in value.items():
        yield from _references(item, f"{pointer}/{escaped(key)}")


def _component_keys(value: JsonValue) -> list[ComponentKey]:
    keys = (_component_key(reference) for _, reference in _references(value))
    return [key for key in keys if key is not None]


def _component_key(reference: str) -> ComponentKey | None:
    match _steps(reference):
        case ["components", section, name, *_]:
            return section, name
        case _:
            return None


def pointed_at(document: JsonObject, reference: str) -> JsonValue:
    """Return the target of a reference; None if there is none."""
    current: JsonValue = document
    for step in _steps(reference):
        if isinstance(current, list):
            items = as_list(current)
            current = items[int(step)] if step.isdecimal() and int(step) < len(items) else None
        else:
            current = as_object(current).get(step)
    return current


def _steps(reference: str) -> list[str]:
    parts = reference.removeprefix("#/").split("/")
    return [unquote(part).replace("~1", "/").replace("~0", "~") for part in parts]


def escaped(key: str) -> str:
    """Write a key as one step of a JSON pointer."""
    return key.replace("~", "~0").replace("/", "~1")
