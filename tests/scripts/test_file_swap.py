"""Files and folders are replaced as a whole or not at all."""

from pathlib import Path

import pytest

from _files import replace_files, replace_folder


def test_files_replaced_before_a_failure_are_undone(tmp_path: Path) -> None:
    old, new, folder = tmp_path / "old.txt", tmp_path / "new.txt", tmp_path / "folder"
    old.write_text("old")
    # The last file makes `folder` a folder, so that the previous file cannot replace it.
    contents = {old: b"changed", new: b"added", folder: b"", folder / "file.txt": b""}
    with pytest.raises(OSError, match="folder"):
        replace_files(contents)
    assert old.read_text() == "old"
    assert not new.exists()
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["old.txt"]


def test_an_up_to_date_file_is_not_touched(tmp_path: Path) -> None:
    path = tmp_path / "same.txt"
    path.write_text("same")
    before = path.stat()
    replace_files({path: b"same"})
    assert (path.stat().st_ino, path.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_a_folder_stays_when_the_new_one_cannot_be_read(tmp_path: Path) -> None:
    target = tmp_path / "package"
    target.mkdir()
    (target / "module.py").write_text("")
    with pytest.raises(OSError, match="missing"):
        replace_folder(tmp_path / "missing", target)
    assert [path.name for path in tmp_path.rglob("*")] == ["package", "module.py"]
