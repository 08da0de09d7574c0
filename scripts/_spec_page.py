"""Read the OpenAPI fragments of a reference page, or a plain OpenAPI document."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from _console import ScriptError
from _read_source import Source
from _spec_document import SpecDocument, check_document
from _yaml_text import parse_json, parse_yaml

PLAIN_SUFFIXES = {".yml", ".yaml", ".json"}
_FENCE = re.compile(r"^ {0,3}(?P<fence>`{3,}|~{3,})(?P<info>[^\n]*)$")
_HEADING = re.compile(
    r"^ya?ml\s+/?latest\.ya?ml\s+(?P<method>[A-Za-z]+)\s+(?P<path>/\S*)$", re.IGNORECASE
)


@dataclass(frozen=True)
class _Block:
    info: str
    text: str
    line: int
    is_closed: bool


def read_page(source: Source) -> tuple[str | None, SpecDocument]:
    """Read a source by its suffix: `.yml`, `.yaml` and `.json` are plain, others are pages.

    Returns:
        The page's first heading, None for a plain document or without one; and the document.

    Raises:
        ScriptError: The source holds no valid OpenAPI document, or not the one it announces.
    """
    if source.suffix in PLAIN_SUFFIXES:
        parse = parse_json if source.suffix == ".json" else parse_yaml
        try:
            value = parse(source.text)
        except ValueError as error:
            raise ScriptError(
                f"{source.name} cannot be read: {error}.", "Correct it and run this again."
            ) from error
        return None, check_document(value, source.name, source.text)

    lines = source.text.replace("\r\n", "\n").split("\n")
    blocks = list(_blocks(lines))
    documents = [
        _check_block(block, heading["method"], heading["path"], source.name)
        for block in blocks
        if (heading := _HEADING.match(block.info)) is not None
    ]
    if not documents:
        raise ScriptError(
            f"{source.name} has no block that opens with ````yaml /latest.yml METHOD /path.",
            "Give an operation's reference page, or a plain spec named .yml, .yaml or .json.",
        )
    if len(documents) > 1:
        held = [operation.title for document in documents for operation in document.operations()]
        raise ScriptError(
            f"{source.name} has {len(documents)} blocks of OpenAPI: {', '.join(held)}.",
            "A reference page has one. Keep the right one, or give each operation its own page.",
        )
    headings = (line[2:].strip() for line in lines[: blocks[0].line] if line.startswith("# "))
    return next(headings, None), documents[0]


def _check_block(block: _Block, method: str, path: str, name: str) -> SpecDocument:
    heading = f"{method.upper()} {path}"
    if not block.is_closed:
        raise ScriptError(
            f"The block {heading} in {name} (line {block.line}) never ends.",
            "The page is incomplete. Fetch it again.",
        )
    try:
        value = parse_yaml(block.text)
    except ValueError as error:
        raise ScriptError(
            f"The block {heading} in {name} cannot be read: {error}.",
            "Correct it, or fetch the page again if it is damaged.",
        ) from error
    document = check_document(value, name, block.text)
    held = [operation.title for operation in document.operations()]
    if held != [heading]:
        raise ScriptError(
            f"The block headed {heading} in {name} (line {block.line}) holds {', '.join(held)}.",
            "Check which of the two is right; a block must hold the operation in its heading.",
        )
    return document


def _blocks(lines: list[str]) -> Iterator[_Block]:
    """Yield the page's fenced code blocks."""
    opening: re.Match[str] | None = None
    start = 0
    for number, line in enumerate([*lines, None], start=1):
        fence = _FENCE.match(line) if line is not None else None
        if opening is None:
            opening, start = fence, number
        elif line is None or (
            fence is not None
            and fence["fence"].startswith(opening["fence"])
            and not fence["info"].strip()
        ):
            # Empty lines instead of those above, so that errors name lines of the page.
            text = "\n" * start + "\n".join(lines[start : number - 1])
            yield _Block(opening["info"].strip(), text, start, line is not None)
            opening = None
