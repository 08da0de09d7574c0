"""The checked arguments of an export."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Literal, Self, cast, get_args

from cartesia_calls import Redactor, read_status

from ._target import is_id

if TYPE_CHECKING:
    from datetime import datetime

Format = Literal["ndjson", "parquet"]
Part = Literal["logs", "record", "transcript", "tools", "audio"]
FORMATS: tuple[Format, ...] = get_args(Format)
PARTS: tuple[Part, ...] = get_args(Part)
DEFAULT_CONCURRENCY = 8
"""How many requests are in flight, at most."""
MOST_AT_ONCE = 100
"""How many requests one client can have in flight."""
_DIGEST_BYTES = 8


@dataclass(frozen=True, slots=True)
class Shard:
    """One of `of` parts of all calls, numbered from 1; a hash of its id puts a call into one."""

    number: int = 1
    of: int = 1

    @classmethod
    def read(cls, text: str) -> Self:
        """Return the shard that a text such as `2/4` names."""
        _check_text(text, "shard", "'1/4'")
        found = re.fullmatch("([0-9]+)/([0-9]+)", text)
        if not found or not 1 <= int(found[1]) <= int(found[2]):
            raise ValueError(f"{text!r} is no shard; pass one such as '1/4', the first of four")
        return cls(int(found[1]), int(found[2]))

    @property
    def name(self) -> str:
        return f"{self.number}-of-{self.of}"

    def has(self, call_id: str) -> bool:
        """Return whether a call belongs to it: by the first 8 bytes of the id's SHA-256."""
        digest = sha256(call_id.encode()).digest()[:_DIGEST_BYTES]
        return int.from_bytes(digest) % self.of == self.number - 1

    def excludes(self, other: str) -> bool:
        """Return whether the shard of that name must not be exported at the same time."""
        return other == self.name or not other.endswith(f"-of-{self.of}")


@dataclass(frozen=True, slots=True)
class Job:
    """What to export, and how: the arguments of `export_async`, checked."""

    agents: tuple[str, ...]
    since: datetime | None
    until: datetime | None
    status: tuple[str, ...]
    include: tuple[Part, ...]
    format: Format
    shard: Shard
    concurrency: int
    rate: float | None
    refresh: bool
    redact: tuple[re.Pattern[str], ...] | None


def check_shard(text: str) -> str:
    """Return a text that names a shard, such as `2/4`.

    Raises:
        TypeError: It is no text.
        ValueError: It names none.
    """
    Shard.read(text)
    return text


def check_job(
    *,
    agents: str | Iterable[str],
    since: datetime | str | None = None,
    until: datetime | str | None = None,
    status: str | Iterable[str] | None = None,
    include: str | Iterable[str] = "logs",
    format: str = "ndjson",  # noqa: A002 - the public name
    shard: str | None = None,
    concurrency: int = DEFAULT_CONCURRENCY,
    rate: float | None = None,
    refresh: bool = False,
    redact: bool = False,
    redact_patterns: Iterable[str | re.Pattern[str]] = (),
    now: datetime,
    most_at_once: int = MOST_AT_ONCE,
) -> Job:
    from cartesia_calls import read_window  # noqa: PLC0415 - dateutil's parser is large

    ids = tuple(dict.fromkeys(_many(agents, "agents", "'agent_1'")))
    if not ids:
        raise ValueError("agents is empty; pass an agent's id, or several")
    if wrong := [text for text in ids if not is_id(text)]:
        raise ValueError(f"agents has {wrong[0][:50]!r}; pass an agent's id such as 'agent_1'")
    if format not in FORMATS:
        raise ValueError(f"format is {format!r}; pass one of {', '.join(FORMATS)}")
    parts = set(_many(include, "include", "'logs'"))
    if not parts or not parts <= set(PARTS):
        raise ValueError(f"include is {include!r}; pass one or more of {', '.join(PARTS)}")
    patterns = tuple(redact_patterns)
    first, end = read_window(since, until, now)
    return Job(
        agents=ids,
        since=first,
        until=end,
        status=tuple(map(read_status, _many(status or (), "status", "'completed'"))),
        include=tuple(part for part in PARTS if part in parts),
        format=format,
        shard=Shard() if shard is None else Shard.read(shard),
        concurrency=_check_concurrency(concurrency, most_at_once),
        rate=None if rate is None else _check_rate(rate),
        refresh=refresh,
        redact=_check_patterns(patterns, parts) if redact or patterns else None,
    )


def _many(value: object, name: str, example: str) -> tuple[str, ...]:
    if isinstance(value, str) or not isinstance(value, Iterable):
        return (_check_text(value, name, example),)
    texts = tuple(cast("Iterable[object]", value))
    return tuple(_check_text(text, f"each of {name}", example) for text in texts)


def _check_text(value: object, name: str, example: str) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{name} must be text such as {example}, not {type(value).__name__}")
    return value


def _check_patterns(
    patterns: tuple[str | re.Pattern[str], ...], parts: set[str]
) -> tuple[re.Pattern[str], ...]:
    if "audio" in parts:
        raise ValueError(
            "include has audio, which can't be redacted; export recordings without redact, to "
            "another target"
        )
    Redactor(patterns=patterns)  # which says what is wrong with one
    compiled = {re.compile(pattern) for pattern in patterns}
    return tuple(sorted(compiled, key=lambda one: (one.pattern, one.flags)))


def _check_concurrency(value: object, most: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"concurrency must be a whole number, not {type(value).__name__}")
    if not 1 <= value <= most:
        raise ValueError(f"concurrency is {value}; pass a number from 1 to {most}")
    return value


def _check_rate(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(f"rate must be a number of requests a second, not {type(value).__name__}")
    if not 0 < value < float("inf"):
        raise ValueError(f"rate is {value}; pass requests a second, above 0, or none for no limit")
    return float(value)
