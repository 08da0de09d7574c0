"""Measure `cartesia-calls stats --from` on an export of many calls: time, processor time and peak memory.

    python benchmarks/report_scale.py [CALLS]

It writes an export of 100,000 calls, of 10 turns and 30 log lines each, to a temporary folder.
"""

from __future__ import annotations

import json
import random
import resource
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

Row = dict[str, Any]

_BEGIN = datetime(2026, 3, 1, tzinfo=UTC)


def write_export(folder: Path, calls: int) -> None:
    """Write the records, transcripts and logs of generated calls."""
    draw = random.Random(7)  # noqa: S311 - no secret
    for number in range(calls):
        ids = {"call_id": f"ac_{number}", "agent_id": "agent_1"}
        start = _BEGIN + timedelta(seconds=6 * number)
        is_failed = draw.random() < 0.03  # noqa: PLR2004 - a usual share
        record: Row = {"id": ids["call_id"], "agent_id": "agent_1", "start_time": start.isoformat()}
        record["status"] = "failed" if is_failed else "completed"
        row = {**ids, "status": record["status"], "start_time": record["start_time"], "raw": record}
        level = "ERROR" if is_failed else "INFO"
        parts = {
            "record": [row],
            "transcript": [{**ids, "index": n, "raw": _turn(n, draw)} for n in range(10)],
            "logs": [
                {**ids, "index": n, "text": f"{start:%Y-%m-%d %H:%M:%S} | {level} | Line {n} of it"}
                for n in range(30)
            ],
        }
        for part, rows in parts.items():
            day = folder / part / "agent=agent_1" / f"day={start.date()}"
            day.mkdir(parents=True, exist_ok=True)
            text = "".join(f"{json.dumps(row)}\n" for row in rows)
            (day / f"{ids['call_id']}.ndjson").write_text(text, encoding="utf-8")


def _turn(number: int, draw: random.Random) -> Row:
    start = 4 * number + draw.random()
    turn: Row = {"role": "assistant" if number % 2 else "user", "text": "What somebody said. " * 3}
    turn |= {"start_timestamp": start, "end_timestamp": start + 2 + draw.random()}
    return turn | ({"tts_ttfb": draw.random()} if number % 2 else {})


def main(calls: int) -> None:
    """Write the export, run the command, and print its cost."""
    with TemporaryDirectory() as folder:
        write_export(Path(folder), calls)
        command = [sys.executable, "-m", "cartesia_calls", "stats", "--from", folder, "--json"]
        began = time.monotonic()
        done = subprocess.run(command, stdout=subprocess.PIPE, check=True)  # noqa: S603 - ours
        seconds = time.monotonic() - began
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    found = json.loads(done.stdout)
    sys.stdout.write(
        f"{found['calls']} calls in {seconds:.0f} s ({used.ru_utime + used.ru_stime:.0f} s of "
        f"processor time), {used.ru_maxrss / 1024:.0f} MiB at most\n"
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
