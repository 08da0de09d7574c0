"""The project's Markdown: its code blocks, links and headings."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

ROOT = Path(__file__).parents[2]
NAMED = re.compile(r"<!-- (example|query): ")


@dataclass(frozen=True)
class Block:
    """A fenced block of code.

    Attributes:
        language: The language that its fence names, such as `python`.
        text: The code.
        line: The number of its first line in the page.
        output: The `text` block directly below a `python` block, with the output of the latter.
        is_run_elsewhere: Whether a comment above it, such as `<!-- query: polars -->`, assigns it to
            tests that have its requirements (`tests/export`, `tests/export_dask`, `tests/export_dlt`).
    """

    language: str
    text: str
    line: int
    output: str | None = None
    is_run_elsewhere: bool = False


@dataclass(frozen=True)
class Page:
    """A Markdown file."""

    path: Path

    def __str__(self) -> str:
        return self.path.relative_to(ROOT).as_posix()

    @cached_property
    def text(self) -> str:
        return self.path.read_text(encoding="utf-8")

    @cached_property
    def tokens(self) -> list[Token]:
        return MarkdownIt().enable("table").parse(self.text)

    @property
    def blocks(self) -> list[Block]:
        found: list[Block] = []
        previous: Token | None = None
        for token in self.tokens:
            if token.type == "fence" and token.map:
                named = bool(previous and NAMED.match(previous.content))
                block = Block(token.info, token.content, token.map[0] + 2, None, named)
                if block.language == "text" and previous and previous.info == "python":
                    found[-1] = replace(found[-1], output=block.text)
                else:
                    found.append(block)
            previous = token
        return found

    @property
    def links(self) -> list[str]:
        inline = [child for token in self.tokens for child in token.children or ()]
        targets = (child.attrGet("href") or child.attrGet("src") for child in inline)
        html = re.findall(r'(?:src|srcset|href)="([^"]+)"', self.text)
        return [str(target) for target in targets if target] + html

    @property
    def anchors(self) -> set[str]:
        """The anchors of the headings, as GitHub and the site make them."""
        pairs = zip(self.tokens, self.tokens[1:], strict=False)
        headings = [text for opening, text in pairs if opening.type == "heading_open"]
        found: set[str] = set()
        for heading in headings:
            shown = "".join(
                child.content
                for child in heading.children or ()
                if child.type in {"text", "code_inline"}
            )
            slug = re.sub(r"[^\w\- ]", "", shown.lower()).replace(" ", "-")
            found.add(slug)
        return found


README = Page(ROOT / "README.md")
GUIDE = [Page(path) for path in sorted((ROOT / "docs" / "guide").glob("*.md"))]
PAGES = [
    Page(path)
    for pattern in ("*.md", "docs/**/*.md", "benchmarks/*.md", "examples/*.md")
    for path in sorted(ROOT.glob(pattern))
]
