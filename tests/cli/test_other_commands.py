"""The commands around `logs`: sandbox, demo, completion, version, help."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from cartesia_calls import Client, __version__
from cartesia_calls.cli import main
from terminal import COMMAND, environment, on_terminal, piped

_ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_the_sandbox_prints_its_address_and_stops_cleanly(stop: signal.Signals) -> None:
    command = [*COMMAND, "sandbox", "--json"]
    with subprocess.Popen(
        command, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        where = json.loads(process.stdout.readline())
        with Client(where["api_key"], base_url=where["url"]) as client:
            assert client.calls.logs(where["calls"]["finished"]).logs
            assert client.api_version == where["api_version"]
            assert where["agents"]["busy"] in [agent.id for agent in client.agents.list()]
            assert list(client.calls.list(batch_id=where["batch_id"], limit=1))
        process.send_signal(stop)
        out, err = process.communicate(timeout=600)
    assert (process.returncode, out, err) == (0, "", "")
    port = int(where["url"].rsplit(":", 1)[1])
    with socket.create_server(("127.0.0.1", port)):
        pass  # the port is free again


def test_the_sandbox_shows_commands_to_type() -> None:
    command = [*COMMAND, "sandbox"]
    with subprocess.Popen(command, env=environment(), stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        text = "".join(process.stdout.readline() for _ in range(15))
        process.terminate()
    exports = dict(re.findall(r"export (\w+)=(\S+)", text))
    assert exports.keys() == {"CARTESIA_BASE_URL", "CARTESIA_API_KEY"}
    for words in ("list --agent agent_busy", "show ac_finished", "logs ac_finished"):
        assert f"cartesia-calls {words}" in text


def test_a_port_in_use_is_reported() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
        done = piped("sandbox", "--port", str(port), env=environment())
    assert (done.code, done.out) == (1, "")
    assert str(port) in done.err
    assert "Traceback" not in done.err


@pytest.mark.usefixtures("quick_pauses")
def test_the_demo_shows_each_case_without_colours_in_a_pipe() -> None:
    done = piped("demo", env=environment())
    assert (done.code, done.err) == (0, "")
    position = 0
    for shown in (
        "$ cartesia-calls list --agent agent_busy",
        "ac_just_ended",
        "$ cartesia-calls show ac_finished",
        "metric     order_total_eur = 27.5",
        "$ cartesia-calls logs ac_finished",
        "Saying: Buonasera",
        "PAPER LOW",
        "Error: Call 'ac_running' has no logs yet: it is not over",
        "$ cartesia-calls logs ac_running --follow",
        "Call ac_running accepted",
        "Call ended: client_hangup",
        "Error: Call 'ac_created' has no logs yet: it is not over",
        "Error: Call 'ac_just_ended' has no logs yet: it ended",
        "Error: Call 'ac_deleted' has no logs: its data were deleted",
        "Error: Call 'ac_zero_retention' has no logs: zero data retention",
        "Error: Call 'ac_expired' has no logs: it ended",
        "exit code 5",
        "Error: Call not found",
        "exit code 4",
    ):
        position = done.out.find(shown, position)
        assert position >= 0, shown


@pytest.mark.usefixtures("quick_pauses")
def test_the_demo_is_coloured_on_a_terminal_and_escapes_log_lines() -> None:
    done = on_terminal("demo", env=environment())
    assert done.code == 0
    assert "What happened during a call, with its logs\x1b[0m" in done.out
    assert "\x1b[31mPAPER LOW" not in done.out
    assert r"\x1b[31mPAPER LOW" in done.out


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_covers_the_commands_and_their_options(shell: str) -> None:
    done = piped("completion", shell, env=environment())
    assert (done.code, done.err) == (0, "")
    for word in ("logs", "doctor", "sandbox", "demo", "wait", "WARNING", "completed"):
        assert word in done.out


def test_bash_completes_a_command() -> None:
    script = piped("completion", "bash", env=environment()).out
    completions = """
COMP_WORDS=(cartesia-calls lo); COMP_CWORD=1; COMP_LINE="cartesia-calls lo"
_shtab_cartesia_calls; echo "${COMPREPLY[@]}"
"""
    done = subprocess.run(
        ["bash", "-c", script + completions],  # noqa: S607 - whichever bash the user has
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == ["logs"]


def test_version_and_help() -> None:
    assert piped("--version", env=environment()).out == f"cartesia-calls {__version__}\n"
    top = piped("--help", env=environment()).out
    for command in (
        "logs",
        "list",
        "show",
        "audio",
        "cancel",
        "delete",
        "agents",
        "doctor",
        "sandbox",
        "demo",
        "completion",
    ):
        assert command in top
        done = piped(command, "--help", env=environment())
        assert done.code == 0
        assert f"usage: cartesia-calls {command}" in done.out


_WITH_PIP = """\
from importlib.machinery import ModuleSpec
from types import ModuleType
sys.modules["pip"] = ModuleType("pip")
sys.modules["pip"].__spec__ = ModuleSpec("pip", None)
"""


@pytest.mark.parametrize("with_pip", ["", _WITH_PIP])
@pytest.mark.parametrize(
    ("words", "package", "others"),
    [
        (["demo"], "starlette", ["PyYAML", "uvicorn"]),
        (["sandbox"], "yaml", ["starlette", "uvicorn"]),
        (["completion", "bash"], "shtab", []),
    ],
)
def test_a_missing_package_is_named_with_how_to_install_its_extra(
    words: list[str], package: str, others: list[str], with_pip: str
) -> None:
    # An import of None fails like that of a missing package.
    hidden = f"import sys; sys.modules[{package!r}] = None\n"
    code = f"{hidden}{with_pip}from cartesia_calls.cli import main; sys.exit(main({words!r}))"
    done = subprocess.run(
        [COMMAND[0], "-c", code], env=environment(), capture_output=True, text=True, check=False
    )
    assert done.returncode == 3
    what, to_do = done.stderr.splitlines()
    assert package in what
    # The installed distribution, since an index need not have the project.
    for name in (package.replace("yaml", "PyYAML"), *others):
        assert re.search(rf"(?i)pip install .*'{name}>=", to_do)
    assert sys.executable in to_do


@pytest.mark.parametrize("words", [("demo",), ("completion", "bash"), ("doctor",)])
def test_an_output_that_can_not_be_written_is_a_local_error(words: tuple[str, ...]) -> None:
    env = environment(CARTESIA_BASE_URL="http://127.0.0.1:9", CARTESIA_API_KEY="sk_car_x")
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [*COMMAND, *words], env=env, stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert done.returncode == 1
    what, to_do = done.stderr.splitlines()
    assert what == "Error: The output can't be written: No space left on device."
    assert to_do.startswith("Make room there")


@pytest.mark.parametrize("closed", [">&-", "2>&-"])
def test_a_closed_stream_is_no_error(closed: str) -> None:
    command = f"{COMMAND[0]} -m cartesia_calls completion bash {closed}"
    done = subprocess.run(
        ["sh", "-c", command],  # noqa: S607 - whichever sh there is
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_the_reader_of_the_demo_may_close_the_pipe() -> None:
    code = """
import datetime, sys, time, time_machine
from cartesia_calls.cli import main
with time_machine.travel(datetime.datetime.now(datetime.UTC)) as clock:
    time.sleep = clock.shift  # pauses take no time
    code = main(["demo"])
sys.exit(code)
"""
    done = subprocess.run(
        ["sh", "-c", '{ "$0" -c "$1"; echo $? >&2; } | head -1', sys.executable, code],  # noqa: S607 - likewise
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == "0\n"


def test_a_missing_module_of_our_own_raises_a_traceback(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "cartesia_calls.sandbox", None)
    with pytest.raises(ModuleNotFoundError):
        main(["demo"])
