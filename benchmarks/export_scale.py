"""Measure exports: memory at several sizes, and throughput beside that of the bare client.

Writes the figures into docs/internals/exports.md. Sizes may be given: `export_scale.py 1000 10000`. Each export is
a process of its own, and so is the bare client (`export_scale.py --bare URL`), start-up included in both.
"""

from __future__ import annotations

import asyncio
import os
import platform
import re
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests" / "support"))

from cartesia_calls import AsyncClient  # noqa: E402 - the folder of the server first
from many_calls import AGENT, call_id  # noqa: E402 - likewise

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

DOCUMENT = ROOT / "docs" / "internals" / "exports.md"
SIZES = (1_000, 10_000, 100_000)
KEY = "sk_car_benchmark"
CONCURRENCY = 16
DELAYS = (0.02, 0.0)
COMPARED = 5_000
FORMATS = ("ndjson", "parquet")


@dataclass
class Taken:
    """The cost of a process: seconds, seconds of CPU, and its peak memory in MB."""

    seconds: float = 0.0
    cpu: float = 0.0
    megabytes: float = 0.0

    def end_of(self, process: subprocess.Popen[str], began: float) -> None:
        """Wait for its end."""
        # wait4 returns the usage of this process alone.
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        self.seconds = perf_counter() - began
        self.cpu = usage.ru_utime + usage.ru_stime
        self.megabytes = usage.ru_maxrss / 1000


@contextmanager
def _server(count: int, delay: float, taken: Taken) -> Generator[str]:
    program = ROOT / "tests" / "support" / "many_calls.py"
    words = [sys.executable, str(program), str(count), str(delay)]
    began = perf_counter()
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 - ours
        assert process.stdout is not None  # noqa: S101 - for the type checker
        yield process.stdout.readline().strip()
        process.terminate()
        taken.end_of(process, began)


def _run(words: list[str]) -> Taken:
    taken = Taken()
    began = perf_counter()
    process = subprocess.Popen(  # noqa: S603 - ours
        [sys.executable, *words],
        env={**os.environ, "CARTESIA_API_KEY": KEY},
        stderr=subprocess.DEVNULL,
        text=True,
    )
    taken.end_of(process, began)
    if process.returncode:
        sys.exit(f"{words[:3]} ended with {process.returncode}")
    return taken


def _export(url: str, form: str, outputs: str) -> Taken:
    # Files stay until everything is measured: for minutes after many files were removed, ext4 takes
    # up to ten times as long to create new ones.
    folder = tempfile.mkdtemp(dir=outputs)
    words = ["-m", "cartesia_calls", "export", "--agent", AGENT, "--to", folder, "--format", form]
    return _run([*words, "--base-url", url, "--concurrency", str(CONCURRENCY)])


async def _read_logs(url: str) -> None:
    """Send the requests of an export's client, and do nothing else."""
    numbers = iter(range(COMPARED))

    async def work(client: AsyncClient) -> None:
        for number in numbers:
            await client.calls.logs(call_id(number))

    async with AsyncClient(KEY, base_url=url, max_retries=0, engine="fast") as client:
        await asyncio.gather(*(work(client) for _ in range(CONCURRENCY)))


def _memory(sizes: list[int], outputs: str) -> Iterator[str]:
    yield "| calls | format | seconds | calls per second | peak memory |"
    yield "| --- | --- | --- | --- | --- |"
    for size in sizes:
        for form in FORMATS:
            with _server(size, 0.0, Taken()) as url:
                taken = _export(url, form, outputs)
            yield (
                f"| {size:,} | {form} | {taken.seconds:.1f} | {size / taken.seconds:.0f} | "
                f"{taken.megabytes:.0f} MB |"
            )


def _throughput(outputs: str) -> Iterator[str]:
    yield "| each response takes | export | calls per second | times as long | CPU per call |"
    yield "| --- | --- | --- | --- | --- |"
    server = Taken()
    for delay in DELAYS:
        with _server(COMPARED, delay, server) as url:
            bare = _run([__file__, "--bare", url])
        yield _row(delay, "bare client", bare, bare)
        for form in FORMATS:
            with _server(COMPARED, delay, Taken()) as url:
                yield _row(delay, form, _export(url, form, outputs), bare)
    yield ""
    yield (
        f"The server took {1e6 * server.cpu / COMPARED:.0f} µs of CPU for each response to the bare "
        f"client, so that it alone bounds all this at {COMPARED / server.cpu:.0f} a second."
    )


def _row(delay: float, what: str, taken: Taken, bare: Taken) -> str:
    return (
        f"| {delay * 1000:.0f} ms | {what} | {COMPARED / taken.seconds:.0f} | "
        f"{taken.seconds / bare.seconds:.2f} | {1e6 * taken.cpu / COMPARED:.0f} µs |"
    )


def main() -> None:
    """Measure, and write the document."""
    if sys.argv[1:2] == ["--bare"]:
        asyncio.run(_read_logs(sys.argv[2]))
        return
    sizes = [int(word) for word in sys.argv[1:]] or list(SIZES)
    machine = f"{os.cpu_count()} cores, Python {platform.python_version()}"
    with tempfile.TemporaryDirectory() as outputs:
        lines = [
            f"Measured on {machine}, with the server on the same machine.",
            f"{CONCURRENCY} requests at once, 3 to 10 lines a call, start-up included.",
            "",
            *_memory(sizes, outputs),
            "",
            f"Throughput with {COMPARED:,} calls, beside the bare `fast` client, which reads the logs:",
            "",
            *_throughput(outputs),
        ]
    made = "\n".join(["<!-- figures -->", *lines, "<!-- /figures -->"])
    text = DOCUMENT.read_text(encoding="utf-8")
    pattern = r"<!-- figures -->.*?<!-- /figures -->"
    DOCUMENT.write_text(re.sub(pattern, lambda _: made, text, flags=re.DOTALL), encoding="utf-8")
    print("\n".join(lines))  # noqa: T201 - what it is run for


if __name__ == "__main__":
    main()
