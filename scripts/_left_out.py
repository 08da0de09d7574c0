"""Name each operation that the generator leaves out, as a whole or in part, and the reason."""

import re
from collections.abc import Iterator

from _spec_document import Operation, SpecDocument
from _yaml_text import JsonObject, JsonValue, as_list, as_object

# The headings of the pinned generator; the paragraph below each has the reason.
_OPERATION = re.compile(r"WARNING parsing (?P<title>[A-Z]+ .+) within \S+\.( .*)?")
_COMPONENT = re.compile(r"Unable to (?:parse|process) \w+ /components/(?P<key>.+?/.+?):?")
_REPEATED = "Unable to parse this part of your OpenAPI document: : "
# There the generator writes the address of an object.
_ADDRESS = re.compile(r" for status code <[^>]*>")
_DEFAULT_STYLES = {"query": "form", "cookie": "form", "path": "simple", "header": "simple"}


def describe_left_out(output: str, document: SpecDocument) -> list[str]:
    """Return a line for each omission that the output of the generator reports."""
    warnings, components = _read(output)
    lines: list[str] = []
    for operation in document.operations():
        reasons = list(warnings.get(operation.title, []))
        if components:
            names = ["/".join(key) for key in operation.components()]
            reasons += [f"{name}: {components[name]}" for name in names if name in components]
        reasons += _skipped_in_silence(operation)
        title = f"{operation.title} ({operation.operation_id})"
        lines += [f"left out   {title}: {reason}" for reason in dict.fromkeys(reasons)]
    return lines


def describe_clashes(document: SpecDocument) -> list[str]:
    """Name the operations whose ids differ in case and punctuation only.

    They may become one module; the last one written then replaces the others, without a warning.
    """
    first: dict[tuple[str, str], str] = {}
    lines: list[str] = []
    for operation in document.operations():
        tags = as_list(operation.definition.get("tags")) or ["default"]
        key = _letters(str(tags[0])), _letters(operation.operation_id)
        other = first.setdefault(key, operation.operation_id)
        if other != operation.operation_id:
            title = f"{operation.title} ({operation.operation_id})"
            lines.append(f"left out   {title}: its id is like {other}, and so is its module's name")
    return lines


def _read(output: str) -> tuple[dict[str, list[str]], dict[str, str]]:
    """Return the reasons by operation, and by component."""
    operations: dict[str, list[str]] = {}
    components: dict[str, str] = {}
    paragraphs = [part.strip() for part in output.split("\n\n") if part.strip()]
    for heading, reason in zip(paragraphs, [*paragraphs[1:], ""], strict=True):
        text = _ADDRESS.sub("", " ".join(reason.removeprefix(_REPEATED).split()))
        if match := _OPERATION.fullmatch(heading):
            operations.setdefault(match["title"], []).append(text)
        elif match := _COMPONENT.fullmatch(heading):
            components.setdefault(match["key"], text)
    return operations, components


def _skipped_in_silence(operation: Operation) -> Iterator[str]:
    """Yield everything that the generator leaves out without a warning."""
    fields = operation.path_fields | operation.definition
    if "servers" in fields:
        yield "its own servers are not generated"
    parameters = [
        *as_list(operation.path_fields.get("parameters")),
        *as_list(operation.definition.get("parameters")),
    ]
    for parameter in (_resolved(item, operation.document) for item in parameters):
        name, place = parameter.get("name"), str(parameter.get("in"))
        if "content" in parameter:
            yield f"the {place} parameter {name} has content, not a schema"
        if parameter.get("style", _DEFAULT_STYLES[place]) != _DEFAULT_STYLES[place]:
            yield f"the {place} parameter {name} has the style {parameter['style']}"
    for status, item in as_object(operation.definition.get("responses")).items():
        media_types = list(as_object(_resolved(item, operation.document).get("content")))
        if len(media_types) > 1:
            yield f"the response {status} has one of {', '.join(media_types)}; only one is generated"


def _resolved(value: JsonValue, document: SpecDocument) -> JsonObject:
    found = as_object(value)
    while isinstance(reference := found.get("$ref"), str):
        found = as_object(document.resolve(reference))
    return found


def _letters(name: str) -> str:
    return re.sub(r"[\W_]", "", name).casefold()
