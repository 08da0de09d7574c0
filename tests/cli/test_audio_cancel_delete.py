"""`cartesia-calls audio`, `cancel` and `delete`, against the sandbox."""

from __future__ import annotations

import io
import os
import pty
import stat
import subprocess
import wave
from pathlib import Path

import pytest

from cartesia_calls import Client
from cartesia_calls.sandbox import Sandbox
from terminal import COMMAND, environment, on_terminal, piped


def test_a_recording_is_written_and_plays(
    sandbox: Sandbox, env: dict[str, str], tmp_path: Path
) -> None:
    target = tmp_path / "call.wav"
    done = piped("audio", sandbox.calls.finished, "-o", str(target), env=env)
    assert (done.code, done.out) == (0, "")
    assert done.err == f"Wrote the recording of {sandbox.calls.finished} to {target}.\n"
    with wave.open(str(target)) as sound:
        assert sound.getnframes() / sound.getframerate() == pytest.approx(69.5, abs=0.1)
    assert list(tmp_path.iterdir()) == [target]


def test_a_recording_goes_to_stdout(sandbox: Sandbox, env: dict[str, str]) -> None:
    command = [*COMMAND, "audio", sandbox.calls.finished, "-o", "-"]
    done = subprocess.run(command, env=env, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    with wave.open(io.BytesIO(done.stdout)) as sound:
        assert sound.getnframes() / sound.getframerate() == pytest.approx(69.5, abs=0.1)


def test_without_a_name_the_file_has_the_calls_id(
    sandbox: Sandbox, env: dict[str, str], tmp_path: Path
) -> None:
    # Where the project is not installed but on a relative path, the path must hold from elsewhere.
    paths = os.pathsep.join(
        str(Path(path).resolve()) for path in env.get("PYTHONPATH", "").split(os.pathsep) if path
    )
    done = subprocess.run(
        [*COMMAND, "audio", sandbox.calls.finished],
        env={**env, "PYTHONPATH": paths},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, "")
    assert [path.name for path in tmp_path.iterdir()] == ["ac_finished.wav"]


def test_an_existing_file_is_overwritten_only_on_request(
    sandbox: Sandbox, env: dict[str, str], tmp_path: Path
) -> None:
    target = tmp_path / "call.wav"
    target.write_text("mine")
    refused = piped("audio", sandbox.calls.finished, "-o", str(target), env=env)
    assert (refused.code, target.read_text()) == (2, "mine")
    assert "exists; " in refused.err
    assert "--force" in refused.err
    assert piped("audio", sandbox.calls.finished, "-o", str(target), "--force", env=env).code == 0
    assert target.read_bytes().startswith(b"RIFF")


def test_a_download_that_breaks_off_leaves_nothing(
    sandbox: Sandbox, env: dict[str, str], tmp_path: Path
) -> None:
    half = {"Content-Type": "audio/wav", "Content-Length": "100"}
    sandbox.fail_next(status=200, times=3, headers=half, body=b"RIFF" * 12)
    target = tmp_path / "call.wav"
    done = piped("audio", sandbox.calls.finished, "-o", str(target), env=env)
    assert (done.code, list(tmp_path.iterdir())) == (7, [])
    assert len(done.err.splitlines()) == 2


def test_a_folder_that_can_not_be_written_to_is_a_local_error(
    sandbox: Sandbox, env: dict[str, str]
) -> None:
    # /proc accepts no new file, even from root.
    done = piped("audio", sandbox.calls.finished, "-o", "/proc/call.wav", env=env)
    assert done.code == 1
    assert "/proc/call.wav was not written" in done.err
    assert "Traceback" not in done.err


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("ac_1", "-o", "no/such/folder/x"), "There is no folder"),
        (("ac_1", "-o", "."), "is a folder"),
        (("ac/1",), "Name the file with -o"),
        (("",), "is no call id"),
    ],
)
def test_an_impossible_file_is_refused_before_anything_is_sent(
    words: tuple[str, ...], says: str
) -> None:
    nowhere = environment(CARTESIA_BASE_URL="http://127.0.0.1:9", CARTESIA_API_KEY="sk_car_x")
    done = piped("audio", *words, env=nowhere)
    assert (done.code, done.out) == (2, "")
    assert says in done.err


def test_no_recording_has_its_exit_code(
    sandbox: Sandbox, env: dict[str, str], tmp_path: Path
) -> None:
    done = piped("audio", sandbox.calls.created, "-o", str(tmp_path / "x.wav"), env=env)
    assert (done.code, list(tmp_path.iterdir())) == (4, [])


def test_cancel_ends_a_running_call(sandbox: Sandbox, env: dict[str, str]) -> None:
    done = piped("cancel", sandbox.calls.running, env=env)
    assert (done.code, done.out) == (0, "")
    assert done.err == "Call 'ac_running' is cancelled.\n"
    with Client(sandbox.api_key, base_url=sandbox.url) as client:
        assert client.calls.get(sandbox.calls.running).end_reason == "api_cancelled"
    again = piped("cancel", sandbox.calls.running, env=env)
    assert again.code == 9
    assert "Conflict" in again.err
    assert "cartesia-calls show" in again.err


def _has_logs(sandbox: Sandbox) -> bool:
    with Client(sandbox.api_key, base_url=sandbox.url) as client:
        return client.calls.get(sandbox.calls.finished).redacted_at is None


def test_delete_with_yes_does_not_prompt(sandbox: Sandbox, env: dict[str, str]) -> None:
    done = piped("delete", sandbox.calls.finished, "--yes", env=env)
    assert (done.code, done.out) == (0, "")
    assert done.err == "The data of call 'ac_finished' are deleted.\n"
    assert not _has_logs(sandbox)
    logs = piped("logs", sandbox.calls.finished, env=env)
    assert logs.code == 5
    assert "were deleted" in logs.err


def test_delete_without_a_terminal_needs_yes(sandbox: Sandbox, env: dict[str, str]) -> None:
    done = subprocess.run(
        [*COMMAND, "delete", sandbox.calls.finished],
        env=env,
        input="y\n",
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "--yes" in done.stderr
    assert _has_logs(sandbox)


@pytest.mark.parametrize(
    ("typed", "code", "kept"),
    [("y\n", 0, False), ("YES\n", 0, False), ("n\n", 1, True), ("\n", 1, True), ("\x04", 1, True)],
)
def test_delete_prompts_on_a_terminal(
    sandbox: Sandbox, env: dict[str, str], typed: str, code: int, *, kept: bool
) -> None:
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [*COMMAND, "delete", sandbox.calls.finished], env=env, stdin=theirs, stderr=subprocess.PIPE
    ) as process:
        assert process.stderr is not None
        prompt = process.stderr.readline().decode()
        os.write(ours, typed.encode())
        rest = process.stderr.read().decode()
        assert process.wait(timeout=600) == code
    os.close(theirs)
    os.close(ours)
    assert "cannot be recovered" in prompt
    assert "'ac_finished'" in prompt
    assert ("Nothing was deleted." in rest) is kept
    assert _has_logs(sandbox) is kept


def test_the_target_keeps_its_mode(sandbox: Sandbox, env: dict[str, str], tmp_path: Path) -> None:
    target = tmp_path / "call.wav"
    target.touch(mode=0o600)
    piped("audio", sandbox.calls.finished, "--force", "-o", str(target), env=env)
    assert stat.S_IMODE(target.stat().st_mode) == 0o600


def test_progress_is_shown_only_on_a_terminal(sandbox: Sandbox, env: dict[str, str]) -> None:
    # The logs of this call come two seconds after they were first requested.
    words = ("logs", sandbox.calls.running, "--wait")
    shown = on_terminal(*words, env=env).drawn
    assert "Waiting up to 120 s for the logs of ac_running" in shown
    assert "Waiting" not in on_terminal("logs", sandbox.calls.finished, "--wait", env=env).out
    assert piped(*words, env=env).err == ""
