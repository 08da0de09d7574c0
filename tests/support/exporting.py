"""Exports in this process and as a program that can be killed, and the files that they leave."""

from __future__ import annotations

import random
import re
import subprocess
import sys
from collections.abc import Mapping
from functools import partial
from importlib import import_module
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest

from cartesia_calls import AsyncClient
from cartesia_calls.export import ExportResult, export
from fake_server import KEY
from many_calls import AGENT, Interfere, ManyCalls, http
from terminal import COMMAND, LONGEST_RUN, Done, Run, environment, here, in_a_process, piped

CONCURRENCY = 8
IN_HAND = 3 * CONCURRENCY + 1
"""The number of calls that may be fetched but not recorded when an export is killed."""
PLACES = pytest.mark.parametrize(
    "place", ["{}/out", "memory://bucket/out", "stubborn://{}/out", "late://bucket/out"]
)
"""Targets of all kinds. Two of them need the fixture `file_systems`."""
DOCUMENT = Path(__file__).parents[2] / "docs" / "guide" / "exports.md"


def file_system(to: str | Path) -> tuple[Any, str]:
    """Return a target's fsspec file system, and its path in it."""
    fsspec: Any = import_module("fsspec")
    files, root = fsspec.url_to_fs(to)
    return files, str(root)


def documented_columns() -> dict[str, list[tuple[str, str, str]]]:
    """Return the name, the type and the meaning of each column in `DOCUMENT`, by the table."""
    text = DOCUMENT.read_text(encoding="utf-8")
    (schema,) = re.findall(r"<!-- schema -->(.*?)<!-- /schema -->", text, re.DOTALL)
    tables = re.findall(r"### (\w+)\n(.*?)(?=###|$)", schema, re.DOTALL)
    row = re.compile(r"^\| `(\w+)` \| (\w+) \| (.+) \|$", re.MULTILINE)
    return {name: row.findall(rows) for name, rows in tables}


def export_from(server: ManyCalls, to: Path | str, **options: Any) -> ExportResult:  # noqa: ANN401
    """Export the server's calls to a target, in this process; `options` are those of `export`."""
    connect = partial(AsyncClient, KEY, base_url=server.url)
    options = {"agents": AGENT, "connect": connect, **options}
    return export(to=to, **options)


def command(server: ManyCalls, target: Path | str, *options: str) -> list[str]:
    words = ["export", "--agent", AGENT, "--to", str(target), "--base-url", server.url]
    return [*COMMAND, *words, *options]


_WITH_A_LARGEST_FILE = """
import resource, sys
sys.dont_write_bytecode = True  # it would be cut at the limit, for all who import it later
from cartesia_calls.cli import main
most = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv.pop(1)), most[1]))
code = main(sys.argv[1:])
# What is written at the end, of what was executed, may be larger.
resource.setrlimit(resource.RLIMIT_FSIZE, most)
sys.exit(code)
"""


def run_export(
    server: ManyCalls,
    target: Path | str,
    *options: str,
    largest_file: int | None = None,
    env: Mapping[str, str] = MappingProxyType({}),
    run: Run = here,
) -> Done:
    """Run the command to its end with a limit on file sizes, in bytes; `env` adds variables."""
    if largest_file is not None:
        limited = (sys.executable, "-c", _WITH_A_LARGEST_FILE, str(largest_file))
        run = partial(in_a_process, command=limited)
    words = command(server, target, *options)[len(COMMAND) :]
    return piped(*words, env=environment(CARTESIA_API_KEY=KEY, **env), run=run)


def kill_at_request(
    server: ManyCalls,
    number: int,
    target: Path | str,
    *options: str,
    env: Mapping[str, str] = MappingProxyType({}),
) -> int:
    """Run the command until the server has received `number` more requests, then kill it."""
    last = server.requests + number
    with subprocess.Popen(
        command(server, target, *options),
        env=environment(CARTESIA_API_KEY=KEY, **env),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:

        def kill(heard: int, _path: str) -> None:
            if heard >= last:
                process.kill()

        server.interfere = kill
        code = process.wait(timeout=LONGEST_RUN)
    server.interfere = lambda _number, _path: None
    return code


def data_files(target: Path) -> Mapping[str, bytes]:
    """Return the exported files with their bytes; fail if the folder holds anything else."""
    files = {str(f.relative_to(target)): f.read_bytes() for f in target.rglob("*") if f.is_file()}
    data = {path: data for path, data in files.items() if path.startswith("logs/")}
    others = {path.split("/")[0] for path in files} - {"logs"}
    assert others <= {"_manifest", "_locks"}, f"left over: {others}"
    return data


def one_in_ten_fails(seed: int) -> Interfere:
    """Return a function that makes one request in ten fail, in each way by turns."""
    draw = random.Random(seed)  # noqa: S311 - no secret

    def interfere(_number: int, _path: str) -> bytes | None:
        return draw.choice(FAULTS) if draw.random() < 0.1 else None

    return interfere


_WRONG_LOGS = (
    b'{"call_id": "ac_other", "logs": ["not yours"], "updated_at": "2026-03-01T12:00:00Z"}'
)
_LAST = "Connection: close"
FAULTS: tuple[bytes, ...] = (
    b"",
    b"HTTP/1.1 200 OK\r\nContent-Le",
    b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 500\r\n\r\n{",
    b"HTTP/1.1 200 OK\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    b"SSH-2.0-OpenSSH_9.6\r\nConnection: close\r\n\r\n",
    http("200 OK", b""),
    http("200 OK", b"<html>one moment</html>"),
    http("200 OK", b'{"call_id": "ac_1", "logs": ["cut'),
    http("200 OK", b'{"call_id": "ac_1", "logs": null, "updated_at": "2026-03-01T12:00:00Z"}'),
    http("200 OK", _WRONG_LOGS),
    http("200 OK", b"[]"),
    http("204 No Content", b"", _LAST),
    http("302 Found", b"", "Location: https://login.example.com/"),
    http("404 Not Found", b"<html>no such host</html>"),
    http("408 Request Timeout", b"", _LAST),
    http("418 I'm a teapot", b"{}"),
    http("429 Too Many Requests", b"", "Retry-After: 0"),
    http("500 Internal Server Error", b"oops"),
    http("502 Bad Gateway", b"<html></html>", _LAST),
    http("503 Service Unavailable", b"", "Retry-After: 0"),
    http("520 Unknown", b""),
)
