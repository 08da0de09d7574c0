"""The lines of a logs document, read while it comes: only what has not been given yet is held."""

from __future__ import annotations

import codecs
import json
import re
from itertools import takewhile
from typing import TYPE_CHECKING, cast

from cartesia_api.models.agent_call_logs import AgentCallLogs

from ._json import read_json, refuse_constant
from ._reader import find_misfit

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator
    from typing import Never

    Waiting = Generator[None, None, None]
    """Stops where more text is needed."""

_SPACE = re.compile(r"[ \t\n\r]*")
_END_OF_A_LINE = '",'
# What may become part of a number that it follows.
_NUMBER_GOES_ON = re.compile(r"(?:\.|[eE][+-]?)?\Z")
_DIGITS = frozenset("0123456789")
# A token of which less is there than needed to know it, such as an escape, is shorter than this.
_LONGEST_TOKEN = 12
# A document that fits, in which one field at a time is put to the test.
_FITTING: dict[str, object] = {"call_id": "", "logs": [], "updated_at": "2026-03-01T00:00:00Z"}


class MalformedLogsError(Exception):
    """The document is not what the spec says."""

    def __init__(self, pointer: str, problem: str) -> None:
        super().__init__(problem)
        self.pointer = pointer
        self.problem = problem


class LogsReader:
    """Takes a document piece by piece, and gives its lines.

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
        """Yield the lines that end in the next piece of the document; an empty one is its end."""
        self._is_whole = not piece
        try:
            self._coming.append(self._decode(piece, self._is_whole))
        except UnicodeDecodeError as error:
            self._fail("", f"is not JSON ({error})")
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

    def _read_document(self) -> Generator[list[str] | None, None, None]:
        yield from self._skip_space("is empty")
        if not self._takes("{"):
            self._fail("", "is not a JSON object")
        yield from self._skip_space()
        goes_on = not self._takes("}")
        while goes_on:
            name = yield from self._value()
            yield from self._skip_space()
            if not isinstance(name, str) or not self._takes(":"):
                self._fail("", "is not JSON (a name and a colon are missing)")
            yield from self._skip_space()
            yield from self._read_field(name)
            yield from self._skip_space()
            goes_on = self._takes(",")
            if goes_on:
                yield from self._skip_space()
            elif not self._takes("}"):
                self._fail("", "is not JSON (a comma is missing)")
        yield from self._read_end()
        if misfit := find_misfit(self._found, AgentCallLogs):
            raise MalformedLogsError(misfit.pointer, misfit.problem)

    def _read_field(self, name: str) -> Generator[list[str] | None, None, None]:
        if name == "logs" and self._takes("["):
            if "logs" in self._found:
                self._fail("/logs", "is there twice")
            self._found[name] = []
            yield from self._read_lines()
            return
        value = yield from self._value()
        if misfit := find_misfit(_FITTING | {name: value}, AgentCallLogs):
            raise MalformedLogsError(misfit.pointer, misfit.problem)
        if name in _FITTING:
            self._found[name] = value

    def _read_lines(self) -> Generator[list[str] | None, None, None]:
        index = 0
        yield from self._skip_space()
        goes_on = not self._takes("]")
        while goes_on:
            lines = self._take_many()
            if not lines:
                lines = [(yield from self._value())]
                yield from self._skip_space()
                goes_on = self._takes(",")
                if not (goes_on or self._takes("]")):
                    self._fail("", "is not JSON (a comma is missing between two lines)")
            good = _strings_at_the_start(lines)
            yield good
            if len(good) < len(lines):
                misfit = find_misfit(lines[len(good)], str)
                problem = misfit.problem if misfit else ""
                self._fail(f"/logs/{index + len(good)}", problem)
            index += len(good)
            if goes_on:
                yield from self._skip_space()

    def _take_many(self) -> list[object]:
        """Take all whole lines of the text but the last, with the comma behind; none if not sure."""
        if not self._may_be_many:
            return []
        end = self._text.rfind(_END_OF_A_LINE, self._at)
        while end > self._at and _is_escaped(self._text, end):
            end = self._text.rfind(_END_OF_A_LINE, self._at, end)
        self._may_be_many = False  # until there is more text
        if end <= self._at:
            return []
        try:
            lines = read_json(f"[{self._text[self._at : end + 1]}]".encode())
        except (ValueError, RecursionError):
            return []  # one by one shows where it is wrong, if it is
        self._at = end + len(_END_OF_A_LINE)
        return cast("list[object]", lines)

    def _value(self) -> Generator[None, None, object]:
        """Take one value, waiting for all of it."""
        while True:
            try:
                value, end = self._read_value(self._text, self._at)
            except RecursionError:
                self._fail("", "is JSON nested too deep to read")
            except ValueError as error:
                if self._is_whole or not _may_be_cut(error, self._text):
                    self._fail("", f"is not JSON ({self._described(error)})")
                length = len(self._text) - self._at
                # What is long is not looked at again for every piece of it that comes.
                self._awaited = min(length, self._longest - length + 1)
            else:
                if self._is_whole or not _may_go_on(self._text, end):
                    self._at = end
                    return cast("object", value)
                length = end - self._at
            if length > self._longest:
                self._fail("", f"holds a value longer than {self._longest} characters")
            yield None

    def _skip_space(self, at_the_end: str = "is not JSON (it ends too early)") -> Waiting:
        """Go to the next character that is no space, waiting for it."""
        while True:
            space = _SPACE.match(self._text, self._at)
            self._at = space.end() if space else self._at
            if self._at < len(self._text):
                return
            yield from self._wait(at_the_end)

    def _read_end(self) -> Waiting:
        while True:
            space = _SPACE.match(self._text, self._at)
            self._at = space.end() if space else self._at
            if self._at < len(self._text):
                self._fail("", "is not JSON (there is more behind its end)")
            if self._is_whole:
                return
            yield None

    def _wait(self, at_the_end: str = "is not JSON (it ends too early)") -> Waiting:
        if self._is_whole:
            self._fail("", at_the_end)
        yield None

    def _takes(self, character: str) -> bool:
        if self._text.startswith(character, self._at):
            self._at += 1
            return True
        return False

    def _described(self, error: ValueError) -> str:
        if isinstance(error, json.JSONDecodeError):
            return f"{error.msg}: char {self._passed + error.pos}"
        return str(error)

    def _fail(self, pointer: str, problem: str) -> Never:
        raise MalformedLogsError(pointer, problem)


def _strings_at_the_start(values: list[object]) -> list[str]:
    if set(map(type, values)) <= {str}:
        return cast("list[str]", values)
    return cast("list[str]", list(takewhile(lambda value: isinstance(value, str), values)))


def _may_be_cut(error: ValueError, text: str) -> bool:
    """Tell whether a text that holds no whole value may be the beginning of one."""
    if not isinstance(error, json.JSONDecodeError):
        return False  # a number that is refused
    return error.msg.startswith("Unterminated") or error.pos > len(text) - _LONGEST_TOKEN


def _may_go_on(text: str, end: int) -> bool:
    """Tell whether a value that seems to end may be the beginning of a longer number."""
    return text[end - 1] in _DIGITS and _NUMBER_GOES_ON.match(text, end) is not None


def _is_escaped(text: str, quote: int) -> bool:
    """Tell whether an odd number of backslashes stands before a quote."""
    before = quote
    while before and text[before - 1] == "\\":
        before -= 1
    return (quote - before) % 2 == 1
