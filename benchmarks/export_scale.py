"""Measure exports: memory at several sizes, and throughput beside that of the bare client.

Writes the figures into docs/export.md. Sizes may be given: `export_scale.py 1000 10000`.
"""

from __future__ import annotations

import asyncio
import os
import platform
import re
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests" / "support"))

from cartesia_calls import AsyncClient  # noqa: E402 - the folder of the server first
from many_calls import AGENT, call_id  # noqa: E402 - likewise

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

DOCUMENT = ROOT / "docs" / "export.md"
SIZES = (1_000, 10_000, 100_000)
KEY = "sk_car_benchmark"
CONCURRENCY = 16
DELAYS = (0.0, 0.02)
COMPARED = 5_000


@contextmanager
def _server(count: int, delay: float) -> Generator[str]:
    program = ROOT / "tests" / "support" / "many_calls.py"
    words = [sys.executable, str(program), str(count), str(delay)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 - ours
        assert process.stdout is not None  # noqa: S101 - for the type checker
        yield process.stdout.readline().strip()
        process.terminate()


def _export(url: str, form: str) -> tuple[float, float]:
    """Return the seconds that an export takes, and its greatest memory in MB."""
    with tempfile.TemporaryDirectory() as folder:
        words = [sys.executable, "-m", "cartesia_calls", "export", "--agent", AGENT, "--to", folder]
        options = ["--format", form, "--base-url", url, "--concurrency", str(CONCURRENCY)]
        began = time.perf_counter()
        process = subprocess.Popen(  # noqa: S603 - ours
            [*words, *options],
            env={**os.environ, "CARTESIA_API_KEY": KEY},
            stderr=subprocess.DEVNULL,
        )
        # wait4 tells the memory of this process alone.
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            sys.exit(f"the export ended with {process.returncode}")
        return time.perf_counter() - began, usage.ru_maxrss / 1000


async def _bare(url: str) -> tuple[float, str]:
    """Return the seconds that the bare client takes for the same logs, and its engine."""
    numbers = iter(range(COMPARED))

    async def work(client: AsyncClient) -> None:
        for number in numbers:
            await client.calls.logs(call_id(number))

    async with AsyncClient(KEY, base_url=url, max_retries=0) as client:
        began = time.perf_counter()
        await asyncio.gather(*(work(client) for _ in range(CONCURRENCY)))
        return time.perf_counter() - began, client.engine


def _memory(sizes: list[int]) -> Iterator[str]:
    yield "| calls | format | seconds | calls a second | greatest memory |"
    yield "| --- | --- | --- | --- | --- |"
    for size in sizes:
        for form in ("ndjson", "parquet"):
            with _server(size, 0.0) as url:
                seconds, megabytes = _export(url, form)
            yield f"| {size:,} | {form} | {seconds:.1f} | {size / seconds:.0f} | {megabytes:.0f} MB |"


def _throughput() -> Iterator[str]:
    yield "| each answer takes | bare client | ndjson | parquet |"
    yield "| --- | --- | --- | --- |"
    for delay in DELAYS:
        with _server(COMPARED, delay) as url:
            bare, engine = asyncio.run(_bare(url))
            times = [_export(url, form)[0] for form in ("ndjson", "parquet")]
        cells = [f"{COMPARED / t:.0f} a second ({t / bare:.2f} times as long)" for t in times]
        yield (
            f"| {delay * 1000:.0f} ms | {COMPARED / bare:.0f} a second (`{engine}`) | "
            f"{cells[0]} | {cells[1]} |"
        )


def main() -> None:
    """Measure, and write the document."""
    sizes = [int(word) for word in sys.argv[1:]] or list(SIZES)
    machine = f"{os.cpu_count()} cores, Python {platform.python_version()}"
    lines = [
        f"Measured on {machine}, with the server on the same machine.",
        f"{CONCURRENCY} requests at once, 3 to 10 lines a call, start-up included.",
        "",
        *_memory(sizes),
        "",
        f"Throughput with {COMPARED:,} calls, beside the bare client that only reads the same logs:",
        "",
        *_throughput(),
    ]
    made = "\n".join(["<!-- figures -->", *lines, "<!-- /figures -->"])
    text = DOCUMENT.read_text(encoding="utf-8")
    pattern = r"<!-- figures -->.*?<!-- /figures -->"
    DOCUMENT.write_text(re.sub(pattern, lambda _: made, text, flags=re.DOTALL), encoding="utf-8")
    print("\n".join(lines))  # noqa: T201 - what it is run for


if __name__ == "__main__":
    main()
