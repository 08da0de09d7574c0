"""Files that the library or its user writes appear whole or not at all."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from cartesia_calls import whole_file
from fake_server import FakeServer

WAV = httpx.Response(200, content=b"RIFF" + bytes(1996), headers={"content-type": "audio/wav"})


def _download(target: Path, *, overwrite: bool = False) -> FakeServer:
    server = FakeServer([WAV])
    server.do(lambda client: client.calls.download_audio("ac_1", target, overwrite=overwrite))
    return server


def test_a_failed_write_keeps_the_old_file(tmp_path: Path) -> None:
    target = tmp_path / "call.wav"
    target.write_text("before")
    # To a program, a limit on file sizes looks like a full disk.
    code = (
        "import resource, signal, sys, httpx\n"
        "from cartesia_calls import Client\n"
        "def serve(request):\n"
        "    return httpx.Response(200, content=bytes(2000), headers={'content-type': 'audio/wav'})\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "sys.dont_write_bytecode = True\n"  # the limit would cut the bytecode that later imports read
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))\n"
        "own = httpx.Client(transport=httpx.MockTransport(serve))\n"
        "with Client('sk_car_0123456789abcdefghij', http_client=own) as client:\n"
        "    client.calls.download_audio('ac_1', sys.argv[1], overwrite=True)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(target)], capture_output=True, text=True, check=False
    )
    assert "OSError" in done.stderr
    assert target.read_text() == "before"
    assert list(tmp_path.iterdir()) == [target]


def test_permissions_are_kept_and_new_files_have_the_usual_ones(tmp_path: Path) -> None:
    plain, new, private = tmp_path / "plain", tmp_path / "new", tmp_path / "private"
    plain.write_bytes(b"")
    private.write_bytes(b"")
    private.chmod(0o600)
    for target in (new, private):
        _download(target, overwrite=True)
    assert new.stat().st_mode == plain.stat().st_mode
    assert private.stat().st_mode & 0o777 == 0o600
    assert private.read_bytes() == WAV.content


def test_a_target_is_checked_before_anything_is_sent(tmp_path: Path) -> None:
    there = tmp_path / "there"
    there.write_bytes(b"")
    with pytest.raises(FileExistsError, match="exists"):
        _download(there)
    with pytest.raises(IsADirectoryError, match="is a folder"):
        _download(tmp_path, overwrite=True)
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "no" / "call.wav")
    with pytest.raises(FileNotFoundError, match=r"no folder .*/no; make it first"):
        _download(link, overwrite=True)
    _download(there, overwrite=True)
    assert there.read_bytes() == WAV.content


@pytest.mark.parametrize("name", ["x" * 255, "è" * 127 + "x", "界" * 85])
def test_a_name_may_be_as_long_as_the_file_system_allows(tmp_path: Path, name: str) -> None:
    _download(tmp_path / name)
    assert (tmp_path / name).read_bytes() == WAV.content
    with whole_file(tmp_path / name, overwrite=True) as file:
        file.write(b"new")
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [(name, b"new")]
    with pytest.raises(OSError, match="too long"):
        _download(tmp_path / f"{name}x")


def test_a_file_appears_when_its_block_ends_without_an_error(tmp_path: Path) -> None:
    target = tmp_path / "page.html"

    def write(text: bytes, *, fails: bool = False) -> None:
        with whole_file(target, overwrite=True) as file:
            file.write(text)
            assert not target.exists() or target.read_bytes() == b"first"
            if fails:
                raise ZeroDivisionError

    write(b"first")
    assert target.read_bytes() == b"first"
    with pytest.raises(ZeroDivisionError):
        write(b"second", fails=True)
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [b"first"]


def test_a_device_is_written_to_without_permission_to_overwrite() -> None:
    _download(Path("/dev/null"))
    assert Path("/dev/null").is_char_device()


def test_two_parts_of_a_program_may_write_the_same_file(tmp_path: Path) -> None:
    target = tmp_path / "page.html"
    with whole_file(target) as one, whole_file(target) as other:
        one.write(b"one")
        other.write(b"other")
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [b"one"]
