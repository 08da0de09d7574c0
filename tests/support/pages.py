"""A page of HTML: its elements, its text, and the addresses that it would load."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

_INLINE = {"a", "b", "code", "small", "strong"}
_VOID = {"meta", "link", "input", "br", "img"}


@dataclass
class Element:
    """An element with its attributes, its text and its children's, and the elements around it."""

    tag: str
    attributes: dict[str, str]
    around: tuple[Element, ...] = field(repr=False)
    texts: list[str] = field(default_factory=list[str])

    @property
    def text(self) -> str:
        """All text in it, with single spaces."""
        return " ".join("".join(self.texts).split())

    @property
    def classes(self) -> list[str]:
        return self.attributes.get("class", "").split()


class Page(HTMLParser):
    """Parses a page; fails if an element is not closed, or closed twice."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[Element] = []
        self._open: list[Element] = []
        self.feed(text)
        self.close()
        assert not self._open, f"not closed: {self._open}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._break(tag)
        element = Element(tag, {name: value or "" for name, value in attrs}, tuple(self._open))
        self.elements.append(element)
        if tag not in _VOID:
            self._open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open[-1].tag == tag, f"</{tag}> closes {self._open[-1]}"
        self._open.pop()
        self._break(tag)

    def _break(self, tag: str) -> None:
        if tag not in _INLINE:
            self.handle_data(" ")

    def handle_data(self, data: str) -> None:
        for element in self._open:
            element.texts.append(data)

    def find(self, tag: str, *classes: str) -> list[Element]:
        """Return the elements of a tag that have all these classes, in their order."""
        return [one for one in self.elements if one.tag == tag and set(classes) <= set(one.classes)]

    def section(self, heading: str) -> str:
        """Return the text of the section with this heading."""
        (found,) = [one for one in self.find("section") if one.text.startswith(heading)]
        return found.text.removeprefix(heading).strip()

    @property
    def entries(self) -> list[str]:
        """The text of each entry of the timeline."""
        return [
            one.text
            for one in self.find("li")
            if any("timeline" in outer.classes for outer in one.around)
        ]

    @property
    def addresses(self) -> list[str]:
        """The addresses of everything that the page links to or loads."""
        names = ("href", "src", "action", "srcset", "data", "xlink:href", "poster")
        return [
            one.attributes[name]
            for one in self.elements
            for name in names
            if name in one.attributes
        ]
