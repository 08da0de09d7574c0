"""The lines of a logs document, read while it arrives. Lines that were yielded are not held.

The rest of the document, its frame, is short. It is parsed as a whole when the document ends.
"""

from __future__ import annotations

import codecs
import json
import re
from contextlib import suppress
from itertools import islice
from typing import TYPE_CHECKING, Any, cast

from cartesia_api.models.agent_call_logs import AgentCallLogs
from cartesia_api.types import Misfit, from_json

from ._json import read_json, refuse_constant

if TYPE_CHECKING:
    from collections.abc import Iterator

_LOGS = re.compile(r'(?<!\\)"logs"\s*:\s*(?=\[)')
# Stands in the frame for all lines, and in the array for the lines that were read.
_PLACE = "0"


class LogsReader:
    """Takes a document piece by piece, and yields its lines.

    Args:
        longest: The longest line, and the longest frame, in characters.
    """

    def __init__(self, longest: int) -> None:
        self._longest = longest
        self._decode = codecs.getincrementaldecoder("utf-8-sig")().decode
        self._read_array = json.JSONDecoder(parse_constant=refuse_constant).raw_decode
        self._text = ""
        self._coming: list[str] = []
        self._awaited = 0
        self._head = ""
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
        if not self._head:
            self._find_lines()
        while self._is_among_lines and (lines := self._take(is_whole=is_whole)):
            yield from self._checked(lines)
        if is_whole:
            yield from self._read_frame()
        length = len(self._text)
        if length > self._longest:
            raise Misfit(f"holds a value longer than {self._longest} characters")
        self._awaited = min(length, self._longest - length + 1)

    def _find_lines(self) -> None:
        """Find the array of lines: what is before it is an object, if the array is empty.

        If an inner object has an array of that name before it, lines are found when the document ends.
        """
        found = _LOGS.search(self._text)
        with suppress(ValueError, RecursionError):
            if found and json.loads(f"{self._text[: found.end()]}[]}}"):
                self._head, self._text = self._text[: found.end()], self._text[found.end() :]
                self._is_among_lines = True

    def _take(self, *, is_whole: bool) -> list[Any]:
        """Return the next lines that are whole; none if that is not certain yet."""
        text, known = self._text, 1 if self._count else 0
        lines: list[Any]
        # The last quote before a comma ends a line, or begins one that begins with a comma.
        for end in islice(_quotes_before_commas(text), 2):
            try:
                lines = cast("list[Any]", read_json(f"{text[: end + 1]}]".encode()))
            except (ValueError, RecursionError):
                continue
            self._text = f"[{_PLACE}{text[end + 1 :]}"
            return lines[known:]
        try:
            lines, end = self._read_array(text)
        except RecursionError:
            raise Misfit("is JSON nested too deep to read") from None
        except ValueError as error:
            if is_whole:
                raise Misfit(
                    f"is not JSON ({_described(error)} after {self._count} lines)"
                ) from None
            return []
        self._text = text[end:]
        self._is_among_lines = False
        return lines[known:]

    def _checked(self, lines: list[Any]) -> Iterator[list[str]]:
        try:
            from_json(list[str], lines)
        except Misfit as misfit:
            good = cast("int", misfit.steps[0])
            yield lines[:good]
            raise Misfit(misfit.problem, "logs", self._count + good) from None
        yield lines
        self._count += len(lines)

    def _read_frame(self) -> Iterator[list[str]]:
        """Check the document without its lines; yield the lines if they were not found before."""
        text = self._text
        if self._head:
            text = f'{self._head}["{_PLACE}"]{text}'
        try:
            logs, _ = from_json(AgentCallLogs, read_json(text.encode()))
        except Misfit:
            raise
        except RecursionError:
            raise Misfit("is JSON nested too deep to read") from None
        except ValueError as error:
            problem = f"is not JSON ({_described(error)})" if text.strip() else "is empty"
            raise Misfit(problem) from None
        if not self._head:
            yield logs.logs
        elif logs.logs != [_PLACE]:
            # Lines cannot be taken back.
            raise Misfit("is there twice", "logs")


def _described(error: ValueError) -> str:
    return error.msg if isinstance(error, json.JSONDecodeError) else str(error)


def _quotes_before_commas(text: str) -> Iterator[int]:
    """Yield where such quotes are that no backslash escapes, the last one first."""
    end = len(text)
    while (end := text.rfind('",', 0, end)) > 0:
        start = end
        while text[start - 1] == "\\":
            start -= 1
        if (end - start) % 2 == 0:
            yield end
