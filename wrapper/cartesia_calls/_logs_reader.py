"""The lines of a logs document, read while it arrives. Lines that were yielded are not held."""

from __future__ import annotations

import codecs
import json
import re
from typing import TYPE_CHECKING, cast

from cartesia_api.models.agent_call_logs import AgentCallLogs
from cartesia_api.types import Misfit, from_json

from ._json import read_json, refuse_constant

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator
    from typing import TypeVar

    T = TypeVar("T")
    Waiting = Generator[None, None, T]
    """Stops where it needs more text."""
    Reading = Generator[list[str] | None, None, None]
    """Yields lines, or None where it needs more text."""

_VISIBLE = re.compile(r"[^ \t\n\r]")
_END_OF_A_LINE = '",'
# What can follow a value; anything else may belong to a number that is cut.
_AFTER_A_VALUE = frozenset(" \t\n\r,:]}")
# A token that is cut, such as an escape or a number's exponent, is shorter than this.
_LONGEST_TOKEN = 12
# A document that fits, in which one field at a time is replaced and checked.
_FITTING: dict[str, object] = {"call_id": "", "logs": [], "updated_at": "2026-03-01T00:00:00Z"}


class LogsReader:
    """Takes a document piece by piece, and yields its lines.

    Args:
        longest: How long one value of the document, such as a line, may be, in characters.
    """

    def __init__(self, longest: int) -> None:
        self._longest = longest
        self._decode = codecs.getincrementaldecoder("utf-8-sig")().decode
        self._read_value = json.JSONDecoder(parse_constant=refuse_constant).raw_decode
        self._text = ""
        self._at = 0
        self._passed = 0
        self._coming: list[str] = []
        self._awaited = 0
        self._is_whole = False
        self._may_be_many = True
        self._found: dict[str, object] = {}
        self._reading = self._read_document()

    def feed(self, piece: bytes) -> Iterator[str]:
        """Yield the lines that end in the next piece of the document; an empty piece is its end.

        Raises:
            Misfit: The document does not match the spec.
        """
        self._is_whole = not piece
        try:
            self._coming.append(self._decode(piece, self._is_whole))
        except UnicodeDecodeError as error:
            raise Misfit(f"is not JSON ({error})") from None
        self._awaited -= len(self._coming[-1])
        if self._awaited > 0 and not self._is_whole:
            return
        self._text = self._text[self._at :] + "".join(self._coming)
        self._passed += self._at
        self._at = self._awaited = 0
        self._coming.clear()
        self._may_be_many = True
        for lines in self._reading:
            if lines is None:
                return
            yield from lines

    def _read_document(self) -> Reading:
        if not (yield from self._takes("{")):
            raise Misfit("is empty" if self._is_at_the_end() else "is not a JSON object")
        is_more = not (yield from self._takes("}"))
        while is_more:
            name = yield from self._value()
            if not isinstance(name, str) or not (yield from self._takes(":")):
                raise Misfit("is not JSON (a name and a colon are missing)")
            yield from self._read_field(name)
            is_more = yield from self._continues("}")
        if (yield from self._peek()):
            raise Misfit("is not JSON (there is more after its end)")
        _check(self._found)

    def _read_field(self, name: str) -> Reading:
        if name == "logs" and (yield from self._takes("[")):
            if name in self._found:
                raise Misfit("is there twice", name)
            self._found[name] = []
            yield from self._read_lines()
            return
        value = yield from self._value()
        _check(_FITTING | {name: value})
        if name in _FITTING:
            self._found[name] = value

    def _read_lines(self) -> Reading:
        index = 0
        is_more = not (yield from self._takes("]"))
        while is_more:
            lines = self._take_many()
            if not lines:
                lines = [(yield from self._value())]
                is_more = yield from self._continues("]")
            try:
                from_json(list[str], lines)
            except Misfit as misfit:
                good = cast("int", misfit.steps[0])
                yield cast("list[str]", lines[:good])
                raise Misfit(misfit.problem, "logs", index + good) from None
            yield cast("list[str]", lines)
            index += len(lines)

    def _take_many(self) -> list[object]:
        """Take all whole lines of the text but the last, with their commas; none if not sure."""
        if not self._may_be_many:
            return []
        self._may_be_many = False  # until there is more text
        end = self._text.rfind(_END_OF_A_LINE, self._at)
        while end > self._at and _is_escaped(self._text, end):
            end = self._text.rfind(_END_OF_A_LINE, self._at, end)
        if end <= self._at:
            return []
        try:
            lines = read_json(f"[{self._text[self._at : end + 1]}]".encode())
        except (ValueError, RecursionError):
            return []  # reading them one by one shows which is wrong
        self._at = end + len(_END_OF_A_LINE)
        return cast("list[object]", lines)

    def _value(self) -> Waiting[object]:
        """Take one value, waiting for all of it."""
        yield from self._peek()
        while True:
            try:
                value, end = self._read_value(self._text, self._at)
            except RecursionError:
                raise Misfit("is JSON nested too deep to read") from None
            except ValueError as error:
                if self._is_whole or not _may_be_cut(error, self._text):
                    raise Misfit(f"is not JSON ({self._described(error)})") from None
                length = len(self._text) - self._at
                # A long value is not read again for each of its pieces.
                self._awaited = min(length, self._longest - length + 1)
            else:
                if self._is_whole or self._ends_at(end):
                    self._at = end
                    return cast("object", value)
                length = end - self._at
            if length > self._longest:
                raise Misfit(f"holds a value longer than {self._longest} characters")
            yield None

    def _ends_at(self, end: int) -> bool:
        """Return whether a value that seems to end is not the beginning of a longer number."""
        return (
            self._text[end : end + 1] in _AFTER_A_VALUE or end <= len(self._text) - _LONGEST_TOKEN
        )

    def _continues(self, end: str) -> Waiting[bool]:
        """Take the comma before one more item, or the end of the items; return whether more follow."""
        is_more = yield from self._takes(",")
        if not is_more and not (yield from self._takes(end)):
            missing = "it ends too early" if self._is_at_the_end() else "a comma is missing"
            raise Misfit(f"is not JSON ({missing})")
        return is_more

    def _takes(self, character: str) -> Waiting[bool]:
        """Take the next visible character if it is this one; return whether it is."""
        if (yield from self._peek()) != character:
            return False
        self._at += 1
        return True

    def _peek(self) -> Waiting[str]:
        """Return the next visible character, waiting for it; an empty string at the end."""
        while not (found := _VISIBLE.search(self._text, self._at)):
            self._at = len(self._text)
            if self._is_whole:
                return ""
            yield None
        self._at = found.start()
        return found.group()

    def _is_at_the_end(self) -> bool:
        return self._at == len(self._text)

    def _described(self, error: ValueError) -> str:
        if isinstance(error, json.JSONDecodeError):
            return f"{error.msg}: char {self._passed + error.pos}"
        return str(error)


def _check(document: dict[str, object]) -> None:
    _, misfits = from_json(AgentCallLogs, document)
    if misfits:
        raise misfits[0]


def _may_be_cut(error: ValueError, text: str) -> bool:
    """Return whether a text that holds no whole value may be the beginning of one."""
    if not isinstance(error, json.JSONDecodeError):
        return False  # a number that is refused
    return error.msg.startswith("Unterminated") or error.pos > len(text) - _LONGEST_TOKEN


def _is_escaped(text: str, quote: int) -> bool:
    """Return whether a quote follows an odd number of backslashes."""
    start = quote
    while start and text[start - 1] == "\\":
        start -= 1
    return (quote - start) % 2 == 1
