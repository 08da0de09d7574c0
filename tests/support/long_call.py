"""A call of 2,000 turns, and a log of any length."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

_SECONDS = 4000


def long_call() -> dict[str, Any]:
    turns = [
        {
            "role": "assistant" if number % 2 else "user",
            "start_timestamp": 2 * number,
            "end_timestamp": 2 * number + 1,
            "text": f"Turn {number} says this and that. " * 4,
        }
        for number in range(2000)
    ]
    return {
        "id": "ac_long",
        "agent_id": "agent_1",
        "status": "completed",
        "start_time": "2026-03-01T10:00:00Z",
        "end_time": "2026-03-01T11:10:00Z",
        "end_reason": "client_hangup",
        "transcript": turns,
    }


def long_log(count: int) -> Iterator[str]:
    """Yield lines: each 5,000th is an ERROR, each 1,000th a WARNING, and half of the rest is DEBUG."""
    for number in range(count):
        rest = "DEBUG" if number % 2 else "INFO"
        level = "ERROR" if number % 5000 == 0 else "WARNING" if number % 1000 == 0 else rest
        minutes, seconds = divmod(number * _SECONDS // count, 60)
        time = (
            f"2026-03-01 {10 + minutes // 60}:{minutes % 60:02d}:{seconds:02d}.{number % 1000:03d}"
        )
        message = f"line {number} with the words that a line of a log has"
        yield f"{time} | {level:8} | app.main:run:{number} - {message}"
