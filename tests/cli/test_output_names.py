"""`-o` and similar options refuse an unusable name before any request, with a hint."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from cartesia_calls.cli import main
from fake_server import KEY
from terminal import piped

ONE_FILE = ("logs ac_1 -o", "audio ac_1 -o", "report ac_1 -o", "report --agent agent_1 -o")
OTHERS = (
    "report --agent agent_1 --each -o",
    "export --agent agent_1 --to",
    "stats --from",
    "report --from",
)


@pytest.fixture(autouse=True)
def nowhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CARTESIA_BASE_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("CARTESIA_API_KEY", KEY)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a-file").write_text("mine")
    (tmp_path / "a-folder").mkdir()


@pytest.mark.parametrize("command", [*ONE_FILE, *OTHERS])
def test_an_empty_name_is_refused(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([*shlex.split(command), ""])
    assert ended.value.code == 2
    assert ": the name is empty" in capsys.readouterr().err


@pytest.mark.parametrize("command", ONE_FILE)
@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("a-file", "a-file exists; overwrite it with --force, or name another file."),
        ("a-folder", "a-folder is a folder; name a file in it."),
        ("new/", "new is a folder; name a file in it."),
        ("a-file/x", "a-file/x cannot be written: Not a directory; name another file."),
        ("no/x", "There is no folder {}/no; make it first."),
    ],
)
def test_a_name_that_can_be_no_file_is_refused(
    command: str, name: str, says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*shlex.split(command), name]) == 2
    assert capsys.readouterr().err == f"Error: {says.format(Path.cwd())}\n"
    assert {path.name for path in Path.cwd().iterdir()} == {"a-file", "a-folder"}


@pytest.mark.parametrize(
    ("name", "code", "says"),
    [
        ("a-file", 2, "--each writes many pages.\nName a folder with -o."),
        (
            "a-file/x",
            1,
            "a-file/x/index.html was not written: Not a directory.\nName another place",
        ),
    ],
)
def test_a_name_that_can_be_no_folder_is_refused(
    name: str, code: int, says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["report", "--agent", "agent_1", "--each", "-o", name]) == code
    assert capsys.readouterr().err.startswith(f"Error: {says}")


def test_a_long_name_is_accepted(env: dict[str, str], tmp_path: Path) -> None:
    for command in ("logs", "audio", "report"):
        name = tmp_path / (command + "è" * 120)
        done = piped(command, "ac_finished", "-o", str(name), env=env)
        assert done.code == 0, done.err
        assert name.stat().st_size
