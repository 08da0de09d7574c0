"""The lines of a logs document, read while it arrives. Lines that were yielded are not held.

The rest of the document, its frame, is short. It is parsed as a whole when the document ends.
"""

from __future__ import annotations

import codecs
import json
import re
from itertools import islice
from typing import TYPE_CHECKING, Any, cast

from cartesia_api.models.agent_call_logs import AgentCallLogs
from cartesia_api.types import Misfit, from_json

from ._json import read_json, refuse_constant

if TYPE_CHECKING:
    from collections.abc import Iterator

_LOGS = re.compile(r'"logs"[ \t\n\r]*:[ \t\n\r]*\[')
_NO_LINES = '"logs": []'
# An object within the document may have a field of that name, too. After so many, the document is
# read as a whole.
_MOST_CANDIDATES = 10
_SPACE = " \t\n\r"
_NEXT = re.compile(r"[ \t\n\r]*([,\]])")
_END_OF_A_LINE = '",'


class LogsReader:
    """Takes a document piece by piece, and yields its lines.

    Args:
        longest: The longest line, and the longest frame, in characters.
    """

    def __init__(self, longest: int) -> None:
        self._longest = longest
        self._decode = codecs.getincrementaldecoder("utf-8-sig")().decode
        self._read_value = json.JSONDecoder(parse_constant=refuse_constant).raw_decode
        self._text = ""
        self._coming: list[str] = []
        self._awaited = 0
        self._head = ""
        self._has_begun = False
        self._is_among_lines = False
        self._count = 0

    def feed(self, piece: bytes) -> Iterator[list[str]]:
        """Yield lists of the lines that end in the next piece of the document; b"" is its end.

        Raises:
            Misfit: The document does not match the spec.
        """
        is_whole = not piece
        try:
            self._coming.append(self._decode(piece, is_whole))
        except UnicodeDecodeError as error:
            raise Misfit(f"is not JSON ({error})") from None
        # Text that holds no whole line is not read again for each piece of it.
        self._awaited -= len(self._coming[-1])
        if self._awaited > 0 and not is_whole:
            return
        self._text += "".join(self._coming)
        self._coming.clear()
        if not self._has_begun:
            self._find_lines()
        if self._is_among_lines:
            yield from self._read_lines(is_whole=is_whole)
        if is_whole:
            yield from self._read_frame()
        length = len(self._text)
        if length > self._longest:
            raise Misfit(f"holds a value longer than {self._longest} characters")
        self._awaited = min(length, self._longest - length + 1)

    def _find_lines(self) -> None:
        """Find the array of lines: what is before it is an object if the array ends at once."""
        for found in islice(_LOGS.finditer(self._text), _MOST_CANDIDATES):
            head = self._text[: found.start()]
            try:
                json.loads(head + _NO_LINES + "}")
            except (ValueError, RecursionError):
                continue
            self._head, self._text = head, self._text[found.end() :]
            self._has_begun = self._is_among_lines = True
            return

    def _read_lines(self, *, is_whole: bool) -> Iterator[list[str]]:
        lines, at = self._take_many()
        while True:
            try:
                from_json(list[str], lines)
            except Misfit as misfit:
                good = cast("int", misfit.steps[0])
                yield lines[:good]
                raise Misfit(misfit.problem, "logs", self._count + good) from None
            yield lines
            self._count += len(lines)
            taken = self._take_one(at, is_whole=is_whole) if self._is_among_lines else None
            if taken is None:
                break
            lines, at = taken
        self._text = self._text[at:]

    def _take_many(self) -> tuple[list[Any], int]:
        """Return all whole lines of the text but the last, and where they end; none if not sure."""
        text = self._text
        end = text.rfind(_END_OF_A_LINE)
        while end > 0 and _is_escaped(text, end):
            end = text.rfind(_END_OF_A_LINE, 0, end)
        try:
            lines = read_json(f"[{text[: end + 1]}]".encode())
        except (ValueError, RecursionError):
            return [], 0  # reading them one by one shows which is wrong
        return cast("list[Any]", lines), 0 if end < 0 else end + len(_END_OF_A_LINE)

    def _take_one(self, at: int, *, is_whole: bool) -> tuple[list[Any], int] | None:
        """Return the next line and where it ends, or the end of the lines; None if it is not whole."""
        text = self._text
        while text.startswith(tuple(_SPACE), at):
            at += 1
        if not self._count and text.startswith("]", at):
            self._is_among_lines = False
            return [], at + 1
        try:
            value, end = self._read_value(text, at)
        except RecursionError:
            raise Misfit("is JSON nested too deep to read") from None
        except ValueError as error:
            if not is_whole:
                return None
            raise self._not_json(_described(error)) from None
        after = _NEXT.match(text, end)
        if after is None and not is_whole:
            return None
        if after is None:
            missing = "a comma is missing" if text[end:].strip(_SPACE) else "it ends too early"
            raise self._not_json(missing)
        self._is_among_lines = after[1] == ","
        return [value], after.end()

    def _not_json(self, problem: str) -> Misfit:
        return Misfit(f"is not JSON ({problem} after {self._count} lines)")

    def _read_frame(self) -> Iterator[list[str]]:
        """Check the document without its lines; yield the lines if they were not found before."""
        text = self._text
        if self._has_begun:
            text = self._head + _NO_LINES + text
        elif not text.strip(_SPACE):
            raise Misfit("is empty")
        read = json.JSONDecoder(parse_constant=refuse_constant, object_pairs_hook=_once).decode
        try:
            logs, _ = from_json(AgentCallLogs, read(text))
        except Misfit:
            raise
        except RecursionError:
            raise Misfit("is JSON nested too deep to read") from None
        except ValueError as error:
            raise Misfit(f"is not JSON ({_described(error)})") from None
        yield logs.logs


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """Return an object that has one field `logs` at the most: lines cannot be taken back."""
    if sum(name == "logs" for name, _ in pairs) > 1:
        raise Misfit("is there twice", "logs")
    return dict(pairs)


def _described(error: ValueError) -> str:
    return error.msg if isinstance(error, json.JSONDecodeError) else str(error)


def _is_escaped(text: str, quote: int) -> bool:
    """Return whether a quote follows an odd number of backslashes."""
    start = quote
    while start and text[start - 1] == "\\":
        start -= 1
    return (quote - start) % 2 == 1
