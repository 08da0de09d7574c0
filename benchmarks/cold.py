"""Programs that start, do one thing and end, as a command does.

Each is the shortest program of its kind. All run with the same interpreter in the same environment.
"""

from __future__ import annotations

import resource
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from bodies import SHORT_LOG
from peers import (
    AIOHTTP,
    API_VERSION,
    BARE_HTTPX,
    FAST,
    FAST_PREVIOUS,
    GENERATED,
    HTTPX_ENGINE,
    KEY,
    OFFICIAL,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

BARE_PYTHON = "bare Python"
COMMAND = "cartesia-calls"
START, IMPORT, HELP, LOGS, FIRST_RESPONSE = "start", "import", "--help", "logs", "first response"
HTTP_CLIENT = "http.client + orjson"

_LONGEST_RUN = 60.0


@dataclass(frozen=True)
class ColdProgram:
    """One program.

    Attributes:
        peer: The peer that it belongs to.
        case: Its task: start, import, print its help, print one log, fetch one log.
        arguments: The command line.
        settings: Additional variables of its environment.
    """

    peer: str
    case: str
    arguments: tuple[str, ...]
    settings: tuple[tuple[str, str], ...] = ()


class ColdRunError(Exception):
    """A program failed; the message is the last line of its stderr."""


def cold_programs(url: str, previous: str | None = None) -> list[ColdProgram]:
    """Return all programs, for a server's URL and the `PYTHONPATH` of a previous checkout."""
    programs = [
        _python(BARE_PYTHON, START, "pass"),
        _python("ours", IMPORT, "import cartesia_calls"),
        _python("httpx", IMPORT, "import httpx"),
        _python("aiohttp", IMPORT, "import aiohttp"),
        _python("official SDK", IMPORT, "import cartesia"),
    ]
    command = shutil.which(COMMAND, path=str(Path(sys.executable).parent))
    if command:
        settings = (("CARTESIA_API_KEY", KEY), ("CARTESIA_BASE_URL", url))
        programs += [
            ColdProgram("ours", HELP, (command, "--help")),
            ColdProgram("ours", LOGS, (command, "logs", SHORT_LOG), settings),
        ]
    programs += [
        _python(peer, FIRST_RESPONSE, script)
        for peer, script in _first_response_scripts(url).items()
    ]
    if previous is not None:
        program = _python(FAST_PREVIOUS.name, FIRST_RESPONSE, _our_script(url, "fast"))
        programs.append(replace(program, settings=(("PYTHONPATH", previous),)))
    return programs


def run_cold(program: ColdProgram, environment: Mapping[str, str]) -> dict[str, float]:
    """Run a program once; return its CPU and wall time in seconds.

    Raises:
        ColdRunError: It failed, or took too long.
    """
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.perf_counter()
    try:
        done = subprocess.run(  # noqa: S603 - this file's own programs
            program.arguments,
            env={**environment, **dict(program.settings)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            timeout=_LONGEST_RUN,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise ColdRunError(f"took more than {_LONGEST_RUN:g} s") from error
    wall = time.perf_counter() - started
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().splitlines()
        raise ColdRunError(said[-1] if said else f"exit code {done.returncode}")
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {"cpu_seconds": cpu, "wall_seconds": wall}


def _python(peer: str, case: str, script: str) -> ColdProgram:
    return ColdProgram(peer, case, (sys.executable, "-c", script))


def _first_response_scripts(url: str) -> dict[str, str]:
    """Return a script by peer; each prints the number of lines of the short log."""
    headers = {"Authorization": f"Bearer {KEY}", "Cartesia-Version": API_VERSION}
    path = f"/agents/calls/{SHORT_LOG}/logs"
    return {
        FAST.name: _our_script(url, "fast"),
        HTTPX_ENGINE.name: _our_script(url, "httpx"),
        BARE_HTTPX.name: (
            "import httpx\n"
            f"with httpx.Client(base_url={url!r}, headers={headers!r}) as client:\n"
            f"    print(len(client.get({path!r}).json()['logs']))\n"
        ),
        OFFICIAL.name: (
            "import cartesia\n"
            f"with cartesia.Cartesia(api_key={KEY!r}, base_url={url!r}) as client:\n"
            f"    print(len(client.get({path!r}, cast_to=object)['logs']))\n"
        ),
        GENERATED.name: (
            "from cartesia_api.client import AuthenticatedClient\n"
            "from cartesia_api.api.agents import agents_get_call_logs\n"
            "from cartesia_api.models import CartesiaVersion\n"
            f"with AuthenticatedClient(base_url={url!r}, token={KEY!r}) as client:\n"
            f"    version = CartesiaVersion({API_VERSION!r})\n"
            f"    logs = agents_get_call_logs.sync({SHORT_LOG!r}, client=client, "
            "cartesia_version=version)\n"
            "    print(len(logs.logs))\n"
        ),
        AIOHTTP.name: (
            "import asyncio, aiohttp\n"
            "async def main():\n"
            f"    async with aiohttp.ClientSession({url!r}, headers={headers!r}) as session:\n"
            f"        async with session.get({path!r}) as response:\n"
            "            print(len((await response.json())['logs']))\n"
            "asyncio.run(main())\n"
        ),
        HTTP_CLIENT: (
            "import http.client, orjson\n"
            f"connection = http.client.HTTPConnection({url.removeprefix('http://')!r})\n"
            f"connection.request('GET', {path!r}, headers={headers!r})\n"
            "print(len(orjson.loads(connection.getresponse().read())['logs']))\n"
        ),
    }


def _our_script(url: str, engine: str) -> str:
    return (
        "from cartesia_calls import Client\n"
        f"with Client({KEY!r}, base_url={url!r}, engine={engine!r}) as client:\n"
        f"    print(len(client.calls.logs({SHORT_LOG!r}).logs))\n"
    )
